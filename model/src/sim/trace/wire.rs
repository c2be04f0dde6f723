//! What is seen on the wire: every packet as it leaves a kernel, reaches one or is thrown away, with what an
//! acknowledgement in it would say. The model counts in segments: bytes and sequence numbers are made elsewhere.

use std::net::SocketAddrV4;

use super::{DropCause, Level, Packet, Side, State, What, Why};
use crate::sim::tcp::{Conn, ConnId, listener};
use crate::sim::{HTTP_PORT, Sim};
use crate::time::SimTime;

/// One look at a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// When. Sightings of one instant stand in the order in which things happened.
    pub at: SimTime,
    /// Of which connection.
    pub wire: Wire,
    /// What was seen.
    pub sight: Sight,
}

/// A connection as it is addressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wire {
    /// The n-th dial of the run, from 1.
    pub number: u32,
    /// A number from 0 that no other connection has at the same time. It is given again when nothing is left of this
    /// one, so that there are no more of them than connections at once.
    pub slot: u32,
    /// The hosts of its client and of its server: clients from 0 on, servers behind them.
    pub hosts: [u16; 2],
    /// The addresses of its client and of its server.
    pub addresses: [SocketAddrV4; 2],
}

/// What is seen of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// A request goes on it: the n-th that arrived, from 1.
    Takes(u32),
    /// A program closes its end.
    Closes {
        /// Which end.
        side: Side,
        /// Why.
        why: Why,
    },
    /// The server's kernel answers the SYN for the first time, as far as it knows: where the SYN queue is full, by a
    /// cookie.
    Answers {
        /// The SYN queue, if the answer is a cookie.
        cookie: Option<Level>,
    },
    /// A packet leaves a kernel.
    Sent {
        /// What.
        packet: Packet,
        /// From which end.
        from: Side,
        /// The number of the first segment that this end has not taken from its peer, modulo 256: what it acknowledges.
        taken: u8,
        /// The network loses it.
        lost: bool,
    },
    /// A packet reaches a kernel.
    Arrived {
        /// What.
        packet: Packet,
        /// At which end.
        to: Side,
    },
    /// The packet that has just arrived, or would have, is thrown away.
    Dropped {
        /// What.
        packet: Packet,
        /// At which end.
        to: Side,
        /// Why.
        rule: DropCause,
        /// The queues of the listening socket at that moment: of connections to be accepted, of handshakes.
        queues: [Level; 2],
    },
}

/// Looks at the wire.
#[derive(Debug, Default)]
pub struct WireTap {
    seen: Vec<Sighting>,
}

impl WireTap {
    /// What has been seen since the last call.
    pub fn take(&mut self) -> Vec<Sighting> {
        std::mem::take(&mut self.seen)
    }

    /// Something happens to a connection.
    pub fn on_connection(&mut self, sim: &Sim, id: ConnId, what: What) {
        let Some(conn) = sim.conns.get(id) else { return };
        let sight = match what {
            What::Takes { request, .. } => Sight::Takes(request),
            What::Closes { side, why } => Sight::Closes { side, why },
            What::Cookie => Sight::Answers { cookie: Some(queues(sim, conn)[1]) },
            What::Becomes { state: State::SynRecv, .. } => Sight::Answers { cookie: None },
            What::Sent { packet, from, lost, .. } => {
                Sight::Sent { packet, from, taken: conn.incoming(from).taken(), lost }
            }
            What::Arrived { packet, to } => Sight::Arrived { packet, to },
            What::Dropped { packet, to, rule, .. } => Sight::Dropped { packet, to, rule, queues: queues(sim, conn) },
            _ => return,
        };
        self.seen.push(Sighting { at: sim.now, wire: wire(sim, id, conn), sight });
    }
}

fn wire(sim: &Sim, id: ConnId, conn: &Conn) -> Wire {
    let address = |side, port| SocketAddrV4::new(sim.hosts.address(&sim.params, conn.host(side)), port);
    Wire {
        number: conn.number,
        slot: id.slot() as u32,
        hosts: conn.hosts,
        addresses: [address(Side::Client, conn.port), address(Side::Server, HTTP_PORT)],
    }
}

/// The accept queue and the SYN queue of the listening socket that a connection is for.
fn queues(sim: &Sim, conn: &Conn) -> [Level; 2] {
    let host = conn.host(Side::Server);
    let (listener, limit) = (&sim.hosts[host].kernel.listener, listener::queue_limit(sim, host));
    [listener.accept_queue.len() as u32, listener.syn_queue].map(|value| Level { value, limit })
}
