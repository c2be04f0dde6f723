//! How often a Transport dials, by how many connections it keeps.

use std::sync::LazyLock;

use serde::Deserialize;

use super::page::{Experiment, Group, quantile};
use super::{read, start};
use connlab::sim::recording::Recording;

/// A line of `e3.jsonl`: requests and dials of each run.
#[derive(Deserialize)]
struct Line {
    link: String,
    requests_dials: Vec<[f64; 2]>,
}

/// Seeds of the model's runs: the arrivals of these runs were not recorded.
const SEEDS: std::ops::RangeInclusive<u32> = 1..=5;

fn figures(requests: f64, dials: f64) -> Vec<f64> {
    vec![requests, 1_000.0 * dials / requests]
}

fn model(link: &str, service: &str, seed: u32) -> Vec<f64> {
    let link = link.replace("service=20ms", service);
    let mut sim = start(&format!("{link}&seed={seed}"), Recording::default());
    sim.run();
    let report = sim.report();
    figures(report.requests.offered as f64, report.connections.dials as f64)
}

pub const TARGETS: [&str; 2] = ["", "10 %"];

pub static EXPERIMENT: LazyLock<Experiment> = LazyLock::new(|| experiment("E3: the pool", "service=20ms"));

/// The same with the time that recorded answers really took.
pub static LATE: LazyLock<Experiment> = LazyLock::new(|| experiment("E3 with answers after 20.7 ms", "service=20.7ms"));

fn experiment(title: &'static str, service: &str) -> Experiment {
    let group = |line: Line| Group {
        real: line.requests_dials.iter().map(|[requests, dials]| figures(*requests, *dials)).collect(),
        model: SEEDS.map(|seed| model(&line.link, service, seed)).collect(),
        link: line.link,
        paired: false,
    };
    let figures = &["requests", "dials per 1000 requests"];
    Experiment { title, text: TEXT, figures, groups: read("e3.jsonl").into_iter().map(group).collect() }
}

const TEXT: &str = "
Go server and client, 20 ms of service, five seconds: how many of 1000 requests dial, by MaxIdleConnsPerHost (`idle`)
and MaxConnsPerHost. The arrivals were not recorded; the model's runs have five seeds. Left out: callers that close a
body unread, which the Transport of Go 1.27 drains in the background.
";

/// What holds today, with a little room: a bound on regressions, not the target.
#[test]
fn the_pool_is_as_close_as_it_was() {
    let all = EXPERIMENT.deviations(1);
    let (median, p90) = (quantile(&all, 0.5), quantile(&all, 0.9));
    assert!(median <= 0.06 && p90 <= 0.21, "{median} {p90}");
    assert!(quantile(&LATE.deviations(1), 0.5) <= 0.03, "with answers as late as real ones");
}
