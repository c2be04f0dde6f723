//! How a call gets a connection: an idle one, or a ticket that waits for one and dials meanwhile (C-2 to C-10).

use std::collections::VecDeque;

use super::exchange::{on_readable, start_exchange};
use super::idle::{close_pconn, is_usable, put_or_close};
use super::{Pconn, PconnId, Phase, Ticket, TicketId, is_go_1_4, transport};
use crate::arena::Arena;
use crate::sim::Sim;
use crate::sim::client::{self, AttemptId};
use crate::sim::error::ErrorKind;
use crate::sim::event::Event;
use crate::sim::host::HostId;
use crate::sim::processors::{self, ProgramStep};
use crate::sim::scheduler::Rank;
use crate::sim::tcp::{ConnId, Side, State, socket};
use crate::sim::trace::{Timer, What, Why};

/// Finds a connection for an attempt: an idle one, or a ticket that waits for one (C-2).
#[inline(always)]
pub fn get_connection(sim: &mut Sim, attempt: AttemptId) {
    let host = sim.attempts[attempt].host;
    if sim.params.keepalive {
        // Most recently returned first.
        while let Some(pconn) = sim.transport(host).idle.pop() {
            sim.metrics.pool_idle.down(sim.now);
            if is_usable(sim, pconn) {
                return start_exchange(sim, attempt, pconn);
            }
            sim.note_pconn(pconn, What::Closes { side: Side::Client, why: Why::Stale });
            close_pconn(sim, pconn);
        }
    }
    let ticket = sim.tickets.insert(Ticket { attempt });
    sim.attempts[attempt].ticket = Some(ticket);
    if sim.params.keepalive {
        enqueue(&mut transport(&mut sim.hosts[host]).idle_wait, ticket, &sim.tickets);
    }
    let with_it = sim.transport(host).conns + 1;
    if !is_go_1_4(&sim.params) && !sim.metrics.needs.max_conns.admits_or_unlimited(with_it, sim.params.max_conns) {
        sim.note_attempt(attempt, What::WaitsForSlot);
        // It now stands in two queues: an idle connection or a slot, whichever comes first (C-4).
        return enqueue(&mut transport(&mut sim.hosts[host]).slot_wait, ticket, &sim.tickets);
    }
    sim.transport(host).conns += 1;
    dial(sim, host, ticket);
}

/// Lets a ticket wait behind the others. Dead ones are trimmed from the front: where nothing ever comes for anybody, a
/// queue would grow with every request (C-3d, C-4).
fn enqueue(queue: &mut VecDeque<TicketId>, ticket: TicketId, tickets: &Arena<Ticket>) {
    while queue.pop_front_if(|front| !tickets.contains(*front)).is_some() {}
    queue.push_back(ticket);
}

/// Starts the dial of a ticket. The caller has taken a slot for it.
pub fn dial(sim: &mut Sim, host: HostId, ticket: TicketId) {
    sim.metrics.connections.dials += 1;
    let number = sim.metrics.connections.dials as u32;
    let pconn = sim.pconns.insert(Pconn {
        host,
        number,
        conn: None,
        phase: Phase::Dialing(ticket),
        reused: false,
        idle_timer_runs: false,
    });
    let attempt = sim.tickets[ticket].attempt;
    sim.attempts[attempt].dial = Some(pconn);
    sim.attempts[attempt].connection = Some(number);
    sim.note_dial(attempt, number, None);
    let request = sim.requests[sim.attempts[attempt].request].number;
    sim.metrics.dialing.get_or_insert(request);
    processors::run(sim, host, ProgramStep::Connect(pconn));
}

/// The goroutine that dials calls connect().
#[inline(always)]
pub fn connect(sim: &mut Sim, pconn: PconnId) {
    let &Pconn { host, number, phase, .. } = &sim.pconns[pconn];
    match socket::connect(sim, host, sim.hosts.destination(host), pconn) {
        Ok(conn) => {
            sim.pconns[pconn].conn = Some(conn);
            sim.metrics.open.up(sim.now);
            if let Some(timeout) = sim.params.dial_timeout.non_zero() {
                let event = Event::DialTimeout(pconn);
                sim.at(sim.now + timeout, Rank::Timer, event);
            }
        }
        // Go tries a missing port twice more, at once (D-2): nothing can have changed.
        Err(kind) => {
            if let Phase::Dialing(ticket) = phase
                && let Some(&Ticket { attempt }) = sim.tickets.get(ticket)
            {
                sim.note_dial(attempt, number, Some(kind));
            }
            let event = Event::DialFailed(pconn, kind);
            sim.at(sim.now, Rank::Program, event);
        }
    }
}

/// Whether connect() has succeeded.
pub fn is_connected(sim: &Sim, conn: ConnId) -> bool {
    socket::state(sim, conn, Side::Client).is_some_and(|state| state != State::SynSent)
}

/// connect() succeeded: its own ticket gets the connection, or else the pool does (C-9).
pub fn on_dialed(sim: &mut Sim, id: PconnId) {
    let Some(Pconn { phase: Phase::Dialing(ticket), .. }) = sim.pconns.get(id) else { return };
    let ticket = *ticket;
    sim.metrics.connections.established += 1;
    sim.note_pconn(id, What::Connected);
    match take_ticket(sim, ticket) {
        Some(attempt) => deliver(sim, attempt, id),
        None => put_or_close(sim, id),
    }
    // What came in the same instant as the connection: an RST of tcp_abort_on_overflow.
    if sim.pconns.contains(id) {
        on_readable(sim, id);
    }
}

/// Dialer.Timeout, unless connect() has returned.
pub fn on_dial_timeout(sim: &mut Sim, id: PconnId) {
    let Some(&Pconn { phase: Phase::Dialing(_), conn, .. }) = sim.pconns.get(id) else { return };
    if !conn.is_some_and(|conn| is_connected(sim, conn)) {
        sim.note_pconn(id, What::Fires { timer: Timer::DialTimeout, after: sim.params.dial_timeout });
        on_dial_failed(sim, id, ErrorKind::DialTimeout);
    }
}

/// connect() failed: only the ticket that started it hears of it (C-10).
pub fn on_dial_failed(sim: &mut Sim, id: PconnId, kind: ErrorKind) {
    let Some(Pconn { phase: Phase::Dialing(ticket), .. }) = sim.pconns.get(id) else { return };
    let attempt = take_ticket(sim, *ticket);
    sim.note_pconn(id, What::DialFails(kind));
    let wording = attempt.map(|_| sim.wording(sim.pconns[id].host, sim.pconns[id].conn));
    close_pconn(sim, id);
    if let (Some(attempt), Some(wording)) = (attempt, wording) {
        client::on_attempt_failed(sim, attempt, kind, wording);
    }
}

/// The ticket's one transition: it is served or over. `None` if it already was.
#[inline(always)]
pub fn take_ticket(sim: &mut Sim, ticket: TicketId) -> Option<AttemptId> {
    let attempt = sim.tickets.remove(ticket)?.attempt;
    sim.attempts[attempt].ticket = None;
    Some(attempt)
}

/// A waiting ticket is served: its goroutine is woken, and until it runs the connection counts as idle (C-6).
pub fn deliver(sim: &mut Sim, attempt: AttemptId, id: PconnId) {
    if sim.params.sched_delay.is_zero() {
        return start_exchange(sim, attempt, id);
    }
    sim.pconns[id].phase = Phase::Delivered(attempt);
    sim.attempts[attempt].pconn = Some(id);
    sim.note_taken(attempt, id, None, false);
    let at = sim.goroutine_runs_at();
    sim.at(at, Rank::Program, Event::Begin(id));
}

/// A live parameter of the Transport changed: with a higher MaxConnsPerHost more tickets may dial.
pub fn on_change(sim: &mut Sim, host: HostId) {
    let limit = sim.params.max_conns;
    while limit == 0 || sim.transport(host).conns < limit {
        let Some(ticket) = sim.transport(host).slot_wait.pop_front() else { break };
        if sim.tickets.contains(ticket) {
            sim.transport(host).conns += 1;
            dial(sim, host, ticket);
        }
    }
}
