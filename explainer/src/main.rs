//! The worker: messages in, messages out.
//!
//! A message to it is a question, or an array of a question and the file that it is about, or empty: then nothing
//! asked before is wanted any more; or an array of the number of a run that it ordered, and its bytes. One from it
//! is an array of the question, the answer's HTML (of a file, an address that means it), a sentence about it for
//! screen readers, whether that is all, and the link of the change that it proposes; or it orders a run, by an
//! array of a number and a link. Its first message is an empty array: from then on it listens.

use std::cell::RefCell;
use std::io::{self, Read};
use std::rc::Rc;

use connlab::question::Question;
use connlab_explainer::desk::{Answer, Desk};
use connlab_turns::{Turns, now_ms};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, DedicatedWorkerGlobalScope, File, FileReaderSync, MessageEvent, Url};

/// Time between two looks for newer questions.
const SLICE_MS: f64 = 15.0;

/// Events between two looks at the clock.
const BUDGET: u32 = 5_000;

/// A desk, and the turns in which it is worked at.
struct Office {
    desk: Desk,
    turns: Option<Turns>,
}

fn main() {
    let office = Rc::new(RefCell::new(Office { desk: Desk::default(), turns: None }));
    let at_turn = office.clone();
    office.borrow_mut().turns = Some(Turns::new(move || at_turn.borrow_mut().work()));
    let hear = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| office.borrow_mut().hear(&event.data()));
    scope().set_onmessage(Some(hear.into_js_value().unchecked_ref()));
    post(&Array::new());
}

impl Office {
    fn hear(&mut self, message: &JsValue) {
        if let Some((number, bytes)) = read_run(message) {
            return self.desk.deliver(number, &bytes);
        }
        let (message, file) = read(message);
        match (Question::read(&message), file) {
            (Some(question), Some(file)) => self.desk.ask_about(question, Box::new(file)),
            (Some(question), None) => self.desk.ask(question),
            (None, _) => self.desk.clear(),
        }
        self.turns.iter_mut().for_each(Turns::ask);
    }

    /// Works for a slice, and again as soon as waiting messages have been heard.
    fn work(&mut self) {
        self.turns.iter_mut().for_each(Turns::taken);
        let due = now_ms() + SLICE_MS;
        while !self.desk.is_idle() && now_ms() < due {
            self.desk.tick(now_ms());
            if let Some(answer) = self.desk.work(BUDGET) {
                tell(&answer);
            }
            for (number, link) in self.desk.orders() {
                post(&Array::of2(&number.into(), &link.into()));
            }
        }
        if !self.desk.is_idle() {
            self.turns.iter_mut().for_each(Turns::ask);
        }
    }
}

/// A run that was ordered: its number and its bytes.
fn read_run(message: &JsValue) -> Option<(u32, Vec<u8>)> {
    let parts: &Array = message.dyn_ref()?;
    Some((parts.get(0).as_f64()? as u32, parts.get(1).dyn_into::<Uint8Array>().ok()?.to_vec()))
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

fn tell(answer: &Answer) {
    let Answer { question, html, file, says, proposes, is_whole } = answer;
    // Bytes stay with the browser: the page is told an address that means them, and takes it back.
    let html = file.as_deref().and_then(address).unwrap_or_else(|| html.clone());
    post(&Array::of5(&question.to_string().into(), &html.into(), &says.into(), &(*is_whole).into(), &proposes.into()));
}

/// An address that means these bytes.
fn address(bytes: &[u8]) -> Option<String> {
    let blob = Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes))).ok()?;
    Url::create_object_url_with_blob(&blob).ok()
}

fn post(message: &JsValue) {
    // It fails only for what cannot be copied.
    let _ = scope().post_message(message);
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}
