//! The earliest of several queues.

use super::place::{Place, RANK_BITS};
use crate::time::SimTime;

/// Of each of `N` queues (16 at most) the place of its first event.
#[derive(Clone, Debug)]
pub struct Heads<const N: usize> {
    /// Its time and rank.
    keys: [Key; N],
    /// Its ticket.
    tickets: [u64; N],
}

impl<const N: usize> Heads<N> {
    /// Of queues that are empty.
    pub fn new() -> Self {
        const { assert!(N <= 1 << HEAD_BITS, "a key has room for the number of each queue") };
        Heads { keys: std::array::from_fn(|head| Key::new(Place::NEVER, head)), tickets: [u64::MAX; N] }
    }

    /// The first event of a queue is another one.
    #[inline(always)]
    pub fn set(&mut self, head: usize, place: Place) {
        (self.keys[head], self.tickets[head]) = (Key::new(place, head), place.ticket());
    }

    /// When the first event of a queue comes; `None`: it is empty.
    #[inline(always)]
    pub fn time(&self, head: usize) -> Option<SimTime> {
        self.keys[head].time()
    }

    /// The place of a queue's first event.
    #[inline(always)]
    pub fn place(&self, head: usize) -> Place {
        Place::of(self.keys[head].time_and_rank(), self.tickets[head])
    }

    /// Whether no queue has an event of the time and rank of this place, or before.
    #[inline(always)]
    pub fn are_behind(&self, place: Place) -> bool {
        let behind = Key::behind(place);
        self.keys.iter().all(|key| *key > behind)
    }

    /// The queue with the earliest event: without a branch, but for equal keys, for it is not predictable.
    #[inline(always)]
    pub fn first(&self) -> usize {
        let ahead = |(first, second): (Key, Key), key: &Key| (first.min(*key), second.min(first.max(*key)));
        let (first, second) = self.keys.iter().fold((Key::MAX, Key::MAX), ahead);
        if first.ties_with(second) { self.first_of_equals(first) } else { first.head() }
    }

    /// Of the queues whose first event has this time and rank, the one whose event was scheduled first.
    #[inline(never)]
    fn first_of_equals(&self, key: Key) -> usize {
        let equal = (0..N).filter(|head| self.keys[*head].ties_with(key));
        equal.min_by_key(|head| self.tickets[*head]).unwrap_or(N - 1)
    }
}

/// Bits of a key for the queue.
const HEAD_BITS: u32 = 4;
const HEAD_MASK: u64 = (1 << HEAD_BITS) - 1;

/// Time and rank of a queue's first event, and which queue it is: what they are compared by, unless two have the same
/// time and rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key(u64);

impl Key {
    /// Behind all others.
    const MAX: Key = Key(u64::MAX);

    #[inline(always)]
    fn new(place: Place, head: usize) -> Key {
        Key(place.time_and_rank() << HEAD_BITS | head as u64)
    }

    /// Behind all keys with this time and rank.
    #[inline(always)]
    fn behind(place: Place) -> Key {
        Key(place.time_and_rank() << HEAD_BITS | HEAD_MASK)
    }

    #[inline(always)]
    fn head(self) -> usize {
        (self.0 & HEAD_MASK) as usize
    }

    #[inline(always)]
    fn time_and_rank(self) -> u64 {
        self.0 >> HEAD_BITS
    }

    /// Whether both have the same time and rank.
    #[inline(always)]
    fn ties_with(self, other: Key) -> bool {
        self.0 ^ other.0 <= HEAD_MASK
    }

    /// The time; `None`: the queue is empty.
    #[inline(always)]
    fn time(self) -> Option<SimTime> {
        (!self.ties_with(Key::MAX)).then(|| SimTime::from_nanos(self.time_and_rank() >> RANK_BITS))
    }
}
