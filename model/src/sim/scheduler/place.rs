//! When an event comes, in one number, and where it waits meanwhile.

use super::Rank;
use crate::time::SimTime;

/// Bits for where the event lies.
const SLOT_BITS: u32 = 28;
/// Bits for the order of scheduling.
const SEQUENCE_BITS: u32 = 32;
/// Where the group stands in the ticket of what is kept newest first.
const GROUP_SHIFT: u32 = SLOT_BITS + SEQUENCE_BITS;
/// Marks the ticket of everything else, which comes behind all groups.
const ORDINARY: u64 = 1 << 63;
/// Bits for the ticket, all of the above.
const TICKET_BITS: u32 = 64;
/// Bits for the rank.
pub const RANK_BITS: u32 = 3;

/// How many slots there are.
pub const SLOTS: usize = 1 << SLOT_BITS;

/// When an event comes: from the highest bit on its time (ns), its rank, and a ticket that decides between equal ones.
/// The lowest bits are a number for the queue that keeps it. The smaller place comes first, and no two are the same.
///
/// It is compared without a branch, for the order is not predictable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(u128);

impl Place {
    /// The place of no event: behind all others.
    pub const NEVER: Place = Place(u128::MAX);

    #[inline(always)]
    fn new(at: SimTime, rank: Rank, ticket: u64) -> Place {
        Place::of(at.as_nanos() << RANK_BITS | rank as u64, ticket)
    }

    /// Behind all that has this time and rank, and was scheduled earlier.
    #[inline(always)]
    pub fn in_order(at: SimTime, rank: Rank, sequence: u64) -> Place {
        Place::new(at, rank, ORDINARY | sequence << SLOT_BITS)
    }

    /// In front of all of this time, rank and group that was scheduled earlier; lower groups (0 to 7) come first, and
    /// all of them before what is kept in order.
    pub fn newest_first(at: SimTime, rank: Rank, group: u8, sequence: u64) -> Place {
        let newest_first = (1 << SEQUENCE_BITS) - 1 - sequence;
        Place::new(at, rank, u64::from(group) << GROUP_SHIFT | newest_first << SLOT_BITS)
    }

    /// The place with this [`Place::time_and_rank`] and [`Place::ticket`].
    #[inline(always)]
    pub fn of(time_and_rank: u64, ticket: u64) -> Place {
        Place(u128::from(time_and_rank) << TICKET_BITS | u128::from(ticket))
    }

    /// Time and rank.
    #[inline(always)]
    pub fn time_and_rank(self) -> u64 {
        (self.0 >> TICKET_BITS) as u64
    }

    /// The time.
    #[inline(always)]
    pub fn time(self) -> SimTime {
        SimTime::from_nanos(self.time_and_rank() >> RANK_BITS)
    }

    /// What decides between places of one time and rank.
    #[inline(always)]
    pub fn ticket(self) -> u64 {
        self.0 as u64
    }

    /// The same place with this number (below [`SLOTS`]) for the queue that keeps the event.
    #[inline(always)]
    pub fn with_slot(self, slot: u32) -> Place {
        Place(self.0 >> SLOT_BITS << SLOT_BITS | u128::from(slot))
    }

    /// That number.
    #[inline(always)]
    pub fn slot(self) -> usize {
        self.ticket() as usize % SLOTS
    }
}
