//! What pressing something means: a control of the page, or something in an answer of the explainer.

use connlab::link;
use connlab::sim::error::ErrorKind;
use connlab::time::SimTime;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use super::walk;
use crate::app::Msg;
use crate::playhead::Motion;
use crate::state::Action;
use crate::{address, handout};

/// What has a meaning when it is pressed.
const PRESSED: &str = "[data-do], [data-focus], [data-jump], [data-copies], [data-copy], [data-preset], \
    .answer button, .answer [data-instant]";

/// What pressing this means to the page. What is to be copied is.
pub fn pressed(target: &Element) -> Option<Msg> {
    let button = target.closest(PRESSED).ok()??;
    let of = |name: &str| button.get_attribute(name);
    if let Some(does) = of("data-do") {
        return Some(Msg::Press(does, of("data-with").unwrap_or_default()));
    }
    if let Some(selector) = of("data-jump") {
        return walk::jump(&selector).map(|instant| Msg::Go(Motion::Put(instant)));
    }
    if let Some(preset) = of("data-preset") {
        return Some(Msg::Act(Action::Preset(preset)));
    }
    if let Some(instant) = of("data-instant") {
        return Some(Msg::Go(Motion::Put(SimTime::from_nanos(instant.parse().ok()?))));
    }
    if let Some(link) = of("data-link") {
        let recipe = Box::new(link::decode(&link).recipe);
        // Without a class it is a change of this run, with one it is a run that shows it.
        return Some(Msg::Act(match of("data-class") {
            None => Action::Try(recipe),
            Some(class) => Action::Show(recipe, ErrorKind::named(&class)),
        }));
    }
    if let Some(id) = of("data-focus") {
        address::focus(&id);
    } else {
        copy(&button);
    }
    None
}

/// Copies what the button is for.
fn copy(button: &Element) -> Option<()> {
    if let Some(text) = button.get_attribute("data-copies") {
        // What it says changes for a moment.
        handout::copy(button.first_element_child()?, text);
        return None;
    }
    let copied = button.has_attribute("data-copy").then(|| button.next_element_sibling())??;
    // A table as it is seen: a tab between two cells, a line for a row. A program's text as it is.
    let text = match copied.dyn_ref::<HtmlElement>().filter(|copied| copied.tag_name() != "PRE") {
        Some(table) => table.inner_text(),
        None => copied.text_content()?,
    };
    handout::copy(button.clone(), text);
    None
}

/// The tab to which a key goes from this one.
pub fn next_tab(event: &KeyboardEvent, target: &Element) -> Option<HtmlElement> {
    let tab = target.closest("[role=tab]").ok()??;
    let list = tab.parent_element()?;
    let to = match &*event.key() {
        "ArrowLeft" => tab.previous_element_sibling().or(list.last_element_child()),
        "ArrowRight" => tab.next_element_sibling().or(list.first_element_child()),
        "Home" => list.first_element_child(),
        "End" => list.last_element_child(),
        _ => None,
    };
    to?.dyn_into().ok()
}
