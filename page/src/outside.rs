//! What the page asks of the browser around it.

use gloo::events::EventListener;
use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Worker;

use crate::address;
use crate::app::Msg;
use crate::root::{Link, PageEvent};

/// Calls a function of `static/app_loader.js`; what it returns.
pub fn script(name: &str, arguments: &Array) -> Option<JsValue> {
    let function: Function = Reflect::get(&address::window(), &name.into()).ok()?.dyn_into().ok()?;
    function.apply(&JsValue::UNDEFINED, arguments).ok()
}

/// One more worker for this program of the page's build, if the browser makes one.
pub fn hire(program: &str) -> Option<Worker> {
    script("hire", &Array::of1(&program.into()))?.dyn_into().ok()
}

/// Loads what is not needed for the first run on screen: the style of answers, and a script.
pub fn load_later() {
    script("later", &Array::new());
}

/// Whether the visitor's system says this of itself; `told` is what it means when it changes its mind.
pub fn watch(query: &str, link: Link, told: fn(bool) -> Msg) -> (bool, Option<EventListener>) {
    let Some(list) = address::window().match_media(query).ok().flatten() else { return (false, None) };
    let said = list.clone();
    (list.matches(), Some(EventListener::new(&list, "change", move |_| link.hears(told(said.matches())))))
}

/// Whether nobody sees the page.
pub fn is_hidden() -> bool {
    address::document().hidden()
}

/// Tells when the page is hidden, as a tab behind others, and when it is seen again.
pub fn watch_hidden(link: Link) -> EventListener {
    let document = address::document();
    EventListener::new(&document, "visibilitychange", move |_| link.tell(PageEvent::Hidden(is_hidden())))
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

/// Clicks the button whose keyboard shortcut was pressed.
pub fn press(id: &str) {
    if let Some(button) = address::element(id) {
        button.click();
    }
}
