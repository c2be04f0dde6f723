//! The server process: started, killed, shut down (S-10, T-30, T-42).

use super::connection::{close_connection, close_socket, start_read_timer};
use super::handler::count_handler_time;
use super::workers::{free_worker, hand_out_workers};
use super::{Session, Stage};
use crate::params::{ServerKind, Stop};
use crate::sim::Sim;
use crate::sim::host::HostId;
use crate::sim::tcp::{Conn, ConnId, Side, socket};
use crate::sim::trace::{What, Why};

/// A live parameter of the server changed.
pub fn on_change(sim: &mut Sim, host: HostId) {
    if sim.params.listening != socket::is_listening(sim, host) {
        match (sim.params.listening, sim.params.stop) {
            (true, _) => socket::listen(sim, host),
            (false, Stop::Kill) => die(sim, host),
            (false, Stop::Shutdown) => shut_down(sim, host),
        }
    }
    hand_out_workers(sim, host);
}

/// The process is killed: its sockets close as the kernel closes them (T-30, T-42), its handlers are no more.
#[inline]
fn die(sim: &mut Sim, host: HostId) {
    for id in leave_accept_loop(sim, host) {
        let is_handled = matches!(sim.conns[id].session.stage, Stage::Handling { .. });
        if is_handled || sim.params.server == ServerKind::Workers {
            free_worker(sim, host, id);
        }
        count_handler_time(sim, id);
        sim.note(id, What::Closes { side: Side::Server, why: Why::Killed });
        close_socket(sim, id);
    }
}

/// http.Server.Shutdown (S-10): idle connections are closed at once, the others when their response is written. The
/// next process shares the workers with what is left of this one.
#[inline]
fn shut_down(sim: &mut Sim, host: HostId) {
    for id in leave_accept_loop(sim, host) {
        sim.conns[id].session.draining = true;
        match sim.conns[id].session {
            Session { stage: Stage::Reading, requests: 0, .. } => start_read_timer(sim, id),
            Session { stage: Stage::Reading, .. } => {
                sim.note(id, What::Closes { side: Side::Server, why: Why::Shutdown });
                close_connection(sim, id);
            }
            _ => {}
        }
    }
}

/// The listener is closed, and what the present process has accepted is no longer the present process's.
#[inline]
fn leave_accept_loop(sim: &mut Sim, host: HostId) -> Vec<ConnId> {
    socket::close_listener(sim, host);
    let server = &mut sim.hosts[host].server;
    server.open = 0;
    server.accept_pause = None;
    server.accept_sleeps_until = None;
    let is_present = |session: &Session| session.stage != Stage::None && !session.draining;
    let is_held = |conn: &Conn| conn.host(Side::Server) == host && is_present(&conn.session);
    sim.conns.iter().filter(|(_, conn)| is_held(conn)).map(|(id, _)| id).collect()
}
