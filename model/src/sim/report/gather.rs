//! Gathers a report from the running model.

use std::collections::BTreeMap;

use super::*;
use crate::params::fixed::TIME_WAIT;
use crate::sim::Sim;
use crate::sim::error::ERRORS;
use crate::sim::metrics::{Columns, ErrorCount, Metrics, ProcessorUse};
use crate::sim::recording::Recording;
use crate::sim::server::Stage;
use crate::sim::tcp::{Conn, Side, State};

fn round_us(ns: f64) -> f64 {
    libm::round(ns / 1e3) / 1e3
}

fn ratio(value: f64) -> f64 {
    libm::round(value * 1e6) / 1e6
}

/// Busy time as a share of the time that there was; both in nanoseconds.
pub fn utilization(busy_ns: u128, capacity_ns: u128) -> f64 {
    if capacity_ns == 0 { 0.0 } else { ratio(busy_ns as f64 / capacity_ns as f64) }
}

/// The report of a run as far as it has come.
#[inline]
pub fn report(sim: &Sim) -> Report {
    let metrics = &sim.metrics;
    let connections = Connections {
        peak_open: u64::from(metrics.open.peak()),
        open_end: u64::from(metrics.open.value()),
        ..metrics.connections
    };
    // Counted, not computed from the others: that they add up is a check.
    let in_flight = sim.requests.len() as u64;
    let mut fingerprint = sim.fingerprint.clone();
    metrics.write_to(&mut fingerprint);
    let (server, busy_ns) = server_work(sim);
    Report {
        fingerprint: format!("{:016x}", fingerprint.value()),
        events: sim.events,
        simulated_s: sim.now.as_secs_f64(),
        warnings: sim.limit_warning().into_iter().collect(),
        requests: Requests { in_flight, ..metrics.requests },
        attempts: metrics.attempts,
        errors: error_rows(&metrics.errors),
        attempt_errors: error_rows(&metrics.attempt_errors),
        latency_ms: latency(metrics),
        latency_histogram: latency_histogram(metrics),
        connections,
        server,
        processors: processors(sim),
        nstat: metrics.nstat,
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
        series: series_rows(&metrics.columns, sim.bucket()),
        slowest: metrics.slowest,
        dialer: metrics.dialer,
        evidence: Evidence { busy_ns, ..evidence(sim) },
        needs: sim.metrics.needs,
    }
}

#[inline]
fn evidence(sim: &Sim) -> Evidence {
    let (metrics, now) = (&sim.metrics, sim.now);
    let in_flight = sim.requests.iter().map(|(_, request)| u128::from(now.since(request.arrived).as_nanos()));
    let at_work = |(_, conn): &(_, &Conn)| matches!(conn.session.stage, Stage::Handling { .. });
    Evidence {
        elapsed: now.since(SimTime::ZERO),
        recorded: sim.recording != Recording::default(),
        in_flight_ns: metrics.in_flight.area(now),
        sojourn_ns: metrics.sojourn_ns + in_flight.sum::<u128>(),
        attempts_under_way: sim.attempts.len() as u64,
        first_attempts_failed: metrics.first_attempts_failed,
        handlers_under_way: sim.conns.iter().filter(at_work).count() as u64,
        expected_work_ns: metrics.expected_work_ns,
        busy_ns: 0,
        capacity_ns: metrics.worker_capacity.area(now),
        waiting_ns: metrics.accept_queue.area(now) + metrics.waiting.area(now),
        processors: metrics.processors.map(|used| ProcessorEvidence {
            steps: used.steps,
            under_way: used.busy.value(),
            expected_ns: used.expected_ns,
            busy_ns: used.busy.area(now),
        }),
        time_wait: time_wait(&metrics.columns, sim.bucket(), now),
    }
}

/// The last bucket of a run may be shorter than the others; then the last 60 s begin within one.
#[inline]
fn time_wait(columns: &Columns, bucket: SimDuration, now: SimTime) -> TimeWait {
    let buckets = columns.time_wait.len();
    let minute = (TIME_WAIT.as_nanos() / bucket.as_nanos()) as usize;
    let begun = |bucket: Option<usize>| bucket.map_or(0, |bucket| u64::from(columns.time_wait_begun[bucket]));
    let last = begun(buckets.checked_sub(1));
    let before = begun(buckets.checked_sub(1 + minute));
    let is_cut = SimTime::ZERO + bucket * buckets as u64 > now;
    let at_edge = if is_cut { before - begun(buckets.checked_sub(2 + minute)) } else { 0 };
    TimeWait {
        resting: columns.time_wait.last().copied().unwrap_or(0).into(),
        begun: last,
        begun_last_minute: last - before,
        begun_at_edge: at_edge,
    }
}

/// Commonest first; equals in the order of the error table.
#[inline]
fn error_rows(counts: &[ErrorCount]) -> Vec<ErrorRow> {
    let mut rows: Vec<ErrorRow> = Vec::new();
    for (spec, error) in ERRORS.iter().zip(counts) {
        let Some(at) = error.first else { continue };
        let row = ErrorRow {
            class: spec.class,
            count: error.count,
            first_ms: round_us(at.as_nanos() as f64),
            text: error.text().to_string(),
            kind: spec.kind,
        };
        rows.insert(rows.partition_point(|before| before.count >= row.count), row);
    }
    rows
}

/// A second in the histogram's unit.
const SECOND_US: u64 = 1_000_000;

#[inline]
fn latency(metrics: &Metrics) -> Latency {
    let count = metrics.requests.ok;
    if count == 0 {
        return Latency::default();
    }
    let percentile = |quantile| metrics.latency.value_at_quantile(quantile) as f64 / 1e3;
    Latency {
        count,
        mean: round_us(metrics.latency_sum_ns as f64 / count as f64),
        min: round_us(metrics.latency_min.as_nanos() as f64),
        p10: percentile(0.1),
        p25: percentile(0.25),
        p50: percentile(0.5),
        p75: percentile(0.75),
        p90: percentile(0.9),
        p95: percentile(0.95),
        p99: percentile(0.99),
        p999: percentile(0.999),
        max: round_us(metrics.latency_max.as_nanos() as f64),
        over_second: count - metrics.latency.count_between(0, SECOND_US - 1).min(count),
    }
}

/// Bars of the histogram between the smallest and the largest value.
const BARS: u32 = 10;

#[inline]
fn latency_histogram(metrics: &Metrics) -> Vec<HistogramBar> {
    if metrics.requests.ok == 0 {
        return Vec::new();
    }
    let (min, max) = (metrics.latency_min.as_nanos(), metrics.latency_max.as_nanos());
    let mut below = 0;
    let bar = |number| {
        let up_to = min + (max - min) * u64::from(number) / u64::from(BARS);
        // All of them are up to the largest, however the histogram has rounded it.
        let so_far = match number {
            BARS => metrics.requests.ok,
            _ => metrics.latency.count_between(0, up_to / 1_000),
        };
        let count = so_far - std::mem::replace(&mut below, so_far);
        HistogramBar { up_to: round_us(up_to as f64), count }
    };
    (0..=BARS).map(bar).collect()
}

/// Handlers under way count up to now; with the time that all of them took, in nanoseconds.
#[inline]
fn server_work(sim: &Sim) -> (ServerWork, u128) {
    let metrics = &sim.metrics;
    let (mut busy_ns, mut wasted_ns) = (metrics.busy_ns, metrics.wasted_ns);
    for (_, conn) in sim.conns.iter() {
        if let Stage::Handling { since } = conn.session.stage {
            let time = u128::from(sim.now.since(since).as_nanos());
            busy_ns += time;
            if conn.peer_has_gone(Side::Server) {
                wasted_ns += time;
            }
        }
    }
    let capacity = metrics.worker_capacity.area(sim.now);
    let work = ServerWork {
        handlers_started: metrics.handlers_started,
        busy_ms: round_us(busy_ns as f64),
        wasted_ms: round_us(wasted_ns as f64),
        utilization: utilization(busy_ns, capacity),
    };
    (work, busy_ns)
}

#[inline]
fn processors(sim: &Sim) -> Processors {
    let [client, server] = &sim.metrics.processors;
    Processors { client: processor_work(client, sim.now), server: processor_work(server, sim.now) }
}

fn processor_work(used: &ProcessorUse, now: SimTime) -> Option<ProcessorWork> {
    let (busy, capacity) = (used.busy.area(now) as f64, used.capacity.area(now) as f64);
    let wait = used.queue.area(now) as f64 / used.steps.max(1) as f64;
    (used.steps > 0).then(|| ProcessorWork {
        steps: used.steps,
        mean_busy: ratio(used.busy.mean(now)),
        utilization: (capacity > 0.0).then(|| ratio(busy / capacity)),
        peak_queue: used.queue.peak().into(),
        mean_queue: ratio(used.queue.mean(now)),
        mean_wait_ms: round_us(wait),
    })
}

#[inline]
fn sockets(sim: &Sim) -> SocketsEnd {
    let mut client = SocketStates::default();
    let mut server = SocketStates::default();
    for (_, conn) in sim.conns.iter() {
        client.count(conn.client.state);
        server.count(conn.server.state);
    }
    client.TIME_WAIT = sim.hosts.time_wait_of_clients().into();
    server.TIME_WAIT = sim.hosts.time_wait_of_servers().into();
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

/// A row for as many buckets as have a latency of their own.
#[inline]
fn series_rows(columns: &Columns, bucket: SimDuration) -> Vec<SeriesRow> {
    const BUCKETS: usize = Series::LATENCY_BUCKETS;
    let row_s = (bucket * BUCKETS as u64).as_nanos() / 1_000_000_000;
    (0..columns.ok.len().div_ceil(BUCKETS))
        .map(|row| {
            let range = row * BUCKETS..((row + 1) * BUCKETS).min(columns.ok.len());
            let sum = |column: &[u32]| column[range.clone()].iter().map(|n| u64::from(*n)).sum::<u64>();
            let peak = |column: &[u32]| u64::from(column[range.clone()].iter().copied().max().unwrap_or(0));
            let mut errors = BTreeMap::new();
            for spec in ERRORS {
                let failed = columns.failed[range.clone()].iter().map(|bucket| u64::from(bucket[spec.kind as usize]));
                let count = failed.sum();
                if count > 0 {
                    errors.insert(spec.class, count);
                }
            }
            let latency = columns.latency.get(row).copied().flatten();
            SeriesRow {
                t_s: row as u64 * row_s,
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
#[inline]
pub fn series(sim: &Sim) -> Series {
    let columns = &sim.metrics.columns;
    let errors = (ERRORS.iter())
        .filter(|spec| sim.metrics.errors[spec.kind as usize].count > 0)
        .map(|spec| ErrorSeries {
            kind: spec.kind,
            count: columns.failed.iter().map(|bucket| bucket[spec.kind as usize]).collect(),
        })
        .collect();
    let queue_limit = sim.params.queue_limit();
    Series {
        bucket: sim.bucket(),
        duration: sim.end.since(SimTime::ZERO),
        offered: columns.offered.clone(),
        ok: columns.ok.clone(),
        errors,
        accept_queue: columns.accept_queue.clone(),
        accept_queue_limit: queue_limit,
        overflows: columns.overflows.clone(),
        syn_queue: columns.syn_queue.clone(),
        syn_queue_limit: queue_limit,
        busy_workers: columns.busy_workers.clone(),
        workers: columns.workers.clone(),
        run_queues: columns.run_queues.clone(),
        has_run_queue: sim.metrics.processors.map(|used| used.capacity.peak() > 0),
        syn_sent: columns.syn_sent.clone(),
        established: columns.established.clone(),
        time_wait: columns.time_wait.clone(),
        ports_limit: sim.params.ports * sim.params.clients,
        latency: columns.latency.clone(),
    }
}
