//! Computes a run in slices, one for each frame, so that the page never stands still.

use std::rc::Rc;

use connlab::scenario::Scenario;
use connlab::sim::{Progress, Sim};
use gloo::render::{AnimationFrame, request_animation_frame};
use yew::Callback;

use crate::shown::Shown;
use crate::state::Action;

/// Time spent computing in one frame.
const SLICE_MS: f64 = 8.0;

/// A run that takes longer shows how far it is.
const PATIENCE_MS: f64 = 300.0;

/// While it does, the charts are filled this often.
const GLIMPSE_MS: f64 = 150.0;

/// Events between two looks at the clock: well under a millisecond.
const BUDGET: u32 = 2_000;

/// During a drag the charts shall move at least this often.
const STARVED_MS: f64 = 200.0;

/// The run being computed, if any. A new one takes its place at once; only when a drag is faster than the runs, so that
/// none would ever come to its end, one is finished before the newest begins.
#[derive(Default)]
pub struct Driver {
    job: Option<Job>,
    /// The newest scenario of a drag, while an older one is finished.
    next: Option<Scenario>,
    finished_ms: f64,
    frame: Option<AnimationFrame>,
}

struct Job {
    scenario: Scenario,
    sim: Sim,
    started_ms: f64,
    glimpse_ms: f64,
}

impl Driver {
    /// Begins a run; `tick` is called before each frame until [`Driver::slice`] has nothing left to do.
    pub fn start(&mut self, scenario: &Scenario, tick: Callback<()>) {
        let now = now_ms();
        let sim = Sim::new(scenario);
        self.job = Some(Job { scenario: scenario.clone(), sim, started_ms: now, glimpse_ms: now });
        self.next = None;
        self.schedule(tick);
    }

    /// Begins a run that the next step of a drag may already make stale.
    pub fn follow(&mut self, scenario: &Scenario, tick: Callback<()>) {
        let now = now_ms();
        match &self.job {
            Some(job) if now - self.finished_ms > STARVED_MS && now - job.started_ms < PATIENCE_MS => {
                self.next = Some(scenario.clone());
            }
            _ => self.start(scenario, tick),
        }
    }

    /// Forgets the run.
    pub fn stop(&mut self) {
        *self = Driver::default();
    }

    /// Computes for a part of a frame; says what there is to tell.
    pub fn slice(&mut self, tick: Callback<()>) -> Option<Action> {
        let from = now_ms();
        if self.job.as_ref().is_some_and(|job| from - job.started_ms > PATIENCE_MS)
            && let Some(next) = self.next.take()
        {
            // Too long to be finished for a change that is past.
            self.start(&next, tick.clone());
        }
        let job = self.job.as_mut()?;
        let end = job.sim.end();
        if advance_until(from + SLICE_MS, |budget| job.sim.advance(end, budget)) == Progress::Reached {
            let shown = Rc::new(job.shown(true));
            self.finished_ms = now_ms();
            match self.next.take() {
                Some(next) => self.start(&next, tick),
                None => (self.job, self.frame) = (None, None),
            }
            return Some(Action::Done(shown));
        }
        let news = job.news();
        self.schedule(tick);
        news
    }

    fn schedule(&mut self, tick: Callback<()>) {
        self.frame = Some(request_animation_frame(move |_| tick.emit(())));
    }
}

impl Job {
    /// How far the run is, if it takes long enough for anybody to ask.
    fn news(&mut self) -> Option<Action> {
        let now = now_ms();
        if now - self.started_ms < PATIENCE_MS {
            return None;
        }
        let share = self.sim.now().as_secs_f64() / self.sim.end().as_secs_f64().max(1e-9);
        let due = now - self.glimpse_ms > GLIMPSE_MS;
        if due {
            self.glimpse_ms = now;
        }
        Some(Action::Progress(share, due.then(|| Rc::new(self.shown(false)))))
    }

    fn shown(&self, complete: bool) -> Shown {
        Shown::new(&self.scenario, &self.sim, complete)
    }
}

/// Spends one budget of events after the other until it is `due`, by the browser's clock, or all is reached.
pub fn advance_until(due_ms: f64, mut advance: impl FnMut(u32) -> Progress) -> Progress {
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
