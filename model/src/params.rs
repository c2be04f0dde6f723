//! The parameter table: one row per parameter, from which everything else derives.
//!
//! A row gives the field of [`Params`], its default, range and slider, its link key, its name in the real world, its
//! tooltip and its line in `docs/parameters.md`. To add a parameter, add a row and read the field in the model.

#[macro_use]
mod flag;

pub mod fixed;
pub mod names;
pub mod spec;
pub mod synonyms;
pub mod used;

use crate::prose::Prose;
use crate::quantity::{Decimal, Percent, Rate};
use crate::rng::Shape;
use crate::time::SimDuration;
pub use spec::{Group, Kind, ParamSpec, Rejected, Value};

/// An enumeration whose variants have the names used in links.
macro_rules! choice {
    ($(#[doc = $doc:literal])+ $name:ident { $($(#[doc = $vdoc:literal])+ $variant:ident = $text:literal,)+ }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[doc = $vdoc])+ $variant,)+ }

        impl $name {
            /// The names used in links, in order.
            pub const NAMES: &[&str] = &[$($text,)+];

            /// The name used in links.
            pub const fn name(self) -> &'static str {
                match self { $($name::$variant => $text,)+ }
            }
        }

        impl Field for $name {
            fn to_value(self) -> Value {
                Value::Choice(self.name())
            }
            fn from_value(value: Value) -> Self {
                match value {
                    $(Value::Choice($text) => $name::$variant,)+
                    other => wrong_kind(other),
                }
            }
        }
    };
}

/// A type that a field of [`Params`] can have.
trait Field {
    fn to_value(self) -> Value;
    fn from_value(value: Value) -> Self;
}

#[cold]
fn wrong_kind(value: Value) -> ! {
    unreachable!("`{value}` is of another kind than its row")
}

macro_rules! field {
    ($($type:ty, $variant:ident;)+) => {$(
        impl Field for $type {
            fn to_value(self) -> Value {
                Value::$variant(self.into())
            }
            fn from_value(value: Value) -> Self {
                match value {
                    Value::$variant(inner) => inner.try_into().expect("a value within the range of its row"),
                    other => wrong_kind(other),
                }
            }
        }
    )+};
}

field! {
    u32, Count;
    u64, Count;
    SimDuration, Duration;
    Rate, Rate;
    Percent, Percent;
    Decimal, Decimal;
    bool, Switch;
}

choice! {
    /// Who decides when a request is made.
    Load {
        /// Requests arrive at a rate, whatever the answers do.
        Open = "open",
        /// Callers send, wait for the answer, think, and send again.
        Closed = "closed",
        /// Many requests in the same instant, again and again.
        Burst = "burst",
    }
}
choice! {
    /// Spacing of an open load.
    Arrivals {
        /// Independent arrivals: exponential gaps.
        Poisson = "poisson",
        /// Equal gaps.
        Even = "even",
    }
}
choice! {
    /// Shape of a random time.
    Distribution {
        /// Always the mean.
        Fixed = "fixed",
        /// Even between two ends around the mean.
        Uniform = "uniform",
        /// Exponential.
        Exp = "exp",
        /// Lognormal: a long tail.
        Lognormal = "lognormal",
    }
}
choice! {
    /// The HTTP method of all requests.
    Method {
        /// Replayable by the Transport.
        Get = "GET",
        /// Not replayable, unless the request has an Idempotency-Key header.
        Post = "POST",
    }
}
choice! {
    /// How the wait before a retry grows.
    Backoff {
        /// No wait.
        None = "none",
        /// Always the base.
        Fixed = "fixed",
        /// Doubles with each retry, up to the cap.
        Exp = "exp",
    }
}
choice! {
    /// How the wait before a retry is randomised.
    Jitter {
        /// Not at all.
        None = "none",
        /// Uniform between zero and the wait.
        Full = "full",
        /// Uniform between half the wait and the wait.
        Equal = "equal",
        /// Uniform between the base and three times the previous wait.
        Decorrelated = "decorrelated",
    }
}
choice! {
    /// Which Go release's `net/http` the client runs.
    GoVersion {
        /// Go 1.4, of 2014: no automatic retry, texts of its time.
        Go1_4 = "1.4",
        /// Go 1.22: as today, but a dial ends with its request.
        Go1_22 = "1.22",
        /// Go 1.27.
        Go1_27 = "1.27",
    }
}
choice! {
    /// What the server's kernel does with newcomers when the accept queue is full.
    Os {
        /// Drops the SYN silently.
        Linux = "linux",
        /// Answers the SYN; the last ACK of the handshake draws RST.
        Bsd = "bsd",
        /// Answers the SYN with RST.
        Windows = "windows",
    }
}
choice! {
    /// How the server program takes connections.
    ServerKind {
        /// Accepts at once; handlers wait inside the program.
        Go = "go",
        /// A connection holds a worker from accept() to close.
        Workers = "workers",
    }
}
choice! {
    /// How the server process goes down.
    Stop {
        /// SIGKILL, or http.Server.Close: all sockets are closed at once.
        Kill = "kill",
        /// http.Server.Shutdown: requests under way are finished.
        Shutdown = "shutdown",
    }
}
choice! {
    /// A sysctl of three values: off, on, and a special case.
    Tri {
        /// Off.
        Off = "0",
        /// On.
        On = "1",
        /// The special case: see the parameter.
        Special = "2",
    }
}

const fn s(n: u64) -> SimDuration {
    SimDuration::from_secs(n)
}
/// The longest run, and what rests for that long: six hours. What has too many events for it is stopped before.
const HOURS: SimDuration = SimDuration::from_secs(6 * 3_600);
const fn ms(n: u64) -> SimDuration {
    SimDuration::from_millis(n)
}
const fn us(n: u64) -> SimDuration {
    SimDuration::from_micros(n)
}
const fn count(min: u64, max: u64) -> Kind {
    Kind::Count { min, max }
}
const fn time(min: SimDuration, max: SimDuration, step: SimDuration) -> Kind {
    Kind::Duration { min, max, step }
}
const fn percent(max: u32) -> Kind {
    Kind::Percent { max: Percent::new(max) }
}
const CV: Kind = Kind::Decimal { max: Decimal::from_milli(10_000) };

macro_rules! params {
    ($(
        $group:ident {
            $(
                $(#[doc = $doc:literal])+
                $field:ident: $type:ty = $default:expr, $key:literal, $label:literal $(in $full:literal)?, $unit:literal, $kind:expr
                $(=> $zero:literal)? $(, $live:ident)? $(; $prominent:ident)?;
            )+
        }
    )+) => {
        /// All parameters of a run. Every field is documented in the table and means the same in a link.
        #[derive(Clone, Debug)]
        pub struct Params { $($($(#[doc = $doc])+ pub $field: $type,)+)+ }

        /// Which parameter: the name of its field in [`Params`]; in the order of the table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[expect(non_camel_case_types, reason = "a field and its id have one name, in one place")]
        pub enum ParamId { $($($(#[doc = $doc])+ $field,)+)+ }

        impl ParamId {
            /// All of them, in the order of the table.
            pub const ALL: &[ParamId] = &[$($(ParamId::$field,)+)+];
        }

        impl Default for Params {
            fn default() -> Self {
                Params { $($($field: $default,)+)+ }
            }
        }

        /// By the table: derived, it would be a kilobyte of the page.
        impl PartialEq for Params {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                PARAMS.iter().all(|spec| spec.get(self) == spec.get(other))
            }
        }

        /// The table, in the order in which links are written.
        pub static PARAMS: &[ParamSpec] = &[$($(
            ParamSpec {
                id: ParamId::$field,
                key: $key,
                label: $label,
                full_name: concat!($($full, ".", $label)?),
                unit: $unit,
                group: Group::$group,
                kind: $kind,
                live: flag!(live: $($live)?),
                prominent: flag!(prominent: $($prominent)?),
                zero: concat!($($zero)?),
                doc: Prose::new(concat!($($doc, "\n"),+)),
                get: |params| Field::to_value(params.$field.clone()),
                set: |params, value| params.$field = Field::from_value(value),
            },
        )+)+];
    };
}

params! {
    Run {
        /// Starts all randomness: the same seed gives the same run, to the last event.
        seed: u64 = 1, "seed", "seed", "", count(0, (1 << 53) - 1);
        /// How long requests arrive.
        duration: SimDuration = s(60), "duration", "duration", "load time", time(s(1), HOURS, s(1));
        /// Simulated time after the load stops, for what is still in flight.
        tail: SimDuration = s(0), "tail", "tail", "after the load", time(s(0), s(200), s(1));
    }
    Load {
        /// open: arrivals do not wait for answers. closed: callers send, wait, think. burst: many at once, again and again.
        load: Load = Load::Open, "load", "load", "who decides when", Kind::Choice(Load::NAMES);
        /// Requests per second over all client hosts, in an open load.
        rps: Rate = Rate::per_second(400), "rps", "requests per second", "requests/s",
            Kind::Rate { min: Rate::from_milli(100), max: Rate::per_second(100_000) }, live; prominent;
        /// Spacing of an open load: independent arrivals (poisson) or equal gaps (even).
        arrivals: Arrivals = Arrivals::Poisson, "arrivals", "arrivals", "spacing", Kind::Choice(Arrivals::NAMES);
        /// Callers of a closed load, spread over the client hosts.
        callers: u32 = 50, "callers", "callers", "closed load", count(1, 20_000); prominent;
        /// Mean pause of a closed-load caller between an answer and the next request.
        think: SimDuration = ms(0), "think", "think time", "mean pause", time(s(0), HOURS, ms(1)), live; prominent;
        /// Shape of the think time.
        think_dist: Distribution = Distribution::Exp, "think-dist", "think distribution", "shape",
            Kind::Choice(Distribution::NAMES);
        /// Standard deviation / mean of the think time; used by uniform (at most 0.577) and lognormal.
        think_cv: Decimal = Decimal::from_milli(1_000), "think-cv", "think variation", "sd / mean", CV;
        /// Requests in each burst of a burst load.
        burst: u32 = 50, "burst", "burst size", "requests at once", count(1, 20_000); prominent;
        /// Time between the starts of two bursts.
        burst_every: SimDuration = s(1), "burst-every", "burst interval", "between bursts", time(ms(1), HOURS, ms(1)); prominent;
        /// Client hosts; each has its own IP address, kernel, process and Transport.
        clients: u32 = 1, "clients", "client hosts", "machines", count(1, 1_000);
        /// The method of all requests. The Transport does not replay a POST.
        method: Method = Method::Get, "method", "method", "of all requests", Kind::Choice(Method::NAMES);
        /// Requests carry an Idempotency-Key header, so the Transport may replay any method.
        idempotency_key: bool = false, "idempotency-key", "Idempotency-Key header", "makes POST replayable", Kind::Switch;
        /// Request.GetBody is set, so a request's body can be sent again. Off: the body comes from a reader, and is written after the header.
        rewindable: bool = true, "rewindable", "GetBody set", "body can be sent again", Kind::Switch;
    }
    Client {
        /// http.Client.Timeout: bounds one attempt from Do() to the end of the body; waiting for a connection counts.
        timeout: SimDuration = s(2), "timeout", "Client.Timeout" in "http", "per attempt", time(s(0), s(600), ms(1)) => "off", live;
        /// context.WithTimeout around a whole request: all attempts and the waits between them.
        deadline: SimDuration = s(0), "deadline", "context.WithTimeout", "over all attempts", time(s(0), s(600), ms(1)) => "off", live;
        /// The application's own retries after a failed attempt, on top of what the Transport replays by itself.
        retries: u32 = 0, "retries", "retries", "extra tries", count(0, 20), live; prominent;
        /// How the wait before a retry grows.
        backoff: Backoff = Backoff::Exp, "backoff", "backoff", "growth of the wait", Kind::Choice(Backoff::NAMES), live;
        /// The first wait.
        backoff_base: SimDuration = ms(100), "backoff-base", "backoff base", "first wait", time(s(0), s(60), ms(1)), live;
        /// The longest wait.
        backoff_cap: SimDuration = s(2), "backoff-cap", "backoff cap", "longest wait", time(s(0), s(60), ms(1)), live;
        /// How the wait is randomised.
        jitter: Jitter = Jitter::Full, "jitter", "jitter", "spread of the wait", Kind::Choice(Jitter::NAMES), live;
        /// Retries allowed as a share of requests, by a token bucket.
        retry_budget: Percent = Percent::ZERO, "retry-budget", "retry budget", "of requests", percent(100) => "off", live;
        /// Share of failures over the last 100 attempts that opens the circuit breaker.
        breaker: Percent = Percent::ZERO, "breaker", "circuit breaker", "failures that open it", percent(100) => "off", live;
        /// Time the breaker stays open before it lets one probe through.
        breaker_open: SimDuration = s(5), "breaker-open", "breaker open time", "before a probe", time(ms(10), s(600), ms(10)),
            live;
        /// A goroutine that is woken runs up to this much later, uniformly: the time in which a request can be given a connection whose end nobody has read yet.
        sched_delay: SimDuration = ms(0), "sched-delay", "goroutine scheduling delay", "until it runs, at most", time(s(0), ms(1), us(1)),
            live;
        /// How long the caller takes to produce the body of a streamed request (a POST with rewindable=off): the header leaves at once, the body this much later.
        upload: SimDuration = ms(0), "upload", "upload", "header to body", time(s(0), s(60), us(100)), live;
        /// A caller who gives up: the mean time, exponentially distributed, after which the context of a request is cancelled, whichever attempt is under way.
        patience: SimDuration = s(0), "patience", "caller's patience", "mean, then it cancels", time(s(0), s(600), ms(1)) => "off", live;
        /// Processors of each client host (GOMAXPROCS), for which its steps wait where they take time (client-cpu).
        client_cores: u32 = 0, "client-cores", "client processors", "per host", count(0, 1_024) => "enough", live;
        /// Mean time on a processor that a connect() of the client takes, and a request on its way out, and a response on its way in. Measured with Go 1.27: 10 us a way under full load, 25 us at half load, 60 us a connection.
        client_cpu: SimDuration = s(0), "client-cpu", "client processor time", "per step, mean", time(s(0), ms(100), us(1)) => "none", live;
    }
    Transport {
        /// Which Go release the client is built with: 1.4 never replays and has its own texts; up to 1.22 a dial ends with its request.
        go: GoVersion = GoVersion::Go1_27, "go", "Go version", "client's net/http", Kind::Choice(GoVersion::NAMES);
        /// Connections are kept for the next request. Off is DisableKeepAlives: each request dials, and says `Connection: close`.
        keepalive: bool = true, "keepalive", "keep-alive", "off = DisableKeepAlives", Kind::Switch;
        /// MaxIdleConnsPerHost: idle connections kept per server. A connection that comes back to a full pool is closed. Go reads 0 as 2; here 0 keeps none.
        idle: u32 = 2, "idle", "MaxIdleConnsPerHost" in "http.Transport", "kept idle", count(0, 20_000) => "none", live; prominent;
        /// MaxIdleConns: idle connections kept over all servers; the oldest is closed.
        max_idle: u32 = 100, "max-idle", "MaxIdleConns" in "http.Transport", "kept idle, all hosts", count(0, 20_000) => "no limit", live;
        /// MaxConnsPerHost: connections that may exist at all, dialing ones included. Who finds none waits, with no time limit of its own.
        max_conns: u32 = 0, "max-conns", "MaxConnsPerHost" in "http.Transport", "at most open", count(0, 20_000) => "no limit", live;
        /// IdleConnTimeout: an idle connection is closed after this.
        idle_timeout: SimDuration = s(90), "idle-timeout", "IdleConnTimeout" in "http.Transport", "client closes idle", time(s(0), HOURS, ms(10)) => "never", live;
        /// ResponseHeaderTimeout: starts when the request is written; waiting for a connection does not count.
        header_timeout: SimDuration = s(0), "header-timeout", "ResponseHeaderTimeout" in "http.Transport", "after the request is written",
            time(s(0), s(600), ms(1)) => "off", live;
        /// Dialer.Timeout: bounds one connect().
        dial_timeout: SimDuration = s(30), "dial-timeout", "Dialer.Timeout" in "net", "per connect()", time(s(0), s(600), ms(1)) => "off", live;
    }
    ClientKernel {
        /// Size of net.ipv4.ip_local_port_range: source ports one client host has towards one server address.
        ports: u32 = 28_232, "ports", "ip_local_port_range" in "net.ipv4", "ports", count(10, 64_512);
        /// net.ipv4.tcp_tw_reuse: a port in TIME_WAIT for a second may be used again. 0 off, 1 on, 2 only on loopback.
        tw_reuse: Tri = Tri::Special, "tw-reuse", "tcp_tw_reuse" in "net.ipv4", "0 off, 1 on, 2 loopback", Kind::Choice(Tri::NAMES), live;
        /// net.ipv4.tcp_syn_retries: doubling SYN retransmissions, after the linear ones.
        syn_retries: u32 = 6, "syn-retries", "tcp_syn_retries" in "net.ipv4", "doubling SYN retries", count(0, 10);
        /// net.ipv4.tcp_syn_linear_timeouts: SYN retransmissions one second apart before the doubling ones; 0 on kernels before 6.5.
        syn_linear: u32 = 4, "syn-linear", "tcp_syn_linear_timeouts" in "net.ipv4", "1 s SYN retries first", count(0, 10);
        /// net.ipv4.tcp_max_tw_buckets, of each client host's kernel and of the server's: sockets in TIME_WAIT it keeps. With a full table a socket is closed at once, and its port is free.
        tw_buckets: u32 = 131_072, "tw-buckets", "tcp_max_tw_buckets" in "net.ipv4", "per host", count(0, 1_048_576) => "none";
        /// ulimit -n of each client process: sockets it may have.
        client_fds: u32 = 0, "client-fds", "ulimit -n (client)", "descriptors", count(0, 1_048_576) => "no limit";
    }
    Network {
        /// Round-trip time between client and server, without queueing.
        rtt: SimDuration = ms(1), "rtt", "round-trip time", "both ways", time(s(0), s(2), us(10)), live;
        /// Extra one-way delay of each packet, uniform from zero to this. Packets of one connection stay in order.
        rtt_jitter: SimDuration = ms(0), "rtt-jitter", "jitter", "extra, one way", time(s(0), s(2), us(10)), live;
        /// Chance of losing a packet, in each direction.
        loss: Percent = Percent::ZERO, "loss", "packet loss", "per packet", percent(50), live;
        /// Client and server share one host: packets do not leave it, and tcp_tw_reuse=2 acts.
        loopback: bool = false, "loopback", "loopback", "same host", Kind::Switch;
        /// net.core.netdev_max_backlog: packets the server's input queue holds. Acts only with a drain rate.
        nic_queue: u32 = 1_000, "nic-queue", "netdev_max_backlog" in "net.core", "packets", count(1, 1_000_000), live;
        /// Packets per second the server takes from its input queue; 0 for a network card that bypasses the queue.
        nic_rate: Rate = Rate::per_second(0), "nic-rate", "input queue drain rate", "packets/s",
            Kind::Rate { min: Rate::per_second(0), max: Rate::per_second(100_000_000) } => "bypassed", live;
    }
    ServerKernel {
        /// What the program passes to listen(). The queue holds min(backlog, somaxconn) + 1 connections.
        backlog: u32 = 4_096, "backlog", "listen() backlog", "app asks for", count(0, 65_535); prominent;
        /// net.core.somaxconn: what the kernel allows for the backlog. Read when listen() is called.
        somaxconn: u32 = 4_096, "somaxconn", "net.core.somaxconn", "kernel allows", count(0, 65_535); prominent;
        /// net.ipv4.tcp_max_syn_backlog: matters only with tcp_syncookies = 0.
        syn_max: u32 = 2_048, "syn-max", "tcp_max_syn_backlog" in "net.ipv4", "only without cookies", count(1, 1_048_576);
        /// net.ipv4.tcp_syncookies: 0 never, 1 when the SYN queue is full, 2 always.
        syncookies: Tri = Tri::On, "syncookies", "tcp_syncookies" in "net.ipv4", "0 off, 1 on, 2 always", Kind::Choice(Tri::NAMES);
        /// net.ipv4.tcp_abort_on_overflow: a handshake whose last ACK finds the accept queue full is answered by RST. SYNs are dropped silently all the same.
        abort_on_overflow: bool = false, "abort-on-overflow", "tcp_abort_on_overflow" in "net.ipv4", "RST on the last ACK", Kind::Switch, live; prominent;
        /// net.ipv4.tcp_synack_retries: how often a SYN-ACK is sent again.
        synack_retries: u32 = 5, "synack-retries", "tcp_synack_retries" in "net.ipv4", "SYN-ACK retries", count(0, 10);
        /// What a full accept queue does. linux: a SYN is dropped, and its sender tries again. bsd, macOS: the handshake goes on and its last ACK draws RST, so callers read `connection reset by peer`. windows: a SYN draws RST, `connection refused`.
        os: Os = Os::Linux, "os", "overflow behaviour", "drop or RST", Kind::Choice(Os::NAMES);
    }
    Server {
        /// go: accepts at once, at most `workers` handlers run, the others wait inside the program. workers: a connection holds one of `workers` slots from accept() to close, idle ones too (a pre-fork server, netutil.LimitListener).
        server: ServerKind = ServerKind::Workers, "server", "server kind", "who waits where", Kind::Choice(ServerKind::NAMES);
        /// Handlers that run at once.
        workers: u32 = 16, "workers", "workers", "at once", count(1, 10_000), live; prominent;
        /// Mean time a handler works on a request.
        service: SimDuration = ms(20), "service", "service time", "mean work", time(s(0), s(60), us(100)), live;
        /// Shape of the service time.
        service_dist: Distribution = Distribution::Exp, "service-dist", "service distribution", "shape",
            Kind::Choice(Distribution::NAMES);
        /// Standard deviation / mean of the service time; used by uniform (at most 0.577) and lognormal.
        service_cv: Decimal = Decimal::from_milli(1_000), "service-cv", "service variation", "sd / mean", CV;
        /// Server.IdleTimeout: the server closes a kept-alive connection that is idle for this long.
        server_idle_timeout: SimDuration = s(0), "server-idle-timeout", "Server.IdleTimeout" in "http", "server closes idle",
            time(s(0), HOURS, ms(1)) => "never", live;
        /// Server.ReadHeaderTimeout: the server closes a connection on which no request has come this long after accept().
        read_header_timeout: SimDuration = s(0), "read-header-timeout", "Server.ReadHeaderTimeout" in "http", "for the first request",
            time(s(0), s(600), ms(1)) => "off", live;
        /// Server.WriteTimeout: starts when a request is read. It does not stop the handler; a response that is written later is lost, and the connection closed.
        write_timeout: SimDuration = s(0), "write-timeout", "Server.WriteTimeout" in "http", "after the request is read",
            time(s(0), s(600), ms(1)) => "off", live;
        /// Requests the server takes on one connection; then it closes it, unannounced.
        max_requests: u32 = 0, "max-requests", "requests per connection", "then it closes", count(0, 1_000_000) => "no limit", live;
        /// Who closes first after a response that says `Connection: close`. on: the server, as Go's do; it has the TIME_WAIT. off: the server leaves it to the client, whose ports rest for 60 s.
        server_closes: bool = true, "server-closes", "server closes first", "without keep-alive", Kind::Switch;
        /// A handler stops when the kernel says that its caller has gone. Off: it works on for nobody.
        checks_context: bool = false, "checks-context", "handler checks r.Context()", "stops when caller left", Kind::Switch, live;
        /// ulimit -n of the server process: accepted connections it may have.
        server_fds: u32 = 0, "server-fds", "ulimit -n (server)", "descriptors", count(0, 1_048_576) => "no limit";
        /// Processors of the server (GOMAXPROCS), for which its steps wait where they take time (server-cpu).
        server_cores: u32 = 0, "server-cores", "server processors", "at once", count(0, 1_024) => "enough", live;
        /// Mean time on a processor that an accept() of the server takes, and a request on its way in, and a response on its way out. The work of handlers is `service`, and takes none. Measured with Go 1.27: 9 us a way under full load, 25 us at half load, 40 us a connection.
        server_cpu: SimDuration = s(0), "server-cpu", "server processor time", "per step, mean", time(s(0), ms(100), us(1)) => "none", live;
        /// The accept loop runs. Off: a GC pause, CPU starvation, a blocked accept loop.
        accepting: bool = true, "accepting", "accept loop runs", "off = stalled", Kind::Switch, live;
        /// What `listening=off` does. kill: SIGKILL or Server.Close, all sockets are closed at once. shutdown: Server.Shutdown, the listener and idle connections are closed at once, and requests under way are finished.
        stop: Stop = Stop::Kill, "stop", "Close or Shutdown", "how it goes down", Kind::Choice(Stop::NAMES), live;
        /// The server process is up. Off: it goes down as `stop` says. On again: started anew.
        listening: bool = true, "listening", "server process is up", "off = stopped", Kind::Switch, live;
    }
}

impl ParamId {
    /// Its row of the table.
    #[inline]
    pub fn spec(self) -> &'static ParamSpec {
        &PARAMS[self as usize]
    }

    /// The parameter with this link key.
    #[inline]
    pub fn with_key(key: &str) -> Option<ParamId> {
        PARAMS.iter().find(|spec| spec.key == key).map(|spec| spec.id)
    }
}

/// The processors of one side (M-31).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Processors {
    /// How many a host has; 0: enough for all.
    pub cores: u32,
    /// Mean time of a step on one; none where programs take no time.
    pub step: SimDuration,
    /// Hosts of this side.
    pub hosts: u32,
}

impl Params {
    /// The effective backlog: min(listen() argument, somaxconn) (T-1).
    pub fn effective_backlog(&self) -> u32 {
        self.backlog.min(self.somaxconn)
    }

    /// How many connections the accept queue holds, and how many handshakes the SYN queue: one more (T-2, T-3).
    pub fn queue_limit(&self) -> u32 {
        self.effective_backlog() + 1
    }

    /// Whether tcp_tw_reuse acts (T-53).
    pub fn reuses_ports(&self) -> bool {
        match self.tw_reuse {
            Tri::Off => false,
            Tri::On => true,
            Tri::Special => self.loopback,
        }
    }

    /// The processors of each client host, and of the server.
    pub fn processors(&self) -> [Processors; 2] {
        let &Params { client_cores, client_cpu, clients, server_cores, server_cpu, .. } = self;
        [
            Processors { cores: client_cores, step: client_cpu, hosts: clients },
            Processors { cores: server_cores, step: server_cpu, hosts: 1 },
        ]
    }

    /// Delay of a packet in one direction.
    pub fn one_way_delay(&self) -> SimDuration {
        self.rtt.half()
    }

    /// Whether the body of a request comes from a reader that nobody can rewind: the Transport does not have it yet when
    /// it has the header (C-18).
    pub fn streams_body(&self) -> bool {
        self.method == Method::Post && !self.rewindable
    }

    /// Whether the header of such a request leaves in a write of its own (net/http/transfer.go: FlushHeaders). In Go 1.4
    /// it stays in the 4 KiB buffer until the body is there.
    pub fn header_goes_first(&self) -> bool {
        self.streams_body() && self.go != GoVersion::Go1_4
    }

    /// Shape of the think time.
    pub fn think_shape(&self) -> Shape {
        shape(self.think_dist, self.think_cv)
    }

    /// Shape of the service time.
    pub fn service_shape(&self) -> Shape {
        shape(self.service_dist, self.service_cv)
    }
}

fn shape(distribution: Distribution, cv: Decimal) -> Shape {
    match distribution {
        Distribution::Fixed => Shape::Fixed,
        Distribution::Exp => Shape::Exponential,
        Distribution::Uniform => Shape::Uniform { cv: cv.as_f64() },
        Distribution::Lognormal => Shape::Lognormal { cv: cv.as_f64() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_leads_to_its_row_and_every_key_to_its_id() {
        for (id, spec) in ParamId::ALL.iter().zip(PARAMS) {
            assert_eq!((id.spec().key, ParamId::with_key(spec.key)), (spec.key, Some(*id)));
        }
        assert_eq!((ParamId::ALL.len(), ParamId::with_key("")), (PARAMS.len(), None));
    }

    #[test]
    fn every_default_is_legal_and_round_trips_through_its_text() {
        for spec in PARAMS {
            let text = spec.default_value().to_string();
            assert_eq!(spec.parse(&text), Ok(spec.default_value()), "{}={text}", spec.key);
        }
    }

    #[test]
    fn every_stop_is_legal_ascending_and_reaches_both_ends() {
        for spec in PARAMS.iter().filter(|spec| !spec.stops().is_empty()) {
            let stops = spec.stops();
            assert!(stops.len() >= 3, "{} has {} stops", spec.key, stops.len());
            assert!(stops.len() <= 250, "{} has {} stops", spec.key, stops.len());
            for (i, stop) in stops.iter().enumerate() {
                assert_eq!(spec.parse(&stop.to_string()), Ok(*stop), "{}", spec.key);
                assert_eq!(spec.nearest_stop(*stop), i, "{}", spec.key);
            }
        }
    }
}
