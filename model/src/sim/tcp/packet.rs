//! What travels between the two ends of a connection, and the states of an end: words that all of the model uses.

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

/// State of one end, by the kernel's names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum State {
    /// No socket.
    #[default]
    Closed,
    /// SYN sent, nothing heard.
    SynSent,
    /// SYN-ACK sent, the last ACK not (usefully) received.
    SynRecv,
    /// Open.
    Established,
    /// Closed by us; our FIN is not acknowledged.
    FinWait1,
    /// Closed by us; our FIN is acknowledged, the peer's has not come.
    FinWait2,
    /// Both closed at once.
    Closing,
    /// The peer closed, our program has not.
    CloseWait,
    /// Both closed, the peer first; our FIN is not acknowledged.
    LastAck,
    /// Both closed, we first: the port rests for 60 s (T-50).
    TimeWait,
}

/// What a segment carries, with the numbers by which it counts in the fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Message {
    /// A whole request.
    Request = 0,
    /// The header of a streamed request, whose body follows (C-18).
    Header = 1,
    /// The body of a streamed request.
    Body = 2,
    /// A response.
    Response = 3,
    /// A response that says `Connection: close`.
    LastResponse = 4,
    /// "I have nothing more to send."
    Fin = 5,
}

impl Message {
    /// All of them, by their numbers.
    pub const ALL: [Message; 6] =
        [Message::Request, Message::Header, Message::Body, Message::Response, Message::LastResponse, Message::Fin];
}

/// A part of the stream of one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Segment {
    /// Its number, from 0; they wrap.
    pub seq: u8,
    /// What it carries.
    pub message: Message,
}

/// What travels between the ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Packet {
    /// Asks for a connection.
    Syn,
    /// Grants it.
    SynAck,
    /// Completes the handshake, or answers a repeated SYN-ACK.
    Ack,
    /// Data or a FIN.
    Segment(Segment),
    /// Acknowledges a FIN.
    FinAck,
    /// "This connection does not exist."
    Rst,
}

impl Packet {
    /// What it carries, if it is a segment.
    pub fn message(self) -> Option<Message> {
        if let Packet::Segment(Segment { message, .. }) = self { Some(message) } else { None }
    }

    /// Whether it is a FIN.
    pub fn is_fin(self) -> bool {
        self.message() == Some(Message::Fin)
    }

    /// Whether it carries data.
    pub fn is_data(self) -> bool {
        self.message().is_some_and(|message| message != Message::Fin)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_of_more_than_four_seconds_counts_as_four_and_is_no_other_way() {
        let four = SimDuration::from_nanos(u64::from(u32::MAX - 1));
        for time in [four, SimDuration::from_secs(5), SimDuration::from_secs(3_600)] {
            let ways = [Travel::on_the_wire(time), Travel::in_input_queue(time)];
            assert_eq!(ways.map(Travel::is_in_input_queue), [false, true], "{time}");
            assert_eq!(ways.map(Travel::time), [four, four], "{time}");
        }
    }
}
