//! The Python wheel that carries the command line: built, installed and used.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use xshell::cmd;

use crate::machine::Machine;
use crate::test::sibling;
use crate::tools::{self, PYTHON};

/// Builds what the wheel is compared with, and tests it.
pub fn run(machine: &Machine) -> Result<()> {
    let sh = &machine.shell;
    cmd!(sh, "cargo build --package connlab").run()?;
    test(machine, &sibling("connlab")?)
}

/// Builds the wheel as `pyproject.toml` says, with what the tests have compiled, installs it into an empty folder and
/// runs a link there: it must be the run of `own`, the command line of this build.
pub fn test(machine: &Machine, own: &Path) -> Result<()> {
    const LINK: &str = "p=two-idle&duration=5s";
    let (sh, maturin) = (&machine.shell, tools::maturin(machine)?);
    let folder = sh.create_temp_dir()?;
    let [wheels, installed] = ["wheels", "installed"].map(|name| folder.path().join(name));
    cmd!(sh, "{maturin} build --quiet --out {wheels}").run()?;
    let built = sh.read_dir(&wheels)?;
    let [wheel] = &built[..] else { anyhow::bail!("one wheel, not {built:?}") };
    let options = ["--quiet", "--disable-pip-version-check", "--no-index", "--no-deps"];
    cmd!(sh, "{PYTHON} -m pip install {options...} --target {installed} {wheel}")
        .run()
        .context("pip takes the wheel")?;
    let program = installed.join("bin").join(format!("connlab{}", std::env::consts::EXE_SUFFIX));
    let here = cmd!(sh, "{program} run {LINK} --json").read()?;
    let there = cmd!(sh, "{own} run {LINK} --json").read()?;
    ensure!(here == there, "the installed command reports another run:\n{here}");
    Ok(())
}
