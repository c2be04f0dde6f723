//! One line of a paste, cleaned, and patterns that lines are compared with.

/// Characters of a line that are looked at; tools print no longer ones that say anything.
const LINE_MAX: usize = 4_000;
/// Words of a line that are looked at.
const WORDS_MAX: usize = 200;

/// A line without colours, box drawings, quotation marks of mail and the prompt before a command.
pub(super) struct Line {
    /// The text.
    pub text: String,
    /// Whether it is a command that somebody typed, behind a prompt.
    pub is_command: bool,
}

impl Line {
    pub fn read(raw: &str) -> Line {
        let raw = &raw[..raw.floor_char_boundary(LINE_MAX)];
        // What a progress bar has overwritten is not on the screen.
        let shown = raw.trim_end_matches(['\r', '\n']).rsplit('\r').next().unwrap_or_default();
        let text = without_colours(shown);
        // k6 puts a mark before a metric that has a threshold.
        let text = text.trim().trim_start_matches("> ").trim_start_matches(['✓', '✗', ' ']).trim();
        match command(text) {
            Some(command) => Line { text: command.into(), is_command: true },
            None => Line { text: text.into(), is_command: false },
        }
    }

    pub fn words(&self) -> Vec<&str> {
        words(&self.text).take(WORDS_MAX).collect()
    }
}

/// Without escape sequences; box drawings become blanks.
fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' if chars.next_if_eq(&'[').is_some() => {
                // A control sequence ends with a byte from @ to ~.
                while chars.next().is_some_and(|c| !('@'..='~').contains(&c)) {}
            }
            '\u{2500}'..='\u{257f}' | '\u{a0}' | '\t' => plain.push(' '),
            c if c.is_control() => {}
            c => plain.push(c),
        }
    }
    plain
}

/// What stands behind `$ `, `# `, `host:~$ ` or `[root@host ~]# `. A `#` alone is a comment as often as a prompt: then
/// the word behind it decides.
fn command(text: &str) -> Option<&str> {
    const TYPED: [&str; 9] = ["ss", "netstat", "nstat", "sysctl", "cat", "sudo", "watch", "echo", "connlab"];
    let (prompt, rest) = match (text.strip_prefix("$ "), text.strip_prefix("# "), text.strip_prefix("% ")) {
        (Some(rest), ..) | (_, _, Some(rest)) => return Some(rest.trim_start()),
        (_, Some(rest), _) => ("#", rest),
        _ => text.split_once("$ ").or_else(|| text.split_once("# "))?,
    };
    let first = rest.split_whitespace().next()?;
    let is_prompt = prompt == "#" || (prompt.contains('@') || prompt.ends_with('~')) && prompt.len() < 80;
    (is_prompt && (prompt != "#" || TYPED.contains(&first))).then(|| rest.trim_start())
}

/// Words, without the comma or colon at their end, and without the dots that lead to a number.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split_whitespace().map(|word| word.trim_end_matches([',', ';', ':']));
    words.filter(|word| word.contains(|c| c != '.'))
}

/// A number with its unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Quantity {
    pub value: f64,
    pub unit: Unit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Bare,
    /// The value is in milliseconds.
    Time,
    Percent,
}

/// How many milliseconds a unit has.
fn millis(unit: &str) -> Option<f64> {
    Some(match unit {
        "ns" => 1e-6,
        "us" | "µs" | "μs" => 1e-3,
        "ms" | "msec" | "msecs" | "millis" => 1.0,
        "s" | "sec" | "secs" | "second" | "seconds" => 1e3,
        "m" | "min" => 60e3,
        "h" => 3_600e3,
        _ => return None,
    })
}

impl Quantity {
    /// `837.45`, `1,354`, `18k`, `94.37%`, `38.36ms`, `1m30.5s`, `0(0.00%)`. No names such as `inf`.
    pub fn read(word: &str) -> Option<Quantity> {
        let word = word.split('(').next()?;
        let (value, unit) = number(word)?;
        let quantity = |value, unit| Some(Quantity { value, unit });
        match unit {
            "" => quantity(value, Unit::Bare),
            "%" => quantity(value, Unit::Percent),
            "k" => quantity(value * 1e3, Unit::Bare),
            "M" => quantity(value * 1e6, Unit::Bare),
            _ => quantity(duration(word)?, Unit::Time),
        }
    }
}

/// The number that a word begins with, and the rest.
fn number(word: &str) -> Option<(f64, &str)> {
    let is_part = |(i, c): (usize, char)| c.is_ascii_digit() || c == '.' || c == ',' || (i == 0 && c == '-');
    let end = word.char_indices().find(|at| !is_part(*at)).map_or(word.len(), |(i, _)| i);
    let value: f64 = word[..end].replace(',', "").parse().ok()?;
    value.is_finite().then_some((value, &word[end..]))
}

/// `1m30.5s` and simpler ones, in milliseconds.
fn duration(word: &str) -> Option<f64> {
    let (mut rest, mut sum) = (word, 0.0);
    while !rest.is_empty() {
        let (value, after) = number(rest)?;
        let end = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        sum += value * millis(&after[..end])?;
        rest = &after[end..];
    }
    Some(sum)
}

/// What stands for the `{}` of a pattern at the start of a line, in order; `None` for another line.
///
/// `Socket errors: connect {}, read {}`: word by word, without the commas and colons at their ends, and the dots at the
/// end of a name (k6, artillery). `{}` is a number, with a unit in the same word or the next one (which may be asked
/// for: `{} secs`); `*` is any word, and `$` the end of the line.
pub(super) fn captures(pattern: &str, line: &[&str]) -> Option<Vec<Quantity>> {
    // Nearly every line is told from nearly every pattern by its first letter.
    let begins_alike =
        |word: &&str| pattern.starts_with(['{', '*', '$']) || pattern.chars().next() == word.chars().next();
    if !line.first().is_some_and(begins_alike) {
        return None;
    }
    let mut found = Vec::new();
    let mut line = line.iter().copied().peekable();
    let mut parts = words(pattern).peekable();
    while let Some(part) = parts.next() {
        if part == "$" {
            return line.next().is_none().then_some(found);
        }
        let word = line.next()?;
        let Some((before, after)) = part.split_once("{}") else {
            if part != "*" && part != word && part != word.trim_end_matches(['.', ':']) {
                return None;
            }
            continue;
        };
        let mut quantity = Quantity::read(word.strip_prefix(before)?.strip_suffix(after)?)?;
        let unit = line.peek().filter(|_| quantity.unit == Unit::Bare && after.is_empty());
        if let Some(unit) = unit.and_then(|word| millis(word).filter(|_| !["m", "h", "min"].contains(word))) {
            quantity = Quantity { value: quantity.value * unit, unit: Unit::Time };
            parts.next_if(|part| line.next().is_some_and(|word| word == *part));
        }
        found.push(quantity);
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_with_their_units() {
        let time = |value| Some(Quantity { value, unit: Unit::Time });
        for (word, want) in [
            ("38.36ms", time(38.36)),
            ("1m30.5s", time(90_500.0)),
            ("234.431µs", time(0.234_431)),
            ("1,354", Some(Quantity { value: 1_354.0, unit: Unit::Bare })),
            ("18k", Some(Quantity { value: 18_000.0, unit: Unit::Bare })),
            ("0(0.00%)", Some(Quantity { value: 0.0, unit: Unit::Bare })),
            ("94.37%", Some(Quantity { value: 94.37, unit: Unit::Percent })),
            ("-nanus", None),
            ("inf", None),
            ("127.0.0.1", None),
            ("", None),
        ] {
            let close = |a: Quantity, b: Quantity| a.unit == b.unit && (a.value - b.value).abs() < 1e-9;
            let read = Quantity::read(word);
            assert!(read == want || read.zip(want).is_some_and(|(a, b)| close(a, b)), "{word}: {read:?}");
        }
    }

    #[test]
    fn a_pattern_captures_the_numbers_of_its_line() {
        let read = |pattern, text: &str| {
            let line = Line::read(text);
            captures(pattern, &line.words()).map(|found| found.iter().map(|q| q.value).collect::<Vec<_>>())
        };
        let errors = "Socket errors: connect {}, read {}, write {}, timeout {}";
        assert_eq!(
            read(errors, "  Socket errors: connect 0, read 20, write 7, timeout 1"),
            Some(vec![0.0, 20.0, 7.0, 1.0])
        );
        assert_eq!(read("99% in {}", "  99% in 0.0308 secs"), Some(vec![30.8]));
        assert_eq!(read("99% in {}", "  95% in 0.0308 secs"), None);
        assert_eq!(read("[{}] {} responses", "\x1b[32m  [200]\t8235 responses\x1b[0m\r"), Some(vec![200.0, 8_235.0]));
        assert_eq!(read("http_reqs {}", "http_reqs......: 23222  2321.2/s"), Some(vec![23_222.0]));
    }

    #[test]
    fn a_command_stands_behind_a_prompt() {
        for (text, want) in [
            ("$ ss -ltn", Some("ss -ltn")),
            ("admin@host:~$ netstat -s", Some("netstat -s")),
            ("[root@host ~]# ss -s", Some("ss -s")),
            ("# ss -ltn", Some("ss -ltn")),
            ("# server, 10.0.1.1, at 60.000 s", None),
            ("it costs 5$ or so", None),
        ] {
            let line = Line::read(text);
            assert_eq!(line.is_command.then_some(line.text.as_str()), want, "{text}");
        }
    }
}
