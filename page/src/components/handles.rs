//! The changes during the run as handles on the time axis: dragged with a pointer, moved with keys.

use connlab::params::ParamSpec;
use connlab::scenario::{Change, Scenario};
use connlab::time::{SimDuration, SimTime};
use web_sys::{Element, PointerEvent};
use yew::prelude::*;

use crate::address;
use crate::state::Action;
use crate::timetable;

/// What to show.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// Whose changes.
    pub scenario: Scenario,
    /// Whom to tell.
    pub act: Callback<Action>,
}

/// A change between the moment at which it is taken and that at which it is let go.
struct Held {
    /// Everything as it was when it was taken.
    scenario: Scenario,
    old: Change,
    /// Where it is; `None` as long as it has not been moved.
    new: Option<Change>,
}

/// The handles. Their order in the document does not depend on time: an element that is moved about while it is held
/// would lose the pointer and the focus.
#[component]
pub fn Handles(props: &Props) -> Html {
    let (axis, held) = (use_node_ref(), use_mut_ref(|| None::<Held>));
    let onpointermove = {
        let (axis, held, act) = (axis.clone(), held.clone(), props.act.clone());
        Callback::from(move |event: PointerEvent| {
            let mut held = held.borrow_mut();
            let (Some(held), Some(axis)) = (held.as_mut(), axis.cast::<Element>()) else { return };
            let new = timetable::moved(&held.scenario, held.old, under(&event, &axis, held.scenario.end()));
            if new != held.new.unwrap_or(held.old) {
                held.new = Some(new);
                act.emit(Action::Reschedule { old: Some(held.old), new: held.new, settled: false });
            }
        })
    };
    let release = {
        let (held, act) = (held.clone(), props.act.clone());
        Callback::from(move |_: PointerEvent| {
            let taken = held.borrow_mut().take();
            if let Some(Held { old, new: Some(new), .. }) = taken {
                act.emit(Action::Reschedule { old: Some(old), new: Some(new), settled: true });
            }
        })
    };
    let end = props.scenario.end();
    let changes = timetable::named(&props.scenario).into_iter().filter(|(_, change)| change.at < end);
    let handle = |(name, change): (String, Change)| {
        let onpointerdown = {
            let (held, scenario) = (held.clone(), props.scenario.clone());
            Callback::from(move |event: PointerEvent| {
                let Some(handle) = event.target_dyn_into::<Element>().filter(|_| event.button() == 0) else { return };
                let _ = handle.set_pointer_capture(event.pointer_id());
                *held.borrow_mut() = Some(Held { scenario: scenario.clone(), old: change, new: None });
            })
        };
        let text = timetable::words(&change);
        let ParamSpec { label, .. } = change.spec();
        html! {
            <span key={name.clone()} class="handle" role="slider" tabindex="0" data-testid="handle"
                data-change={name.clone()}
                ~style={format!("--from:{:.3}%", change.at.as_secs_f64() / end.as_secs_f64().max(1e-9) * 100.0)}
                aria-label={format!("Time of a change of {label}")} aria-valuetext={text.clone()} title={text}
                aria-valuemin="0" aria-valuemax={end.as_secs_f64().to_string()}
                aria-valuenow={change.at.as_secs_f64().to_string()}
                {onpointerdown} onkeydown={key(props, name, change)}></span>
        }
    };
    html! {
        <div class="handles" role="group" aria-label="Move changes" ref={axis} {onpointermove}
            onpointerup={release.clone()} onlostpointercapture={release}>
            {for changes.map(handle)}
        </div>
    }
}

/// Arrow keys move a change, Delete removes it, Enter goes to where its value is written.
fn key(props: &Props, name: String, old: Change) -> Callback<KeyboardEvent> {
    let Props { scenario, act } = props.clone();
    Callback::from(move |event: KeyboardEvent| {
        let key = event.key();
        let new = timetable::keyed(&scenario, old, &key, event.shift_key());
        let is_removed = matches!(key.as_str(), "Delete" | "Backspace");
        if new.is_some() || is_removed {
            act.emit(Action::Reschedule { old: Some(old), new, settled: true });
        } else if key == "Enter" {
            address::focus(&format!("value-{name}"));
        } else {
            return;
        }
        event.prevent_default();
    })
}

/// The instant under a pointer.
fn under(event: &PointerEvent, axis: &Element, end: SimTime) -> SimTime {
    let axis = axis.get_bounding_client_rect();
    let share = (f64::from(event.client_x()) - axis.left()) / axis.width().max(1.0);
    SimTime::ZERO + SimDuration::from_secs_f64(share.clamp(0.0, 1.0) * end.as_secs_f64())
}
