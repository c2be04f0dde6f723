//! A run as files, for other programs: tables of comma-separated values, and everything as JSON.
//!
//! The command line prints them and the page hands them out: one writer for both.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::checks::Check;
use crate::sim::Sim;
use crate::sim::report::{Report, SeriesRow};

/// The version of the JSON report's shape.
pub const SCHEMA: u32 = 1;

/// Everything about a run as one JSON object: an interface.
#[derive(Serialize)]
pub struct Document<'a> {
    schema: u32,
    /// The canonical link of the run.
    link: &'a str,
    #[serde(flatten)]
    report: &'a Report,
    /// What theory says about this run, and whether it holds.
    checks: &'a [Check],
    series: &'a [SeriesRow],
}

impl<'a> Document<'a> {
    /// The run of this canonical link, with what the checks of its scenario found.
    pub fn new(link: &'a str, report: &'a Report, checks: &'a [Check]) -> Document<'a> {
        Document { schema: SCHEMA, link, report, checks, series: &report.series }
    }
}

/// One row per simulated second: outcomes, latencies and peaks. Classes that did not occur have no column.
pub fn series_csv(report: &Report) -> String {
    let cell = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    let classes: BTreeSet<&str> = report.series.iter().flat_map(|row| row.errors.keys().copied()).collect();
    let mut text = String::from("t_s,offered,ok");
    classes.iter().for_each(|class| text += &format!(",{class}"));
    text += ",p50_ms,p99_ms,accept_queue,busy_workers,time_wait_client\n";
    for row in &report.series {
        text += &format!("{},{},{}", row.t_s, row.offered, row.ok);
        classes.iter().for_each(|class| text += &format!(",{}", row.errors.get(class).unwrap_or(&0)));
        let (p50, p99) = (cell(row.p50_ms), cell(row.p99_ms));
        text += &format!(",{p50},{p99},{},{},{}\n", row.accept_queue, row.busy_workers, row.time_wait_client);
    }
    text
}

/// One row per request, of a run that was told to log them ([`Sim::log_requests`]). Requests without an outcome when
/// the run ended are not listed.
pub fn requests_csv(sim: &Sim) -> String {
    let mut text = String::from("arrived_ms,ended_ms,latency_ms,client,attempts,outcome\n");
    for row in sim.request_log() {
        let (arrived, ended) = (row.arrived.as_millis_f64(), row.ended.as_millis_f64());
        let latency = row.ended.since(row.arrived).as_millis_f64();
        let outcome = row.error.map_or("ok", |kind| kind.class());
        text += &format!("{arrived},{ended},{latency},{},{},{outcome}\n", row.host + 1, row.attempts);
    }
    text
}

/// Plain data as JSON that people can read, with a line end.
///
/// # Errors
/// What the data cannot be written for, as a sentence.
pub fn json(data: &impl Serialize) -> Result<String, String> {
    serde_json::to_string_pretty(data).map(|json| json + "\n").map_err(|error| error.to_string())
}
