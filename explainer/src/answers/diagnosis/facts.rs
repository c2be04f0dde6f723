//! What outputs of tools say: facts as chips, the settings that follow from them, and the presets that show the same.

use connlab::facts::{Agreement, Fact, Facts, Observed, SHOWN_MAX, Severity, rank};
use maud::{Markup, html};

use super::super::prose;

/// The facts, what is wrong before what is only a number, and the visitor's own link with the settings in them.
pub fn chips(facts: &Facts, own: &str) -> Markup {
    let mut found: Vec<&Fact> = facts.found.iter().collect();
    found.sort_by_key(|fact| fact.severity);
    html! {
        @if !found.is_empty() {
            ul.facts data-testid="facts" { @for fact in &found { (chip(fact)) } }
        }
        @if let Some(link) = facts.link(own) {
            p { "From these: " code { (facts.pairs().join(" ")) } }
            button.btn.line data-testid="facts-apply" data-link=(link) { "Use these settings, keep mine" }
        }
    }
}

fn chip(fact: &Fact) -> Markup {
    let severity = match fact.severity {
        Severity::Trouble => "trouble",
        Severity::Caution => "caution",
        Severity::Note => "note",
    };
    html! {
        li data-level=(severity) {
            b { (fact.tool) ", " (fact.label) }
            @if fact.severity == Severity::Trouble { span.sr { " (trouble)" } }
            " " (prose(&fact.says))
        }
    }
}

/// The presets that show the same, the closest first, each with the settings of the paste.
pub fn agreements(facts: &Facts, runs: &[Observed]) -> Markup {
    let ranked = rank(facts, runs);
    html! {
        div data-testid="agreements" {
            h3 { "Runs that show the same" }
            @if ranked.is_empty() { p { "No preset shows any of this." } }
            ol { @for agreement in ranked.iter().take(SHOWN_MAX) { (item(agreement)) } }
        }
    }
}

fn item(agreement: &Agreement) -> Markup {
    let preset = agreement.preset;
    html! {
        li.agrees {
            p { b { (preset.title) } ": " (agreement.says()) "." }
            button.btn.line data-link={ "p=" (preset.name) } { "Show it" }
        }
    }
}

/// What is said while presets are being run.
pub fn waiting((done, all): (usize, usize)) -> Markup {
    html! { p.wait { "Comparing with the presets: " (done) " of " (all) } }
}
