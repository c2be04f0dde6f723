//! What happens in the document, and what it means to the page.

use wasm_bindgen::JsCast;
use web_sys::{
    ClipboardEvent, DragEvent, Element, Event, File, HtmlDetailsElement, HtmlInputElement, KeyboardEvent, PointerEvent,
};

use super::{Root, forms, handles, pasted, pointer, pressed, walk};
use crate::app::{Entered, Msg};
use crate::keys;
use crate::panel::{Ask, FOLDED};
use crate::playhead::Motion;
use crate::state::Action;
use connlab::chart::Chart;

impl Root {
    /// What an event means to the page.
    pub(super) fn hear(&mut self, event: &Event) -> Option<Msg> {
        let target: Element = event.target()?.dyn_into().ok()?;
        match &*event.type_() {
            "click" => pressed::pressed(&target),
            "input" => entered(&target, false),
            "change" if target.id() == "file" => self.take(pasted::chosen(&target)?),
            "submit" if target.id() == "who-form" => forms::who(event, &target).map(Msg::Act),
            "change" | "submit" if within(&target, ".timetable") => forms::entered(event, &target).map(Msg::Act),
            "change" => entered(&target, true),
            "toggle" => toggled(&target),
            "keydown" => self.key(event.unchecked_ref(), &target),
            "focusin" if target.id() == "share-link" => {
                target.unchecked_ref::<HtmlInputElement>().select();
                None
            }
            "paste" if target.id() == "pasted" => self.take(pasted::copied(event.unchecked_ref::<ClipboardEvent>())?),
            "dragover" | "drop" if within(&target, ".app, .start") => self.dragged(event.unchecked_ref(), &target),
            _ => self.pointed(event.dyn_ref()?, &target),
        }
    }

    /// A file goes to a worker as it is; the page itself only says that it has one.
    fn take(&mut self, file: File) -> Option<Msg> {
        let file = self.file.insert(file);
        Some(Msg::Given(file.name(), file.size() as u64))
    }

    /// A file may be dropped anywhere.
    fn dragged(&mut self, event: &DragEvent, target: &Element) -> Option<Msg> {
        if event.type_() == "dragover" {
            pasted::welcome(event, target);
            return None;
        }
        if let Some(file) = pasted::dropped_file(event) {
            return self.take(file);
        }
        pasted::dropped_text(event, target).map(|text| Msg::Ask(Ask::Pasted(text)))
    }

    fn key(&self, event: &KeyboardEvent, target: &Element) -> Option<Msg> {
        let escapes = event.key() == "Escape" && within(target, "[data-escape]");
        if escapes {
            return Some(Msg::Press("close-share".into(), String::new()));
        }
        if let Some(input) = target.dyn_ref().filter(|_| within(target, "[data-in=box], .entry:not(.draft) input")) {
            forms::undo_text(event, input);
        }
        if let Some(msg) = self.key_of(event, target) {
            event.prevent_default();
            return Some(msg);
        }
        let meaning = keys::pressed(event, self.app.page.view());
        meaning.inspect(|_| event.prevent_default()).map(Msg::Key)
    }

    /// What a key means to what has the focus.
    fn key_of(&self, event: &KeyboardEvent, target: &Element) -> Option<Msg> {
        if let Some(tab) = pressed::next_tab(event, target) {
            let _ = tab.focus();
            return pressed::pressed(&tab);
        }
        if within(target, ".handles") {
            return handles::pressed(event, target, &self.app.page.recipe.scenario).map(Msg::Act);
        }
        if within(target, ".heat") {
            return walk::across(event, target);
        }
        if !within(target, ".tale:not(.sweep)") {
            return None;
        }
        if event.key() == "Escape" {
            return Some(Msg::Press("leave-story".into(), String::new()));
        }
        walk::moved(event, target).map(|instant| Msg::Go(Motion::Put(instant)))
    }

    /// What a mouse, a pen or a finger does: to a change on the time axis, or over the plots.
    fn pointed(&self, event: &PointerEvent, target: &Element) -> Option<Msg> {
        let end = self.app.page.recipe.scenario.end();
        if within(target, ".handles")
            && let Some(action) = handles::pointed(event, target, end)
        {
            return Some(Msg::Act(action));
        }
        let shown = self.app.page.shown()?;
        pointer::pointed(event, target, shown.series.duration, self.app.hover)
    }
}

/// Whether an element stands in one that the selector finds, or is one.
pub fn within(target: &Element, selector: &str) -> bool {
    target.closest(selector).ok().flatten().is_some()
}

/// What stands in a control, for whom it is.
fn entered(target: &Element, settled: bool) -> Option<Msg> {
    let what = target.get_attribute("data-in")?;
    let with = target.get_attribute("data-with").unwrap_or_default();
    let value = match target.dyn_ref::<HtmlInputElement>() {
        Some(input) if what == "switch" => if input.checked() { "on" } else { "off" }.into(),
        // No slider is finer than whole numbers.
        Some(input) if input.type_() == "range" => (libm::round(input.value_as_number()) as u64).to_string(),
        Some(input) => {
            let value = input.value();
            if what == "box" && settled {
                // What is used instead is shown, whatever it is.
                input.set_value(&input.default_value());
            }
            value
        }
        None => js_sys::Reflect::get(target, &"value".into()).ok()?.as_string()?,
    };
    Some(Msg::Enter(Entered { what, with, value, settled }))
}

/// What was opened or closed.
fn toggled(target: &Element) -> Option<Msg> {
    if let Some(table) = target.get_attribute("data-table") {
        let chart = Chart::ALL.into_iter().find(|chart| chart.id() == table)?;
        return Some(Msg::Ask(Ask::Table(chart, target.unchecked_ref::<HtmlDetailsElement>().open())));
    }
    let is_open = || target.matches(":popover-open").ok();
    match &*target.id() {
        "code" => Some(Msg::Ask(Ask::Code(is_open()?))),
        "shares" => Some(Msg::Ask(Ask::Shares(is_open()?))),
        "model-card" => Some(Msg::Act(Action::ModelCard(is_open()?))),
        id => {
            let at = FOLDED.iter().position(|(topic, _)| topic.name() == id)?;
            Some(Msg::Ask(Ask::Fold(at, target.unchecked_ref::<HtmlDetailsElement>().open())))
        }
    }
}
