//! Pasted log lines: real ones are given the class they have, others are not recognised.

use connlab::diagnosis::{self, Confidence, NOT_RECOGNISED, diagnose};
use connlab::link;
use connlab::sim::error::{ERRORS, ErrorKind};

use crate::lab;

/// Source, tab, first class (`-`: none), tab, line.
const LINES: &str = include_str!("../data/log_lines.txt");

fn lines() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    LINES.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let mut parts = line.splitn(3, '\t');
        let mut part = || parts.next().unwrap_or_else(|| panic!("three parts: {line}"));
        (part(), part(), part())
    })
}

#[test]
fn real_lines_are_given_their_class() {
    let mut wrong = Vec::new();
    for (source, want, line) in lines() {
        let found = diagnose(line);
        let first = found.matches.first().map(|first| first.class.map_or("-", ErrorKind::class));
        if first != Some(want) {
            wrong.push(format!("{source}: {first:?} instead of {want}: {line}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(lines().count() >= 60);
    for spec in ERRORS {
        assert!(lines().any(|(_, class, _)| class == spec.class), "a line for {}", spec.class);
    }
}

/// What the model prints, and what a program may print around it.
#[test]
fn every_text_of_the_error_table_is_given_its_class() {
    for spec in ERRORS {
        let fill = |text: &str| text.replace("{L}", "10.0.0.1:40912").replace("{R}", "10.0.1.1:80");
        for text in [
            fill(spec.text),
            format!("Get \"http://10.0.1.1:80/\": {}", fill(spec.text)),
            format!("2026/01/02 03:04:05 worker: Post \"http://10.0.1.1:80/\": {}", fill(spec.text)),
            format!("level=error err=\"Post \\\"http://a/\\\": {}\" attempt=2", fill(spec.text)),
        ] {
            let found = diagnose(&text);
            assert_eq!(found.matches.first().and_then(|first| first.class), Some(spec.kind), "{text}");
        }
        // In Go 1.4 several classes share a text: the class must be one of the causes.
        let old = format!("Get http://10.0.1.1:80/: {}", fill(spec.text_1_4));
        let same_text = |kind: ErrorKind| kind.spec().text_1_4 == spec.text_1_4;
        let found = diagnose(&old);
        assert!(found.matches.iter().filter_map(|found| found.class).any(same_text), "{old}");
    }
}

#[test]
fn unrelated_lines_are_not_recognised() {
    for line in [
        "",
        "   ",
        "Traceback (most recent call last):",
        "  File \"/usr/lib/python3.11/socket.py\", line 706, in readinto",
        "EOFError: EOF when reading a line",
        "java.io.EOFException: Can not read response from server.",
        "java.net.SocketTimeoutException: Read timed out",
        "[error] 31#31: *1 upstream timed out (110: Operation timed out) while reading response header",
        "10.48.8.1 - - [25/Feb/2020:12:30:05 +0000] \"GET /wp-login.php HTTP/1.1\" 200 1340",
        "LOG:  unexpected EOF on client connection with an open transaction",
        "bash: unexpected EOF while looking for matching `\"'",
        "ssh_exchange_identification: read: Connection reset by peer",
        "Error: socket hang up",
        "signal: killed",
        "panic: runtime error: invalid memory address or nil pointer dereference",
        "ERROR 2013 (HY000): Lost connection to MySQL server during query",
        "curl: (28) Operation timed out after 5002 milliseconds with 0 bytes received",
        "write |1: broken pipe",
        "cat > file <<EOF",
        "everything is fine",
    ] {
        let found = diagnose(line);
        assert!(found.matches.is_empty(), "{line}: {found}");
        assert_eq!(found.note, Some(NOT_RECOGNISED), "{line}");
    }
}

#[test]
fn other_runtimes_are_named_and_nothing_else_is_said() {
    for (line, runtime) in [
        ("requests.exceptions.ConnectionError: ConnectionResetError(104, 'Connection reset by peer')", "Python"),
        ("ConnectionRefusedError: [Errno 111] Connection refused", "Python"),
        ("Error: read ECONNRESET at TCP.onStreamRead (node:internal/stream_base_commons:217:20)", "Node.js"),
        ("Error: connect ECONNREFUSED 127.0.0.1:5432", "Node.js"),
        ("Caused by: java.net.SocketException: Connection reset", "Java"),
        ("recv() failed (104: Connection reset by peer) while reading response header from upstream", "nginx"),
        ("connect() failed (111: Connection refused) while connecting to upstream", "nginx"),
        ("upstream prematurely closed connection while reading response header from upstream", "nginx"),
        ("Error: Connection reset by peer (os error 104)", "Rust"),
        ("curl: (56) Recv failure: Connection reset by peer", "curl"),
    ] {
        let found = diagnose(line);
        assert!(found.matches.is_empty(), "{line}");
        let note = found.note.expect("a note");
        assert!(note.starts_with("Not a Go client: ") && note.contains(runtime), "{line}: {note}");
    }
}

#[test]
fn ambiguous_texts_have_several_causes_likeliest_first() {
    for (line, causes) in [
        ("EOF", 3),
        ("context deadline exceeded", 3),
        ("connection reset by peer", 2),
        ("i/o timeout", 2),
        ("broken pipe", 2),
        ("Get \"http://a/\": read tcp 10.0.0.1:40000->10.0.0.2:80: read: connection reset by peer", 4),
        ("Post \"http://a/\": EOF", 3),
        ("read tcp 10.0.0.1:40000->10.0.0.2:80: use of closed network connection", 2),
    ] {
        let found = diagnose(line);
        assert_eq!(found.matches.len(), causes, "{line}: {found}");
        let confidences: Vec<Confidence> = found.matches.iter().map(|found| found.confidence).collect();
        assert!(confidences.is_sorted_by(|a, b| a >= b), "{line}: {confidences:?}");
    }
    // Over gRPC connect() is the same.
    let grpc = "rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing: \
                dial tcp 10.0.0.1:50051: connect: connection refused\"";
    assert_eq!(diagnose(grpc).matches[0].class, Some(ErrorKind::Refused));
    // The same words, read by the client, written by the client, at the server.
    let class = |line: &str| diagnose(line).matches[0].class;
    assert_eq!(class("dial tcp 10.0.0.2:80: connect: connection reset by peer"), Some(ErrorKind::Reset));
    assert_eq!(class("read tcp 10.0.0.1:40000->10.0.0.2:80: read: connection reset by peer"), Some(ErrorKind::Reset));
    let written = "write tcp 10.0.0.1:40000->10.0.0.2:80: write: connection reset by peer";
    assert_eq!(class(written), Some(ErrorKind::WriteReset));
    assert_eq!(class("read tcp 10.0.0.2:80->10.0.0.1:40000: read: connection reset by peer"), None);
}

/// A link that a diagnosis opens shows the class it is opened for.
#[test]
fn every_link_of_a_diagnosis_shows_its_class() {
    let mut links: Vec<_> = diagnosis::links().collect();
    links.sort_unstable();
    links.dedup();
    assert!(links.len() >= 30, "{}", links.len());
    for (text, class) in links {
        assert_eq!(link::decode(text).warnings, [], "{text}");
        if let Some(kind) = class {
            let report = lab::run(text);
            let found = lab::failed(&report, kind.class());
            assert!(found > 0, "{text} does not show {}: {:?}", kind.class(), report.errors);
        }
    }
}
