//! The world at one instant, as plain data: what a scene draws and what `ss` and `nstat` would print.
//!
//! It is gathered when it is asked for, and nothing of it is kept. Instants are whole nanoseconds from the start of the
//! run. Numbers are counts at this instant unless they say otherwise; what is counted "so far" is counted from the
//! start of the run. A connection has the number of the dial that made it, from 1; a client host that of its place in
//! [`Snapshot::clients`], from 0. Two things are not in the model: bytes, because segments have no length there (M-20),
//! and the retransmission timer of a segment that will arrive.

mod bytes;
mod gather;

use std::net::{Ipv4Addr, SocketAddrV4};

use serde::Serialize;

use super::error::ErrorKind;
use super::report::{Nstat, Requests};
pub use super::tcp::{Message, Packet, Segment, Side, State};
use crate::time::SimTime;
pub use bytes::segment_text;
pub(super) use gather::snapshot;

/// The world at one instant.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Snapshot {
    /// The instant, from 0 to the end of the run.
    pub at: SimTime,
    /// The client hosts, 1 to 1,000; a connection names one by its place here.
    pub clients: Vec<Client>,
    /// The server host.
    pub server: Server,
    /// Every connection of which anything is left but TIME_WAITs, in the order of the dials.
    pub connections: Vec<Connection>,
    /// Packets on their way, the next to arrive first. One that will be lost is not among them.
    pub packets: Vec<InFlight>,
    /// Kernel counters of both sides together, so far.
    pub nstat: Nstat,
    /// What became of the requests, so far.
    pub requests: Requests,
    /// Failed requests by class, so far, in the order of the error table; classes that did not occur are left out.
    pub errors: Vec<ClassCount>,
    /// The latest requests that failed, oldest first; 32 of them at most.
    pub failures: Vec<Failed>,
}

/// Failed requests of one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ClassCount {
    /// The class, as in the report.
    pub class: &'static str,
    /// How many so far, at least 1.
    pub count: u64,
}

/// A request that failed a moment ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Failed {
    /// When, at most the instant of the snapshot.
    pub at: SimTime,
    /// The class, as in the report.
    pub class: &'static str,
    /// The kind, for its row of the error table.
    #[serde(skip)]
    pub kind: ErrorKind,
    /// The number of the connection that its last attempt was on or was dialing. It may be gone.
    pub connection: Option<u32>,
}

/// One client host.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Client {
    /// Its address.
    pub address: Ipv4Addr,
    /// Requests whose `Client.Do` has been called and has not returned.
    pub requests_in_flight: u32,
    /// Requests that wait for their next attempt: after a failure, before the next `Client.Do`.
    pub requests_waiting_to_retry: u32,
    /// Its Transport.
    pub pool: Pool,
    /// Its local ports towards the server.
    pub ports: Ports,
    /// Its process's descriptors.
    pub descriptors: Descriptors,
    /// Steps of its program that wait for a processor, where those are limited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_queue: Option<u32>,
    /// TIME_WAITs of its kernel, oldest first.
    pub time_wait: Vec<TimeWait>,
}

/// The Transport of a client host: every connection in it is dialing, idle or busy.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pool {
    /// Idle connections, oldest first: the last one is handed out next (C-2).
    pub idle: Vec<Idle>,
    /// MaxIdleConnsPerHost; 0 keeps none.
    pub idle_limit: u32,
    /// Connections that carry a request or have been given to one.
    pub busy: u32,
    /// Dials under way: connect() has been called and has not returned.
    pub dialing: u32,
    /// Those of them whose call has been served otherwise, or has left (C-7).
    pub dialing_for_nobody: u32,
    /// Calls that wait for a connection.
    pub waiting: u32,
    /// Those of them that may not dial yet (C-4).
    pub waiting_for_slot: u32,
    /// Connections that count against MaxConnsPerHost: dialing, idle and busy.
    pub open: u32,
    /// MaxConnsPerHost; 0 for no limit.
    pub open_limit: u32,
}

/// An idle connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Idle {
    /// Its number; none where Go 1.4 still lists one of which nothing is left (M-12).
    pub connection: Option<u32>,
    /// Since when it has been idle.
    pub since: SimTime,
}

/// Local ports of a client host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Ports {
    /// Ports of a socket in any state but TIME_WAIT.
    pub in_use: u32,
    /// Ports in TIME_WAIT.
    pub time_wait: u32,
    /// The first port of the range (net.ipv4.ip_local_port_range).
    pub first: u16,
    /// How many ports the range has, 10 to 64,512: `in_use` and `time_wait` together are at most as many.
    pub limit: u32,
}

/// Descriptors of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Descriptors {
    /// Open ones: connections and the few that the process has for itself (T-70).
    pub open: u32,
    /// ulimit -n; 0 for no limit.
    pub limit: u32,
}

/// A TIME_WAIT of either side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TimeWait {
    /// The client host.
    pub client: u16,
    /// The client's port.
    pub port: u16,
    /// When it is over, at most 60 s from the instant of the snapshot.
    pub end: SimTime,
}

/// The server host.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddrV4,
    /// Whether there is a listening socket.
    pub listening: bool,
    /// Whether the program calls accept(): it is up, not stalled and not asleep after EMFILE.
    pub accepting: bool,
    /// Completed connections that wait for accept(). The limit is backlog + 1 (T-2); while nobody listens, that of the
    /// next listen().
    pub accept_queue: Occupancy,
    /// Handshakes in SYN_RECV; the limit is the same (T-3).
    pub syn_queue: Occupancy,
    /// Those of them whose client believes itself connected: its last ACK found the accept queue full (T-9).
    pub half_accepted: u32,
    /// Workers that hold a connection (`server=workers`) or run a handler (`server=go`); the limit is the parameter
    /// `workers`.
    pub workers: Occupancy,
    /// A worker holds a connection from accept() to close, idle or not (S-30).
    pub worker_per_connection: bool,
    /// Requests that wait inside the program for a worker (`server=go`).
    pub waiting: u32,
    /// The program's descriptors.
    pub descriptors: Descriptors,
    /// Steps of the program that wait for a processor, where those are limited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_queue: Option<u32>,
    /// The server kernel's TIME_WAITs, oldest first.
    pub time_wait: Vec<TimeWait>,
}

/// How full something is, in entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Occupancy {
    /// What is in it.
    pub length: u32,
    /// What fits. Where it was lowered during the run, `length` may be larger.
    pub limit: u32,
}

/// A connection with both its ends.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Connection {
    /// Which dial of the run it came from, counted from 1.
    pub number: u32,
    /// Its client host.
    pub client: u16,
    /// The local port there.
    pub port: u16,
    /// What the Transport does with it.
    pub role: Role,
    /// Where the server holds it.
    pub place: ServerPlace,
    /// The end that called connect().
    pub client_end: End,
    /// The end that listened.
    pub server_end: End,
}

impl Connection {
    /// Whether a program of that side holds a descriptor of it.
    pub fn is_held(&self, side: Side) -> bool {
        match side {
            Side::Client => self.role != Role::Closed,
            Side::Server => matches!(
                self.place,
                ServerPlace::Idle { .. }
                    | ServerPlace::ReadingBody { .. }
                    | ServerPlace::Waiting { .. }
                    | ServerPlace::Handling { .. }
            ),
        }
    }

    /// One of its ends.
    pub fn end(&self, side: Side) -> &End {
        match side {
            Side::Client => &self.client_end,
            Side::Server => &self.server_end,
        }
    }
}

/// What the client's Transport does with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Role {
    /// connect() is under way.
    Dialing {
        /// Whether the call that began it still waits for a connection (C-7).
        wanted: bool,
    },
    /// In the idle list.
    Idle,
    /// Given to a call whose goroutine has not run yet (C-6).
    Delivered,
    /// Carries the header of a request whose body is awaited (C-18).
    Uploading,
    /// Carries a request.
    Busy,
    /// The Transport has closed it, or given the dial up.
    Closed,
}

/// Where the server holds a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum ServerPlace {
    /// Nowhere: the server does not know it, or does not know it any more.
    Nowhere,
    /// Nowhere, but a SYN cookie that the server sent is valid (T-12).
    Cookie,
    /// In the SYN queue.
    SynQueue,
    /// In the SYN queue, and its client believes itself connected (T-9).
    HalfAccepted,
    /// In the accept queue.
    AcceptQueue {
        /// How many are accepted before it, from 0.
        position: u32,
    },
    /// Accepted; a request is awaited, the first or the next.
    Idle {
        /// The worker that it holds, from 0; none with `server=go`.
        worker: Option<u32>,
    },
    /// Accepted; of a streamed request the header is read and the body awaited.
    ReadingBody {
        /// The worker that it holds, from 0; none with `server=go`.
        worker: Option<u32>,
    },
    /// Its request waits inside the program for a worker (`server=go`).
    Waiting {
        /// How many are served before it, from 0.
        position: u32,
    },
    /// A handler works on its request.
    Handling {
        /// The worker, from 0.
        worker: u32,
        /// When the handler started.
        since: SimTime,
        /// When it will have done its work; none if that is after the run's end.
        until: Option<SimTime>,
    },
    /// The program has closed it, the kernel has not done with it.
    Closing,
}

/// One end of a connection, as the kernel of that side shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct End {
    /// Its state. TIME_WAIT outlives the connection and is listed with its host.
    pub state: State,
    /// Bytes that the program has not read, one for an unread FIN.
    pub recv_q: u32,
    /// Bytes that the peer's kernel has not taken, one for a SYN or FIN. Their acknowledgements take no time here.
    pub send_q: u32,
    /// An orphan in FIN_WAIT2 of which only an entry of the TIME_WAIT table is left (T-56).
    pub in_time_wait_table: bool,
    /// The timer that runs, if it fires before the run's end. That of such an entry ends it, the others send again.
    pub timer: Option<KernelTimer>,
}

/// A timer of the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct KernelTimer {
    /// When it fires, if nothing comes before.
    pub due: SimTime,
    /// Copies that it has sent so far, from 0. A tail loss probe is not one (T-14).
    pub copies: u8,
}

/// A packet on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct InFlight {
    /// When it arrives at the kernel of that side, or at the server's input queue on the way there.
    pub arrives: SimTime,
    /// The number of its connection.
    pub connection: u32,
    /// Where it goes.
    pub to: Side,
    /// What it is.
    pub packet: Packet,
    /// When it left, or entered the input queue; exact to a microsecond.
    pub sent: SimTime,
    /// It is in the server's input queue (T-60).
    pub in_input_queue: bool,
}
