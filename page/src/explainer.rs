//! The explainer: a worker that answers questions. It loads when it is first asked.

use std::mem;

use connlab::question::{Question, Topic};
use gloo::events::EventListener;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{File, MessageEvent, Worker};
use yew::Callback;

use crate::address;
use crate::panel::Told;

/// The script that loads the worker, beside the page's own.
const SCRIPT: &str = "explainer_loader.js";

/// The style of answers, and of the tables beside them.
const STYLE: &str = "explainer.css";

/// What is said where an answer should stand.
const LOST: &str = "<p class=wait>The explanations could not be loaded. Reload the page to try again.</p>";

/// The worker, and what it has been asked.
#[derive(Default)]
pub struct Explainer {
    line: Option<Line>,
    /// The last question of each topic, and whether it is answered; until the worker listens, it waits here.
    asked: Vec<(Question, bool)>,
    /// What a question about a file is about: the worker reads it.
    pub file: Option<File>,
    is_styled: bool,
}

struct Line {
    worker: Worker,
    listens: bool,
    _listeners: [EventListener; 2],
}

/// What the worker said.
pub enum News {
    /// It listens.
    Ready,
    /// It does not work.
    Lost,
    /// An answer, or a part of one.
    Told(Told),
}

impl Explainer {
    /// Asks, unless this was the last question of its topic; `tell` is called with answers. While the playhead moves,
    /// it is the caller who asks again: of the sockets there is one open question, so that answers keep coming.
    pub fn ask(&mut self, question: Question, tell: &Callback<News>) {
        match self.asked.iter().find(|(last, _)| last.topic == question.topic) {
            Some((last, _)) if *last == question => return,
            Some((_, false)) if question.topic == Topic::Sockets => return,
            _ => {}
        }
        self.style();
        self.ask_anew(question, tell);
    }

    /// Asks, whatever was asked before.
    pub fn ask_anew(&mut self, question: Question, tell: &Callback<News>) {
        if self.line.is_none() {
            self.line = Line::open(tell);
        }
        match &self.line {
            Some(line) => line.ask(&question, self.file.as_ref()),
            None => tell.emit(News::Lost),
        }
        self.asked.retain(|(last, _)| last.topic != question.topic);
        self.asked.push((question, false));
    }

    /// Loads the style of answers, and of the page's own table, which an embedded page has without any question.
    pub fn style(&mut self) {
        if !mem::replace(&mut self.is_styled, true) {
            address::load_style(STYLE);
        }
    }

    /// What has not been answered yet is not wanted any more.
    pub fn forget(&mut self) {
        let asked = self.asked.len();
        self.asked.retain(|(_, is_answered)| *is_answered);
        if let Some(line) = self.line.as_ref().filter(|_| self.asked.len() < asked) {
            line.say(&"".into());
        }
    }

    /// The worker listens: what has been asked meanwhile is sent.
    pub fn ready(&mut self) {
        if let Some(line) = &mut self.line {
            line.listens = true;
            self.asked.iter().for_each(|(question, _)| line.ask(question, self.file.as_ref()));
        }
    }

    /// There is an answer.
    pub fn answered(&mut self, told: &Told) {
        if let Some((_, is_answered)) = self.asked.iter_mut().find(|(question, _)| *question == told.question) {
            *is_answered = told.is_whole;
        }
    }

    /// What stands in the place of all answers that will not come.
    pub fn lost(&self) -> Vec<Told> {
        let lost = |(question, _): &(Question, bool)| Told {
            question: question.clone(),
            html: LOST.into(),
            says: String::new(),
            proposes: String::new(),
            is_whole: true,
        };
        self.asked.iter().map(lost).collect()
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

    /// A question about a file goes with the file.
    fn ask(&self, question: &Question, file: Option<&File>) {
        let text = question.to_string().into();
        match file.filter(|_| question.topic == Topic::Diagnosis) {
            Some(file) => self.say(&Array::of2(&text, file)),
            None => self.say(&text),
        }
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
