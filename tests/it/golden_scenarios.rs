//! The golden scenarios: thirty small stories with exact endings, most of them measured on real Go and Linux. Each is
//! retold by at least one test, whose name ends in its number.

use std::path::Path;

/// What happens, and what comes of it.
const GOLDEN: [&str; 30] = [
    "a dial where nothing listens is refused after one RTT, and leaves no port behind",
    "a dial into nothing: 9 SYNs (5 before Linux 6.5) in 30 s; ETIMEDOUT at 131 s (127 s)",
    "nobody accepts: backlog + 1 connections are established, the next SYN is dropped and counted",
    "a half-accepted connection: data and SYN-ACK again on schedule, reset when 63 s are over",
    "the same, with the queue emptied at 10 s: the request arrives with its next copy",
    "the same, with tcp_abort_on_overflow: RST at the last ACK",
    "the listener is closed: queued connections are reset, newcomers refused, half-accepted ones reset later",
    "ten ports, the client closes first: the eleventh finds none for 60 s, with tcp_tw_reuse for 1 s",
    "ten ports, the server closes first: 25 of 25 go well",
    "twelve at once on ten ports: two find none",
    "tcp_max_tw_buckets 3 and eight closes: three TIME_WAITs, five overflows",
    "bursts and even loads: exact counts of dials, closes and reuses",
    "requests that cross the server's FIN: GET is replayed, POST gets EOF",
    "requests that are buffered and unread when the connection ends: GET is replayed, POST is reset",
    "k stale connections end at once: no error for GET, k errors for POST",
    "Client.Timeout 100 ms, handler 1 s: the handler works on",
    "Client.Timeout during a dial: the dial goes on, and its connection joins the pool",
    "one connection, three requests of a second: ResponseHeaderTimeout 1.5 s hurts nobody",
    "LimitListener(2) and four keep-alive clients: two are served, two time out",
    "the server out of descriptors: accept() pauses 5, 10, 20, 40 ms, and nobody fails",
    "Shutdown with two in service and eight queued: 2 ok, 8 resets; Close: 2 EOF, 8 resets",
    "WriteTimeout 50 ms, handler 100 ms: EOF at 100 ms",
    "eight workers and a bounded queue lose what M/M/c/K loses",
    "the same below capacity, with SYNs sent again: no loss, latency in steps of a second",
    "retries keep a spike alive; a budget or a short queue ends it",
    "back-off and jitter under contention: the means of the AWS simulator",
    "POST with an Idempotency-Key that crosses the server's FIN: always ok",
    "PUT that crosses the server's FIN: EOF",
    "DisableKeepAlives: the server has the TIME_WAITs",
    "two idle connections for fifty callers: .32 dials a request, TIME_WAIT = close rate x 60",
];

/// The names of all functions of the tests and of the library.
fn functions() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut folders, mut names) = (vec![root.join("model/src"), root.join("src"), root.join("tests/it")], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(&path).expect("UTF-8");
                let after_fn = text.lines().filter_map(|line| line.trim_start().strip_prefix("fn "));
                names.extend(after_fn.filter_map(|line| line.split_once('(')).map(|(name, _)| name.to_string()));
            }
        }
    }
    names
}

#[test]
fn every_golden_scenario_is_retold_by_a_test_that_names_it() {
    let functions = functions();
    for (number, story) in (1..).zip(GOLDEN) {
        let id = format!("g{number}");
        let told = functions.iter().any(|name| name.split('_').any(|word| word == id));
        assert!(told, "G{number}: {story}");
    }
}
