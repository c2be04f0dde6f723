//! How much programs take of the processors.

use super::chance::DEVIATIONS;
use super::{Outcome, Run};

/// The clients' processors.
pub fn of_client(run: &Run) -> Outcome {
    utilization(run, 0, "The clients take no time on a processor: client-cpu is 0.")
}

/// The server's processors.
pub fn of_server(run: &Run) -> Outcome {
    utilization(run, 1, "The server takes no time on a processor: server-cpu is 0.")
}

/// ∫ processors taken dt, against the number of steps times the mean time of one.
fn utilization(run: &Run, side: usize, no_time: &str) -> Outcome {
    let evidence = &run.report.evidence;
    let sums = evidence.processors[side];
    if sums.steps == 0 {
        return Outcome::not_applicable(no_time);
    }
    let longest =
        run.stages.iter().map(|(_, params)| params.processors()[side].step.as_nanos()).max().unwrap_or(0) as f64;
    // A time that is even between half of its mean and one and a half of it has a variance of its square / 12; and
    // Σ meanᵢ² is at most the largest mean times Σ meanᵢ.
    let deviation = DEVIATIONS * libm::sqrt(longest * sums.expected_ns as f64 / 12.0);
    let left = f64::from(sums.under_way) * longest * 1.5;
    let per_run = |ns: f64| ns / (evidence.elapsed.as_nanos() as f64).max(1.0);
    let expected = sums.expected_ns as f64;
    let bounds = [expected - deviation - left, expected + deviation].map(|ns| per_run(ns.max(0.0)));
    let why = "four standard deviations of a sum of step times, and what the last steps have left to do";
    Outcome::between(per_run(expected), per_run(sums.busy_ns as f64), bounds, why)
}
