//! TCP as Linux does it, packet by packet: what each end of a connection sees, and when.
//!
//! One [`Conn`] holds both ends, for they are two views of one thing and often disagree: a half-accepted connection is
//! ESTABLISHED at the client and SYN_RECV at the server. Packets carry the connection's id; a packet that arrives after
//! both ends are gone finds nothing.
//!
//! Segments of data are whole requests and responses, or the header and the body of a streamed request (M-20). Their
//! acknowledgements are no packets of their own: a sender's retransmission timer is started only for a segment that did
//! not arrive, which is exactly when it would fire. Left out: congestion control, windows, keep-alive probes, urgent
//! data, simultaneous open.
//!
//! Sources: RFC 9293, RFC 6298; Linux net/ipv4/tcp_input.c, tcp_timer.c, tcp_minisocks.c. Rules T-1 to T-55 of
//! MODEL.md.

pub mod close;
pub mod data;
pub mod input_queue;
pub mod listener;
mod packet;
pub mod ports;
mod rtt_cache;
pub mod socket;
mod stream;
pub mod time_wait;
pub mod timers;
pub mod wire;

use super::error::ErrorKind;
use super::event::Event;
use super::host::HostId;
use super::pool::go::PconnId;
use super::scheduler::Rank;
use super::trace::What;
use super::{Sim, server};
use crate::arena::Id;
use crate::time::{SimDuration, SimTime};
use data::on_lost;
pub use packet::{Message, Packet, Segment, Side, State, Travel};
use stream::Stream;
use wire::transmit;

/// Names a connection.
pub type ConnId = Id<Conn>;

/// One end.
#[derive(Clone, Debug, Default)]
pub struct Endpoint {
    pub state: State,
    /// An RST has come: ECONNRESET after the data, unless a FIN came first (T-40, T-41).
    pub reset: bool,
    /// The program has closed its descriptor, or never had one.
    pub orphan: bool,
    /// An orphan in FIN_WAIT2, of which only an entry of the TIME_WAIT table is left (T-56).
    pub has_bucket: bool,
    /// When the last packet towards this end arrives: later ones do not overtake it.
    last_arrival: SimTime,
}

/// How one end gets across what it writes.
#[derive(Clone, Debug, Default)]
pub struct Sender {
    /// What is written, up to the peer's read().
    pub stream: Stream,
    /// Copies since an acknowledgement came.
    pub retransmissions: u8,
    /// Whether the retransmission timer runs.
    pub timer_runs: bool,
    /// When the newest copy of the oldest segment that is not acknowledged was sent.
    pub last_sent: SimTime,
}

/// What few connections need: those on loopback, with a SYN cookie, or without an acknowledgement for long.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rare {
    /// When the first copy left that is not a tail loss probe (retrans_stamp), by the side that sent it.
    timed_out: [SimTime; 2],
    /// Until when a SYN cookie that the server sent is valid; zero if none was.
    pub cookie_until: SimTime,
    /// When the server sent its first SYN-ACK, or the newest one with a cookie; on loopback only.
    syn_ack_sent: SimTime,
    /// Smoothed round-trip time of each side, on loopback only.
    srtt: [SimDuration; 2],
    /// The client's retransmission timeout until it has a sample from data (tcp_metrics.c:tcp_init_metrics), on
    /// loopback only.
    pub first_rto: SimDuration,
}

/// A connection: both ends, and what belongs to the pair, but for what is [`Rare`]. It is small, and in this order all
/// that a SYN asks for shares a line of the processor's cache: where many connections wait, a run takes as long as
/// these lines do.
#[derive(Clone, Debug)]
#[repr(C)]
pub struct Conn {
    /// Packets on the way.
    in_flight: u16,
    /// Waiting in the accept queue.
    pub queued: bool,
    /// Its SYN was sent more than once.
    syn_repeated: bool,
    /// The hosts of its client and of its server.
    pub hosts: [HostId; 2],
    /// Which dial of the run it came from, counted from 1: its name for people.
    pub number: u32,
    /// Local port on the client.
    pub port: u16,
    /// How often the SYN-ACK timer has fired for its request.
    pub syn_ack_timeouts: u8,
    /// Its last ACK found the accept queue full (T-9): half-accepted, as long as the handshake is not complete.
    pub ack_ignored: bool,
    pub client: Endpoint,
    pub server: Endpoint,
    /// The Transport's connection on top of the client's end.
    pub pconn: PconnId,
    /// When the SYN-ACK timer fires next.
    pub syn_ack_due: SimTime,
    senders: [Sender; 2],
    /// When the goroutine that reads the client's end runs; [`SimTime::MAX`] while nothing has come.
    pub reader_runs_at: SimTime,
    /// The server program's side of it.
    pub session: server::Session,
}

impl Conn {
    /// The host of one of its ends.
    pub fn host(&self, side: Side) -> HostId {
        self.hosts[side as usize]
    }

    /// One of its ends.
    pub fn end(&self, side: Side) -> &Endpoint {
        match side {
            Side::Client => &self.client,
            Side::Server => &self.server,
        }
    }

    /// How this side sends.
    pub fn sender(&self, side: Side) -> &Sender {
        &self.senders[side as usize]
    }

    /// How this side sends, to change.
    pub fn sender_mut(&mut self, side: Side) -> &mut Sender {
        &mut self.senders[side as usize]
    }

    /// What this side receives.
    pub fn incoming(&self, side: Side) -> &Stream {
        &self.sender(side.peer()).stream
    }

    /// What this side receives, to change.
    pub fn incoming_mut(&mut self, side: Side) -> &mut Stream {
        &mut self.sender_mut(side.peer()).stream
    }

    /// Whether this side's kernel knows that the peer has closed: by its FIN, or by an RST.
    pub fn peer_has_gone(&self, side: Side) -> bool {
        self.end(side).reset || self.incoming(side).is_ended()
    }

    /// Whether the server has no socket for it (yet): what the client sends may complete the handshake.
    fn is_half_open(&self) -> bool {
        matches!(self.server.state, State::SynRecv | State::Closed)
    }

    /// One of its ends, to change.
    pub fn end_mut(&mut self, side: Side) -> &mut Endpoint {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }
}

/// The SYN was not answered in time: send it again, or give up with ETIMEDOUT (T-20).
///
/// There are `tcp_syn_linear_timeouts` + `tcp_syn_retries` copies at most, and no more from the time on at which the
/// doubling waits alone would have been over (tcp_timer.c:retransmits_timed_out): with few retries that comes first.
pub fn on_syn_timer(sim: &mut Sim, id: ConnId, n: u8) {
    if sim.conns.get(id).is_none_or(|conn| conn.client.state != State::SynSent) {
        return;
    }
    let (linear, doubling) = (sim.params.syn_linear, sim.params.syn_retries);
    sim.metrics.nstat.TcpExtTCPTimeouts += 1;
    let too_late = || timers::syn_time(u32::from(n), linear) >= timers::syn_time(doubling + 1, 0);
    // Before that many copies it cannot be too late, with linear waits least of all.
    let may_be_late = u32::from(n) > doubling.max(1);
    if u32::from(n) > linear + doubling || (may_be_late && too_late()) {
        close::fail_connect(sim, id);
        return wake_dialer(sim, id, Err(ErrorKind::ConnectTimeout));
    }
    sim.metrics.nstat.TcpExtTCPSynRetrans += 1;
    sim.metrics.nstat.TcpRetransSegs += 1;
    sim.conns[id].syn_repeated = true;
    transmit(sim, id, Side::Server, Packet::Syn);
    timers::start_syn_timer(sim, id, n + 1);
}

/// A packet reaches the kernel of `side`.
#[inline(always)]
pub fn receive(sim: &mut Sim, id: ConnId, side: Side, packet: Packet) {
    sim.note(id, What::Arrived { packet, to: side });
    match packet {
        Packet::Syn => listener::on_syn(sim, id),
        Packet::SynAck => on_syn_ack(sim, id),
        Packet::Ack => {
            // Anywhere else an ACK says nothing new.
            if sim.conns[id].is_half_open() {
                listener::complete_handshake(sim, id, packet);
            }
        }
        Packet::Segment(segment) if segment.message == Message::Fin => close::on_fin(sim, id, side, segment),
        Packet::Segment(segment) => data::on_data(sim, id, side, segment),
        Packet::FinAck => close::on_fin_ack(sim, id, side),
        Packet::Rst => close::on_rst(sim, id, side),
    }
}

/// The client's kernel hears from the server: connect() is done, whatever the server does with the ACK (T-9).
fn on_syn_ack(sim: &mut Sim, id: ConnId) {
    match sim.conns[id].client.state {
        State::SynSent => {
            sim.conns[id].client.state = State::Established;
            sim.note(id, What::Becomes { side: Side::Client, state: State::Established });
            rtt_cache::start(sim, id);
            sim.metrics.syn_sent.down(sim.now);
            sim.metrics.established.up(sim.now);
            transmit(sim, id, Side::Server, Packet::Ack);
            wake_dialer(sim, id, Ok(()));
        }
        // The dial was given up meanwhile (T-23).
        State::Closed => close::send_rst(sim, id, Side::Server),
        // A repeated SYN-ACK: the server has not taken our ACK. It gets another one (T-10).
        _ => transmit(sim, id, Side::Server, Packet::Ack),
    }
}

/// Something to read has come for the program of `side`.
pub(super) fn wake(sim: &mut Sim, id: ConnId, side: Side) {
    match side {
        Side::Client => wake_reader(sim, id),
        Side::Server => server::on_readable(sim, id),
    }
}

/// Something to read has come for the Transport: its reader is woken.
#[inline(always)]
fn wake_reader(sim: &mut Sim, id: ConnId) {
    let conn = &sim.conns[id];
    if conn.client.orphan || conn.reader_runs_at != SimTime::MAX {
        return;
    }
    let event = Event::Readable(conn.pconn);
    let at = sim.goroutine_runs_at();
    sim.conns[id].reader_runs_at = at;
    sim.at(at, Rank::Program, event);
}

/// connect() returns to the Transport's dialer.
pub(super) fn wake_dialer(sim: &mut Sim, id: ConnId, result: Result<(), ErrorKind>) {
    let pconn = sim.conns[id].pconn;
    let event = match result {
        Ok(()) => Event::Dialed(pconn),
        Err(kind) => Event::DialFailed(pconn, kind),
    };
    let at = sim.goroutine_runs_at();
    sim.at(at, Rank::Program, event);
}
