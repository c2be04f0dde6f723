//! Turns of a program with the browser that it runs in, as a page or as a worker.

use gloo::events::EventListener;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::MessageChannel;

/// The program is called back after input and drawing that are due, and not, as with a timer or an animation frame,
/// only some milliseconds later.
pub struct Turns {
    channel: Option<MessageChannel>,
    /// It will be called back.
    is_asked: bool,
    _listener: Option<EventListener>,
}

impl Turns {
    /// Calls this back, once for each time that it is asked.
    pub fn new(turn: impl Fn() + 'static) -> Turns {
        let channel = MessageChannel::new().ok();
        let _listener = channel.as_ref().map(|channel| {
            let port = channel.port1();
            let listener = EventListener::new(&port, "message", move |_| turn());
            port.start();
            listener
        });
        Turns { channel, is_asked: false, _listener }
    }

    /// Asks to be called back.
    pub fn ask(&mut self) {
        if let Some(channel) = self.channel.as_ref().filter(|_| !self.is_asked) {
            // It fails only for what cannot be copied.
            let _ = channel.port2().post_message(&JsValue::NULL);
            self.is_asked = true;
        }
    }

    /// It was called back.
    pub fn taken(&mut self) {
        self.is_asked = false;
    }
}

/// The browser's clock, in milliseconds; in a worker, its own.
pub fn now_ms() -> f64 {
    let global = js_sys::global();
    let performance = match global.dyn_ref::<web_sys::Window>() {
        Some(window) => window.performance(),
        None => global.unchecked_ref::<web_sys::WorkerGlobalScope>().performance(),
    };
    performance.map_or(0.0, |performance| performance.now())
}
