//! Numbers as people write them.

use crate::time::SimTime;

/// `23,914`.
#[inline]
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number with so many digits after the point, at most 9, as `{:.n}` writes it. The page writes all its numbers so:
/// the standard library's way, for any number of digits, would add 5 KB. What needs more than 18 is the largest of 18.
#[inline]
pub fn fixed(value: f64, digits: u32) -> String {
    const MOST: u64 = 999_999_999_999_999_999;
    let one = 10_u64.pow(digits);
    // A float is a whole number, divided by a power of two.
    let bits = value.abs().to_bits();
    let (exponent, fraction) = (bits >> 52, bits & ((1 << 52) - 1));
    let scaled = u128::from(fraction | (u64::from(exponent > 0) << 52)) * u128::from(one);
    let rounded = match 1_075 - exponent.max(1) as i32 {
        ..=0 => u128::MAX,
        128.. => 0,
        places => {
            let (whole, rest, half) = (scaled >> places, scaled & ((1 << places) - 1), 1 << (places - 1));
            whole + u128::from(rest > half || rest == half && whole % 2 == 1)
        }
    };
    let rounded = u64::try_from(rounded).map_or(MOST, |rounded| rounded.min(MOST));
    let sign = if value.is_sign_negative() { "-" } else { "" };
    match digits as usize {
        0 => format!("{sign}{rounded}"),
        digits => format!("{sign}{}.{:0digits$}", rounded / one, rounded % one),
    }
}

/// The same without zeros at its end: `0.5`, `20`.
#[inline]
pub fn trimmed(value: f64, digits: u32) -> String {
    let mut text = fixed(value, digits);
    if digits > 0 {
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    }
    text
}

/// A latency: `3.2 ms`, `427 ms`, `1.21 s`.
#[inline]
pub fn millis(ms: f64) -> String {
    match ms {
        ms if ms < 1.0 => fixed(ms, 2) + " ms",
        ms if ms < 10.0 => fixed(ms, 1) + " ms",
        ms if ms < 1_000.0 => fixed(ms, 0) + " ms",
        ms if ms < 10_000.0 => fixed(ms / 1e3, 2) + " s",
        ms => fixed(ms / 1e3, 1) + " s",
    }
}

/// An instant, exactly, as one would type it: `14.1s`.
#[inline]
pub fn exact(at: SimTime) -> String {
    trimmed(at.as_secs_f64(), 9) + "s"
}

/// An instant or a span, to a tenth of a second: `3.2 s`, `60 s`; a long one as `20 min` or `1 h 5 min 30 s`.
#[inline]
pub fn seconds(s: f64) -> String {
    if s <= 900.0 {
        return trimmed(libm::round(s * 10.0) / 10.0, 1) + " s";
    }
    let whole = libm::round(s) as u64;
    let parts = [(whole / 3_600, "h"), (whole / 60 % 60, "min"), (whole % 60, "s")];
    let told: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, unit)| format!("{n} {unit}")).collect();
    told.join(" ")
}

/// A value as links write it, as text for people: `50ms` is `50 ms`, `2%` is `2 %`, and `off` stays.
#[inline]
pub fn spaced(value: &str) -> String {
    let end = value.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(value.len());
    match value.split_at(end) {
        (number, unit @ ("ns" | "us" | "ms" | "s" | "%")) if !number.is_empty() => match number.parse::<u32>() {
            Ok(s) if unit == "s" => seconds(s.into()),
            _ => format!("{number} {unit}"),
        },
        _ => value.to_string(),
    }
}

/// A scale's number, short: `800`, `10k`, `2M`.
#[inline]
pub fn short(n: f64) -> String {
    match n {
        n if n >= 1e6 => trimmed(libm::round(n / 1e5) / 10.0, 1) + "M",
        n if n >= 1e4 => trimmed(libm::round(n / 1e2) / 10.0, 1) + "k",
        n => trimmed(libm::round(n * 100.0) / 100.0, 2),
    }
}

/// A share in per cent, with as many digits as it needs: `58 %`, `0.3 %`. Only all of it is `100 %`.
#[inline]
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "0 %".into();
    }
    let share = part as f64 * 100.0 / whole as f64;
    match share {
        share if share >= 99.5 && part < whole => fixed(libm::floor(share * 10.0) / 10.0, 1) + " %",
        share if share >= 10.0 || share == 0.0 => fixed(share, 0) + " %",
        share if share >= 0.1 => fixed(share, 1) + " %",
        _ => "under 0.1 %".into(),
    }
}

/// A value as it may stand in a message: never longer than a line.
#[inline]
pub fn shown(value: &str) -> String {
    const MAX: usize = 60;
    if value.chars().count() <= MAX { value.to_string() } else { value.chars().take(MAX).chain(['…']).collect() }
}

/// A place in a row: 1st, 2nd, 3rd, 4th, 11th, 212th.
pub fn ordinal(n: u32) -> String {
    let ending = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{}{ending}", count(n.into()))
}

/// The part of an error's text that tells it from others: without the URL and the addresses.
#[inline]
pub fn short_text(text: &str) -> String {
    let inner = match text.split_once(": ") {
        Some((head, rest)) if head.starts_with("Get ") || head.starts_with("Post ") => rest,
        _ => text,
    };
    match inner.split_once(": ") {
        Some((head @ "readLoopPeekFailLocked", rest)) => format!("{head}: {}", short_text(rest)),
        // `dial tcp 10.0.1.1:80: i/o timeout` needs its verb; the others repeat theirs.
        Some((head, rest)) if head.starts_with("dial tcp ") && !rest.starts_with("connect:") => {
            format!("dial tcp …: {rest}")
        }
        Some((head, rest)) if ["dial tcp ", "read tcp ", "write tcp "].iter().any(|verb| head.starts_with(verb)) => {
            rest.to_string()
        }
        _ => inner.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Stream};

    #[test]
    fn digits_are_those_of_the_standard_library() {
        let mut stream = Stream::new(1, Purpose::Arrivals);
        let ties = [0.0, -0.0, 0.5, 1.5, 2.5, 0.125, 0.375, -0.04, 1e-300, f64::MIN_POSITIVE, 1.115, 999.995, 4e8];
        let drawn = std::iter::repeat_with(|| (stream.unit() - 0.3) * libm::pow(10.0, stream.unit() * 16.0 - 8.0));
        for value in ties.into_iter().chain(drawn.take(20_000)) {
            for digits in [0, 1, 2, 3, 5, 9] {
                assert_eq!(fixed(value, digits), format!("{value:.*}", digits as usize), "{value:e}");
            }
        }
        assert_eq!([0.5, 20.0, 0.0, 14.1].map(|n| trimmed(n, 9)), ["0.5", "20", "0", "14.1"]);
        assert_eq!([100.0, 0.04].map(|n| trimmed(n, 0)), ["100", "0"]);
        assert_eq!([f64::INFINITY, 1e300].map(|n| fixed(n, 0)), ["999999999999999999"; 2]);
    }

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!([0, 999, 1_000, 23_914, 1_234_567].map(count), ["0", "999", "1,000", "23,914", "1,234,567"]);
        assert_eq!(
            [0.25, 3.21, 427.4, 1_210.0, 30_000.0].map(millis),
            ["0.25 ms", "3.2 ms", "427 ms", "1.21 s", "30.0 s"]
        );
        assert_eq!([3.228, 60.0].map(seconds), ["3.2 s", "60 s"]);
        assert_eq!([1_200.0, 3_600.0, 3_930.2].map(seconds), ["20 min", "1 h", "1 h 5 min 30 s"]);
        let values = ["50ms", "2%", "off", "128", "1.4", "7200s", "s"];
        assert_eq!(values.map(spaced), ["50 ms", "2 %", "off", "128", "1.4", "2 h", "s"]);
        assert_eq!([0.5, 800.0, 10_000.0, 2_000_000.0].map(short), ["0.5", "800", "10k", "2M"]);
        let shares = [percent(58, 100), percent(3, 1_000), percent(1, 100_000), percent(998, 1_000), percent(7, 7)];
        assert_eq!(shares, ["58 %", "0.3 %", "under 0.1 %", "99.8 %", "100 %"]);
    }

    #[test]
    fn places_in_a_row_end_as_they_are_spoken() {
        for (n, text) in [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (113, "113th")] {
            assert_eq!(ordinal(n), text);
        }
        assert_eq!(ordinal(2_121), "2,121st");
    }

    #[test]
    fn short_texts_keep_what_matters() {
        for (text, short) in [
            (
                "Get \"http://10.0.1.1:80/\": read tcp 10.0.0.1:4->10.0.1.1:80: read: connection reset by peer",
                "read: connection reset by peer",
            ),
            (
                "Get \"http://10.0.1.1:80/\": readLoopPeekFailLocked: read tcp 10.0.0.1:4->10.0.1.1:80: read: reset",
                "readLoopPeekFailLocked: read: reset",
            ),
            (
                "Get http://10.0.1.1:80/: read tcp 10.0.1.1:80: use of closed network connection",
                "use of closed network connection",
            ),
            ("Get \"http://10.0.1.1:80/\": dial tcp 10.0.1.1:80: i/o timeout", "dial tcp …: i/o timeout"),
            (
                "Post \"http://10.0.1.1:80/\": dial tcp 10.0.1.1:80: connect: connection refused",
                "connect: connection refused",
            ),
            ("Get \"http://10.0.1.1:80/\": EOF", "EOF"),
            ("circuit breaker is open", "circuit breaker is open"),
        ] {
            assert_eq!(short_text(text), short);
        }
    }
}
