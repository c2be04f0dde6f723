//! From event to event of a story.

use connlab::time::SimTime;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent, ScrollIntoViewOptions, ScrollLogicalPosition, SvgElement};

use crate::address;
use crate::app::Msg;
use crate::panel::Panel;
use crate::views::story;

/// Goes to the event that the selector finds, and says at which instant it is.
pub fn jump(selector: &str) -> Option<SimTime> {
    let event = visible(selector)?;
    give(&event);
    show(&event);
    instant(&event)
}

/// The page is drawn: shows the root cause of a story that was not there before, which may begin screens before it.
pub fn follow(panel: &Panel, drawn: &mut Option<story::Read>) {
    let read = story::read(panel);
    if std::mem::replace(drawn, read) != read
        && read.is_some()
        && let Some(event) = visible(story::ROOT)
    {
        show(&event);
    }
}

/// Scrolls an event to the middle.
fn show(event: &Element) {
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Center);
    event.scroll_into_view_with_scroll_into_view_options(&options);
}

/// Gives an event the focus, which one event of a story at a time can have.
fn give(event: &Element) {
    let all = event
        .closest(".sequence, .events")
        .ok()
        .flatten()
        .and_then(|form| form.query_selector("[tabindex='0'][data-instant]").ok()?);
    if let Some(before) = all {
        let _ = before.set_attribute("tabindex", "-1");
    }
    let _ = event.set_attribute("tabindex", "0");
    let _ = match event.dyn_ref::<HtmlElement>() {
        Some(button) => button.focus(),
        None => event.unchecked_ref::<SvgElement>().focus(),
    };
}

/// Moves the focus from cell to cell of a map, and says what is looked at then; or opens the cell.
pub fn across(event: &KeyboardEvent, target: &Element) -> Option<Msg> {
    let here = target.closest("[data-do=cell]").ok()??;
    let with = here.get_attribute("data-with")?;
    let (x, y) = with.split_once(',')?;
    let (x, y): (i32, i32) = (x.parse().ok()?, y.parse().ok()?);
    let (x, y) = match &*event.key() {
        "ArrowLeft" => (x - 1, y),
        "ArrowRight" => (x + 1, y),
        "ArrowUp" => (x, y + 1),
        "ArrowDown" => (x, y - 1),
        "Home" => (0, y),
        "Enter" => return Some(Msg::Press("open-cell".into(), String::new())),
        _ => return None,
    };
    let map = here.closest(".heat").ok()??;
    // Behind the last one there is none.
    let there = map.query_selector(&format!("[data-with='{x},{y}']")).ok()?.unwrap_or_else(|| here.clone());
    let _ = here.set_attribute("tabindex", "-1");
    let _ = there.set_attribute("tabindex", "0");
    let _ = there.unchecked_ref::<HtmlElement>().focus();
    Some(Msg::Press("cell".into(), there.get_attribute("data-with")?))
}

/// When an event is.
fn instant(event: &Element) -> Option<SimTime> {
    Some(SimTime::from_nanos(event.get_attribute("data-instant")?.parse().ok()?))
}

/// The first event of the open story that the selector names and that is not in the form that is hidden.
fn visible(selector: &str) -> Option<Element> {
    let all = address::document().query_selector_all(&format!(".tale :is({selector})")).ok()?;
    (0..all.length())
        .filter_map(|i| all.item(i)?.dyn_into::<Element>().ok())
        .find(|event| event.get_bounding_client_rect().height() > 0.0)
}

/// Moves the focus from event to event, and says at which instant it is then.
pub fn moved(event: &KeyboardEvent, target: &Element) -> Option<SimTime> {
    let here = target.closest("[data-instant]").ok()??;
    let all = here.closest(".sequence, .events").ok()??.query_selector_all("[data-instant]").ok()?;
    let last = all.length().checked_sub(1)?;
    let at = (0..=last).find(|i| all.item(*i).is_some_and(|event| event.is_same_node(Some(&here))))?;
    let to = match &*event.key() {
        "ArrowUp" | "ArrowLeft" => at.saturating_sub(1),
        "ArrowDown" | "ArrowRight" => (at + 1).min(last),
        "Home" => 0,
        "End" => last,
        // What a button does by itself.
        "Enter" | " " => at,
        _ => return None,
    };
    let there: Element = all.item(to)?.dyn_into().ok()?;
    give(&there);
    instant(&there)
}
