//! Closing and dying: who sees FIN, who RST (M-5).

use super::half_accepted::{HALF_ACCEPTED, WRITTEN_AT};
use super::{at_once, one_by_one, report_at};
use crate::lab::{arrivals, failed, run, sim_with};

/// Five connections in the accept queue, the listener is closed: five times ECONNRESET one way later, though their
/// requests are buffered (M-4); a newcomer is refused (T-30, G7).
#[test]
fn closing_the_listener_resets_the_queue_t30_g7() {
    let link = "accepting=off&backlog=10&rtt=40ms&timeout=0s&duration=5s&2s.listening=off";
    let sim = sim_with(link, arrivals(&[0.0, 0.0, 0.0, 0.0, 0.0, 3000.0]));
    let log: Vec<_> = sim.request_log().iter().map(|o| (o.error.unwrap().class(), o.ended.as_millis_f64())).collect();
    assert_eq!(log[..5], [("reset", 2020.0); 5]);
    assert_eq!(log[5..], [("refused", 3040.0)]);
    assert_eq!(sim.report().sockets_end.server.ESTABLISHED, 0);
}

/// A queued connection that has sent nothing is reset as well, where a close() would send a FIN (T-30). B is served
/// by A's connection, which holds the only worker, and the one it dialed itself lies silent in the queue.
#[test]
fn closing_the_listener_resets_silent_connections_too_t30() {
    let link = "server=workers&workers=1&service=10ms&service-dist=fixed&rtt=100ms&timeout=0s&duration=2s\
                &400ms.listening=off";
    let report = sim_with(link, arrivals(&[0.0, 150.0])).report();
    assert_eq!((report.connections.established, report.connections.accepted, report.requests.ok), (2, 1, 2));
    assert_eq!(report.nstat.TcpOutRsts, 1);
    // The accepted one got a FIN: the server closed it first and holds the TIME_WAIT.
    assert_eq!((report.sockets_end.client.TIME_WAIT, report.sockets_end.server.TIME_WAIT), (0, 1));
}

/// Half-accepted clients hear nothing when the listener closes; their next copy of the request draws the RST. A client
/// whose SYN was on its way, or is sent again, is refused (T-31).
#[test]
fn closing_the_listener_resets_phantoms_at_their_next_packet_t31_g7() {
    let link = format!("{HALF_ACCEPTED}&duration=5s&2s.listening=off");
    // The fourth client's SYN is dropped at 1100 and sent again at 2100; the fifth's arrives just after the close.
    let sim = sim_with(&link, arrivals(&[0.0, 1000.0, 1000.0, 1100.0, 1990.0]));
    let log: Vec<_> = sim.request_log().iter().map(|o| (o.error.unwrap().class(), o.ended.as_millis_f64())).collect();
    let next_copy = WRITTEN_AT + 247.0 * 4.0;
    assert_eq!(
        log,
        [
            ("reset", 2023.5),
            ("reset", 2023.5),
            ("refused", 1990.0 + 47.0),
            ("reset", next_copy + 47.0),
            ("refused", 2100.0 + 47.0),
        ]
    );
}

/// A cookie belongs to the socket that sent it: to the server's next process it means nothing. The phantom is reset
/// at its next packet, though something listens again.
#[test]
fn a_cookie_does_not_outlive_its_listener_t31() {
    let link =
        "accepting=off&backlog=0&syncookies=2&rtt=40ms&timeout=0s&duration=3s&500ms.listening=off&510ms.listening=on";
    let sim = sim_with(link, at_once(2));
    let log: Vec<_> = sim.request_log().iter().map(|o| (o.error.unwrap().class(), o.ended.as_millis_f64())).collect();
    // Copies of the request at 280 and 520.
    assert_eq!(log, [("reset", 520.0), ("reset", 560.0)]);
}

/// The process is killed with two handlers at work and eight connections queued: EOF for the two (they have read their
/// requests, T-37), ECONNRESET for the eight (T-30, T-42, G21 Close).
#[test]
fn a_killed_server_gives_eof_in_service_and_reset_in_the_queue_t42_g21() {
    let link =
        "server=workers&workers=2&service=60s&service-dist=fixed&rtt=10ms&timeout=0s&duration=2s&1s.listening=off";
    let report = sim_with(link, one_by_one(10, 1.0)).report();
    assert_eq!((failed(&report, "eof"), failed(&report, "reset")), (2, 8));
    assert_eq!(report.errors.iter().map(|row| row.first_ms).collect::<Vec<_>>(), [1005.0, 1005.0]);
    // Started anew, it takes connections again.
    let report = sim_with(&format!("{link}&1500ms.listening=on"), one_by_one(10, 1.0)).report();
    assert_eq!((failed(&report, "eof"), failed(&report, "reset")), (2, 8));
}

/// The server answers and closes (FIN); a POST that was on its way gets EOF and stays with it: the RST that its data
/// draws comes after the FIN (T-37, T-41, T-46).
#[test]
fn a_request_after_the_fin_gets_eof_never_reset_t41_t46() {
    // Answer and FIN leave at 30 + 100; the second request is sent at 120.5.
    let link = "server=go&service=0s&rtt=20ms&timeout=0s&server-idle-timeout=100ms&method=POST&duration=2s";
    let report = sim_with(link, arrivals(&[0.0, 120.5])).report();
    assert_eq!((failed(&report, "eof"), failed(&report, "reset")), (1, 0));
    assert_eq!(report.nstat.TcpExtTCPAbortOnData, 1);
    // An RST ends both ends: no TIME_WAIT (T-50).
    assert_eq!((report.sockets_end.client.TIME_WAIT, report.sockets_end.server.TIME_WAIT), (0, 0));
}

/// The same without any delay: FIN and RST are both there before the client reads. What read() returns is end of file
/// (T-41).
#[test]
fn a_fin_hides_the_rst_behind_it_t41() {
    let link = "server=go&service=0s&rtt=0s&timeout=0s&server-idle-timeout=100ms&method=POST&duration=2s";
    let report = sim_with(link, arrivals(&[0.0, 100.0])).report();
    assert_eq!((failed(&report, "eof"), failed(&report, "reset"), report.nstat.TcpOutRsts), (1, 0, 1));
}

/// An answer is lost and the FIN behind it is not: the FIN waits for the copy of the answer, so the client never reads
/// end of file in its place. The FIN's selective acknowledgement, back after a round trip, and a quarter of that as the
/// reordering window (RACK) bring the copy; where both are lost the retransmission timer does.
#[test]
fn a_fin_does_not_overtake_the_answer_before_it_t63() {
    let ended = |seed: u64| {
        // The server answers and closes at 60 ms, and half of what it sends then is lost.
        let link =
            format!("keepalive=off&rtt=40ms&timeout=0s&service=0s&duration=3s&seed={seed}&59ms.loss=50%&61ms.loss=0%");
        let sim = sim_with(&link, arrivals(&[0.0]));
        assert_eq!(sim.request_log()[0].error, None, "seed {seed}");
        sim.request_log()[0].ended.as_millis_f64()
    };
    let times: Vec<f64> = (1..=40).map(ended).collect();
    let possible = [60.0 + 20.0, 60.0 + 40.0 + 10.0 + 20.0, 60.0 + 240.0 + 20.0];
    assert!(times.iter().all(|ms| possible.contains(ms)), "{times:?}");
    assert!(possible.iter().all(|ms| times.contains(ms)), "{times:?}");
}

/// A response is there, and Client.Timeout passes before the goroutine that reads it has run: close() with unread data
/// sends RST instead of FIN (T-36). A response that comes later draws RST (T-46). Only who got an answer leaves a
/// TIME_WAIT behind.
#[test]
fn closing_with_unread_data_sends_rst_t36() {
    // Four milliseconds on the way, two delays of up to one before the request is written, and one before it is read.
    let link = "load=closed&callers=20&keepalive=off&server=go&workers=100&service=96ms&service-dist=fixed&rtt=2ms\
                &timeout=101ms&sched-delay=1ms&duration=20s&tail=1s";
    let report = run(link);
    let (late, nstat) = (failed(&report, "client-timeout"), report.nstat);
    assert!(nstat.TcpExtTCPAbortOnClose > 500 && nstat.TcpExtTCPAbortOnData > 500, "{nstat:?}");
    assert_eq!(nstat.TcpExtTCPAbortOnClose + nstat.TcpExtTCPAbortOnData, late);
    assert_eq!((report.sockets_end.client.TIME_WAIT, report.sockets_end.server.TIME_WAIT), (0, report.requests.ok));
}

/// A client whose SYN cookie is not redeemed gives up; its FIN, behind a request that nobody took, draws an RST (T-12),
/// which is lost half of the time. The request's next copy is taken, and then the FIN is sent again: nothing is left.
#[test]
fn a_fin_that_did_not_answer_a_cookie_is_sent_again_t12_t18() {
    for seed in 1..=10 {
        // The FIN arrives at 120, the copy of the request at 300. WriteTimeout leaves the client without an answer.
        let link = format!(
            "accepting=off&backlog=0&syncookies=2&rtt=40ms&timeout=100ms&service=100ms&write-timeout=1ms&duration=70s\
             &seed={seed}&119ms.loss=50%&121ms.loss=0%&200ms.accepting=on"
        );
        let client = sim_with(&link, at_once(2)).report().sockets_end.client;
        assert_eq!(client, Default::default(), "seed {seed}");
    }
}

/// An answer for a client that has closed draws RST (T-46), and the connection leaves no TIME_WAIT. The client waits in
/// FIN_WAIT2 as an entry of the TIME_WAIT table, which does not count TCPAbortOnData.
#[test]
fn an_answer_to_a_closed_socket_draws_rst_t46() {
    let link = "server=go&service=1s&service-dist=fixed&rtt=10ms&timeout=500ms&duration=3s";
    let report = sim_with(link, arrivals(&[0.0])).report();
    assert_eq!(failed(&report, "client-timeout"), 1);
    assert_eq!(report.nstat.TcpExtTCPAbortOnData, 0);
    // The answer, and the FIN behind it.
    assert_eq!(report.nstat.TcpOutRsts, 2);
    assert_eq!((report.sockets_end.client.TIME_WAIT, report.sockets_end.server.TIME_WAIT), (0, 0));
}

/// The same with a path that loses half of what the client sends in that instant: what drew an RST is not acknowledged,
/// so the server sends it again, until an RST comes through. It keeps no socket (T-46, T-63).
#[test]
fn what_drew_a_lost_rst_is_sent_again_t46_t63() {
    let resets = (1..=10).map(|seed| {
        // The answer and the FIN behind it arrive at 1020.
        let link = format!(
            "server=go&service=1s&service-dist=fixed&rtt=10ms&timeout=500ms&duration=5s&seed={seed}&1019ms.loss=50%\
             &1021ms.loss=0%"
        );
        let report = sim_with(&link, arrivals(&[0.0])).report();
        assert_eq!(report.sockets_end.server, Default::default(), "seed {seed}");
        report.nstat.TcpOutRsts
    });
    // Both were lost at least once, and the answer's second copy drew a third.
    assert!(resets.max() > Some(2));
}

/// Ten callers give up while their connections wait in the accept queue. accept() works all the same, the buffered
/// requests are read, and the handlers work for nobody (T-45).
#[test]
fn abandoned_requests_in_the_queue_are_still_served_t45() {
    let link = "accepting=off&rtt=10ms&timeout=200ms&service=50ms&service-dist=fixed&duration=3s&1s.accepting=on";
    let report = sim_with(link, at_once(10)).report();
    assert_eq!((failed(&report, "client-timeout"), report.connections.accepted), (10, 10));
    assert_eq!((report.server.handlers_started, report.server.busy_ms, report.server.wasted_ms), (10, 500.0, 500.0));
}

/// A client that gave up sits in FIN_WAIT2 for 60 s and is then dropped (T-48); the server's end, which nobody
/// accepts, stays in CLOSE_WAIT without limit (T-47). No TIME_WAIT is left, and the port is free.
#[test]
fn an_orphan_in_fin_wait_2_is_dropped_after_sixty_seconds_t47_t48() {
    let link = "accepting=off&rtt=10ms&timeout=500ms&duration=100s";
    // Its FIN is acknowledged at 510.
    for (at_ms, fin_wait_2) in [(600, 1), (60_509, 1), (60_511, 0), (90_000, 0)] {
        let report = report_at(link, arrivals(&[0.0]), at_ms);
        assert_eq!(report.sockets_end.client.FIN_WAIT2, fin_wait_2, "at {at_ms} ms");
        assert_eq!(
            (report.sockets_end.server.CLOSE_WAIT, report.sockets_end.client.TIME_WAIT),
            (1, 0),
            "at {at_ms} ms"
        );
    }
}

/// The server dies while its acknowledgement of the client's FIN is on the way, and the RST behind it is lost half of
/// the time: no FIN will ever come, and FIN_WAIT2 ends after 60 s all the same (T-48).
#[test]
fn fin_wait_2_ends_though_the_peer_has_vanished_t48() {
    let fin_wait_2 = |seed: u64, at_ms| {
        let link = format!(
            "accepting=off&rtt=100ms&timeout=500ms&duration=80s&seed={seed}&569ms.loss=50%&570ms.listening=off\
             &571ms.loss=0%"
        );
        report_at(&link, arrivals(&[0.0]), at_ms).sockets_end.client.FIN_WAIT2
    };
    // The FIN arrives at 550.
    let waiting: u64 = (1..=10).map(|seed| fin_wait_2(seed, 60_599)).sum();
    assert!(waiting > 0 && waiting < 10, "{waiting} of ten RSTs are lost");
    assert!((1..=10).all(|seed| fin_wait_2(seed, 60_601) == 0));
}

/// A reset counts at both ends: ESTABLISHED → CLOSED is one of EstabResets wherever it happens.
#[test]
fn a_reset_counts_at_both_ends() {
    let link = "accepting=off&backlog=10&rtt=40ms&timeout=0s&duration=3s&2s.listening=off";
    let report = sim_with(link, at_once(5)).report();
    assert_eq!((report.nstat.TcpEstabResets, report.nstat.TcpOutRsts), (10, 5));
}
