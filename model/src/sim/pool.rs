//! The connections that a client program keeps, and who gets which: what every HTTP library has, and each in its way.
//!
//! The program asks for a connection (`acquire`), ends a call (`cancel`, `release`), and hears of its outcome in
//! [`client::on_attempt_succeeded`] and [`client::on_attempt_failed`]. The kernel wakes the library through events that
//! carry the number of its connection. A further library is a further variant: the compiler then names every place.
//!
//! [`client::on_attempt_succeeded`]: super::client::on_attempt_succeeded
//! [`client::on_attempt_failed`]: super::client::on_attempt_failed

pub mod go;

use super::Sim;
use super::client::{Attempt, AttemptId};
use super::error::{ErrorKind, Wording};
use super::host::HostId;
use super::tcp::socket;
use go::{PconnId, Transport};

/// The pool of a client program, by its library.
#[derive(Clone, Debug)]
pub enum Pool {
    /// Go's `http.Transport`.
    Go(Transport),
}

impl Default for Pool {
    fn default() -> Pool {
        Pool::Go(Transport::default())
    }
}

/// What a pool holds at one instant.
pub struct PoolStats {
    /// Connections that wait for a request.
    pub idle: u32,
    /// Connections that count against the limit on all: dialing, busy and idle.
    pub open: u32,
}

impl Pool {
    /// What it holds.
    pub fn stats(&self) -> PoolStats {
        match self {
            Pool::Go(transport) => PoolStats { idle: transport.idle.len() as u32, open: transport.conns },
        }
    }
}

/// An attempt needs a connection: it gets one, now or later, or fails.
pub fn acquire(sim: &mut Sim, attempt: AttemptId) {
    match sim.hosts[sim.attempts[attempt].host].client.pool {
        Pool::Go(_) => go::get_connection(sim, attempt),
    }
}

/// The caller of an attempt gives up: it fails now, or when the library returns.
pub fn cancel(sim: &mut Sim, attempt: AttemptId, kind: ErrorKind, wording: Wording) {
    match sim.hosts[sim.attempts[attempt].host].client.pool {
        Pool::Go(_) => go::cancel(sim, attempt, kind, wording),
    }
}

/// An attempt is over, well or not: what it still holds goes back, or is closed.
pub fn release(sim: &mut Sim, attempt: AttemptId) {
    match sim.hosts[sim.attempts[attempt].host].client.pool {
        Pool::Go(_) => go::release(sim, attempt),
    }
}

/// Parameters of the pools have changed.
pub fn on_change(sim: &mut Sim, host: HostId) {
    match sim.hosts[host].client.pool {
        Pool::Go(_) => go::on_change(sim, host),
    }
}

/// Whether a call waits for its own dial, which is under way.
pub fn is_dialing(sim: &Sim, attempt: &Attempt) -> bool {
    match sim.hosts[attempt.host].client.pool {
        Pool::Go(_) => go::is_dialing(sim, attempt),
    }
}

/// Whether the reader runs in this instant: what it finds, a response or the end of the connection, beats every
/// time-out. That looks again behind it (C-19: R, X, H, D), and finds at most a request that is being replayed.
pub fn is_being_read(sim: &Sim, pconn: PconnId) -> bool {
    sim.pconns[pconn].conn.is_some_and(|conn| socket::is_being_read(sim, conn))
}
