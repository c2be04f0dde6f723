//! What a visitor gives the page: files and texts.

use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, DragEvent, Element, File, FileList, HtmlInputElement};

fn first(files: Option<FileList>) -> Option<File> {
    files?.get(0)
}

/// The file that was chosen in a control for files.
pub fn chosen(target: &Element) -> Option<File> {
    let input: &HtmlInputElement = target.dyn_ref()?;
    let file = first(input.files());
    // The same file can be chosen again.
    input.set_value("");
    file
}

/// A copied file, and not its name.
pub fn copied(event: &ClipboardEvent) -> Option<File> {
    let file = first(event.clipboard_data()?.files())?;
    event.prevent_default();
    Some(file)
}

/// The file that a drop brings; the browser would leave the page to show it.
pub fn dropped_file(event: &DragEvent) -> Option<File> {
    let file = first(event.data_transfer()?.files())?;
    event.prevent_default();
    Some(file)
}

/// The text that a drop brings, outside of any box that would take it.
pub fn dropped_text(event: &DragEvent, target: &Element) -> Option<String> {
    if takes_text(event, target) {
        return None;
    }
    event.prevent_default();
    event.data_transfer()?.get_data("text/plain").ok().filter(|text| !text.trim().is_empty())
}

/// Says that a drop is welcome; a box for text says so itself.
pub fn welcome(event: &DragEvent, target: &Element) {
    if !takes_text(event, target) {
        event.prevent_default();
    }
}

fn takes_text(event: &DragEvent, target: &Element) -> bool {
    let is_file = event.data_transfer().is_some_and(|data| data.types().includes(&"Files".into(), 0));
    !is_file && target.matches("textarea, input").unwrap_or_default()
}
