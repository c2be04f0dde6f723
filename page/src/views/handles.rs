//! The changes during the run as handles on the time axis: dragged with a pointer, moved with keys.

use connlab::scenario::Change;
use connlab::words::{fixed, trimmed};
use maud::{Markup, html};

use crate::state::Page;
use crate::timetable;

/// The handles. Their order in the document does not depend on time: an element that is moved about while it is held
/// would lose the pointer and the focus.
pub fn handles(page: &Page) -> Markup {
    let scenario = &page.recipe.scenario;
    let end = scenario.end();
    html! {
        div.handles role="group" aria-label="Move changes" {
            @for (name, change) in timetable::named(scenario) {
                @if change.at < end && !page.is_locked(change.param) { (slider(&name, &change, end.as_secs_f64())) }
            }
        }
    }
}

fn slider(name: &str, change: &Change, end_s: f64) -> Markup {
    let text = timetable::words(change);
    let at_s = change.at.as_secs_f64();
    html! {
        span.handle data-key=(name) role="slider" tabindex="0" data-testid="handle" data-change=(name)
            data-style={ "--from:" (fixed(at_s / end_s.max(1e-9) * 100.0, 3)) "%" }
            aria-label={ "Time of a change of " (change.spec().label) } aria-valuetext=(text) title=(text)
            aria-valuemin="0" aria-valuemax=(trimmed(end_s, 9)) aria-valuenow=(trimmed(at_s, 9)) {}
    }
}
