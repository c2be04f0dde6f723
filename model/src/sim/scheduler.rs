//! The event queue: ordered by time, then rank, then the order of scheduling. It knows nothing of the domain.

use std::cmp::Reverse;
use std::collections::VecDeque;

use dary_heap::QuaternaryHeap;

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
    /// Measurements at the end of an instant.
    Observer = 4,
}

/// What is known beforehand of the order in which events of a kind become due. It decides where an event waits, and so
/// what it costs, never when it comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Nothing is known.
    None,
    /// Events of this flow (0 to [`FLOWS`] - 1) are scheduled mostly in the order in which they become due: the packets
    /// of a path with a constant delay, say.
    Flow(u8),
    /// Timers of this kind (0 to [`TIMERS`] - 1) are equally long, and mostly over before they are due.
    Timer(u8),
}

/// How many flows there may be. Each takes a comparison for every event.
pub const FLOWS: usize = 3;
/// How many kinds of timers there may be.
pub const TIMERS: usize = 12;

/// Queues that may hold the next event: the flows, the lanes of timers together, and the heap.
const HEADS: usize = FLOWS + 2;
const TIMER_HEAD: usize = FLOWS;
const HEAP_HEAD: usize = FLOWS + 1;

/// Bits of the key below the time.
const RANK_BITS: u32 = 3;
/// The key of no event: behind all others.
const NEVER: u64 = u64::MAX;

/// Bits of a ticket below the order of scheduling: where in the heap's store the event lies.
const SLOT_BITS: u32 = 28;
/// Bits for the order of scheduling.
const SEQUENCE_BITS: u32 = 32;
/// Where the group stands in the ticket of what is kept newest first.
const GROUP_SHIFT: u32 = SLOT_BITS + SEQUENCE_BITS;
/// Marks the ticket of everything else, which comes behind all groups.
const ORDINARY: u64 = 1 << 63;

/// When an event comes: the smaller place first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    /// Time and rank in one number.
    key: u64,
    /// Decides between equal keys; no two events have the same.
    ticket: u64,
}

impl Place {
    /// Both halves in one number, which is compared without a branch: the order in a heap is not predictable.
    fn to_number(self) -> u128 {
        u128::from(self.key) << 64 | u128::from(self.ticket)
    }
}

/// Events waiting for their time.
///
/// A heap holds what comes in no order. Most events do come in an order that is known beforehand: they wait in lanes,
/// queues that are sorted because only an event later than the last one is let in; any other one goes to the heap.
/// There they cost the same however many wait, and do not make the heap deeper.
///
/// Timers that are over, as the time-out of a call that was answered, are dropped where they are read.
#[derive(Clone, Debug)]
pub struct Scheduler<E> {
    /// Keys and tickets of the first event of each flow, of the timers, and of the heap.
    keys: [u64; HEADS],
    tickets: [u64; HEADS],
    flows: [VecDeque<(Place, E)>; FLOWS],
    timers: [VecDeque<(Place, E)>; TIMERS],
    /// Which of the lanes of timers has the earliest one.
    first_timer: usize,
    /// Places, whose tickets say where in the store their events lie: a heap moves what it holds, so that is small.
    heap: QuaternaryHeap<Reverse<u128>>,
    store: Vec<E>,
    free: Vec<u32>,
    sequence: u64,
    end: SimTime,
}

impl<E: Copy> Scheduler<E> {
    /// An empty queue for a run that ends at `end`: nothing later is ever kept.
    pub fn new(end: SimTime) -> Self {
        Scheduler {
            keys: [NEVER; HEADS],
            tickets: [0; HEADS],
            flows: std::array::from_fn(|_| VecDeque::new()),
            timers: std::array::from_fn(|_| VecDeque::new()),
            first_timer: 0,
            heap: QuaternaryHeap::new(),
            store: Vec::new(),
            free: Vec::new(),
            sequence: 0,
            end,
        }
    }

    /// Keeps `event` for `at`, behind whatever is already there for that time and rank.
    // Inlined, because the lane is known where an event is scheduled; the rest is not.
    #[inline(always)]
    pub fn push(&mut self, at: SimTime, rank: Rank, lane: Lane, event: E) {
        match lane {
            Lane::Flow(flow) => self.push_in_flow(flow, at, rank, event),
            Lane::Timer(kind) => self.push_timer(kind, at, rank, event),
            Lane::None => self.push_in_order(at, rank, event),
        }
    }

    /// Keeps `event` for `at`, in front of whatever `push` keeps for that time and rank: lower `group`s (0 to 7) first,
    /// and the newest of a group first. So the kernel's timer wheel empties a bucket.
    pub fn push_newest_first(&mut self, at: SimTime, rank: Rank, group: u8, event: E) {
        if at > self.end {
            return;
        }
        let newest_first = (1 << SEQUENCE_BITS) - 1 - self.next_sequence();
        let ticket = u64::from(group) << GROUP_SHIFT | newest_first << SLOT_BITS;
        self.push_in_heap(Place { key: key(at, rank), ticket }, event);
    }

    fn next_sequence(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }

    /// The place of what is scheduled now; none behind the end.
    fn next_place(&mut self, at: SimTime, rank: Rank) -> Option<Place> {
        let ticket = ORDINARY | self.next_sequence() << SLOT_BITS;
        (at <= self.end).then_some(Place { key: key(at, rank), ticket })
    }

    #[inline(never)]
    fn push_in_order(&mut self, at: SimTime, rank: Rank, event: E) {
        if let Some(place) = self.next_place(at, rank) {
            self.push_in_heap(place, event);
        }
    }

    #[inline(never)]
    fn push_in_flow(&mut self, flow: u8, at: SimTime, rank: Rank, event: E) {
        let Some(place) = self.next_place(at, rank) else { return };
        let flow = usize::from(flow);
        let lane = &mut self.flows[flow];
        match lane.back() {
            Some((last, _)) if last.key > place.key => return self.push_in_heap(place, event),
            Some(_) => {}
            None => (self.keys[flow], self.tickets[flow]) = (place.key, place.ticket),
        }
        lane.push_back((place, event));
    }

    #[inline(never)]
    fn push_timer(&mut self, kind: u8, at: SimTime, rank: Rank, event: E) {
        let Some(place) = self.next_place(at, rank) else { return };
        let kind = usize::from(kind);
        let lane = &mut self.timers[kind];
        match lane.back() {
            Some((last, _)) if last.key > place.key => return self.push_in_heap(place, event),
            None if place.key < self.keys[TIMER_HEAD] => {
                self.first_timer = kind;
                (self.keys[TIMER_HEAD], self.tickets[TIMER_HEAD]) = (place.key, place.ticket);
            }
            _ => {}
        }
        lane.push_back((place, event));
    }

    #[inline(never)]
    fn push_in_heap(&mut self, place: Place, event: E) {
        let slot = match self.free.pop() {
            Some(slot) => {
                self.store[slot as usize] = event;
                u64::from(slot)
            }
            None => {
                self.store.push(event);
                self.store.len() as u64 - 1
            }
        };
        self.heap.push(Reverse(Place { ticket: place.ticket | slot, ..place }.to_number()));
        self.look_at_heap();
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.heap.len() + self.flows.iter().chain(&self.timers).map(VecDeque::len).sum::<usize>()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All that waits, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (SimTime, &E)> {
        let in_lanes = self.flows.iter().chain(&self.timers).flatten().map(|(place, event)| (time(place.key), event));
        let in_heap = self.heap.iter().map(|Reverse(place)| (time((place >> 64) as u64), &self.store[slot(*place)]));
        in_lanes.chain(in_heap)
    }

    /// The time of the next event that is not over; those before it are dropped.
    pub fn next_time(&mut self, is_over: impl Fn(&E) -> bool) -> Option<SimTime> {
        loop {
            let head = self.first();
            let key = self.keys[head];
            let event = match head {
                TIMER_HEAD => self.timers[self.first_timer].front().map(|(_, event)| *event),
                HEAP_HEAD => self.heap.peek().map(|Reverse(place)| self.store[slot(*place)]),
                _ => None,
            };
            match event {
                Some(event) if is_over(&event) && head == TIMER_HEAD => self.pop_timer(&is_over),
                Some(event) if is_over(&event) => self.pop_from_heap(),
                _ => return (key != NEVER).then(|| time(key)),
            };
        }
    }

    /// Takes the next event.
    pub fn pop(&mut self) -> Option<(SimTime, E)> {
        self.pop_until(SimTime::MAX, |_| false)
    }

    /// Takes the next event, unless it is later than `until`. Events that are over are dropped on the way.
    #[inline(always)]
    pub fn pop_until(&mut self, until: SimTime, is_over: impl Fn(&E) -> bool) -> Option<(SimTime, E)> {
        loop {
            let head = self.first();
            let key = self.keys[head];
            if time(key) > until || key == NEVER {
                return None;
            }
            let event = match head {
                TIMER_HEAD => self.pop_timer(&is_over)?,
                HEAP_HEAD => self.pop_from_heap()?,
                flow => return Some((time(key), self.pop_from_flow(flow)?)),
            };
            if !is_over(&event) {
                return Some((time(key), event));
            }
        }
    }

    #[inline(always)]
    fn pop_from_flow(&mut self, flow: usize) -> Option<E> {
        let (_, event) = self.flows[flow].pop_front()?;
        match self.flows[flow].front() {
            Some((next, _)) => (self.keys[flow], self.tickets[flow]) = (next.key, next.ticket),
            None => self.keys[flow] = NEVER,
        }
        Some(event)
    }

    /// The earliest timer; what is over behind it in its lane is dropped at once.
    fn pop_timer(&mut self, is_over: impl Fn(&E) -> bool) -> Option<E> {
        let lane = &mut self.timers[self.first_timer];
        let (_, event) = lane.pop_front()?;
        while lane.pop_front_if(|(_, next)| is_over(next)).is_some() {}
        let firsts = self.timers.iter().zip(0..).filter_map(|(lane, kind)| Some((lane.front()?.0, kind)));
        match firsts.min() {
            Some((first, kind)) => {
                self.first_timer = kind;
                (self.keys[TIMER_HEAD], self.tickets[TIMER_HEAD]) = (first.key, first.ticket);
            }
            None => self.keys[TIMER_HEAD] = NEVER,
        }
        Some(event)
    }

    fn pop_from_heap(&mut self) -> Option<E> {
        let Reverse(place) = self.heap.pop()?;
        self.look_at_heap();
        self.free.push(slot(place) as u32);
        Some(self.store[slot(place)])
    }

    fn look_at_heap(&mut self) {
        match self.heap.peek() {
            Some(Reverse(first)) => {
                (self.keys[HEAP_HEAD], self.tickets[HEAP_HEAD]) = ((first >> 64) as u64, *first as u64);
            }
            None => self.keys[HEAP_HEAD] = NEVER,
        }
    }

    /// Which of the heads is the earliest: without a branch, but for equal keys, for it is not predictable.
    #[inline(always)]
    fn first(&self) -> usize {
        let least = self.keys.iter().fold(NEVER, |least, key| least.min(*key));
        let firsts =
            self.keys.iter().zip(0..).fold(0_u32, |firsts, (key, head)| firsts | u32::from(*key == least) << head);
        match firsts & (firsts - 1) {
            0 => firsts.trailing_zeros() as usize,
            _ => self.first_of_equals(least),
        }
    }

    /// Of the heads for this time and rank, the one that was scheduled first.
    #[inline(never)]
    fn first_of_equals(&self, key: u64) -> usize {
        let equal = (0..HEADS).filter(|head| self.keys[*head] == key);
        equal.min_by_key(|head| self.tickets[*head]).unwrap_or(HEAP_HEAD)
    }
}

/// Where in the store the event of this place lies.
fn slot(place: u128) -> usize {
    (place as u64 & ((1 << SLOT_BITS) - 1)) as usize
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
        for lane in [Lane::None, Lane::Flow(1), Lane::Timer(2)] {
            let mut queue = Scheduler::new(at(10));
            queue.push(at(5), Rank::Program, lane, "program");
            queue.push(at(5), Rank::Continuing, lane, "running program");
            queue.push(at(5), Rank::Timer, lane, "timer");
            queue.push_newest_first(at(5), Rank::Timer, 1, "older of group 1");
            queue.push_newest_first(at(5), Rank::Timer, 1, "newer of group 1");
            queue.push_newest_first(at(5), Rank::Timer, 0, "group 0");
            queue.push(at(5), Rank::Packet, lane, "first packet");
            queue.push(at(5), Rank::Packet, Lane::Flow(0), "second packet");
            queue.push(at(4), Rank::Program, lane, "earlier");
            queue.push(at(11), Rank::Packet, lane, "after the end");
            let order: Vec<_> = std::iter::from_fn(|| queue.pop()).map(|(_, event)| event).collect();
            let timers = ["group 0", "newer of group 1", "older of group 1", "timer"];
            assert_eq!(order[..3], ["earlier", "first packet", "second packet"]);
            assert_eq!(order[3..7], timers);
            assert_eq!(order[7..], ["running program", "program"]);
        }
    }

    #[test]
    fn lanes_and_heap_together_have_one_order() {
        // Two lengths that come again, and others that do not; and ranks.
        let length = |n: u64| [40, 900, n * n % 613][n as usize % 3];
        let ranks = [Rank::Packet, Rank::Timer, Rank::Program, Rank::Timer];
        let lanes = [Lane::Flow(2), Lane::Timer(TIMERS as u8 - 1), Lane::None, Lane::Timer(0)];
        let mut queue = Scheduler::new(SimTime::MAX);
        let mut expected = std::collections::BTreeSet::new();
        let (mut now, mut most_in_lanes) = (SimTime::ZERO, 0);
        for n in 0..3_000 {
            let (at, rank) = (SimTime::from_nanos(now.as_nanos() + length(n)), ranks[n as usize / 3 % 4]);
            queue.push(at, rank, lanes[n as usize % 4], n);
            expected.insert((at, rank, n));
            // Two come for one that goes.
            if n % 2 == 1 {
                let first = expected.pop_first().map(|(at, _, n)| (at, n));
                assert_eq!(queue.next_time(|_| false), first.map(|(at, _)| at));
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

    #[test]
    fn timers_that_are_over_are_dropped_unseen() {
        let at = SimTime::from_nanos;
        let mut queue = Scheduler::new(at(100));
        for n in 0..10 {
            queue.push(at(n + 20), Rank::Timer, Lane::Timer(3), n);
        }
        queue.push(at(5), Rank::Timer, Lane::None, 10);
        queue.push(at(6), Rank::Packet, Lane::Flow(0), 11);
        // What flows is no timer: it is never over.
        let is_over = |n: &u64| *n < 4 || *n > 9;
        assert_eq!(queue.pop_until(at(10), is_over), Some((at(6), 11)));
        assert_eq!(queue.pop_until(at(10), is_over), None);
        assert_eq!(queue.next_time(is_over), Some(at(24)));
        assert_eq!(queue.pop_until(at(99), is_over), Some((at(24), 4)));
        assert_eq!(queue.len(), 5);
    }
}
