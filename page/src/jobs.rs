//! Runs that are being computed, one for each role, in slices. Pure: the caller says what time it is.

use std::rc::Rc;

use connlab::link::Recipe;
use connlab::sim::{Progress, Sim};

use crate::shown::{Role, Shown};

/// Time spent computing before the browser has its turn. In a drag each frame shows a run, and a frame costs as much as
/// a quarter of one.
const SLICE_MS: f64 = 24.0;

/// The same for a run that takes longer than [`PROMPT_MS`]: meanwhile the page shall be as smooth as ever.
const SHORT_SLICE_MS: f64 = 8.0;

/// A step of a drag may be drawn this late: three frames.
const PROMPT_MS: f64 = 50.0;

/// A run that takes longer shows how far it is.
const PATIENCE_MS: f64 = 300.0;

/// While it does, the charts are filled this often.
const GLIMPSE_MS: f64 = 150.0;

/// Events between two looks at the clock: well under a millisecond.
const BUDGET: u32 = 2_000;

/// When a run begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// In place of the one that is being computed.
    AtOnce,
    /// When the one that is being computed is finished, unless that takes long; in place of the one that waits for it.
    /// So a drag, each step of which asks for another run sooner than any comes to its end, shows some of them.
    InTurn,
}

/// What there is to tell of a run.
#[derive(Clone, Debug)]
pub enum Computed {
    /// The share that is done, and what there is to see so far.
    Progress(f64, Option<Rc<Shown>>),
    /// It has come to its end.
    Done(Rc<Shown>),
}

/// What came of a slice.
#[derive(Clone, Debug)]
pub struct Turn {
    /// What there is to tell, and of which role's run.
    pub news: Option<(Role, Computed)>,
    /// Whether the run that is shown next is likely to be there in one of the next frames.
    pub is_prompt: bool,
}

/// The runs under way, by role. The one to be shown comes first; others go on when there is none.
#[derive(Default)]
pub struct Jobs {
    tracks: [Track; Role::ALL.len()],
}

/// What is computed for one role.
#[derive(Default)]
struct Track {
    job: Option<Job>,
    next: Option<Box<Recipe>>,
}

struct Job {
    recipe: Box<Recipe>,
    sim: Sim,
    started_ms: f64,
    glimpse_ms: f64,
}

impl Jobs {
    /// Takes up a run.
    pub fn start(&mut self, role: Role, recipe: Box<Recipe>, start: Start, now_ms: f64) {
        let track = &mut self.tracks[role as usize];
        track.next = Some(recipe);
        if start == Start::AtOnce || track.job.is_none() {
            track.begin_next(now_ms);
        }
    }

    /// Forgets the run of a role.
    pub fn stop(&mut self, role: Role) {
        self.tracks[role as usize] = Track::default();
    }

    /// Whether there is nothing to compute.
    pub fn is_idle(&self) -> bool {
        self.tracks.iter().all(|track| track.job.is_none())
    }

    /// Computes for a part of a frame, by this clock.
    pub fn slice(&mut self, clock: impl Fn() -> f64) -> Turn {
        let role = Role::ALL.into_iter().find(|role| self.tracks[*role as usize].job.is_some());
        let news = role.and_then(|role| Some((role, self.tracks[role as usize].slice(&clock)?)));
        let shown = &self.tracks[Role::Shown as usize].job;
        Turn { news, is_prompt: shown.as_ref().is_none_or(|job| job.is_prompt(clock())) }
    }
}

impl Track {
    /// Begins what waits, if something does, in place of what is being computed.
    fn begin_next(&mut self, now_ms: f64) {
        if let Some(recipe) = self.next.take() {
            let sim = Sim::new(&recipe.scenario);
            self.job = Some(Job { recipe, sim, started_ms: now_ms, glimpse_ms: now_ms });
        }
    }

    fn slice(&mut self, clock: &impl Fn() -> f64) -> Option<Computed> {
        let job = self.job.as_mut()?;
        let news = if job.advance(clock) == Progress::Reached {
            let done = Computed::Done(Rc::new(job.shown(true)));
            self.job = None;
            done
        } else {
            job.news(clock(), self.next.is_some())?
        };
        // A run that takes long is not finished for a change that is past.
        self.begin_next(clock());
        Some(news)
    }
}

impl Job {
    fn is_prompt(&self, now_ms: f64) -> bool {
        now_ms - self.started_ms < PROMPT_MS
    }

    /// Spends one budget of events after the other until the slice is over.
    fn advance(&mut self, clock: &impl Fn() -> f64) -> Progress {
        let now = clock();
        let due_ms = now + if self.is_prompt(now) { SLICE_MS } else { SHORT_SLICE_MS };
        while self.sim.advance(self.sim.end(), BUDGET) == Progress::Budget {
            if clock() > due_ms {
                return Progress::Budget;
            }
        }
        Progress::Reached
    }

    /// How far the run is, if it takes long enough for anybody to ask; with what there is of it from time to time, or
    /// when it is the last time.
    fn news(&mut self, now_ms: f64, is_last: bool) -> Option<Computed> {
        if now_ms - self.started_ms < PATIENCE_MS {
            return None;
        }
        let share = self.sim.now().as_secs_f64() / self.sim.end().as_secs_f64().max(1e-9);
        let due = is_last || now_ms - self.glimpse_ms > GLIMPSE_MS;
        if due {
            self.glimpse_ms = now_ms;
        }
        Some(Computed::Progress(share, due.then(|| Rc::new(self.shown(false)))))
    }

    fn shown(&self, complete: bool) -> Shown {
        Shown::new(&self.recipe, &self.sim, complete)
    }
}

#[cfg(test)]
mod tests;
