//! A run, as load generators print it: `hey`'s summary, and thresholds that pass or fail as in `k6`.
//!
//! Layout: hey's requester/print.go; the threshold lines: k6's end-of-test summary. Unlike both, a latency counts from
//! the request's arrival, retries included, and errors of one class are one line, with the text of the first: the
//! tools would tell apart what differs only in a port.

use std::fmt::Write;

use crate::sim::report::{HistogramBar, Latency, Report};

/// A limit on one number of a run.
#[derive(Debug)]
pub struct Threshold {
    /// The metric, by its name in k6.
    pub metric: &'static str,
    /// Which of its values: `rate`, `p(95)`, ...
    pub aggregate: &'static str,
    /// The largest value that passes.
    pub limit: f64,
    /// What the limit and the value count.
    pub unit: Unit,
    value: fn(&Report) -> Option<f64>,
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A share of one.
    Share,
    /// Milliseconds.
    Millis,
}

/// What a threshold says about a run.
#[derive(Clone, Copy, Debug)]
pub struct Verdict {
    /// The threshold.
    pub threshold: &'static Threshold,
    /// The run's value; none if there were no answers to measure.
    pub value: Option<f64>,
    /// Whether it is met. Without any answer it is not.
    pub passes: bool,
}

/// What is asked of every run: service levels that most people would sign.
pub static THRESHOLDS: [Threshold; 3] = [
    Threshold { metric: "http_req_failed", aggregate: "rate", limit: 0.01, unit: Unit::Share, value: failed_share },
    Threshold {
        metric: "http_req_duration",
        aggregate: "p(95)",
        limit: 200.0,
        unit: Unit::Millis,
        value: |report| answered(report).map(|latency| latency.p95),
    },
    Threshold {
        metric: "http_req_duration",
        aggregate: "p(99)",
        limit: 500.0,
        unit: Unit::Millis,
        value: |report| answered(report).map(|latency| latency.p99),
    },
];

fn failed_share(report: &Report) -> Option<f64> {
    let ended = report.requests.ok + report.requests.failed;
    (ended > 0).then(|| report.requests.failed as f64 / ended as f64)
}

fn answered(report: &Report) -> Option<&Latency> {
    Some(&report.latency_ms).filter(|latency| latency.count > 0)
}

/// What each threshold says about a run.
pub fn verdicts(report: &Report) -> impl Iterator<Item = Verdict> {
    THRESHOLDS.iter().map(move |threshold| {
        let value = (threshold.value)(report);
        Verdict { threshold, value, passes: value.is_some_and(|value| value <= threshold.limit) }
    })
}

impl Verdict {
    /// `'rate<=0.01' rate=0.36%`, as k6 writes it.
    pub fn text(&self) -> String {
        let Threshold { aggregate, limit, unit, .. } = self.threshold;
        let value = match (self.value, unit) {
            (None, _) => "no answers".into(),
            (Some(share), Unit::Share) => format!("{:.2}%", share * 100.0),
            (Some(ms), Unit::Millis) if ms >= 1_000.0 => format!("{:.2}s", ms / 1e3),
            (Some(ms), Unit::Millis) => format!("{ms:.2}ms"),
        };
        format!("'{aggregate}<={limit}' {aggregate}={value}")
    }
}

/// The whole summary: hey's, with the thresholds below.
pub fn text(report: &Report) -> String {
    [summary(report), histogram(report), distribution(report), outcomes(report), thresholds(report)].concat()
}

/// Milliseconds as hey prints them: seconds with four places.
fn secs(ms: f64) -> String {
    format!("{:.4} secs", ms / 1e3)
}

/// `Summary:`; requests a second are those that got a response.
fn summary(report: &Report) -> String {
    let latency = &report.latency_ms;
    let mut text = format!("Summary:\n  Total:\t{:.4} secs\n", report.simulated_s);
    for (name, ms) in [("Slowest", latency.max), ("Fastest", latency.min), ("Average", latency.mean)] {
        let value = if latency.count > 0 { secs(ms) } else { "no answers".into() };
        let _ = writeln!(text, "  {name}:\t{value}");
    }
    let rate = if report.simulated_s > 0.0 { report.requests.ok as f64 / report.simulated_s } else { 0.0 };
    text + &format!("  Requests/sec:\t{rate:.4}\n\n")
}

/// Squares of the longest bar.
const BAR_MAX: u64 = 40;

/// `Response time histogram:`, a bar in proportion to the largest.
fn histogram(report: &Report) -> String {
    let bars = &report.latency_histogram;
    let largest = bars.iter().map(|bar| bar.count).max().unwrap_or(0).max(1);
    let line = |bar: &HistogramBar| {
        let squares = (bar.count * BAR_MAX + largest / 2) / largest;
        format!("  {:.3} [{}]\t|{}\n", bar.up_to / 1e3, bar.count, "∎".repeat(squares as usize))
    };
    section("Response time histogram", bars.iter().map(line))
}

/// `Latency distribution:`.
fn distribution(report: &Report) -> String {
    let percentiles = answered(report).map(|latency| {
        let Latency { p10, p25, p50, p75, p90, p95, p99, p999, .. } = *latency;
        [("10", p10), ("25", p25), ("50", p50), ("75", p75), ("90", p90), ("95", p95), ("99", p99), ("99.9", p999)]
    });
    let line = |(percent, ms)| format!("  {percent}% in {}\n", secs(ms));
    section("Latency distribution", percentiles.into_iter().flatten().map(line))
}

/// `Status code distribution:` and `Error distribution:`. The handler of the model answers with 200.
fn outcomes(report: &Report) -> String {
    let ok = Some(report.requests.ok).filter(|ok| *ok > 0);
    let codes = section("Status code distribution", ok.map(|ok| format!("  [200]\t{ok} responses\n")));
    let errors = report.errors.iter().map(|row| format!("  [{}]\t{}\n", row.count, row.text));
    codes + &section("Error distribution", errors)
}

/// `Thresholds:`, by metric.
fn thresholds(report: &Report) -> String {
    let verdicts: Vec<Verdict> = verdicts(report).collect();
    let by_metric = verdicts.chunk_by(|a, b| a.threshold.metric == b.threshold.metric);
    let group = |group: &[Verdict]| {
        let sign = |verdict: &Verdict| if verdict.passes { '✓' } else { '✗' };
        let lines = group.iter().map(|verdict| format!("  {} {}\n", sign(verdict), verdict.text()));
        format!("  {}\n{}", group[0].threshold.metric, lines.collect::<String>())
    };
    section("Thresholds", by_metric.map(group))
}

/// A heading, lines and an empty line; nothing without lines.
fn section(heading: &str, lines: impl IntoIterator<Item = String>) -> String {
    let lines: String = lines.into_iter().collect();
    if lines.is_empty() { lines } else { format!("{heading}:\n{lines}\n") }
}
