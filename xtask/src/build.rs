//! The page as it is deployed: built into `dist/`, then weighed.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::machine::Machine;
use crate::page::{self, Edition};
use crate::{compress, documents, offline, single_file, tools};

/// What a first visit may transfer, in bytes of gzip: a second on a slow line.
const BUDGET_BYTES: usize = 244_500;

/// What may be transferred after the first run is on screen, in bytes of gzip.
const BUDGET_LATER_BYTES: usize = 640_000;

/// How the names of files begin that are loaded later.
const LATER: [&str; 4] = ["explainer", "later", "nosw", offline::SCRIPT];

/// What somebody asks for.
const ASKED_FOR: [&str; 2] = [documents::FOLDER, single_file::NAME];

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
    let (mut at_first, mut later, mut asked_for) = (0, 0, 0);
    println!("{:>10} {:>10} {:>10}  dist/", "bytes", "gzip", "brotli");
    for file in files_in(dist)? {
        let content = fs::read(dist.join(&file))?;
        let beside = |end| fs::metadata(dist.join(format!("{file}{end}"))).map(|file| file.len());
        let [brotli, gzip] = compress::CODINGS.map(|(end, _)| beside(end));
        // What is not written as gzip is counted as if it were.
        let gzip = gzip.map_or_else(|_| Ok(compress::gzip(&content)?.len()), |len| anyhow::Ok(len as usize))?;
        let brotli = brotli.map_or_else(|_| String::new(), |len| len.to_string());
        println!("{:>10} {gzip:>10} {brotli:>10}  {file}", content.len());
        let sum = match file {
            _ if ASKED_FOR.iter().any(|name| file.starts_with(name)) => &mut asked_for,
            _ if LATER.iter().any(|name| file.starts_with(name)) => &mut later,
            _ => &mut at_first,
        };
        *sum += gzip;
    }
    println!("{:>10} {asked_for:>10}  when somebody asks for them: documents, source, a copy of the page", "");
    within(at_first, BUDGET_BYTES, "before the first run is on screen")?;
    within(later, BUDGET_LATER_BYTES, "after it, for explanations")
}

fn within(gzip: usize, budget: usize, when: &str) -> Result<()> {
    println!("{:>10} {gzip:>10}  {when}, of {budget} allowed", "");
    let over = gzip.saturating_sub(budget);
    ensure!(over == 0, "the page transfers {gzip} bytes compressed {when}, {over} more than allowed");
    Ok(())
}

/// Paths of all files below `folder` but compressed copies of others: relative to it, in order, with `/` in between.
pub fn files_in(folder: &Path) -> Result<Vec<String>> {
    let mut files = paths_in(folder)?;
    files.sort();
    let all = files.clone();
    let is_copy = |file: &str| {
        compress::CODINGS
            .iter()
            .any(|(end, _)| file.strip_suffix(end).is_some_and(|of| all.iter().any(|one| one == of)))
    };
    files.retain(|file| !is_copy(file));
    Ok(files)
}

fn paths_in(folder: &Path) -> Result<Vec<String>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("no {}", folder.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            paths.extend(paths_in(&entry.path())?.iter().map(|below| format!("{name}/{below}")));
        } else {
            paths.push(name);
        }
    }
    Ok(paths)
}
