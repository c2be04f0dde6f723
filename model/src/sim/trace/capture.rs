//! What a tap keeps of one connection.

use std::collections::VecDeque;

use super::{DropCause, Entry, Packet, Side, Timer, What};
use crate::time::{SimDuration, SimTime};

/// What is kept of one connection.
#[derive(Debug, Default)]
pub struct Capture {
    pub host: u16,
    /// Zero as long as it has no socket.
    pub port: u16,
    /// With a number that gives their order among all entries.
    entries: Vec<(u64, Entry)>,
    /// Packets in flight, oldest first: those of one kind and direction arrive in order.
    in_flight: VecDeque<(Side, Packet, u32)>,
    /// The last packet that arrived at each end.
    arrived: [Option<u32>; 2],
    /// When each end's retransmission timer fires.
    due: [Option<SimTime>; 2],
    /// Requests it has carried.
    requests: u32,
    /// Where the entries of another request's exchange begin.
    stranger_from: Option<usize>,
}

/// How long ago the last entry of a kind was: the true length of a timer whose parameter has changed meanwhile.
pub fn since_last(entries: &[(u64, Entry)], now: SimTime, is_it: impl Fn(&What) -> bool) -> Option<SimDuration> {
    entries.iter().rev().find(|(_, entry)| is_it(&entry.what)).map(|(_, entry)| now.since(entry.at))
}

impl Capture {
    /// One more entry.
    pub fn push(&mut self, sequence: u64, entry: Entry) {
        self.entries.push((sequence, entry));
    }

    /// A request goes on it, or is about to.
    pub fn begin_exchange(&mut self, is_strangers: bool) {
        let here = self.stranger_from.unwrap_or(self.entries.len());
        self.stranger_from = is_strangers.then_some(here);
    }

    /// All entries but those of another request's exchange that is not over.
    pub fn kept(&self) -> impl Iterator<Item = &(u64, Entry)> {
        let (before, exchange) = self.entries.split_at(self.stranger_from.unwrap_or(self.entries.len()));
        before.iter().chain(exchange.iter().filter(|(_, entry)| entry.what.is_of_connection()))
    }

    /// The number of the packet that this is about, and what the capture knows of it.
    pub fn packet(&mut self, now: SimTime, what: &mut What, packets: &mut u32) -> Option<u32> {
        match what {
            What::Sent { packet, from, copy, lost, next } => {
                *packets += 1;
                *copy = self.copies(*from, *packet);
                if matches!(packet, Packet::Syn | Packet::SynAck) {
                    *next = self.due[*from as usize].filter(|due| *due > now);
                }
                if !*lost {
                    self.in_flight.push_back((from.peer(), *packet, *packets));
                }
                Some(*packets)
            }
            What::Arrived { packet, to } => {
                let number = self.take_in_flight(*to, *packet);
                self.arrived[*to as usize] = number;
                number
            }
            What::Dropped { packet, to, rule, next } => {
                *next = self.due[to.peer() as usize].filter(|due| *packet == Packet::Syn && *due > now);
                match rule {
                    DropCause::InputQueue => self.take_in_flight(*to, *packet),
                    _ => self.arrived[*to as usize],
                }
            }
            What::Fires { timer: Timer::DialTimeout, after } => {
                *after = since_last(&self.entries, now, |what| matches!(what, What::Dials { .. })).unwrap_or(*after);
                None
            }
            What::Fires { timer: Timer::HeaderTimeout, after } => {
                *after = since_last(&self.entries, now, |what| matches!(what, What::Writes { .. })).unwrap_or(*after);
                None
            }
            What::Takes { earlier, .. } => {
                *earlier = self.requests;
                self.requests += 1;
                None
            }
            What::Pooled => {
                if let Some(from) = self.stranger_from.take() {
                    let exchange = self.entries.split_off(from);
                    self.entries.extend(exchange.into_iter().filter(|(_, entry)| entry.what.is_of_connection()));
                }
                None
            }
            _ => None,
        }
    }

    /// How often this packet was sent before. An acknowledgement or an RST that is sent again is a new one.
    fn copies(&self, side: Side, packet: Packet) -> u32 {
        if matches!(packet, Packet::Ack | Packet::FinAck | Packet::Rst) {
            return 0;
        }
        let is_copy = |what: &What| match *what {
            What::Sent { from, packet: sent, .. } => (from, sent) == (side, packet),
            _ => false,
        };
        self.entries.iter().filter(|(_, entry)| is_copy(&entry.what)).count() as u32
    }

    fn take_in_flight(&mut self, to: Side, packet: Packet) -> Option<u32> {
        let i = self.in_flight.iter().position(|(side, kind, _)| (*side, *kind) == (to, packet))?;
        self.in_flight.remove(i).map(|(_, _, number)| number)
    }

    /// The timer of this end now fires at `at`: what has just been sent in vain will be sent again then.
    pub fn set_due(&mut self, now: SimTime, side: Side, at: SimTime) {
        self.due[side as usize] = Some(at);
        let just_now = self.entries.iter_mut().rev().take_while(|(_, entry)| entry.at == now);
        for (_, entry) in just_now {
            match &mut entry.what {
                What::Sent { from, next, lost, packet, .. } if *from == side => {
                    if *lost || matches!(packet, Packet::Syn | Packet::SynAck) {
                        *next = Some(at);
                    }
                    return;
                }
                What::Dropped { to, next, .. } if to.peer() == side => {
                    *next = Some(at);
                    return;
                }
                _ => {}
            }
        }
    }
}
