//! A run, as load generators print it: `hey`'s summary, and thresholds that pass or fail as in `k6`.
//!
//! Layout: hey's requester/print.go; the threshold lines: k6's end-of-test summary. Unlike both, a latency counts from
//! the request's arrival, retries included, and errors of one class are one line, with the text of the first: the
//! tools would tell apart what differs only in a port.

use std::fmt::Write;

use crate::experiment::measure::{self, Measure};
use crate::sim::report::{HistogramBar, Latency, Report};
use crate::time::SimDuration;
use crate::words::shown;

/// The key of links that says which limits a run shall keep; it does not change the run.
pub const KEY: &str = "slo";

/// What is asked of a run where the link says nothing: service levels that most people would sign.
pub const USUAL: &str = "fail:1%,p95:200ms,p99:500ms";

/// A number of a run that can have a limit.
#[derive(Debug)]
pub struct Metric {
    /// Its name in links.
    pub key: &'static str,
    /// The metric, by its name in k6.
    pub name: &'static str,
    /// Which of its values: `rate`, `p(95)`, ...
    pub aggregate: &'static str,
    /// What the limit and the value count.
    pub unit: MetricUnit,
    /// The same number in experiments ([`measure`]).
    pub measure: &'static str,
    value: fn(&Report) -> Option<f64>,
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricUnit {
    /// A share of one.
    Share,
    /// Milliseconds.
    Millis,
}

// The same numbers as those of experiments, by their names in k6.
const fn duration(
    (key, measure): (&'static str, &'static str),
    aggregate: &'static str,
    value: fn(&Report) -> Option<f64>,
) -> Metric {
    Metric { key, name: "http_req_duration", aggregate, unit: MetricUnit::Millis, measure, value }
}

/// The numbers that can have a limit.
pub static METRICS: [Metric; 8] = [
    Metric {
        key: "fail",
        name: "http_req_failed",
        aggregate: "rate",
        unit: MetricUnit::Share,
        measure: "failed_share",
        value: measure::failed_share,
    },
    duration(("avg", "mean_ms"), "avg", |report| measure::latency(report, |latency| latency.mean)),
    duration(("p50", "p50_ms"), "p(50)", |report| measure::latency(report, |latency| latency.p50)),
    duration(("p90", "p90_ms"), "p(90)", |report| measure::latency(report, |latency| latency.p90)),
    duration(("p95", "p95_ms"), "p(95)", |report| measure::latency(report, |latency| latency.p95)),
    duration(("p99", "p99_ms"), "p(99)", |report| measure::latency(report, |latency| latency.p99)),
    duration(("p99.9", "p999_ms"), "p(99.9)", |report| measure::latency(report, |latency| latency.p999)),
    duration(("max", "max_ms"), "max", |report| measure::latency(report, |latency| latency.max)),
];

/// A limit on one number of a run.
#[derive(Clone, Copy, Debug)]
pub struct Threshold {
    /// The number.
    pub metric: &'static Metric,
    /// The largest value that passes.
    pub limit: f64,
}

/// What a threshold says about a run.
#[derive(Clone, Copy, Debug)]
pub struct ThresholdResult {
    /// The threshold.
    pub threshold: Threshold,
    /// The run's value; none if there were no answers to measure.
    pub value: Option<f64>,
    /// Whether it is met. Without any answer it is not.
    pub passes: bool,
}

fn answered(report: &Report) -> Option<&Latency> {
    Some(&report.latency_ms).filter(|latency| latency.count > 0)
}

/// The thresholds of `p99:300ms,fail:0.1%`, by metric, and a sentence about each part that is none. Where none is left,
/// the usual ones.
pub fn thresholds(text: &str) -> (Vec<Threshold>, Vec<String>) {
    let (mut thresholds, mut faults) = (Vec::new(), Vec::new());
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        match threshold(part) {
            Ok(threshold) => thresholds.push(threshold),
            Err(why) => faults.push(format!("`{KEY}={}`: {why} It is left out.", shown(part))),
        }
    }
    if thresholds.is_empty() {
        thresholds.extend(USUAL.split(',').filter_map(|part| threshold(part).ok()));
    }
    let row = |threshold: &Threshold| METRICS.iter().position(|metric| metric.key == threshold.metric.key);
    thresholds.sort_by_key(row);
    (thresholds, faults)
}

/// The limit that such a text sets to a measure of experiments, if it sets one.
pub fn limit(measure: &Measure, text: &str) -> Option<f64> {
    let (thresholds, _) = thresholds(text);
    thresholds.iter().find(|threshold| threshold.metric.measure == measure.key).map(|threshold| threshold.limit)
}

fn threshold(part: &str) -> Result<Threshold, String> {
    let (name, limit) = part.split_once([':', '<']).ok_or("a threshold is written as p99:300ms.")?;
    let (name, limit) = (name.trim(), limit.trim_start_matches('=').trim());
    let metric = METRICS.iter().find(|metric| metric.key == name).ok_or_else(|| {
        let keys: Vec<&str> = METRICS.iter().map(|metric| metric.key).collect();
        format!("`{}` is not one of {}.", shown(name), keys.join(", "))
    })?;
    let value = match metric.unit {
        MetricUnit::Millis => SimDuration::parse(limit).map(|limit| limit.as_millis_f64()),
        MetricUnit::Share => share(limit),
    };
    let example = if metric.unit == MetricUnit::Share { "a share such as 0.1%" } else { "a time such as 300ms" };
    value.map(|limit| Threshold { metric, limit }).ok_or_else(|| format!("`{}` is not {example}.", shown(limit)))
}

/// `0.1%`, or `0.001`.
fn share(text: &str) -> Option<f64> {
    let value = |number: &str| number.trim().parse::<f64>().ok();
    let share = match text.strip_suffix('%') {
        // By the decimal point and not by a division: 0.7 / 100.0 is not the number nearest to 0.007.
        Some(number) => value(number).and_then(|_| value(&format!("{}e-2", number.trim())))?,
        None => value(text)?,
    };
    (0.0..=1.0).contains(&share).then_some(share)
}

/// What each threshold says about a run.
pub fn verdicts<'a>(report: &'a Report, thresholds: &'a [Threshold]) -> impl Iterator<Item = ThresholdResult> + 'a {
    thresholds.iter().map(move |threshold| {
        let value = (threshold.metric.value)(report);
        ThresholdResult { threshold: *threshold, value, passes: value.is_some_and(|value| value <= threshold.limit) }
    })
}

impl ThresholdResult {
    /// `'rate<=0.01' rate=0.36%`, as k6 writes it.
    pub fn text(&self) -> String {
        let Threshold { metric: Metric { aggregate, unit, .. }, limit } = self.threshold;
        let value = match (self.value, unit) {
            (None, _) => "no answers".into(),
            (Some(share), MetricUnit::Share) => format!("{:.2}%", share * 100.0),
            (Some(ms), MetricUnit::Millis) if ms >= 1_000.0 => format!("{:.2}s", ms / 1e3),
            (Some(ms), MetricUnit::Millis) => format!("{ms:.2}ms"),
        };
        format!("'{aggregate}<={limit}' {aggregate}={value}")
    }
}

/// The whole summary: hey's, with the thresholds below, and what one needs to make the run again: its link and the
/// settings that differ from the defaults.
pub fn text(link: &str, report: &Report, settings: &[String], thresholds: &[Threshold]) -> String {
    let parts = [summary(report), histogram(report), distribution(report), outcomes(report)];
    parts.concat() + &kept(report, thresholds) + &origin(link, report, settings)
}

/// `Simulated by ConnLab:`: link, settings and fingerprint. The same link gives the same fingerprint everywhere.
fn origin(link: &str, report: &Report, settings: &[String]) -> String {
    let settings = if settings.is_empty() { "all at their defaults".into() } else { settings.join("; ") };
    let lines = [("Link", link), ("Settings", &settings), ("Run", &report.fingerprint)];
    let lines = lines.map(|(name, value)| format!("  {name}:\t{value}\n"));
    section("Simulated by ConnLab, not measured", lines)
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
fn kept(report: &Report, thresholds: &[Threshold]) -> String {
    let verdicts: Vec<ThresholdResult> = verdicts(report, thresholds).collect();
    let by_metric = verdicts.chunk_by(|a, b| a.threshold.metric.name == b.threshold.metric.name);
    let group = |group: &[ThresholdResult]| {
        let sign = |verdict: &ThresholdResult| if verdict.passes { '✓' } else { '✗' };
        let lines = group.iter().map(|verdict| format!("  {} {}\n", sign(verdict), verdict.text()));
        format!("  {}\n{}", group[0].threshold.metric.name, lines.collect::<String>())
    };
    section("Thresholds", by_metric.map(group))
}

/// A heading, lines and an empty line; nothing without lines.
fn section(heading: &str, lines: impl IntoIterator<Item = String>) -> String {
    let lines: String = lines.into_iter().collect();
    if lines.is_empty() { lines } else { format!("{heading}:\n{lines}\n") }
}
