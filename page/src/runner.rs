//! This program in a worker: it computes runs for the page.
//!
//! A message to it is an array of a task's number and a link, or anything else: then it drops what it is at. One from
//! it is an array of the task's number, a share, and bytes ([`crate::shown::Shown::bytes`]): a share of 1 with the
//! whole run, a smaller one with or without what there is of it, none if the run takes longer than some frames. Its
//! first message is an empty array: from then on it listens.

use std::cell::RefCell;
use std::rc::Rc;

use connlab::link;
use connlab_turns::{Turns, now_ms};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use crate::jobs::{Computed, Jobs, Start, Turn};
use crate::shown::{Role, Shown};

/// The worker that this program runs in, if it does.
pub fn scope() -> Option<DedicatedWorkerGlobalScope> {
    js_sys::global().dyn_into().ok()
}

struct Runner {
    scope: DedicatedWorkerGlobalScope,
    jobs: Jobs,
    turns: Option<Turns>,
    task: f64,
    /// The page knows that the run takes long.
    is_late: bool,
}

/// Computes what it is told, and for as long as it is.
pub fn serve(scope: DedicatedWorkerGlobalScope) {
    let runner = Runner { scope: scope.clone(), jobs: Jobs::default(), turns: None, task: 0.0, is_late: false };
    let runner = Rc::new(RefCell::new(runner));
    let at_turn = runner.clone();
    runner.borrow_mut().turns = Some(Turns::new(move || at_turn.borrow_mut().slice()));
    let hear = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| runner.borrow_mut().hear(&event.data()));
    scope.set_onmessage(Some(hear.into_js_value().unchecked_ref()));
    // It fails only for what cannot be copied.
    let _ = scope.post_message(&Array::new());
}

impl Runner {
    fn hear(&mut self, message: &JsValue) {
        let parts: &Array = message.unchecked_ref();
        let (task, link) = (parts.get(0).as_f64(), parts.get(1).as_string());
        match (task, link) {
            (Some(task), Some(link)) => {
                (self.task, self.is_late) = (task, false);
                self.jobs.start(Role::Shown, Box::new(link::decode(&link).recipe), Start::AtOnce, now_ms());
                self.ask();
            }
            _ => self.jobs.stop(Role::Shown),
        }
    }

    fn ask(&mut self) {
        self.turns.iter_mut().for_each(Turns::ask);
    }

    fn slice(&mut self) {
        self.turns.iter_mut().for_each(Turns::taken);
        let Turn { news, is_prompt } = self.jobs.slice(now_ms);
        match news {
            Some((_, Computed::Done(run))) => self.say(Some(1.0), Some(&*run)),
            Some((_, Computed::Progress(share, run))) => self.say(Some(share), run.as_deref()),
            None if !is_prompt && !self.is_late => self.say(None, None),
            None => {}
        }
        self.is_late |= !is_prompt;
        if !self.jobs.is_idle() {
            self.ask();
        }
    }

    fn say(&self, share: Option<f64>, run: Option<&Shown>) {
        let bytes = run.map(|run| Uint8Array::from(&*run.bytes()));
        let (share, shown) = (share.map(JsValue::from), bytes.clone().map(JsValue::from));
        let message = Array::of3(&self.task.into(), &share.unwrap_or(JsValue::NULL), &shown.unwrap_or(JsValue::NULL));
        // What is sent is not copied.
        let moved: Array = bytes.iter().map(Uint8Array::buffer).collect();
        let _ = self.scope.post_message_with_transfer(&message, &moved);
    }
}
