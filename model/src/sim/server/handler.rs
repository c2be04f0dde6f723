//! Handlers: what becomes of a request that is read (S-7, S-8).

use super::Stage;
use super::connection::{caller_has_gone, close_connection, on_readable, start_read_timer};
use super::workers::{free_worker, hand_out_workers, take_worker};
use crate::params::ServerKind;
use crate::sim::Sim;
use crate::sim::event::Event;
use crate::sim::host::HostId;
use crate::sim::processors;
use crate::sim::scheduler::Rank;
use crate::sim::tcp::{Conn, ConnId, Message, Side, socket};
use crate::sim::trace::{Timer, What, Why};
use crate::time::SimDuration;

/// A request is read: its handler starts, or waits for a worker.
#[inline(always)]
pub fn dispatch(sim: &mut Sim, id: ConnId) {
    let host = sim.conns[id].host(Side::Server);
    if sim.params.server == ServerKind::Go {
        let busy = sim.hosts[host].server.busy + 1;
        if !sim.metrics.needs.workers.admits(busy, sim.params.workers) {
            return wait_for_worker(sim, host, id);
        }
        take_worker(sim, host, id);
    }
    start_handler(sim, host, id);
}

fn wait_for_worker(sim: &mut Sim, host: HostId, id: ConnId) {
    sim.conns[id].session.stage = Stage::Waiting;
    sim.note(id, What::WaitsForWorker);
    sim.hosts[host].server.waiting.push_back(id);
    sim.metrics.waiting.up(sim.now);
}

pub fn start_handler(sim: &mut Sim, host: HostId, id: ConnId) {
    let service = next_service_time(sim, host);
    sim.metrics.handlers_started += 1;
    sim.metrics.expected_work_ns += u128::from(sim.params.service.as_nanos());
    let cancelled = sim.params.checks_context && caller_has_gone(sim, id);
    let session = &mut sim.conns[id].session;
    session.stage = Stage::Handling { since: sim.now };
    session.handler = session.handler.wrapping_add(1);
    let done = Event::HandlerDone(id, session.handler);
    let service = if cancelled { SimDuration::ZERO } else { service };
    sim.note(id, What::HandlerStarts);
    sim.at(sim.now + service, Rank::Timer, done);
}

/// The k-th handler that starts works for the k-th recorded time; after the last one times are drawn.
#[inline(always)]
fn next_service_time(sim: &mut Sim, host: HostId) -> SimDuration {
    let used = &mut sim.hosts[host].server.services_used;
    let number = std::mem::replace(used, *used + 1);
    let recorded = sim.recording.services.get(number).copied();
    recorded.unwrap_or_else(|| sim.service_stream.sample(sim.params.service, sim.params.service_shape()))
}

/// The handler with this number has done its work.
pub fn on_handler_done(sim: &mut Sim, id: ConnId, handler: u8) {
    if is_handled_by(sim, id, handler) {
        finish_handler(sim, id);
    }
}

fn is_handled_by(sim: &Sim, id: ConnId, handler: u8) -> bool {
    let is_by = |conn: &Conn| conn.session.handler == handler && matches!(conn.session.stage, Stage::Handling { .. });
    sim.conns.get(id).is_some_and(is_by)
}

/// The handler of a connection has nothing to do any more but to respond.
pub fn finish_handler(sim: &mut Sim, id: ConnId) {
    let (host, handler) = (sim.conns[id].host(Side::Server), sim.conns[id].session.handler);
    processors::run(sim, host, processors::ProgramStep::Respond(id, handler));
}

/// The handler with this number has had the time on a processor that its response takes.
#[inline(always)]
pub fn respond(sim: &mut Sim, id: ConnId, handler: u8) {
    if is_handled_by(sim, id, handler) {
        end_handler(sim, id);
    }
}

/// The handler returns: its response is written, and the connection kept or closed (S-7). After Server.WriteTimeout the
/// write fails, and nothing has been sent (S-6).
#[inline(always)]
fn end_handler(sim: &mut Sim, id: ConnId) {
    let caller_left = count_handler_time(sim, id);
    note_handler_end(sim, id, caller_left);
    let conn = &mut sim.conns[id];
    let timeout = sim.params.write_timeout.non_zero();
    let too_late = timeout.is_some_and(|timeout| sim.now.since(conn.session.since) >= timeout);
    conn.session.stage = Stage::Reading;
    conn.session.since = sim.now;
    let says_close = conn.session.draining || !sim.params.keepalive;
    let last = sim.params.max_requests > 0 && conn.session.requests >= sim.params.max_requests;
    let announced = says_close && (conn.session.draining || sim.params.server_closes);
    let closes = caller_left || last || too_late || announced;
    let host = conn.host(Side::Server);
    if !too_late && socket::write_error(sim, id, Side::Server).is_none() {
        let response = if says_close { Message::LastResponse } else { Message::Response };
        socket::write(sim, id, Side::Server, response);
    }
    if sim.params.server == ServerKind::Go {
        free_worker(sim, host, id);
    }
    if closes {
        note_close_after_response(sim, id, caller_left, last, too_late);
        close_connection(sim, id);
    } else if socket::has_unread_data(sim, id, Side::Server) {
        on_readable(sim, id);
    } else {
        start_read_timer(sim, id);
    }
    hand_out_workers(sim, host);
}

fn note_handler_end(sim: &mut Sim, id: ConnId, caller_left: bool) {
    if sim.has_tap()
        && let Stage::Handling { since } = sim.conns[id].session.stage
    {
        sim.note(id, What::HandlerEnds { took: sim.now.since(since), caller_left });
    }
}

fn note_close_after_response(sim: &mut Sim, id: ConnId, caller_left: bool, last: bool, too_late: bool) {
    if too_late {
        sim.note(id, What::Fires { timer: Timer::WriteTimeout, after: sim.params.write_timeout });
    }
    let why = match () {
        () if too_late => Why::WriteTimeout,
        () if caller_left => Why::PeerEnded,
        () if last => Why::MaxRequests(sim.params.max_requests),
        () if sim.conns[id].session.draining => Why::Shutdown,
        () => Why::NoKeepAlive,
    };
    sim.note(id, What::Closes { side: Side::Server, why });
}

/// Counts the time of a handler, if one works on this connection; returns whether its caller has gone.
pub fn count_handler_time(sim: &mut Sim, id: ConnId) -> bool {
    let caller_left = caller_has_gone(sim, id);
    if let Stage::Handling { since } = sim.conns[id].session.stage {
        let time = u128::from(sim.now.since(since).as_nanos());
        sim.metrics.busy_ns += time;
        sim.metrics.wasted_ns += if caller_left { time } else { 0 };
    }
    caller_left
}
