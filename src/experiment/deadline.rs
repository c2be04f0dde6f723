//! When was it too late: a change that is made at one instant after the other, and what fails from then on.
//!
//! What failed before a change cannot be undone by it. So each instant is judged by the requests that end later, with
//! the same seed in three runs: without the change, with the change made then, and with the change from the start on.
//! Where the last two are the same, nothing is lost by having waited; where the first two are, the system does not
//! recover before the end of the run, whatever failed before.

use std::fmt;

use super::measure::failed_share;
use super::statistics::{Differences, Plan, mean};
use super::verdict;
use crate::params::{ParamId, ParamSpec};
use crate::scenario::{Change, Scenario};
use crate::sim::report::{Report, Series};
use crate::time::{SimDuration, SimTime};
use crate::words::{self, seconds};

/// Seeds of each run. As many as it takes for all of them agreeing to be no chance, at any of the instants.
pub const SEEDS: usize = 12;

/// There are no more instants than this.
const INSTANTS_MAX: u64 = 30;

/// What is said of each instant: how much the change prevents, that this is most, or that it is little. Whether there
/// is anything left to prevent is asked first, and only ever withholds one of these.
const CLAIMS: usize = 3;

/// In time: more than this share of what the change would have prevented from then on, had it been there all the time.
const MOST: f64 = 0.5;

/// Too late: less than this share.
const LITTLE: f64 = 0.1;

/// A change, made at one instant after the other.
#[derive(Clone, Debug)]
pub struct Deadline {
    scenario: Scenario,
    cured: Scenario,
    moments: Vec<Moment>,
    learned: usize,
}

/// An instant at which the change is made: which share of the requests that end later fails, seed by seed; none where
/// no request ends later.
#[derive(Clone, Debug, Default)]
pub struct Moment {
    /// When.
    pub at: SimTime,
    /// Without the change.
    pub without: Vec<Option<f64>>,
    /// With the change from this instant on.
    pub with: Vec<Option<f64>>,
    /// With the change from the start on.
    pub always: Vec<Option<f64>>,
    /// Which share of all requests of the run fails, with the change from this instant on.
    pub whole: Vec<Option<f64>>,
}

/// What the change does from an instant on, as far as that can be told from chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It prevents more than half of what it would have prevented from then on, had it been there from the start on.
    Most,
    /// Something between, or seeds disagree.
    Between,
    /// It prevents less than a tenth of that.
    Little,
    /// Whether anything is left to prevent cannot be told.
    Untold,
}

/// What the instants say together, by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Findings {
    /// In time up to here.
    pub in_time_until: Option<usize>,
    /// Too late from here on.
    pub late_from: Option<usize>,
    /// From here on too little is left to tell.
    pub untold_from: Option<usize>,
}

/// Why a change has no instants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoDeadline {
    /// There is none.
    NothingDiffers,
    /// These settings are fixed when everything starts.
    Fixed(Vec<ParamId>),
}

impl fmt::Display for NoDeadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoDeadline::NothingDiffers => write!(f, "Nothing differs, so there is nothing to be late for."),
            NoDeadline::Fixed(params) => {
                let labels: Vec<&str> = params.iter().map(|param| param.spec().label).collect();
                let (is, it) = if params.len() == 1 { ("is", "it") } else { ("are", "them") };
                write!(
                    f,
                    "{} {is} fixed when everything starts, so that no instant of a run can be the one to change {it}.",
                    labels.join(" and ")
                )
            }
        }
    }
}

impl Deadline {
    /// Of the difference between two scenarios; the seed is that of the first.
    ///
    /// # Errors
    /// Why there is no instant at which it could be made.
    pub fn new(scenario: Scenario, mut cured: Scenario) -> Result<Deadline, NoDeadline> {
        cured.params.seed = scenario.params.seed;
        if scenario == cured {
            return Err(NoDeadline::NothingDiffers);
        }
        let fixed: Vec<ParamId> = differing(&scenario, &cured).filter(|spec| !spec.live).map(|spec| spec.id).collect();
        if !fixed.is_empty() {
            return Err(NoDeadline::Fixed(fixed));
        }
        let moments = instants(scenario.params.duration).map(|at| Moment { at, ..Moment::default() }).collect();
        Ok(Deadline { scenario, cured, moments, learned: 0 })
    }

    /// The instants, with what is known of them.
    pub fn moments(&self) -> &[Moment] {
        &self.moments
    }

    /// Seeds with which all runs have been made.
    pub fn seeds(&self) -> usize {
        self.learned / self.runs_per_seed()
    }

    /// The change in words: `retries=0 instead of 2`.
    pub fn change(&self) -> String {
        verdict::change(&self.scenario, &self.cured)
    }

    /// The n-th run, from 0, and which replication it is: with each seed the run without the change, then one for each
    /// instant. None behind the last.
    pub fn run(&self, n: usize) -> Option<(Scenario, usize)> {
        let (replication, cell) = (n / self.runs_per_seed(), n % self.runs_per_seed());
        let scenario = cell.checked_sub(1).map_or_else(|| self.scenario.clone(), |moment| self.changed(moment));
        (replication < SEEDS).then_some((scenario, replication))
    }

    fn runs_per_seed(&self) -> usize {
        self.moments.len() + 1
    }

    /// The scenario that becomes the other one at an instant: what differs is from then on as it is there.
    pub fn changed(&self, moment: usize) -> Scenario {
        let at = self.moments[moment].at;
        if at == SimTime::ZERO {
            return self.cured.clone();
        }
        let mut changed = self.scenario.clone();
        let then = self.cured.at(at);
        for spec in differing(&self.scenario, &self.cured) {
            changed.timetable.retain(|change| change.param != spec.id || change.at < at);
            changed.schedule(Change { at, param: spec.id, value: spec.get(&then) });
            for later in self.cured.course(spec.id).filter(|change| change.at > at) {
                changed.schedule(*later);
            }
        }
        changed
    }

    /// Takes the next run.
    pub fn learn(&mut self, report: &Report, series: &Series) {
        let cell = self.learned % self.runs_per_seed();
        self.learned += 1;
        let Some(moment) = cell.checked_sub(1) else {
            self.moments.iter_mut().for_each(|moment| moment.without.push(share_after(series, moment.at)));
            return;
        };
        if moment == 0 {
            self.moments.iter_mut().for_each(|moment| moment.always.push(share_after(series, moment.at)));
        }
        let moment = &mut self.moments[moment];
        moment.with.push(share_after(series, moment.at));
        moment.whole.push(failed_share(report));
    }

    /// The intervals of which each is one; all together have the truth in them with 95 %.
    pub fn plan(&self) -> Plan {
        Plan::Among(CLAIMS * self.moments.len())
    }

    /// How much less fails than without the change, from an instant on, seed by seed.
    pub fn prevented(&self, moment: usize) -> Option<Differences> {
        self.differences(moment, |prevented, _| prevented)
    }

    /// What is made of the share that the change prevents from an instant on, and of the share that it would have
    /// prevented; none where a seed has no request that ends later.
    fn differences(&self, moment: usize, of: impl Fn(f64, f64) -> f64) -> Option<Differences> {
        let Moment { without, with, always, .. } = &self.moments[moment];
        let seeds = without.iter().zip(with).zip(always).take(self.seeds());
        let values = seeds.map(|((without, with), always)| {
            let without = (*without)?;
            Some(of(without - (*with)?, without - (*always)?))
        });
        Some(Differences::new(values.collect::<Option<Vec<f64>>>()?, self.plan()))
    }

    /// What the change does from an instant on.
    pub fn standing(&self, moment: usize) -> Standing {
        let holds = |of: fn(f64, f64) -> f64| self.differences(moment, of).is_some_and(|it| it.direction() > 0.0);
        if !holds(|_, preventable| preventable) {
            Standing::Untold
        } else if holds(|prevented, preventable| prevented - MOST * preventable) {
            Standing::Most
        } else if holds(|prevented, preventable| LITTLE * preventable - prevented) {
            Standing::Little
        } else {
            Standing::Between
        }
    }

    /// What the instants say together.
    pub fn findings(&self) -> Findings {
        let standings: Vec<Standing> = (0..self.moments.len()).map(|moment| self.standing(moment)).collect();
        let end = standings.iter().rposition(|it| *it != Standing::Untold).map_or(0, |last| last + 1);
        let told = &standings[..end];
        let less = told.iter().position(|it| matches!(it, Standing::Between | Standing::Little)).unwrap_or(end);
        let late = told.iter().rposition(|it| *it != Standing::Little).map_or(0, |last| last + 1);
        Findings {
            in_time_until: told[..less].iter().rposition(|it| *it == Standing::Most),
            late_from: (late < end).then_some(late),
            untold_from: (end < standings.len()).then_some(end),
        }
    }

    /// What the instants say together, in words that a cautious statistician would sign.
    pub fn verdict(&self) -> String {
        let Findings { in_time_until, late_from, untold_from } = self.findings();
        let (change, n) = (self.change(), self.seeds());
        if untold_from == Some(0) {
            return format!(
                "{change}: even from the start on, it prevents no failures that {n} seeds can tell from chance, so \
                 there is nothing to be late for."
            );
        }
        let mut parts = vec![match in_time_until {
            None => "at no instant does it clearly prevent most of what is still to fail".into(),
            Some(last) if last + 1 == untold_from.unwrap_or(self.moments.len()) => {
                format!(
                    "not too late at any instant that can be told: even at {}, {}",
                    self.when(last),
                    self.shares(last)
                )
            }
            Some(last) if late_from.is_none() && last + 1 < untold_from.unwrap_or(self.moments.len()) => {
                let later = untold_from.unwrap_or(self.moments.len()) - 1;
                let (until, at, shares) = (self.when(last), self.when(later), self.shares(later));
                format!("in time until {until}; then it helps less, or that cannot be told (at {at}, {shares})")
            }
            Some(last) => format!("in time until {}", self.when(last)),
        }];
        parts.extend(late_from.map(|late| format!("too late from {} on: {}", self.when(late), self.shares(late))));
        parts.extend(untold_from.map(|from| format!("from {} on too little is left to tell", self.when(from))));
        format!("{change}: {} ({n} seeds).", parts.join("; "))
    }

    /// What the words of the verdict mean.
    pub fn meaning(&self) -> String {
        format!(
            "In time: it prevents more than half of the failures that it would have prevented from then on, had it \
             been there from the start on; too late: less than a tenth of them before the run ends. Both are said only \
             where {} seeds can tell it from chance; all {} intervals together are right with 95 %.",
            self.seeds(),
            CLAIMS * self.moments.len()
        )
    }

    /// `12 s`.
    pub fn when(&self, moment: usize) -> String {
        seconds(self.moments[moment].at.as_secs_f64())
    }

    /// What fails of the requests that end after an instant.
    fn shares(&self, moment: usize) -> String {
        let Moment { at, without, with, always, .. } = &self.moments[moment];
        let share = |values: &[Option<f64>]| mean(values).map_or("none".into(), percent);
        format!(
            "of the requests that end in the {} left then, {} fail with it, {} without it, and {} had it been there \
             from the start on",
            seconds(self.scenario.end().since(*at).as_secs_f64()),
            share(with),
            share(without),
            share(always)
        )
    }
}

/// The parameters that differ.
fn differing<'a>(a: &'a Scenario, b: &'a Scenario) -> impl Iterator<Item = &'static ParamSpec> + 'a {
    ParamId::ALL.iter().filter(|param| b.differs(a, **param)).map(|param| param.spec())
}

/// Round instants from the start to before the end of the load, not finer than the series are.
fn instants(duration: SimDuration) -> impl Iterator<Item = SimTime> {
    let step = steps().find(|step| duration.as_nanos().div_ceil(step.as_nanos()) <= INSTANTS_MAX);
    let step = step.unwrap_or(duration);
    (0..).map(move |n| SimTime::ZERO + step * n).take_while(move |at| *at < SimTime::ZERO + duration)
}

/// 0.1, 0.2, 0.5, 1, 2, 5, ... s.
fn steps() -> impl Iterator<Item = SimDuration> {
    (0..6).flat_map(|power| [1, 2, 5].map(|n| SimDuration::from_millis(100) * (n * 10_u64.pow(power))))
}

/// Which share of the requests that end after an instant fails; what happens at that instant is before it.
fn share_after(series: &Series, at: SimTime) -> Option<f64> {
    let first = if at == SimTime::ZERO { 0 } else { series.bucket_at(at) + 1 };
    let sum = |column: &[u32]| column.iter().skip(first).map(|n| u64::from(*n)).sum::<u64>();
    let failed: u64 = series.errors.iter().map(|errors| sum(&errors.count)).sum();
    let ended = failed + sum(&series.ok);
    (ended > 0).then(|| failed as f64 / ended as f64)
}

/// `7.9 %`; only all of it is `100 %`.
pub fn percent(share: f64) -> String {
    const WHOLE: f64 = 1e9;
    words::percent((share * WHOLE) as u64, WHOLE as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link;

    fn deadline(link: &str, change: &str) -> Deadline {
        let cured = link::scenario(&format!("{link}&{change}"));
        Deadline::new(link::scenario(link), cured).expect("a change with instants")
    }

    /// All seeds, with these shares of failures at the instants: without the change, with it then, with it always.
    fn told(shares: &[[f64; 3]]) -> Deadline {
        let mut deadline = deadline(&format!("p=retry-storm&duration={}s", shares.len()), "retries=0");
        let told = (0..).zip(shares).map(|(s, [without, with, always])| {
            let seeds = |mean: f64| (0..SEEDS).map(|seed| Some(mean * (1.0 + 0.01 * (seed as f64 - 5.5)))).collect();
            let [without, with, always] = [without, with, always].map(|mean| seeds(*mean));
            let at = SimTime::ZERO + SimDuration::from_secs(s);
            Moment { at, without, with, always, whole: vec![] }
        });
        deadline.moments = told.collect();
        deadline.learned = SEEDS * (shares.len() + 1);
        deadline
    }

    #[test]
    fn instants_are_round_and_at_most_thirty() {
        let at = |duration_s: u64| instants(SimDuration::from_secs(duration_s)).collect::<Vec<_>>();
        for (duration_s, count, step_ms) in
            [(1, 10, 100), (12, 24, 500), (60, 30, 2_000), (61, 13, 5_000), (21_600, 22, 1_000_000)]
        {
            let at = at(duration_s);
            assert_eq!((at.len(), at[0]), (count, SimTime::ZERO), "{duration_s}");
            assert_eq!(at[1].since(at[0]), SimDuration::from_millis(step_ms), "{duration_s}");
        }
    }

    /// A cure whose own course goes on is followed, and what was to happen without it is not.
    #[test]
    fn before_its_instant_nothing_is_changed_and_then_everything() {
        for (link, change) in [
            ("p=retry-storm", "retry-budget=10%&timeout=1s"),
            ("p=incident", "workers=30"),
            ("p=incident", "20s.service=&service=25ms"),
            ("p=restart", "20.1s.listening=&20.05s.listening=off&21s.listening=on&stop=shutdown"),
        ] {
            let deadline = deadline(link, change);
            for moment in 0..deadline.moments().len() {
                let (changed, at) = (deadline.changed(moment), deadline.moments()[moment].at);
                for ms in (0..60_000).step_by(50).map(SimDuration::from_millis) {
                    let now = SimTime::ZERO + ms;
                    let as_in = if now < at { &deadline.scenario } else { &deadline.cured };
                    assert_eq!(changed.at(now), as_in.at(now), "{change} at {at:?}, looked at {now:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_fixed_at_the_start_has_no_instant() {
        let scenario = || link::scenario("p=incident");
        let other = link::scenario("p=incident&somaxconn=4096&go=1.27&workers=30");
        let why = Deadline::new(scenario(), other).expect_err("two of three");
        assert_eq!(why, NoDeadline::Fixed(vec![ParamId::go, ParamId::somaxconn]));
        assert_eq!(
            why.to_string(),
            "Go version and net.core.somaxconn are fixed when everything starts, so that no instant of a run can be \
             the one to change them."
        );
        let another_seed = link::scenario("p=incident&seed=7");
        assert_eq!(Deadline::new(scenario(), another_seed).expect_err("the same"), NoDeadline::NothingDiffers);
    }

    #[test]
    fn in_time_while_most_is_prevented_and_too_late_once_little_is() {
        let most = [0.9, 0.1, 0.0];
        let half = [0.9, 0.45, 0.0];
        let little = [0.9, 0.89, 0.0];
        let nothing = [0.0, 0.0, 0.0];
        let found = |shares: &[[f64; 3]]| {
            let Findings { in_time_until, late_from, untold_from } = told(shares).findings();
            (in_time_until, late_from, untold_from)
        };
        assert_eq!(found(&[most, most, half, little, little]), (Some(1), Some(3), None));
        assert_eq!(found(&[most, most, most]), (Some(2), None, None));
        assert_eq!(found(&[most, little, most, half]), (Some(0), None, None), "what comes later does not count");
        assert_eq!(found(&[most, most, nothing, nothing]), (Some(1), None, Some(2)), "too late for what?");
        assert_eq!(found(&[half, half]), (None, None, None));
        assert_eq!(found(&[nothing, nothing]), (None, None, Some(0)));
    }

    #[test]
    fn a_seed_without_later_requests_leaves_nothing_to_tell() {
        let mut deadline = told(&[[0.9, 0.1, 0.0], [0.9, 0.1, 0.0]]);
        deadline.moments[1].with[3] = None;
        assert_eq!([0, 1].map(|moment| deadline.standing(moment)), [Standing::Most, Standing::Untold]);
    }

    #[test]
    fn the_verdict_has_the_numbers_of_the_instants_that_it_names() {
        let says = |shares: &[[f64; 3]]| told(shares).verdict();
        assert!(
            says(&[[0.9, 0.1, 0.0], [0.5, 0.48, 0.0]]).starts_with(
                "retries=0 instead of 2: in time until 0 s; too late from 1 s on: of the requests that end in the 1 s \
                 left then, 48 % fail with it, 50 % without it, and 0 % had it been"
            ),
            "{}",
            says(&[[0.9, 0.1, 0.0], [0.5, 0.48, 0.0]])
        );
        let never = says(&[[0.9, 0.1, 0.0], [0.5, 0.1, 0.0]]);
        assert!(never.contains("not too late at any instant that can be told: even at 1 s, "), "{never}");
        assert!(says(&[[0.0; 3], [0.0; 3]]).contains("nothing to be late for"));
        let half = says(&[[0.9, 0.1, 0.0], [0.9, 0.45, 0.0]]);
        assert!(
            half.contains(": in time until 0 s; then it helps less, or that cannot be told (at 1 s, of the"),
            "{half}"
        );
    }
}
