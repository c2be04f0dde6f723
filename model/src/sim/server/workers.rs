//! Workers: who has one, and who gets the next.

use super::Stage;
use super::accept::accept_pending;
use super::handler::start_handler;
use crate::params::ServerKind;
use crate::sim::Sim;
use crate::sim::host::HostId;
use crate::sim::tcp::ConnId;

/// Free workers take the requests that have waited longest inside the program, then new connections.
#[inline(always)]
pub fn hand_out_workers(sim: &mut Sim, host: HostId) {
    while sim.params.server == ServerKind::Go && sim.hosts[host].server.busy < sim.params.workers {
        let Some(id) = sim.hosts[host].server.waiting.pop_front() else { break };
        sim.metrics.waiting.down(sim.now);
        if sim.conns.get(id).is_some_and(|conn| conn.session.stage == Stage::Waiting) {
            take_worker(sim, host, id);
            start_handler(sim, host, id);
        }
    }
    accept_pending(sim, host);
}

/// The free worker with the lowest number takes this connection, or its request. All workers are alike: the number
/// only tells who looks which one it is.
#[inline(always)]
pub fn take_worker(sim: &mut Sim, host: HostId, id: ConnId) {
    let server = &mut sim.hosts[host].server;
    // Where none has come back, those with the numbers below are all busy.
    let number = server.free_workers.take_lowest().unwrap_or(server.busy);
    server.busy += 1;
    sim.conns[id].session.worker = number as u16;
    sim.metrics.busy_workers.up(sim.now);
}

/// The worker of a connection has nothing to do any more.
#[inline(always)]
pub fn free_worker(sim: &mut Sim, host: HostId, id: ConnId) {
    let number = sim.conns[id].session.worker;
    let server = &mut sim.hosts[host].server;
    server.free_workers.put(number.into());
    server.busy -= 1;
    sim.metrics.busy_workers.down(sim.now);
}
