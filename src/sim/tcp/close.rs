//! The end of a connection: FIN, RST, TIME_WAIT, and what each side sees of it (T-30, T-36 to T-50).

use super::ports::TIME_WAIT;
use super::{ConnId, FIN_TIMEOUT, Packet, Side, State, TcpEvent, listener, on_lost, wake_dialer, wake_reader};
use crate::sim::error::ErrorKind;
use crate::sim::scheduler::Rank;
use crate::sim::{Event, Sim, net, server};
use crate::time::SimTime;

/// close() by the program of `side`.
///
/// With unread data in the receive buffer the kernel sends RST instead of FIN (T-36).
pub fn close(sim: &mut Sim, id: ConnId, side: Side) {
    use State::*;
    let end = sim.conns[id].end_mut(side);
    end.orphan = true;
    let unread = end.received.data > 0;
    match end.state {
        SynSent => {
            leave_syn_sent(sim, id);
        }
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
    let unacked = &mut sim.conns[id].end_mut(side).unacked;
    if !unacked.data {
        unacked.first_sent = now;
        unacked.retransmissions = 0;
    }
    net::send(sim, id, side.peer(), Packet::Fin);
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
    net::send(sim, id, to, Packet::Rst);
}

/// The client's socket in SYN_SENT is gone: closed by a time-out, refused, or given up.
pub fn leave_syn_sent(sim: &mut Sim, id: ConnId) {
    sim.metrics.nstat.TcpAttemptFails += 1;
    vanish(sim, id, Side::Client);
}

/// A FIN arrives: end of file for the program, and the other half of the close for the kernel.
pub fn on_fin(sim: &mut Sim, id: ConnId, side: Side) {
    use State::*;
    let half_open = side == Side::Server && sim.conns[id].is_half_open();
    if half_open && listener::cookie_does_not_fit(sim, id) {
        sim.metrics.nstat.TcpExtSyncookiesFailed += 1;
        return send_rst(sim, id, side.peer());
    }
    if half_open && sim.conns[id].client.state != Closed && !listener::complete_handshake(sim, id) {
        return on_lost(sim, id, side, Packet::Fin);
    }
    let conn = &mut sim.conns[id];
    if conn.end(side.peer()).unacked.data {
        // It overtook lost data and waits for it.
        conn.end_mut(side).received.held_fin = true;
        return;
    }
    conn.end_mut(side.peer()).unacked.fin = false;
    // A peer in LAST_ACK has our FIN, whether or not its acknowledgement came through.
    let ours_is_acked = conn.end(side.peer()).state == LastAck;
    match conn.end(side).state {
        Established => {
            set_state(sim, id, side, CloseWait);
            sim.conns[id].end_mut(side).received.fin = true;
            net::send(sim, id, side.peer(), Packet::FinAck);
            match side {
                Side::Client => wake_reader(sim, id),
                Side::Server => server::on_readable(sim, id),
            }
            return;
        }
        FinWait1 if !ours_is_acked => set_state(sim, id, side, Closing),
        FinWait1 | FinWait2 => enter_time_wait(sim, id, side),
        CloseWait | Closing | LastAck | TimeWait => {}
        Closed => return send_rst(sim, id, side.peer()),
        SynSent | SynRecv => return,
    }
    net::send(sim, id, side.peer(), Packet::FinAck);
}

/// Our FIN is acknowledged.
pub fn on_fin_ack(sim: &mut Sim, id: ConnId, side: Side) {
    let conn = &sim.conns[id];
    let peer_program_has_not_closed = conn.end(side.peer()).state == State::CloseWait;
    match conn.end(side).state {
        State::FinWait1 => {
            set_state(sim, id, side, State::FinWait2);
            // Where the peer's FIN is on its way already, the timer would find nothing.
            if peer_program_has_not_closed {
                sim.at(sim.now + FIN_TIMEOUT, Rank::Timer, Event::Tcp(TcpEvent::FinTimeout(id, side)));
            }
        }
        State::Closing => enter_time_wait(sim, id, side),
        State::LastAck => vanish(sim, id, side),
        _ => {}
    }
}

/// An orphan in FIN_WAIT2 is dropped after tcp_fin_timeout (T-48).
pub fn on_fin_timeout(sim: &mut Sim, id: ConnId, side: Side) {
    if sim.conns.get(id).is_some_and(|conn| conn.end(side).state == State::FinWait2) {
        vanish(sim, id, side);
        forget_if_over(sim, id);
    }
}

/// Data for a socket whose program has closed it: RST, and no TIME_WAIT (T-46).
pub fn refuse_data(sim: &mut Sim, id: ConnId, side: Side) {
    sim.metrics.nstat.TcpExtTCPAbortOnData += 1;
    abort(sim, id, side);
}

/// An RST arrives.
pub fn on_rst(sim: &mut Sim, id: ConnId, side: Side) {
    use State::*;
    let end = sim.conns[id].end_mut(side);
    match end.state {
        SynSent => {
            leave_syn_sent(sim, id);
            wake_dialer(sim, id, Err(ErrorKind::Refused));
        }
        SynRecv => {
            sim.metrics.nstat.TcpExtEmbryonicRsts += 1;
            listener::forget_request(sim, id);
        }
        Established | CloseWait => {
            // After a FIN, read() stays at end of file: ECONNRESET never shows (T-41).
            end.received.reset = !end.received.fin;
            sim.metrics.nstat.TcpEstabResets += 1;
            vanish(sim, id, side);
            match side {
                Side::Client => wake_reader(sim, id),
                Side::Server => server::on_readable(sim, id),
            }
        }
        FinWait1 | FinWait2 | Closing | LastAck => vanish(sim, id, side),
        Closed | TimeWait => {}
    }
}

/// The side that sent the first FIN rests for 60 s (T-50): the client with its port, the server as a number.
fn enter_time_wait(sim: &mut Sim, id: ConnId, side: Side) {
    set_state(sim, id, side, State::TimeWait);
    let (host, port) = (sim.conns[id].host, sim.conns[id].port);
    match side {
        Side::Client => {
            sim.metrics.time_wait_begun += 1;
            sim.hosts[usize::from(host)].ports.rest(sim.now, port);
        }
        Side::Server => sim.server.time_wait.push_back(sim.now + TIME_WAIT),
    }
}

/// This side's socket is gone at once; a client's port is free again.
pub fn vanish(sim: &mut Sim, id: ConnId, side: Side) {
    let conn = &sim.conns[id];
    if matches!(conn.end(side).state, State::Closed | State::TimeWait) {
        return;
    }
    let (host, port) = (conn.host, conn.port);
    set_state(sim, id, side, State::Closed);
    if side == Side::Client {
        sim.hosts[usize::from(host)].ports.release(port);
    }
}

/// Changes an end's state and keeps the gauges of client sockets true.
fn set_state(sim: &mut Sim, id: ConnId, side: Side, state: State) {
    let now = sim.now;
    let old = std::mem::replace(&mut sim.conns[id].end_mut(side).state, state);
    if side == Side::Client {
        match old {
            State::SynSent => sim.metrics.syn_sent.down(now),
            State::Established => sim.metrics.established.down(now),
            _ => {}
        }
    }
}

/// Forgets a connection of which nothing is left: no socket, no packet, no program.
pub fn forget_if_over(sim: &mut Sim, id: ConnId) {
    let Some(conn) = sim.conns.get(id) else { return };
    let gone = |state| matches!(state, State::Closed | State::TimeWait);
    let over = gone(conn.client.state)
        && gone(conn.server.state)
        && conn.in_flight == 0
        && !conn.queued
        && conn.client.orphan
        && conn.server.orphan;
    if over {
        sim.conns.remove(id);
    }
}

/// Ends the server's TIME_WAITs whose 60 s are over.
pub fn expire_server_time_wait(sim: &mut Sim, now: SimTime) {
    while sim.server.time_wait.pop_front_if(|end| *end <= now).is_some() {
        sim.metrics.nstat.TcpExtTW += 1;
    }
}
