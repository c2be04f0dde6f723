//! Simulated time: whole nanoseconds, never a float, never the wall clock.
//!
//! Float time needs epsilons wherever two instants are compared, and differs between machines; a `u64` of nanoseconds
//! is exact and lasts 584 years. [`SimTime`] is an instant since the start of the run, [`SimDuration`] a length.

use std::fmt;
use std::ops::{Add, AddAssign, Mul, Sub};

use serde::Serialize;

use crate::reading::{self, Fit, Number, Reading, Unread};

const NS_PER_US: u64 = 1_000;
const NS_PER_MS: u64 = 1_000_000;
const NS_PER_S: u64 = 1_000_000_000;

/// An instant of the simulation, in nanoseconds since its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SimTime(u64);

/// A length of simulated time, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
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
        SimDuration(rounded(s * NS_PER_S as f64))
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

    /// Reads `250ms`, `1500us`, `1.5s`, `5 S`, `1m30s`, `2h`, or a zero without a unit.
    ///
    /// # Errors
    /// [`Unread`] if the text is no length of time, or can be read in two ways: `5` may be milliseconds or seconds.
    #[inline]
    pub fn read(text: &str) -> Result<Reading<Self>, Unread> {
        let mut rest = text.trim();
        let mut sum = Reading { value: SimDuration::ZERO, fit: Fit::Exact };
        loop {
            let (number, behind) = rest.split_at(end_of_number(rest));
            let unit_end = behind.find(|c: char| !is_letter(c)).unwrap_or(behind.len());
            let (unit, behind) = behind.split_at(unit_end);
            let number = Number::parse(number)?;
            let unit_ns = match unit_ns(unit) {
                Some(ns) => ns,
                None if unit.is_empty() && number.is_zero() => 1,
                None if unit.is_empty() && rest.len() <= reading::QUESTION_MAX => {
                    return Err(Unread::Ambiguous(format!("has no unit: {rest}ms or {rest}s?")));
                }
                None => return Err(Unread::NotANumber),
            };
            let part = number.times(unit_ns);
            sum.value = SimDuration(sum.value.0.saturating_add(part.value));
            sum.fit = if part.fit == Fit::Exact { sum.fit } else { part.fit };
            rest = behind.trim_start();
            if rest.is_empty() {
                return Ok(sum);
            }
        }
    }

    /// The length of time that a text means; `None` if it is none, or not clearly.
    #[inline]
    pub fn parse(text: &str) -> Option<Self> {
        SimDuration::read(text).ok().map(|reading| reading.value)
    }
}

/// Where the unit begins: at the first letter that is not the `e` of an exponent.
#[inline]
fn end_of_number(text: &str) -> usize {
    let is_exponent = |i: usize| {
        text[i..].starts_with(['e', 'E'])
            && text[i + 1..].trim_start().trim_start_matches(['+', '-']).starts_with(|c: char| c.is_ascii_digit())
    };
    text.char_indices().find(|(i, c)| is_letter(*c) && !is_exponent(*i)).map_or(text.len(), |(i, _)| i)
}

/// Whether a unit may have it: the micro sign and the Greek letter are beyond ASCII.
fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, 'µ' | 'μ')
}

/// How long a unit is, in capitals or not.
#[inline]
fn unit_ns(unit: &str) -> Option<u64> {
    Some(match unit.to_ascii_lowercase().as_str() {
        "ns" => 1,
        "us" | "µs" | "μs" => NS_PER_US,
        "ms" | "msec" => NS_PER_MS,
        "s" | "sec" | "second" | "seconds" => NS_PER_S,
        "m" | "min" | "minute" | "minutes" => 60 * NS_PER_S,
        "h" | "hour" | "hours" => 3_600 * NS_PER_S,
        _ => return None,
    })
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

/// Ends at [`SimTime::MAX`].
impl Add<SimDuration> for SimTime {
    type Output = SimTime;
    fn add(self, d: SimDuration) -> SimTime {
        SimTime(self.0.saturating_add(d.0))
    }
}

/// Ends at [`SimDuration::MAX`].
impl Add for SimDuration {
    type Output = SimDuration;
    fn add(self, other: SimDuration) -> SimDuration {
        SimDuration(self.0.saturating_add(other.0))
    }
}

impl AddAssign for SimDuration {
    fn add_assign(&mut self, other: SimDuration) {
        *self = *self + other;
    }
}

/// Saturates at zero: a length is never negative.
impl Sub for SimDuration {
    type Output = SimDuration;
    fn sub(self, other: SimDuration) -> SimDuration {
        SimDuration(self.0.saturating_sub(other.0))
    }
}

/// Ends at [`SimDuration::MAX`].
impl Mul<u64> for SimDuration {
    type Output = SimDuration;
    fn mul(self, n: u64) -> SimDuration {
        SimDuration(self.0.saturating_mul(n))
    }
}

/// The whole number that is nearest to one that is not negative; halves go up.
pub(crate) fn rounded(number: f64) -> u64 {
    let below = number as i64;
    below as u64 + u64::from(number - below as f64 >= 0.5)
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
    fn a_time_doubles_up_to_its_limit_however_often() {
        let doubled = |ns, times| SimDuration::from_nanos(ns).doubled(times, SimDuration::from_secs(1)).as_nanos();
        assert_eq!([0, 1, 29, 30, 63, 64, u32::MAX].map(|times| doubled(1, times)), {
            let second = 1_000_000_000;
            [1, 2, 1 << 29, second, second, second, second]
        });
        assert_eq!([1, 63, 64, u32::MAX].map(|times| doubled(0, times)), [0; 4]);
    }

    #[test]
    fn durations_are_read_in_the_forms_people_write() {
        for (text, ms) in [
            ("0", 0),
            ("0.0", 0),
            ("1.5s", 1_500),
            ("1.5S", 1_500),
            ("250MS", 250),
            ("250 ms", 250),
            ("1e3ms", 1_000),
            ("1_500 ms", 1_500),
            ("5000µs", 5),
            ("5000μs", 5),
            ("2m", 120_000),
            ("1m30s", 90_000),
            ("1m 30s", 90_000),
            ("1h", 3_600_000),
            ("2 seconds", 2_000),
        ] {
            let reading = Reading { value: SimDuration::from_millis(ms), fit: Fit::Exact };
            assert_eq!(SimDuration::read(text), Ok(reading), "{text}");
        }
        let rounded = Reading { value: SimDuration::from_nanos(2), fit: Fit::Rounded };
        assert_eq!(SimDuration::read("0.0000000016s"), Ok(rounded));
        assert_eq!(SimDuration::read("-1s").unwrap().fit, Fit::Below);
        assert_eq!(SimDuration::parse("99999999999999s"), Some(SimDuration::MAX));
    }

    #[test]
    fn a_time_without_its_unit_is_not_guessed() {
        let two = |text: &str| Err(Unread::Ambiguous(text.to_string()));
        assert_eq!(SimDuration::read("5"), two("has no unit: 5ms or 5s?"));
        assert_eq!(SimDuration::read("1,5s"), two("can be read in two ways: 1.5 or 15?"));
        for bad in ["", "s", "5x", "5 5s", "1m30", "s5", "1d", "5ss", "µ"] {
            assert!(SimDuration::parse(bad).is_none(), "{bad:?}");
        }
    }
}
