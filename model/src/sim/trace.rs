//! The history of one request: everything that happened to it and to the connections it used, from their birth on.
//!
//! Nothing of this slows the ordinary run, which keeps only the numbers of failed requests. The history comes from
//! running again with a tap on the request: same link, same events. A first pass finds out which connections the
//! request dials or is given, a second one records them. Beside it, what is seen on the wire of all connections
//! ([`Sighting`]).
//!
//! Instants are whole nanoseconds from the start of the run. Connections, requests and packets are numbered from 1,
//! client hosts from 0.

mod capture;
mod past;
mod tap;
mod tracer;
mod what;
mod wire;
pub mod words;

use super::error::ErrorKind;
pub use super::tcp::socket::Read;
pub use super::tcp::{Message, Packet, Segment, Side, State};
use crate::scenario::Scenario;
use crate::time::SimTime;
pub use past::Past;
pub(super) use tap::{Tap, Tapped};
pub use tracer::Tracer;
pub use what::{DropCause, Place, Timer, What, Why};
pub use wire::{Sight, Sighting, Wire};

/// One line of a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When. Entries of one instant stand in the order in which they happened.
    pub at: SimTime,
    /// Where.
    pub place: Place,
    /// What happened.
    pub what: What,
    /// The connection it happened to: the n-th dial of the run, from 1.
    pub connection: Option<u32>,
    /// The packet it is about, the n-th of this history: [`What::Sent`], [`What::Arrived`] and [`What::Dropped`] of one
    /// packet have one number, so that they can be drawn as one arrow.
    pub packet: Option<u32>,
    /// How full everything was at that instant.
    pub gauges: Gauges,
}

/// A count with a limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Level {
    /// The present value.
    pub value: u32,
    /// Where it is full; 0 for no limit.
    pub limit: u32,
}

impl Level {
    /// Whether it has reached its limit.
    pub fn is_full(self) -> bool {
        self.limit > 0 && self.value >= self.limit
    }
}

/// Whether the server program calls accept().
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Accepting {
    /// As soon as there is something to accept.
    #[default]
    Yes,
    /// All workers are held, and only a free one accepts.
    NoWorker,
    /// The accept loop is stalled.
    Stalled,
    /// It sleeps after EMFILE.
    NoDescriptor,
    /// No process listens.
    Down,
}

/// How full everything is at one instant: counts, and since when something has been so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gauges {
    /// Connections in the accept queue; the limit is min(backlog, somaxconn) + 1 (T-2).
    pub accept_queue: Level,
    /// Since when it has been full.
    pub accept_full_since: Option<SimTime>,
    /// Handshakes in the SYN queue; the limit is the same (T-3).
    pub syn_queue: Level,
    /// Workers that hold a connection (`server=workers`) or run a handler (`server=go`).
    pub workers: Level,
    /// Since when all have been busy without a pause.
    pub workers_full_since: Option<SimTime>,
    /// Requests that wait inside the server program for a worker (`server=go`).
    pub waiting: u32,
    /// Steps that wait for a processor: of the request's host, of its server; 0 where processors are not limited.
    pub run_queues: [u32; 2],
    /// Since when some have waited without a pause.
    pub run_queues_since: [Option<SimTime>; 2],
    /// Whether the server program accepts.
    pub accepting: Accepting,
    /// Since when that has been so.
    pub accepting_since: SimTime,
    /// Idle connections in the pool of the request's host; the limit is MaxIdleConnsPerHost, where 0 keeps none.
    pub idle: Level,
    /// Its connections, dialing ones included; the limit is MaxConnsPerHost.
    pub connections: Level,
    /// Local ports of the request's host that are in use or in TIME_WAIT.
    pub ports: Level,
    /// Those of them in TIME_WAIT.
    pub time_wait: u32,
    /// When the oldest of these began.
    pub oldest_time_wait: Option<SimTime>,
    /// Descriptors of the client process; the limit is its ulimit -n.
    pub descriptors: Level,
    /// Since when its circuit breaker has been open.
    pub breaker_open_since: Option<SimTime>,
    /// What had been asked of the server so far, and done.
    pub work: Work,
}

/// What all callers have asked of the server, and what it has done, from the start of the run to one instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Requests that arrived so far.
    pub requests: u64,
    /// Attempts to have them answered that have begun: the first ones and retries.
    pub attempts: u64,
    /// Handlers that started.
    pub handlers: u64,
    /// Σ time of the handlers that ended, in nanoseconds.
    pub handling_ns: u64,
    /// ∫ workers held (`workers`) or handlers running (`go`) dt, in nanoseconds.
    pub held_ns: u64,
}

/// A connection in a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connection {
    /// The n-th dial of the run, from 1.
    pub number: u32,
    /// The client host, from 0.
    pub host: u16,
    /// Its local port there; 0 if it never had a socket.
    pub port: u16,
}

/// The history of one request.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// Its number: the n-th request that arrived, from 1.
    pub request: u32,
    /// What was run: [`What::Changes`] counts the entries of its timetable.
    pub scenario: Scenario,
    /// The connections it dialed or was given, in the order of their dials.
    pub connections: Vec<Connection>,
    /// What it failed with, and the exact text; `None` without an error.
    pub error: Option<(ErrorKind, String)>,
    /// For each of its attempts, how many attempts of all callers, itself included, began in the same millisecond.
    pub together: Vec<u32>,
    /// What had become of the connections of its host when it dialed first; `None` if it did not.
    pub past: Option<Past>,
    /// All that happened, in order. Exchanges of other requests on its connections are left out.
    pub entries: Vec<Entry>,
}
