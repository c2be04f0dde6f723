//! A run in one sentence: its load and what changes on the way, what became of the requests, and what is remarkable.
//!
//! One text for the headline, for screen readers, for the command line and for what is shared.

mod course;

use std::fmt;

use crate::params::{Load, Params};
use crate::scenario::Scenario;
use crate::sim::error::ErrorKind;
use crate::sim::report::{ErrorRow, Latency, Report, Series};
use crate::time::SimTime;
use crate::words::{count, millis, percent, seconds, spaced};
pub use course::load;

/// A run in one sentence, in parts, so that some of them can stand out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// How long, how much, and what changes: `60 s, 300, from 10 s 500 requests/s`.
    pub load: String,
    /// `4,770 ok`.
    pub ok: String,
    /// `23,012 failed`.
    pub failed: String,
    /// When the commonest error came first and what was at its limit then; without failures, what made requests slow.
    /// It brings the sign before it along; empty if nothing is remarkable.
    pub remark: String,
    /// Requests without an outcome, likewise.
    pub unfinished: String,
}

impl fmt::Display for Sentence {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Sentence { load, ok, failed, remark, unfinished } = self;
        write!(f, "{load}: {ok}, {failed}{remark}{unfinished}.")
    }
}

impl Sentence {
    /// The sentence of a run as far as it has come.
    #[inline]
    pub fn of(scenario: &Scenario, report: &Report, series: &Series) -> Sentence {
        let commonest = report.errors.first();
        let first = commonest.map(|row| instant(row.first_ms));
        let remark = match commonest {
            Some(row) => failure(scenario, report, series, row),
            None => trouble(report).map_or(String::new(), |what| format!(", but {what}")),
        };
        let unfinished = match report.requests.in_flight {
            0 => String::new(),
            n => format!("{}{} still open at the end", if remark.is_empty() { " – " } else { "; " }, count(n)),
        };
        Sentence {
            load: load(scenario, first),
            ok: format!("{} ok", count(report.requests.ok)),
            failed: format!("{} failed", count(report.requests.failed)),
            remark,
            unfinished,
        }
    }
}

#[inline]
fn instant(ms: f64) -> SimTime {
    SimTime::from_nanos((ms * 1e6) as u64)
}

/// ` – 557 refused, the first at 20 s, while the server is down`.
#[inline]
fn failure(scenario: &Scenario, report: &Report, series: &Series, row: &ErrorRow) -> String {
    let label = row.kind.spec().label;
    let number = if row.count == report.requests.failed { "all".into() } else { count(row.count) };
    let at = if row.first_ms < 1e3 { millis(row.first_ms) } else { seconds(row.first_ms / 1e3) };
    let reason = reason(scenario, series, row).map_or(String::new(), |reason| format!(", {reason}"));
    format!(" – {number} {label}, the first at {at}{reason}")
}

/// What was at its limit, or which timer ran, when a class of errors began.
#[inline]
fn reason(scenario: &Scenario, series: &Series, row: &ErrorRow) -> Option<String> {
    let at = instant(row.first_ms);
    let params = &scenario.at(at);
    if !params.listening {
        return Some("while the server is down".into());
    }
    if row.kind == ErrorKind::Ports {
        return Some(format!("while all {} ports of a client are taken", count(params.ports.into())));
    }
    let limits = [processors(params, series, row.first_ms), overload(params), queue(series, row.first_ms)];
    let limits: Vec<String> = limits.into_iter().flatten().collect();
    let limits = (!limits.is_empty()).then(|| limits.join(" and "));
    let timer = timer(params, row.kind);
    // Busy workers close no idle connection.
    let is_closed_idle = matches!(row.kind, ErrorKind::Eof | ErrorKind::ServerClosedIdle) && timer.is_some();
    let busy = || workers(series, row.first_ms).filter(|_| !is_closed_idle);
    limits.or_else(busy).map(|limits| format!("while {limits}")).or(timer)
}

/// `500 requests/s meet room for 400`: requests that arrive, against what the workers can do.
#[inline]
fn overload(params: &Params) -> Option<String> {
    let (rate, service) = (params.rps.as_f64(), params.service.as_secs_f64());
    let is_over = params.load == Load::Open && rate * service > f64::from(params.workers);
    is_over.then(|| {
        let room = libm::floor(f64::from(params.workers) / service) as u64;
        format!("{} requests/s meet room for {}", params.rps, count(room))
    })
}

#[inline]
fn value(column: &[u32], series: &Series, at_ms: f64) -> u32 {
    let bucket = (at_ms / series.bucket.as_millis_f64().max(1e-6)) as usize;
    column.get(bucket).copied().unwrap_or(0)
}

#[inline]
fn queue(series: &Series, at_ms: f64) -> Option<String> {
    let (queue, limit) = (value(&series.accept_queue, series, at_ms), series.accept_queue_limit);
    (queue > 0 && queue >= limit)
        .then(|| format!("the accept queue ({} of {}) is full", count(queue.into()), count(limit.into())))
}

/// `616 steps wait for a processor of the server`: more than there are, at one side or the other.
#[inline]
fn processors(params: &Params, series: &Series, at_ms: f64) -> Option<String> {
    let sides = [
        ("server", &series.run_queues[1], params.server_cores),
        ("client", &series.run_queues[0], params.client_cores),
    ];
    let wait = |(side, column, cores): (&str, &Vec<u32>, u32)| {
        let queue = value(column, series, at_ms);
        (cores > 0 && queue > cores)
            .then(|| format!("{} steps wait for a processor of the {side}", count(queue.into())))
    };
    sides.into_iter().find_map(wait)
}

#[inline]
fn workers(series: &Series, at_ms: f64) -> Option<String> {
    let [busy, workers] = [&series.busy_workers, &series.workers].map(|column| value(column, series, at_ms));
    (workers > 0 && busy >= workers).then(|| match workers {
        1 => "the only worker is busy".into(),
        _ => format!("all {} workers are busy", count(workers.into())),
    })
}

/// The timer that ends a connection or an attempt though nothing is at its limit.
#[inline]
fn timer(params: &Params, kind: ErrorKind) -> Option<String> {
    let (server, client) = (params.server_idle_timeout, params.idle_timeout);
    match kind {
        ErrorKind::Eof | ErrorKind::Reset | ErrorKind::ServerClosedIdle | ErrorKind::BrokenConnection
            if params.keepalive && !server.is_zero() && (client.is_zero() || server <= client) =>
        {
            Some(format!("where the server closes what is idle for {}", spaced(&server.to_string())))
        }
        ErrorKind::ClientTimeout | ErrorKind::Closed if !params.timeout.is_zero() => {
            Some(format!("after Client.Timeout, {}", spaced(&params.timeout.to_string())))
        }
        _ => None,
    }
}

/// What is remarkable about a run in which nothing failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Answers that took a second or more, and ten times as long as most.
    Slow,
    /// Requests that waited for a connection of their own though there had been one.
    Dials,
}

impl Trouble {
    /// Its name in a question.
    #[inline]
    pub fn name(self) -> &'static str {
        match self {
            Trouble::Slow => "slow",
            Trouble::Dials => "dials",
        }
    }

    /// The request that shows it: the one whose answer took longest, or the last that dialed.
    #[inline]
    pub fn request(self, report: &Report) -> Option<u32> {
        match self {
            Trouble::Slow => report.slowest,
            Trouble::Dials => report.dialer,
        }
    }
}

/// A share of dials that is worth telling: one request in twenty.
const DIALS_TOLD: u64 = 20;

/// The trouble of this run, the worst first. Dials that only open what is then kept are none.
#[inline]
pub fn troubles(report: &Report) -> Vec<Trouble> {
    let Latency { max, p50, over_second, .. } = report.latency_ms;
    let dials = report.connections.dials.saturating_sub(report.connections.peak_open);
    let is_slow = over_second > 0 && max >= 10.0 * p50;
    let dials_anew = report.connections.reused_requests > 0 && dials * DIALS_TOLD > report.requests.offered;
    let found = [(is_slow, Trouble::Slow), (dials_anew, Trouble::Dials)];
    found.into_iter().filter(|(is_there, _)| *is_there).map(|(_, trouble)| trouble).collect()
}

/// `33 % of the requests dialed`, `1,308 dials for 300 requests`, or `412 took a second or more (3.10 s at most)`.
#[inline]
pub fn tell(report: &Report, trouble: Trouble) -> String {
    match trouble {
        Trouble::Slow => {
            let Latency { over_second, max, .. } = report.latency_ms;
            let dropped = report.nstat.TcpExtListenOverflows;
            let why = match dropped {
                0 => String::new(),
                _ => ": the accept queue was full, and a SYN is sent again after a second".into(),
            };
            format!("{} took a second or more, {} at most{why}", count(over_second), millis(max))
        }
        Trouble::Dials => {
            let (dials, requests) = (report.connections.dials, report.requests.offered);
            match dials > requests {
                // Each attempt of a request may dial.
                true => format!("{} dials for {} requests", count(dials), count(requests)),
                false => format!("{} of the requests dialed", percent(dials, requests)),
            }
        }
    }
}

/// All of it.
#[inline]
fn trouble(report: &Report) -> Option<String> {
    let told: Vec<String> = troubles(report).iter().map(|trouble| tell(report, *trouble)).collect();
    (!told.is_empty()).then(|| told.join("; "))
}
