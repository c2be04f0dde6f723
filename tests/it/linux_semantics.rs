//! Do the model's kernels do what Linux does? The rules of T and S and the golden scenarios, whose numbers were
//! measured on real sockets.
//!
//! Two switches make a queue fill on command: `accepting=off` (nobody calls accept()), and `syncookies=0`, with which
//! a full SYN queue drops what else it would answer with a cookie.

mod accept_queue;
mod closing;
mod connect;
mod half_accepted;
mod ports;
mod server;

use connlab::link;
use connlab::sim::recording::Recording;
use connlab::sim::report::Report;
use connlab::sim::{Progress, Sim};

use super::lab::arrivals;

/// A run that has not begun.
fn start(link: &str, recording: Recording) -> Sim {
    let decoded = link::decode(link);
    assert_eq!(decoded.warnings, [], "{link}");
    Sim::with_recording(&decoded.recipe.scenario, recording)
}

/// The instants, in milliseconds, at which a number of the report rises: once for each unit.
pub fn rises(link: &str, recording: Recording, number: impl Fn(&Report) -> u64) -> Vec<f64> {
    let mut sim = start(link, recording);
    let (mut instants, mut last) = (Vec::new(), 0);
    while sim.advance(sim.end(), 1) == Progress::Budget {
        let now = number(&sim.report());
        instants.extend((last..now).map(|_| sim.now().as_millis_f64()));
        last = now;
    }
    instants
}

/// The report at an instant of the run.
fn report_at(link: &str, recording: Recording, at_ms: u64) -> Report {
    let mut sim = start(link, recording);
    let at = connlab::time::SimTime::from_nanos(at_ms * 1_000_000);
    while sim.advance(at, u32::MAX) == Progress::Budget {}
    sim.report()
}

/// `count` requests in the first instant.
fn at_once(count: usize) -> Recording {
    arrivals(&vec![0.0; count])
}

/// Requests one after another, `gap_ms` apart.
fn one_by_one(count: usize, gap_ms: f64) -> Recording {
    arrivals(&(0..count).map(|k| gap_ms * k as f64).collect::<Vec<_>>())
}

#[track_caller]
pub fn assert_times(measured: &[f64], expected: &[f64]) {
    assert_eq!(measured.len(), expected.len(), "{measured:?} instead of {expected:?}");
    for (measured_ms, expected_ms) in measured.iter().zip(expected) {
        assert!((measured_ms - expected_ms).abs() < 1e-6, "{measured:?} instead of {expected:?}");
    }
}
