//! The compiler of the deployed page. The size and the speed of the page depend on the compiler, and it is built with
//! unstable flags; both are known for one version only. Everything else is built by any Rust that is new enough.

use std::env;

use anyhow::{Result, ensure};
use xshell::cmd;

use crate::machine::Machine;
use crate::tools;

/// The version that the page is weighed and measured with. Before this is raised, check the size that
/// `cargo xtask build` prints, the speed that `cargo xtask bench` measures, and the lints of `cargo xtask check`.
const RUST: &str = "1.95.0";

/// The environment variable that names another version to be accepted.
const OTHER: &str = "CONNLAB_RUST";

/// Fails if the page would be built by another compiler.
pub fn must_be_known(machine: &Machine) -> Result<()> {
    is_known(&found(machine)?, &wanted())
}

/// Prints a note if this is another compiler: its lints may differ.
pub fn note_if_unknown(machine: &Machine) -> Result<()> {
    if let Err(error) = is_known(&found(machine)?, &wanted()) {
        eprintln!("note: lints differ between versions; {error}");
    }
    Ok(())
}

fn wanted() -> String {
    env::var(OTHER).unwrap_or_else(|_| RUST.to_owned())
}

fn found(machine: &Machine) -> Result<String> {
    let sh = &machine.shell;
    let text = cmd!(sh, "rustc --version").quiet().read()?;
    Ok(tools::first_number(&text).unwrap_or(&text).to_owned())
}

fn is_known(found: &str, wanted: &str) -> Result<()> {
    ensure!(
        found == wanted,
        "the page is built and weighed with Rust {wanted}, and this is Rust {found}. `rustup toolchain install \
         {wanted}` and `cargo +{wanted} xtask ...` use that one; {OTHER}={found} uses this one"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_compiler_is_named_with_both_ways_out() {
        assert!(is_known(RUST, RUST).is_ok());
        for other in ["1.94.1", "1.96.0", "1.97.0-nightly"] {
            let error = is_known(other, RUST).expect_err("another one").to_string();
            for part in [RUST, other, &format!("cargo +{RUST}"), &format!("CONNLAB_RUST={other}")] {
                assert!(error.contains(part), "{part}: {error}");
            }
            assert!(is_known(other, other).is_ok());
        }
    }

    #[test]
    fn the_page_is_deployed_and_tested_with_this_compiler() {
        for workflow in
            [include_str!("../../.github/workflows/ci.yml"), include_str!("../../.github/workflows/pages.yml")]
        {
            assert!(workflow.contains(&format!("RUSTUP_TOOLCHAIN: \"{RUST}\"")), "{workflow}");
        }
    }
}
