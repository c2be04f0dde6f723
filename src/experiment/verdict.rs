//! What an experiment says, in one sentence that a cautious statistician would sign.

use super::measure::Measure;
use super::statistics::{DIFFER_MIN, Differences, LOOKS, NoInterval, Plan};
use crate::params::PARAMS;
use crate::scenario::{Change, Scenario};
use crate::time::SimTime;
use crate::words::count;

/// What differs between two scenarios but the seed, in words: `somaxconn=256 instead of 128, with 20s.rps=1200`.
pub fn change(a: &Scenario, b: &Scenario) -> String {
    let mut parts = Vec::new();
    for spec in PARAMS.iter().filter(|spec| spec.key != "seed") {
        let (old, new) = (spec.get(&a.params), spec.get(&b.params));
        if old != new {
            parts.push(format!("{}={new} instead of {old}", spec.key));
        }
    }
    let when = |change: &Change| format!("{}.{}", change.at.since(SimTime::ZERO), change.spec().key);
    let same = |list: &[Change], change: &Change| {
        list.iter().find(|other| (other.at, other.param) == (change.at, change.param)).copied()
    };
    for new in &b.timetable {
        match same(&a.timetable, new) {
            Some(old) if old == *new => {}
            Some(old) => parts.push(format!("{}={} instead of {}", when(new), new.value, old.value)),
            None => parts.push(format!("with {}={}", when(new), new.value)),
        }
    }
    for old in a.timetable.iter().filter(|old| same(&b.timetable, old).is_none()) {
        parts.push(format!("without {}={}", when(old), old.value));
    }
    if parts.is_empty() { "The same settings".into() } else { parts.join(", ") }
}

/// What the differences of a measure say: `somaxconn=256 instead of 128: 9.4 points more requests fail (95 % interval
/// 6.1 to 12.7; 20 of 20 seeds agree).`
pub fn sentence(change: &str, measure: &Measure, differences: &Differences) -> String {
    let what = match differences.interval() {
        Ok(interval) => claim(measure, differences, interval),
        Err(why) => no_claim(measure, differences, why),
    };
    format!("{change}: {what}.")
}

/// That some seeds have no value, which nobody may leave out and go on.
pub fn incomplete(change: &str, measure: &Measure, missing: usize, of: usize) -> String {
    format!(
        "{change}: nothing can be said of {}, as with {missing} of {of} seeds a run has no answer to measure; the \
         other seeds alone would be a choice.",
        measure.title
    )
}

/// With an interval: that there is a difference, or that none can be told from chance.
fn claim(measure: &Measure, differences: &Differences, [low, high]: [f64; 2]) -> String {
    let (mean, scale) = (differences.mean(), (high - low) / 2.0);
    let difference = measure.difference(mean, scale);
    // The ends count as the sentence does: more, or fewer.
    let [near, far] = if mean < 0.0 { [-high, -low] } else { [low, high] };
    let [near, far] = [near, far].map(|end| measure.number(end, scale));
    let looks = match differences.plan() {
        Plan::Fixed => String::new(),
        Plan::Among(many) => format!(", as all {many} intervals together"),
        Plan::Looks => format!(", whichever of the looks at {} seeds is the last", listed(&LOOKS)),
    };
    let interval = format!("95 % interval {near} to {far}{looks}");
    let (agree, n) = (differences.agree(), differences.values().len());
    if differences.is_clear() {
        return format!("{difference} ({interval}; {agree} of {n} seeds agree)");
    }
    let title = measure.title;
    format!(
        "no difference in {title} that {n} seeds can tell from chance: on average {difference}, but zero is within the \
         interval ({interval}; {agree} of {n} seeds go that way)"
    )
}

/// Without one: why.
fn no_claim(measure: &Measure, differences: &Differences, why: NoInterval) -> String {
    let n = differences.values().len();
    let title = measure.title;
    match why {
        NoInterval::AllEqual if differences.mean() == 0.0 => {
            format!("no difference in {title} with any of {} seeds", count(n as u64))
        }
        NoInterval::AllEqual => {
            let difference = measure.difference(differences.mean(), differences.mean() / 10.0);
            format!(
                "{difference}, the same with each of {n} seeds, so that there is no spread to take an interval from"
            )
        }
        NoInterval::FewDiffer(differ) => format!(
            "{n} seeds are too few for an interval of {title}: with all but {differ} of them the difference is the \
             same, and at least {DIFFER_MIN} have to differ"
        ),
        NoInterval::FewSeeds => format!("{n} seeds are too few for an interval: at least {DIFFER_MIN} are needed"),
        NoInterval::NoLook => format!("{n} seeds, and the looks are at {}", listed(&LOOKS)),
    }
}

/// `5, 10, 20 or 40`.
fn listed(looks: &[usize]) -> String {
    let texts: Vec<String> = looks.iter().map(usize::to_string).collect();
    texts.join(", ").replacen(", 40", " or 40", 1)
}
