//! The command line: the model without the page.
//!
//! Exit status 0 for a run, 1 if an expectation does not hold or `diagnose` recognises nothing, 2 for bad usage with
//! one clear line on stderr. A link with faults runs; each fault is a warning on stderr and in the report.

mod batch;
mod chart;
mod compare;
mod cure;
mod diagnose;
mod lists;
mod load;
mod many;
mod map;
mod output;
mod pcap;
mod png;
mod progress;
mod report;
mod resume;
mod run;
mod settings;
mod ss;
mod sweep;
mod why;

use std::fmt::Display;
use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use connlab::lesson;
use connlab::link::Recipe;

#[derive(Parser)]
#[command(name = "connlab", version, about = "See connection errors appear: a model of Go's HTTP client and Linux TCP")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run a link and print what happened
    Run(run::RunArgs),
    /// Run a link with every combination of some settings and seeds, on all cores: one JSON object a line
    Sweep(sweep::SweepArgs),
    /// Compare two links, or a link with what is pinned in it, with the same seeds: means, differences with their
    /// intervals, and what may be concluded
    Compare(compare::CompareArgs),
    /// Print the sockets at one instant, as ss and nstat print them
    Ss(ss::SsArgs),
    /// Say why requests failed, the first of each class, and what else is remarkable; or why the slowest took so long
    Why(why::WhyArgs),
    /// Run a link's sweep over one or two settings, on all cores, and write it as a map: a picture or a table
    Map(map::MapArgs),
    /// Draw a chart of a run, as SVG or PNG, with link and fingerprint in it
    Chart(chart::ChartArgs),
    /// Write the packets of a run as a capture file (pcapng), for Wireshark, tshark and tcpdump
    Pcap(pcap::PcapArgs),
    /// Say what cures the errors of a link: every change is tried, and shown with what became of all failures
    Cure(cure::CureArgs),
    /// Print a run in a few lines of Markdown, for a ticket or an incident report: what failed and why, what helps and
    /// how much, what to look for in production
    Report {
        /// A link, its fragment or its query
        #[arg(default_value = "")]
        link: String,
    },
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

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    match run(cli.command) {
        Ok(status) => status,
        Err(message) => fail(&message),
    }
}

/// Does what is asked for; or what is wrong with it, in one line.
fn run(command: Command) -> Result<ExitCode, String> {
    let text = match command {
        Command::Run(args) => return run::run(&args),
        Command::Sweep(args) => return sweep::sweep(&args),
        Command::Compare(args) => return compare::compare(&args),
        Command::Ss(args) => ss::ss(&args)?,
        Command::Why(args) => why::why(&args)?,
        Command::Map(args) => return map::map(&args).map(|()| ExitCode::SUCCESS),
        Command::Chart(args) => return chart::chart(&args).map(|()| ExitCode::SUCCESS),
        Command::Pcap(args) => return pcap::pcap(&args).map(|()| ExitCode::SUCCESS),
        Command::Cure(args) => cure::cure(&args)?,
        Command::Report { link } => report::report(&link),
        Command::Diagnose { text } => return diagnose::diagnose(&text),
        Command::Code { link } => settings::code(&link),
        Command::Risks { link } => settings::risks(&link),
        Command::Presets => lists::presets(),
        Command::Params => lists::params(),
    };
    print(&text);
    Ok(ExitCode::SUCCESS)
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
    if line.is_empty() || text.starts_with("See") || !text.starts_with("error") {
        let command = Cli::command();
        let names: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
        return fail(&format!("a command is missing: {} (connlab --help)", names.join(", ")));
    }
    // What is missing stands below the line that says so.
    let below = text.lines().skip(1).take_while(|below| line.ends_with(':') && !below.is_empty()).map(str::trim);
    let below: Vec<&str> = below.collect();
    fail([&[line], &below[..]].concat().join(" ").as_str())
}

fn fail(message: &str) -> ExitCode {
    eprintln!("connlab: {message}");
    ExitCode::from(2)
}

/// One line on stderr for each.
fn warn(warnings: &[impl Display]) {
    warnings.iter().for_each(|warning| eprintln!("connlab: warning: {warning}"));
}

/// What a link describes; what in it could not be used as written is said.
fn recipe(link: &str) -> Recipe {
    let decoded = lesson::decode(link);
    warn(&decoded.warnings);
    decoded.recipe
}
