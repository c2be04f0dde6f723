//! What can be taken away from the page: the link, the run as text, picture or files, and other views of it.

use connlab::question::{File, Topic};
use gloo::timers::callback::Timeout;
use js_sys::Array;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, Element, HtmlElement, HtmlInputElement, Url};
use yew::prelude::*;

use super::{Props, answer, glyph, markup, sends, when};
use crate::address;
use crate::panel::{Ask, Panel};
use crate::state::{Action, Page, Share, View};

/// A button that copies the link and says so, and one for everything else; a box with the link where the clipboard is
/// refused.
pub fn share(props: &Props) -> Html {
    let outcome = props.page.share;
    let close = Action::Shared(Share::Not);
    html! {
        <div class="share">
            <button class="btn" data-testid="share" onclick={sends(&props.act, Action::Share)}>
                {glyph::icon(glyph::LINK)}
                <span>{if outcome == Share::Copied { Share::COPIED } else { "Share" }}</span>
            </button>
            <button class="btn icon" id="share-menu" data-testid="share-menu" popovertarget="shares"
                title="More to share (S)" aria-label="More to share">
                {glyph::icon(glyph::DOWN)}
            </button>
            if outcome == Share::Refused {
                <div class="popover" role="group" aria-label="Share" onkeydown={on_escape(&props.act, close.clone())}>
                    <label for="share-link">{"The browser keeps the clipboard closed. Copy the link here:"}</label>
                    <input id="share-link" class="text" readonly=true
                        value={address::href()} onfocus={Callback::from(select)} />
                    <button class="btn line" onclick={sends(&props.act, close)}>{"Close"}</button>
                </div>
            }
        </div>
    }
}

/// The files, and what they are called in the menu.
const FILES: [(File, &str); 3] = [
    (File::Series, "Table, a row per second (CSV)"),
    (File::Requests, "Table of all requests (CSV)"),
    (File::Json, "All numbers (JSON)"),
];

/// What the second button opens. The browser closes it on Escape and gives the focus back.
pub fn menu(page: &Page, panel: &Panel, act: &Callback<Action>, ask: &Callback<Ask>) -> Html {
    let ontoggle = when(ask, |event: Event| {
        let menu: Element = event.target()?.dyn_into().ok()?;
        Some(Ask::Shares(menu.matches(":popover-open").ok()?))
    });
    let file = |(file, label): (File, &'static str)| {
        let is_written = panel.wanted() == Some(file);
        html! {
            <button class="btn" data-testid={file.name()} disabled={is_written || panel.link().is_none()}
                onclick={sends(ask, Ask::Export(file))}>
                {label}if is_written { {" is being written"} }
            </button>
        }
    };
    let embed = format!(
        "<iframe src=\"{}#{}\" width=\"720\" height=\"480\" title=\"ConnLab: {}\"></iframe>",
        page.place,
        page.link_in(View::Embed.name()),
        page.title()
    );
    html! {
        <section class="popover menu" id="shares" popover="auto" role="dialog" aria-label="Share" {ontoggle}>
            {copies("copy-link", "Copy link", Some(address::href()))}
            {copies("ticket", "Copy for a ticket (Markdown)", ticket(panel))}
            <button class="btn" data-testid="picture" disabled={panel.link().is_none()}
                onclick={sends(ask, Ask::Picture)}>{"Picture of scene and charts (PNG)"}</button>
            {for FILES.into_iter().map(file)}
            {copies("embed", "Copy code to embed it", Some(embed))}
            <button class="btn" data-testid="projector"
                onclick={sends(act, Action::view(View::Projector))}>
                {"Projector, for a lecture room"}
            </button>
        </section>
    }
}

/// The ticket, once it is written.
fn ticket(panel: &Panel) -> Option<String> {
    let told = panel.told(Topic::Export).filter(|told| told.is_whole && panel.is_current(told))?;
    told.question.asked_ticket().map(|_| told.html.to_string())
}

/// A button that copies a text that is known, for a clipboard opens only for a press.
fn copies(testid: &'static str, label: &'static str, text: Option<String>) -> Html {
    let disabled = text.is_none();
    let onclick = Callback::from(move |event: MouseEvent| {
        // Events are heard at the root of the page: their current target is that, not the button.
        let pressed = event.target().and_then(|pressed| pressed.dyn_into::<Element>().ok());
        let button = pressed.and_then(|pressed| pressed.closest("button").ok().flatten());
        let says = button.and_then(|button| button.first_element_child());
        if let Some((says, text)) = says.zip(text.clone()) {
            spawn_local(answer::copy(says, text));
        }
    });
    // What it says changes for a moment: that is not the renderer's.
    let says = markup(format!("<span>{label}</span>"));
    html! { <button class="btn" data-testid={testid} {disabled} {onclick}>{says}</button> }
}

/// Copies the link and tells what became of it; that it was copied is soon no news any more.
pub async fn share_link(act: Callback<Action>) {
    if !copy(&address::href()).await {
        return act.emit(Action::Shared(Share::Refused));
    }
    act.emit(Action::Shared(Share::Copied));
    Timeout::new(2_500, move || act.emit(Action::Shared(Share::Not))).forget();
}

/// Whether the clipboard took it.
pub async fn copy(link: &str) -> bool {
    // Without a secure context there is no clipboard, whatever its type says.
    let navigator = address::window().navigator();
    let there = js_sys::Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|clipboard| clipboard.is_object());
    there && JsFuture::from(navigator.clipboard().write_text(link)).await.is_ok()
}

/// Hands out a text as a file.
pub fn save_text(name: &str, text: &str) {
    let Ok(blob) = Blob::new_with_str_sequence(&Array::of1(&text.into())) else { return };
    if let Ok(url) = Url::create_object_url_with_blob(&blob) {
        save(name, &url);
        let _ = Url::revoke_object_url(&url);
    }
}

/// Hands out what this address means as a file.
pub fn save(name: &str, url: &str) {
    let anchor = address::document().create_element("a").ok().and_then(|a| a.dyn_into::<HtmlElement>().ok());
    if let Some(anchor) = anchor {
        let _ = anchor.set_attribute("href", url);
        let _ = anchor.set_attribute("download", name);
        anchor.click();
    }
}

fn on_escape(act: &Callback<Action>, close: Action) -> Callback<KeyboardEvent> {
    when(act, move |event: KeyboardEvent| (event.key() == "Escape").then(|| close.clone()))
}

fn select(event: FocusEvent) {
    if let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) {
        input.select();
    }
}
