//! The worker: messages in, messages out.
//!
//! A message to it is a question, or empty: then nothing asked before is wanted any more. One from it is an array of
//! the question, the answer's HTML, a sentence about it for screen readers, whether that is all, and the link of the
//! change that it proposes. Its first message is an empty array: from then on it listens.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use connlab::question::Question;
use connlab_explainer::desk::{Answer, Desk};
use gloo::timers::callback::Timeout;
use js_sys::{Array, Date};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

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
        let Some(message) = event.data().as_string() else { return };
        match Question::read(&message) {
            Some(question) => office.desk.borrow_mut().ask(question),
            None => office.desk.borrow_mut().clear(),
        }
        if !office.at_work.replace(true) {
            work(office.clone());
        }
    });
    scope().set_onmessage(Some(hear.as_ref().unchecked_ref()));
    hear.forget();
    post(&Array::new());
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
