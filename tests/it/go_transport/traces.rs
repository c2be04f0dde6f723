//! Worked traces: bursts, even load, late binding, waiting for a slot.

use connlab::sim::error::ErrorKind;

use super::{AMPLE, bursts, churn, outcomes};
use crate::lab::{arrivals, run, sim_with};

/// Five bursts of ten: each takes one RTT to dial and 52 ms to be served, then 100 ms of pause. What the pool keeps
/// decides how many of the next ten dial. (The starts are those of the real program: it waits for a burst to end.)
#[test]
fn bursts_dial_what_the_pool_did_not_keep_c11_g12() {
    let five = [0.0, 154.0, 308.0, 462.0, 616.0];
    let five_pooled = [0.0, 154.0, 306.0, 458.0, 610.0];
    // Settings, starts of the bursts; dials, client closes, reused; milliseconds from the start to the last answer.
    let traces: [(&str, &[f64], _, _); 7] = [
        ("idle=2", &five, (42, 40, 8), 670.0),
        ("go=1.22&idle=2", &five, (42, 40, 8), 670.0),
        ("go=1.4&idle=2", &five, (42, 40, 8), 670.0),
        ("idle=5", &five, (30, 25, 20), 670.0),
        ("idle=10", &five_pooled, (10, 0, 40), 662.0),
        ("idle=10&max-conns=3", &[0.0], (3, 0, 7), 210.0),
        ("idle=2&max-conns=3", &[0.0], (3, 1, 7), 210.0),
    ];
    for (settings, starts, expected, last) in traces {
        let sim = sim_with(&format!("{AMPLE}&{settings}"), bursts(starts, 10));
        assert_eq!(churn(&sim.report()), expected, "{settings}");
        let ended = sim.request_log().last().unwrap().ended.as_millis_f64();
        assert_eq!(ended, last, "{settings}");
        assert_eq!(sim.request_log().len(), 10 * starts.len(), "{settings}");
    }
}

/// The same as a burst load of a link: with a fixed interval the bursts do not wait for each other, and the counts
/// stay.
#[test]
fn a_burst_load_churns_like_the_trace() {
    let link = "server=go&workers=1000&service=50ms&service-dist=fixed&rtt=2ms&timeout=0s&duration=1s&tail=1s\
                &load=burst&burst=10&burst-every=154ms&idle=5";
    let report = run(link);
    // Seven bursts in one second.
    assert_eq!(churn(&report), (10 + 6 * 5, 7 * 5, 6 * 5));
}

/// 200 requests at a steady pace: as many connections as requests overlap, and no churn, because a connection comes
/// back just before the next request. Only the surplus at the end is closed.
#[test]
fn an_even_load_never_churns_g12() {
    for (gap_ms, dials, closes) in [(5.0, 11, 9), (10.0, 6, 4), (20.0, 3, 1)] {
        let at: Vec<f64> = (0..200).map(|k| gap_ms * f64::from(k)).collect();
        let report = sim_with(AMPLE, arrivals(&at)).report();
        assert_eq!(churn(&report), (dials, closes, 200 - dials), "every {gap_ms} ms");
    }
}

/// Late binding, 50 ms each way, 30 ms of work, one idle connection. A takes it and does not dial (C-2). B dials,
/// and gets A's connection when A is done. C dials, and gets the one that B dialed: it counts as reused though it never
/// carried a request. C's own connection finds nobody.
#[test]
fn a_returned_connection_goes_to_the_oldest_waiter_c9_c11() {
    let link = "server=go&service=30ms&service-dist=fixed&rtt=100ms&timeout=0s&duration=2s";
    // The first request leaves the idle connection behind.
    let sim = sim_with(link, arrivals(&[0.0, 1000.0, 1040.0, 1100.0]));
    let ended: Vec<f64> = outcomes(&sim).iter().map(|(ended, _)| *ended).collect();
    assert_eq!(ended, [230.0, 1130.0, 1260.0, 1270.0]);
    let report = sim.report();
    assert_eq!(churn(&report), (3, 1, 3));
    assert_eq!(report.connections.open_end, 2);
    assert_eq!(report.server.handlers_started, 4);
}

/// MaxConnsPerHost 1 and five requests 0.1 ms apart: served one by one in the order of arrival, be it by the connection
/// that comes back or, without keep-alives, by the slot that a closed one leaves (C-13).
#[test]
fn waiting_for_a_slot_is_first_come_first_served_c4_c13() {
    for (keepalive, expected, dials) in
        [("on", [54.0, 106.0, 158.0, 210.0, 262.0], 1), ("off", [54.0, 108.0, 162.0, 216.0, 270.0], 5)]
    {
        let link = format!("{AMPLE}&max-conns=1&keepalive={keepalive}");
        let sim = sim_with(&link, arrivals(&[0.0, 0.1, 0.2, 0.3, 0.4]));
        let ended: Vec<f64> = outcomes(&sim).iter().map(|(ended, _)| *ended).collect();
        assert_eq!(ended, expected, "keepalive={keepalive}");
        assert_eq!(churn(&sim.report()), (dials, 0, 5 - dials), "keepalive={keepalive}");
    }
}

/// Three requests share one slot, each takes a second, and ResponseHeaderTimeout is 1.5 s: nobody times out, because
/// waiting for a slot is not waiting for headers.
#[test]
fn the_wait_for_a_slot_is_not_covered_by_response_header_timeout_g18() {
    let link =
        "server=go&service=1s&service-dist=fixed&rtt=2ms&timeout=0s&max-conns=1&header-timeout=1500ms&duration=5s";
    let sim = sim_with(link, arrivals(&[0.0, 0.0, 0.0]));
    assert_eq!(outcomes(&sim), [(1004.0, None), (2006.0, None), (3008.0, None)]);
}

/// Client.Timeout, however, covers the wait for a slot (C-32): of three seconds' work in a row 1.5 s is enough for
/// one.
#[test]
fn client_timeout_covers_slot_dial_and_handler_c32() {
    let link = "server=go&service=1s&service-dist=fixed&rtt=2ms&timeout=1500ms&max-conns=1&duration=5s";
    let sim = sim_with(link, arrivals(&[0.0, 0.0, 0.0]));
    let late = Some(ErrorKind::ClientTimeout);
    assert_eq!(outcomes(&sim), [(1004.0, None), (1500.0, late), (1500.0, late)]);
    assert_eq!(sim.report().attempts.wire, 2, "the third never got a connection");
}
