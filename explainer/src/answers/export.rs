//! A run to take away: as files, by the writers of the command line, and in a few lines for a ticket.

use std::fmt::Write;

use connlab::link::{self, VERSION};
use connlab::question::{File, Ticket};
use connlab::scenario::Scenario;
use connlab::sentence::Sentence;
use connlab::sim::report::Report;
use connlab::sim::trace::words::instant;
use connlab::sim::trace::{Trace, Tracer};
use connlab::sim::{Progress, Sim};
use connlab::why;
use connlab::words::{count, millis, percent, seconds};

use crate::runs::Runs;

/// A run that is being made for a file.
pub struct Writing {
    file: File,
    scenario: Scenario,
    sim: Box<Sim>,
}

impl Writing {
    /// Nothing has been computed yet.
    pub fn new(file: File, scenario: Scenario) -> Writing {
        let mut sim = Box::new(Sim::new(&scenario));
        if file == File::Requests {
            sim.log_requests();
        }
        Writing { file, scenario, sim }
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
                let report = self.sim.report().with_checks(&self.scenario);
                connlab::export::json(&report).unwrap_or_else(|fault| fault)
            }
        })
    }
}

/// So many of the last events of a chain are in a ticket, the error itself apart.
const LAST_EVENTS: usize = 3;

/// What is gathered for a ticket.
pub struct Gathering {
    scenario: Scenario,
    ticket: Ticket,
    /// The run itself, for its sentence.
    sim: Box<Sim>,
    tracer: Option<Box<Tracer>>,
    trace: Option<Trace>,
}

impl Gathering {
    /// Nothing has been computed yet.
    pub fn new(ticket: Ticket, scenario: Scenario) -> Gathering {
        let sim = Box::new(Sim::new(&scenario));
        let tracer = ticket.request.map(|request| Box::new(sim.tracer(request)));
        Gathering { scenario, ticket, sim, tracer, trace: None }
    }

    /// The ticket, after about so many more events.
    pub fn advance(&mut self, runs: &mut Runs, budget: u32) -> Option<String> {
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
            link => self.cure(&report, &link::decode(link).scenario, runs, budget)?,
        };
        Some([self.head(&report), errors(&report), self.chain(), cure, self.foot(&report)].concat())
    }

    /// What was run, and what became of it.
    fn head(&self, report: &Report) -> String {
        let title = self.scenario.preset.map_or("Own settings", |preset| preset.title);
        let sentence = Sentence::of(&self.scenario, report, &self.sim.series());
        let settings = self.scenario.differences();
        let settings = if settings.is_empty() { "all at their defaults".into() } else { settings.join("; ") };
        format!("**{title}** (simulated, not measured): {sentence}\nSettings: {settings}\n\n")
    }

    /// Why the request failed that the page explains: the root, and what came last; the error's text is in the table.
    fn chain(&self) -> String {
        let Some(chain) = self.trace.as_ref().and_then(why::chain) else { return String::new() };
        let mut text = format!("Why did #{} fail?\n", count(chain.request.into()));
        let events = &chain.steps[..chain.steps.len().saturating_sub(1)];
        let is_late = |i: usize| i + LAST_EVENTS >= events.len();
        for (_, step) in events.iter().enumerate().filter(|(i, step)| step.is_root || is_late(*i)) {
            let sign = if step.is_root { "**" } else { "" };
            let _ = writeln!(text, "- {sign}{}: {}{sign}", instant(step.at), step.text);
        }
        text + "\n"
    }

    /// The change that was tried, with what it did.
    fn cure(&self, before: &Report, cured: &Scenario, runs: &mut Runs, budget: u32) -> Option<String> {
        let after = runs.report(cured, budget)?;
        let (old, new) = (self.scenario.differences(), cured.differences());
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

    /// Where the run can be seen again.
    fn foot(&self, report: &Report) -> String {
        let Ticket { page, .. } = &self.ticket;
        format!("{page}#{}\nrun `{}`, model v{VERSION}\n", report.link, report.fingerprint)
    }
}

/// The errors, the commonest first.
fn errors(report: &Report) -> String {
    if report.errors.is_empty() {
        return String::new();
    }
    let mut text = String::from("| Error | Count | Share | First at |\n|---|--:|--:|--:|\n");
    for row in &report.errors {
        let (failed, first) = (report.requests.failed, seconds(row.first_ms / 1e3));
        // A bar would end the cell.
        let error = row.text.replace('|', "\\|");
        let _ = writeln!(text, "| `{error}` | {} | {} | {first} |", count(row.count), percent(row.count, failed));
    }
    text + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use connlab::sim::error::ErrorKind;

    fn ticket(link: &str, ticket: Ticket) -> String {
        let mut gathering = Gathering::new(ticket, link::decode(link).scenario);
        let mut runs = Runs::default();
        loop {
            if let Some(text) = gathering.advance(&mut runs, u32::MAX) {
                return text;
            }
        }
    }

    fn file(file: File, link: &str) -> String {
        Writing::new(file, link::decode(link).scenario).advance(u32::MAX).expect("no run has so many events")
    }

    #[test]
    fn a_ticket_has_all_that_somebody_else_needs_to_see_the_same() {
        let link = "p=incident&duration=25s";
        let mut sim = Sim::new(&link::decode(link).scenario);
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
        assert!((12..=17).contains(&text.lines().count()), "{text}");
    }

    #[test]
    fn a_ticket_of_a_run_without_failures_has_neither_table_nor_chain() {
        let text = ticket("p=healthy&duration=2s", Ticket::default());
        assert!(text.contains("0 failed") && !text.contains("| Error") && !text.contains("Why did"), "{text}");
    }

    #[test]
    fn files_are_those_of_the_library() {
        let link = "p=restart&duration=25s";
        let scenario = link::decode(link).scenario;
        let mut sim = Sim::new(&scenario);
        sim.log_requests();
        sim.run();
        let report = sim.report().with_checks(&scenario);
        assert_eq!(file(File::Series, link), connlab::export::series_csv(&report));
        assert_eq!(file(File::Requests, link), connlab::export::requests_csv(&sim));
        assert_eq!(file(File::Json, link), connlab::export::json(&report).unwrap());
        assert!(file(File::Requests, link).lines().count() > 1_000);
    }
}
