//! One direction of a connection: numbered segments on their way from the write() of one end to the read() of the
//! other.
//!
//! ```text
//!   read          una = taken        sent           end
//!    |   unread      |   on the way,   |   not sent   |
//!    |               |  lost or held   |     yet      |
//!    '--- Recv-Q ----'------------- Send-Q -----------'
//! ```
//!
//! The numbers are those of RFC 9293, counted in segments: `una` and `sent` are the sender's SND.UNA and SND.NXT,
//! `taken` is the receiver's RCV.NXT. Acknowledgements of data are no packets, so `una` follows `taken` at once; only
//! that of a FIN is one, and until it has come `una` stands before the FIN. With packets for acknowledgements, `una`
//! would follow by those.

use super::packet::{Message, Segment};

/// A direction of a connection. Numbers wrap.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stream {
    /// What the segments from `read` on carry.
    messages: Messages,
    /// The first segment that the receiving program has not read. A FIN is never before it: a program that reads on
    /// meets the end of file again.
    read: u8,
    /// The first segment that the receiving kernel has not taken in order.
    taken: u8,
    /// The first segment that the sending kernel does not know to be taken.
    una: u8,
    /// The first segment that has not been sent.
    sent: u8,
    /// Segments from `una` on that were lost or refused and have not been sent again: one bit for each.
    missing: u8,
    /// Segments from `taken` on that arrived before one that is missing.
    held: u8,
}

/// What becomes of a segment that arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// It is the next one.
    Next,
    /// It has overtaken another one, and waits for it.
    Early,
    /// A copy of it was there before.
    Repeated,
}

impl Stream {
    fn end(&self) -> u8 {
        self.read.wrapping_add(self.messages.len)
    }

    fn segment(&self, seq: u8) -> Segment {
        Segment { seq, message: self.messages.get(seq.wrapping_sub(self.read)) }
    }

    /// write(), or close(): the segment waits to be sent.
    pub fn write(&mut self, message: Message) {
        self.messages.push(message);
    }

    /// The next segment that was never sent goes out.
    pub fn send(&mut self) -> Segment {
        let segment = self.segment(self.sent);
        self.sent = self.sent.wrapping_add(1);
        segment
    }

    /// The first segment that the receiving kernel has not taken in order: what it acknowledges, RCV.NXT.
    pub fn taken(&self) -> u8 {
        self.taken
    }

    /// Whether all that was written is known to be taken.
    pub fn is_acknowledged(&self) -> bool {
        self.una == self.end()
    }

    /// A segment was lost, or refused: it will have to be sent again.
    pub fn lose(&mut self, seq: u8) {
        self.missing |= 1 << seq.wrapping_sub(self.una);
    }

    /// The acknowledgement of the FIN was lost: it is sent again, as if it had been lost itself.
    pub fn lose_fin(&mut self) {
        self.lose(self.end().wrapping_sub(1));
    }

    /// Whether a segment is missing.
    pub fn is_missing(&self) -> bool {
        self.missing != 0
    }

    /// Whether its sender has something to send (again).
    pub fn has_to_send(&self) -> bool {
        self.missing != 0 || self.sent != self.end()
    }

    /// The oldest segment that is missing goes out again; without one, the next one that was never sent. Whether it is
    /// sent again stands beside it.
    pub fn send_oldest(&mut self) -> Option<(Segment, Again)> {
        if self.missing != 0 {
            let oldest = self.missing.trailing_zeros();
            self.missing &= self.missing - 1;
            Some((self.segment(self.una.wrapping_add(oldest as u8)), Again::Yes))
        } else if self.sent != self.end() {
            Some((self.send(), Again::No))
        } else {
            None
        }
    }

    /// What the receiver can do with a segment.
    pub fn arrival(&self, seq: u8) -> Arrival {
        match seq.wrapping_sub(self.taken) {
            0 => Arrival::Next,
            1..128 => Arrival::Early,
            _ => Arrival::Repeated,
        }
    }

    /// Keeps a segment that came early.
    pub fn hold(&mut self, seq: u8) {
        self.held |= 1 << seq.wrapping_sub(self.taken);
    }

    /// Takes the next segment, which is data, and all data that was held behind it; the sender knows at once. Returns
    /// the FIN that was held behind them and is now the next, if one was.
    pub fn take_data(&mut self) -> Option<Segment> {
        // Mostly nothing is missing.
        if self.missing | self.held == 0 {
            self.take();
            self.una = self.taken;
            return None;
        }
        loop {
            self.take();
            let taken = self.taken.wrapping_sub(self.una);
            self.una = self.taken;
            self.missing = self.missing.checked_shr(taken.into()).unwrap_or(0);
            if self.held & 1 == 0 {
                return None;
            }
            let next = self.segment(self.taken);
            if next.message == Message::Fin {
                return Some(next);
            }
        }
    }

    /// Takes the FIN, if that has not been done. Its sender knows when the acknowledgement arrives.
    pub fn take_fin(&mut self, seq: u8) {
        self.missing &= !(1 << seq.wrapping_sub(self.una));
        if self.arrival(seq) == Arrival::Next {
            self.take();
        }
    }

    fn take(&mut self) {
        self.taken = self.taken.wrapping_add(1);
        self.held >>= 1;
    }

    /// The acknowledgement of the FIN arrives.
    pub fn acknowledge_fin(&mut self) {
        self.una = self.end();
        self.missing = 0;
    }

    /// read(): the next message; none where nothing, or the end of file, is next.
    pub fn read(&mut self) -> Option<Message> {
        self.has_unread_data().then(|| {
            self.read = self.read.wrapping_add(1);
            self.messages.pop()
        })
    }

    /// What has been taken and not been read, a FIN included.
    pub fn unread(&self) -> impl Iterator<Item = Message> {
        (0..self.taken.wrapping_sub(self.read)).map(|i| self.messages.get(i))
    }

    /// Whether data has been taken and not been read.
    pub fn has_unread_data(&self) -> bool {
        self.taken != self.read && self.messages.get(0) != Message::Fin
    }

    /// Whether the FIN has been taken: behind the data, the end of file.
    pub fn is_ended(&self) -> bool {
        self.taken != self.read && self.segment(self.taken.wrapping_sub(1)).message == Message::Fin
    }

    /// What has been written and is not known to be taken.
    pub fn unacknowledged(&self) -> impl Iterator<Item = Message> {
        (self.una.wrapping_sub(self.read)..self.messages.len).map(|i| self.messages.get(i))
    }
}

/// A queue of messages in one number, four bits each.
///
/// Eight are enough where an exchange takes three at most. What writes more before its peer reads (a body of many
/// segments) needs runs of equal messages here, and nothing else.
#[derive(Clone, Copy, Debug, Default)]
struct Messages {
    /// The oldest message in the lowest bits.
    bits: u32,
    len: u8,
}

impl Messages {
    const MAX: u8 = 8;

    fn push(&mut self, message: Message) {
        assert!(self.len < Messages::MAX, "no program writes as much before its peer reads");
        self.bits |= (message as u32) << (4 * self.len);
        self.len += 1;
    }

    fn get(self, i: u8) -> Message {
        Message::ALL[(self.bits >> (4 * i) & 0xF) as usize]
    }

    fn pop(&mut self) -> Message {
        let first = self.get(0);
        self.bits >>= 4;
        self.len -= 1;
        first
    }
}

/// Whether a segment had been sent before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// For the first time.
    No,
    /// Once more.
    Yes,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(messages: &[Message]) -> Stream {
        let mut stream = Stream::default();
        messages.iter().for_each(|message| stream.write(*message));
        stream
    }

    #[test]
    fn what_overtakes_is_held_until_what_was_lost_has_come() {
        let mut stream = stream(&[Message::Header, Message::Body, Message::Fin]);
        let [header, body, fin] = [(); 3].map(|()| stream.send());
        stream.lose(header.seq);
        for early in [body, fin] {
            assert_eq!(stream.arrival(early.seq), Arrival::Early);
            stream.hold(early.seq);
        }
        assert_eq!((stream.unread().count(), stream.unacknowledged().count()), (0, 3));
        assert_eq!(stream.send_oldest(), Some((header, Again::Yes)));
        assert_eq!(stream.send_oldest(), None);
        assert_eq!(stream.take_data(), Some(fin));
        assert!(stream.unacknowledged().eq([Message::Fin]));
        stream.take_fin(fin.seq);
        assert_eq!((stream.read(), stream.is_ended()), (Some(Message::Header), true));
        assert_eq!((stream.read(), stream.read(), stream.read()), (Some(Message::Body), None, None));
        assert!(stream.is_ended() && !stream.is_acknowledged());
        stream.acknowledge_fin();
        assert!(stream.is_acknowledged() && !stream.has_to_send());
    }

    #[test]
    fn a_fin_whose_acknowledgement_was_lost_is_sent_again_and_taken_once() {
        let mut stream = stream(&[Message::Response, Message::Fin]);
        let [_, fin] = [(); 2].map(|()| stream.send());
        stream.take_data();
        stream.take_fin(fin.seq);
        stream.lose_fin();
        assert_eq!(stream.send_oldest(), Some((fin, Again::Yes)));
        assert_eq!(stream.arrival(fin.seq), Arrival::Repeated);
        stream.take_fin(fin.seq);
        assert!(stream.unread().eq([Message::Response, Message::Fin]));
        // One that comes while its next copy is due makes that needless.
        stream.lose_fin();
        stream.take_fin(fin.seq);
        assert!(!stream.has_to_send());
    }

    #[test]
    fn numbers_wrap() {
        let mut stream = Stream::default();
        for n in 0..1_000_u32 {
            stream.write(Message::Request);
            let segment = stream.send();
            assert_eq!((segment.seq, stream.arrival(segment.seq)), (n as u8, Arrival::Next));
            stream.lose(segment.seq);
            assert_eq!(stream.send_oldest(), Some((segment, Again::Yes)));
            assert_eq!(stream.take_data(), None);
            assert_eq!(stream.read(), Some(Message::Request));
            assert!(stream.is_acknowledged() && stream.unread().next().is_none());
        }
    }
}
