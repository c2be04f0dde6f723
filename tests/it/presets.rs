//! Each preset shows what it promises on at least 18 of the seeds 1 to 20.

use connlab::preset::PRESETS;
use connlab::sim::Sim;
use connlab::sim::report::Report;

use crate::lab;

/// Whether a finished run of the preset keeps its promise.
type Promise = fn(&Sim, &Report) -> bool;

const PROMISES: &[(&str, Promise)] = &[
    ("incident", incident),
    ("two-idle", two_idle),
    ("accept-queue", accept_queue),
    ("retry-storm", retry_storm),
    ("ports", |_, report| lab::failed(report, "ports") > 0),
    ("healthy", |_, report| report.requests.failed == 0),
];

fn incident(sim: &Sim, report: &Report) -> bool {
    let three: Vec<&str> = report.errors.iter().take(3).map(|row| row.class).collect();
    let syn_sent = sim.series().syn_sent.into_iter().max().unwrap_or(0);
    three.contains(&"reset") && three.contains(&"closed") && syn_sent >= 2_000 && report.peaks.time_wait_client >= 2_000
}

fn two_idle(_: &Sim, report: &Report) -> bool {
    report.requests.failed == 0 && report.connections.dials * 3 > report.requests.offered
}

/// What waits for longer than 0.9 s waits for whole seconds, and then for a worker; but for the few that were in the
/// queue already when the accept loop stalled.
fn accept_queue(sim: &Sim, report: &Report) -> bool {
    let long: Vec<f64> = (sim.request_log().iter())
        .map(|row| row.ended.since(row.arrived).as_secs_f64())
        .filter(|latency| *latency > 0.9)
        .collect();
    let on_a_step = long.iter().filter(|latency| latency.fract() < 0.35).count();
    report.requests.failed == 0 && long.len() >= 100 && on_a_step * 4 >= long.len() * 3
}

fn retry_storm(_: &Sim, report: &Report) -> bool {
    let goodput = |from: usize, to: usize| {
        let rows = &report.series[from..to];
        rows.iter().map(|row| row.ok).sum::<u64>() as f64 / rows.len() as f64
    };
    goodput(40, 60) < goodput(2, 10) / 5.0
}

#[test]
fn every_preset_keeps_its_promise_on_at_least_18_of_20_seeds() {
    for preset in PRESETS {
        let (_, promise) = PROMISES.iter().find(|(name, _)| *name == preset.name).expect("a promise for each preset");
        let kept: Vec<u64> = (1..=20)
            .filter(|seed| {
                let sim = lab::sim(&format!("p={}&seed={seed}", preset.name));
                promise(&sim, &sim.report())
            })
            .collect();
        assert!(kept.len() >= 18, "{} keeps its promise on {} seeds only: {kept:?}", preset.name, kept.len());
    }
}

/// What people try, one control each, and what it really does to the share of failed requests.
#[test]
fn the_folk_remedies_of_the_incident_have_their_true_effect() {
    let failed = |change: &str| {
        let report = lab::run(&format!("p=incident&{change}"));
        report.requests.failed as f64 / report.requests.offered as f64
    };
    let before = failed("seed=1");
    for (change, low, high) in [
        // Retries add load where load is the trouble.
        ("retries=3", 0.7, f64::INFINITY),
        // More idle connections save dials, not work.
        ("idle=100", 0.7, 1.5),
        // A newer Go says it more clearly.
        ("go=1.27", 0.7, 1.6),
        // A longer queue: everyone waits until nobody is waiting for the answer any more.
        ("somaxconn=4096", 1.5, f64::INFINITY),
        // The input queue of a network card that bypasses it.
        ("nic-queue=65536", 1.0, 1.0),
        // What cures it.
        ("workers=24", 0.0, 0.1),
    ] {
        let ratio = failed(change) / before;
        assert!((low..=high).contains(&ratio), "{change}: failures change by a factor of {ratio:.2}");
    }
}
