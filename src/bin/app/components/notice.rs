//! What in the link could not be used as it was written.

use yew::prelude::*;

use super::{Props, glyph};
use crate::state::Action;

/// A strip under the top bar; nothing without a warning.
#[component]
pub fn Notice(props: &Props) -> Html {
    let warnings = &props.page.warnings;
    if warnings.is_empty() {
        return Html::default();
    }
    let dismiss = props.act.reform(|_: MouseEvent| Action::Dismiss);
    html! {
        <section class="notice" data-testid="notice" aria-label="About this link">
            <ul>{for warnings.iter().map(|warning| html! { <li>{marked(&warning.message)}</li> })}</ul>
            <button class="btn" onclick={dismiss}>{glyph::icon(glyph::CLOSE)}{"Dismiss"}</button>
        </section>
    }
}

/// Text whose parts between backticks are code.
fn marked(text: &str) -> Html {
    text.split('`')
        .enumerate()
        .map(|(i, part)| {
            if i % 2 == 1 {
                html! { <code>{part}</code> }
            } else {
                html! { {part} }
            }
        })
        .collect()
}
