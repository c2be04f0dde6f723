//! Long work shows how far it has come on a terminal, and to nobody else.

use std::process::{Command, Output};

use super::command_line::{connlab, stderr};

/// A run of some forty million events, which takes more than a second on any machine.
const LONG: &str = "rps=5000&server=go&workers=1000&service=10ms&idle=500&max-idle=0&duration=1200s";

/// Runs the program with a terminal for its stderr alone: `script` of util-linux has one, and its own stdout shows what
/// the program writes there.
#[cfg(target_os = "linux")]
fn at_a_terminal(arguments: &str, stdout: &std::path::Path) -> Output {
    let command = format!("{} {arguments} >{}", env!("CARGO_BIN_EXE_connlab"), stdout.display());
    let mut script = Command::new("script");
    script.args(["--quiet", "--return", "--command", &command, "/dev/null"]).env("TERM", "xterm");
    script.output().expect("this test needs `script` (util-linux)")
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_sees_a_bar_while_a_long_run_goes_on_and_nothing_of_a_short_one() {
    let file = std::env::temp_dir().join(format!("connlab-progress-{}.json", std::process::id()));
    let output = at_a_terminal(&format!("run '{LONG}' --json"), &file);
    let seen = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && seen.contains("running [") && seen.contains(" %, "), "{seen:?}");
    let report = std::fs::read(&file).expect("the report");
    let report: serde_json::Value = serde_json::from_slice(&report).expect("nothing but the report on stdout");
    assert!(report["requests"]["ok"].as_u64() > Some(5_000_000), "{}", report["requests"]);
    let brief = at_a_terminal("run 'p=healthy&duration=1s'", &file);
    assert!(brief.status.success() && brief.stdout.is_empty(), "{:?}", String::from_utf8_lossy(&brief.stdout));
    std::fs::remove_file(&file).expect("it is there");
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_sees_how_far_many_runs_are_where_their_lines_go_elsewhere() {
    let file = std::env::temp_dir().join(format!("connlab-progress-{}.jsonl", std::process::id()));
    let seeds = "--seeds 1..400 --fields ok";
    for (arguments, says) in [
        (format!("sweep p=incident {seeds}"), "sweeping ["),
        (format!("run --links {} --jsonl --fields ok", file.with_extension("txt").display()), "links run: "),
    ] {
        let links = connlab(&["sweep", "p=incident", "--seeds", "1..400", "--list"]).stdout;
        std::fs::write(file.with_extension("txt"), links).expect("the links");
        let output = at_a_terminal(&arguments, &file);
        let seen = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && seen.contains(says), "{arguments}: {seen:?}");
        assert_eq!(std::fs::read_to_string(&file).expect("lines").lines().count(), 400);
    }
    std::fs::remove_file(&file).expect("it is there");
    std::fs::remove_file(file.with_extension("txt")).expect("it is there");
}

#[test]
fn a_pipe_sees_no_bar() {
    let output = connlab(&["run", LONG]);
    assert!(output.status.success());
    assert_eq!(stderr(&output), "");
}
