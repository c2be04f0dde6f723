//! What a run tells: plain data, the only way out of the model.
//!
//! [`Report`] is the JSON of the command line and of the page's export: an interface. [`Series`] is what the charts draw.

use std::hash::Hasher;

use serde::Serialize;

use super::Sim;
use super::error::{ERRORS, ErrorKind, Family};
use super::metrics::{BUCKET, Columns, ErrorCount, Metrics};
use super::server::Stage;
use super::tcp::State;
use crate::time::{SimDuration, SimTime};

/// The version of the JSON report's shape.
pub const SCHEMA: u32 = 1;

/// Everything about a run, as one JSON object.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Version of this shape.
    pub schema: u32,
    /// The canonical link of the run.
    pub link: String,
    /// Sixteen hex digits over every event and the final counters: same link, same digits, everywhere.
    pub fingerprint: String,
    /// Events processed.
    pub events: u64,
    /// Simulated seconds.
    pub simulated_s: f64,
    /// What in the link or the files could not be used as written.
    pub warnings: Vec<String>,
    /// What became of the requests; `offered = ok + failed + in_flight`.
    pub requests: Requests,
    /// How often they were tried.
    pub attempts: Attempts,
    /// Failed requests by class, commonest first.
    pub errors: Vec<ErrorRow>,
    /// Failed application attempts by class, commonest first; a retry may have cured them.
    pub attempt_errors: Vec<ErrorRow>,
    /// From a request's arrival to its response, retries included; ok requests only.
    pub latency_ms: Latency,
    /// Connections, as the clients' Transports and the server's accept loop see them.
    pub connections: Connections,
    /// The server program.
    pub server: ServerWork,
    /// Kernel counters of both sides together, by their `nstat` names.
    pub nstat: Nstat,
    /// Sockets by state when the run ended.
    pub sockets_end: SocketsEnd,
    /// Largest values reached.
    pub peaks: Peaks,
    /// Averages over simulated time.
    pub means: Means,
    /// One row per simulated second.
    pub series: Vec<SeriesRow>,
}

/// What became of the requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Requests {
    /// Requests that arrived.
    pub offered: u64,
    /// Requests whose final outcome is a response.
    pub ok: u64,
    /// Requests whose final outcome is an error.
    pub failed: u64,
    /// Requests without an outcome when the run ended.
    pub in_flight: u64,
}

/// How often requests were tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Attempts {
    /// Calls of `Client.Do`.
    pub application: u64,
    /// Requests written to a connection.
    pub wire: u64,
    /// Replays by the Transport itself (C-28).
    pub transport_retries: u64,
    /// Retries by the application.
    pub application_retries: u64,
}

/// Failures of one class.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ErrorRow {
    /// The class: an interface.
    pub class: &'static str,
    /// How many.
    pub count: u64,
    /// When the first one came, in simulated milliseconds.
    pub first_ms: f64,
    /// The first one's text, exactly as Go prints it.
    pub text: String,
    /// The kind, for its row of the error table.
    #[serde(skip)]
    pub kind: ErrorKind,
}

/// Percentiles in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Latency {
    /// How many values.
    pub count: u64,
    /// Mean, exact.
    pub mean: f64,
    /// Median; this and the following are within 0.1 % of the true value.
    pub p50: f64,
    /// 90th percentile.
    pub p90: f64,
    /// 95th percentile.
    pub p95: f64,
    /// 99th percentile.
    pub p99: f64,
    /// 99.9th percentile.
    pub p999: f64,
    /// Largest, exact.
    pub max: f64,
}

/// Connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Connections {
    /// connect() calls that sent a SYN or found no port.
    pub dials: u64,
    /// Dials that succeeded.
    pub established: u64,
    /// Requests written to a connection that had been pooled.
    pub reused_requests: u64,
    /// Requests written to a connection dialed for them.
    pub fresh_requests: u64,
    /// Established connections closed by the client first.
    pub client_closes: u64,
    /// Accepted connections closed by the server first.
    pub server_closes: u64,
    /// Connections the server program accepted.
    pub accepted: u64,
    /// Accepted connections that never carried a request.
    pub accepted_unused: u64,
    /// Most connections open at once at the clients.
    pub peak_open: u64,
    /// Connections open at the clients at the end.
    pub open_end: u64,
}

/// The server program's work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct ServerWork {
    /// Handlers started.
    pub handlers_started: u64,
    /// Handler time, summed over workers.
    pub busy_ms: f64,
    /// Handler time spent for callers that had gone.
    pub wasted_ms: f64,
    /// Busy time / (workers × simulated time).
    pub utilization: f64,
}

/// Kernel counters, named as `nstat` names them.
#[allow(non_snake_case, missing_docs)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Nstat {
    pub TcpActiveOpens: u64,
    pub TcpPassiveOpens: u64,
    pub TcpAttemptFails: u64,
    pub TcpEstabResets: u64,
    pub TcpRetransSegs: u64,
    pub TcpOutRsts: u64,
    pub TcpExtListenOverflows: u64,
    pub TcpExtListenDrops: u64,
    pub TcpExtTCPTimeouts: u64,
    pub TcpExtTCPSynRetrans: u64,
    pub TcpExtTCPReqQFullDrop: u64,
    pub TcpExtTCPReqQFullDoCookies: u64,
    pub TcpExtTCPAbortOnClose: u64,
    pub TcpExtTCPAbortOnData: u64,
    pub TcpExtEmbryonicRsts: u64,
    pub TcpExtSyncookiesSent: u64,
    pub TcpExtSyncookiesRecv: u64,
    pub TcpExtTW: u64,
}

/// Sockets by state on one side.
#[allow(non_snake_case, missing_docs)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct SocketStates {
    pub SYN_SENT: u64,
    pub SYN_RECV: u64,
    pub ESTABLISHED: u64,
    pub FIN_WAIT1: u64,
    pub FIN_WAIT2: u64,
    pub CLOSE_WAIT: u64,
    pub CLOSING: u64,
    pub LAST_ACK: u64,
    pub TIME_WAIT: u64,
}

/// Sockets by state on both sides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct SocketsEnd {
    /// All client hosts together.
    pub client: SocketStates,
    /// The server host.
    pub server: SocketStates,
}

/// Largest values reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Peaks {
    /// Connections in the accept queue.
    pub accept_queue: u64,
    /// Handshakes in the SYN queue.
    pub syn_queue: u64,
    /// Workers held (server kind `workers`) or handlers running (`go`).
    pub busy_workers: u64,
    /// Idle connections in the pools.
    pub pool_idle: u64,
    /// Local ports in use or in TIME_WAIT on the busiest client host.
    pub ports: u64,
    /// TIME_WAIT on the clients.
    pub time_wait_client: u64,
    /// TIME_WAIT on the server.
    pub time_wait_server: u64,
}

/// Averages over simulated time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Means {
    /// Requests without an outcome yet.
    pub in_flight: f64,
    /// Connections in the accept queue.
    pub accept_queue: f64,
    /// Workers held or handlers running.
    pub busy_workers: f64,
}

/// One simulated second.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SeriesRow {
    /// The second's start.
    pub t_s: u64,
    /// Requests that arrived.
    pub offered: u64,
    /// Requests that ended well.
    pub ok: u64,
    /// Requests that failed, by class; classes that did not occur are left out.
    pub errors: std::collections::BTreeMap<&'static str, u64>,
    /// Median latency of the ok ones; null without any.
    pub p50_ms: Option<f64>,
    /// 99th percentile of the ok ones; null without any.
    pub p99_ms: Option<f64>,
    /// Largest accept queue.
    pub accept_queue: u64,
    /// Most workers held or handlers running.
    pub busy_workers: u64,
    /// TIME_WAIT on the clients at its end.
    pub time_wait_client: u64,
}

/// What the charts draw: columns of equally long time buckets.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// Length of a bucket.
    pub bucket: SimDuration,
    /// Length of the whole run, which the buckets of a finished run fill.
    pub duration: SimDuration,
    /// Requests that arrived, per bucket.
    pub offered: Vec<u32>,
    /// Requests that ended well, per bucket.
    pub ok: Vec<u32>,
    /// Requests that failed, per bucket, for each class that occurred.
    pub errors: Vec<ErrorSeries>,
    /// Accept queue: the largest value in each bucket; and its limit, backlog + 1.
    pub accept_queue: Vec<u32>,
    /// Limit of the accept queue.
    pub accept_queue_limit: u32,
    /// SYN queue: the largest value in each bucket.
    pub syn_queue: Vec<u32>,
    /// Limit of the SYN queue.
    pub syn_queue_limit: u32,
    /// Workers held or handlers running: the largest value in each bucket.
    pub busy_workers: Vec<u32>,
    /// Workers there are, in each bucket (it may change on the timetable).
    pub workers: Vec<u32>,
    /// Client sockets in SYN_SENT at the end of each bucket.
    pub syn_sent: Vec<u32>,
    /// Client sockets in ESTABLISHED at the end of each bucket.
    pub established: Vec<u32>,
    /// Client sockets in TIME_WAIT at the end of each bucket.
    pub time_wait: Vec<u32>,
    /// Limit of the ports of all client hosts together.
    pub ports_limit: u32,
    /// Latency of ok requests, one entry per [`Series::LATENCY_BUCKETS`] buckets; `None` without any.
    pub latency: Vec<Option<LatencyPoint>>,
}

impl Series {
    /// Buckets to one latency entry: percentiles need more values than counts do.
    pub const LATENCY_BUCKETS: usize = 10;
}

/// Failures of one class over time.
#[derive(Clone, Debug, PartialEq)]
pub struct ErrorSeries {
    /// The class.
    pub kind: ErrorKind,
    /// Failed requests per bucket.
    pub count: Vec<u32>,
}

impl ErrorSeries {
    /// Colour and shape.
    pub fn family(&self) -> Family {
        self.kind.spec().family
    }
}

/// Percentiles of one stretch of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LatencyPoint {
    /// Values in it.
    pub count: u32,
    /// Median, in milliseconds.
    pub p50_ms: f64,
    /// 95th percentile.
    pub p95_ms: f64,
    /// 99th percentile.
    pub p99_ms: f64,
}

fn round_us(ns: f64) -> f64 {
    libm::round(ns / 1e3) / 1e3
}

fn ratio(value: f64) -> f64 {
    libm::round(value * 1e6) / 1e6
}

/// The report of a run as far as it has come.
pub(super) fn report(sim: &Sim, link: String) -> Report {
    let metrics = &sim.metrics;
    let mut nstat = metrics.nstat;
    nstat.TcpExtTW += sim.hosts.iter().map(|host| host.ports.finished()).sum::<u64>();
    let connections = Connections {
        peak_open: u64::from(metrics.open.peak()),
        open_end: u64::from(metrics.open.value()),
        ..metrics.connections
    };
    let in_flight = metrics.requests.offered - metrics.requests.ok - metrics.requests.failed;
    let mut fingerprint = sim.fingerprint.clone();
    metrics.hash_counters(&mut fingerprint);
    Report {
        schema: SCHEMA,
        link,
        fingerprint: format!("{:016x}", fingerprint.finish()),
        events: sim.events,
        simulated_s: sim.now.as_secs_f64(),
        warnings: Vec::new(),
        requests: Requests { in_flight, ..metrics.requests },
        attempts: metrics.attempts,
        errors: error_rows(&metrics.errors),
        attempt_errors: error_rows(&metrics.attempt_errors),
        latency_ms: latency(metrics),
        connections,
        server: server_work(sim),
        nstat,
        sockets_end: sockets(sim),
        peaks: Peaks {
            accept_queue: u64::from(metrics.accept_queue.peak()),
            syn_queue: u64::from(metrics.syn_queue.peak()),
            busy_workers: u64::from(metrics.busy_workers.peak()),
            pool_idle: u64::from(metrics.pool_idle.peak()),
            ports: u64::from(metrics.ports_peak),
            time_wait_client: u64::from(metrics.time_wait_client_peak),
            time_wait_server: u64::from(metrics.time_wait_server_peak),
        },
        means: Means {
            in_flight: ratio(metrics.in_flight.mean(sim.now)),
            accept_queue: ratio(metrics.accept_queue.mean(sim.now)),
            busy_workers: ratio(metrics.busy_workers.mean(sim.now)),
        },
        series: series_rows(&metrics.columns),
    }
}

/// Commonest first; equals in the order of the error table.
fn error_rows(counts: &[ErrorCount]) -> Vec<ErrorRow> {
    let mut rows: Vec<ErrorRow> = (ERRORS.iter().zip(counts))
        .filter_map(|(spec, error)| {
            let (at, text) = error.first.as_ref()?;
            Some(ErrorRow {
                class: spec.class,
                count: error.count,
                first_ms: round_us(at.as_nanos() as f64),
                text: text.clone(),
                kind: spec.kind,
            })
        })
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.count));
    rows
}

fn latency(metrics: &Metrics) -> Latency {
    let count = metrics.requests.ok;
    if count == 0 {
        return Latency::default();
    }
    let percentile = |quantile| metrics.latency.value_at_quantile(quantile) as f64 / 1e3;
    Latency {
        count,
        mean: round_us(metrics.latency_sum_ns as f64 / count as f64),
        p50: percentile(0.5),
        p90: percentile(0.9),
        p95: percentile(0.95),
        p99: percentile(0.99),
        p999: percentile(0.999),
        max: round_us(metrics.latency_max.as_nanos() as f64),
    }
}

/// Handlers under way count up to now.
fn server_work(sim: &Sim) -> ServerWork {
    let metrics = &sim.metrics;
    let (mut busy_ns, mut wasted_ns) = (metrics.busy_ns, metrics.wasted_ns);
    for (_, conn) in sim.conns.iter() {
        if let Stage::Handling { since } = conn.work.stage {
            let time = u128::from(sim.now.since(since).as_nanos());
            busy_ns += time;
            if conn.server.received.fin || conn.server.received.reset {
                wasted_ns += time;
            }
        }
    }
    let capacity = metrics.worker_capacity.area(sim.now);
    ServerWork {
        handlers_started: metrics.handlers_started,
        busy_ms: round_us(busy_ns as f64),
        wasted_ms: round_us(wasted_ns as f64),
        utilization: if capacity == 0 { 0.0 } else { ratio(busy_ns as f64 / capacity as f64) },
    }
}

fn sockets(sim: &Sim) -> SocketsEnd {
    let mut client = SocketStates::default();
    let mut server = SocketStates::default();
    for (_, conn) in sim.conns.iter() {
        client.count(conn.client.state);
        server.count(conn.server.state);
    }
    client.TIME_WAIT = sim.hosts.iter().map(|host| u64::from(host.ports.time_wait())).sum();
    server.TIME_WAIT = sim.server.time_wait.len() as u64;
    SocketsEnd { client, server }
}

impl SocketStates {
    /// One more socket in this state. TIME_WAIT is counted elsewhere: it outlives the connection.
    fn count(&mut self, state: State) {
        let number = match state {
            State::Closed | State::TimeWait => return,
            State::SynSent => &mut self.SYN_SENT,
            State::SynRecv => &mut self.SYN_RECV,
            State::Established => &mut self.ESTABLISHED,
            State::FinWait1 => &mut self.FIN_WAIT1,
            State::FinWait2 => &mut self.FIN_WAIT2,
            State::CloseWait => &mut self.CLOSE_WAIT,
            State::Closing => &mut self.CLOSING,
            State::LastAck => &mut self.LAST_ACK,
        };
        *number += 1;
    }
}

/// Buckets to a second.
const PER_SECOND: usize = 10;

fn series_rows(columns: &Columns) -> Vec<SeriesRow> {
    let seconds = columns.ok.len().div_ceil(PER_SECOND);
    (0..seconds)
        .map(|second| {
            let range = second * PER_SECOND..((second + 1) * PER_SECOND).min(columns.ok.len());
            let sum = |column: &[u32]| column[range.clone()].iter().map(|n| u64::from(*n)).sum::<u64>();
            let peak = |column: &[u32]| u64::from(column[range.clone()].iter().copied().max().unwrap_or(0));
            let errors = ERRORS
                .iter()
                .map(|spec| {
                    let failed = columns.failed[range.clone()].iter();
                    (spec.class, failed.map(|bucket| u64::from(bucket[spec.kind as usize])).sum())
                })
                .filter(|(_, count)| *count > 0)
                .collect();
            let latency = columns.latency.get(second).copied().flatten();
            SeriesRow {
                t_s: second as u64,
                offered: sum(&columns.offered),
                ok: sum(&columns.ok),
                errors,
                p50_ms: latency.map(|point| point.p50_ms),
                p99_ms: latency.map(|point| point.p99_ms),
                accept_queue: peak(&columns.accept_queue),
                busy_workers: peak(&columns.busy_workers),
                time_wait_client: u64::from(columns.time_wait[range.end - 1]),
            }
        })
        .collect()
}

/// The columns of a run as far as it has come.
pub(super) fn series(sim: &Sim) -> Series {
    let columns = &sim.metrics.columns;
    let errors = (ERRORS.iter())
        .filter(|spec| sim.metrics.errors[spec.kind as usize].count > 0)
        .map(|spec| ErrorSeries {
            kind: spec.kind,
            count: columns.failed.iter().map(|bucket| bucket[spec.kind as usize]).collect(),
        })
        .collect();
    let queue_limit = sim.params.effective_backlog() + 1;
    Series {
        bucket: BUCKET,
        duration: sim.end.since(SimTime::ZERO),
        offered: columns.offered.clone(),
        ok: columns.ok.clone(),
        errors,
        accept_queue: columns.accept_queue.clone(),
        accept_queue_limit: queue_limit,
        syn_queue: columns.syn_queue.clone(),
        syn_queue_limit: queue_limit,
        busy_workers: columns.busy_workers.clone(),
        workers: columns.workers.clone(),
        syn_sent: columns.syn_sent.clone(),
        established: columns.established.clone(),
        time_wait: columns.time_wait.clone(),
        ports_limit: sim.params.ports * sim.params.clients,
        latency: columns.latency.clone(),
    }
}
