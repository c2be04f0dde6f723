//! Runs that were computed already, by link.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::shown::Shown;

/// Memory for them ([`Shown::weight`]). That is a hundred to two hundred of the usual runs: no slider has as many
/// stops.
const BYTES_MAX: usize = 6 << 20;

/// Whole runs, those that were not asked for longest first.
#[derive(Default)]
pub struct KnownRuns {
    kept: VecDeque<Rc<Shown>>,
    bytes: usize,
}

impl KnownRuns {
    /// The run of this canonical link.
    pub fn get(&mut self, link: &str) -> Option<Rc<Shown>> {
        let place = self.kept.iter().position(|run| run.link == link)?;
        let run = self.kept.remove(place)?;
        self.kept.push_back(run.clone());
        Some(run)
    }

    /// Whether there is one of this canonical link.
    pub fn has(&self, link: &str) -> bool {
        self.kept.iter().any(|run| run.link == link)
    }

    /// Keeps a run; those that were not asked for longest make room for it.
    pub fn keep(&mut self, run: &Rc<Shown>) {
        if self.has(&run.link) {
            return;
        }
        self.kept.push_back(run.clone());
        self.bytes += run.weight();
        while self.bytes > BYTES_MAX {
            let Some(run) = self.kept.pop_front() else { return };
            self.bytes -= run.weight();
        }
    }
}
