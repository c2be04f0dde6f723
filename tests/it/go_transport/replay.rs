//! The race with the server's idle timer, and the replay of C-28.

use connlab::sim::error::ErrorKind;

use super::{only_error, outcomes};
use crate::lab::{arrivals, failed, sim_with};

/// Server.IdleTimeout 100 ms, 10 ms each way; the second request leaves `gap` after the first answer. Between 80 and
/// 100 it crosses the server's FIN (C-25): packet by packet, or nobody could tell (M-1). The connection ends before the
/// first byte of a response (C-20). GET is replayed, and so is a POST with a key; a plain POST fails with EOF. PUT and
/// DELETE are to the Transport what POST is (C-28), so POST without a key stands for G28.
#[test]
fn a_request_that_crosses_the_servers_fin_gets_eof_g13_g27_g28() {
    let link = "server=go&service=0s&rtt=20ms&timeout=0s&server-idle-timeout=100ms&duration=2s";
    let gaps: Vec<f64> = (0..41).map(|k| 70.5 + f64::from(k)).collect();
    let (mut failures, mut replays) = (Vec::new(), Vec::new());
    for gap in gaps {
        let two = arrivals(&[0.0, 40.0 + gap]);
        let expected_dials = if gap >= 80.5 { 2 } else { 1 };
        for (method, replayable) in [
            ("method=GET", true),
            ("method=GET&rewindable=off", true),
            ("method=POST", false),
            ("method=POST&idempotency-key=on", true),
            ("method=POST&idempotency-key=on&rewindable=off", false),
        ] {
            let report = sim_with(&format!("{link}&{method}"), two.clone()).report();
            let connections = report.connections;
            let case = format!("{method}, gap {gap}");
            if replayable {
                assert_eq!((report.requests.ok, connections.dials), (2, expected_dials), "{case}");
            } else if failed(&report, "eof") == 1 {
                assert_eq!(only_error(&report), "EOF", "{case}");
                assert_eq!((connections.dials, report.attempts.transport_retries), (1, 0), "{case}");
                // The request drew an RST, but the FIN came first, so it shows nowhere (T-41).
                assert_eq!(report.nstat.TcpExtTCPAbortOnData, 1, "{case}");
            } else {
                assert_eq!((report.requests.ok, connections.dials), (2, expected_dials), "{case}");
            }
            match method {
                "method=POST" if report.requests.failed > 0 => failures.push(gap),
                "method=GET" if report.attempts.transport_retries > 0 => replays.push(gap),
                _ => {}
            }
        }
    }
    let window: Vec<f64> = (0..20).map(|k| 80.5 + f64::from(k)).collect();
    assert_eq!(failures, window);
    assert_eq!(replays, window);
}

/// The server dies and is started anew while five requests are in flight, each on a reused connection, and five more
/// connections lie idle. GET: each request tries again until it has a fresh connection, and nobody hears of it. POST:
/// five errors. Immediately, without limit (C-1); requests on the wire are counted apart from attempts (R-12, M-11).
#[test]
fn stale_connections_are_used_up_one_by_one_c30_g15() {
    let link = "server=go&workers=1000&service=100ms&service-dist=fixed&rtt=10ms&timeout=0s&idle=10&duration=3s\
                &1050ms.listening=off&1051ms.listening=on";
    let at: Vec<f64> = [0.0; 10].into_iter().chain([1000.0; 5]).collect();
    let get = sim_with(&format!("{link}&method=GET"), arrivals(&at)).report();
    assert_eq!((get.requests.ok, get.requests.failed), (15, 0));
    assert!(get.attempts.transport_retries >= 5, "{:?}", get.attempts);
    assert_eq!(get.attempts.wire, 15 + get.attempts.transport_retries);
    assert_eq!(get.connections.dials, 15);
    let post = sim_with(&format!("{link}&method=POST"), arrivals(&at)).report();
    assert_eq!((post.requests.ok, failed(&post, "eof")), (10, 5));
    assert_eq!(post.attempts.transport_retries, 0);
}

/// The same with RSTs (G15): four callers give up while they dial, and their connections join the pool (C-7) and the
/// accept queue. Four requests on them are buffered there when the process is killed (T-30), which resets all four at
/// once. GET: each is replayed on a fresh connection, and no caller hears of it. POST: four errors.
#[test]
fn k_stale_connections_reset_at_once_are_k_errors_for_post_only_c28_c30_g15() {
    let link = "accepting=off&service=10ms&service-dist=fixed&rtt=100ms&timeout=50ms&idle=4&duration=3s&60ms.timeout=0s\
                &1s.listening=off&1005ms.accepting=on&1010ms.listening=on";
    let at: Vec<f64> = [0.0; 4].into_iter().chain([500.0; 4]).collect();
    let get = sim_with(&format!("{link}&method=GET"), arrivals(&at));
    // RST at 1050; dial 100, request and answer 110.
    assert_eq!(outcomes(&get)[4..], [(1260.0, None); 4]);
    let report = get.report();
    assert_eq!((report.attempts.transport_retries, report.connections.dials), (4, 8));
    let post = sim_with(&format!("{link}&method=POST"), arrivals(&at));
    assert_eq!(outcomes(&post)[4..], [(1050.0, Some(ErrorKind::Reset)); 4]);
    assert_eq!(post.report().attempts.transport_retries, 0);
}

/// The server dies with requests on *fresh* connections: never replayed, not even GET (C-28 row 2).
#[test]
fn a_failure_on_a_fresh_connection_is_never_replayed_c28() {
    let link = "server=go&service=1s&service-dist=fixed&rtt=10ms&timeout=0s&duration=2s&500ms.listening=off\
                &501ms.listening=on";
    let sim = sim_with(link, arrivals(&[0.0]));
    assert_eq!(outcomes(&sim), [(505.0, Some(ErrorKind::Eof))]);
    assert_eq!(sim.report().attempts.transport_retries, 0);
}

/// A connection that was dialed for B, who was served by another one, lies in the pool at the client and in the
/// accept queue at the server, for the only worker holds A's connection. C's request on it is reset when the process
/// is killed (T-30). It counts as reused (C-11.3), so GET is replayed; POST gets ECONNRESET.
#[test]
fn a_surplus_connection_counts_as_reused_c11_g14() {
    let link = "server=workers&workers=1&service=10ms&service-dist=fixed&rtt=100ms&timeout=0s&duration=2s\
                &400ms.listening=off&460ms.listening=on";
    // A ends at 210 and B at 320, both on the first connection. The second is ready at 250, C takes it at 260.
    let at = arrivals(&[0.0, 150.0, 260.0]);
    let get = sim_with(&format!("{link}&method=GET"), at.clone());
    // RST at 450. The first replay takes the idle connection, of which the FIN arrives at 450, too (C-30); the second
    // dials: 100 ms, then 110 ms for request and answer.
    assert_eq!(get.report().attempts.transport_retries, 2);
    assert_eq!(outcomes(&get), [(210.0, None), (320.0, None), (660.0, None)]);
    let post = sim_with(&format!("{link}&method=POST"), at);
    assert_eq!(outcomes(&post), [(210.0, None), (320.0, None), (450.0, Some(ErrorKind::Reset))]);
    assert_eq!(post.report().attempts.transport_retries, 0);
}

/// A replay is not a new attempt: Client.Timeout goes on counting from the first try (C-32).
#[test]
fn a_replay_does_not_restart_client_timeout_c32() {
    let link = "server=go&service=0s&rtt=20ms&timeout=10s&server-idle-timeout=100ms&duration=2s&100ms.timeout=50ms";
    // Sent at 120.5, EOF at 140, dial until 160, answer at 180: 59.5 ms in all.
    let sim = sim_with(link, arrivals(&[0.0, 120.5]));
    assert_eq!(outcomes(&sim)[1], (170.5, Some(ErrorKind::ClientTimeout)));
    assert_eq!(sim.report().attempts.transport_retries, 1);
}
