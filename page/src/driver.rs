//! Computes runs in slices, one straight after the other, between which the browser takes input and draws.

use connlab::link::Recipe;
use gloo::events::EventListener;
use wasm_bindgen::JsValue;
use web_sys::MessageChannel;

use crate::jobs::{Jobs, Start, Turn};
use crate::root::{Link, PageEvent};
use crate::shown::Role;

/// The runs being computed, and the browser's clock and turns for them.
pub struct Driver {
    jobs: Jobs,
    turns: Turns,
}

impl Driver {
    /// Whenever there is something to do in [`Driver::slice`], it tells so.
    pub fn new(link: Link) -> Driver {
        Driver { jobs: Jobs::default(), turns: Turns::new(link) }
    }

    /// Takes up a run.
    pub fn start(&mut self, role: Role, recipe: Box<Recipe>, start: Start) {
        self.turns.ask();
        self.jobs.start(role, recipe, start, now_ms());
    }

    /// Forgets the run of a role.
    pub fn stop(&mut self, role: Role) {
        self.jobs.stop(role);
    }

    /// Computes for a part of a frame.
    pub fn slice(&mut self) -> Turn {
        self.turns.taken();
        let turn = self.jobs.slice(now_ms);
        if !self.jobs.is_idle() {
            self.turns.ask();
        }
        turn
    }
}

/// Turns of this program with the browser: it is called back after input and drawing that are due, and not, as with a
/// timer or an animation frame, only some milliseconds later.
struct Turns {
    channel: Option<MessageChannel>,
    /// It will be called back.
    is_asked: bool,
    _listener: Option<EventListener>,
}

impl Turns {
    fn new(link: Link) -> Turns {
        let channel = MessageChannel::new().ok();
        let _listener = channel.as_ref().map(|channel| {
            let port = channel.port1();
            let listener = EventListener::new(&port, "message", move |_| link.tell(PageEvent::Turn));
            port.start();
            listener
        });
        Turns { channel, is_asked: false, _listener }
    }

    fn ask(&mut self) {
        if let Some(channel) = self.channel.as_ref().filter(|_| !self.is_asked) {
            // It fails only for what cannot be copied.
            let _ = channel.port2().post_message(&JsValue::NULL);
            self.is_asked = true;
        }
    }

    fn taken(&mut self) {
        self.is_asked = false;
    }
}

/// The browser's clock.
pub fn now_ms() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}
