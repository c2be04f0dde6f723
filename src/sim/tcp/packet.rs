//! What travels between the two ends of a connection.

use serde::Serialize;

use crate::time::SimDuration;

/// The two ends of a connection, with the numbers by which they count in the fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Side {
    /// The end that called connect().
    Client = 0,
    /// The end that listened.
    Server = 1,
}

impl Side {
    /// The opposite end.
    pub fn peer(self) -> Side {
        match self {
            Side::Client => Side::Server,
            Side::Server => Side::Client,
        }
    }
}

/// What travels, with the numbers by which it counts in the fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Packet {
    /// Asks for a connection.
    Syn = 0,
    /// Grants it.
    SynAck = 1,
    /// Completes the handshake, or answers a repeated SYN-ACK.
    Ack = 2,
    /// A request or a response, or the header of a request whose body follows.
    Data = 3,
    /// "I have nothing more to send."
    Fin = 4,
    /// Acknowledges a FIN.
    FinAck = 5,
    /// "This connection does not exist."
    Rst = 6,
    /// The body of a streamed request (C-18).
    Body = 7,
}

impl Packet {
    /// How many kinds there are.
    pub const KINDS: usize = Packet::ALL.len();

    /// All kinds, by their numbers.
    pub const ALL: [Packet; 8] = [
        Packet::Syn,
        Packet::SynAck,
        Packet::Ack,
        Packet::Data,
        Packet::Fin,
        Packet::FinAck,
        Packet::Rst,
        Packet::Body,
    ];
}

/// How long a packet has been on its way when it arrives, and on which: for those who look at the run meanwhile. It
/// changes nothing, and is no part of the fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Travel(u32);

impl Travel {
    /// Marks the way through the server's input queue; the other bits are pairs of nanoseconds, four seconds at most: a
    /// time that wasm need not divide for.
    const INPUT_QUEUE: u32 = 1 << 31;

    /// From kernel to kernel, or to the server's input queue.
    pub fn on_the_wire(time: SimDuration) -> Travel {
        Travel((time.as_nanos() >> 1).min(u64::from(Travel::INPUT_QUEUE - 1)) as u32)
    }

    /// Through the server's input queue.
    pub fn in_input_queue(time: SimDuration) -> Travel {
        Travel(Travel::on_the_wire(time).0 | Travel::INPUT_QUEUE)
    }

    /// How long it takes; what takes longer than four seconds, these.
    pub fn time(self) -> SimDuration {
        SimDuration::from_nanos(u64::from(self.0 & !Travel::INPUT_QUEUE) << 1)
    }

    /// The same as a number.
    pub fn bits(self) -> u64 {
        self.0.into()
    }

    /// The travel with these [`Travel::bits`].
    pub fn from_bits(bits: u64) -> Travel {
        Travel(bits as u32)
    }

    /// Whether it leads through the server's input queue.
    pub fn is_in_input_queue(self) -> bool {
        self.0 & Travel::INPUT_QUEUE != 0
    }
}
