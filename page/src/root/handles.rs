//! The changes during the run, dragged with a pointer and moved with keys.

use connlab::scenario::Scenario;
use connlab::time::{SimDuration, SimTime};
use web_sys::{Element, KeyboardEvent, PointerEvent};

use crate::address;
use crate::state::Action;
use crate::timetable;
use crate::views::timetable::value_id;

/// What a pointer does to a handle.
pub fn pointed(event: &PointerEvent, target: &Element, end: SimTime) -> Option<Action> {
    match &*event.type_() {
        "pointerdown" => {
            take(event, target);
            None
        }
        "pointermove" => {
            let is_held = target.has_pointer_capture(event.pointer_id());
            is_held.then(|| Some(Action::Drag(name(target)?, under(event, &target.parent_element()?, end))))?
        }
        "pointerup" | "lostpointercapture" => Some(Action::Drop),
        _ => None,
    }
}

fn name(handle: &Element) -> Option<String> {
    handle.get_attribute("data-change")
}

/// The pointer stays with the handle that it has taken.
fn take(event: &PointerEvent, handle: &Element) {
    if event.button() == 0 && name(handle).is_some() {
        let _ = handle.set_pointer_capture(event.pointer_id());
    }
}

/// Arrow keys move a change, Delete removes it, Enter goes to where its value is written.
pub fn pressed(event: &KeyboardEvent, handle: &Element, scenario: &Scenario) -> Option<Action> {
    let name = name(handle)?;
    let old = timetable::find(scenario, &name)?;
    let key = event.key();
    if key == "Enter" {
        address::focus(&value_id(&name));
        event.prevent_default();
        return None;
    }
    let new = timetable::keyed(scenario, old, &key, event.shift_key());
    let is_meant = new.is_some() || matches!(&*key, "Delete" | "Backspace");
    is_meant.then_some(Action::Reschedule { old, new })
}

/// The instant under a pointer.
fn under(event: &PointerEvent, axis: &Element, end: SimTime) -> SimTime {
    let axis = axis.get_bounding_client_rect();
    let share = (f64::from(event.client_x()) - axis.left()) / axis.width().max(1.0);
    SimTime::ZERO + SimDuration::from_secs_f64(share.clamp(0.0, 1.0) * end.as_secs_f64())
}
