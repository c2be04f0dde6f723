//! A run, as far as it is computed, as the page shows it.

use connlab::scenario::Scenario;
use connlab::sentence::Sentence;
use connlab::sim::Sim;
use connlab::sim::error::{ERRORS, ErrorKind};
use connlab::sim::failures::Failure;
use connlab::sim::report::{Report, Series};

/// A run, as far as it is computed.
#[derive(Clone, Debug)]
pub struct Shown {
    /// What was run.
    pub scenario: Scenario,
    /// Its numbers.
    pub report: Report,
    /// What the charts draw.
    pub series: Series,
    /// The listed failures, class by class; of a run that has come to its end.
    pub failures: Vec<Failure>,
    /// Whether it came to its end.
    pub complete: bool,
}

impl Shown {
    /// The run of this scenario as it stands.
    pub fn new(scenario: &Scenario, sim: &Sim, complete: bool) -> Shown {
        let listed = ERRORS.iter().filter(|_| complete).flat_map(|spec| sim.failures(spec.kind));
        let failures = listed.copied().collect();
        Shown { scenario: scenario.clone(), report: sim.report(), series: sim.series(), failures, complete }
    }

    /// The run in one sentence.
    pub fn sentence(&self) -> Sentence {
        Sentence::of(&self.scenario, &self.report, &self.series)
    }

    /// Failures of one class that can be picked, in the order in which they came.
    pub fn failures(&self, kind: ErrorKind) -> &[Failure] {
        self.failures.chunk_by(|a, b| a.kind == b.kind).find(|class| class[0].kind == kind).unwrap_or_default()
    }
}

/// The whole run of a link.
#[cfg(test)]
pub fn shown(link: &str) -> Shown {
    let scenario = connlab::link::decode(link).scenario;
    let mut sim = Sim::new(&scenario);
    sim.run();
    Shown::new(&scenario, &sim, true)
}
