//! A visitor's own error: its likely causes, each with a run that shows it.

use connlab::diagnosis::{self, Diagnosis, Match};
use maud::{Markup, html};

use super::prose;

/// The causes, likeliest first, or that there are none; and how many there are.
pub fn causes(line: &str) -> (Markup, String) {
    let diagnosis = diagnosis::diagnose(line);
    let says = match (diagnosis.note, diagnosis.matches.first()) {
        (Some(note), _) => note.to_string(),
        (None, first) => {
            let class = first.and_then(|found| found.class);
            let likeliest = class.map_or("not modelled here", |class| class.spec().label);
            format!("Likely causes: {}. The likeliest: {likeliest}.", diagnosis.matches.len())
        }
    };
    (list(&diagnosis), says)
}

fn list(diagnosis: &Diagnosis) -> Markup {
    html! {
        @if let Some(note) = diagnosis.note { p { (note) } }
        ol { @for found in &diagnosis.matches { (cause(found)) } }
    }
}

fn cause(found: &Match) -> Markup {
    let class = found.class.map(|class| class.spec());
    html! {
        li data-class=[class.map(|class| class.class)] {
            p { b { (class.map_or("not modelled here", |class| class.label)) } ", " (found.confidence.words()) }
            p { (prose(found.why)) }
            @if let Some(link) = found.link {
                button.btn.line data-link=(link) data-class=[class.map(|class| class.class)] { "Show it" }
            } @else {
                p { "ConnLab does not model this." }
            }
        }
    }
}
