//! Time-outs, and the work they leave behind.

use connlab::sim::error::ErrorKind;

use super::{only_error, outcomes};
use crate::lab::{self, arrivals, sim_with};

/// Client.Timeout 100 ms, handler 1 s, 1 ms each way: the caller gives up at 100, the server hears of it at 101. A
/// handler that looks at its context stops then; any other works on for nobody until its second is over (S-8, M-9).
#[test]
fn the_handler_works_on_after_the_caller_left_g16() {
    let link = "server=go&service=1s&service-dist=fixed&rtt=2ms&timeout=100ms&duration=3s";
    for (checks, busy_ms) in [("off", 1000.0), ("on", 98.0)] {
        let sim = sim_with(&format!("{link}&checks-context={checks}"), arrivals(&[0.0]));
        assert_eq!(outcomes(&sim), [(100.0, Some(ErrorKind::ClientTimeout))]);
        let server = sim.report().server;
        assert_eq!((server.busy_ms, server.wasted_ms), (busy_ms, busy_ms), "checks-context={checks}");
    }
}

/// ResponseHeaderTimeout starts when the request is written, not when the call begins, and is never replayed (C-19).
#[test]
fn response_header_timeout_counts_from_the_written_request_c19() {
    let link = "server=go&service=1s&service-dist=fixed&rtt=100ms&timeout=0s&header-timeout=300ms&duration=3s";
    let sim = sim_with(link, arrivals(&[0.0, 1000.0]));
    let late = Some(ErrorKind::HeaderTimeout);
    assert_eq!(outcomes(&sim), [(400.0, late), (1400.0, late)]);
    let report = sim.report();
    assert_eq!((report.connections.client_closes, report.attempts.transport_retries), (2, 0));
}

/// An answer that arrives in the very instant of the time-out is taken (C-19: R before D and H).
#[test]
fn an_answer_in_the_instant_of_the_timeout_wins_c19() {
    let link = "server=go&service=100ms&service-dist=fixed&rtt=10ms&duration=1s";
    for (limit, ok) in [("timeout=120ms", 1), ("timeout=119ms", 0), ("timeout=0s&header-timeout=110ms", 1)] {
        let report = sim_with(&format!("{link}&{limit}"), arrivals(&[0.0])).report();
        assert_eq!(report.requests.ok, ok, "{limit}");
    }
}

/// So is the end of the connection (C-19: X before H and D): the server is killed at 500, and its FIN arrives at 505.
#[test]
fn an_end_of_file_in_the_instant_of_the_timeout_wins_c19() {
    let link = "server=go&service=60s&service-dist=fixed&rtt=10ms&duration=1s&500ms.listening=off";
    for (limit, error) in [
        ("timeout=505ms", ErrorKind::Eof),
        ("timeout=504ms", ErrorKind::ClientTimeout),
        // The request is written at 10.
        ("header-timeout=495ms", ErrorKind::Eof),
        ("header-timeout=494ms", ErrorKind::HeaderTimeout),
        ("deadline=505ms", ErrorKind::Eof),
        ("deadline=504ms", ErrorKind::Deadline),
    ] {
        let (_, found) = outcomes(&sim_with(&format!("{link}&{limit}"), arrivals(&[0.0])))[0];
        assert_eq!(found, Some(error), "{limit}");
    }
}

/// Where that end would be made good by a replay, the time-out ends the replay before it begins (C-1): EOF at 140.
#[test]
fn a_timeout_in_the_instant_of_a_replay_ends_it_c1_c19() {
    let link = "server=go&service=0s&rtt=20ms&timeout=10s&server-idle-timeout=100ms&duration=2s&100ms.timeout=19500us";
    for (method, error) in [("GET", ErrorKind::ClientTimeout), ("POST", ErrorKind::Eof)] {
        let sim = sim_with(&format!("{link}&method={method}"), arrivals(&[0.0, 120.5]));
        assert_eq!(outcomes(&sim)[1], (140.0, Some(error)), "{method}");
    }
}

/// The answer is in the kernel and its reader not yet awake when the time-out closes the connection: close() with
/// unread data sends RST (T-36), and nobody has a TIME_WAIT.
#[test]
fn a_timeout_that_leaves_the_answer_unread_resets_t36() {
    let link = "server=go&service=100ms&service-dist=fixed&rtt=10ms&timeout=120ms&duration=1s&119ms.sched-delay=1ms";
    let sim = sim_with(link, arrivals(&[0.0]));
    assert_eq!(outcomes(&sim), [(120.0, Some(ErrorKind::ClientTimeout))]);
    let report = sim.report();
    assert_eq!((report.nstat.TcpExtTCPAbortOnClose, report.nstat.TcpOutRsts, report.nstat.TcpExtTW), (1, 1, 0));
    // Both ends were ESTABLISHED.
    assert_eq!(report.nstat.TcpEstabResets, 2);
}

/// Go 1.22 dials with the context of the request. The deadline of both is the socket's, too: its timer wakes the dialer
/// itself, while the context's has to start a goroutine, and so the dialer is mostly first to say so (measured: 21 of
/// 30 with Client.Timeout, 25 of 30 with a context's deadline). The class is that of the time-out all the same.
#[test]
fn go_1_22_tells_a_timeout_in_connect_as_the_dialer_does_e13_e14() {
    let full = "p=accept-queue&duration=15s";
    for (limit, go, class, text) in [
        (
            "timeout=500ms",
            "1.22",
            "client-timeout",
            "dial tcp 10.0.1.1:80: i/o timeout (Client.Timeout exceeded while awaiting headers)",
        ),
        ("timeout=0s&deadline=500ms", "1.22", "deadline", "dial tcp 10.0.1.1:80: i/o timeout"),
        (
            "timeout=500ms",
            "1.27",
            "client-timeout",
            "context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
        ),
        ("timeout=0s&deadline=500ms", "1.27", "deadline", "context deadline exceeded"),
    ] {
        let report = lab::run(&format!("{full}&{limit}&go={go}"));
        assert_eq!(report.errors.len(), 1, "{limit} {go}");
        assert_eq!((report.errors[0].class, only_error(&report)), (class, text), "{limit} {go}");
    }
    // Who was connected already waits for headers.
    let connected = lab::run("rps=50&accepting=off&timeout=500ms&go=1.22&duration=5s");
    assert!(only_error(&connected).starts_with("context deadline exceeded"), "{:?}", connected.errors);
}

/// `context.WithTimeout` covers all attempts and the waits between them; Client.Timeout each attempt.
#[test]
fn the_deadline_covers_all_attempts_e14() {
    let link = "server=go&service=1s&service-dist=fixed&rtt=2ms&timeout=100ms&retries=9&backoff=fixed\
                &backoff-base=50ms\
                &jitter=none&deadline=380ms&duration=2s";
    let sim = sim_with(link, arrivals(&[0.0]));
    // 0-100, 150-250, 300-380.
    assert_eq!(outcomes(&sim), [(380.0, Some(ErrorKind::Deadline))]);
    let report = sim.report();
    assert_eq!(report.attempts.application, 3);
    let classes: Vec<_> = report.attempt_errors.iter().map(|row| (row.class, row.count)).collect();
    assert_eq!(classes, [("client-timeout", 2), ("deadline", 1)]);
}
