//! How fast the model is: natively, in Node.js, in Chromium, and beside other simulators; all measured in one run, in
//! turns, and written to `docs/performance.md`.

mod document;

use std::env;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use xshell::cmd;

use crate::machine::Machine;
use crate::static_server::StaticServer;
use crate::{build, tools};

/// Turns of all engines and simulators. Of each slice of a run the fastest counts: a busy machine makes one slower,
/// never faster. They are many, for a machine that is shared can be slow for a minute.
const TURNS: usize = 10;

/// Turns of the page and of memory.
const PAGE_TURNS: usize = 5;

/// The M/M/1 queue of all three simulators: arrivals and services a second, and how long, in seconds.
const MM1: [&str; 3] = ["800", "1000", "150"];

/// The link of the runs whose memory is compared, without its durations: steady from the first second on.
const MEMORY: &str = "rps=50000&service=1ms&timeout=1s&server=go&workers=10000&idle=20000&max-idle=0";

/// Durations of 10^5 and 10^7 requests at its rate, in the same simulated time: the charts grow with that.
const MEMORY_DURATIONS: [&str; 2] = ["duration=2s&tail=200s", "duration=200s&tail=2s"];

/// The native program.
const NATIVE: (&str, [&str; 8]) =
    ("cargo", ["run", "--quiet", "--release", "--package", "connlab-bench", "--bin", "bench", "--"]);

/// One case in one engine: what `connlab_bench::Row` prints.
#[derive(Clone)]
struct Row {
    name: String,
    link: String,
    events: f64,
    requests: f64,
    slices_ms: Slices,
    first_ms: f64,
    depth: f64,
    queue_ns: f64,
    connections: f64,
    fingerprint: String,
}

impl Row {
    fn parse(line: &str) -> Result<Row> {
        let fields: Vec<&str> = line.split('\t').collect();
        let [name, link, events, requests, slices_ms, first_ms, depth, queue_ns, connections, fingerprint] = fields[..]
        else {
            anyhow::bail!("not a line of the benchmark: {line}")
        };
        Ok(Row {
            name: name.into(),
            link: link.into(),
            events: events.parse()?,
            requests: requests.parse()?,
            slices_ms: Slices::parse(slices_ms)?,
            first_ms: first_ms.parse()?,
            depth: depth.parse()?,
            queue_ns: queue_ns.parse()?,
            connections: connections.parse()?,
            fingerprint: fingerprint.into(),
        })
    }

    fn ns_per_event(&self) -> f64 {
        self.slices_ms.sum() * 1e6 / self.events
    }

    /// The faster of two measurements of one case, figure by figure.
    fn faster(&mut self, other: &Row) {
        self.slices_ms.faster(&other.slices_ms);
        self.first_ms = self.first_ms.min(other.first_ms);
        self.queue_ns = self.queue_ns.min(other.queue_ns);
    }
}

/// Milliseconds of the slices of a run.
#[derive(Clone)]
struct Slices(Vec<f64>);

impl Slices {
    fn parse(text: &str) -> Result<Slices> {
        Ok(Slices(text.split(' ').map(str::parse).collect::<Result<_, _>>()?))
    }

    fn sum(&self) -> f64 {
        self.0.iter().sum()
    }

    fn faster(&mut self, other: &Slices) {
        self.0.iter_mut().zip(&other.0).for_each(|(mine, other)| *mine = mine.min(*other));
    }
}

/// A simulator's M/M/1 queue.
#[derive(Clone)]
struct Peer {
    customers: f64,
    events: f64,
    slices_ms: Slices,
}

/// The page, from inside.
#[derive(Clone, Copy)]
struct Page {
    /// From navigation to the frame after the finished run.
    finished_ms: f64,
    /// Largest contentful paint.
    paint_ms: f64,
    /// Finished runs shown during a drag.
    updates_per_s: f64,
    /// Longest task of the main thread meanwhile, at most.
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
    native: Vec<Row>,
    node: Vec<Row>,
    chromium: Vec<Row>,
    nexosim: Peer,
    simpy: Peer,
}

/// Requests and bytes of both runs.
struct Memory([[f64; 2]; 2]);

/// Measures everything and writes the document.
pub fn run(machine: &Machine) -> Result<()> {
    let bench = Bench::prepare(machine)?;
    let measured = Measured {
        speed: best_of(TURNS, || bench.speed(), Speed::faster)?,
        page: best_of(PAGE_TURNS, || bench.page(), Page::faster)?,
        memory: best_of(PAGE_TURNS, || bench.memory(), Memory::less)?,
    };
    let text = document::write(machine, &measured, bench.browser)?;
    println!("{text}");
    Ok(machine.shell.write_file(machine.root().join("docs/performance.md"), text)?)
}

/// The best of some measurements.
fn best_of<T>(turns: usize, measure: impl Fn() -> Result<T>, better: impl Fn(&mut T, &T)) -> Result<T> {
    let mut best = measure()?;
    for _ in 1..turns {
        better(&mut best, &measure()?);
    }
    Ok(best)
}

/// Programs, built.
struct Bench<'a> {
    machine: &'a Machine,
    /// The folder of the wasm module and of those who load it.
    site: PathBuf,
    /// The folder of the page with what measures it.
    page: PathBuf,
    browser: &'static str,
    simpy: PathBuf,
    peers: PathBuf,
}

impl<'a> Bench<'a> {
    fn prepare(machine: &'a Machine) -> Result<Self> {
        let sh = &machine.shell;
        tools::for_page(machine)?;
        let (browser, simpy) = (tools::browser(machine)?, tools::simpy(machine)?);
        // This program lies two folders below.
        let own = env::current_exe()?;
        let target = own.ancestors().nth(2).context("a program of cargo lies in its target folder")?;
        let peers = target.join("peers");
        cmd!(sh, "cargo build --release --locked --manifest-path benches/peers/Cargo.toml --target-dir {peers}")
            .run()?;
        cmd!(sh, "cargo build --release --package connlab-bench --bin bench").run()?;
        let (site, page) = (target.join("bench"), target.join("bench-page"));
        wasm(machine, target, &site)?;
        measuring_page(machine, &page)?;
        Ok(Bench { machine, site, page, browser, simpy, peers })
    }

    /// Every engine and simulator once.
    fn speed(&self) -> Result<Speed> {
        let Bench { machine, site, simpy, peers, browser, .. } = self;
        let sh = &machine.shell;
        let (cargo, bench) = NATIVE;
        let nexosim = peers.join(format!("release/connlab-peers{}", env::consts::EXE_SUFFIX));
        let python = tools::PYTHON;
        Ok(Speed {
            native: rows(&cmd!(sh, "{cargo} {bench...}").read()?)?,
            node: rows(&cmd!(sh, "node {site}/node.mjs").read()?)?,
            chromium: in_browser(browser, site)?.iter().map(|row| Row::parse(row)).collect::<Result<_>>()?,
            nexosim: Peer::parse(&cmd!(sh, "{nexosim} {MM1...}").read()?)?,
            simpy: Peer::parse(&cmd!(sh, "{python} benches/peers/mm1.py {MM1...}").env("PYTHONPATH", simpy).read()?)?,
        })
    }

    fn page(&self) -> Result<Page> {
        Page::parse(in_browser(self.browser, &self.page)?.first().context("no row")?)
    }

    fn memory(&self) -> Result<Memory> {
        let sh = &self.machine.shell;
        let (cargo, bench) = NATIVE;
        let memory = |durations: &str| {
            let link = format!("{MEMORY}&{durations}");
            let [requests, bytes] = numbers(&cmd!(sh, "{cargo} {bench...} memory {link}").read()?)?;
            ensure!(bytes > 0.0, "the size of a process is known on Linux only");
            Ok([requests, bytes])
        };
        let [few, many] = MEMORY_DURATIONS;
        Ok(Memory([memory(few)?, memory(many)?]))
    }
}

/// The wasm module as the page has one: same profile, same optimiser.
fn wasm(machine: &Machine, target: &Path, site: &Path) -> Result<()> {
    let sh = &machine.shell;
    const WASM: &str = "wasm32-unknown-unknown";
    let cargo = ["build", "--release", "--package", "connlab-bench", "--bin", "bench-wasm", "--target", WASM];
    build::lean(cmd!(sh, "cargo {cargo...} --target-dir {target}")).run()?;
    sh.remove_path(site)?;
    let module = target.join(WASM).join("release/bench-wasm.wasm");
    cmd!(sh, "wasm-bindgen --target web --no-typescript --out-name bench --out-dir {site} {module}").run()?;
    // As in index.html.
    let passes = ["-Oz", "--flatten", "--rereloop", "-Oz", "-Oz", "--low-memory-unused"];
    cmd!(sh, "wasm-opt {passes...} {site}/bench_bg.wasm -o {site}/bench_bg.wasm").run()?;
    sh.copy_file(site.join("bench.js"), site.join("bench.mjs"))?;
    for file in ["index.html", "node.mjs"] {
        sh.copy_file(Path::new("benches").join(file), site)?;
    }
    Ok(())
}

/// A copy of the page that measures itself.
fn measuring_page(machine: &Machine, folder: &Path) -> Result<()> {
    let sh = &machine.shell;
    build::page(machine)?;
    sh.remove_path(folder)?;
    sh.create_dir(folder)?;
    // Without the documents, which are a folder.
    for file in sh.read_dir(machine.dist())?.into_iter().filter(|path| path.is_file()) {
        sh.copy_file(file, folder)?;
    }
    sh.copy_file("benches/page.js", folder)?;
    let index = folder.join("index.html");
    let html = sh.read_file(&index)?;
    Ok(sh.write_file(index, html.replacen("<meta", "<script src=page.js></script><meta", 1))?)
}

/// Measures in headless Chromium: what is opened writes lines to its console, and the browser repeats them.
fn in_browser(browser: &str, site: &Path) -> Result<Vec<String>> {
    let server = StaticServer::start(site, "/", 0)?;
    let mut chromium = Chromium::open(browser, &site.join("profile"), server.url())?;
    let console = BufReader::new(chromium.0.stderr.take().context("stderr is piped")?);
    let mut measured = Vec::new();
    for line in console.lines() {
        let line = line?;
        if let Some((_, row)) = line.split_once("\"row ") {
            let (row, _) = row.rsplit_once("\", source:").context("a line of the console")?;
            measured.push(row.to_owned());
        } else if line.contains("\"end\", source:") {
            return Ok(measured);
        } else {
            ensure!(!line.contains("Uncaught"), "{line}");
        }
    }
    anyhow::bail!("the browser ended before the benchmark")
}

/// A browser; ends when dropped.
struct Chromium(Child);

impl Chromium {
    fn open(browser: &str, profile: &Path, url: &str) -> Result<Self> {
        // It refuses its sandbox to root; only our own page is opened.
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--enable-logging=stderr",
            "--window-size=1280,720",
        ];
        let child = Command::new(browser)
            .args(arguments)
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg(url)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn();
        child.map(Chromium).context("the browser does not start")
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Speed {
    fn faster(&mut self, other: &Speed) {
        let pairs = [(&mut self.native, &other.native), (&mut self.node, &other.node)];
        for (mine, other) in pairs.into_iter().chain([(&mut self.chromium, &other.chromium)]) {
            mine.iter_mut().zip(other).for_each(|(mine, other)| mine.faster(other));
        }
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

fn rows(text: &str) -> Result<Vec<Row>> {
    text.lines().map(Row::parse).collect()
}

/// Numbers between tabs.
fn numbers<const N: usize>(text: &str) -> Result<[f64; N]> {
    let numbers: Vec<f64> = text.trim().split('\t').map(str::parse).collect::<Result<_, _>>()?;
    numbers.try_into().map_err(|_| anyhow::anyhow!("not {N} numbers: {text}"))
}
