//! Everything between the two kernels: delay, jitter, loss, and the server's input queue.

use super::Sim;
use super::event::Event;
use super::scheduler::Rank;
use super::tcp::{self, ConnId, Packet, Side, State, Travel};
use super::trace::{DropCause, What};
use crate::time::{SimDuration, SimTime};

/// The server's input queue (netdev_max_backlog): one FIFO drained at a constant rate (T-60 to T-62, M-24).
#[derive(Clone, Debug, Default)]
pub struct InputQueue {
    /// When the packet that is last in it will have been taken out.
    busy_until: SimTime,
}

/// Sends a packet on its way to `to`.
pub fn send(sim: &mut Sim, id: ConnId, to: Side, packet: Packet) {
    let lost = sim.network_stream.happens(sim.params.loss.as_ppm());
    sim.note(id, What::Sent { packet, from: to.peer(), copy: 0, lost, next: None });
    if lost {
        return tcp::on_lost(sim, id, to, packet);
    }
    let in_handshake = match packet {
        Packet::SynAck | Packet::Ack => true,
        Packet::Rst => to == Side::Client && sim.conns[id].client.state == State::SynSent,
        _ => false,
    };
    if in_handshake && tcp::timers::handshake_is_atomic(sim, id) {
        return tcp::receive(sim, id, to, packet);
    }
    let mut arrival = sim.now + delay(sim, id, packet);
    let conn = &mut sim.conns[id];
    let end = conn.end_mut(to);
    arrival = arrival.max(end.last_arrival);
    end.last_arrival = arrival;
    conn.in_flight += 1;
    let queued = to == Side::Server && sim.params.nic_rate.as_milli() > 0;
    let travel = Travel::on_the_wire(arrival.since(sim.now));
    let event = match queued {
        true => Event::AtInputQueue(id, packet, travel),
        false => Event::Arrive(id, to, packet, travel),
    };
    sim.at(arrival, Rank::Packet, event);
}

fn delay(sim: &mut Sim, id: ConnId, packet: Packet) -> SimDuration {
    let base = match packet {
        // On loopback the SYN of connect() carries the time of the whole handshake: what follows it is handled in the
        // same call of the kernel. What timers of one tick send waits in one queue, in their order, and all of it is
        // handled before the answers: a repeated SYN takes as long as repeated data.
        Packet::Syn if tcp::timers::handshake_is_atomic(sim, id) => sim.params.rtt,
        Packet::SynAck | Packet::Ack if sim.params.loopback => SimDuration::ZERO,
        _ => sim.params.one_way_delay(),
    };
    let jitter = sim.params.rtt_jitter;
    if jitter.is_zero() { base } else { base + sim.network_stream.up_to(jitter) }
}

/// A packet reaches the server's input queue: it waits its turn, or is dropped when more than the limit wait (T-60).
pub fn on_input_queue(sim: &mut Sim, id: ConnId, packet: Packet) {
    let rate = sim.params.nic_rate.as_milli();
    let arrive_at = |sim: &mut Sim, at: SimTime| {
        let travel = Travel::in_input_queue(at.since(sim.now));
        sim.at(at, Rank::Packet, Event::Arrive(id, Side::Server, packet, travel));
    };
    if rate == 0 {
        return arrive_at(sim, sim.now);
    }
    let per_packet = SimDuration::from_nanos(1_000_000_000_000 / rate);
    let waiting = sim.input_queue.busy_until.since(sim.now).as_nanos().div_ceil(per_packet.as_nanos().max(1));
    if waiting > u64::from(sim.params.nic_queue) {
        sim.conns[id].in_flight -= 1;
        sim.note(id, What::Dropped { packet, to: Side::Server, rule: DropCause::InputQueue, next: None });
        tcp::on_lost(sim, id, Side::Server, packet);
        return tcp::close::forget_if_over(sim, id);
    }
    sim.input_queue.busy_until = sim.input_queue.busy_until.max(sim.now) + per_packet;
    arrive_at(sim, sim.input_queue.busy_until);
}
