//! The table of remedies: which classes, which change, why. Values are computed from what the scenario has.

use super::Means::{self, Capacity, Code, Kernel, Settings};
use super::phases;
use crate::params::{Backoff, GoVersion, Jitter, Load, Method, ParamId, Params, Processors, ServerKind, Tri, Value};
use crate::quantity::Percent;
use crate::scenario::Scenario;
use crate::sim::error::ErrorKind::{self, *};
use crate::time::SimDuration;

/// A row: what it takes, the classes for which it is worth a try (`None`: whatever the trouble is), the change, the
/// reason.
pub(super) struct Rule {
    pub popular: bool,
    pub means: Means,
    pub classes: Option<&'static [ErrorKind]>,
    pub changes: fn(&Situation) -> Vec<(ParamId, Value)>,
    pub why: &'static str,
}

/// What the values are computed from.
pub(super) struct Situation {
    /// At the start.
    params: Params,
    /// Handlers that are needed at once in the worst phase: arrival rate times service time (Little's law).
    demand: u64,
    /// The longest service time of all phases, and the shortest.
    service: [SimDuration; 2],
    /// Processors of each client host, of the server, that are enough where they are limited: half as many again as
    /// are needed in the worst phase.
    processors: [u32; 2],
    /// Whether the server goes down on the way.
    goes_down: bool,
}

impl Situation {
    pub fn of(scenario: &Scenario) -> Situation {
        let demand = |params: &Params| match params.load {
            Load::Open => libm::ceil(params.rps.as_f64() * params.service.as_secs_f64()) as u64,
            Load::Closed => u64::from(params.callers),
            Load::Burst => u64::from(params.burst),
        };
        let service = || phases(scenario).map(|params| params.service);
        Situation {
            params: scenario.params.clone(),
            demand: phases(scenario).map(|params| demand(&params)).max().unwrap_or(0),
            service: [service().max(), service().min()].map(Option::unwrap_or_default),
            processors: [0, 1].map(|side| processors(scenario, side)),
            goes_down: phases(scenario).any(|params| !params.listening),
        }
    }

    /// A round number of workers, half as many again as are needed.
    fn workers(&self) -> u64 {
        round_up(self.demand + self.demand.div_ceil(2)).clamp(u64::from(self.params.workers), 10_000)
    }
}

/// How many processors of a host are enough in every phase: a request takes three steps where each dials.
fn processors(scenario: &Scenario, side: usize) -> u32 {
    let enough = phases(scenario).map(|params| {
        let Processors { cores, step, hosts } = params.processors()[side];
        let needed = match params.load {
            Load::Open => params.rps.as_f64() * 3.0 * step.as_secs_f64() / f64::from(hosts),
            Load::Closed | Load::Burst => f64::from(cores) * 2.0,
        };
        if cores == 0 || step.is_zero() { 0 } else { round_up(libm::ceil(needed * 1.5) as u64).min(1_024) as u32 }
    });
    enough.max().unwrap_or(0)
}

/// The next of 1, 2, 3, 4, 5, 6, 8 times a power of ten.
fn round_up(n: u64) -> u64 {
    let steps = (0..9).flat_map(|k| [1, 2, 3, 4, 5, 6, 8].map(|step| step * 10u64.pow(k)));
    steps.into_iter().find(|step| *step >= n).unwrap_or(n)
}

fn count(param: ParamId, n: u64) -> Vec<(ParamId, Value)> {
    vec![(param, Value::Count(n))]
}

fn time(param: ParamId, t: SimDuration) -> Vec<(ParamId, Value)> {
    vec![(param, Value::Duration(t))]
}

fn switch(param: ParamId, on: bool) -> Vec<(ParamId, Value)> {
    vec![(param, Value::Switch(on))]
}

fn choice(param: ParamId, name: &'static str) -> Vec<(ParamId, Value)> {
    vec![(param, Value::Choice(name))]
}

/// The same, if a condition holds.
fn only(condition: bool, change: Vec<(ParamId, Value)>) -> Vec<(ParamId, Value)> {
    if condition { change } else { Vec::new() }
}

const fn s(n: u64) -> SimDuration {
    SimDuration::from_secs(n)
}

/// Longer by a factor, unless it is off.
fn longer(param: ParamId, now: SimDuration, factor: u64) -> Vec<(ParamId, Value)> {
    only(!now.is_zero(), time(param, (now * factor).min(s(600))))
}

/// The accept queue with room for `n`: whichever of `backlog` and `somaxconn` binds, or both.
fn queue(params: &Params, n: u32) -> Vec<(ParamId, Value)> {
    let raised = [(ParamId::backlog, params.backlog), (ParamId::somaxconn, params.somaxconn)].into_iter();
    raised.filter(|(_, now)| *now < n).flat_map(|(param, _)| count(param, u64::from(n))).collect()
}

/// A larger accept queue: up to what the other of the two allows, or sixteen times as large.
fn larger_queue(params: &Params) -> Vec<(ParamId, Value)> {
    let (low, high) = (params.effective_backlog(), params.backlog.max(params.somaxconn));
    queue(params, if low < high { high } else { (low.max(64) * 16).min(65_535) })
}

/// A request waits, is late, or is thrown away, because the server has more to do than it can.
const OVERLOAD: &[ErrorKind] = &[
    ClientTimeout,
    Deadline,
    HeaderTimeout,
    Closed,
    Canceled,
    DialTimeout,
    ConnectTimeout,
    Reset,
    WriteReset,
    ClientFds,
    BreakerOpen,
];

/// Connections that cannot be dialed, or not fast enough.
const DIALS: &[ErrorKind] = &[Ports, ClientFds, DialTimeout, ConnectTimeout, Refused, Reset];

/// A connection ends under its request.
const ENDED: &[ErrorKind] = &[Eof, ServerClosedIdle, Reset, WriteReset, BrokenPipe, Closed, BrokenConnection];

/// The server's process goes down.
pub(super) const DOWN: &[ErrorKind] = &[Refused, Reset, Eof, ServerClosedIdle, WriteReset, BreakerOpen];

/// Offered as a cure.
const CURE: bool = false;
/// Offered because people try it, whatever the trouble is.
const POPULAR: bool = true;

macro_rules! rules {
    ($($popular:ident, $means:ident, $classes:expr, $changes:expr, $why:literal;)+) => {
        /// The table, the likeliest cures first.
        pub(super) static RULES: &[Rule] =
            &[$(Rule { popular: $popular, means: $means, classes: $classes, changes: $changes, why: $why },)+];
    };
}

rules! {
    // A connection ends under its request.
    CURE, Settings, Some(ENDED), |now| {
        let limit = now.params.server_idle_timeout;
        only(!limit.is_zero(), time(ParamId::idle_timeout, SimDuration::from_nanos(limit.as_nanos() / 5 * 4)))
    }, "The client gives an idle connection up before the server does, so no request meets the server's FIN.";
    CURE, Settings, Some(ENDED), |now| {
        let (client, server) = (now.params.idle_timeout, now.params.server_idle_timeout);
        let twice = if client.is_zero() { SimDuration::ZERO } else { (client * 2).min(s(600)) };
        only(!server.is_zero(), time(ParamId::server_idle_timeout, twice))
    }, "The server keeps idle connections longer than the client does, so the client closes first.";
    CURE, Code, Some(ENDED), |now| only(now.params.method == Method::Post, switch(ParamId::idempotency_key, true)),
        "With an Idempotency-Key header Go sends any method again by itself, if a reused connection ends.";
    CURE, Code, Some(ENDED), |now| only(now.params.method == Method::Post, switch(ParamId::rewindable, true)),
        "A body that can be rewound (GetBody) leaves together with its header, and Go can send it again.";
    POPULAR, Code, Some(ENDED), |now| only(now.params.method == Method::Post, choice(ParamId::method, Method::Get.name())),
        "Go sends a GET again by itself. Only for what changes nothing at the server.";
    CURE, Settings, Some(ENDED), |_| count(ParamId::max_requests, 0), "The server no longer closes a connection after so many requests, unannounced.";
    CURE, Settings, Some(&[Eof]), |_| time(ParamId::write_timeout, s(0)), "The handler's answer is no longer thrown away because it was late.";
    CURE, Code, Some(&[BrokenConnection, Closed]), |_| choice(ParamId::go, GoVersion::Go1_27.name()),
        "Today's Go sends a request again by itself, and calls a time-out a time-out.";

    // The server goes down.
    CURE, Code, Some(DOWN), |now| only(now.goes_down, count(ParamId::retries, 8)),
        "Tries again until the next process listens. A handler that had the request in hand may have carried it out.";
    CURE, Settings, Some(DOWN), |now| only(now.goes_down, choice(ParamId::stop, "shutdown")),
        "Shutdown finishes the requests in hand. What waits in the accept queue is reset all the same.";

    // A stall.
    CURE, Code, Some(&[ClientTimeout, Deadline, HeaderTimeout, DialTimeout, ConnectTimeout]), |_| switch(ParamId::accepting, true),
        "The accept loop does nothing but accept: what stops it (a lock, a pause of the collector, a full log) is elsewhere.";

    // Overload.
    CURE, Code, Some(&[ClientTimeout, Deadline, HeaderTimeout, BreakerOpen]), |now| {
        let waves = now.params.retries > 0 && now.params.backoff != Backoff::None && now.params.jitter == Jitter::None;
        only(waves, choice(ParamId::jitter, Jitter::Full.name()))
    }, "Who fails together no longer comes back together.";
    CURE, Code, Some(OVERLOAD), |now| {
        let amplified = now.params.retries > 0 && now.params.retry_budget == Percent::ZERO;
        only(amplified, vec![(ParamId::retry_budget, Value::Percent(Percent::new(10)))])
    }, "Retries may add a tenth of the load, not a multiple of it.";
    CURE, Capacity, Some(OVERLOAD), |now| count(ParamId::workers, now.workers()),
        "More requests at once than handlers wait in a queue without end: half as many handlers again as are needed.";
    CURE, Capacity, Some(OVERLOAD), |now| {
        let [slowest, fastest] = now.service;
        let per_worker = slowest.as_nanos() * u64::from(now.params.workers);
        let bearable = SimDuration::from_nanos(per_worker * 2 / 3 / now.demand.max(1));
        // A share of the slowest handlers is too slow however many work at once: halve. And no phase gets slower.
        let faster = bearable.min(slowest.half()).min(fastest).as_nanos();
        let step = if faster >= 10_000_000 { 1_000_000 } else { 100_000 };
        time(ParamId::service, SimDuration::from_nanos((faster / step * step).max(100_000)))
    }, "Faster handlers (an index, a cache, a shorter critical section) do what more of them do.";
    CURE, Capacity, Some(OVERLOAD), |now| only(now.processors[1] > now.params.server_cores, count(ParamId::server_cores, now.processors[1].into())),
        "Requests and responses wait for a processor of the server: half as many again as are needed.";
    CURE, Code, Some(OVERLOAD), |now| only(now.params.server_cores > 0, time(ParamId::server_cpu, now.params.server_cpu.half())),
        "Less work around each request of the server: find it with a profile (pprof): TLS, JSON, logging, allocation.";
    CURE, Capacity, Some(OVERLOAD), |now| only(now.processors[0] > now.params.client_cores, count(ParamId::client_cores, now.processors[0].into())),
        "Requests and responses wait for a processor of the client: half as many again as are needed.";
    CURE, Code, Some(OVERLOAD), |now| only(now.params.client_cores > 0, time(ParamId::client_cpu, now.params.client_cpu.half())),
        "Less work around each request of the client: find it with a profile (pprof): TLS, JSON, logging, allocation.";
    CURE, Code, Some(OVERLOAD), |_| switch(ParamId::checks_context, true),
        "Handlers stop when their caller has gone, and the time is there for somebody who still waits.";
    CURE, Code, Some(OVERLOAD), |_| choice(ParamId::server, ServerKind::Go.name()),
        "Takes connections at once: idle ones no longer hold a worker, and the accept queue stays empty.";
    CURE, Code, Some(OVERLOAD), |_| count(ParamId::retries, 0), "Retries add load where load is the trouble.";
    CURE, Kernel, Some(OVERLOAD), |_| switch(ParamId::abort_on_overflow, false),
        "The kernel no longer answers a handshake that finds no room by RST. The client then waits instead.";
    CURE, Kernel, Some(OVERLOAD), |_| switch(ParamId::abort_on_overflow, true),
        "A handshake that finds no room is answered by RST: no worker waits for a request that was thrown away.";
    CURE, Settings, Some(&[ClientTimeout, Deadline, HeaderTimeout, Canceled]), |now| {
        let (backlog, limit) = (now.params.backlog.min(128), now.params.backlog);
        only(now.params.effective_backlog() > 128 && limit > 128, count(ParamId::backlog, u64::from(backlog)))
    }, "A shorter queue: who cannot be served in time is not queued, and the workers work for callers who still wait.";
    CURE, Code, Some(&[BreakerOpen]), |_| vec![(ParamId::breaker, Value::Percent(Percent::ZERO))],
        "Without a breaker the requests go out, and fail as they did before it opened.";
    POPULAR, Settings, Some(&[ClientTimeout, Closed, Deadline, HeaderTimeout, Canceled]), |now| longer(ParamId::timeout, now.params.timeout, 5),
        "Callers wait longer. That cures slow answers, and makes the queue of a server with too much to do longer.";
    CURE, Settings, Some(&[Deadline]), |now| longer(ParamId::deadline, now.params.deadline, 5), "The attempts together have more time.";
    CURE, Settings, Some(&[HeaderTimeout]), |now| longer(ParamId::header_timeout, now.params.header_timeout, 5), "The handler has more time.";

    // Dials, ports, descriptors.
    CURE, Settings, Some(DIALS), |_| switch(ParamId::keepalive, true), "Connections are used again, and few are dialed.";
    CURE, Kernel, Some(DIALS), |_| choice(ParamId::os, "linux"), "A full accept queue drops the SYN without a word; the next one may find room.";
    CURE, Settings, Some(&[Ports]), |now| count(ParamId::idle, u64::from(now.params.idle.max(100))),
        "Connections that come back are kept, not closed: no TIME_WAIT, no port that is held for a minute.";
    CURE, Kernel, Some(&[Ports]), |_| choice(ParamId::tw_reuse, Tri::On.name()),
        "A port in TIME_WAIT may be used again after a second. (tcp_fin_timeout would not help: it does not touch TIME_WAIT.)";
    CURE, Kernel, Some(&[Ports]), |_| count(ParamId::ports, 64_512), "A wider ip_local_port_range: about twice as many connections a minute.";
    CURE, Settings, Some(&[ClientFds]), |now| {
        let limit = u64::from(now.params.client_fds);
        only(limit > 1 && now.params.max_conns == 0, count(ParamId::max_conns, limit / 2))
    }, "Bounds the connections: requests wait for one instead.";
    CURE, Kernel, Some(&[ClientFds]), |_| count(ParamId::client_fds, 1_048_576), "Room for more sockets (ulimit -n).";

    // What people try.
    POPULAR, Code, Some(OVERLOAD), |_| choice(ParamId::go, GoVersion::Go1_27.name()),
        "Today's Go sends a request again by itself if a reused connection ends. It makes no server faster.";
    POPULAR, Kernel, Some(OVERLOAD), |now| count(ParamId::nic_queue, (u64::from(now.params.nic_queue) * 10).min(1_000_000)),
        "A longer input queue: packets of a burst find room in it. Most network cards bypass it.";
    POPULAR, Settings, None, |now| count(ParamId::idle, u64::from(now.params.idle.max(100))),
        "More connections are kept, fewer are dialed. That saves handshakes and ports, not the server's work.";
    POPULAR, Code, None, |now| count(ParamId::retries, u64::from(now.params.retries.max(3))),
        "Cures what is over in a moment. Under overload every retry is more load.";
    POPULAR, Settings, None, |now| only(now.params.backlog < now.params.somaxconn, larger_queue(&now.params)),
        "A longer accept queue: fewer SYNs are dropped, and more requests wait, perhaps for longer than their callers.";
    POPULAR, Kernel, None, |now| larger_queue(&now.params),
        "A longer accept queue: fewer SYNs are dropped, and more requests wait, perhaps for longer than their callers.";
    POPULAR, Settings, None, |now| longer(ParamId::dial_timeout, now.params.dial_timeout, 2),
        "Lets connect() wait longer. Everything after connect() is out of its reach.";
    POPULAR, Settings, None, |_| switch(ParamId::keepalive, false),
        "A new connection for each request: no stale ones, but a handshake and a TIME_WAIT each.";
}
