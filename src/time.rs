//! Simulated time: whole nanoseconds, never a float, never the wall clock.
//!
//! Float time needs epsilons wherever two instants are compared, and differs between machines; a `u64` of nanoseconds
//! is exact and lasts 584 years. [`SimTime`] is an instant since the start of the run, [`SimDuration`] a length.

use std::fmt;
use std::ops::{Add, AddAssign, Mul, Sub};

use serde::Serialize;

const NS_PER_US: u64 = 1_000;
const NS_PER_MS: u64 = 1_000_000;
const NS_PER_S: u64 = 1_000_000_000;

/// An instant of the simulation, in nanoseconds since its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct SimTime(u64);

/// A length of simulated time, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct SimDuration(u64);

impl SimTime {
    /// The start of every run.
    pub const ZERO: SimTime = SimTime(0);
    /// Later than any event: "never".
    pub const MAX: SimTime = SimTime(u64::MAX);

    /// The instant `ns` nanoseconds after the start.
    pub const fn from_nanos(ns: u64) -> Self {
        SimTime(ns)
    }

    /// Nanoseconds since the start.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Seconds since the start, for display only.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / NS_PER_S as f64
    }

    /// Milliseconds since the start, for display only.
    pub fn as_millis_f64(self) -> f64 {
        self.0 as f64 / NS_PER_MS as f64
    }

    /// Length of time since `earlier`; zero if `earlier` is later.
    pub const fn since(self, earlier: SimTime) -> SimDuration {
        SimDuration(self.0.saturating_sub(earlier.0))
    }
}

impl SimDuration {
    /// No time at all. Several parameters read it as "off".
    pub const ZERO: SimDuration = SimDuration(0);
    /// Longer than any run.
    pub const MAX: SimDuration = SimDuration(u64::MAX);

    /// `ns` nanoseconds.
    pub const fn from_nanos(ns: u64) -> Self {
        SimDuration(ns)
    }

    /// `us` microseconds.
    pub const fn from_micros(us: u64) -> Self {
        SimDuration(us * NS_PER_US)
    }

    /// `ms` milliseconds.
    pub const fn from_millis(ms: u64) -> Self {
        SimDuration(ms * NS_PER_MS)
    }

    /// `s` seconds.
    pub const fn from_secs(s: u64) -> Self {
        SimDuration(s * NS_PER_S)
    }

    /// The nearest whole number of nanoseconds to `s` seconds; negative and not-a-number become zero.
    pub fn from_secs_f64(s: f64) -> Self {
        SimDuration(libm::round(s * NS_PER_S as f64) as u64)
    }

    /// Nanoseconds.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Whole microseconds, rounded down.
    pub const fn as_micros(self) -> u64 {
        self.0 / NS_PER_US
    }

    /// Whole seconds, rounded down.
    pub const fn as_secs(self) -> u64 {
        self.0 / NS_PER_S
    }

    /// Seconds.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / NS_PER_S as f64
    }

    /// Milliseconds.
    pub fn as_millis_f64(self) -> f64 {
        self.0 as f64 / NS_PER_MS as f64
    }

    /// Whether this is no time at all.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Half of it, rounded down.
    pub const fn half(self) -> Self {
        SimDuration(self.0 / 2)
    }

    /// Doubled so many times, as timers back off; `limit` at most.
    pub const fn doubled(self, times: u32, limit: Self) -> Self {
        // A shift: it is asked for with every SYN, and a checked product of 64 bits is a call in wasm.
        let times = if times < 64 { times } else { 63 };
        let fits = times < self.0.leading_zeros() && self.0 << times < limit.0;
        if fits { SimDuration(self.0 << times) } else { limit }
    }

    /// `Some(self)` unless it is zero: for parameters in which zero means "off".
    pub const fn non_zero(self) -> Option<Self> {
        if self.0 == 0 { None } else { Some(self) }
    }

    /// Reads `250ms`, `1500us`, `1.5s`, `10ns`, `2m` or a bare `0`. `None` if it is none of these.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "0" {
            return Some(SimDuration::ZERO);
        }
        let split = text.find(|c: char| c.is_ascii_alphabetic())?;
        let (number, unit) = text.split_at(split);
        let unit_ns = match unit {
            "ns" => 1,
            "us" => NS_PER_US,
            "ms" => NS_PER_MS,
            "s" => NS_PER_S,
            "m" => 60 * NS_PER_S,
            _ => return None,
        };
        crate::quantity::parse_scaled(number, unit_ns).map(SimDuration)
    }
}

/// The shortest exact text in one unit: `90s`, `250ms`, `1500us`, `7ns`; zero is `0s`.
impl fmt::Display for SimDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ns = self.0;
        let units = [(NS_PER_S, "s"), (NS_PER_MS, "ms"), (NS_PER_US, "us"), (1, "ns")];
        let (size, unit) = units.into_iter().find(|(size, _)| ns.is_multiple_of(*size)).expect("1 divides all");
        write!(f, "{}{unit}", ns / size)
    }
}

impl Add<SimDuration> for SimTime {
    type Output = SimTime;
    fn add(self, d: SimDuration) -> SimTime {
        SimTime(self.0 + d.0)
    }
}

impl Add for SimDuration {
    type Output = SimDuration;
    fn add(self, other: SimDuration) -> SimDuration {
        SimDuration(self.0 + other.0)
    }
}

impl AddAssign for SimDuration {
    fn add_assign(&mut self, other: SimDuration) {
        self.0 += other.0;
    }
}

/// Saturates at zero: a length is never negative.
impl Sub for SimDuration {
    type Output = SimDuration;
    fn sub(self, other: SimDuration) -> SimDuration {
        SimDuration(self.0.saturating_sub(other.0))
    }
}

impl Mul<u64> for SimDuration {
    type Output = SimDuration;
    fn mul(self, n: u64) -> SimDuration {
        SimDuration(self.0 * n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_one_exact_text() {
        for (text, ns) in [("0s", 0), ("2s", 2_000_000_000), ("250ms", 250_000_000), ("1500us", 1_500_000), ("7ns", 7)]
        {
            assert_eq!(SimDuration::parse(text), Some(SimDuration(ns)), "{text}");
            assert_eq!(SimDuration(ns).to_string(), text);
        }
    }

    #[test]
    fn a_doubled_duration_never_passes_its_limit() {
        let (second, limit) = (SimDuration::from_secs(1), SimDuration::from_secs(120));
        for (times, expected) in [(0, 1), (1, 2), (6, 64), (7, 120), (33, 120), (34, 120), (64, 120), (u32::MAX, 120)] {
            assert_eq!(second.doubled(times, limit), SimDuration::from_secs(expected), "{times} times");
        }
        assert_eq!(limit.doubled(0, second), second);
        assert_eq!(SimDuration::ZERO.doubled(u32::MAX, limit), SimDuration::ZERO);
    }

    #[test]
    fn durations_are_read_in_the_forms_people_write() {
        assert_eq!(SimDuration::parse("0"), Some(SimDuration::ZERO));
        assert_eq!(SimDuration::parse("1.5s"), Some(SimDuration::from_millis(1500)));
        assert_eq!(SimDuration::parse("2m"), Some(SimDuration::from_secs(120)));
        for bad in ["", "5", "s", "-1s", "1.s", ".5s", "1e3s", "1 s", "0.0000000001s", "99999999999999s"] {
            assert_eq!(SimDuration::parse(bad), None, "{bad:?}");
        }
    }
}
