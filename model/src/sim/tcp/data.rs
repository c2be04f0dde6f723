//! Data on its way: what arrives, what does not, and when it is sent again (T-14, T-15, T-63).

use super::stream::{Again, Arrival};
use super::{
    ConnId, Endpoint, Message, Packet, Segment, Sender, Side, State, close, listener, rtt_cache, timers, transmit, wake,
};
use crate::sim::Sim;
use crate::sim::event::Event;
use crate::sim::scheduler::Rank;
use crate::sim::trace::What;
use crate::time::SimDuration;

/// How long an orphan, a socket that no program holds any more, goes on sending after its first time-out.
/// tcp_orphan_retries = 0 means 8, and 8 means the time of as many doublings of TCP_RTO_MIN, 511 · 200 ms
/// (tcp_timer.c:tcp_model_timeout), of which the copy after nine doublings is always later: a kernel's RTO is a tick
/// longer than 200 ms. Here it can be just that, and nine doublings are 510 · 200 ms from the first time-out.
const ORPHAN_PATIENCE: SimDuration = SimDuration::from_millis(510 * 200);

/// write() of a message. The caller has checked that the socket is open for writing.
pub fn send(sim: &mut Sim, id: ConnId, from: Side, message: Message) {
    let sender = sim.conns[id].sender_mut(from);
    // The timer counts from the oldest segment that has not been taken.
    if sender.stream.is_acknowledged() {
        sender.last_sent = sim.now;
        sender.retransmissions = 0;
    }
    sender.stream.write(message);
    let segment = sender.stream.send();
    sim.note(id, What::Writes { side: from, segment });
    transmit(sim, id, from.peer(), Packet::Segment(segment));
}

/// Data reaches the kernel of `side`.
#[inline(always)]
pub fn on_data(sim: &mut Sim, id: ConnId, side: Side, segment: Segment) {
    use State::*;
    let conn = &sim.conns[id];
    let packet = Packet::Segment(segment);
    if side == Side::Server && conn.is_half_open() {
        let is_first = conn.incoming(side).arrival(segment.seq) == Arrival::Next;
        if !is_first && listener::refuse_cookie(sim, id, packet) {
            return;
        }
        if !listener::complete_handshake(sim, id, packet) {
            // Not taken: the sender's timer will run (T-9, T-15). After an RST there is no sender any more.
            return on_lost(sim, id, side, packet);
        }
    }
    match sim.conns[id].end(side).state {
        Established | CloseWait => accept_data(sim, id, side, segment),
        FinWait1 | FinWait2 | Closing => close::refuse_data(sim, id, side, packet),
        Closed => close::refuse(sim, id, side, packet),
        SynSent | SynRecv | LastAck | TimeWait => {}
    }
}

#[inline(always)]
fn accept_data(sim: &mut Sim, id: ConnId, side: Side, segment: Segment) {
    let Sim { conns, rare, params, now, .. } = sim;
    let conn = &mut conns[id];
    let stream = conn.incoming_mut(side);
    match stream.arrival(segment.seq) {
        Arrival::Next => {}
        Arrival::Early => {
            stream.hold(segment.seq);
            return acknowledge_selectively(sim, id, side);
        }
        Arrival::Repeated => return,
    }
    let fin = stream.take_data();
    rtt_cache::sample(params, rare, id, side.peer());
    let sender = conn.sender_mut(side.peer());
    sender.retransmissions = 0;
    if sender.stream.has_to_send() {
        // The acknowledgement lets the sender go on to its next segment.
        sender.last_sent = *now;
        let ack_at = *now + params.one_way_delay();
        if !std::mem::replace(&mut sender.timer_runs, true) {
            sim.at(ack_at, Rank::Timer, Event::Retransmit(id, side.peer()));
        }
    }
    wake(sim, id, side);
    if let Some(fin) = fin {
        close::on_fin(sim, id, side, fin);
    }
}

/// Something has overtaken lost data and waits for it. Its selective acknowledgement tells the sender, who sends the
/// data again as soon as it is older than a round trip and a quarter (RACK: RFC 8985, 6.2).
pub fn acknowledge_selectively(sim: &mut Sim, id: ConnId, side: Side) {
    let (now, rtt) = (sim.now, sim.params.rtt);
    let too_old = sim.conns[id].sender(side.peer()).last_sent + rtt + rtt.half().half();
    let at = too_old.max(now + sim.params.one_way_delay());
    sim.at(at, Rank::Timer, Event::Retransmit(id, side.peer()));
}

/// A packet towards `side` was lost or not taken: see to it that its sender tries again where TCP would.
///
/// SYNs have a timer of their own that always runs; a lost last ACK is made good by the data behind it or by the
/// SYN-ACK timer; an RST is never repeated.
pub fn on_lost(sim: &mut Sim, id: ConnId, side: Side, packet: Packet) {
    let sender = match packet {
        Packet::Segment(_) => side.peer(),
        // The peer will repeat the FIN whose acknowledgement it misses.
        Packet::FinAck => side,
        Packet::Syn | Packet::SynAck | Packet::Ack | Packet::Rst => return,
    };
    let (now, first_rto) = (sim.now, sim.rare.get(id).first_rto);
    let conn = &mut sim.conns[id];
    if matches!(conn.end(sender).state, State::Closed | State::TimeWait) {
        return;
    }
    let Sender { stream, retransmissions, timer_runs, last_sent } = conn.sender_mut(sender);
    match packet {
        Packet::Segment(segment) => stream.lose(segment.seq),
        _ => stream.lose_fin(),
    }
    let wait = timers::retransmission_wait(&sim.params, first_rto, *retransmissions);
    // Always in the future, though the loss is noticed late where the packet travelled first.
    let wait = (*last_sent + wait).since(now).max(SimDuration::from_nanos(1));
    if !std::mem::replace(timer_runs, true) {
        let at = timers::start(sim, wait, Event::Retransmit(id, sender));
        sim.note_timer(id, sender, at);
    }
}

/// The retransmission timer fired. With the waits of `on_lost` that is at first copy + RTO·2^k (T-14).
pub fn on_retransmit(sim: &mut Sim, id: ConnId, side: Side) {
    let now = sim.now;
    let Some(conn) = sim.conns.get_mut(id) else { return };
    let Endpoint { state, orphan, .. } = *conn.end(side);
    let sender = conn.sender_mut(side);
    sender.timer_runs = false;
    if matches!(state, State::Closed | State::TimeWait) || !sender.stream.has_to_send() {
        return;
    }
    let timed_out = sim.rare.get(id).timed_out[side as usize];
    let given_up = sender.retransmissions > 1 && now.since(timed_out) >= ORPHAN_PATIENCE;
    if orphan && given_up {
        sim.metrics.nstat.TcpExtTCPTimeouts += 1;
        close::vanish(sim, id, side);
        return close::forget_if_over(sim, id);
    }
    sender.last_sent = now;
    // The oldest segment only; its acknowledgement lets the next one go.
    let Some((segment, again)) = sender.stream.send_oldest() else { return };
    if again == Again::Yes {
        sender.retransmissions += 1;
        if sender.retransmissions == 2 {
            sim.rare.entry(id).timed_out[side as usize] = now;
        }
        // The first copy is a tail loss probe, which is not counted as a time-out (T-14).
        let timeouts = u64::from(sender.retransmissions > 1);
        sim.metrics.nstat.TcpRetransSegs += 1;
        sim.metrics.nstat.TcpExtTCPTimeouts += timeouts;
    }
    transmit(sim, id, side.peer(), Packet::Segment(segment));
}
