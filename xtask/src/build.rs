//! The page: built by trunk into `dist/`, then weighed.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use flate2::{Compression, write::GzEncoder};
use xshell::{Cmd, cmd};

use crate::machine::Machine;
use crate::{documents, names, tools};

/// What a first visit may transfer, compressed: a second on a slow line.
const BUDGET_BYTES: usize = 255_000;

/// What may follow when the first run is on screen.
const BUDGET_LATER_BYTES: usize = 500_000;

/// How the names of the files begin that load later.
const LATER: &str = "explainer";

/// Builds `dist/`, prints what each file weighs, fails when the page got too heavy.
pub fn run(machine: &Machine) -> Result<()> {
    tools::for_page(machine)?;
    page(machine)?;
    weigh(&machine.dist())
}

/// Builds `dist/`; the tools must be there.
pub fn page(machine: &Machine) -> Result<()> {
    let sh = &machine.shell;
    lean(cmd!(sh, "trunk build --release --skip-version-check"))
        // Trunk reads NO_COLOR as a flag and stumbles over its usual value, 1.
        .env_remove("NO_COLOR")
        .run()
        .context("the page could not be built")?;
    names::shorten(&machine.dist())?;
    documents::write(machine.root(), &machine.dist()).context("the documents could not be written")
}

/// Has a command of cargo compile for wasm as the page is: with a standard library of our own, for size, that ends a
/// panic at once. A tenth of the module would otherwise be the words of panics, which nobody can read in a browser, and
/// what puts them together. Cargo calls this unstable; the toolchain is a stable one all the same.
pub fn lean(cargo: Cmd<'_>) -> Cmd<'_> {
    cargo
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
        .env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size")
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", "-Cpanic=immediate-abort -Zunstable-options")
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
