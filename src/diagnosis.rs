//! Diagnosis: a log line in, its likely causes out, commonest first, each with a run that shows it.
//!
//! Plain search for the texts that Go and its kernels print, in one table (`diagnosis/table.rs`). A text that is not in
//! it is not recognised, and nothing is guessed.

mod line;
mod table;

use std::fmt;

use crate::link;
use crate::preset::Preset;
use crate::sim::error::ErrorKind;
use line::Line;
use table::{Cause, FOREIGN, SIGNS};

/// What is said of a text that is in no row of the table.
pub const NOT_RECOGNISED: &str = "Not recognised. Paste one line that a Go client printed; nothing is sent anywhere.";

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

/// One cause that a text may have.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// The row of the error table; `None` for what is no error of a client in ConnLab.
    pub class: Option<ErrorKind>,
    /// How sure that is.
    pub confidence: Confidence,
    /// What in the text says so.
    pub evidence: String,
    /// What has happened, and what to look at.
    pub why: &'static str,
    /// The link of a run that shows it; `None` for what ConnLab does not model.
    pub link: Option<&'static str>,
}

impl Match {
    /// The preset that the link starts from, if it names one.
    pub fn preset(&self) -> Option<&'static Preset> {
        link::decode(self.link?).scenario.preset
    }

    /// Whether ConnLab can show it.
    pub fn is_modelled(&self) -> bool {
        self.link.is_some()
    }
}

/// What a text says.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnosis {
    /// Its likely causes, likeliest first; empty if the text is not recognised.
    pub matches: Vec<Match>,
    /// For a text without matches, why there are none: unknown, or certainly not Go's.
    pub note: Option<&'static str>,
}

/// Every link that a diagnosis may open, with the class that its run shows, if it is opened for one.
pub fn links() -> impl Iterator<Item = (&'static str, Option<ErrorKind>)> {
    SIGNS.iter().flat_map(|sign| sign.causes).filter_map(|cause| Some((cause.link?, cause.class)))
}

/// Reads a log line, or a few.
pub fn diagnose(text: &str) -> Diagnosis {
    let line = Line::read(text);
    let Some(sign) = SIGNS.iter().find(|sign| sign.is_in(&line)) else {
        let foreign = FOREIGN.iter().find(|(says, _)| says.iter().all(|part| line.text.contains(part)));
        return Diagnosis { matches: Vec::new(), note: Some(foreign.map_or(NOT_RECOGNISED, |(_, note)| note)) };
    };
    let evidence = sign.evidence(&line);
    let as_match = |cause: &Cause| Match {
        class: cause.class,
        confidence: cause.confidence,
        evidence: evidence.clone(),
        why: cause.why,
        link: cause.link,
    };
    Diagnosis { matches: sign.causes.iter().map(as_match).collect(), note: None }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(note) = self.note {
            return writeln!(f, "{note}");
        }
        if let Some(first) = self.matches.first() {
            writeln!(f, "The text has {}.", first.evidence)?;
        }
        for (number, found) in (1..).zip(&self.matches) {
            let class = found.class.map_or("no error of the client", ErrorKind::class);
            writeln!(f, "{number}. {class} ({})", found.confidence)?;
            writeln!(f, "   {}", found.why)?;
            match found.link {
                Some(link) => writeln!(f, "   Open: {link}")?,
                None => writeln!(f, "   ConnLab does not model this.")?,
            }
        }
        Ok(())
    }
}
