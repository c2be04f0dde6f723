//! Everything between the kernels: loss, delay and jitter. It says what becomes of a packet, and knows nothing of
//! connections.

use super::tcp::{Packet, Side};
use crate::params::Params;
use crate::rng::{Purpose, Stream};
use crate::time::{SimDuration, SimTime};

/// The path between client hosts and servers.
#[derive(Clone, Debug)]
pub struct Path {
    /// Decides what is lost, and how late the rest is.
    randomness: Stream,
}

/// What becomes of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It is there at this instant.
    At(SimTime),
    /// It is there at once, in the same call of the kernel.
    Now,
    /// It is lost.
    Lost,
}

impl Path {
    /// The path of a run with this seed.
    pub fn new(seed: u64) -> Path {
        Path { randomness: Stream::new(seed, Purpose::Network) }
    }

    /// What becomes of a packet that leaves now. Packets of one direction of a connection do not overtake each other:
    /// `not_before` is when the last one arrives.
    ///
    /// On loopback a handshake can be over `within_connect`, the call of connect() that began it: its SYN carries the
    /// time of all of it, and what answers the SYN is there at once.
    #[inline(always)]
    pub fn fate(
        &mut self,
        params: &Params,
        now: SimTime,
        packet: Packet,
        within_connect: bool,
        not_before: SimTime,
    ) -> Delivery {
        if self.randomness.happens(params.loss.as_ppm()) {
            return Delivery::Lost;
        }
        let base = match packet {
            _ if !params.loopback => params.one_way_delay(),
            Packet::Syn if within_connect => params.rtt,
            _ if within_connect => return Delivery::Now,
            // What timers of one tick send waits in one queue, in their order, and all of it is handled before the
            // answers: a repeated SYN takes as long as repeated data.
            Packet::SynAck | Packet::Ack => SimDuration::ZERO,
            _ => params.one_way_delay(),
        };
        let jitter = params.rtt_jitter;
        let delay = if jitter.is_zero() { base } else { base + self.randomness.up_to(jitter) };
        Delivery::At((now + delay).max(not_before))
    }

    /// Whether packets to this side go through an input queue.
    pub fn has_input_queue(params: &Params, to: Side) -> bool {
        to == Side::Server && params.nic_rate.as_milli() > 0
    }
}
