//! The pool: who is taken, who is closed.

use super::{AMPLE, churn, recorded};
use crate::lab::{arrivals, run, sim_with};
use crate::linux_semantics::rises;

/// Two idle connections, one request every 50 ms: the one returned last is taken each time, so the other grows old and
/// is closed by IdleConnTimeout. Taking them in turns would keep both alive.
#[test]
fn the_connection_returned_last_is_taken_first_c3() {
    let at: Vec<f64> = [0.0].into_iter().chain((0..40).map(|k| 50.0 * f64::from(k))).collect();
    let link = "server=go&service=10ms&service-dist=fixed&rtt=2ms&timeout=0s&idle-timeout=500ms&duration=2s";
    let closes = rises(link, arrivals(&at), |report| report.connections.client_closes);
    // Both came back at 14; the first in the list is never taken again.
    assert_eq!(closes, [514.0]);
}

/// IdleConnTimeout: a connection idle for less is reused, for more is gone.
#[test]
fn an_idle_connection_is_closed_after_idle_conn_timeout_c15() {
    let link = format!("{AMPLE}&idle-timeout=500ms");
    // It comes back at 54.
    for (second, dials) in [(553.0, 1), (555.0, 2)] {
        let report = sim_with(&link, arrivals(&[0.0, second])).report();
        assert_eq!(report.connections.dials, dials, "second request at {second}");
    }
    let closes = rises(&link, arrivals(&[0.0, 200.0]), |report| report.connections.client_closes);
    assert_eq!(closes, [252.0 + 500.0], "it counts from its last return");
}

/// A shorter IdleConnTimeout counts for who is idle already: the timer that runs is the old one, and the age is looked
/// at when somebody takes the connection (C-3).
#[test]
fn a_connection_that_is_older_than_a_new_idle_conn_timeout_is_not_taken_c3() {
    // It comes back at 54, and would be 1,046 ms old.
    for (shorter, dials) in [("500ms", 2), ("1045ms", 2), ("1046ms", 1), ("2s", 1)] {
        let link = format!("{AMPLE}&1s.idle-timeout={shorter}");
        let report = sim_with(&link, arrivals(&[0.0, 1_100.0])).report();
        assert_eq!(report.connections.dials, dials, "{shorter}");
    }
}

/// Where nothing is pooled, a connection that comes back does not even serve who waits for one (transport.go:
/// tryPutIdleConn looks at MaxIdleConnsPerHost first, C-11).
#[test]
fn without_a_pool_a_returned_connection_is_for_nobody_c11() {
    let report = sim_with(&format!("{AMPLE}&idle=0&max-conns=1"), arrivals(&[0.0, 10.0])).report();
    assert_eq!(churn(&report), (2, 2, 0));
}

/// A goroutine that is called off before it runs gives the connection back unused (C-5): dials return after 20 ms, both
/// goroutines run within a millisecond, and callers leave after half of one. Only a connection on which a request was
/// written is closed with its call.
#[test]
fn a_connection_that_was_handed_out_and_not_used_goes_back_to_the_pool_c5() {
    let link =
        "server=go&workers=1000&service=0s&rtt=20ms&timeout=20500us&sched-delay=1ms&idle=1000&max-idle=0&duration=1s";
    let report = sim_with(link, arrivals(&[0.0; 100])).report();
    let written = report.attempts.wire;
    assert_eq!((report.requests.failed, report.connections.established), (100, 100));
    assert!((5..95).contains(&written), "{written}");
    assert_eq!(report.connections.client_closes, written);
}

/// Three connections come back after 10, 20 and 30 ms of work, and the pool keeps two: the third is the one closed,
/// and the first two grow old by their own return times.
#[test]
fn a_full_pool_closes_the_connection_that_comes_back_c11() {
    let link = "server=go&rtt=2ms&timeout=0s&idle=2&idle-timeout=100ms&duration=2s";
    let three = recorded(&[0.0, 0.0, 0.0], &[10.0, 20.0, 30.0]);
    let closes = rises(link, three, |report| report.connections.client_closes);
    assert_eq!(closes, [34.0, 114.0, 124.0]);
}

/// MaxIdleConns, on the other hand, closes the *oldest*: with five coming back and room for three, the first two go.
#[test]
fn max_idle_conns_closes_the_oldest_c11() {
    let link = "server=go&rtt=2ms&timeout=0s&idle=10&max-idle=3&idle-timeout=100ms&duration=2s";
    let five = recorded(&[0.0; 5], &[10.0, 20.0, 30.0, 40.0, 50.0]);
    let closes = rises(link, five, |report| report.connections.client_closes);
    // 44: the fourth comes back, the first goes; 54: the fifth, the second. Then 30, 40 and 50 grow old.
    assert_eq!(closes, [44.0, 54.0, 134.0, 144.0, 154.0]);
}

/// MaxIdleConnsPerHost < 0 (here `idle=0`) pools nothing but says no `Connection: close`: the client closes first, and
/// holds the TIME_WAIT (C-12). DisableKeepAlives asks for the close (C-17), so the server closes
/// first after its response (S-7), and holds it (G29, T-55); a server that leaves that to the client
/// (`server-closes=off`) leaves it the TIME_WAIT too.
#[test]
fn who_closes_first_holds_the_time_wait_g29() {
    let at: Vec<f64> = (0..20).map(|k| 100.0 * f64::from(k)).collect();
    // Setting; closes by client and server; TIME_WAIT at client and server.
    for (setting, closes, time_wait) in [
        ("idle=0", (20, 0), (20, 0)),
        ("keepalive=off", (0, 20), (0, 20)),
        ("keepalive=off&server-closes=off", (20, 0), (20, 0)),
    ] {
        let report = sim_with(&format!("{AMPLE}&{setting}"), arrivals(&at)).report();
        assert_eq!((report.connections.client_closes, report.connections.server_closes), closes, "{setting}");
        let held = (report.sockets_end.client.TIME_WAIT, report.sockets_end.server.TIME_WAIT);
        assert_eq!(held, time_wait, "{setting}");
        assert_eq!((report.connections.dials, report.requests.ok), (20, 20), "{setting}");
    }
}

/// With keep-alives off a waiting request does not even want a returned connection: everybody dials (C-3a).
#[test]
fn without_keep_alives_every_request_dials_c3() {
    let report = sim_with(&format!("{AMPLE}&keepalive=off&max-conns=3"), arrivals(&[0.0; 10])).report();
    assert_eq!(churn(&report), (10, 0, 0));
    // Three at a time: four rounds of dial, work, answer.
    assert_eq!(report.latency_ms.max, 4.0 * 54.0);
}

/// Seven hundred requests a second, fourteen at a time on average. With two places in the pool every third request
/// dials; with places for all the pool is filled once (C-11).
#[test]
fn a_pool_with_room_for_all_saves_nearly_every_dial_c11() {
    let dials = |pool: &str| run(&format!("rps=700&server=go&{pool}")).connections.dials;
    let (two, all) = (dials("idle=2"), dials("idle=200&max-idle=0"));
    assert!(two > 10_000 && all < 200, "{two} dials with two places, {all} with two hundred");
}

/// The same against a server that holds a worker for each connection, idle or not (S-20, S-31): sixteen kept-alive
/// connections own all workers for ever. What is dialed beside them is never served: first it fills the accept queue,
/// backlog + 1 requests, each of which times out; then SYNs are dropped. Keeping more connections saves few dials here.
#[test]
fn a_large_pool_starves_at_a_server_that_holds_a_worker_for_each_connection_s31() {
    let report = run("rps=700&idle=200&max-idle=0");
    assert_eq!(report.connections.accepted, 16);
    assert_eq!(report.peaks.accept_queue, 4097);
    // One more found its place at the very end of the queue's filling, half-accepted (T-9).
    assert!((4097..=4099).contains(&report.requests.failed), "{} failed", report.requests.failed);
    assert!(report.connections.dials > 5_000, "{} dials", report.connections.dials);
}
