//! What a visitor pasted: its likely causes, each with a run that shows it.

use connlab::diagnosis::{self, Cause, Finding, NOT_RECOGNISED, Pattern, Reading};
use connlab::words;
use maud::{Markup, html};

use super::prose;

/// The causes, likeliest first, or that there are none; and how many there are.
pub fn causes(text: &str) -> (Markup, String) {
    let reading = diagnosis::diagnose(text);
    (markup(&reading), says(&reading))
}

/// For somebody who does not see it.
fn says(reading: &Reading) -> String {
    match &reading.findings[..] {
        [] if !reading.is_recognised() => NOT_RECOGNISED.to_string(),
        [] => reading.facts.to_string(),
        [only] => {
            let likeliest = only.subject().label();
            format!("Likely causes: {}. The likeliest: {likeliest}.", only.causes.len())
        }
        [first, ..] => {
            let (kinds, most) = (reading.findings.len(), first.subject().label());
            format!(
                "Likely causes: {kinds} kinds of errors. The most frequent: {most}, {} times.",
                words::count(first.count)
            )
        }
    }
}

fn markup(reading: &Reading) -> Markup {
    let is_one = matches!(&reading.findings[..], [only] if only.count == 1);
    html! {
        @if !reading.is_recognised() { p { (NOT_RECOGNISED) } }
        @for pattern in &reading.patterns { (together(pattern)) }
        @for finding in &reading.findings {
            @if !is_one { (head(finding)) }
            @if let Some(program) = finding.program { p { "Not a Go client: " (program) "'s text." } }
            ol { @for cause in &finding.causes { (item(cause)) } }
        }
    }
}

/// What several kinds of errors say together.
fn together(pattern: &Pattern) -> Markup {
    html! {
        p { b { "Together: " (pattern.name) } }
        p { (prose(pattern.why)) }
        button.btn.line data-link=(pattern.link) { "Show it" }
    }
}

/// How many errors of one kind there are, and one of them.
fn head(finding: &Finding) -> Markup {
    html! {
        p { b { (words::count(finding.count)) " × " (finding.subject().label()) } }
        p { code { (finding.sample) } }
    }
}

fn item(cause: &Cause) -> Markup {
    let class = cause.subject.class().map(|class| class.spec().class);
    html! {
        li data-class=[class] {
            p { b { (cause.subject.label()) } ", " (cause.confidence.words()) }
            p { (prose(cause.why)) }
            @if let Some(link) = cause.link {
                button.btn.line data-link=(link) data-class=[class] { "Show it" }
            } @else {
                p { "ConnLab does not model this." }
            }
        }
    }
}
