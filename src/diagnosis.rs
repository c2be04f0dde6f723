//! Diagnosis: what somebody pasted in, its likely causes out, commonest first, each with a run that shows it.
//!
//! Lines are read one by one: first [`crate::facts`] is asked, which knows tables and summaries; the others are
//! searched for the texts that clients, servers and kernels print, in one table (`diagnosis/table.rs`), and counted. A
//! text that is not in it is not recognised, and nothing is guessed.

mod count;
mod index;
mod line;
mod pattern;
mod print;
mod reader;
mod sign;
mod speech;
mod table;
mod tally;

use std::fmt;

use crate::facts::Facts;
use crate::link;
use crate::preset::Preset;
use crate::sim::error::ErrorKind;

pub use pattern::Pattern;
pub use reader::{DOCUMENT_MAX, LINE_MAX, LogReader};
pub use sign::{Cause, Subject};

/// What is said of a text of which no line is known.
pub const NOT_RECOGNISED: &str = "Not recognised. Paste what a program printed: lines of a log, `ss`, `netstat -s`, \
                                  the summary of a load generator. Nothing is sent anywhere.";

/// How sure a cause is, from the text alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// One cause of several, and not the commonest.
    Possible,
    /// The commonest cause of this text.
    Likely,
    /// The text says it.
    Certain,
}

impl Confidence {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Confidence::Possible => "possible",
            Confidence::Likely => "likely",
            Confidence::Certain => "certain",
        }
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

impl Cause {
    /// The preset that the link starts from, if it names one.
    pub fn preset(&self) -> Option<&'static Preset> {
        link::decode(self.link?).recipe.preset
    }
}

/// Errors of one kind, that one program printed.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// How many there are, the numbers that tools write beside a line included.
    pub count: u64,
    /// Who printed them, if not a Go program or its kernel: `nginx`, `Python`, ...
    pub program: Option<&'static str>,
    /// What in the first of these lines says so.
    pub evidence: String,
    /// That line, perhaps cut.
    pub sample: String,
    /// The causes, likeliest first; never empty.
    pub causes: Vec<&'static Cause>,
}

impl Finding {
    /// What kind of trouble it is, by its likeliest cause.
    pub fn subject(&self) -> Subject {
        self.causes[0].subject
    }
}

/// What a text says.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnosis {
    /// Its errors, the most frequent first.
    pub findings: Vec<Finding>,
    /// What errors of several kinds say together.
    pub patterns: Vec<&'static Pattern>,
    /// What its tables and summaries say.
    pub facts: Facts,
    /// How many lines it has, empty ones apart.
    pub lines: u64,
    /// How many of them told something.
    pub recognised: u64,
}

impl Diagnosis {
    /// Whether anything in it is known.
    pub fn is_recognised(&self) -> bool {
        !self.findings.is_empty() || !self.facts.is_empty()
    }

    /// The class of the most frequent errors.
    pub fn class(&self) -> Option<ErrorKind> {
        self.findings.first()?.subject().class()
    }
}

/// Every link that a diagnosis may open, with the class that its run shows, if it is opened for one.
pub fn links() -> impl Iterator<Item = (&'static str, Option<ErrorKind>)> {
    let causes = table::TABLE.iter().flat_map(|signs| signs.iter()).flat_map(|sign| sign.causes);
    let patterns = pattern::PATTERNS.iter().map(|pattern| (pattern.link, None));
    causes.filter_map(|cause| Some((cause.link?, cause.subject.class()))).chain(patterns)
}

/// Reads a text that is in memory.
pub fn diagnose(text: &str) -> Diagnosis {
    let mut reader = LogReader::new();
    reader.feed(text.as_bytes());
    reader.finish()
}
