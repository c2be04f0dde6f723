//! What people call the settings, and what they look for that is not modelled.

use super::ParamSpec;

/// Words, and the keys of the settings that somebody may mean by them.
const SYNONYMS: &[(&str, &[&str])] = &[
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
const NOT_MODELLED: &[(&str, &str)] = &[
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

fn has(words: &str, wanted: &str) -> bool {
    words.split(' ').any(|word| word.starts_with(wanted))
}

/// Whether every word of a search is in the row's own texts, or what people call it begins with it.
#[inline]
pub fn finds(spec: &ParamSpec, search: &str) -> bool {
    let texts = [spec.key, spec.label, spec.unit, spec.doc];
    let finds_word = |wanted: String| {
        texts.iter().any(|text| text.to_ascii_lowercase().contains(&wanted))
            || SYNONYMS.iter().any(|(words, keys)| keys.contains(&spec.key) && has(words, &wanted))
    };
    let mut words = search.split_whitespace().map(str::to_ascii_lowercase).peekable();
    words.peek().is_some() && words.all(finds_word)
}

/// What to say of a search for something that is not modelled.
#[inline]
pub fn not_modelled(search: &str) -> Option<&'static str> {
    let wanted = search.trim().to_ascii_lowercase();
    NOT_MODELLED.iter().find(|(words, _)| wanted.len() > 1 && has(words, &wanted)).map(|(_, says)| *says)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::PARAMS;

    fn found(search: &str) -> Vec<&'static str> {
        PARAMS.iter().filter(|spec| finds(spec, search)).map(|spec| spec.key).collect()
    }

    #[test]
    fn every_synonym_finds_settings_that_exist() {
        for (words, keys) in SYNONYMS {
            for key in *keys {
                assert!(PARAMS.iter().any(|spec| spec.key == *key), "{key}");
                assert!(words.split(' ').all(|word| found(word).contains(key)), "{words}: {key}");
            }
        }
    }

    #[test]
    fn what_people_call_a_setting_finds_it() {
        for (search, key) in [
            ("concurrency", "workers"),
            ("Concurren", "max-conns"),
            ("concurrency", "callers"),
            ("MaxIdleConnsPerHost", "idle"),
            ("connection pool", "idle"),
            ("ulimit", "server-fds"),
            ("qps", "rps"),
            ("ephemeral", "ports"),
        ] {
            assert!(found(search).contains(&key), "{search}: {:?}", found(search));
        }
        assert_eq!(found("zebra"), Vec::<&str>::new());
        assert_eq!(found("  "), Vec::<&str>::new());
    }

    #[test]
    fn what_is_not_modelled_is_said_to_be_that() {
        for search in ["tls", "TLS ", "https", "http/2", "grpc", "dns", "nginx"] {
            assert!(not_modelled(search).is_some(), "{search}");
        }
        for search in ["", "t", "workers", "zebra"] {
            assert_eq!(not_modelled(search), None, "{search}");
        }
    }
}
