//! Pictures of a run to take away: each an SVG document of its own, which says where it comes from, in words below it
//! and in its metadata.
//!
//! [`chart()`] makes one of a chart, [`map()`] one of a sweep; whatever else is drawn gets the same frame by
//! [`Frame::around`].

mod chart;
mod map;
mod shapes;

use std::fmt::Write;

use plotters::style::RGBColor;

use crate::chart::Theme;
pub use chart::{Pictured, chart};
pub use map::{Swept, map};

/// What a picture is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// To be read: with the link below it, and as high as it needs to be.
    Document,
    /// To be seen from afar, on a slide: 16 to 9, few words, large.
    Thumbnail,
}

/// What stands around a picture.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// What it is called.
    pub title: &'a str,
    /// Below the title; may be empty.
    pub sentence: &'a str,
    /// What is to be seen, for those who do not see it.
    pub description: &'a str,
    /// The link that shows the same again.
    pub link: &'a str,
    /// The fingerprint of the link's run.
    pub fingerprint: &'a str,
    /// What it is made for.
    pub form: Form,
    /// Its colours.
    pub theme: &'static Theme,
}

/// The width of a picture, in pixels at its own size.
pub const WIDTH: i32 = 960;
/// The height of a thumbnail.
const THUMBNAIL: i32 = WIDTH * 9 / 16;
/// To the left and right of what is written.
const MARGIN: i32 = 16;
/// Those of the page (`static/style.css`).
const FONTS: &str = "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

/// The size of letters, in pixels: of the title, the sentence, what belongs to the picture, and where it comes from.
struct Sizes {
    title: i32,
    sentence: i32,
    label: i32,
    origin: i32,
}

impl Form {
    fn sizes(self) -> Sizes {
        match self {
            Form::Document => Sizes { title: 17, sentence: 13, label: 12, origin: 11 },
            Form::Thumbnail => Sizes { title: 38, sentence: 25, label: 22, origin: 17 },
        }
    }
}

/// From one line of text to the next.
fn line_height(size: i32) -> i32 {
    size + size * 2 / 5
}

impl Frame<'_> {
    /// The whole document, around a body of this height. The body is SVG from `(0, 0)` on, [`WIDTH`] wide.
    pub fn around(&self, height: i32, body: &str) -> String {
        let (head, foot) = (self.head(), self.foot());
        let top = self.top();
        let whole = top + height + self.bottom();
        let surface = hex(self.theme.surface);
        let [title, description, link, fingerprint] =
            [self.title, self.description, self.link, self.fingerprint].map(escaped);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{whole}\" \
             viewBox=\"0 0 {WIDTH} {whole}\" role=\"img\" font-family=\"{FONTS}\">\n\
             <title>{title}</title>\n<desc>{description}</desc>\n\
             <metadata><run xmlns=\"urn:connlab\" link=\"{link}\" fingerprint=\"{fingerprint}\"/></metadata>\n\
             <rect width=\"{WIDTH}\" height=\"{whole}\" fill=\"{surface}\"/>\n"
        );
        let mut y = MARGIN / 2;
        for (ink, line) in head {
            y += line_height(ink.size);
            svg += &ink.text((MARGIN, y - ink.size / 5), &line);
        }
        let _ = write!(svg, "<g transform=\"translate(0 {top})\">\n{body}</g>\n");
        y = top + height;
        for (ink, line) in foot {
            y += line_height(ink.size);
            svg += &ink.text((MARGIN, y), &line);
        }
        svg + "</svg>\n"
    }

    /// The height that a body has in a thumbnail.
    fn room(&self) -> i32 {
        THUMBNAIL - self.top() - self.bottom()
    }

    /// Where the body begins.
    fn top(&self) -> i32 {
        MARGIN / 2 + self.head().iter().map(|(ink, _)| line_height(ink.size)).sum::<i32>()
    }

    /// The height of all that is below it.
    fn bottom(&self) -> i32 {
        MARGIN + self.foot().iter().map(|(ink, _)| line_height(ink.size)).sum::<i32>()
    }

    /// Title and sentence, line by line.
    fn head(&self) -> Vec<(Ink, String)> {
        let sizes = self.form.sizes();
        let title = Ink::new(sizes.title, self.theme.ink).strong();
        let sentence = Ink::new(sizes.sentence, self.theme.ink_2);
        let of = |ink: Ink, text: &str| ink.wrapped(text).into_iter().map(move |line| (ink, line));
        of(title, self.title).chain(of(sentence, self.sentence)).collect()
    }

    /// Where the picture comes from, line by line. On a slide nobody can read a link.
    fn foot(&self) -> Vec<(Ink, String)> {
        let ink = Ink::new(self.form.sizes().origin, self.theme.ink_2);
        let run = format!("ConnLab, simulated, not measured: run {}", self.fingerprint);
        let text = if self.form == Form::Thumbnail { run } else { format!("{run}, {}", self.link) };
        ink.wrapped(&text).into_iter().map(|line| (ink, line)).collect()
    }
}

/// How something is written.
#[derive(Clone, Copy)]
struct Ink {
    size: i32,
    weight: i32,
    color: RGBColor,
    /// Which part of the text is where it is put: `start`, `middle` or `end`.
    anchor: &'static str,
}

impl Ink {
    fn new(size: i32, color: RGBColor) -> Ink {
        Ink { size, weight: 400, color, anchor: "start" }
    }

    fn strong(self) -> Ink {
        Ink { weight: 600, ..self }
    }

    fn anchored(self, anchor: &'static str) -> Ink {
        Ink { anchor, ..self }
    }

    fn text(self, (x, y): (i32, i32), words: &str) -> String {
        let Ink { size, weight, color, anchor } = self;
        format!(
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" font-weight=\"{weight}\" text-anchor=\"{anchor}\" \
             fill=\"{}\">{}</text>\n",
            hex(color),
            escaped(words)
        )
    }

    /// About how wide a text is: SVG cannot be asked, and fonts differ. No usual one is wider, taken over a few words.
    fn width(self, words: &str) -> i32 {
        words.chars().count() as i32 * self.size * 3 / 5
    }

    /// Lines that are no wider than a picture, broken behind a space or, in links, behind a part.
    fn wrapped(self, text: &str) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for part in text.split_inclusive([' ', '&']) {
            match lines.last_mut() {
                Some(line) if self.width(line) + self.width(part.trim_end()) <= WIDTH - 2 * MARGIN => {
                    line.push_str(part)
                }
                _ => lines.push(part.to_string()),
            }
        }
        lines
    }
}

fn hex(RGBColor(r, g, b): RGBColor) -> String {
    format!("#{r:02X}{g:02X}{b:02X}")
}

/// Text as XML may have it, also between quotation marks.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            // XML has no way to write these.
            letter if letter.is_control() || matches!(letter, '\u{FFFE}' | '\u{FFFF}') => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests;
