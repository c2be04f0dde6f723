//! Go's `http.Transport` for one server: the pool of connections, and who gets which (C-1 to C-29).
//!
//! A call that needs a connection takes a ticket. The ticket stands in the queue for idle connections and, at the
//! same time, dials one (or waits for a slot to dial in); whichever comes first serves it, oldest ticket first ("late
//! binding"). A dial whose ticket was served otherwise goes on by itself, and its connection joins the pool.
//!
//! Source: net/http/transport.go of Go 1.27; for Go 1.4 its transport.go (M-12): no replay, no limits but the one on
//! idle connections per host, connections the server closed stay listed. Left out: TLS, HTTP/2, proxies, request
//! bodies longer than one segment, CloseIdleConnections, responses whose body is not read.

pub mod pool;

use std::collections::VecDeque;

use super::Sim;
use super::client::{self, Attempt, AttemptId};
use super::error::{ErrorKind, Wording};
use super::event::Event;
use super::scheduler::Rank;
use super::tcp::{self, ConnId, Message, Read, Side, State};
use super::trace::{Timer, What, Why};
use crate::arena::{Arena, Id};
use crate::params::{GoVersion, Method, Params};
use crate::time::{SimDuration, SimTime};
use pool::{close_pconn, close_socket, is_usable, put_or_close, unlist};

/// How long Go 1.4 waits for the response on a connection that it has closed itself.
const GRACE_1_4: SimDuration = SimDuration::from_millis(100);

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
    pub host: u16,
    /// It is the n-th dial of the run, from 1.
    pub number: u32,
    /// Its socket; none while connect() has failed at once.
    pub conn: Option<ConnId>,
    /// What it is doing.
    pub phase: Phase,
    /// It has been offered to the pool: failures on it may be replayed (C-11).
    reused: bool,
    /// How its reader saw it end before the request was on it, and the addresses it had.
    ended: Option<(ErrorKind, Wording)>,
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

/// Whether Go 1.4 rules hold (M-12).
fn is_go_1_4(params: &Params) -> bool {
    params.go == GoVersion::Go1_4
}

/// Finds a connection for an attempt: an idle one, or a ticket that waits for one (C-2).
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
        enqueue(&mut sim.hosts[usize::from(host)].transport.idle_wait, ticket, &sim.tickets);
    }
    let limit = if is_go_1_4(&sim.params) { 0 } else { sim.params.max_conns };
    if limit > 0 && sim.transport(host).conns >= limit {
        sim.note_attempt(attempt, What::WaitsForSlot);
        // It now stands in two queues: an idle connection or a slot, whichever comes first (C-4).
        return enqueue(&mut sim.hosts[usize::from(host)].transport.slot_wait, ticket, &sim.tickets);
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
fn dial(sim: &mut Sim, host: u16, ticket: TicketId) {
    sim.metrics.connections.dials += 1;
    let number = sim.metrics.connections.dials as u32;
    let pconn = sim.pconns.insert(Pconn {
        host,
        number,
        conn: None,
        phase: Phase::Dialing(ticket),
        reused: false,
        ended: None,
        idle_timer_runs: false,
    });
    let attempt = sim.tickets[ticket].attempt;
    sim.attempts[attempt].dial = Some(pconn);
    sim.attempts[attempt].connection = Some(number);
    sim.note_dial(attempt, number, None);
    let request = sim.requests[sim.attempts[attempt].request].number;
    sim.metrics.dialing.get_or_insert(request);
    match tcp::connect(sim, host, pconn) {
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
            sim.note_dial(attempt, number, Some(kind));
            let event = Event::DialFailed(pconn, kind);
            sim.at(sim.now, Rank::Program, event);
        }
    }
}

fn is_connected(sim: &Sim, id: PconnId) -> bool {
    let conn = sim.pconns[id].conn.and_then(|conn| sim.conns.get(conn));
    conn.is_some_and(|conn| conn.client.state != State::SynSent)
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
    if matches!(sim.pconns.get(id), Some(Pconn { phase: Phase::Dialing(_), .. })) && !is_connected(sim, id) {
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
fn take_ticket(sim: &mut Sim, ticket: TicketId) -> Option<AttemptId> {
    let attempt = sim.tickets.remove(ticket)?.attempt;
    sim.attempts[attempt].ticket = None;
    Some(attempt)
}

/// A waiting ticket is served: its goroutine is woken, and until it runs the connection counts as idle (C-6).
fn deliver(sim: &mut Sim, attempt: AttemptId, id: PconnId) {
    if sim.params.sched_delay.is_zero() {
        return start_exchange(sim, attempt, id);
    }
    sim.pconns[id].phase = Phase::Delivered(attempt);
    sim.attempts[attempt].pconn = Some(id);
    sim.note_taken(attempt, id, None, false);
    let at = sim.goroutine_runs_at();
    sim.at(at, Rank::Program, Event::Begin(id));
}

/// The goroutine runs: the request goes out, unless the reader has seen the end of the connection meanwhile.
pub fn on_begin(sim: &mut Sim, id: PconnId) {
    let Some(Pconn { phase: Phase::Delivered(attempt), ended, .. }) = sim.pconns.get(id) else { return };
    match (*attempt, *ended) {
        (attempt, None) => start_exchange(sim, attempt, id),
        // Its writer has left with its reader: nobody takes the request, and the caller waits for a response (E26).
        (attempt, Some(_)) if is_go_1_4(&sim.params) => {
            hold_failure(sim, attempt, id, ErrorKind::BrokenConnection);
            sim.at(sim.now + GRACE_1_4, Rank::Timer, Event::GraceOver(attempt));
        }
        // An RST leaves no doubt that nothing was written; a FIN has an error of its own, replayed by method (C-29).
        (attempt, Some((ErrorKind::Reset, _))) => fail_exchange(sim, attempt, id, ErrorKind::Reset, Written::Nothing),
        (attempt, Some((kind, _))) => fail_exchange(sim, attempt, id, kind, Written::Perhaps),
    }
}

/// The exchange begins: the request is written, of a streamed one the header (C-18).
fn start_exchange(sim: &mut Sim, attempt: AttemptId, id: PconnId) {
    let idle_since = if let Phase::Idle { since } = sim.pconns[id].phase { Some(since) } else { None };
    sim.note_taken(attempt, id, idle_since, true);
    sim.attempts[attempt].connection = Some(sim.pconns[id].number);
    sim.attempts[attempt].pconn = Some(id);
    if !sim.params.streams_body() {
        sim.pconns[id].phase = Phase::Busy(attempt);
        return write_request(sim, attempt, id);
    }
    sim.pconns[id].phase = Phase::Uploading(attempt);
    // Even a body that is there already is a step of its own: packets of this instant come before it.
    sim.at(sim.now + sim.params.upload, Rank::Program, Event::Body(attempt));
    if sim.params.header_goes_first() {
        write_request(sim, attempt, id);
    }
}

/// The first write of a request, mostly the only one.
fn write_request(sim: &mut Sim, attempt: AttemptId, id: PconnId) {
    let &Pconn { conn, reused, phase, .. } = &sim.pconns[id];
    let conn = conn.expect("a connected socket");
    if let Some(kind) = tcp::write_error(sim, conn) {
        sim.note(conn, What::WriteFails(kind));
        // Reset, and the reader is yet to say so: the write is the first to hear of it (T-44).
        return fail_exchange(sim, attempt, id, kind, Written::Nothing);
    }
    sim.metrics.attempts.wire += 1;
    match reused {
        true => sim.metrics.connections.reused_requests += 1,
        false => sim.metrics.connections.fresh_requests += 1,
    }
    let message = if sim.params.header_goes_first() { Message::Header } else { Message::Request };
    tcp::send_data(sim, conn, Side::Client, message);
    if matches!(phase, Phase::Busy(_)) {
        start_header_timer(sim, attempt);
    }
}

/// The caller has produced the body: it is written, if there is still something to write it to.
pub fn on_body(sim: &mut Sim, attempt: AttemptId) {
    // The caller has left where the header could not be written, and in Go 1.4 with every other failure.
    let Some(Attempt { pconn, .. }) = sim.attempts.get(attempt) else { return };
    let Some(id) = *pconn else { return return_failure(sim, attempt) };
    sim.pconns[id].phase = Phase::Busy(attempt);
    if !sim.params.header_goes_first() {
        return write_request(sim, attempt, id);
    }
    let conn = sim.pconns[id].conn.expect("a connected socket");
    if let Some(kind) = tcp::write_error(sim, conn) {
        sim.note(conn, What::WriteFails(kind));
        // Recorded on the request, it goes before all that the reader may find (C-27).
        return fail_exchange(sim, attempt, id, kind, Written::Perhaps);
    }
    tcp::send_data(sim, conn, Side::Client, Message::Body);
    start_header_timer(sim, attempt);
}

/// ResponseHeaderTimeout starts when all of the request is written (C-19).
fn start_header_timer(sim: &mut Sim, attempt: AttemptId) {
    if let Some(timeout) = sim.params.header_timeout.non_zero() {
        let at = sim.now + timeout;
        sim.attempts[attempt].headers_due = at;
        sim.at(at, Rank::Timer, Event::HeaderTimeout(attempt));
    }
}

/// The reader takes what has come: a response, then end of file or a reset (C-20, C-24).
pub fn on_readable(sim: &mut Sim, id: PconnId) {
    let Some(conn) = sim.pconns.get(id).and_then(|pconn| pconn.conn) else { return };
    if !is_connected(sim, id) || matches!(sim.pconns[id].phase, Phase::Dialing(_)) {
        return;
    }
    let (response, end) = read_all(sim, conn);
    if let (Some(response), Phase::Busy(attempt)) = (response, sim.pconns[id].phase) {
        finish_exchange(sim, attempt, id, response);
    }
    if !sim.pconns.contains(id) {
        return;
    }
    let kind = match end {
        Read::End => ErrorKind::Eof,
        Read::Reset => ErrorKind::Reset,
        Read::Message(_) | Read::Nothing => return,
    };
    sim.note(conn, What::Closes { side: Side::Client, why: Why::PeerEnded });
    match sim.pconns[id].phase {
        // The writer finds its descriptor closed when it has the body, and that is what the caller hears (U-1, U-2).
        Phase::Uploading(attempt) if !is_go_1_4(&sim.params) => hold_failure(sim, attempt, id, ErrorKind::Closed),
        Phase::Busy(attempt) | Phase::Uploading(attempt) => fail_exchange(sim, attempt, id, kind, Written::Perhaps),
        // Noticed between hand-out and write: the goroutine will find out (C-24).
        Phase::Delivered(_) => {
            let kind = if kind == ErrorKind::Eof { ErrorKind::ServerClosedIdle } else { kind };
            let wording = Wording { peeked: true, ..sim.wording(sim.pconns[id].host, Some(conn)) };
            sim.pconns[id].ended = Some((kind, wording));
            close_socket(sim, id);
        }
        // Go 1.4 closes it but leaves it in the list, where it takes a place until somebody picks it (M-12).
        Phase::Idle { .. } if is_go_1_4(&sim.params) => close_socket(sim, id),
        Phase::Idle { .. } => {
            unlist(sim, id);
            close_pconn(sim, id);
        }
        Phase::Dialing(_) => {}
    }
}

/// Reads until there is nothing more: the last message, and what ended the stream.
fn read_all(sim: &mut Sim, conn: ConnId) -> (Option<Message>, Read) {
    sim.conns[conn].reader_runs_at = None;
    let mut last = None;
    loop {
        let read = tcp::read(sim, conn, Side::Client);
        if read != Read::Nothing {
            sim.note(conn, What::Reads { side: Side::Client, read });
        }
        match read {
            Read::Message(message) => last = Some(message),
            end => return (last, end),
        }
    }
}

/// A response: the connection goes back before the caller hears of it (C-14), unless it says `Connection: close`.
fn finish_exchange(sim: &mut Sim, attempt: AttemptId, id: PconnId, response: Message) {
    sim.attempts[attempt].pconn = None;
    match response == Message::LastResponse {
        false => put_or_close(sim, id),
        true => {
            sim.note_pconn(id, What::Closes { side: Side::Client, why: Why::NoKeepAlive });
            close_pconn(sim, id);
        }
    }
    client::on_attempt_succeeded(sim, attempt);
}

/// The connection is closed and the attempt has failed, but its caller is not to know yet: a call returns only when its
/// writer has ended, which is when the body is there (C-27, mapRoundTripError).
fn hold_failure(sim: &mut Sim, attempt: AttemptId, id: PconnId, kind: ErrorKind) {
    let wording = sim.wording(sim.pconns[id].host, sim.pconns[id].conn);
    sim.attempts[attempt].pconn = None;
    sim.attempts[attempt].held = Some((kind, wording));
    sim.note_pconn(id, What::Held(kind));
    close_pconn(sim, id);
}

/// The caller hears of the failure that was held back.
pub fn return_failure(sim: &mut Sim, attempt: AttemptId) {
    let (kind, wording) = sim.attempts[attempt].held.expect("without a connection it has failed");
    client::on_attempt_failed(sim, attempt, kind, wording);
}

/// Whether a call waits for its own dial, which is under way.
pub fn is_dialing(sim: &Sim, attempt: &Attempt) -> bool {
    let phase = attempt.dial.and_then(|dial| sim.pconns.get(dial)).map(|pconn| pconn.phase);
    attempt.ticket.is_some() && matches!(phase, Some(Phase::Dialing(_)))
}

/// The context of a call ends: it fails now, or when its body is there. A call that has failed is not changed by it.
pub fn cancel(sim: &mut Sim, id: AttemptId, kind: ErrorKind, wording: Wording) {
    let Attempt { pconn, held, .. } = &sim.attempts[id];
    let uploading = pconn.is_some_and(|pconn| matches!(sim.pconns[pconn].phase, Phase::Uploading(_)));
    if held.is_some() {
        return;
    }
    if !uploading || is_go_1_4(&sim.params) {
        return client::on_attempt_failed(sim, id, kind, wording);
    }
    sim.note_attempt(id, What::Held(kind));
    release(sim, id);
    sim.attempts[id].held = Some((kind, wording));
}

/// Whether any of a failed request can have reached the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    Nothing,
    Perhaps,
}

/// The connection ended before the response: replay by the rules of C-28, or fail.
fn fail_exchange(sim: &mut Sim, attempt: AttemptId, id: PconnId, kind: ErrorKind, written: Written) {
    let pconn = &sim.pconns[id];
    let replay = pconn.reused && !is_go_1_4(&sim.params) && is_replayable(&sim.params, written);
    let wording = pconn.ended.map_or_else(|| sim.wording(pconn.host, pconn.conn), |(_, wording)| wording);
    sim.attempts[attempt].pconn = None;
    close_pconn(sim, id);
    if replay {
        // Again from the start, at once: no wait, no limit; each replay uses up a stale connection (C-1).
        sim.metrics.attempts.transport_retries += 1;
        sim.note_attempt(attempt, What::Replays);
        get_connection(sim, attempt);
    } else {
        client::on_attempt_failed(sim, attempt, kind, wording);
    }
}

/// Whether the Transport may send the request (again): no body, or one that can be rewound; and where some of it may
/// have been sent, an idempotent request (C-28).
fn is_replayable(params: &Params, written: Written) -> bool {
    let has_body = params.method == Method::Post;
    let idempotent = !has_body || params.idempotency_key;
    (!has_body || params.rewindable) && (written == Written::Nothing || idempotent)
}

/// ResponseHeaderTimeout: closes the connection; never replayed (C-19).
pub fn on_header_timeout(sim: &mut Sim, id: AttemptId) {
    let Some(attempt) = sim.attempts.get(id) else { return };
    // A replay begins anew when it is written.
    let is_due = |id: &PconnId| sim.now >= attempt.headers_due && matches!(sim.pconns[*id].phase, Phase::Busy(_));
    let Some(pconn) = attempt.pconn.filter(is_due) else { return };
    if is_being_read(sim, pconn) {
        return sim.at(sim.now, Rank::Program, Event::HeaderTimeout(id));
    }
    let wording = sim.wording(attempt.host, sim.pconns[pconn].conn);
    sim.note_pconn(pconn, What::Fires { timer: Timer::HeaderTimeout, after: sim.params.header_timeout });
    client::on_attempt_failed(sim, id, ErrorKind::HeaderTimeout, wording);
}

/// Whether the reader runs in this instant: what it finds, a response or the end of the connection, beats every
/// time-out. That looks again behind it (C-19: R, X, H, D), and finds at most a request that is being replayed.
pub fn is_being_read(sim: &Sim, pconn: PconnId) -> bool {
    sim.pconns[pconn].conn.is_some_and(|conn| tcp::is_being_read(sim, conn))
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

/// A live parameter of the Transport changed: with a higher MaxConnsPerHost more tickets may dial.
pub fn on_change(sim: &mut Sim) {
    for host in 0..sim.hosts.len() as u16 {
        let limit = sim.params.max_conns;
        while limit == 0 || sim.transport(host).conns < limit {
            let Some(ticket) = sim.transport(host).slot_wait.pop_front() else { break };
            if sim.tickets.contains(ticket) {
                sim.transport(host).conns += 1;
                dial(sim, host, ticket);
            }
        }
    }
}
