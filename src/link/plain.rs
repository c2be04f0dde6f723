//! The text of a link as it was before mail and chat programs wrote it anew: unescaped, and without what stood around.

use percent_encoding::percent_decode_str;

/// Programs that pass a link on escape what was escaped already, but not for ever.
const ROUNDS: usize = 5;

/// What a chat leaves before and behind a link: brackets, quotes, the end of a sentence.
const AROUND: &[char] = &['<', '>', '(', ')', '[', ']', '"', '\'', '`', '“', '”', '.', ',', ';', '!', '?', '*', '|'];

/// Undoes `%3D`, `%253D`, `&amp;` and `+` for a space, and takes away what cannot be seen and what stands around.
///
/// A link has no use for any of these characters, but for the `%` of `0.5%`, which no two digits follow.
#[inline]
pub fn plain(text: &str) -> String {
    let mut text = text.to_string();
    for _ in 0..ROUNDS {
        let once = percent_decode_str(&text).decode_utf8_lossy().replace("&amp;", "&");
        if once == text {
            break;
        }
        text = once;
    }
    let text: String = text.replace(['+', '\t'], " ").chars().filter(|c| !is_invisible(*c)).collect();
    text.trim_matches(|c: char| c.is_whitespace() || AROUND.contains(&c)).to_string()
}

/// Line breaks, as mail wraps lines; other control characters; marks without width, which some programs put in so that
/// a long word may be broken.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_read_as_it_was_before_it_was_passed_on() {
        for text in [
            "p=incident&loss=0.5%&idle=2",
            "p%3Dincident%26loss%3D0.5%25%26idle%3D2",
            "p%253Dincident%2526loss%253D0.5%2525%2526idle%253D2",
            "p=incident&amp;loss=0.5%25&amp;idle=2",
            "p=incident&amp;amp;loss=0.5%&idle=2",
            "p=incident%26amp%3Bloss=0.5%&idle=2",
            "<p=incident&loss=0.5%&idle=2>",
            "(p=incident&loss=0.5%&idle=2).",
            "\u{201c}p=incident&loss=0.5%&idle=2\u{201d}!",
            "p=inci\r\ndent&loss=0.5%&id\u{200b}le=2 ",
        ] {
            assert_eq!(plain(text), "p=incident&loss=0.5%&idle=2", "{text}");
        }
        assert_eq!(plain("timeout=5+s"), "timeout=5 s");
        assert_eq!(plain("https://example.org/lab/%23p=incident"), "https://example.org/lab/#p=incident");
    }

    #[test]
    fn a_terminal_is_told_nothing_by_a_link() {
        assert_eq!(plain("idle=%1B[2J%9B2J%0D"), "idle=[2J\u{fffd}2J");
    }
}
