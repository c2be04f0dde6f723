//! The worker: messages in, messages out.
//!
//! A message to it is a question; one from it is an array of the question, the answer's HTML, a sentence about it for
//! screen readers, and whether that is all. Its first message is an empty array: from then on it listens.

use std::cell::RefCell;
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

fn main() {
    let desk = Rc::new(RefCell::new(Desk::default()));
    let hear = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let Some(question) = event.data().as_string().as_deref().and_then(Question::read) else { return };
        let was_idle = desk.borrow().is_idle();
        desk.borrow_mut().ask(question);
        if was_idle {
            work(desk.clone());
        }
    });
    scope().set_onmessage(Some(hear.as_ref().unchecked_ref()));
    hear.forget();
    post(&Array::new());
}

/// Works for a slice, and again as soon as waiting messages have been heard.
fn work(desk: Rc<RefCell<Desk>>) {
    let due = Date::now() + SLICE_MS;
    while !desk.borrow().is_idle() && Date::now() < due {
        if let Some(answer) = desk.borrow_mut().work(BUDGET) {
            tell(&answer);
        }
    }
    if !desk.borrow().is_idle() {
        Timeout::new(0, move || work(desk)).forget();
    }
}

fn tell(answer: &Answer) {
    let Answer { question, html, says, is_whole } = answer;
    post(&Array::of4(&question.to_string().into(), &html.into(), &says.into(), &(*is_whole).into()));
}

fn post(message: &JsValue) {
    // It fails only for what cannot be copied.
    let _ = scope().post_message(message);
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}
