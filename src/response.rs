//! What a learner answers in a lesson, as keys of a link: `said=40,3&because=Two_fit_in&learned=We_closed_them~2e`.
//!
//! What people write has characters that a link, or a program that passes one on, has another use for. So a text is
//! written without them ([`escaped`]): a space as `_`, any other as `~` and two hexadecimal digits a byte.

use crate::lesson::{self, Lesson};
use crate::link::Decoded;

/// Predictions, by question, with commas between; there once they are locked in.
pub const SAID: &str = "said";

/// Why a learner predicts that.
pub const BECAUSE: &str = "because";

/// How a learner explains what came out.
pub const LEARNED: &str = "learned";

/// Who it is.
pub const WHO: &str = "who";

/// No text is longer, in characters: a code for a camera has to hold the whole link.
pub const TEXT_MAX: usize = 240;

/// What a learner has answered so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Response {
    /// By question; empty for none. Of a choice, its place, from 1.
    pub said: Vec<String>,
    /// Why.
    pub because: String,
    /// How it is explained afterwards.
    pub learned: String,
    /// Who it is; empty if nobody has said.
    pub who: String,
}

impl Response {
    /// What a link says, and of which lesson; none if it names no lesson.
    pub fn of(decoded: &Decoded) -> Option<(&'static Lesson, Response)> {
        let lesson = lesson::named_in(decoded)?;
        let key = |key: &str| decoded.page.iter().find(|(name, _)| name == key).map_or("", |(_, value)| value);
        let response = Response {
            said: key(SAID).split(',').map(|said| said.trim().to_owned()).collect(),
            because: read(key(BECAUSE)),
            learned: read(key(LEARNED)),
            who: read(key(WHO)),
        };
        Some((lesson, response))
    }

    /// What was answered to the question at this place; empty for nothing.
    pub fn answer(&self, at: usize) -> &str {
        self.said.get(at).map_or("", |said| said)
    }
}

/// A text as a link carries it: what is longer than [`TEXT_MAX`] is cut.
pub fn escaped(text: &str) -> String {
    let mut link = String::new();
    let mut bytes = [0; 4];
    for c in text.trim().chars().take(TEXT_MAX) {
        match c {
            c if c.is_alphanumeric() || c == '-' => link.push(c),
            c if c.is_whitespace() => link.push('_'),
            c => c.encode_utf8(&mut bytes).bytes().for_each(|byte| link += &format!("~{byte:02x}")),
        }
    }
    link
}

/// The text that a link carries. What is no escape stands for itself.
pub fn read(link: &str) -> String {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let (mut bytes, mut rest) = (Vec::new(), link.as_bytes());
    while let [byte, after @ ..] = rest {
        let escaped = match rest {
            [b'~', high, low, ..] => digit(*high).zip(digit(*low)).map(|(high, low)| (16 * high + low) as u8),
            _ => None,
        };
        bytes.push(escaped.unwrap_or(if *byte == b'_' { b' ' } else { *byte }));
        rest = if escaped.is_some() { &rest[3..] } else { after };
    }
    String::from_utf8_lossy(&bytes).chars().take(TEXT_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link;

    #[test]
    fn whatever_somebody_writes_survives_a_link_that_is_passed_on() {
        for text in [
            "They closed it.",
            "100% of \"them\" & more: a=b#c?",
            "(x > 3), y < 4 + ~7f; 50%20",
            "Ärger in der Größe – ✓ 排队",
            "two\nlines",
            "~~_ _",
        ] {
            let escaped = escaped(text);
            let passed_on =
                format!("<https://example.org/?x#v=1&lesson=two-idle&because={escaped}>.").replace('&', "&amp;");
            let (_, response) = Response::of(&link::decode(&passed_on)).expect("a lesson");
            assert_eq!(response.because, text.replace('\n', " "), "{escaped}");
        }
        assert_eq!(escaped("a b"), "a_b");
        assert_eq!(read("100~zz~2"), "100~zz~2", "no escape");
        assert_eq!(read(&escaped(&"x".repeat(1_000))).len(), TEXT_MAX);
        assert_eq!(read("~ff"), "\u{fffd}");
    }
}
