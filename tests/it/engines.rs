//! The examples for engines that spread many runs: the same links have the same fingerprints there as here.
//!
//! `cargo xtask test` installs GNU parallel and Dask, and says where Dask is (CONNLAB_DASK, for PYTHONPATH). An engine
//! that is not there is skipped, and the test says so.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use serde_json::Value;

use super::command_line::{connlab, stderr, stdout};

/// Six cells of five seeds: more than one block of each engine.
const EXPERIMENT: [&str; 7] =
    ["p=incident&duration=3s", "--vary", "idle=1,5,20", "--vary", "somaxconn=64,128", "--seeds", "1..5"];

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name)
}

/// A command that finds the command line of this build before any other.
fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let own = Path::new(env!("CARGO_BIN_EXE_connlab")).parent().expect("a folder").to_path_buf();
    let others = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths([own].into_iter().chain(env::split_paths(&others))).expect("no colon in a folder");
    let mut command = Command::new(program);
    command.env("PATH", path);
    command
}

fn starts(program: &str, args: &[&str]) -> bool {
    let started = Command::new(program).args(args).output().is_ok_and(|output| output.status.success());
    if !started {
        eprintln!("skipped: no `{program} {}`", args.join(" "));
    }
    started
}

/// Link and fingerprint of each line.
fn fingerprints(lines: &str) -> Vec<(String, String)> {
    let text = |object: &Value, key: &str| object[key].as_str().unwrap_or_else(|| panic!("no {key}")).to_string();
    let objects = lines.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    objects.map(|object| (text(&object, "link"), text(&object, "fingerprint"))).collect()
}

fn swept() -> Vec<(String, String)> {
    let output = connlab(&[&["sweep"], &EXPERIMENT[..]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    let rows = fingerprints(stdout(&output));
    assert_eq!(rows.len(), 30);
    let runs = rows.iter().map(|(_, fingerprint)| fingerprint).collect::<BTreeSet<_>>().len();
    assert!(runs > 15, "where a limit is never touched two runs are one, but {runs} are too few");
    rows
}

fn says_the_same(output: &Output) {
    assert!(output.status.success(), "{}", stderr(output));
    assert_eq!(fingerprints(stdout(output)), swept());
}

#[test]
#[cfg(unix)]
fn gnu_parallel_runs_an_experiment_in_order() {
    if starts("parallel", &["--version"]) {
        says_the_same(&command(example("parallel.sh")).args(EXPERIMENT).output().expect("a shell"));
        // An experiment that is none is no empty result.
        let wrong =
            command(example("parallel.sh")).args(["p=incident", "--vary", "nothing=1"]).output().expect("a shell");
        assert!(!wrong.status.success() && stderr(&wrong).contains("nothing"), "{}", stderr(&wrong));
    }
}

#[test]
fn dask_runs_an_experiment_on_two_workers() {
    let python = if cfg!(windows) { "python" } else { "python3" };
    let mut dask = command(python);
    if let Some(folder) = env::var_os("CONNLAB_DASK") {
        dask.env("PYTHONPATH", folder);
    } else if !starts(python, &["-c", "import dask.distributed"]) {
        return;
    }
    says_the_same(&dask.arg(example("dask_sweep.py")).args(EXPERIMENT).output().expect("Python"));
}

/// Slurm gives each task of an array its number, and that of the tasks; there is none here, so that its part is played
/// by the test.
#[test]
#[cfg(unix)]
fn the_tasks_of_a_slurm_array_are_an_experiment_together() {
    let folder = env::temp_dir().join(format!("connlab-slurm-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let task = |number: u32| {
        let mut task = command(example("slurm.sh"));
        task.args(EXPERIMENT).current_dir(&folder).env("SLURM_ARRAY_TASK_COUNT", "4");
        let output = task.env("SLURM_ARRAY_TASK_ID", number.to_string()).output().expect("a shell");
        assert!(output.status.success(), "{}", stderr(&output));
        fs::read_to_string(folder.join(format!("out.{number}.jsonl"))).expect("what the task wrote")
    };
    let parts: Vec<String> = (1..=4).map(task).collect();
    let mut together: Vec<_> = parts.iter().flat_map(|part| fingerprints(part)).collect();
    let mut all = swept();
    together.sort();
    all.sort();
    assert_eq!(together, all);
    // A task that is run again has nothing to do.
    assert_eq!(task(2), parts[1]);
    fs::remove_dir_all(folder).expect("it was there");
}
