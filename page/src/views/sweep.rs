//! A map of many runs, in place of scene and charts.

use connlab::question::Topic;
use maud::{Markup, html};

use super::answer::answer;
use super::glyph;
use super::parts::Parts;
use crate::panel::Panel;

/// The map as the explainer writes it, and whether it is to be filled any further.
pub fn sweep(panel: &Panel, parts: &mut Parts) -> Markup {
    let is_open = panel.told(Topic::Sweep).is_none_or(|told| !told.is_whole);
    let stopped = panel.is_stopped();
    html! {
        section.tale.sweep data-key="sweep" aria-labelledby="sweep-title" {
            header {
                button.btn data-do="sweep" { (glyph::icon(glyph::BACK)) "Charts" }
                h2 id="sweep-title" { "Sweep" }
                span.became { @if stopped { "Stopped: what is there stays." } }
                @if is_open {
                    button.btn.line data-testid="stop" data-do="stop" { (if stopped { "Go on" } else { "Stop" }) }
                }
            }
            div class=(if stopped { "stopped" } else { "" }) { (answer(panel, parts, Topic::Sweep)) }
        }
    }
}
