//! A visitor's own error: a box for lines and files, and what they say.

use connlab::question::Topic;
use maud::{Markup, html};

use super::answer::answer;
use super::glyph;
use super::parts::Parts;
use crate::panel::Panel;

/// The box, and below it the answer.
pub fn paste(panel: &Panel, parts: &mut Parts) -> Markup {
    html! {
        section.paste aria-labelledby="paste-title" {
            h2 id="paste-title" { label for="pasted" { "Your own error" } }
            @if let Some(file) = &panel.file {
                p.file {
                    code { (file) }
                    button.btn.icon aria-label="Put the file away" title="Put the file away" data-do="put-away" {
                        (glyph::icon(glyph::CLOSE))
                    }
                }
            }
            textarea.text id="pasted" data-testid="paste" rows="2" autocomplete="off" spellcheck="false"
                placeholder="Paste log lines, ss, nstat or a load generator's summary"
                data-in="paste" data-value=(panel.pasted) {}
            p.or {
                span.choose { input type="file" id="file"; label for="file" { "Choose a file" } }
                " or drop one anywhere."
            }
            div data-testid="diagnosis" {
                @if !panel.given().trim().is_empty() { (answer(panel, parts, Topic::Diagnosis)) }
            }
        }
    }
}
