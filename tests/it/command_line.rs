//! The command line as scripts see it: what goes to which stream, with which exit status, in which form.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use connlab::params::PARAMS;
use connlab::preset::PRESETS;
use connlab::sim::error::ERRORS;
use serde_json::Value;

use super::lab;

pub fn connlab(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_connlab")).args(args).output().expect("the program starts")
}

pub fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("UTF-8")
}

pub fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).expect("UTF-8")
}

/// What a run with nothing wrong prints.
fn run(args: &[&str]) -> String {
    let output = connlab(&[&["run"], args].concat());
    assert!(output.status.success(), "{args:?}: {}", stderr(&output));
    assert_eq!(stderr(&output), "", "{args:?}");
    stdout(&output).to_string()
}

pub fn json(link: &str) -> Value {
    serde_json::from_str(&run(&[link, "--json"])).expect("valid JSON")
}

/// Bad usage: status 2, one line that says what is wrong, and nothing that a pipe could take for a result.
pub fn refusal(args: &[&str]) -> String {
    let output = connlab(args);
    assert_eq!(output.status.code(), Some(2), "{args:?}");
    assert_eq!(stdout(&output), "", "{args:?}");
    let line = stderr(&output).strip_suffix('\n').expect("a line");
    assert!(!line.contains('\n'), "{args:?}: more than one line:\n{line}");
    line.strip_prefix("connlab: ").unwrap_or_else(|| panic!("{args:?}: who is speaking? {line}")).to_string()
}

/// A file that exists as long as the test.
pub struct Temporary(PathBuf);

impl Temporary {
    pub fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("connlab-{}-{name}", std::process::id()));
        fs::write(&path, text).expect("a temporary file");
        Temporary(path)
    }

    pub fn path(&self) -> &str {
        self.0.to_str().expect("a printable path")
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// Fails now and then, so that every list of the report has an entry.
const LINK: &str = "duration=5s&rps=1200&timeout=300ms&backlog=16&retries=1&seed=7";

/// Every key of the report with its type, `a.b` for a key of an object and `a[].b` for a key of a list's entries.
const REPORT: &[(&str, char)] = &[
    ("schema", 'n'),
    ("link", 's'),
    ("fingerprint", 's'),
    ("events", 'n'),
    ("simulated_s", 'n'),
    ("warnings", 'l'),
    ("requests.offered", 'n'),
    ("requests.ok", 'n'),
    ("requests.failed", 'n'),
    ("requests.in_flight", 'n'),
    ("attempts.application", 'n'),
    ("attempts.wire", 'n'),
    ("attempts.transport_retries", 'n'),
    ("attempts.application_retries", 'n'),
    ("errors[].class", 's'),
    ("errors[].count", 'n'),
    ("errors[].first_ms", 'n'),
    ("errors[].text", 's'),
    ("attempt_errors[].class", 's'),
    ("attempt_errors[].count", 'n'),
    ("attempt_errors[].first_ms", 'n'),
    ("attempt_errors[].text", 's'),
    ("latency_ms.count", 'n'),
    ("latency_ms.mean", 'n'),
    ("latency_ms.min", 'n'),
    ("latency_ms.p10", 'n'),
    ("latency_ms.p25", 'n'),
    ("latency_ms.p50", 'n'),
    ("latency_ms.p75", 'n'),
    ("latency_ms.p90", 'n'),
    ("latency_ms.p95", 'n'),
    ("latency_ms.p99", 'n'),
    ("latency_ms.p999", 'n'),
    ("latency_ms.max", 'n'),
    ("latency_ms.over_second", 'n'),
    ("latency_histogram[].up_to", 'n'),
    ("latency_histogram[].count", 'n'),
    ("connections.dials", 'n'),
    ("connections.established", 'n'),
    ("connections.reused_requests", 'n'),
    ("connections.fresh_requests", 'n'),
    ("connections.client_closes", 'n'),
    ("connections.server_closes", 'n'),
    ("connections.accepted", 'n'),
    ("connections.accepted_unused", 'n'),
    ("connections.peak_open", 'n'),
    ("connections.open_end", 'n'),
    ("server.handlers_started", 'n'),
    ("server.busy_ms", 'n'),
    ("server.wasted_ms", 'n'),
    ("server.utilization", 'n'),
    ("nstat.TcpActiveOpens", 'n'),
    ("nstat.TcpPassiveOpens", 'n'),
    ("nstat.TcpRetransSegs", 'n'),
    ("nstat.TcpOutRsts", 'n'),
    ("nstat.TcpExtListenOverflows", 'n'),
    ("nstat.TcpExtListenDrops", 'n'),
    ("nstat.TcpExtTCPTimeouts", 'n'),
    ("nstat.TcpExtTCPSynRetrans", 'n'),
    ("nstat.TcpExtTCPReqQFullDrop", 'n'),
    ("nstat.TcpExtTCPReqQFullDoCookies", 'n'),
    ("nstat.TcpExtTCPAbortOnClose", 'n'),
    ("nstat.TcpExtTCPAbortOnData", 'n'),
    ("sockets_end.client.ESTABLISHED", 'n'),
    ("sockets_end.client.SYN_SENT", 'n'),
    ("sockets_end.client.TIME_WAIT", 'n'),
    ("sockets_end.server.ESTABLISHED", 'n'),
    ("sockets_end.server.SYN_RECV", 'n'),
    ("sockets_end.server.TIME_WAIT", 'n'),
    ("peaks.accept_queue", 'n'),
    ("peaks.syn_queue", 'n'),
    ("peaks.busy_workers", 'n'),
    ("peaks.pool_idle", 'n'),
    ("peaks.ports", 'n'),
    ("peaks.time_wait_client", 'n'),
    ("peaks.time_wait_server", 'n'),
    ("means.in_flight", 'n'),
    ("means.accept_queue", 'n'),
    ("means.busy_workers", 'n'),
    ("checks[].id", 's'),
    ("checks[].title", 's'),
    ("checks[].formula", 's'),
    ("checks[].source", 's'),
    ("checks[].unit", 's'),
    ("checks[].verdict", 's'),
    ("checks[].expected", 'n'),
    ("checks[].simulated", 'n'),
    ("checks[].low", 'n'),
    ("checks[].high", 'n'),
    ("checks[].tolerance", 's'),
    ("series[].t_s", 'n'),
    ("series[].offered", 'n'),
    ("series[].ok", 'n'),
    ("series[].errors", 'o'),
    ("series[].p50_ms", 'n'),
    ("series[].p99_ms", 'n'),
    ("series[].accept_queue", 'n'),
    ("series[].busy_workers", 'n'),
    ("series[].time_wait_client", 'n'),
];

/// The value at such a path; of a list, in its first entry.
fn at<'a>(report: &'a Value, path: &str) -> &'a Value {
    path.split('.').fold(report, |value, step| match step.strip_suffix("[]") {
        Some(list) => &value[list][0],
        None => &value[step],
    })
}

#[test]
fn the_json_report_has_every_key_of_the_contract() {
    let report = json(LINK);
    for (path, kind) in REPORT {
        let value = at(&report, path);
        let found = match value {
            Value::Null => '-',
            Value::Bool(_) => 'b',
            Value::Number(_) => 'n',
            Value::String(_) => 's',
            Value::Array(_) => 'l',
            Value::Object(_) => 'o',
        };
        assert_eq!(found, *kind, "{path} is {value}");
    }
    assert_eq!(report["schema"], 1);
    assert_eq!(report["link"], "v=1&seed=7&duration=5s&rps=1200&timeout=300ms&retries=1&backlog=16");
    let fingerprint = report["fingerprint"].as_str().expect("text");
    assert_eq!(fingerprint.len(), 16);
    assert!(fingerprint.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')), "{fingerprint}");
    assert_eq!(report["simulated_s"], 5.0);
    assert_eq!(report["warnings"], Value::Array(vec![]));
    assert_eq!(report["series"].as_array().expect("rows").len(), 5);
}

#[test]
fn errors_come_by_class_commonest_first() {
    let report = json(LINK);
    let classes: BTreeSet<&str> = ERRORS.iter().map(|spec| spec.class).collect();
    for list in ["errors", "attempt_errors"] {
        let rows = report[list].as_array().expect("rows");
        let counts: Vec<u64> = rows.iter().map(|row| row["count"].as_u64().expect("a count")).collect();
        assert!(!rows.is_empty() && counts.is_sorted_by(|a, b| a >= b), "{list}: {counts:?}");
        for row in rows {
            assert!(classes.contains(row["class"].as_str().expect("text")), "{row}");
            assert!(row["text"].as_str().expect("text").starts_with("Get \"http://10.0.1.1:80/\": "), "{row}");
        }
    }
}

#[test]
fn two_processes_print_the_same_run_and_it_is_the_librarys() {
    let first = run(&[LINK, "--json"]);
    assert_eq!(first, run(&[LINK, "--json"]));
    let report: Value = serde_json::from_str(&first).expect("valid JSON");
    assert_eq!(report["fingerprint"], lab::run(LINK).fingerprint);
    assert_ne!(json(&format!("{LINK}1"))["fingerprint"], report["fingerprint"], "seed=71");
}

#[test]
fn a_whole_address_is_a_link_too() {
    let plain = json(LINK)["fingerprint"].clone();
    for before in ["https://example.org/lab/#v=1&", "https://example.org/lab/?", "#", "?"] {
        assert_eq!(json(&format!("{before}{LINK}"))["fingerprint"], plain, "{before}");
    }
}

#[test]
fn a_link_with_faults_runs_and_names_each_of_them_twice() {
    let output = connlab(&["run", "duration=1s&backlog=12x&rps=0&nope=1&5s.backlog=7", "--json"]);
    assert!(output.status.success());
    let report: Value = serde_json::from_str(stdout(&output)).expect("nothing but JSON on stdout");
    let warnings: Vec<&str> =
        report["warnings"].as_array().expect("a list").iter().map(|warning| warning.as_str().expect("text")).collect();
    let on_stderr: Vec<&str> =
        stderr(&output).lines().map(|line| line.strip_prefix("connlab: warning: ").expect("a warning")).collect();
    assert_eq!(warnings, on_stderr);
    assert_eq!(warnings.len(), 4);
    for part in ["backlog=12x", "rps=0", "nope", "5s.backlog"] {
        assert!(warnings.iter().any(|warning| warning.contains(part)), "{part} is not named in {warnings:?}");
    }
    assert_eq!(report["link"], "v=1&duration=1s&rps=0.1");
}

#[test]
fn ss_prints_the_hosts_that_are_asked_for_at_that_time() {
    let ss = |args: &[&str]| {
        let output = connlab(&[&["ss", LINK], args].concat());
        assert!(output.status.success() && stderr(&output).is_empty(), "{args:?}: {}", stderr(&output));
        stdout(&output).to_string()
    };
    let both = ss(&["--at", "1.5s"]);
    let (client, server) = ("# client 1, 10.0.0.1, at 1.500 s\n", "# server, 10.0.1.1, at 1.500 s\n");
    assert!(both.starts_with(client) && both.contains(server) && both.contains("\n#kernel\n"), "{both}");
    let only_server = ss(&["--at", "1500ms", "--server"]);
    assert!(only_server.starts_with(server) && both.ends_with(&only_server), "{only_server}");
    assert!(!ss(&["--at", "1500ms", "--client", "1"]).contains(server));
    assert!(ss(&[]).contains("at 5.000 s\n"), "without a time it is the run's end");
}

/// Times are nanoseconds, connections have the numbers of their dials, and no arena shows through.
#[test]
fn ss_prints_the_world_as_json() {
    let output = connlab(&["ss", LINK, "--at", "1.5s", "--json"]);
    let world: Value = serde_json::from_str(stdout(&output)).expect("valid JSON");
    assert_eq!(world["at"], 1_500_000_000);
    let connections = world["connections"].as_array().expect("a list");
    let numbers: BTreeSet<u64> = connections.iter().map(|c| c["number"].as_u64().expect("a number")).collect();
    assert!(!numbers.is_empty() && numbers.len() == connections.len());
    assert!(numbers.last() <= world["nstat"]["TcpActiveOpens"].as_u64().as_ref(), "no more than there were dials");
    for packet in world["packets"].as_array().expect("a list") {
        assert!(numbers.contains(&packet["connection"].as_u64().expect("a number")), "{packet}");
    }
}

#[test]
fn ss_runs_a_link_with_faults_and_names_them() {
    let output = connlab(&["ss", "duration=1s&backlog=12x", "--server"]);
    assert!(output.status.success() && stdout(&output).starts_with("# server"));
    assert!(stderr(&output).starts_with("connlab: warning: ") && stderr(&output).contains("backlog=12x"));
}

#[test]
fn the_summary_is_the_librarys() {
    let settings = connlab::link::scenario(LINK).differences();
    let (link, report) = (connlab::link::encode(&connlab::link::decode(LINK).recipe), lab::run(LINK));
    let text = |slo: &str| connlab::summary::text(&link, &report, &settings, &connlab::summary::thresholds(slo).0);
    assert_eq!(run(&[LINK, "--summary"]), text(""));
    assert_eq!(run(&[&format!("{LINK}&slo=p99:1ms"), "--summary"]), text("p99:1ms"));
    assert_ne!(text("p99:1ms"), text(""));
}

#[test]
fn a_threshold_that_cannot_be_used_is_named_on_stderr() {
    let output = connlab(&["run", "duration=1s&slo=p98:3ms", "--summary"]);
    assert!(output.status.success());
    assert!(stderr(&output).contains("`p98` is not one of fail, "), "{}", stderr(&output));
}

#[test]
fn no_link_at_all_is_the_defaults() {
    assert_eq!(run(&["--json"]), run(&["v=1", "--json"]));
}

#[test]
fn bad_usage_is_one_clear_line() {
    for (args, names) in [
        (&["run", "--jsn"][..], "--jsn"),
        (&["run", "--csv", "errors"], "errors"),
        (&["run", "--csv"], "--csv"),
        (&["run", "--json", "--csv", "series"], "--csv"),
        (&["run", "idle=1", "idle=2"], "idle=2"),
        (&["run", "--arrivals"], "--arrivals"),
        (&["run", "--summary", "--json"], "--json"),
        (&["ss", "--at", "soon"], "soon"),
        (&["ss", "duration=1s", "--at", "2s"], "--at"),
        (&["ss", "--client", "2"], "--client 2"),
        (&["ss", "--client", "0"], "--client 0"),
        (&["ss", "--client", "1", "--server"], "--server"),
        (&["ss", "--json", "--server"], "--server"),
        (&["runn"], "runn"),
        (&["presets", "all"], "all"),
        (&["why", "p=restart", "--class", "rest"], "rest"),
        (&["cure", "p=restart", "--class", "rest"], "no class of errors is rest: "),
        (&["why", "p=restart", "--request", "0"], "0"),
        (&["why", "p=restart", "--request", "1", "--class", "eof"], "--class"),
        (&["why", "p=healthy&duration=1s", "--request", "5000"], "#5"),
        (&["diagnose"], "required"),
        (&["diagnose", "EOF", "EOF"], "EOF"),
        (&["code", "idle=1", "idle=2"], "idle=2"),
        (&[], "command"),
    ] {
        let line = refusal(args);
        assert!(line.contains(names), "{args:?}: {line:?} does not name {names}");
    }
}

#[test]
fn help_and_version_are_no_errors() {
    for args in [&["--help"][..], &["run", "--help"], &["--version"]] {
        let output = connlab(args);
        assert!(output.status.success(), "{args:?}");
        assert!(!stdout(&output).is_empty() && stderr(&output).is_empty(), "{args:?}");
    }
}

#[test]
fn cure_prints_what_every_change_did_to_the_class_and_to_all_failures() {
    let cure = |args: &[&str]| {
        let output = connlab(&[&["cure"], args].concat());
        assert!(output.status.success(), "{args:?}");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let all = cure(&["p=restart&duration=25s"]);
    let tables: Vec<&str> = all.split("\n\n").collect();
    let classes: Vec<&str> = tables.iter().filter_map(|table| table.split(':').next()).collect();
    assert_eq!(classes, ["refused", "eof", "reset", "beside the errors"], "the commonest class first: {all}");
    assert!(tables[3].starts_with("beside the errors: dials\n") && tables[3].contains("\n  helps "), "{all}");
    let lines: Vec<&str> = tables[0].lines().collect();
    for head in ["change", "who", "this error", "all failures", "p99"] {
        assert!(lines[1].contains(head), "{all}");
    }
    assert!(lines[2].starts_with("  cures it") && lines[2].contains("deploy with overlap"), "{all}");
    let retries = lines.iter().find(|line| line.contains("retries 0 → 3")).expect("it is tried");
    assert!(retries.contains("hardly helps") && retries.contains("code: your client"), "{retries}");
    assert_eq!(retries.matches('→').count(), 4, "the change, this error, all failures, p99: {retries}");
    let one = cure(&["p=restart&duration=25s", "--class", "eof"]);
    assert_eq!(one.trim_end(), tables[1].trim_end());
    // What is remarkable where nothing failed is cured too.
    assert!(cure(&["p=two-idle&duration=10s"]).starts_with("no request failed: dials\n"));
    assert!(cure(&["p=accept-queue&duration=15s"]).starts_with("no request failed: answers after 1 s or more\n"));
    assert_eq!(cure(&["p=healthy&duration=1s"]), "No request has failed.\n");
    assert_eq!(cure(&["p=healthy&duration=1s", "--class", "eof"]), "No request has failed with eof.\n");
}

#[test]
fn why_explains_the_first_failure_of_each_class_or_the_one_asked_for() {
    let why = |args: &[&str]| {
        let output = connlab(&[&["why"], args].concat());
        assert!(output.status.success(), "{args:?}: {}", stderr(&output));
        stdout(&output).to_string()
    };
    let all = why(&["p=restart"]);
    let chains: Vec<&str> = all.split("\n\n").collect();
    let classes: Vec<&str> = chains.iter().filter_map(|chain| chain.lines().next()?.split(": ").nth(1)).collect();
    assert_eq!(classes, ["refused", "eof", "reset", "answered"], "the commonest first, then what else is remarkable");
    assert!(chains[3].contains("so it dials connection"), "{all}");
    let eof = why(&["p=restart", "--class", "eof"]);
    assert_eq!(eof.trim_end(), chains[1].trim_end());
    let number = eof.split(['#', ':']).nth(1).expect("request #5970: eof");
    assert_eq!(why(&["p=restart", "--request", number]), eof);
    let history = why(&["p=restart", "--request", number, "--history"]);
    let last = history.lines().find(|line| line.ends_with("EOF")).expect("its outcome");
    assert!(last.contains("client program"), "{last}");
    assert!(history.lines().count() > eof.lines().count(), "{history}");
    // Whatever is explained has its history, packet by packet.
    for (args, ends) in [
        (&["p=accept-queue&duration=15s", "--slow", "--history"][..], "SYN, copy 1"),
        (&["p=two-idle&duration=5s", "--dial", "--history"], "SYN-ACK"),
        (&["p=two-idle&duration=5s", "--history"], "SYN-ACK"),
        (&["p=restart&duration=25s", "--class", "refused", "--history"], "connection refused"),
    ] {
        let history = why(args);
        assert!(history.contains(ends) && history.lines().count() > 8, "{args:?}: {history}");
    }
    let slowest = why(&["p=healthy&duration=1s"]);
    assert!(slowest.contains(": answered\n") && slowest.contains("The response is there after"), "{slowest}");
    assert_eq!(why(&["p=healthy&duration=1s", "--slow"]), slowest);
    assert!(why(&["p=two-idle&duration=5s", "--dial"]).contains("MaxIdleConnsPerHost 2"));
    // Where nothing failed, what is remarkable is explained without being asked for.
    assert!(why(&["p=two-idle&duration=5s"]).contains("MaxIdleConnsPerHost 2"));
    assert!(why(&["p=accept-queue&duration=15s"]).contains("SYN dropped"));
    assert_eq!(why(&["p=healthy&duration=1s", "--class", "eof"]), "No request has failed with eof.\n");
}

#[test]
fn a_link_is_printed_as_code() {
    let output = connlab(&["code", "p=restart&idle=64&nope=1"]);
    assert!(output.status.success());
    assert!(stderr(&output).starts_with("connlab: warning: `nope`"), "{}", stderr(&output));
    let text = stdout(&output);
    let files: Vec<&str> = text.lines().filter(|line| line.starts_with("-- ")).collect();
    assert_eq!(files, ["-- client/client.go --", "-- server/server.go --", "-- sysctl.conf --", "-- watch.sh --"]);
    assert!(text.contains("MaxIdleConnsPerHost = 64 // default 2\n"), "{text}");
    assert!(text.contains("connect: connection refused\nss -lnt "), "{text}");
    let healthy = connlab(&["code", "p=healthy"]);
    assert!(!stdout(&healthy).contains("watch.sh"), "nothing fails, so there is nothing to watch");
}

#[test]
fn presets_and_params_list_all_there_are() {
    let listed = |command: &str| {
        let output = connlab(&[command]);
        assert!(output.status.success());
        let words: BTreeSet<String> = stdout(&output).split_whitespace().map(str::to_string).collect();
        words
    };
    let presets = listed("presets");
    for preset in PRESETS {
        assert!(presets.contains(preset.name), "{}", preset.name);
    }
    let params = listed("params");
    for spec in PARAMS {
        assert!(params.contains(spec.key), "{}", spec.key);
    }
}

#[test]
fn recorded_arrivals_replace_the_load() {
    let file = Temporary::new(
        "good.jsonl",
        "{\"at_ms\": 10, \"service_ms\": 40}\n\n{\"at_ms\": 500.5, \"service_ms\": 7}\n{\"at_ms\": 500.5}\n",
    );
    // With 20 ms for what is not recorded, and 1 ms each for the handshake and the exchange.
    let link = "duration=2s&rps=1000&service-dist=fixed";
    let rows = run(&[link, "--csv", "requests", "--arrivals", file.path()]);
    assert_eq!(
        rows,
        "arrived_ms,ended_ms,latency_ms,client,attempts,outcome\n\
         10,52,42,1,1,ok\n\
         500.5,508.5,8,1,1,ok\n\
         500.5,522.5,22,1,1,ok\n"
    );
}

#[test]
fn recorded_arrivals_after_the_load_are_left_out_with_a_warning() {
    let file = Temporary::new("late.jsonl", "{\"at_ms\": 10}\n{\"at_ms\": 1000}\n{\"at_ms\": 3000}\n");
    let output = connlab(&["run", "duration=1s&tail=5s", "--json", "--arrivals", file.path()]);
    let report: Value = serde_json::from_str(stdout(&output)).expect("valid JSON");
    assert_eq!(report["requests"]["offered"], 1);
    assert!(stderr(&output).starts_with("connlab: warning: 2 recorded arrivals"), "{}", stderr(&output));
    assert_eq!(report["warnings"].as_array().expect("a list").len(), 1);
}

#[test]
fn a_recording_that_cannot_be_used_is_named_with_its_line() {
    let missing = std::env::temp_dir().join("connlab-no-such-file.jsonl");
    let missing = missing.to_str().expect("a printable path");
    assert!(refusal(&["run", "--arrivals", missing]).contains(missing));
    for (name, text, line) in [
        ("text.jsonl", "{\"at_ms\": 1}\nat 2 ms\n", "line 2: "),
        ("key.jsonl", "{\"at\": 1}\n", "line 1: "),
        ("type.jsonl", "{\"at_ms\": 1}\n\n{\"at_ms\": \"2\"}\n", "line 3: "),
        ("order.jsonl", "{\"at_ms\": 2}\n{\"at_ms\": 3}\n{\"at_ms\": 1}\n", "line 3: "),
        ("negative.jsonl", "{\"service_ms\": -1}\n", "line 1: "),
        ("nothing.jsonl", "", "no line"),
    ] {
        let file = Temporary::new(name, text);
        let message = refusal(&["run", "--arrivals", file.path(), "--json"]);
        assert!(message.contains(file.path()) && message.contains(line), "{name}: {message}");
    }
}

/// The cells of a table by column name; every row has as many cells as the heading.
fn table(csv: &str) -> Vec<Vec<(&str, &str)>> {
    assert!(csv.ends_with('\n') && !csv.contains('\r') && !csv.contains('"'));
    let mut lines = csv.lines();
    let heading: Vec<&str> = lines.next().expect("a heading").split(',').collect();
    assert_eq!(heading.iter().collect::<BTreeSet<_>>().len(), heading.len(), "a column named twice: {heading:?}");
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            assert_eq!(cells.len(), heading.len(), "{line}");
            heading.iter().copied().zip(cells).collect()
        })
        .collect()
}

fn cell<'a>(row: &[(&str, &'a str)], column: &str) -> &'a str {
    row.iter().find(|(name, _)| *name == column).unwrap_or_else(|| panic!("no column {column}")).1
}

fn number(row: &[(&str, &str)], column: &str) -> f64 {
    cell(row, column).parse().unwrap_or_else(|_| panic!("{column}: {:?} is no number", cell(row, column)))
}

#[test]
fn the_series_table_says_what_the_json_says() {
    let report = json(LINK);
    let csv = run(&[LINK, "--csv", "series"]);
    let rows = table(&csv);
    let series = report["series"].as_array().expect("rows");
    assert_eq!(rows.len(), series.len());
    for (row, want) in rows.iter().zip(series) {
        for column in ["t_s", "offered", "ok", "accept_queue", "busy_workers", "time_wait_client", "p50_ms", "p99_ms"] {
            assert_eq!(Some(number(row, column)), want[column].as_f64(), "{column} at {} s", want["t_s"]);
        }
        for error in report["errors"].as_array().expect("rows") {
            let class = error["class"].as_str().expect("text");
            let count = want["errors"][class].as_f64().unwrap_or(0.0);
            assert_eq!(number(row, class), count, "{class} at {} s", want["t_s"]);
        }
    }
}

/// A second without an ok request has no percentile: an empty cell, and null.
#[test]
fn a_percentile_of_nothing_is_empty() {
    let link = "duration=1s&listening=off";
    assert_eq!(cell(&table(&run(&[link, "--csv", "series"]))[0], "p50_ms"), "");
    assert_eq!(json(link)["series"][0]["p50_ms"], Value::Null);
}

#[test]
fn the_requests_table_has_one_row_for_every_outcome() {
    let report = json(LINK);
    let csv = run(&[LINK, "--csv", "requests"]);
    let rows = table(&csv);
    let outcomes = |what: &str| rows.iter().filter(|row| cell(row, "outcome") == what).count() as u64;
    assert_eq!(Some(outcomes("ok")), report["requests"]["ok"].as_u64());
    for error in report["errors"].as_array().expect("rows") {
        assert_eq!(Some(outcomes(error["class"].as_str().expect("text"))), error["count"].as_u64(), "{error}");
    }
    assert_eq!(
        rows.len() as u64,
        report["requests"]["ok"].as_u64().expect("n") + report["requests"]["failed"].as_u64().expect("n")
    );
    for row in &rows {
        let (arrived, ended, latency) = (number(row, "arrived_ms"), number(row, "ended_ms"), number(row, "latency_ms"));
        assert!((ended - arrived - latency).abs() < 1e-6, "{row:?}");
        assert!((1.0..=2.0).contains(&number(row, "attempts")), "{row:?}");
        assert_eq!(cell(row, "client"), "1");
    }
}
