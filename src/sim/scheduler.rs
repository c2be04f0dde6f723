//! The event queue: ordered by time, then rank, then the order of scheduling. It knows nothing of the domain.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

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

impl<E> Entry<E> {
    /// What it is ordered by.
    fn place(&self) -> Place {
        (self.key, self.sequence)
    }
}
impl<E> PartialEq for Entry<E> {
    fn eq(&self, other: &Self) -> bool {
        self.place() == other.place()
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
        self.place().cmp(&other.place())
    }
}

/// Key and sequence.
type Place = (u64, u64);

/// Behind every event.
const NOWHERE: Place = (u64::MAX, u64::MAX);

/// Lanes: for the packets under way, for time-outs and other timers of the kernel and of Go. With many more, looking
/// for the first event would take longer than the heap does.
const LANES: usize = 4;

/// Lengths of time that are remembered until they come again.
const LANELESS: usize = 4;

/// Events that are kept for equally long, as timers of one length and packets with one delay are: they come in the
/// order of their times.
#[derive(Clone, Debug)]
struct Lane<E> {
    /// How far behind the present they are kept: time and rank, as in the key.
    length: u64,
    /// The place of the first one.
    front: Place,
    /// The place of the last one that came.
    back: Place,
    entries: VecDeque<Entry<E>>,
}

/// Events waiting for their time.
///
/// Most of them are timers that wait long, find nothing to do, and come in order: in a lane they cost next to nothing,
/// and in the heap they would make every other event's way longer. Which of the two holds an event changes nothing
/// else: the next one is the first of all.
#[derive(Clone, Debug)]
pub struct Scheduler<E> {
    heap: BinaryHeap<Reverse<Entry<E>>>,
    lanes: [Lane<E>; LANES],
    /// Lengths that had no lane lately.
    laneless: [u64; LANELESS],
    /// The time of the event taken last, as in the key.
    now: u64,
    sequence: u64,
    end: SimTime,
}

impl<E: Copy> Scheduler<E> {
    /// An empty queue for a run that ends at `end`: nothing later is ever kept.
    pub fn new(end: SimTime) -> Self {
        let lane = |_| Lane { length: u64::MAX, front: NOWHERE, back: (0, 0), entries: VecDeque::new() };
        let lanes = std::array::from_fn(lane);
        Scheduler { heap: BinaryHeap::new(), lanes, laneless: [u64::MAX; LANELESS], now: 0, sequence: 0, end }
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
        let entry = Entry { key, sequence, event };
        self.sequence += 1;
        match rank {
            Rank::Packet | Rank::Timer => self.push_in_lane(entry),
            _ => self.heap.push(Reverse(entry)),
        }
    }

    /// Keeps it in the lane of its length, else in the heap. A length that comes again gets an empty lane; one that
    /// does not, as the rest of an idle timer, must not keep a lane from those that do.
    fn push_in_lane(&mut self, entry: Entry<E>) {
        let (place, length) = (entry.place(), entry.key - self.now);
        if let Some(lane) = self.lanes.iter_mut().find(|lane| lane.length == length && lane.back <= place) {
            return lane.push(entry);
        }
        let comes_again = self.laneless.contains(&length);
        match self.lanes.iter_mut().find(|lane| comes_again && lane.entries.is_empty()) {
            Some(lane) => {
                lane.length = length;
                lane.push(entry);
            }
            None => {
                self.laneless.rotate_right(1);
                self.laneless[0] = length;
                self.heap.push(Reverse(entry));
            }
        }
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.heap.len() + self.lanes.iter().map(|lane| lane.entries.len()).sum::<usize>()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All that waits, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (SimTime, &E)> {
        let in_heap = self.heap.iter().map(|Reverse(entry)| entry);
        let in_lanes = self.lanes.iter().flat_map(|lane| &lane.entries);
        in_heap.chain(in_lanes).map(|entry| (time(entry.key), &entry.event))
    }

    /// The time of the next event.
    pub fn next_time(&self) -> Option<SimTime> {
        let (_, place) = self.first();
        (place != NOWHERE).then(|| time(place.0))
    }

    /// Takes the next event.
    pub fn pop(&mut self) -> Option<(SimTime, E)> {
        self.pop_until(SimTime::MAX)
    }

    /// Takes the next event, unless it is later than `until`.
    pub fn pop_until(&mut self, until: SimTime) -> Option<(SimTime, E)> {
        let (lane, place) = self.first();
        if place == NOWHERE || time(place.0) > until {
            return None;
        }
        let entry = match lane {
            Some(lane) => self.lanes[lane].pop()?,
            None => self.heap.pop()?.0,
        };
        self.now = entry.key >> RANK_BITS << RANK_BITS;
        Some((time(entry.key), entry.event))
    }

    /// The place of the next event, and its lane unless it is in the heap.
    fn first(&self) -> (Option<usize>, Place) {
        let in_heap = self.heap.peek().map_or(NOWHERE, |Reverse(entry)| entry.place());
        let mut first = (None, in_heap);
        for (number, lane) in self.lanes.iter().enumerate() {
            if lane.front < first.1 {
                first = (Some(number), lane.front);
            }
        }
        first
    }
}

impl<E> Lane<E> {
    fn push(&mut self, entry: Entry<E>) {
        if self.entries.is_empty() {
            self.front = entry.place();
        }
        self.back = entry.place();
        self.entries.push_back(entry);
    }

    fn pop(&mut self) -> Option<Entry<E>> {
        let entry = self.entries.pop_front()?;
        match self.entries.front() {
            Some(next) => self.front = next.place(),
            None => (self.front, self.back) = (NOWHERE, (0, 0)),
        }
        Some(entry)
    }
}

fn time(key: u64) -> SimTime {
    SimTime::from_nanos(key >> RANK_BITS)
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

    #[test]
    fn lanes_and_heap_together_have_one_order() {
        // Two lengths that come again, and others that do not; and ranks.
        let length = |n: u64| [40, 900, n * n % 613][n as usize % 3];
        let ranks = [Rank::Packet, Rank::Timer, Rank::Program, Rank::Timer];
        let mut queue = Scheduler::new(SimTime::MAX);
        let mut expected = std::collections::BTreeSet::new();
        let (mut now, mut most_in_lanes) = (SimTime::ZERO, 0);
        for n in 0..3_000 {
            let (at, rank) = (SimTime::from_nanos(now.as_nanos() + length(n)), ranks[n as usize / 3 % 4]);
            queue.push(at, rank, n);
            expected.insert((at, rank, n));
            // Two come for one that goes.
            if n % 2 == 1 {
                let first = expected.pop_first().map(|(at, _, n)| (at, n));
                assert_eq!(queue.pop(), first);
                now = first.map_or(now, |(at, _)| at);
            }
            most_in_lanes = most_in_lanes.max(queue.len() - queue.heap.len());
        }
        assert!(most_in_lanes > 500 && queue.heap.len() > 500);
        assert_eq!((queue.len(), queue.iter().count()), (1_500, 1_500));
        let left: Vec<_> = std::iter::from_fn(|| queue.pop()).map(|(_, n)| n).collect();
        assert_eq!(left, expected.into_iter().map(|(_, _, n)| n).collect::<Vec<_>>());
    }
}
