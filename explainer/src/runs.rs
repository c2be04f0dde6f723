//! Runs that answers need: each is computed once, in slices.

use std::collections::VecDeque;
use std::rc::Rc;

use connlab::facts::Trials;
use connlab::link;
use connlab::scenario::Scenario;
use connlab::sim::replay::{Goal, Replay};
use connlab::sim::report::Report;
use connlab::sim::{Progress, Sim};

/// Reports that are kept: those of one run and of every change that was tried on it.
const KEPT_MAX: usize = 24;

/// The runs made so far, and the one that is being made.
#[derive(Default)]
pub struct RunCache {
    kept: VecDeque<(Scenario, Rc<Report>)>,
    under_way: Option<(Scenario, Box<Sim>)>,
    /// The presets' runs, for pastes to be compared with.
    pub presets: Trials,
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
