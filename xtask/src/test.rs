//! Every test: natively, then the page in a real browser.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result};
use xshell::cmd;

use crate::machine::Machine;
use crate::{build, compiler, npm, tools, wheel};

/// Which tests.
#[derive(clap::Args)]
pub struct TestOptions {
    /// Leave out the tests that need a browser.
    #[arg(long)]
    no_browser: bool,
}

/// Runs the native tests, builds the page within its budget, and tests it in headless Chromium.
pub fn run(machine: &Machine, options: &TestOptions) -> Result<()> {
    let sh = &machine.shell;
    if !options.no_browser {
        // Checked before the tests, which take minutes.
        compiler::must_be_known(machine)?;
    }
    let native = cmd!(sh, "cargo test --workspace --exclude connlab-browser-tests")
        // Without Go the tests check only the structure of the generated Go code.
        .env("CONNLAB_GO", tools::go(machine)?);
    // The example finds it by itself.
    tools::parallel(machine);
    let native = native.env("CONNLAB_DASK", tools::dask(machine)?);
    match tools::tshark(machine) {
        Some(tshark) => native.env("CONNLAB_TSHARK", tshark).run()?,
        None => native.run()?,
    }
    wheel::test(machine, &sibling("connlab")?)?;
    // The model as it is released: without debug assertions, optimised across crates.
    cmd!(sh, "cargo test --release --package connlab-fingerprint-tests").run()?;
    if options.no_browser {
        tools::wasm_target(machine)?;
        cmd!(sh, "cargo check --package connlab-page --package connlab-explainer --target wasm32-unknown-unknown")
            .run()?;
        return Ok(());
    }

    build::lean(machine)?;
    tools::wasm_bindgen(machine)?;
    cmd!(sh, "cargo test --package connlab-fingerprint-tests --target wasm32-unknown-unknown")
        // In Node.js.
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner")
        .run()?;
    tools::for_browser(machine)?;
    npm::test(machine, &sibling("connlab")?)?;
    cmd!(sh, "cargo test --package connlab-browser-tests --test browser -- --test-threads=2")
        // The message names the fault of the page; a backtrace would only show the test harness.
        .env("RUST_LIB_BACKTRACE", "0")
        .env("CONNLAB_DIST", machine.dist())
        // The command line that the page must agree with; `cargo test` above has built it.
        .env("CONNLAB_BIN", sibling("connlab")?)
        .env("CONNLAB_AXE", tools::axe_script(machine))
        .env("CONNLAB_SCREENSHOTS", machine.root().join("target/screenshots"))
        .run()?;
    Ok(())
}

/// A program of this workspace: cargo puts it beside this one.
pub(crate) fn sibling(name: &str) -> Result<PathBuf> {
    let own = env::current_exe()?;
    let folder = own.parent().context("a program lies in a folder")?;
    Ok(folder.join(format!("{name}{}", env::consts::EXE_SUFFIX)))
}
