//! A request on its connection: written, answered, replayed or failed (C-14, C-18 to C-29).

use super::dial::{get_connection, is_connected};
use super::idle::{close_pconn, close_socket, put_or_close, unlist};
use super::{Pconn, PconnId, Phase, is_go_1_4};
use crate::params::{Method, Params};
use crate::sim::Sim;
use crate::sim::client::{self, Attempt, AttemptId};
use crate::sim::error::{ErrorKind, Wording};
use crate::sim::event::Event;
use crate::sim::pool::is_being_read;
use crate::sim::processors::{self, ProgramStep};
use crate::sim::scheduler::Rank;
use crate::sim::tcp::socket::{self, Read};
use crate::sim::tcp::{ConnId, Message, Side};
use crate::sim::trace::{Timer, What, Why};
use crate::time::SimDuration;

/// How long Go 1.4 waits for the response on a connection that it has closed itself.
const GRACE_1_4: SimDuration = SimDuration::from_millis(100);

/// The goroutine runs: the request goes out, unless the reader has seen the end of the connection meanwhile.
pub fn on_begin(sim: &mut Sim, id: PconnId) {
    let Some(&Pconn { phase: Phase::Delivered(attempt), .. }) = sim.pconns.get(id) else { return };
    match (attempt, sim.ended.get(id)) {
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
#[inline(always)]
pub fn start_exchange(sim: &mut Sim, attempt: AttemptId, id: PconnId) {
    let streams_body = sim.params.streams_body();
    let phase = if streams_body { Phase::Uploading(attempt) } else { Phase::Busy(attempt) };
    let pconn = &mut sim.pconns[id];
    let before = std::mem::replace(&mut pconn.phase, phase);
    let call = &mut sim.attempts[attempt];
    (call.connection, call.pconn) = (Some(pconn.number), Some(id));
    let idle_since = if let Phase::Idle { since } = before { Some(since) } else { None };
    sim.note_taken(attempt, id, idle_since, true);
    if !streams_body {
        return write_request(sim, attempt, id);
    }
    // Even a body that is there already is a step of its own: packets of this instant come before it.
    sim.at(sim.now + sim.params.upload, Rank::Program, Event::Body(attempt));
    if sim.params.header_goes_first() {
        write_request(sim, attempt, id);
    }
}

/// The first write of a request, mostly the only one.
#[inline(always)]
fn write_request(sim: &mut Sim, attempt: AttemptId, id: PconnId) {
    let &Pconn { conn, reused, phase, .. } = &sim.pconns[id];
    let conn = conn.expect("a connected socket");
    if let Some(kind) = socket::write_error(sim, conn, Side::Client) {
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
    socket::write(sim, conn, Side::Client, message);
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
    if let Some(kind) = socket::write_error(sim, conn, Side::Client) {
        sim.note(conn, What::WriteFails(kind));
        // Recorded on the request, it goes before all that the reader may find (C-27).
        return fail_exchange(sim, attempt, id, kind, Written::Perhaps);
    }
    socket::write(sim, conn, Side::Client, Message::Body);
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

/// The reader is woken: something has come for it.
pub fn on_wake(sim: &mut Sim, id: PconnId) {
    if let Some(&Pconn { host, .. }) = sim.pconns.get(id) {
        processors::run(sim, host, ProgramStep::Read(id));
    }
}

/// The reader takes what has come: a response, then end of file or a reset (C-20, C-24).
pub fn on_readable(sim: &mut Sim, id: PconnId) {
    let Some(&Pconn { conn: Some(conn), phase, .. }) = sim.pconns.get(id) else { return };
    if matches!(phase, Phase::Dialing(_)) || !is_connected(sim, conn) {
        return;
    }
    let (response, end) = read_all(sim, conn);
    if let (Some(response), Phase::Busy(attempt)) = (response, phase) {
        finish_exchange(sim, attempt, id, response);
    }
    let kind = match end {
        Read::End => ErrorKind::Eof,
        Read::Reset => ErrorKind::Reset,
        Read::Message(_) | Read::Nothing => return,
    };
    if !sim.pconns.contains(id) {
        return;
    }
    sim.note(conn, What::Closes { side: Side::Client, why: Why::PeerEnded });
    match sim.pconns[id].phase {
        // The writer finds its descriptor closed when it has the body, and that is what the caller hears (U-1, U-2).
        Phase::Uploading(attempt) if !is_go_1_4(&sim.params) => hold_failure(sim, attempt, id, ErrorKind::Closed),
        Phase::Busy(attempt) | Phase::Uploading(attempt) => fail_exchange(sim, attempt, id, kind, Written::Perhaps),
        // Noticed between hand-out and write: the goroutine will find out (C-24).
        Phase::Delivered(_) => {
            let kind = if kind == ErrorKind::Eof { ErrorKind::ServerClosedIdle } else { kind };
            let wording = Wording { peeked: true, ..sim.wording(sim.pconns[id].host, Some(conn)) };
            *sim.ended.entry(id) = Some((kind, wording));
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
#[inline(always)]
fn read_all(sim: &mut Sim, conn: ConnId) -> (Option<Message>, Read) {
    socket::begin_reading(sim, conn);
    let mut last = None;
    loop {
        let read = socket::read(sim, conn, Side::Client);
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
#[inline(always)]
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
    *sim.held.entry(attempt) = Some((kind, wording));
    sim.note_pconn(id, What::Held(kind));
    close_pconn(sim, id);
}

/// The caller hears of the failure that was held back.
pub fn return_failure(sim: &mut Sim, attempt: AttemptId) {
    let (kind, wording) = sim.held.get(attempt).expect("without a connection it has failed");
    client::on_attempt_failed(sim, attempt, kind, wording);
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
    let wording = sim.ended.get(id).map_or_else(|| sim.wording(pconn.host, pconn.conn), |(_, wording)| wording);
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
