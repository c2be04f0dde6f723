//! The story of one request, packet by packet, in place of the charts: a chart, or the same as a table.

use connlab::question::Topic;
use connlab::time::SimTime;
use connlab::words::{count, millis};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition, SvgElement};
use yew::prelude::*;

use super::answer::{WAIT, answer};
use super::stepper::stepper;
use super::{glyph, markup, sends, when};
use crate::address;
use crate::panel::{Ask, Panel};
use crate::playhead::Motion;
use crate::state::{Action, Pane};

/// What the button that opens it is called in the document: the focus goes back there.
const BUTTON: &str = "story";

/// What is called so in the document when it is open: the focus goes there.
const BACK: &str = "story-back";

/// The button that opens it.
pub fn button(is_open: bool, act: &Callback<Action>, ask: &Callback<Ask>) -> Html {
    let (act, ask) = (act.clone(), ask.clone());
    let onclick = Callback::from(move |_: MouseEvent| {
        ask.emit(Ask::Story(true));
        act.emit(Action::Pane(Pane::See));
        address::focus_soon(BACK);
    });
    html! {
        <button class="btn" id={BUTTON} data-testid="story-button" aria-expanded={is_open.to_string()} {onclick}>
            {glyph::icon(glyph::STORY)}{"story"}
        </button>
    }
}

/// The story that is open, if one is.
pub fn story(panel: &Panel, act: &Callback<Action>, go: &Callback<Motion>, ask: &Callback<Ask>) -> Option<Html> {
    let request = count(panel.story()?.into());
    let failure = panel.failure();
    let (form, other) = if panel.as_table { ("Table", "Chart") } else { ("Chart", "Table") };
    let as_table = !panel.as_table;
    let close = {
        let (act, ask) = (act.clone(), ask.clone());
        move || {
            ask.emit(Ask::Story(false));
            act.emit(Action::Pane(Pane::Why));
            address::focus_soon(BUTTON);
        }
    };
    let onkeydown = {
        let (close, go) = (close.clone(), go.clone());
        move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                close();
            } else if let Some(instant) = moved(&event) {
                go.emit(Motion::Put(instant));
            } else {
                return;
            }
            event.prevent_default();
            event.stop_propagation();
        }
    };
    let became = failure.map_or("answered".into(), |failure| {
        format!("{} after {}", failure.kind.spec().label, millis(failure.ended.since(failure.arrived).as_millis_f64()))
    });
    Some(html! {
        <section class="tale" data-form={form} aria-labelledby="story-title" {onkeydown}>
            <header>
                <button class="btn" id={BACK} onclick={move |_: MouseEvent| close()}>
                    {glyph::icon(glyph::BACK)}{"Charts"}
                </button>
                {markup(format!("<h2 id=story-title>Request #{request}</h2><span class=became>{became}</span>"))}
                if failure.is_some() { {stepper(panel, ask, go)} }
                {jump("Root", ROOT, go)}
                {jump("End", END, go)}
                <button class="btn line" data-testid="story-form"
                    onclick={sends(ask, Ask::AsTable(as_table))}>{other}</button>
            </header>
            {markup("<p class=swipe>Swipe sideways: the server is on the right.</p>")}
            if read(panel).is_some() {
                {answer(panel, Topic::Story)}
            } else {
                {markup(WAIT)}
            }
        </section>
    })
}

/// The event that decided it, in either form.
const ROOT: &str = ".sequence .root, .events .root [data-instant]";

/// The event that is the outcome: the last one of the request itself.
const END: &str = ".sequence [data-outcome], .events [data-outcome]";

/// A button that goes to an event.
fn jump(name: &'static str, selector: &'static str, go: &Callback<Motion>) -> Html {
    let onclick = when(go, move |_: MouseEvent| {
        let event = visible(selector)?;
        give(&event);
        show(&event);
        Some(Motion::Put(instant(&event)?))
    });
    html! { <button class="btn" {onclick}>{name}</button> }
}

/// Whose story can be read, and whether as a table.
pub type Read = (u32, bool);

/// The page is drawn: shows the root cause of a story that was not there before, which may begin screens before it.
pub fn follow(panel: &Panel, drawn: &mut Option<Read>) {
    let read = read(panel);
    if std::mem::replace(drawn, read) != read
        && read.is_some()
        && let Some(event) = visible(ROOT)
    {
        show(&event);
    }
}

/// What can be read, once its story is there.
fn read(panel: &Panel) -> Option<Read> {
    let told = panel.told(Topic::Story).filter(|told| panel.is_current(told));
    told.and(panel.story()).map(|request| (request, panel.as_table))
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
fn moved(event: &KeyboardEvent) -> Option<SimTime> {
    let here: Element = event.target()?.dyn_into::<Element>().ok()?.closest("[data-instant]").ok()??;
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
