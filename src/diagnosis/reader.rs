//! A text of any size, read piece by piece into lines of bounded length.

use std::io;

use super::Reading;
use super::tally::Tally;
use crate::facts;

/// Bytes of a line that are looked at; the rest of a longer one is passed over.
pub const LINE_MAX: usize = 16 * 1024;
/// A text of so many lines may be one error that a terminal or a mail program has broken.
const BROKEN_LINES_MAX: u64 = 3;

/// Reads a text that comes in pieces, in an amount of memory that does not depend on its size.
#[derive(Default)]
pub struct Reader {
    /// The line that has not ended yet.
    line: Vec<u8>,
    facts: facts::Reader,
    tally: Tally,
    /// The text so far, while it has few lines.
    beginning: String,
}

impl Reader {
    /// A reader that has read nothing.
    pub fn new() -> Reader {
        Reader::default()
    }

    /// Reads the next piece, which may end anywhere, within a character even.
    pub fn feed(&mut self, mut piece: &[u8]) {
        while let Some(end) = piece.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            self.extend(&piece[..end]);
            self.end_line();
            piece = &piece[end + 1..];
        }
        self.extend(piece);
    }

    /// What all of it says.
    pub fn finish(mut self) -> Reading {
        self.end_line();
        let facts = self.facts.finish();
        if facts.is_empty() && self.tally.is_empty() && self.tally.lines() <= BROKEN_LINES_MAX {
            self.tally = Tally::default();
            self.tally.line(&self.beginning);
        }
        self.tally.finish(facts)
    }

    fn extend(&mut self, bytes: &[u8]) {
        let room = LINE_MAX - self.line.len();
        self.line.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn end_line(&mut self) {
        let bytes = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&bytes);
        if !line.trim().is_empty() {
            if self.tally.lines() < BROKEN_LINES_MAX {
                self.beginning.push_str(&line);
                self.beginning.push(' ');
            }
            match self.facts.line(&line) {
                true => self.tally.fact(),
                false => self.tally.line(&line),
            }
        }
        drop(line);
        self.line = bytes;
        self.line.clear();
    }
}

/// So that `io::copy` can fill it.
impl io::Write for Reader {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.feed(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
