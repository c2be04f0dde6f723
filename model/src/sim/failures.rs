//! The failed requests of a run, so that one can be picked and asked why.

use std::collections::VecDeque;

use super::error::ErrorKind;
use crate::time::SimTime;

/// A request that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Its number: the n-th request that arrived, from 1.
    pub request: u32,
    /// The error it ended with.
    pub kind: ErrorKind,
    /// When it arrived.
    pub arrived: SimTime,
    /// When it failed.
    pub ended: SimTime,
    /// Application attempts it took.
    pub attempts: u32,
    /// The connection its last attempt was on, or was dialing: the n-th dial of the run, from 1.
    pub connection: Option<u32>,
}

/// Failures of any class that are kept as the latest ones.
const LATEST: usize = 32;

/// The latest failures of all classes, oldest first: what a picture of this instant can still show.
#[derive(Clone, Debug, Default)]
pub struct Latest(VecDeque<Failure>);

impl Latest {
    /// One more failure.
    pub fn add(&mut self, failure: Failure) {
        if self.0.len() == LATEST {
            self.0.pop_front();
        }
        self.0.push_back(failure);
    }

    /// Those that are kept.
    pub fn iter(&self) -> impl Iterator<Item = &Failure> {
        self.0.iter()
    }
}

/// Failures of one class that are kept: all of the first ones.
const FIRST: usize = 100;
/// Later ones are thinned out evenly as soon as there are this many of them.
const LATER_MAX: usize = 200;

/// Failures of one class in the order in which they came: the first 100, and of the later ones every 2ᵏ-th, so that
/// 100 to 200 of them are kept however many there are.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    kept: Vec<Failure>,
    /// Later failures so far.
    later: u64,
    /// Every 2ᵏ-th of them is kept.
    thinning: u32,
}

impl Sample {
    /// One more failure.
    pub fn add(&mut self, failure: Failure) {
        if self.kept.len() < FIRST {
            return self.kept.push(failure);
        }
        if self.later.is_multiple_of(1 << self.thinning) {
            self.kept.push(failure);
            if self.kept.len() == FIRST + LATER_MAX {
                let mut i = 0;
                self.kept.retain(|_| {
                    i += 1;
                    i <= FIRST || (i - FIRST) % 2 == 1
                });
                self.thinning += 1;
            }
        }
        self.later += 1;
    }

    /// Those that are kept.
    pub fn kept(&self) -> &[Failure] {
        &self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(total: u32) -> Vec<u32> {
        let mut sample = Sample::default();
        for request in 1..=total {
            let (arrived, ended) = (SimTime::ZERO, SimTime::ZERO);
            sample.add(Failure { request, kind: ErrorKind::Reset, arrived, ended, attempts: 1, connection: None });
        }
        sample.kept().iter().map(|failure| failure.request).collect()
    }

    #[test]
    fn the_first_hundred_are_kept_and_later_ones_evenly() {
        assert_eq!(numbers(299), (1..=299).collect::<Vec<_>>());
        let many = numbers(10_000);
        assert_eq!(many[..100], (1..=100).collect::<Vec<_>>());
        assert!((200..300).contains(&many.len()));
        let steps: Vec<u32> = many[100..].windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(steps.iter().all(|step| *step == steps[0] && step.is_power_of_two()), "{steps:?}");
        assert_eq!(many[100], 101, "from the first one on");
        assert!(10_000 - many[many.len() - 1] < steps[0], "up to the end");
    }
}
