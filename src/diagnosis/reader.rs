//! A text of any size, read piece by piece into lines of bounded length.

use std::io;

use super::Diagnosis;
use super::tally::Tally;
use crate::facts;

/// Bytes of a line that are looked at; the rest of a longer one is passed over.
pub const LINE_MAX: usize = 16 * 1024;
/// Bytes of a JSON document that are kept until its end. Reports of load generators have some tens of thousands.
pub const DOCUMENT_MAX: usize = 1024 * 1024;
/// A text of so many lines may be one error that a terminal or a mail program has broken.
const BROKEN_LINES_MAX: u64 = 3;

/// Reads a text that comes in pieces, in an amount of memory that does not depend on its size.
#[derive(Default)]
pub struct LogReader {
    /// The line that has not ended yet.
    line: Vec<u8>,
    facts: facts::FactReader,
    tally: Tally,
    /// The text so far, while it has few lines.
    beginning: String,
    /// The lines of a JSON document that has not ended yet.
    document: Option<String>,
}

impl LogReader {
    /// A reader that has read nothing.
    pub fn new() -> LogReader {
        LogReader::default()
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
    pub fn finish(mut self) -> Diagnosis {
        self.end_line();
        self.end_document();
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
        match &mut self.document {
            Some(document) => {
                document.push_str(&line);
                document.push('\n');
                if line == "}" || document.len() > DOCUMENT_MAX {
                    self.end_document();
                }
            }
            None if line == "{" => self.document = Some("{\n".into()),
            None if line.starts_with('{') => self.read(&line),
            None => self.read_line(&line),
        }
        drop(line);
        self.line = bytes;
        self.line.clear();
    }

    fn end_document(&mut self) {
        if let Some(document) = self.document.take() {
            self.read(&document);
        }
    }

    /// Reads what may be a report as JSON, or else some lines.
    fn read(&mut self, text: &str) {
        match facts::json::as_printed(text) {
            Some(printed) => printed.lines().for_each(|line| self.read_line(line)),
            None => text.lines().for_each(|line| self.read_line(line)),
        }
    }

    fn read_line(&mut self, line: &str) {
        if line.trim().is_empty() {
            return;
        }
        if self.tally.lines() < BROKEN_LINES_MAX {
            self.beginning.push_str(line);
            self.beginning.push(' ');
        }
        match self.facts.line(line) {
            true => self.tally.fact(),
            false => self.tally.line(line),
        }
    }

    /// Bytes of the text that are held: they do not grow with it.
    pub fn held(&self) -> usize {
        self.line.capacity() + self.beginning.len() + self.document.as_ref().map_or(0, String::len)
    }
}

/// So that `io::copy` can fill it.
impl io::Write for LogReader {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.feed(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
