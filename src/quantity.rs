//! Exact rates, percentages and plain decimals: integers inside, so that text and value are one to one.

use std::fmt;

/// Reads a decimal such as `12` or `0.5` and multiplies it by `scale`; `None` unless the product is a whole number
/// that fits. No sign, no exponent, digits on both sides of the point.
pub(crate) fn parse_scaled(text: &str, scale: u64) -> Option<u64> {
    let (whole, fraction) = match text.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (text, ""),
    };
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return None;
    }
    let mut value = whole.parse::<u64>().ok()?.checked_mul(scale)?;
    let mut unit = scale;
    for digit in fraction.bytes().map(|b| u64::from(b - b'0')) {
        if !unit.is_multiple_of(10) {
            // Nothing smaller can be held: only zeros may follow.
            if digit != 0 {
                return None;
            }
            continue;
        }
        unit /= 10;
        value = value.checked_add(digit * unit)?;
    }
    Some(value)
}

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
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / 1e3
    }

    /// Reads `400` or `0.5`.
    pub fn parse(text: &str) -> Option<Self> {
        parse_scaled(text, 1_000).map(Rate)
    }
}

impl fmt::Display for Rate {
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
    pub fn as_fraction(self) -> f64 {
        f64::from(self.0) / 1e6
    }

    /// Reads `0.5%`, also without the sign and with the sign escaped as `%25`, as some programs write it.
    pub fn parse(text: &str) -> Option<Self> {
        let number = text.strip_suffix("%25").or_else(|| text.strip_suffix('%')).unwrap_or(text);
        parse_scaled(number, 10_000).and_then(|ppm| u32::try_from(ppm).ok()).map(Percent)
    }
}

impl fmt::Display for Percent {
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
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / 1e3
    }

    /// Reads `1` or `0.577`.
    pub fn parse(text: &str) -> Option<Self> {
        parse_scaled(text, 1_000).and_then(|n| u32::try_from(n).ok()).map(Decimal)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_scaled(f, u64::from(self.0), 1_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_round_trip_through_text() {
        assert_eq!(Rate::parse("0.1").unwrap().to_string(), "0.1");
        assert_eq!(Rate::parse("1200").unwrap(), Rate::per_second(1200));
        assert_eq!(Percent::parse("0.5%").unwrap().to_string(), "0.5%");
        assert_eq!(Percent::parse("1%25"), Percent::parse("1"));
        assert_eq!(Decimal::parse("0.577").unwrap().as_milli(), 577);
        assert_eq!(Rate::parse("0.0001"), None);
        assert_eq!(Rate::parse("12x"), None);
    }
}
