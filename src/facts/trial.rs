//! Runs of the presets, for comparison with facts: in slices, watched once a simulated second.

use super::rank::Observed;
use crate::link::Recipe;
use crate::preset::{PRESETS, Preset};
use crate::sim::snapshot::{Side, Snapshot, State};
use crate::sim::{Progress, Sim};
use crate::time::{SimDuration, SimTime};

/// A preset's run under way.
pub struct Trial {
    preset: &'static Preset,
    sim: Sim,
    watched: SimTime,
    close_wait: u64,
    syn_sent: u64,
    accept_queue_limit: u64,
}

/// All presets, one after the other.
pub struct Trials {
    waiting: std::slice::Iter<'static, Preset>,
    under_way: Option<Box<Trial>>,
    /// What has been observed so far.
    pub observed: Vec<Observed>,
}

impl Default for Trials {
    fn default() -> Trials {
        Trials { waiting: PRESETS.iter(), under_way: None, observed: Vec::new() }
    }
}

impl Trials {
    /// Works for about so many events. Whether all presets have been run.
    pub fn advance(&mut self, budget: u32) -> bool {
        let mut trial = match self.under_way.take() {
            Some(trial) => trial,
            None => match self.waiting.next() {
                Some(preset) => Box::new(Trial::new(preset)),
                None => return true,
            },
        };
        match trial.advance(budget) {
            Progress::Budget => self.under_way = Some(trial),
            _ => self.observed.push(trial.observed()),
        }
        self.under_way.is_none() && self.waiting.len() == 0
    }

    /// Runs all of them.
    pub fn run(mut self) -> Vec<Observed> {
        while !self.advance(u32::MAX) {}
        self.observed
    }

    /// How many presets have been run, and how many there are.
    pub fn progress(&self) -> (usize, usize) {
        (self.observed.len(), PRESETS.len())
    }
}

impl Trial {
    fn new(preset: &'static Preset) -> Trial {
        let sim = Sim::new(&Recipe::of(preset).scenario);
        Trial { preset, sim, watched: SimTime::ZERO, close_wait: 0, syn_sent: 0, accept_queue_limit: 0 }
    }

    /// Until the next second at the latest, so that sockets can be counted then.
    fn advance(&mut self, budget: u32) -> Progress {
        let end = self.sim.end();
        let next = (self.watched + SimDuration::from_secs(1)).min(end);
        match self.sim.advance(next, budget) {
            Progress::Reached => {
                self.watched = next;
                self.watch(&self.sim.snapshot());
                if next == end { Progress::Reached } else { Progress::Budget }
            }
            other => other,
        }
    }

    fn watch(&mut self, snapshot: &Snapshot) {
        let count = |side, state| {
            snapshot.connections.iter().filter(|connection| connection.end(side).state == state).count() as u64
        };
        let close_wait = count(Side::Server, State::CloseWait).max(count(Side::Client, State::CloseWait));
        self.close_wait = self.close_wait.max(close_wait);
        self.syn_sent = self.syn_sent.max(count(Side::Client, State::SynSent));
        self.accept_queue_limit = self.accept_queue_limit.max(snapshot.server.accept_queue.limit.into());
    }

    fn observed(&self) -> Observed {
        let Trial { preset, close_wait, syn_sent, accept_queue_limit, .. } = *self;
        let (report, ports) = (self.sim.report(), Recipe::of(preset).scenario.params.ports);
        Observed { preset, report, close_wait, syn_sent, ports, accept_queue_limit }
    }
}
