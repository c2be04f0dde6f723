//! The model card: does theory agree with this run, what is modelled, and what is not. The explainer writes it.

use connlab::question::Topic;
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

use super::answer::answer;
use super::{glyph, markup, when};
use crate::panel::Panel;
use crate::state::Action;

/// What a button in the settings opens over the page. The browser closes it on Escape and gives the focus back.
pub fn model_card(is_open: bool, panel: &Panel, act: &Callback<Action>) -> Html {
    let ontoggle = when(act, |event: Event| {
        let card: Element = event.target()?.dyn_into().ok()?;
        Some(Action::ModelCard(card.matches(":popover-open").ok()?))
    });
    html! {
        <section class="card-box" id="model-card" popover="auto" role="dialog" aria-label="Model card" {ontoggle}>
            <header>
                {markup(format!("<h2>Model card</h2><span>model v{}</span>", connlab::link::VERSION))}
                <button class="btn icon" aria-label="Close" title="Close" autofocus=true
                    popovertarget="model-card" popovertargetaction="hide">{glyph::icon(glyph::CLOSE)}</button>
            </header>
            <div class="card-body" tabindex="0" role="region" aria-label="Model card">
                if is_open { {answer(panel, Topic::Card)} }
            </div>
        </section>
    }
}
