//! Everything between the two kernels: loss, delay, jitter, and the server's input queue. It says what becomes of a
//! packet, and knows nothing of connections.

use super::tcp::{Packet, Side};
use crate::params::Params;
use crate::rng::{Purpose, Stream};
use crate::time::{SimDuration, SimTime};

/// The path between client hosts and the server.
#[derive(Clone, Debug)]
pub struct Path {
    /// Decides what is lost, and how late the rest is.
    randomness: Stream,
    /// When the packet that is last in the server's input queue (netdev_max_backlog) will have been taken out: one FIFO
    /// drained at a constant rate (T-60 to T-62, M-24).
    input_queue_busy_until: SimTime,
}

/// What becomes of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is there at this instant.
    At(SimTime),
    /// It is there at once, in the same call of the kernel.
    Now,
    /// It is lost.
    Lost,
}

/// How packets of a handshake travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handshake {
    /// One by one, as other packets.
    ByPackets,
    /// Within the call of connect(): on loopback the SYN carries the time of all of it, and what answers it is there at
    /// once.
    InOneCall,
}

impl Path {
    /// The path of a run with this seed.
    pub fn new(seed: u64) -> Path {
        Path { randomness: Stream::new(seed, Purpose::Network), input_queue_busy_until: SimTime::ZERO }
    }

    /// What becomes of a packet that leaves now. Packets of one direction of a connection do not overtake each other:
    /// `not_before` is when the last one arrives.
    #[inline(always)]
    pub fn fate(
        &mut self,
        params: &Params,
        now: SimTime,
        packet: Packet,
        handshake: Option<Handshake>,
        not_before: SimTime,
    ) -> Verdict {
        if self.randomness.happens(params.loss.as_ppm()) {
            return Verdict::Lost;
        }
        let base = match (packet, handshake) {
            (Packet::Syn, Some(Handshake::InOneCall)) => params.rtt,
            (_, Some(Handshake::InOneCall)) => return Verdict::Now,
            // What timers of one tick send waits in one queue, in their order, and all of it is handled before the
            // answers: a repeated SYN takes as long as repeated data.
            (Packet::SynAck | Packet::Ack, _) if params.loopback => SimDuration::ZERO,
            _ => params.one_way_delay(),
        };
        let jitter = params.rtt_jitter;
        let delay = if jitter.is_zero() { base } else { base + self.randomness.up_to(jitter) };
        Verdict::At((now + delay).max(not_before))
    }

    /// Whether packets to this side go through an input queue.
    pub fn has_input_queue(params: &Params, to: Side) -> bool {
        to == Side::Server && params.nic_rate.as_milli() > 0
    }

    /// A packet reaches the server's input queue: it waits its turn, or is lost when more than the limit wait (T-60).
    pub fn enter_input_queue(&mut self, params: &Params, now: SimTime) -> Verdict {
        let rate = params.nic_rate.as_milli();
        if rate == 0 {
            return Verdict::At(now);
        }
        let per_packet = SimDuration::from_nanos(1_000_000_000_000 / rate);
        let waiting = self.input_queue_busy_until.since(now).as_nanos().div_ceil(per_packet.as_nanos().max(1));
        if waiting > u64::from(params.nic_queue) {
            return Verdict::Lost;
        }
        self.input_queue_busy_until = self.input_queue_busy_until.max(now) + per_packet;
        Verdict::At(self.input_queue_busy_until)
    }
}
