//! A visitor's own error: a box for lines and files, and what they say.

use connlab::question::Topic;
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, DragEvent, Element, File, FileList, HtmlInputElement};
use yew::prelude::*;

use super::answer::answer;
use super::{glyph, markup, sends, text_of, when};
use crate::panel::{Ask, Panel};

/// The box, and below it the answer.
pub fn paste(panel: &Panel, ask: &Callback<Ask>, give: &Callback<File>) -> Html {
    let oninput = when(ask, |event: InputEvent| text_of(&event).map(Ask::Pasted));
    // A copied file, and not its name.
    let onpaste = when(give, |event: Event| {
        let event: ClipboardEvent = event.dyn_into().ok()?;
        let file = first(event.clipboard_data()?.files())?;
        event.prevent_default();
        Some(file)
    });
    let onchange = when(give, |event: Event| {
        let input: HtmlInputElement = event.target()?.dyn_into().ok()?;
        let file = first(input.files());
        // The same file can be chosen again.
        input.set_value("");
        file
    });
    html! {
        <section class="paste" aria-labelledby="paste-title">
            {markup("<h2 id=paste-title><label for=pasted>Your own error</label></h2>")}
            if let Some(file) = &panel.file {
                <p class="file">
                    <code>{file}</code>
                    <button class="btn icon" aria-label="Put the file away" title="Put the file away"
                        onclick={sends(ask, Ask::Pasted(String::new()))}>
                        {glyph::icon(glyph::CLOSE)}
                    </button>
                </p>
            }
            <textarea class="text" id="pasted" data-testid="paste" rows="2" autocomplete="off" spellcheck="false"
                placeholder="Paste log lines, ss, nstat or a load generator's summary" value={panel.pasted.clone()}
                {oninput} {onpaste} />
            <p class="or">
                <span class="choose">
                    <input type="file" id="file" {onchange} /><label for="file">{"Choose a file"}</label>
                </span>
                {" or drop one anywhere."}
            </p>
            <div data-testid="diagnosis">
                if !panel.given().trim().is_empty() { {answer(panel, Topic::Diagnosis)} }
            </div>
        </section>
    }
}

fn first(files: Option<FileList>) -> Option<File> {
    files?.get(0)
}

/// What was dropped on the page.
pub enum Dropped {
    /// A file.
    File(File),
    /// A text, outside of any box that would take it.
    Text(String),
}

/// What a drop brings; the browser would leave the page to show a file.
pub fn dropped(event: &DragEvent) -> Option<Dropped> {
    let data = event.data_transfer()?;
    if let Some(file) = first(data.files()) {
        event.prevent_default();
        return Some(Dropped::File(file));
    }
    if takes_text(event) {
        return None;
    }
    event.prevent_default();
    data.get_data("text/plain").ok().filter(|text| !text.trim().is_empty()).map(Dropped::Text)
}

/// Says that a drop is welcome; a box for text says so itself.
pub fn welcome(event: &DragEvent) {
    if !takes_text(event) {
        event.prevent_default();
    }
}

fn takes_text(event: &DragEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let is_file = event.data_transfer().is_some_and(|data| data.types().includes(&"Files".into(), 0));
    !is_file && target.is_some_and(|target| target.matches("textarea, input").unwrap_or_default())
}
