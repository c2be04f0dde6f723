//! Remedies: for a class of errors, changes that might cure it, computed from the scenario's own values, and what each
//! of them really does.
//!
//! What is offered is a guess; what counts is measured. So the table (`remedy/table.rs`) also has what people try and
//! what does not help: it is shown with its number.

mod deploy;
mod effect;
mod table;
mod text;

use std::cmp::Reverse;

use crate::params::{Group, ParamId, Params, Value};
use crate::scenario::Scenario;
pub use effect::{Effect, Symptom, Verdict, change};
pub use text::text;

/// One change that might cure what a run suffers from.
#[derive(Clone, Debug)]
pub struct Remedy {
    /// The change in words: `MaxIdleConnsPerHost 2 → 100`.
    pub title: String,
    /// Link keys and new values: one, or `backlog` and `somaxconn` where neither alone changes the queue.
    pub changes: Vec<(ParamId, Value)>,
    /// The scenario with the change: at the start and, for a parameter that is on the timetable, there too.
    pub scenario: Scenario,
    /// Whose setting it is.
    pub owner: Group,
    /// What it takes to make the change.
    pub means: Means,
    /// Why it may help, or what people hope for who try it.
    pub why: &'static str,
    /// Tried often, whatever the trouble is.
    pub popular: bool,
}

/// What it takes to make a change, the nearest at hand first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Means {
    /// Another program: a header, a retry loop, a handler that looks at its context.
    Code,
    /// Other values in the configuration of a program or of its deployment.
    Settings,
    /// Another kernel setting or limit of a host, for all that runs there.
    Kernel,
    /// More of the server, or less work for it. As large a number as one likes cures any overload, and costs as much.
    Capacity,
}

impl Means {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Means::Code => "code",
            Means::Settings => "settings",
            Means::Kernel => "kernel",
            Means::Capacity => "capacity",
        }
    }
}

impl Remedy {
    /// Who can make the change, and with what: `settings: your http.Transport`.
    pub fn who(&self) -> String {
        format!("{}: {}", self.means.word(), self.owner_words())
    }

    /// Whom to ask for it.
    fn owner_words(&self) -> &'static str {
        match self.owner {
            Group::Run | Group::Load | Group::Client => "your client",
            Group::Transport => "your http.Transport",
            Group::ClientKernel => "the client's kernel",
            Group::Network => "the network",
            // What it passes to listen().
            Group::ServerKernel if self.means != Means::Kernel => "the server program",
            Group::ServerKernel => "the server's kernel",
            Group::Server => "the server program",
        }
    }
}

/// Changes that might help against this, in the order of the table. What would change nothing is left out.
pub fn remedies(scenario: &Scenario, subject: Symptom) -> Vec<Remedy> {
    let class = subject.class();
    let situation = table::Situation::of(scenario);
    let fits = |rule: &&table::Rule| rule.classes.is_none_or(|classes| classes.contains(&class));
    let deploys = matches!(subject, Symptom::Errors(class) if table::DOWN.contains(&class));
    let mut found: Vec<Remedy> = deploys.then(|| deploy::overlap(scenario)).flatten().into_iter().collect();
    for rule in table::RULES.iter().filter(fits) {
        let remedy = apply(scenario, rule, (rule.changes)(&situation));
        found.extend(remedy.filter(|new| found.iter().all(|earlier| earlier.scenario != new.scenario)));
    }
    found
}

fn apply(scenario: &Scenario, rule: &table::Rule, changes: Vec<(ParamId, Value)>) -> Option<Remedy> {
    let mut changed = scenario.clone();
    let (mut words, mut owner) = (Vec::new(), Group::Run);
    for (param, value) in &changes {
        let spec = param.spec();
        let mut before = spec.describe(spec.get(&scenario.params));
        spec.set(&mut changed.params, *value);
        for change in changed.timetable.iter_mut().filter(|change| change.param == *param) {
            before += &format!(", then {}", spec.describe(change.value));
            change.value = *value;
        }
        words.push(format!("{} {before} → {}", spec.label, spec.describe(*value)));
        owner = spec.group;
    }
    let same = changed.params == scenario.params && changed.timetable == scenario.timetable;
    let (title, scenario) = (words.join(", "), changed);
    let table::Rule { means, popular, why, .. } = *rule;
    (!same && !changes.is_empty()).then_some(Remedy { title, changes, scenario, owner, means, why, popular })
}

/// The remedies that have been tried by their indices, the one to recommend first.
///
/// First what cures or helps, then what gives the error another name, what is useless and what harms. Of what cures or
/// helps, that comes first which halves all failures, and capacity comes last, whatever it cures: it is a purchase.
/// Then what cures stands before what helps, the cause before what people try whatever the trouble is, the own program
/// before the kernel, and fewer failures before more, in steps of a twentieth of those there were. Equals stay in the
/// order of the table.
pub fn ranked(remedies: &[Remedy], effects: &[Effect]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..effects.len()).collect();
    order.sort_by_key(|&i| {
        let (remedy, effect) = (&remedies[i], &effects[i]);
        let verdict = effect.verdict();
        let works = verdict.min(Verdict::Helps);
        let leaves_most = effect.failed.1 * 2 > effect.failed.0;
        let is_capacity = remedy.means == Means::Capacity;
        let needs_kernel = remedy.means == Means::Kernel;
        let left = effect.failed.1 * 20 / effect.failed.0.max(1);
        (Reverse(works), leaves_most, is_capacity, Reverse(verdict), remedy.popular, needs_kernel, left)
    });
    order
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
