//! How many errors one line stands for: tools that gather equal lines write the number beside them.

/// Larger ones are points in time, not counts.
const COUNT_MAX: u64 = 999_999_999;

/// How many errors a line stands for, and the line without a number in front.
pub(super) fn count(text: &str) -> (u64, &str) {
    let (first, rest) = leading(text).unwrap_or((1, text));
    let times = within(rest).or_else(|| trailing(rest)).unwrap_or(1);
    (first.saturating_mul(times), rest)
}

/// For syslog's `last message repeated 12 times`, how often.
pub(super) fn repeats_last(text: &str) -> Option<u64> {
    let (_, after) = text.split_once("last message repeated ")?;
    number_before(after, " time")
}

/// `[2019] Get ...` (hey, oha), `4387 x   first at ...` (ConnLab), `   12 Get ...` (uniq -c, locust).
fn leading(text: &str) -> Option<(u64, &str)> {
    let start = text.trim_start();
    let is_indented = start.len() < text.len();
    if let Some(inside) = start.strip_prefix('[') {
        let (number, rest) = inside.split_once(']')?;
        return Some((as_count(number)?, rest)).filter(|(_, rest)| begins_a_text(rest));
    }
    let digits = start.len() - start.trim_start_matches(|c: char| c.is_ascii_digit() || c == ',').len();
    let (number, rest) = (as_count(&start[..digits])?, &start[digits..]);
    let after = ["x ", " x ", "× ", " × "].iter().find_map(|mark| rest.strip_prefix(mark));
    if let Some(rest) = after {
        return Some((number, rest));
    }
    // `500 Can't connect ...` is a status.
    let is_status = !is_indented && (400..600).contains(&number);
    Some((number, rest)).filter(|(_, rest)| !is_status && begins_a_text(rest))
}

/// Whether this is white space and then a text, not the rest of a date or of a log line's head.
fn begins_a_text(rest: &str) -> bool {
    const HEADS: [&str; 19] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "TRACE", "DEBUG", "INFO",
        "WARN", "WARNING", "ERROR", "FATAL",
    ];
    let word = rest.split_whitespace().next().unwrap_or_default();
    rest.starts_with(char::is_whitespace)
        && word.starts_with(|c: char| c.is_alphabetic() || c == '"' || c == '(')
        && !HEADS.contains(&word.trim_matches(|c: char| !c.is_alphabetic()))
}

/// `(x12 over 5m)` and `x12` (kubectl), `message repeated 12 times: [...]` (rsyslog), `(12 occurrences)` (FreeBSD).
fn within(text: &str) -> Option<u64> {
    let behind = |words: &str, end: &str| number_before(text.split_once(words)?.1, end);
    let occurrences = || {
        let (before, _) = text.split_once(" occurrences)")?;
        as_count(before.rsplit_once('(')?.1)
    };
    let times = || {
        let marked = text.split_whitespace().map(|word| word.trim_matches(['(', ')', ',']));
        marked.filter_map(|word| word.strip_prefix('x').or_else(|| word.strip_prefix('×'))).find_map(as_times)
    };
    behind("message repeated ", " times").or_else(occurrences).or_else(times)
}

/// Not a processor or a certificate.
fn as_times(digits: &str) -> Option<u64> {
    as_count(digits).filter(|_| !["86", "64", "32", "25", "509"].contains(&digits))
}

/// `dial tcp 10.0.0.1:80: i/o timeout - 50` (bombardier), `errors.ECONNRESET: .......... 100` (artillery),
/// `errors_total{reason="EOF"} 12` (Prometheus).
fn trailing(text: &str) -> Option<u64> {
    let (before, last) = text.trim_end().rsplit_once(' ')?;
    let is_counted = before.ends_with(" -") || before.ends_with("...") || is_metric(before);
    as_count(last).filter(|_| is_counted)
}

/// A name and its labels in braces.
fn is_metric(text: &str) -> bool {
    let Some((name, labels)) = text.split_once('{') else { return false };
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_:".contains(c)) && labels.ends_with('}')
}

fn number_before(text: &str, end: &str) -> Option<u64> {
    as_count(text.split_once(end)?.0)
}

/// Digits, with commas between thousands perhaps.
fn as_count(digits: &str) -> Option<u64> {
    let is_plain = digits.starts_with(|c: char| c.is_ascii_digit()) && digits.len() < 16;
    let number = is_plain.then(|| digits.replace(',', ""))?.parse().ok()?;
    (1..=COUNT_MAX).contains(&number).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_where_tools_write_them() {
        for (text, want) in [
            ("  [2019]\tGet http://a/: read tcp b: connection reset by peer", 2019),
            ("    4387 x   first at 20.742 s  Get http://a/: EOF", 4387),
            ("     12 Get \"http://a/\": EOF", 12),
            ("1,204 dial tcp 10.0.0.1:80: i/o timeout", 1204),
            ("243                GET /: ConnectionResetError(104, 'Connection reset by peer')", 243),
            ("  Warning  Unhealthy  2m (x12 over 5m)  kubelet  Liveness probe failed: EOF", 12),
            ("Unhealthy x7 Readiness probe failed: EOF", 7),
            ("host app: message repeated 5 times: [ Post \"http://a/\": EOF]", 5),
            ("    dial tcp 127.0.0.1:25000: i/o timeout - 50", 50),
            ("errors.ECONNRESET: .................................. 100", 100),
            ("client_errors_total{error=\"EOF\",method=\"POST\"} 12", 12),
            ("already in queue awaiting acceptance (10 occurrences)", 10),
        ] {
            assert_eq!(count(text).0, want, "{text}");
        }
    }

    #[test]
    fn other_numbers_are_no_counts() {
        for text in [
            "[1234] ERROR Get \"http://a/\": EOF",
            "[12345.678901] TCP: out of memory -- consider tuning tcp_mem",
            "1764432000 Get \"http://a/\": EOF",
            "15 Jun 10:00:00 Get \"http://a/\": EOF",
            "2014/09/04 16:20:20 Get http://a/: EOF",
            "500 Can't connect to 10.0.0.1:80 (Connection refused)",
            "tls: failed to verify certificate: x509: certificate signed by unknown authority",
            "giving up after 3 attempts: EOF",
            "",
        ] {
            assert_eq!(count(text), (1, text), "{text}");
        }
    }

    #[test]
    fn syslog_tells_how_often_the_last_message_came_again() {
        assert_eq!(repeats_last("Jun 10 07:00:44 host last message repeated 12 times"), Some(12));
        assert_eq!(repeats_last("last message repeated often"), None);
    }
}
