//! How large should it be: the smallest value of a setting, of those its slider has, with which a run keeps its
//! thresholds on 95 % of all seeds; or the largest, of a setting that helps by being small.
//!
//! A value is **enough** if the thresholds hold with every seed of a trial whose size was fixed beforehand: 59 of 59
//! would show, with 95 % confidence, that they hold on 95 % of all seeds (0.95^59 < 0.05; Wilks 1941, Ann. Math. Stat.
//! 12:91). As the next value is tried where one fails, the first trial may be wrong with half of the 5 % only, the
//! second with half of what is left, and so on: 72 of 72, then 86 of 86, ... Values are chosen for trials with other
//! seeds, so the choice makes nothing look better than it is.
//!
//! That more is better is never assumed: every value is run with one seed, and the neighbours of the answer have a
//! trial of the same size.

use crate::dead_zone::{self, DeadZone};
use crate::experiment::statistics::{self, MISS};
use crate::params::{ParamId, ParamSpec, Value};
use crate::scenario::Scenario;
use crate::sim::report::Report;
use crate::summary::{self, MetricUnit, Threshold, ThresholdResult};
use crate::words::{millis, trimmed};

/// The share of seeds on which the thresholds are to hold.
const SHARE: f64 = 0.95;

/// Seeds with which a value must keep the thresholds before it has a trial: the link's own and the next ones.
const SCREEN: usize = 10;

/// Which end of the slider costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The smallest value that is enough.
    Smallest,
    /// The largest one that is.
    Largest,
}

/// A search for the value that is enough.
#[derive(Clone, Debug)]
pub struct Sizing {
    scenario: Scenario,
    param: ParamId,
    wanted: Wanted,
    thresholds: Vec<Threshold>,
    /// What one would like to have first.
    tries: Vec<Try>,
    stage: Stage,
    /// Values, by their place, and replications: all runs so far, those under way among them.
    plan: Vec<(usize, usize)>,
    learned: usize,
    /// Trials so far.
    trials: u32,
}

/// A value, and whether the thresholds held with it.
#[derive(Clone, Debug)]
pub struct Try {
    /// The value.
    pub value: Value,
    /// With the link's own seed, threshold by threshold.
    pub own: Vec<ThresholdResult>,
    /// With the first seeds, the link's own among them.
    screen: Vec<bool>,
    /// With the seeds behind those, as far as it is known.
    trial: Vec<Option<bool>>,
    /// Whether it has a trial.
    is_tried: bool,
}

/// What the runs under way are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The value at the far end, with the link's own seed: its dead zone has not to be run.
    FarEnd,
    /// All others with that seed.
    Survey,
    /// A value with some seeds more.
    Screen(usize),
    /// It has a trial.
    Trial(usize),
    /// So have its neighbours.
    Neighbours(usize),
    /// The value that is enough, if there is one.
    Over(Option<usize>),
}

impl Try {
    /// With how many seeds the thresholds hold, and of how many: those of its trial, if it had one.
    pub fn met(&self) -> (usize, usize) {
        let trial = self.trial.iter().copied().flatten();
        let seeds: Vec<bool> = if self.is_tried { trial.collect() } else { self.screen.clone() };
        (seeds.iter().filter(|met| **met).count(), seeds.len())
    }

    /// Within which the share of all seeds is on which they hold, with 95 %.
    pub fn interval(&self) -> [f64; 2] {
        let (met, of) = self.met();
        statistics::share_interval(met, of)
    }

    /// How far it is from keeping its thresholds, with the link's own seed: the largest value, in limits.
    fn distance(&self) -> f64 {
        let ratio = |it: &ThresholdResult| match it.value {
            _ if it.passes => 0.0,
            Some(value) if it.threshold.limit > 0.0 => value / it.threshold.limit,
            _ => f64::INFINITY,
        };
        self.own.iter().map(ratio).fold(0.0, f64::max)
    }

    /// Whether the thresholds hold with a replication.
    fn note(&mut self, replication: usize, own: &[ThresholdResult]) {
        let met = own.iter().all(|it| it.passes);
        let Some(i) = replication.checked_sub(SCREEN) else {
            if replication == self.screen.len() {
                self.screen.push(met);
            }
            if self.own.is_empty() {
                self.own = own.to_vec();
            }
            return;
        };
        self.trial.resize(self.trial.len().max(i + 1), None);
        self.trial[i] = Some(met);
    }

    /// Each threshold that does not hold with the link's own seed: `p99 812 ms`, and its limit, `500 ms`.
    pub fn misses(&self) -> impl Iterator<Item = [String; 2]> {
        self.own.iter().filter(|it| !it.passes).map(|it| {
            let Threshold { metric, limit } = it.threshold;
            let value = it.value.map_or("no answers".into(), |value| amount(metric.unit, value));
            [format!("{} {value}", metric.key), amount(metric.unit, limit)]
        })
    }
}

/// The settings whose size is worth asking for: what `cured` changes, first; then the limits that do something. What
/// has no slider or changes on the timetable is left out.
pub fn settings(scenario: &Scenario, cured: &Scenario) -> Vec<(ParamId, Wanted)> {
    let unused = scenario.unused();
    let wanted = |param: ParamId| {
        let spec = param.spec();
        let [then, now] = [cured, scenario].map(|it| spec.get(&it.params));
        if spec.size(then) < spec.size(now) && !spec.is_word(then) { Wanted::Largest } else { Wanted::Smallest }
    };
    let changed = ParamId::ALL.iter().copied().filter(|param| cured.differs(scenario, *param));
    let limits = dead_zone::params().filter(|param| unused[*param as usize].is_none());
    let mut settings: Vec<(ParamId, Wanted)> = Vec::new();
    for param in changed.chain(limits) {
        let is_known = settings.iter().any(|(known, _)| *known == param);
        if !is_known && !param.spec().stops().is_empty() && scenario.course(param).next().is_none() {
            settings.push((param, wanted(param)));
        }
    }
    settings
}

impl Sizing {
    /// Of a setting whose slider has stops; a zero that means that there is no limit is none of them.
    pub fn new(scenario: Scenario, param: ParamId, wanted: Wanted, thresholds: Vec<Threshold>) -> Sizing {
        let spec = param.spec();
        let mut stops = spec.stops();
        stops.retain(|stop| !spec.is_word(*stop));
        if wanted == Wanted::Largest {
            stops.reverse();
        }
        let blank = |value| Try { value, own: vec![], screen: vec![], trial: vec![], is_tried: false };
        let tries: Vec<Try> = stops.into_iter().map(blank).collect();
        let plan = tries.len().checked_sub(1).map(|far| (far, 0)).into_iter().collect();
        let stage = if tries.is_empty() { Stage::Over(None) } else { Stage::FarEnd };
        Sizing { scenario, param, wanted, thresholds, tries, stage, plan, learned: 0, trials: 0 }
    }

    /// The setting.
    pub fn spec(&self) -> &'static ParamSpec {
        self.param.spec()
    }

    /// Its values, what one would like to have first.
    pub fn tries(&self) -> &[Try] {
        &self.tries
    }

    /// Whether all is known.
    pub fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over(_))
    }

    /// The value that is enough, by its place; none as long as there is none.
    pub fn enough(&self) -> Option<usize> {
        match self.stage {
            Stage::Neighbours(at) => Some(at),
            Stage::Over(at) => at,
            _ => None,
        }
    }

    /// What is going on.
    pub fn progress(&self) -> String {
        match self.stage {
            Stage::FarEnd | Stage::Survey => "Every value with one seed.".into(),
            Stage::Screen(at) => format!("{} with {SCREEN} seeds.", self.describe(at)),
            Stage::Trial(at) => format!("{} with {} other seeds.", self.describe(at), self.trial_size()),
            Stage::Neighbours(at) => {
                format!("The neighbours of {} with {} seeds.", self.describe(at), self.trial_size())
            }
            Stage::Over(_) => String::new(),
        }
    }

    /// The scenario with one of the values.
    pub fn scenario(&self, at: usize) -> Scenario {
        let mut scenario = self.scenario.clone();
        self.spec().set(&mut scenario.params, self.tries[at].value);
        scenario
    }

    /// The n-th run, from 0, and which replication it is; none while that depends on runs before, or behind the last.
    pub fn run(&self, n: usize) -> Option<(Scenario, usize)> {
        self.plan.get(n).map(|(at, replication)| (self.scenario(*at), *replication))
    }

    /// Takes the next run. Whether something is known that was not before: all runs of a stage have been made.
    pub fn learn(&mut self, report: &Report) -> bool {
        let Some(&(at, replication)) = self.plan.get(self.learned) else { return false };
        self.learned += 1;
        let own: Vec<ThresholdResult> = summary::verdicts(report, &self.thresholds).collect();
        let zone = DeadZone::of(&self.scenario(at), report, self.param);
        // Of a trial only a neighbour's: another value's would be those of the seeds that ask little of it.
        let may_share = |other: usize| replication == 0 || replication >= SCREEN && other == at + 1;
        for (other, it) in self.tries.iter_mut().enumerate() {
            if other == at || may_share(other) && zone.is_some_and(|zone| zone.has(it.value)) {
                it.note(replication, &own);
            }
        }
        let is_new = self.learned == self.plan.len();
        while self.learned == self.plan.len() && !self.is_over() {
            self.go_on();
        }
        is_new
    }

    /// All runs of a stage have been made: what is next.
    fn go_on(&mut self) {
        let met_all = |it: &Try| it.met().0 == it.met().1;
        match self.stage {
            Stage::FarEnd => {
                let open = (0..self.tries.len()).filter(|at| self.tries[*at].screen.is_empty());
                self.plan.extend(open.map(|at| (at, 0)));
                self.stage = Stage::Survey;
            }
            Stage::Survey => self.screen(0),
            Stage::Screen(at) if met_all(&self.tries[at]) => {
                self.stage = Stage::Trial(at);
                self.trials += 1;
                self.plan_trial(at);
            }
            Stage::Trial(at) if met_all(&self.tries[at]) => {
                self.stage = Stage::Neighbours(at);
                at.checked_sub(1).into_iter().chain(self.above(at)).for_each(|at| self.plan_trial(at));
            }
            Stage::Screen(at) | Stage::Trial(at) => self.screen(at + 1),
            Stage::Neighbours(at) => self.stage = Stage::Over(Some(at)),
            Stage::Over(_) => {}
        }
    }

    /// The next value from here on with which the thresholds hold with the link's own seed.
    fn screen(&mut self, from: usize) {
        let next = (from..self.tries.len()).find(|at| self.tries[*at].screen[0]);
        self.stage = next.map_or(Stage::Over(None), Stage::Screen);
        self.plan.extend(next.into_iter().flat_map(|at| (1..SCREEN).map(move |replication| (at, replication))));
    }

    /// Its runs of a trial, but for those that another value's runs have shown.
    fn plan_trial(&mut self, at: usize) {
        let size = self.trial_size();
        let Try { trial, is_tried, .. } = &mut self.tries[at];
        *is_tried = true;
        trial.resize(size, None);
        let open = (0..size).filter(|i| trial[*i].is_none());
        self.plan.extend(open.map(|i| (at, SCREEN + i)));
    }

    fn above(&self, at: usize) -> Option<usize> {
        (at + 1 < self.tries.len()).then_some(at + 1)
    }

    /// Seeds of the present trial.
    fn trial_size(&self) -> usize {
        trial_size(self.trials.saturating_sub(1))
    }

    /// `fail ≤ 1 %, p99 ≤ 500 ms`.
    pub fn asked(&self) -> String {
        let part = |it: &Threshold| format!("{} ≤ {}", it.metric.key, amount(it.metric.unit, it.limit));
        self.thresholds.iter().map(part).collect::<Vec<_>>().join(", ")
    }

    /// What is known of it, in words that a cautious statistician would sign.
    pub fn verdict(&self) -> String {
        let Some(at) = self.enough() else { return self.nothing_is_enough() };
        let ((met, of), [_, enough, _]) = (self.tries[at].met(), self.words());
        let claim = format!(
            "{} {} is {enough}: {} hold with {met} of {of} seeds, so with 95 % confidence on at least 95 % of all \
             seeds",
            self.spec().label,
            self.describe(at),
            self.asked()
        );
        [Some(claim), Some(self.below(at)), self.worse(at)].into_iter().flatten().collect::<Vec<_>>().join("; ") + "."
    }

    /// Whether the value before the answer would do.
    fn below(&self, at: usize) -> String {
        let [extreme, enough, _] = self.words();
        let Some(below) = at.checked_sub(1) else { return format!("it is the {extreme} value that the slider has") };
        let (value, it) = (self.describe(below), &self.tries[below]);
        let (met, of) = it.met();
        if it.interval()[1] < SHARE {
            return format!("{value} is not: they hold with {met} of {of}");
        }
        let (first, screened) = (it.screen.iter().filter(|met| **met).count(), it.screen.len());
        format!(
            "whether {value} is {enough}, too, cannot be told: they hold with {met} of {of}, and with {first} of the \
             first {screened}"
        )
    }

    /// The first value behind the answer that does not keep the thresholds.
    fn worse(&self, at: usize) -> Option<String> {
        let misses = |at: &usize| self.tries[*at].met().0 < self.tries[*at].met().1;
        let worse = (at + 1..self.tries.len()).find(misses)?;
        let (met, of) = self.tries[worse].met();
        let seeds = if of == 1 { "the link's own seed".into() } else { format!("{} of {of} seeds", of - met) };
        Some(format!("{} is not safer: with {} they do not hold with {seeds}", self.words()[2], self.describe(worse)))
    }

    fn describe(&self, at: usize) -> String {
        self.spec().describe(self.tries[at].value)
    }

    /// What comes first, what is looked for, and what comes behind it.
    fn words(&self) -> [&'static str; 3] {
        match self.wanted {
            Wanted::Smallest => ["smallest", "enough", "larger"],
            Wanted::Largest => ["largest", "low enough", "smaller"],
        }
    }

    fn nothing_is_enough(&self) -> String {
        let (label, asked) = (self.spec().label, self.asked());
        let surveyed = self.tries.iter().filter(|it| !it.screen.is_empty());
        let share = |it: &&Try| {
            let (met, of) = it.met();
            met as f64 / of as f64
        };
        let better = |a: &&Try, b: &&Try| {
            let by_share = share(a).total_cmp(&share(b)).then(a.met().1.cmp(&b.met().1));
            by_share.then(b.distance().total_cmp(&a.distance()))
        };
        let Some(best) = surveyed.max_by(better) else {
            return format!("{label} has no values to try.");
        };
        let value = self.spec().describe(best.value);
        let misses = || best.misses().map(|it| it.join(" > ")).collect::<Vec<_>>().join(", ");
        match best.met() {
            (0, _) => format!(
                "No value of {label} is enough for {asked}: at best, with {value}, {} (with the link's own seed).",
                misses()
            ),
            (met, of) => format!(
                "No value of {label} is shown to be enough for {asked}: at best, with {value}, they hold with {met} of \
                 {of} seeds."
            ),
        }
    }
}

/// How many seeds must all keep the thresholds in a trial, so that a value with which fewer than 95 % of all do passes
/// with so small a chance; from 0.
fn trial_size(trial: u32) -> usize {
    let chance = MISS / libm::pow(2.0, f64::from(trial) + 1.0);
    libm::ceil(libm::log(chance) / libm::log(SHARE)) as usize
}

fn amount(unit: MetricUnit, value: f64) -> String {
    match unit {
        MetricUnit::Share => trimmed(100.0 * value, if value < 0.1 { 2 } else { 0 }) + " %",
        MetricUnit::Millis => millis(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link;

    /// The first trial passes a value that is not enough in one experiment of forty at most, all trials together in
    /// one of twenty.
    #[test]
    fn however_many_values_have_a_trial_the_answer_is_wrong_with_five_per_cent_at_most() {
        assert_eq!([0, 1, 2].map(trial_size), [72, 86, 99]);
        let passes = |trial: u32| libm::pow(SHARE, trial_size(trial) as f64);
        assert!(passes(0) <= MISS / 2.0 && passes(0) > MISS / 2.2);
        let none_passes: f64 = (0..100).map(|trial| 1.0 - passes(trial)).product();
        assert!(none_passes >= 1.0 - MISS, "{none_passes}");
    }

    #[test]
    fn what_the_cure_changes_comes_first_and_what_does_nothing_is_left_out() {
        let keys = |link: &str, change: &str| {
            let (scenario, cured) = (link::scenario(link), link::scenario(&format!("{link}&{change}")));
            let settings = settings(&scenario, &cured);
            settings.into_iter().map(|(param, wanted)| (param.spec().key, wanted)).collect::<Vec<_>>()
        };
        let storm = keys("p=retry-storm", "retries=0&checks-context=on&workers=20");
        assert_eq!(storm[..2], [("retries", Wanted::Largest), ("workers", Wanted::Smallest)], "no switch among them");
        assert!(storm.iter().filter(|(key, _)| *key == "workers").count() == 1);
        assert!(storm.iter().all(|(key, _)| *key != "nic-queue"), "it acts with a drain rate alone: {storm:?}");
        assert_eq!(keys("p=stale-keepalive", "idle-timeout=4s")[0], ("idle-timeout", Wanted::Largest));
        let off = keys("p=healthy", "timeout=0s");
        assert_eq!(off[0], ("timeout", Wanted::Smallest), "none is not a small one");
        assert!(keys("p=incident", "20s.service=&service=25ms").iter().all(|(key, _)| *key != "service"));
    }
}
