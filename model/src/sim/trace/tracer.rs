//! Running a scenario again, with a tap on one request.

use std::collections::BTreeSet;

use super::{Tap, Trace};
use crate::scenario::Scenario;
use crate::sim::recording::Recording;
use crate::sim::{Progress, Sim};
use crate::time::SimDuration;

/// How long a request's connections are followed when it has its outcome.
const AFTERMATH: SimDuration = SimDuration::from_secs(5);

/// Runs a scenario again with a tap on one request, in slices.
#[derive(Clone, Debug)]
pub struct Tracer {
    scenario: Scenario,
    recording: Recording,
    request: u32,
    sim: Sim,
    records: bool,
}

impl Tracer {
    /// The request is the n-th that arrives.
    pub fn new(scenario: &Scenario, recording: &Recording, request: u32) -> Tracer {
        let sim = Sim::with_tap(scenario, recording.clone(), Tap::new(request, BTreeSet::new()));
        Tracer { scenario: scenario.clone(), recording: recording.clone(), request, sim, records: false }
    }

    /// Goes on for at most so many events; returns the history when it is complete.
    pub fn advance(&mut self, budget: u32) -> Option<Trace> {
        let aftermath = if self.records { AFTERMATH } else { SimDuration::ZERO };
        let stop = |sim: &Sim| sim.tap().ended.map_or(sim.end(), |ended| (ended + aftermath).min(sim.end()));
        // In short strides, so that the run stops soon after the request has its outcome.
        let until = stop(&self.sim).min(self.sim.now() + STRIDE);
        if self.sim.advance(until, budget) == Progress::Budget || self.sim.now() < stop(&self.sim) {
            return None;
        }
        if self.records {
            return Some(self.sim.tap().trace(&self.scenario));
        }
        let connections = self.sim.tap().connections();
        self.sim = Sim::with_tap(&self.scenario, self.recording.clone(), Tap::new(self.request, connections));
        self.records = true;
        None
    }

    /// Goes on until the history is complete.
    pub fn run(mut self) -> Trace {
        loop {
            if let Some(trace) = self.advance(u32::MAX) {
                return trace;
            }
        }
    }
}

/// How far a tracer runs before it looks whether the request has its outcome.
const STRIDE: SimDuration = SimDuration::from_millis(100);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::{GoVersion, ParamId, Params, ServerKind, Value};
    use crate::quantity::Percent;
    use crate::scenario::Change;
    use crate::sim::error::{ERRORS, ErrorKind};
    use crate::sim::trace::What;
    use crate::time::SimTime;

    fn change(at_s: u64, param: ParamId, value: Value) -> Change {
        Change { at: SimTime::ZERO + SimDuration::from_secs(at_s), param, value }
    }

    /// Too slow a server from 5 s on, whose full queue answers with RST.
    fn overload() -> Scenario {
        let params = Params {
            duration: SimDuration::from_secs(12),
            timeout: SimDuration::from_secs(1),
            go: GoVersion::Go1_4,
            rtt: SimDuration::from_millis(5),
            somaxconn: 128,
            abort_on_overflow: true,
            service: SimDuration::from_millis(30),
            ..Params::default()
        };
        Scenario { params, timetable: vec![change(5, ParamId::service, Value::Duration(SimDuration::from_millis(50)))] }
    }

    /// The process goes at 2 s, with the work that it has, and comes back at 4 s.
    fn restart() -> Scenario {
        let params = Params {
            duration: SimDuration::from_secs(8),
            server: ServerKind::Go,
            service: SimDuration::from_millis(50),
            ..Params::default()
        };
        let timetable = vec![
            change(2, ParamId::listening, Value::Switch(false)),
            change(4, ParamId::listening, Value::Switch(true)),
        ];
        Scenario { params, timetable }
    }

    /// Packets are lost, goroutines run late, requests wait for one of a few connections.
    fn chance() -> Scenario {
        let params = Params {
            duration: SimDuration::from_secs(5),
            timeout: SimDuration::from_millis(100),
            loss: Percent::from_ppm(20_000),
            sched_delay: SimDuration::from_millis(1),
            max_conns: 20,
            ..Params::default()
        };
        Scenario { params, timetable: Vec::new() }
    }

    #[test]
    fn a_tap_only_looks() {
        for (name, scenario) in [("overload", overload()), ("restart", restart()), ("chance", chance())] {
            let mut plain = Sim::new(&scenario);
            plain.run();
            let fingerprint = plain.report().fingerprint;
            let mut failed = 0;
            for failure in ERRORS.iter().filter_map(|spec| plain.failures(spec.kind).last()) {
                let tap = Tap::new(failure.request, failure.connection.into_iter().collect());
                let mut tapped = Sim::with_tap(&scenario, Recording::default(), tap);
                tapped.run();
                assert_eq!(tapped.report().fingerprint, fingerprint, "{name}: {:?}", failure.kind);
                assert_eq!(tapped.tap().ended, Some(failure.ended));
                failed += 1;
            }
            assert!(failed > 0, "{name}: nothing fails that could be tapped");
        }
    }

    #[test]
    fn a_history_does_not_depend_on_how_it_is_sliced() {
        let mut sim = Sim::new(&overload());
        sim.run();
        let failure = sim.failures(ErrorKind::Closed)[10];
        let mut tracer = sim.tracer(failure.request);
        let sliced = std::iter::repeat_with(|| tracer.advance(1_000)).find_map(|trace| trace).expect("a history");
        let whole = sim.tracer(failure.request).run();
        assert_eq!(sliced, whole);
        assert_eq!(whole.error.map(|(kind, _)| kind), Some(ErrorKind::Closed));
        assert!(
            whole.entries.iter().any(|entry| entry.at == failure.ended && entry.what == What::Ends(Some(failure.kind)))
        );
    }
}
