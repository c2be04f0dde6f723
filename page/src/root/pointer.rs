//! What a mouse, a pen or a finger does over the plots.

use connlab::time::{SimDuration, SimTime};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, PointerEvent};

use super::hear::within;
use crate::address;
use crate::app::Msg;
use crate::playhead::Motion;

/// What it means; `duration` is that of the run below, `before` the instant over which a mouse was.
pub fn pointed(event: &PointerEvent, target: &Element, duration: SimDuration, before: Option<SimTime>) -> Option<Msg> {
    let charts = target.closest(".charts").ok().flatten();
    let axis = charts.and_then(|charts| charts.query_selector(".axis").ok()?);
    let pointer = axis.map(|axis| Pointer { event, target, axis, duration });
    let motion = match &*event.type_() {
        "pointerdown" => pointer?.pressed(),
        "pointerup" => pointer?.released(),
        "pointermove" if event.buttons() != 0 => pointer?.moved(),
        // Where nothing is held, the mouse only looks; outside of the window it is nowhere.
        "pointermove" | "pointerout" => {
            let is_out = event.type_() == "pointerout" && event.related_target().is_some();
            let at = pointer.filter(|_| event.type_() == "pointermove" && event.pointer_type() == "mouse");
            let at = at.and_then(|pointer| pointer.at());
            return (!is_out && at != before).then_some(Msg::Hover(at));
        }
        _ => None,
    };
    motion.map(Msg::Go)
}

struct Pointer<'a> {
    event: &'a PointerEvent,
    target: &'a Element,
    axis: Element,
    duration: SimDuration,
}

impl Pointer<'_> {
    /// The instant under it, if it is over a plot or captured by them.
    fn at(&self) -> Option<SimTime> {
        let Pointer { event, target, .. } = self;
        if within(target, "[role=slider]")
            || !self.is_captured() && (within(target, "button") || !within(target, ".plot, .axis, .lane"))
        {
            return None;
        }
        let axis = self.axis.get_bounding_client_rect();
        let share = (f64::from(event.client_x()) - axis.left()) / axis.width().max(1.0);
        // To a tenth of a millisecond: finer than any screen.
        let tenths = libm::round(share.clamp(0.0, 1.0) * self.duration.as_millis_f64() * 10.0) as u64;
        Some(SimTime::ZERO + SimDuration::from_micros(tenths * 100))
    }

    /// It was pressed over the plots.
    fn is_captured(&self) -> bool {
        self.target.has_pointer_capture(self.event.pointer_id())
    }

    /// A finger may be about to scroll the page: it moves the playhead only when it goes sideways or is lifted.
    fn pressed(self) -> Option<Motion> {
        let at = self.at().filter(|_| self.event.button() == 0)?;
        let _ = self.axis.set_pointer_capture(self.event.pointer_id());
        (self.event.pointer_type() != "touch").then_some(Motion::Drag(at))
    }

    fn moved(self) -> Option<Motion> {
        let is_held = self.event.buttons() & 1 == 1 && self.is_captured();
        self.at().filter(|_| is_held).map(Motion::Drag)
    }

    fn released(self) -> Option<Motion> {
        let at = self.at().filter(|_| self.is_captured())?;
        // The keys belong to what was just touched.
        let playhead = address::document().query_selector("[data-testid=playhead]").ok().flatten();
        if let Some(playhead) = playhead.and_then(|playhead| playhead.dyn_into::<HtmlElement>().ok()) {
            let _ = playhead.focus();
        }
        Some(Motion::Put(at))
    }
}
