//! TIME_WAIT and ports.

use super::{at_once, one_by_one, report_at};
use crate::lab::{arrivals, failed, run, sim_with};

/// Ten ports, the client closes first (`idle=0`), not on loopback: the eleventh request finds no port, at once. The
/// first port is free again 60 s after it was closed; with tcp_tw_reuse=1 after 1 s; 2 helps on loopback only (T-50,
/// T-53, G8).
#[test]
fn a_port_rests_sixty_seconds_t50_t51_t53_g8() {
    let ten_then = |later: &[f64]| {
        let first_ten = (0..10).map(|k| 10.0 * f64::from(k));
        arrivals(&first_ten.chain(later.iter().copied()).collect::<Vec<_>>())
    };
    let base = "server=go&service=0s&rtt=2ms&timeout=0s&idle=0&ports=10&duration=70s";
    // Setting; a time at which there is no port yet; a time at which there is one. The first connection closes at 4 ms
    // and its FIN is answered at 6 ms: from then on it rests.
    for (setting, too_early, in_time) in [
        ("tw-reuse=0", 60_005.0, 60_006.0),
        ("tw-reuse=2", 60_005.0, 60_006.0),
        ("tw-reuse=1", 1_005.0, 1_006.0),
        ("tw-reuse=2&loopback=on", 1_005.0, 1_006.0),
        ("tw-reuse=0&loopback=on", 60_005.0, 60_006.0),
    ] {
        let sim = sim_with(&format!("{base}&{setting}"), ten_then(&[100.0, too_early, in_time]));
        let log: Vec<_> = sim.request_log().iter().map(|outcome| outcome.error.map(|kind| kind.class())).collect();
        assert_eq!(log[..10], [None; 10], "{setting}");
        assert_eq!(log[10..], [Some("ports"), Some("ports"), None], "{setting}");
        let eleventh = sim.request_log()[10];
        assert_eq!(eleventh.ended, eleventh.arrived, "no packet is sent: the error comes at once");
        let report = sim.report();
        assert_eq!((report.peaks.ports, report.peaks.time_wait_client), (10, 10), "{setting}");
    }
}

/// Ten ports, the server closes first (DisableKeepAlives): 25 of 25 in a row go well, for its TIME_WAIT takes the new
/// SYN of the same port (T-55, G9).
#[test]
fn the_servers_time_wait_blocks_nobody_t55_g9() {
    let link = "server=go&service=0s&rtt=2ms&timeout=0s&keepalive=off&ports=10&duration=3s";
    let report = sim_with(link, one_by_one(25, 100.0)).report();
    assert_eq!((report.requests.ok, report.peaks.ports), (25, 1));
    assert_eq!((report.sockets_end.server.TIME_WAIT, report.sockets_end.client.TIME_WAIT), (25, 0));
}

/// Twelve at once on ten ports: two are refused a port (G10).
#[test]
fn more_connections_than_ports_g10() {
    let sim = sim_with(
        "server=go&service=1s&service-dist=fixed&rtt=2ms&timeout=0s&keepalive=off&ports=10&duration=3s",
        at_once(12),
    );
    let report = sim.report();
    assert_eq!((failed(&report, "ports"), report.requests.ok), (2, 10));
    assert_eq!(report.errors[0].first_ms, 0.0);
    // Each host has ports of its own.
    let report = sim_with(
        "clients=2&arrivals=even&server=go&service=1s&rtt=2ms&timeout=0s&keepalive=off&ports=10&duration=20s",
        at_once(12),
    )
    .report();
    assert_eq!(report.requests.failed, 0);
}

/// Ports / 60 s is the most a client can close per second (T-54): a hundred ports carry 100 requests a minute, however
/// many are asked for.
#[test]
fn ports_per_sixty_seconds_bound_the_close_rate_t54() {
    let link = "server=go&service=0s&rtt=0s&timeout=0s&idle=0&ports=100&rps=5&arrivals=even&duration=600s";
    let report = run(link);
    // The hundred of the first 20 s come back 60 s after their closes: ten rounds in 600 s.
    assert_eq!(report.requests.ok, 1_000);
    assert_eq!(report.requests.ok + failed(&report, "ports"), report.requests.offered);
}

/// A TIME_WAIT lasts 60 s on either side, and what has ended is counted (T-50).
#[test]
fn time_wait_ends_after_sixty_seconds_on_either_side_t50() {
    for setting in ["idle=0", "keepalive=off"] {
        let link = format!("server=go&service=0s&rtt=2ms&timeout=0s&{setting}&duration=70s");
        for (at_ms, resting, ended) in [(59_900, 1, 0), (60_200, 0, 1)] {
            let report = report_at(&link, arrivals(&[0.0]), at_ms);
            let sockets = report.sockets_end;
            assert_eq!(sockets.client.TIME_WAIT + sockets.server.TIME_WAIT, resting, "{setting} at {at_ms}");
            assert_eq!(report.nstat.TcpExtTW, ended, "{setting} at {at_ms}");
        }
    }
}
