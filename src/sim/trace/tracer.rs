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
    use crate::link;
    use crate::sim::error::{ERRORS, ErrorKind};
    use crate::sim::trace::What;

    #[test]
    fn a_tap_only_looks() {
        for link in
            ["p=incident&duration=30s", "p=restart&duration=30s", "loss=2%&sched-delay=1ms&duration=5s&max-conns=20"]
        {
            let scenario = link::decode(link).scenario;
            let mut plain = Sim::new(&scenario);
            plain.run();
            let fingerprint = plain.report().fingerprint;
            for spec in ERRORS {
                let Some(failure) = plain.failures(spec.kind).last() else { continue };
                let tap = Tap::new(failure.request, failure.connection.into_iter().collect());
                let mut tapped = Sim::with_tap(&scenario, Recording::default(), tap);
                tapped.run();
                assert_eq!(tapped.report().fingerprint, fingerprint, "{link}: {}", spec.class);
                assert_eq!(tapped.tap().ended, Some(failure.ended));
            }
        }
    }

    #[test]
    fn a_history_does_not_depend_on_how_it_is_sliced() {
        let scenario = link::decode("p=incident&duration=25s").scenario;
        let mut sim = Sim::new(&scenario);
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
