//! Calls that fail at once take some time all the same (M-30): a closed loop that meets nothing but failures comes to
//! the end of its run, and in it to as many calls as a processor can make.

use super::lab;

/// Requests per second of a run, none of which is answered; that it was not stopped is what this is about.
fn calls_per_second(link: &str) -> f64 {
    let report = lab::run(link);
    assert_eq!(report.warnings, Vec::<String>::new(), "{link}");
    assert_eq!(report.requests.ok, 0, "{link}");
    // Who holds the last port or descriptor has not failed.
    (report.attempts.application - report.requests.in_flight) as f64 / report.simulated_s
}

#[track_caller]
fn assert_near(link: &str, expected: f64) {
    let found = calls_per_second(link);
    assert!((found / expected - 1.0).abs() < 0.02, "{link}: {found} calls a second instead of {expected}");
}

/// 50 us for a refused one on a loopback without length, in the processor's turn.
#[test]
fn refused_calls_without_distance_take_the_processors_time_m30() {
    let link = "load=closed&think=0s&listening=off&rtt=0s&loopback=on&duration=2s";
    assert_near(&format!("{link}&callers=100"), 20_000.0);
    assert_near(&format!("{link}&callers=100&retries=3&backoff=none"), 20_000.0);
    // Each client host has a processor of its own.
    assert_near(&format!("{link}&callers=100&clients=4"), 80_000.0);
    // One that is alone has all of it.
    assert_near(&format!("{link}&callers=1"), 20_000.0);
}

#[test]
fn an_open_breaker_lets_time_pass_m30() {
    let link = "load=closed&callers=100&think=0s&listening=off&breaker=1%&breaker-open=600s&duration=1s";
    assert_near(link, 1e9 / 1_900.0);
}

/// All descriptors are taken by connections that nobody answers.
#[test]
fn a_process_without_descriptors_lets_time_pass_m30() {
    let link = "load=closed&callers=100&think=0s&client-fds=30&accepting=off&timeout=0s&duration=2s";
    assert_near(link, 1e9 / 47_000.0);
}

/// Whose ports are all taken looks at each of them, three times: 45 us and 190 ns for each.
#[test]
fn a_host_without_ports_lets_time_pass_m30() {
    for (ports, us) in [(10, 46.9), (1_000, 235.0)] {
        let link = format!("load=closed&callers=1100&think=0s&ports={ports}&accepting=off&timeout=0s&duration=5s");
        assert_near(&link, 1e6 / us);
    }
}

/// Ten milliseconds of work, and ports that rest for a minute: the loop goes on to the end of the run.
#[test]
fn a_closed_loop_that_has_used_up_its_ports_runs_to_its_end() {
    let report = lab::run(
        "load=closed&callers=100&think=0s&idle=0&ports=1000&rtt=500us&server=go&workers=1000&service=10ms\
         &timeout=30s&tw-reuse=0&duration=10s",
    );
    assert_eq!((report.simulated_s, report.warnings.len()), (10.0, 0));
    assert_eq!(report.requests.ok, 1_000);
    assert!((10_000..1_000_000).contains(&report.requests.failed), "{:?}", report.requests);
}

/// Over a network the round trip is longer than the work, and nothing is added to it.
#[test]
fn a_round_trip_away_nothing_is_added() {
    assert_near("load=closed&callers=100&think=0s&listening=off&rtt=1ms&duration=2s", 100_000.0);
}
