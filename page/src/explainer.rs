//! The explainer: a worker that answers questions. It loads when it is first asked.

use connlab::question::{Question, Topic};
use gloo::events::EventListener;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{File, MessageEvent, Worker};
use yew::Callback;

use crate::asked::News;
use crate::panel::Told;

/// The script that loads the worker, beside the page's own.
const SCRIPT: &str = "explainer_loader.js";

/// A worker that is there when it is first asked.
pub struct Explainer {
    line: Option<Line>,
    tell: Callback<News>,
}

struct Line {
    worker: Worker,
    listens: bool,
    _listeners: [EventListener; 2],
}

impl Explainer {
    /// Whatever it says, `tell` is called with.
    pub fn new(tell: Callback<News>) -> Explainer {
        Explainer { line: None, tell }
    }

    /// Asks; a question about a file goes with the file. Until the worker listens, which it says, it hears nothing.
    pub fn ask(&mut self, question: &Question, file: Option<&File>) {
        if self.line.is_none() {
            self.line = Line::open(&self.tell);
        }
        let text = question.to_string().into();
        match (&self.line, file.filter(|_| question.topic == Topic::Diagnosis)) {
            (None, _) => self.tell.emit(News::Lost),
            (Some(line), Some(file)) => line.say(&Array::of2(&text, file)),
            (Some(line), None) => line.say(&text),
        }
    }

    /// What has not been answered yet is not wanted any more.
    pub fn forget(&self) {
        self.line.iter().for_each(|line| line.say(&"".into()));
    }

    /// The worker listens.
    pub fn listens(&mut self) {
        self.line.iter_mut().for_each(|line| line.listens = true);
    }
}

impl Line {
    fn open(tell: &Callback<News>) -> Option<Line> {
        let worker = Worker::new(SCRIPT).ok()?;
        let said = tell.reform(|event: MessageEvent| read(&event.data()));
        let heard = EventListener::new(&worker, "message", move |event| said.emit(event.clone().unchecked_into()));
        let tell = tell.clone();
        let broke = EventListener::new(&worker, "error", move |_| tell.emit(News::Lost));
        Some(Line { worker, listens: false, _listeners: [heard, broke] })
    }

    fn say(&self, message: &JsValue) {
        if self.listens {
            // It fails only for what cannot be copied.
            let _ = self.worker.post_message(message);
        }
    }
}

/// An empty array first, then arrays of question, HTML, a sentence about it, whether that is all, and what it proposes.
fn read(message: &JsValue) -> News {
    let parts: &Array = message.unchecked_ref();
    let question = parts.get(0).as_string().and_then(|text| Question::read(&text));
    match (question, parts.get(1).as_string()) {
        (Some(question), Some(html)) => {
            let text = |part| parts.get(part).as_string().unwrap_or_default();
            let is_whole = parts.get(3).is_truthy();
            News::Told(Told { question, html: html.into(), says: text(2), proposes: text(4), is_whole })
        }
        _ => News::Ready,
    }
}
