//! Copies the link.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{Props, glyph};
use crate::address;
use crate::state::{Action, Share};

/// A button that copies the link and says so; a box with the link where the clipboard is refused.
pub fn share(props: &Props) -> Html {
    let outcome = props.page.share;
    let close = props.act.reform(|()| Action::Shared(Share::Not));
    html! {
        <div class="share">
            <button class="btn" data-testid="share" onclick={props.act.reform(|_| Action::Share)}>
                {glyph::icon(glyph::LINK)}
                <span>{if outcome == Share::Copied { Share::COPIED } else { "Share" }}</span>
            </button>
            if outcome == Share::Refused {
                <div class="popover" role="group" aria-label="Share" onkeydown={on_escape(close.clone())}>
                    <label for="share-link">{"The browser keeps the clipboard closed. Copy the link here:"}</label>
                    <input id="share-link" class="text" readonly=true
                        value={address::href()} onfocus={Callback::from(select)} />
                    <button class="btn line" onclick={close.reform(|_| ())}>{"Close"}</button>
                </div>
            }
        </div>
    }
}

/// Whether the clipboard took it.
pub async fn copy(link: &str) -> bool {
    // Without a secure context there is no clipboard, whatever its type says.
    let navigator = address::window().navigator();
    let there = js_sys::Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|clipboard| clipboard.is_object());
    there && JsFuture::from(navigator.clipboard().write_text(link)).await.is_ok()
}

fn on_escape(close: Callback<()>) -> Callback<KeyboardEvent> {
    Callback::from(move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            close.emit(());
        }
    })
}

fn select(event: FocusEvent) {
    if let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) {
        input.select();
    }
}
