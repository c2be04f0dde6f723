//! Sentences about a run: pure.

use connlab::scenario::{Change, Scenario};
use connlab::sim::error::{ErrorKind, ErrorSpec};
use connlab::words::{count, percent};

use crate::shown::Shown;

/// A parameter that has another value than at the start of the run, for a while.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// From when, in seconds.
    pub from_s: f64,
    /// Until when; the end of the run if it stays so.
    pub to_s: f64,
    /// Which parameter, and its value: `accepting off`.
    pub text: String,
}

/// The timetable as stretches of time, by their start.
pub fn faults(scenario: &Scenario) -> Vec<Fault> {
    let changes = &scenario.timetable;
    let end_s = scenario.end().as_secs_f64();
    let fault = |(i, change): (usize, &Change)| {
        let next = changes[i + 1..].iter().find(|next| next.param == change.param);
        let to_s = next.map_or(end_s, |next| next.at.as_secs_f64().min(end_s));
        Fault { from_s: change.at.as_secs_f64(), to_s, text: format!("{} {}", change.spec().key, change.value) }
    };
    (changes.iter().enumerate())
        .filter(|(_, change)| change.value != change.spec().get(&scenario.params))
        .map(fault)
        .filter(|fault| fault.from_s < fault.to_s)
        .collect()
}

/// A limit of the run and how near it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// What is limited.
    pub name: &'static str,
    /// The largest value.
    pub peak: u64,
    /// The limit.
    pub limit: u64,
}

impl Limit {
    /// `accept queue, 118 of 129`.
    pub fn sentence(&self) -> String {
        let reached = if self.peak >= self.limit { ": reached" } else { "" };
        format!("{}, {} of {}{reached}", self.name, count(self.peak), count(self.limit))
    }
}

/// The limits that came nearest, the nearest first.
pub fn nearest_limits(shown: &Shown) -> Vec<Limit> {
    let Shown { scenario, report, series, .. } = shown;
    let workers = series.workers.iter().copied().max().unwrap_or(0);
    // a/b > c/d in whole numbers.
    let share = |limit: &Limit| limit.peak * 1_000_000 / limit.limit.max(1);
    let mut limits = Vec::new();
    for (name, peak, limit) in [
        ("accept queue", report.peaks.accept_queue, series.accept_queue_limit),
        ("workers", report.peaks.busy_workers, workers),
        ("SYN queue", report.peaks.syn_queue, series.syn_queue_limit),
        ("ports", report.peaks.ports, scenario.params.ports),
    ] {
        let limit = Limit { name, peak, limit: u64::from(limit) };
        limits.insert(limits.partition_point(|before| share(before) >= share(&limit)), limit);
    }
    limits.truncate(3);
    limits
}

/// How often a class occurred that did not, and how far away it was, where that can be said.
pub fn distance(spec: &ErrorSpec, shown: &Shown) -> String {
    match spec.kind {
        ErrorKind::Ports => {
            format!("0, ports {} used", percent(shown.report.peaks.ports, u64::from(shown.scenario.params.ports)))
        }
        _ => "0".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use connlab::link;

    #[test]
    fn a_change_that_is_taken_back_is_one_stretch_of_time() {
        let faults = faults(&link::scenario("10s.accepting=off&12s.accepting=on&30s.rps=800&90s.rps=900"));
        let fault = |from_s, to_s, text: &str| Fault { from_s, to_s, text: text.into() };
        assert_eq!(faults, [fault(10.0, 12.0, "accepting off"), fault(30.0, 60.0, "rps 800")]);
    }
}
