//! Pasted log lines: real ones are given the class they have, others are not recognised.

use connlab::diagnosis::{self, Confidence, NOT_RECOGNISED, diagnose};
use connlab::link;
use connlab::sim::error::{ERRORS, ErrorKind};

use crate::lab;

/// Three columns, with a tab between them.
fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    table.lines().filter(|line| !line.starts_with("# ")).map(|line| {
        let mut parts = line.splitn(3, '\t');
        let mut part = || parts.next().unwrap_or_else(|| panic!("three parts: {line}"));
        (part(), part(), part())
    })
}

/// Source, first class (`-`: none), line.
fn lines() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    rows(include_str!("../data/log_lines.txt"))
}

#[test]
fn real_lines_are_given_their_class() {
    let mut wrong = Vec::new();
    for (source, want, line) in lines() {
        let found = diagnose(line);
        let first = found.findings.first().map(|first| first.subject().class().map_or("-", ErrorKind::class));
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
            assert_eq!(found.class(), Some(spec.kind), "{text}");
        }
        // In Go 1.4 several classes share a text: the class must be one of the causes.
        let old = format!("Get http://10.0.1.1:80/: {}", fill(spec.text_1_4));
        let same_text = |kind: ErrorKind| kind.spec().text_1_4 == spec.text_1_4;
        let found = diagnose(&old);
        let causes = found.findings.iter().flat_map(|finding| &finding.causes);
        assert!(causes.filter_map(|cause| cause.subject.class()).any(same_text), "{old}");
    }
}

#[test]
fn unrelated_lines_are_not_recognised() {
    for line in include_str!("../data/decoys.txt").lines().filter(|line| !line.starts_with("# ")) {
        let found = diagnose(line);
        assert!(!found.is_recognised(), "{line}: {found}");
        assert_eq!(found.to_string().trim_end(), NOT_RECOGNISED, "{line}");
    }
}

/// Program, tab, first class (`-`: none), tab, line.
#[test]
fn other_programs_are_named_and_their_texts_are_given_the_class_they_have() {
    let mut wrong = Vec::new();
    for (program, want, line) in rows(include_str!("../data/other_programs.txt")) {
        let found = diagnose(line);
        let first = found.findings.first();
        let class = first.map(|first| first.subject().class().map_or("-", ErrorKind::class));
        let named = first.map(|first| first.program.unwrap_or("-"));
        if class != Some(want) || named != Some(program) {
            wrong.push(format!("{named:?} {class:?} instead of {program} {want}: {line}"));
        }
        if program != "-" {
            assert!(found.to_string().contains(&format!("ot a Go client: {program}")), "{line}: {found}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
        let found = &diagnose(line).findings[0];
        assert_eq!(found.causes.len(), causes, "{line}: {found:?}");
        let confidences: Vec<Confidence> = found.causes.iter().map(|cause| cause.confidence).collect();
        assert!(confidences.is_sorted_by(|a, b| a >= b), "{line}: {confidences:?}");
    }
    // Over gRPC connect() is the same.
    let grpc = "rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing: \
                dial tcp 10.0.0.1:50051: connect: connection refused\"";
    let class = |line: &str| diagnose(line).class();
    assert_eq!(class(grpc), Some(ErrorKind::Refused));
    // The same words, read by the client, written by the client, at the server.
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
