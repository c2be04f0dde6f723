//! Many runs at once, told in their order.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Write};
use std::process::{self, ExitCode};
use std::sync::{Condvar, Mutex, mpsc};
use std::thread;

use connlab::experiment::expectation::Expectation;
use connlab::experiment::field::Field;
use connlab::experiment::record::{self, Heading};
use connlab::sim::Sim;
use connlab::{lesson, link};
use rayon::iter::{ParallelBridge, ParallelIterator};

use crate::fail;

/// Runs that may be done before their turn comes, for each thread: so much is kept in memory, however many there are.
const AHEAD: u64 = 16;

/// How many threads a person asked for, or the machine has.
pub fn threads(wanted: Option<usize>) -> usize {
    wanted.unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from))
}

/// How far the results have been told, for who would run too far ahead.
#[derive(Default)]
struct Told {
    count: Mutex<u64>,
    changed: Condvar,
}

impl Told {
    fn one_more(&self) {
        *self.count.lock().expect("nobody panics with it") += 1;
        self.changed.notify_all();
    }

    fn wait_for(&self, count: u64) {
        let told = self.count.lock().expect("nobody panics with it");
        drop(self.changed.wait_while(told, |told| *told < count).expect("nobody panics with it"));
    }
}

/// Does `work` to each job on so many threads, and hands the results on in the order of the jobs, each as soon as all
/// before it are there. Memory does not depend on how many jobs there are.
pub fn in_order<J: Send, R: Send>(
    jobs: impl Iterator<Item = J> + Send,
    threads: usize,
    work: impl Fn(J) -> R + Sync,
    mut tell: impl FnMut(R),
) -> Result<(), String> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| format!("cannot start {threads} threads: {error}"))?;
    let told = Told::default();
    let ahead = AHEAD * threads as u64;
    let (sender, results) = mpsc::channel();
    thread::scope(|scope| {
        let (told, work, pool) = (&told, &work, &pool);
        scope.spawn(move || {
            let paced = (0_u64..).zip(jobs).inspect(|(number, _)| told.wait_for(number.saturating_sub(ahead)));
            let done = |(number, job)| (number, work(job));
            // Nobody listens any more where telling has failed, which ends the program.
            pool.install(|| paced.par_bridge().map(done).for_each_with(sender, |to, done| drop(to.send(done))));
        });
        let mut early = BTreeMap::new();
        let mut next = 0;
        for (number, result) in results {
            early.insert(number, result);
            while let Some(result) = early.remove(&next) {
                tell(result);
                next += 1;
                told.one_more();
            }
        }
    });
    Ok(())
}

/// A link to be run, and what its line begins with.
pub struct Job {
    pub heading: Heading,
    pub link: String,
    /// What is to be said about it beside the link's own warnings.
    pub notes: Vec<String>,
}

/// A run that has been made.
pub struct Done {
    /// Its line of JSON.
    pub line: String,
    /// Its canonical link.
    pub link: String,
    /// For each expectation, the number that it is about.
    pub numbers: Vec<Option<f64>>,
}

impl Job {
    /// Runs it; what is told of it are these fields, or all.
    pub fn run(self, fields: Option<&[Field]>, expectations: &[Expectation]) -> Done {
        let decoded = lesson::decode(&self.link);
        let (link, scenario) = (link::encode(&decoded.recipe), &decoded.recipe.scenario);
        let mut sim = Sim::new(scenario);
        sim.run();
        let mut report = sim.report();
        let warnings = self.notes.into_iter().chain(decoded.warnings.iter().map(ToString::to_string));
        report.warnings.splice(..0, warnings);
        let line = match fields {
            Some(fields) => record::chosen(&self.heading, &link, scenario, &report, fields),
            None => record::whole(&self.heading, &link, scenario, &report),
        };
        let numbers = expectations.iter().map(|expected| expected.field.number(scenario, &report)).collect();
        Done { line, link, numbers }
    }
}

/// Writes a line, all of it, at once.
pub fn write_line(to: &mut impl Write, line: &str) {
    written(to.write_all(line.as_bytes()).and_then(|()| to.flush()));
}

/// Where something cannot be written the program ends, and with it what others still compute: without a word for a
/// reader that has seen enough (`| head`), as where one run is printed.
pub fn written(result: io::Result<()>) {
    match result {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => process::exit(0),
        Err(error) => leave(&format!("cannot write the output: {error}")),
    }
}

/// Ends the program with what is wrong, without waiting for what others still compute.
pub fn leave(message: &str) -> ! {
    fail(message);
    process::exit(2)
}

/// What is expected of every run, and which did not meet it.
pub struct Tally {
    expectations: Vec<Expectation>,
    runs: u64,
    /// For each, how many runs did not meet it, and the first of them.
    unmet: Vec<(u64, Option<Unmet>)>,
}

/// A run that does not meet what is expected.
struct Unmet {
    link: String,
    /// The number that it is about; none if the run has none.
    value: Option<f64>,
}

impl Tally {
    /// What these arguments ask for.
    pub fn new(texts: &[String]) -> Result<Tally, String> {
        let expectations: Vec<Expectation> = texts
            .iter()
            .map(|text| Expectation::parse(text).map_err(|what| format!("--expect: {what}")))
            .collect::<Result<_, _>>()?;
        let unmet = expectations.iter().map(|_| (0, None)).collect();
        Ok(Tally { expectations, runs: 0, unmet })
    }

    pub fn expectations(&self) -> &[Expectation] {
        &self.expectations
    }

    /// A run more, with the number of each expectation.
    pub fn count(&mut self, link: &str, numbers: &[Option<f64>]) {
        self.runs += 1;
        for ((expected, value), unmet) in self.expectations.iter().zip(numbers).zip(&mut self.unmet) {
            if !expected.holds(*value) {
                unmet.0 += 1;
                unmet.1.get_or_insert_with(|| Unmet { link: link.into(), value: *value });
            }
        }
    }

    /// Names what did not hold, a line each; status 1 if there is any.
    pub fn conclude(&self) -> ExitCode {
        let mut holds = true;
        for (expected, (number, first)) in self.expectations.iter().zip(&self.unmet) {
            let Some(Unmet { link, value }) = first else { continue };
            holds = false;
            let found = value.map_or("there is no value".into(), |value| format!("it is {value}"));
            let runs = self.runs;
            eprintln!(
                "connlab: expected {expected}: not so in {number} of {runs} runs; first in {link}, where {found}"
            );
        }
        ExitCode::from(u8::from(!holds))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
    use std::time::Duration;

    use super::*;

    #[test]
    fn results_come_in_the_order_of_their_jobs_and_none_is_far_ahead() {
        const THREADS: usize = 3;
        let (taken, told) = (AtomicU64::new(0), AtomicU64::new(0));
        let jobs = (0..1_000_u64).inspect(|_| {
            let ahead = taken.fetch_add(1, SeqCst) - told.load(SeqCst);
            assert!(ahead <= AHEAD * THREADS as u64 + 1, "{ahead} jobs are begun and not told");
        });
        // Now and then a job takes until all others that may be done are.
        let work = |job: u64| {
            if job.is_multiple_of(100) {
                thread::sleep(Duration::from_millis(20));
            }
            job * 2
        };
        let mut results = Vec::new();
        in_order(jobs, THREADS, work, |result| {
            results.push(result);
            told.fetch_add(1, SeqCst);
        })
        .expect("threads");
        assert_eq!(results, (0..1_000).map(|job| job * 2).collect::<Vec<_>>());
    }
}
