//! A reading, for a terminal.

use std::fmt;

use super::{Cause, Diagnosis, Finding, NOT_RECOGNISED};
use crate::words;

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.is_recognised() {
            return writeln!(f, "{NOT_RECOGNISED}");
        }
        write!(f, "{}", self.facts)?;
        for pattern in &self.patterns {
            writeln!(f, "Together: {}.\n   {}\n   Open: {}", pattern.name, pattern.why, pattern.link)?;
        }
        match &self.findings[..] {
            [] => Ok(()),
            [only] if only.count == 1 => alone(f, only),
            findings => ranked(f, self, findings),
        }
    }
}

/// One error: its causes are what is numbered.
fn alone(f: &mut fmt::Formatter<'_>, finding: &Finding) -> fmt::Result {
    writeln!(f, "The text has {}.", finding.evidence)?;
    if let Some(program) = finding.program {
        writeln!(f, "Not a Go client: {program}'s text.")?;
    }
    for (number, cause) in (1..).zip(&finding.causes) {
        writeln!(f, "{number}. {} ({})", cause.subject.name(), cause.confidence)?;
        writeln!(f, "   {}", cause.why)?;
        open(f, cause)?;
    }
    Ok(())
}

/// Many: the kinds of trouble are numbered, by how often they occur.
fn ranked(f: &mut fmt::Formatter<'_>, reading: &Diagnosis, findings: &[Finding]) -> fmt::Result {
    let errors = findings.iter().fold(0, |sum: u64, finding| sum.saturating_add(finding.count));
    let (errors, recognised, lines) =
        (words::count(errors), words::count(reading.recognised), words::count(reading.lines));
    writeln!(f, "{errors} errors; {recognised} of {lines} lines told something.")?;
    for (number, finding) in (1..).zip(findings) {
        let not_go = finding.program.map_or(String::new(), |program| format!(" (not a Go client: {program})"));
        writeln!(f, "{number}. {}{not_go}: {}", finding.subject().name(), words::count(finding.count))?;
        writeln!(f, "   {}", finding.sample)?;
        for cause in &finding.causes {
            let subject = cause.subject.name();
            let other = if cause.subject == finding.subject() { String::new() } else { format!(", {subject}") };
            writeln!(f, "   - {}{other}: {}", cause.confidence, cause.why)?;
            open(f, cause)?;
        }
    }
    Ok(())
}

fn open(f: &mut fmt::Formatter<'_>, cause: &Cause) -> fmt::Result {
    match (cause.link, cause.subject.class()) {
        (Some(link), _) => writeln!(f, "   Open: {link}"),
        (None, Some(_)) => writeln!(f, "   ConnLab does not model this cause."),
        (None, None) => writeln!(f, "   ConnLab does not model this."),
    }
}
