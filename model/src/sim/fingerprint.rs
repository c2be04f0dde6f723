//! The fingerprint: a 64-bit hash over every event and the final counters.
//!
//! It takes numbers only, each written out where it comes from, so that neither the compiler nor the standard library
//! has a say in it.

/// A hash of 64-bit numbers that is the same on every platform.
#[derive(Clone, Debug)]
pub struct Fingerprint(u64);

impl Default for Fingerprint {
    fn default() -> Self {
        Fingerprint(0x6C62_272E_07BB_0142)
    }
}

impl Fingerprint {
    /// Takes the next number.
    pub fn write(&mut self, number: u64) {
        // Multiply, then fold the well-mixed high half into the low one: cheap, and every bit reaches every other.
        let product = (self.0 ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = product ^ (product >> 32);
    }

    /// Takes an event: when it is, of which kind, with its details, and what it is about.
    #[inline(always)]
    pub fn write_event(&mut self, at: u64, [kind, subject]: [u64; 2]) {
        // This product does not wait for that of the event before.
        let what = (kind.rotate_left(32) ^ subject).wrapping_mul(0xD1B5_4A32_D192_ED03);
        self.write(at ^ what.rotate_left(32));
    }

    /// Takes the halves of a number, the lower one first.
    pub fn write_wide(&mut self, number: u128) {
        self.write(number as u64);
        self.write((number >> 64) as u64);
    }

    /// The hash of what has been written.
    pub fn value(&self) -> u64 {
        self.0
    }
}
