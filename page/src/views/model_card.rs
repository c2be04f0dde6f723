//! The model card: does theory agree with this run, what is modelled, and what is not. The explainer writes it.

use connlab::question::Topic;
use maud::{Markup, html};

use super::answer::answer;
use super::glyph;
use super::parts::Parts;
use crate::panel::Panel;

/// What a button in the settings opens over the page. The browser closes it on Escape and gives the focus back.
pub fn model_card(is_open: bool, panel: &Panel, parts: &mut Parts) -> Markup {
    html! {
        section.card-box id="model-card" popover="auto" role="dialog" aria-label="Model card" {
            header {
                h2 { "Model card" } span { "model v" (connlab::link::VERSION) }
                button.btn.icon aria-label="Close" title="Close" autofocus popovertarget="model-card"
                    popovertargetaction="hide" { (glyph::icon(glyph::CLOSE)) }
            }
            div.card-body tabindex="0" role="region" aria-label="Model card" {
                @if is_open { (answer(panel, parts, Topic::Card)) }
            }
        }
    }
}
