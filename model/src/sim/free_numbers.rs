//! Numbers of things that are all alike, such as workers: those that were taken and are free again.

/// A set of numbers from which the lowest is taken: one bit for each.
#[derive(Clone, Debug, Default)]
pub struct FreeNumbers {
    words: Vec<u64>,
    /// All words before this one are empty.
    first: usize,
}

impl FreeNumbers {
    /// Puts a number in that is not there.
    pub fn put(&mut self, number: u32) {
        let (word, bit) = (number as usize / 64, number % 64);
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= 1 << bit;
        self.first = self.first.min(word);
    }

    /// Takes the lowest number out.
    pub fn take_lowest(&mut self) -> Option<u32> {
        while *self.words.get(self.first)? == 0 {
            self.first += 1;
        }
        let word = &mut self.words[self.first];
        let bit = word.trailing_zeros();
        *word &= *word - 1;
        Some((self.first * 64) as u32 + bit)
    }
}
