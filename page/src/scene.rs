//! The scene: the whole path of a request at one instant, from the client's pool to the server's workers.
//!
//! [`gauges`] reads the numbers off a snapshot, [`layout`] turns both into shapes, and [`paint`] draws those.

pub mod gauges;
pub mod layout;
pub mod paint;

use connlab::sim::error::Family;
use connlab::sim::snapshot::Snapshot;
use connlab::time::SimDuration;

use crate::state::Shown;

/// What a snapshot does not know of its run.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Context {
    /// The round-trip time at the instant.
    pub rtt: SimDuration,
    /// Failed requests in the whole run, by family.
    pub failed: [u64; Family::COUNT],
}

impl Context {
    /// Of this run, at the instant of the snapshot.
    pub fn new(shown: &Shown, snapshot: &Snapshot) -> Context {
        let stages = shown.scenario.stages();
        let stage = stages.partition_point(|(at, _)| *at <= snapshot.at).max(1) - 1;
        let mut failed = [0; Family::COUNT];
        for row in &shown.report.errors {
            failed[row.kind.spec().family as usize] += row.count;
        }
        Context { rtt: stages[stage].1.rtt, failed }
    }
}
