//! The run as load generators print it: the text, and that its numbers are the report's.

use connlab::link;
use connlab::sim::report::Report;
use connlab::summary;

use super::lab;

/// A request every 25 ms, 39 in all; the three before 100 ms find nobody listening.
const LINK: &str = "rps=40&arrivals=even&service=19ms&service-dist=fixed&rtt=1ms&workers=1&duration=1s\
                    &listening=off&100ms.listening=on";

/// The summary with the usual thresholds.
fn text(link: &str, report: &Report) -> String {
    with(link, report, "")
}

/// The summary with these thresholds.
fn with(link: &str, report: &Report, slo: &str) -> String {
    let recipe = link::decode(link).recipe;
    let settings = recipe.scenario.differences();
    summary::text(&link::encode(&recipe), report, &settings, &summary::thresholds(slo).0)
}

#[test]
fn a_small_run_reads_like_this() {
    let expected = "\
Summary:
  Total:	1.0000 secs
  Slowest:	0.0210 secs
  Fastest:	0.0200 secs
  Average:	0.0200 secs
  Requests/sec:	36.0000

Response time histogram:
  0.020 [35]	|∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎∎
  0.020 [0]	|
  0.020 [0]	|
  0.020 [0]	|
  0.020 [0]	|
  0.021 [0]	|
  0.021 [0]	|
  0.021 [0]	|
  0.021 [0]	|
  0.021 [0]	|
  0.021 [1]	|∎

Latency distribution:
  10% in 0.0200 secs
  25% in 0.0200 secs
  50% in 0.0200 secs
  75% in 0.0200 secs
  90% in 0.0200 secs
  95% in 0.0200 secs
  99% in 0.0210 secs
  99.9% in 0.0210 secs

Status code distribution:
  [200]	36 responses

Error distribution:
  [3]	Get \"http://10.0.1.1:80/\": dial tcp 10.0.1.1:80: connect: connection refused

Thresholds:
  http_req_failed
  ✗ 'rate<=0.01' rate=7.69%
  http_req_duration
  ✓ 'p(95)<=200' p(95)=20.02ms
  ✓ 'p(99)<=500' p(99)=21.01ms

Simulated by ConnLab, not measured:
  Link:	v=1&duration=1s&rps=40&arrivals=even&workers=1&service=19ms&service-dist=fixed&listening=off&100ms.listening=on
  Settings:	duration 1s; requests per second 40; arrivals even; workers 1; service time 19ms; \
service distribution fixed; server process is up off; from 0.1 s server process is up on
  Run:	ba59eae1509e54de

";
    assert_eq!(text(LINK, &lab::run(LINK)), expected);
}

/// The numbers in brackets below this heading.
fn bracketed(text: &str, heading: &str) -> Vec<u64> {
    let section = text.split("\n\n").find(|section| section.starts_with(heading)).unwrap_or_default();
    let number = |line: &str| line.split_once('[')?.1.split_once(']')?.0.parse().ok();
    section.lines().skip(1).map(|line| number(line).unwrap_or_else(|| panic!("no number: {line}"))).collect()
}

#[test]
fn bars_and_errors_add_up_to_the_requests() {
    for link in ["p=incident&duration=10s", "p=restart&duration=10s", "p=accept-queue&duration=5s", LINK] {
        let report = lab::run(link);
        let text = text(link, &report);
        let bars = bracketed(&text, "Response time histogram");
        assert_eq!((bars.len(), bars.iter().sum::<u64>()), (11, report.requests.ok), "{link}");
        assert_eq!(bracketed(&text, "Error distribution").iter().sum::<u64>(), report.requests.failed, "{link}");
        assert!(text.contains(&format!("[200]\t{} responses", report.requests.ok)), "{link}");
        let edges = &report.latency_histogram;
        assert_eq!((edges[0].up_to, edges[10].up_to), (report.latency_ms.min, report.latency_ms.max), "{link}");
        assert!(edges.is_sorted_by_key(|bar| bar.up_to), "{link}");
    }
}

fn passes(report: &Report) -> Vec<bool> {
    summary::verdicts(report, &summary::thresholds("").0).map(|verdict| verdict.passes).collect()
}

#[test]
fn thresholds_pass_and_fail_where_they_should() {
    assert_eq!(passes(&lab::run("rps=100&duration=5s")), [true, true, true]);
    let slow = "rps=100&service=180ms&service-dist=fixed&workers=100&timeout=0&duration=5s&rtt=40ms";
    assert_eq!(passes(&lab::run(slow)), [true, false, true], "220 ms and more");
    assert_eq!(
        passes(&lab::run("rps=100&service=600ms&service-dist=fixed&workers=200&duration=5s")),
        [true, false, false]
    );
    assert_eq!(passes(&lab::run("rps=100&listening=off&duration=1s")), [false, false, false], "no answers");
}

/// A limit is met by a value that equals it: one failure in a hundred.
#[test]
fn a_threshold_includes_its_limit() {
    let mut report = lab::run("rps=100&duration=1s");
    for (failed, expected) in [(10, true), (11, false)] {
        (report.requests.ok, report.requests.failed) = (1_000 - failed, failed);
        assert_eq!(passes(&report)[0], expected, "{failed} of 1000");
    }
}

/// The limits of a text, by key, as far as they are understood.
fn limits(text: &str) -> Vec<(&'static str, f64)> {
    summary::thresholds(text).0.into_iter().map(|threshold| (threshold.metric.key, threshold.limit)).collect()
}

#[test]
fn a_link_can_have_thresholds_of_its_own() {
    assert_eq!(limits("p99:300ms,fail:0.1%"), [("fail", 0.001), ("p99", 300.0)]);
    assert_eq!(limits("max:1.5s, p99.9<=800ms ,fail:0.7%"), [("fail", 0.007), ("p99.9", 800.0), ("max", 1_500.0)]);
    assert_eq!(limits(""), [("fail", 0.01), ("p95", 200.0), ("p99", 500.0)]);
    let report = lab::run(LINK);
    let text = with(LINK, &report, "fail:8%,max:20ms");
    assert!(text.contains("✓ 'rate<=0.08' rate=7.69%") && text.contains("✗ 'max<=20' max=21.00ms"), "{text}");
}

#[test]
fn thresholds_that_cannot_be_used_are_named_and_the_others_stand() {
    for (text, fault) in [
        ("p98:3ms", "`slo=p98:3ms`: `p98` is not one of fail, avg, p50, p90, p95, p99, p99.9, max. It is left out."),
        ("p99:fast", "`slo=p99:fast`: `fast` is not a time such as 300ms. It is left out."),
        ("fail:1200%", "`slo=fail:1200%`: `1200%` is not a share such as 0.1%. It is left out."),
        ("fail:-1%", "`slo=fail:-1%`: `-1%` is not a share such as 0.1%. It is left out."),
        ("fail:nan", "`slo=fail:nan`: `nan` is not a share such as 0.1%. It is left out."),
        ("p99", "`slo=p99`: a threshold is written as p99:300ms. It is left out."),
    ] {
        assert_eq!(summary::thresholds(text).1, [fault]);
        assert_eq!(limits(text), limits(""), "the usual ones instead of none");
        assert_eq!(limits(&format!("{text},avg:1s")), [("avg", 1_000.0)]);
    }
}
