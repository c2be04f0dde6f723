//! How tests run links.

use connlab::link;
use connlab::sim::Sim;
use connlab::sim::recording::Recording;
use connlab::sim::report::Report;

/// The finished run of a link that must have nothing wrong with it.
pub fn sim(link: &str) -> Sim {
    sim_with(link, Recording::default())
}

/// The finished run of a link with recorded arrivals or service times.
pub fn sim_with(link: &str, recording: Recording) -> Sim {
    let decoded = link::decode(link);
    assert_eq!(decoded.warnings, [], "{link}");
    let mut sim = Sim::with_recording(&decoded.recipe.scenario, recording);
    sim.log_requests();
    sim.run();
    sim
}

/// What the run of a link reports.
pub fn run(link: &str) -> Report {
    sim(link).report()
}

/// Requests that arrive at these milliseconds.
pub fn arrivals(at_ms: &[f64]) -> Recording {
    let lines: Vec<String> = at_ms.iter().map(|ms| format!("{{\"at_ms\": {ms}}}")).collect();
    connlab::recorded::read(&lines.join("\n")).expect("ascending times")
}

/// How many requests failed with this class.
pub fn failed(report: &Report, class: &str) -> u64 {
    report.errors.iter().filter(|row| row.class == class).map(|row| row.count).sum()
}
