//! TIME_WAIT and ports: one table for each client host (M-6).

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
        assert_eq!(eleventh.ended, eleventh.arrived, "no packet is sent, and all three tries are at once (D-2)");
        let report = sim.report();
        assert_eq!((report.peaks.ports, report.peaks.time_wait_client), (10, 10), "{setting}");
    }
}

/// Ten ports, the server closes first (DisableKeepAlives): 25 of 25 in a row go well, for its TIME_WAIT takes the new
/// SYN of the same port (T-55, M-26, G9).
#[test]
fn the_servers_time_wait_blocks_nobody_t55_g9() {
    let link = "server=go&service=0s&rtt=2ms&timeout=0s&keepalive=off&ports=10&duration=3s";
    let report = sim_with(link, one_by_one(25, 100.0)).report();
    assert_eq!((report.requests.ok, report.peaks.ports), (25, 1));
    assert_eq!((report.sockets_end.server.TIME_WAIT, report.sockets_end.client.TIME_WAIT), (25, 0));
}

/// `Connection: close` to a server that leaves the close to the client (C-17): each request rests on a port of the
/// client for a minute (T-50), so 1,100 requests a second have used up 28,232 ports after 25.7 s (T-54). A server that
/// closes first, as Go's, has the TIME_WAITs, and no request fails (S-7).
#[test]
fn a_server_that_leaves_the_close_to_the_client_uses_up_its_ports_c17_t54() {
    let link =
        "rps=1100&arrivals=even&keepalive=off&server=go&workers=2000&service=50ms&rtt=30ms&timeout=0s&duration=30s";
    let left = run(&format!("{link}&server-closes=off"));
    assert_eq!(left.errors.iter().map(|row| row.class).collect::<Vec<_>>(), ["ports"]);
    assert_eq!((left.peaks.ports, left.connections.server_closes), (28_232, 0));
    assert_eq!(left.connections.client_closes, left.sockets_end.client.TIME_WAIT);
    let used_up_ms = 28_232.0 / 1.1;
    assert!((left.errors[0].first_ms - used_up_ms).abs() < 1.0, "{} and not {used_up_ms}", left.errors[0].first_ms);
    let first = run(link);
    assert_eq!((first.requests.failed, first.sockets_end.client.TIME_WAIT, first.connections.client_closes), (0, 0, 0));
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

/// tcp_max_tw_buckets 3 and eight closes: three TIME_WAITs, and five sockets that are closed at once, whose ports are
/// free again (T-56, G11). With 0 there is none. Each kernel has a table of its own. Measured on Linux 6.18.
#[test]
fn a_full_time_wait_table_closes_sockets_at_once_t56_g11() {
    for (limit, kept) in [(3, 3), (0, 0), (8, 8), (131_072, 8)] {
        // Who closes first, and so has the TIME_WAIT.
        for (setting, client, server) in [("idle=0", kept, 0), ("keepalive=off", 0, kept)] {
            let link =
                format!("server=go&service=0s&rtt=2ms&timeout=0s&tw-buckets={limit}&ports=10&{setting}&duration=3s");
            let report = sim_with(&link, one_by_one(8, 100.0)).report();
            let sockets = report.sockets_end;
            assert_eq!((sockets.client.TIME_WAIT, sockets.server.TIME_WAIT), (client, server), "{link}");
            assert_eq!(report.nstat.TcpExtTCPTimeWaitOverflow, 8 - kept, "{link}");
            assert_eq!((report.nstat.TcpExtTW, report.nstat.TcpOutRsts), (kept, 0), "{link}");
        }
    }
    // Ten ports carry 25 requests: seven of them rest in no table.
    let link = "server=go&service=0s&rtt=2ms&timeout=0s&idle=0&ports=10&tw-buckets=3&duration=3s";
    assert_eq!(sim_with(link, one_by_one(25, 100.0)).report().requests.ok, 25);
}

/// An entry whose 60 s are over makes room for the next (T-50, T-56).
#[test]
fn an_entry_of_the_time_wait_table_makes_room_after_sixty_seconds_t50_t56() {
    let link = "server=go&service=0s&rtt=2ms&timeout=0s&idle=0&tw-buckets=1&duration=70s";
    // Each rests from 6 ms after its request on.
    for (second_at, overflows) in [(59_999.0, 1), (60_000.0, 0)] {
        let report = sim_with(link, arrivals(&[0.0, second_at])).report();
        assert_eq!(report.nstat.TcpExtTCPTimeWaitOverflow, overflows, "{second_at}");
    }
}

/// A client that closes while the handler is at work waits in FIN_WAIT2 as an entry of the same table; without room
/// the socket is closed there and then. The answer draws an RST either way, and so does the FIN behind it; data for an
/// entry is not counted as TCPAbortOnData (T-46, T-56). Measured on Linux 6.18.
#[test]
fn orphans_in_fin_wait_2_are_in_the_time_wait_table_t48_t56() {
    let link = "server=go&workers=100&service=1s&service-dist=fixed&rtt=2ms&timeout=100ms&tw-buckets=3&duration=3s";
    let at_500_ms = report_at(link, at_once(8), 500);
    assert_eq!((at_500_ms.sockets_end.client.FIN_WAIT2, at_500_ms.sockets_end.server.CLOSE_WAIT), (3, 8));
    assert_eq!((at_500_ms.nstat.TcpExtTCPTimeWaitOverflow, at_500_ms.nstat.TcpExtTW), (5, 3));
    let end = sim_with(link, at_once(8)).report();
    assert_eq!((end.nstat.TcpOutRsts, end.nstat.TcpExtTCPAbortOnData), (16, 0));
    assert_eq!((end.sockets_end.client.FIN_WAIT2, end.sockets_end.client.TIME_WAIT), (0, 0));
    // Three more entries fit afterwards: nothing of the first three is left.
    let later = sim_with(
        &format!("{link}&2s.service=0s&2s.timeout=0s&idle=0"),
        arrivals(&{
            let mut at = vec![0.0; 8];
            at.extend([2000.0, 2100.0, 2200.0]);
            at
        }),
    );
    assert_eq!(later.report().sockets_end.client.TIME_WAIT, 3);
}

/// A TIME_WAIT lasts 60 s on either side; it is counted when it begins (T-50; inet_twsk_schedule).
#[test]
fn time_wait_ends_after_sixty_seconds_on_either_side_t50() {
    for setting in ["idle=0", "keepalive=off"] {
        let link = format!("server=go&service=0s&rtt=2ms&timeout=0s&{setting}&duration=70s");
        for (at_ms, resting) in [(59_900, 1), (60_200, 0)] {
            let report = report_at(&link, arrivals(&[0.0]), at_ms);
            let sockets = report.sockets_end;
            assert_eq!(sockets.client.TIME_WAIT + sockets.server.TIME_WAIT, resting, "{setting} at {at_ms}");
            assert_eq!(report.nstat.TcpExtTW, 1, "{setting} at {at_ms}");
        }
    }
}
