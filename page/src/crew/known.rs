//! Runs that were computed already, by link.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::shown::Shown;

/// Memory for them, in bytes as a worker sends them; the page needs some three times as much. That is a hundred to two
/// hundred of the usual runs: no slider has as many stops.
const BYTES_MAX: usize = 2 << 20;

/// Whole runs, those that were not asked for longest first.
#[derive(Default)]
pub struct KnownRuns {
    kept: VecDeque<(Rc<Shown>, usize)>,
    bytes: usize,
}

impl KnownRuns {
    /// The run of this canonical link.
    pub fn get(&mut self, link: &str) -> Option<Rc<Shown>> {
        let place = self.kept.iter().position(|(run, _)| run.link == link)?;
        let kept = self.kept.remove(place)?;
        let run = kept.0.clone();
        self.kept.push_back(kept);
        Some(run)
    }

    /// Whether there is one of this canonical link.
    pub fn has(&self, link: &str) -> bool {
        self.kept.iter().any(|(run, _)| run.link == link)
    }

    /// Keeps a run that takes so many bytes; those that were not asked for longest make room for it.
    pub fn keep(&mut self, run: &Rc<Shown>, bytes: usize) {
        if self.has(&run.link) {
            return;
        }
        self.kept.push_back((run.clone(), bytes));
        self.bytes += bytes;
        while self.bytes > BYTES_MAX {
            let Some((_, bytes)) = self.kept.pop_front() else { return };
            self.bytes -= bytes;
        }
    }
}
