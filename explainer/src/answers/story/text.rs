//! How wide text is, roughly: a worker cannot measure it.

/// Letters of 11 px in a common sans-serif, a little too wide rather than too narrow.
pub fn width(text: &str, is_strong: bool) -> f64 {
    let plain: f64 = text.chars().map(letter).sum();
    if is_strong { plain * 1.13 } else { plain }
}

fn letter(letter: char) -> f64 {
    match letter {
        ' ' | '.' | ',' | ':' | ';' | '\'' | '"' | '!' | '|' | '(' | ')' | 'i' | 'j' | 'l' | 'f' | 't' | 'r' | 'I' => {
            3.7
        }
        'm' | 'w' | 'M' | 'W' | '@' | '=' | '+' => 9.2,
        'A'..='Z' => 7.8,
        _ => 6.2,
    }
}

/// Text in lines that are at most so wide; a word that is wider is broken.
pub fn wrap(text: &str, room: f64, is_strong: bool) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let joined = if line.is_empty() { word.to_string() } else { format!("{line} {word}") };
        if width(&joined, is_strong) <= room {
            line = joined;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for letter in word.chars() {
            line.push(letter);
            if width(&line, is_strong) > room {
                line.pop();
                lines.push(std::mem::replace(&mut line, letter.to_string()));
            }
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_as_full_as_they_may_be_and_lose_nothing() {
        let text = "connect() fails: http://10.0.1.1:80/a-very-long-path-that-fits-no-line refused";
        let lines = wrap(text, 90.0, false);
        assert!(lines.iter().all(|line| width(line, false) <= 90.0), "{lines:?}");
        assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
        assert!(lines.windows(2).all(|pair| {
            let next = pair[1].split(' ').next().unwrap_or_default();
            width(&format!("{} {next}", pair[0]), false) > 90.0
        }));
    }
}
