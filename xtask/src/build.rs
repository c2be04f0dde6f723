//! The page as it is deployed: built into `dist/`, then weighed.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use flate2::{Compression, write::GzEncoder};

use crate::machine::Machine;
use crate::page::{self, Edition};
use crate::{documents, tools};

/// What a first visit may transfer, in bytes of gzip: a second on a slow line.
const BUDGET_BYTES: usize = 236_000;

/// What may be transferred after the first run is on screen, in bytes of gzip.
const BUDGET_LATER_BYTES: usize = 560_000;

/// Prefix of the names of files that are loaded later.
const LATER: &str = "explainer";

/// How to build.
#[derive(clap::Args)]
pub struct BuildOptions {
    /// As `serve --fast` does it: soon there, larger, not weighed.
    #[arg(long)]
    fast: bool,
}

/// Builds `dist/`, prints the size of each file, fails when the page is over its budget.
pub fn run(machine: &Machine, options: &BuildOptions) -> Result<()> {
    if options.fast { quick(machine) } else { lean(machine) }
}

/// The page that is deployed, within its budget.
pub fn lean(machine: &Machine) -> Result<()> {
    tools::for_page(machine)?;
    page::build(machine, Edition::Lean)?;
    weigh(&machine.dist())
}

/// The page for development.
pub fn quick(machine: &Machine) -> Result<()> {
    tools::wasm_target(machine)?;
    page::build(machine, Edition::Quick)
}

fn weigh(dist: &Path) -> Result<()> {
    let mut files = files_in(dist)?;
    files.sort();
    let (mut at_first, mut later, mut asked_for) = (0, 0, 0);
    println!("{:>10} {:>10}  dist/", "bytes", "gzip");
    for file in &files {
        let content = fs::read(dist.join(file))?;
        let gzip = gzip_len(&content)?;
        println!("{:>10} {gzip:>10}  {file}", content.len());
        let sum = match file {
            _ if file.starts_with(documents::FOLDER) => &mut asked_for,
            _ if file.starts_with(LATER) => &mut later,
            _ => &mut at_first,
        };
        *sum += gzip;
    }
    println!("{:>10} {asked_for:>10}  when somebody asks for them: documents and source", "");
    within(at_first, BUDGET_BYTES, "before the first run is on screen")?;
    within(later, BUDGET_LATER_BYTES, "after it, for explanations")
}

fn within(gzip: usize, budget: usize, when: &str) -> Result<()> {
    println!("{:>10} {gzip:>10}  {when}, of {budget} allowed", "");
    let over = gzip.saturating_sub(budget);
    ensure!(over == 0, "the page transfers {gzip} bytes compressed {when}, {over} more than allowed");
    Ok(())
}

/// Paths of all files below `folder`, relative to it, with `/` between the parts.
fn files_in(folder: &Path) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("no {}", folder.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            files.extend(files_in(&entry.path())?.iter().map(|below| format!("{name}/{below}")));
        } else {
            files.push(name);
        }
    }
    Ok(files)
}

fn gzip_len(content: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?.len())
}
