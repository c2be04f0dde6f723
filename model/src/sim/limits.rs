//! Where a run is stopped: too many events, too many at one instant, too much at once.

use super::Sim;
use crate::words::fixed;

/// A run stops after this many events, wherever it is.
pub const EVENT_LIMIT: u64 = 100_000_000;

/// A run stops after this many events of one instant: a closed loop of callers who do not think, served in no time over
/// no distance, never lets time pass. (A call that fails always takes some: M-30.) The largest burst, each request of
/// it sent as often as it may be, has half as many.
const INSTANT_LIMIT: u64 = 10_000_000;

/// A run stops when there are more requests in flight than this, or more connections: a million of both take half a
/// gigabyte, and a browser gives a page four.
pub const CROWD_LIMIT: usize = 1_000_000;

/// How many events there may be before time goes on, where there have been so many.
pub(super) fn events_max(events: u64) -> u64 {
    EVENT_LIMIT.min(events + INSTANT_LIMIT)
}

impl Sim {
    /// Looked at once per [`super::metrics::BUCKET`], in which at most two million requests come.
    pub(super) fn is_crowded(&self) -> bool {
        self.requests.len().max(self.conns.len()) > CROWD_LIMIT
    }

    /// What to say when the run was stopped by [`EVENT_LIMIT`], [`INSTANT_LIMIT`] or [`CROWD_LIMIT`].
    pub(super) fn limit_warning(&self) -> Option<String> {
        let at = fixed(self.now.as_secs_f64(), 3);
        if self.events == self.events_max && self.events < EVENT_LIMIT {
            return Some(format!(
                "The run was stopped at {at} s, where time stands still: callers without think time are answered in \
                 no time. On one host a real exchange takes 30us or more: rtt=30us."
            ));
        }
        let why = if self.events >= EVENT_LIMIT {
            format!("after {} million events", EVENT_LIMIT / 1_000_000)
        } else if self.end < self.scenario.end() {
            let (requests, conns) = (self.requests.len(), self.conns.len());
            format!("with {requests} requests in flight and {conns} connections")
        } else {
            return None;
        };
        Some(format!("The run was stopped at {at} s, {why}. Less load or less time would fit."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::{Backoff, Load, Params, ServerKind};
    use crate::quantity::Rate;
    use crate::scenario::Scenario;
    use crate::sim::Progress;
    use crate::sim::report::Report;
    use crate::time::SimDuration;

    fn sim(params: Params) -> Sim {
        Sim::new(&Scenario { params, timetable: Vec::new() })
    }

    fn stopped(params: Params, events: u64) -> Report {
        let mut sim = sim(params);
        // As if the others had been: a hundred million take ten seconds.
        sim.events = events;
        sim.events_max = INSTANT_LIMIT;
        sim.run();
        let stopped = sim.report();
        assert_eq!(sim.advance(sim.end(), 1_000), Progress::Reached, "it stays stopped");
        assert_eq!(sim.report(), stopped);
        stopped
    }

    #[test]
    fn a_run_in_which_no_time_passes_is_stopped_and_says_so() {
        let (load, think, service, rtt) = (Load::Closed, SimDuration::ZERO, SimDuration::ZERO, SimDuration::ZERO);
        let params = Params { load, think, service, rtt, loopback: true, idle: 100, ..Params::default() };
        let report = stopped(params.clone(), INSTANT_LIMIT - 10_000);
        assert_eq!(report.events, INSTANT_LIMIT);
        assert!(report.requests.ok > 1_000, "something happened, but no time went by");
        assert_eq!(
            report.warnings,
            ["The run was stopped at 0.000 s, where time stands still: callers without think time are answered in \
              no time. On one host a real exchange takes 30us or more: rtt=30us."]
        );
        let (rtt, duration) = (SimDuration::from_micros(30), SimDuration::from_secs(1));
        let with_time = stopped(Params { rtt, callers: 1, duration, ..params }, 0);
        assert_eq!((with_time.warnings.len(), with_time.simulated_s), (0, 1.0), "what it says helps");
    }

    #[test]
    fn a_run_of_too_many_events_is_stopped_and_says_so() {
        let mut sim = sim(Params { rps: Rate::per_second(1_000), server: ServerKind::Go, ..Params::default() });
        sim.events = EVENT_LIMIT - 10_000;
        sim.events_max = EVENT_LIMIT;
        sim.run();
        let report = sim.report();
        assert_eq!(report.events, EVENT_LIMIT);
        let [warning] = &report.warnings[..] else { panic!("{:?}", report.warnings) };
        assert!(warning.ends_with("s, after 100 million events. Less load or less time would fit."), "{warning}");
    }

    /// The most that can happen at one instant, a tenth of it: nothing listens, and every call is made 21 times.
    #[test]
    fn the_largest_burst_is_not_taken_for_a_run_that_stands_still() {
        let mut sim = sim(Params {
            load: Load::Burst,
            burst: 2_000,
            burst_every: SimDuration::from_secs(10),
            listening: false,
            retries: 20,
            backoff: Backoff::None,
            rtt: SimDuration::ZERO,
            ports: 64_512,
            loopback: true,
            duration: SimDuration::from_secs(1),
            ..Params::default()
        });
        sim.run();
        let report = sim.report();
        assert_eq!((report.warnings.len(), report.attempts.application), (0, 42_000), "{:?}", report.warnings);
        assert!(report.events * 10 < INSTANT_LIMIT / 2, "{}", report.events);
    }
}
