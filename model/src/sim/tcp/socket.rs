//! What programs may ask of their kernel: the calls on sockets. They use nothing else of TCP.
//!
//! A call returns at once and never calls a program back, but for `listen`, `write` and `close`: what they send may
//! arrive in the same instant on loopback. Look your ids up again after these.

use super::timers::start_syn_timer;
use super::wire::transmit;
use super::{Conn, ConnId, Endpoint, Message, Packet, Side, State, close as closing, data, listener};
use crate::sim::Sim;
use crate::sim::error::ErrorKind;
use crate::sim::host::HostId;
use crate::sim::pool::go::PconnId;
use crate::sim::server;
use crate::sim::trace::What;
use crate::time::SimTime;

/// connect(): takes a port, sends a SYN, and returns before anything comes back.
///
/// # Errors
/// [`ErrorKind::ClientFds`] or [`ErrorKind::Ports`]: both at once, without a packet (T-70, T-51).
pub fn connect(sim: &mut Sim, from: HostId, to: HostId, pconn: PconnId) -> Result<ConnId, ErrorKind> {
    let host = &mut sim.hosts[from];
    let descriptors = host.client.descriptors_with_next();
    if !sim.metrics.needs.client_fds.admits_or_unlimited(descriptors, sim.params.client_fds) {
        return Err(ErrorKind::ClientFds);
    }
    let port = host.kernel.ports.take(sim.now, &sim.params).ok_or(ErrorKind::Ports)?;
    host.client.sockets += 1;
    sim.metrics.ports_peak = sim.metrics.ports_peak.max(host.kernel.ports.taken());
    sim.metrics.nstat.TcpActiveOpens += 1;
    sim.metrics.syn_sent.up(sim.now);
    let id = sim.conns.insert(Conn {
        number: sim.pconns[pconn].number,
        hosts: [from, to],
        port,
        client: Endpoint { state: State::SynSent, ..Endpoint::default() },
        server: Endpoint { orphan: true, ..Endpoint::default() },
        pconn,
        senders: Default::default(),
        session: server::Session::default(),
        in_flight: 0,
        syn_ack_timeouts: 0,
        syn_ack_due: SimTime::ZERO,
        syn_repeated: false,
        ack_ignored: false,
        queued: false,
        reader_runs_at: SimTime::MAX,
    });
    sim.note(id, What::Becomes { side: Side::Client, state: State::SynSent });
    transmit(sim, id, Side::Server, Packet::Syn);
    start_syn_timer(sim, id, 1);
    Ok(id)
}

/// listen(): with the backlog that the parameters give now.
pub fn listen(sim: &mut Sim, host: HostId) {
    listener::listen(sim, host);
}

/// close() of the listening socket: what waits in its queues is reset or forgotten (T-30, T-31).
pub fn close_listener(sim: &mut Sim, host: HostId) {
    listener::stop(sim, host);
}

/// Whether a host listens.
pub fn is_listening(sim: &Sim, host: HostId) -> bool {
    sim.hosts[host].kernel.listener.up
}

/// How many connections accept() would return, one after the other.
pub fn acceptable(sim: &Sim, host: HostId) -> u32 {
    sim.hosts[host].kernel.listener.accept_queue.len() as u32
}

/// accept(): the connection that has waited longest.
pub fn accept(sim: &mut Sim, host: HostId) -> Option<ConnId> {
    listener::accept(sim, host)
}

/// What read() returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// Data.
    Message(Message),
    /// The peer has closed: end of file.
    End,
    /// ECONNRESET.
    Reset,
    /// Nothing has come.
    Nothing,
}

/// read() on a side's socket: data first, then what ended the stream. ECONNRESET is returned once.
#[inline(always)]
pub fn read(sim: &mut Sim, id: ConnId, side: Side) -> Read {
    let conn = &mut sim.conns[id];
    if let Some(message) = conn.incoming_mut(side).read() {
        return Read::Message(message);
    }
    if conn.incoming(side).is_ended() {
        return Read::End;
    }
    match std::mem::take(&mut conn.end_mut(side).reset) {
        true => Read::Reset,
        false => Read::Nothing,
    }
}

/// write() of a message; the caller has looked whether it may ([`write_error`]).
pub fn write(sim: &mut Sim, id: ConnId, side: Side, message: Message) {
    data::send(sim, id, side, message);
}

/// What write() would fail with: ECONNRESET after an RST, EPIPE where a FIN came before it (T-41, T-44;
/// tcp_input.c:tcp_reset). After a FIN alone it works.
#[inline(always)]
pub fn write_error(sim: &Sim, id: ConnId, side: Side) -> Option<ErrorKind> {
    let conn = &sim.conns[id];
    match conn.end(side).state {
        State::Established | State::CloseWait => None,
        _ if conn.incoming(side).is_ended() => Some(ErrorKind::BrokenPipe),
        _ => Some(ErrorKind::WriteReset),
    }
}

/// close().
pub fn close(sim: &mut Sim, id: ConnId, side: Side) {
    closing::close(sim, id, side);
}

/// Whether the program of this side still has its descriptor.
pub fn is_open(sim: &Sim, id: ConnId, side: Side) -> bool {
    sim.conns.get(id).is_some_and(|conn| !conn.end(side).orphan)
}

/// The state of this side's socket, as getsockopt(TCP_INFO) tells it; none where nothing is left of the connection.
pub fn state(sim: &Sim, id: ConnId, side: Side) -> Option<State> {
    sim.conns.get(id).map(|conn| conn.end(side).state)
}

/// Whether data has come that is not read (poll: POLLIN).
pub fn has_unread_data(sim: &Sim, id: ConnId, side: Side) -> bool {
    sim.conns[id].incoming(side).has_unread_data()
}

/// Whether this side's kernel knows that the peer has closed, by its FIN or by an RST (poll: POLLRDHUP, POLLHUP).
pub fn peer_has_gone(sim: &Sim, id: ConnId, side: Side) -> bool {
    sim.conns[id].peer_has_gone(side)
}

/// Whether something has come that the client's reader takes in this very instant.
pub fn is_being_read(sim: &Sim, id: ConnId) -> bool {
    sim.conns.get(id).is_some_and(|conn| conn.reader_runs_at == sim.now)
}

/// The client's reader runs: it reads on until there is nothing more, and has to be woken then.
pub fn begin_reading(sim: &mut Sim, id: ConnId) {
    sim.conns[id].reader_runs_at = SimTime::MAX;
}
