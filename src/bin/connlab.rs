//! The command line: the model without the page.
//!
//! Exit status 0 for a run, 1 if `diagnose` recognises nothing, 2 for bad usage with one clear line on stderr. A link
//! with faults runs; each fault is a warning on stderr and in the report.

mod progress;

use std::fmt::Display;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::rc::Rc;

use clap::{Args, Parser, Subcommand};
use connlab::checks::{self, Check, Outcome};
use connlab::diagnosis;
use connlab::export::{self, Document};
use connlab::facts;
use connlab::link::{self, Recipe};
use connlab::params::{Group, PARAMS};
use connlab::preset::PRESETS;
use connlab::recorded;
use connlab::remedy::{self, Effect, Symptom};
use connlab::risk::{self, Hazard, Risk};
use connlab::scenario::Scenario;
use connlab::sentence::{self, Sentence, Trouble};
use connlab::sim::Sim;
use connlab::sim::error::{ERRORS, ErrorKind};
use connlab::sim::recording::Recording;
use connlab::sim::report::Report;
use connlab::sockets::{self, SocketHost};
use connlab::summary;
use connlab::takeaway::{takeaway, watch};
use connlab::time::{SimDuration, SimTime};
use connlab::why;
use progress::Meter;

#[derive(Parser)]
#[command(name = "connlab", version, about = "See connection errors appear: a model of Go's HTTP client and Linux TCP")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run a link and print what happened
    Run(RunArgs),
    /// Print the sockets at one instant, as ss and nstat print them
    Ss(SsArgs),
    /// Say why requests failed, the first of each class, and what else is remarkable; or why the slowest took so long
    Why(WhyArgs),
    /// Say what cures the errors of a link: every change is tried, and shown with what became of all failures
    Cure(CureArgs),
    /// Say what log lines mean, and which link shows it; exit status 1 if nothing is recognised
    Diagnose {
        /// The lines, as programs printed them; `-` reads them from standard input
        #[arg(allow_hyphen_values = true)]
        text: String,
    },
    /// Print the settings of a link as Go code and sysctl lines, and the commands that show its errors in production
    Code {
        /// A link, its fragment or its query
        #[arg(default_value = "")]
        link: String,
    },
    /// Say what the settings of a link make possible that a run need not show: how often, why, and what removes it
    Risks {
        /// A link, its fragment or its query
        #[arg(default_value = "")]
        link: String,
    },
    /// List the presets
    Presets,
    /// List the parameters
    Params,
}

#[derive(Args)]
struct RunArgs {
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
    /// Take arrivals and service times from a file of JSON lines: {"at_ms": 12.5, "service_ms": 40}
    #[arg(long, value_name = "FILE.jsonl")]
    arrivals: Option<PathBuf>,
}

#[derive(Args)]
struct SsArgs {
    /// A link, its fragment or its query: 'p=incident&idle=100'
    #[arg(default_value = "")]
    link: String,
    /// The instant, as links write times: 3228ms; without it, the end of the run
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Print the world at that instant as JSON: connections, packets, queues, pools
    #[arg(long, conflicts_with_all = ["server", "client"])]
    json: bool,
    /// Only the server's sockets
    #[arg(long, conflicts_with = "client")]
    server: bool,
    /// Only this client host's sockets, counted from 1
    #[arg(long, value_name = "NUMBER")]
    client: Option<u16>,
}

#[derive(Args)]
struct WhyArgs {
    /// A link, its fragment or its query: 'p=incident&idle=100'
    #[arg(default_value = "")]
    link: String,
    /// Only the first failure of this class: reset, eof, client-timeout, ...
    #[arg(long, conflicts_with = "request")]
    class: Option<String>,
    /// The n-th request that arrives
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    request: Option<u32>,
    /// The request whose answer took longest
    #[arg(long, conflicts_with_all = ["class", "request", "dial"])]
    slow: bool,
    /// The last request that dialed: why it found no connection in the pool
    #[arg(long, conflicts_with_all = ["class", "request"])]
    dial: bool,
    /// Print the whole history of each of these requests instead: every packet with its number, state and call
    #[arg(long)]
    history: bool,
}

#[derive(Args)]
struct CureArgs {
    /// A link, its fragment or its query: 'p=incident&idle=100'
    #[arg(default_value = "")]
    link: String,
    /// Only for this class: reset, eof, client-timeout, ...
    #[arg(long)]
    class: Option<String>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Table {
    /// One row per request
    Requests,
    /// One row per simulated second
    Series,
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let output = match cli.command {
        Command::Run(args) => run(&args),
        Command::Ss(args) => ss(&args),
        Command::Why(args) => why(&args),
        Command::Cure(args) => cure(&args),
        Command::Diagnose { text } => return diagnose(&text),
        Command::Code { link } => Ok(code(&link)),
        Command::Risks { link } => Ok(risks(&recipe(&link))),
        Command::Presets => Ok(presets()),
        Command::Params => Ok(params()),
    };
    match output {
        Ok(text) => {
            print(&text);
            ExitCode::SUCCESS
        }
        Err(message) => fail(&message),
    }
}

fn print(text: &str) {
    // A reader that has seen enough (`| head`) is no error.
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// Help and version go to stdout; everything else is one line on stderr.
fn usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
    match line.is_empty() || text.starts_with("See") || !text.starts_with("error") {
        true => {
            fail("a command is missing: run, ss, why, cure, diagnose, code, risks, presets or params (connlab --help)")
        }
        false => fail(line),
    }
}

fn fail(message: &str) -> ExitCode {
    eprintln!("connlab: {message}");
    ExitCode::from(2)
}

/// One line on stderr for each.
fn warn(warnings: &[impl Display]) {
    warnings.iter().for_each(|warning| eprintln!("connlab: warning: {warning}"));
}

/// What a text says, or standard input.
fn diagnose(text: &str) -> ExitCode {
    let mut reader = diagnosis::LogReader::new();
    let source: &mut dyn Read = if text == "-" { &mut std::io::stdin().lock() } else { &mut text.as_bytes() };
    if let Err(error) = std::io::copy(source, &mut reader) {
        return fail(&format!("cannot read standard input: {error}"));
    }
    let reading = reader.finish();
    print(&reading.to_string());
    print(&facts::agreement(&reading.facts));
    ExitCode::from(u8::from(!reading.is_recognised()))
}

/// What a link describes; what in it could not be used as written is said.
fn recipe(link: &str) -> Recipe {
    let decoded = link::decode(link);
    warn(&decoded.warnings);
    decoded.recipe
}

fn run(args: &RunArgs) -> Result<String, String> {
    let recording = match &args.arrivals {
        Some(path) => read_recording(path)?,
        None => Recording::default(),
    };
    let decoded = link::decode(&args.link);
    let (link, scenario) = (link::encode(&decoded.recipe), &decoded.recipe.scenario);
    let mut warnings: Vec<String> = decoded.warnings.iter().map(ToString::to_string).collect();
    let wanted = decoded.page.iter().find(|(key, _)| key == summary::KEY).map_or("", |(_, value)| value);
    let (thresholds, faults) = summary::thresholds(wanted);
    warnings.extend(faults);
    let end = scenario.params.duration;
    let late = recording.arrivals.iter().filter(|at| at.as_nanos() >= end.as_nanos()).count();
    if late > 0 {
        warnings.push(format!("{late} recorded arrivals are at or after duration={end}. They are left out."));
    }
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

/// Both hosts, or the one that was asked for, and the counters.
fn ss(args: &SsArgs) -> Result<String, String> {
    let mut sim = Sim::new(&recipe(&args.link).scenario);
    let at = match &args.at {
        Some(text) => {
            let time = SimDuration::parse(text).ok_or_else(|| format!("--at {text}: not a time (3228ms, 3.2s)"))?;
            SimTime::ZERO + time
        }
        None => sim.end(),
    };
    if at > sim.end() {
        return Err(format!("--at is after the run's end, {} s", sim.end().as_secs_f64()));
    }
    Meter::new("running").run(&mut sim, at, [0.0, 1.0]);
    let snapshot = sim.snapshot();
    if args.json {
        return export::json(&snapshot);
    }
    let clients = snapshot.clients.len();
    let client = match args.client {
        Some(number) if number == 0 || usize::from(number) > clients => {
            return Err(format!("--client {number}: there are {clients}, counted from 1"));
        }
        number => SocketHost::Client(number.unwrap_or(1) - 1),
    };
    let hosts = match (args.server, args.client) {
        (true, _) => vec![SocketHost::Server],
        (false, Some(_)) => vec![client],
        (false, None) => vec![client, SocketHost::Server],
    };
    Ok(hosts.into_iter().map(|host| sockets::text(&snapshot, host)).collect::<String>() + &sockets::counters(&snapshot))
}

fn why(args: &WhyArgs) -> Result<String, String> {
    let mut sim = Sim::new(&recipe(&args.link).scenario);
    let meter = Meter::new("explaining");
    let asked = match args.request {
        Some(request) => vec![(request, if args.dial { About::Dial } else { About::Outcome })],
        None => {
            let until = sim.end();
            meter.run(&mut sim, until, [0.0, 0.5]);
            asked(&sim, args)?
        }
    };
    let mut chains = Vec::new();
    let count = asked.len() as f64;
    for (number, (request, about)) in asked.into_iter().enumerate() {
        let trace = meter.trace(sim.tracer(request), 0.5 + 0.5 * number as f64 / count);
        if args.history {
            chains.push(trace.to_string());
            continue;
        }
        let (chain, lacks) = match about {
            About::Outcome => (why::chain(&trace), "had no outcome when the run ended"),
            About::Dial => (why::dial(&trace), "did not dial"),
        };
        let chain = chain.ok_or_else(|| format!("request #{request} {lacks}"))?;
        chains.push(chain.to_string());
    }
    let with = args.class.as_ref().map_or(String::new(), |class| format!(" with {class}"));
    Ok(if chains.is_empty() { format!("No request has failed{with}.\n") } else { chains.join("\n") })
}

/// What about a request is to be explained.
#[derive(Clone, Copy)]
enum About {
    /// Its error, or how long its answer took.
    Outcome,
    /// That it dialed.
    Dial,
}

/// The requests that are asked about. Where nothing is asked in particular, the first failed one of each class, the
/// commonest class first, and those of what else is remarkable about the run; where nothing is, the slowest.
fn asked(sim: &Sim, args: &WhyArgs) -> Result<Vec<(u32, About)>, String> {
    let class = args.class.as_deref().map(class_named).transpose()?;
    let report = sim.report();
    let about = |trouble: Trouble| {
        let about = if trouble == Trouble::Dials { About::Dial } else { About::Outcome };
        Some((trouble.request(&report)?, about))
    };
    if args.slow {
        return Ok(about(Trouble::Slow).into_iter().collect());
    }
    if args.dial {
        return Ok(about(Trouble::Dials).into_iter().collect());
    }
    let rows = report.errors.iter().filter(|row| class.is_none_or(|class| row.kind == class));
    let first = rows.filter_map(|row| sim.failures(row.kind).first());
    let mut all: Vec<_> = first.map(|failure| (failure.request, About::Outcome)).collect();
    if class.is_none() {
        all.extend(sentence::troubles(&report).into_iter().filter_map(about));
        all.extend(about(Trouble::Slow).filter(|_| all.is_empty()));
    }
    Ok(all)
}

fn class_named(class: &str) -> Result<ErrorKind, String> {
    ErrorKind::named(class).ok_or_else(|| {
        let classes: Vec<&str> = ERRORS.iter().map(|spec| spec.class).collect();
        format!("no class of errors is {class}: {}", classes.join(", "))
    })
}

/// For each class of the run, or for one, a table of all that was tried.
fn cure(args: &CureArgs) -> Result<String, String> {
    let wanted = args.class.as_deref().map(class_named).transpose()?;
    let scenario = recipe(&args.link).scenario;
    let meter = Meter::new("trying cures");
    let mut runs = Vec::new();
    let before = report_of(&scenario, &mut runs, &meter, [0.0, 0.05]);
    let tables: Vec<_> = (suffers_from(&before, wanted).into_iter())
        .map(|(name, subject)| (name, subject, remedy::remedies(&scenario, subject)))
        .collect();
    let step = 0.95 / tables.iter().map(|(_, _, remedies)| remedies.len()).sum::<usize>() as f64;
    let mut share = 0.05;
    let mut text = Vec::new();
    for (name, subject, remedies) in tables {
        let mut effects = Vec::new();
        for remedy in &remedies {
            let after = report_of(&remedy.scenario, &mut runs, &meter, [share, share + step]);
            effects.push(Effect::between(subject, &before, &after));
            share += step;
        }
        text.push(remedy::text(&name, &remedies, &effects));
    }
    let with = args.class.as_ref().map_or(String::new(), |class| format!(" with {class}"));
    Ok(if text.is_empty() { format!("No request has failed{with}.\n") } else { text.join("\n") })
}

/// What there is to cure, with its name: the errors of a class; or those of all, and what else is remarkable.
fn suffers_from(report: &Report, class: Option<ErrorKind>) -> Vec<(String, Symptom)> {
    let rows = report.errors.iter().filter(|row| class.is_none_or(|class| row.kind == class));
    let mut all: Vec<_> = rows.map(|row| (format!("{}: {}", row.class, row.text), Symptom::Errors(row.kind))).collect();
    let failed = if all.is_empty() { "no request failed" } else { "beside the errors" };
    if class.is_none() {
        let subject = |trouble: &Trouble| Symptom::named(trouble.name()).expect("every trouble can be cured");
        let named = |subject: Symptom| (format!("{failed}: {}", subject.words()), subject);
        all.extend(sentence::troubles(report).iter().map(subject).map(named));
    }
    all
}

/// Runs that have been made.
type Runs = Vec<(Scenario, Rc<Report>)>;

/// The report of a scenario's run: each is run once.
fn report_of(scenario: &Scenario, runs: &mut Runs, meter: &Meter, share: [f64; 2]) -> Rc<Report> {
    if let Some((_, report)) = runs.iter().find(|(known, _)| known == scenario) {
        return report.clone();
    }
    let mut sim = Sim::new(scenario);
    let until = sim.end();
    meter.run(&mut sim, until, share);
    let report = Rc::new(sim.report());
    runs.push((scenario.clone(), report.clone()));
    report
}

fn read_recording(path: &std::path::Path) -> Result<Recording, String> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {shown}: {error}"))?;
    recorded::read(&text).map_err(|error| format!("{shown}: {error}"))
}

/// The files to take away and, for the errors that the run has, how to see them.
fn code(link: &str) -> String {
    let recipe = recipe(link);
    let mut sim = Sim::new(&recipe.scenario);
    let until = sim.end();
    Meter::new("running").run(&mut sim, until, [0.0, 1.0]);
    let mut text = takeaway(&recipe).to_string();
    for (number, row) in sim.report().errors.iter().enumerate() {
        text += if number == 0 { "-- watch.sh --\n" } else { "" };
        text += &format!("# {}\n{}", row.text, watch(row.kind));
    }
    text
}

/// Every risk with its rule and its cure, and the links of both runs.
fn risks(recipe: &Recipe) -> String {
    let block = |risk: &Risk| {
        let Hazard { cure, title, rule, .. } = risk.hazard;
        let (cured, magnified) =
            (link::encode(&recipe.with(&risk.cured)), link::encode(&risk.magnified.clone().into()));
        format!(
            "{title} ({rule})\n  {}.\n  Cure: {cure}\n        {cured}\n  Make it happen:\n        {magnified}\n",
            risk.text
        )
    };
    let blocks: Vec<String> = risk::risks(&recipe.scenario).iter().map(block).collect();
    if blocks.is_empty() { "No risk of the table is in these settings.\n".into() } else { blocks.join("\n") }
}

fn presets() -> String {
    PRESETS.iter().map(|preset| format!("{:<14} {}\n{:<14} {}\n", preset.name, preset.title, "", preset.link)).collect()
}

fn params() -> String {
    let mut text = String::new();
    for group in Group::ALL {
        text += &format!("{}\n", group.title());
        for spec in PARAMS.iter().filter(|spec| spec.group == group) {
            let live = if spec.live { " live" } else { "" };
            let default = spec.describe(spec.default_value());
            text += &format!("  {:<20} {:<28} {default} ({}){live}\n", spec.key, spec.label, spec.range());
        }
    }
    text
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
