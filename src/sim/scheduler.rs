//! The event queue: ordered by time, then rank, then the order of scheduling. It knows nothing of the domain.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::time::SimTime;

/// Order of events at the same instant (M-21): packets first, then timers, then the steps of programs, so that a
/// program that wakes sees all that has arrived, and an answer that comes with the time-out is still taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// A packet arrives; the timetable changes a parameter.
    Packet = 0,
    /// A timer fires.
    Timer = 1,
    /// A program that is running goes on: a caller who has its answer, and does not pause, is back with the next
    /// request before another answer of the same instant is read.
    Continuing = 2,
    /// A program wakes and takes a step.
    Program = 3,
    /// Somebody looks, when all of the instant is done.
    Observer = 4,
}

/// Bits of the key below the time.
const RANK_BITS: u32 = 3;
/// Where the group stands in the sequence of what is kept newest first.
const GROUP_SHIFT: u32 = 56;
/// Marks the sequence of everything else, which comes behind all groups.
const ORDINARY: u64 = 1 << 63;

#[derive(Clone, Copy, Debug)]
struct Entry<E> {
    /// Time and rank in one number, so that one comparison decides nearly always.
    key: u64,
    sequence: u64,
    event: E,
}

impl<E> PartialEq for Entry<E> {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key && self.sequence == other.sequence
    }
}
impl<E> Eq for Entry<E> {}
impl<E> PartialOrd for Entry<E> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<E> Ord for Entry<E> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.key, self.sequence).cmp(&(other.key, other.sequence))
    }
}

/// Events waiting for their time.
#[derive(Clone, Debug)]
pub struct Scheduler<E> {
    heap: BinaryHeap<Reverse<Entry<E>>>,
    sequence: u64,
    end: SimTime,
}

impl<E: Copy> Scheduler<E> {
    /// An empty queue for a run that ends at `end`: nothing later is ever kept.
    pub fn new(end: SimTime) -> Self {
        Scheduler { heap: BinaryHeap::new(), sequence: 0, end }
    }

    /// Keeps `event` for `at`, behind whatever is already there for that time and rank.
    pub fn push(&mut self, at: SimTime, rank: Rank, event: E) {
        self.push_entry(at, rank, ORDINARY | self.sequence, event);
    }

    /// Keeps `event` for `at`, in front of whatever `push` keeps for that time and rank: lower `group`s first, and the
    /// newest of a group first. So the kernel's timer wheel empties a bucket.
    pub fn push_newest_first(&mut self, at: SimTime, rank: Rank, group: u8, event: E) {
        let newest_first = (1 << GROUP_SHIFT) - 1 - self.sequence;
        self.push_entry(at, rank, u64::from(group) << GROUP_SHIFT | newest_first, event);
    }

    fn push_entry(&mut self, at: SimTime, rank: Rank, sequence: u64, event: E) {
        if at > self.end {
            return;
        }
        let key = at.as_nanos() << RANK_BITS | rank as u64;
        self.heap.push(Reverse(Entry { key, sequence, event }));
        self.sequence += 1;
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// The time of the next event.
    pub fn next_time(&self) -> Option<SimTime> {
        self.heap.peek().map(|Reverse(entry)| SimTime::from_nanos(entry.key >> RANK_BITS))
    }

    /// All that waits, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (SimTime, &E)> {
        self.heap.iter().map(|Reverse(entry)| (SimTime::from_nanos(entry.key >> RANK_BITS), &entry.event))
    }

    /// Takes the next event.
    pub fn pop(&mut self) -> Option<(SimTime, E)> {
        let Reverse(entry) = self.heap.pop()?;
        Some((SimTime::from_nanos(entry.key >> RANK_BITS), entry.event))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_break_by_rank_and_then_by_order_of_scheduling() {
        let at = SimTime::from_nanos;
        let mut queue = Scheduler::new(at(10));
        queue.push(at(5), Rank::Program, "program");
        queue.push(at(5), Rank::Continuing, "running program");
        queue.push(at(5), Rank::Timer, "timer");
        queue.push_newest_first(at(5), Rank::Timer, 1, "older of group 1");
        queue.push_newest_first(at(5), Rank::Timer, 1, "newer of group 1");
        queue.push_newest_first(at(5), Rank::Timer, 0, "group 0");
        queue.push(at(5), Rank::Packet, "first packet");
        queue.push(at(5), Rank::Packet, "second packet");
        queue.push(at(4), Rank::Program, "earlier");
        queue.push(at(11), Rank::Packet, "after the end");
        let order: Vec<_> = std::iter::from_fn(|| queue.pop()).map(|(_, event)| event).collect();
        let timers = ["group 0", "newer of group 1", "older of group 1", "timer"];
        assert_eq!(order[..3], ["earlier", "first packet", "second packet"]);
        assert_eq!(order[3..7], timers);
        assert_eq!(order[7..], ["running program", "program"]);
    }
}
