//! From failure to failure of the open class, and the playhead with it.

use connlab::words::count;
use maud::{Markup, html};

use super::glyph;
use crate::panel::Panel;

/// A button back, which one of how many, a button forth.
pub fn stepper(panel: &Panel) -> Markup {
    let (case, cases) = (panel.case(), panel.cases().len());
    let step = |case: Option<usize>, name: &str, path: &str| {
        let to = case.filter(|case| *case < cases);
        html! {
            button.btn.icon disabled[to.is_none()] title=(name) aria-label=(name) data-do="case" data-with=[to] {
                (glyph::icon(path))
            }
        }
    };
    html! {
        (step(case.checked_sub(1), "Failure before", glyph::BACK))
        span { (case + 1) " of " (count(cases as u64)) }
        (step(Some(case + 1), "Next failure", glyph::FORWARD))
    }
}
