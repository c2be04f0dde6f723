//! Presets: links with a name, a title and a promise.

use crate::link;
use crate::scenario::Scenario;

/// A named link.
#[derive(Debug)]
pub struct Preset {
    /// The value of `p=`: an interface, never renamed or re-meant.
    pub name: &'static str,
    /// Title on the page.
    pub title: &'static str,
    /// What happens in it, and where to start.
    pub story: &'static str,
    /// What every seed, or nearly every one, shows.
    pub promise: &'static str,
    /// Its parameters, as a link without `p`.
    pub link: &'static str,
}

impl Preset {
    /// The preset with this name.
    pub fn named(name: &str) -> Option<&'static Preset> {
        PRESETS.iter().find(|preset| preset.name == name)
    }

    /// Its parameters and timetable.
    pub fn scenario(&'static self) -> Scenario {
        Scenario { preset: Some(self), ..link::decode(self.link).scenario }
    }
}

/// All presets; the first is the page's first view.
pub static PRESETS: &[Preset] = &[
    Preset {
        name: "incident",
        title: "The incident: reset by peer under load",
        story: "A Go 1.4 client, 400 requests a second. At 20 s the handlers slow down from 30 to 50 ms: sixteen workers \
                are too few from then on. The accept queue fills, SYNs are dropped, last ACKs are answered by RST, and \
                callers who run into Client.Timeout close the connection under their own reader. Try what people try: \
                retries, MaxIdleConnsPerHost, a newer Go, somaxconn, netdev_max_backlog. Then look at the workers.",
        promise: "connection reset by peer and use of closed network connection are among the three commonest errors; \
                  thousands of sockets are in SYN_SENT and in TIME_WAIT.",
        link: "timeout=1s&go=1.4&rtt=5ms&somaxconn=128&abort-on-overflow=on&service=30ms&20s.service=50ms",
    },
    Preset {
        name: "two-idle",
        title: "Two idle connections",
        story: "MaxIdleConnsPerHost is 2 by default: a third connection that comes back to the pool is closed, and the \
                next request dials again.",
        promise: "No request fails, and more than a third of the requests dial a new connection.",
        link: "rps=400&timeout=5s&server=go&workers=1000&service=20ms&rtt=2ms",
    },
    Preset {
        name: "accept-queue",
        title: "A full accept queue: one-second steps",
        story: "The accept loop stalls for a moment. New SYNs are dropped without a word; their senders try again after \
                exactly 1, 2, 3 seconds.",
        promise: "No request fails, and the latency has steps of whole seconds.",
        link: "rps=300&keepalive=off&backlog=64&timeout=10s&10s.accepting=off&12s.accepting=on",
    },
    Preset {
        name: "retry-storm",
        title: "A retry storm that outlives its cause",
        story: "Two seconds of double traffic. Every request then times out and is tried three times, which is more work \
                than the server can do: it stays down after the traffic is normal again.",
        promise: "Goodput in the last twenty seconds is under a fifth of what it was before the spike.",
        link: "rps=280&workers=8&server=go&service=20ms&timeout=200ms&retries=2&backoff=none&idle=2000&max-idle=0\
               &10s.rps=560&12s.rps=280",
    },
    Preset {
        name: "ports",
        title: "Cannot assign requested address",
        story: "Every connection the client closes holds its port for 60 seconds: 28,232 ports last for 470 closes a second.",
        promise: "`cannot assign requested address` appears before the end of the run.",
        link: "rps=1500&server=go&workers=1000&idle=2&service=20ms&rtt=2ms&timeout=5s",
    },
    Preset {
        name: "healthy",
        title: "Healthy",
        story: "Enough idle connections, enough workers, no stall.",
        promise: "No request fails.",
        link: "server=go&workers=64&idle=100&timeout=5s",
    },
];
