//! Everything that reads the code without running it.

use anyhow::Result;
use xshell::cmd;

use crate::machine::Machine;
use crate::tools;

/// Format, clippy natively and for wasm, docs; the first complaint ends it.
pub fn run(machine: &Machine) -> Result<()> {
    let sh = &machine.shell;
    cmd!(sh, "cargo fmt --all --check").run()?;
    cmd!(sh, "cargo clippy --workspace --all-targets --features web -- -D warnings").run()?;
    // The page alone, as trunk builds it.
    tools::wasm_target(machine)?;
    let page = ["--no-default-features", "--features", "web", "--lib", "--bin", "app"];
    cmd!(sh, "cargo clippy --target wasm32-unknown-unknown {page...} -- -D warnings").run()?;
    // Private items too: the docs are for those who change the model.
    cmd!(sh, "cargo doc --no-deps --features web --document-private-items").env("RUSTDOCFLAGS", "-D warnings").run()?;
    Ok(())
}
