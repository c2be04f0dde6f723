//! What cures a class of errors: measured, not promised; and how to do it outside.

use connlab::chart::words::count;
use connlab::link;
use connlab::params::Group;
use connlab::remedy::{self, Effect, Remedy, Verdict};
use connlab::scenario::Scenario;
use connlab::sim::error::ErrorKind;
use connlab::takeaway::{self, watch};
use maud::{Markup, html};

use super::Step;
use crate::runs::Runs;

/// What might cure a class, and what it really does as far as that has been tried.
pub struct Trials {
    scenario: Scenario,
    class: ErrorKind,
    /// The likeliest first.
    remedies: Vec<Remedy>,
    /// What the first of them do.
    effects: Vec<Effect>,
    /// Whether anybody was told which one is being tried.
    announced: bool,
}

impl Trials {
    /// None has been tried yet.
    pub fn new(scenario: &Scenario, class: ErrorKind) -> Trials {
        let remedies = remedy::remedies(scenario, class);
        Trials { scenario: scenario.clone(), class, remedies, effects: Vec::new(), announced: false }
    }

    /// Tries for about so many events.
    pub fn advance(&mut self, runs: &mut Runs, budget: u32) -> Step {
        let Some(next) = self.remedies.get(self.effects.len()) else {
            return Step::Done(self.written().into_string(), String::new());
        };
        if !std::mem::replace(&mut self.announced, true) {
            return Step::Meanwhile(self.announcement(next).into_string());
        }
        let Some(before) = runs.report(&self.scenario, budget) else { return Step::More };
        let Some(after) = runs.report(&next.scenario, budget) else { return Step::More };
        self.effects.push(Effect::between(self.class, &before, &after));
        self.announced = false;
        Step::More
    }

    fn announcement(&self, next: &Remedy) -> Markup {
        html! {
            h3 { "One change that cures it" }
            p.wait { "Trying " (self.effects.len() + 1) " of " (self.remedies.len()) ": " (next.title) }
        }
    }

    /// The remedies, best first: what cures, then what helps, and so on.
    fn ranked(&self) -> Vec<(&Remedy, &Effect)> {
        let best = remedy::best(&self.effects);
        let mut order: Vec<usize> = (0..self.effects.len()).collect();
        order.sort_by_key(|&i| {
            let effect = &self.effects[i];
            (best != Some(i), std::cmp::Reverse(effect.verdict()), effect.class.1, effect.failed.1)
        });
        order.into_iter().map(|i| (&self.remedies[i], &self.effects[i])).collect()
    }

    fn written(&self) -> Markup {
        let ranked = self.ranked();
        let lead = ranked.first().filter(|(_, effect)| effect.verdict() >= Verdict::Helps).copied();
        let cures = lead.is_some_and(|(_, effect)| effect.verdict() == Verdict::Cures);
        html! {
            div data-testid="fix" {
                h3 { @if cures { "One change that cures it" } @else { "No single setting removes this one" } }
                @if let Some((remedy, effect)) = lead { (self.card(remedy, effect)) }
                @for (remedy, effect) in others(&ranked, lead.is_some()) { (other(remedy, effect)) }
            }
        }
    }

    fn card(&self, remedy: &Remedy, effect: &Effect) -> Markup {
        html! {
            div.cure {
                div.try {
                    code { (remedy.title) }
                    button.btn.primary data-testid="try" data-link=(link::encode(&remedy.scenario)) title=(remedy.why) {
                        "Try it"
                    }
                }
                p { "This error " (arrow(effect.class)) ", all failures " (arrow(effect.failed)) "." }
                p.owner { "The owner is " (remedy::owner(remedy.owner)) "." }
                (self.snippets(remedy))
            }
        }
    }

    /// The remedy as code, as kernel settings, and what to look at where it really happens.
    fn snippets(&self, remedy: &Remedy) -> Markup {
        let is_kernel = matches!(remedy.owner, Group::ServerKernel | Group::ClientKernel);
        let takeaway = takeaway::takeaway(&remedy.scenario);
        let go = match remedy.owner {
            Group::Server | Group::ServerKernel => takeaway.server,
            _ => takeaway.client,
        };
        let forms =
            [("go", "Go", go.as_str()), ("sysctl", "sysctl", &takeaway.sysctl), ("ss", "ss", watch(self.class))];
        let chosen = if is_kernel { "sysctl" } else { "go" };
        html! {
            fieldset.snippet {
                legend.sr { "Take away" }
                @for (form, name, _) in &forms {
                    label { input type="radio" name="snippet" value=(form) checked[*form == chosen]; span { (name) } }
                }
                @for (form, name, text) in &forms { (copyable(form, name, text)) }
            }
        }
    }
}

fn copyable(form: &str, name: &str, text: &str) -> Markup {
    html! {
        div.form data-form=(form) {
            button.btn data-copy { "Copy" }
            pre role="region" aria-label=(name) tabindex="0" { (text) }
        }
    }
}

/// Two others to compare with the best: the next best, and what people try that does not help.
fn others<'a>(ranked: &[(&'a Remedy, &'a Effect)], has_lead: bool) -> Vec<(&'a Remedy, &'a Effect)> {
    let rest = if has_lead { &ranked[1..] } else { ranked };
    let is_vain = |(remedy, effect): &&(&Remedy, &Effect)| effect.verdict() <= Verdict::Useless && remedy.popular;
    let vain = rest.iter().skip(1).find(is_vain).or_else(|| rest.get(1));
    rest.first().into_iter().chain(vain).copied().collect()
}

/// `4,387 → 0`.
fn arrow((before, after): (u64, u64)) -> String {
    format!("{} → {}", count(before), count(after))
}

fn other(remedy: &Remedy, effect: &Effect) -> Markup {
    let verdict = match effect.verdict() {
        Verdict::Cures => "Cures it too",
        Verdict::Helps => "Helps less",
        Verdict::Renames => "Other errors instead",
        Verdict::Useless => "Does not help",
        Verdict::Harms => "Makes it worse",
    };
    html! {
        p.other title=(effect.sentence()) { (verdict) ": " code { (remedy.title) } " (" (arrow(effect.class)) ")" }
    }
}
