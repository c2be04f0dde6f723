//! Where two runs part: the first instant at which not the same happens.

use crate::scenario::Scenario;
use crate::sim::{Progress, Sim};
use crate::time::{SimDuration, SimTime};

/// How often the runs are compared on the way; between two looks, event by event.
const LOOKS: u64 = 600;

/// Where two runs part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parted {
    /// In one of them something happens now that does not happen in the other one.
    At(SimTime),
    /// All events of both are the same.
    Never,
}

/// Two runs side by side, in slices.
pub struct Parting {
    sims: [Sim; 2],
    /// Both at the last look at which they were the same.
    same: Option<Box<[Sim; 2]>>,
    next: SimTime,
    step: SimDuration,
}

impl Parting {
    /// Of two scenarios; each has its own seed.
    pub fn new(scenarios: [&Scenario; 2]) -> Parting {
        let sims = scenarios.map(Sim::new);
        let end = sims[0].end().max(sims[1].end());
        let step = SimDuration::from_nanos((end.as_nanos() / LOOKS).max(1));
        Parting { same: Some(Box::new(sims.clone())), sims, next: SimTime::ZERO + step, step }
    }

    /// Goes on for about so many events in each; where they part, once that is known.
    pub fn advance(&mut self, budget: u32) -> Option<Parted> {
        for sim in &mut self.sims {
            let until = self.next.min(sim.end());
            if sim.now() < until && sim.advance(until, budget) == Progress::Budget {
                return None;
            }
        }
        let [a, b] = &self.sims;
        if a.events_hash() != b.events_hash() {
            return Some(first_difference(*self.same.take()?));
        }
        if self.next >= a.end() && self.next >= b.end() {
            return Some(if a.end() == b.end() { Parted::Never } else { Parted::At(a.end().min(b.end())) });
        }
        self.same = Some(Box::new(self.sims.clone()));
        self.next = self.next + self.step;
        None
    }
}

/// Event by event, from a state that is the same.
fn first_difference([mut a, mut b]: [Sim; 2]) -> Parted {
    loop {
        let done = [&mut a, &mut b].map(|sim| sim.advance(sim.end(), 1) == Progress::Reached);
        if a.events_hash() != b.events_hash() {
            return Parted::At(a.now().min(b.now()));
        }
        if done == [true; 2] {
            return Parted::Never;
        }
    }
}
