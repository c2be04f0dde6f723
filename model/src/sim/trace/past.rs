//! What has become of the connections of one client host.

use std::collections::BTreeSet;

use super::{Side, What, Why};
use crate::params::ParamId;
use crate::time::SimTime;

/// Settings that decide who closes a connection, and when.
const DECIDING: &[ParamId] = &[
    ParamId::timeout,
    ParamId::deadline,
    ParamId::patience,
    ParamId::idle,
    ParamId::max_idle,
    ParamId::idle_timeout,
    ParamId::header_timeout,
    ParamId::server_idle_timeout,
    ParamId::read_header_timeout,
    ParamId::write_timeout,
    ParamId::max_requests,
];

/// The connections that a host has dialed, and who closed them, since these settings were last changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Past {
    /// From when it is counted; the run's start, if none of the settings has been changed.
    pub since: SimTime,
    /// How often connect() was called since then.
    pub dialed: u32,
    /// How many were closed since then for this reason, by the end that closed first; in the order in which the reasons
    /// came up. [`Why::PeerEnded`] stands for an RST that the server's program did not cause.
    pub closed: Vec<(Side, Why, u32)>,
    /// Connections that one end has closed, and the other not yet.
    half: BTreeSet<u32>,
}

impl Past {
    /// The timetable changes this setting: what was closed by the old value tells nothing of the new one.
    pub(super) fn on_change(&mut self, param: ParamId, now: SimTime) {
        if DECIDING.contains(&param) {
            *self = Past { since: now, half: std::mem::take(&mut self.half), ..Past::default() };
        }
    }

    /// Counts a close of the n-th connection of the run, unless it only answers that of the other end.
    pub(super) fn count(&mut self, connection: u32, what: &What) {
        let What::Closes { side, why } = *what else { return };
        let is_answer = self.half.remove(&connection) || (side == Side::Server && why == Why::PeerEnded);
        if is_answer {
            return;
        }
        self.half.insert(connection);
        let why = if why == Why::Stale { Why::PeerEnded } else { why };
        match self.closed.iter_mut().find(|row| (row.0, row.1) == (side, why)) {
            Some(row) => row.2 += 1,
            None => self.closed.push((side, why, 1)),
        }
    }
}
