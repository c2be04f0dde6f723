//! Builds the page into `dist/` from `index.html`, `static/` and the wasm modules that cargo compiles.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use flate2::Crc;
use wasm_bindgen_cli_support::Bindgen;
use xshell::{Cmd, cmd};

use crate::machine::Machine;
use crate::{compress, documents, names, offline, single_file};

/// The purpose of a build.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    /// For visitors: small.
    Lean,
    /// For development: built quickly. It behaves as the lean one does.
    Quick,
}

impl Edition {
    /// Cargo's profile, and its folder.
    fn profile(self) -> &'static str {
        match self {
            Edition::Lean => "page",
            Edition::Quick => "quick",
        }
    }
}

/// A wasm module of the page: the package, and the name of its program and of its files.
struct Module {
    package: &'static str,
    name: &'static str,
}

const MODULES: [Module; 2] =
    [Module { package: "connlab-page", name: "app" }, Module { package: "connlab-explainer", name: "explainer" }];

/// Files of `static/` that are copied beside the modules.
const STATIC: [&str; 7] =
    ["app_loader.js", "explainer.css", "later.js", "nosw.js", "style.css", "sw.js", "worker_loader.js"];

/// Files that `index.html` names with a checksum, so that a browser never combines cached files of different builds.
const NAMED: [&str; 4] = ["app.js", "app_bg.wasm", "app_loader.js", "style.css"];

/// The passes of wasm-opt on a lean module.
pub const PASSES: [&str; 7] =
    ["-Oz", "--flatten", "--rereloop", "-Oz", "-Oz", "--low-memory-unused", "--reorder-functions-by-name"];

const WASM: &str = "wasm32-unknown-unknown";

/// Builds the page with installed tools. If it fails, `dist/` is left as it was.
pub fn build(machine: &Machine, edition: Edition) -> Result<()> {
    compile(machine, edition).context("the page could not be compiled")?;
    let (sh, root, next) = (&machine.shell, machine.root(), machine.root().join("dist.next"));
    sh.remove_path(&next)?;
    sh.create_dir(&next)?;
    for module in MODULES {
        bind(machine, edition, module.name, &next)?;
    }
    for file in STATIC {
        sh.copy_file(root.join("static").join(file), &next)?;
    }
    if edition == Edition::Lean {
        names::shorten(&next)?;
        minify(machine, &next)?;
    }
    let index = fs::read_to_string(root.join("index.html"))?;
    fs::write(next.join("index.html"), versioned(&index, &next)?)?;
    let licence = fs::read_to_string(root.join("LICENSE-MIT"))?;
    fs::write(next.join(single_file::NAME), single_file::document(&index, &next, &licence)?)?;
    documents::write(root, &next).context("the documents could not be written")?;
    offline::write(&next)?;
    if edition == Edition::Lean {
        compress::write(&next)?;
    }
    sh.remove_path(machine.dist())?;
    Ok(fs::rename(next, machine.dist())?)
}

fn compile(machine: &Machine, edition: Edition) -> Result<()> {
    let (sh, target, profile) = (&machine.shell, machine.target(), edition.profile());
    let cargo = |modules: &[Module]| {
        let modules = modules.iter().flat_map(|module| ["--package", module.package, "--bin", module.name]);
        cmd!(sh, "cargo build --profile {profile} --target {WASM} --target-dir {target}").args(modules)
    };
    match edition {
        // In one command, so that the model is compiled once, with the features that either of them needs.
        Edition::Quick => cargo(&MODULES).run()?,
        Edition::Lean => {
            for module in MODULES.chunks(1) {
                lean(cargo(module)).run()?;
            }
        }
    }
    Ok(())
}

/// Makes a cargo command compile for wasm as for the deployed page: with a standard library compiled for size, which
/// aborts on a panic at once. A tenth of the module would otherwise be messages of panics and the code that formats
/// them, which a browser never shows. These options of cargo are unstable; they work with a stable toolchain.
pub fn lean(cargo: Cmd<'_>) -> Cmd<'_> {
    cargo
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
        .env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size")
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", "-Cpanic=immediate-abort -Zunstable-options")
}

/// Writes a module and the script that loads it: a plain script, which a worker can import, too.
fn bind(machine: &Machine, edition: Edition, name: &str, dist: &Path) -> Result<()> {
    let sh = &machine.shell;
    let built = machine.target().join(WASM).join(edition.profile()).join(format!("{name}.wasm"));
    // The library instead of the command: Cargo.lock keeps it at the version of wasm-bindgen, and nothing is installed.
    Bindgen::new().input_path(&built).no_modules(true)?.typescript(false).generate(dist)?;
    if edition == Edition::Lean {
        let module = dist.join(format!("{name}_bg.wasm"));
        cmd!(sh, "wasm-opt {PASSES...} {module} -o {module}").run()?;
    }
    Ok(())
}

/// Removes comments and white space from scripts and styles.
fn minify(machine: &Machine, dist: &Path) -> Result<()> {
    let sh = &machine.shell;
    let scripts = MODULES.map(|module| dist.join(format!("{}.js", module.name)));
    let files = scripts.into_iter().chain(STATIC.map(|file| dist.join(file)));
    let options = ["--minify", "--allow-overwrite", "--log-level=warning"];
    Ok(cmd!(sh, "esbuild {options...} --outdir={dist}").args(files).run()?)
}

/// The HTML with a checksum behind the name of each file that it loads.
fn versioned(html: &str, dist: &Path) -> Result<String> {
    let mut text = html.to_owned();
    for file in NAMED {
        let mut sum = Crc::new();
        sum.update(&fs::read(dist.join(file)).with_context(|| format!("no {file} in dist/"))?);
        text = text.replace(&format!("\"{file}\""), &format!("\"{file}?{:08x}\"", sum.sum()));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEX: &str = include_str!("../../index.html");

    #[test]
    fn the_html_asks_for_every_file_by_its_content() {
        let dist = tempfile::tempdir().expect("a folder");
        let write = |text: &str| {
            NAMED.iter().for_each(|file| fs::write(dist.path().join(file), format!("{file} {text}")).expect("written"));
            versioned(INDEX, dist.path()).expect("all files are there")
        };
        let (first, second) = (write("first"), write("second"));
        for file in NAMED {
            assert!(first.contains(&format!("\"{file}?")), "{file}");
            assert!(!first.contains(&format!("\"{file}\"")), "{file}");
        }
        assert_ne!(first, second);
        assert_eq!(first, write("first"));
    }

    #[test]
    fn every_file_of_static_is_in_the_page_or_beside_a_document() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../static");
        for entry in fs::read_dir(folder).expect("static/") {
            let name = entry.expect("an entry").file_name().into_string().expect("UTF-8");
            assert!(STATIC.contains(&name.as_str()) || name == "document.css", "{name}");
        }
    }
}
