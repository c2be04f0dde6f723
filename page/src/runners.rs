//! Workers that compute runs ([`crate::runner`]): as the page's script makes them.

use gloo::events::EventListener;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, Worker};

use crate::crew::{Heard, Order};
use crate::outside;
use crate::root::{Link, PageEvent};

/// What becomes of a worker.
pub enum RunnerNews {
    /// It listens.
    Ready,
    /// It says something of the task with this number.
    Heard(u32, Heard),
    /// It does not work.
    Lost,
}

/// The workers there are, by number.
pub struct Runners {
    workers: Vec<Option<Runner>>,
    link: Link,
}

struct Runner {
    worker: Worker,
    _listeners: [EventListener; 2],
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

impl Runners {
    /// None yet; whatever they say, they tell.
    pub fn new(link: Link) -> Runners {
        Runners { workers: Vec::new(), link }
    }

    /// Does as the crew says.
    pub fn carry(&mut self, order: Order) {
        match order {
            Order::Hire(number) => {
                self.workers.resize_with(self.workers.len().max(number + 1), || None);
                self.workers[number] = Runner::new(number, &self.link);
                if self.workers[number].is_none() {
                    self.link.tell(PageEvent::Runner(number, RunnerNews::Lost));
                }
            }
            Order::Run(number, task, link) => self.say(number, &Array::of2(&task.into(), &link.into())),
            Order::Stop(number) => self.say(number, &Array::new()),
            Order::Dismiss(number) => self.workers[number] = None,
            Order::Deliver(number, bytes) => self.link.tell(PageEvent::Run(number, bytes)),
        }
    }

    fn say(&self, number: usize, message: &Array) {
        if let Some(runner) = &self.workers[number] {
            // It fails only for what cannot be copied.
            let _ = runner.worker.post_message(message);
        }
    }
}

impl Runner {
    fn new(number: usize, link: &Link) -> Option<Runner> {
        let worker = outside::hire("app")?;
        let (says, breaks) = (link.clone(), link.clone());
        let heard = EventListener::new(&worker, "message", move |event| {
            says.tell(PageEvent::Runner(number, read(&event.unchecked_ref::<MessageEvent>().data())));
        });
        let broke = EventListener::new(&worker, "error", move |_| {
            breaks.tell(PageEvent::Runner(number, RunnerNews::Lost));
        });
        Some(Runner { worker, _listeners: [heard, broke] })
    }
}

fn read(message: &JsValue) -> RunnerNews {
    let parts: &Array = message.unchecked_ref();
    let Some(task) = parts.get(0).as_f64() else { return RunnerNews::Ready };
    let bytes = parts.get(2).dyn_into::<Uint8Array>().ok().map(|bytes| bytes.to_vec());
    let heard = match (parts.get(1).as_f64(), bytes) {
        (None, _) => Heard::Late,
        (Some(share), Some(bytes)) if share >= 1.0 => Heard::Done(bytes),
        (Some(share), bytes) => Heard::Progress(share, bytes),
    };
    RunnerNews::Heard(task as u32, heard)
}
