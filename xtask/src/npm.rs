//! The npm package: the model as a module for Node.js and browsers, put together in `target/npm`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;
use xshell::{TempDir, cmd};

use crate::bench::Console;
use crate::machine::Machine;
use crate::test::sibling;
use crate::tools;

const WASM: &str = "wasm32-unknown-unknown";
/// What is written by hand, in `npm/package`.
const WRITTEN: [&str; 5] = ["package.json", "index.d.ts", "node.js", "browser.js", "README.md"];
/// Links that are run in the installed package, besides golden ones.
const LINKS: [&str; 2] = ["p=cpu&duration=5s&retries=1", "nonsense=1&duration=2s&loss=3"];

/// A program that uses the package: prints a link's report, which must be the one that it reads, if there is one.
const RUN: &str = r#"
import { deepStrictEqual } from "node:assert";
import { readFileSync } from "node:fs";
import { run } from "connlab";

const report = run(process.argv[2]);
const expected = readFileSync(0, "utf8");
if (expected) deepStrictEqual(report, JSON.parse(expected));
console.log(JSON.stringify(report));
"#;

/// A page that uses it.
const PAGE: &str = r#"<!doctype html>
<meta charset="utf-8"><title>connlab</title>
<script type="importmap">{ "imports": { "connlab": "./node_modules/connlab/browser.js" } }</script>
<script type="module">
import { run } from "connlab";
console.log("row " + run("p=two-idle&duration=5s").fingerprint);
</script>
"#;

/// How the module is compiled.
#[derive(Clone, Copy)]
pub enum Edition {
    /// For users.
    Release,
    /// For the tests: with what they have compiled already.
    Test,
}

/// What to do with the package.
#[derive(clap::Args)]
pub struct NpmOptions {
    /// Build it as for the tests, install it in a project, run links there and hold its types against their reports.
    #[arg(long)]
    test: bool,
}

/// Builds the package for users and says where it is; or tests it.
pub fn run(machine: &Machine, options: &NpmOptions) -> Result<()> {
    if options.test {
        tools::wasm_target(machine)?;
        let sh = &machine.shell;
        cmd!(sh, "cargo build --package connlab").run()?;
        return test(machine, &sibling("connlab")?);
    }
    tools::for_wasm(machine)?;
    let folder = build(machine, Edition::Release)?;
    println!("{}: `npm pack` or `npm publish` there", folder.display());
    Ok(())
}

/// Puts the package together; returns its folder.
fn build(machine: &Machine, edition: Edition) -> Result<PathBuf> {
    let (sh, target) = (&machine.shell, machine.target());
    let (profile, built) = match edition {
        Edition::Release => ("page", "page"),
        Edition::Test => ("dev", "debug"),
    };
    cmd!(sh, "cargo build --package connlab-npm --profile {profile} --target {WASM} --target-dir {target}").run()?;
    let folder = target.join("npm");
    sh.remove_path(&folder)?;
    sh.create_dir(&folder)?;
    let module = target.join(WASM).join(built).join("connlab_wasm.wasm");
    let mut bindgen = Bindgen::new();
    // In browsers the script finds its module by its own address.
    bindgen.input_path(module).web(true)?.omit_default_module_path(false).typescript(false).generate(&folder)?;
    if matches!(edition, Edition::Release) {
        let module = folder.join("connlab_wasm_bg.wasm");
        cmd!(sh, "wasm-opt -Oz {module} -o {module}").run()?;
    }
    for file in WRITTEN {
        sh.copy_file(machine.root().join("npm/package").join(file), &folder)?;
    }
    Ok(folder)
}

/// Packs the package, installs it as a project would, and runs links there; `own` is the command line, which says what
/// must come out.
pub fn test(machine: &Machine, own: &Path) -> Result<()> {
    let sh = &machine.shell;
    let package = build(machine, Edition::Test)?;
    let project = sh.create_temp_dir()?;
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let quiet = ["--loglevel=error", "--no-audit", "--no-fund"];
    let packed = cmd!(sh, "{npm} pack {package} --pack-destination").arg(project.path()).args(quiet).read()?;
    let file = project.path().join(packed.lines().last().context("npm names the file")?);
    let _inside = sh.push_dir(project.path());
    cmd!(sh, "{npm} install {file}").args(quiet).run()?;
    runs_as_the_command_line_does(machine, own, &project)?;
    is_typed(machine, &project)?;
    runs_in_a_browser(machine, own, &project)
}

/// Opened in Chromium, as a page without a bundler would use it.
fn runs_in_a_browser(machine: &Machine, own: &Path, project: &TempDir) -> Result<()> {
    fs::write(project.path().join("index.html"), PAGE)?;
    let mut console = Console::open(tools::browser(machine)?, project.path(), "")?;
    let here = console.next().context("the page says a fingerprint")??;
    let sh = &machine.shell;
    let report = cmd!(sh, "{own} run p=two-idle&duration=5s --json").read()?;
    ensure!(report.contains(&format!("\"fingerprint\": \"{here}\"")), "in Chromium the fingerprint is {here}");
    Ok(())
}

fn runs_as_the_command_line_does(machine: &Machine, own: &Path, project: &TempDir) -> Result<()> {
    let sh = &machine.shell;
    let golden = fs::read_to_string(machine.root().join("tests/data/golden.txt"))?;
    let golden = golden.lines().filter(|line| !line.starts_with('#')).take(3);
    let links = golden.filter_map(|line| line.rsplit(' ').next()).chain(LINKS);
    fs::write(project.path().join("run.mjs"), RUN)?;
    for link in links {
        let report = cmd!(sh, "{own} run {link} --json").ignore_stderr().read()?;
        cmd!(sh, "node run.mjs {link}").stdin(report).ignore_stdout().run()?;
    }
    Ok(())
}

/// A real report is what its type says: TypeScript refuses what it does not know and what is missing.
fn is_typed(machine: &Machine, project: &TempDir) -> Result<()> {
    let sh = &machine.shell;
    let mut text = String::from(
        "import { type Report, run } from \"connlab\";\nexport const failed: number = run(\"\").requests.failed;\n",
    );
    for (number, link) in LINKS.iter().enumerate() {
        let report = cmd!(sh, "node run.mjs {link}").stdin("").read()?;
        text += &format!("export const report{number}: Report = {report};\n");
    }
    let file = project.path().join("typed.mts");
    fs::write(&file, text)?;
    let tsc = tools::tsc(machine)?;
    let options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "--pretty", "false"];
    Ok(cmd!(sh, "{tsc} {options...} typed.mts").run()?)
}
