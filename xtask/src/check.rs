//! Everything that reads the code without running it.

use anyhow::Result;
use xshell::cmd;

use crate::machine::Machine;
use crate::{compiler, tools};

/// Format, clippy natively and for wasm, docs; stops at the first failure.
pub fn run(machine: &Machine) -> Result<()> {
    let sh = &machine.shell;
    compiler::note_if_unknown(machine)?;
    cmd!(sh, "cargo fmt --all --check").run()?;
    cmd!(sh, "cargo clippy --workspace --all-targets -- -D warnings").run()?;
    // The page by itself, as it is deployed: without the features of the model that only the explainer needs.
    tools::wasm_target(machine)?;
    cmd!(sh, "cargo clippy --package connlab-page --target wasm32-unknown-unknown -- -D warnings").run()?;
    // Captures are for the page, too: they need nothing that wasm does not have.
    let capture = ["--no-default-features", "--features", "pcap"];
    cmd!(sh, "cargo clippy --package connlab {capture...} --target wasm32-unknown-unknown -- -D warnings").run()?;
    // Private items too: the docs are for those who change the model.
    cmd!(sh, "cargo doc --workspace --no-deps --document-private-items").env("RUSTDOCFLAGS", "-D warnings").run()?;
    Ok(())
}
