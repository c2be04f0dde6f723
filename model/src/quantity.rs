//! Exact rates, percentages and plain decimals: integers inside, so that text and value are one to one.

use std::fmt;

use crate::reading::{self, Number, Reading, Unread};

/// Writes `value / scale` (`scale` a power of ten) without trailing zeros.
#[inline]
fn write_scaled(f: &mut fmt::Formatter<'_>, value: u64, scale: u64) -> fmt::Result {
    let (whole, rest) = (value / scale, value % scale);
    if rest == 0 {
        return write!(f, "{whole}");
    }
    let width = scale.ilog10() as usize;
    let digits = format!("{rest:0width$}");
    write!(f, "{whole}.{}", digits.trim_end_matches('0'))
}

/// The number before a unit, in capitals or not.
#[inline]
fn strip_unit<'a>(text: &'a str, unit: &str) -> Option<&'a str> {
    let (number, end) = text.split_at_checked(text.len().checked_sub(unit.len())?)?;
    end.eq_ignore_ascii_case(unit).then_some(number)
}

#[inline]
fn saturated(n: u64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Events per second, exact to a thousandth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate(u64);

impl Rate {
    /// `n` per second.
    pub const fn per_second(n: u64) -> Self {
        Rate(n * 1_000)
    }

    /// `n` per thousand seconds.
    pub const fn from_milli(n: u64) -> Self {
        Rate(n)
    }

    /// Thousandths of an event per second.
    pub const fn as_milli(self) -> u64 {
        self.0
    }

    /// Events per second.
    #[inline]
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / 1e3
    }

    /// Reads `400`, `0.5`, `10k` or `400/s`.
    ///
    /// # Errors
    /// [`Unread`] if the text is no number, or can be read in two ways.
    #[inline]
    pub fn read(text: &str) -> Result<Reading<Self>, Unread> {
        let text = text.trim();
        let number = ["/s", "rps", "per second"].iter().find_map(|unit| strip_unit(text, unit)).unwrap_or(text);
        Ok(reading::large(number, 1_000)?.map(Rate))
    }
}

impl fmt::Display for Rate {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_scaled(f, self.0, 1_000)
    }
}

/// A share, exact to a ten-thousandth of a percent: stored as parts per million.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(u32);

impl Percent {
    /// Nothing.
    pub const ZERO: Percent = Percent(0);

    /// `n` percent.
    pub const fn new(n: u32) -> Self {
        Percent(n * 10_000)
    }

    /// `n` parts per million.
    pub const fn from_ppm(n: u32) -> Self {
        Percent(n)
    }

    /// Parts per million.
    pub const fn as_ppm(self) -> u32 {
        self.0
    }

    /// As a fraction of one.
    #[inline]
    pub fn as_fraction(self) -> f64 {
        f64::from(self.0) / 1e6
    }

    /// Reads `0.5%`, also without the sign.
    ///
    /// # Errors
    /// [`Unread`] if the text is no number, or can be read in two ways.
    #[inline]
    pub fn read(text: &str) -> Result<Reading<Self>, Unread> {
        let number = strip_unit(text.trim(), "%").unwrap_or(text);
        Ok(Number::parse(number)?.times(10_000).map(saturated).map(Percent))
    }
}

impl fmt::Display for Percent {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_scaled(f, u64::from(self.0), 10_000)?;
        f.write_str("%")
    }
}

/// A plain number, exact to a thousandth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decimal(u32);

impl Decimal {
    /// `n` thousandths.
    pub const fn from_milli(n: u32) -> Self {
        Decimal(n)
    }

    /// Thousandths.
    pub const fn as_milli(self) -> u32 {
        self.0
    }

    /// As a float.
    #[inline]
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / 1e3
    }

    /// Reads `1` or `0.577`.
    ///
    /// # Errors
    /// [`Unread`] if the text is no number, or can be read in two ways.
    #[inline]
    pub fn read(text: &str) -> Result<Reading<Self>, Unread> {
        Ok(Number::parse(text)?.times(1_000).map(saturated).map(Decimal))
    }
}

impl fmt::Display for Decimal {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_scaled(f, u64::from(self.0), 1_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::Fit;

    #[test]
    fn quantities_round_trip_through_text() {
        for text in ["0.1", "1200", "400.005"] {
            assert_eq!(Rate::read(text).unwrap().value.to_string(), text);
        }
        for text in ["0.5%", "100%", "0.0001%"] {
            assert_eq!(Percent::read(text).unwrap().value.to_string(), text);
        }
        assert_eq!(Decimal::read("0.577").unwrap().value.as_milli(), 577);
    }

    #[test]
    fn quantities_are_read_in_the_forms_people_write() {
        for text in ["10k", "10K", "10_000", "10,000", "1e4", "0.01M", "10000/s", "10k rps", "10000 per second"] {
            assert_eq!(Rate::read(text).unwrap().value, Rate::per_second(10_000), "{text}");
        }
        for text in ["1%", "1", "1 %", " 1.0% "] {
            assert_eq!(Percent::read(text).unwrap().value, Percent::new(1), "{text}");
        }
        assert_eq!(Rate::read("0.0001").unwrap(), Reading { value: Rate::per_second(0), fit: Fit::Rounded });
        assert_eq!(Rate::read("12x"), Err(Unread::NotANumber));
    }
}
