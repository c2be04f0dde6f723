//! The event queue: ordered by time, then rank, then the order of scheduling. It knows nothing of the domain.

mod heads;
mod place;

use std::cmp::Reverse;
use std::collections::VecDeque;

use dary_heap::QuaternaryHeap;

use crate::time::SimTime;
use heads::Heads;
use place::{Place, SLOTS};

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
    /// Events of this kind are scheduled mostly for the instant in which they are, and are the next ones then.
    AtOnce,
    /// Timers of this kind (0 to [`TIMERS`] - 1) are equally long, and mostly over before they are due.
    Timer(u8),
}

/// How many flows there may be. Each takes a comparison for every event.
pub const FLOWS: usize = 2;
/// How many kinds of timers there may be.
pub const TIMERS: usize = 12;

/// Queues that may hold the next event, by number: the flows, the lanes of timers together, and the heap.
const HEADS: usize = FLOWS + 2;
const TIMER_HEAD: usize = FLOWS;
const HEAP_HEAD: usize = FLOWS + 1;

/// Events waiting for their time.
///
/// A heap holds what comes in no order. Most events do come in an order that is known beforehand: they wait in lanes,
/// queues that are sorted because only an event later than the last one is let in; any other one goes to the heap.
/// There they cost the same however many wait, and do not make the heap deeper.
///
/// Timers that are over, as the time-out of a call that was answered, are dropped where they are read.
#[derive(Clone, Debug)]
pub struct Scheduler<E> {
    heads: Heads<HEADS>,
    flows: [VecDeque<(Place, E)>; FLOWS],
    /// Time and rank of the latest event that was let into each of them.
    last: [u64; FLOWS],
    /// What comes at once: mostly it is the next event, and taken from here. Otherwise it goes to the heap.
    in_hand: Option<(Place, E)>,
    /// Timers, by their kind.
    timers: [VecDeque<(Place, E)>; TIMERS],
    timer_heads: Heads<TIMERS>,
    /// The lane that has the earliest timer.
    timer_lane: usize,
    /// Time and rank of the latest event that was let into each of them.
    last_timers: [u64; TIMERS],
    /// Places, whose slots say where in the store their events lie: a heap moves what it holds, so that is small.
    heap: QuaternaryHeap<Reverse<Place>>,
    store: Vec<E>,
    free: Vec<u32>,
    sequence: u64,
}

impl<E: Copy> Default for Scheduler<E> {
    fn default() -> Self {
        Scheduler::new()
    }
}

impl<E: Copy> Scheduler<E> {
    /// An empty queue.
    pub fn new() -> Self {
        Scheduler {
            heads: Heads::new(),
            flows: std::array::from_fn(|_| VecDeque::new()),
            last: [0; FLOWS],
            in_hand: None,
            timers: std::array::from_fn(|_| VecDeque::new()),
            timer_heads: Heads::new(),
            timer_lane: 0,
            last_timers: [0; TIMERS],
            heap: QuaternaryHeap::new(),
            store: Vec::new(),
            free: Vec::new(),
            sequence: 0,
        }
    }

    /// Keeps `event` for `at`, behind whatever is already there for that time and rank.
    // Inlined, because the lane is known where an event is scheduled; the rest is not.
    #[inline(always)]
    pub fn push(&mut self, at: SimTime, rank: Rank, lane: Lane, event: E) {
        match lane {
            Lane::Flow(0) => self.push_in_flow::<0>(at, rank, event),
            Lane::Flow(_) => self.push_in_flow::<1>(at, rank, event),
            Lane::AtOnce => self.push_in_hand(at, rank, event),
            Lane::Timer(kind) => self.push_timer(kind, at, rank, event),
            Lane::None => self.push_in_order(at, rank, event),
        }
    }

    /// Keeps `event` for `at`, in front of whatever `push` keeps for that time and rank: lower `group`s (0 to 7) first,
    /// and the newest of a group first. So the kernel's timer wheel empties a bucket.
    pub fn push_newest_first(&mut self, at: SimTime, rank: Rank, group: u8, event: E) {
        let place = Place::newest_first(at, rank, group, self.next_sequence());
        self.push_in_heap(place, event);
    }

    fn next_sequence(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }

    /// The place of what is scheduled now.
    fn next_place(&mut self, at: SimTime, rank: Rank) -> Place {
        Place::in_order(at, rank, self.next_sequence())
    }

    #[inline(never)]
    fn push_in_order(&mut self, at: SimTime, rank: Rank, event: E) {
        let place = self.next_place(at, rank);
        self.push_in_heap(place, event);
    }

    #[inline(never)]
    fn push_in_flow<const FLOW: usize>(&mut self, at: SimTime, rank: Rank, event: E) {
        let place = self.next_place(at, rank);
        if place.time_and_rank() < self.last[FLOW] {
            return self.push_in_heap(place, event);
        }
        self.last[FLOW] = place.time_and_rank();
        if self.flows[FLOW].is_empty() {
            self.heads.set(FLOW, place);
        }
        self.flows[FLOW].push_back((place, event));
    }

    #[inline(never)]
    fn push_in_hand(&mut self, at: SimTime, rank: Rank, event: E) {
        let place = self.next_place(at, rank);
        match self.in_hand {
            None => self.in_hand = Some((place, event)),
            Some(_) => self.push_in_heap(place, event),
        }
    }

    /// What is in hand waits in the heap from now on.
    #[inline(never)]
    fn put_down(&mut self) {
        if let Some((place, event)) = self.in_hand.take() {
            self.push_in_heap(place, event);
        }
    }

    #[inline(never)]
    fn push_timer(&mut self, kind: u8, at: SimTime, rank: Rank, event: E) {
        let place = self.next_place(at, rank);
        let lane = usize::from(kind);
        if self.timers[lane].is_empty() {
            self.set_timer_head(lane, place);
        } else if place.time_and_rank() < self.last_timers[lane] {
            return self.push_in_heap(place, event);
        }
        self.last_timers[lane] = place.time_and_rank();
        self.timers[lane].push_back((place, event));
    }

    #[inline(never)]
    fn push_in_heap(&mut self, place: Place, event: E) {
        let slot = match self.free.pop() {
            Some(slot) => {
                self.store[slot as usize] = event;
                slot
            }
            None => {
                assert!(self.store.len() < SLOTS, "fewer than 2^28 events in the heap");
                self.store.push(event);
                self.store.len() as u32 - 1
            }
        };
        self.heap.push(Reverse(place.with_slot(slot)));
        self.look_at_heap();
    }

    fn set_timer_head(&mut self, lane: usize, place: Place) {
        self.timer_heads.set(lane, place);
        self.timer_lane = self.timer_heads.first();
        self.heads.set(TIMER_HEAD, self.timer_heads.place(self.timer_lane));
    }

    fn look_at_heap(&mut self) {
        self.heads.set(HEAP_HEAD, self.heap.peek().map_or(Place::NEVER, |Reverse(first)| *first));
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        let in_lanes = self.flows.iter().chain(&self.timers).map(VecDeque::len).sum::<usize>();
        self.heap.len() + in_lanes + usize::from(self.in_hand.is_some())
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All that waits, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (SimTime, &E)> {
        let in_lanes = self.flows.iter().chain(&self.timers).flatten().chain(&self.in_hand);
        let in_heap = self.heap.iter().map(|Reverse(place)| (place.time(), &self.store[place.slot()]));
        in_lanes.map(|(place, event)| (place.time(), event)).chain(in_heap)
    }

    /// The time of the next event that is not over; those before it are dropped.
    pub fn next_time(&mut self, is_over: impl Fn(&E) -> bool) -> Option<SimTime> {
        self.put_down();
        loop {
            let head = self.heads.first();
            let event = match head {
                TIMER_HEAD => self.timers[self.timer_lane].front().map(|(_, event)| *event),
                HEAP_HEAD => self.heap.peek().map(|Reverse(place)| self.store[place.slot()]),
                _ => None,
            };
            match event {
                Some(event) if is_over(&event) && head == TIMER_HEAD => self.pop_timer(&is_over),
                Some(event) if is_over(&event) => self.pop_from_heap(),
                _ => return self.heads.time(head),
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
        if let Some((place, event)) = self.in_hand {
            if self.heads.are_behind(place) && place.time() <= until {
                self.in_hand = None;
                return Some((place.time(), event));
            }
            self.put_down();
        }
        loop {
            let head = self.heads.first();
            let at = self.heads.time(head).filter(|at| *at <= until)?;
            let event = match head {
                TIMER_HEAD => self.pop_timer(&is_over)?,
                HEAP_HEAD => self.pop_from_heap()?,
                flow => return Some((at, self.pop_from_flow(flow)?)),
            };
            if !is_over(&event) {
                return Some((at, event));
            }
        }
    }

    #[inline(always)]
    fn pop_from_flow(&mut self, flow: usize) -> Option<E> {
        let (_, event) = self.flows[flow].pop_front()?;
        self.heads.set(flow, self.flows[flow].front().map_or(Place::NEVER, |(next, _)| *next));
        Some(event)
    }

    /// The earliest timer; what is over behind it in its lane is dropped at once.
    fn pop_timer(&mut self, is_over: impl Fn(&E) -> bool) -> Option<E> {
        let number = self.timer_lane;
        let lane = &mut self.timers[number];
        let (_, event) = lane.pop_front()?;
        while lane.pop_front_if(|(_, next)| is_over(next)).is_some() {}
        let next = lane.front().map_or(Place::NEVER, |(next, _)| *next);
        self.set_timer_head(number, next);
        Some(event)
    }

    fn pop_from_heap(&mut self) -> Option<E> {
        let Reverse(place) = self.heap.pop()?;
        self.look_at_heap();
        self.free.push(place.slot() as u32);
        Some(self.store[place.slot()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_break_by_rank_and_then_by_order_of_scheduling() {
        let at = SimTime::from_nanos;
        for lane in [Lane::None, Lane::Flow(1), Lane::AtOnce, Lane::Timer(2)] {
            let mut queue = Scheduler::new();
            queue.push(at(5), Rank::Program, lane, "program");
            queue.push(at(5), Rank::Continuing, lane, "running program");
            queue.push(at(5), Rank::Timer, lane, "timer");
            queue.push_newest_first(at(5), Rank::Timer, 1, "older of group 1");
            queue.push_newest_first(at(5), Rank::Timer, 1, "newer of group 1");
            queue.push_newest_first(at(5), Rank::Timer, 0, "group 0");
            queue.push(at(5), Rank::Packet, lane, "first packet");
            queue.push(at(5), Rank::Packet, Lane::Flow(0), "second packet");
            queue.push(at(4), Rank::Program, lane, "earlier");
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
        let lanes = [Lane::Flow(1), Lane::Timer(TIMERS as u8 - 1), Lane::None, Lane::Timer(0), Lane::AtOnce];
        let mut queue = Scheduler::new();
        let mut expected = std::collections::BTreeSet::new();
        let (mut now, mut most_in_lanes) = (SimTime::ZERO, 0);
        for n in 0..3_000 {
            let (at, rank) = (SimTime::from_nanos(now.as_nanos() + length(n)), ranks[n as usize / 3 % 4]);
            queue.push(at, rank, lanes[n as usize % 5], n);
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
        let mut queue = Scheduler::new();
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
