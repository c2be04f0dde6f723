//! What can happen to a request and its connections: words that layers and explanations share.

use crate::sim::error::ErrorKind;
use crate::sim::tcp::socket::Read;
use crate::sim::tcp::{Packet, Segment, Side, State};
use crate::time::{SimDuration, SimTime};

/// Where something happens: the five lifelines of a sequence chart, from left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The client program: your code, `http.Client` and its Transport.
    App,
    /// The client's kernel.
    ClientKernel,
    /// Between the hosts, the server's input queue included.
    Network,
    /// The server's kernel.
    ServerKernel,
    /// The server program.
    ServerProgram,
}

/// What can happen to a request and its connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The timetable changes a parameter: the change at this place of `Scenario::timetable`, from 0.
    Changes(u16),

    /// The request arrives.
    Arrives,
    /// `Client.Do` is called for the n-th time for it, from 1.
    AttemptBegins(u32),
    /// MaxConnsPerHost is reached: it waits for an idle connection or a slot to dial in.
    WaitsForSlot,
    /// connect() is called, for the request with this number.
    Dials {
        /// Whose ticket it is, from 1.
        request: u32,
    },
    /// connect() fails at once: no port, or no descriptor.
    ConnectFails(ErrorKind),
    /// connect() has returned an error to the dialer.
    DialFails(ErrorKind),
    /// connect() has succeeded, and the dialer's goroutine runs.
    Connected,
    /// The connection is handed to this request, whose goroutine has not run yet (`sched-delay`).
    Handed {
        /// Who gets it.
        request: u32,
    },
    /// This request goes on the connection.
    Takes {
        /// Who takes it.
        request: u32,
        /// Requests it has carried before, from 0.
        earlier: u32,
        /// Since when it was idle, if it came from the pool.
        idle_since: Option<SimTime>,
    },
    /// write() of a request, a body or a response.
    Writes {
        /// By which end.
        side: Side,
        /// What.
        segment: Segment,
    },
    /// write() fails.
    WriteFails(ErrorKind),
    /// read() by the program.
    Reads {
        /// At which end.
        side: Side,
        /// What it returns.
        read: Read,
    },
    /// The call has failed, but returns only when its body is there (C-27).
    Held(ErrorKind),
    /// The Transport sends the request again by itself (C-28).
    Replays,
    /// The connection is back in the pool.
    Pooled,
    /// The program of this end closes the connection.
    Closes {
        /// Which end.
        side: Side,
        /// Why.
        why: Why,
    },
    /// A timer of a program fires.
    Fires {
        /// Which.
        timer: Timer,
        /// How long it ran: its value when it was set.
        after: SimDuration,
    },
    /// The attempt has failed.
    AttemptFails {
        /// The n-th attempt, from 1.
        number: u32,
        /// With this error.
        error: ErrorKind,
    },
    /// The wait of this length before the next attempt begins.
    BacksOff(SimDuration),
    /// The retry budget has no token left: no retry.
    NoBudget,
    /// The request has its outcome: an error, or a response.
    Ends(Option<ErrorKind>),

    /// A packet leaves a kernel.
    Sent {
        /// What.
        packet: Packet,
        /// From which end.
        from: Side,
        /// Copies sent before: 0 for the first transmission.
        copy: u32,
        /// The network loses it.
        lost: bool,
        /// When the next copy is due if this one is not answered, where that is known already.
        next: Option<SimTime>,
    },
    /// A packet reaches a kernel.
    Arrived {
        /// What.
        packet: Packet,
        /// At which end.
        to: Side,
    },
    /// A packet is thrown away on arrival.
    Dropped {
        /// What.
        packet: Packet,
        /// At which end.
        to: Side,
        /// Why.
        rule: DropCause,
        /// When its sender tries again, if it does.
        next: Option<SimTime>,
    },
    /// An end changes its state.
    Becomes {
        /// Which end.
        side: Side,
        /// Its new state.
        state: State,
    },
    /// The answer to the SYN is a cookie: the server's kernel keeps nothing.
    Cookie,
    /// The handshake is complete, and the connection stands in the accept queue.
    Queued,
    /// The server's kernel gives up a handshake whose last ACK it never took.
    Forgotten,

    /// accept() returns the connection.
    Accepted,
    /// All processors of its host are taken: it is the n-th that waits for one.
    WaitsForProcessor {
        /// At which end.
        side: Side,
        /// Its place in the run queue, from 1.
        position: u32,
    },
    /// A request is read, and waits for a free worker inside the program.
    WaitsForWorker,
    /// A handler begins.
    HandlerStarts,
    /// A handler ends.
    HandlerEnds {
        /// How long it ran, from its start to its end.
        took: SimDuration,
        /// Its caller had gone, and the server's kernel knew.
        caller_left: bool,
    },
}

/// Why a program closes a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// MaxIdleConnsPerHost idle ones are there already.
    PoolFull,
    /// MaxIdleConns: it is the oldest one.
    TooManyIdle,
    /// It is not to be used again: `Connection: close`.
    NoKeepAlive,
    /// The pool does not want it: its end has been read.
    Stale,
    /// Its call is over: a time-out, or its caller has left.
    CallOver,
    /// The peer's FIN or RST was read.
    PeerEnded,
    /// The client's IdleConnTimeout, the server's IdleTimeout, or its limit on the first request.
    Idle,
    /// The server has answered as many requests on it as it does: so many.
    MaxRequests(u32),
    /// The response could not be written: WriteTimeout had passed.
    WriteTimeout,
    /// Server.Shutdown.
    Shutdown,
    /// The listener is closed: connections in its accept queue are thrown away.
    NoListener,
    /// The server process is killed.
    Killed,
}

/// Timers of programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// `http.Client.Timeout`.
    ClientTimeout,
    /// `context.WithTimeout` around all attempts.
    Deadline,
    /// The caller's patience.
    Patience,
    /// `Transport.ResponseHeaderTimeout`.
    HeaderTimeout,
    /// `net.Dialer.Timeout`.
    DialTimeout,
    /// `Transport.IdleConnTimeout`.
    IdleConnTimeout,
    /// `Server.IdleTimeout`.
    ServerIdleTimeout,
    /// `Server.ReadHeaderTimeout`, or what Shutdown grants a connection without a request.
    ReadHeaderTimeout,
    /// `Server.WriteTimeout`.
    WriteTimeout,
}

/// Why a packet is thrown away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DropCause {
    /// The server's input queue is full (T-60).
    InputQueue,
    /// No process listens: answered by RST (T-6).
    NoListener,
    /// The SYN queue is full, and there are no cookies (T-5).
    SynQueue,
    /// The last quarter of tcp_max_syn_backlog (T-4).
    SynReserve,
    /// The accept queue is full: without a word (T-5, T-9).
    AcceptQueue,
    /// The accept queue is full: answered by RST (tcp_abort_on_overflow, or BSD).
    AcceptQueueReset,
    /// No such connection: answered by RST (T-16, T-46).
    Unknown,
}

/// Whose timer it is.
fn timer_place(timer: Timer) -> Place {
    match timer {
        Timer::ServerIdleTimeout | Timer::ReadHeaderTimeout | Timer::WriteTimeout => Place::ServerProgram,
        _ => Place::App,
    }
}

impl What {
    /// Whether it is part of the life of a connection, independent of the request on it.
    pub(super) fn is_of_connection(&self) -> bool {
        use What::*;
        match *self {
            Sent { packet, .. } | Arrived { packet, .. } | Dropped { packet, .. } => !packet.is_data(),
            _ => matches!(self, Becomes { .. } | Cookie | Queued | Accepted | Forgotten | Fires { .. } | Closes { .. }),
        }
    }

    /// Where it happens.
    pub fn place(&self) -> Place {
        use What::*;
        let kernel = |side| if side == Side::Client { Place::ClientKernel } else { Place::ServerKernel };
        let program = |side| if side == Side::Client { Place::App } else { Place::ServerProgram };
        match *self {
            Arrives | AttemptBegins(_) | WaitsForSlot | Dials { .. } | DialFails(_) | Connected | Handed { .. } => {
                Place::App
            }
            Takes { .. } | WriteFails(_) | Held(_) | Replays | Pooled | AttemptFails { .. } => Place::App,
            BacksOff(_) | NoBudget | Ends(_) => Place::App,
            ConnectFails(_) => Place::ClientKernel,
            Changes(_) | Accepted | WaitsForWorker | HandlerStarts | HandlerEnds { .. } => Place::ServerProgram,
            WaitsForProcessor { side, .. } => program(side),
            Writes { side, .. } | Reads { side, .. } | Closes { side, .. } => program(side),
            Fires { timer, .. } => timer_place(timer),
            Dropped { rule: DropCause::InputQueue, .. } => Place::Network,
            Sent { from: side, .. } | Arrived { to: side, .. } | Dropped { to: side, .. } | Becomes { side, .. } => {
                kernel(side)
            }
            Cookie | Queued | Forgotten => Place::ServerKernel,
        }
    }
}
