//! Compares the model of this checkout with that of another one: the same links, measured in turns, as ratios.

mod agreement;
mod pairs;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use xshell::cmd;

use self::pairs::{Pairs, interval};
use super::engines::{Engines, program};
use super::in_turns;
use super::measurement::Measurement;
use crate::machine::Machine;
use crate::tools;

/// How to compare.
#[derive(clap::Args)]
pub struct Comparison {
    /// Natively only, without Chromium.
    #[arg(long, requires = "against")]
    native: bool,
    /// Only the case of this name; may be given more than once.
    #[arg(long, requires = "against", value_name = "NAME")]
    case: Vec<String>,
    /// How often each checkout is measured.
    #[arg(long, requires = "against", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000))]
    turns: u32,
}

/// The cases whose costs per event are compared: the cost of many connections.
const CONNECTIONS: [&str; 2] = ["10 connections", "100,000 connections"];

/// Processes of each checkout whose memory is measured. The smallest value counts: single pages vary by chance.
const MEMORY_TURNS: usize = 5;

/// Builds and measures both checkouts, prints how they compare.
pub fn run(machine: &Machine, other: &Path, options: &Comparison) -> Result<()> {
    let other = fs::canonicalize(other).with_context(|| format!("no folder {}", other.display()))?;
    ensure!(
        other.join("benches/Cargo.toml").exists() && other.join("tests/data/golden.txt").exists(),
        "{} is no checkout of this project that has benches/ and tests/data/golden.txt",
        other.display()
    );
    let browser = if options.native { None } else { Some(tools::browser(machine)?) };
    let there = Checkout::build(machine.elsewhere(&other)?, options)?;
    let here = Checkout::build(machine.clone(), options)?;
    let mut cases = options.case.clone();
    cases.dedup();

    let (mut natively, mut in_chromium) = (Pairs::default(), Pairs::default());
    in_turns("both checkouts", options.turns, |turn| {
        natively.measure(turn, [&there, &here], |checkout| checkout.engines.natively(&cases))?;
        let Some(browser) = browser else { return Ok(()) };
        in_chromium.measure(turn, [&there, &here], |checkout| checkout.engines.in_chromium(browser, &cases))
    })?;

    println!("Against {} {}", other.display(), there.commit());
    let engines = [("native", &natively), ("Chromium", &in_chromium)];
    speed(&engines)?;
    memory([&there, &here], &natively)?;
    connections(&engines);
    reports([&there, &here], &natively)
}

/// A checkout, built.
struct Checkout {
    machine: Machine,
    engines: Engines,
    /// The command line, for whole reports.
    connlab: PathBuf,
}

impl Checkout {
    fn build(machine: Machine, options: &Comparison) -> Result<Self> {
        eprintln!("Building {}", machine.root().display());
        let (sh, target) = (&machine.shell, machine.target());
        cmd!(sh, "cargo build --release --bin connlab --target-dir {target}").run()?;
        let engines = if options.native { Engines::native_only } else { Engines::all }(&machine)?;
        Ok(Self { connlab: program(target, "connlab"), machine, engines })
    }

    /// Its commit, where git knows it.
    fn commit(&self) -> String {
        let sh = &self.machine.shell;
        cmd!(sh, "git log -1 --format=(%h)").quiet().ignore_stderr().read().unwrap_or_default()
    }

    fn report(&self, link: &str) -> Result<serde_json::Value> {
        let (sh, connlab) = (&self.machine.shell, &self.connlab);
        Ok(serde_json::from_str(&cmd!(sh, "{connlab} run {link} --json").quiet().ignore_stderr().read()?)?)
    }
}

fn speed(engines: &[(&str, &Pairs)]) -> Result<()> {
    let turns = engines[0].1.turns();
    let (_, certainty) = interval(turns);
    println!(
        "\nWhole runs, from Sim::new to the end: the fastest of each slice over {turns} turns, and the median of the \
         turns' own\nratios with an interval that holds it with {:.0} % certainty.\n",
        certainty * 100.0
    );
    println!(
        "{:22}{:10}{:>10}{:>10}{:>12}   median of turns",
        "case", "engine", "ms there", "ms here", "times as fast"
    );
    for (engine, pairs) in engines {
        for pair in pairs.iter() {
            let [there, here] = pair.best().map(|row| row.slices_ms.sum());
            let [least, median, most] = pair.ratio_of_turns();
            println!(
                "{:22}{engine:10}{there:>10.2}{here:>10.2}{:>15.2}   {median:.2} ({least:.2} to {most:.2})",
                pair.name(),
                there / here
            );
        }
    }
    Ok(())
}

fn memory(checkouts: [&Checkout; 2], pairs: &Pairs) -> Result<()> {
    println!("\nLargest resident set of a process that runs the link, natively.\n");
    println!("{:22}{:>10}{:>10}{:>10}", "case", "MB there", "MB here", "times");
    for pair in pairs.iter() {
        let mut least = [f64::INFINITY; 2];
        for _ in 0..MEMORY_TURNS {
            for (least, checkout) in least.iter_mut().zip(checkouts) {
                let [_, bytes] = checkout.engines.memory(&checkout.machine, &pair.best()[0].link)?;
                *least = least.min(bytes);
            }
        }
        let [there, here] = least;
        println!("{:22}{:>10.2}{:>10.2}{:>10.2}", pair.name(), there / 1e6, here / 1e6, here / there);
    }
    Ok(())
}

/// The cost of an event, and how it grows with the connections.
fn connections(engines: &[(&str, &Pairs)]) {
    let [few, many] = CONNECTIONS;
    for (engine, pairs) in engines {
        let find =
            |name| pairs.iter().find(|pair| pair.name() == name).map(|pair| pair.best().map(Measurement::ns_per_event));
        if let (Some(few), Some(many)) = (find(few), find(many)) {
            let [there, here] = [0, 1].map(|i| many[i] / few[i]);
            println!(
                "\nAn event with 100,000 connections costs {here:.2} times one with 10 ({engine}; there {there:.2}): \
                 {:.1} and {:.1} ns.",
                many[1], few[1]
            );
        }
    }
}

/// Whether the reports of the cases and of the other checkout's golden links are the same.
fn reports(checkouts: [&Checkout; 2], pairs: &Pairs) -> Result<()> {
    let golden = fs::read_to_string(checkouts[0].machine.root().join("tests/data/golden.txt"))?;
    let golden = golden.lines().filter_map(|line| line.splitn(3, ' ').nth(2).filter(|link| link.starts_with("v=1")));
    let cases = pairs.iter().map(|pair| pair.best()[0].link.clone());
    let mut agreement = agreement::Agreement::default();
    for link in cases.chain(golden.map(str::to_owned)) {
        let [there, here] = checkouts.map(|checkout| checkout.report(&link));
        agreement.add(&link, &there?, &here?);
    }
    println!("\n{agreement}");
    Ok(())
}
