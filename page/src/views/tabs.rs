//! Tabs: one of a few, chosen by click or arrow key.

use maud::{Markup, html};

use crate::panel::Tab;

/// A list of tabs. The one with the name `n` has the id `<id>-n`; all of them control `<id>-panel`.
pub fn tabs(id: &str, label: &str, all: &[Tab], chosen: Tab) -> Markup {
    html! {
        div.tabs role="tablist" aria-label=(label) {
            @for tab in all {
                @let name = tab.name();
                button role="tab" id={ (id) "-" (name) } aria-selected=(super::aria(*tab == chosen))
                    aria-controls={ (id) "-panel" } tabindex=(if *tab == chosen { "0" } else { "-1" })
                    data-do="tab" data-with=(name) { (name) }
            }
        }
    }
}
