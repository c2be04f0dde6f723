//! The kernel's TIME_WAIT table: ends that wait for time to pass, and orphans that wait for the peer's FIN (T-48, T-50,
//! T-56).

use super::close::{forget_if_over, set_state, vanish};
use super::{ConnId, Side, State, rtt_cache};
use crate::params::fixed::TIME_WAIT;
use crate::sim::event::Event;
use crate::sim::scheduler::Rank;
use crate::sim::{Sim, server};
use crate::time::SimDuration;

/// How long an orphan waits in FIN_WAIT2 for the peer's FIN: tcp_fin_timeout (T-48).
const FIN_TIMEOUT: SimDuration = SimDuration::from_secs(60);

/// The peer may take long to close, or have vanished meanwhile: an orphan waits as an entry of the TIME_WAIT table.
pub fn wait_for_fin(sim: &mut Sim, id: ConnId, side: Side) {
    if !take_bucket(sim, id, side) {
        return vanish(sim, id, side);
    }
    set_state(sim, id, side, State::FinWait2);
    sim.conns[id].end_mut(side).has_bucket = true;
    *fin_wait2(sim, id, side) += 1;
    sim.at(sim.now + FIN_TIMEOUT, Rank::Timer, Event::FinTimeout(id, side));
}

/// An orphan in FIN_WAIT2 is dropped after tcp_fin_timeout (T-48).
pub fn on_fin_timeout(sim: &mut Sim, id: ConnId, side: Side) {
    if sim.conns.get(id).is_some_and(|conn| conn.end(side).state == State::FinWait2) {
        vanish(sim, id, side);
        forget_if_over(sim, id);
    }
}

/// The side that sent the first FIN rests for 60 s (T-50): the client with its port, the server as a number.
pub fn enter_time_wait(sim: &mut Sim, id: ConnId, side: Side) {
    let has_bucket = sim.conns[id].end(side).has_bucket || take_bucket(sim, id, side);
    if !has_bucket {
        return vanish(sim, id, side);
    }
    set_state(sim, id, side, State::TimeWait);
    let (host, port) = (sim.conns[id].host, sim.conns[id].port);
    match side {
        Side::Client => {
            sim.metrics.time_wait_begun += 1;
            sim.hosts[usize::from(host)].ports.rest(sim.now, port);
        }
        Side::Server => sim.server.time_wait.push_back(server::Resting { end: sim.now + TIME_WAIT, host, port }),
    }
}

/// A socket that waits only for time to pass, or for the peer's FIN, shrinks to an entry of the kernel's TIME_WAIT
/// table. Returns whether there was room: the table is full when it holds tcp_max_tw_buckets (T-56).
///
/// Source: tcp_minisocks.c:tcp_time_wait, inet_timewait_sock.c:inet_twsk_alloc.
fn take_bucket(sim: &mut Sim, id: ConnId, side: Side) -> bool {
    rtt_cache::remember(sim, id, side);
    let limit = sim.params.tw_buckets as usize;
    if buckets(sim, id, side) >= limit {
        expire_time_wait(sim, id, side);
    }
    let has_room = buckets(sim, id, side) < limit;
    match has_room {
        true => sim.metrics.nstat.TcpExtTW += 1,
        false => sim.metrics.nstat.TcpExtTCPTimeWaitOverflow += 1,
    }
    has_room
}

/// Entries in the TIME_WAIT table of this side's kernel.
fn buckets(sim: &mut Sim, id: ConnId, side: Side) -> usize {
    let time_wait = match side {
        Side::Client => sim.hosts[usize::from(sim.conns[id].host)].ports.time_wait() as usize,
        Side::Server => sim.server.time_wait.len(),
    };
    time_wait + *fin_wait2(sim, id, side) as usize
}

/// Those of them that are orphans in FIN_WAIT2.
pub fn fin_wait2(sim: &mut Sim, id: ConnId, side: Side) -> &mut u32 {
    match side {
        Side::Client => &mut sim.hosts[usize::from(sim.conns[id].host)].ports.fin_wait2,
        Side::Server => &mut sim.server.fin_wait2,
    }
}

fn expire_time_wait(sim: &mut Sim, id: ConnId, side: Side) {
    match side {
        Side::Client => sim.hosts[usize::from(sim.conns[id].host)].ports.expire(sim.now),
        Side::Server => expire_server_time_wait(sim),
    }
}

/// Ends the server's TIME_WAITs whose 60 s are over.
pub fn expire_server_time_wait(sim: &mut Sim) {
    while sim.server.time_wait.pop_front_if(|resting| resting.end <= sim.now).is_some() {}
}
