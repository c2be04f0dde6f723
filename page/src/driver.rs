//! Computes a run in slices, one straight after the other, between which the browser takes input and draws.

use std::rc::Rc;

use connlab::link::Recipe;
use connlab::sim::{Progress, Sim};
use gloo::events::EventListener;
use wasm_bindgen::JsValue;
use web_sys::MessageChannel;
use yew::Callback;

use crate::shown::Shown;
use crate::state::Action;

/// Time spent computing before the browser has its turn. Most runs are finished in it: in a drag each frame shows one,
/// and a frame costs as much as a quarter of a run.
const SLICE_MS: f64 = 24.0;

/// The same for a run that takes longer than that: meanwhile the page shall be as smooth as ever.
const SHORT_SLICE_MS: f64 = 8.0;

/// A step of a drag may be drawn this late: three frames.
const PROMPT_MS: f64 = 50.0;

/// A run that takes longer shows how far it is.
const PATIENCE_MS: f64 = 300.0;

/// While it does, the charts are filled this often.
const GLIMPSE_MS: f64 = 150.0;

/// Events between two looks at the clock: well under a millisecond.
const BUDGET: u32 = 2_000;

/// The run being computed, if any. A new one takes its place at once, except in a drag: there each step asks for
/// another run, sooner than any comes to its end, so one is finished before the newest begins.
pub struct Driver {
    job: Option<Job>,
    /// The newest run of a drag, while an older one is finished.
    next: Option<Recipe>,
    turns: Turns,
}

struct Job {
    recipe: Recipe,
    sim: Sim,
    started_ms: f64,
    glimpse_ms: f64,
}

impl Driver {
    /// Whenever there is something to do in [`Driver::slice`], `turn` is called.
    pub fn new(turn: Callback<()>) -> Driver {
        Driver { job: None, next: None, turns: Turns::new(turn) }
    }

    /// Begins a run.
    pub fn start(&mut self, recipe: &Recipe) {
        self.turns.ask();
        let now = now_ms();
        let sim = Sim::new(&recipe.scenario);
        self.job = Some(Job { recipe: recipe.clone(), sim, started_ms: now, glimpse_ms: now });
        self.next = None;
    }

    /// Begins a run that the next step of a drag may already make stale.
    pub fn follow(&mut self, recipe: &Recipe) {
        match self.job {
            Some(_) => self.next = Some(recipe.clone()),
            None => self.start(recipe),
        }
    }

    /// Whether a run is likely to be shown in one of the next frames.
    pub fn is_prompt(&self) -> bool {
        self.job.as_ref().is_some_and(|job| now_ms() - job.started_ms < PROMPT_MS)
    }

    /// Forgets the run.
    pub fn stop(&mut self) {
        (self.job, self.next) = (None, None);
    }

    /// Computes for a part of a frame; says what there is to tell.
    pub fn slice(&mut self) -> Option<Action> {
        self.turns.taken();
        let slice_ms = if self.is_prompt() { SLICE_MS } else { SHORT_SLICE_MS };
        let job = self.job.as_mut()?;
        let end = job.sim.end();
        if advance_until(now_ms() + slice_ms, |budget| job.sim.advance(end, budget)) == Progress::Reached {
            let shown = Rc::new(job.shown(true));
            self.job = None;
            if let Some(next) = self.next.take() {
                self.start(&next);
            }
            return Some(Action::Done(shown));
        }
        self.turns.ask();
        let news = job.news(self.next.is_some())?;
        // Too long to be finished for a change that is past.
        if let Some(next) = self.next.take() {
            self.start(&next);
        }
        Some(news)
    }
}

/// Turns of this program with the browser: it is called back after input and drawing that are due, and not, as with a
/// timer or an animation frame, only some milliseconds later.
struct Turns {
    channel: Option<MessageChannel>,
    /// It will be called back.
    is_asked: bool,
    _listener: Option<EventListener>,
}

impl Turns {
    fn new(turn: Callback<()>) -> Turns {
        let channel = MessageChannel::new().ok();
        let _listener = channel.as_ref().map(|channel| {
            let port = channel.port1();
            let listener = EventListener::new(&port, "message", move |_| turn.emit(()));
            port.start();
            listener
        });
        Turns { channel, is_asked: false, _listener }
    }

    fn ask(&mut self) {
        if let Some(channel) = self.channel.as_ref().filter(|_| !self.is_asked) {
            // It fails only for what cannot be copied.
            let _ = channel.port2().post_message(&JsValue::NULL);
            self.is_asked = true;
        }
    }

    fn taken(&mut self) {
        self.is_asked = false;
    }
}

impl Job {
    /// How far the run is, if it takes long enough for anybody to ask; with what there is of it from time to time, or
    /// when it is the last time.
    fn news(&mut self, is_last: bool) -> Option<Action> {
        let now = now_ms();
        if now - self.started_ms < PATIENCE_MS {
            return None;
        }
        let share = self.sim.now().as_secs_f64() / self.sim.end().as_secs_f64().max(1e-9);
        let due = is_last || now - self.glimpse_ms > GLIMPSE_MS;
        if due {
            self.glimpse_ms = now;
        }
        Some(Action::Progress(share, due.then(|| Rc::new(self.shown(false)))))
    }

    fn shown(&self, complete: bool) -> Shown {
        Shown::new(&self.recipe, &self.sim, complete)
    }
}

/// Spends one budget of events after the other until it is `due`, by the browser's clock, or all is reached.
fn advance_until(due_ms: f64, mut advance: impl FnMut(u32) -> Progress) -> Progress {
    while advance(BUDGET) == Progress::Budget {
        if now_ms() > due_ms {
            return Progress::Budget;
        }
    }
    Progress::Reached
}

/// The browser's clock.
pub fn now_ms() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}
