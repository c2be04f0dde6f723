//! The scene: the whole path of a request at one instant, from the client's pool to the server's workers.
//!
//! [`gauges`] reads the numbers off a snapshot, [`layout`] turns both into shapes, and [`paint`] draws those.
//! [`tallies`] counts what has failed, by the place of its cause.

pub mod gauges;
pub mod layout;
pub mod paint;
pub mod tallies;

use connlab::sim::error::ErrorKind;
use connlab::sim::snapshot::{Failed, Snapshot};
use connlab::time::SimDuration;

use crate::shown::Shown;
use crate::words;

/// For how long after it happened a failure is seen: in time of the run, so that it is the same at any speed.
const POP: SimDuration = SimDuration::from_millis(70);

/// What a snapshot does not know.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Context {
    /// The round-trip time at the instant.
    pub rtt: SimDuration,
    /// What Go says of the latest failure, if that was a moment ago.
    pub said: String,
    /// Nothing is to be drawn as if it moved.
    pub calm: bool,
    /// There is room for tallies below the zones.
    pub tallies: bool,
    /// How much wider letters are than those for which the scene was laid out: not every machine has them.
    pub letters: f64,
}

impl Context {
    /// Of this run, at the instant of the snapshot.
    pub fn new(shown: &Shown, snapshot: &Snapshot, calm: bool, tallies: bool, letters: f64) -> Context {
        let stages = shown.scenario.stages();
        let stage = stages.partition_point(|(at, _)| *at <= snapshot.at).max(1) - 1;
        let text = |kind: ErrorKind| Some(&shown.report.errors.iter().find(|row| row.kind == kind)?.text);
        let said = fresh(snapshot).next().and_then(|failed| text(failed.kind));
        Context {
            rtt: stages[stage].1.rtt,
            said: said.map_or_else(String::new, |text| words::short_text(text)),
            calm,
            tallies,
            letters,
        }
    }
}

/// What failed a moment ago, the latest first.
fn fresh(snapshot: &Snapshot) -> impl Iterator<Item = &Failed> {
    snapshot.failures.iter().rev().take_while(|failed| snapshot.at.since(failed.at) <= POP)
}

/// Who must change something, from left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// Your program and its kernel.
    Client,
    /// Between the hosts.
    Network,
    /// The server's queues.
    Kernel,
    /// What calls accept().
    Program,
}

impl Zone {
    /// All four.
    pub const ALL: [Zone; 4] = [Zone::Client, Zone::Network, Zone::Kernel, Zone::Program];

    /// Its name.
    pub fn name(self) -> &'static str {
        ["Your client", "Network", "Server kernel", "Server program"][self as usize]
    }

    /// Where what makes a request fail so has happened.
    pub fn of(kind: ErrorKind) -> Zone {
        use ErrorKind::*;
        match kind {
            // Its own timers, its own limits.
            Closed | Canceled | ClientTimeout | Deadline | HeaderTimeout | Ports | ClientFds | BreakerOpen => {
                Zone::Client
            }
            // Nothing came back.
            DialTimeout | ConnectTimeout => Zone::Network,
            // An RST came back.
            Reset | WriteReset | BrokenPipe | Refused => Zone::Kernel,
            // A FIN came back.
            Eof | ServerClosedIdle | BrokenConnection => Zone::Program,
        }
    }
}
