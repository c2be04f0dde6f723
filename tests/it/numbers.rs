//! Numbers and times, as people write them and as they are told: where one form ends and the next begins.

use connlab::link;
use connlab::quantity::Rate;
use connlab::reading::{Fit, Unread};
use connlab::sim::Sim;
use connlab::time::{SimDuration, SimTime};
use connlab::words::{exact, millis, short_text};

#[test]
fn a_latency_has_the_digits_of_its_size_from_the_first_value_of_that_size_on() {
    assert_eq!([0.99, 1.0].map(millis), ["0.99 ms", "1.0 ms"]);
    assert_eq!([9.9, 10.0].map(millis), ["9.9 ms", "10 ms"]);
    assert_eq!([999.0, 1_000.0].map(millis), ["999 ms", "1.00 s"]);
    assert_eq!([9_990.0, 10_000.0].map(millis), ["9.99 s", "10.0 s"]);
}

/// What is typed for an instant is the instant: not a digit is lost, and none is there that need not be.
#[test]
fn an_instant_told_exactly_is_read_as_the_same_instant() {
    for (ns, text) in [(0, "0s"), (14_100_000_000, "14.1s"), (1, "0.000000001s"), (86_400_000_000_000, "86400s")] {
        assert_eq!(exact(SimTime::from_nanos(ns)), text);
        assert_eq!(SimDuration::parse(text), Some(SimDuration::from_nanos(ns)));
    }
}

#[test]
fn a_length_of_time_without_a_unit_is_asked_about_and_one_with_an_unknown_unit_is_not_one() {
    let asked = SimDuration::read("1m5").expect_err("milliseconds or seconds");
    assert_eq!(asked, Unread::Ambiguous("has no unit: 5ms or 5s?".into()));
    let long = "5".repeat(100);
    for text in ["5 parsecs", "5?", "5;6s", "5x", "x", "e5", "e5s", "5e", "5es", "5.5.5s", long.as_str()] {
        assert_eq!(SimDuration::read(text), Err(Unread::NotANumber), "{text}");
    }
}

#[test]
fn whole_seconds_are_those_that_are_over() {
    assert_eq!([999, 1_000, 1_999, 61_000].map(|ms| SimDuration::from_millis(ms).as_secs()), [0, 1, 1, 61]);
}

#[test]
fn a_length_of_time_may_have_an_exponent_behind_its_point() {
    for (text, ms) in [("5.e3s", 5_000_000), ("5e3ms", 5_000), ("1.5E+3 ms", 1_500), ("2e-1s", 200)] {
        assert_eq!(SimDuration::parse(text), Some(SimDuration::from_millis(ms)), "{text}");
    }
}

/// A digit too far behind to be kept is there all the same: the value is the nearest one, not the one written.
#[test]
fn a_number_with_more_digits_than_are_kept_is_called_rounded() {
    let zeros = "0".repeat(24);
    for (text, fit) in [(format!("1.{zeros}"), Fit::Exact), (format!("1.{zeros}1"), Fit::Rounded)] {
        let read = Rate::read(&text).expect("a number");
        assert_eq!((read.value, read.fit), (Rate::per_second(1), fit), "{text}");
    }
}

#[test]
fn the_short_form_of_a_text_leaves_out_only_what_it_knows() {
    for text in ["context deadline exceeded: while awaiting headers", "tls: bad record MAC"] {
        assert_eq!(short_text(text), text);
    }
}

/// A bucket begins behind the end of the one before: what happens at its end belongs to it.
#[test]
fn an_instant_falls_into_the_bucket_that_has_begun_and_not_ended() {
    let series = Sim::new(&link::scenario("duration=2s")).series();
    assert_eq!((series.bucket_start(0), series.bucket_at(SimTime::ZERO)), (SimTime::ZERO, 0));
    for bucket in 1..5 {
        let start = series.bucket_start(bucket);
        let before = SimTime::from_nanos(start.as_nanos() - 1);
        assert_eq!(before, SimTime::ZERO + series.bucket * bucket as u64);
        assert_eq!((series.bucket_at(before), series.bucket_at(start)), (bucket - 1, bucket));
    }
}
