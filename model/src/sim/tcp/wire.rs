//! Packets leave a kernel and reach the other one.

use super::packet::Travel;
use super::{Conn, ConnId, Packet, Side, State, close, on_lost, receive};
use crate::sim::Sim;
use crate::sim::event::Event;
use crate::sim::path::{Delivery, Path};
use crate::sim::scheduler::Rank;
use crate::sim::trace::{DropCause, What};

/// Sends a packet on its way to `to`.
pub fn transmit(sim: &mut Sim, id: ConnId, to: Side, packet: Packet) {
    let Sim { conns, path, params, now, .. } = sim;
    let conn = &mut conns[id];
    let within_connect = params.loopback && is_within_connect(conn, to, packet);
    let delivery = path.fate(params, *now, packet, within_connect, conn.end(to).last_arrival);
    if let Delivery::At(arrival) = delivery {
        conn.end_mut(to).last_arrival = arrival;
        conn.in_flight += 1;
    }
    let lost = delivery == Delivery::Lost;
    sim.note(id, What::Sent { packet, from: to.peer(), copy: 0, lost, next: None });
    match delivery {
        Delivery::Lost => on_lost(sim, id, to, packet),
        Delivery::Now => receive(sim, id, to, packet),
        Delivery::At(arrival) => {
            let travel = Travel::on_the_wire(arrival.since(sim.now));
            let event = match Path::has_input_queue(&sim.params, to) {
                true => Event::AtInputQueue(id, packet, travel),
                false => Event::Arrive(id, to, packet, travel),
            };
            sim.at(arrival, Rank::Packet, event);
        }
    }
}

/// Whether a packet belongs to the handshake of a SYN that connect() itself has sent. A repeated SYN comes out of the
/// timer, together with others.
fn is_within_connect(conn: &Conn, to: Side, packet: Packet) -> bool {
    let is_handshake = match packet {
        Packet::Syn | Packet::SynAck | Packet::Ack => true,
        Packet::Rst => to == Side::Client && conn.client.state == State::SynSent,
        Packet::Segment(_) | Packet::FinAck => false,
    };
    is_handshake && !conn.syn_repeated
}

/// A packet reaches the server's input queue.
pub fn on_input_queue(sim: &mut Sim, id: ConnId, packet: Packet) {
    let Sim { conns, hosts, metrics, params, now, .. } = sim;
    let host = conns[id].host(Side::Server);
    match hosts[host].kernel.input_queue.enter(params, &mut metrics.needs.nic_queue, *now) {
        Delivery::At(at) => {
            let travel = Travel::in_input_queue(at.since(sim.now));
            sim.at(at, Rank::Packet, Event::Arrive(id, Side::Server, packet, travel));
        }
        Delivery::Lost | Delivery::Now => {
            sim.conns[id].in_flight -= 1;
            sim.note(id, What::Dropped { packet, to: Side::Server, rule: DropCause::InputQueue, next: None });
            on_lost(sim, id, Side::Server, packet);
            close::forget_if_over(sim, id);
        }
    }
}

/// A packet arrives, if there is still anything of its connection.
pub fn on_arrival(sim: &mut Sim, id: ConnId, side: Side, packet: Packet) {
    if let Some(conn) = sim.conns.get_mut(id) {
        conn.in_flight -= 1;
        receive(sim, id, side, packet);
        close::forget_if_over(sim, id);
    }
}
