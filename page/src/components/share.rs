//! Copies the link.

use gloo::timers::callback::Timeout;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::glyph;
use crate::address;

/// What became of the last press.
#[derive(Clone, PartialEq)]
enum Outcome {
    Copied,
    /// The clipboard is not ours: the visitor copies from a box.
    Refused(String),
}

/// A button that copies the link and says so; a box with the link where the clipboard is refused.
#[component]
pub fn Share() -> Html {
    let outcome = use_state(|| None::<Outcome>);
    let fade = use_mut_ref(|| None::<Timeout>);
    let onclick = {
        let outcome = outcome.clone();
        Callback::from(move |_: MouseEvent| {
            let (outcome, fade) = (outcome.clone(), fade.clone());
            spawn_local(async move {
                let link = address::href();
                if !copy(&link).await {
                    return outcome.set(Some(Outcome::Refused(link)));
                }
                outcome.set(Some(Outcome::Copied));
                *fade.borrow_mut() = Some(Timeout::new(2_500, move || outcome.set(None)));
            });
        })
    };
    let close = {
        let outcome = outcome.clone();
        Callback::from(move |()| outcome.set(None))
    };
    let copied = *outcome == Some(Outcome::Copied);
    html! {
        <div class="share">
            <button class="btn" data-testid="share" {onclick}>
                {glyph::icon(glyph::LINK)}
                <span>{if copied { "Link copied" } else { "Share" }}</span>
            </button>
            <span class="sr" role="status">{if copied { "Link copied" } else { "" }}</span>
            if let Some(Outcome::Refused(link)) = &*outcome {
                <div class="popover" role="group" aria-label="Share" onkeydown={on_escape(close.clone())}>
                    <label for="share-link">{"The browser keeps the clipboard closed. Copy the link here:"}</label>
                    <input id="share-link" class="text" readonly=true
                        value={link.clone()} onfocus={Callback::from(select)} />
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
