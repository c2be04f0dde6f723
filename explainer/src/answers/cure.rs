//! What cures a class of errors: measured, not promised; and how to do it outside.

use std::cmp::Reverse;

use connlab::link;
use connlab::params::{Group, Method};
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

    /// The remedies, best first: what cures, then what helps, and so on; of equals first what is a setting.
    fn ranked(&self) -> Vec<(&Remedy, &Effect)> {
        let settings: Vec<usize> = (0..self.effects.len()).filter(|&i| !is_work(&self.remedies[i])).collect();
        let effects: Vec<Effect> = settings.iter().map(|&i| self.effects[i]).collect();
        let best = remedy::best(&effects).map(|i| settings[i]);
        let mut order: Vec<usize> = (0..self.effects.len()).collect();
        order.sort_by_key(|&i| {
            let (effect, is_work) = (&self.effects[i], is_work(&self.remedies[i]));
            (best != Some(i), Reverse(effect.verdict()), is_work, effect.class.1, effect.failed.1)
        });
        order.into_iter().map(|i| (&self.remedies[i], &self.effects[i])).collect()
    }

    /// The link of the change that is proposed; empty if none helps.
    pub fn proposes(&self) -> String {
        self.lead().map_or_else(String::new, |(remedy, _)| link::encode(&remedy.scenario))
    }

    /// The best, if it is worth a card.
    fn lead(&self) -> Option<(&Remedy, &Effect)> {
        self.ranked().first().filter(|(_, effect)| effect.verdict() >= Verdict::Helps).copied()
    }

    fn written(&self) -> Markup {
        let ranked = self.ranked();
        let lead = self.lead();
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
                p { (effect.sentence()) }
                p.owner { "Where: " (remedy::owner(remedy.owner)) "." }
                @if self.repeats_what_was_sent(remedy) {
                    p.warning {
                        "A POST that was sent may have been done: retry it only if the server knows an Idempotency-Key."
                    }
                }
                (self.snippets(remedy))
            }
        }
    }

    fn repeats_what_was_sent(&self, remedy: &Remedy) -> bool {
        let retries = |scenario: &Scenario| scenario.params.retries;
        self.scenario.params.method == Method::Post && retries(&remedy.scenario) > retries(&self.scenario)
    }

    /// The remedy as code, as kernel settings, and what to look at where it really happens.
    fn snippets(&self, remedy: &Remedy) -> Markup {
        let is_kernel = matches!(remedy.owner, Group::ServerKernel | Group::ClientKernel);
        let takeaway = takeaway::takeaway(&remedy.scenario);
        let go = match remedy.owner {
            Group::Server | Group::ServerKernel => takeaway.server,
            _ => takeaway.client,
        };
        let sysctl = changed_lines(&takeaway::takeaway(&self.scenario).sysctl, &takeaway.sysctl);
        let forms = [("go", "Go", go.as_str()), ("sysctl", "sysctl", &sysctl), ("ss", "ss", watch(self.class))];
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

/// A change of the work itself, and not of how it is done.
fn is_work(remedy: &Remedy) -> bool {
    remedy.changes.iter().any(|(key, _)| *key == "service")
}

/// The kernel settings that the change is about, and how they come into force.
fn changed_lines(before: &str, after: &str) -> String {
    let is_setting = |line: &&str| line.contains(" = ");
    let name = |line: &str| line.split(" = ").next().unwrap_or_default().to_string();
    let new = after.lines().filter(is_setting).filter(|line| !before.lines().any(|old| old == *line));
    let gone = before.lines().filter(is_setting).filter(|old| !after.lines().any(|line| name(line) == name(old)));
    let lines: Vec<String> = new.map(String::from).chain(gone.map(|line| format!("# No longer: {line}"))).collect();
    if lines.is_empty() {
        return "# This change needs no kernel setting.\n".into();
    }
    let listens = lines.iter().any(|line| line.contains("somaxconn"));
    let restart = if listens { "\n# listen() reads it once: restart the server." } else { "" };
    format!("{}{restart}\n", lines.join("\n"))
}

/// Others to compare with the best: the next best setting, and of what people try what does the most harm.
fn others<'a>(ranked: &[(&'a Remedy, &'a Effect)], has_lead: bool) -> Vec<(&'a Remedy, &'a Effect)> {
    let rest = if has_lead { &ranked[1..] } else { ranked };
    let next = rest.iter().position(|(remedy, _)| !is_work(remedy));
    let is_vain = |(i, (remedy, effect)): &(usize, &(&Remedy, &Effect))| {
        Some(*i) != next && remedy.popular && effect.verdict() <= Verdict::Useless
    };
    let vain = rest.iter().enumerate().filter(is_vain).max_by_key(|(_, (_, effect))| effect.failed.1);
    next.into_iter().chain(vain.map(|(i, _)| i)).map(|i| rest[i]).collect()
}

fn other(remedy: &Remedy, effect: &Effect) -> Markup {
    let (before, after) = effect.class;
    let verdict = match effect.verdict() {
        Verdict::Cures => "Cures it too",
        Verdict::Helps => "Helps less",
        Verdict::Renames => "Other errors instead",
        Verdict::Useless if after * 20 < before * 19 => "Hardly helps",
        Verdict::Useless => "Does not help",
        Verdict::Harms => "Makes it worse",
    };
    html! {
        p.other title=(effect.sentence()) {
            (verdict) ": " code { (remedy.title) } " (" (remedy::change(effect.class)) ")"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_kernel_settings_that_change_are_handed_out() {
        let before = "# On the server:\nnet.core.somaxconn = 128\nnet.ipv4.tcp_abort_on_overflow = 1\n";
        assert_eq!(changed_lines(before, before), "# This change needs no kernel setting.\n");
        let larger = before.replace("128", "4096");
        let lines = "net.core.somaxconn = 4096\n# listen() reads it once: restart the server.\n";
        assert_eq!(changed_lines(before, &larger), lines);
        let without = "# On the server:\nnet.core.somaxconn = 128\n";
        assert_eq!(changed_lines(before, without), "# No longer: net.ipv4.tcp_abort_on_overflow = 1\n");
    }

    /// What people try first makes the incident worse, and that is said.
    #[test]
    fn the_incident_is_cured_by_workers_and_made_worse_by_a_longer_queue() {
        let scenario = link::decode("p=incident").scenario;
        let mut trials = Trials::new(&scenario, ErrorKind::Reset);
        let mut runs = Runs::default();
        let html = loop {
            if let Step::Done(html, _) = trials.advance(&mut runs, u32::MAX) {
                break html;
            }
        };
        assert!(html.contains("One change that cures it") && html.contains("workers 16 → "), "{html}");
        assert!(html.contains("Makes it worse: <code>") && html.contains("somaxconn 128 → "), "{html}");
    }
}
