//! Tabs: one of a few, chosen by click or arrow key.

use maud::{Markup, html};

/// A list of tabs. The one with the name `n` has the id `<id>-n`; all of them control `<id>-panel`.
pub fn tabs(id: &str, label: &str, all: &[&str], chosen: &str) -> Markup {
    html! {
        div.tabs role="tablist" aria-label=(label) {
            @for name in all {
                button role="tab" id={ (id) "-" (name) } aria-selected=(super::aria(*name == chosen))
                    aria-controls={ (id) "-panel" } tabindex=(if *name == chosen { "0" } else { "-1" })
                    data-do="tab" data-with=(name) { (name) }
            }
        }
    }
}
