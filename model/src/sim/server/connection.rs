//! An accepted connection: what is read from it, how long the next request is awaited (S-6), and its end.

use super::accept::accept_pending;
use super::handler::{dispatch, finish_handler};
use super::workers::free_worker;
use super::{Session, Stage};
use crate::params::ServerKind;
use crate::sim::Sim;
use crate::sim::event::Event;
use crate::sim::processors;
use crate::sim::scheduler::Rank;
use crate::sim::tcp::socket::{self, Read};
use crate::sim::tcp::{ConnId, Message, Side, State};
use crate::sim::trace::{Timer, What, Why};
use crate::time::{SimDuration, SimTime};

/// How long Shutdown waits for the first request of a connection (S-10). Go counts whole seconds and looks twice a
/// second: up to a second and a half more.
const NEW_CONNECTION_GRACE: SimDuration = SimDuration::from_secs(5);

/// Something has come on a connection: a request, the peer's FIN or an RST.
pub fn on_readable(sim: &mut Sim, id: ConnId) {
    match sim.conns[id].session.stage {
        Stage::None | Stage::Waiting => {}
        Stage::Reading | Stage::ReadingBody => wake(sim, id),
        Stage::Handling { .. } => {
            if sim.params.checks_context && caller_has_gone(sim, id) {
                finish_handler(sim, id);
            }
        }
    }
}

/// The goroutine that reads a connection is woken, where something has come and it sleeps.
#[inline(always)]
fn wake(sim: &mut Sim, id: ConnId) {
    let host = sim.conns[id].host(Side::Server);
    if processors::are_free(sim, host) {
        return read(sim, id);
    }
    let has_come = socket::has_unread_data(sim, id, Side::Server) || caller_has_gone(sim, id);
    if has_come && !std::mem::replace(&mut sim.conns[id].session.is_woken, true) {
        processors::run(sim, host, processors::ProgramStep::Serve(id));
    }
}

/// The goroutine that reads a connection has had its time on a processor.
pub fn serve(sim: &mut Sim, id: ConnId) {
    let session = &mut sim.conns[id].session;
    session.is_woken = false;
    if matches!(session.stage, Stage::Reading | Stage::ReadingBody) {
        read(sim, id);
    }
}

/// Reads what has come, up to the end of a request.
#[inline(always)]
fn read(sim: &mut Sim, id: ConnId) {
    loop {
        let read = socket::read(sim, id, Side::Server);
        if read == Read::Nothing {
            return;
        }
        sim.note(id, What::Reads { side: Side::Server, read });
        let Read::Message(message) = read else {
            sim.note(id, What::Closes { side: Side::Server, why: Why::PeerEnded });
            return close_connection(sim, id);
        };
        let session = &mut sim.conns[id].session;
        if message != Message::Body {
            session.requests += 1;
            session.since = sim.now;
            // Shutdown had begun when it came: it is read, and not served (S-10).
            if session.draining {
                sim.note(id, What::Closes { side: Side::Server, why: Why::Shutdown });
                return close_connection(sim, id);
            }
        }
        if message != Message::Header {
            return dispatch(sim, id);
        }
        session.stage = Stage::ReadingBody;
    }
}

/// Whether the server's kernel knows that the caller has closed.
pub fn caller_has_gone(sim: &Sim, id: ConnId) -> bool {
    socket::peer_has_gone(sim, id, Side::Server)
}

/// close() by the server program; its worker is free.
pub fn close_connection(sim: &mut Sim, id: ConnId) {
    let host = sim.conns[id].host(Side::Server);
    if !sim.conns[id].session.draining {
        sim.hosts[host].server.open -= 1;
    }
    if sim.params.server == ServerKind::Workers {
        free_worker(sim, host, id);
    }
    close_socket(sim, id);
    accept_pending(sim, host);
}

pub fn close_socket(sim: &mut Sim, id: ConnId) {
    let is_first_to_close = socket::state(sim, id, Side::Server) == Some(State::Established);
    sim.metrics.connections.server_closes += u64::from(is_first_to_close);
    let session = std::mem::take(&mut sim.conns[id].session);
    sim.metrics.connections.accepted_unused += u64::from(session.requests == 0);
    socket::close(sim, id, Side::Server);
}

/// How long the server waits for a connection's next request (S-6); `None`: for ever.
fn read_limit(sim: &Sim, session: &Session) -> Option<SimDuration> {
    if session.requests > 0 {
        return sim.params.server_idle_timeout.non_zero();
    }
    let first = sim.params.read_header_timeout.non_zero();
    if session.draining {
        Some(first.map_or(NEW_CONNECTION_GRACE, |first| first.min(NEW_CONNECTION_GRACE)))
    } else {
        first
    }
}

/// Starts the timer for the next request, unless one runs that fires before. One that fires too early is started again.
#[inline(always)]
pub fn start_read_timer(sim: &mut Sim, id: ConnId) {
    let session = &sim.conns[id].session;
    let Some(limit) = read_limit(sim, session) else { return };
    let at = (session.since + limit).max(sim.now);
    if session.timer_at == SimTime::ZERO || at < session.timer_at {
        sim.conns[id].session.timer_at = at;
        sim.at(at, Rank::Timer, Event::ReadTimeout(id));
    }
}

/// The time limit on the next request may have passed.
pub fn on_read_timeout(sim: &mut Sim, id: ConnId) {
    let Some(conn) = sim.conns.get_mut(id) else { return };
    if conn.session.timer_at == sim.now {
        conn.session.timer_at = SimTime::ZERO;
    }
    let session = conn.session;
    match read_limit(sim, &session) {
        Some(limit) if session.stage == Stage::Reading && sim.now.since(session.since) >= limit => {
            let timer = if session.requests > 0 { Timer::ServerIdleTimeout } else { Timer::ReadHeaderTimeout };
            sim.note(id, What::Fires { timer, after: limit });
            sim.note(id, What::Closes { side: Side::Server, why: Why::Idle });
            close_connection(sim, id);
        }
        Some(_) if session.stage == Stage::Reading => start_read_timer(sim, id),
        _ => {}
    }
}
