//! Go's `http.Transport` for one server: the pool of connections, and who gets which (C-1 to C-29).
//!
//! A call that needs a connection takes a ticket. The ticket stands in the queue for idle connections and, at the
//! same time, dials one (or waits for a slot to dial in); whichever comes first serves it, oldest ticket first ("late
//! binding"). A dial whose ticket was served otherwise goes on by itself, and its connection joins the pool.
//!
//! Source: net/http/transport.go of Go 1.27; for Go 1.4 its transport.go (M-12): no replay, no limits but the one on
//! idle connections per host, connections the server closed stay listed. Left out: TLS, HTTP/2, proxies, request
//! bodies longer than one segment, CloseIdleConnections, responses whose body is not read.

mod dial;
mod exchange;
pub mod idle;

use std::collections::VecDeque;

use super::Pool;
use crate::arena::Id;
use crate::params::{GoVersion, Params};
use crate::sim::Sim;
use crate::sim::client::{self, Attempt, AttemptId};
use crate::sim::error::{ErrorKind, Wording};
use crate::sim::host::{Host, HostId};
use crate::sim::tcp::{ConnId, Side};
use crate::sim::trace::{What, Why};
use crate::time::SimTime;
pub use dial::{connect, get_connection, on_change, on_dial_failed, on_dial_timeout, on_dialed};
pub use exchange::{on_begin, on_body, on_header_timeout, on_readable, on_wake, return_failure};
use idle::{close_pconn, put_or_close};

/// Names a ticket; stale once it is served, failed or cancelled (Go: wantConn).
pub type TicketId = Id<Ticket>;

/// Names a pooled connection (Go: persistConn).
pub type PconnId = Id<Pconn>;

/// One call that waits for a connection.
#[derive(Clone, Debug)]
pub struct Ticket {
    pub attempt: AttemptId,
}

/// What a connection of the Transport is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// connect() is under way, begun for this ticket.
    Dialing(TicketId),
    /// In the idle list.
    Idle {
        /// Since when.
        since: SimTime,
    },
    /// Handed out to this attempt, whose goroutine has not run yet.
    Delivered(AttemptId),
    /// Has this attempt's header and waits for the body (C-18).
    Uploading(AttemptId),
    /// Carries this attempt's request.
    Busy(AttemptId),
}

/// A connection as the Transport sees it.
#[derive(Clone, Debug)]
pub struct Pconn {
    pub host: HostId,
    /// It is the n-th dial of the run, from 1.
    pub number: u32,
    /// Its socket; none while connect() has failed at once.
    pub conn: Option<ConnId>,
    /// What it is doing.
    pub phase: Phase,
    /// It has been offered to the pool: failures on it may be replayed (C-11).
    reused: bool,
    idle_timer_runs: bool,
}

/// The Transport of one client host.
#[derive(Clone, Debug, Default)]
pub struct Transport {
    /// Idle connections, oldest first.
    pub idle: Vec<PconnId>,
    /// Tickets that would take any idle connection, oldest first; dead ones are skipped.
    idle_wait: VecDeque<TicketId>,
    /// Connections that count against MaxConnsPerHost: dialing, busy and idle.
    pub conns: u32,
    /// Tickets that may not dial yet, oldest first.
    pub slot_wait: VecDeque<TicketId>,
}

/// The Transport of a host's client.
fn transport(host: &mut Host) -> &mut Transport {
    let Pool::Go(transport) = &mut host.client.pool;
    transport
}

impl Sim {
    fn transport(&mut self, host: HostId) -> &mut Transport {
        transport(&mut self.hosts[host])
    }
}

/// Whether Go 1.4 rules hold (M-12).
fn is_go_1_4(params: &Params) -> bool {
    params.go == GoVersion::Go1_4
}

/// Whether a call waits for its own dial, which is under way.
pub fn is_dialing(sim: &Sim, attempt: &Attempt) -> bool {
    let phase = attempt.dial.and_then(|dial| sim.pconns.get(dial)).map(|pconn| pconn.phase);
    attempt.ticket.is_some() && matches!(phase, Some(Phase::Dialing(_)))
}

/// The context of a call ends: it fails now, or when its body is there. A call that has failed is not changed by it.
pub fn cancel(sim: &mut Sim, id: AttemptId, kind: ErrorKind, wording: Wording) {
    let pconn = sim.attempts[id].pconn;
    let uploading = pconn.is_some_and(|pconn| matches!(sim.pconns[pconn].phase, Phase::Uploading(_)));
    if sim.held.get(id).is_some() {
        return;
    }
    if !uploading || is_go_1_4(&sim.params) {
        return client::on_attempt_failed(sim, id, kind, wording);
    }
    sim.note_attempt(id, What::Held(kind));
    release(sim, id);
    *sim.held.entry(id) = Some((kind, wording));
}

/// An attempt is over, well or not: its ticket is cancelled (C-5), its connection closed if it still carries the
/// request (C-19 D). A dial goes on by itself (C-7), except that up to Go 1.22 it ends with the request's context.
pub fn release(sim: &mut Sim, id: AttemptId) {
    let attempt = &mut sim.attempts[id];
    let (ticket, pconn, dial) = (attempt.ticket.take(), attempt.pconn.take(), attempt.dial.take());
    if let Some(ticket) = ticket {
        sim.tickets.remove(ticket);
    }
    match pconn {
        // Handed out, but not used yet: back to the pool (C-5).
        Some(pconn) if matches!(sim.pconns[pconn].phase, Phase::Delivered(_)) => put_or_close(sim, pconn),
        Some(pconn) => {
            sim.note_pconn(pconn, What::Closes { side: Side::Client, why: Why::CallOver });
            close_pconn(sim, pconn);
        }
        None => {}
    }
    let limits = [sim.params.timeout, sim.params.deadline, sim.params.patience];
    let has_context = limits.iter().any(|limit| !limit.is_zero());
    let under_way = |dial| matches!(sim.pconns.get(dial), Some(Pconn { phase: Phase::Dialing(_), .. }));
    if let Some(dial) = dial.filter(|dial| sim.params.go == GoVersion::Go1_22 && has_context && under_way(*dial)) {
        sim.note_pconn(dial, What::Closes { side: Side::Client, why: Why::CallOver });
        close_pconn(sim, dial);
    }
}
