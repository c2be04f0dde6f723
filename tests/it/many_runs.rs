//! Many runs on the command line: `run --links`, `sweep`.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use connlab::link;
use serde_json::Value;

use super::command_line::{Temporary, connlab, refusal, stderr, stdout};
use super::lab;

/// What the program says with this on its standard input.
fn fed(args: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_connlab"));
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    child.stdin.take().expect("a pipe").write_all(input).expect("it reads");
    child.wait_with_output().expect("it ends")
}

fn rows(output: &Output) -> Vec<Value> {
    stdout(output).lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect()
}

/// Long runs and short ones in turns, so that on several threads later ones are done before earlier ones.
fn links() -> Vec<String> {
    (0..40).map(|n| format!("p=incident&seed={n}&duration={}s", if n % 5 == 0 { 30 } else { 1 })).collect()
}

#[test]
fn a_link_a_line_in_is_an_object_a_line_out_in_order() {
    let links = links();
    let input = links.join("\n");
    let output =
        fed(&["run", "--links", "-", "--jsonl", "--fields", "failed,p99_ms,peaks.ports", "-j", "4"], input.as_bytes());
    assert!(output.status.success() && stderr(&output).is_empty(), "{}", stderr(&output));
    let rows = rows(&output);
    assert_eq!(rows.len(), links.len());
    for ((number, given), row) in (1..).zip(&links).zip(&rows) {
        let report = lab::run(given);
        assert_eq!((row["number"].as_u64(), row["given"].as_str()), (Some(number), Some(given.as_str())));
        assert_eq!(row["link"], link::encode(&link::decode(given).recipe));
        assert_eq!(row["fingerprint"], report.fingerprint, "{given}");
        assert_eq!(row["failed"].as_u64(), Some(report.requests.failed));
        assert_eq!(row["p99_ms"].as_f64(), Some(report.latency_ms.p99));
        assert_eq!(row["peaks.ports"].as_u64(), Some(report.peaks.ports));
        assert_eq!(row["warnings"], serde_json::json!([]));
    }
    let file = Temporary::new("links.txt", &input);
    let from_file =
        connlab(&["run", "--links", file.path(), "--jsonl", "--fields", "failed,p99_ms,peaks.ports", "-j", "1"]);
    assert_eq!(from_file.stdout, output.stdout, "a file, on one thread");
}

#[test]
fn without_fields_a_line_is_the_whole_report() {
    let link = "p=incident&duration=3s";
    let whole: Value = serde_json::from_str(stdout(&connlab(&["run", link, "--json"]))).expect("JSON");
    let lines = connlab(&["run", link, "--jsonl"]);
    let mut line = rows(&lines).remove(0);
    let object = line.as_object_mut().expect("an object");
    assert_eq!((object.remove("number"), object.remove("given")), (Some(1.into()), Some(link.into())));
    assert_eq!(line, whole);
}

#[test]
fn a_field_is_anything_of_the_report_and_is_told_once() {
    let link = "p=incident&duration=25s";
    let whole: Value = serde_json::from_str(stdout(&connlab(&["run", link, "--json"]))).expect("JSON");
    let fields =
        "nstat.TcpOutRsts,errors.reset,errors.eof,latency_ms,checks,link,processors.server.mean_busy,p99_ms,p99_ms";
    let output = connlab(&["run", link, "--jsonl", "--fields", fields]);
    let line = stdout(&output);
    let row = &rows(&output)[0];
    for key in ["\"link\":", "\"p99_ms\":", "\"fingerprint\":"] {
        assert_eq!(line.matches(key).count(), 1, "{key} {line}");
    }
    assert_eq!(row["nstat.TcpOutRsts"], whole["nstat"]["TcpOutRsts"]);
    let resets = whole["errors"].as_array().expect("rows").iter().find(|row| row["class"] == "reset").expect("resets");
    assert_eq!((&row["errors.reset"], &row["errors.eof"]), (&resets["count"], &0.into()));
    assert_eq!((&row["latency_ms"], &row["checks"]), (&whole["latency_ms"], &whole["checks"]));
    // Programs take no time here, so that there is nothing to tell of processors.
    assert_eq!(row["processors.server.mean_busy"], Value::Null);
    // Every path of a report is a field.
    let complete: Value =
        serde_json::from_str(stdout(&connlab(&["run", "p=cpu&duration=2s", "--json"]))).expect("JSON");
    let (mut paths, mut left) = (Vec::new(), vec![(String::new(), &complete)]);
    while let Some((prefix, value)) = left.pop() {
        for (key, value) in value.as_object().into_iter().flatten() {
            paths.push((format!("{prefix}{key}"), value));
            left.push((format!("{prefix}{key}."), value));
        }
    }
    assert!(paths.len() > 90 && paths.iter().any(|(path, _)| path == "processors.server.mean_busy"));
    let names: Vec<&str> = paths.iter().map(|(path, _)| path.as_str()).collect();
    let told = rows(&connlab(&["run", "p=cpu&duration=2s", "--jsonl", "--fields", &names.join(",")])).remove(0);
    for (path, value) in &paths {
        assert_eq!(&told[path], *value, "{path}");
    }
}

#[test]
fn a_bad_link_is_a_line_with_warnings_and_never_an_end() {
    let long = format!("idle=7&{}", "x".repeat(100_000));
    let input = [b"idle=12x\n\nhello world\n\xff\xfe\n".as_slice(), long.as_bytes(), b"\nidle=3\r\n"].concat();
    let output = fed(&["run", "--links", "-", "--jsonl", "--fields", "ok"], &input);
    assert!(output.status.success(), "{}", stderr(&output));
    let rows = rows(&output);
    let warnings = |i: usize| rows[i]["warnings"].to_string();
    assert_eq!(rows.len(), 6);
    for (i, says) in ["is not a whole number. Using 2", "is empty", "is not a parameter", "not UTF-8", "is longer"]
        .iter()
        .enumerate()
    {
        assert!(warnings(i).contains(says), "line {}: {}", i + 1, warnings(i));
        assert!(rows[i]["ok"].as_u64() > Some(0));
    }
    assert_eq!((&rows[5]["given"], warnings(5)), (&"idle=3".into(), "[]".to_string()));
}

/// Another program may write a link, wait for its line, and only then know the next link.
#[test]
fn a_line_is_there_before_the_next_link_is() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_connlab"));
    command.args(["run", "--links", "-", "--jsonl", "--fields", "ok"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let (mut to, from) = (child.stdin.take().expect("a pipe"), child.stdout.take().expect("a pipe"));
    let (lines, heard) = mpsc::channel();
    let reader =
        std::thread::spawn(move || BufReader::new(from).lines().for_each(|line| lines.send(line).expect("heard")));
    for seed in 1..4 {
        writeln!(to, "duration=1s&seed={seed}").expect("it reads");
        let line = heard.recv_timeout(Duration::from_secs(60)).expect("an answer").expect("UTF-8");
        assert!(line.contains(&format!("\"number\":{seed},")), "{line}");
    }
    drop(to);
    assert!(child.wait().expect("it ends").success());
    reader.join().expect("it has read all");
}

const SWEEP: &[&str] =
    &["sweep", "p=incident&duration=1s", "--vary", "idle=1,5", "--vary", "somaxconn=100..200", "--seeds", "3..5"];

fn sweep(more: &[&str]) -> Output {
    connlab(&[SWEEP, more].concat())
}

#[test]
fn a_sweep_has_every_cell_with_the_same_seeds() {
    let list = sweep(&["--list"]);
    let listed: Vec<&str> = stdout(&list).lines().collect();
    // Both ends and the stops between: 100, 120, 150, 200.
    assert_eq!(listed.len(), 2 * 4 * 3);
    let seeds: Vec<u64> = listed.iter().map(|text| link::scenario(text).params.seed).collect();
    assert!(seeds.chunks(3).all(|cell| cell == [3, 4, 5]), "{seeds:?}");
    let cells: Vec<_> = listed.iter().map(|text| link::scenario(text).params).map(|p| (p.idle, p.somaxconn)).collect();
    let want: Vec<_> =
        [1, 5].iter().flat_map(|idle| [100, 120, 150, 200].map(|somaxconn| (*idle, somaxconn))).collect();
    assert_eq!(cells.iter().step_by(3).copied().collect::<Vec<_>>(), want);

    let output = sweep(&["-j", "3"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let runs = rows(&output);
    for ((number, text), row) in (1_u64..).zip(&listed).zip(&runs) {
        assert_eq!((row["number"].as_u64(), row["link"].as_str()), (Some(number), Some(*text)));
        assert_eq!(row["fingerprint"], lab::run(text).fingerprint);
        let params = link::scenario(text).params;
        assert_eq!(row["seed"], params.seed);
        assert_eq!(row["settings"]["idle"], params.idle.to_string());
        assert_eq!(row["settings"]["somaxconn"], params.somaxconn.to_string());
    }
    // The links alone, run as links, are the same runs.
    let again = fed(&["run", "--links", "-", "--jsonl", "--fields", "ok"], &list.stdout);
    let prints = |rows: &[Value]| rows.iter().map(|row| row["fingerprint"].clone()).collect::<Vec<_>>();
    assert_eq!(prints(&rows(&again)), prints(&runs));
}

#[test]
fn a_value_more_changes_no_run_of_the_other_cells() {
    let runs = |values: &str| {
        let output = connlab(&["sweep", "p=incident&duration=1s&n=4", "--vary", values]);
        rows(&output)
            .into_iter()
            .map(|row| (row["settings"]["idle"].to_string(), row["fingerprint"].clone()))
            .collect::<Vec<_>>()
    };
    let (few, more) = (runs("idle=1,5"), runs("idle=1,3,5"));
    assert_eq!(few, more.into_iter().filter(|(idle, _)| idle != "\"3\"").collect::<Vec<_>>());
}

#[test]
fn a_sweep_may_stand_in_the_link_and_at_an_instant() {
    let output = connlab(&["sweep", "p=incident&duration=1s&x.500ms.rps=400,800&y.idle=1,2&n=2&seed=7", "--list"]);
    let links: Vec<&str> = stdout(&output).lines().collect();
    assert_eq!(links.len(), 8);
    assert_eq!(links[0], "v=1&p=incident&seed=7&duration=1s&idle=1&500ms.rps=400");
    assert_eq!(links[7], "v=1&p=incident&seed=8&duration=1s&500ms.rps=800");
}

#[test]
fn shards_are_all_runs_once() {
    let whole = sweep(&["--list"]);
    let mut parts: Vec<Vec<String>> = Vec::new();
    for part in 1..=5 {
        let output = sweep(&["--list", "--shard", &format!("{part}/5")]);
        parts.push(stdout(&output).lines().map(str::to_string).collect());
    }
    let turns = (0..24).map(|run| parts[run % 5][run / 5].clone()).collect::<Vec<_>>();
    assert_eq!(turns.iter().map(|link| format!("{link}\n")).collect::<String>(), stdout(&whole));
    let numbers: Vec<u64> =
        rows(&sweep(&["--shard", "2/5"])).iter().map(|row| row["number"].as_u64().expect("a number")).collect();
    assert_eq!(numbers, [2, 7, 12, 17, 22]);
}

#[test]
fn a_sweep_that_was_killed_goes_on_where_it_was() {
    let whole = sweep(&[]);
    let text = stdout(&whole);
    let ends: Vec<usize> = text.match_indices('\n').map(|(i, _)| i + 1).collect();
    // Cut within a line, before its end alone, between two lines, in the first line; and nothing there at all.
    for cut in [ends[6] + 30, ends[9] - 1, ends[4], 5, 0] {
        let file = Temporary::new(&format!("cut-{cut}.jsonl"), &text[..cut]);
        let output = sweep(&["--resume", file.path()]);
        assert!(output.status.success(), "{}", stderr(&output));
        assert_eq!(stdout(&output), "");
        assert_eq!(fs::read_to_string(file.path()).expect("the file"), text, "cut at {cut}");
        let is_whole = cut == 0 || ends.contains(&cut);
        let line = text[..cut].lines().count();
        let said = if is_whole { String::new() } else { format!("line {line} was cut short and is run again") };
        assert!(stderr(&output).contains(&said) && stderr(&output).is_empty() == is_whole, "{}", stderr(&output));
    }
    // A line that is missing in the middle is all that is run.
    let file = Temporary::new("gap.jsonl", &(text[..ends[2]].to_string() + &text[ends[3]..]));
    assert!(sweep(&["--resume", file.path()]).status.success());
    let filled = fs::read_to_string(file.path()).expect("the file");
    assert_eq!(filled, text[..ends[2]].to_string() + &text[ends[3]..] + &text[ends[2]..ends[3]]);
}

#[test]
fn a_broken_line_of_a_resumed_file_is_named_and_the_file_stays_as_it_is() {
    let whole = sweep(&[]);
    let text = stdout(&whole);
    let lines: Vec<&str> = text.lines().collect();
    let with = |number: usize, line: &str| {
        let mut lines = lines[..8].to_vec();
        lines[number - 1] = line;
        lines.join("\n") + "\n"
    };
    let other = connlab(&["sweep", "p=incident&duration=2s", "--vary", "idle=1,5"]);
    let print = lines[0].find("fingerprint\":\"").expect("a fingerprint") + 14;
    let old = format!("{}0123456789abcdef{}", &lines[0][..print], &lines[0][print + 16..]);
    for (name, content, says) in [
        ("half", with(5, &lines[4][..40]), "line 5: it is no JSON object"),
        ("text", with(2, "the second run"), "line 2: it is no JSON object"),
        ("twice", with(7, lines[2]), "line 7: it has a run that another line has"),
        ("number", with(3, "{\"number\":25}"), "line 3: its number is none of the runs 1 to 24"),
        ("fields", with(8, &lines[7].replace("p99_ms", "p98_ms")), "line 8: it has no p99_ms"),
        ("other", stdout(&other).to_string(), "line 1: its link is not that of run 1 of this sweep"),
        ("notes", "what I want to keep".to_string(), "line 1: it is no line of a sweep, and would be lost"),
        ("end", with(5, lines[4]) + "\0\0\0", "line 9: it is no line of a sweep"),
        ("old", with(1, &old), "line 1: its fingerprint is \"0123456789abcdef\" and not"),
    ] {
        let file = Temporary::new(&format!("broken-{name}.jsonl"), &content);
        let said = refusal(&[SWEEP, &["--resume", file.path()]].concat());
        assert!(said.contains(says), "{name}: {said}");
        assert_eq!(fs::read_to_string(file.path()).expect("the file"), content, "{name}");
    }
}

#[test]
fn an_expectation_that_does_not_hold_is_status_1_and_named() {
    let links = Temporary::new("expect.txt", "p=healthy&duration=1s\np=incident&duration=30s\n");
    let expect = |expectation: &str| {
        connlab(&["run", "--links", links.path(), "--jsonl", "--fields", "failed", "--expect", expectation])
    };
    for holds in ["failed_share<=0.9", "failed_share < 90%", "ok>=100", "fingerprint_count=0", "requests.offered>0"] {
        let output = expect(holds);
        if holds.starts_with("fingerprint") {
            assert_eq!(output.status.code(), Some(2));
            continue;
        }
        assert!(output.status.success(), "{holds}: {}", stderr(&output));
    }
    let output = expect("failed_share<=0.01");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(rows(&output).len(), 2, "all is run, and told");
    let says =
        "expected failed_share<=0.01: not so in 1 of 2 runs; first in v=1&p=incident&duration=30s, where it is 0.";
    assert!(stderr(&output).contains(says), "{}", stderr(&output));
    // What cannot be measured does not meet a limit.
    let none = connlab(&["run", "duration=1s&listening=off", "--jsonl", "--fields", "ok", "--expect", "p99_ms<=500"]);
    assert_eq!(none.status.code(), Some(1));
    assert!(stderr(&none).contains("where there is no value"), "{}", stderr(&none));
    // Also of the runs that a resumed file has already.
    let file = Temporary::new("expect.jsonl", "");
    let args = ["sweep", "p=incident&duration=30s", "--resume", file.path(), "--expect", "failed_share<=0.01"];
    assert_eq!(connlab(&args).status.code(), Some(1));
    assert_eq!(connlab(&args).status.code(), Some(1), "nothing is left to run");
}

#[test]
fn what_cannot_be_swept_or_told_is_one_clear_sentence() {
    for (args, says) in [
        (&["--vary", "seed=1,2"][..], "seed cannot be swept"),
        (&["--vary", "p=incident,healthy"], "p cannot be swept: it is no setting"),
        (&["--vary", "theme=dark"], "theme cannot be swept: it does not change the run"),
        (&["--vary", "somaxcon=1"], "`somaxcon` cannot be swept: it is not a setting: did you mean somaxconn?"),
        (&["--vary", "5s.backlog=1"], "5s.backlog cannot be swept: backlog cannot change during a run"),
        (&["--vary", "idle=5..2"], "idle: the range 5..2 is empty"),
        (&["--vary", "idle=1,,2"], "idle: `` is not a whole number"),
        (&["--vary", "idle=1,x"], "idle: `x` is not a whole number"),
        (&["--vary", "keepalive=off..on"], "keepalive has no range: on, off"),
        (&["--vary", "idle=1", "--vary", "idle=2"], "idle is swept twice"),
        (&["--vary", "idle", "--seeds", "1..100000"], "are more than 1,000,000 runs"),
        (&["--seeds", "9..3"], "`9..3` is an empty range of seeds"),
        (&["--seeds", "20"], "`20` is no range of seeds: two whole numbers such as 1..20"),
        (&["--seeds", "1..99999999999999999"], "above the largest"),
        (&["x.idle=5..2"], "`x.idle=5..2`: idle: the range 5..2 is empty"),
        (&["z=p98"], "no measure is `p98`"),
        (&["n=0"], "`n=0`: it is not a number of seeds, 1..1000"),
        (&["--fields", "failed,p98_ms"], "no field is `p98_ms`: did you mean p90_ms or p95_ms or p99_ms?"),
        (&["--fields", "ports"], "no field is `ports`: did you mean errors.ports or peaks.ports?"),
        (&["--fields", ""], "no field is named"),
        (&["--shard", "0/4"], "there are parts 1/4 to 4/4"),
        (&["--shard", "5/4"], "there are parts 1/4 to 4/4"),
        (&["--shard", "half"], "--shard half: a part and the number of parts, such as 3/16"),
        (&["--expect", "failed_share"], "`failed_share` is no expectation, such as failed_share<=0.01"),
        (&["--expect", "failed_share<=few"], "has no number as its limit"),
        (&["--expect", "failed_shar<=1"], "no field is `failed_shar`: did you mean failed_share?"),
        (&["-j", "0"], "0"),
        (&["--resume", "/no/such/folder/out.jsonl"], "cannot use /no/such/folder/out.jsonl"),
        (&["--list", "--resume", "out.jsonl"], "--resume"),
    ] {
        let said = refusal(&[&["sweep"], args].concat());
        assert!(said.contains(says), "{args:?}: {said}");
    }
    for (args, says) in [
        (&["--links", "-"][..], "--jsonl"),
        (&["--links", "/no/such/file", "--jsonl"], "cannot read /no/such/file"),
        (&["--fields", "ok"], "--jsonl"),
        (&["--jsonl", "--csv", "series"], "--csv"),
        (&["idle=1", "--jsonl", "--links", "-"], "--links"),
    ] {
        let said = refusal(&[&["run"], args].concat());
        assert!(said.contains(says), "{args:?}: {said}");
    }
}

/// A reader that has seen enough ends it, with nothing to complain of and without making the other runs.
#[test]
fn a_reader_that_has_seen_enough_ends_a_sweep() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_connlab"));
    command.args(["sweep", "p=incident", "--seeds", "1..100000"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut first = String::new();
    BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut first).expect("a line");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success() && stderr(&output).is_empty(), "{}", stderr(&output));
}
