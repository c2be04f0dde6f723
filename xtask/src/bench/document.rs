//! Writes `docs/performance.md`: what was measured, and how it compares with the targets.

use std::fs;
use std::thread;

use anyhow::{Context, Result, ensure};
use xshell::cmd;

use super::{MEMORY, Measured, Measurement, Memory, Peer, Speed};
use crate::machine::Machine;
use crate::tools;

/// A figure and its target.
struct Target {
    what: &'static str,
    wanted: Wanted,
    measured: f64,
    unit: &'static str,
    /// What a profile shows, where the target is missed.
    profile: &'static str,
}

enum Wanted {
    AtLeast(f64),
    AtMost(f64),
}

impl Target {
    fn is_met(&self) -> bool {
        match self.wanted {
            Wanted::AtLeast(least) => self.measured >= least,
            Wanted::AtMost(most) => self.measured <= most,
        }
    }

    fn row(&self) -> String {
        let Target { what, measured, unit, .. } = self;
        let wanted = match self.wanted {
            Wanted::AtLeast(least) => format!("at least {least}{unit}"),
            Wanted::AtMost(most) => format!("at most {most}{unit}"),
        };
        let verdict = if self.is_met() { "met" } else { "**missed**" };
        format!("| {what} | {wanted} | {}{unit} | {verdict} |\n", digits(*measured))
    }
}

/// The whole document.
pub fn write(machine: &Machine, measured: &Measured, browser: &str) -> Result<String> {
    same_runs(&measured.speed)?;
    let targets = targets(measured)?;
    let mut text = String::from(
        "# Performance\n\
         <!-- Written by `cargo xtask bench`. Change the explanations in xtask/src/bench/document.rs. -->\n\n",
    );
    text += &setting(machine, browser)?;
    text += "## Targets\n\n| figure | wanted | measured | |\n|---|---|---|---|\n";
    text.extend(targets.iter().map(Target::row));
    let mut profiles: Vec<_> = targets.iter().filter(|target| !target.is_met()).map(|target| target.profile).collect();
    // Targets of one kind follow each other and have one explanation.
    profiles.dedup();
    text.extend(profiles.into_iter().map(|profile| format!("\n{profile}\n")));
    text += &links(&measured.speed);
    text += &queue(&measured.speed);
    text += &memory(&measured.memory);
    text += &peers(&measured.speed)?;
    text += TRIED;
    Ok(text)
}

/// What was tried and is not in the code, with the reason, so that it is not tried again without knowing it.
const TRIED: &str = "\n## Tried, and left\n\n\
    Ratios are medians of pairs of runs in turns, in wasm unless said otherwise.\n\n\
    - Generations of slots in a table of their own, where late timers would find all that they need: every other \
    look-up has two bounds to check, 5 % slower.\n\
    - Lanes as lists that move up instead of rings: M/M/1 6 % faster, the incident as fast, twice the memory.\n\
    - Time, rank and sequence as one number of 128 bits, also for the first events of the lanes: the incident 8 % \
    slower, for wasm compares it in parts. Within the heap it stays.\n\
    - Slots of all arenas at whole lines of the cache, so that a connection's first fields lie in one: 5 to 15 % \
    slower natively, with 10 connections as with 100,000.\n\
    - A SYN's timer and its packet as one entry of the queue: what becomes of the client between the two (a dial that \
    is given up) would be known too late, and counters and pictures would lag by the way of the packet.\n\
    - 128-bit vectors in wasm: within 5 %, both ways, and Safari before 16.4 could not load the page.\n\
    - More functions inlined into their callers, all that LLVM inlines with four times its threshold: another 4 % \
    natively, and 14 KB of the page.\n\
    - Passes of wasm-opt for speed (-O2, -O3): within 3 % of those for size, both ways.\n\
    - `opt-level = 3`: 1.5 % fewer instructions natively.\n\
    - With overflow checks: 6 to 14 % slower natively. The tests have them.\n\
    - Slices of 8 ms during a drag, with a frame in between: a third fewer runs a second where frames are slow.\n\
    - The run in a worker: it would have a core of its own, but needs its report as bytes, about 8 KB of code before \
    the first run.\n\
    - One set of features for the page and the explainer, so that a release compiles the model once: 12 s less of a \
    compilation of three minutes, and 11 KB of the page for the tap, 7 KB for prose. The quick page has it.\n\
    - What a preset's link means, kept instead of read again for each link that is written: 2 % of a step of a drag, \
    and 0.7 KB of the page.\n";

/// Engines can only be compared if they compute the same runs.
fn same_runs(speed: &Speed) -> Result<()> {
    for (native, others) in speed.native.iter().zip(speed.node.iter().zip(&speed.chromium)) {
        for other in [others.0, others.1] {
            let same = (&native.name, &native.fingerprint) == (&other.name, &other.fingerprint);
            ensure!(same, "`{}` is another run in wasm: {} there", native.name, other.fingerprint);
        }
    }
    Ok(())
}

fn named<'a>(rows: &'a [Measurement], name: &str) -> Result<&'a Measurement> {
    rows.iter().find(|row| row.name == name).with_context(|| format!("no case is called `{name}`"))
}

fn targets(measured: &Measured) -> Result<Vec<Target>> {
    let Measured { speed, page, memory } = measured;
    let native = |name| named(&speed.native, name);
    let mm1 = native("M/M/1")?;
    let against = |peer: &Peer| (mm1.events / mm1.slices_ms.sum()) / (peer.events / peer.slices_ms.sum());
    let above_queue = |name| native(name).map(|row| row.ns_per_event() / row.queue_ns);
    let in_chromium = |name| Ok::<_, anyhow::Error>(share(native(name)?, named(&speed.chromium, name)?));
    let [few, many] = [native("10 connections")?, native("100,000 connections")?].map(Measurement::ns_per_event);
    let Memory([least, most]) = memory;
    use Wanted::{AtLeast, AtMost};
    let target = |what, wanted, measured, unit, profile| Target { what, wanted, measured, unit, profile };
    Ok(vec![
        target("M/M/1, events per second, of nexosim's", AtLeast(3.0), against(&speed.nexosim), " times", PEERS),
        target("M/M/1, events per second, of SimPy's", AtLeast(50.0), against(&speed.simpy), " times", PEERS),
        target(
            "default link, cost per event, of the bare queue's",
            AtMost(3.0),
            above_queue("default")?,
            " times",
            QUEUE,
        ),
        target("incident, cost per event, of the bare queue's", AtMost(3.0), above_queue("incident")?, " times", QUEUE),
        target("default link, wasm in Chromium, of native speed", AtLeast(65.0), in_chromium("default")?, " %", WASM),
        target("incident, wasm in Chromium, of native speed", AtLeast(65.0), in_chromium("incident")?, " %", WASM),
        target(
            "100,000 open connections, cost per event, of that with 10",
            AtMost(1.7),
            many / few,
            " times",
            CONNECTIONS,
        ),
        target("memory of 10^7 requests, of that of 10^5", AtMost(1.05), most[1] / least[1], " times", STORES),
        target(
            "default link, 60 s, in Chromium",
            AtMost(40.0),
            named(&speed.chromium, "default")?.slices_ms.sum(),
            " ms",
            WASM,
        ),
        target(
            "incident, drag of MaxIdleConnsPerHost, whole runs drawn a second",
            AtLeast(30.0),
            page.updates_per_s,
            "",
            DRAG,
        ),
        target("longest task of the main thread meanwhile, at most", AtMost(50.0), page.task_ms, " ms", DRAG),
        target("incident on screen after navigation", AtMost(500.0), page.finished_ms, " ms", OPENING),
        target("largest contentful paint", AtMost(1000.0), page.paint_ms, " ms", OPENING),
    ])
}

const PEERS: &str = "**M/M/1.** cachegrind counts 650 instructions for an event of ours: 29 % in the event loop with \
    the handlers that are inlined into it, 4 % in keeping events, 6 % in exponential times, and the rest in what the \
    events are about, no function above 9 %: TCP, the Transport, client and server. SimPy's events have \
    hardly any content, so its speed is that of a bare queue in Python; a fiftieth of the time of one of its events is \
    less than twice what our own queue takes with nothing behind it. By the customer the distance is the one in the \
    last table.";
const QUEUE: &str = "**The bare queue.** What the model does beyond its queue is spread over all layers: callgrind \
    shows no function outside the event loop above 9 %.";
const WASM: &str = "**Wasm.** All of the model is compiled by the page's profile and then optimised by wasm-opt, for \
    size. The default link is the first that a browser computes. Of its five runs in a turn one is that in which the \
    browser compiles; the healthy link after it goes through the same code, twice as often.";
const DRAG: &str = "**The drag.** Of the main thread's time two thirds are the model: a run of the incident takes \
    what the table below says for Chromium, and no more than a second divided by that can be drawn. The rest is style, \
    layout and paint of a frame, and the charts. The drag lasts ten seconds, of which nothing is left out: on a \
    machine that others share a run can take twice the time of the table in them, which is the fastest. Two fifths of \
    the incident's events are SYNs and their timers, sent again and again to a full queue. On an AMD EPYC, where a run \
    took 25.4 ms, an earlier build drew 28.8 to 30.9 runs a second.";
const OPENING: &str = "**Opening.** The browser compiles the module while it is loaded, and runs code that it has \
    compiled only coarsely: see the first run of the default link below.";
const CONNECTIONS: &str = "**100,000 connections.** For an event cachegrind counts 4.1 misses of the first-level cache \
    and, with 32 MB, 1.2 of the last, against 0.6 and 0.07 of the default link. Nearly half of the last level's write \
    misses are in `dial`: in this run every connection is new once, and its record is written to memory that nothing \
    has touched before. Most read misses are in the event loop, `tcp::receive` and the Transport's reader, which look \
    up a connection that was last used a round trip ago, in an order that is soon no longer that of memory: the last \
    events of the run take twice as long as those at its peak. The queue has one read miss in ten.";
const STORES: &str = "**Memory.** Of the same simulated time, so that the charts are of the same length. A process \
    takes memory by the page, and a few more or less are there from one run to the next.";

/// Where and when it was measured, and how accurate the figures are.
fn setting(machine: &Machine, browser: &str) -> Result<String> {
    let sh = &machine.shell;
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cpu = cpu.map_or_else(|| cmd!(sh, "sysctl -n machdep.cpu.brand_string").read(), |(_, name)| Ok(name.into()))?;
    let cores = thread::available_parallelism()?;
    let date = cmd!(sh, "date -u +%F").read()?;
    let rust = cmd!(sh, "rustc --version").read()?;
    let version = |program| tools::version(machine, program).unwrap_or_default();
    let (node, chromium) = (cmd!(sh, "node --version").read()?, version(browser));
    Ok(format!(
        "{date}; {cpu}, {cores} cores; {rust}, Node.js {node}, Chromium {chromium}.\n\n\
         Everything is measured in one run and in turns. Runs, the other simulators' too, are timed in slices of some \
         milliseconds, and of each slice the fastest of twenty repetitions or more counts: whatever else the \
         machine does makes a program slower, never faster. Compare ratios; times are this \
         machine's. A run is `Sim::new` and all its events, without the report. All engines compute the same run, to \
         the fingerprint. The wasm is compiled and optimised as the page is.\n\n"
    ))
}

/// Every case, in every engine.
fn links(speed: &Speed) -> String {
    let mut text = String::from(
        "\n## Links\n\nEvents and requests per second of the native program; the speed of wasm as a share of it; the \
         run in Chromium, and the first one there, when the browser has compiled the code only coarsely.\n\n\
         | case | events | events/s | requests/s | ns per event | Node.js | Chromium | ms there | first |\n\
         |---|---|---|---|---|---|---|---|---|\n",
    );
    for ((native, node), chromium) in speed.native.iter().zip(&speed.node).zip(&speed.chromium) {
        let per_second = |count: f64| millions(count / native.slices_ms.sum() * 1e3);
        text += &format!(
            "| {} | {} | {} | {} | {} | {:.0} % | {:.0} % | {} | {} |\n",
            native.name,
            native.events,
            per_second(native.events),
            per_second(native.requests),
            digits(native.ns_per_event()),
            share(native, node),
            share(native, chromium),
            digits(chromium.slices_ms.sum()),
            digits(chromium.first_ms),
        );
    }
    text += "\n| case | link | open connections, at most |\n|---|---|---|\n";
    for Measurement { name, link, connections, .. } in &speed.native {
        text += &format!("| {name} | `{}` | {connections} |\n", if link.is_empty() { "v=1" } else { link });
    }
    text
}

fn queue(speed: &Speed) -> String {
    let mut text = String::from(
        "\n## The event queue alone\n\nA yardstick: the hold model takes the earliest event and keeps another one, an \
         exponential time later, in a queue that is as long as the model's is on average, with events of the same \
         size. All of these lie in the queue's heap. Most of the model's wait in its lanes, where length costs \
         nothing: so a model can take less time than the yardstick.\n\n\
         | case | events that wait | ns per event, bare | in the model | ratio |\n|---|---|---|---|---|\n",
    );
    for row in &speed.native {
        let (bare, full) = (row.queue_ns, row.ns_per_event());
        let Measurement { name, depth, .. } = row;
        text += &format!("| {name} | {depth} | {} | {} | {} |\n", digits(bare), digits(full), digits(full / bare));
    }
    text
}

fn memory(memory: &Memory) -> String {
    let mut text = format!(
        "\n## Memory\n\nLargest resident set of a process that runs `{MEMORY}`, with 2 and with 200 seconds of load in \
         202 simulated ones.\n\n| requests | MB |\n|---|---|\n"
    );
    for [requests, bytes] in &memory.0 {
        text += &format!("| {requests} | {:.1} |\n", bytes / 1e6);
    }
    text
}

fn peers(speed: &Speed) -> Result<String> {
    let mut text = String::from(
        "\n## Beside other simulators\n\nThe M/M/1 queue, 800 arrivals and 1000 services a second, 150 simulated \
         seconds, in one thread. An event is a call of a handler by the simulator: in ConnLab what the event loop \
         takes from its queue (packets, timers and steps of programs, for a customer is a request on a TCP \
         connection); in nexosim a call of a model's method, scheduled or by message (arrival, entry, departure); in \
         SimPy what `Environment.step` takes from its queue. Customers per second compare the simulators without that \
         definition; ConnLab does much more for each. The models are in `benches/peers`.\n\n\
         | simulator | customers | events | events/s | customers/s |\n|---|---|---|---|---|\n",
    );
    let own = named(&speed.native, "M/M/1")?;
    let own = Peer { customers: own.requests, events: own.events, slices_ms: own.slices_ms.clone() };
    for (name, peer) in [("ConnLab", &own), ("nexosim", &speed.nexosim), ("SimPy", &speed.simpy)] {
        let Peer { customers, events, slices_ms } = peer;
        let [by_event, by_customer] = [events, customers].map(|count| millions(count / slices_ms.sum() * 1e3));
        text += &format!("| {name} | {customers} | {events} | {by_event} | {by_customer} |\n");
    }
    Ok(text)
}

/// The speed of the second as a share of that of the first, in percent.
fn share(native: &Measurement, wasm: &Measurement) -> f64 {
    native.slices_ms.sum() / wasm.slices_ms.sum() * 100.0
}

fn millions(number: f64) -> String {
    format!("{} M", digits(number / 1e6))
}

/// Three significant digits.
fn digits(number: f64) -> String {
    let decimals = match number {
        _ if number >= 100.0 => 0,
        _ if number >= 10.0 => 1,
        _ if number >= 1.0 => 2,
        _ => 3,
    };
    format!("{number:.decimals$}")
}
