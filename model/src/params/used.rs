//! Which parameters do nothing, because another one says so: one table.

use super::ParamId::{self, *};
use super::{Backoff, Distribution, GoVersion, Load, Method, Os, Params, Tri};

/// Parameters that act only under a condition on another one.
pub struct Rule {
    /// Which.
    pub params: &'static [ParamId],
    /// Whether they act.
    pub(crate) acts: fn(&Params) -> bool,
    /// The parameter that decides.
    pub decider: ParamId,
    /// What it does to them, before its value: `load is`.
    pub because: &'static str,
}

/// The table. Where two rules keep a parameter from acting, the first is told.
pub static RULES: &[Rule] = &[
    Rule { params: &[rps, arrivals], acts: |p| p.load == Load::Open, decider: load, because: "load is" },
    Rule {
        params: &[callers, think, think_dist, think_cv],
        acts: |p| p.load == Load::Closed,
        decider: load,
        because: "load is",
    },
    Rule { params: &[burst, burst_every], acts: |p| p.load == Load::Burst, decider: load, because: "load is" },
    Rule {
        params: &[think_dist, think_cv],
        acts: |p| !p.think.is_zero(),
        decider: think,
        because: "the think time is",
    },
    Rule {
        params: &[service_dist, service_cv],
        acts: |p| !p.service.is_zero(),
        decider: service,
        because: "the service time is",
    },
    Rule { params: &[think_cv], acts: |p| has_cv(p.think_dist), decider: think_dist, because: "the distribution is" },
    Rule {
        params: &[service_cv],
        acts: |p| has_cv(p.service_dist),
        decider: service_dist,
        because: "the distribution is",
    },
    Rule {
        params: &[idempotency_key, rewindable, upload],
        acts: |p| p.method == Method::Post,
        decider: method,
        because: "the method is",
    },
    Rule { params: &[upload], acts: |p| !p.rewindable, decider: rewindable, because: "GetBody is" },
    Rule {
        params: &[idempotency_key],
        acts: |p| p.rewindable,
        decider: rewindable,
        because: "nothing is replayed: GetBody is",
    },
    Rule {
        params: &[backoff, backoff_base, backoff_cap, jitter, retry_budget],
        acts: |p| p.retries > 0,
        decider: retries,
        because: "retries are",
    },
    Rule {
        params: &[backoff_base, backoff_cap, jitter],
        acts: |p| p.backoff != Backoff::None,
        decider: backoff,
        because: "backoff is",
    },
    Rule { params: &[backoff_cap], acts: |p| p.backoff != Backoff::Fixed, decider: backoff, because: "backoff is" },
    Rule {
        params: &[backoff, backoff_cap, jitter],
        acts: |p| !p.backoff_base.is_zero(),
        decider: backoff_base,
        because: "the first wait is",
    },
    Rule { params: &[breaker_open], acts: |p| p.breaker.as_ppm() > 0, decider: breaker, because: "the breaker is" },
    Rule {
        params: &[idle, max_idle, idle_timeout, server_idle_timeout, max_requests, idempotency_key],
        acts: |p| p.keepalive,
        decider: keepalive,
        because: "keep-alive is",
    },
    Rule { params: &[server_closes], acts: |p| !p.keepalive, decider: keepalive, because: "keep-alive is" },
    Rule {
        params: &[max_idle, max_conns, idle_timeout, idempotency_key],
        acts: |p| p.go != GoVersion::Go1_4,
        decider: go,
        because: "Go is",
    },
    Rule { params: &[max_idle, idle_timeout], acts: |p| p.idle > 0, decider: idle, because: "idle connections kept:" },
    Rule { params: &[nic_queue], acts: |p| p.nic_rate.as_milli() > 0, decider: nic_rate, because: "the queue is" },
    Rule { params: &[syn_max], acts: |p| p.syncookies == Tri::Off, decider: syncookies, because: "tcp_syncookies is" },
    Rule {
        params: &[abort_on_overflow, synack_retries],
        acts: |p| p.syncookies != Tri::Special,
        decider: syncookies,
        because: "tcp_syncookies is",
    },
    Rule { params: &[abort_on_overflow], acts: |p| p.os != Os::Bsd, decider: os, because: "the system is" },
    Rule { params: &[stop], acts: |p| !p.listening, decider: listening, because: "the process is up:" },
];

/// Whether the shape of a distribution depends on its variation.
fn has_cv(distribution: Distribution) -> bool {
    matches!(distribution, Distribution::Uniform | Distribution::Lognormal)
}
