//! A run to take away: as files, by the writers of the command line, and in a few lines for a ticket.

use std::fmt::Write;

use connlab::checks;
use connlab::export::Document;
use connlab::link::{self, Recipe, VERSION};
use connlab::question::{File, Ticket};
use connlab::scenario::Scenario;
use connlab::sentence::Sentence;
use connlab::sim::report::Report;
use connlab::sim::trace::words::instant;
use connlab::sim::trace::{Trace, Tracer};
use connlab::sim::{Progress, Sim};
use connlab::why::{self, ChainStep};
use connlab::words::{count, millis, percent, seconds};

use crate::runs::RunCache;

/// A run that is being made for a file.
pub struct Writing {
    file: File,
    recipe: Recipe,
    sim: Box<Sim>,
}

impl Writing {
    /// Nothing has been computed yet.
    pub fn new(file: File, recipe: Recipe) -> Writing {
        let mut sim = Box::new(Sim::new(&recipe.scenario));
        if file == File::Requests {
            sim.log_requests();
        }
        Writing { file, recipe, sim }
    }

    /// The file, after about so many more events.
    pub fn advance(&mut self, budget: u32) -> Option<String> {
        if self.sim.advance(self.sim.end(), budget) == Progress::Budget {
            return None;
        }
        Some(match self.file {
            File::Series => connlab::export::series_csv(&self.sim.report()),
            File::Requests => connlab::export::requests_csv(&self.sim),
            File::Json => {
                let report = self.sim.report();
                let checks = checks::all(&self.recipe.scenario, &report);
                let link = link::encode(&self.recipe);
                connlab::export::json(&Document::new(&link, &report, &checks)).unwrap_or_else(|fault| fault)
            }
        })
    }
}

/// So many of the last events of a chain are in a ticket, the error itself apart.
const LAST_EVENTS: usize = 3;

/// What is gathered for a ticket.
pub struct Gathering {
    recipe: Recipe,
    ticket: Ticket,
    /// The run itself, for its sentence.
    sim: Box<Sim>,
    tracer: Option<Box<Tracer>>,
    trace: Option<Trace>,
}

impl Gathering {
    /// Nothing has been computed yet.
    pub fn new(ticket: Ticket, recipe: Recipe) -> Gathering {
        let sim = Box::new(Sim::new(&recipe.scenario));
        let tracer = ticket.request.map(|request| Box::new(sim.tracer(request)));
        Gathering { recipe, ticket, sim, tracer, trace: None }
    }

    /// The ticket, after about so many more events.
    pub fn advance(&mut self, runs: &mut RunCache, budget: u32) -> Option<String> {
        if self.sim.advance(self.sim.end(), budget) == Progress::Budget {
            return None;
        }
        if let Some(tracer) = &mut self.tracer
            && self.trace.is_none()
        {
            self.trace = Some(tracer.advance(budget)?);
        }
        let report = self.sim.report();
        let cure = match &*self.ticket.proposed {
            "" => String::new(),
            link => self.cure(&report, &link::scenario(link), runs, budget)?,
        };
        let place = format!("{}#{}\n", self.ticket.page, link::encode(&self.recipe));
        Some([self.head(&report), errors(&report), self.chain(), cure, place].concat())
    }

    /// What was run, and what became of it.
    fn head(&self, report: &Report) -> String {
        let title = self.recipe.preset.map_or("Own settings", |preset| preset.title);
        let sentence = Sentence::of(&self.recipe.scenario, report, &self.sim.series());
        let settings = self.recipe.scenario.differences();
        let settings = if settings.is_empty() { "all at their defaults".into() } else { settings.join("; ") };
        let run = format!("run `{}`, model v{VERSION}", report.fingerprint);
        format!("**{title}** (simulated, not measured): {sentence}\nSettings: {settings}; {run}\n\n")
    }

    /// Why the request failed that the page explains: the root, and what came last; the error's text is in the table.
    fn chain(&self) -> String {
        let Some(chain) = self.trace.as_ref().and_then(why::chain) else { return String::new() };
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
    fn cure(&self, before: &Report, cured: &Scenario, runs: &mut RunCache, budget: u32) -> Option<String> {
        let after = runs.report(cured, budget)?;
        let (old, new) = (self.recipe.scenario.differences(), cured.differences());
        let added: Vec<&String> = new.iter().filter(|one| !old.contains(one)).collect();
        let gone: Vec<&String> = old.iter().filter(|one| !new.contains(one)).collect();
        let list = |all: Vec<&String>| all.into_iter().map(|one| format!("`{one}`")).collect::<Vec<_>>().join(", ");
        let change = match (added.is_empty(), gone.is_empty()) {
            (false, true) => list(added),
            (true, _) => format!("{} as by default", list(gone)),
            (false, false) => format!("{} instead of {}", list(added), list(gone)),
        };
        let failed = [before, &after].map(|report| count(report.requests.failed));
        let p99 = [before, &after].map(|report| match report.latency_ms.count {
            0 => "no answers".to_string(),
            _ => millis(report.latency_ms.p99),
        });
        Some(format!("What helps: {change}. All failures {}, p99 {}.\n", failed.join(" → "), p99.join(" → ")))
    }
}

/// Most rows of a ticket's errors.
const ROWS_MAX: usize = 3;

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

#[cfg(test)]
mod tests {
    use super::*;
    use connlab::sim::error::ErrorKind;

    fn ticket(link: &str, ticket: Ticket) -> String {
        let mut gathering = Gathering::new(ticket, link::decode(link).recipe);
        let mut runs = RunCache::default();
        loop {
            if let Some(text) = gathering.advance(&mut runs, u32::MAX) {
                return text;
            }
        }
    }

    fn file(file: File, link: &str) -> String {
        Writing::new(file, link::decode(link).recipe).advance(u32::MAX).expect("no run has so many events")
    }

    #[test]
    fn a_ticket_has_all_that_somebody_else_needs_to_see_the_same() {
        let link = "p=incident&duration=25s";
        let mut sim = Sim::new(&link::scenario(link));
        sim.run();
        let (report, request) = (sim.report(), sim.failures(ErrorKind::Reset)[0].request);
        let page = "https://example.org/lab/".to_string();
        let proposed = "v=1&p=incident&duration=25s&workers=30".to_string();
        let text = ticket(link, Ticket { request: Some(request), proposed, page });
        for part in [
            "The incident",
            "(simulated, not measured)",
            "net.core.somaxconn 128",
            "| `Get http://10.0.1.1:80/: read tcp 10.0.1.1:80: connection reset by peer` | ",
            &format!("Why did #{} fail?", count(request.into())),
            "- **",
            "What helps: `workers 30`. All failures ",
            "https://example.org/lab/#v=1&p=incident&duration=25s\n",
            &format!("run `{}`, model v1\n", report.fingerprint),
        ] {
            assert!(text.contains(part), "no {part} in:\n{text}");
        }
        assert!((12..=15).contains(&text.lines().count()), "{text}");
    }

    #[test]
    fn a_ticket_of_a_run_without_failures_has_neither_table_nor_chain() {
        let text = ticket("p=healthy&duration=2s", Ticket::default());
        assert!(text.contains("0 failed") && !text.contains("| Error") && !text.contains("Why did"), "{text}");
    }

    #[test]
    fn files_are_those_of_the_library() {
        let link = "p=restart&duration=25s";
        let scenario = link::scenario(link);
        let mut sim = Sim::new(&scenario);
        sim.log_requests();
        sim.run();
        let report = sim.report();
        let (canonical, checks) = (format!("v=1&{link}"), checks::all(&scenario, &report));
        assert_eq!(file(File::Series, link), connlab::export::series_csv(&report));
        assert_eq!(file(File::Requests, link), connlab::export::requests_csv(&sim));
        assert_eq!(
            file(File::Json, link),
            connlab::export::json(&Document::new(&canonical, &report, &checks)).unwrap()
        );
        assert!(file(File::Requests, link).lines().count() > 1_000);
    }

    /// The ticket of a run's commonest failure, with a change that helps.
    fn of_run(link: &str) -> (Report, String) {
        let mut sim = Sim::new(&link::scenario(link));
        sim.run();
        let report = sim.report();
        let request = report.errors.first().map(|row| sim.failures(row.kind)[0].request);
        let proposed = format!("{link}&workers=300&idle=500");
        let page = "https://example.org/lab/".to_string();
        (report, ticket(link, Ticket { request, proposed, page }))
    }

    #[test]
    fn a_ticket_has_at_most_fifteen_lines_whatever_failed() {
        let presets = connlab::preset::PRESETS.iter().map(|preset| format!("p={}", preset.name));
        let many = "p=restart&duration=25s&timeout=200ms";
        for link in presets.chain([many.to_string()]) {
            let (report, text) = of_run(&link);
            assert!((5..=15).contains(&text.lines().count()), "{link}\n{text}");
            for row in &report.errors {
                assert!(text.contains(&row.text) || text.contains(row.kind.spec().label), "{link}\n{text}");
            }
            let has_chain = text.contains("- **Why did #");
            assert_eq!(has_chain, report.requests.failed > 0, "{link}\n{text}");
        }
        let (report, text) = of_run(many);
        let rows = text.lines().filter(|line| line.starts_with("| ")).count();
        assert!(report.errors.len() > ROWS_MAX && rows == ROWS_MAX + 1, "a head and three rows: {text}");
    }
}
