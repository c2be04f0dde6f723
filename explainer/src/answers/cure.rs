//! What cures a class of errors, slow answers or dials: measured, not promised; and how to do it outside.

mod patch;

use connlab::link::{self, Recipe};
use connlab::params::{Group, Method};
use connlab::remedy::{self, Effect, Means, Remedy, Symptom, Verdict};
use connlab::scenario::Scenario;
use connlab::sentence::troubles;
use connlab::takeaway::{self, watch};
use connlab::words::{count, millis};
use maud::{Markup, html};

use super::Advanced;
use crate::runs::RunCache;

/// What cures what was asked about, and then what helps against what else is remarkable about the run.
pub struct CureTask {
    trials: Trials,
    besides: Option<Vec<Trials>>,
}

impl CureTask {
    /// Nothing has been tried yet.
    pub fn new(recipe: Recipe, subject: Symptom) -> CureTask {
        CureTask { trials: Trials::new(recipe, subject), besides: None }
    }

    /// Tries for about so many events. What was asked about is shown as soon as it is tried.
    pub fn advance(&mut self, runs: &mut RunCache, budget: u32) -> Advanced {
        let CureTask { trials, besides } = self;
        if !trials.is_over() {
            return trials.advance(runs, budget);
        }
        let Some(besides) = besides else {
            let Some(report) = runs.report(&trials.recipe.scenario, budget) else { return Advanced::More };
            let subjects = troubles(&report).into_iter().filter_map(|trouble| Symptom::named(trouble.name()));
            let others = subjects.filter(|subject| *subject != trials.subject);
            *besides = Some(others.map(|subject| Trials::new(trials.recipe.clone(), subject)).collect());
            return Advanced::Meanwhile(trials.written().into_string());
        };
        if let Some(beside) = besides.iter_mut().find(|beside| !beside.is_over()) {
            // What is shown stays as it is: somebody may be reading it.
            beside.advance(runs, budget);
            return Advanced::More;
        }
        let all = html! { (trials.written()) @for beside in besides { (beside.written_beside()) } };
        Advanced::Done(all.into_string(), String::new())
    }

    /// The link of the change that is proposed; empty if none helps, or while it is not known.
    pub fn proposes(&self) -> String {
        if self.trials.is_over() { self.trials.proposes() } else { String::new() }
    }
}

/// What might cure it, and what it really does as far as that has been tried.
struct Trials {
    recipe: Recipe,
    subject: Symptom,
    /// In the order of the table of remedies.
    remedies: Vec<Remedy>,
    /// What the first of them do.
    effects: Vec<Effect>,
    /// Whether anybody was told which one is being tried.
    announced: bool,
}

/// A remedy and what it did.
type Tried<'a> = (&'a Remedy, &'a Effect);

impl Trials {
    fn new(recipe: Recipe, subject: Symptom) -> Trials {
        let remedies = remedy::remedies(&recipe.scenario, subject);
        Trials { recipe, subject, remedies, effects: Vec::new(), announced: false }
    }

    fn is_over(&self) -> bool {
        self.effects.len() == self.remedies.len()
    }

    /// Tries for about so many events, and says which one before each.
    fn advance(&mut self, runs: &mut RunCache, budget: u32) -> Advanced {
        let Some(next) = self.remedies.get(self.effects.len()) else { return Advanced::More };
        if !std::mem::replace(&mut self.announced, true) {
            return Advanced::Meanwhile(self.announcement(next).into_string());
        }
        let Some(before) = runs.report(&self.recipe.scenario, budget) else { return Advanced::More };
        let Some(after) = runs.report(&next.scenario, budget) else { return Advanced::More };
        self.effects.push(Effect::between(self.subject, &before, &after));
        self.announced = false;
        Advanced::More
    }

    fn announcement(&self, next: &Remedy) -> Markup {
        html! {
            h3 { "What cures it" }
            p.wait { "Trying " (self.effects.len() + 1) " of " (self.remedies.len()) ": " (next.title) }
        }
    }

    /// All that was tried, the one to recommend first.
    fn ranked(&self) -> Vec<Tried<'_>> {
        let order = remedy::ranked(&self.remedies, &self.effects);
        order.into_iter().map(|i| (&self.remedies[i], &self.effects[i])).collect()
    }

    fn proposes(&self) -> String {
        self.lead().map_or_else(String::new, |(remedy, _)| self.link(remedy))
    }

    /// The best, if it is worth a card.
    fn lead(&self) -> Option<Tried<'_>> {
        self.ranked().first().filter(|(_, effect)| effect.verdict() >= Verdict::Helps).copied()
    }

    /// In place of its own.
    fn written(&self) -> Markup {
        html! { div data-testid="fix" { (self.body()) } }
    }

    /// Below the other.
    fn written_beside(&self) -> Markup {
        html! {
            details.trials data-testid="fix-beside" {
                summary { "What helps against " (self.subject.words()) }
                (self.body())
            }
        }
    }

    fn body(&self) -> Markup {
        let ranked = self.ranked();
        let lead = self.lead();
        html! {
            h3 { (heading(&ranked)) }
            @if let Some((remedy, effect)) = lead { (self.card(remedy, effect)) }
            @for tried in others(&ranked, lead.is_some()) { (other(tried)) }
            (self.table(&ranked))
        }
    }

    fn card(&self, remedy: &Remedy, effect: &Effect) -> Markup {
        html! {
            div.cure {
                div.try {
                    code { (remedy.title) }
                    (self.try_button(remedy, "Try it"))
                }
                p { "With it: " (effect.numbers()) "." }
                p.owner { (remedy.who()) "." }
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
        self.recipe.scenario.params.method == Method::Post && retries(&remedy.scenario) > retries(&self.recipe.scenario)
    }

    /// The lines that change, then behind them the whole program, the kernel settings, and what to look at where it
    /// really happens.
    fn snippets(&self, remedy: &Remedy) -> Markup {
        let before = takeaway::takeaway(&self.recipe);
        let after = takeaway::takeaway(&self.recipe.with(&remedy.scenario));
        let (old, go) = match remedy.owner {
            Group::Server | Group::ServerKernel => (before.server, after.server),
            _ => (before.client, after.client),
        };
        let sysctl = patch::settings(&before.sysctl, &after.sysctl);
        let lines = if remedy.means == Means::Kernel { sysctl.clone() } else { patch::code(&old, &go) };
        let forms =
            [("go", "Go", go.as_str()), ("sysctl", "sysctl", &sysctl), ("ss", "ss", watch(self.subject.class()))];
        html! {
            @if !lines.is_empty() { div.patch { (copyable("Lines that change", &lines)) } }
            details.whole {
                summary { "Whole program, kernel settings, what to look at" }
                fieldset.snippet {
                    legend.sr { "Take away" }
                    @for (i, (form, name, _)) in forms.iter().enumerate() {
                        label {
                            input type="radio" name=(self.subject.words()) value=(form) checked[i == 0];
                            span { (name) }
                        }
                    }
                    @for (form, name, text) in &forms { div.form data-form=(form) { (copyable(name, text)) } }
                }
            }
        }
    }

    /// The link of the run with this change.
    fn link(&self, remedy: &Remedy) -> String {
        link::encode(&self.recipe.with(&remedy.scenario))
    }

    fn try_button(&self, remedy: &Remedy, text: &str) -> Markup {
        let (link, name) = (self.link(remedy), format!("{text}: {}", remedy.title));
        html! { button.btn.primary data-testid="try" data-link=(link) title=(remedy.why) aria-label=(name) { (text) } }
    }

    /// All that was tried; what was before stands in the first row.
    fn table(&self, ranked: &[Tried]) -> Markup {
        let Some((_, first)) = ranked.first() else { return Markup::default() };
        let p99 = |ms: Option<f64>| ms.map_or("none".into(), millis);
        let judged = capital(first.judged.words());
        let heads = ["Change, and whose it is", &judged, "All failures", "p99"];
        html! {
            details.trials data-testid="trials" {
                summary { "All " (ranked.len()) " changes tried" }
                div.wide role="region" aria-label="All changes tried" tabindex="0" { table {
                    thead { tr {
                        @for head in heads { th scope="col" { (head) } }
                        th scope="col" { span.sr { "Try" } }
                    } }
                    tbody {
                        tr {
                            th scope="row" { "as it is" }
                            td { (count(first.subject.0)) }
                            td { (count(first.failed.0)) }
                            td { (p99(first.p99_ms.0)) }
                            td {}
                        }
                        @for (remedy, effect) in ranked {
                            @let note = effect.note().map(|note| note.trim_start_matches("instead ").to_string());
                            tr data-verdict=(effect.words()) {
                                th scope="row" {
                                    code { (remedy.title) }
                                    " " b { (effect.words()) @if let Some(note) = &note { ": " (note) } }
                                    " " span.owner { (remedy.who()) }
                                }
                                td { (count(effect.subject.1)) }
                                td { (count(effect.failed.1)) }
                                td { (p99(effect.p99_ms.1)) }
                                td { (self.try_button(remedy, "Try")) }
                            }
                        }
                    }
                } }
            }
        }
    }
}

fn copyable(name: &str, text: &str) -> Markup {
    html! {
        button.btn data-copy { "Copy" }
        pre role="region" aria-label=(name) tabindex="0" { (text) }
    }
}

fn heading(ranked: &[Tried]) -> &'static str {
    let cures = |tried: &Tried| tried.1.verdict() == Verdict::Cures;
    match ranked.first() {
        Some(first) if cures(first) => "One change that cures it",
        Some((_, effect)) if effect.verdict() == Verdict::Helps && ranked.iter().any(cures) => {
            "What helps most without more hardware"
        }
        _ => "No single change cures it",
    }
}

/// Others to compare with the one that is recommended: what cures where that one only helps, else the next best; and of
/// what people try what does the most harm.
fn others<'a>(ranked: &[Tried<'a>], has_lead: bool) -> Vec<Tried<'a>> {
    let rest = if has_lead { &ranked[1..] } else { ranked };
    let cures = |tried: &Tried| tried.1.verdict() == Verdict::Cures;
    let next = match ranked.first() {
        Some(lead) if has_lead && !cures(lead) => rest.iter().position(cures).or(Some(0)),
        _ => Some(0),
    };
    let is_vain = |(i, (remedy, effect)): &(usize, &Tried)| {
        Some(*i) != next && remedy.popular && effect.verdict() <= Verdict::Useless
    };
    let vain = rest.iter().enumerate().filter(is_vain).max_by_key(|(_, (_, effect))| effect.failed.1);
    next.into_iter().chain(vain.map(|(i, _)| i)).filter_map(|i| rest.get(i)).copied().collect()
}

fn other((remedy, effect): Tried) -> Markup {
    html! {
        p.other title=(remedy.why) {
            (capital(effect.words())) ": " code { (remedy.title) } " (" (effect.numbers()) ")."
        }
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

#[cfg(test)]
mod tests {
    use connlab::sim::error::ErrorKind;

    use super::*;

    fn written(link: &str, subject: Symptom) -> String {
        let mut answer = CureTask::new(link::decode(link).recipe, subject);
        let mut runs = RunCache::default();
        loop {
            if let Advanced::Done(html, _) = answer.advance(&mut runs, u32::MAX) {
                return html;
            }
        }
    }

    /// Nothing fails in either: what they suffer from is cured all the same.
    #[test]
    fn slow_answers_and_dials_have_cures_too() {
        let dials = written("p=two-idle&duration=20s", Symptom::Dials);
        assert!(dials.contains("One change that cures it") && dials.contains("MaxIdleConnsPerHost 2 → 100"), "{dials}");
        assert!(dials.contains("With it: dials ") && dials.contains("<th scope=\"col\">Dials</th>"), "{dials}");
        let slow = written("p=accept-queue&duration=20s", Symptom::Slow);
        assert!(slow.contains("One change that cures it") && slow.contains("accept loop runs on"), "{slow}");
        assert!(slow.contains("With it: answers after 1 s or more 610 → 0"), "{slow}");
    }

    /// The sentence names both troubles, and both are cured.
    #[test]
    fn what_else_is_remarkable_has_its_cures_below_those_of_what_was_asked_about() {
        let both = "rps=400&server=go&workers=100&idle=2&5s.service=3s&5.2s.service=20ms&timeout=0s&duration=12s";
        let restart = "p=restart&duration=25s";
        for (link, subject, beside, change) in [
            (both, Symptom::Slow, "dials", "MaxIdleConnsPerHost 2 → "),
            (both, Symptom::Dials, "answers after 1 s or more", "service time 20ms, then 3s, then 20ms → 20ms"),
            (restart, Symptom::Errors(ErrorKind::Refused), "dials", "MaxIdleConnsPerHost 2 → "),
        ] {
            let html = written(link, subject);
            let (first, second) = html.split_once("data-testid=\"fix-beside\"").expect("another trouble");
            assert!(first.contains("data-testid=\"fix\"") && first.contains("changes tried"), "{html}");
            assert!(second.contains(&format!("What helps against {beside}")), "{second}");
            assert!(second.contains(change) && second.contains("changes tried"), "{second}");
        }
        assert!(!written("p=two-idle&duration=10s", Symptom::Dials).contains("fix-beside"));
    }

    /// It is known, and stays the same, before the other trouble's cures have been tried.
    #[test]
    fn the_proposal_is_that_for_what_was_asked_about() {
        let mut answer =
            CureTask::new(link::decode("p=restart&duration=25s").recipe, Symptom::Errors(ErrorKind::Refused));
        let (mut runs, mut known) = (RunCache::default(), Vec::new());
        loop {
            let step = answer.advance(&mut runs, u32::MAX);
            known.extend(Some(answer.proposes()).filter(|link| !link.is_empty()));
            if matches!(step, Advanced::Done(..)) {
                break;
            }
        }
        known.dedup();
        assert_eq!(known.len(), 1, "{known:?}");
    }

    /// What people try first makes the incident worse, and that is said.
    #[test]
    fn the_incident_is_cured_by_workers_and_made_worse_by_a_longer_queue() {
        let html = written("p=incident", Symptom::Errors(ErrorKind::Reset));
        assert!(html.contains("One change that cures it") && html.contains("workers 16 → "), "{html}");
        let (shown, table) = html.split_once("<details class=\"trials\"").expect("a table of all that was tried");
        assert!(shown.contains("More requests fail: <code>net.core.somaxconn 128 → 4096</code>"), "{shown}");
        let harm = "this error 4,387 → 0, all failures 5,581 → 14,484; instead 13,290 × closed by us";
        assert!(shown.contains(harm), "{shown}");
        assert!(table.contains("handler checks r.Context() off → on") && table.contains("code: the server"), "{table}");
    }
}
