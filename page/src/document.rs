//! The document: hears what happens in it, and takes over what is new.

use js_sys::Array;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::JsValue;

use crate::address;
use crate::outside;
use crate::root::{Link, PageEvent};

/// What is heard, all of it at the root: elements come and go.
const HEARD: [&str; 16] = [
    "click",
    "input",
    "change",
    "submit",
    "toggle",
    "keydown",
    "focusin",
    "paste",
    "dragover",
    "drop",
    "pointerdown",
    "pointermove",
    "pointerup",
    "pointerout",
    "lostpointercapture",
    "pointercancel",
];

/// Tells the page, for as long as it is open, what happens in the document.
pub fn listen(link: &Link) {
    let link = link.clone();
    // Not one that is called once at a time: to give something the focus in an event makes another one.
    let hear = Closure::<dyn Fn(web_sys::Event)>::new(move |event| link.tell(PageEvent::Heard(event)));
    let hear = hear.into_js_value();
    for event in HEARD {
        // What is opened or closed does not say so to what it stands in.
        let captures = event == "toggle";
        let listener = hear.unchecked_ref();
        let _ = address::document().add_event_listener_with_callback_and_bool(event, listener, captures);
    }
}

/// Has the document be like these parts of its HTML: `static/app_loader.js` does it.
pub fn draw(parts: Vec<String>) {
    if parts.is_empty() {
        return;
    }
    let parts: Array = parts.into_iter().map(JsValue::from).collect();
    outside::script("draw", &Array::of1(&parts));
}
