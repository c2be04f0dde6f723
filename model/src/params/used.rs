//! Which parameters do nothing, because another one says so: one table.

use super::{Backoff, Distribution, GoVersion, Load, Method, Os, Params, Tri};

/// Parameters that act only under a condition on another one.
pub struct Rule {
    /// Their link keys.
    pub keys: &'static [&'static str],
    /// Whether they act.
    pub(crate) acts: fn(&Params) -> bool,
    /// The link key of the parameter that decides.
    pub decider: &'static str,
    /// What it does to them, before its value: `load is`.
    pub because: &'static str,
}

/// The table. Where two rules keep a parameter from acting, the first is told.
pub static RULES: &[Rule] = &[
    Rule { keys: &["rps", "arrivals"], acts: |p| p.load == Load::Open, decider: "load", because: "load is" },
    Rule {
        keys: &["callers", "think", "think-dist", "think-cv"],
        acts: |p| p.load == Load::Closed,
        decider: "load",
        because: "load is",
    },
    Rule { keys: &["burst", "burst-every"], acts: |p| p.load == Load::Burst, decider: "load", because: "load is" },
    Rule {
        keys: &["think-dist", "think-cv"],
        acts: |p| !p.think.is_zero(),
        decider: "think",
        because: "the think time is",
    },
    Rule {
        keys: &["service-dist", "service-cv"],
        acts: |p| !p.service.is_zero(),
        decider: "service",
        because: "the service time is",
    },
    Rule { keys: &["think-cv"], acts: |p| has_cv(p.think_dist), decider: "think-dist", because: "the distribution is" },
    Rule {
        keys: &["service-cv"],
        acts: |p| has_cv(p.service_dist),
        decider: "service-dist",
        because: "the distribution is",
    },
    Rule {
        keys: &["idempotency-key", "rewindable", "upload"],
        acts: |p| p.method == Method::Post,
        decider: "method",
        because: "the method is",
    },
    Rule { keys: &["upload"], acts: |p| !p.rewindable, decider: "rewindable", because: "GetBody is" },
    Rule {
        keys: &["idempotency-key"],
        acts: |p| p.rewindable,
        decider: "rewindable",
        because: "nothing is replayed: GetBody is",
    },
    Rule {
        keys: &["backoff", "backoff-base", "backoff-cap", "jitter", "retry-budget"],
        acts: |p| p.retries > 0,
        decider: "retries",
        because: "retries are",
    },
    Rule {
        keys: &["backoff-base", "backoff-cap", "jitter"],
        acts: |p| p.backoff != Backoff::None,
        decider: "backoff",
        because: "backoff is",
    },
    Rule { keys: &["backoff-cap"], acts: |p| p.backoff != Backoff::Fixed, decider: "backoff", because: "backoff is" },
    Rule {
        keys: &["backoff", "backoff-cap", "jitter"],
        acts: |p| !p.backoff_base.is_zero(),
        decider: "backoff-base",
        because: "the first wait is",
    },
    Rule { keys: &["breaker-open"], acts: |p| p.breaker.as_ppm() > 0, decider: "breaker", because: "the breaker is" },
    Rule {
        keys: &["idle", "max-idle", "idle-timeout", "server-idle-timeout", "max-requests", "idempotency-key"],
        acts: |p| p.keepalive,
        decider: "keepalive",
        because: "keep-alive is",
    },
    Rule { keys: &["server-closes"], acts: |p| !p.keepalive, decider: "keepalive", because: "keep-alive is" },
    Rule {
        keys: &["max-idle", "max-conns", "idle-timeout", "idempotency-key"],
        acts: |p| p.go != GoVersion::Go1_4,
        decider: "go",
        because: "Go is",
    },
    Rule {
        keys: &["max-idle", "idle-timeout"],
        acts: |p| p.idle > 0,
        decider: "idle",
        because: "idle connections kept:",
    },
    Rule { keys: &["nic-queue"], acts: |p| p.nic_rate.as_milli() > 0, decider: "nic-rate", because: "the queue is" },
    Rule {
        keys: &["syn-max"],
        acts: |p| p.syncookies == Tri::Off,
        decider: "syncookies",
        because: "tcp_syncookies is",
    },
    Rule {
        keys: &["abort-on-overflow", "synack-retries"],
        acts: |p| p.syncookies != Tri::Special,
        decider: "syncookies",
        because: "tcp_syncookies is",
    },
    Rule { keys: &["abort-on-overflow"], acts: |p| p.os != Os::Bsd, decider: "os", because: "the system is" },
    Rule { keys: &["stop"], acts: |p| !p.listening, decider: "listening", because: "the process is up:" },
];

/// Whether the shape of a distribution depends on its variation.
fn has_cv(distribution: Distribution) -> bool {
    matches!(distribution, Distribution::Uniform | Distribution::Lognormal)
}
