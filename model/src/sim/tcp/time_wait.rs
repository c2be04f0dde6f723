//! The kernel's TIME_WAIT table: ends that wait for time to pass, and orphans that wait for the peer's FIN (T-48, T-50,
//! T-56).

use std::collections::VecDeque;

use super::close::{forget_if_over, set_state, vanish};
use super::{ConnId, Side, State, rtt_cache};
use crate::params::fixed::TIME_WAIT;
use crate::sim::Sim;
use crate::sim::event::Event;
use crate::sim::host::{HostId, Kernel};
use crate::sim::scheduler::Rank;
use crate::time::{SimDuration, SimTime};

/// How long an orphan waits in FIN_WAIT2 for the peer's FIN: tcp_fin_timeout (T-48).
const FIN_TIMEOUT: SimDuration = SimDuration::from_secs(60);

/// The TIME_WAIT table of a kernel, but for the ends that keep a local port from being used again: those are in
/// [`super::ports::PortTable`].
#[derive(Clone, Debug, Default)]
pub struct TimeWaitTable {
    /// Ends on the port of a listening socket, oldest first.
    resting: VecDeque<Resting>,
    /// Orphans in FIN_WAIT2 (T-56).
    pub fin_wait2: u32,
}

/// An end in TIME_WAIT.
#[derive(Clone, Copy, Debug)]
pub struct Resting {
    /// When it is over.
    pub end: SimTime,
    /// The host of the peer.
    pub peer: HostId,
    /// The peer's port.
    pub port: u16,
}

impl TimeWaitTable {
    /// Ends the TIME_WAITs that are over.
    pub fn expire(&mut self, now: SimTime) {
        while self.resting.pop_front_if(|resting| resting.end <= now).is_some() {}
    }

    /// The TIME_WAITs that are not over, oldest first.
    pub fn resting(&self, now: SimTime) -> impl Iterator<Item = &Resting> {
        self.resting.iter().filter(move |resting| resting.end > now)
    }

    /// How many there are, those included that are over and not expired.
    pub fn len(&self) -> usize {
        self.resting.len()
    }
}

impl Kernel {
    /// Entries in the TIME_WAIT table.
    fn buckets(&self) -> usize {
        self.ports.time_wait() as usize + self.time_wait.len() + self.time_wait.fin_wait2 as usize
    }

    /// Ends the TIME_WAITs that are over.
    pub fn expire_time_wait(&mut self, now: SimTime) {
        self.ports.expire(now);
        self.time_wait.expire(now);
    }
}

/// The peer may take long to close, or have vanished meanwhile: an orphan waits as an entry of the TIME_WAIT table.
pub fn wait_for_fin(sim: &mut Sim, id: ConnId, side: Side) {
    if !take_bucket(sim, id, side) {
        return vanish(sim, id, side);
    }
    set_state(sim, id, side, State::FinWait2);
    sim.conns[id].end_mut(side).has_bucket = true;
    sim.kernel(id, side).time_wait.fin_wait2 += 1;
    sim.at(sim.now + FIN_TIMEOUT, Rank::Timer, Event::FinTimeout(id, side));
}

/// An orphan in FIN_WAIT2 is dropped after tcp_fin_timeout (T-48).
pub fn on_fin_timeout(sim: &mut Sim, id: ConnId, side: Side) {
    if sim.conns.get(id).is_some_and(|conn| conn.end(side).state == State::FinWait2) {
        vanish(sim, id, side);
        forget_if_over(sim, id);
    }
}

/// The side that sent the first FIN rests for 60 s (T-50): a client with its port, a server as a number.
pub fn enter_time_wait(sim: &mut Sim, id: ConnId, side: Side) {
    let has_bucket = sim.conns[id].end(side).has_bucket || take_bucket(sim, id, side);
    if !has_bucket {
        return vanish(sim, id, side);
    }
    set_state(sim, id, side, State::TimeWait);
    let (now, peer, port) = (sim.now, sim.conns[id].host(side.peer()), sim.conns[id].port);
    let kernel = sim.kernel(id, side);
    match side {
        Side::Client => {
            kernel.ports.rest(now, port);
            sim.metrics.time_wait_begun += 1;
        }
        Side::Server => kernel.time_wait.resting.push_back(Resting { end: now + TIME_WAIT, peer, port }),
    }
}

/// A socket that waits only for time to pass, or for the peer's FIN, shrinks to an entry of the kernel's TIME_WAIT
/// table. Returns whether there was room: the table is full when it holds tcp_max_tw_buckets (T-56).
///
/// Source: tcp_minisocks.c:tcp_time_wait, inet_timewait_sock.c:inet_twsk_alloc.
fn take_bucket(sim: &mut Sim, id: ConnId, side: Side) -> bool {
    rtt_cache::remember(sim, id, side);
    let (now, limit) = (sim.now, sim.params.tw_buckets as usize);
    let kernel = sim.kernel(id, side);
    if kernel.buckets() >= limit {
        kernel.expire_time_wait(now);
    }
    let has_room = kernel.buckets() < limit;
    match has_room {
        true => sim.metrics.nstat.TcpExtTW += 1,
        false => sim.metrics.nstat.TcpExtTCPTimeWaitOverflow += 1,
    }
    has_room
}
