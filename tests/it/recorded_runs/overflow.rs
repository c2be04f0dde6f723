//! One worker at 1.5 times its capacity: who gets in when the accept queue overflows.

use std::sync::LazyLock;

use serde::Deserialize;

use super::page::{Experiment, Group, quantile};
use super::{read, recording, start};
use connlab::time::SimDuration;

/// A line of `e2.jsonl`.
#[derive(Deserialize)]
struct Run {
    link: String,
    arrivals: String,
    ok: f64,
    overflows: f64,
}

fn model(run: &Run, service: &str) -> Vec<f64> {
    let link = run.link.replace("service=50ms", service);
    let mut sim = start(&format!("{link}&tail=40s"), recording(&run.arrivals, None, SimDuration::ZERO));
    sim.run();
    let report = sim.report();
    vec![report.requests.ok as f64, report.nstat.TcpExtListenOverflows as f64]
}

pub const TARGETS: [&str; 2] = ["5 %", ""];

pub static EXPERIMENT: LazyLock<Experiment> =
    LazyLock::new(|| experiment("E2: overflow", &["ok", "ListenOverflows"], "service=50ms"));

/// The same with the time that the recorded server really took from one accept() to the next.
pub static LATE: LazyLock<Experiment> =
    LazyLock::new(|| experiment("E2 with a server 0.8 ms slower:", &["ok"], "service=50.8ms"));

fn experiment(title: &'static str, figures: &'static [&'static str], service: &str) -> Experiment {
    let mut groups: Vec<Group> = Vec::new();
    for run in read::<Run>("e2.jsonl") {
        if groups.last().is_none_or(|group| group.link != run.link) {
            groups.push(Group { link: run.link.clone(), real: Vec::new(), model: Vec::new(), paired: true });
        }
        let group = groups.last_mut().expect("just pushed");
        group.model.push(model(&run, service));
        group.real.push(vec![run.ok, run.overflows]);
    }
    Experiment { title, text: TEXT, figures, groups }
}

const TEXT: &str = "
One worker that takes 50 ms for each connection, 30 new connections per second, no time limit but Dialer.Timeout: who
gets one of the `backlog + 1` places, and when. Arrivals are the recorded ones.
";

/// What holds today, with a little room: a bound on regressions, not the target.
#[test]
fn overflow_is_as_close_as_it_was() {
    let all = EXPERIMENT.deviations(0);
    let (median, p90) = (quantile(&all, 0.5), quantile(&all, 0.9));
    assert!(median <= 0.04 && p90 <= 0.12, "{median} {p90}");
    assert!(quantile(&LATE.deviations(0), 0.5) <= 0.02, "with a server as slow as the real one");
}
