//! `connlab run --links FILE --jsonl`: a link a line in, a JSON object a line out.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use connlab::experiment::field::Field;
use connlab::experiment::record::Heading;

use crate::batch::{self, Job, Tally};
use crate::progress::Meter;

/// Bytes of a line that are read: no link is as long.
const LINE_MAX: u64 = 64 * 1024;

#[derive(Args)]
pub struct ManyArgs {
    /// Run the links of a file, one a line, in order; `-` reads them from standard input
    #[arg(long, value_name = "FILE", requires = "jsonl", conflicts_with = "link")]
    links: Option<PathBuf>,
    /// Print each run as one compact JSON object a line
    #[arg(long, conflicts_with_all = ["json", "summary", "csv", "arrivals"])]
    pub jsonl: bool,
    /// What to print of a run: failed,p99_ms,peaks.ports or any path of the JSON report; without it, everything
    #[arg(long, requires = "jsonl", value_name = "FIELDS")]
    fields: Option<String>,
    #[command(flatten)]
    batch: BatchArgs,
}

/// How many runs are made and judged.
#[derive(Args)]
pub struct BatchArgs {
    /// How many runs are made at once; by default, one for each core
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
    /// Exit with status 1 unless every run, of two links those of B, meets this: 'failed_share<=0.01'
    #[arg(long, value_name = "EXPECTATION")]
    pub expect: Vec<String>,
}

impl BatchArgs {
    pub fn threads(&self) -> usize {
        batch::threads(self.jobs.map(usize::from))
    }
}

/// Runs one link, or those of a file.
pub fn run(link: &str, args: &ManyArgs) -> Result<ExitCode, String> {
    let fields = args.fields.as_deref().map(Field::list).transpose().map_err(|what| format!("--fields: {what}"))?;
    let mut tally = Tally::new(&args.batch.expect)?;
    let source: Box<dyn Read + Send> = match &args.links {
        None => Box::new(io::Cursor::new(link.to_owned() + "\n")),
        Some(path) if path.as_os_str() == "-" => Box::new(io::stdin()),
        Some(path) => Box::new(File::open(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?),
    };
    let expectations = tally.expectations().to_vec();
    let mut out = io::stdout().lock();
    let work = |line: io::Result<Job>| line.map(|job| job.run(fields.as_deref(), &expectations));
    let meter = Meter::counting("links run:");
    batch::in_order(Lines::of(source), args.batch.threads(), work, |done| match done {
        Ok(done) => {
            batch::write_line(&mut out, &done.line);
            tally.count(&done.link, &done.numbers);
            meter.one_more();
        }
        Err(error) => batch::leave(&format!("cannot read the links: {error}")),
    })?;
    drop(meter);
    Ok(tally.conclude())
}

/// The lines of a source, each of them a job.
struct Lines {
    source: BufReader<Box<dyn Read + Send>>,
    number: u64,
}

impl Lines {
    fn of(source: Box<dyn Read + Send>) -> Lines {
        Lines { source: BufReader::new(source), number: 0 }
    }

    /// The next line without its end, and whether it was too long to be read to it.
    fn read(&mut self) -> io::Result<Option<(Vec<u8>, bool)>> {
        let mut line = Vec::new();
        if self.source.by_ref().take(LINE_MAX).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let is_cut = line.len() as u64 == LINE_MAX && !line.ends_with(b"\n");
        if is_cut {
            self.source.skip_until(b'\n')?;
        }
        while line.ends_with(b"\n") || line.ends_with(b"\r") {
            line.pop();
        }
        Ok(Some((line, is_cut)))
    }
}

impl Iterator for Lines {
    type Item = io::Result<Job>;

    fn next(&mut self) -> Option<io::Result<Job>> {
        let (line, is_cut) = match self.read() {
            Ok(line) => line?,
            Err(error) => return Some(Err(error)),
        };
        self.number += 1;
        let text = String::from_utf8_lossy(&line);
        let mut notes = Vec::new();
        if text.trim().is_empty() {
            notes.push("This line is empty: these are the defaults.".into());
        }
        if matches!(text, std::borrow::Cow::Owned(_)) {
            notes.push("This line is not UTF-8: what is not stands as \u{fffd}.".into());
        }
        if is_cut {
            notes.push(format!("This line is longer than {LINE_MAX} bytes: the rest is left out."));
        }
        let link = text.into_owned();
        let heading = Heading { number: self.number, given: Some(link.clone()), ..Heading::default() };
        Some(Ok(Job { heading, link, notes }))
    }
}
