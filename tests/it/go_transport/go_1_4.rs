//! Go 1.4 (M-12).

use super::{AMPLE, recorded};
use crate::lab::{arrivals, failed, sim_with};

/// Go 1.4 has no replay: a GET that crosses the server's FIN fails (U-9).
#[test]
fn go_1_4_never_replays_m12() {
    let link = "go=1.4&server=go&service=0s&rtt=20ms&timeout=0s&server-idle-timeout=100ms&duration=2s";
    let report = sim_with(link, arrivals(&[0.0, 130.5])).report();
    assert_eq!((failed(&report, "eof"), report.attempts.transport_retries), (1, 0));
}

/// Go 1.4 has no IdleConnTimeout and no MaxConnsPerHost: the parameters do nothing.
#[test]
fn go_1_4_has_no_idle_timeout_and_no_connection_limit_m12() {
    let dials =
        |go, extra, at: &[f64]| sim_with(&format!("{AMPLE}&go={go}&{extra}"), arrivals(at)).report().connections.dials;
    assert_eq!(
        (dials("1.27", "idle-timeout=500ms", &[0.0, 2000.0]), dials("1.4", "idle-timeout=500ms", &[0.0, 2000.0])),
        (2, 1)
    );
    assert_eq!((dials("1.27", "max-conns=2", &[0.0; 5]), dials("1.4", "max-conns=2", &[0.0; 5])), (2, 5));
    assert_eq!(dials("1.4", "max-idle=1&idle=2", &[0.0, 0.0, 500.0, 500.0]), 2, "nor MaxIdleConns");
}

/// In Go 1.4 a connection that the server closed stays in the list and takes a place there until somebody picks it:
/// the third connection finds a full list and is closed, though both entries are dead.
#[test]
fn go_1_4_keeps_dead_connections_in_the_list_m12() {
    let three = recorded(&[0.0, 0.0, 0.0], &[10.0, 10.0, 500.0]);
    for (go, client_closes) in [("1.4", 1), ("1.27", 0)] {
        let link = format!("go={go}&server=go&rtt=2ms&timeout=0s&server-idle-timeout=100ms&duration=1s");
        let report = sim_with(&link, three.clone()).report();
        assert_eq!(report.connections.client_closes, client_closes, "Go {go}");
    }
}
