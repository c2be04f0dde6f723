//! Everything that can happen: one row for an event, with the number by which it counts in the fingerprint, what it is
//! about, and who handles it.
//!
//! The queue keeps events as two words. An enum of the same size is copied in pieces and read as a whole, for which a
//! processor waits; and the fingerprint takes the words as they are.

use super::client::{self, Attempt, AttemptId, Request, RequestId};
use super::error::{ERRORS, ErrorKind};
use super::pool::go::{self, Pconn, PconnId, Phase, idle};
use super::processors::{self, ProcessorId};
use super::scheduler::Lane;
use super::tcp::{self, Conn, ConnId, Message, Packet, Segment, Side, State, Travel, data, listener, time_wait, wire};
use super::{Sim, load, server};
use crate::arena::Arena;

/// Rows such as `41 Arrive(conn: ConnId, side: Side; travel: Travel) => wire::on_arrival;`: the number, the name, what
/// the event is about, its details, and behind the semicolon what is no part of the fingerprint; the handler takes the
/// subject and the details.
macro_rules! events {
    ($($(#[doc = $doc:literal])+ $number:literal $name:ident
       $(($subject:ident: $Subject:ty $(, $detail:ident: $Detail:ty)* $(; $aside:ident: $Aside:ty)?))?
       => $($handler:ident)::+;)+) => {
        /// Everything that can happen.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Event { $($(#[doc = $doc])+ $name $(($Subject $(, $Detail)* $(, $Aside)?))?,)+ }

        impl Event {
            /// The event in two words.
            #[inline(always)]
            pub fn pack(self) -> Packed {
                match self {
                    $(Event::$name $(($subject $(, $detail)* $(, $aside)?))? => {
                        let event = Packed::new($number);
                        $(let event = event.about($subject.bits(), &[$(($detail.bits(), <$Detail as Bits>::BITS)),*]);
                        $(let event = event.with_aside($aside.bits());)?)?
                        event
                    })+
                }
            }

            /// Lets it happen.
            #[inline(always)]
            pub fn happen(self, sim: &mut Sim) {
                match self {
                    $(Event::$name $(($subject $(, $detail)* $(, $aside)?))? => {
                        $($(let _ = $aside;)?)?
                        $($handler)::+(sim $(, $subject $(, $detail)*)?);
                    })+
                }
            }
        }

        impl Packed {
            /// The event that was packed.
            #[inline(always)]
            pub fn unpack(self) -> Event {
                #[allow(unused_mut)]
                let mut details = Details(self.how);
                match details.bits(8) {
                    $($number => Event::$name $((
                        <$Subject>::from_bits(self.what) $(, details.take::<$Detail>())*
                        $(, <$Aside>::from_bits(self.how >> ASIDE_SHIFT))?
                    ))?,)+
                    number => unreachable!("no event has the number {number}"),
                }
            }
        }

        /// An event of every kind, with details that differ.
        #[cfg(test)]
        fn one_of_each() -> Vec<(u64, Event)> {
            vec![$(($number, Event::$name $((
                <$Subject>::from_bits(1 << 32 | 5) $(, <$Detail>::from_bits(2 + stringify!($detail).len() as u64 % 2))*
                $(, <$Aside>::from_bits(u64::from(u32::MAX)))?
            ))?)),+]
        }
    };
}

events! {
    /// The entry with this number of the timetable.
    1 Change(number: u16) => Sim::apply_change;
    /// A time bucket of the series ends.
    2 Bucket => Sim::end_bucket;

    /// The next open-loop request of this plan arrives.
    10 Arrival(plan: u32) => load::on_arrival;
    /// A burst of requests.
    11 Burst => load::on_burst;
    /// A closed-loop caller on this host has thought enough.
    12 Caller(host: u16) => load::on_caller;
    /// The recorded request with this number arrives.
    13 Recorded(number: u32) => load::on_recorded;

    /// Client.Timeout.
    20 ClientTimeout(attempt: AttemptId) => client::on_timeout;
    /// The context's deadline over all attempts.
    21 Deadline(request: RequestId) => client::on_deadline;
    /// The wait before a retry is over.
    22 Retry(request: RequestId) => client::on_retry;
    /// The caller gives up.
    23 GiveUp(request: RequestId) => client::on_give_up;

    /// connect() succeeded.
    30 Dialed(pconn: PconnId) => go::on_dialed;
    /// connect() failed.
    31 DialFailed(pconn: PconnId, kind: ErrorKind) => go::on_dial_failed;
    /// Dialer.Timeout.
    32 DialTimeout(pconn: PconnId) => go::on_dial_timeout;
    /// The goroutine that was given this connection runs.
    33 Begin(pconn: PconnId) => go::on_begin;
    /// The Transport's reader finds something to read.
    34 Readable(pconn: PconnId) => go::on_wake;
    /// IdleConnTimeout may have passed.
    35 IdleTimeout(pconn: PconnId) => idle::on_idle_timeout;
    /// ResponseHeaderTimeout may have passed.
    36 HeaderTimeout(attempt: AttemptId) => go::on_header_timeout;
    /// The caller has produced the body of a streamed request.
    37 Body(attempt: AttemptId) => go::on_body;
    /// Go 1.4 has waited long enough for the response on a closed connection.
    38 GraceOver(attempt: AttemptId) => go::return_failure;

    /// A packet reaches the server's input queue (T-60).
    40 AtInputQueue(conn: ConnId, packet: Packet; travel: Travel) => wire::on_input_queue;
    /// A packet arrives at this side.
    41 Arrive(conn: ConnId, side: Side, packet: Packet; travel: Travel) => wire::on_arrival;
    /// The client's SYN timer: this is retransmission number n.
    42 SynTimer(conn: ConnId, n: u8) => tcp::on_syn_timer;
    /// The server's SYN-ACK timer: this is retransmission number n.
    43 SynAckTimer(conn: ConnId, n: u8) => listener::on_syn_ack_timer;
    /// The retransmission timer of an end with unacknowledged segments.
    44 Retransmit(conn: ConnId, side: Side) => data::on_retransmit;
    /// An orphan has waited long enough in FIN_WAIT2.
    45 FinTimeout(conn: ConnId, side: Side) => time_wait::on_fin_timeout;

    /// The handler with this number has done its work.
    50 HandlerDone(conn: ConnId, handler: u8) => server::on_handler_done;
    /// The time limit on the next request may have passed.
    51 ReadTimeout(conn: ConnId) => server::on_read_timeout;
    /// The accept loop tries again after EMFILE.
    52 AcceptAgain(host: u16) => server::on_accept_again;

    /// A program has had its time on this processor.
    60 StepDone(processor: ProcessorId) => processors::on_step_done;
    /// The processor goes on to what waits for it.
    61 NextStep(processor: ProcessorId) => processors::on_next_step;
}

impl Event {
    /// Where it waits.
    #[inline(always)]
    pub fn lane(self) -> Lane {
        match self {
            // Packets with one delay.
            Event::Arrive(..) | Event::AtInputQueue(..) => Lane::Flow(0),
            // Goroutines that are woken.
            Event::Dialed(_) | Event::DialFailed(..) | Event::Begin(_) | Event::Readable(_) => Lane::AtOnce,
            // Each is planned by the one before it.
            Event::Arrival(_) | Event::Recorded(_) | Event::Burst => Lane::Flow(1),
            Event::Bucket => Lane::Timer(0),
            Event::ClientTimeout(_) => Lane::Timer(1),
            Event::Deadline(_) => Lane::Timer(2),
            Event::DialTimeout(_) => Lane::Timer(3),
            Event::IdleTimeout(_) => Lane::Timer(4),
            Event::HeaderTimeout(_) => Lane::Timer(5),
            // The first waits are equally long (tcp_syn_linear_timeouts); those that double come in no order.
            Event::SynTimer(_, 1) => Lane::Timer(6),
            Event::SynTimer(_, 2..=5) => Lane::Timer(7),
            Event::SynAckTimer(_, 1) => Lane::Timer(8),
            Event::Retransmit(..) => Lane::Timer(9),
            Event::FinTimeout(..) => Lane::Timer(10),
            Event::ReadTimeout(_) => Lane::Timer(11),
            _ => Lane::None,
        }
    }

    /// Whether it is a timer of a kernel, as `ss -o` shows them.
    #[inline(always)]
    pub fn is_kernel_timer(self) -> bool {
        matches!(self, Event::SynTimer(..) | Event::SynAckTimer(..) | Event::Retransmit(..) | Event::FinTimeout(..))
    }

    /// Whether it is a timer that would find nothing to do, now and for ever.
    #[inline(always)]
    pub fn is_over(
        self,
        requests: &Arena<Request>,
        attempts: &Arena<Attempt>,
        pconns: &Arena<Pconn>,
        conns: &Arena<Conn>,
    ) -> bool {
        match self {
            Event::ClientTimeout(id) | Event::HeaderTimeout(id) => !attempts.contains(id),
            Event::Deadline(id) | Event::GiveUp(id) => !requests.contains(id),
            Event::DialTimeout(id) => !matches!(pconns.get(id), Some(Pconn { phase: Phase::Dialing(_), .. })),
            Event::IdleTimeout(id) => !pconns.contains(id),
            Event::SynTimer(id, _) => conns.get(id).is_none_or(|conn| conn.client.state != State::SynSent),
            Event::SynAckTimer(id, _) => conns.get(id).is_none_or(|conn| conn.server.state != State::SynRecv),
            Event::Retransmit(id, _) | Event::FinTimeout(id, _) | Event::ReadTimeout(id) => !conns.contains(id),
            _ => false,
        }
    }
}

/// An event in two words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packed {
    /// From the lowest byte on: its number and its details; from [`ASIDE_SHIFT`] on, what is no part of
    /// the fingerprint.
    how: u64,
    /// What it is about.
    what: u64,
}

const ASIDE_SHIFT: u32 = 32;

impl Packed {
    #[inline(always)]
    fn new(number: u64) -> Packed {
        Packed { how: number, what: 0 }
    }

    #[inline(always)]
    fn about(self, what: u64, details: &[(u64, u32)]) -> Packed {
        let (how, _) = details.iter().fold((self.how, 8), |(how, at), (detail, bits)| (how | detail << at, at + bits));
        Packed { how, what }
    }

    #[inline(always)]
    fn with_aside(self, aside: u64) -> Packed {
        Packed { how: self.how | aside << ASIDE_SHIFT, ..self }
    }

    /// What counts in the fingerprint.
    #[inline(always)]
    pub fn code(self) -> [u64; 2] {
        [self.how & ((1 << ASIDE_SHIFT) - 1), self.what]
    }
}

/// The parts of [`Packed::how`], from the lowest one on.
struct Details(u64);

impl Details {
    #[inline(always)]
    fn bits(&mut self, bits: u32) -> u64 {
        let part = self.0 & ((1 << bits) - 1);
        self.0 >>= bits;
        part
    }

    #[inline(always)]
    fn take<Detail: Bits>(&mut self) -> Detail {
        Detail::from_bits(self.bits(Detail::BITS))
    }
}

/// A part of an event as a number, and back; ids have the same of their own.
trait Bits {
    /// How many bits it takes.
    const BITS: u32 = 8;
    fn bits(self) -> u64;
    fn from_bits(bits: u64) -> Self;
}

macro_rules! integer_bits {
    ($($Integer:ty)+) => {$(
        impl Bits for $Integer {
            fn bits(self) -> u64 {
                self.into()
            }
            fn from_bits(bits: u64) -> Self {
                bits as $Integer
            }
        }
    )+};
}

integer_bits! { u8 u16 u32 }

impl Bits for Side {
    fn bits(self) -> u64 {
        self as u64
    }
    fn from_bits(bits: u64) -> Self {
        if bits == Side::Client as u64 { Side::Client } else { Side::Server }
    }
}

/// A number in the lower byte, and the sequence number of a segment in the higher one.
impl Bits for Packet {
    const BITS: u32 = 16;
    fn bits(self) -> u64 {
        match self {
            Packet::Syn => 0,
            Packet::SynAck => 1,
            Packet::Ack => 2,
            Packet::FinAck => 3,
            Packet::Rst => 4,
            Packet::Segment(Segment { seq, message }) => (SEGMENTS_FROM + message as u64) | u64::from(seq) << 8,
        }
    }
    fn from_bits(bits: u64) -> Self {
        match bits & 0xFF {
            0 => Packet::Syn,
            1 => Packet::SynAck,
            2 => Packet::Ack,
            3 => Packet::FinAck,
            4 => Packet::Rst,
            number => {
                let message = Message::ALL[(number - SEGMENTS_FROM) as usize];
                Packet::Segment(Segment { seq: (bits >> 8) as u8, message })
            }
        }
    }
}

/// The numbers of packets that are segments begin here.
const SEGMENTS_FROM: u64 = 8;

impl Bits for ErrorKind {
    fn bits(self) -> u64 {
        self.spec().code.into()
    }
    fn from_bits(bits: u64) -> Self {
        let spec = ERRORS.iter().find(|spec| u64::from(spec.code) == bits);
        spec.expect("a number of the table").kind
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn an_event_is_what_was_packed() {
        for (number, event) in one_of_each() {
            let packed = event.pack();
            assert_eq!(packed.unpack(), event);
            assert_eq!(packed.code()[0] & 0xFF, number, "{event:?}");
        }
    }

    #[test]
    fn every_event_has_a_number_of_its_own_and_how_long_a_packet_travels_does_not_count() {
        let codes: BTreeSet<[u64; 2]> = one_of_each().iter().map(|(_, event)| event.pack().code()).collect();
        assert_eq!(codes.len(), one_of_each().len());
        let fin = Packet::Segment(Segment { seq: 3, message: Message::Fin });
        let arrives = |travel| Event::Arrive(ConnId::from_bits(7 << 32), Side::Server, fin, travel).pack();
        let (near, far) = (arrives(Travel::from_bits(1)), arrives(Travel::from_bits(2)));
        assert_ne!(near, far);
        assert_eq!(near.code(), far.code());
        assert_eq!(near.code(), [41 | 1 << 8 | 13 << 16 | 3 << 24, 7 << 32]);
    }
}
