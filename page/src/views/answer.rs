//! An answer of the explainer, in its place.

use std::borrow::Cow;

use connlab::link;
use connlab::question::Topic;
use maud::{Markup, PreEscaped, html};

use super::parts::Parts;
use crate::panel::Panel;
use crate::state::Page;

/// What stands in the place of an answer that is not there yet.
pub const WAIT: PreEscaped<&str> = PreEscaped("<p class=wait>One moment.</p>");

/// What it says. A button for a change that is locked says so, and cannot be pressed.
fn written<'a>(html: &'a str, page: Option<&Page>) -> PreEscaped<Cow<'a, str>> {
    const LINK: &str = "data-link=\"";
    let Some(page) = page.filter(|page| page.has_locks()) else { return PreEscaped(html.into()) };
    let mut parts = html.split(LINK);
    let mut written = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let link = part.split('"').next().unwrap_or_default();
        if let Some(why) = page.why_not(&link::scenario(link)) {
            written += "disabled title=\"";
            written += &html! { (why) }.into_string();
            written += "\" ";
        }
        written += LINK;
        written += part;
    }
    PreEscaped(written.into())
}

/// What the explainer said about a topic, in its place; what it said about an earlier run is paler.
pub fn answer(panel: &Panel, parts: &mut Parts, topic: Topic) -> Markup {
    let told = panel.told(topic);
    let is_old = told.is_some_and(|told| !panel.is_current(told));
    let is_waiting = is_old || told.is_none_or(|told| !told.is_whole);
    // A chart may be called like a topic.
    let (name, part) = (topic.name(), format!("answer {}", topic.name()));
    let answer = html! {
        div class=(if is_old { "answer old" } else { "answer" }) data-part=(part) data-topic=(name)
            aria-busy=(super::aria(is_waiting)) {
            @match told { Some(told) => (written(&told.html, parts.page())), None => (WAIT) }
        }
    };
    parts.part(&part, answer)
}
