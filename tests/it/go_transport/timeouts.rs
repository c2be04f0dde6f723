//! Time-outs, and the work they leave behind.

use connlab::sim::error::ErrorKind;

use super::outcomes;
use crate::lab::{arrivals, sim_with};

/// Client.Timeout 100 ms, handler 1 s, 1 ms each way: the caller gives up at 100, the server hears of it at 101. A
/// handler that looks at its context stops then; any other works on for nobody until its second is over.
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
