//! Reports as JSON: read as the same report is that people read.

use connlab::diagnosis::{DOCUMENT_MAX, Diagnosis, LINE_MAX, LogReader, diagnose};
use connlab::facts::Fact;

use super::command_line::{connlab, stdout};

fn summary(reading: &Diagnosis) -> &Fact {
    let mut summaries = reading.facts.found.iter().filter(|fact| fact.label == "summary");
    let summary = summaries.next().unwrap_or_else(|| panic!("a summary: {reading}"));
    assert!(summaries.next().is_none(), "one summary: {reading}");
    summary
}

fn number(fact: &Fact, name: &str) -> Option<f64> {
    fact.numbers.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
}

/// What is found, with its count.
fn found(reading: &Diagnosis) -> Vec<(&'static str, u64)> {
    reading.findings.iter().map(|finding| (finding.subject().name(), finding.count)).collect()
}

#[test]
fn the_report_of_a_run_as_json_says_what_its_overview_says() {
    for link in ["p=incident", "p=restart", "p=two-idle&duration=20s"] {
        let json = diagnose(stdout(&connlab(&["run", link, "--json"])));
        let overview = diagnose(stdout(&connlab(&["run", link])));
        assert_eq!(found(&json), found(&overview), "{link}: {json}");
        assert_eq!(json.facts, overview.facts, "{link}: {json}");
    }
    let json = diagnose(stdout(&connlab(&["run", "p=incident", "--json"])));
    assert_eq!(found(&json).iter().map(|(class, _)| *class).collect::<Vec<_>>(), ["reset", "closed"], "{json}");
}

/// Recorded: autocannon 8.0.0, 20 connections for 5 s, and a server that read 5,153 requests, answered 4,747 with 200
/// and reset the connection of every twentieth.
#[test]
fn autocannons_json_is_read_as_its_tables_are() {
    let json = include_str!("../data/pastes/autocannon.json");
    let command = "$ autocannon --json --no-progress -c 20 -d 5 http://127.0.0.1:25000/\n";
    for text in [json.to_string(), format!("{command}{json}\n")] {
        let reading = diagnose(&text);
        let summary = summary(&reading);
        assert_eq!(summary.tool, "autocannon");
        for (name, want) in
            [("requests", 5_153.0), ("rate", 975.4), ("p50_ms", 109.0), ("p99_ms", 705.0), ("max_ms", 844.0)]
        {
            assert_eq!(number(summary, name), Some(want), "{name}: {reading}");
        }
        assert!(reading.to_string().contains("256"), "the requests that got no answer: {reading}");
    }
}

/// The numbers of one run as vegeta prints them and as its documented JSON has them.
#[test]
fn vegetas_json_is_read_as_its_text_is() {
    let text = "Requests      [total, rate, throughput]         2000, 200.09, 189.88\n\
                Duration      [total, attack, wait]             10.006s, 9.995s, 10.71ms\n\
                Latencies     [min, mean, 50, 90, 95, 99, max]  10.08ms, 30.443ms, 10.948ms, 11.516ms, 11.982ms, \
                855.082ms, 2.5s\n\
                Bytes In      [total, mean]                     5700, 2.85\nBytes Out     [total, mean]  0, 0.00\n\
                Success       [ratio]                           95.00%\n\
                Status Codes  [code:count]                      0:100  200:1900\nError Set:\n\
                Get \"http://a/\": read tcp 10.0.0.1:40000->10.0.0.2:80: read: connection reset by peer\n";
    let json = r#"{"latencies":{"total":60886000000,"mean":30443000,"50th":10948000,"90th":11516000,"95th":11982000,
"99th":855082000,"max":2500000000,"min":10080000},"bytes_in":{"total":5700,"mean":2.85},
"bytes_out":{"total":0,"mean":0},
"earliest":"2026-11-29T20:00:00Z","latest":"2026-11-29T20:00:09.995Z","end":"2026-11-29T20:00:10.006Z",
"duration":9995000000,"wait":10710000,"requests":2000,"rate":200.09,"throughput":189.88,"success":0.95,
"status_codes":{"0":100,"200":1900},
"errors":["Get \"http://a/\": read tcp 10.0.0.1:40000->10.0.0.2:80: read: connection reset by peer"]}"#;
    let (printed, one_line) = (diagnose(text), diagnose(&json.replace('\n', "")));
    assert_eq!(summary(&printed).tool, "vegeta");
    assert_eq!(one_line.facts, printed.facts, "{one_line}\n{printed}");
    assert_eq!(found(&one_line), found(&printed));
    let pretty: serde_json::Value = serde_json::from_str(json).expect("valid JSON");
    let pretty = serde_json::to_string_pretty(&pretty).expect("text");
    let among_others = diagnose(&format!("Post \"http://a/\": EOF\n{pretty}\n"));
    assert_eq!(among_others.facts, printed.facts, "{among_others}");
    assert!(found(&among_others).contains(&("eof", 1)), "{among_others}");
}

/// Logs of one JSON object a line, and documents of other programs, are lines like any others.
#[test]
fn other_json_is_read_line_by_line() {
    let log = "{\"level\":\"error\",\"error\":\"Post \\\"http://a/\\\": EOF\"}\n";
    assert_eq!(found(&diagnose(&log.repeat(3))), [("eof", 3)]);
    let document = "{\n  \"level\": \"error\",\n  \"error\": \"Post \\\"http://a/\\\": EOF\"\n}\n";
    assert_eq!(found(&diagnose(&document.repeat(3))), [("eof", 3)]);
    assert_eq!(found(&diagnose("{\nPost \"http://a/\": EOF\n")), [("eof", 1)], "it never ends");
}

/// Megabytes of one kind of text after the other: what is held stays below a bound, and every line is read once.
#[test]
fn a_text_of_any_size_is_read_in_bounded_memory_and_each_byte_once() {
    const MEGABYTE: u64 = 1024 * 1024;
    let long = format!("{}\n", "x".repeat(64 * 1024));
    let never_ending = format!("{{\n{}", format!("  \"a\": \"{}\",\n", "b".repeat(200)).repeat(1_000));
    let text = "Post \"http://a/\": EOF\n";
    let pieces = [(text, 1), (&*long, 100), (&*never_ending, 5), ("\n\n\r\n", 20), ("no end ", 100)];
    for (piece, megabytes) in pieces {
        let piece = piece.repeat((64 * 1024 / piece.len()).max(1));
        let mut reader = LogReader::new();
        let (mut fed, mut most) = (0, 0);
        while fed < megabytes * MEGABYTE {
            reader.feed(piece.as_bytes());
            fed += piece.len() as u64;
            most = most.max(reader.held());
        }
        assert!(most <= DOCUMENT_MAX + 8 * LINE_MAX, "{most} bytes of {:?}", &piece[..20.min(piece.len())]);
        let lines = fed / piece.len() as u64 * piece.lines().filter(|line| !line.trim().is_empty()).count() as u64;
        let reading = reader.finish();
        // What has no line, or no line's end, is read as one.
        let read = if piece.contains('\n') { lines.max(1) } else { 1 };
        assert_eq!(reading.lines, read, "{:?}", &piece[..20.min(piece.len())]);
    }
}
