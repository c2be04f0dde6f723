//! Runs as bytes.

use super::*;
use crate::bytes::{Bytes, Parts, parts};
use crate::sim::failures::Failure;
use crate::sim::needs::{Need, Needs};

/// What a worker sends of a run: its numbers, what charts draw, its listed failures, and whether it came to its end.
pub type Sent = (Report, Series, Vec<Failure>, bool);

parts! {
    Report {
        fingerprint, events, simulated_s, warnings, requests, attempts, errors, attempt_errors, latency_ms,
        latency_histogram, connections, server, processors, nstat, sockets_end, peaks, means, slowest, dialer, evidence,
        needs; series: Vec::new()
    }
    Evidence {
        elapsed, recorded, in_flight_ns, sojourn_ns, attempts_under_way, first_attempts_failed, handlers_under_way,
        expected_work_ns, busy_ns, capacity_ns, waiting_ns, processors, time_wait
    }
    ProcessorEvidence { steps, under_way, expected_ns, busy_ns }
    TimeWait { resting, begun, begun_last_minute, begun_at_edge }
    Requests { offered, ok, failed, in_flight }
    Attempts { application, wire, transport_retries, application_retries }
    Latency { count, mean, min, p10, p25, p50, p75, p90, p95, p99, p999, max, over_second }
    HistogramBar { up_to, count }
    Connections {
        dials, established, reused_requests, fresh_requests, client_closes, server_closes, accepted, accepted_unused,
        peak_open, open_end
    }
    ServerWork { handlers_started, busy_ms, wasted_ms, utilization }
    Processors { client, server }
    ProcessorWork { steps, mean_busy, utilization, peak_queue, mean_queue, mean_wait_ms }
    SocketStates { SYN_SENT, SYN_RECV, ESTABLISHED, FIN_WAIT1, FIN_WAIT2, CLOSE_WAIT, CLOSING, LAST_ACK, TIME_WAIT }
    SocketsEnd { client, server }
    Peaks { accept_queue, syn_queue, busy_workers, pool_idle, ports, time_wait_client, time_wait_server }
    Means { in_flight, accept_queue, busy_workers }
    Series {
        bucket, duration, offered, ok, errors, accept_queue, accept_queue_limit, overflows, syn_queue, syn_queue_limit,
        busy_workers, workers, run_queues, has_run_queue, syn_sent, established, time_wait, ports_limit, latency
    }
    ErrorSeries { kind, count }
    LatencyPoint { count, p50_ms, p95_ms, p99_ms }
    Failure { request, kind, arrived, ended, attempts, connection }
    Need { least, was_reached }
    Needs {
        retries, idle, max_idle, max_conns, client_fds, nic_queue, queue_limit, syn_max, workers, server_fds
    }
}

// The class follows from the kind.
impl Parts for ErrorRow {
    #[inline]
    fn any() -> Self {
        let kind = ErrorKind::any();
        ErrorRow { class: kind.class(), count: 0, first_ms: 0.0, text: String::new(), kind }
    }
    #[inline]
    fn pass(&mut self, bytes: &mut Bytes) {
        self.kind.pass(bytes);
        self.class = self.kind.class();
        self.count.pass(bytes);
        self.first_ms.pass(bytes);
        self.text.pass(bytes);
    }
}
