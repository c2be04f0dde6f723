//! Programs that need time on a processor: who overflows the pool in closed loops, and how long a burst takes.

use std::sync::LazyLock;

use serde::Deserialize;

use super::page::{Experiment, Line};
use super::{read, start};
use connlab::sim::recording::Recording;
use connlab::sim::report::Report;

/// Nothing beyond the link.
#[derive(Deserialize)]
pub struct Plain {}

/// Seeds of the model's runs: the real ones have none.
const SEEDS: std::ops::RangeInclusive<u32> = 1..=5;

fn model(line: &Line<Plain>, figures: impl Fn(&Report) -> Vec<f64>) -> Vec<Vec<f64>> {
    let run = |seed| {
        let mut sim = start(&format!("{}&seed={seed}", line.link), Recording::default());
        sim.run();
        figures(&sim.report())
    };
    SEEDS.map(run).collect()
}

fn dials(report: &Report) -> Vec<f64> {
    let requests = report.requests.offered as f64;
    vec![requests, 1_000.0 * report.connections.dials as f64 / requests]
}

pub const TARGETS: [&str; 2] = ["", ""];

pub static LOOPS: LazyLock<Experiment> = LazyLock::new(|| {
    let title = ("Processors: dials of a closed loop without think time", LOOPS_TEXT);
    let figures = &["requests", "dials per 1000 requests"];
    Experiment::beside(title, figures, read::<Line<Plain>>("processors_loops.jsonl"), |line| model(line, dials))
});

pub static BURSTS: LazyLock<Experiment> = LazyLock::new(|| {
    let title = ("Processors: a burst on one for the client and one for the server", BURSTS_TEXT);
    let figures = &["all answered after (ms)"];
    let last = |report: &Report| vec![report.latency_ms.max];
    Experiment::beside(title, figures, read::<Line<Plain>>("processors_burst.jsonl"), |line| model(line, last))
});

const LOOPS_TEXT: &str = "
Go 1.27.3, client and server as two processes on a machine of two processors, each with GOMAXPROCS as `client-cores`
says, five runs; handlers sleep 10 ms, MaxIdleConnsPerHost is 2. The time of a step is half of the processor time that
getrusage told, by the request, and nothing is fitted. With one processor the caller whose response has been read
always runs next, and only the first wave dials. With more of them, goroutines meet at the lock of the pool, and one
that is parked there lets the pool overflow. GOMAXPROCS=4 on two processors is not four processors: at most two of its
threads run at a time, while the model's four all do, and meet more often. Handlers that sleep end in groups (see E3),
and groups meet more often than the model's.
";

const BURSTS_TEXT: &str = "
Go 1.27.3, so many calls at once, each on a connection of its own; the client on one processor and the server on the
other (taskset, GOMAXPROCS=1), five runs. The time of a step is a third of the processor time of a call: connect(), out
and in, or accept(), in and out.
";

#[test]
fn with_one_processor_only_the_first_wave_dials_m31() {
    for group in LOOPS.groups.iter().filter(|group| group.link.contains("client-cores=1&")) {
        for figures in [&group.real, &group.model].into_iter().flatten() {
            let [requests, dials] = figures[..] else { panic!("two figures") };
            let callers = requests * dials / 1_000.0;
            assert!(group.link.contains(&format!("callers={}&", callers.round())), "{}: {callers}", group.link);
        }
    }
}

/// What real runs differ by, of each other and of what is published (1 to 13 % of the requests).
#[test]
fn with_more_processors_some_requests_in_a_hundred_dial_m31() {
    for group in LOOPS.groups.iter().filter(|group| !group.link.contains("client-cores=1&")) {
        let [real, model] = [&group.real, &group.model].map(|runs| {
            let mut dials: Vec<f64> = runs.iter().map(|figures| figures[1]).collect();
            dials.sort_by(f64::total_cmp);
            dials[dials.len() / 2]
        });
        assert!((real / 2.7..=real * 2.7).contains(&model), "{}: {real} and {model}", group.link);
    }
}

#[test]
fn a_burst_takes_as_long_as_the_processors_need_for_it_m31() {
    for group in &BURSTS.groups {
        let all = |runs: &[Vec<f64>]| runs.iter().map(|figures| figures[0]).collect::<Vec<f64>>();
        let (real, model) = (all(&group.real), all(&group.model));
        let least = real.iter().copied().fold(f64::INFINITY, f64::min);
        let most = real.iter().copied().fold(0.0, f64::max);
        for ms in model {
            assert!((least..=most).contains(&ms), "{}: {ms} is not in {least} to {most}", group.link);
        }
    }
}
