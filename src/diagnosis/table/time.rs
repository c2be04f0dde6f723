//! Go's texts about time that ran out.

use super::super::Confidence;
use super::super::sign::{Cause, Sign, When, signs, *};
use super::show;
use crate::sim::error::ErrorKind::*;

signs! {
    Always ["Client.Timeout", "while reading body"] {
        Certain BODY, "Client.Timeout ran out while the body came: a slow body, or a time-out that is meant for the header only. Bodies here are one packet, so this does not happen.";
    }
    Always ["request canceled while waiting for connection (Client.Timeout"] {
        Certain a(ClientTimeout), "Client.Timeout ran out before there was a connection: connect() got no answer (a full \
            accept queue, a firewall, a slow name server), or all MaxConnsPerHost were busy. A text of Go 1.5 to 1.13.",
            open "p=accept-queue&timeout=1s";
        Possible a(ClientTimeout), "The handshake or the handlers were slow because all workers were busy.",
            open "p=bigger-queue";
    }
    Always ["Client.Timeout exceeded"] {
        Certain a(ClientTimeout), "Client.Timeout ran out before the response. Commonest under load: the request waits in a \
            queue that is longer than its caller's patience.", open "p=bigger-queue";
        Possible a(ClientTimeout), "The connection was half accepted: established here, unknown there.", open "p=phantoms";
        Possible a(ClientTimeout), "Some handlers simply take longer than that.", open "p=closed-by-us&go=1.27";
    }
    Always ["timeout awaiting response headers"] {
        Certain a(HeaderTimeout), "The request was written, and ResponseHeaderTimeout ran out: the handler is slow, or the \
            connection waits in the accept queue, where writing already works.",
            open show::HEADER_TIMEOUT;
        Possible a(HeaderTimeout), "The connection was half accepted: established here, unknown there.",
            open "p=phantoms&timeout=0s&header-timeout=1s";
    }
    Always ["request canceled while waiting for connection"] {
        Likely a(ClientTimeout), "Go 1.4: Client.Timeout ran out before there was a connection.",
            open "p=accept-queue&go=1.4&timeout=1s";
        Possible a(Canceled), "Or the caller cancelled the request.", open "p=accept-queue&go=1.4&patience=1s";
    }
    Always ["net/http: request canceled"] {
        Likely a(Canceled), "The caller cancelled the request.", open show::CANCELED;
        Possible a(ClientTimeout), "Or a time-out did, in a Go before 1.14.", open "p=bigger-queue";
    }
    Replayed ["context deadline exceeded"] {
        Likely a(Deadline), "The deadline of the request's context passed. Client.Timeout would have said so. It covers \
            everything: waiting for a connection, connect(), queues, handler, and all attempts.",
            open show::DEADLINE;
        Possible a(Deadline), "The connection was half accepted: established here, unknown there.",
            open "p=phantoms&timeout=0s&deadline=1s";
    }
    NotReplayed ["context deadline exceeded"] {
        Likely a(Deadline), "The deadline of the request's context passed. Client.Timeout would have said so. It covers \
            everything: waiting for a connection, connect(), queues, handler, and all attempts.",
            open "p=bigger-queue&method=POST&timeout=0s&deadline=1s";
    }
    Always ["^context deadline exceeded$"] {
        Likely a(Deadline), "A context's deadline passed, somewhere: no request is named. If it was one of HTTP, its deadline \
            covers connection, queues, handler, and all attempts.", open show::DEADLINE;
        Possible a(ClientTimeout), "If the rest of the text was cut off: Client.Timeout.", open "p=bigger-queue";
        Possible OTHER, "Or it was no request at all: databases, locks and processes have contexts, too.";
    }
    Always ["^context canceled$"] {
        Likely a(Canceled), "The caller gave up: a user who left, or a copy of the request that was faster.",
            open show::CANCELED;
    }
    Always ["read tcp", ": operation timed out"] unless ["i/o"] {
        Certain PEER_GONE, "macOS' text: the peer has not answered keep-alive probes or retransmissions: it is gone, or a NAT forgot the connection.";
    }
    Always ["read tcp", ": connection timed out"] {
        Certain PEER_GONE, "The peer has not answered keep-alive probes or retransmissions: it is gone, or a NAT forgot the \
            connection.";
    }
    Always ["write tcp", ": connection timed out"] {
        Certain PEER_GONE, "The peer has not acknowledged data for minutes: it is gone, or a NAT forgot the connection.";
    }
    Always ["read tcp", "i/o timeout"] {
        Likely DEADLINE, "A deadline on the connection passed while reading. net/http's client sets none: code of your own, a \
            database driver, or a server's ReadTimeout.";
    }
    Always ["write tcp", "i/o timeout"] {
        Likely DEADLINE, "A deadline on the connection passed while writing: a server's WriteTimeout, or code of your own.";
    }
}
