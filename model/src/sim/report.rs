//! What a run tells: plain data, the only way out of the model.
//!
//! [`Report`] has the numbers: its fields are those of the JSON report, an interface.
//! [`Series`] is what the charts draw.

mod gather;
mod parts;

pub use parts::Sent;

use serde::Serialize;

use super::error::{ErrorKind, Family};
use super::needs::Needs;
use crate::bytes::parts;
use crate::scenario::Scenario;
use crate::time::{SimDuration, SimTime};
pub(super) use gather::{report, series};

/// Everything about a run that can be counted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Sixteen hex digits over every event and the final counters: same link, same digits, everywhere.
    pub fingerprint: String,
    /// Events processed.
    pub events: u64,
    /// Simulated time in seconds.
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
    /// The same in eleven bars, as `hey` draws it; empty without any.
    pub latency_histogram: Vec<HistogramBar>,
    /// Connections, as the clients' Transports and the server's accept loop see them.
    pub connections: Connections,
    /// The server program.
    pub server: ServerWork,
    /// Processors, where programs need time on them.
    #[serde(skip_serializing_if = "Processors::are_free")]
    pub processors: Processors,
    /// Kernel counters of both sides together, by their `nstat` names.
    pub nstat: Nstat,
    /// Sockets by state when the run ended.
    pub sockets_end: SocketsEnd,
    /// Largest values reached.
    pub peaks: Peaks,
    /// Averages over simulated time.
    pub means: Means,
    /// One row per simulated second; per 10 s in runs of more than a quarter of an hour, per 100 s in those of hours.
    /// The document has them behind everything else.
    #[serde(skip)]
    pub series: Vec<SeriesRow>,
    /// The request that was answered latest after it arrived: the n-th, from 1.
    #[serde(skip)]
    pub slowest: Option<u32>,
    /// A request that dialed and was answered, one of the last.
    #[serde(skip)]
    pub dialer: Option<u32>,
    /// What only the checks need.
    #[serde(skip)]
    pub evidence: Evidence,
    /// How large the limits had to be.
    #[serde(skip)]
    pub needs: Needs,
}

impl Report {
    /// Whether it is about the whole run of this scenario.
    #[inline]
    pub fn is_whole(&self, scenario: &Scenario) -> bool {
        self.evidence.elapsed == scenario.params.duration
    }

    /// The same run with so many workers from beginning to end, where it is the same.
    #[inline]
    pub fn follow_workers(&mut self, workers: u32) {
        let Evidence { elapsed, busy_ns, .. } = self.evidence;
        self.evidence.capacity_ns = u128::from(workers) * u128::from(elapsed.as_nanos());
        self.server.utilization = gather::utilization(busy_ns, self.evidence.capacity_ns);
    }
}

/// Exact sums that the checks compare with theory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// How far the run has come.
    pub elapsed: SimDuration,
    /// Whether arrivals or service times were read from a file.
    pub recorded: bool,
    /// ∫ requests in flight dt, in nanoseconds.
    pub in_flight_ns: u128,
    /// Σ time in the system of all requests, up to now for those in flight, in nanoseconds.
    pub sojourn_ns: u128,
    /// Application attempts without an outcome yet.
    pub attempts_under_way: u64,
    /// First attempts of a request that failed.
    pub first_attempts_failed: u64,
    /// Handlers at work.
    pub handlers_under_way: u64,
    /// Σ mean handler time of the handlers started, in nanoseconds.
    pub expected_work_ns: u128,
    /// Σ time of all handlers, in nanoseconds.
    pub busy_ns: u128,
    /// ∫ workers dt, in nanoseconds.
    pub capacity_ns: u128,
    /// ∫ connections in the accept queue and requests waiting inside the server program dt, in nanoseconds.
    pub waiting_ns: u128,
    /// Processors of the clients and of the server.
    pub processors: [ProcessorEvidence; 2],
    /// TIME_WAITs at the clients.
    pub time_wait: TimeWait,
}

/// Exact sums over the steps on processors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProcessorEvidence {
    /// Steps begun.
    pub steps: u64,
    /// Steps under way.
    pub under_way: u32,
    /// Σ mean time of a step when it began, in nanoseconds.
    pub expected_ns: u128,
    /// ∫ processors taken dt, in nanoseconds.
    pub busy_ns: u128,
}

/// TIME_WAITs at the clients, when the last time bucket ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimeWait {
    /// How many there were.
    pub resting: u64,
    /// How many had begun since the start.
    pub begun: u64,
    /// How many had begun in the last 60 s.
    pub begun_last_minute: u64,
    /// How many more of them may have: those of the bucket that the start of these 60 s falls into.
    pub begun_at_edge: u64,
}

/// What became of the requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
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
    /// Smallest, exact.
    pub min: f64,
    /// 10th percentile; this and the following are within 0.1 % of the true value.
    pub p10: f64,
    /// 25th percentile.
    pub p25: f64,
    /// Median.
    pub p50: f64,
    /// 75th percentile.
    pub p75: f64,
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
    /// How many values are a second or more, within the 0.1 % by which percentiles are known.
    pub over_second: u64,
}

/// A bar of the latency histogram.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct HistogramBar {
    /// Values up to this many milliseconds, and above the bar before. The first bar ends with the smallest value, the
    /// last one with the largest; those between are equally wide.
    pub up_to: f64,
    /// How many there are, up to the 0.1 % by which values are known.
    pub count: u64,
}

/// Connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
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
    /// Handler time, summed over workers, in milliseconds.
    pub busy_ms: f64,
    /// Handler time spent for callers that had gone, in milliseconds.
    pub wasted_ms: f64,
    /// Busy time / (workers × simulated time): a share, 0 to 1.
    pub utilization: f64,
}

/// The processors of both sides; none where its programs take no time (`client-cpu`, `server-cpu`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Processors {
    /// Of all client hosts together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<ProcessorWork>,
    /// Of the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<ProcessorWork>,
}

impl Processors {
    /// Whether no program takes time on one.
    pub fn are_free(&self) -> bool {
        self.client.is_none() && self.server.is_none()
    }
}

/// The work of one side's processors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct ProcessorWork {
    /// Steps of programs begun on them: connect(), accept(), a request's or a response's way.
    pub steps: u64,
    /// Processors taken, on average over the simulated time.
    pub mean_busy: f64,
    /// The same as a share of those there are; null where there are enough for all (`client-cores`, `server-cores` 0).
    pub utilization: Option<f64>,
    /// Most steps that waited for a processor at once.
    pub peak_queue: u64,
    /// Steps that waited, on average over the simulated time.
    pub mean_queue: f64,
    /// How long a step waited on average, in milliseconds.
    pub mean_wait_ms: f64,
}

macro_rules! nstat {
    ($($name:ident),+ $(,)?) => {
        /// Kernel counters, named as `nstat` names them.
        #[allow(non_snake_case, missing_docs)]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
        pub struct Nstat {
            $(pub $name: u64,)+
        }

        parts! { Nstat { $($name),+ } }

        impl Nstat {
            /// All of them, by name, in the order of the report.
            #[inline]
            pub fn counters(&self) -> impl Iterator<Item = (&'static str, u64)> {
                [$((stringify!($name), self.$name)),+].into_iter()
            }
        }
    };
}

// In the order of the kernel's own list.
nstat! {
    TcpActiveOpens,
    TcpPassiveOpens,
    TcpAttemptFails,
    TcpEstabResets,
    TcpRetransSegs,
    TcpOutRsts,
    TcpExtSyncookiesSent,
    TcpExtSyncookiesRecv,
    TcpExtSyncookiesFailed,
    TcpExtEmbryonicRsts,
    TcpExtTW,
    TcpExtListenOverflows,
    TcpExtListenDrops,
    TcpExtTCPTimeouts,
    TcpExtTCPAbortOnData,
    TcpExtTCPAbortOnClose,
    TcpExtTCPTimeWaitOverflow,
    TcpExtTCPReqQFullDoCookies,
    TcpExtTCPReqQFullDrop,
    TcpExtTCPSynRetrans,
}

/// Sockets by state on one side.
#[allow(non_snake_case, missing_docs)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SocketsEnd {
    /// All client hosts together.
    pub client: SocketStates,
    /// The server host.
    pub server: SocketStates,
}

/// Largest values reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
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

/// One simulated second, or ten, or a hundred.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SeriesRow {
    /// Its start, in seconds.
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
    /// Requests that failed, per bucket, for each class that occurred, in the order of the error table.
    pub errors: Vec<ErrorSeries>,
    /// Accept queue: the largest value in each bucket; and its limit, backlog + 1.
    pub accept_queue: Vec<u32>,
    /// Limit of the accept queue.
    pub accept_queue_limit: u32,
    /// How often the accept queue had no place (`TcpExtListenOverflows`), from the start to the end of each bucket.
    pub overflows: Vec<u64>,
    /// SYN queue: the largest value in each bucket.
    pub syn_queue: Vec<u32>,
    /// Limit of the SYN queue.
    pub syn_queue_limit: u32,
    /// Workers held or handlers running: the largest value in each bucket.
    pub busy_workers: Vec<u32>,
    /// Workers there are, in each bucket (it may change on the timetable).
    pub workers: Vec<u32>,
    /// Steps that wait for a processor: of the clients', of the server's; the largest value in each bucket.
    pub run_queues: [Vec<u32>; 2],
    /// Whether there is anything to see of the processors: some are too few, or may be.
    pub has_run_queue: [bool; 2],
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

    /// The bucket that an instant falls into: what happens when a bucket ends belongs to it.
    pub fn bucket_at(&self, at: SimTime) -> usize {
        (at.as_nanos().saturating_sub(1) / self.bucket.as_nanos().max(1)) as usize
    }

    /// The first instant that belongs to a bucket.
    pub fn bucket_start(&self, bucket: usize) -> SimTime {
        let first_later = u64::from(bucket > 0);
        SimTime::from_nanos(self.bucket.as_nanos() * bucket as u64 + first_later)
    }
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
