//! Numbers as people write them.

/// `23,914`.
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

/// A latency: `3.2 ms`, `427 ms`, `1.21 s`.
pub fn millis(ms: f64) -> String {
    match ms {
        ms if ms < 1.0 => format!("{ms:.2} ms"),
        ms if ms < 10.0 => format!("{ms:.1} ms"),
        ms if ms < 1_000.0 => format!("{ms:.0} ms"),
        ms if ms < 10_000.0 => format!("{:.2} s", ms / 1e3),
        ms => format!("{:.1} s", ms / 1e3),
    }
}

/// An instant, to a tenth: `3.2 s`, `60 s`.
pub fn seconds(s: f64) -> String {
    let tenths = libm::round(s * 10.0) / 10.0;
    format!("{tenths} s")
}

/// A scale's number, short: `800`, `10k`, `2M`.
pub fn short(n: f64) -> String {
    match n {
        n if n >= 1e6 => format!("{}M", libm::round(n / 1e5) / 10.0),
        n if n >= 1e4 => format!("{}k", libm::round(n / 1e2) / 10.0),
        n => format!("{}", libm::round(n * 100.0) / 100.0),
    }
}

/// A share in per cent, with as many digits as it needs: `58 %`, `0.3 %`.
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "0 %".into();
    }
    let share = part as f64 * 100.0 / whole as f64;
    match share {
        share if share >= 10.0 || share == 0.0 => format!("{share:.0} %"),
        share if share >= 0.1 => format!("{share:.1} %"),
        _ => "under 0.1 %".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!([0, 999, 1_000, 23_914, 1_234_567].map(count), ["0", "999", "1,000", "23,914", "1,234,567"]);
        assert_eq!(
            [0.25, 3.21, 427.4, 1_210.0, 30_000.0].map(millis),
            ["0.25 ms", "3.2 ms", "427 ms", "1.21 s", "30.0 s"]
        );
        assert_eq!([3.228, 60.0].map(seconds), ["3.2 s", "60 s"]);
        assert_eq!([0.5, 800.0, 10_000.0, 2_000_000.0].map(short), ["0.5", "800", "10k", "2M"]);
        assert_eq!([percent(58, 100), percent(3, 1_000), percent(1, 100_000)], ["58 %", "0.3 %", "under 0.1 %"]);
    }
}
