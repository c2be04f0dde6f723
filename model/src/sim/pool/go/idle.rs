//! The pool of one Transport: which connections are kept, for how long, and how they are closed (C-11 to C-15).

use super::dial::{deliver, dial, take_ticket};
use super::{Pconn, PconnId, Phase, is_go_1_4};
use crate::sim::Sim;
use crate::sim::event::Event;
use crate::sim::scheduler::Rank;
use crate::sim::tcp::{Side, State, socket};
use crate::sim::trace::{Timer, What, Why};

/// Whether an idle connection may be handed out: not too old, not known to be broken (C-3).
pub fn is_usable(sim: &Sim, id: PconnId) -> bool {
    let pconn = &sim.pconns[id];
    let Phase::Idle { since } = pconn.phase else { unreachable!("only idle connections are listed") };
    let timeout = sim.params.idle_timeout;
    let too_old = !is_go_1_4(&sim.params) && !timeout.is_zero() && sim.now.since(since) > timeout;
    !too_old && !is_broken(sim, pconn)
}

/// Whether the reader has seen the end of the connection, and closed it.
fn is_broken(sim: &Sim, pconn: &Pconn) -> bool {
    pconn.conn.is_none_or(|conn| !socket::is_open(sim, conn, Side::Client))
}

/// Offers a connection to the pool; closes it where the pool refuses (C-11, in its order).
pub fn put_or_close(sim: &mut Sim, id: PconnId) {
    let host = sim.pconns[id].host;
    let is_broken = is_broken(sim, &sim.pconns[id]);
    let is_refused = !sim.params.keepalive || is_broken;
    if is_refused || !sim.metrics.needs.idle.admits(1, sim.params.idle) {
        let why = if is_broken { Why::Stale } else { Why::NoKeepAlive };
        sim.note_pconn(id, What::Closes { side: Side::Client, why });
        return close_pconn(sim, id);
    }
    sim.pconns[id].reused = true;
    sim.note_pconn(id, What::Pooled);
    while let Some(ticket) = sim.transport(host).idle_wait.pop_front() {
        // The oldest waiter gets it; its own dial, if one is under way, goes on (C-9).
        if let Some(attempt) = take_ticket(sim, ticket) {
            return deliver(sim, attempt, id);
        }
    }
    let with_it = sim.transport(host).idle.len() as u32 + 1;
    if !sim.metrics.needs.idle.admits(with_it, sim.params.idle) {
        sim.note_pconn(id, What::Closes { side: Side::Client, why: Why::PoolFull });
        // The one that comes back is closed; those already idle stay (C-11.6).
        return close_pconn(sim, id);
    }
    // Go lists it first and closes the oldest then, under one lock: nobody ever sees one too many.
    if !is_go_1_4(&sim.params) && !sim.metrics.needs.max_idle.admits_or_unlimited(with_it, sim.params.max_idle) {
        let oldest = sim.transport(host).idle[0];
        sim.note_pconn(oldest, What::Closes { side: Side::Client, why: Why::TooManyIdle });
        unlist(sim, oldest);
        close_pconn(sim, oldest);
    }
    sim.pconns[id].phase = Phase::Idle { since: sim.now };
    sim.transport(host).idle.push(id);
    sim.metrics.pool_idle.up(sim.now);
    if !is_go_1_4(&sim.params) {
        start_idle_timer(sim, id);
    }
}

fn start_idle_timer(sim: &mut Sim, id: PconnId) {
    let Some(timeout) = sim.params.idle_timeout.non_zero() else { return };
    let Some(pconn) = sim.pconns.get_mut(id) else { return };
    if let (Phase::Idle { since }, false) = (pconn.phase, pconn.idle_timer_runs) {
        pconn.idle_timer_runs = true;
        let at = (since + timeout).max(sim.now);
        sim.at(at, Rank::Timer, Event::IdleTimeout(id));
    }
}

/// IdleConnTimeout: closes it if it is still idle; re-arms where it was used meanwhile (C-15).
pub fn on_idle_timeout(sim: &mut Sim, id: PconnId) {
    let Some(pconn) = sim.pconns.get_mut(id) else { return };
    pconn.idle_timer_runs = false;
    let Phase::Idle { since } = pconn.phase else { return };
    match sim.params.idle_timeout.non_zero() {
        Some(timeout) if sim.now.since(since) >= timeout => {
            sim.note_pconn(id, What::Fires { timer: Timer::IdleConnTimeout, after: timeout });
            sim.note_pconn(id, What::Closes { side: Side::Client, why: Why::Idle });
            unlist(sim, id);
            close_pconn(sim, id);
        }
        Some(_) => start_idle_timer(sim, id),
        None => {}
    }
}

/// Closes a connection for good and hands its slot on (C-12, C-13).
pub fn close_pconn(sim: &mut Sim, id: PconnId) {
    close_socket(sim, id);
    let host = sim.pconns.remove(id).expect("closed once").host;
    while let Some(ticket) = sim.transport(host).slot_wait.pop_front() {
        // A dial whose ticket is gone does nothing but pass its slot on (C-8).
        if sim.tickets.contains(ticket) {
            return dial(sim, host, ticket);
        }
    }
    sim.transport(host).conns -= 1;
}

pub fn close_socket(sim: &mut Sim, id: PconnId) {
    let pconn = &sim.pconns[id];
    let (host, Some(conn)) = (pconn.host, pconn.conn) else { return };
    if !socket::is_open(sim, conn, Side::Client) {
        return;
    }
    let is_first_to_close = socket::state(sim, conn, Side::Client) == Some(State::Established);
    sim.metrics.connections.client_closes += u64::from(is_first_to_close);
    sim.metrics.open.down(sim.now);
    sim.hosts[host].client.sockets -= 1;
    socket::close(sim, conn, Side::Client);
}

/// Takes a connection out of the idle list.
pub fn unlist(sim: &mut Sim, id: PconnId) {
    let host = sim.pconns[id].host;
    sim.transport(host).idle.retain(|idle| *idle != id);
    sim.metrics.pool_idle.down(sim.now);
}
