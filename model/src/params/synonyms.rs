//! What people call the settings, and what they look for that is not modelled.

/// Words, and the keys of the settings that they may mean.
pub const SYNONYMS: &[(&str, &[&str])] = &[
    ("concurrency concurrent parallel", &["workers", "max-conns", "callers", "clients"]),
    ("threads goroutines processes capacity cpu cores replicas pods", &["workers"]),
    ("users vus connections", &["callers", "max-conns", "idle"]),
    ("pool pooling reuse", &["idle", "max-idle", "max-conns", "idle-timeout", "keepalive"]),
    ("keepalive keep-alive persistent", &["keepalive", "idle", "idle-timeout", "server-idle-timeout", "max-requests"]),
    ("qps throughput traffic rate load", &["rps", "load", "callers", "burst"]),
    ("latency duration slow handler", &["service", "service-dist", "rtt"]),
    ("delay ping distance network", &["rtt", "rtt-jitter"]),
    ("backpressure queue overflow", &["backlog", "somaxconn", "syn-max", "abort-on-overflow"]),
    ("ephemeral timewait source", &["ports", "tw-reuse", "tw-buckets"]),
    ("descriptors fds files ulimit nofile emfile", &["client-fds", "server-fds"]),
    ("exponential wait sleep attempts", &["retries", "backoff", "backoff-base", "backoff-cap", "jitter"]),
    ("deadline cancel context", &["deadline", "timeout", "checks-context"]),
    ("connect", &["dial-timeout", "syn-retries", "backlog"]),
    ("deploy restart kill crash rollout", &["listening", "accepting", "stop"]),
    ("post get put verb idempotent", &["method", "idempotency-key"]),
    ("drop packets unreliable", &["loss"]),
    ("version golang release", &["go"]),
];

/// Words, and what to say of them: no setting changes what is not there.
pub const NOT_MODELLED: &[(&str, &str)] = &[
    ("tls ssl https mtls certificates handshakes", "TLS is not modelled: connections speak plain HTTP/1.1."),
    (
        "http2 http/2 h2 grpc quic http3 http/3 streams",
        "HTTP/2 and HTTP/3 are not modelled: one request at a time per connection.",
    ),
    ("dns resolver lookups hostname", "DNS is not modelled: the server has one address."),
    (
        "proxy proxies nginx envoy haproxy ingress balancer lb nat",
        "Nothing stands between client and server: no proxy, no balancer, no NAT.",
    ),
    (
        "congestion cwnd window bandwidth mtu mss nagle",
        "Congestion control and windows are not modelled: packets wait only for the round trip and the input queue.",
    ),
    (
        "gc garbage memory oom heap",
        "Memory and garbage collection are not modelled: `accepting` off is a pause of the accept loop.",
    ),
    (
        "probes tcp_keepalive_time tcp_keepalive_intvl",
        "Keep-alive probes are not modelled: a dead peer is noticed by time-outs only.",
    ),
    ("udp unix websocket", "Only HTTP over TCP is modelled."),
];
