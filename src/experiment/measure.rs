//! The numbers of a run that an experiment may be about: a table.

use crate::sim::report::{Latency, Report};
use crate::words::fixed;

/// A number of a run.
#[derive(Debug)]
pub struct Measure {
    /// Its name in links (`z=p99_ms`), fields and expectations: an interface, never renamed. Where the JSON report has
    /// the number, one with a point in it is the path to it.
    pub key: &'static str,
    /// What it is, for the head of a table or an axis.
    pub title: &'static str,
    /// What it counts.
    pub unit: Unit,
    /// Which direction most people want it to go.
    pub better: Better,
    /// How an increase reads, and a decrease; the amount stands for `{}`.
    pub change: [&'static str; 2],
    /// Its value in a run; none where there is nothing to measure.
    pub value: fn(&Report) -> Option<f64>,
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A share of one; differences are told in points, hundredths of it.
    Share,
    /// Milliseconds.
    Millis,
    /// Events per simulated second.
    PerSecond,
    /// Things of which there is a whole number in a run.
    Count,
    /// A plain number: so many of one thing to one of another.
    Ratio,
}

/// Which direction is an improvement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// Less is better.
    Lower,
    /// More is better.
    Higher,
    /// Neither: it is only looked at.
    Neither,
}

const fn row(
    key: &'static str,
    title: &'static str,
    (unit, better): (Unit, Better),
    change: [&'static str; 2],
    value: fn(&Report) -> Option<f64>,
) -> Measure {
    Measure { key, title, unit, better, change, value }
}

const LATENCY: (Unit, Better) = (Unit::Millis, Better::Lower);
const FEWER: (Unit, Better) = (Unit::Count, Better::Lower);

/// All of them; the first is what an experiment is about that names none.
#[rustfmt::skip] // One row a line, read across.
pub static MEASURES: [Measure; 26] = [
    row("failed_share", "failed requests", (Unit::Share, Better::Lower), ["{} more requests fail", "{} fewer requests fail"], failed_share),
    row("failed", "failed requests", FEWER, ["{} more requests fail", "{} fewer requests fail"], |report| count(report.requests.failed)),
    row("ok", "answered requests", (Unit::Count, Better::Higher), ["{} more requests are answered", "{} fewer requests are answered"], |report| count(report.requests.ok)),
    row("goodput", "answered requests", (Unit::PerSecond, Better::Higher), ["{} more requests are answered", "{} fewer requests are answered"], |report| per_second(report, report.requests.ok)),
    row("mean_ms", "mean latency", LATENCY, ["the mean latency is {} longer", "the mean latency is {} shorter"], |report| latency(report, |latency| latency.mean)),
    row("p50_ms", "p50 latency", LATENCY, ["the p50 is {} longer", "the p50 is {} shorter"], |report| latency(report, |latency| latency.p50)),
    row("p90_ms", "p90 latency", LATENCY, ["the p90 is {} longer", "the p90 is {} shorter"], |report| latency(report, |latency| latency.p90)),
    row("p95_ms", "p95 latency", LATENCY, ["the p95 is {} longer", "the p95 is {} shorter"], |report| latency(report, |latency| latency.p95)),
    row("p99_ms", "p99 latency", LATENCY, ["the p99 is {} longer", "the p99 is {} shorter"], |report| latency(report, |latency| latency.p99)),
    row("p999_ms", "p99.9 latency", LATENCY, ["the p99.9 is {} longer", "the p99.9 is {} shorter"], |report| latency(report, |latency| latency.p999)),
    row("max_ms", "longest latency", LATENCY, ["the longest answer takes {} more", "the longest answer takes {} less"], |report| latency(report, |latency| latency.max)),
    row("dials", "dials", FEWER, ["{} more dials", "{} fewer dials"], |report| count(report.connections.dials)),
    row("dials_per_s", "dials", (Unit::PerSecond, Better::Lower), ["{} more dials", "{} fewer dials"], |report| per_second(report, report.connections.dials)),
    row("dials_per_request", "dials per request", (Unit::Ratio, Better::Lower), ["{} more dials per request", "{} fewer dials per request"], |report| ratio(report.connections.dials, report.requests.offered)),
    row("attempts_per_request", "attempts per request", (Unit::Ratio, Better::Lower), ["{} more attempts per request", "{} fewer attempts per request"], |report| ratio(report.attempts.application, report.requests.offered)),
    row("retries", "retries", FEWER, ["{} more retries", "{} fewer retries"], |report| count(report.attempts.application_retries)),
    row("wasted_share", "work for callers that had gone", (Unit::Share, Better::Lower), ["{} more of the server's work is for callers that have gone", "{} less of the server's work is for callers that have gone"], wasted_share),
    row("utilization", "utilization of the workers", (Unit::Share, Better::Neither), ["the workers are {} busier", "the workers are {} less busy"], |report| Some(report.server.utilization)),
    row("accept_overflows", "accept queue overflows", FEWER, ["the accept queue overflows {} times more", "the accept queue overflows {} times less"], |report| count(report.nstat.TcpExtListenOverflows)),
    row("peaks.accept_queue", "peak of the accept queue", FEWER, ["the accept queue's peak is {} higher", "the accept queue's peak is {} lower"], |report| count(report.peaks.accept_queue)),
    row("peaks.syn_queue", "peak of the SYN queue", FEWER, ["the SYN queue's peak is {} higher", "the SYN queue's peak is {} lower"], |report| count(report.peaks.syn_queue)),
    row("peaks.busy_workers", "peak of busy workers", (Unit::Count, Better::Neither), ["{} more workers are busy at the peak", "{} fewer workers are busy at the peak"], |report| count(report.peaks.busy_workers)),
    row("peaks.pool_idle", "peak of idle connections", (Unit::Count, Better::Neither), ["{} more idle connections at the peak", "{} fewer idle connections at the peak"], |report| count(report.peaks.pool_idle)),
    row("peaks.ports", "peak of local ports", FEWER, ["{} more ports are taken at the peak", "{} fewer ports are taken at the peak"], |report| count(report.peaks.ports)),
    row("peaks.time_wait_client", "peak of TIME_WAIT at the clients", FEWER, ["{} more clients' sockets in TIME_WAIT at the peak", "{} fewer clients' sockets in TIME_WAIT at the peak"], |report| count(report.peaks.time_wait_client)),
    row("peaks.time_wait_server", "peak of TIME_WAIT at the server", FEWER, ["{} more of the server's sockets in TIME_WAIT at the peak", "{} fewer of the server's sockets in TIME_WAIT at the peak"], |report| count(report.peaks.time_wait_server)),
];

/// A row is what its key says.
impl PartialEq for Measure {
    fn eq(&self, other: &Measure) -> bool {
        self.key == other.key
    }
}

impl Measure {
    /// The row with this key.
    pub fn named(key: &str) -> Option<&'static Measure> {
        MEASURES.iter().find(|measure| measure.key == key)
    }

    /// Its name in tables, with what it counts: `failed requests (%)`.
    pub fn head(&self) -> String {
        let unit = match self.unit {
            Unit::Share => " (%)",
            Unit::Millis => " (ms)",
            Unit::PerSecond => " (/s)",
            Unit::Count | Unit::Ratio => "",
        };
        format!("{}{unit}", self.title)
    }

    /// A value as a table with that head has it, or a difference; to about a tenth of `scale`.
    pub fn number(&self, value: f64, scale: f64) -> String {
        let times = if self.unit == Unit::Share { 100.0 } else { 1.0 };
        let text = fixed(value * times, digits(scale * times));
        // No minus before nothing.
        match text.strip_prefix('-') {
            Some(rest) if rest.chars().all(|c| "0.".contains(c)) => rest.to_string(),
            _ => text,
        }
    }

    /// A difference with its sign: `+9.4`, `-34`.
    pub fn signed(&self, value: f64, scale: f64) -> String {
        let text = self.number(value, scale);
        if value > 0.0 { format!("+{text}") } else { text }
    }

    /// An amount without its sign: `9.4 points`, `34 ms`, `1.3 per second`, `12`.
    pub fn amount(&self, value: f64, scale: f64) -> String {
        let number = self.number(value.abs(), scale);
        match self.unit {
            Unit::Share => number + " points",
            Unit::Millis => number + " ms",
            Unit::PerSecond => number + " per second",
            Unit::Count | Unit::Ratio => number,
        }
    }

    /// How a difference reads: `9.4 points more requests fail`.
    pub fn difference(&self, value: f64, scale: f64) -> String {
        self.change[usize::from(value < 0.0)].replace("{}", &self.amount(value, scale))
    }
}

/// Digits after the point that tell a tenth of this much.
fn digits(scale: f64) -> u32 {
    match scale.abs() {
        scale if scale >= 10.0 || scale == 0.0 => 0,
        scale if scale >= 1.0 => 1,
        scale if scale >= 0.1 => 2,
        scale if scale >= 0.01 => 3,
        scale if scale >= 0.001 => 4,
        _ => 6,
    }
}

fn count(n: u64) -> Option<f64> {
    Some(n as f64)
}

fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn per_second(report: &Report, n: u64) -> Option<f64> {
    (report.simulated_s > 0.0).then(|| n as f64 / report.simulated_s)
}

fn wasted_share(report: &Report) -> Option<f64> {
    Some(&report.server).filter(|server| server.busy_ms > 0.0).map(|server| server.wasted_ms / server.busy_ms)
}

/// Failed requests as a share of those that have an outcome.
pub fn failed_share(report: &Report) -> Option<f64> {
    ratio(report.requests.failed, report.requests.ok + report.requests.failed)
}

/// A number of the latencies; none without an answer.
pub fn latency(report: &Report, number: fn(&Latency) -> f64) -> Option<f64> {
    Some(&report.latency_ms).filter(|latency| latency.count > 0).map(number)
}
