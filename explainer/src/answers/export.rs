//! A run to take away, by the writers of the command line: as files, and in a few lines for a ticket.

mod capture;
pub mod map;
mod picture;

use connlab::checks;
use connlab::export::Document;
use connlab::link::{self, Recipe};
use connlab::question::{File, Question, Ticket};
use connlab::sentence::Sentence;
use connlab::sim::trace::{Trace, Tracer};
use connlab::sim::{Progress, Sim};
use connlab::ticket::Findings;
use connlab::why;

use self::capture::Capturing;
use self::map::Mapping;
use self::picture::Drawing;
use crate::runs::RunCache;

/// A file under way.
pub enum Writing {
    /// Of numbers, once a run is there.
    Numbers(File, Box<(Recipe, Sim)>),
    /// Packets.
    Capture(Box<Capturing>),
    /// A chart.
    Picture(Box<Drawing>),
    /// The map of a sweep.
    Map(Mapping),
}

/// What became of a file.
pub enum Written {
    /// This is what is in it.
    Bytes(Vec<u8>),
    /// It is made from the picture that this address means.
    Picture(String),
    /// There is none, and why: a sentence.
    Not(String),
}

impl Writing {
    /// What this question asks for; nothing has been computed yet.
    pub fn new(question: &Question) -> Option<Writing> {
        let decoded = link::decode(&question.text);
        if let Some(request) = question.asked_capture() {
            return Some(Writing::Capture(Box::new(Capturing::new(decoded.recipe, Some(request)))));
        }
        if let Some(mapping) = Mapping::new(&question.detail, &question.text) {
            return Some(Writing::Map(mapping));
        }
        match question.asked_file() {
            Some(File::Capture) => Some(Writing::Capture(Box::new(Capturing::new(decoded.recipe, None)))),
            Some(file) => {
                let mut sim = Sim::new(&decoded.recipe.scenario);
                if file == File::Requests {
                    sim.log_requests();
                }
                Some(Writing::Numbers(file, Box::new((decoded.recipe, sim))))
            }
            None => Drawing::new(&question.detail, &decoded).map(|drawing| Writing::Picture(Box::new(drawing))),
        }
    }

    /// The file, after about so many more events.
    pub fn advance(&mut self, runs: &mut RunCache, budget: u32) -> Option<Written> {
        match self {
            Writing::Capture(capturing) => capturing.advance(runs, budget),
            Writing::Picture(drawing) => drawing.advance(budget),
            Writing::Map(mapping) => mapping.advance(runs, budget),
            Writing::Numbers(file, run) => {
                let (recipe, sim) = &mut **run;
                let is_there = sim.advance(sim.end(), budget) != Progress::Budget;
                is_there.then(|| Written::Bytes(numbers(*file, recipe, sim).into_bytes()))
            }
        }
    }
}

fn numbers(file: File, recipe: &Recipe, sim: &Sim) -> String {
    let report = sim.report();
    match file {
        File::Series => connlab::export::series_csv(&report),
        File::Requests => connlab::export::requests_csv(sim),
        File::Json | File::Capture => {
            let checks = checks::all(&recipe.scenario, &report);
            let link = link::encode(recipe);
            connlab::export::json(&Document::new(&link, &report, &checks)).unwrap_or_else(|fault| fault)
        }
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

    fn written(name: &str, link: &str) -> Written {
        let mut writing = Writing::new(&Question::file(name, link.into())).expect("a file");
        let mut runs = RunCache::default();
        loop {
            if let Some(written) = writing.advance(&mut runs, 5_000) {
                return written;
            }
        }
    }

    fn bytes(name: &str, link: &str) -> Vec<u8> {
        match written(name, link) {
            Written::Bytes(bytes) => bytes,
            Written::Picture(other) | Written::Not(other) => panic!("{name}: {other}"),
        }
    }

    fn file(file: File, link: &str) -> String {
        String::from_utf8(bytes(file.name(), link)).expect("a text")
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

    #[test]
    fn packets_are_those_of_the_request_that_is_asked_for_or_of_the_run() {
        let link = "p=restart&duration=25s";
        let [run, request] = [File::Capture.name(), &File::capture_of(17)].map(|name| bytes(name, link));
        for capture in [&run, &request] {
            assert_eq!(capture[..4], [0x0A, 0x0D, 0x0D, 0x0A], "a section header");
            assert!(String::from_utf8_lossy(capture).contains("v=1&p=restart&duration=25s"), "the link is in it");
        }
        assert!(request.len() < 10_000 && run.len() > 100 * request.len(), "{} of {}", request.len(), run.len());
        // Twenty at once, of which one has the only connection until all give up.
        let waits = "load=burst&burst=20&burst-every=1s&max-conns=1&timeout=90ms&service=900ms&duration=1s";
        let Written::Not(why) = written(&File::capture_of(3), waits) else { panic!("it has packets") };
        assert_eq!(why, "Request #3 never had a connection: there is no packet of it.");
    }

    #[test]
    fn pictures_are_named_by_chart_and_look_and_have_what_is_pinned() {
        let link = "p=incident&duration=25s&pin.idle=9";
        let [light, dark] =
            ["latency.svg", "latency-dark.svg"].map(|name| String::from_utf8(bytes(name, link)).unwrap());
        assert!(
            light != dark && light.contains("link=\"v=1&amp;p=incident&amp;duration=25s&amp;pin.idle=9\""),
            "{light}"
        );
        for name in ["queues.png", "queues-slide.png"] {
            let Written::Picture(url) = written(name, link) else { panic!("{name} is no picture") };
            assert!(url.starts_with("data:image/svg+xml") && !url.contains('#'), "{name}: {url}");
        }
        for name in ["scene.svg", "latency", "latency.gif", "latency-blue.svg"] {
            assert!(Writing::new(&Question::file(name, link.into())).is_none(), "{name}");
        }
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
