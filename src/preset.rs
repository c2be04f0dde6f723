//! Presets: links with a name, a title and a story.

use crate::params::ParamId;
use crate::prose::Prose;

/// A named link.
#[derive(Debug)]
pub struct Preset {
    /// The value of `p=`: an interface, never renamed or re-meant.
    pub name: &'static str,
    /// Title on the page.
    pub title: &'static str,
    /// What somebody sees who has this at home; empty for a run without trouble. Code stands between backticks.
    pub symptom: &'static str,
    /// What to try first.
    pub advice: Prose,
    /// The settings that matter in it, what cures or causes it first.
    pub knobs: &'static [ParamId],
    /// What happens in it, and where to start.
    pub story: Prose,
    /// Its parameters, as a link without `p`.
    pub link: &'static str,
}

/// Presets are the same if their names are.
impl PartialEq for Preset {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Preset {
    /// The preset with this name, in capitals or not.
    #[inline]
    pub fn named(name: &str) -> Option<&'static Preset> {
        PRESETS.iter().find(|preset| preset.name.eq_ignore_ascii_case(name))
    }
}

/// All presets; the first is the page's first view.
pub static PRESETS: &[Preset] = &[
    Preset {
        name: "incident",
        title: "The incident: reset by peer under load",
        symptom: "`connection reset by peer` under load",
        advice: Prose::new("workers, before anything else"),
        knobs: &[ParamId::workers, ParamId::service, ParamId::rps, ParamId::somaxconn, ParamId::retries, ParamId::idle],
        story: Prose::new(
            "A Go 1.4 client, 400 requests a second. At 20 s the handlers slow down from 30 to 50 ms: sixteen workers \
             are too few from then on. The accept queue fills, SYNs are dropped, last ACKs are answered by RST, and \
             callers who run into Client.Timeout close the connection under their own reader. Try what people try: \
             retries, MaxIdleConnsPerHost, a newer Go, somaxconn, netdev_max_backlog. Then look at the workers.",
        ),
        link: "timeout=1s&go=1.4&rtt=5ms&somaxconn=128&abort-on-overflow=on&service=30ms&20s.service=50ms",
    },
    Preset {
        name: "two-idle",
        title: "Two idle connections",
        symptom: "one new connection for every third request",
        advice: Prose::new("MaxIdleConnsPerHost"),
        knobs: &[ParamId::idle, ParamId::rps],
        story: Prose::new(
            "MaxIdleConnsPerHost is 2 by default: a third connection that comes back to the pool is closed, and the \
             next request dials again. Set it to 20: thirty dials are left of thousands.",
        ),
        link: "rps=400&timeout=5s&server=go&workers=1000&service=20ms&rtt=2ms",
    },
    Preset {
        name: "ports",
        title: "Cannot assign requested address",
        symptom: "`cannot assign requested address`",
        advice: Prose::new("MaxIdleConnsPerHost, tcp_tw_reuse"),
        knobs: &[ParamId::idle, ParamId::tw_reuse, ParamId::ports, ParamId::rps],
        story: Prose::new(
            "Every connection the client closes holds its port for 60 seconds: 28,232 ports last for 470 closes a \
             second. Raise MaxIdleConnsPerHost to 100, or set tcp_tw_reuse to 1.",
        ),
        link: "rps=1500&server=go&workers=1000&idle=2&service=20ms&rtt=2ms&timeout=5s",
    },
    Preset {
        name: "accept-queue",
        title: "A full accept queue: one-second steps",
        symptom: "answers that take 1, 2, 3 seconds more",
        advice: Prose::new("the backlog"),
        knobs: &[ParamId::backlog, ParamId::somaxconn, ParamId::rps],
        story: Prose::new(
            "The accept loop stalls for a moment. New SYNs are dropped without a word; their senders try again after \
             exactly 1, 2, 3 seconds. Raise the backlog to 1024: they wait for the stall to end, and no longer.",
        ),
        link: "rps=300&keepalive=off&backlog=64&timeout=10s&10s.accepting=off&12s.accepting=on",
    },
    Preset {
        name: "phantoms",
        title: "Established here, unknown there",
        symptom: "time-outs on connections the server does not know",
        advice: Prose::new("tcp_abort_on_overflow, then workers"),
        knobs: &[ParamId::workers, ParamId::abort_on_overflow, ParamId::rps, ParamId::service, ParamId::somaxconn],
        story: Prose::new(
            "From 10 s on, 500 connections a second come to workers for 400. A handshake whose last ACK finds the \
             accept queue full is not finished, but the client was told it was: it sends its request to nobody. At \
             30 s count ESTABLISHED on both sides, and SYN_RECV. Try tcp_abort_on_overflow, then 24 workers.",
        ),
        link: "rps=300&clients=10&keepalive=off&timeout=3s&rtt=20ms&somaxconn=128&service=40ms&10s.rps=500",
    },
    Preset {
        name: "abort",
        title: "Reset right after connect()",
        symptom: "resets right after connect()",
        advice: Prose::new("workers; without tcp_abort_on_overflow it is worse"),
        knobs: &[ParamId::workers, ParamId::abort_on_overflow, ParamId::rps, ParamId::service, ParamId::somaxconn],
        story: Prose::new(
            "The overload of `phantoms`, with tcp_abort_on_overflow: the handshake that finds no room is answered \
             by RST. Callers know at once, and no worker waits for a request that was thrown away. A SYN that finds \
             the queue full is still dropped without a word. Switch the setting off and compare the failed \
             requests.",
        ),
        link: "rps=300&clients=10&keepalive=off&timeout=3s&rtt=20ms&somaxconn=128&abort-on-overflow=on&service=40ms\
               &10s.rps=500",
    },
    Preset {
        name: "bigger-queue",
        title: "A bigger queue, fewer answers",
        symptom: "a longer queue, and fewer answers",
        advice: Prose::new("a shorter one; r.Context() in handlers"),
        knobs: &[ParamId::backlog, ParamId::checks_context, ParamId::workers, ParamId::rps, ParamId::service],
        story: Prose::new(
            "From 10 s on, 500 requests a second come to workers for 400, and callers wait one second. In the queue \
             of 4097 a request waits for ten: the workers are busy all the time, for callers who have gone. Set the \
             backlog to 128, or let handlers check r.Context().",
        ),
        link: "rps=300&clients=10&keepalive=off&timeout=1s&service=40ms&10s.rps=500",
    },
    Preset {
        name: "retry-storm",
        title: "A retry storm that outlives its cause",
        symptom: "an outage that outlives its cause",
        advice: Prose::new("a retry budget"),
        knobs: &[ParamId::retry_budget, ParamId::retries, ParamId::checks_context, ParamId::timeout, ParamId::workers],
        story: Prose::new(
            "Two seconds of double traffic. Every request then times out and is tried three times, which is more work \
             than the server can do: it stays down after the traffic is normal again. Set a retry budget of 10 %, or \
             no retries, or let handlers check r.Context().",
        ),
        link: "rps=280&workers=8&server=go&service=20ms&timeout=200ms&retries=2&backoff=none&idle=2000&max-idle=0\
               &10s.rps=560&12s.rps=280",
    },
    Preset {
        name: "jitter",
        title: "Retries that come in waves",
        symptom: "retries that come in waves",
        advice: Prose::new("jitter"),
        knobs: &[ParamId::jitter, ParamId::retry_budget, ParamId::retries, ParamId::burst, ParamId::timeout],
        story: Prose::new(
            "Every 20 s fifty hosts send 1000 requests in the same instant, and give each try 100 ms. Who fails, \
             fails together, waits equally long and comes back together; between the waves the workers idle. Set \
             jitter to full. Then set a retry budget of 10 %: it spares the server, and gives these callers up.",
        ),
        link: "load=burst&burst=1000&burst-every=20s&clients=50&timeout=100ms&retries=5&jitter=none&idle=100&max-idle=0\
               &server=go&checks-context=on",
    },
    Preset {
        name: "stale-keepalive",
        title: "EOF on POST, never on GET",
        symptom: "`EOF` on POST, never on GET",
        advice: Prose::new("IdleConnTimeout below the server's"),
        knobs: &[
            ParamId::idle_timeout,
            ParamId::server_idle_timeout,
            ParamId::method,
            ParamId::idempotency_key,
            ParamId::think,
            ParamId::callers,
        ],
        story: Prose::new(
            "Fifty agents post about every 5 s, and the server closes a connection that is idle for 5 s: now and \
             then the request crosses the FIN. A GET would be sent again without a word. Try GET, an \
             Idempotency-Key, an IdleConnTimeout of 4 s on the client, or 75 s on the server.",
        ),
        link: "load=closed&callers=50&think=5s&think-dist=lognormal&think-cv=0.02&clients=50&method=POST&rtt=40ms\
               &server=go&server-idle-timeout=5s",
    },
    Preset {
        name: "closed-by-us",
        title: "Use of closed network connection",
        symptom: "`use of closed network connection`",
        advice: Prose::new("a Go newer than 1.4, which names the time-out"),
        knobs: &[ParamId::go, ParamId::timeout, ParamId::service, ParamId::rps],
        story: Prose::new(
            "If your Go is 1.6 or newer, it is not this: there your own process closed the connection. With `write \
             tcp`, the reader met the server's FIN or RST and closed it while a streamed body was still to be \
             written; with `read tcp`, code around net/http did (a hijack, a DialContext that keeps connections, a \
             defer); with `accept tcp`, a listener was closed on purpose. Paste the whole line to see which. Here: a \
             Go 1.4 client with a Client.Timeout of 1 s, and handlers of which one in thirty needs longer. The \
             time-out closes the connection under its own reader, and the reader's error is what the caller gets: \
             the server did nothing. Set Go to 1.27: the same requests fail, and say why.",
        ),
        link: "rps=200&timeout=1s&go=1.4&idle=100&rtt=2ms&server=go&workers=1000&service=250ms&service-dist=lognormal\
               &service-cv=1.5",
    },
    Preset {
        name: "stall",
        title: "A stall that benchmarks do not see",
        symptom: "a benchmark that does not see the stall",
        advice: Prose::new("an open load instead of a closed one"),
        knobs: &[ParamId::load, ParamId::callers, ParamId::workers, ParamId::rps],
        story: Prose::new(
            "At 30 s, for a tenth of a second, every query that starts meets a lock and takes about 3 s, not 10 ms: \
             eight workers hang, and whoever arrives waits behind them. Set load to closed: eight callers of a load \
             generator send as much, but while they hang they send nothing, and so do not measure the wait \
             (coordinated omission).",
        ),
        link: "rps=200&callers=8&think=28ms&timeout=10s&idle=100&server=go&workers=8&service=10ms\
               &service-dist=lognormal&service-cv=0.5&30s.service=3s&30.1s.service=10ms",
    },
    Preset {
        name: "restart",
        title: "A deploy: refused, reset, EOF",
        symptom: "refused, reset and EOF during a deploy",
        advice: Prose::new("retries with back-off"),
        knobs: &[ParamId::retries, ParamId::backoff_base, ParamId::stop, ParamId::rps],
        story: Prose::new(
            "At 20 s the old process stops accepting, 0.1 s later it is gone, and at 22 s the new one listens. Each \
             error tells what became of the order: EOF, a handler was at work on it; reset, it was in the accept \
             queue; refused, it never left. Look at the second from 20 s, then set retries to 8: no request fails, \
             and the orders that a handler had in hand may be done twice.",
        ),
        link: "rps=300&method=POST&timeout=5s&rtt=2ms&server=go&workers=100&service=50ms&20s.accepting=off\
               &20.1s.listening=off&22s.accepting=on&22s.listening=on",
    },
    Preset {
        name: "cookies",
        title: "Reset by SYN cookies",
        symptom: "resets of streamed POSTs, and `Possible SYN flooding`",
        advice: Prose::new("the backlog; a body that is sent in one piece"),
        knobs: &[ParamId::backlog, ParamId::rewindable, ParamId::syncookies, ParamId::burst],
        story: Prose::new(
            "While the accept loop stands still, ten hosts open 3000 connections at once. The queue takes 129; all \
             the others get a SYN cookie, and believe themselves connected. Each sends a POST whose body comes from \
             a reader: header and body are two segments. The first meets the full queue and is ignored, the second \
             cannot answer a cookie: RST, though tcp_abort_on_overflow is off. Raise the backlog to 4096. Then set \
             rewindable to on: one segment waits, and is served when the loop goes on.",
        ),
        link: "load=burst&burst=3000&burst-every=60s&duration=10s&clients=10&method=POST&rewindable=off&timeout=0s\
               &backlog=128&server=go&workers=10000&service=1s&accepting=off&500ms.accepting=on",
    },
    Preset {
        name: "cpu",
        title: "Two processors for four",
        symptom: "time-outs of handlers that take 5 ms",
        advice: Prose::new("the processors: `server-cores`, or less work around each request"),
        knobs: &[
            ParamId::server_cores,
            ParamId::server_cpu,
            ParamId::rps,
            ParamId::timeout,
            ParamId::idle,
            ParamId::workers,
        ],
        story: Prose::new(
            "Each request takes a millisecond of a processor on its way in, and one on its way out: TLS, JSON, logging. \
             Two processors bear 1000 requests a second. At 10 s there are 1200: they wait for a processor, callers \
             time out and close their connections, and now each request has to be accepted, too, which takes a \
             processor as well. Handlers take 5 ms all the time, and hold their workers while the response waits. Raise \
             workers: nothing. Then raise server-cores to 4.",
        ),
        link: "rps=900&duration=30s&timeout=1s&idle=100&server=go&workers=200&service=5ms&server-cores=2&server-cpu=1ms\
               &10s.rps=1200",
    },
    Preset {
        name: "healthy",
        title: "Healthy",
        symptom: "",
        advice: Prose::new(""),
        knobs: &[],
        story: Prose::new("Enough idle connections, enough workers, no stall."),
        link: "server=go&workers=64&idle=100&timeout=5s",
    },
];
