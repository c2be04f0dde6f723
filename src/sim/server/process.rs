//! The server process: started, killed, shut down (S-10, T-30, T-42).

use super::connection::{close_connection, close_socket, start_read_timer};
use super::handler::count_handler_time;
use super::workers::{free_worker, hand_out_workers};
use super::{Stage, Work};
use crate::params::{ServerKind, Stop};
use crate::sim::Sim;
use crate::sim::tcp::{ConnId, Side, listener};
use crate::sim::trace::{What, Why};

/// A live parameter of the server changed.
pub fn on_change(sim: &mut Sim) {
    if sim.params.listening != sim.listener.up {
        match (sim.params.listening, sim.params.stop) {
            (true, _) => listener::listen(sim),
            (false, Stop::Kill) => die(sim),
            (false, Stop::Shutdown) => shut_down(sim),
        }
    }
    hand_out_workers(sim);
}

/// The process is killed: its sockets close as the kernel closes them (T-30, T-42), its handlers are no more.
#[inline]
fn die(sim: &mut Sim) {
    for id in leave_accept_loop(sim) {
        let is_handled = matches!(sim.conns[id].work.stage, Stage::Handling { .. });
        if is_handled || sim.params.server == ServerKind::Workers {
            free_worker(sim, id);
        }
        count_handler_time(sim, id);
        sim.note(id, What::Closes { side: Side::Server, why: Why::Killed });
        close_socket(sim, id);
    }
}

/// http.Server.Shutdown (S-10): idle connections are closed at once, the others when their response is written. The
/// next process shares the workers with what is left of this one.
#[inline]
fn shut_down(sim: &mut Sim) {
    for id in leave_accept_loop(sim) {
        sim.conns[id].work.draining = true;
        match sim.conns[id].work {
            Work { stage: Stage::Reading, requests: 0, .. } => start_read_timer(sim, id),
            Work { stage: Stage::Reading, .. } => {
                sim.note(id, What::Closes { side: Side::Server, why: Why::Shutdown });
                close_connection(sim, id);
            }
            _ => {}
        }
    }
}

/// The listener is closed, and what the present process has accepted is no longer the present process's.
#[inline]
fn leave_accept_loop(sim: &mut Sim) -> Vec<ConnId> {
    listener::stop(sim);
    sim.server.open = 0;
    sim.server.accept_pause = None;
    sim.server.accept_sleeps_until = None;
    let is_present = |work: &Work| work.stage != Stage::None && !work.draining;
    sim.conns.iter().filter(|(_, conn)| is_present(&conn.work)).map(|(id, _)| id).collect()
}
