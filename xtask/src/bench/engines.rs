//! The benchmark of one checkout, built and run in each engine: natively, in Node.js and in Chromium.

use std::io::{BufRead, BufReader, Lines, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::{env, fs, iter};

use anyhow::{Context, Result, ensure};
use xshell::cmd;

use super::measurement::{Measurement, numbers, rows};
use crate::machine::Machine;
use crate::static_server::StaticServer;
use crate::{page, tools};

const WASM: &str = "wasm32-unknown-unknown";

/// Programs of a checkout that measure its model.
pub struct Engines {
    native: PathBuf,
    /// The folder of the wasm module and of what loads it; only if wasm is measured.
    site: Option<PathBuf>,
}

impl Engines {
    /// Builds the native program, with the checkout's own profile.
    pub fn native_only(checkout: &Machine) -> Result<Self> {
        let (sh, target) = (&checkout.shell, checkout.target());
        cmd!(sh, "cargo build --release --package connlab-bench --bin bench --target-dir {target}").run()?;
        Ok(Self { native: program(target, "bench"), site: None })
    }

    /// Builds the native program and the wasm module.
    pub fn all(checkout: &Machine) -> Result<Self> {
        let site = wasm(checkout)?;
        Ok(Self { site: Some(site), ..Self::native_only(checkout)? })
    }

    /// These cases, or all when none is named, natively.
    pub fn natively(&self, cases: &[String]) -> Result<Vec<Measurement>> {
        rows(Output::of(&self.native)?, cases)
    }

    /// All cases in Node.js.
    pub fn in_node(&self, machine: &Machine) -> Result<Vec<Measurement>> {
        let (sh, script) = (&machine.shell, self.site()?.join("node.mjs"));
        rows(cmd!(sh, "node {script}").read()?.lines().map(|line| Ok(line.to_owned())), &[])
    }

    /// These cases, or all when none is named, in headless Chromium.
    pub fn in_chromium(&self, browser: &str, cases: &[String]) -> Result<Vec<Measurement>> {
        rows(Console::open(browser, self.site()?, "")?, cases)
    }

    /// The requests of a link's run, and the largest resident set of a process that runs it, in bytes.
    pub fn memory(&self, machine: &Machine, link: &str) -> Result<[f64; 2]> {
        let (sh, native) = (&machine.shell, &self.native);
        let [requests, bytes] = numbers(&cmd!(sh, "{native} memory {link}").quiet().read()?)?;
        ensure!(bytes > 0.0, "the size of a process is known on Linux only");
        Ok([requests, bytes])
    }

    fn site(&self) -> Result<&Path> {
        self.site.as_deref().context("only the native program was built")
    }
}

/// Where cargo puts an optimised program.
pub fn program(target: &Path, name: &str) -> PathBuf {
    target.join(format!("release/{name}{}", env::consts::EXE_SUFFIX))
}

/// The wasm module as the checkout's page has one: same profile, same optimiser.
fn wasm(checkout: &Machine) -> Result<PathBuf> {
    let (sh, target) = (&checkout.shell, checkout.target());
    let site = target.join("bench");
    tools::for_wasm(checkout)?;
    // With the command, not the library that binds the page: another checkout may need another version.
    tools::wasm_bindgen(checkout)?;
    let profile = profile(&fs::read_to_string(checkout.root().join("Cargo.toml"))?);
    let cargo = ["build", "--profile", profile, "--package", "connlab-bench", "--bin", "bench-wasm", "--target", WASM];
    page::lean(cmd!(sh, "cargo {cargo...} --target-dir {target}")).run()?;
    sh.remove_path(&site)?;
    let module = target.join(WASM).join(profile).join("bench-wasm.wasm");
    cmd!(sh, "wasm-bindgen --target web --no-typescript --out-name bench --out-dir {site} {module}").run()?;
    let passes = optimiser(&fs::read_to_string(checkout.root().join("index.html"))?);
    cmd!(sh, "wasm-opt {passes...} {site}/bench_bg.wasm -o {site}/bench_bg.wasm").run()?;
    sh.copy_file(site.join("bench.js"), site.join("bench.mjs"))?;
    for file in ["index.html", "node.mjs"] {
        sh.copy_file(checkout.root().join("benches").join(file), &site)?;
    }
    Ok(site)
}

/// The profile of the page in a checkout with this manifest. Older checkouts have no profile for the page alone.
fn profile(manifest: &str) -> &'static str {
    if manifest.contains("[profile.page]") { "page" } else { "release" }
}

/// The options of wasm-opt for the page of a checkout. Older checkouts have them in `index.html`, for trunk.
fn optimiser(index: &str) -> Vec<String> {
    let value = |attribute: &str| Some(index.split_once(&format!("{attribute}=\""))?.1.split_once('"')?.0);
    match (value("data-wasm-opt"), value("data-wasm-opt-params")) {
        (Some(level), Some(passes)) => {
            iter::once(format!("-O{level}")).chain(passes.split_whitespace().map(str::to_owned)).collect()
        }
        _ => page::PASSES.map(str::to_owned).to_vec(),
    }
}

/// A running program; killed when this is dropped.
struct Running(Child);

impl Running {
    fn start(command: &mut Command) -> Result<Self> {
        let child = command.spawn();
        child.map(Running).with_context(|| format!("{} does not start", command.get_program().display()))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn lines_of<R: Read>(pipe: Option<R>) -> Result<Lines<BufReader<R>>> {
    Ok(BufReader::new(pipe.context("it is piped")?).lines())
}

/// What a program prints, line by line.
struct Output {
    lines: Lines<BufReader<ChildStdout>>,
    _program: Running,
}

impl Output {
    fn of(program: &Path) -> Result<Self> {
        let mut program = Running::start(Command::new(program).stdout(Stdio::piped()))?;
        Ok(Self { lines: lines_of(program.0.stdout.take())?, _program: program })
    }
}

impl Iterator for Output {
    type Item = Result<String>;

    fn next(&mut self) -> Option<Self::Item> {
        self.lines.next().map(|line| Ok(line?))
    }
}

/// What a page in headless Chromium writes to its console, as the browser logs it: `row ...` for each line, and `end`
/// after the last.
pub struct Console {
    lines: Lines<BufReader<ChildStderr>>,
    _chromium: Running,
    _server: StaticServer,
}

impl Console {
    /// Opens `index.html` of a folder with a link; without one, a page has its first view.
    pub fn open(browser: &str, site: &Path, link: &str) -> Result<Self> {
        // Its sandbox does not work for root, and only our own page is opened.
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--enable-logging=stderr",
            "--window-size=1280,720",
        ];
        let server = StaticServer::start(site, "/", 0)?;
        let profile = format!("--user-data-dir={}", site.join("profile").display());
        let mut command = Command::new(browser);
        command
            .args(arguments)
            .arg(profile)
            .arg(format!("{}#{link}", server.url()))
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut chromium = Running::start(&mut command)?;
        Ok(Self { lines: lines_of(chromium.0.stderr.take())?, _chromium: chromium, _server: server })
    }

    fn read(&mut self) -> Result<Option<String>> {
        for line in &mut self.lines {
            let line = line?;
            if let Some((_, row)) = line.split_once("\"row ") {
                let (row, _) = row.rsplit_once("\", source:").context("a line of the console")?;
                return Ok(Some(row.to_owned()));
            }
            if line.contains("\"end\", source:") {
                return Ok(None);
            }
            ensure!(!line.contains("Uncaught"), "{line}");
        }
        anyhow::bail!("the browser ended before the benchmark")
    }
}

impl Iterator for Console {
    type Item = Result<String>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::{optimiser, profile};

    const OLDER: &str = r#"<link data-bin="app" data-wasm-opt="2" data-wasm-opt-params="--flatten -O3">"#;

    #[test]
    fn each_checkout_is_built_as_its_own_page() {
        assert_eq!(profile(include_str!("../../../Cargo.toml")), "page");
        assert_eq!(profile("[profile.release]\nlto = true\n"), "release");
        assert_eq!(optimiser(include_str!("../../../index.html")), crate::page::PASSES);
        assert_eq!(optimiser(OLDER), ["-O2", "--flatten", "-O3"]);
    }
}
