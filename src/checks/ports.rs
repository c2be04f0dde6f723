//! Local ports and TIME_WAIT at the clients (T-50 to T-54).

use super::{Outcome, Run};
use crate::params::Params;
use crate::params::fixed::{REUSE_AGE, TIME_WAIT};

/// A port enters TIME_WAIT at most once in each 60 s begun (once in a second where tcp_tw_reuse acts), and never before
/// the first round trip is over. Over whole minutes that is ports/60 per second.
pub fn limit(run: &Run) -> Outcome {
    let evidence = &run.report.evidence;
    let seconds = evidence.elapsed.as_secs_f64();
    if seconds == 0.0 {
        return Outcome::not_applicable("No time has passed.");
    }
    let params = run.params();
    let (rest, why) = if run.ever(Params::reuses_ports) {
        (REUSE_AGE, "a bound: each port once in each second begun, for tcp_tw_reuse acts")
    } else {
        (TIME_WAIT, "a bound: each port once in each 60 s begun")
    };
    let first_trip = run.stages.iter().map(|(_, params)| params.rtt).min().unwrap_or_default();
    let times = 1 + (evidence.elapsed - first_trip).as_nanos() / rest.as_nanos();
    let limit = (times * u64::from(params.ports)) as f64 / seconds;
    let per_host = evidence.time_wait.begun as f64 / f64::from(params.clients) / seconds;
    Outcome::at_most(limit, per_host, why)
}

pub fn range(run: &Run) -> Outcome {
    Outcome::at_most(run.params().ports.into(), run.report.peaks.ports as f64, "a bound, for the busiest client host")
}

/// Little's law for sockets that all rest equally long.
pub fn time_wait(run: &Run) -> Outcome {
    if run.ever(Params::reuses_ports) {
        return Outcome::not_applicable("tcp_tw_reuse ends TIME_WAITs before their 60 s are over.");
    }
    let time_wait = run.report.evidence.time_wait;
    let [low, edge] = [time_wait.begun_last_minute, time_wait.begun_at_edge].map(|n| n as f64);
    let why = match time_wait.begun_at_edge {
        0 => "exact: those that began in the last 60 s",
        _ => "exact, but for those that began in the tenth of a second before the last 60 s",
    };
    Outcome::between(low, time_wait.resting as f64, [low, low + edge], why)
}
