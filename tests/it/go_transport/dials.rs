//! Dials: who hears of them, and who ends them.

use connlab::sim::error::ErrorKind;

use super::{AMPLE, bursts, churn, outcomes};
use crate::lab::{arrivals, sim_with};

/// 100 ms each way and 50 ms of patience. Today the dial goes on, and the next request finds its connection: reused,
/// and answered in exactly one RTT. Up to Go 1.22 the dial ended with its request. Go 1.4 could not stop a dial at
/// all.
#[test]
fn a_timeout_does_not_stop_the_dial_c7_g17() {
    // Go version; dials, reused requests; when the second request has its answer; what the first one gets.
    for (go, dials, reused, ended) in [("1.27", 1, 1, 750.0), ("1.22", 2, 0, 950.0), ("1.4", 1, 1, 750.0)] {
        let link = format!("go={go}&server=go&service=0s&rtt=200ms&timeout=50ms&duration=2s&100ms.timeout=0s");
        let sim = sim_with(&link, arrivals(&[0.0, 550.0]));
        assert_eq!(outcomes(&sim), [(50.0, Some(ErrorKind::ClientTimeout)), (ended, None)], "Go {go}");
        let report = sim.report();
        assert_eq!((report.connections.dials, report.connections.reused_requests), (dials, reused), "Go {go}");
        // The dial that was stopped: no packet then, but an RST for the SYN-ACK that comes all the same (T-23).
        let stopped = u64::from(go == "1.22");
        assert_eq!(report.nstat.TcpOutRsts, stopped, "Go {go}");
        assert_eq!(report.nstat.TcpExtEmbryonicRsts, stopped, "Go {go}");
    }
}

/// Up to Go 1.22 the end of a request that went *well* ends its surplus dial too: its context is over (C-7).
///
/// Of two SYNs at once the backlog of 0 takes one. B gets A's connection at 210 and is done at 320, before its own
/// SYN is sent again at 1 s.
#[test]
fn up_to_go_1_22_a_served_request_takes_its_dial_with_it_c7() {
    let established = |go| {
        let link = format!(
            "go={go}&server=go&service=10ms&service-dist=fixed&rtt=100ms&timeout=10s&backlog=0&syncookies=0\
             &duration=2s"
        );
        let report = sim_with(&link, arrivals(&[0.0, 0.0])).report();
        assert_eq!((report.requests.ok, report.connections.dials), (2, 2), "Go {go}");
        report.connections.established
    };
    assert_eq!((established("1.27"), established("1.22")), (2, 1));
}

/// A call without a context has none that could end its dial (C-7).
#[test]
fn without_a_context_the_dial_goes_on_in_any_version_c7() {
    for go in ["1.27", "1.22"] {
        let link = format!(
            "go={go}&server=go&service=10ms&service-dist=fixed&rtt=100ms&timeout=0s&backlog=0&syncookies=0\
             &duration=2s"
        );
        let report = sim_with(&link, arrivals(&[0.0, 0.0])).report();
        assert_eq!((report.requests.ok, report.connections.established), (2, 2), "Go {go}");
    }
}

/// connect() that returns in the instant of Dialer.Timeout has connected.
#[test]
fn a_connection_in_the_instant_of_the_dial_timeout_is_one() {
    for (limit, outcome) in [("40ms", None), ("39ms", Some(ErrorKind::DialTimeout))] {
        let link = format!("server=go&service=0s&rtt=40ms&timeout=0s&duration=1s&dial-timeout={limit}");
        assert_eq!(outcomes(&sim_with(&link, arrivals(&[0.0])))[0].1, outcome, "{limit}");
    }
}

/// Two dials time out in SYN_SENT after their requests were served by a returned connection: nobody hears of it
/// (C-10). Backlog 0 without cookies: of three SYNs at once one gets through.
#[test]
fn a_failed_dial_whose_request_was_served_is_not_an_error_c10() {
    let link = "server=go&service=10ms&service-dist=fixed&rtt=10ms&timeout=0s&backlog=0&syncookies=0\
                &dial-timeout=500ms&duration=2s";
    let report = sim_with(link, arrivals(&[0.0, 0.0, 0.0])).report();
    let connections = report.connections;
    assert_eq!((connections.dials, connections.established, report.requests.ok), (3, 1, 3));
    assert_eq!((report.requests.failed, report.attempt_errors.len()), (0, 0));
    assert_eq!(report.sockets_end.client.SYN_SENT, 0);
}

/// A slot is not handed to somebody who has left: B gives up while it waits, and A's slot goes to C (C-8, C-13).
#[test]
fn a_slot_passes_over_who_has_left_c8() {
    let link = "server=go&service=100ms&service-dist=fixed&rtt=20ms&keepalive=off&max-conns=1&timeout=0s&duration=2s\
                &5ms.timeout=50ms&15ms.timeout=0s";
    let sim = sim_with(link, arrivals(&[0.0, 10.0, 20.0]));
    assert_eq!(outcomes(&sim), [(140.0, None), (60.0, Some(ErrorKind::ClientTimeout)), (280.0, None)]);
    assert_eq!(sim.report().connections.dials, 2);
}

/// A dials while nothing listens and is refused; B, who dials meanwhile, goes on waiting for its own dial (C-10).
#[test]
fn a_failed_dial_fails_only_its_own_request_c10() {
    let link = "server=go&service=0s&rtt=100ms&timeout=0s&duration=2s&listening=off&80ms.listening=on";
    let sim = sim_with(link, arrivals(&[0.0, 50.0]));
    assert_eq!(outcomes(&sim), [(100.0, Some(ErrorKind::Refused)), (250.0, None)]);
    assert_eq!(sim.report().attempts.transport_retries, 0, "dial errors are never replayed (C-29)");
}

/// A dial slot that becomes free goes to the request that waits longest: the first request's dial is refused, and the
/// second's starts in that instant (C-13).
#[test]
fn a_failed_dial_hands_its_slot_on_c13() {
    let link = "server=go&service=0s&rtt=100ms&timeout=0s&duration=2s&max-conns=1&listening=off&80ms.listening=on";
    let sim = sim_with(link, arrivals(&[0.0, 10.0]));
    assert_eq!(outcomes(&sim), [(100.0, Some(ErrorKind::Refused)), (300.0, None)]);
}

/// A higher MaxConnsPerHost is for those who wait: they dial in that instant (C-13).
#[test]
fn who_waits_for_a_slot_dials_as_soon_as_the_limit_is_higher_c13() {
    // The first is done at 54 ms, and who still waits for a slot then takes its connection.
    for (limit, last) in [("3", 106.0), ("0", 74.0)] {
        let sim = sim_with(&format!("{AMPLE}&max-conns=1&20ms.max-conns={limit}"), arrivals(&[0.0; 4]));
        assert_eq!(outcomes(&sim), [(54.0, None), (74.0, None), (74.0, None), (last, None)], "{limit}");
    }
}

/// An idle connection keeps its slot: with MaxConnsPerHost 2 and two idle connections nobody dials, and requests that
/// come later take them (C-13).
#[test]
fn an_idle_connection_keeps_its_slot_c13() {
    let sim = sim_with(&format!("{AMPLE}&max-conns=2"), bursts(&[0.0, 100.0], 2));
    assert_eq!(churn(&sim.report()), (2, 0, 2));
}
