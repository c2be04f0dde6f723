//! A visitor's file: read in slices, so that its size does not matter, and told what it says.

use std::io::{ErrorKind, Read};

use connlab::diagnosis::Reader;
use connlab::question::Question;
use maud::{Markup, html};

use super::Step;
use super::diagnosis::Answer;
use crate::runs::Runs;

/// Bytes that are read at once: some milliseconds of work.
const SLICE: usize = 64 * 1024;

/// A file on the way through the diagnosis.
pub struct Reading {
    source: Box<dyn Read>,
    reader: Reader,
    is_begun: bool,
    /// What it says, when it has been read to its end.
    answer: Option<Answer>,
}

impl Reading {
    /// Nothing of it is read yet.
    pub fn new(source: Box<dyn Read>) -> Reading {
        Reading { source, reader: Reader::new(), is_begun: false, answer: None }
    }

    /// Reads a slice, or works on the answer.
    pub fn advance(&mut self, question: &Question, runs: &mut Runs, budget: u32) -> Step {
        if let Some(answer) = &mut self.answer {
            return answer.advance(runs, budget);
        }
        let mut slice = vec![0; SLICE];
        let length = match self.source.read(&mut slice) {
            Ok(length) => length,
            Err(error) if error.kind() == ErrorKind::Interrupted => return Step::More,
            Err(_) => return refused(&question.text, "cannot be read"),
        };
        let slice = &slice[..length];
        // No text has a zero in it, and nearly every program, picture and archive has one near its beginning.
        if !std::mem::replace(&mut self.is_begun, true) && slice.contains(&0) {
            return refused(&question.text, "is not a text");
        }
        self.reader.feed(slice);
        if length == 0 {
            self.answer = Some(Answer::new(std::mem::take(&mut self.reader).finish(), &question.detail));
        }
        Step::More
    }
}

fn refused(name: &str, why: &str) -> Step {
    let says = format!("“{name}” {why}. Paste a few of its lines instead.");
    let markup: Markup = html! { p { (says) } };
    Step::Done(markup.into_string(), says)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn answer(content: &[u8]) -> (String, String) {
        let mut reading = Reading::new(Box::new(Cursor::new(content.to_vec())));
        let question = Question::diagnosis("<b>access.log".to_string(), "");
        let mut runs = Runs::default();
        loop {
            if let Step::Done(html, says) = reading.advance(&question, &mut runs, u32::MAX) {
                return (html, says);
            }
        }
    }

    #[test]
    fn a_file_is_read_as_if_it_had_been_pasted() {
        let line = "Get \"http://a/\": read tcp 10.0.0.1:4->10.0.1.1:80: read: connection reset by peer\n";
        let pasted = Answer::new(connlab::diagnosis::diagnose(line), "").advance(&mut Runs::default(), u32::MAX);
        let Step::Done(html, says) = pasted else { panic!("there is nothing to compare it with") };
        assert_eq!(answer(line.as_bytes()), (html, says));
    }

    #[test]
    fn what_is_no_text_is_refused_by_name() {
        let (html, says) = answer(b"\x7fELF\x02\x01\x01\0\0\0");
        assert_eq!(says, "“<b>access.log” is not a text. Paste a few of its lines instead.");
        assert!(html.contains("&lt;b&gt;access.log"), "{html}");
    }

    #[test]
    fn bytes_that_are_no_utf_8_do_no_harm() {
        let (html, _) = answer(b"caf\xe9 \xff\xfe read: connection reset by peer\n");
        assert!(html.contains("data-class=\"reset\""), "{html}");
    }
}
