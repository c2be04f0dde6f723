//! Answers that take many runs, computed here and elsewhere at the same time.

use std::collections::VecDeque;

use connlab::experiment::design::Seeds;
use connlab::experiment::measure::Measure;
use connlab::scenario::Scenario;
use connlab::sim::{Progress, Sim};
use maud::{Markup, html};

use super::Advanced;
use crate::runs::{Elsewhere, Outcome};

/// Runs that may be there, or under way, before the first of them that is not: whatever is computed elsewhere and does
/// not come is computed here then.
const AHEAD_MAX: usize = 48;

/// What an experiment makes of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing that is to be seen.
    More,
    /// Something to show until the answer is there.
    Show,
    /// The answer.
    Done,
}

/// Which runs an answer needs, and what it makes of them.
pub trait Experiment {
    /// What the n-th run is of, from 0. Asked once for each, in order, and ahead of what is learned: none while that
    /// depends on it, or when there are no more.
    fn wants(&mut self, n: usize) -> Option<Scenario>;
    /// Work of its own that comes first, for about so many events; whether it is done.
    fn prepare(&mut self, _budget: u32) -> bool {
        true
    }
    /// Takes the next run: they come in the order in which they were wanted.
    fn learn(&mut self, outcome: &Outcome) -> Step;
    /// What there is to show, in HTML.
    fn html(&self) -> Markup;
    /// The answer in a sentence, for screen readers.
    fn says(&self) -> String;
}

/// A scenario with the seed of a replication, from 0.
pub fn replication(scenario: &Scenario, replication: usize) -> Scenario {
    let mut scenario = scenario.clone();
    let seeds = Seeds { first: scenario.params.seed, count: 1 };
    scenario.params.seed = seeds.of(replication as u64);
    scenario
}

/// The runs of an experiment.
pub struct Campaign {
    experiment: Box<dyn Experiment>,
    /// How many were wanted so far.
    wanted: usize,
    /// Those of them that have not been learned, in order.
    ahead: VecDeque<Run>,
}

/// A run that was wanted.
enum Run {
    /// Somebody else computes it, under this number.
    Elsewhere(u32, Box<Scenario>),
    Here(Box<Sim>),
    Done(Box<Outcome>),
}

impl Campaign {
    /// Nothing has been computed yet.
    pub fn new(experiment: impl Experiment + 'static) -> Campaign {
        Campaign { experiment: Box::new(experiment), wanted: 0, ahead: VecDeque::new() }
    }

    /// Works for about so many events, and has others work.
    pub fn advance(&mut self, elsewhere: &mut Elsewhere, budget: u32) -> Advanced {
        self.hear(elsewhere);
        let is_prepared = self.experiment.prepare(budget);
        if is_prepared {
            self.compute(budget);
        }
        self.order(elsewhere);
        if is_prepared { self.learn() } else { Advanced::More }
    }

    /// The next run that is wanted.
    fn next(&mut self) -> Option<Scenario> {
        if self.ahead.len() >= AHEAD_MAX {
            return None;
        }
        let scenario = self.experiment.wants(self.wanted)?;
        self.wanted += 1;
        Some(scenario)
    }

    /// Takes what others have computed.
    fn hear(&mut self, elsewhere: &mut Elsewhere) {
        for run in &mut self.ahead {
            if let Run::Elsewhere(number, _) = run
                && let Some(outcome) = elsewhere.take(*number)
            {
                *run = Run::Done(Box::new(outcome));
            }
        }
    }

    /// Goes on with the run that is computed here. Where no other one is wanted, that is the first of those that others
    /// are at: whoever is sooner.
    fn compute(&mut self, budget: u32) {
        let here = |run: &Run| matches!(run, Run::Here(_));
        let at = match self.ahead.iter().position(here) {
            Some(at) => at,
            None => match self.next() {
                Some(scenario) => {
                    self.ahead.push_back(Run::Here(Box::new(Sim::new(&scenario))));
                    self.ahead.len() - 1
                }
                None => {
                    let elsewhere = |run: &Run| matches!(run, Run::Elsewhere(..));
                    let Some(at) = self.ahead.iter().position(elsewhere) else { return };
                    at
                }
            },
        };
        let run = &mut self.ahead[at];
        if let Run::Elsewhere(_, scenario) = run {
            *run = Run::Here(Box::new(Sim::new(scenario)));
        }
        if let Run::Here(sim) = run
            && sim.advance(sim.end(), budget) == Progress::Reached
        {
            *run = Run::Done(Box::new(Outcome::of(sim)));
        }
    }

    /// Has others compute as many runs as they have shown to be up to.
    fn order(&mut self, elsewhere: &mut Elsewhere) {
        let under_way = self.ahead.iter().filter(|run| matches!(run, Run::Elsewhere(..))).count();
        for _ in under_way..elsewhere.window() {
            let Some(scenario) = self.next() else { return };
            let number = elsewhere.order(&scenario);
            self.ahead.push_back(Run::Elsewhere(number, Box::new(scenario)));
        }
    }

    /// Tells the experiment what is there, up to where there is something to see.
    fn learn(&mut self) -> Advanced {
        while let Some(Run::Done(outcome)) = self.ahead.pop_front_if(|run| matches!(run, Run::Done(_))) {
            match self.experiment.learn(&outcome) {
                Step::More => {}
                Step::Show => return Advanced::Meanwhile(self.experiment.html().into_string()),
                Step::Done => return Advanced::Done(self.experiment.html().into_string(), self.experiment.says()),
            }
        }
        Advanced::More
    }
}

/// Two cells of a table: a mean difference, and its interval or a dash; to about a tenth of `scale`.
pub fn cells(measure: &Measure, mean: f64, interval: Option<[f64; 2]>, scale: f64) -> Markup {
    let signed = |value: f64| measure.signed(value, scale).replace('-', "−");
    html! {
        td { (signed(mean)) }
        td { @if let Some([low, high]) = interval { (signed(low)) " to " (signed(high)) } @else { "–" } }
    }
}

/// The last answer and its sentence, and how many came before it; without anybody elsewhere.
#[cfg(test)]
pub fn finished_alone(experiment: impl Experiment + 'static) -> (String, String, usize) {
    let (mut campaign, mut elsewhere, mut meanwhile) = (Campaign::new(experiment), Elsewhere::default(), 0);
    loop {
        match campaign.advance(&mut elsewhere, 1_000_000) {
            Advanced::More => {}
            Advanced::Meanwhile(_) => meanwhile += 1,
            Advanced::Done(html, says) => return (html, says, meanwhile),
        }
    }
}
