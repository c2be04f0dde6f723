//! Whose run it is: asked before it is made, where everybody has one of their own.

use maud::{Markup, html};

use super::glyph;
use crate::state::Page;

/// What is entered first.
pub const WHO: &str = "who";

/// The question, in place of the page.
pub fn who(page: &Page) -> Markup {
    html! {
        div.start data-key="who" {
            header.top { h1.brand { (glyph::BRAND) } }
            main.mid aria-label="Who runs it" {
                form.who id="who-form" data-testid="who" {
                    h2 { (page.title()) }
                    label for=(WHO) { "Your name, or the number you were given" }
                    input.text id=(WHO) name=(WHO) required autocomplete="off" maxlength="60"
                        aria-describedby="who-means" value=(page.key("who"));
                    button.btn.primary { "Run it" }
                    p id="who-means" {
                        "It becomes the seed of your run: the same name or number always gives the same run. It \
                        is only in your link."
                    }
                }
            }
        }
    }
}

/// Whose run is shown.
pub fn whose(page: &Page) -> Markup {
    let who = page.key("who");
    let seed = page.recipe.scenario.params.seed;
    html! { @if !who.is_empty() { span.edited data-testid="whose" { (who) ", seed " (seed) } } }
}
