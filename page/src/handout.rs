//! What leaves the page: texts on the clipboard, and files.

use gloo::timers::callback::Timeout;
use js_sys::Array;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Element;

use crate::address;
use crate::app::Msg;
use crate::outside;
use crate::root::Link;
use crate::state::{Action, Share};

/// For how long it is said that something was copied, in milliseconds.
const SAID_MS: u32 = 2_500;

/// Copies the location and says whether that worked; the message is taken away after a while.
pub fn copy_location(link: Link) {
    spawn_local(async move {
        let tell = |share| link.hears(Msg::Act(Action::Shared(share)));
        if !copied(&address::href()).await {
            return tell(Share::Refused);
        }
        tell(Share::Copied);
        Timeout::new(SAID_MS, move || link.hears(Msg::Act(Action::Shared(Share::Not)))).forget();
    });
}

/// Copies a text and has this element say so for a while.
pub fn copy(says: Element, text: String) {
    spawn_local(async move {
        let before = says.text_content();
        says.set_text_content(Some(if copied(&text).await { "Copied" } else { "Clipboard closed" }));
        Timeout::new(SAID_MS, move || says.set_text_content(before.as_deref())).forget();
    });
}

/// Whether the clipboard took it.
async fn copied(text: &str) -> bool {
    // Without a secure context there is no clipboard, whatever its type says.
    let navigator = address::window().navigator();
    let there = js_sys::Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|clipboard| clipboard.is_object());
    there && JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok()
}

/// Hands out what this address means as a file: `static/app_loader.js` does it.
pub fn save(name: &str, url: &str) {
    outside::script("save", &Array::of2(&name.into(), &url.into()));
}
