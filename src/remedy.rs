//! Remedies: for a class of errors, changes of one setting each that might cure it, computed from the scenario's own
//! values, and what each of them really does.
//!
//! What is offered is a guess; what counts is measured. So the table (`remedy/table.rs`) also has what people try and
//! what does not help: the page shows it with its number.

mod table;

use crate::params::{Group, PARAMS, Params, Value};
use crate::scenario::Scenario;
use crate::sim::error::ErrorKind;
use crate::sim::report::Report;
use crate::words::count;

/// One change that might cure a class of errors.
#[derive(Clone, Debug)]
pub struct Remedy {
    /// The change in words: `MaxIdleConnsPerHost 2 → 100`.
    pub title: String,
    /// Link keys and new values: one, or `backlog` and `somaxconn` where neither alone changes the queue.
    pub changes: Vec<(&'static str, Value)>,
    /// The scenario with the change: at the start and, for a parameter that is on the timetable, there too.
    pub scenario: Scenario,
    /// Who can make the change.
    pub owner: Group,
    /// Why it may help, or what people hope for who try it.
    pub why: &'static str,
    /// Tried often, whatever the trouble is.
    pub popular: bool,
}

/// Changes that might cure this class, the likeliest first. What would change nothing is left out.
pub fn remedies(scenario: &Scenario, class: ErrorKind) -> Vec<Remedy> {
    let situation = table::Situation::of(scenario);
    let fits = |rule: &&table::Rule| rule.classes.is_none_or(|classes| classes.contains(&class));
    let mut found: Vec<Remedy> = Vec::new();
    for rule in table::RULES.iter().filter(fits) {
        let remedy = apply(scenario, rule.popular, (rule.changes)(&situation), rule.why);
        found.extend(remedy.filter(|new| found.iter().all(|earlier| earlier.changes != new.changes)));
    }
    found
}

fn apply(scenario: &Scenario, popular: bool, changes: Vec<(&'static str, Value)>, why: &'static str) -> Option<Remedy> {
    let mut changed = scenario.clone();
    let (mut words, mut owner) = (Vec::new(), Group::Run);
    for (key, value) in &changes {
        let row = PARAMS.iter().position(|spec| spec.key == *key).expect("a key of the table");
        let spec = &PARAMS[row];
        let mut before = spec.describe(spec.get(&scenario.params));
        spec.set(&mut changed.params, *value);
        for change in changed.timetable.iter_mut().filter(|change| change.param == row) {
            before += &format!(", then {}", spec.describe(change.value));
            change.value = *value;
        }
        words.push(format!("{} {before} → {}", spec.label, spec.describe(*value)));
        owner = spec.group;
    }
    let same = changed.params == scenario.params && changed.timetable == scenario.timetable;
    let title = words.join(", ");
    (!same && !changes.is_empty()).then_some(Remedy { title, changes, scenario: changed, owner, why, popular })
}

/// What a change did, by two reports.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// Requests that failed with the class, before and after.
    pub class: (u64, u64),
    /// Requests that failed at all.
    pub failed: (u64, u64),
    /// Requests that had no outcome when the run ended: nobody was spared who still waits.
    pub in_flight: (u64, u64),
    /// 99th percentile of the answered requests, in milliseconds.
    pub p99_ms: (f64, f64),
}

/// An effect in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// More requests fail than before.
    Harms,
    /// The class is not rarer by a fifth.
    Useless,
    /// The class is gone, but its requests fail in other ways, or still wait at the end.
    Renames,
    /// The class is rarer by a fifth or more, and more requests are answered.
    Helps,
    /// Less than 5 % of the class is left, and at least half as many requests more are answered as the class had.
    Cures,
}

impl Effect {
    /// Compares the report of a run with that of the changed run.
    pub fn between(class: ErrorKind, before: &Report, after: &Report) -> Effect {
        let of_class =
            |report: &Report| report.errors.iter().filter(|row| row.kind == class).map(|row| row.count).sum::<u64>();
        Effect {
            class: (of_class(before), of_class(after)),
            failed: (before.requests.failed, after.requests.failed),
            in_flight: (before.requests.in_flight, after.requests.in_flight),
            p99_ms: (before.latency_ms.p99, after.latency_ms.p99),
        }
    }

    /// In one word.
    pub fn verdict(&self) -> Verdict {
        let (class, failed, in_flight) = (self.class, self.failed, self.in_flight);
        let is_gone = class.1 * 20 < class.0;
        let spared = (failed.0 + in_flight.0).saturating_sub(failed.1 + in_flight.1);
        if is_gone && spared * 2 >= class.0 {
            Verdict::Cures
        } else if failed.1 * 10 > failed.0 * 11 {
            Verdict::Harms
        } else if is_gone {
            Verdict::Renames
        } else if class.0 > 0 && class.1 * 5 <= class.0 * 4 && spared > 0 {
            Verdict::Helps
        } else {
            Verdict::Useless
        }
    }

    /// `This error 50 → 0, all failures 86 → 21.`
    pub fn sentence(&self) -> String {
        format!("This error {}, all failures {}.", change(self.class), change(self.failed))
    }
}

/// `4,387 → 0`.
pub fn change((before, after): (u64, u64)) -> String {
    format!("{} → {}", count(before), count(after))
}

/// The index of the remedy to recommend: one that cures; of several the one that leaves the fewest failures (within a
/// hundredth of those there were, the first of the table). `None` if none cures.
pub fn best(effects: &[Effect]) -> Option<usize> {
    let cures = || effects.iter().enumerate().filter(|(_, effect)| effect.verdict() == Verdict::Cures);
    let fewest = cures().map(|(_, effect)| effect.failed.1).min()?;
    let as_good = |effect: &Effect| effect.failed.1 <= fewest + effect.failed.0 / 100;
    cures().find(|(_, effect)| as_good(effect)).map(|(index, _)| index)
}

/// What there is to say about all of them, in the order of [`remedies`].
pub fn summary(remedies: &[Remedy], effects: &[Effect]) -> String {
    let at_server = |remedy: &Remedy| matches!(remedy.owner, Group::ServerKernel | Group::Server);
    match best(effects) {
        Some(index) => {
            let cures = |(remedy, effect): (&Remedy, &Effect)| at_server(remedy) && effect.verdict() == Verdict::Cures;
            let owner = match remedies.iter().zip(effects).any(cures) {
                true => String::new(),
                false => format!(" No server setting removes this one: the owner is {}.", owner(remedies[index].owner)),
            };
            format!("Cured by {}. {}{owner}", remedies[index].title, effects[index].sentence())
        }
        None => {
            let helps = (remedies.iter().zip(effects)).filter(|(_, effect)| effect.verdict() == Verdict::Helps);
            match helps.min_by_key(|(_, effect)| effect.class.1) {
                Some((remedy, effect)) => {
                    format!("No single setting removes this one. {} helps most. {}", remedy.title, effect.sentence())
                }
                None => "No single setting removes this one.".to_string(),
            }
        }
    }
}

/// The owner of a setting in a sentence.
pub fn owner(group: Group) -> &'static str {
    match group {
        Group::Run | Group::Load => "the load",
        Group::Client => "your code",
        Group::Transport => "your http.Transport",
        Group::ClientKernel => "the client's kernel",
        Group::Network => "the network",
        Group::ServerKernel => "the server's kernel",
        Group::Server => "the server program",
    }
}

/// Every set of parameters that the scenario goes through: at the start, and after each change.
fn phases(scenario: &Scenario) -> impl Iterator<Item = Params> {
    let mut params = scenario.params.clone();
    let changed = scenario.timetable.iter().map(move |change| {
        change.spec().set(&mut params, change.value);
        params.clone()
    });
    std::iter::once(scenario.params.clone()).chain(changed)
}
