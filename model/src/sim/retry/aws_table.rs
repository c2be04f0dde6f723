//! The back-off policies against the published experiment on them (R-2, R-3, G26).
//!
//! AWS Architecture Blog, "Exponential Backoff And Jitter", and its simulator: callers read a value, then write it
//! under the condition that nobody else has; who fails backs off and reads again. Each trip between a caller and the
//! server takes |N(10 ms, 2 ms)|; the server itself takes no time.

use super::wait;
use crate::params::{Backoff, Jitter, Params};
use crate::rng::{Purpose, Stream};
use crate::sim::scheduler::{Lane, Rank, Scheduler};
use crate::time::{SimDuration, SimTime};

const POLICIES: [(Backoff, Jitter); 5] = [
    (Backoff::None, Jitter::None),
    (Backoff::Exp, Jitter::None),
    (Backoff::Exp, Jitter::Equal),
    (Backoff::Exp, Jitter::Full),
    (Backoff::Exp, Jitter::Decorrelated),
];

/// Callers; then for each policy the milliseconds until all have written, and the writes they needed: means of many
/// runs of another implementation of that experiment, which agrees with the published one.
const TABLE: [(usize, [(f64, f64); 5]); 7] = [
    (1, [(40.0, 1.0), (40.0, 1.0), (40.0, 1.0), (40.0, 1.0), (40.0, 1.0)]),
    (2, [(81.7, 3.0), (92.0, 3.0), (89.6, 3.0), (87.2, 3.0), (91.7, 3.0)]),
    (10, [(380.1, 50.93), (3443.0, 50.71), (724.9, 42.47), (465.4, 39.03), (433.6, 37.62)]),
    (20, [(603.0, 152.2), (14335.0, 149.6), (1615.0, 108.0), (1017.0, 100.3), (816.5, 101.3)]),
    (50, [(1139.0, 689.9), (36415.0, 622.8), (4248.0, 346.9), (2871.0, 332.5), (2175.0, 375.1)]),
    (100, [(2025.0, 2422.0), (63472.0, 1858.0), (6580.0, 812.0), (4903.0, 796.1), (4623.0, 1004.0)]),
    (190, [(3542.0, 8007.0), (100867.0, 5145.0), (9420.0, 1759.0), (7426.0, 1773.0), (7934.0, 2438.0)]),
];

/// What reaches a caller or the server.
#[derive(Clone, Copy)]
enum Message {
    Read,
    Value { version: u32 },
    Write { version: u32 },
    Written(bool),
}

#[derive(Clone, Default)]
struct Caller {
    failures: u32,
    waited: Option<SimDuration>,
}

/// Milliseconds until all callers have written once, and how many writes were tried.
fn contention(callers: usize, (backoff, jitter): (Backoff, Jitter), seed: u64) -> (f64, f64) {
    let (base, cap) = (SimDuration::from_millis(5), SimDuration::from_millis(2_000));
    let params = Params { backoff, jitter, backoff_base: base, backoff_cap: cap, ..Params::default() };
    let (mut network, mut backoffs) = (Stream::new(seed, Purpose::Network), Stream::new(seed, Purpose::Backoff));
    let mut trip = || SimDuration::from_secs_f64((10e-3 + 2e-3 * network.normal()).abs());
    let mut scheduler = Scheduler::new();
    let mut states = vec![Caller::default(); callers];
    for caller in 0..callers {
        scheduler.push(SimTime::ZERO + trip(), Rank::Packet, Lane::None, (caller, Message::Read));
    }
    let (mut stored, mut writes, mut end) = (0, 0, SimTime::ZERO);
    while let Some((now, (caller, message))) = scheduler.pop() {
        let (pause, next) = match message {
            Message::Read => (SimDuration::ZERO, Message::Value { version: stored }),
            Message::Value { version } => (SimDuration::ZERO, Message::Write { version }),
            Message::Write { version } => {
                writes += 1;
                let fresh = version == stored;
                stored += u32::from(fresh);
                (SimDuration::ZERO, Message::Written(fresh))
            }
            Message::Written(true) => {
                end = now;
                continue;
            }
            Message::Written(false) => {
                let state = &mut states[caller];
                // There the first retry has number 1.
                state.failures += 1;
                let pause = wait(&params, state.failures, state.waited, &mut backoffs);
                state.waited = Some(pause);
                (pause, Message::Read)
            }
        };
        scheduler.push(now + pause + trip(), Rank::Packet, Lane::None, (caller, next));
    }
    (end.as_secs_f64() * 1e3, f64::from(writes))
}

/// Mean, and its standard error relative to it.
fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt() / mean)
}

/// The oracle is the mean of many runs, with an error of about 1 to 2 % of its own. So that ours adds little, its
/// standard error is at most 1 %.
const TOLERANCE: f64 = 0.03;
const STANDARD_ERROR: f64 = 0.01;

#[test]
fn back_off_costs_what_the_aws_simulator_says_r3_g26() {
    for (callers, row) in TABLE {
        // The more callers, the less two runs differ, and the longer they take.
        let runs = 30_000 / callers as u64;
        for (policy, (time, writes)) in POLICIES.into_iter().zip(row) {
            let runs: Vec<_> = (1..=runs).map(|seed| contention(callers, policy, seed)).collect();
            let (times, tries): (Vec<f64>, Vec<f64>) = runs.into_iter().unzip();
            for (what, oracle, measured) in [("ms", time, times), ("writes", writes, tries)] {
                let (mean, error) = mean_and_error(&measured);
                let deviation = mean / oracle - 1.0;
                let said = format!(
                    "{callers} callers, {policy:?}: {mean:.1} {what}, {:+.2} % from {oracle}, standard error {:.2} %",
                    deviation * 100.0,
                    error * 100.0
                );
                println!("{said}");
                assert!(error <= STANDARD_ERROR && deviation.abs() <= TOLERANCE, "{said}");
            }
        }
    }
}
