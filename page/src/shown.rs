//! A run, as far as it is computed, as the page shows it.

use std::rc::Rc;

use connlab::bytes;
use connlab::dead_zone;
use connlab::link::{self, Recipe};
use connlab::scenario::Scenario;
use connlab::sentence::Sentence;
use connlab::sim::Sim;
use connlab::sim::error::{ERRORS, ErrorKind};
use connlab::sim::failures::Failure;
use connlab::sim::report::{Report, Sent, Series};

/// What a run is computed for. An earlier one comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The charts show it: it is that of the link.
    Shown,
    /// It stays as it is while others are shown.
    Pinned,
}

impl Role {
    /// All of them.
    pub const ALL: [Role; 2] = [Role::Shown, Role::Pinned];
}

/// For each role the last run that came far enough.
#[derive(Clone, Debug, Default)]
pub struct Runs([Option<Rc<Shown>>; Role::ALL.len()]);

impl Runs {
    /// The run for this role.
    pub fn of(&self, role: Role) -> Option<&Rc<Shown>> {
        self.0[role as usize].as_ref()
    }

    /// This run takes the place of the one before.
    pub fn keep(&mut self, role: Role, run: Option<Rc<Shown>>) {
        self.0[role as usize] = run;
    }
}

/// A run, as far as it is computed.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// What was run.
    pub scenario: Scenario,
    /// Its canonical link.
    pub link: String,
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
    /// The run of this recipe as it stands.
    pub fn new(recipe: &Recipe, sim: &Sim, complete: bool) -> Shown {
        let listed = ERRORS.iter().filter(|_| complete).flat_map(|spec| sim.failures(spec.kind));
        let failures = listed.copied().collect();
        let (scenario, link) = (recipe.scenario.clone(), link::encode(recipe));
        Shown { scenario, link, report: sim.report(), series: sim.series(), failures, complete }
    }

    /// About how much memory it takes, in bytes: most of it are the columns of the charts.
    pub fn weight(&self) -> usize {
        /// Ten columns of four bytes and one of eight; a point of latency for ten buckets is five times as much.
        const BUCKET: usize = 60;
        let Series { offered, errors, .. } = &self.series;
        offered.len() * (BUCKET + 4 * errors.len()) + size_of_val(&*self.failures) + 2 * size_of::<Shown>()
    }

    /// What a worker sends of it: all but its recipe, which the page knows, and the table, which it does not show.
    pub fn bytes(&self) -> Vec<u8> {
        let Shown { report, series, failures, complete, .. } = self.clone();
        let mut sent: Sent = (report, series, failures, complete);
        bytes::written(&mut sent)
    }

    /// The run of this recipe, of which a worker sent these bytes.
    pub fn read(recipe: &Recipe, bytes: &[u8]) -> Option<Shown> {
        let (report, series, failures, complete): Sent = bytes::read(bytes)?;
        Some(Shown {
            scenario: recipe.scenario.clone(),
            link: link::encode(recipe),
            report,
            series,
            failures,
            complete,
        })
    }

    /// The same run, of a recipe that differs within a dead zone.
    pub fn of(&self, recipe: &Recipe) -> Shown {
        let mut same = Shown { scenario: recipe.scenario.clone(), link: link::encode(recipe), ..self.clone() };
        dead_zone::follow(&same.scenario, &mut same.report, &mut same.series);
        same
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
    let recipe = link::decode(link).recipe;
    let mut sim = Sim::new(&recipe.scenario);
    sim.run();
    Shown::new(&recipe, &sim, true)
}
