//! The accept loop (T-13, S-2).

use super::connection::{on_readable, start_read_timer};
use super::workers::take_worker;
use super::{OWN_DESCRIPTORS, Server, Session, Stage};
use crate::params::ServerKind;
use crate::sim::Sim;
use crate::sim::event::Event;
use crate::sim::host::HostId;
use crate::sim::processors;
use crate::sim::scheduler::Rank;
use crate::sim::tcp::socket;
use crate::sim::trace::Accepting;
use crate::time::SimDuration;

/// First and last pause of the accept loop after EMFILE (S-2).
const ACCEPT_PAUSE_MIN: SimDuration = SimDuration::from_millis(5);

const ACCEPT_PAUSE_MAX: SimDuration = SimDuration::from_secs(1);

/// The pause after EMFILE is over, unless the process that slept is no more.
pub fn on_accept_again(sim: &mut Sim, host: HostId) {
    if sim.hosts[host].server.accept_sleeps_until.take_if(|until| *until == sim.now).is_some() {
        accept_pending(sim, host);
    }
}

/// accept() as long as there is something to accept and somebody to do it.
///
/// A worker that is free takes a connection in the instant in which it enters the queue (T-13b).
///
/// A connection that is dead already is closed right here, which frees its worker; the loop then simply goes on. Called
/// again from within, it would need stack for each of thousands of dead connections.
pub fn accept_pending(sim: &mut Sim, host: HostId) {
    if !std::mem::replace(&mut sim.hosts[host].server.accepting, true) {
        accept_loop(sim, host);
        sim.hosts[host].server.accepting = false;
    }
}

/// Whether a host's program calls accept(), and why not.
pub fn accepting(sim: &Sim, host: HostId) -> Accepting {
    let server = &sim.hosts[host].server;
    match () {
        () if !socket::is_listening(sim, host) => Accepting::Down,
        () if !sim.params.accepting => Accepting::Stalled,
        () if server.accept_sleeps_until.is_some() => Accepting::NoDescriptor,
        () if sim.params.server == ServerKind::Workers && server.busy >= sim.params.workers => Accepting::NoWorker,
        () => Accepting::Yes,
    }
}

fn accept_loop(sim: &mut Sim, host: HostId) {
    while may_accept(sim, host) {
        if processors::are_free(sim, host) {
            accept(sim, host);
        } else if has_acceptor(sim, host) {
            sim.hosts[host].server.accepts += 1;
            processors::run(sim, host, processors::ProgramStep::Accept);
        } else {
            return;
        }
    }
}

/// Whether there is something to accept, and somebody to do it.
fn may_accept(sim: &mut Sim, host: HostId) -> bool {
    let accepting = match socket::acceptable(sim, host) {
        0 => return false,
        _ => accepting(sim, host),
    };
    if sim.params.server == ServerKind::Workers && matches!(accepting, Accepting::Yes | Accepting::NoWorker) {
        let busy = sim.hosts[host].server.busy + 1;
        sim.metrics.needs.workers.admits(busy, sim.params.workers);
    }
    accepting == Accepting::Yes
}

/// Whether one more call of accept() may begin: Go's accept loop makes one after the other, each free worker its own.
/// Nobody is woken for a connection that another one is about to take.
fn has_acceptor(sim: &mut Sim, host: HostId) -> bool {
    let Server { accepts, busy, .. } = sim.hosts[host].server;
    let is_one_for_it = match sim.params.server {
        ServerKind::Go => accepts == 0,
        ServerKind::Workers => true,
    };
    if !is_one_for_it || accepts >= socket::acceptable(sim, host) {
        return false;
    }
    let workers = sim.params.workers;
    sim.params.server == ServerKind::Go || sim.metrics.needs.workers.admits(busy + accepts + 1, workers)
}

/// A call of accept() has had its time on a processor.
pub fn on_accept(sim: &mut Sim, host: HostId) {
    sim.hosts[host].server.accepts -= 1;
    if may_accept(sim, host) {
        accept(sim, host);
    }
    accept_pending(sim, host);
}

/// Takes the connection that has waited longest, or sleeps where there is no descriptor for it.
fn accept(sim: &mut Sim, host: HostId) {
    if at_descriptor_limit(sim, host) {
        return sleep_after_emfile(sim, host);
    }
    sim.hosts[host].server.accept_pause = None;
    let id = socket::accept(sim, host).expect("a connection in the accept queue");
    sim.metrics.connections.accepted += 1;
    sim.hosts[host].server.open += 1;
    sim.conns[id].session = Session { stage: Stage::Reading, since: sim.now, ..Session::default() };
    if sim.params.server == ServerKind::Workers {
        take_worker(sim, host, id);
    }
    start_read_timer(sim, id);
    on_readable(sim, id);
}

fn at_descriptor_limit(sim: &mut Sim, host: HostId) -> bool {
    let with_it = sim.hosts[host].server.open + OWN_DESCRIPTORS + 1;
    !sim.metrics.needs.server_fds.admits_or_unlimited(with_it, sim.params.server_fds)
}

/// accept() failed with EMFILE: the loop sleeps 5 ms, twice as long each time, at most 1 s (S-2).
fn sleep_after_emfile(sim: &mut Sim, host: HostId) {
    let server = &mut sim.hosts[host].server;
    let pause = server.accept_pause.map_or(ACCEPT_PAUSE_MIN, |pause| pause.doubled(1, ACCEPT_PAUSE_MAX));
    server.accept_pause = Some(pause);
    server.accept_sleeps_until = Some(sim.now + pause);
    sim.at(sim.now + pause, Rank::Timer, Event::AcceptAgain(host));
}
