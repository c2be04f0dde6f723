//! The server program: accept loop, workers, keep-alive, stalls and restarts.
//!
//! Two kinds. `workers`: a connection holds a worker from accept() to close, idle or not (S-30; a pre-fork server, or
//! netutil.LimitListener, S-20). `go`: accepts at once, and at most `workers` handlers run while the others wait
//! inside the program (S-1). Source: net/http/server.go. A handler works on for a caller that has left, unless it
//! checks (S-8, M-9).

mod accept;
mod connection;
mod handler;
mod process;
mod workers;

use std::collections::VecDeque;

use super::free_numbers::FreeNumbers;
use super::tcp::ConnId;
use crate::time::{SimDuration, SimTime};
pub use accept::{accept_pending, accepting, on_accept, on_accept_again};
pub use connection::{on_read_timeout, on_readable, serve};
pub use handler::{on_handler_done, respond};
pub use process::on_change;

/// Descriptors a server process has besides its connections: three standard streams, listener, epoll, eventfd (T-70).
pub const OWN_DESCRIPTORS: u32 = 6;

/// What the server program does with a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// Not accepted, or closed.
    #[default]
    None,
    /// Accepted; the first bytes of a request are awaited. Idle between requests, too.
    Reading,
    /// The header of a streamed request is read, its body is awaited.
    ReadingBody,
    /// A request is read and waits for a free worker (`go` only).
    Waiting,
    /// A handler works on it.
    Handling {
        /// Since when.
        since: SimTime,
    },
}

/// The server program's side of a connection.
#[derive(Clone, Copy, Debug, Default)]
pub struct Session {
    /// What is being done.
    pub stage: Stage,
    /// Requests read so far.
    pub requests: u32,
    /// When it was accepted, or its last request was read or answered: what the server's time limits count from (S-6).
    since: SimTime,
    /// When the timer for the next request fires; zero if none runs.
    timer_at: SimTime,
    /// Its process is shutting down.
    draining: bool,
    /// What has come on it is being read: its goroutine has a processor, or waits for one.
    is_woken: bool,
    /// The worker that holds it, or handles its request, counted from 0; it means something only while one does.
    pub worker: u16,
    /// Tells handlers on one connection apart: a cancelled one's end must not end the next.
    pub handler: u8,
}

/// The server program.
#[derive(Clone, Debug, Default)]
pub struct Server {
    /// Workers held by connections (`workers`) or handlers running (`go`).
    pub busy: u32,
    /// Accepted connections of the present process: descriptors in use.
    pub open: u32,
    /// Requests that wait inside the program (`go`).
    pub waiting: VecDeque<ConnId>,
    /// The accept loop's last pause after EMFILE, if nothing was accepted since.
    accept_pause: Option<SimDuration>,
    /// Until when it sleeps.
    accept_sleeps_until: Option<SimTime>,
    /// The accept loop is at work: what it causes must not start it again.
    accepting: bool,
    /// Calls of accept() that have a processor, or wait for one.
    accepts: u32,
    /// Workers that were busy and are free again.
    free_workers: FreeNumbers,
    /// How many recorded service times have been used.
    services_used: usize,
}
