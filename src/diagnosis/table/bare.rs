//! Go's texts without anything around them.

use super::super::Confidence;
use super::super::sign::{Cause, Sign, When, signs, *};
use super::show;
use crate::sim::error::ErrorKind::*;

signs! {
    Always ["^connection reset by peer$"] {
        Likely a(Reset), "An RST came from the other side. The text does not say whether while reading or writing.",
            open "p=restart";
        Possible a(WriteReset), "While writing it is usually a body that is sent to a server which ends the upload early.",
            open show::WRITE_RESET;
    }
    Always ["^bind: address already in use$"] {
        Likely LISTENER, "Another process listens on this port already, often the one before it in a restart. No client has failed.";
        Possible a(Ports), "If a client dialled: it binds its address before it connects, and every port is in use or in TIME_WAIT.",
            open "p=ports";
    }
    Always ["write: no buffer space available"] {
        Certain MACHINE, "The kernel had no memory for what was to be sent: the device's queue, or all sockets together, hold too much.";
    }
    Always ["^connection refused$"] {
        Likely a(Refused), "The kernel answered the SYN with RST: no process listens there.", open "p=restart";
    }
    Always ["^i/o timeout$"] {
        Possible a(DialTimeout), "If it was connect(): no answer to the SYN within Dialer.Timeout.",
            open show::DIAL_TIMEOUT;
        Possible DEADLINE, "If it was a read or a write: a deadline on the connection passed.";
    }
    Always ["^too many open files$"] {
        Likely a(ClientFds), "This process has as many files and sockets as `ulimit -n` allows.",
            open show::CLIENT_FDS;
        Possible SERVER, "If a server printed it, its connections now wait in the accept queue.",
            open show::SERVER_FDS;
    }
    Always ["^broken pipe$"] unless ["write |", "write /", "signal:"] {
        Possible a(BrokenPipe), "If a client printed it: the server had closed the connection before the request came.",
            open show::BROKEN_PIPE;
        Possible SERVER, "If a server printed it: a handler answered a caller who had gone.", open "p=bigger-queue";
    }
    Always ["transport connection broken: unexpected EOF"] {
        Likely BODY, "The connection ended inside the header of the response: the server's process died while it wrote.";
    }
    Secure Replayed ["^unexpected EOF$"] {
        Likely HTTP2, "Over HTTP/2, as Go speaks to most https servers: the server, or a balancer, closed the connection before it answered, often an idle \
            one, and without GOAWAY. Go sends nothing again there, a GET neither: make IdleConnTimeout shorter than the other side's. \
            (Over HTTP/1.1 the same is `EOF`, and on POST only: that is what the run shows.)", open "p=stale-keepalive";
        Possible BODY, "Over HTTP/1.1, or while the body is read: the connection ended in the middle of the response. The process died, or its \
            WriteTimeout ran out.";
    }
    Secure NotReplayed ["^unexpected EOF$"] {
        Likely HTTP2, "Over HTTP/2, as Go speaks to most https servers: the server, or a balancer, closed the connection before it answered, often an idle \
            one, and without GOAWAY. Go does not send it again: make IdleConnTimeout shorter than the other side's. (Over HTTP/1.1 the \
            same is `EOF`: that is what the run shows.)", open "p=stale-keepalive";
        Possible BODY, "Over HTTP/1.1, or while the body is read: the connection ended in the middle of the response. The process died, or its \
            WriteTimeout ran out.";
    }
    Always ["^unexpected EOF$"] {
        Likely BODY, "The connection ended in the middle of the response: the server's process died, its WriteTimeout ran out, or its handler \
            panicked while it wrote. Responses here are one packet, so this does not happen.";
        Possible HTTP2, "Over HTTP/2: the server closed the connection before it answered; over HTTP/1.1 that is `EOF`.", open "p=stale-keepalive";
    }
    Secure NotReplayed ["^EOF$"] {
        Likely a(Eof), "The server closed the connection while the request was on its way: its idle timeout is not longer than the client's IdleConnTimeout. \
            This was HTTP/1.1, where Go does not send this method again: HTTP/2 would have said `unexpected EOF`.", open "p=stale-keepalive";
        Possible a(Eof), "A deploy: the process was stopped while a handler worked on it.", open "p=restart";
        Possible TLS, "Or the connection was closed in the TLS handshake.";
    }
    Secure Replayed ["^EOF$"] {
        Likely a(Eof), "The server ended the connection without an answer. This was HTTP/1.1 (HTTP/2 would have said `unexpected EOF`), where Go sends a GET \
            again if the connection was reused, so this one was new: the process was stopped with the request in hand.",
            open "p=restart&method=GET&keepalive=off";
        Likely TLS, "Or the connection was closed in the TLS handshake: by a server that is restarted, or by something on the way.";
        Possible a(Eof), "The handler took longer than Server.WriteTimeout, or panicked.",
            open "server=go&service=200ms&write-timeout=300ms&workers=1000&keepalive=off";
    }
    NotReplayed ["^EOF$"] {
        Likely a(Eof), "The server closed the connection while the request was on its way: its idle timeout is not longer \
            than the client's IdleConnTimeout. Go does not send this method again by itself.", open "p=stale-keepalive";
        Possible a(Eof), "A deploy: the process was stopped while a handler worked on it.", open "p=restart";
        Possible a(Eof), "The handler took longer than Server.WriteTimeout, or panicked.",
            open "server=go&service=200ms&write-timeout=300ms&workers=1000&method=POST";
    }
    Replayed ["^EOF$"] {
        Likely a(Eof), "The server ended the connection without an answer. A GET is sent again by Go if the connection was \
            reused, so this one was new: the process was stopped with the request in hand.",
            open "p=restart&method=GET&keepalive=off";
        Likely a(Eof), "The handler took longer than Server.WriteTimeout, or panicked.",
            open "server=go&service=200ms&write-timeout=300ms&workers=1000&keepalive=off";
        Possible a(Eof), "Go before 1.6 did not send a GET again either: a stale idle connection.",
            open "p=stale-keepalive&go=1.4&method=GET";
    }
    Always ["^EOF$"] {
        Possible a(Eof), "If an HTTP request failed with it: the server closed the connection before it answered, most often \
            an idle one that the client used in the same instant.", open "p=stale-keepalive";
        Possible a(Eof), "A deploy: the process was stopped while a handler worked on it.", open "p=restart";
        Possible OTHER, "Or it was no request at all: every reader in Go ends with EOF.";
    }
    Always ["^circuit breaker is open$"] {
        Likely a(BreakerOpen), "Your own breaker turned the request away: too many before it had failed. Mend what opened it.",
            open "breaker=50%&listening=off";
    }
    Always ["http: read on closed response body"] {
        Certain PROGRAM, "The program read a response's body after it had closed it: a bug of the caller, not of the network.";
    }
}
