//! `connlab diagnose` as scripts see it: what it reads, what it prints, with which exit status.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use crate::command_line::{connlab, json, stderr, stdout};

/// With something on its standard input.
fn connlab_reads(args: &[&str], input: &[u8]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_connlab"));
    program.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = program.spawn().expect("the program starts");
    child.stdin.take().expect("a pipe").write_all(input).expect("it reads everything");
    child.wait_with_output().expect("it ends")
}

#[test]
fn a_log_line_is_diagnosed() {
    let output = connlab(&["diagnose", "Post \"https://api.example/pay\": EOF"]);
    assert!(output.status.success() && stderr(&output).is_empty());
    let text = stdout(&output);
    assert!(
        text.starts_with("The text has `EOF` and a method that Go does not send again.\n1. eof (likely)\n"),
        "{text}"
    );
    assert!(text.contains("   Open: p=stale-keepalive\n"), "{text}");
    let unknown = connlab(&["diagnose", "everything is fine"]);
    assert_eq!(unknown.status.code(), Some(1), "nothing is recognised");
    assert_eq!(stdout(&unknown).trim_end(), connlab::diagnosis::NOT_RECOGNISED);
    assert!(stderr(&unknown).is_empty());
}

#[test]
fn a_text_may_begin_with_a_dash_and_a_dash_alone_reads_standard_input() {
    let dashed = connlab(&["diagnose", "--- FAIL: TestX (0.14s): Get \"http://a/\": EOF"]);
    assert!(dashed.status.success(), "{}", stderr(&dashed));
    assert!(stdout(&dashed).contains("\n1. eof (likely)\n"), "{}", stdout(&dashed));
    let piped = connlab_reads(&["diagnose", "-"], b"Post \"http://a/\": EOF\n");
    assert!(piped.status.success() && stdout(&piped).contains("\n1. eof (likely)\n"), "{}", stdout(&piped));
    assert_eq!(connlab_reads(&["diagnose", "-"], b"\xff\xfe\x00").status.code(), Some(1));
    assert_eq!(connlab_reads(&["diagnose", "-"], b"").status.code(), Some(1));
}

#[test]
fn the_errors_of_a_summary_are_read_back_with_their_counts() {
    let report = json("p=incident");
    let mut errors: Vec<(u64, &str)> = report["errors"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| (row["count"].as_u64().expect("a number"), row["class"].as_str().expect("a class")))
        .collect();
    errors.sort_unstable_by(|a, b| b.cmp(a));
    let want: Vec<String> = (1..)
        .zip(errors)
        .map(|(number, (count, class))| format!("{number}. {class}: {}", connlab::words::count(count)))
        .collect();
    assert_eq!(want.len(), 2);
    for args in [&["run", "p=incident", "--summary"][..], &["run", "p=incident"]] {
        let read = connlab_reads(&["diagnose", "-"], &connlab(args).stdout);
        let kinds: Vec<&str> =
            stdout(&read).lines().filter(|line| line.starts_with("1. ") || line.starts_with("2. ")).collect();
        assert_eq!(kinds, want, "{args:?}");
    }
}
