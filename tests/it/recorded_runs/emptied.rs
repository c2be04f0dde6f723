//! Connections at once to a server that empties its accept queue at given times.

use std::sync::LazyLock;

use serde::Deserialize;

use super::page::{Experiment, Line, quantile};
use super::{advance, read, start};
use connlab::sim::recording::Recording;
use connlab::time::SimDuration;

/// When the program called accept() until the queue was empty.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Emptied {
    /// At no time.
    Never,
    /// After 0.5, 1.5, 2.5 s and so on.
    Each,
    /// From 2.5 s on, all the time.
    Once,
}

impl Emptied {
    /// The timetable of the accept loop, for a burst at this time and as long as the recorded run.
    pub fn timetable(self, burst_ms: u64, seconds: u64) -> String {
        match self {
            Emptied::Never => String::new(),
            Emptied::Once => format!("&{}ms.accepting=on", burst_ms + 2_500),
            Emptied::Each => (0..seconds)
                .map(|second| burst_ms + second * 1_000 + 500)
                .map(|at| format!("&{at}ms.accepting=on&{}ms.accepting=off", at + 1))
                .collect(),
        }
    }
}

/// How a link was run.
#[derive(Deserialize)]
struct How {
    emptied: Emptied,
    /// When the counters were read: after the last connect().
    read_at_ms: u64,
}

const FIGURES: [&str; 10] = [
    "by 0.5 s",
    "by 1.5 s",
    "by 3.5 s",
    "by 5.5 s",
    "by 10.5 s",
    "in all",
    "half-accepted",
    "SyncookiesSent",
    "TCPReqQFullDrop",
    "ListenOverflows",
];

fn model(link: &str, how: &How) -> Vec<f64> {
    let timetable = how.emptied.timetable(0, how.read_at_ms.div_ceil(1_000));
    let mut sim = start(&format!("{link}{timetable}"), Recording::default());
    let mut connected = |ms: u64| {
        advance(&mut sim, SimDuration::from_millis(ms.min(how.read_at_ms)));
        sim.report().connections.established
    };
    let by = [450, 1_450, 3_450, 5_450, 10_450, how.read_at_ms].map(&mut connected);
    let report = sim.report();
    let half_accepted = report.sockets_end.client.ESTABLISHED - report.sockets_end.server.ESTABLISHED;
    let n = report.nstat;
    let counters = [half_accepted, n.TcpExtSyncookiesSent, n.TcpExtTCPReqQFullDrop, n.TcpExtListenOverflows];
    by.into_iter().chain(counters).map(|count| count as f64).collect()
}

pub const TARGETS: [&str; 10] = ["exact", "", "", "", "", "exact", "", "", "", ""];

pub static EXPERIMENT: LazyLock<Experiment> = LazyLock::new(|| {
    let lines = read::<Line<How>>("e1_emptied.jsonl");
    Experiment::beside(("E1b: an accept queue that is emptied", TEXT), &FIGURES, lines, |line| {
        vec![model(&line.link, &line.how)]
    })
});

const TEXT: &str = "
`burst` connections at once, on loopback, to a program that empties the accept queue after 0.5, 1.5, 2.5 s and so on
(one row: from 2.5 s on, all the time): how many connect() calls have returned by when, how many of those
connections the server does not have, and counters after the last connect().

The recorded clients say nothing, those of the model send a request at once. Their repeated requests find the queue
full, which ListenOverflows counts, and complete a half-accepted connection when it is not: hence 15 of them instead
of 17, and none in the row whose program accepts all the time. In single runs the repeated SYNs came in two batches,
and fewer ended half-accepted.
";

/// Who gets in, and with which of the three mechanisms: a place, a cookie or the next SYN.
#[test]
fn connects_return_as_recorded() {
    for group in &EXPERIMENT.groups {
        for (figure, bound) in [(0, 0.0), (1, 0.2), (2, 0.0), (3, 0.0), (4, 0.0), (5, 0.0), (7, 0.56), (8, 0.13)] {
            let off = quantile(&group.deviations(figure), 1.0).abs();
            assert!(off <= bound, "{}: {} {off}", group.link, FIGURES[figure]);
        }
        // Without cookies nobody writes into a half-accepted connection, and the counters agree.
        if group.link.contains("syncookies=0") {
            assert!(group.deviations(9)[0].abs() <= 0.14, "{}", group.link);
        }
    }
}
