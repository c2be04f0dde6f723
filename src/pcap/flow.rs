//! A connection in bytes: sequence numbers, acknowledgements and options, as the kernels of both ends would set them.
//!
//! Source: RFC 9293; Linux net/core/secure_seq.c (where numbers begin), tcp_output.c (options, windows),
//! tcp_ipv4.c:tcp_v4_send_reset (the numbers of an RST that answers).

use std::collections::VecDeque;

use etherparse::{TcpHeader, TcpOptionElement};

use super::comment;
use crate::params::Params;
use crate::sim::trace::{DropCause, Level, Message, Packet, Segment, Side, Why, Wire};
use crate::time::SimTime;

/// The scale of windows that Linux offers with its default tcp_rmem.
const WINDOW_SCALE: u8 = 7;
/// How many segments a side may have written and not got across (`Messages::MAX` of the model).
const UNDER_WAY: usize = 8;

/// A packet, but for the addresses of its connection.
#[derive(Clone, Debug)]
pub struct Letter {
    pub packet: Packet,
    pub from: Side,
    /// Without ports and checksum.
    pub tcp: TcpHeader,
    /// The IP header's.
    pub identification: u16,
    pub text: String,
}

impl Letter {
    /// How far it takes the sequence numbers.
    fn length(&self) -> u32 {
        self.text.len() as u32 + u32::from(self.tcp.syn) + u32::from(self.tcp.fin)
    }
}

/// A connection.
#[derive(Debug)]
pub struct Flow {
    wire: Wire,
    /// Spreads what starts at random.
    salt: u64,
    is_loopback: bool,
    ends: [End; 2],
    /// Packets on their way, oldest first, with the number of the picture of their departure.
    on_the_way: VecDeque<(Letter, Option<u64>)>,
    /// The last packet that arrived, with the number of the picture that shows it best.
    arrived: Option<(Letter, Option<u64>)>,
    /// What the next RST answers.
    answers: Option<Letter>,
    /// The picture of the arrival of the last packet, where arrivals are shown.
    pub shown: Option<u64>,
    /// The request whose exchange it carries.
    pub request: Option<u32>,
    /// Why the program of each end closes it.
    pub closing: [Option<Why>; 2],
    /// The next SYN-ACK is the first of a handshake, with the SYN queue if it is a cookie.
    pub answers_syn: Option<Option<Level>>,
}

/// What one end sends.
#[derive(Debug, Default)]
struct End {
    /// Where its numbers begin: known with its SYN.
    isn: Option<u32>,
    /// The next number.
    next: u32,
    /// The model's number of the next segment that was never sent.
    next_segment: u8,
    /// The newest segments, oldest first.
    written: VecDeque<Written>,
    /// Copies of its SYN.
    syns: u32,
    /// The timestamp that it echoes.
    echo: u32,
    /// Packets sent.
    packets: u16,
}

/// A segment that was sent.
#[derive(Debug)]
struct Written {
    segment: u8,
    start: u32,
    text: String,
    copies: u32,
}

impl End {
    /// Where this segment begins: the number that acknowledges all before it.
    fn start_of(&self, segment: u8) -> u32 {
        self.written.iter().find(|written| written.segment == segment).map_or(self.next, |written| written.start)
    }

    /// A segment that was sent: one of the newest.
    fn written_mut(&mut self, segment: u8) -> &mut Written {
        let written = self.written.iter_mut().rev().find(|written| written.segment == segment);
        written.expect("what is sent again has not got across")
    }
}

impl Flow {
    /// A connection of which nothing has been sent.
    pub fn new(wire: Wire, params: &Params) -> Flow {
        let [client, server] = wire.addresses.map(|address| u64::from(u32::from(*address.ip())));
        let port = u64::from(wire.addresses[Side::Client as usize].port());
        let salt = [client, server, port].into_iter().fold(mixed(params.seed), |salt, number| mixed(salt ^ number));
        Flow {
            wire,
            salt,
            is_loopback: params.loopback,
            ends: Default::default(),
            on_the_way: VecDeque::new(),
            arrived: None,
            answers: None,
            shown: None,
            request: None,
            closing: [None; 2],
            answers_syn: None,
        }
    }

    /// Its addresses.
    pub fn wire(&self) -> &Wire {
        &self.wire
    }

    /// An end sends a packet. Returns it with what there is to say of it; `text` is what a message carries that is
    /// written now.
    pub fn send(
        &mut self,
        at: SimTime,
        packet: Packet,
        from: Side,
        taken: u8,
        text: impl FnOnce(Message) -> String,
    ) -> (Letter, String) {
        let answered = self.answers.take();
        let mut tcp = TcpHeader { ack: true, window_size: self.window(packet, from), ..TcpHeader::default() };
        let mut carried = String::new();
        let comment = match packet {
            Packet::Syn | Packet::SynAck => self.send_syn(at, packet, from, &mut tcp),
            Packet::Segment(segment) => {
                carried = self.write(from, segment, text);
                self.send_segment(from, segment, &mut tcp)
            }
            Packet::Ack | Packet::FinAck => String::new(),
            Packet::Rst => match &answered {
                Some(answered) => comment::of_answer(answered.packet),
                None => self.comment_of_close(from),
            },
        };
        if !matches!(packet, Packet::Syn | Packet::SynAck | Packet::Segment(_)) {
            tcp.sequence_number = self.end(from).next;
        }
        if tcp.ack {
            tcp.acknowledgment_number = self.end(from.peer()).start_of(taken);
        }
        tcp.rst = packet == Packet::Rst;
        match answered.filter(|_| tcp.rst) {
            Some(answered) => answer(&mut tcp, &answered),
            None => self.set_options(at, from, &mut tcp),
        }
        let identification = self.identification(packet, from);
        (Letter { packet, from, tcp, identification, text: carried }, comment)
    }

    /// Fills in a SYN or a SYN-ACK, and returns what there is to say of it.
    fn send_syn(&mut self, at: SimTime, packet: Packet, from: Side, tcp: &mut TcpHeader) -> String {
        let copy = self.begin(at, from);
        (tcp.syn, tcp.ack) = (true, packet == Packet::SynAck);
        tcp.sequence_number = self.end(from).isn.expect("it has begun");
        let mut comment = comment::of_connection(self.wire.number) + &comment::of_copy(copy);
        if let Some(cookie) = self.answers_syn.take_if(|_| packet == Packet::SynAck) {
            comment += if copy > 0 { comment::FORGOTTEN } else { "" };
            comment += &cookie.map_or(String::new(), comment::of_cookie);
        }
        comment
    }

    /// Fills in a segment that has been written, and returns what there is to say of it.
    fn send_segment(&mut self, from: Side, segment: Segment, tcp: &mut TcpHeader) -> String {
        let written = self.end_mut(from).written_mut(segment.seq);
        let copy = written.copies;
        written.copies += 1;
        tcp.sequence_number = written.start;
        tcp.fin = segment.message == Message::Fin;
        tcp.psh = !tcp.fin;
        let about = match tcp.fin {
            true => self.comment_of_close(from),
            false => self.request.map_or(String::new(), comment::of_request),
        };
        about + &comment::of_copy(copy)
    }

    fn comment_of_close(&self, side: Side) -> String {
        self.closing[side as usize].map_or(String::new(), comment::of_close)
    }

    fn end(&self, side: Side) -> &End {
        &self.ends[side as usize]
    }

    fn end_mut(&mut self, side: Side) -> &mut End {
        &mut self.ends[side as usize]
    }

    /// The SYN of an end. Where its numbers begin advances by one each 64 ns (secure_seq.c:seq_scale), so that a port
    /// that is used again begins behind the connection before; the number of the connection tells apart what begins
    /// in one instant. Returns how many copies there were before.
    fn begin(&mut self, at: SimTime, side: Side) -> u32 {
        let clock = (at.as_nanos() >> 6) as u32;
        let isn = (mixed(self.salt ^ side as u64) as u32).wrapping_add(clock).wrapping_add(self.wire.number);
        let end = self.end_mut(side);
        if end.isn.is_none() {
            end.isn = Some(isn);
            end.next = isn.wrapping_add(1);
        }
        end.syns += 1;
        end.syns - 1
    }

    /// A segment goes out, for the first time or again: what it carries.
    fn write(&mut self, side: Side, segment: Segment, text: impl FnOnce(Message) -> String) -> String {
        let end = self.end_mut(side);
        if segment.seq == end.next_segment {
            let text = text(segment.message);
            let length = text.len() as u32 + u32::from(segment.message == Message::Fin);
            end.written.push_back(Written { segment: segment.seq, start: end.next, text, copies: 0 });
            end.next = end.next.wrapping_add(length);
            end.next_segment = segment.seq.wrapping_add(1);
            if end.written.len() > UNDER_WAY {
                end.written.pop_front();
            }
        }
        end.written_mut(segment.seq).text.clone()
    }

    /// What Linux offers with its default buffers: in a SYN as it is, else in units of 2^7 bytes. Nothing fills them.
    fn window(&self, packet: Packet, from: Side) -> u16 {
        match (packet, self.is_loopback) {
            (Packet::Syn, false) => 64_240,
            (Packet::SynAck, false) => 65_160,
            (Packet::Syn, true) => 65_495,
            (Packet::SynAck, true) => 65_483,
            (_, false) => {
                if from == Side::Client {
                    502
                } else {
                    509
                }
            }
            (_, true) => 512,
        }
    }

    /// In the order of Linux (tcp_output.c:tcp_options_write). The clock of milliseconds begins elsewhere for each
    /// connection.
    fn set_options(&self, at: SimTime, from: Side, tcp: &mut TcpHeader) {
        use TcpOptionElement::*;
        let clock = (mixed(!self.salt ^ from as u64) as u32).wrapping_add((at.as_nanos() / 1_000_000) as u32);
        let timestamp = Timestamp(clock, self.end(from).echo);
        let segment = MaximumSegmentSize(if self.is_loopback { 65_495 } else { 1_460 });
        let syn = [segment, SelectiveAcknowledgementPermitted, timestamp.clone(), Noop, WindowScale(WINDOW_SCALE)];
        let other = [Noop, Noop, timestamp];
        let options = if tcp.syn { &syn[..] } else { &other[..] };
        tcp.set_options(options).expect("twenty bytes at most");
    }

    /// Linux counts for each socket, and sends what no socket stands behind with 0 (ip_output.c: ip_select_ident).
    fn identification(&mut self, packet: Packet, from: Side) -> u16 {
        if matches!(packet, Packet::SynAck | Packet::Rst) {
            return 0;
        }
        let start = mixed(self.salt ^ (from as u64 + 2)) as u16;
        let end = self.end_mut(from);
        end.packets = end.packets.wrapping_add(1);
        start.wrapping_add(end.packets)
    }

    /// A packet is on its way, with the number of its picture.
    pub fn post(&mut self, letter: Letter, picture: Option<u64>) {
        self.on_the_way.push_back((letter, picture));
    }

    /// A packet arrives: it, and the number of the picture of its departure. Those of one kind and direction arrive in
    /// their order.
    pub fn receive(&mut self, packet: Packet, to: Side) -> Option<(Letter, Option<u64>)> {
        let (letter, picture) = self.take(packet, to)?;
        if let Some(TcpOptionElement::Timestamp(clock, _)) =
            letter.tcp.options_iterator().flatten().find(|option| matches!(option, TcpOptionElement::Timestamp(..)))
        {
            self.end_mut(to).echo = clock;
        }
        // A client that has given up answers a SYN-ACK by RST (T-23).
        self.answers = (packet == Packet::SynAck).then(|| letter.clone());
        self.arrived = Some((letter.clone(), picture));
        self.shown = None;
        Some((letter, picture))
    }

    fn take(&mut self, packet: Packet, to: Side) -> Option<(Letter, Option<u64>)> {
        let is_it = |(letter, _): &(Letter, _)| (letter.packet, letter.from) == (packet, to.peer());
        let place = self.on_the_way.iter().position(is_it)?;
        self.on_the_way.remove(place)
    }

    /// A packet is thrown away: the number of the picture that shows it last.
    pub fn drop(&mut self, packet: Packet, to: Side, rule: DropCause) -> Option<u64> {
        if rule == DropCause::InputQueue {
            return self.take(packet, to).and_then(|(_, picture)| picture);
        }
        let (letter, picture) = self.arrived.take()?;
        if matches!(rule, DropCause::NoListener | DropCause::AcceptQueueReset | DropCause::Unknown) {
            self.answers = Some(letter);
        }
        self.shown.or(picture)
    }
}

/// An RST without a socket behind it takes its numbers from what it answers; options it has none, nor a window.
fn answer(tcp: &mut TcpHeader, answered: &Letter) {
    tcp.window_size = 0;
    tcp.ack = !answered.tcp.ack;
    if answered.tcp.ack {
        (tcp.sequence_number, tcp.acknowledgment_number) = (answered.tcp.acknowledgment_number, 0);
    } else {
        let behind = answered.tcp.sequence_number.wrapping_add(answered.length());
        (tcp.sequence_number, tcp.acknowledgment_number) = (0, behind);
    }
}

/// A number in which every bit depends on every bit of the other one (SplitMix64: Steele, Lea and Flood 2014).
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}
