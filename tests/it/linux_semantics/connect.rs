//! connect(): refused, retried by the schedule of either kernel (M-3), given up.

use super::{assert_times, one_by_one, rises};
use crate::lab::{arrivals, failed, sim_with};

/// Nothing listens: refused after exactly one RTT, and the port is free at once (T-6, G1).
#[test]
fn a_closed_port_refuses_after_one_rtt_t6_g1() {
    for loopback in ["off", "on"] {
        let link = format!("listening=off&rtt=40ms&timeout=0s&loopback={loopback}&duration=1s");
        let sim = sim_with(&link, one_by_one(3, 100.0));
        let ended: Vec<f64> = sim.request_log().iter().map(|outcome| outcome.ended.as_millis_f64()).collect();
        assert_eq!(ended, [40.0, 140.0, 240.0], "loopback={loopback}");
        let report = sim.report();
        assert_eq!((failed(&report, "refused"), report.nstat.TcpOutRsts, report.nstat.TcpAttemptFails), (3, 3, 3));
        assert_eq!((report.peaks.ports, report.peaks.time_wait_client), (1, 0));
    }
}

/// SYNs at 0 1 2 3 4 5 7 11 19 35 67 s and ETIMEDOUT at 131 s; kernels before 6.5: 0 1 3 7 15 31 63 and 127 (T-20,
/// G2). The other rows were recorded. A full accept queue swallows them: each is an overflow at the server.
#[test]
fn syns_are_sent_again_on_schedule_t20_g2() {
    let cases: [(u32, u32, &[u32], u32); 6] = [
        (4, 6, &[0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67], 131),
        (0, 6, &[0, 1, 3, 7, 15, 31, 63], 127),
        (1, 6, &[0, 1, 2, 4, 8, 16, 32, 64], 128),
        (0, 2, &[0, 1, 3], 7),
        (4, 2, &[0, 1, 2, 3, 4, 5], 7),
        (0, 3, &[0, 1, 3, 7], 15),
    ];
    for (linear, retries, syns, gives_up) in cases {
        // The first request takes the only place for good.
        let link = format!(
            "accepting=off&backlog=0&rtt=0s&timeout=0s&dial-timeout=0s&syn-linear={linear}&syn-retries={retries}\
             &duration=140s"
        );
        let one_more = arrivals(&[0.0, 500.0]);
        let expected: Vec<f64> = syns.iter().map(|s| 500.0 + 1000.0 * f64::from(*s)).collect();
        assert_times(&rises(&link, one_more.clone(), |report| report.nstat.TcpExtListenOverflows), &expected);
        let sim = sim_with(&link, one_more);
        let outcome = sim.request_log()[0];
        assert_eq!(outcome.error.map(|kind| kind.class()), Some("connect-timeout"), "{link}");
        assert_eq!(outcome.ended.as_millis_f64(), 500.0 + 1000.0 * f64::from(gives_up), "{link}");
        assert_eq!(sim.report().nstat.TcpExtTCPSynRetrans, syns.len() as u64 - 1, "{link}");
    }
}

/// Waits between retransmissions are capped at 120 s (TCP_RTO_MAX): after 64 s of waiting comes 120, not 128.
#[test]
fn no_wait_of_a_syn_is_longer_than_120_seconds() {
    let link = "accepting=off&backlog=0&rtt=0s&timeout=0s&dial-timeout=0s&syn-linear=0&syn-retries=7&duration=260s";
    let syns = rises(link, arrivals(&[0.0, 0.0]), |report| report.nstat.TcpExtTCPSynRetrans);
    assert_times(&syns, &[1000.0, 3000.0, 7000.0, 15_000.0, 31_000.0, 63_000.0, 127_000.0]);
    let sim = sim_with(link, arrivals(&[0.0, 0.0]));
    assert_eq!(sim.request_log()[0].ended.as_millis_f64(), 247_000.0);
}

/// Dialer.Timeout 30 s covers 9 SYNs (new) or 5 (old): E2 at 30 s (T-21, G2).
#[test]
fn the_dial_timeout_covers_nine_syns_or_five_t21_g2() {
    for (linear, syns) in [(4, 9), (0, 5)] {
        let link = format!("accepting=off&backlog=0&rtt=0s&timeout=0s&syn-linear={linear}&duration=40s");
        let sim = sim_with(&link, arrivals(&[0.0, 0.0]));
        let [outcome] = sim.request_log() else { panic!("{:?}", sim.request_log()) };
        assert_eq!(outcome.error.map(|kind| kind.class()), Some("dial-timeout"));
        assert_eq!(outcome.ended.as_millis_f64(), 30_000.0);
        let report = sim.report();
        assert_eq!(report.nstat.TcpExtListenOverflows, syns, "syn-linear={linear}");
        assert_eq!(report.sockets_end.client.SYN_SENT, 0);
    }
}

/// A stall of the accept loop, be it blocked (S-22) or without CPU (S-23), becomes steps of whole seconds: the client
/// whose SYN was dropped connects with the next one after the stall (T-22).
#[test]
fn a_dropped_syn_costs_whole_seconds_t22() {
    // tcp_syn_linear_timeouts, end of the stall, seconds that the second client's connect() took.
    for (linear, until, seconds) in [(4, "2500ms", 3.0), (0, "2500ms", 3.0), (4, "3500ms", 4.0), (0, "3500ms", 7.0)] {
        let link = format!(
            "accepting=off&backlog=0&rtt=10ms&service=0s&keepalive=off&timeout=0s&syn-linear={linear}&duration=10s\
             &{until}.accepting=on"
        );
        let sim = sim_with(&link, one_by_one(2, 100.0));
        // Connect, ask and be answered take two round trips.
        assert_eq!(sim.request_log()[1].ended.as_millis_f64(), 100.0 + 1000.0 * seconds + 20.0, "{link}");
    }
}

/// The dial is given up while its SYN is on the way: the SYN-ACK that comes back finds no socket and draws an RST, and
/// the server's half-made request is gone (T-23).
#[test]
fn a_syn_ack_for_a_dial_that_is_over_draws_rst_t23() {
    let report = sim_with("rtt=200ms&timeout=0s&dial-timeout=150ms&duration=1s", arrivals(&[0.0])).report();
    assert_eq!(failed(&report, "dial-timeout"), 1);
    assert_eq!((report.nstat.TcpOutRsts, report.nstat.TcpExtEmbryonicRsts), (1, 1));
    assert_eq!(report.sockets_end.server.SYN_RECV, 0);
    // The server's request, ended by RST. That the client closed in SYN_SENT counts nowhere, as measured.
    assert_eq!((report.nstat.TcpPassiveOpens, report.nstat.TcpAttemptFails), (0, 1));
}

/// A repeated SYN for a handshake in progress gets the SYN-ACK again, and no second entry (T-7): one RTT is longer
/// than the SYN timer. The SYN-ACK timer starts anew then, and does not fire before the handshake is complete.
#[test]
fn a_repeated_syn_gets_the_same_syn_ack_t7() {
    let sim = sim_with("rtt=1500ms&timeout=0s&service=0s&duration=10s", arrivals(&[0.0]));
    let report = sim.report();
    assert_eq!((report.peaks.syn_queue, report.nstat.TcpPassiveOpens, report.requests.ok), (1, 1, 1));
    // The SYN, and the SYN-ACK that answers its copy.
    assert_eq!((report.nstat.TcpExtTCPSynRetrans, report.nstat.TcpExtTCPTimeouts), (2, 1));
    assert_eq!(sim.request_log()[0].ended.as_millis_f64(), 3000.0);
}
