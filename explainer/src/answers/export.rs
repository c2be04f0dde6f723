//! A run to take away, by the writers of the command line: as files, and in a few lines for a ticket.

use connlab::checks;
use connlab::export::Document;
use connlab::link::{self, Recipe};
use connlab::question::{File, Ticket};
use connlab::sentence::Sentence;
use connlab::sim::trace::{Trace, Tracer};
use connlab::sim::{Progress, Sim};
use connlab::ticket::Findings;
use connlab::why;

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
        let (recipe, report) = (&self.recipe, self.sim.report());
        let sentence = Sentence::of(&recipe.scenario, &report, &self.sim.series());
        let chain = self.trace.as_ref().and_then(why::chain);
        let cured = Some(&*self.ticket.proposed).filter(|link| !link.is_empty()).map(link::scenario);
        let cure = match &cured {
            Some(cured) => Some((cured, runs.report(cured, budget)?)),
            None => None,
        };
        let findings = Findings {
            recipe,
            sentence: &sentence,
            report: &report,
            chain: chain.as_ref(),
            cure: cure.as_ref().map(|(cured, after)| (*cured, &**after)),
            place: &format!("{}#{}", self.ticket.page, link::encode(recipe)),
        };
        Some(findings.markdown())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use connlab::sim::error::ErrorKind;
    use connlab::sim::report::Report;
    use connlab::words::count;

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
            "What helps: `workers 30`: all failures ",
            "https://example.org/lab/#v=1&p=incident&duration=25s\n",
            &format!("run `{}`, model v1\n", report.fingerprint),
            "```sh\nss -lnt ",
        ] {
            assert!(text.contains(part), "no {part} in:\n{text}");
        }
        assert!((18..=24).contains(&text.lines().count()), "{text}");
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
    fn a_ticket_has_at_most_twenty_four_lines_whatever_failed() {
        let presets = connlab::preset::PRESETS.iter().map(|preset| format!("p={}", preset.name));
        let many = "p=restart&duration=25s&timeout=200ms";
        for link in presets.chain([many.to_string()]) {
            let (report, text) = of_run(&link);
            assert!((5..=24).contains(&text.lines().count()), "{link}\n{text}");
            for row in &report.errors {
                assert!(text.contains(&row.text) || text.contains(row.kind.spec().label), "{link}\n{text}");
            }
            let has_chain = text.contains("- **Why did #");
            assert_eq!(has_chain, report.requests.failed > 0, "{link}\n{text}");
        }
        let (report, text) = of_run(many);
        let rows = text.lines().filter(|line| line.starts_with("| ")).count();
        assert!(report.errors.len() > 3 && rows == 4, "a head and three rows: {text}");
    }
}
