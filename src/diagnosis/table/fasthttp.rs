//! The texts of fasthttp, a client and server for Go with a pool of its own.

use super::super::Confidence;
use super::super::sign::{Cause, Sign, When, signs, *};
use super::show;
use crate::sim::error::ErrorKind::*;

signs! {
    Always ["the server closed connection before returning the first response byte"] {
        Certain a(Eof), "fasthttp's `EOF`: the server closed the connection before it answered, most often an idle one that the \
            client used in the same instant. Make MaxIdleConnDuration shorter than the server's idle time-out; fasthttp \
            sends a GET again by itself, a POST not.", open "p=stale-keepalive";
        Possible a(Eof), "A deploy, or a handler that panicked: the process was stopped while it worked on the request.",
            open "p=restart";
    }
    Always ["no free connections available to host"] {
        Certain Subject::Other("no error of the network: MaxConnsPerHost of fasthttp"), "fasthttp's pool is at its limit (MaxConnsPerHost, 512): all \
            connections are busy, and MaxConnWaitTimeout, which is off by default, allows no waiting. The server is slow, \
            or more requests are under way than the limit. Go's net/http would wait for its turn.",
            open "p=bigger-queue&max-conns=100";
    }
    Always ["dialing to the given TCP address timed out"] {
        Certain a(DialTimeout), "fasthttp's dial timed out (3 s by default): no answer to the SYN. Under load: the server's accept \
            queue was full, and its kernel dropped the SYN.", open show::DIAL_TIMEOUT;
        Possible a(DialTimeout), "Or fasthttp's own limit of 1000 concurrent dials was reached, and the dial waited for its turn.",
            open show::DIAL_TIMEOUT;
    }
    Always ["error when dialing", "i/o timeout"] {
        Likely a(DialTimeout), "No answer to the SYN in time.", open show::DIAL_TIMEOUT;
    }
    Always ["dial i/o timeout"] {
        Certain a(DialTimeout), "No answer to the SYN in time. Under load: the server's accept queue was full.",
            open show::DIAL_TIMEOUT;
    }
    Always ["couldn't find DNS entries for the given domain"] {
        Certain NAMES, "fasthttp: the name has no address. No connection was tried.";
    }
    Always ["fasthttp", "tls handshake timed out"] {
        Certain TLS, "fasthttp: TCP's handshake was done, the TLS handshake not in time.";
    }
    Always ["fasthttp", "^timeout$"] {
        Certain a(ClientTimeout), "fasthttp's ErrTimeout: the time given to DoTimeout or DoDeadline is over. Waiting for a connection, \
            connect() and the answer are all in it. The server goes on with the request.", open "p=bigger-queue";
    }
    Always ["error when serving connection", "i/o timeout"] {
        Certain SERVER, "A fasthttp server's line: no request, or not all of it, came within ReadTimeout.";
    }
    Always ["error when serving connection"] {
        Certain SERVER, "A fasthttp server's line: the connection ended while a request was read or answered.";
    }
}
