//! Callers who give up: the context of a request is cancelled.

use connlab::sim::error::ErrorKind;

use super::{only_error, outcomes};
use crate::lab::{arrivals, failed, run, sim, sim_with};

/// Nobody is answered, so everybody gives up: after an exponential time, with one text, and without a retry.
#[test]
fn a_caller_gives_up_once_and_for_all_e15() {
    let sim = sim("patience=50ms&rps=100&server=go&service=60s&timeout=0s&retries=5&duration=60s&tail=2s");
    let report = sim.report();
    assert_eq!((failed(&report, "canceled"), report.requests.in_flight), (report.requests.offered, 0));
    assert_eq!(only_error(&report), "context canceled");
    assert_eq!(report.attempts.application, report.requests.offered, "no retry");
    let waits: Vec<f64> = sim.request_log().iter().map(|row| row.ended.since(row.arrived).as_millis_f64()).collect();
    let mean = waits.iter().sum::<f64>() / waits.len() as f64;
    let above = waits.iter().filter(|wait| **wait > 50.0).count() as f64 / waits.len() as f64;
    // Six thousand of them: three standard errors are 4 % of the mean, and 2 % of the requests.
    assert!((mean - 50.0).abs() < 2.0 && (above - 0.3679).abs() < 0.02, "mean {mean} ms, {above} of them above it");
}

/// Cancelling acts as a deadline does: the connection is closed, and a handler that looks at its context stops; the
/// wait before a retry ends, too.
#[test]
fn cancelling_acts_like_a_deadline_c5_c19() {
    let report = run("patience=100ms&rps=50&server=go&service=10s&timeout=0s&checks-context=on&rtt=2ms&duration=20s");
    assert!(report.server.busy_ms < 200.0 * report.requests.offered as f64, "{:?}", report.server);
    assert!(report.connections.client_closes > 900, "{:?}", report.connections);

    let waiting = "patience=10ms&listening=off&retries=1&backoff=fixed&backoff-base=10s&jitter=none&timeout=0s&rtt=2ms";
    let sim = sim_with(&format!("{waiting}&duration=2s"), arrivals(&[0.0]));
    let [(ended, Some(ErrorKind::Canceled))] = outcomes(&sim)[..] else { panic!("{:?}", outcomes(&sim)) };
    assert!(ended > 2.0 && ended < 1000.0, "refused at 2 ms, cancelled at {ended} ms");
    assert_eq!(sim.report().attempts.application, 1);
}

/// Up to Go 1.22 the dial ends with the context (C-7): 100 ms each way, and hardly anybody waits that long.
#[test]
fn up_to_go_1_22_a_cancelled_request_takes_its_dial_with_it_c7() {
    let established = |go| {
        let link = format!("go={go}&patience=10ms&rps=10&server=go&rtt=200ms&timeout=0s&duration=10s&tail=2s");
        run(&link).connections.established
    };
    assert!(established("1.27") > 20 && established("1.22") == 0);
}

/// Go 1.4 had Transport.CancelRequest, which closed the connection under its reader (U-7), and before there was one had
/// a text of its own (E27).
#[test]
fn go_1_4_cancels_by_closing_u7() {
    let report = run("go=1.4&patience=50ms&rps=50&server=go&service=10s&timeout=0s&rtt=50ms&duration=20s");
    let texts: Vec<_> = report.errors.iter().map(|row| (row.class, row.text.as_str())).collect();
    let waiting = "Get http://10.0.1.1:80/: net/http: request canceled while waiting for connection";
    let reading = "Get http://10.0.1.1:80/: read tcp 10.0.1.1:80: use of closed network connection";
    assert_eq!(texts, [("closed", reading), ("canceled", waiting)]);
}
