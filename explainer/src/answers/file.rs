//! A visitor's file: read in slices, so that its size does not matter, and told what it says.

use std::io::{ErrorKind, Read};

use connlab::diagnosis::LogReader;
use connlab::question::Question;
use maud::{Markup, html};

use super::Advanced;
use super::diagnosis::DiagnosisTask;
use crate::runs::RunCache;

/// Bytes that are read at once: some milliseconds of work.
const SLICE: usize = 64 * 1024;

/// A file on the way through the diagnosis.
pub struct FileTask {
    source: Box<dyn Read>,
    reader: LogReader,
    encoding: Option<Encoding>,
    /// What it says, when it has been read to its end.
    answer: Option<DiagnosisTask>,
}

/// How characters are written; the beginning of the file says it.
#[derive(Clone, Copy)]
enum Encoding {
    /// As nearly everywhere.
    Utf8,
    /// What PowerShell writes into a file; smallest byte first.
    Utf16,
}

impl Encoding {
    /// `None` for what is no text: no text has a zero in it, and nearly every program, picture and archive has one near
    /// its beginning.
    fn of(beginning: &[u8]) -> Option<Encoding> {
        match beginning {
            [0xff, 0xfe, ..] => Some(Encoding::Utf16),
            _ => (!beginning.contains(&0)).then_some(Encoding::Utf8),
        }
    }
}

impl FileTask {
    /// Nothing of it is read yet.
    pub fn new(source: Box<dyn Read>) -> FileTask {
        FileTask { source, reader: LogReader::new(), encoding: None, answer: None }
    }

    /// Reads a slice, or works on the answer.
    pub fn advance(&mut self, question: &Question, runs: &mut RunCache, budget: u32) -> Advanced {
        if let Some(answer) = &mut self.answer {
            return answer.advance(runs, budget);
        }
        let mut slice = vec![0; SLICE];
        let length = match self.source.read(&mut slice) {
            Ok(length) => length,
            Err(error) if error.kind() == ErrorKind::Interrupted => return Advanced::More,
            Err(_) => return refused(&question.text, "cannot be read"),
        };
        let slice = &slice[..length];
        let Some(encoding) = self.encoding.or_else(|| Encoding::of(slice)) else {
            return refused(&question.text, "is not a text");
        };
        self.encoding = Some(encoding);
        match encoding {
            Encoding::Utf8 => self.reader.feed(slice),
            Encoding::Utf16 => {
                let units = slice.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
                let text = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
                self.reader.feed(text.collect::<String>().as_bytes());
            }
        }
        if length == 0 {
            self.answer = Some(DiagnosisTask::new(std::mem::take(&mut self.reader).finish(), &question.detail));
        }
        Advanced::More
    }
}

fn refused(name: &str, why: &str) -> Advanced {
    let says = format!("“{name}” {why}. Paste a few of its lines instead.");
    let markup: Markup = html! { p { (says) } };
    Advanced::Done(markup.into_string(), says)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn answer(content: &[u8]) -> (String, String) {
        let mut reading = FileTask::new(Box::new(Cursor::new(content.to_vec())));
        let question = Question::diagnosis("<b>access.log".to_string(), "");
        let mut runs = RunCache::default();
        loop {
            if let Advanced::Done(html, says) = reading.advance(&question, &mut runs, u32::MAX) {
                return (html, says);
            }
        }
    }

    #[test]
    fn a_file_is_read_as_if_it_had_been_pasted() {
        let line = "Get \"http://a/\": read tcp 10.0.0.1:4->10.0.1.1:80: read: connection reset by peer\n";
        let pasted =
            DiagnosisTask::new(connlab::diagnosis::diagnose(line), "").advance(&mut RunCache::default(), u32::MAX);
        let Advanced::Done(html, says) = pasted else { panic!("there is nothing to compare it with") };
        assert_eq!(answer(line.as_bytes()), (html, says));
    }

    #[test]
    fn what_is_no_text_is_refused_by_name() {
        let (html, says) = answer(b"\x7fELF\x02\x01\x01\0\0\0");
        assert_eq!(says, "“<b>access.log” is not a text. Paste a few of its lines instead.");
        assert!(html.contains("&lt;b&gt;access.log"), "{html}");
    }

    #[test]
    fn what_powershell_writes_into_a_file_is_a_text() {
        let units = "\u{feff}dial tcp: connect: connection refused\r\n".encode_utf16();
        let content: Vec<u8> = units.flat_map(u16::to_le_bytes).collect();
        let (html, _) = answer(&content);
        assert!(html.contains("data-class=\"refused\""), "{html}");
    }

    #[test]
    fn bytes_that_are_no_utf_8_do_no_harm() {
        let (html, _) = answer(b"caf\xe9 \xff\xfe read: connection reset by peer\n");
        assert!(html.contains("data-class=\"reset\""), "{html}");
    }
}
