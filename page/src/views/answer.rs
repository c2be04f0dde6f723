//! An answer of the explainer, in its place.

use connlab::question::Topic;
use maud::{Markup, PreEscaped, html};

use super::parts::Parts;
use crate::panel::Panel;

/// What stands in the place of an answer that is not there yet.
pub const WAIT: PreEscaped<&str> = PreEscaped("<p class=wait>One moment.</p>");

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
            @match told { Some(told) => (PreEscaped(&*told.html)), None => (WAIT) }
        }
    };
    parts.part(&part, answer)
}
