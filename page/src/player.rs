//! Brings the replay to the playhead, in slices between two frames, and counts the time while it plays.

use connlab::scenario::Scenario;
use connlab::sim::Progress;
use connlab::sim::replay::{Goal, Replay};
use connlab::sim::snapshot::Snapshot;
use gloo::render::{AnimationFrame, request_animation_frame};
use yew::Callback;

use crate::address;
use crate::driver::{advance_until, now_ms};
use crate::playhead::Motion;

/// Time spent computing in one frame.
const SLICE_MS: f64 = 6.0;

/// Longer between two frames is a page that nobody saw.
const LONGEST_MS: f64 = 100.0;

/// With reduced motion the playhead moves this often.
const CALM_MS: f64 = 500.0;

/// The run at the playhead: made when somebody wants to see it, dropped with its scenario.
#[derive(Default)]
pub struct Player {
    replay: Option<Replay>,
    is_there: bool,
    /// When the playhead last moved by itself.
    moved_ms: Option<f64>,
    frame: Option<AnimationFrame>,
}

impl Player {
    /// Sets out for `goal` in the run of `scenario`.
    pub fn seek(&mut self, scenario: &Scenario, goal: Goal) {
        self.replay.get_or_insert_with(|| Replay::new(scenario)).seek(goal);
        self.is_there = false;
    }

    /// The run is another one.
    pub fn forget(&mut self) {
        *self = Player::default();
    }

    /// The world where the replay stands, once it has arrived.
    pub fn snapshot(&self) -> Option<Snapshot> {
        self.replay.as_ref().filter(|_| self.is_there).map(|replay| replay.sim().snapshot())
    }

    /// Has `tick` called before the next frame, if there is anything to do in it.
    pub fn schedule(&mut self, playing: bool, tick: Callback<()>) {
        if !playing {
            self.moved_ms = None;
        }
        let is_busy = self.replay.is_some() && !self.is_there;
        self.frame = (playing || is_busy).then(|| request_animation_frame(move |_| tick.emit(())));
    }

    /// How much time has passed while it plays, once it is time to move.
    pub fn passed(&mut self) -> Option<Motion> {
        let now = now_ms();
        let passed = now - *self.moved_ms.get_or_insert(now);
        let (shortest, longest) = if address::is_calm() { (CALM_MS, CALM_MS) } else { (1.0, LONGEST_MS) };
        (passed >= shortest).then(|| {
            self.moved_ms = Some(now);
            Motion::Frame(passed.min(longest))
        })
    }

    /// Computes for a part of a frame; says when the replay has arrived.
    pub fn slice(&mut self) -> Option<Motion> {
        let replay = self.replay.as_mut().filter(|_| !self.is_there)?;
        if advance_until(now_ms() + SLICE_MS, |budget| replay.advance(budget)) == Progress::Budget {
            return None;
        }
        self.is_there = true;
        Some(Motion::Arrived(replay.sim().moment(), replay.found()))
    }
}
