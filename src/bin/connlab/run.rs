//! `connlab run`: one run, as text, as tables or as JSON.

use std::process::ExitCode;

use clap::Args;
use connlab::checks::{self, Check, Outcome};
use connlab::export::{self, Document};
use connlab::risk::{self, Risk};
use connlab::sentence::Sentence;
use connlab::sim::Sim;
use connlab::sim::report::Report;
use connlab::summary;
use connlab::{lesson, link};

use crate::load::LoadArgs;
use crate::many::{self, ManyArgs};
use crate::progress::Meter;
use crate::{print, warn};

#[derive(Args)]
pub struct RunArgs {
    /// A link, its fragment or its query: 'p=incident&idle=100'
    #[arg(default_value = "")]
    link: String,
    /// Print the whole report as JSON
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Print the run as load generators do: latencies, histogram, outcomes, thresholds
    #[arg(long, conflicts_with_all = ["json", "csv"])]
    summary: bool,
    /// Print a table as comma-separated values
    #[arg(long, value_name = "TABLE")]
    csv: Option<Table>,
    #[command(flatten)]
    load: LoadArgs,
    #[command(flatten)]
    many: ManyArgs,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Table {
    /// One row per request
    Requests,
    /// One row per simulated second
    Series,
}

pub fn run(args: &RunArgs) -> Result<ExitCode, String> {
    if args.many.jsonl {
        return many::run(&args.link, &args.many);
    }
    print(&one(args)?);
    Ok(ExitCode::SUCCESS)
}

/// One run, in the form that was asked for.
fn one(args: &RunArgs) -> Result<String, String> {
    let decoded = lesson::decode(&args.link);
    let (link, scenario) = (link::encode(&decoded.recipe), &decoded.recipe.scenario);
    let mut warnings: Vec<String> = decoded.warnings.iter().map(ToString::to_string).collect();
    let wanted = decoded.page.iter().find(|(key, _)| key == summary::KEY).map_or("", |(_, value)| value);
    let (thresholds, faults) = summary::thresholds(wanted);
    warnings.extend(faults);
    let (recording, late) = args.load.recording(scenario)?;
    warnings.extend(late);
    let mut sim = Sim::with_recording(scenario, recording);
    if matches!(args.csv, Some(Table::Requests)) {
        sim.log_requests();
    }
    let until = sim.end();
    Meter::new("running").run(&mut sim, until, [0.0, 1.0]);
    let mut report = sim.report();
    report.warnings.splice(..0, warnings);
    warn(&report.warnings);
    let checks = checks::all(scenario, &report);
    match args.csv {
        Some(Table::Series) => Ok(export::series_csv(&report)),
        Some(Table::Requests) => Ok(export::requests_csv(&sim)),
        None if args.json => export::json(&Document::new(&link, &report, &checks)),
        None if args.summary => Ok(summary::text(&link, &report, &scenario.differences(), &thresholds)),
        None => {
            let sentence = Sentence::of(scenario, &report, &sim.series());
            Ok(overview(&sentence, &link, &report, &checks) + &unmet(&risk::unmet(scenario, &report)))
        }
    }
}

/// The report for a reader at a terminal.
fn overview(sentence: &Sentence, link: &str, report: &Report, checks: &[Check]) -> String {
    let (requests, latency) = (&report.requests, &report.latency_ms);
    let mut text = format!(
        "{sentence}\n\nlink         {link}\nfingerprint  {}\nrequests     {} offered, {} ok, {} failed, {} in flight\n",
        report.fingerprint, requests.offered, requests.ok, requests.failed, requests.in_flight
    );
    text += &format!(
        "latency      p50 {} ms, p95 {} ms, p99 {} ms, max {} ms\n",
        latency.p50, latency.p95, latency.p99, latency.max
    );
    text += &format!(
        "connections  {} dials, {} requests on reused ones, peak {} open\n",
        report.connections.dials, report.connections.reused_requests, report.connections.peak_open
    );
    text += &format!("checks       {}\n", checks::summary(checks));
    for check in checks {
        if let Outcome::Outside(found) = &check.finding {
            let (title, simulated, expected) = (check.title, found.simulated, found.expected);
            text += &format!("    outside: {title}: {simulated} {}, expected {expected}\n", check.unit);
        }
    }
    for row in &report.errors {
        text += &format!("{:>8} x   first at {:.3} s  {}\n", row.count, row.first_ms / 1e3, row.text);
    }
    text
}

/// Lines for the risks that the run did not meet.
fn unmet(risks: &[Risk]) -> String {
    risks.iter().map(|risk| format!("risk         {}: {}\n", risk.hazard.title, risk.text)).collect()
}
