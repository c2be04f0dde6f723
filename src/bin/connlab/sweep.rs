//! `connlab sweep`: every combination of some settings and seeds.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use connlab::experiment::design::{Axis, Design, Reading, Seeds};
use connlab::experiment::field::Field;
use connlab::experiment::record::Heading;
use connlab::{lesson, link};

use crate::batch::{self, Job, Tally};
use crate::many::BatchArgs;
use crate::progress::Meter;
use crate::resume::{self, Resumed};
use crate::warn;

/// What is told of a run where nothing else is asked for.
const FIELDS: &str = "failed_share,goodput,p50_ms,p99_ms,dials_per_s,peaks.accept_queue";

#[derive(Args)]
pub struct SweepArgs {
    /// A link, its fragment or its query; its own x.KEY=, y.KEY=, z= and n= count too
    #[arg(default_value = "")]
    link: String,
    /// A setting and its values: idle=1,2,5, somaxconn=64..4096 (both ends and the slider's stops between) or somaxconn
    /// (all stops); the first one changes slowest
    #[arg(long, value_name = "KEY=VALUES")]
    vary: Vec<String>,
    /// The seeds of every combination, both ends included; without it, those of the link: its own and the n - 1 next
    #[arg(long, value_name = "FIRST..LAST")]
    seeds: Option<String>,
    /// Print the links, and run none
    #[arg(long, conflicts_with_all = ["resume", "fields", "expect", "jobs"])]
    list: bool,
    /// Only the K-th of N parts: the runs number K, K + N, K + 2 N, ...
    #[arg(long, value_name = "K/N")]
    shard: Option<String>,
    /// Write to this file instead, and run only what it does not have yet; a last line that was cut short is run again
    #[arg(long, value_name = "FILE.jsonl")]
    resume: Option<PathBuf>,
    /// What to print of a run: failed,p99_ms,peaks.ports or any path of the JSON report
    #[arg(long, value_name = "FIELDS")]
    fields: Option<String>,
    #[command(flatten)]
    batch: BatchArgs,
}

pub fn sweep(args: &SweepArgs) -> Result<ExitCode, String> {
    let (design, seeds) = design(args)?;
    let Shard { part, parts } = args.shard.as_deref().map_or(Ok(Shard { part: 0, parts: 1 }), Shard::parse)?;
    let runs = (part..design.runs(seeds)).step_by(parts as usize);
    if args.list {
        let mut out = io::BufWriter::new(io::stdout().lock());
        for index in runs {
            batch::written(writeln!(out, "{}", link::encode(&design.run(seeds, index).recipe)));
        }
        batch::written(out.flush());
        return Ok(ExitCode::SUCCESS);
    }
    let mut tally = Tally::new(&args.batch.expect)?;
    let usual = design.measure.map_or(FIELDS.into(), |measure| format!("{},{FIELDS}", measure.key));
    let names = args.fields.as_ref().unwrap_or(&usual);
    let mut fields = Field::list(names).map_err(|what| format!("--fields: {what}"))?;
    for expected in tally.expectations() {
        if !fields.iter().any(|field| field.name == expected.field.name) {
            fields.push(expected.field.clone());
        }
    }
    let job = |index: u64| {
        let run = design.run(seeds, index);
        let heading = Heading { number: index + 1, given: None, settings: run.settings, seed: Some(run.seed) };
        Job { heading, link: link::encode(&run.recipe), notes: Vec::new() }
    };
    let (mut out, done): (Box<dyn Write>, Vec<bool>) = match &args.resume {
        None => (Box::new(io::stdout().lock()), Vec::new()),
        Some(path) => {
            let Resumed { file, done } = resume::open(path, &fields, &mut tally, design.runs(seeds), &job)?;
            (Box::new(file), done)
        }
    };
    let is_missing = |index: &u64| !done.get(*index as usize).is_some_and(|done| *done);
    let total = runs.clone().filter(is_missing).count() as f64;
    let expectations = tally.expectations().to_vec();
    let work = |job: Job| job.run(Some(&fields), &expectations);
    let (meter, mut told) = (Meter::beside_lines("sweeping"), 0.0);
    batch::in_order(runs.filter(is_missing).map(job), args.batch.threads(), work, |done| {
        batch::write_line(&mut out, &done.line);
        tally.count(&done.link, &done.numbers);
        told += 1.0;
        meter.is_at(told / total);
    })?;
    drop(meter);
    Ok(tally.conclude())
}

/// What is to be run: what the link says, and then the arguments.
fn design(args: &SweepArgs) -> Result<(Design, Seeds), String> {
    let decoded = lesson::decode(&args.link);
    warn(&decoded.warnings);
    let Reading { mut design, notes, faults } = Design::of(&decoded);
    warn(&notes);
    if let Some(fault) = faults.into_iter().next() {
        return Err(fault);
    }
    for text in &args.vary {
        let (key, values) = text.split_once('=').unwrap_or((text, ""));
        let (axis, warnings) = Axis::parse(key.trim(), values).map_err(|what| format!("--vary: {what}"))?;
        warn(&warnings);
        design.axes.push(axis);
    }
    let seeds = args.seeds.as_deref().map_or_else(|| Ok(design.seeds()), Seeds::parse);
    let seeds = seeds.map_err(|what| format!("--seeds: {what}"))?;
    design.check(seeds)?;
    Ok((design, seeds))
}

/// One of several parts of equal size.
struct Shard {
    /// Which, from 0.
    part: u64,
    parts: u64,
}

impl Shard {
    fn parse(text: &str) -> Result<Shard, String> {
        let wrong = || format!("--shard {text}: a part and the number of parts, such as 3/16");
        let (part, parts) = text.split_once('/').ok_or_else(wrong)?;
        let read = |number: &str| number.trim().parse::<u64>().map_err(|_| wrong());
        let (part, parts) = (read(part)?, read(parts)?);
        if part == 0 || part > parts {
            return Err(format!("--shard {text}: there are parts 1/{parts} to {parts}/{parts}"));
        }
        Ok(Shard { part: part - 1, parts })
    }
}
