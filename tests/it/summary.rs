//! The run as load generators print it: the text, and that its numbers are the report's.

use connlab::sim::report::Report;
use connlab::summary;

use super::lab;

/// A request every 25 ms, 39 in all; the three before 100 ms find nobody listening.
const LINK: &str = "rps=40&arrivals=even&service=19ms&service-dist=fixed&rtt=1ms&workers=1&duration=1s\
                    &listening=off&100ms.listening=on";

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

";
    assert_eq!(summary::text(&lab::run(LINK)), expected);
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
        let text = summary::text(&report);
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
    summary::verdicts(report).map(|verdict| verdict.passes).collect()
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
