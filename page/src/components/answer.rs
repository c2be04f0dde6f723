//! An answer of the explainer, in its place, and what pressing something in it means.

use connlab::link;
use connlab::question::Topic;
use connlab::sim::error::ErrorKind;
use connlab::time::SimTime;
use gloo::timers::callback::Timeout;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use super::{markup, share};
use crate::app::Msg;
use crate::panel::Panel;
use crate::playhead::Motion;
use crate::state::Action;

/// What stands in the place of an answer that is not there yet.
pub const WAIT: &str = "<p class=wait>One moment.</p>";

/// What the explainer said about a topic, in its place; what it said about an earlier run is paler.
pub fn answer(panel: &Panel, topic: Topic) -> Html {
    let told = panel.told(topic);
    let is_old = told.is_some_and(|told| !panel.is_current(told));
    let is_waiting = is_old || told.is_none_or(|told| !told.is_whole);
    let html = told.map_or_else(|| AttrValue::from(WAIT), |told| told.html.clone().into());
    let class = if is_old { "answer old" } else { "answer" };
    html! {
        <div key={topic.name()} ~className={class} data-topic={topic.name()} aria-busy={is_waiting.to_string()}>
            {markup(html)}
        </div>
    }
}

/// What pressing something means, if it stands in an answer of the explainer. What is to be copied is.
pub fn pressed(event: &Event) -> Option<Msg> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let button = target.closest(".answer button, .answer [data-instant], [data-copy], [data-preset]").ok()??;
    if let Some(preset) = button.get_attribute("data-preset") {
        return Some(Msg::Act(Action::Preset(preset)));
    }
    if let Some(instant) = button.get_attribute("data-instant") {
        return Some(Msg::Go(Motion::Put(SimTime::from_nanos(instant.parse().ok()?))));
    }
    if let Some(link) = button.get_attribute("data-link") {
        let recipe = Box::new(link::decode(&link).recipe);
        // Without a class it is a change of this run, with one it is a run that shows it.
        return Some(Msg::Act(match button.get_attribute("data-class") {
            None => Action::Try(recipe),
            Some(class) => Action::Show(recipe, ErrorKind::named(&class)),
        }));
    }
    let copied = button.has_attribute("data-copy").then(|| button.next_element_sibling())??;
    // A table as it is seen: a tab between two cells, a line for a row. A program's text as it is.
    let text = match copied.dyn_ref::<HtmlElement>().filter(|copied| copied.tag_name() != "PRE") {
        Some(table) => table.inner_text(),
        None => copied.text_content()?,
    };
    spawn_local(copy(button, text));
    None
}

/// Copies a text and has the button say so for a while.
pub async fn copy(button: Element, text: String) {
    let before = button.text_content();
    button.set_text_content(Some(if share::copy(&text).await { "Copied" } else { "Clipboard closed" }));
    Timeout::new(2_500, move || button.set_text_content(before.as_deref())).forget();
}
