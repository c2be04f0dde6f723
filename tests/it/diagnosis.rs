//! Pasted log lines: real ones are given the class they have, others are not recognised.

use connlab::diagnosis::{self, Confidence, LINE_MAX, LogReader, NOT_RECOGNISED, diagnose};
use connlab::link;
use connlab::sim::error::{ERRORS, ErrorKind};
use proptest::prelude::*;

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
        ("Connection timeout to host http://10.0.0.2:8080/", 2),
        ("httpx.ConnectError: All connection attempts failed", 3),
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

/// What is found in a paste, by name, with its count.
fn found(text: &str) -> Vec<(&'static str, u64)> {
    diagnose(text).findings.iter().map(|finding| (finding.subject().name(), finding.count)).collect()
}

#[test]
fn a_paste_is_counted_line_by_line_and_ranked_by_count() {
    let hey = include_str!("../data/pastes/hey-timeouts.txt");
    assert_eq!(found(hey), [("reset", 2019), ("client-timeout", 1187), ("dial-timeout", 177)]);
    let sorted_log = "      3 Post \"http://a/\": EOF\n     12 dial tcp 10.0.0.1:80: connect: connection refused\n";
    assert_eq!(found(sorted_log), [("refused", 12), ("eof", 3)]);
    let events = "Warning  Unhealthy  2m (x12 over 5m)  kubelet  Liveness probe failed: Get \"http://10.0.0.1/\": EOF\n\
                  Warning  Unhealthy  1m (x3 over 5m)   kubelet  Liveness probe failed: Get \"http://10.0.0.1/\": \
                  dial tcp 10.0.0.1:80: connect: connection refused\n";
    assert_eq!(found(events), [("eof", 12), ("refused", 3)]);
    let syslog = "Jun 10 07:00:44 a app: Get http://a/: EOF\nJun 10 07:00:45 a last message repeated 7 times\n\
                  Jun 10 07:00:45 a app: all is well\nJun 10 07:00:46 a last message repeated 9 times\n";
    assert_eq!(found(syslog), [("eof", 8)], "only what the recognised line said");
    assert_eq!(
        found("errors.ECONNRESET: ........ 919\nerrors.ECONNREFUSED: ....... 4\n"),
        [("reset", 919), ("refused", 4)]
    );
}

/// Texts of several wordings are one class; what two programs say stays apart.
#[test]
fn one_class_of_one_program_is_one_finding() {
    let text = "Get \"http://a/\": EOF\nPost \"http://a/\": EOF\nError: socket hang up\nEOF\n";
    let reading = diagnose(text);
    assert_eq!(found(text), [("eof", 3), ("eof", 1)]);
    assert_eq!(reading.findings[1].program, Some("Node.js"));
    let whys: Vec<&str> = reading.findings[0].causes.iter().map(|cause| cause.why).collect();
    let mut once = whys.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(whys.len(), once.len(), "each cause is told once");
    assert_eq!((reading.lines, reading.recognised), (4, 4));
}

#[test]
fn a_stack_trace_is_one_error_and_its_cause_decides() {
    let node = "Error: socket hang up\n    at TLSSocket.socketOnEnd (_http_client.js:460:23)\n    code: 'ECONNRESET'\n";
    assert_eq!(found(node), [("eof", 1)]);
    let java = "java.io.IOException: HTTP/1.1 header parser received no bytes\n\tat java.net.http/Http1Response\n\
                Caused by: java.net.SocketException: Connection reset\n\tat java.base/sun.nio.ch\n";
    assert_eq!(found(java), [("reset", 1)]);
    let fetch =
        "TypeError: fetch failed\n    at node:internal/deps/undici\n  [cause]: SocketError: other side closed\n";
    assert_eq!(found(fetch), [("eof", 1)]);
}

/// A shell script in a paste: the word that ends a here-document is no error, a log's is.
#[test]
fn the_end_of_a_here_document_is_no_error() {
    let script = "cat > a.json <<EOF\n{}\nEOF\n";
    assert_eq!(found(script), []);
    assert_eq!(found(&format!("{script}EOF\nGet \"http://a/\": EOF\n")), [("eof", 2)]);
}

/// Remarks among errors are not counted with them; a metric says how many there were.
#[test]
fn what_only_speaks_of_errors_is_not_counted_with_them() {
    let refused = "dial tcp 10.0.0.1:80: connect: connection refused";
    let text = format!("fix: connection refused\n# connection refused\n{refused}\nfix: {refused}\n");
    assert_eq!(found(&text), [("refused", 2)]);
    assert_eq!(found("client_errors_total{error=\"connection refused\"} 7\n"), [("refused", 7)]);
}

/// A mail program breaks lines; a carriage return ends one, too.
#[test]
fn an_error_that_was_broken_into_lines_is_read_as_one() {
    let broken = "dial tcp 10.0.0.1:80: connect: cannot assign\n  requested address\n";
    assert_eq!(found(broken), [("ports", 1)]);
    assert_eq!(found("a\r\nPost \"http://a/\": EOF\r\n"), [("eof", 1)]);
}

#[test]
fn classes_that_belong_together_are_named_as_one_event() {
    let names = |text: &str| diagnose(text).patterns.iter().map(|pattern| pattern.name).collect::<Vec<_>>();
    let line =
        |time: &str, error: &str| format!("2026-01-02T{time}Z level=error err=\"Post \\\"http://a/\\\": {error}\"\n");
    let refused = "dial tcp 10.0.0.1:80: connect: connection refused";
    let reset = "read tcp 10.0.0.2:40000->10.0.0.1:80: read: connection reset by peer";
    let timeout = "context deadline exceeded (Client.Timeout exceeded while awaiting headers)";
    let paste = |errors: &[(&str, &str)]| errors.iter().map(|(time, error)| line(time, error)).collect::<String>();
    let deploy = [("03:04:05", "EOF"), ("03:04:05", reset), ("03:04:07", refused)];
    assert_eq!(names(&paste(&deploy)), ["a deploy, or a crash"]);
    assert_eq!(diagnose(&paste(&deploy)).patterns[0].link, "p=restart");
    assert_eq!(names(&paste(&[("03:04:05", "EOF"), ("17:04:05", refused)])), [""; 0], "half a day lies between them");
    assert_eq!(
        names(&format!("{refused}\nPost \"http://a/\": EOF\n")),
        ["a deploy, or a crash"],
        "lines without a time"
    );
    assert_eq!(names(&paste(&[("03:04:05", reset), ("03:04:06", timeout)])), ["overload"]);
    assert_eq!(names(&paste(&[("03:04:05", timeout)])), [""; 0], "one class is no pattern");
    assert_eq!(names(include_str!("../data/pastes/hey-timeouts.txt")), ["overload"]);
    let stale = "Post \"http://a/\": EOF\nPost \"http://a/\": http: server closed idle connection\n";
    assert_eq!(names(stale), ["idle connections that the server closes first"]);
}

#[test]
fn https_is_http2_first_and_http1_second() {
    let causes = |line: &str| {
        let found = diagnose(line).findings.swap_remove(0);
        (found.subject().class().map(ErrorKind::class), found.causes[0].why, found.causes[1].why)
    };
    for (line, class) in [
        ("Get \"https://a/\": read tcp 10.0.0.1:40000->10.0.0.2:443: read: connection reset by peer", Some("reset")),
        ("Get \"https://a/\": unexpected EOF", None),
        ("Post \"https://a/\": unexpected EOF", None),
        ("write tcp 10.1.1.5:50342->10.96.0.1:443: use of closed network connection", Some("closed")),
        ("write tcp 10.1.1.5:50342->10.96.0.1:8443: write: broken pipe", Some("broken-pipe")),
    ] {
        let (found, first, second) = causes(line);
        assert_eq!(found, class, "{line}");
        assert!(first.contains("HTTP/2") && second.contains("HTTP/1.1"), "{line}: {first} / {second}");
    }
    let plain =
        diagnose("Get \"http://a:443/\": read tcp 10.0.0.1:40000->10.0.0.2:443: read: connection reset by peer");
    assert!(!plain.to_string().contains("HTTP/2"), "{plain}");
}

/// What the text alone tells of its cause, in words that the answer must have.
#[test]
fn answers_name_the_cause_and_the_cure() {
    for (line, words) in [
        ("Get http://a:80: write tcp [::1]:62575->[::1]:80: write: broken pipe", "A GET has no body"),
        ("Get http://a:80: write tcp [::1]:62575->[::1]:80: write: broken pipe", "macOS"),
        ("Get http://a:80: write tcp [::1]:62575->[::1]:80: write: broken pipe", "No run shows this text for a GET"),
        ("Post \"http://a/\": read tcp 10.0.0.1:41000->10.0.0.2:80: read: connection reset by peer", "SYN cookies"),
        (
            "http2: Transport: cannot retry err [http2: Transport received GOAWAY] after Request.Body was written; \
          define Request.GetBody to avoid this error",
            "Request.GetBody",
        ),
        ("write udp 127.0.0.1:51234->127.0.0.1:8125: write: connection refused", "UDP"),
        ("dial unix /run/a.sock: connect: connection refused", "unix socket"),
        ("listen tcp :80: bind: address already in use", "No client has failed"),
        ("TCP: request_sock_TCP: Possible SYN flooding on port 80. Sending cookies.", "backlog"),
        ("dial tcp 10.0.0.2:80: i/o timeout (Client.Timeout exceeded while awaiting headers)", "Go up to 1.22"),
        ("no free connections available to host", "MaxConnsPerHost"),
    ] {
        let answer = diagnose(line).to_string();
        assert!(answer.contains(words), "{line}: {answer}");
    }
}

/// The same warning with two ends: cookies are sent, or SYNs are dropped. Each opens a run that does just that.
#[test]
fn a_kernel_that_sends_cookies_is_told_from_one_that_drops() {
    for (end, says, cookies) in [
        ("Sending cookies.  Check SNMP counters.", "answers further SYNs with cookies", true),
        ("Sending cookies.", "answers further SYNs with cookies", true),
        ("Dropping request.  Check SNMP counters.", "tcp_syncookies=0", false),
        ("Dropping request.", "tcp_syncookies=0", false),
    ] {
        let found = diagnose(&format!("TCP: request_sock_TCP: Possible SYN flooding on port 0.0.0.0:80. {end}"));
        let cause = found.findings[0].causes[0];
        assert!(cause.why.contains(says), "{end}: {found}");
        let nstat = lab::run(cause.link.expect("a run shows it")).nstat;
        assert_eq!((nstat.TcpExtSyncookiesSent > 100, nstat.TcpExtTCPReqQFullDrop > 100), (cookies, !cookies), "{end}");
    }
}

/// Whatever is offered to be opened is modelled, and what is not is not offered.
#[test]
fn no_answer_contradicts_itself() {
    let texts = lines().chain(rows(include_str!("../data/other_programs.txt")));
    for (_, _, line) in texts {
        let answer = diagnose(line).to_string();
        let answers: Vec<&str> = answer.lines().collect();
        for pair in answers.windows(2) {
            let is_offered = pair.iter().any(|line| line.trim_start().starts_with("Open: "));
            let is_refused = pair.iter().any(|line| line.contains("ConnLab does not model"));
            assert!(!(is_offered && is_refused), "{line}: {answer}");
        }
        assert!(!answer.contains("not modelled here"), "{line}: {answer}");
    }
}

/// The answer does not depend on where a piece ends, and a long line costs no more memory than a short one.
#[test]
fn a_text_may_come_in_any_pieces_and_have_lines_of_any_length() {
    let text = include_str!("../data/pastes/hey-timeouts.txt").to_string() + "é Post \"http://a/\": EOF";
    let whole = diagnose(&text);
    for size in [1, 2, 7, 4096] {
        let mut reader = LogReader::new();
        text.as_bytes().chunks(size).for_each(|piece| reader.feed(piece));
        assert_eq!(reader.finish(), whole, "pieces of {size} bytes");
    }
    let mut reader = LogReader::new();
    let piece = vec![b'x'; 1024 * 1024];
    (0..64).for_each(|_| reader.feed(&piece));
    reader.feed(b": EOF\nPost \"http://a/\": EOF\n");
    let reading = reader.finish();
    assert_eq!((reading.lines, reading.recognised), (2, 1), "the end of a long line is cut off");
    assert!(reading.findings[0].sample.len() < LINE_MAX);
}

#[test]
fn what_is_remembered_does_not_grow_with_the_text() {
    let all: Vec<&str> =
        lines().chain(rows(include_str!("../data/other_programs.txt"))).map(|(_, _, line)| line).collect();
    let mut reader = LogReader::new();
    let once = all.join("\n") + "\n";
    (0..100).for_each(|_| reader.feed(once.as_bytes()));
    let reading = reader.finish();
    assert!(reading.findings.len() <= all.len());
    let kept: usize = reading.findings.iter().map(|finding| finding.sample.len() + finding.evidence.len()).sum();
    assert!(kept < 64 * 1024, "{kept} bytes");
}

proptest! {
    /// Nothing panics, and a line is counted as something or as nothing.
    #[test]
    fn any_text_has_an_answer(lines in prop::collection::vec(piece(), 0..40), separator in "[ \n\r\t:\"]{1,2}") {
        let text = lines.join(&separator);
        let reading = diagnose(&text);
        prop_assert!(reading.recognised <= reading.lines);
        prop_assert!(reading.findings.iter().all(|finding| finding.count > 0 && !finding.causes.is_empty()));
        prop_assert!(reading.findings.is_sorted_by(|a, b| a.count >= b.count));
        prop_assert_eq!(reading.is_recognised(), !reading.to_string().contains(NOT_RECOGNISED));
    }
}

/// Words of error texts, numbers as tools write them, and anything.
fn piece() -> impl Strategy<Value = String> {
    let words = [
        "[2019] ",
        "(x12 over 5m)",
        "99999999999999999999 ",
        "last message repeated 3 times",
        "EOF",
        "->",
        "read tcp ",
        "é:443",
    ];
    let real = lines().map(|(_, _, line)| line.to_string()).collect::<Vec<_>>();
    prop_oneof![
        prop::sample::select(words.map(str::to_string).to_vec()),
        prop::sample::select(real),
        any::<String>(),
        "[0-9:.>\\[\\]-]{1,30}",
    ]
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
