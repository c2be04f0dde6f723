//! Runs that answers need: each is computed once, in slices.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use connlab::bytes;
use connlab::experiment::design::Design;
use connlab::experiment::map::Map;
use connlab::facts::Trials;
use connlab::lesson::{Lesson, Run, Runs};
use connlab::link::{self, Recipe};
use connlab::scenario::Scenario;
use connlab::sim::replay::{Goal, Replay};
use connlab::sim::report::{Report, Sent, Series};
use connlab::sim::{Progress, Sim};

/// What became of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Its numbers, but for the table of its seconds.
    pub report: Report,
    /// How they came about.
    pub series: Series,
}

impl Outcome {
    /// Of a run that has come to its end.
    pub fn of(sim: &Sim) -> Outcome {
        Outcome { report: sim.report(), series: sim.series() }
    }
}

/// Reports that are kept: those of one run and of every change that was tried on it.
const KEPT_MAX: usize = 24;

/// Sweeps that are kept, for who comes back from one of their runs.
const MAPS_MAX: usize = 4;

/// The runs made so far, and the one that is being made.
#[derive(Default)]
pub struct RunCache {
    kept: VecDeque<(Scenario, Rc<Report>)>,
    under_way: Option<(Scenario, Box<Sim>)>,
    /// The presets' runs, for pastes to be compared with.
    pub presets: Trials,
    /// Sweeps, each for all that can be looked at; the one asked for last is the last.
    maps: VecDeque<(String, Rc<RefCell<Map>>)>,
    /// The time, in milliseconds, where there is a clock.
    pub now_ms: Option<f64>,
    /// Runs that others make meanwhile.
    pub elsewhere: Elsewhere,
    /// The run that somebody looks at, and where.
    replay: Option<(String, Replay, Option<Goal>)>,
}

impl RunCache {
    /// The report of this scenario's run; `None` as long as more than so many events are missing.
    pub fn report(&mut self, scenario: &Scenario, budget: u32) -> Option<Rc<Report>> {
        // Who is asked for again is the last to be forgotten.
        let again = self.kept.iter().position(|(kept, _)| kept == scenario).and_then(|i| self.kept.remove(i));
        if let Some(run) = again {
            let report = run.1.clone();
            self.kept.push_back(run);
            return Some(report);
        }
        let mut sim = match self.under_way.take_if(|(other, _)| other == scenario) {
            Some((_, sim)) => sim,
            None => Box::new(Sim::new(scenario)),
        };
        if sim.advance(sim.end(), budget) == Progress::Budget {
            self.under_way = Some((scenario.clone(), sim));
            return None;
        }
        let report = Rc::new(sim.report());
        self.kept.push_back((scenario.clone(), report.clone()));
        if self.kept.len() > KEPT_MAX {
            self.kept.pop_front();
        }
        Some(report)
    }

    /// What is known of a sweep, whatever is looked at in it.
    pub fn map(&mut self, design: &Design) -> Rc<RefCell<Map>> {
        let design = Design { measure: None, ..design.clone() };
        let name = design.encode();
        let again = self.maps.iter().position(|(known, _)| *known == name).and_then(|i| self.maps.remove(i));
        let kept = again.unwrap_or_else(|| (name, Rc::new(RefCell::new(Map::new(design)))));
        let map = kept.1.clone();
        self.maps.push_back(kept);
        if self.maps.len() > MAPS_MAX {
            self.maps.pop_front();
        }
        map
    }

    /// A replay of this link's run, at the goal or on its way there.
    pub fn replay(&mut self, link: &str, goal: Goal) -> &mut Replay {
        self.replay.take_if(|(known, ..)| known != link);
        let new = || (link.to_string(), Replay::new(&link::scenario(link)), None);
        let (_, replay, last) = self.replay.get_or_insert_with(new);
        if last.replace(goal) != Some(goal) {
            replay.seek(goal);
        }
        replay
    }
}

/// The runs of a lesson, under way.
pub struct LessonRuns {
    lesson: &'static Lesson,
    scenarios: Vec<Scenario>,
    runs: Vec<Run>,
}

impl LessonRuns {
    /// Those that begin with this run; nothing has been computed yet.
    pub fn new(lesson: &'static Lesson, start: &Recipe) -> LessonRuns {
        LessonRuns { lesson, scenarios: lesson.scenarios(start), runs: Vec::new() }
    }

    /// All of them, once; `None` as long as more than so many events are missing.
    pub fn advance(&mut self, runs: &mut RunCache, budget: u32) -> Option<Runs> {
        while let Some(scenario) = self.scenarios.get(self.runs.len()) {
            let report = (*runs.report(scenario, budget)?).clone();
            self.runs.push(Run { scenario: scenario.clone(), report });
        }
        Runs::of(self.lesson, std::mem::take(&mut self.runs))
    }
}

/// More runs than this are not ordered at a time: two for each of the workers that a page has at most.
const ORDERS_MAX: usize = 16;

/// Runs that are computed by others, at the same time: ordered by number and link, and delivered as bytes.
#[derive(Default)]
pub struct Elsewhere {
    /// The number of the last one.
    ordered: u32,
    /// What has been ordered, and was not passed on yet.
    orders: Vec<(u32, String)>,
    delivered: BTreeMap<u32, Outcome>,
    /// How many have ever come.
    came: usize,
}

impl Elsewhere {
    /// How many may be under way: two, and one more for each that came.
    pub fn window(&self) -> usize {
        (2 + self.came).min(ORDERS_MAX)
    }

    /// Orders a scenario's run; its number.
    pub fn order(&mut self, scenario: &Scenario) -> u32 {
        self.ordered += 1;
        let recipe = Recipe { preset: None, scenario: scenario.clone() };
        self.orders.push((self.ordered, link::encode(&recipe)));
        self.ordered
    }

    /// What is to be passed on, each once: number and link.
    pub fn orders(&mut self) -> Vec<(u32, String)> {
        std::mem::take(&mut self.orders)
    }

    /// A run has come; bytes that are none are as if it had not.
    pub fn deliver(&mut self, number: u32, bytes: &[u8]) {
        if let Some((report, series, _, true)) = bytes::read::<Sent>(bytes) {
            self.came += 1;
            self.delivered.insert(number, Outcome { report, series });
        }
    }

    /// What became of this run, once it has come.
    pub fn take(&mut self, number: u32) -> Option<Outcome> {
        self.delivered.remove(&number)
    }

    /// Nothing that was ordered is wanted any more.
    pub fn forget(&mut self) {
        self.orders.clear();
        self.delivered.clear();
    }
}
