//! Connections at once to a server that never accepts, and the schedule of a SYN that nobody answers.

use std::fmt::Write;
use std::sync::LazyLock;

use serde::Deserialize;

use super::page::{Experiment, Group};
use super::{advance, read, start};
use connlab::sim::recording::Recording;
use connlab::time::SimDuration;

/// A line of `e1.jsonl`: the figures of each run.
#[derive(Deserialize)]
struct Line {
    link: String,
    runs: Vec<Vec<f64>>,
}

/// When the recorded counters were read.
const READ_AT: SimDuration = SimDuration::from_millis(450);

fn model(link: &str) -> Vec<f64> {
    let mut sim = start(&format!("{link}&duration=1s"), Recording::default());
    advance(&mut sim, READ_AT);
    let report = sim.report();
    let n = report.nstat;
    let figures = [
        report.connections.established,
        n.TcpExtListenOverflows,
        n.TcpExtListenDrops,
        n.TcpExtSyncookiesSent,
        n.TcpExtTCPReqQFullDrop,
    ];
    figures.map(|count| count as f64).to_vec()
}

pub const TARGETS: [&str; 5] = ["exact", "", "", "", ""];

pub static EXPERIMENT: LazyLock<Experiment> = LazyLock::new(|| Experiment {
    title: "E1: the queues",
    text: TEXT,
    figures: &["connected", "ListenOverflows", "ListenDrops", "SyncookiesSent", "TCPReqQFullDrop"],
    groups: read("e1.jsonl")
        .into_iter()
        .map(|line: Line| Group { model: vec![model(&line.link)], link: line.link, real: line.runs, paired: false })
        .collect(),
});

const TEXT: &str = "
`burst` connections at once to a listener whose program never accepts, on loopback and over a relayed path of 40 ms;
counters after 0.45 s, which is when the second copies of some requests are on their way (hence the 25 % of one row).
How such runs go on is in E1b and E1c.
";

/// A line of `e1_syn.jsonl`: when one SYN was repeated, and when connect() gave up.
#[derive(Deserialize)]
struct Schedule {
    syn_linear: u32,
    syn_retries: u32,
    at_ms: Vec<u64>,
    gave_up_ms: u64,
}

/// The same, of the model: the milliseconds in which its counter of repeated SYNs rose, and in which the dial failed.
fn model_schedule(recorded: &Schedule) -> (Vec<u64>, u64) {
    let link = format!(
        "load=burst&burst=2&burst-every=600s&accepting=off&backlog=0&dial-timeout=0s&timeout=0s&loopback=on\
         &rtt=100us&duration=140s&syn-linear={}&syn-retries={}",
        recorded.syn_linear, recorded.syn_retries
    );
    let mut sim = start(&link, Recording::default());
    let (mut at, mut seen) = (Vec::new(), (0, 0));
    for ms in 1..=140_000 {
        let events = sim.events();
        advance(&mut sim, SimDuration::from_millis(ms));
        if sim.events() == events {
            continue;
        }
        let report = sim.report();
        let now = (report.nstat.TcpExtTCPSynRetrans, report.requests.failed);
        if now.1 > seen.1 {
            return (at, ms);
        }
        if now.0 > seen.0 {
            at.push(ms);
        }
        seen = now;
    }
    (at, 0)
}

/// The table of schedules.
pub fn schedules() -> String {
    let mut text = SCHEDULES.to_string();
    for recorded in read::<Schedule>("e1_syn.jsonl") {
        let (at, gave_up) = model_schedule(&recorded);
        let row = |at: &[u64]| at.iter().map(u64::to_string).collect::<Vec<_>>().join(" ");
        let (linear, retries) = (recorded.syn_linear, recorded.syn_retries);
        writeln!(text, "| {linear} | {retries} | {} | {} |", row(&recorded.at_ms), recorded.gave_up_ms).unwrap();
        writeln!(text, "| | *model* | {} | {gave_up} |", row(&at)).unwrap();
    }
    text
}

const SCHEDULES: &str = "
### When a SYN is repeated

Milliseconds after the first SYN, on loopback.

| tcp_syn_linear_timeouts | tcp_syn_retries | repeated at | gave up at |
|---|---|---|---|
";

#[test]
fn a_burst_connects_as_many_as_recorded() {
    for group in &EXPERIMENT.groups {
        assert_eq!(group.deviations(0), [0.0], "{}", group.link);
    }
}

/// One step of the kernel's timer wheel, 3 % of the time, is what the instant of the first SYN can make.
#[test]
fn a_syn_is_repeated_when_it_was() {
    for recorded in read::<Schedule>("e1_syn.jsonl") {
        let (at, gave_up) = model_schedule(&recorded);
        assert_eq!(at.len(), recorded.at_ms.len());
        for (model, real) in at.iter().zip(&recorded.at_ms).chain([(&gave_up, &recorded.gave_up_ms)]) {
            assert!(model.abs_diff(*real) <= 40.max(real / 33), "{model} ms, recorded {real} ms");
        }
    }
}
