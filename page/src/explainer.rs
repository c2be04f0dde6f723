//! The explainer: a worker that answers questions. It loads when it is first asked.

use connlab::question::{Question, Topic};
use gloo::events::EventListener;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{File, MessageEvent};

use crate::app::Msg;
use crate::asked::{News, Worker};
use crate::outside;
use crate::panel::Told;
use crate::root::{Link, PageEvent};

/// A worker that is there when it is first asked.
pub struct Explainer {
    running: Option<Running>,
    who: Worker,
    link: Link,
}

struct Running {
    worker: web_sys::Worker,
    listens: bool,
    _listeners: [EventListener; 2],
}

impl Explainer {
    /// One of the workers; whatever it says, it tells.
    pub fn new(who: Worker, link: Link) -> Explainer {
        Explainer { running: None, who, link }
    }

    /// Asks; a question about a file goes with the file. Until the worker listens, which it says, it hears nothing.
    pub fn ask(&mut self, question: &Question, file: Option<&File>) {
        if self.running.is_none() {
            self.running = Running::open(self.who, &self.link);
        }
        let text = question.to_string().into();
        match (&self.running, file.filter(|_| question.topic == Topic::Diagnosis)) {
            (None, _) => self.link.hears(Msg::News(self.who, News::Lost)),
            (Some(line), Some(file)) => line.say(&Array::of2(&text, file)),
            (Some(line), None) => line.say(&text),
        }
    }

    /// Drops the questions that have not been answered yet.
    pub fn forget(&self) {
        self.running.iter().for_each(|line| line.say(&"".into()));
    }

    /// A run that it ordered, by its number, as bytes.
    pub fn deliver(&self, number: u32, bytes: &[u8]) {
        let message = Array::of2(&number.into(), &Uint8Array::from(bytes));
        self.running.iter().for_each(|line| line.say(&message));
    }

    /// The worker listens.
    pub fn listens(&mut self) {
        self.running.iter_mut().for_each(|line| line.listens = true);
    }
}

impl Running {
    fn open(who: Worker, link: &Link) -> Option<Running> {
        let worker = outside::hire("explainer")?;
        let (says, breaks) = (link.clone(), link.clone());
        let heard = EventListener::new(&worker, "message", move |event| {
            says.tell(read(who, &event.unchecked_ref::<MessageEvent>().data()));
        });
        let broke = EventListener::new(&worker, "error", move |_| breaks.hears(Msg::News(who, News::Lost)));
        Some(Running { worker, listens: false, _listeners: [heard, broke] })
    }

    fn say(&self, message: &JsValue) {
        if self.listens {
            // It fails only for what cannot be copied.
            let _ = self.worker.post_message(message);
        }
    }
}

/// An empty array first, then arrays of question, HTML, a sentence about it, whether that is all, and what it proposes,
/// or of the number and the link of a run.
fn read(who: Worker, message: &JsValue) -> PageEvent {
    let parts: &Array = message.unchecked_ref();
    let text = |part| parts.get(part).as_string().unwrap_or_default();
    if let Some(number) = parts.get(0).as_f64() {
        return PageEvent::Order(number as u32, text(1));
    }
    let news = match Question::read(&text(0)) {
        Some(question) => {
            let is_whole = parts.get(3).is_truthy();
            News::Told(Told { question, html: text(1).into(), says: text(2), proposes: text(4), is_whole })
        }
        None => News::Ready,
    };
    PageEvent::Of(Msg::News(who, news))
}
