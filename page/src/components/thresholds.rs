//! The limits that a run shall keep, as the link has them.

use yew::prelude::*;

use super::{PanelProps, text_of, when};
use crate::state::Action;

/// A box for them; empty means the usual ones. What is wrong with them is said where they are judged.
pub fn thresholds(props: &PanelProps) -> Html {
    let onchange = when(&props.act, |event: Event| {
        // What separates the parts of a link cannot stand in one of them.
        let text: String = text_of(&event)?.chars().filter(|c| !c.is_whitespace() && !"&#=".contains(*c)).collect();
        Some(Action::Key("slo", text))
    });
    let slo = props.page.key("slo").to_string();
    html! {
        <label class="slo">
            {"Thresholds"}
            // Not `value`: whatever draws the page anew while somebody types would set it back. Another text in the
            // link is another box.
            <input class="text" data-testid="slo" autocomplete="off" spellcheck="false" key={slo.clone()}
                placeholder="fail:1%,p95:200ms,p99:500ms" ~defaultValue={slo} {onchange} />
        </label>
    }
}
