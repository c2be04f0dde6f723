//! Measures the speed of the model natively, in Node.js, in Chromium and in other simulators, in turns within one run,
//! and writes `docs/performance.md`; or compares it with another checkout of this project, and prints the ratios.

mod against;
mod document;
mod engines;
mod measurement;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use xshell::cmd;

pub(crate) use self::engines::Console;
use self::engines::{Engines, program};
use self::measurement::{Measurement, Slices, faster, numbers};
use crate::machine::Machine;
use crate::page::{self, Edition};
use crate::tools;

/// Turns of all engines and simulators. The fastest measurement of each slice counts, because load on the machine can
/// only slow a slice down. There are many turns, because a shared machine may be slow for a minute.
const TURNS: u32 = 10;

/// Turns of the page and of memory.
const PAGE_TURNS: u32 = 5;

/// The M/M/1 queue of all three simulators: arrivals and services a second, and how long, in seconds.
const MM1: [&str; 3] = ["800", "1000", "150"];

/// The link of the runs whose memory is compared, without its durations: steady from the first second on.
const MEMORY: &str = "rps=50000&service=1ms&timeout=1s&server=go&workers=10000&idle=20000&max-idle=0";

/// Durations of 10^5 and 10^7 requests at its rate, in the same simulated time: the charts grow with that.
const MEMORY_DURATIONS: [&str; 2] = ["duration=2s&tail=200s", "duration=200s&tail=2s"];

/// What to measure.
#[derive(clap::Args)]
pub struct BenchOptions {
    /// Another checkout of this project (a clone or a git worktree): both are measured in turns, and compared.
    #[arg(long, value_name = "PATH")]
    against: Option<PathBuf>,
    /// How to compare.
    #[command(flatten)]
    comparison: against::Comparison,
}

/// Measures everything and writes the document, or compares with another checkout.
pub fn run(machine: &Machine, options: &BenchOptions) -> Result<()> {
    match &options.against {
        Some(other) => against::run(machine, other, &options.comparison),
        None => document(machine),
    }
}

/// A simulator's M/M/1 queue.
#[derive(Clone)]
struct Peer {
    customers: f64,
    events: f64,
    slices_ms: Slices,
}

/// What the page measures of itself.
#[derive(Clone, Copy)]
struct Page {
    /// From navigation to the frame after the finished run.
    finished_ms: f64,
    /// Largest contentful paint.
    paint_ms: f64,
    /// Finished runs shown during a drag.
    updates_per_s: f64,
    /// The longest task of the main thread during the drag.
    task_ms: f64,
}

/// All that was measured.
struct Measured {
    speed: Speed,
    page: Page,
    memory: Memory,
}

/// The cases in every engine, and the other simulators.
struct Speed {
    native: Vec<Measurement>,
    node: Vec<Measurement>,
    chromium: Vec<Measurement>,
    nexosim: Peer,
    simpy: Peer,
}

/// Requests and bytes of both runs.
struct Memory([[f64; 2]; 2]);

fn document(machine: &Machine) -> Result<()> {
    let bench = Bench::prepare(machine)?;
    let measured = Measured {
        speed: best_of("engines and simulators", TURNS, || bench.speed(), Speed::faster)?,
        page: best_of("the page", PAGE_TURNS, || bench.page(), Page::faster)?,
        memory: best_of("memory", PAGE_TURNS, || bench.memory(), Memory::less)?,
    };
    let text = document::write(machine, &measured, bench.browser)?;
    println!("{text}");
    Ok(machine.shell.write_file(machine.root().join("docs/performance.md"), text)?)
}

/// The best of several measurements.
fn best_of<T>(
    what: &str,
    turns: u32,
    mut measure: impl FnMut() -> Result<T>,
    better: impl Fn(&mut T, &T),
) -> Result<T> {
    let mut best = None;
    in_turns(what, turns, |_| {
        let measured = measure()?;
        match &mut best {
            Some(best) => better(best, &measured),
            None => best = Some(measured),
        }
        Ok(())
    })?;
    best.context("one turn at least")
}

/// Measures in turns; prints before each turn its number and an estimate of the time left.
fn in_turns(what: &str, turns: u32, mut measure: impl FnMut(u32) -> Result<()>) -> Result<()> {
    let begin = Instant::now();
    for turn in 0..turns {
        let left = begin.elapsed().checked_div(turn).map(|each| each * (turns - turn));
        eprintln!("{what}: turn {} of {turns}{}", turn + 1, left.map(how_long).unwrap_or_default());
        measure(turn)?;
    }
    Ok(())
}

fn how_long(left: Duration) -> String {
    match left.as_secs() {
        seconds @ 0..100 => format!(", {seconds} s to go"),
        seconds => format!(", {} min to go", (seconds + 30) / 60),
    }
}

/// The programs, built.
struct Bench<'a> {
    machine: &'a Machine,
    engines: Engines,
    /// The folder of the page with what measures it.
    page: PathBuf,
    browser: &'static str,
    simpy: PathBuf,
    nexosim: PathBuf,
}

impl<'a> Bench<'a> {
    fn prepare(machine: &'a Machine) -> Result<Self> {
        let sh = &machine.shell;
        tools::for_page(machine)?;
        let (browser, simpy) = (tools::browser(machine)?, tools::simpy(machine)?);
        let target = machine.target();
        let peers = target.join("peers");
        cmd!(sh, "cargo build --release --locked --manifest-path benches/peers/Cargo.toml --target-dir {peers}")
            .run()?;
        let engines = Engines::all(machine)?;
        let page = target.join("bench-page");
        measuring_page(machine, &page)?;
        Ok(Bench { machine, engines, page, browser, simpy, nexosim: program(&peers, "connlab-peers") })
    }

    /// Every engine and simulator once.
    fn speed(&self) -> Result<Speed> {
        let Bench { machine, engines, simpy, nexosim, browser, .. } = self;
        let (sh, python) = (&machine.shell, tools::PYTHON);
        Ok(Speed {
            native: engines.natively(&[])?,
            node: engines.in_node(machine)?,
            chromium: engines.in_chromium(browser, &[])?,
            nexosim: Peer::parse(&cmd!(sh, "{nexosim} {MM1...}").read()?)?,
            simpy: Peer::parse(&cmd!(sh, "{python} benches/peers/mm1.py {MM1...}").env("PYTHONPATH", simpy).read()?)?,
        })
    }

    fn page(&self) -> Result<Page> {
        Page::parse(&Console::open(self.browser, &self.page, "v=1&p=incident")?.next().context("no row")??)
    }

    fn memory(&self) -> Result<Memory> {
        let memory = |durations| self.engines.memory(self.machine, &format!("{MEMORY}&{durations}"));
        let [few, many] = MEMORY_DURATIONS;
        Ok(Memory([memory(few)?, memory(many)?]))
    }
}

/// A copy of the page that measures itself.
fn measuring_page(machine: &Machine, folder: &Path) -> Result<()> {
    let sh = &machine.shell;
    page::build(machine, Edition::Lean)?;
    sh.remove_path(folder)?;
    sh.create_dir(folder)?;
    // Files only: the documents, a folder, are not measured.
    for file in sh.read_dir(machine.dist())?.into_iter().filter(|path| path.is_file()) {
        sh.copy_file(file, folder)?;
    }
    sh.copy_file("benches/page.js", folder)?;
    let index = folder.join("index.html");
    let html = fs::read_to_string(&index)?;
    Ok(fs::write(index, html.replacen("<meta", "<script src=page.js></script><meta", 1))?)
}

impl Speed {
    fn faster(&mut self, other: &Speed) {
        faster(&mut self.native, &other.native);
        faster(&mut self.node, &other.node);
        faster(&mut self.chromium, &other.chromium);
        self.nexosim.slices_ms.faster(&other.nexosim.slices_ms);
        self.simpy.slices_ms.faster(&other.simpy.slices_ms);
    }
}

impl Memory {
    fn less(&mut self, other: &Memory) {
        self.0.iter_mut().zip(&other.0).for_each(|(mine, other)| mine[1] = mine[1].min(other[1]));
    }
}

impl Page {
    fn parse(text: &str) -> Result<Page> {
        let [finished_ms, paint_ms, updates_per_s, task_ms] = numbers(text)?;
        Ok(Page { finished_ms, paint_ms, updates_per_s, task_ms })
    }

    /// The better of two measurements, figure by figure.
    fn faster(&mut self, other: &Page) {
        self.finished_ms = self.finished_ms.min(other.finished_ms);
        self.paint_ms = self.paint_ms.min(other.paint_ms);
        self.updates_per_s = self.updates_per_s.max(other.updates_per_s);
        self.task_ms = self.task_ms.min(other.task_ms);
    }
}

impl Peer {
    fn parse(text: &str) -> Result<Peer> {
        let (counts, slices_ms) = text.trim().rsplit_once('\t').context("no slices")?;
        let [customers, events] = numbers(counts)?;
        Ok(Peer { customers, events, slices_ms: Slices::parse(slices_ms)? })
    }
}
