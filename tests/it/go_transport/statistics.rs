//! Statistics of real Go, and of the chains that describe it.

use crate::lab::run;

/// The mean of dials per request over seeds 1 to 4.
fn dials_per_request(link: &str) -> f64 {
    let seeds = 1..=4;
    let ratio = |seed| {
        let report = run(&format!("{link}&seed={seed}"));
        assert_eq!(report.requests.failed, 0, "{link}");
        report.connections.dials as f64 / report.requests.offered as f64
    };
    seeds.clone().map(ratio).sum::<f64>() / seeds.count() as f64
}

/// Measured on Go under a fake clock, one run each, so the tolerance is the noise of that run and ours.
#[track_caller]
fn assert_near(measured: f64, expected: f64, tolerance: f64, case: &str) {
    let off = measured / expected - 1.0;
    println!("{case}: {measured:.4}, expected {expected:.4}, {:+.1} %", 100.0 * off);
    assert!(off.abs() <= tolerance, "{case}: {measured:.4} instead of {expected:.4}");
}

/// Poisson 200/s, 50 ms of exponential work: ten requests at a time on average. What a pool of m connections saves.
#[test]
fn dials_per_request_of_an_open_load_match_real_go() {
    for (rtt, idle, expected, tolerance) in
        [("200us", 2, 0.3098, 0.03), ("200us", 10, 0.0341, 0.10), ("10ms", 2, 0.4082, 0.03), ("10ms", 10, 0.0589, 0.10)]
    {
        let link = format!(
            "rps=200&arrivals=poisson&server=go&workers=10000&service=50ms&timeout=0s&rtt={rtt}&idle={idle}\
             &duration=100s"
        );
        assert_near(dials_per_request(&link), expected, tolerance, &format!("m={idle}, rtt={rtt}"));
    }
}

/// With 100 places the pool hardly ever dials: .0011 and .0015 of 20 000 requests are 22 and 30 dials.
#[test]
fn a_large_pool_hardly_dials() {
    for (rtt, expected) in [("200us", 0.0011), ("10ms", 0.0015)] {
        let link = format!("rps=200&server=go&workers=10000&service=50ms&timeout=0s&rtt={rtt}&idle=100&duration=100s");
        assert_near(dials_per_request(&link), expected, 0.35, &format!("m=100, rtt={rtt}"));
    }
}

/// A closed loop of W callers, two idle places, exponential work of 50 ms. Without delay the pool is a Markov chain
/// on (busy, idle), row 23 with a finite source, whose exact solution stands in the third column. What was measured
/// (fourth column) scatters around it by more than our noise: those are single, shorter runs.
#[test]
fn dials_per_request_of_a_closed_load_match_the_chain_and_real_go_g30() {
    for (callers, think, exact, measured, noise) in [
        (10, "1ms", 0.0116, 0.0143, 0.25),
        (10, "50ms", 0.2520, 0.2425, 0.07),
        (50, "1ms", 0.1416, 0.1419, 0.03),
        (50, "50ms", 0.3159, 0.3189, 0.03),
        (3, "50ms", 0.1000, 0.0983, 0.05),
    ] {
        let link = |rtt| {
            format!(
                "load=closed&callers={callers}&think={think}&server=go&workers=10000&service=50ms&timeout=0s\
                 &rtt={rtt}&idle=2\
                 &duration=200s"
            )
        };
        let tolerance = if exact < 0.05 { 0.08 } else { 0.02 };
        assert_near(dials_per_request(&link("0s")), exact, tolerance, &format!("W={callers}, think {think}, rtt 0"));
        assert_near(dials_per_request(&link("200us")), measured, noise, &format!("W={callers}, think {think}"));
    }
}

/// Every surplus connection is closed by the client and rests for 60 s: TIME_WAIT = close rate × 60 (T-54, G30).
#[test]
fn time_wait_is_the_close_rate_times_sixty_g30() {
    let link = "load=closed&callers=50&think=50ms&server=go&workers=10000&service=50ms&timeout=0s&rtt=200us&idle=2\
                &duration=120s";
    let report = run(link);
    let rate = report.connections.client_closes as f64 / report.simulated_s;
    assert_near(report.sockets_end.client.TIME_WAIT as f64, rate * 60.0, 0.02, "TIME_WAIT");
}

/// A closed loop without think time never churns: W callers dial W connections in all. A connection is back in the pool
/// before its caller has the answer (C-14), so the next request of that caller finds it.
#[test]
fn a_closed_loop_without_think_time_never_churns() {
    let link =
        "load=closed&callers=20&think=0s&server=go&workers=10000&service=50ms&timeout=0s&rtt=2ms&idle=2&duration=20s";
    let connections = run(link).connections;
    assert_eq!((connections.dials, connections.client_closes), (20, 0));
}
