//! Numbers as people write them: `1000`, `1_000`, `1,000`, `1e3`, `.5`, each read to the nearest value that can be
//! held.
//!
//! What can be read in two ways is not guessed: `1,5` may be one and a half or fifteen.

/// How a number fits what holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// It is the value.
    Exact,
    /// It is finer than can be held; the value is the nearest one.
    Rounded,
    /// It is negative; the value is zero.
    Below,
}

/// A number that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading<T> {
    /// The nearest value that can be held.
    pub value: T,
    /// How near that is.
    pub fit: Fit,
}

impl<T> Reading<T> {
    /// The same reading of another type.
    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Reading<U> {
        Reading { value: change(self.value), fit: self.fit }
    }
}

/// Why a text could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It is no number of this kind.
    NotANumber,
    /// It can be read in two ways; what is wrong, as the end of a sentence: `has no unit: 5ms or 5s?`.
    Ambiguous(String),
}

/// A longer text is not worth asking which of two numbers it is.
pub(crate) const QUESTION_MAX: usize = 20;
/// More significant digits than this are beyond every range.
const DIGITS_MAX: u64 = 1_000_000_000_000_000_000;
/// Powers of ten beyond this are as good as none, or as infinity.
const EXPONENT_MAX: i32 = 30;
/// What stands between groups of three digits, in one country or another.
const GROUP_SEPARATORS: &[char] = &[',', '\'', ' ', '\u{a0}', '\u{2009}', '\u{202f}'];

/// A decimal number: `digits` times ten to the power of `exponent`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Number {
    digits: u64,
    exponent: i32,
    is_negative: bool,
    /// Digits that are not zero follow the ones that are kept.
    is_cut: bool,
}

impl Number {
    /// Reads a number without a unit.
    #[inline]
    pub(crate) fn parse(text: &str) -> Result<Number, Unread> {
        let text = text.trim();
        let (is_negative, text) = match text.strip_prefix(['-', '−']) {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.trim().parse().map_err(|_| Unread::NotANumber)?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let whole = ungrouped(whole)?;
        let is_number = whole.len() + fraction.len() > 0 && fraction.bytes().all(|b| b.is_ascii_digit());
        if !is_number {
            return Err(Unread::NotANumber);
        }
        let mut number = Number { is_negative, ..Number::default() };
        whole.bytes().for_each(|digit| number.push(digit, 1));
        fraction.bytes().for_each(|digit| number.push(digit, 0));
        // Digits behind the point that were kept have not been counted yet.
        number.exponent = number.exponent.saturating_add(exponent);
        Ok(number)
    }

    /// Takes one more digit; one of the whole part that finds no room makes the number ten times as large all the same.
    fn push(&mut self, digit: u8, is_whole: i32) {
        let digit = u64::from(digit - b'0');
        if self.digits < DIGITS_MAX / 10 {
            self.digits = self.digits * 10 + digit;
            self.exponent -= 1 - is_whole;
        } else {
            self.is_cut |= digit != 0;
            self.exponent += is_whole;
        }
    }

    /// Whether it is zero, so that its unit does not matter.
    pub(crate) fn is_zero(&self) -> bool {
        self.digits == 0
    }

    /// In units of which `scale` make one, at most about ten to the power of 13.
    #[inline]
    pub(crate) fn times(self, scale: u64) -> Reading<u64> {
        let scaled = u128::from(self.digits) * u128::from(scale);
        let power = 10u128.pow(self.exponent.unsigned_abs().min(EXPONENT_MAX as u32));
        let (value, is_exact) = match self.exponent {
            0.. => (scaled.saturating_mul(power), true),
            _ => ((scaled + power / 2) / power, scaled.is_multiple_of(power)),
        };
        let fit = match () {
            () if self.is_negative && !self.is_zero() => return Reading { value: 0, fit: Fit::Below },
            () if is_exact && !self.is_cut => Fit::Exact,
            () => Fit::Rounded,
        };
        Reading { value: u64::try_from(value).unwrap_or(u64::MAX), fit }
    }
}

/// Reads a number that may end in `k` or `M`.
#[inline]
pub(crate) fn large(text: &str, scale: u64) -> Result<Reading<u64>, Unread> {
    let text = text.trim();
    let (number, factor) = match text.strip_suffix(['k', 'K']) {
        Some(thousands) => (thousands, 1_000),
        None => text.strip_suffix('M').map_or((text, 1), |millions| (millions, 1_000_000)),
    };
    Ok(Number::parse(number)?.times(scale * factor))
}

/// The digits of a whole number, without what groups them: `_` anywhere, other separators only before three digits.
#[inline]
fn ungrouped(text: &str) -> Result<String, Unread> {
    let text = text.replace('_', "");
    let groups: Vec<&str> = text.split(GROUP_SEPARATORS).collect();
    let joined = groups.concat();
    if !joined.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Unread::NotANumber);
    }
    let is_plain = groups.len() == 1
        || (groups[1..].iter().all(|group| group.len() == 3)
            && (1..=3).contains(&groups[0].len())
            && !groups[0].starts_with('0'));
    match groups[..] {
        _ if is_plain => Ok(joined),
        [whole, fraction]
            if text.contains(',') && !whole.is_empty() && !fraction.is_empty() && text.len() <= QUESTION_MAX =>
        {
            Err(Unread::Ambiguous(format!("can be read in two ways: {whole}.{fraction} or {joined}?")))
        }
        _ => Err(Unread::NotANumber),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thousandths(text: &str) -> Result<(u64, Fit), Unread> {
        Number::parse(text).map(|number| number.times(1_000)).map(|reading| (reading.value, reading.fit))
    }

    #[test]
    fn numbers_are_read_in_the_forms_people_write() {
        for (text, value) in [
            ("12", 12_000),
            ("0.5", 500),
            (".5", 500),
            ("5.", 5_000),
            ("+5", 5_000),
            ("1_000", 1_000_000),
            ("1,000", 1_000_000),
            ("1 000 000", 1_000_000_000),
            ("1'000.5", 1_000_500),
            ("1e3", 1_000_000),
            ("1E+3", 1_000_000),
            ("2.5e-1", 250),
            ("0.5000000000000000000000000000", 500),
        ] {
            assert_eq!(thousandths(text), Ok((value, Fit::Exact)), "{text}");
        }
    }

    #[test]
    fn a_number_too_fine_to_be_held_becomes_the_nearest() {
        for (text, value) in [("0.0296", 30), ("0.0294", 29), ("1e-9", 0), ("0.12345678901234567890123", 123)] {
            assert_eq!(thousandths(text), Ok((value, Fit::Rounded)), "{text}");
        }
        assert_eq!(thousandths("1e-4000"), Ok((0, Fit::Rounded)));
        assert_eq!(thousandths("-3"), Ok((0, Fit::Below)));
        assert_eq!(thousandths("-0"), Ok((0, Fit::Exact)));
    }

    #[test]
    fn a_number_too_large_is_larger_than_every_range() {
        for text in ["1e40", "99999999999999999999999999999999999999999999", "1e2147483647"] {
            assert_eq!(thousandths(text).unwrap().0, u64::MAX, "{text}");
        }
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_not_guessed() {
        let two = |text: &str| Err(Unread::Ambiguous(format!("can be read in two ways: {text}?")));
        assert_eq!(thousandths("1,5"), two("1.5 or 15"));
        assert_eq!(thousandths("0,500"), two("0.500 or 0500"));
        for text in ["", ".", "-", "e3", "1e", "1.2.3", "12x", "1 5", ",5", "0x10", "1,5,5", "NaN", "inf"] {
            assert_eq!(thousandths(text), Err(Unread::NotANumber), "{text}");
        }
    }
}
