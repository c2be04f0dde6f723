//! Pasted outputs of tools: each is recognised by its form and read as it is meant.

use connlab::facts;

/// What one output says: parts of its sentences, and the settings that follow.
struct Paste {
    name: &'static str,
    text: &'static str,
    says: &'static [&'static str],
    settings: &'static str,
}

macro_rules! paste {
    ($name:literal, $settings:literal, $($says:literal),+ $(,)?) => {
        Paste {
            name: $name,
            text: include_str!(concat!("../data/pastes/", $name, ".txt")),
            says: &[$($says),+],
            settings: $settings,
        }
    };
}

static PASTES: &[Paste] = &[
    paste!("ss-ltn-full", "somaxconn=128", "Recv-Q 129 of 128 + 1 on *:8080: accept queue full"),
    paste!(
        "ss-tan-client",
        "backlog=511",
        "Recv-Q 3 of 511 + 1 on 127.0.0.1:8080, the fullest of 2: there is room",
        "1 TIME_WAIT: no shortage of ports",
        "CLOSE_WAIT 1: your own process does not close",
        "SYN-SENT 1: connect() waits",
        "1 established connections hold bytes",
    ),
    paste!(
        "states-time-wait",
        "",
        "28,231 TIME_WAIT: ports nearly gone",
        "CLOSE_WAIT 340: your own process does not close",
    ),
    paste!("ss-s", "", "28,231 TIME_WAIT: ports nearly gone", "SYN-RECV 42: handshakes that are not finished"),
    paste!(
        "netstat-s-overflows",
        "",
        "5,191,585 listen overflows since boot",
        "5,191,585 SYNs to listening sockets dropped",
        "599,402 connections reset because data came after close()",
    ),
    paste!("nstat-cookies", "", "4,711 SYNs answered with a cookie", "No listen overflows"),
    paste!("proc-net-netstat", "", "77 listen overflows", "81 SYNs to listening sockets dropped"),
    paste!(
        "sysctls",
        "somaxconn=128&ports=1000&tw-reuse=1&syncookies=0",
        "net.core.somaxconn is 128. The default here is 4096.",
        "32768 to 33767: 1,000 ports",
        "tcp_fin_timeout is 60: that is FIN_WAIT2",
    ),
    paste!(
        "hey-timeouts",
        "duration=22s",
        "hey: 16,384 requests in 22.2 s, 586 requests/s",
        "hey sends GETs again, without a word, when a kept connection dies: its 2,019 errors may be many more",
        "Resets: 2,019 (12 %)",
        "Time-outs: 1,364 (8.3 %)",
    ),
    paste!(
        "wrk-5000",
        "load=closed&callers=5000&think=0s&duration=10s",
        "`timeout 48` with a maximum of 1.41 s: 48 answers took 2 s and more",
        "the percentiles are void",
        "`read 3268`: so many connections were reset or closed",
    ),
    paste!(
        "netstat-tan-busybox",
        "",
        "Recv-Q 6 on :::8080: as many connections wait for accept()",
        "SYN-RECV 1: handshakes",
    ),
];

#[test]
fn outputs_of_tools_are_read_as_they_are_meant() {
    for paste in PASTES {
        let found = facts::facts(paste.text);
        for part in paste.says {
            assert!(found.to_string().contains(part), "{}: no `{part}` in\n{found}", paste.name);
        }
        assert_eq!(found.pairs().join("&"), paste.settings, "{}\n{found}", paste.name);
    }
}

#[test]
fn colours_line_ends_of_windows_and_quotation_change_nothing() {
    for paste in PASTES {
        let plain = facts::facts(paste.text);
        let dressed: String = paste.text.lines().map(|line| format!("> \x1b[1;32m{line}\x1b[0m\r\n")).collect();
        assert_eq!(facts::facts(&dressed), plain, "{}", paste.name);
    }
}

#[test]
fn several_outputs_in_one_paste_are_told_apart() {
    let whole: String = PASTES.iter().map(|paste| format!("$ true\n{}\n", paste.text)).collect();
    let found = facts::facts(&whole);
    for paste in PASTES {
        for part in paste.says {
            assert!(found.to_string().contains(part), "{}: no `{part}` in\n{found}", paste.name);
        }
    }
}

#[test]
fn a_value_that_a_command_asked_for_is_that_setting() {
    for text in ["$ cat /proc/sys/net/core/somaxconn\n128\n", "# sysctl -n net.core.somaxconn\n128\n"] {
        assert_eq!(facts::facts(text).pairs().join("&"), "somaxconn=128", "{text}");
    }
    let counted = facts::facts("$ ss -tan state time-wait | wc -l\n28231\n").to_string();
    assert!(counted.contains("28,231 TIME_WAIT: ports nearly gone"), "{counted}");
    assert!(facts::facts("$ cat ports.txt\n128\n").is_empty());
}

#[test]
fn a_queue_below_its_limit_is_no_trouble() {
    for (recv_q, send_q, severity) in [
        (0, 128, facts::Severity::Note),
        (128, 128, facts::Severity::Note),
        (129, 128, facts::Severity::Trouble),
        (1, 0, facts::Severity::Trouble),
    ] {
        let found = facts::facts(&format!("LISTEN {recv_q} {send_q} [::]:80 [::]:*"));
        assert_eq!(found.found[0].severity, severity, "{recv_q} of {send_q}\n{found}");
    }
}

#[test]
fn other_texts_that_use_the_same_words_say_nothing() {
    for text in [
        "We saw many TIME_WAIT sockets and a Recv-Q of 129 yesterday.",
        "LISTEN to me 128 times",
        "  12 LISTEN\n   3 CLOSING",
        "Shop          Open   Closed\nBakery        8      18\nCLOSING 18",
        "Summary:\n  Total: 12 EUR\n",
        "5 times a day",
        "TcpExt is a group of counters",
        "net is a word",
        "",
        "\u{1b}[",
    ] {
        let found = facts::facts(text);
        assert!(found.is_empty(), "{text}\n{found}");
    }
}

#[test]
fn visitors_keep_their_own_settings() {
    let found = facts::facts(PASTES[0].text);
    assert_eq!(found.link("p=incident&workers=24").as_deref(), Some("v=1&p=incident&workers=24"));
    assert_eq!(found.link("rps=7&idle=3").as_deref(), Some("v=1&rps=7&idle=3&somaxconn=128"));
    // Something happens at 20 s: ten seconds of a load generator do not cut it off.
    let short = facts::facts(&output("hey-H-closed.txt"));
    let link = short.link("v=1&p=incident").expect("callers");
    assert_eq!(link, "v=1&p=incident&load=closed&callers=20");
}

/// A recorded output of a load generator, and what the server counted meanwhile.
struct Recorded {
    name: &'static str,
    tool: &'static str,
    /// Requests/s, p50, p99 and the longest in milliseconds, read by other means; some tools do not print them.
    printed: [Option<f64>; 4],
    /// Requests that the server read, and those that it answered with 200.
    server: [f64; 2],
}

fn recorded() -> Vec<Recorded> {
    let lines = include_str!("../data/pastes/loadgen/truth.tsv").lines().filter(|line| !line.starts_with('#'));
    let read = |line: &'static str| {
        let cells: Vec<&str> = line.split('\t').collect();
        let number = |i: usize| cells[i].parse::<f64>().ok();
        Recorded {
            name: cells[0],
            tool: cells[1],
            printed: [2, 3, 4, 5].map(number),
            server: [6, 7].map(|i| number(i).expect("a count")),
        }
    };
    lines.map(read).collect()
}

fn output(name: &str) -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/pastes/loadgen/");
    std::fs::read_to_string(format!("{path}{name}")).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn number(fact: &facts::Fact, name: &str) -> Option<f64> {
    fact.numbers.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
}

#[test]
fn every_load_generator_is_recognised_and_its_numbers_are_those_that_it_printed() {
    let mut tools = std::collections::BTreeSet::new();
    for recorded in recorded() {
        let found = facts::facts(&output(recorded.name));
        let summaries: Vec<_> = found.found.iter().filter(|fact| fact.label == "summary").collect();
        let [summary] = summaries[..] else { panic!("{}: one summary\n{found}", recorded.name) };
        assert_eq!(summary.tool, recorded.tool, "{}", recorded.name);
        for (name, want) in ["rate", "p50_ms", "p99_ms", "max_ms"].into_iter().zip(recorded.printed) {
            let Some(want) = want else { continue };
            let read = number(summary, name).unwrap_or_else(|| panic!("{}: no {name}\n{found}", recorded.name));
            assert!((read - want).abs() <= want * 0.02 + 0.06, "{}: {name} {read}, not {want}", recorded.name);
        }
        tools.insert(summary.tool);
    }
    assert_eq!(tools.len(), 20);
}

/// Counts that cannot agree with the server's: rounded to thousands; without the first second; a limit of requests a
/// connection, which rewrk counts as errors; and answers that come after a time-out.
const OWN_COUNT: [&str; 4] = ["autocannon", "goose", "rewrk-D", "hey-F"];

#[test]
fn what_is_left_without_failures_is_what_the_server_answered() {
    for recorded in recorded().iter().filter(|recorded| !OWN_COUNT.iter().any(|own| recorded.name.starts_with(own))) {
        let found = facts::facts(&output(recorded.name));
        let number = |label, name| found.found.iter().find(|fact| fact.label == label).and_then(|f| number(f, name));
        let get = |name| number("summary", name).unwrap_or_default();
        // k6 and drill count error statuses as failures.
        let bad = number("status", "bad").unwrap_or_default();
        let good = get("requests") - get("failed") - bad;
        let answered = recorded.server[1];
        // Up to one request on each of the 20 connections is under way in the end; fortio warms up with as many.
        assert!((good - answered).abs() <= 22.0, "{}: {good}, the server answered {answered}\n{found}", recorded.name);
    }
}

#[test]
fn who_sends_again_is_told_that_the_server_saw_more() {
    const SENT_AGAIN: [&str; 6] = ["hey", "vegeta", "k6", "bombardier", "fortio", "molotov"];
    for recorded in recorded() {
        let found = facts::facts(&output(recorded.name));
        let again = found.found.iter().find(|fact| fact.label == "sent again");
        assert_eq!(again.is_some(), SENT_AGAIN.contains(&recorded.tool), "{}\n{found}", recorded.name);
        let is_reset = recorded.name.contains("-B-");
        if let (Some(_), true) = (again, is_reset) {
            let tried = number(&found.found[0], "requests").expect("requests");
            assert!(recorded.server[0] > tried * 1.03, "{}: {tried} of {}", recorded.name, recorded.server[0]);
        }
    }
}

/// Each way in which the numbers of a tool mislead is said where it happened.
#[test]
fn what_a_summary_hides_is_said() {
    for (name, says) in [
        ("wrk-H-closed.txt", "`write 185884` beside 8,454 answers: refused connects"),
        ("wrk-D-closed.txt", "`read 1755`: so many connections were reset or closed"),
        ("hey-A-closed.txt", "20 connections for 10 s at 11 ms each could send 18,040; 13,789 were sent"),
        ("hey-F-closed.txt", "91 requests ran into a time-out and are in no latency figure"),
        ("hey-H-closed.txt", "6,166 requests/s count 53,513 refused connects"),
        ("oha-A-rate.txt", "look as if the rate of 200 had been kept"),
        ("oha-G-closed.txt", "a success rate of 100.00 % counts 870 answers with an error status as good"),
        ("k6-A-rate.txt", "382 iterations were due and not sent"),
        ("k6-E-rate.txt", "an iteration took 19.6 s, the longest request 508 ms"),
        ("k6-H-closed.txt", "p50 of 0.00 ms under 65 % errors is that of a dead server"),
        ("vegeta-H-closed.txt", "p50 of 0.34 ms under 88 % errors is that of a dead server"),
        ("ab-F-closed.txt", "the time-out of 1 s has no effect in ab: an answer took 3.01 s"),
        ("ab-H-closed-r.txt", "\"Failed requests: 103,963\" are no requests"),
        ("fortio-D-rate.txt", "220 connections where 20 would do"),
        ("wrk2-D-rate.txt", "it stood still"),
        ("h2load-D-closed.txt", "20 requests/s of 20 connections, where 1,813 were to be expected: it stood still"),
        ("autocannon-D-closed.txt", "a median of 436 ms beside connections that were closed is void"),
        ("siege-D-closed.txt", "It stopped at 1,024 failures"),
        ("rewrk-A-closed.txt", "its percentiles are means of the tail"),
        ("loadtest-B-closed.txt", "every error is \"-1\""),
        ("httperf-B-closed.txt", "a close without an answer is called a reset too"),
        ("artillery-A-closed.txt", "http.request_rate of the summary is no rate of the run"),
    ] {
        let found = facts::facts(&output(name)).to_string();
        assert!(found.contains(says), "{name}: no `{says}` in\n{found}");
    }
}

fn all_texts() -> Vec<String> {
    let load = recorded().into_iter().map(|recorded| output(recorded.name));
    PASTES.iter().map(|paste| paste.text.to_string()).chain(load).collect()
}

/// Whatever is cut off, in front or behind, and whatever a number becomes: nothing panics, and what follows is a link.
#[test]
fn cut_and_damaged_outputs_are_read_as_far_as_they_go() {
    for text in all_texts() {
        let damaged = text.replace('1', "99999999999999999999").replace('0', "-");
        let cuts = (0..text.len()).step_by(97).map(|at| text.floor_char_boundary(at));
        let parts = cuts.flat_map(|at| [&text[..at], &text[at..]]).chain([&*damaged]);
        for part in parts {
            let found = facts::facts(part);
            for fact in &found.found {
                assert!(!fact.says.contains("NaN") && !fact.says.contains("inf "), "{}", fact.says);
            }
            if let Some(link) = found.link("p=incident") {
                let warnings = connlab::link::decode(&link).warnings;
                assert!(warnings.is_empty(), "{link}: {warnings:?}");
            }
        }
    }
}

#[test]
fn a_summary_without_its_head_is_still_recognised() {
    for (name, from) in [
        ("hey-A-closed.txt", "Latency distribution:"),
        ("wrk-B-closed.txt", "  2 threads and"),
        ("k6-B-closed.txt", "    http_req_failed"),
        ("ab-A-closed.txt", "Concurrency Level:"),
        ("vegeta-B-closed.txt", "Latencies "),
        ("oha-B-closed.txt", "Response time distribution:"),
    ] {
        let text = output(name);
        let cut = &text[text.find(from).unwrap_or_else(|| panic!("{name}: no {from}"))..];
        let found = facts::facts(cut);
        let tool = name.split('-').next().expect("a name");
        assert_eq!(found.found.first().map(|fact| fact.tool), Some(tool), "{name}\n{found}");
    }
}

#[test]
fn presets_are_ranked_by_what_they_show() {
    let runs = facts::Trials::default().run();
    for (text, shown) in [
        ("28231 TIME_WAIT\n", "ports"),
        ("28231 TIME_WAIT\nLISTEN 129 128 *:80 *:*\n", "ports"),
        ("90 SYN_RECV\n47 CLOSE_WAIT\nLISTEN 129 128 *:80 *:*\n", "phantoms"),
        (&output("wrk-H-closed.txt"), "restart"),
    ] {
        let ranked = facts::rank(&facts::facts(text), &runs);
        let names: Vec<&str> = ranked.iter().take(facts::SHOWN_MAX).map(|agreement| agreement.preset.name).collect();
        assert!(names.contains(&shown), "{text}: {names:?}");
        assert!(ranked.iter().all(|agreement| agreement.agrees <= ranked[0].agrees), "{text}: {names:?}");
    }
    let full = facts::rank(&facts::facts("LISTEN 129 128 *:80 *:*\n"), &runs);
    assert!(full.len() >= 3 && full.iter().all(|agreement| agreement.says() == "agrees with 1 of 1 fact"), "{full:#?}");
    // Nine times as many are not alike.
    let many = facts::facts("2600 TIME_WAIT\n");
    let ports = facts::rank(&many, &runs).into_iter().find(|agreement| agreement.preset.name == "ports");
    assert!(ports.is_none(), "none of one fact agrees: {ports:?}");
    let both = facts::facts("TcpExtListenOverflows 5 0.0\n254000 TIME_WAIT\n");
    let ranked = facts::rank(&both, &runs);
    let phantoms = ranked.iter().find(|agreement| agreement.preset.name == "phantoms");
    let phantoms = phantoms.expect("it overflows too").says();
    assert!(phantoms.starts_with("agrees with 1 of 2 facts; your TIME_WAIT is "), "{phantoms}");
    assert!(phantoms.ends_with(" times as many"), "{phantoms}");
    assert_eq!(facts::agreement(&facts::facts("3 ESTABLISHED\n")), "", "nothing is wrong there");
}

/// The same things, as older, newer and other systems print them.
#[test]
fn other_machines_and_versions_are_read_too() {
    for (text, says) in [
        (
            "$ wrk -c9 --timeout 500ms http://a/\n7 requests in 1.00s\n\
             Socket errors: connect 0, read 0, write 0, timeout 3",
            "3 answers took 500 ms and more",
        ),
        (
            "Netid State Recv-Q Send-Q Local Address:Port Peer Address:Port\ntcp LISTEN 6 5 [::]:8080 [::]:*",
            "6 of 5 + 1",
        ),
        (
            "LISTEN 101 100 *:http-alt *:* users:((\"java\",pid=4711,fd=57))",
            "101 of 100 + 1 on *:http-alt: accept queue full",
        ),
        ("LISTEN   129\n   128   0.0.0.0:80   0.0.0.0:*", "129 of 128 + 1 on 0.0.0.0:80: accept queue full"),
        ("tcp LISTEN 0 511 [::ffff:10.0.0.1]:8080 *:*", "0 of 511 + 1 on [::ffff:10.0.0.1]:8080"),
        ("tcp6 5 0 :::8080 :::* LISTEN 1234/java", "Recv-Q 5 on :::8080"),
        ("tcp4 0 0 127.0.0.1.8080 127.0.0.1.51000 CLOSE_WAIT", "CLOSE_WAIT 1:"),
        ("  TCP    10.0.0.1:8080   10.0.0.2:51000   TIME_WAIT   0", "1 TIME_WAIT"),
        ("TIME_WAIT 28231\nCLOSE_WAIT 340", "28,231 TIME_WAIT: ports nearly gone"),
        ("   31000 TIME-WAIT\n", "31,000 TIME_WAIT: ports nearly gone"),
        ("TCP: 9 (estab 1, closed 3, orphaned 0, timewait 3)", "3 TIME_WAIT"),
        ("    4711 times the listen queue of a socket overflowed", "4,711 listen overflows"),
        ("    1 SYNs to LISTEN sockets ignored", "1 SYNs to listening sockets dropped"),
        ("    TCPReqQFullDrop: 12", "12 SYNs dropped because the SYN queue was full"),
        ("TcpExtListenDrops 93 0.0", "93 SYNs to listening sockets dropped"),
        (
            "     ✓ http_req_failed......: 65.33% ✓ 15172 ✗ 8050\n     http_reqs........: 23222 2321.2/s",
            "k6: 23,222 requests",
        ),
        ("Summary:\n  Success rate:\t0.9500\n  Total:\t10.0 secs\n  Requests/sec:\t7.0\n", "oha: 7 requests/s"),
        (
            "Requests [total, rate] 50, 51.02\nLatencies [mean, 50, 95, 99, max] 5ms, 4ms, 9ms, 12ms, 15ms\n",
            "vegeta: 50 requests",
        ),
    ] {
        let found = facts::facts(text).to_string();
        assert!(found.contains(says), "no `{says}` in\n{found}of\n{text}");
    }
}

/// What a command line asks for are settings, in the units of each tool.
#[test]
fn options_of_load_generators_are_settings() {
    for (command, body, want) in [
        (
            "hey -z 1m -c 50 -q 4 -t 3 -m POST http://a/",
            "hey-G-closed.txt",
            "load=open&rps=200&timeout=3000ms&duration=60s&method=POST",
        ),
        ("oha -z 5s -c 10 -q 300 http://a/", "oha-G-closed.txt", "load=open&rps=300&duration=5s"),
        (
            "vegeta attack -rate=120/1s -duration=20s -timeout=2s",
            "vegeta-B-closed.txt",
            "load=open&rps=120&timeout=2000ms&duration=10s",
        ),
        ("ab -c 5 -n 1000 http://a/", "ab-C-closed.txt", "load=closed&callers=20&think=0s&duration=10s"),
    ] {
        let output = output(body);
        let printed = output.split_once('\n').expect("a command and a summary").1;
        let found = facts::facts(&format!("$ {command}\n{printed}"));
        assert_eq!(found.pairs().join("&"), want, "{command}\n{found}");
    }
}
