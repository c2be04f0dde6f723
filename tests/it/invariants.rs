//! What holds at any instant of any run: nothing is lost, nothing is counted twice, nothing exceeds its limit.
//!
//! The tests look for a scenario that breaks it in `conservation`, fuzzing in `fuzz/`.

use std::collections::BTreeMap;

use connlab::params::ParamId;
use connlab::scenario::Scenario;
use connlab::sim::report::Report;
use connlab::sim::{Outcome, Sim};
use connlab::time::{SimDuration, SimTime};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

/// Every value that a number has in the course of a run, in its smallest unit.
fn sizes(scenario: &Scenario, param: ParamId) -> Vec<u64> {
    let spec = param.spec();
    let later = scenario.course(param).map(|change| change.value);
    [spec.get(&scenario.params)].into_iter().chain(later).map(|value| spec.size(value)).collect()
}

/// The largest of them.
fn largest(scenario: &Scenario, param: ParamId) -> u64 {
    sizes(scenario, param).into_iter().max().expect("at least one")
}

/// The largest of them, or `None` where zero stands for "no limit" and is among them.
fn limit(scenario: &Scenario, param: ParamId) -> Option<u64> {
    let sizes = sizes(scenario, param);
    if sizes.contains(&0) { None } else { sizes.into_iter().max() }
}

fn is_constant(scenario: &Scenario, param: ParamId) -> bool {
    sizes(scenario, param).len() == 1
}

fn sum(rows: &[connlab::sim::report::ErrorRow]) -> u64 {
    rows.iter().map(|row| row.count).sum()
}

/// Names the sum that does not add up.
macro_rules! holds {
    ($($what:literal: $left:expr, $op:tt $right:expr;)+) => {$(
        let (left, right) = ($left, $right);
        prop_assert!(left $op right, "{}: {left:?} {} {right:?} does not hold", $what, stringify!($op));
    )+};
}
pub(crate) use holds;

fn requests_and_attempts_add_up(r: &Report) -> Result<(), TestCaseError> {
    let (requests, attempts) = (&r.requests, &r.attempts);
    let ended = requests.ok + sum(&r.attempt_errors);
    holds! {
        "offered = ok + failed + in flight": requests.offered, == requests.ok + requests.failed + requests.in_flight;
        "every failed request has a class": sum(&r.errors), == requests.failed;
        "every ok request has a latency": r.latency_ms.count, == requests.ok;
        "a first attempt or a retry": attempts.application, == requests.offered + attempts.application_retries;
        "an attempt has ended or its request is in flight": attempts.application, <= ended + requests.in_flight;
        "an attempt ends once": ended, <= attempts.application;
        "no attempt succeeds that was not sent": requests.ok, <= attempts.wire;
        "only attempts and replays are sent": attempts.wire, <= attempts.application + attempts.transport_retries;
    }
    Ok(())
}

fn connections_add_up(r: &Report) -> Result<(), TestCaseError> {
    let (conns, nstat) = (&r.connections, &r.nstat);
    let class = |name: &str| r.attempt_errors.iter().filter(|row| row.class == name).map(|row| row.count).sum::<u64>();
    let never_sent = class("ports") + class("client-fds");
    holds! {
        "on a reused connection or a fresh one": r.attempts.wire, == conns.reused_requests + conns.fresh_requests;
        "a dial sends a SYN or finds no port or descriptor": nstat.TcpActiveOpens + never_sent, <= conns.dials;
        "only dials are established": conns.established, <= nstat.TcpActiveOpens;
        "a fresh connection carries one first request": conns.fresh_requests, <= conns.established;
        "the client closes what it opened": conns.client_closes, <= nstat.TcpActiveOpens;
        "the server establishes what was dialed": nstat.TcpPassiveOpens, <= nstat.TcpActiveOpens;
        "the program accepts what the kernel established": conns.accepted, <= nstat.TcpPassiveOpens;
        "the server closes what it accepted": conns.server_closes, <= conns.accepted;
        "unused ones were accepted": conns.accepted_unused, <= conns.accepted;
        "a handler starts for a request on the wire": r.server.handlers_started, <= r.attempts.wire;
        "a handler starts before its response": r.requests.ok, <= r.server.handlers_started;
        "open at the end, open at the peak": conns.open_end, <= conns.peak_open;
        "peak of open connections": conns.peak_open, <= nstat.TcpActiveOpens;
        "SYN retransmissions are retransmissions": nstat.TcpExtTCPSynRetrans, <= nstat.TcpRetransSegs;
        "every overflow is a drop": nstat.TcpExtListenOverflows, <= nstat.TcpExtListenDrops;
        "cookies come back where some were sent": nstat.TcpExtSyncookiesRecv.min(1), <= nstat.TcpExtSyncookiesSent;
        "work for nobody is work": r.server.wasted_ms, <= r.server.busy_ms;
    }
    Ok(())
}

fn nothing_exceeds_its_limit(scenario: &Scenario, r: &Report) -> Result<(), TestCaseError> {
    let p = &scenario.params;
    let clients = u64::from(p.clients);
    let queue = u64::from(p.backlog.min(p.somaxconn)) + 1;
    let workers = largest(scenario, ParamId::workers);
    holds! {
        "accept queue (T-2)": r.peaks.accept_queue, <= queue;
        "SYN queue (T-3)": r.peaks.syn_queue, <= queue;
        "workers": r.peaks.busy_workers, <= workers;
        "idle connections (C-11)": r.peaks.pool_idle, <= clients * largest(scenario, ParamId::idle);
        "ports": r.peaks.ports, <= u64::from(p.ports);
        "TIME_WAIT table, clients (T-56)": r.peaks.time_wait_client, <= clients * u64::from(p.tw_buckets);
        "TIME_WAIT table, server (T-56)": r.peaks.time_wait_server, <= u64::from(p.tw_buckets);
        "TIME_WAIT holds ports": r.peaks.time_wait_client, <= clients * u64::from(p.ports);
        "mean accept queue": r.means.accept_queue, <= queue as f64;
        "mean busy workers": r.means.busy_workers, <= workers as f64;
        "busy time": r.server.busy_ms, <= workers as f64 * r.simulated_s * 1e3 + 0.001;
    }
    let go_1_4 = p.go.name() == "1.4";
    if let (Some(max_idle), false) = (limit(scenario, ParamId::max_idle), go_1_4) {
        holds! { "idle connections, all hosts (C-11)": r.peaks.pool_idle, <= clients * max_idle; }
    }
    if let (Some(max_conns), false) = (limit(scenario, ParamId::max_conns), go_1_4) {
        holds! { "MaxConnsPerHost": r.connections.peak_open, <= clients * max_conns; }
    }
    if is_constant(scenario, ParamId::workers) {
        holds! { "utilization": r.server.utilization, <= 1.0; }
    }
    if p.client_fds > 0 {
        holds! { "client descriptors": r.connections.peak_open, <= clients * u64::from(p.client_fds); }
    }
    Ok(())
}

/// In a run that has reached its end.
pub fn the_series_adds_up(r: &Report) -> Result<(), TestCaseError> {
    let total = |column: fn(&connlab::sim::report::SeriesRow) -> u64| r.series.iter().map(column).sum::<u64>();
    let peak = |column: fn(&connlab::sim::report::SeriesRow) -> u64| r.series.iter().map(column).max().unwrap_or(0);
    let mut classes: BTreeMap<&str, u64> = BTreeMap::new();
    for (class, count) in r.series.iter().flat_map(|row| &row.errors) {
        *classes.entry(class).or_default() += count;
    }
    let totals: BTreeMap<&str, u64> = r.errors.iter().map(|row| (row.class, row.count)).collect();
    holds! {
        "one row per second": r.series.len() as f64, == r.simulated_s.ceil();
        "seconds are numbered": r.series.iter().zip(0..).all(|(row, second)| row.t_s == second), == true;
        "offered": total(|row| row.offered), == r.requests.offered;
        "ok": total(|row| row.ok), == r.requests.ok;
        "errors by class": classes, == totals;
        "peak of the accept queue": peak(|row| row.accept_queue), == r.peaks.accept_queue;
        "peak of the workers": peak(|row| row.busy_workers), == r.peaks.busy_workers;
        "peak of TIME_WAIT": peak(|row| row.time_wait_client), <= r.peaks.time_wait_client;
    }
    Ok(())
}

fn the_log_agrees(scenario: &Scenario, log: &[Outcome], r: &Report) -> Result<(), TestCaseError> {
    let mut ok: Vec<_> = log.iter().filter(|outcome| outcome.error.is_none()).map(sojourn).collect();
    ok.sort_unstable();
    let tries: u64 = log.iter().map(|outcome| u64::from(outcome.attempts)).sum();
    let most_tries = log.iter().map(|outcome| u64::from(outcome.attempts)).max().unwrap_or(0);
    let load_ends = SimTime::ZERO + scenario.params.duration;
    holds! {
        "one row per outcome": log.len() as u64, == r.requests.ok + r.requests.failed;
        "one row per response": ok.len() as u64, == r.requests.ok;
        "attempts": tries, <= r.attempts.application;
        "outcomes come in order": log.is_sorted_by_key(|outcome| outcome.ended), == true;
        "requests arrive while there is load": log.iter().all(|outcome| outcome.arrived < load_ends), == true;
        "retries": most_tries, <= largest(scenario, ParamId::retries) + 1;
    }
    let Some(max) = ok.last() else { return Ok(()) };
    let mean = ok.iter().map(|latency| latency.as_millis_f64()).sum::<f64>() / ok.len() as f64;
    let rank = |q: f64| ok[((ok.len() as f64 * q).ceil() as usize).clamp(1, ok.len()) - 1].as_millis_f64();
    let l = &r.latency_ms;
    for (what, reported, logged) in [
        ("largest latency", l.max, max.as_millis_f64()),
        ("mean latency", l.mean, mean),
        ("smallest latency", l.min, ok[0].as_millis_f64()),
        ("p10", l.p10, rank(0.1)),
        ("p25", l.p25, rank(0.25)),
        ("p50", l.p50, rank(0.5)),
        ("p75", l.p75, rank(0.75)),
        ("p90", l.p90, rank(0.9)),
        ("p95", l.p95, rank(0.95)),
        ("p99", l.p99, rank(0.99)),
        ("p99.9", l.p999, rank(0.999)),
    ] {
        // Percentiles are kept to 0.1 %, and to whole microseconds.
        let error = (reported - logged).abs();
        prop_assert!(error <= 0.001 * logged + 0.0011, "{what}: reported {reported}, logged {logged}");
    }
    let mut so_far = 0;
    for bar in &r.latency_histogram {
        so_far += bar.count;
        let up_to = |ms: f64| ok.partition_point(|latency| latency.as_millis_f64() <= ms) as u64;
        let (low, high) = (up_to(bar.up_to * 0.999 - 0.0011), up_to(bar.up_to * 1.001 + 0.0011));
        prop_assert!((low..=high).contains(&so_far), "{so_far} up to {} ms, logged {low} to {high}", bar.up_to);
    }
    prop_assert_eq!(so_far, r.requests.ok);
    Ok(())
}

/// All that must hold in a run of `scenario` that logs its requests, wherever it is.
pub fn everything_adds_up(scenario: &Scenario, sim: &Sim) -> Result<(), TestCaseError> {
    let report = sim.report();
    requests_and_attempts_add_up(&report)?;
    connections_add_up(&report)?;
    nothing_exceeds_its_limit(scenario, &report)?;
    the_log_agrees(scenario, sim.request_log(), &report)?;
    nobody_waits_longer_than_allowed(scenario, sim.request_log())
}

/// From arrival to outcome.
pub fn sojourn(outcome: &Outcome) -> SimDuration {
    outcome.ended.since(outcome.arrived)
}

/// How long a call may go on when its time is over: until its body is there (C-27). Go 1.4 waits up to 100 ms for a
/// response that cannot come (E26).
pub fn overtime(scenario: &Scenario) -> SimDuration {
    let p = &scenario.params;
    if p.header_goes_first() {
        return SimDuration::from_nanos(largest(scenario, ParamId::upload));
    }
    SimDuration::from_millis(if p.go.name() == "1.4" { 100 } else { 0 })
}

fn nobody_waits_longer_than_allowed(scenario: &Scenario, log: &[Outcome]) -> Result<(), TestCaseError> {
    let longest = log.iter().map(sojourn).max().unwrap_or_default();
    let p = &scenario.params;
    if !p.deadline.is_zero() && is_constant(scenario, ParamId::deadline) {
        holds! { "the context's deadline (E14)": longest, <= p.deadline + overtime(scenario); }
    }
    if !p.timeout.is_zero() && is_constant(scenario, ParamId::timeout) && largest(scenario, ParamId::retries) == 0 {
        holds! { "Client.Timeout (C-32)": longest, <= p.timeout + overtime(scenario); }
    }
    Ok(())
}
