//! What Go's servers print.

use super::super::Confidence;
use super::super::sign::{Cause, Sign, When, signs, *};
use super::show;
use crate::sim::error::ErrorKind::*;

signs! {
    Always ["accept", "^too many open files$"] {
        Certain SERVER, "The server process has no descriptor left. Its accept loop sleeps for 5 ms to 1 s and tries again; \
            connections wait in the accept queue. Clients see no error at first, only delay, then time-outs.",
            open show::SERVER_FDS;
    }
    Always ["accept", "^use of closed network connection$"] {
        Certain SERVER, "Harmless: accept() ended because the server's own program closed its listener, in a shutdown. \
            Clients meanwhile read `connection refused`, or, if they were in the accept queue, `connection reset by peer`.",
            open "p=restart";
    }
    Always ["^http: Server closed$"] {
        Certain SERVER, "Harmless: what ListenAndServe returns after Shutdown or Close.", open "p=restart&stop=shutdown";
    }
    Always ["http: TLS handshake error from"] {
        Certain SERVER, "A client left, or sent something else, during the TLS handshake. Load balancers that only probe the \
            port do that.";
    }
    Always ["^http: Handler timeout$"] {
        Certain SERVER, "http.TimeoutHandler told a handler that its time is over; the client got status 503, no error.";
    }
    Always ["http: panic serving", "broken pipe"] {
        Certain SERVER, "A handler wrote to a caller who had gone, and made a panic of it. Callers leave when their time-out \
            runs out: look at what made them wait.", open "p=bigger-queue";
    }
    Always ["http: panic serving"] {
        Certain SERVER, "A handler panicked, and the server closed its connection: the client of that request reads `EOF`, \
            over HTTP/2 `stream error: ...; INTERNAL_ERROR`.";
    }
    Always ["Unsolicited response received on idle HTTP channel"] {
        Certain SERVER, "A client's log of what a server did: it sent bytes on an idle connection, often a \
            `408 Request Timeout` before it closes it. The next request on it would have read `EOF`: make IdleConnTimeout \
            shorter than the server's idle timeout.", open "p=stale-keepalive";
    }
    Always ["http2: server connection error from", "ENHANCE_YOUR_CALM"] {
        Certain SERVER, "More than four times as many streams waited on one HTTP/2 connection as handlers may run on it (250): \
            handlers hang, and their callers have gone. The server closes the connection with GOAWAY.";
    }
    AtServer ["broken pipe"] {
        Likely SERVER, "A handler answered a caller who had gone: the first packet drew an RST, the next write met it. Callers \
            leave when their time-out runs out: look at what made them wait.", open "p=bigger-queue";
    }
    AtServer ["connection reset by peer"] {
        Likely SERVER, "The client's side threw the connection away: its process died, or closed it with an answer unread, as \
            after a time-out. The server's log shows the effect; the cause is what made the client leave.",
            open "p=bigger-queue";
    }
    AtServer ["write tcp", "i/o timeout"] {
        Likely SERVER, "Server.WriteTimeout ran out before the handler had written its answer; the client reads `EOF`.",
            open show::WRITE_TIMEOUT;
    }
    AtServer ["i/o timeout"] {
        Likely SERVER, "Server.ReadTimeout or ReadHeaderTimeout ran out: no request, or not all of it, had come.",
            open "server=go&read-header-timeout=1s";
    }
    AtServer ["use of closed network connection"] {
        Likely SERVER, "The server's own program had closed the connection, as Server.Close does in a restart.",
            open "p=restart";
    }
    Always ["http: proxy error: context canceled"] {
        Certain a(Canceled), "A reverse proxy's own caller left, and the proxy cancelled its request to the server behind.",
            open show::CANCELED;
    }
}
