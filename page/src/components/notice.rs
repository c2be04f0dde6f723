//! What in the link could not be used as it was written, and what kept the run from its end.

use yew::prelude::*;

use super::{Props, escaped, glyph, markup, sends};
use crate::state::Action;

/// A strip under the top bar; nothing without a warning. What is said of the run goes with the run.
pub fn notice(props: &Props) -> Html {
    let about_link = props.page.warnings.iter().map(|warning| &warning.message);
    let about_run = props.page.shown().into_iter().flat_map(|shown| &shown.report.warnings);
    let messages: String = about_link.chain(about_run).map(|message| format!("<li>{}", marked(message))).collect();
    if messages.is_empty() {
        return Html::default();
    }
    html! {
        <section class="notice" data-testid="notice" aria-label="About this link">
            {markup(format!("<ul>{messages}</ul>"))}
            if !props.page.warnings.is_empty() {
                <button class="btn" onclick={sends(&props.act, Action::Dismiss)}>
                    {glyph::icon(glyph::CLOSE)}{"Dismiss"}
                </button>
            }
        </section>
    }
}

/// Text whose parts between backticks are code, as HTML.
pub fn marked(text: &str) -> String {
    let part = |(i, part)| if i % 2 == 1 { format!("<code>{part}</code>") } else { String::from(part) };
    escaped(text).split('`').enumerate().map(part).collect()
}
