//! What the scheduling of goroutines makes visible: with no delay these windows have no width (M-21).

use connlab::sim::error::ErrorKind;

use crate::lab::{failed, run, sim};

/// Four connections for all, and the server closes each after ten requests. The FIN comes with the tenth response,
/// right when the connection is handed to the oldest waiter: the reader sees it before the waiter's goroutine runs.
const HANDED_OUT_DYING: &str = "rps=300&max-conns=4&max-requests=10&service=10ms&rtt=2ms&timeout=0s&duration=20s";

/// Until the request is registered the connection counts as idle (C-6).
#[test]
fn a_fin_between_hand_out_and_write_is_server_closed_idle_e8_c24() {
    let report = run(&format!("{HANDED_OUT_DYING}&method=POST&sched-delay=100us"));
    assert!(failed(&report, "server-closed-idle") > 50, "{:?}", report.errors);
    let row = report.errors.iter().find(|row| row.class == "server-closed-idle").unwrap();
    assert_eq!(row.text, "Post \"http://10.0.1.1:80/\": http: server closed idle connection");
}

/// Without delay the request is on the connection before the FIN is read: an EOF, never the idle error.
#[test]
fn without_scheduling_delay_the_same_fin_is_an_eof_m21() {
    let report = run(&format!("{HANDED_OUT_DYING}&method=POST"));
    assert!(failed(&report, "eof") > 50 && failed(&report, "server-closed-idle") == 0, "{:?}", report.errors);
}

/// Replayed where the method allows (C-28 row 6), though nothing was written: the FIN's own error comes first (C-29).
#[test]
fn server_closed_idle_is_replayed_by_method_c28_c29() {
    for (request, fails) in
        [("method=GET", false), ("method=POST&idempotency-key=on", false), ("method=POST&rewindable=on", true)]
    {
        let report = run(&format!("{HANDED_OUT_DYING}&sched-delay=100us&{request}"));
        assert_eq!(report.requests.failed > 0, fails, "{request}: {:?}", report.errors);
        assert!(report.attempts.transport_retries > 50 || fails, "{request}");
    }
}

/// tcp_abort_on_overflow on a short path: the RST is back before the goroutine that dialed runs, so its write is the
/// first to meet it. The connection is fresh: no replay, not even of a GET (C-28 row 2).
#[test]
fn a_write_meets_the_rst_that_nobody_has_read_e10_t44() {
    let link = "rps=5000&duration=5s&keepalive=off&backlog=8&workers=4&abort-on-overflow=on&rtt=400us&sched-delay=1ms";
    let report = run(link);
    assert!(failed(&report, "write-reset") > 0 && failed(&report, "reset") > 0, "{:?}", report.errors);
    let row = report.errors.iter().find(|row| row.class == "write-reset").unwrap();
    assert!(row.text.ends_with(": write: connection reset by peer"), "{}", row.text);
}

/// The same RST, read before the goroutine runs: Go names the place where it was read (E21).
#[test]
fn an_rst_between_hand_out_and_write_is_named_by_its_place_e21() {
    let link = "rps=5000&duration=2s&keepalive=off&backlog=8&workers=4&abort-on-overflow=on&rtt=400us";
    let text = |more: &str| {
        let report = run(&format!("{link}&{more}"));
        report.errors.into_iter().find(|row| row.class == "reset").expect("resets").text
    };
    let peeked = text("sched-delay=1ms");
    assert!(peeked.starts_with("Get \"http://10.0.1.1:80/\": readLoopPeekFailLocked: read tcp 10.0.0.1:3"), "{peeked}");
    assert!(peeked.ends_with("->10.0.1.1:80: read: connection reset by peer"), "{peeked}");
    // Without delay the request is on the connection before anything is read.
    assert!(text("sched-delay=0s").starts_with("Get \"http://10.0.1.1:80/\": read tcp 10.0.0.1:3"));
}

/// Go 1.4 hands the request to a writer that has left, waits 100 ms for a response, and then says so (E26). Today the
/// same is `server closed idle connection`, and a GET is replayed.
#[test]
fn go_1_4_waits_100_ms_on_a_connection_it_has_closed_e26() {
    let link = "rps=300&max-requests=10&idle=100&service=10ms&rtt=2ms&timeout=0s&sched-delay=100us&duration=60s";
    let old = sim(&format!("{link}&go=1.4"));
    let late: Vec<f64> = (old.request_log().iter())
        .filter(|row| row.error == Some(ErrorKind::BrokenConnection))
        .map(|row| row.ended.since(row.arrived).as_millis_f64())
        .collect();
    assert!(late.len() > 20 && late.iter().all(|ms| *ms >= 100.0 && *ms < 200.0), "{late:?}");
    let report = old.report();
    let row = report.errors.iter().find(|row| row.class == "broken-connection").unwrap();
    assert_eq!(row.text, "Get http://10.0.1.1:80/: net/http: transport closed before response was received");
    assert_eq!(run(link).requests.failed, 0);
}
