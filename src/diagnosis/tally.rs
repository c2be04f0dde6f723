//! Errors, counted line by line.

use std::collections::BTreeMap;

use super::line::LogLine;
use super::pattern::Watch;
use super::sign::{Cause, Sign, Subject};
use super::{Diagnosis, Finding, count, index, speech};
use crate::facts::Facts;

/// Characters of a line that are kept as a sample.
const SAMPLE_MAX: usize = 300;
/// Lines of a stack trace, at most, between an error and the line that names its cause.
const TRACE_MAX: u64 = 60;

/// What has been counted.
#[derive(Default)]
pub(super) struct Tally {
    lines: u64,
    recognised: u64,
    /// By place in the table: at most one entry for each row.
    rows: BTreeMap<usize, Seen>,
    watch: Watch,
    last: Option<Last>,
    /// A shell's here-document is open, which the word `EOF` ends.
    in_here_document: bool,
}

/// Lines that a row of the table fits.
struct Seen {
    sign: &'static Sign,
    count: u64,
    evidence: String,
    sample: String,
}

/// The line that was recognised last.
struct Last {
    row: usize,
    line: u64,
    count: u64,
}

impl Tally {
    /// How many lines there were.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Whether no error was found.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// A line that is a fact.
    pub fn fact(&mut self) {
        self.lines += 1;
        self.recognised += 1;
    }

    /// A line that may be an error.
    pub fn line(&mut self, text: &str) {
        self.lines += 1;
        if let Some(times) = count::repeats_last(text) {
            return self.repeat(times);
        }
        let (count, rest) = count::count(text);
        let line = LogLine::read(rest);
        self.in_here_document |= speech::opens_here_document(&line.text);
        let ends_it = line.text == "EOF" && std::mem::take(&mut self.in_here_document);
        let Some((row, sign)) = index::first(&line).filter(|_| !ends_it && !speech::only_speaks(&line.text)) else {
            return;
        };
        self.recognised += 1;
        if is_detail(&line.text) && !self.says_more(row) {
            return;
        }
        let seen = self.rows.entry(row).or_insert_with(|| Seen {
            sign,
            count: 0,
            evidence: sign.evidence(&line),
            sample: cut(&line.text),
        });
        seen.count = seen.count.saturating_add(count);
        self.watch.see(sign.causes[0].subject, text);
        self.last = Some(Last { row, line: self.lines, count });
    }

    /// syslog's `last message repeated 12 times`.
    fn repeat(&mut self, times: u64) {
        let Some(last) = self.last.as_ref().filter(|last| last.line + 1 == self.lines) else { return };
        self.recognised += 1;
        let seen = self.rows.get_mut(&last.row).expect("it was counted");
        seen.count = seen.count.saturating_add(times);
    }

    /// A line that names the cause of the error before it is no further error. If its row is the more special one, it
    /// takes the place of that error; this tells whether it is to be counted.
    fn says_more(&mut self, row: usize) -> bool {
        let Some(last) = self.last.take_if(|last| last.line + TRACE_MAX >= self.lines) else { return true };
        if row >= last.row {
            self.last = Some(last);
            return false;
        }
        let before = self.rows.get_mut(&last.row).expect("it was counted");
        before.count = before.count.saturating_sub(last.count);
        if before.count == 0 {
            self.rows.remove(&last.row);
        }
        true
    }

    /// Everything, ranked.
    pub fn finish(self, facts: Facts) -> Diagnosis {
        let mut findings: BTreeMap<Key, Vec<Seen>> = BTreeMap::new();
        for (row, seen) in self.rows {
            findings.entry(Key::new(row, seen.sign)).or_default().push(seen);
        }
        let mut findings: Vec<Finding> = findings.into_values().map(merged).collect();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.count));
        let (lines, recognised) = (self.lines, self.recognised);
        Diagnosis { findings, patterns: self.watch.finish(), facts, lines, recognised }
    }
}

/// What belongs together in one finding: a class as one program prints it; anything else, text by text.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key(Subject, Option<&'static str>, Option<usize>);

impl Key {
    fn new(row: usize, sign: &Sign) -> Key {
        let subject = sign.causes[0].subject;
        Key(subject, sign.program, Some(row).filter(|_| subject.class().is_none()))
    }
}

/// Rows of one class: the causes of the most frequent one first.
fn merged(mut rows: Vec<Seen>) -> Finding {
    rows.sort_by_key(|seen| std::cmp::Reverse(seen.count));
    let mut causes: Vec<&'static Cause> = Vec::new();
    for cause in rows.iter().flat_map(|seen| seen.sign.causes) {
        if causes.iter().all(|known| known.why != cause.why) {
            causes.push(cause);
        }
    }
    let count = rows.iter().fold(0, |sum: u64, seen| sum.saturating_add(seen.count));
    let first = rows.swap_remove(0);
    Finding { count, program: first.sign.program, evidence: first.evidence, sample: first.sample, causes }
}

/// Whether this is the part of a stack trace, or of a printed object, that names the cause of an error.
fn is_detail(text: &str) -> bool {
    const STARTS: [&str; 9] = [
        "Caused by: ",
        "caused by: ",
        "cause: ",
        "[cause]: ",
        "code: ",
        "errno: ",
        "at ",
        "\"code\": ",
        "Suppressed: ",
    ];
    STARTS.iter().any(|start| text.starts_with(start))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SAMPLE_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}
