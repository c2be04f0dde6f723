//! A run in a few lines of Markdown: for a ticket, an issue, an incident report.
//!
//! The page copies it and the command line prints it: one text for both.

use std::fmt::Write;

use crate::link::{Recipe, VERSION};
use crate::remedy::{Effect, Symptom, change};
use crate::scenario::Scenario;
use crate::sentence::{Sentence, troubles};
use crate::sim::report::Report;
use crate::sim::trace::words::instant;
use crate::takeaway::watch;
use crate::why::{Chain, ChainStep};
use crate::words::{count, millis, percent, seconds};

/// What is known of a run, and told.
#[derive(Clone, Copy, Debug)]
pub struct Findings<'a> {
    /// What was run.
    pub recipe: &'a Recipe,
    /// What it is, in one sentence.
    pub sentence: &'a Sentence,
    /// What became of it.
    pub report: &'a Report,
    /// Why one of its requests failed.
    pub chain: Option<&'a Chain>,
    /// A change that helps, with what became of the run that has it.
    pub cure: Option<(&'a Scenario, &'a Report)>,
    /// Where to see the same: a link, or the address of a page with it.
    pub place: &'a str,
}

/// What is to be cured first: the commonest error; where nothing failed, what is remarkable.
pub fn suffers_from(report: &Report) -> Option<Symptom> {
    let trouble = || Symptom::named(troubles(report).first()?.name());
    report.errors.first().map(|row| Symptom::Errors(row.kind)).or_else(trouble)
}

/// So many of the last events of a chain are told, the error itself apart.
const LAST_EVENTS: usize = 3;

/// Most rows of the table of errors.
const ROWS_MAX: usize = 3;

impl Findings<'_> {
    /// All of it, in at most 24 lines: what was run, the errors, why, what helps, how to look for it in production,
    /// where it is from.
    pub fn markdown(&self) -> String {
        [self.head(), errors(self.report), self.why(), self.what_helps(), self.how_to_look(), self.origin()].concat()
    }

    /// What was run, and what became of it.
    fn head(&self) -> String {
        let title = self.recipe.preset.map_or("Own settings", |preset| preset.title);
        let settings = self.recipe.scenario.differences();
        let settings = if settings.is_empty() { "all at their defaults".into() } else { settings.join("; ") };
        let run = format!("run `{}`, model v{VERSION}", self.report.fingerprint);
        let sentence = self.sentence;
        format!("**{title}** (simulated, not measured): {sentence}\nSettings: {settings}; {run}\n\n")
    }

    /// Why the request failed: the root, and what came last; the error's text is in the table.
    fn why(&self) -> String {
        let Some(chain) = self.chain else { return String::new() };
        let events = &chain.steps[..chain.steps.len().saturating_sub(1)];
        let (root, others): (Vec<_>, Vec<_>) = events.iter().enumerate().partition(|(_, step)| step.is_root);
        let words = |step: &ChainStep| format!("{}: {}", instant(step.at), step.text);
        let root: String = root.into_iter().map(|(_, step)| words(step)).collect();
        let mut text = format!("- **Why did #{} fail? {root}**\n", count(chain.request.into()));
        for (_, step) in others.into_iter().filter(|(i, _)| i + LAST_EVENTS >= events.len()) {
            let _ = writeln!(text, "- {}", words(step));
        }
        text + "\n"
    }

    /// The change that was tried, with what it did.
    fn what_helps(&self) -> String {
        let Some((cured, after)) = self.cure else { return String::new() };
        let (old, new) = (self.recipe.scenario.differences(), cured.differences());
        let added: Vec<&String> = new.iter().filter(|one| !old.contains(one)).collect();
        let gone: Vec<&String> = old.iter().filter(|one| !new.contains(one)).collect();
        let list = |all: Vec<&String>| all.into_iter().map(|one| format!("`{one}`")).collect::<Vec<_>>().join(", ");
        let what = match (added.is_empty(), gone.is_empty()) {
            (false, true) => list(added),
            (true, _) => format!("{} as by default", list(gone)),
            (false, false) => format!("{} instead of {}", list(added), list(gone)),
        };
        let did = match suffers_from(self.report) {
            Some(subject) if self.report.errors.is_empty() => Effect::between(subject, self.report, after).numbers(),
            _ => format!("all failures {}", change((self.report.requests.failed, after.requests.failed))),
        };
        let p99 = [self.report, after].map(|report| match report.latency_ms.count {
            0 => "no answers".to_string(),
            _ => millis(report.latency_ms.p99),
        });
        format!("What helps: {what}: {did}, p99 {}.\n\n", p99.join(" → "))
    }

    /// The commands that show the commonest error where it really happens.
    fn how_to_look(&self) -> String {
        let Some(row) = self.report.errors.first() else { return String::new() };
        format!("To look for it in production, while it happens:\n\n```sh\n{}```\n\n", watch(row.kind))
    }

    fn origin(&self) -> String {
        format!("{}\n", self.place)
    }
}

/// The errors, the commonest first; where there are too many, the last row has all that are left.
fn errors(report: &Report) -> String {
    let rows = &report.errors;
    if rows.is_empty() {
        return String::new();
    }
    let told = if rows.len() > ROWS_MAX { ROWS_MAX - 1 } else { rows.len() };
    let mut text = String::from("| Error | Count | Share | First at |\n|---|--:|--:|--:|\n");
    let mut row = |error: &str, n: u64, first_ms: f64| {
        let (share, first) = (percent(n, report.requests.failed), seconds(first_ms / 1e3));
        let _ = writeln!(text, "| {error} | {} | {share} | {first} |", count(n));
    };
    for error in &rows[..told] {
        // A bar would end the cell.
        row(&format!("`{}`", error.text.replace('|', "\\|")), error.count, error.first_ms);
    }
    let left = &rows[told..];
    if let Some(first_ms) = left.iter().map(|error| error.first_ms).min_by(f64::total_cmp) {
        let names: Vec<String> =
            left.iter().map(|it| format!("{} {}", count(it.count), it.kind.spec().label)).collect();
        row(&names.join(", "), left.iter().map(|error| error.count).sum(), first_ms);
    }
    text + "\n"
}
