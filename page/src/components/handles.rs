//! The changes during the run as handles on the time axis: dragged with a pointer, moved with keys.

use connlab::scenario::{Change, Scenario};
use connlab::time::{SimDuration, SimTime};
use connlab::words::{fixed, trimmed};
use wasm_bindgen::JsCast;
use web_sys::{Element, PointerEvent};
use yew::prelude::*;

use super::timetable::value_id;
use super::{sends, when};
use crate::address;
use crate::state::Action;
use crate::timetable;

/// The handles. Their order in the document does not depend on time: an element that is moved about while it is held
/// would lose the pointer and the focus.
pub fn handles(scenario: &Scenario, act: &Callback<Action>) -> Html {
    let end = scenario.end();
    let onpointermove = when(act, move |event: PointerEvent| {
        let handle = handle(&event).filter(|handle| handle.has_pointer_capture(event.pointer_id()))?;
        Some(Action::Drag(name(&handle)?, under(&event, &handle.parent_element()?, end)))
    });
    let release = sends(act, Action::Drop);
    let onkeydown = {
        let scenario = scenario.clone();
        when(act, move |event: KeyboardEvent| pressed(&event, &scenario))
    };
    let changes = timetable::named(scenario).into_iter().filter(|(_, change)| change.at < end);
    html! {
        <div class="handles" role="group" aria-label="Move changes" onpointerdown={Callback::from(take)} {onpointermove}
            onpointerup={release.clone()} onlostpointercapture={release} {onkeydown}>
            {for changes.map(|(name, change)| slider(name, &change, end.as_secs_f64()))}
        </div>
    }
}

fn slider(name: String, change: &Change, end_s: f64) -> Html {
    let text = timetable::words(change);
    let at_s = change.at.as_secs_f64();
    html! {
        <span key={name.clone()} class="handle" role="slider" tabindex="0" data-testid="handle" data-change={name}
            ~style={format!("--from:{}%", fixed(at_s / end_s.max(1e-9) * 100.0, 3))}
            aria-label={format!("Time of a change of {}", change.spec().label)} aria-valuetext={text.clone()}
            title={text} aria-valuemin="0" aria-valuemax={trimmed(end_s, 9)} aria-valuenow={trimmed(at_s, 9)}></span>
    }
}

fn handle(event: &Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

fn name(handle: &Element) -> Option<String> {
    handle.get_attribute("data-change")
}

/// The pointer stays with the handle that it has taken.
fn take(event: PointerEvent) {
    if let Some(handle) = handle(&event).filter(|handle| event.button() == 0 && name(handle).is_some()) {
        let _ = handle.set_pointer_capture(event.pointer_id());
    }
}

/// Arrow keys move a change, Delete removes it, Enter goes to where its value is written.
fn pressed(event: &KeyboardEvent, scenario: &Scenario) -> Option<Action> {
    let name = name(&handle(event)?)?;
    let old = timetable::find(scenario, &name)?;
    let key = event.key();
    let new = timetable::keyed(scenario, old, &key, event.shift_key());
    let is_meant = new.is_some() || matches!(&*key, "Delete" | "Backspace");
    if key == "Enter" {
        address::focus(&value_id(&name));
    } else if !is_meant {
        return None;
    }
    event.prevent_default();
    is_meant.then_some(Action::Reschedule { old, new })
}

/// The instant under a pointer.
fn under(event: &PointerEvent, axis: &Element, end: SimTime) -> SimTime {
    let axis = axis.get_bounding_client_rect();
    let share = (f64::from(event.client_x()) - axis.left()) / axis.width().max(1.0);
    SimTime::ZERO + SimDuration::from_secs_f64(share.clamp(0.0, 1.0) * end.as_secs_f64())
}
