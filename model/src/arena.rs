//! Typed arenas with generational ids: the home of everything that comes and goes during a run.
//!
//! Timers and packets are never cancelled; they carry the id of what they were meant for. When that is gone the id is
//! stale, [`Arena::get`] answers `None`, and a late event finds nothing to do.

use std::fmt;
use std::marker::PhantomData;
use std::num::NonZeroU32;

/// Names one `T` in an [`Arena`] and never another: a slot that is used again gets a new generation.
pub struct Id<T> {
    index: u32,
    generation: Generation,
    kind: PhantomData<fn() -> T>,
}

/// Counts what happens to a slot: odd while a value is in it. From one, so that an optional id takes no more room than
/// an id.
type Generation = NonZeroU32;

impl<T> Id<T> {
    /// The slot, which nothing else has at the same time: for tables beside the arena.
    pub fn slot(self) -> usize {
        self.index as usize
    }

    /// Both halves as one number.
    pub fn bits(self) -> u64 {
        u64::from(self.generation.get()) << 32 | u64::from(self.index)
    }

    /// The id with these [`Id::bits`].
    pub fn from_bits(bits: u64) -> Self {
        let generation = Generation::new((bits >> 32) as u32).unwrap_or(Generation::MIN);
        Id { index: bits as u32, generation, kind: PhantomData }
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index && self.generation == other.generation
    }
}
impl<T> Eq for Id<T> {}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}v{}", self.index, self.generation)
    }
}

/// In this order, the generation shares a line of the processor's cache with the value's first fields.
#[derive(Clone, Debug)]
#[repr(C)]
struct Slot<T> {
    generation: Generation,
    /// Once it is removed nothing leads to it: it lies there until the slot is used again.
    value: T,
}

impl<T> Slot<T> {
    fn is_used(&self) -> bool {
        self.generation.get() % 2 == 1
    }

    fn next_generation(&mut self) -> Generation {
        self.generation = self.generation.checked_add(1).expect("fewer than 2^31 uses of a slot");
        self.generation
    }
}

/// A growable store in which every value keeps its [`Id`] until it is removed.
#[derive(Clone, Debug)]
pub struct Arena<T> {
    slots: Vec<Slot<T>>,
    free: Vec<u32>,
}

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Arena { slots: Vec::new(), free: Vec::new() }
    }
}

// What is large is written and read where it lies, not handed over: hence the inlining.
impl<T> Arena<T> {
    /// Stores `value` and names it.
    #[inline(always)]
    pub fn insert(&mut self, value: T) -> Id<T> {
        let (index, generation) = match self.free.pop() {
            Some(index) => {
                let slot = &mut self.slots[index as usize];
                slot.value = value;
                (index, slot.next_generation())
            }
            None => {
                let index = u32::try_from(self.slots.len()).expect("fewer than 2^32 things at once");
                if self.slots.len() == self.slots.capacity() {
                    self.grow();
                }
                self.slots.push(Slot { generation: Generation::MIN, value });
                (index, Generation::MIN)
            }
        };
        Id { index, generation, kind: PhantomData }
    }

    /// Four times the room, not twice: to move connections costs more than room that is not used.
    #[cold]
    fn grow(&mut self) {
        self.slots.reserve_exact(3 * self.slots.len().max(16));
    }

    /// Makes the id stale and shows what it named, for the last time; `None` if it already was.
    #[inline(always)]
    pub fn remove(&mut self, id: Id<T>) -> Option<&T> {
        let slot = &mut self.slots[id.slot()];
        if slot.generation != id.generation {
            return None;
        }
        slot.next_generation();
        self.free.push(id.index);
        Some(&slot.value)
    }

    /// The value, or `None` for a stale id.
    #[inline(always)]
    pub fn get(&self, id: Id<T>) -> Option<&T> {
        let slot = &self.slots[id.slot()];
        if slot.generation == id.generation { Some(&slot.value) } else { None }
    }

    /// The value to change, or `None` for a stale id.
    #[inline(always)]
    pub fn get_mut(&mut self, id: Id<T>) -> Option<&mut T> {
        let slot = &mut self.slots[id.slot()];
        if slot.generation == id.generation { Some(&mut slot.value) } else { None }
    }

    /// Whether `id` still names something.
    #[inline(always)]
    pub fn contains(&self, id: Id<T>) -> bool {
        self.slots[id.slot()].generation == id.generation
    }

    /// How many values there are now.
    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// How many slots there are, those that wait to be used again included: an id's [`Id::slot`] is below.
    pub fn slots(&self) -> usize {
        self.slots.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All values with their ids, in the order of their slots.
    pub fn iter(&self) -> impl Iterator<Item = (Id<T>, &T)> {
        let used = self.slots.iter().zip(0..).filter(|(slot, _)| slot.is_used());
        used.map(|(slot, index)| (Id { index, generation: slot.generation, kind: PhantomData }, &slot.value))
    }
}

/// The value of an id that cannot be stale; panics on a bug of ours.
impl<T> std::ops::Index<Id<T>> for Arena<T> {
    type Output = T;
    #[inline(always)]
    fn index(&self, id: Id<T>) -> &T {
        self.get(id).expect("a live id")
    }
}

/// The value of an id that cannot be stale; panics on a bug of ours.
impl<T> std::ops::IndexMut<Id<T>> for Arena<T> {
    #[inline(always)]
    fn index_mut(&mut self, id: Id<T>) -> &mut T {
        self.get_mut(id).expect("a live id")
    }
}

/// Beside an arena of `T`: a `V` for each of its values, of which few have another one than the default. It takes room
/// up to the last slot that has one.
#[derive(Clone, Debug)]
pub struct SideTable<T, V> {
    rows: Vec<Option<(Generation, V)>>,
    kind: PhantomData<fn() -> T>,
}

impl<T, V> Default for SideTable<T, V> {
    fn default() -> Self {
        SideTable { rows: Vec::new(), kind: PhantomData }
    }
}

impl<T, V: Copy + Default> SideTable<T, V> {
    /// What belongs to `id`.
    pub fn get(&self, id: Id<T>) -> V {
        match self.rows.get(id.slot()) {
            Some(Some((generation, value))) if *generation == id.generation => *value,
            _ => V::default(),
        }
    }

    /// What belongs to `id`, to change; `None`: the default does, up to now.
    pub fn get_mut(&mut self, id: Id<T>) -> Option<&mut V> {
        match self.rows.get_mut(id.slot()) {
            Some(Some((generation, value))) if *generation == id.generation => Some(value),
            _ => None,
        }
    }

    /// What belongs to `id`, to be set.
    pub fn entry(&mut self, id: Id<T>) -> &mut V {
        let value = self.get(id);
        if self.rows.len() <= id.slot() {
            self.rows.resize(id.slot() + 1, None);
        }
        &mut self.rows[id.slot()].insert((id.generation, value)).1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removed_id_stays_stale_when_its_slot_is_used_again() {
        let mut arena = Arena::default();
        let first = arena.insert('a');
        assert_eq!(arena.remove(first), Some(&'a'));
        let second = arena.insert('b');
        assert_eq!(arena.get(first), None);
        assert_eq!(arena.remove(first), None);
        assert_eq!(arena[second], 'b');
        assert_eq!(arena.len(), 1);
        assert!(arena.iter().eq([(second, &'b')]));
        arena.remove(second);
        assert!(arena.is_empty() && arena.iter().next().is_none());
    }

    #[test]
    fn what_is_beside_an_arena_goes_with_the_id_it_was_set_for() {
        let (mut arena, mut table) = (Arena::default(), SideTable::default());
        let [first, second] = ['a', 'b'].map(|value| arena.insert(value));
        *table.entry(second) += 2;
        *table.entry(second) += 3;
        assert_eq!((table.get(first), table.get(second)), (0, 5));
        assert_eq!((table.get_mut(first).copied(), table.get_mut(second).copied()), (None, Some(5)));
        arena.remove(second);
        let third = arena.insert('c');
        assert_eq!((third.slot(), table.get(third), table.get_mut(third)), (second.slot(), 0, None));
        assert_eq!(*table.entry(third), 0);
    }
}
