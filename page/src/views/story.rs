//! The story of one request, packet by packet, in place of the charts: a chart, or the same as a table.

use connlab::question::Topic;
use connlab::words::{count, millis};
use maud::{Markup, PreEscaped, html};

use super::answer::{WAIT, answer};
use super::parts::Parts;
use super::stepper::stepper;
use super::{aria, glyph};
use crate::panel::Panel;

/// What the button that opens it is called in the document: the focus goes back there.
pub const BUTTON: &str = "story";

/// What is called so in the document when it is open: the focus goes there.
pub const BACK: &str = "story-back";

/// The event that decided it, in either form.
pub const ROOT: &str = ".sequence .root, .events .root [data-instant]";

/// The event that is the outcome: the last one of the request itself.
const END: &str = ".sequence [data-outcome], .events [data-outcome]";

/// The button that opens it.
pub fn button(panel: &Panel) -> Markup {
    html! {
        button.btn id=(BUTTON) data-testid="story-button" aria-expanded=(aria(panel.story().is_some()))
            data-do="story" { (glyph::icon(glyph::STORY)) "story" }
    }
}

/// The story that is open, if one is.
pub fn story(panel: &Panel, parts: &mut Parts) -> Option<Markup> {
    let request = count(panel.story()?.into());
    let failure = panel.failure();
    let (form, other) = if panel.as_table { ("Table", "Chart") } else { ("Chart", "Table") };
    let became = failure.map_or("answered".into(), |failure| {
        format!("{} after {}", failure.kind.spec().label, millis(failure.ended.since(failure.arrived).as_millis_f64()))
    });
    Some(html! {
        section.tale data-key="tale" data-form=(form) aria-labelledby="story-title" {
            header {
                button.btn id=(BACK) data-do="leave-story" { (glyph::icon(glyph::BACK)) "Charts" }
                h2 id="story-title" { "Request #" (request) }
                span.became { (became) }
                @if failure.is_some() { (stepper(panel)) }
                button.btn data-jump=(ROOT) { "Root" }
                button.btn data-jump=(END) { "End" }
                button.btn.line data-testid="story-form" data-do="story-form" { (other) }
            }
            p.swipe { "Swipe sideways: the server is on the right." }
            @if read(panel).is_some() { (answer(panel, parts, Topic::Story)) } @else { (PreEscaped(WAIT.0)) }
        }
    })
}

/// Whose story can be read, and whether as a table.
pub type Read = (u32, bool);

/// What can be read, once its story is there.
pub fn read(panel: &Panel) -> Option<Read> {
    let told = panel.told(Topic::Story).filter(|told| panel.is_current(told));
    told.and(panel.story()).map(|request| (request, panel.as_table))
}
