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

/// Turns of all that is measured. The fastest of each counts: a busy machine makes one slower, never faster. They are
/// many, for a machine that is shared can be slow for half a minute.
const ROUNDS: usize = 8;

/// The M/M/1 queue of all three simulators: arrivals and services a second, and how long, in seconds.
const MM1: [&str; 3] = ["800", "1000", "150"];

/// The link of the runs whose memory is compared, without its durations: steady from the first second on.
const MEMORY: &str = "rps=50000&service=1ms&timeout=1s&server=go&workers=10000&idle=20000&max-idle=0";

/// Durations of 10^5 and 10^7 requests at its rate, in the same simulated time: the charts grow with that.
const MEMORY_DURATIONS: [&str; 2] = ["duration=2s&tail=200s", "duration=200s&tail=2s"];

/// One case in one engine: what `connlab_bench::Row` prints.
#[derive(Clone)]
struct Row {
    name: String,
    link: String,
    events: f64,
    requests: f64,
    best_ms: f64,
    first_ms: f64,
    depth: f64,
    queue_ns: f64,
    connections: f64,
    fingerprint: String,
}

impl Row {
    fn parse(line: &str) -> Result<Row> {
        let fields: Vec<&str> = line.split('\t').collect();
        let [name, link, events, requests, best_ms, first_ms, depth, queue_ns, connections, fingerprint] = fields[..]
        else {
            anyhow::bail!("not a line of the benchmark: {line}")
        };
        Ok(Row {
            name: name.into(),
            link: link.into(),
            events: events.parse()?,
            requests: requests.parse()?,
            best_ms: best_ms.parse()?,
            first_ms: first_ms.parse()?,
            depth: depth.parse()?,
            queue_ns: queue_ns.parse()?,
            connections: connections.parse()?,
            fingerprint: fingerprint.into(),
        })
    }

    fn ns_per_event(&self) -> f64 {
        self.best_ms * 1e6 / self.events
    }

    /// The faster of two measurements of one case, figure by figure.
    fn faster(&mut self, other: &Row) {
        self.best_ms = self.best_ms.min(other.best_ms);
        self.first_ms = self.first_ms.min(other.first_ms);
        self.queue_ns = self.queue_ns.min(other.queue_ns);
    }
}

/// Another simulator's M/M/1 queue.
#[derive(Clone, Copy)]
struct Peer {
    customers: f64,
    events: f64,
    best_ms: f64,
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
    /// Longest time between two frames meanwhile.
    frame_ms: f64,
}

/// All that was measured.
struct Measured {
    native: Vec<Row>,
    node: Vec<Row>,
    chromium: Vec<Row>,
    nexosim: Peer,
    simpy: Peer,
    page: Page,
    /// Requests and bytes.
    memory: Vec<[f64; 2]>,
}

/// Measures everything and writes the document.
pub fn run(machine: &Machine) -> Result<()> {
    let bench = Bench::prepare(machine)?;
    let mut measured = bench.round()?;
    for _ in 1..ROUNDS {
        measured.faster(&bench.round()?);
    }
    let text = document::write(machine, &measured, bench.browser)?;
    println!("{text}");
    Ok(machine.shell.write_file(machine.root().join("docs/performance.md"), text)?)
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

    /// Everything once.
    fn round(&self) -> Result<Measured> {
        let Bench { machine, site, page, simpy, peers, browser } = self;
        let sh = &machine.shell;
        let native = ["cargo", "run", "--quiet", "--release", "--package", "connlab-bench", "--bin", "bench", "--"];
        let (cargo, bench) = (native[0], &native[1..]);
        let memory = |durations: &&str| {
            let link = format!("{MEMORY}&{durations}");
            let text = cmd!(sh, "{cargo} {bench...} memory {link}").read()?;
            let [requests, bytes] = numbers(&text)?;
            ensure!(bytes > 0.0, "the size of a process is known on Linux only");
            Ok([requests, bytes])
        };
        let nexosim = peers.join(format!("release/connlab-peers{}", env::consts::EXE_SUFFIX));
        let python = tools::PYTHON;
        Ok(Measured {
            native: rows(&cmd!(sh, "{cargo} {bench...}").read()?)?,
            node: rows(&cmd!(sh, "node {site}/node.mjs").read()?)?,
            chromium: in_browser(browser, site)?.iter().map(|row| Row::parse(row)).collect::<Result<_>>()?,
            page: Page::parse(in_browser(browser, page)?.first().context("no row")?)?,
            nexosim: Peer::parse(&cmd!(sh, "{nexosim} {MM1...}").read()?)?,
            simpy: Peer::parse(&cmd!(sh, "{python} benches/peers/mm1.py {MM1...}").env("PYTHONPATH", simpy).read()?)?,
            memory: MEMORY_DURATIONS.iter().map(memory).collect::<Result<_>>()?,
        })
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
    for file in sh.read_dir(machine.dist())? {
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

impl Measured {
    fn faster(&mut self, other: &Measured) {
        let pairs = [(&mut self.native, &other.native), (&mut self.node, &other.node)];
        for (mine, other) in pairs.into_iter().chain([(&mut self.chromium, &other.chromium)]) {
            mine.iter_mut().zip(other).for_each(|(mine, other)| mine.faster(other));
        }
        self.nexosim.best_ms = self.nexosim.best_ms.min(other.nexosim.best_ms);
        self.simpy.best_ms = self.simpy.best_ms.min(other.simpy.best_ms);
        self.page.faster(&other.page);
        self.memory.iter_mut().zip(&other.memory).for_each(|(mine, other)| mine[1] = mine[1].min(other[1]));
    }
}

impl Page {
    fn parse(text: &str) -> Result<Page> {
        let [finished_ms, paint_ms, updates_per_s, frame_ms] = numbers(text)?;
        Ok(Page { finished_ms, paint_ms, updates_per_s, frame_ms })
    }

    /// The better of two measurements, figure by figure.
    fn faster(&mut self, other: &Page) {
        self.finished_ms = self.finished_ms.min(other.finished_ms);
        self.paint_ms = self.paint_ms.min(other.paint_ms);
        self.updates_per_s = self.updates_per_s.max(other.updates_per_s);
        self.frame_ms = self.frame_ms.min(other.frame_ms);
    }
}

impl Peer {
    fn parse(text: &str) -> Result<Peer> {
        let [customers, events, best_ms] = numbers(text)?;
        Ok(Peer { customers, events, best_ms })
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
