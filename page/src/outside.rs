//! What the page asks of the browser around it.

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use yew::prelude::*;

use crate::address;

/// Hears every key, wherever the focus is.
pub fn listen(key: Callback<KeyboardEvent>) -> EventListener {
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(&address::document(), "keydown", options, move |event| {
        key.emit(event.clone().unchecked_into());
    })
}

/// Whether the visitor's system says this of itself; `tell` is called when it changes its mind.
pub fn watch(query: &str, tell: Callback<bool>) -> (bool, Option<EventListener>) {
    let Some(list) = address::window().match_media(query).ok().flatten() else { return (false, None) };
    let said = list.clone();
    (list.matches(), Some(EventListener::new(&list, "change", move |_| tell.emit(said.matches()))))
}

/// Tells everybody outside whether the charts show the run of the link.
pub fn mark(run: &str) {
    if let Some(body) = address::document().body() {
        let _ = body.set_attribute("data-run", run);
    }
}

/// Tells the style sheet how the page looks.
pub fn look(theme: &str, view: &str) {
    if let Some(html) = address::document().document_element() {
        let _ = html.set_attribute("data-theme", theme);
        let _ = html.set_attribute("data-view", view);
    }
}

/// Scrolls to what a selector finds; whether that is there.
pub fn reveal(selector: &str) -> bool {
    let element = address::document().query_selector(selector).ok().flatten();
    element.inspect(|element| element.scroll_into_view_with_bool(true)).is_some()
}

/// Presses a button for somebody who pressed its key.
pub fn press(id: &str) {
    if let Some(button) = address::element(id) {
        button.click();
    }
}
