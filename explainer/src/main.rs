//! The worker: messages in, messages out.
//!
//! A message to it is a question, or an array of a question and the file that it is about, or empty: then nothing
//! asked before is wanted any more. One from it is an array of the question, the answer's HTML, a sentence about it
//! for screen readers, whether that is all, and the link of the change that it proposes. Its first message is an
//! empty array: from then on it listens.

use std::cell::{Cell, RefCell};
use std::io::{self, Read};
use std::rc::Rc;

use connlab::question::Question;
use connlab_explainer::desk::{Answer, Desk};
use gloo::timers::callback::Timeout;
use js_sys::{Array, Date, Uint8Array};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, File, FileReaderSync, MessageEvent};

/// Time between two looks for newer questions.
const SLICE_MS: f64 = 15.0;

/// Events between two looks at the clock.
const BUDGET: u32 = 5_000;

/// A desk, and somebody who works at it.
#[derive(Default)]
struct Office {
    desk: RefCell<Desk>,
    /// A slice is under way, or it is known when the next one begins.
    at_work: Cell<bool>,
}

fn main() {
    let office = Rc::new(Office::default());
    let hear = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let (message, file) = read(&event.data());
        let mut desk = office.desk.borrow_mut();
        match (Question::read(&message), file) {
            (Some(question), Some(file)) => desk.ask_about(question, Box::new(file)),
            (Some(question), None) => desk.ask(question),
            (None, _) => desk.clear(),
        }
        drop(desk);
        if !office.at_work.replace(true) {
            work(office.clone());
        }
    });
    scope().set_onmessage(Some(hear.as_ref().unchecked_ref()));
    hear.forget();
    post(&Array::new());
}

fn read(message: &JsValue) -> (String, Option<Contents>) {
    match message.dyn_ref::<Array>() {
        Some(parts) => (parts.get(0).as_string().unwrap_or_default(), Contents::new(parts.get(1))),
        None => (message.as_string().unwrap_or_default(), None),
    }
}

/// What is in a file, from its beginning. A worker may wait for a disk.
struct Contents {
    file: File,
    at: f64,
    reader: FileReaderSync,
}

impl Contents {
    fn new(file: JsValue) -> Option<Contents> {
        Some(Contents { file: file.dyn_into().ok()?, at: 0.0, reader: FileReaderSync::new().ok()? })
    }
}

impl Read for Contents {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let end = self.at + buffer.len() as f64;
        let read =
            self.file.slice_with_f64_and_f64(self.at, end).and_then(|slice| self.reader.read_as_array_buffer(&slice));
        // It was deleted, say, or may not be read.
        let content = read.map_err(|_| io::Error::other("the browser could not read it"))?;
        let bytes = Uint8Array::new(&content);
        let length = bytes.length() as usize;
        bytes.copy_to(&mut buffer[..length]);
        self.at += length as f64;
        Ok(length)
    }
}

/// Works for a slice, and again as soon as waiting messages have been heard.
fn work(office: Rc<Office>) {
    let due = Date::now() + SLICE_MS;
    let mut desk = office.desk.borrow_mut();
    while !desk.is_idle() && Date::now() < due {
        if let Some(answer) = desk.work(BUDGET) {
            tell(&answer);
        }
    }
    office.at_work.set(!desk.is_idle());
    drop(desk);
    if office.at_work.get() {
        Timeout::new(0, move || work(office)).forget();
    }
}

fn tell(answer: &Answer) {
    let Answer { question, html, says, proposes, is_whole } = answer;
    post(&Array::of5(&question.to_string().into(), &html.into(), &says.into(), &(*is_whole).into(), &proposes.into()));
}

fn post(message: &JsValue) {
    // It fails only for what cannot be copied.
    let _ = scope().post_message(message);
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}
