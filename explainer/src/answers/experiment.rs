//! Answers that take many runs, computed here and elsewhere at the same time.

use std::collections::VecDeque;

use connlab::experiment::design::Seeds;
use connlab::experiment::measure::Measure;
use connlab::scenario::Scenario;
use connlab::sim::{Progress, Sim};
use connlab::words::{count, fixed};
use maud::{Markup, html};

use super::Advanced;
use crate::runs::{Elsewhere, Outcome};

/// Runs that may be there, or under way, before the first of them that is not: whatever is computed elsewhere and does
/// not come is computed here then.
const AHEAD_MAX: usize = 48;

/// Between two pictures of what there is so far, in milliseconds.
const PAUSE_MS: f64 = 250.0;

/// After so many milliseconds it can be said how long the rest will take.
const PATIENCE_MS: f64 = 1_000.0;

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
    /// How many runs it takes, as far as that is known, and how many of them have been learned.
    fn runs(&self) -> Option<(u64, u64)> {
        None
    }
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
    pace: Option<Pace>,
}

/// How fast runs are learned.
#[derive(Clone, Copy)]
struct Pace {
    /// When it began, in milliseconds, and how many runs were known then.
    began_ms: f64,
    known: u64,
    /// When something was shown last.
    shown_ms: f64,
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
        Campaign { experiment: Box::new(experiment), wanted: 0, ahead: VecDeque::new(), pace: None }
    }

    /// Works for about so many events, and has others work. By the clock, where there is one, it says how long it will
    /// take, and shows what there is not more often than can be seen.
    pub fn advance(&mut self, elsewhere: &mut Elsewhere, budget: u32, now_ms: Option<f64>) -> Advanced {
        if let (None, Some(now_ms)) = (self.pace, now_ms) {
            let known = self.experiment.runs().map_or(0, |(_, known)| known);
            self.pace = Some(Pace { began_ms: now_ms, known, shown_ms: f64::NEG_INFINITY });
        }
        self.hear(elsewhere);
        let is_prepared = self.experiment.prepare(budget);
        if is_prepared {
            self.compute(budget);
        }
        self.order(elsewhere);
        if is_prepared { self.learn(now_ms) } else { Advanced::More }
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

    /// Tells the experiment what is there, up to where there is something to see. Where no run is wanted and none is
    /// under way, that is the answer.
    fn learn(&mut self, now_ms: Option<f64>) -> Advanced {
        let is_all = self.ahead.is_empty();
        while let Some(Run::Done(outcome)) = self.ahead.pop_front_if(|run| matches!(run, Run::Done(_))) {
            match self.experiment.learn(&outcome) {
                Step::Show if self.is_due(now_ms) => return Advanced::Meanwhile(self.so_far(now_ms).into_string()),
                Step::More | Step::Show => {}
                Step::Done => return self.answer(),
            }
        }
        if is_all { self.answer() } else { Advanced::More }
    }

    fn answer(&self) -> Advanced {
        Advanced::Done(self.experiment.html().into_string(), self.experiment.says())
    }

    /// Whether what there is to show is shown now.
    fn is_due(&mut self, now_ms: Option<f64>) -> bool {
        match (&mut self.pace, now_ms) {
            (Some(pace), Some(now_ms)) if now_ms - pace.shown_ms < PAUSE_MS => false,
            (Some(pace), Some(now_ms)) => {
                pace.shown_ms = now_ms;
                true
            }
            _ => true,
        }
    }

    /// What there is to show, and below it how many runs are there and how long the others will take.
    fn so_far(&self, now_ms: Option<f64>) -> Markup {
        let left = |all: u64, there: u64| {
            let (pace, took_ms) = self.pace.zip(now_ms).map(|(pace, now_ms)| (pace, now_ms - pace.began_ms))?;
            let learned = there.saturating_sub(pace.known);
            (took_ms > PATIENCE_MS && learned > 0).then(|| took_ms / learned as f64 * all.saturating_sub(there) as f64)
        };
        html! {
            (self.experiment.html())
            @if let Some((all, there)) = self.experiment.runs() {
                p.progress data-testid="progress" {
                    progress max=(all) value=(there) aria-label="Runs" {} " "
                    (count(there)) " of " (count(all)) " runs"
                    @if let Some(ms) = left(all, there) { ", about " (fixed((ms / 1e3).ceil(), 0)) " s left" }
                }
            }
        }
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
        match campaign.advance(&mut elsewhere, 1_000_000, None) {
            Advanced::More => {}
            Advanced::Meanwhile(_) => meanwhile += 1,
            Advanced::Done(html, says) => return (html, says, meanwhile),
        }
    }
}
