//! The charts, one above the other, over one time axis, with one playhead over all of them.

use connlab::chart::{self, Chart};
use connlab::time::{SimDuration, SimTime};
use connlab::words::fixed;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, PointerEvent};
use yew::prelude::*;

use super::figure::Figure;
use super::lanes::Lanes;
use super::transport::share;
use super::{Glance, Same};
use crate::address;
use crate::panel::{Ask, Panel};
use crate::playhead::{Motion, Playhead, clock};
use crate::shown::Shown;
use crate::state::{Action, Run, View};

/// What to show.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// The page.
    pub page: Glance,
    /// Which charts.
    pub charts: Vec<Chart>,
    /// The playhead over them, if there is one.
    #[prop_or_default]
    pub playhead: Option<Same<Playhead>>,
    /// Whom to tell when it is moved.
    #[prop_or_default]
    pub go: Option<Callback<Motion>>,
    /// Whom to tell of everything else.
    pub act: Callback<Action>,
    /// What is known of the numbers behind a chart.
    pub panel: Same<Panel>,
    /// Whom to ask for them.
    pub ask: Callback<Ask>,
}

/// The charts of the latest run.
#[component]
pub fn Charts(props: &Props) -> Html {
    let axis_node = use_node_ref();
    let hover = use_state_eq(|| None::<SimTime>);
    let page = &props.page;
    let Some(shown) = page.shown() else {
        return html! { <div class="charts" aria-busy="true"></div> };
    };
    // An old run stays until the new one is there, paler once that takes a moment.
    let stale = !matches!(page.run, Run::Done | Run::Busy { progress: None }) && shown.complete;
    let (weight, scale) = if page.view() == View::Projector { (2.4, 1.7) } else { (1.0, 1.0) };
    // While it is computed there is no instant to look at yet.
    let playhead = props.playhead.as_ref().filter(|_| shown.complete);
    let at = playhead.map(|playhead| hover.unwrap_or(playhead.at));
    let pointer = Pointer { axis: axis_node.clone(), end: SimTime::ZERO + shown.series.duration, go: props.go.clone() };
    let on = |does: fn(&Pointer, &PointerEvent)| {
        let pointer = pointer.clone();
        Callback::from(move |event: PointerEvent| does(&pointer, &event))
    };
    let onpointermove = {
        let (pointer, hover) = (pointer.clone(), hover.clone());
        Callback::from(move |event: PointerEvent| {
            hover.set(pointer.at(&event).filter(|_| event.pointer_type() == "mouse" && event.buttons() == 0));
            pointer.moved(&event);
        })
    };
    let onpointerleave = {
        let hover = hover.clone();
        Callback::from(move |_: PointerEvent| hover.set(None))
    };
    html! {
        <div key="charts" ~className={if stale { "charts stale" } else { "charts" }}
            aria-busy={(page.run != Run::Done).to_string()}
            onpointerdown={on(Pointer::pressed)} onpointerup={on(Pointer::released)} {onpointermove} {onpointerleave}>
            <Lanes shown={Same(shown.clone())} scenario={page.recipe.scenario.clone()} go={props.go.clone()}
                act={props.act.clone()} {scale} dragged={page.is_dragged} editable={page.view() == View::Workbench} />
            {for props.charts.iter().map(|chart| html! {
                <Figure key={chart.id()} chart={*chart} shown={Same(shown.clone())} dark={page.is_dark()} {weight}
                    {scale} ask={props.ask.clone()}
                    numbers={(props.panel.table == Some(*chart)).then(|| props.panel.clone())}
                    bucket={at.map(|at| shown.series.bucket_at(at))} />
            })}
            {axis(shown, axis_node)}
            if let Some(playhead) = playhead {
                <i class="now" ~style={format!("--at:{}", fixed(share(playhead), 5))}></i>
            }
            if let Some(at) = hover.filter(|_| playhead.is_some()) {
                <i class="pointer" ~style={format!("--at:{}", fixed(at.as_secs_f64() / pointer.end.as_secs_f64(), 5))}>
                    <span>{clock(at)}</span>
                </i>
            }
        </div>
    }
}

/// The axis under all charts: seconds.
fn axis(shown: &Shown, node: NodeRef) -> Html {
    let ticks = chart::time_ticks(shown.series.duration);
    html! {
        <div class="axis" ref={node} aria-hidden="true">
            {for ticks.into_iter().map(|(at, text)| html! {
                <span ~style={format!("left:{}%", fixed(at * 100.0, 3))}>{text}</span>
            })}
        </div>
    }
}

/// What a mouse, a pen or a finger does over the plots.
#[derive(Clone)]
struct Pointer {
    axis: NodeRef,
    end: SimTime,
    go: Option<Callback<Motion>>,
}

impl Pointer {
    /// The instant under the pointer, if it is over a plot or captured by them.
    fn at(&self, event: &PointerEvent) -> Option<SimTime> {
        let target: Element = event.target()?.dyn_into().ok()?;
        let is_captured = target.has_pointer_capture(event.pointer_id());
        if hits(&target, "[role=slider]")
            || !is_captured && (hits(&target, "button") || !hits(&target, ".plot, .axis, .lane"))
        {
            return None;
        }
        let axis = self.axis.cast::<Element>()?.get_bounding_client_rect();
        let share = (f64::from(event.client_x()) - axis.left()) / axis.width().max(1.0);
        // To a tenth of a millisecond: finer than any screen.
        let tenths = libm::round(share.clamp(0.0, 1.0) * self.end.as_millis_f64() * 10.0) as u64;
        Some(SimTime::ZERO + SimDuration::from_micros(tenths * 100))
    }

    fn tell(&self, motion: Motion) {
        if let Some(go) = &self.go {
            go.emit(motion);
        }
    }

    /// A finger may be about to scroll the page: it moves the playhead only when it goes sideways or is lifted.
    fn pressed(&self, event: &PointerEvent) {
        let Some(at) = self.at(event).filter(|_| event.button() == 0) else { return };
        if let Some(axis) = self.axis.cast::<Element>() {
            let _ = axis.set_pointer_capture(event.pointer_id());
        }
        if event.pointer_type() != "touch" {
            self.tell(Motion::Drag(at));
        }
    }

    fn moved(&self, event: &PointerEvent) {
        if event.buttons() & 1 == 1
            && let Some(at) = self.captured(event)
        {
            self.tell(Motion::Drag(at));
        }
    }

    fn released(&self, event: &PointerEvent) {
        let Some(at) = self.captured(event) else { return };
        self.tell(Motion::Put(at));
        // The keys belong to what was just touched.
        let playhead = address::document().query_selector("[data-testid=playhead]").ok().flatten();
        if let Some(playhead) = playhead.and_then(|playhead| playhead.dyn_into::<HtmlElement>().ok()) {
            let _ = playhead.focus();
        }
    }

    /// The instant under a pointer that was pressed over the plots.
    fn captured(&self, event: &PointerEvent) -> Option<SimTime> {
        let target: Element = event.target()?.dyn_into().ok()?;
        target.has_pointer_capture(event.pointer_id()).then(|| self.at(event))?
    }
}

fn hits(target: &Element, selector: &str) -> bool {
    target.closest(selector).ok().flatten().is_some()
}
