//! The event queue: ordered by time, then rank, then the order of scheduling. It knows nothing of the domain.

use std::cmp::Ordering;
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

/// Behind every key.
const NEVER: u64 = u64::MAX;

#[derive(Clone, Copy, Debug)]
struct Entry<E> {
    /// Time and rank in one number, so that one comparison decides nearly always.
    key: u64,
    sequence: u64,
    event: E,
}

impl<E> Entry<E> {
    /// What it is ordered by: in one number, which is compared without a branch.
    fn place(&self) -> u128 {
        u128::from(self.key) << 64 | u128::from(self.sequence)
    }
}

/// The earliest one is the greatest: that is the one which [`BinaryHeap`] takes.
impl<E> Ord for Entry<E> {
    fn cmp(&self, other: &Self) -> Ordering {
        other.place().cmp(&self.place())
    }
}
impl<E> PartialOrd for Entry<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
    // What the heap asks.
    fn le(&self, other: &Self) -> bool {
        other.place() <= self.place()
    }
}
impl<E> PartialEq for Entry<E> {
    fn eq(&self, other: &Self) -> bool {
        self.place() == other.place()
    }
}
impl<E> Eq for Entry<E> {}

/// Lanes: for the packets under way, for programs that wake in the same instant, for time-outs and other timers of the
/// kernel and of Go.
const LANES: usize = 7;

/// Lengths of time that are remembered until they come again.
const LANELESS: usize = 4;

/// No length of time: a lane that is free.
const NO_LENGTH: u64 = u64::MAX;

/// Events waiting for their time.
///
/// Most of them are timers that wait long, find nothing to do, and come in order: all that are kept for equally long,
/// as timers of one length and packets with one delay are. In a lane they cost next to nothing, and in the heap they
/// would make every other event's way longer. Which of the two holds an event changes nothing else: the next one is the
/// first of all.
#[derive(Clone, Debug)]
pub struct Scheduler<E> {
    /// Key and sequence of the first event of each lane and, last, of the heap.
    keys: [u64; LANES + 1],
    sequences: [u64; LANES + 1],
    /// How far behind the present the events of a lane are kept: time and rank, as in the key.
    lengths: [u64; LANES],
    lanes: [VecDeque<Entry<E>>; LANES],
    /// The first so many lanes have been used.
    used: usize,
    heap: BinaryHeap<Entry<E>>,
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
        Scheduler {
            keys: [NEVER; LANES + 1],
            sequences: [0; LANES + 1],
            lengths: [NO_LENGTH; LANES],
            lanes: std::array::from_fn(|_| VecDeque::new()),
            used: 0,
            heap: BinaryHeap::new(),
            laneless: [NO_LENGTH; LANELESS],
            now: 0,
            sequence: 0,
            end,
        }
    }

    /// Keeps `event` for `at`, behind whatever is already there for that time and rank.
    pub fn push(&mut self, at: SimTime, rank: Rank, event: E) {
        if at > self.end {
            return;
        }
        let entry = Entry { key: key(at, rank), sequence: ORDINARY | self.sequence, event };
        self.sequence += 1;
        let length = entry.key - self.now;
        // Most pauses of programs are random: only what goes on at once comes in order.
        if rank <= Rank::Timer || length <= Rank::Program as u64 {
            self.push_in_lane(entry, length);
        } else {
            self.push_in_heap(entry);
        }
    }

    /// Keeps `event` for `at`, in front of whatever `push` keeps for that time and rank: lower `group`s first, and the
    /// newest of a group first. So the kernel's timer wheel empties a bucket.
    pub fn push_newest_first(&mut self, at: SimTime, rank: Rank, group: u8, event: E) {
        if at > self.end {
            return;
        }
        let newest_first = (1 << GROUP_SHIFT) - 1 - self.sequence;
        self.sequence += 1;
        let sequence = u64::from(group) << GROUP_SHIFT | newest_first;
        self.push_in_heap(Entry { key: key(at, rank), sequence, event });
    }

    fn push_in_heap(&mut self, entry: Entry<E>) {
        self.heap.push(entry);
        self.see_heap();
    }

    /// Keeps it in the lane of its length, else in the heap. A length that comes again gets an empty lane; one that
    /// does not, as the rest of an idle timer, must not keep a lane from those that do.
    fn push_in_lane(&mut self, entry: Entry<E>, length: u64) {
        // Without a way out of the loop: which lane it is cannot be foreseen.
        let mut lane = LANES;
        for (number, of_lane) in self.lengths[..self.used].iter().enumerate() {
            lane = if *of_lane == length { number } else { lane };
        }
        if lane == LANES {
            let comes_again = self.laneless.contains(&length);
            let Some(free) = self.lanes.iter().position(|lane| comes_again && lane.is_empty()) else {
                self.laneless.rotate_right(1);
                self.laneless[0] = length;
                return self.push_in_heap(entry);
            };
            self.used = self.used.max(free + 1);
            self.lengths[free] = length;
            lane = free;
        }
        if self.lanes[lane].is_empty() {
            (self.keys[lane], self.sequences[lane]) = (entry.key, entry.sequence);
        }
        self.lanes[lane].push_back(entry);
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.heap.len() + self.lanes.iter().map(VecDeque::len).sum::<usize>()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All that waits, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (SimTime, &E)> {
        self.heap.iter().chain(self.lanes.iter().flatten()).map(|entry| (time(entry.key), &entry.event))
    }

    /// The time of the next event.
    pub fn next_time(&self) -> Option<SimTime> {
        let key = self.keys[self.first()];
        (key != NEVER).then(|| time(key))
    }

    /// Takes the next event.
    pub fn pop(&mut self) -> Option<(SimTime, E)> {
        self.pop_until(SimTime::MAX)
    }

    /// Takes the next event, unless it is later than `until`.
    pub fn pop_until(&mut self, until: SimTime) -> Option<(SimTime, E)> {
        let lane = self.first();
        let key = self.keys[lane];
        if key == NEVER || time(key) > until {
            return None;
        }
        self.now = key >> RANK_BITS << RANK_BITS;
        let entry = if lane == LANES {
            let entry = self.heap.pop()?;
            self.see_heap();
            entry
        } else {
            let entry = self.lanes[lane].pop_front()?;
            let next = self.lanes[lane].front().map_or((NEVER, 0), |next| (next.key, next.sequence));
            (self.keys[lane], self.sequences[lane]) = next;
            entry
        };
        Some((time(key), entry.event))
    }

    fn see_heap(&mut self) {
        let first = self.heap.peek().map_or((NEVER, 0), |first| (first.key, first.sequence));
        (self.keys[LANES], self.sequences[LANES]) = first;
    }

    /// The number of the lane with the next event; behind the lanes' numbers comes the heap's.
    fn first(&self) -> usize {
        let (mut first, mut least) = (LANES, self.keys[LANES]);
        for (lane, key) in self.keys[..self.used].iter().enumerate() {
            // Which is less cannot be foreseen, that they are equal is rare.
            let mut is_less = *key < least;
            if *key == least {
                is_less = self.sequences[lane] < self.sequences[first];
            }
            (first, least) = if is_less { (lane, *key) } else { (first, least) };
        }
        first
    }
}

/// Time and rank in one number.
fn key(at: SimTime, rank: Rank) -> u64 {
    at.as_nanos() << RANK_BITS | rank as u64
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
