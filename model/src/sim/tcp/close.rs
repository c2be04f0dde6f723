//! The end of a connection: FIN, RST, TIME_WAIT, and what each side sees of it (T-30, T-36 to T-50).

use super::stream::Arrival;
use super::time_wait::{enter_time_wait, wait_for_fin};
use super::{
    Conn, ConnId, Endpoint, Message, Packet, Segment, Side, State, data, listener, on_lost, rtt_cache, transmit, wake,
    wake_dialer,
};
use crate::sim::Sim;
use crate::sim::error::ErrorKind;
use crate::sim::trace::{DropCause, What};

/// close() by the program of `side`.
///
/// With unread data in the receive buffer the kernel sends RST instead of FIN (T-36).
pub fn close(sim: &mut Sim, id: ConnId, side: Side) {
    use State::*;
    let conn = &mut sim.conns[id];
    conn.end_mut(side).orphan = true;
    let unread = conn.incoming(side).has_unread_data();
    match conn.end(side).state {
        SynSent => vanish(sim, id, side),
        Established | CloseWait if unread => {
            sim.metrics.nstat.TcpExtTCPAbortOnClose += 1;
            abort(sim, id, side);
        }
        Established => send_fin(sim, id, side, FinWait1),
        CloseWait => send_fin(sim, id, side, LastAck),
        Closed | SynRecv | FinWait1 | FinWait2 | Closing | LastAck | TimeWait => {}
    }
    forget_if_over(sim, id);
}

fn send_fin(sim: &mut Sim, id: ConnId, side: Side, next: State) {
    set_state(sim, id, side, next);
    let now = sim.now;
    let sender = sim.conns[id].sender_mut(side);
    sender.stream.write(Message::Fin);
    if !sender.stream.is_missing() {
        sender.last_sent = now;
        sender.retransmissions = 0;
    } else if sender.retransmissions > 1 {
        // A time-out has left the congestion window at one segment, which is the data: the FIN waits for its
        // acknowledgement (tcp_cwnd_test; measured).
        return;
    }
    let fin = sender.stream.send();
    transmit(sim, id, side.peer(), Packet::Segment(fin));
}

/// Ends this side at once and tells the peer with an RST.
pub fn abort(sim: &mut Sim, id: ConnId, side: Side) {
    let state = sim.conns[id].end(side).state;
    let open = state != State::Closed;
    sim.metrics.nstat.TcpEstabResets += u64::from(matches!(state, State::Established | State::CloseWait));
    vanish(sim, id, side);
    if open {
        send_rst(sim, id, side.peer());
    }
}

/// Sends an RST to `to`.
pub fn send_rst(sim: &mut Sim, id: ConnId, to: Side) {
    sim.metrics.nstat.TcpOutRsts += 1;
    transmit(sim, id, to, Packet::Rst);
}

/// connect() is refused, or given up by the kernel. A socket that its program closes in SYN_SENT counts nowhere
/// (measured).
pub fn fail_connect(sim: &mut Sim, id: ConnId) {
    sim.metrics.nstat.TcpAttemptFails += 1;
    vanish(sim, id, Side::Client);
}

/// A FIN arrives: end of file for the program, and the other half of the close for the kernel.
pub fn on_fin(sim: &mut Sim, id: ConnId, side: Side, fin: Segment) {
    use State::*;
    let packet = Packet::Segment(fin);
    let is_early = sim.conns[id].incoming(side).arrival(fin.seq) == Arrival::Early;
    let half_open = side == Side::Server && sim.conns[id].is_half_open();
    if half_open && is_early && listener::refuse_cookie(sim, id, packet) {
        return;
    }
    if half_open && sim.conns[id].client.state != Closed && !listener::complete_handshake(sim, id, packet) {
        return on_lost(sim, id, side, packet);
    }
    let conn = &mut sim.conns[id];
    if conn.end(side).state == Closed {
        return refuse(sim, id, side, packet);
    }
    if is_early {
        // It overtook lost data and waits for it.
        conn.incoming_mut(side).hold(fin.seq);
        return data::acknowledge_selectively(sim, id, side);
    }
    conn.incoming_mut(side).take_fin(fin.seq);
    // A peer in LAST_ACK has our FIN, whether or not its acknowledgement came through.
    let ours_is_acked = conn.end(side.peer()).state == LastAck;
    match conn.end(side).state {
        Established => {
            set_state(sim, id, side, CloseWait);
            transmit(sim, id, side.peer(), Packet::FinAck);
            wake(sim, id, side);
            return;
        }
        FinWait1 if !ours_is_acked => set_state(sim, id, side, Closing),
        FinWait1 | FinWait2 => enter_time_wait(sim, id, side),
        CloseWait | Closing | LastAck | TimeWait => {}
        Closed | SynSent | SynRecv => return,
    }
    transmit(sim, id, side.peer(), Packet::FinAck);
}

/// Our FIN is acknowledged.
pub fn on_fin_ack(sim: &mut Sim, id: ConnId, side: Side) {
    let conn = &mut sim.conns[id];
    conn.sender_mut(side).stream.acknowledge_fin();
    let fin_is_on_its_way = matches!(conn.end(side.peer()).state, State::LastAck | State::Closing);
    let state = conn.end(side).state;
    if state == State::FinWait1 {
        rtt_cache::sample(&sim.params, &mut sim.rare, id, side);
    }
    match state {
        State::FinWait1 if fin_is_on_its_way => set_state(sim, id, side, State::FinWait2),
        State::FinWait1 => wait_for_fin(sim, id, side),
        State::Closing => enter_time_wait(sim, id, side),
        State::LastAck => {
            rtt_cache::remember(sim, id, side);
            vanish(sim, id, side);
        }
        _ => {}
    }
}

/// Data for a socket whose program has closed it: RST, and no TIME_WAIT (T-46). An entry of the TIME_WAIT table does
/// not count it (tcp_timewait_state_process).
pub fn refuse_data(sim: &mut Sim, id: ConnId, side: Side, packet: Packet) {
    sim.metrics.nstat.TcpExtTCPAbortOnData += u64::from(!sim.conns[id].end(side).has_bucket);
    vanish(sim, id, side);
    refuse(sim, id, side, packet);
}

/// Answers a segment for a socket that does not exist (any more) by RST. The segment is not acknowledged: if the RST is
/// lost, it is sent again, and draws the next one.
pub fn refuse(sim: &mut Sim, id: ConnId, side: Side, packet: Packet) {
    sim.note(id, What::Dropped { packet, to: side, rule: DropCause::Unknown, next: None });
    send_rst(sim, id, side.peer());
    on_lost(sim, id, side, packet);
}

/// An RST arrives.
pub fn on_rst(sim: &mut Sim, id: ConnId, side: Side) {
    use State::*;
    let conn = &mut sim.conns[id];
    let has_ended = conn.incoming(side).is_ended();
    match conn.end(side).state {
        SynSent => {
            fail_connect(sim, id);
            wake_dialer(sim, id, Err(ErrorKind::Refused));
        }
        SynRecv => {
            // The only end of a request that counts in AttemptFails (tcp_minisocks.c:tcp_check_req).
            sim.metrics.nstat.TcpAttemptFails += 1;
            sim.metrics.nstat.TcpExtEmbryonicRsts += 1;
            listener::forget_request(sim, id);
        }
        Established | CloseWait => {
            // After a FIN, read() stays at end of file: ECONNRESET never shows (T-41).
            conn.end_mut(side).reset = !has_ended;
            sim.metrics.nstat.TcpEstabResets += 1;
            vanish(sim, id, side);
            wake(sim, id, side);
        }
        FinWait1 | FinWait2 | Closing | LastAck => vanish(sim, id, side),
        Closed | TimeWait => {}
    }
}

/// This side's socket is gone at once; a client's port is free again.
pub fn vanish(sim: &mut Sim, id: ConnId, side: Side) {
    let conn = &sim.conns[id];
    if matches!(conn.end(side).state, State::Closed | State::TimeWait) {
        return;
    }
    let port = conn.port;
    set_state(sim, id, side, State::Closed);
    if side == Side::Client {
        sim.kernel(id, side).ports.release(port);
    }
}

/// Changes an end's state and keeps the gauges of client sockets true.
pub fn set_state(sim: &mut Sim, id: ConnId, side: Side, state: State) {
    let now = sim.now;
    let end = sim.conns[id].end_mut(side);
    let old = std::mem::replace(&mut end.state, state);
    let had_bucket = std::mem::take(&mut end.has_bucket);
    if old != state {
        sim.note(id, What::Becomes { side, state });
    }
    if had_bucket {
        sim.kernel(id, side).time_wait.fin_wait2 -= 1;
    }
    if side == Side::Client {
        match old {
            State::SynSent => sim.metrics.syn_sent.down(now),
            State::Established => sim.metrics.established.down(now),
            _ => {}
        }
    }
}

/// Forgets a connection of which nothing is left: no socket, no packet, no program.
#[inline(always)]
pub fn forget_if_over(sim: &mut Sim, id: ConnId) {
    // What most have comes first.
    let is_held = |conn: &Conn| !conn.client.orphan || conn.in_flight > 0 || !conn.server.orphan || conn.queued;
    let has_socket = |end: &Endpoint| !matches!(end.state, State::Closed | State::TimeWait);
    let Some(conn) = sim.conns.get(id) else { return };
    if !is_held(conn) && !has_socket(&conn.client) && !has_socket(&conn.server) {
        sim.conns.remove(id);
    }
}
