//! Versions as tools print them, and which commands install one.

use super::{first_number, go_minor};

#[test]
fn the_version_of_go_is_found() {
    assert_eq!(go_minor("go version go1.27.3 linux/amd64"), Some(27));
    assert_eq!(go_minor("go version go1.24 darwin/arm64"), Some(24));
    assert_eq!(go_minor("go version devel +75fdeaa801"), None);
}

#[test]
fn a_version_is_found_in_what_each_tool_prints() {
    for (text, expected) in [
        ("0.28.2", Some("0.28.2")),
        ("wasm-bindgen 0.2.130", Some("0.2.130")),
        ("wasm-opt version 132 (version_132)", Some("132")),
        ("command not found", None),
    ] {
        assert_eq!(first_number(text), expected, "{text}");
    }
}

/// Which commands install a tool, where commands are scripts that write down how they were called.
#[cfg(unix)]
mod installing {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use tempfile::TempDir;
    use xshell::Shell;

    use crate::machine::Machine;
    use crate::tools::{BINSTALL, cargo_install};

    /// A project whose own commands have these bodies; beside them are only the system's.
    fn project(commands: &[(&str, &str)]) -> (TempDir, Machine) {
        let root = tempfile::tempdir().expect("a folder");
        let bin = root.path().join(".tools/bin");
        fs::create_dir_all(&bin).expect("a folder");
        for (name, body) in commands {
            let text = format!("#!/bin/sh\necho {name} \"$@\" >>'{}/calls'\n{body}\n", root.path().display());
            fs::write(bin.join(name), text).expect("written");
            fs::set_permissions(bin.join(name), Permissions::from_mode(0o755)).expect("executable");
        }
        let shell = Shell::new().expect("a shell");
        shell.set_var("PATH", "/usr/bin:/bin");
        let machine = Machine::at(root.path().to_path_buf(), root.path().join("target"), shell).expect("a machine");
        (root, machine)
    }

    /// What was called, with `TOOLS` for the folder of tools.
    fn calls(machine: &Machine) -> Vec<String> {
        let calls = fs::read_to_string(machine.root().join("calls")).expect("something was called");
        calls.lines().map(|line| line.replace(&machine.tools().display().to_string(), "TOOLS")).collect()
    }

    /// One test for all ways: while a script is written in one thread, starting it fails when another thread starts a
    /// process ("text file busy").
    #[test]
    fn a_tool_is_taken_ready_made_where_cargo_binstall_finds_it_and_else_compiled() {
        let ready = format!("cargo-binstall {} --root TOOLS a-tool@1.2.3", BINSTALL.join(" "));
        let ready = ready.as_str();
        const COMPILED: &str = "cargo install --debug --root TOOLS --locked a-tool@1.2.3";
        const COMPILES: (&str, &str) = ("cargo", "mkdir -p \"$CARGO_TARGET_DIR/debug\"");
        for (commands, expected) in [
            (vec![("cargo-binstall", ""), COMPILES], vec![ready]),
            (vec![("cargo-binstall", "exit 94"), COMPILES], vec![ready, COMPILED]),
            (vec![COMPILES], vec![COMPILED]),
        ] {
            let (_root, machine) = project(&commands);
            cargo_install(&machine, "a-tool", "1.2.3", &["--locked"]).expect("installed");
            assert_eq!(calls(&machine), expected, "{commands:?}");
            assert!(!machine.tools().join("target").exists(), "{commands:?}: what it was compiled from is left");
        }

        let (_root, machine) = project(&[("cargo", "exit 101")]);
        let error = cargo_install(&machine, "a-tool", "1.2.3", &[]).expect_err("a failure").to_string();
        assert!(error.contains("by hand: `cargo install a-tool@1.2.3`"), "{error}");
    }
}
