//! From failure to failure of the open class, and the playhead with it.

use connlab::words::count;
use yew::prelude::*;

use super::glyph;
use crate::panel::{Ask, Panel};
use crate::playhead::Motion;

/// A button back, which one of how many, a button forth.
pub fn stepper(panel: &Panel, ask: &Callback<Ask>, go: &Callback<Motion>) -> Html {
    let (case, cases) = (panel.case(), panel.cases().len());
    // The playhead goes with it.
    let step = |case: Option<usize>, name: &'static str, path: &'static str| {
        let to = case.and_then(|case| Some((case, panel.cases().get(case)?.ended)));
        let (ask, go) = (ask.clone(), go.clone());
        let onclick = Callback::from(move |_: MouseEvent| {
            if let Some((case, ended)) = to {
                ask.emit(Ask::Case(case));
                go.emit(Motion::Put(ended));
            }
        });
        html! {
            <button class="btn icon" disabled={to.is_none()} title={name} aria-label={name} {onclick}>
                {glyph::icon(path)}
            </button>
        }
    };
    html! {
        <>
            {step(case.checked_sub(1), "Failure before", glyph::BACK)}
            <span>{format!("{} of {}", case + 1, count(cases as u64))}</span>
            {step(Some(case + 1), "Next failure", glyph::FORWARD)}
        </>
    }
}
