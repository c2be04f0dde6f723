//! Lessons: a run, a change, and what is asked before the change is seen. Each is a file of its own in `lesson/`; the
//! list below is the order in which they are taught.
//!
//! A learner predicts, locks the prediction in, sees both runs, explains in words, and gets the commands that show the
//! same on a real machine. What a run shows is read from the learner's own runs, so it is right with any seed, and what
//! follows from the lesson's settings is written out; and every lesson **promises** something of them, which holds with
//! at least 18 of the seeds 1 to 20.

use crate::experiment::comparison::Comparison;
use crate::experiment::design::Seeds;
use crate::experiment::measure::Measure;
use crate::link::{self, Decoded, Recipe};
use crate::params::ParamId;
use crate::scenario::Scenario;
use crate::sim::Sim;
use crate::sim::error::ErrorKind;
use crate::sim::report::Report;
use crate::words::{percent, trimmed};

/// What a page needs of a lesson before anything of it is read.
#[derive(Debug)]
pub struct Lesson {
    /// The value of `lesson=`: an interface, never renamed.
    pub id: &'static str,
    /// Its title.
    pub title: &'static str,
    /// The run that it starts with, as a link without `v`.
    pub start: &'static str,
    /// What is changed when the prediction is locked in, as a link has it: `somaxconn=1024`.
    pub change: &'static str,
    /// What may be moved from then on.
    pub unlock: &'static [ParamId],
    /// The name of the chart that is seen before ([`crate::chart`]), beside the scene; all others are veiled. Empty
    /// where the first run is to be predicted, too: then nothing of it is seen.
    pub chart: &'static str,
    /// The place, from 0, of the question whose number is a height in that chart: there a line is drawn for it.
    pub line: Option<usize>,
}

/// What a lesson says and asks. Code stands between backticks, an empty line between paragraphs.
pub struct Script {
    /// What there is to know before: of the first run, nothing of what the change does.
    pub situation: Write,
    /// What is to be predicted: one to three questions.
    pub questions: &'static [Question],
    /// What is asked with the prediction: one sentence of a learner's own.
    pub why: &'static str,
    /// What is asked when both runs are seen, before anything is explained.
    pub explain: &'static str,
    /// Other changes of the first run that the texts speak of and learners may try, by what they are called.
    pub others: &'static [(&'static str, &'static str)],
    /// With so many more seeds both runs are made, too: the next ones after the link's own.
    pub more_seeds: u64,
    /// What came out, in a few words: `All 50 resets are gone`.
    pub outcome: Write,
    /// What to notice, and what it costs.
    pub notice: Write,
    /// What to take away, in one sentence.
    pub rule: &'static str,
    /// What to talk about next.
    pub talk: &'static str,
    /// What shows the same on a real machine: shell, or Go, with comments.
    pub commands: Write,
    /// What it promises, in words, for who prepares it: without the numbers that are to be predicted.
    pub shows: &'static str,
    /// What holds with at least 18 of the seeds 1 to 20.
    pub promise: Holds,
}

/// A text about a learner's runs.
pub type Write = fn(&Runs) -> String;

/// Whether something holds of a learner's runs.
pub type Holds = fn(&Runs) -> bool;

/// What is to be predicted.
pub struct Question {
    /// What is asked.
    pub text: &'static str,
    /// What can be answered.
    pub answer: Answer,
}

/// How far a learner has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Nothing of the change is seen before the prediction is locked in.
    #[default]
    Predict,
    /// What was predicted beside what came out; what happened, in the learner's own words.
    Compare,
    /// What there was to notice.
    Explain,
    /// How to see it on a real machine.
    Real,
}

impl Step {
    /// All steps, in their order.
    pub const ALL: [Step; 4] = [Step::Predict, Step::Compare, Step::Explain, Step::Real];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Step::Predict => "Predict",
            Step::Compare => "Compare",
            Step::Explain => "Explain",
            Step::Real => "For-real",
        }
    }

    /// The step with this name.
    #[inline]
    pub fn named(name: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|step| step.name() == name)
    }
}

/// What can be answered.
pub enum Answer {
    /// One of these, the first of which holds.
    Choice(&'static [(&'static str, Holds)]),
    /// A number of these.
    Number {
        /// What it counts: `connections`.
        unit: &'static str,
        /// What it is.
        truth: fn(&Runs) -> f64,
    },
}

/// A run of a lesson.
#[derive(Debug)]
pub struct Run {
    /// What was run.
    pub scenario: Scenario,
    /// What became of it.
    pub report: Report,
}

/// The runs of a lesson.
#[derive(Debug)]
pub struct Runs {
    /// The one that it starts with.
    pub start: Run,
    /// The same with the change.
    pub changed: Run,
    /// Those with the script's other changes, in its order.
    pub others: Vec<Run>,
    /// Both with each of the further seeds.
    pub more: Vec<[Run; 2]>,
}

macro_rules! lessons {
    ($($module:ident)*) => {
        $(mod $module;)*

        /// All lessons, in the order in which they are taught.
        pub static LESSONS: &[Lesson] = &[$($module::LESSON),*];

        /// What they say, in the same order.
        static SCRIPTS: &[Script] = &[$($module::SCRIPT),*];
    };
}

lessons! {
    little
    two_idle
    ports
    accept_queue
    os
    bigger_queue
    retry_storm
    backoff
    stale_keepalive
    closed_by_us
    load_test
    incident
    cpu
    luck
}

/// The link's key that names a lesson.
pub const KEY: &str = "lesson";

/// Reads a link as [`link::decode`] does. One that names a lesson and is written by hand (`lesson=two-idle&seed=7`) has
/// the settings of the lesson's first run, but for what it says itself; one that a program wrote has its own.
#[inline]
pub fn decode(text: &str) -> Decoded {
    let decoded = link::decode(text);
    match named_in(&decoded).filter(|_| !decoded.is_complete) {
        Some(lesson) => Decoded { names_a_run: true, ..link::decode_on(&link::decode(lesson.start).recipe, text) },
        None => decoded,
    }
}

/// The lesson that a link names, if there is one with this name.
#[inline]
pub fn named_in(decoded: &Decoded) -> Option<&'static Lesson> {
    decoded.page.iter().find(|(key, _)| key == KEY).and_then(|(_, id)| Lesson::named(id))
}

impl Lesson {
    /// The lesson with this name, in capitals or not.
    #[inline]
    pub fn named(id: &str) -> Option<&'static Lesson> {
        LESSONS.iter().find(|lesson| lesson.id.eq_ignore_ascii_case(id))
    }

    /// Its place among all, from 1.
    pub fn number(&self) -> usize {
        LESSONS.iter().take_while(|lesson| lesson.id != self.id).count() + 1
    }

    /// What it says and asks.
    pub fn script(&self) -> &'static Script {
        &SCRIPTS[self.number() - 1]
    }

    /// The run that it starts with, with this seed.
    #[inline]
    pub fn recipe(&self, seed: u64) -> Recipe {
        let mut recipe = link::decode(self.start).recipe;
        recipe.scenario.params.seed = seed;
        recipe
    }

    /// What is run for it, where this is the first run: that, the changed one, the others, and both with more seeds.
    pub fn scenarios(&self, start: &Recipe) -> Vec<Scenario> {
        let script = self.script();
        let amended = |recipe: &Recipe, change: &str| link::amended(recipe, change).recipe.scenario;
        let mut scenarios = vec![start.scenario.clone(), amended(start, self.change)];
        scenarios.extend(script.others.iter().map(|(_, change)| amended(start, change)));
        let seeds = Seeds { first: start.scenario.params.seed, count: script.more_seeds + 1 };
        for seed in seeds.iter().skip(1) {
            let mut start = start.clone();
            start.scenario.params.seed = seed;
            scenarios.extend([start.scenario.clone(), amended(&start, self.change)]);
        }
        scenarios
    }
}

impl Runs {
    /// The runs of a lesson, from those of its [`Lesson::scenarios`], all of them and in that order; none if one is
    /// missing.
    pub fn of(lesson: &Lesson, runs: Vec<Run>) -> Option<Runs> {
        let mut runs = runs.into_iter();
        let (start, changed) = (runs.next()?, runs.next()?);
        let others: Vec<Run> = runs.by_ref().take(lesson.script().others.len()).collect();
        let mut more = Vec::new();
        while let Some(start) = runs.next() {
            more.push([start, runs.next()?]);
        }
        Some(Runs { start, changed, others, more })
    }

    /// The same, computed here: for tests and tools.
    pub fn compute(lesson: &Lesson, seed: u64) -> Runs {
        let run = |scenario: Scenario| {
            let mut sim = Sim::new(&scenario);
            sim.run();
            Run { report: sim.report(), scenario }
        };
        let runs = lesson.scenarios(&lesson.recipe(seed)).into_iter().map(run).collect();
        Runs::of(lesson, runs).unwrap_or_else(|| unreachable!("all of them are there"))
    }

    /// How many times as long as in the first run the mean answer takes in the changed one.
    pub fn times_as_long(&self) -> f64 {
        self.changed.report.latency_ms.mean / self.start.report.latency_ms.mean.max(f64::MIN_POSITIVE)
    }

    /// A measure in both runs, with the learner's own seed first and then with each of the further ones.
    pub fn comparison(&self, measure: &'static Measure) -> Comparison {
        let mut comparison = Comparison::new(measure);
        let own = std::iter::once([&self.start, &self.changed]);
        for [start, changed] in own.chain(self.more.iter().map(|[start, changed]| [start, changed])) {
            comparison.a.push((measure.value)(&start.report));
            comparison.b.push((measure.value)(&changed.report));
        }
        comparison
    }
}

impl Run {
    /// Failed requests.
    pub fn failed(&self) -> u64 {
        self.report.requests.failed
    }

    /// Failed requests of a class.
    pub fn failed_with(&self, kind: ErrorKind) -> u64 {
        self.report.errors.iter().find(|row| row.kind == kind).map_or(0, |row| row.count)
    }

    /// The share of the offered requests that were answered, 0 to 1.
    pub fn answered_share(&self) -> f64 {
        self.report.requests.ok as f64 / self.report.requests.offered.max(1) as f64
    }

    /// The share of the offered requests that failed, 0 to 1.
    pub fn failed_share(&self) -> f64 {
        self.failed() as f64 / self.report.requests.offered.max(1) as f64
    }

    /// Answers per second of load.
    pub fn goodput(&self) -> f64 {
        self.report.requests.ok as f64 / self.scenario.params.duration.as_secs_f64()
    }

    /// How long it went well, in seconds: up to the first failure, or to the end of the run.
    pub fn went_well_s(&self) -> f64 {
        self.report.errors.iter().map(|row| row.first_ms / 1_000.0).fold(self.report.simulated_s, f64::min)
    }

    /// The share of the server's work that was for callers that had gone, in words: `84 %`.
    pub fn wasted(&self) -> String {
        percent(self.report.server.wasted_ms as u64, self.report.server.busy_ms as u64)
    }

    /// The share of the requests that had to dial, 0 to 1; more than 1 where dials are repeated.
    pub fn dialed_share(&self) -> f64 {
        self.report.connections.dials as f64 / self.report.requests.offered.max(1) as f64
    }
}

impl Question {
    /// An answer as the one who gave it reads it; what is no answer, as it is.
    pub fn in_words(&self, said: &str) -> String {
        match &self.answer {
            Answer::Choice(options) => {
                let at = said.parse::<usize>().ok().and_then(|place| place.checked_sub(1));
                at.and_then(|at| options.get(at)).map_or_else(|| said.into(), |(text, _)| (*text).into())
            }
            Answer::Number { .. } => said.into(),
        }
    }

    /// What is right, in words.
    pub fn truth(&self, runs: &Runs) -> String {
        match &self.answer {
            Answer::Choice(options) => {
                let right = options.iter().find(|(_, holds)| holds(runs));
                right.map_or_else(|| "none of these".into(), |(text, _)| (*text).into())
            }
            Answer::Number { truth, .. } => number(truth(runs)),
        }
    }
}

/// A number as a learner would write it.
pub fn number(value: f64) -> String {
    let digits = match value.abs() {
        size if size >= 100.0 || size == 0.0 => 0,
        size if size >= 10.0 => 1,
        _ => 2,
    };
    trimmed(value, digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_written_by_hand_has_the_runs_of_its_lesson_and_one_that_was_copied_its_own() {
        let lesson = Lesson::named("Two-Idle").expect("a lesson");
        let by_hand = decode("https://example.org/#lesson=two-idle&seed=7");
        assert_eq!(by_hand.recipe, lesson.recipe(7));
        assert!(by_hand.names_a_run && by_hand.warnings.is_empty(), "{:?}", by_hand.warnings);
        let changed = decode("lesson=two-idle&idle=9").recipe.scenario.params;
        assert_eq!((changed.idle, changed.callers), (9, 50));
        let copied = format!("{}&lesson=two-idle", link::encode(&by_hand.recipe));
        assert_eq!(decode(&copied).recipe, by_hand.recipe);
        assert_eq!(decode("v=1&lesson=two-idle").recipe, Recipe::default());
        assert_eq!(decode("lesson=nothing").recipe, Recipe::default());
    }

    #[test]
    fn a_lesson_runs_its_first_run_the_changed_one_and_the_others() {
        for lesson in LESSONS {
            let (script, scenarios) = (lesson.script(), lesson.scenarios(&lesson.recipe(3)));
            assert_eq!(scenarios.len() as u64, 2 + script.others.len() as u64 + 2 * script.more_seeds, "{}", lesson.id);
            assert_eq!(scenarios[0], lesson.recipe(3).scenario);
            assert!(scenarios.iter().all(|scenario| scenario.params.seed >= 3), "{}", lesson.id);
        }
    }

    #[test]
    fn numbers_have_three_digits_at_most_that_are_not_zeros() {
        assert_eq!(
            [0.0, 0.5, 3.4567, 12.34, 541.6, 28_232.0].map(number),
            ["0", "0.5", "3.46", "12.3", "542", "28232"]
        );
    }
}
