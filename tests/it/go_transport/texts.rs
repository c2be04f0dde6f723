//! The exact texts of errors: of dials (D-1, D-3), of reads and writes (D-6), and url.Error around them (C-33).

use super::only_error;
use crate::lab::{arrivals, sim_with};

/// The exact text of every class that can be reached, with what leads to it.
#[test]
fn error_texts_are_those_of_go_e1_to_e27() {
    const WAITS: &str = "service=60s&service-dist=fixed&rtt=2ms&duration=1s";
    let cases = [
        // E1: nothing listens.
        ("timeout=0s&listening=off", "dial tcp 10.0.1.1:80: connect: connection refused"),
        // E2, E3: the accept queue is full and stays so; the kernel gives up after 131 s.
        ("timeout=0s&accepting=off&backlog=0&syncookies=0&tail=40s", "dial tcp 10.0.1.1:80: i/o timeout"),
        (
            "timeout=0s&accepting=off&backlog=0&syncookies=0&dial-timeout=0s&tail=140s",
            "dial tcp 10.0.1.1:80: connect: connection timed out",
        ),
        // E4, E5: out of ports or descriptors (five are the process's own).
        ("timeout=0s&ports=10", "dial tcp 10.0.1.1:80: connect: cannot assign requested address"),
        ("timeout=0s&client-fds=7", "dial tcp 10.0.1.1:80: socket: too many open files"),
        // E6: killed while the handler works. E7: killed while the connection waits in the accept queue.
        ("timeout=0s&900ms.listening=off", "EOF"),
        (
            "timeout=0s&accepting=off&900ms.listening=off",
            "read tcp 10.0.0.1:32768->10.0.1.1:80: read: connection reset by peer",
        ),
        // E13, E14, E16.
        ("timeout=500ms", "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"),
        ("timeout=0s&deadline=500ms", "context deadline exceeded"),
        ("timeout=0s&header-timeout=500ms", "net/http: timeout awaiting response headers"),
        // E12 (U-7), and what Go 1.4 says of the other classes.
        ("go=1.4&timeout=500ms", "read tcp 10.0.1.1:80: use of closed network connection"),
        ("go=1.4&timeout=0s&listening=off", "dial tcp 10.0.1.1:80: connection refused"),
        ("go=1.4&timeout=0s&900ms.listening=off", "EOF"),
        ("go=1.4&timeout=0s&accepting=off&900ms.listening=off", "read tcp 10.0.1.1:80: connection reset by peer"),
    ];
    for (settings, text) in cases {
        let twelve = arrivals(&[0.0; 12]);
        let report = sim_with(&format!("{WAITS}&{settings}"), twelve).report();
        assert_eq!(only_error(&report), text, "{settings}");
        let quote = if settings.starts_with("go=1.4") { "" } else { "\"" };
        assert!(report.errors[0].text.starts_with(&format!("Get {quote}http://10.0.1.1:80/{quote}: ")), "{settings}");
    }
    let post = sim_with(&format!("{WAITS}&method=POST&timeout=0s&listening=off"), arrivals(&[0.0])).report();
    assert!(post.errors[0].text.starts_with("Post \"http://10.0.1.1:80/\": dial tcp"), "{}", post.errors[0].text);
}

/// In Go 1.4 a time-out before there is a connection has another text than one after.
#[test]
fn go_1_4_tells_a_timeout_without_a_connection_e27() {
    let link = "go=1.4&accepting=off&backlog=0&syncookies=0&timeout=500ms&duration=2s&rtt=2ms";
    let report = sim_with(link, arrivals(&[0.0, 100.0])).report();
    let texts: Vec<&str> = report.errors.iter().map(|row| row.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "Get http://10.0.1.1:80/: read tcp 10.0.1.1:80: use of closed network connection",
            "Get http://10.0.1.1:80/: net/http: request canceled while waiting for connection",
        ]
    );
}
