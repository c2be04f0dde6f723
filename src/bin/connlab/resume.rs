//! A file of finished runs, taken up again: what it has is not run a second time.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufRead, BufReader};
use std::path::Path;

use connlab::experiment::field::Field;
use serde_json::Value;

use crate::batch::{Job, Tally};
use crate::warn;

/// A file to which the missing runs are added.
pub struct Resumed {
    /// What is written goes behind its last whole line.
    pub file: File,
    /// For each run, whether the file has it.
    pub done: Vec<bool>,
}

/// Opens it, or makes it, and checks that every line in it is a run of this sweep with these fields. A last line
/// without an end was cut short, as by a kill: it is taken away. Nothing else of the file is touched.
///
/// # Errors
/// The line that is broken, and how.
pub fn open(
    path: &Path,
    fields: &[Field],
    tally: &mut Tally,
    runs: u64,
    job: &impl Fn(u64) -> Job,
) -> Result<Resumed, String> {
    let shown = path.display();
    let cannot = |error: std::io::Error| format!("cannot use {shown}: {error}");
    let file = OpenOptions::new().read(true).append(true).create(true).open(path).map_err(cannot)?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => return Err(format!("another connlab is writing to {shown}")),
        // A file system without locks is no reason to refuse.
        Err(TryLockError::Error(_)) | Ok(()) => {}
    }
    let mut done = vec![false; runs as usize];
    let (mut whole, mut number) = (0, 0);
    let mut reader = BufReader::new(&file);
    let mut line = Vec::new();
    loop {
        line.clear();
        let length = reader.read_until(b'\n', &mut line).map_err(cannot)? as u64;
        if length == 0 {
            break;
        }
        number += 1;
        if !line.ends_with(b"\n") {
            if !begins_a_run(&line) {
                return Err(format!("{shown}, line {number}: it is no line of a sweep, and would be lost"));
            }
            warn(&[format!("{shown}: line {number} was cut short and is run again")]);
            break;
        }
        whole += length;
        let index = check(&line, fields, tally, runs, job, number == 1)
            .and_then(
                |index| if done[index as usize] { Err("it has a run that another line has".into()) } else { Ok(index) },
            )
            .map_err(|what| format!("{shown}, line {number}: {what}"))?;
        done[index as usize] = true;
    }
    file.set_len(whole).map_err(cannot)?;
    Ok(Resumed { file, done })
}

/// Whether this is what a line that was cut short begins with: what else stands there is somebody's, and stays.
fn begins_a_run(line: &[u8]) -> bool {
    const BEGIN: &[u8] = b"{\"number\":";
    line.starts_with(BEGIN) || BEGIN.starts_with(line)
}

/// Which run a line is; counted as one that has been made.
fn check(
    line: &[u8],
    fields: &[Field],
    tally: &mut Tally,
    runs: u64,
    job: &impl Fn(u64) -> Job,
    is_first: bool,
) -> Result<u64, String> {
    let record: Value = serde_json::from_slice(line).map_err(|_| "it is no JSON object")?;
    let number = record["number"].as_u64().filter(|number| (1..=runs).contains(number));
    let number = number.ok_or_else(|| format!("its number is none of the runs 1 to {runs}"))?;
    let job = job(number - 1);
    if record["link"].as_str() != Some(&job.link) {
        return Err(format!("its link is not that of run {number} of this sweep, {}", job.link));
    }
    if let Some(field) = fields.iter().find(|field| record.get(&field.name).is_none()) {
        return Err(format!("it has no {}", field.name));
    }
    let numbers: Vec<Option<f64>> =
        tally.expectations().iter().map(|expected| record[&expected.field.name].as_f64()).collect();
    tally.count(&job.link, &numbers);
    // Of a file of another version nothing fits what would be added; one run shows it.
    if is_first {
        let now: Value = serde_json::from_str(&job.run(Some(&[]), &[]).line).expect("a line of JSON");
        if record["fingerprint"] != now["fingerprint"] {
            let (old, now) = (&record["fingerprint"], &now["fingerprint"]);
            return Err(format!("its fingerprint is {old} and not {now}: another version of connlab wrote it"));
        }
    }
    Ok(number - 1)
}
