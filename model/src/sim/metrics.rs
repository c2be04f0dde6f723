//! What is counted and measured while the model runs. Nothing here changes the run.

use hdrhistogram::Histogram;

use super::error::{ERRORS, ErrorKind, Wording};
use super::failures::{Failure, Latest, Sample};
use super::fingerprint::Fingerprint;
use super::needs::Needs;
use super::report::{Attempts, Connections, LatencyPoint, Nstat, Requests};
use crate::time::{SimDuration, SimTime};

/// How often the world is looked at, and the length of a time bucket, the charts' resolution, in runs that are not
/// long.
pub const BUCKET: SimDuration = SimDuration::from_millis(100);

/// Buckets that are enough for any chart.
const BUCKETS_MAX: u64 = 9_000;

/// Length of a time bucket in a run of this length: 0.1 s up to a quarter of an hour, then 1 s, then 10 s.
pub fn bucket(run: SimDuration) -> SimDuration {
    let longer = [BUCKET, BUCKET * 10].into_iter().find(|bucket| run <= *bucket * BUCKETS_MAX);
    longer.unwrap_or(BUCKET * 100)
}

/// A number that goes up and down: its present value, largest value and integral over time (ns).
#[derive(Clone, Copy, Debug, Default)]
pub struct Gauge {
    value: u32,
    /// Of the buckets before the present one.
    peak: u32,
    bucket_peak: u32,
    /// When the value changed last.
    since: SimTime,
    /// Sum of step * time over all changes (ns): the integral is value * now - steps. Both terms wrap; their difference
    /// is exact below 2^64 ns, which is 850,000 of something for six hours, and a run stops at a million of anything.
    steps: u64,
}

impl Gauge {
    /// The present value.
    pub fn value(&self) -> u32 {
        self.value
    }

    /// The largest value so far.
    pub fn peak(&self) -> u32 {
        self.peak.max(self.bucket_peak)
    }

    /// ∫ value dt from the start to `now`, in nanoseconds.
    pub fn area(&self, now: SimTime) -> u128 {
        u128::from(u64::from(self.value).wrapping_mul(now.as_nanos()).wrapping_sub(self.steps))
    }

    /// The average from the start to `now`.
    pub fn mean(&self, now: SimTime) -> f64 {
        if now == SimTime::ZERO { 0.0 } else { self.area(now) as f64 / now.as_nanos() as f64 }
    }

    /// The new value from `now` on.
    pub fn set(&mut self, now: SimTime, value: u32) {
        let step = u64::from(value).wrapping_sub(u64::from(self.value));
        self.steps = self.steps.wrapping_add(step.wrapping_mul(now.as_nanos()));
        self.since = now;
        self.value = value;
        self.bucket_peak = self.bucket_peak.max(value);
    }

    /// One more.
    pub fn up(&mut self, now: SimTime) {
        self.set(now, self.value + 1);
    }

    /// One less.
    pub fn down(&mut self, now: SimTime) {
        self.set(now, self.value - 1);
    }

    /// The largest value since the last call.
    fn take_bucket_peak(&mut self) -> u32 {
        self.peak = self.peak();
        std::mem::replace(&mut self.bucket_peak, self.value)
    }
}

/// Failures of one class.
#[derive(Clone, Debug, Default)]
pub struct ErrorCount {
    /// How many.
    pub count: u64,
    /// When the first one came.
    pub first: Option<SimTime>,
    /// How many came in other phases and during connect(), for which Go 1.22 has other words, and the first's exact
    /// text.
    texts: [(u64, String); 2],
    /// Some of the requests that ended with it.
    pub sample: Sample,
}

impl ErrorCount {
    /// The exact text of most of them.
    pub fn text(&self) -> &str {
        let [other, in_connect] = &self.texts;
        if in_connect.0 > other.0 { &in_connect.1 } else { &other.1 }
    }
}

/// The series of the charts: one value per time bucket.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    /// Requests that arrived (per bucket).
    pub offered: Vec<u32>,
    /// Requests that ended with a response (per bucket).
    pub ok: Vec<u32>,
    /// Requests that ended with an error, by its kind (per bucket).
    pub failed: Vec<[u32; ErrorKind::COUNT]>,
    /// Largest length of the accept queue within the bucket (connections).
    pub accept_queue: Vec<u32>,
    /// `TcpExtListenOverflows` since the start, at the end of the bucket.
    pub overflows: Vec<u64>,
    /// Largest length of the SYN queue within the bucket (handshakes).
    pub syn_queue: Vec<u32>,
    /// Largest number of busy workers within the bucket.
    pub busy_workers: Vec<u32>,
    /// Workers there are, at the end of the bucket.
    pub workers: Vec<u32>,
    /// Most steps that waited for a processor within the bucket: of the clients', of the server's.
    pub run_queues: [Vec<u32>; 2],
    /// Client sockets in SYN_SENT, at the end of the bucket.
    pub syn_sent: Vec<u32>,
    /// Client sockets in ESTABLISHED, at the end of the bucket.
    pub established: Vec<u32>,
    /// Client ports in TIME_WAIT, at the end of the bucket.
    pub time_wait: Vec<u32>,
    /// TIME_WAITs begun at the clients since the start, at the end of the bucket.
    pub time_wait_begun: Vec<u32>,
    /// Percentiles of the requests answered within ten buckets (ms); none where none was.
    pub latency: Vec<Option<LatencyPoint>>,
}

/// What is read from the model when a bucket ends.
#[derive(Clone, Copy, Debug)]
pub struct BucketEnd {
    /// Workers there are.
    pub workers: u32,
    /// Client ports in TIME_WAIT, all hosts together.
    pub time_wait_client: u32,
    /// Entries of the server's TIME_WAIT table.
    pub time_wait_server: u32,
}

/// How the processors of all hosts of a kind are used.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProcessorUse {
    /// Steps begun.
    pub steps: u64,
    /// Sum of the mean times in force when they began (ns).
    pub expected_ns: u128,
    /// Processors taken.
    pub busy: Gauge,
    /// Processors there are; 0 where they are enough for all, or steps take no time.
    pub capacity: Gauge,
    /// What waits for one.
    pub queue: Gauge,
}

/// All counters and gauges of a run.
#[derive(Clone, Debug)]
pub struct Metrics {
    /// Outcomes of requests.
    pub requests: Requests,
    /// How often requests were tried.
    pub attempts: Attempts,
    /// Connections dialed, used and closed.
    pub connections: Connections,
    /// Counters of both kernels.
    pub nstat: Nstat,
    /// Requests that ended with an error, by its kind.
    pub errors: [ErrorCount; ErrorKind::COUNT],
    /// Attempts that failed, by the kind of the error.
    pub attempt_errors: [ErrorCount; ErrorKind::COUNT],
    /// The latest requests that failed.
    pub latest_failures: Latest,
    /// First attempts of a request that failed.
    pub first_attempts_failed: u64,

    /// How large the limits had to be.
    pub needs: Needs,

    /// Handlers started.
    pub handlers_started: u64,
    /// Sum of the mean service times in force when handlers started (ns).
    pub expected_work_ns: u128,
    /// Sum of the time that handlers ran (ns).
    pub busy_ns: u128,
    /// The part of it for callers that had gone (ns).
    pub wasted_ns: u128,

    /// Sum of the time from arrival to outcome, of all requests that have one (ns).
    pub sojourn_ns: u128,
    /// Sum of the time from arrival to response, of requests that were answered (ns): the exact mean.
    pub latency_sum_ns: u128,
    /// The longest of these times.
    pub latency_max: SimDuration,
    /// The shortest.
    pub latency_min: SimDuration,
    /// Their histogram (us).
    pub latency: Histogram<u64>,

    /// Requests without an outcome.
    pub in_flight: Gauge,
    /// Connections in the accept queue.
    pub accept_queue: Gauge,
    /// Handshakes in the SYN queue.
    pub syn_queue: Gauge,
    /// Workers held by connections (`workers`), or handlers running (`go`).
    pub busy_workers: Gauge,
    /// Workers there are: its integral is what utilization is measured against.
    pub worker_capacity: Gauge,
    /// Requests that wait inside the server program (`go`).
    pub waiting: Gauge,
    /// Idle connections in the pools.
    pub pool_idle: Gauge,
    /// Sockets that client processes have open.
    pub open: Gauge,
    /// Client sockets in SYN_SENT.
    pub syn_sent: Gauge,
    /// Client sockets in ESTABLISHED.
    pub established: Gauge,

    /// Processors of the client hosts, and of the server's.
    pub processors: [ProcessorUse; 2],

    /// Most ports in use or in TIME_WAIT on one client host.
    pub ports_peak: u32,
    /// TIME_WAITs that began at the clients.
    pub time_wait_begun: u32,
    /// Most client ports in TIME_WAIT at the end of a bucket, all hosts together.
    pub time_wait_client_peak: u32,
    /// Most entries of the server's TIME_WAIT table at the end of a bucket.
    pub time_wait_server_peak: u32,

    /// The number of the request that was answered latest after it arrived.
    pub slowest: Option<u32>,
    /// The number of a request under way that has dialed.
    pub dialing: Option<u32>,
    /// The number of the last of those that was answered.
    pub dialer: Option<u32>,

    /// The charts' series.
    pub columns: Columns,
    /// Events that only measure: ends of buckets.
    pub looks: u64,
    /// Requests that arrived in the present bucket.
    bucket_offered: u32,
    /// Requests answered in the present bucket.
    bucket_ok: u32,
    /// Requests failed in the present bucket, by kind.
    bucket_failed: [u32; ErrorKind::COUNT],
    /// Times to response since the last point of [`Columns::latency`] (us), for exact percentiles.
    stretch: Vec<u32>,
}

/// Significant digits of the latency histogram.
const LATENCY_DIGITS: u8 = 3;

impl Default for Metrics {
    fn default() -> Self {
        Metrics {
            requests: Requests::default(),
            attempts: Attempts::default(),
            connections: Connections::default(),
            nstat: Nstat::default(),
            errors: Default::default(),
            attempt_errors: Default::default(),
            latest_failures: Latest::default(),
            needs: Needs::default(),
            handlers_started: 0,
            first_attempts_failed: 0,
            time_wait_begun: 0,
            sojourn_ns: 0,
            expected_work_ns: 0,
            busy_ns: 0,
            wasted_ns: 0,
            worker_capacity: Gauge::default(),
            in_flight: Gauge::default(),
            accept_queue: Gauge::default(),
            syn_queue: Gauge::default(),
            busy_workers: Gauge::default(),
            waiting: Gauge::default(),
            pool_idle: Gauge::default(),
            open: Gauge::default(),
            syn_sent: Gauge::default(),
            established: Gauge::default(),
            processors: Default::default(),
            ports_peak: 0,
            time_wait_client_peak: 0,
            time_wait_server_peak: 0,
            latency_sum_ns: 0,
            latency_max: SimDuration::ZERO,
            latency_min: SimDuration::MAX,
            slowest: None,
            dialing: None,
            dialer: None,
            latency: Histogram::new(LATENCY_DIGITS).expect("a legal number of digits"),
            columns: Columns::default(),
            looks: 0,
            bucket_offered: 0,
            bucket_ok: 0,
            bucket_failed: [0; ErrorKind::COUNT],
            stretch: Vec::new(),
        }
    }
}

impl Metrics {
    /// A request arrived.
    pub fn offered(&mut self, now: SimTime) {
        self.requests.offered += 1;
        self.bucket_offered += 1;
        self.in_flight.up(now);
    }

    /// The n-th request ended with a response, `latency` after it arrived.
    pub fn succeeded(&mut self, now: SimTime, number: u32, latency: SimDuration) {
        if latency > self.latency_max {
            self.slowest = Some(number);
        }
        self.requests.ok += 1;
        self.bucket_ok += 1;
        self.in_flight.down(now);
        self.latency_sum_ns += u128::from(latency.as_nanos());
        self.latency_max = self.latency_max.max(latency);
        self.latency_min = self.latency_min.min(latency);
        self.latency.record(latency.as_micros()).expect("the histogram grows as needed");
        self.stretch.push(u32::try_from(latency.as_micros()).unwrap_or(u32::MAX));
    }

    /// A request ended with an error.
    pub fn failed(&mut self, failure: Failure, wording: &Wording) {
        let Failure { ended: now, kind, .. } = failure;
        self.errors[kind as usize].sample.add(failure);
        self.latest_failures.add(failure);
        self.requests.failed += 1;
        self.bucket_failed[kind as usize] += 1;
        self.in_flight.down(now);
        count(&mut self.errors, now, kind, wording);
    }

    /// An application attempt failed; a retry may follow.
    pub fn attempt_failed(&mut self, now: SimTime, kind: ErrorKind, wording: &Wording) {
        count(&mut self.attempt_errors, now, kind, wording);
    }

    /// A bucket is over; the run's last one may be shorter than the others.
    ///
    /// # Panics
    /// If a gauge has gone below zero: something was counted down that had not been counted up, and the run is wrong.
    /// What people run is compiled without checks for overflow, so this is looked at here.
    pub fn end_bucket(&mut self, end: BucketEnd, is_last: bool) {
        assert!(self.gauges().iter().all(|gauge| gauge.peak() <= i32::MAX as u32), "a gauge has gone below zero");
        self.time_wait_client_peak = self.time_wait_client_peak.max(end.time_wait_client);
        self.time_wait_server_peak = self.time_wait_server_peak.max(end.time_wait_server);
        let columns = &mut self.columns;
        columns.offered.push(std::mem::take(&mut self.bucket_offered));
        columns.ok.push(std::mem::take(&mut self.bucket_ok));
        columns.failed.push(std::mem::take(&mut self.bucket_failed));
        columns.accept_queue.push(self.accept_queue.take_bucket_peak());
        columns.overflows.push(self.nstat.TcpExtListenOverflows);
        columns.syn_queue.push(self.syn_queue.take_bucket_peak());
        columns.busy_workers.push(self.busy_workers.take_bucket_peak());
        columns.workers.push(end.workers);
        for (column, used) in columns.run_queues.iter_mut().zip(&mut self.processors) {
            column.push(used.queue.take_bucket_peak());
        }
        columns.syn_sent.push(self.syn_sent.value());
        columns.established.push(self.established.value());
        columns.time_wait.push(end.time_wait_client);
        columns.time_wait_begun.push(self.time_wait_begun);
        if is_last || columns.ok.len().is_multiple_of(super::report::Series::LATENCY_BUCKETS) {
            columns.latency.push(latency_point(&mut self.stretch));
        }
    }

    fn gauges(&self) -> [&Gauge; 13] {
        let [clients, server] = &self.processors;
        [
            &self.in_flight,
            &self.accept_queue,
            &self.syn_queue,
            &self.busy_workers,
            &self.waiting,
            &self.pool_idle,
            &self.open,
            &self.syn_sent,
            &self.established,
            &clients.busy,
            &clients.queue,
            &server.busy,
            &server.queue,
        ]
    }

    /// Everything countable, for the fingerprint.
    #[inline]
    pub fn write_to(&self, fingerprint: &mut Fingerprint) {
        let Requests { offered, ok, failed, in_flight: _ } = self.requests;
        let Attempts { application, wire, transport_retries, application_retries } = self.attempts;
        let Connections { dials, established, reused_requests, fresh_requests, client_closes, .. } = self.connections;
        let Connections { server_closes, accepted, accepted_unused, .. } = self.connections;
        let requests = [offered, ok, failed, application, wire, transport_retries, application_retries];
        let connections = [dials, established, reused_requests, fresh_requests, client_closes, server_closes];
        let server = [accepted, accepted_unused, self.handlers_started];
        let nstat = self.nstat.counters().map(|(_, count)| count);
        (requests.into_iter().chain(connections).chain(server).chain(nstat)).for_each(|count| fingerprint.write(count));
        [self.busy_ns, self.wasted_ns, self.latency_sum_ns].into_iter().for_each(|time| fingerprint.write_wide(time));
        for errors in [&self.errors, &self.attempt_errors] {
            for (spec, error) in ERRORS.iter().zip(errors).filter(|(_, error)| error.count > 0) {
                fingerprint.write(spec.code.into());
                fingerprint.write(error.count);
            }
        }
        for gauge in [&self.in_flight, &self.accept_queue, &self.syn_queue, &self.busy_workers, &self.pool_idle] {
            fingerprint.write_wide(gauge.area(gauge.since));
            fingerprint.write(gauge.peak().into());
        }
    }
}

fn count(errors: &mut [ErrorCount], now: SimTime, kind: ErrorKind, wording: &Wording) {
    let row = &mut errors[kind as usize];
    row.count += 1;
    row.first.get_or_insert(now);
    let (count, text) = &mut row.texts[usize::from(wording.in_connect)];
    if *count == 0 {
        *text = wording.text(kind);
    }
    *count += 1;
}

/// The value at this place of the sorted slice; what is smaller lies before it afterwards (Hoare's selection). The
/// page's standard library is compiled for size: there `select_nth_unstable` takes square time among equal values, as
/// the times of an unloaded server are.
fn select(values: &mut [u32], place: usize) -> u32 {
    let (mut low, mut high) = (0, values.len() - 1);
    while low < high {
        let pivot = values[low + (high - low) / 2];
        let (mut left, mut right) = (low, high);
        loop {
            while values[left] < pivot {
                left += 1;
            }
            while values[right] > pivot {
                right -= 1;
            }
            if left >= right {
                break;
            }
            values.swap(left, right);
            (left, right) = (left + 1, right - 1);
        }
        if place <= right { high = right } else { low = right + 1 }
    }
    values[place]
}

/// Percentiles by nearest rank; empties the values.
fn latency_point(micros: &mut Vec<u32>) -> Option<LatencyPoint> {
    let count = micros.len();
    if count == 0 {
        return None;
    }
    // From the highest down: below a rank that was selected is all that is smaller.
    let mut below = &mut micros[..];
    let [p99_ms, p95_ms, p50_ms] = [99, 95, 50].map(|percent| {
        let rank = (count * percent).div_ceil(100);
        let value = f64::from(select(below, rank - 1)) / 1e3;
        below = &mut std::mem::take(&mut below)[..rank];
        value
    });
    micros.clear();
    Some(LatencyPoint { count: count as u32, p50_ms, p95_ms, p99_ms })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "a gauge has gone below zero")]
    fn a_gauge_that_goes_below_zero_stops_the_run() {
        let mut metrics = Metrics::default();
        metrics.open.set(SimTime::ZERO, 0_u32.wrapping_sub(1));
        metrics.end_bucket(BucketEnd { workers: 1, time_wait_client: 0, time_wait_server: 0 }, false);
    }

    #[test]
    fn what_is_selected_is_what_sorting_would_find() {
        for len in 1..60_u32 {
            for modulus in [1, 2, 7, 1_000] {
                let values: Vec<u32> = (0..len).map(|i| i * 7_919 % 61 % modulus).collect();
                let mut sorted = values.clone();
                sorted.sort_unstable();
                for from in [&values, &sorted, &sorted.iter().rev().copied().collect()] {
                    for place in 0..from.len() {
                        let mut values: Vec<u32> = from.clone();
                        assert_eq!(select(&mut values, place), sorted[place]);
                        assert!(values[..place].iter().all(|&before| before <= sorted[place]));
                    }
                }
            }
        }
    }

    #[test]
    fn a_gauge_knows_its_integral_and_peaks() {
        let at = |ms| SimTime::ZERO + SimDuration::from_millis(ms);
        let mut gauge = Gauge::default();
        gauge.up(at(10));
        gauge.up(at(20));
        gauge.down(at(40));
        assert_eq!(gauge.area(at(100)), (10 + 2 * 20 + 60) * 1_000_000);
        assert_eq!((gauge.peak(), gauge.value()), (2, 1));
        assert_eq!((gauge.take_bucket_peak(), gauge.take_bucket_peak()), (2, 1));
    }

    #[test]
    fn percentiles_are_by_nearest_rank() {
        let mut micros: Vec<u32> = (1..=200).rev().map(|n| n * 1_000).collect();
        let point = latency_point(&mut micros).unwrap();
        assert_eq!((point.p50_ms, point.p95_ms, point.p99_ms), (100.0, 190.0, 198.0));
        assert_eq!(latency_point(&mut micros), None);
    }
}
