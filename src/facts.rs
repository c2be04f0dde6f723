//! Facts: what the output of a tool says that somebody pastes, as numbers, sentences and settings.
//!
//! Each format is recognised by its own form, line by line: sockets and their counts (`ss`, `netstat`), the kernel's
//! counters (`netstat -s`, `nstat`, `/proc/net/netstat`), sysctls, and the summaries of load generators, with ConnLab's
//! own among them. What has no such form yields nothing. How the tools count, and what their numbers do not say, is
//! measured: each of them was run against servers that stall, reset, close and refuse, beside a count at the server.

mod counters;
pub(crate) mod json;
mod kernel;
mod line;
mod load;
mod rank;
mod sockets;
mod trial;

use std::fmt;

use crate::link;
use crate::params::ParamId;
use crate::sim::error::ErrorKind;
use crate::time::{SimDuration, SimTime};
use line::Line;
pub use rank::{Agreement, Measure, Observed, SHOWN_MAX, agreement, rank};
pub use trial::Trials;

/// What a fact is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something is wrong.
    Trouble,
    /// A number that does not mean what it seems to.
    Caution,
    /// A number.
    Note,
}

/// What a tool's output says.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// The tool that printed it.
    pub tool: &'static str,
    /// What it is about, in one to three words.
    pub label: &'static str,
    /// What it is good for.
    pub severity: Severity,
    /// What it says, with its numbers.
    pub says: String,
    /// The numbers, with their names.
    pub numbers: Vec<(&'static str, f64)>,
    /// The classes of errors that it speaks for.
    pub classes: &'static [ErrorKind],
    /// The preset of the run that it is of.
    pub preset: Option<String>,
    /// The settings that it implies, with their values as in a link.
    pub settings: Vec<(ParamId, String)>,
    /// What a run can be compared in, and how much of it there is here.
    pub measure: Option<(Measure, f64)>,
}

/// All facts of a paste.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// The facts, in the order of the text.
    pub found: Vec<Fact>,
}

/// Facts of a paste that are kept. Somebody who pastes a day of `ss` every second is told of the first ones.
const FACTS_MAX: usize = 100;

impl Fact {
    fn new(tool: &'static str, label: &'static str, severity: Severity, says: String) -> Fact {
        let (numbers, settings) = (Vec::new(), Vec::new());
        Fact { tool, label, severity, says, numbers, classes: &[], preset: None, settings, measure: None }
    }

    fn numbers(mut self, numbers: &[(&'static str, f64)]) -> Fact {
        self.numbers = numbers.to_vec();
        self
    }

    fn classes(mut self, classes: &'static [ErrorKind]) -> Fact {
        self.classes = classes;
        self
    }

    fn setting(mut self, param: ParamId, value: impl ToString) -> Fact {
        self.settings.push((param, value.to_string()));
        self
    }

    fn measure(mut self, measure: Measure, value: f64) -> Fact {
        self.measure = Some((measure, value));
        self
    }
}

impl Facts {
    /// Whether nothing was recognised.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The settings that the facts imply, the last value of each, in the order in which they were found.
    fn settings(&self) -> Vec<(ParamId, &str)> {
        let mut settings: Vec<(ParamId, &str)> = Vec::new();
        for (param, value) in self.found.iter().flat_map(|fact| &fact.settings) {
            settings.retain(|(earlier, _)| earlier != param);
            settings.push((*param, value));
        }
        settings
    }

    /// What the facts imply, as in a link: `idle=100`, `p=incident` first.
    pub fn pairs(&self) -> Vec<String> {
        self.pairs_of(&self.settings())
    }

    fn pairs_of(&self, settings: &[(ParamId, &str)]) -> Vec<String> {
        let preset = self.found.iter().rev().find_map(|fact| fact.preset.as_ref());
        let settings = settings.iter().map(|(param, value)| format!("{}={value}", param.spec().key));
        preset.map(|preset| format!("p={preset}")).into_iter().chain(settings).collect()
    }

    /// A link with these settings in place of its own; nothing else of it changes. `None` if there are none.
    ///
    /// A run is not made so short that a change on its timetable would not come.
    pub fn link(&self, visitors: &str) -> Option<String> {
        let own = link::decode(visitors).recipe;
        let last = own.scenario.timetable.last().map(|change| change.at.since(SimTime::ZERO));
        let is_long_enough =
            |value: &str| last.is_none_or(|last| SimDuration::parse(value).is_some_and(|it| it > last));
        let mut settings = self.settings();
        settings.retain(|(param, value)| *param != ParamId::duration || is_long_enough(value));
        let with = self.pairs_of(&settings).join("&");
        (!with.is_empty()).then(|| link::encode(&link::decode(&format!("{}&{with}", link::encode(&own))).recipe))
    }
}

impl fmt::Display for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fact in &self.found {
            match fact.says.starts_with(fact.tool) {
                true => writeln!(f, "{}", fact.says)?,
                false => writeln!(f, "{}: {}", fact.tool, fact.says)?,
            }
        }
        if let Some(link) = self.link("") {
            writeln!(f, "Settings: {}\n   Open: {link}", self.pairs().join("&"))?;
        }
        Ok(())
    }
}

/// A part of the reader that knows some formats. It keeps numbers, never text that grows.
trait Section {
    /// Takes a line if it is of one of its formats. What an output before this one said is then added to `facts`.
    fn line(&mut self, line: &Line, facts: &mut Vec<Fact>) -> bool;
    /// What the output that is under way says.
    fn finish(&mut self, facts: &mut Vec<Fact>);
}

/// Reads a text line by line, in bounded memory.
pub struct FactReader {
    sections: [Box<dyn Section>; 4],
    facts: Vec<Fact>,
}

impl Default for FactReader {
    fn default() -> FactReader {
        FactReader::new()
    }
}

impl FactReader {
    /// A reader that has seen nothing.
    pub fn new() -> FactReader {
        let sections: [Box<dyn Section>; 4] = [
            Box::new(sockets::Sockets::default()),
            Box::new(counters::Counters::default()),
            Box::new(kernel::Sysctls::default()),
            Box::new(load::Load::default()),
        ];
        FactReader { sections, facts: Vec::new() }
    }

    /// Reads a line. Whether it belongs to the output of a tool; error messages in the list of a load generator do not.
    pub fn line(&mut self, line: &str) -> bool {
        let line = Line::read(line);
        let mut taken = false;
        for section in &mut self.sections {
            // Whatever was under way ends with a command.
            if !taken || line.is_command {
                taken |= section.line(&line, &mut self.facts);
            }
        }
        self.facts.truncate(FACTS_MAX);
        taken
    }

    /// What the text said.
    pub fn finish(mut self) -> Facts {
        for section in &mut self.sections {
            section.finish(&mut self.facts);
        }
        let mut found: Vec<Fact> = Vec::new();
        for fact in self.facts {
            // `ss -tan` and `ss -s` of one host say the same twice.
            let is_known = |known: &Fact| (known.label, &known.numbers) == (fact.label, &fact.numbers);
            if !found.iter().any(is_known) {
                found.push(fact);
            }
        }
        found.truncate(FACTS_MAX);
        Facts { found }
    }
}

/// The facts of a whole text.
pub fn facts(text: &str) -> Facts {
    let mut reader = FactReader::new();
    for line in text.lines() {
        reader.line(line);
    }
    reader.finish()
}
