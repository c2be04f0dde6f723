//! The link as a code for cameras, over the whole screen.

use connlab::question::Topic;
use maud::{Markup, html};

use super::answer::answer;
use super::glyph;
use super::parts::Parts;
use crate::panel::Panel;

/// The button that opens it; its key presses it.
pub fn button() -> Markup {
    html! { button.btn id="code-button" popovertarget="code" title="For cameras (Q)" { "QR code" } }
}

/// The code, once it is opened.
pub fn code(panel: &Panel, parts: &mut Parts) -> Markup {
    html! {
        section.code-box id="code" popover="auto" role="dialog" aria-label="QR code of this link" {
            button.btn.icon popovertarget="code" popovertargetaction="hide" aria-label="Close" title="Close (Esc)" {
                (glyph::icon(glyph::CLOSE))
            }
            @if panel.shows_code() { (answer(panel, parts, Topic::Code)) }
        }
    }
}
