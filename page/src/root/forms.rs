//! What is written in the forms of changes during the run, and in boxes of settings.

use connlab::params::ParamId;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, FormData, HtmlFormElement, HtmlInputElement, KeyboardEvent};

use crate::app::legible;
use crate::state::Action;
use crate::timetable::Written;
use crate::views::who::WHO;

/// What a visitor has entered: a change counts field by field, a new one when its form is sent.
pub fn entered(event: &Event, target: &Element) -> Option<Action> {
    let form: HtmlFormElement = target.closest("form").ok()??.dyn_into().ok()?;
    let fields = FormData::new_with_form(&form).ok()?;
    let text = |name| fields.get(name).as_string().unwrap_or_default();
    let change = form.get_attribute("name");
    let is_new = change.is_none();
    let param = ParamId::with_key(&text("param"));
    let is_sent = event.type_() == "submit";
    let written = Written { change, param, at: text("at"), value: text("value") };
    if is_sent {
        event.prevent_default();
    }
    if is_sent != is_new {
        return is_new.then_some(Action::Draft(param));
    }
    if !is_new {
        // What is used instead is shown, whatever it is.
        form.reset();
    }
    Some(Action::Write(written))
}

/// Who runs it, as its form says when it is sent.
pub fn who(event: &Event, form: &Element) -> Option<Action> {
    event.prevent_default();
    let fields = FormData::new_with_form(form.dyn_ref::<HtmlFormElement>()?).ok()?;
    Some(Action::Who(legible(&fields.get(WHO).as_string()?)))
}

/// Text and run never disagree for long: what was typed and not yet used is the first thing to be undone, all at once.
/// In a box that says what is used, the keys are left to the page, which undoes the last change.
pub fn undo_text(event: &KeyboardEvent, input: &HtmlInputElement) {
    let (is_z, used) = (matches!(&*event.key(), "z" | "Z"), input.default_value());
    let is_undo = event.key() == "Escape" || is_z && (event.ctrl_key() || event.meta_key());
    if is_undo && input.value() != used {
        event.prevent_default();
        input.set_value(&used);
    }
}
