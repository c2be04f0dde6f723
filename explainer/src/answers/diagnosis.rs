//! A visitor's own error: its likely causes, each with a run that shows it.

use connlab::diagnosis::{self, Match};
use maud::{Markup, html};

/// The causes, likeliest first, or that there are none.
pub fn causes(line: &str) -> Markup {
    let diagnosis = diagnosis::diagnose(line);
    html! {
        @if let Some(note) = diagnosis.note { p { (note) } }
        ol { @for found in &diagnosis.matches { (cause(found)) } }
    }
}

fn cause(found: &Match) -> Markup {
    let class = found.class.map(|class| class.spec());
    html! {
        li data-class=[class.map(|class| class.class)] {
            p { b { (class.map_or("no error of the client", |class| class.label)) } ", " (found.confidence.words()) }
            p { (found.why) }
            @if let Some(link) = found.link {
                button.btn.line data-link=(link) data-class=[class.map(|class| class.class)] { "Show it" }
            } @else {
                p { "ConnLab does not model this." }
            }
        }
    }
}
