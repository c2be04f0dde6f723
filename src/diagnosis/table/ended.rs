//! Go's texts about a connection that ended.

use super::super::Confidence;
use super::super::sign::{Cause, Sign, When, signs, *};
use super::show;
use crate::sim::error::ErrorKind::*;

signs! {
    Always ["http: server closed idle connection"] {
        Certain a(ServerClosedIdle), "The server closed the connection in the instant between being handed out and the \
            request being written. Nothing was sent. Make IdleConnTimeout shorter than the server's idle timeout.",
            open "method=POST&max-conns=4&max-requests=10&sched-delay=100us";
        Possible a(Eof), "A moment later the same is `EOF`.", open "p=stale-keepalive";
    }
    Always ["readLoopPeekFailLocked: EOF"] {
        Certain a(ServerClosedIdle), "An early wording of `http: server closed idle connection` (Go 1.7 before its release).",
            open "method=POST&max-conns=4&max-requests=10&sched-delay=100us";
        Possible a(Eof), "A moment later the same is `EOF`.", open "p=stale-keepalive";
    }
    Always ["readLoopPeekFailLocked:", "connection reset by peer"] {
        Certain a(Reset), "The RST came after the connection was handed out and before the request was on it: nothing was \
            sent. The server's process died, or something on the way forgot the connection.", open "p=restart";
    }
    Always ["transport closed before response was received"] {
        Certain a(BrokenConnection), "Go 1.4 gave the request a connection that the server had just closed. Nothing was sent.",
            open "go=1.4&max-requests=10&idle=100&sched-delay=100us&duration=10s";
    }
    Always ["can't write HTTP request on broken connection"] {
        Likely a(BrokenConnection), "Go 1.4 gave the request a connection that the server had just closed: the sister of \
            `transport closed before response was received`, which ConnLab prints in its place.",
            open "go=1.4&max-requests=10&idle=100&sched-delay=100us&duration=10s";
    }
    // Where Go may have spoken HTTP/2, that is the first thing to think of.
    Secure ["write tcp", "use of closed network connection"] {
        Likely a(Closed), "Over HTTP/2, as Go speaks to most https servers: the pool kept a connection that was dead already, and the request was \
            written to it; a Go or golang.org/x/net before 2020, or code of your own that closes connections. Check with ReadIdleTimeout \
            (today HTTP2.SendPingTimeout).";
        Possible a(Closed), "Over HTTP/1.1: your own reader met the server's FIN or RST and closed the connection; the writer, still busy with the \
            body, found it closed.", open "p=restart&idle=100&rewindable=off&upload=100ms";
    }
    Always ["write tcp", "use of closed network connection"] {
        Likely a(Closed), "Your own reader met the server's FIN or RST and closed the connection; the writer, still busy with the body, found it \
            closed. The server ended an upload early, or the connection was stale.", open "p=restart&idle=100&rewindable=off&upload=100ms";
    }
    Always ["read tcp", "->", "use of closed network connection"] {
        Likely PROGRAM, "This process closed the connection under its own reader: in today's net/http only code of your own does that (a proxy, a web \
            socket, a server in shutdown).";
        Possible a(Closed), "In a Go up to 1.5: Client.Timeout closed it, a time-out in disguise.", open "p=closed-by-us";
    }
    Always ["read tcp", "use of closed network connection"] {
        Certain a(Closed), "An old Go (to 1.4): Client.Timeout or CancelRequest closed the connection under the reader. It is a time-out in disguise; \
            find out what the server was busy with.", open "p=closed-by-us";
        Possible a(Closed), "Under overload the same text comes from requests that wait in the server's queue.", open "p=incident";
    }
    Always ["^use of closed network connection$"] {
        Possible a(Closed), "This process itself had closed the connection. A time-out in an old Go; the reader under its writer in a new one; a \
            listener in a shutdown.", open "p=closed-by-us";
    }
    Replayed ["write: broken pipe"] {
        Likely a(BrokenPipe), "A GET has no body: its header alone met a connection that was over, and a new one, or Go would have sent it again. macOS and \
            FreeBSD answer a connection that overflows the accept queue by RST, and so does Linux with tcp_abort_on_overflow. No run shows \
            this text for a GET: the client's kernel is Linux here, which says `write: connection reset by peer` after an RST alone, and \
            `broken pipe` only if a FIN came before it.";
        Possible a(Reset), "The same overflow, where the reader met the RST before the writer.", open show::RESET_BY_BSD;
    }
    Secure ["write: broken pipe"] {
        Likely a(BrokenPipe), "The server, or a balancer, had closed the connection before the request came. Over HTTP/2 Go sends no request again that was \
            written to a connection which dies: make IdleConnTimeout shorter than the balancer's idle time-out.";
        Possible a(BrokenPipe), "Over HTTP/1.1: its header drew an RST, and the body was written before the reader had noticed.",
            open show::BROKEN_PIPE;
    }
    Always ["write tcp", "broken pipe"] {
        Likely a(BrokenPipe), "The server had closed the connection before the request came; its header drew an RST, and the body was written before the \
            reader had noticed. Make IdleConnTimeout shorter than the server's.", open show::BROKEN_PIPE;
        Possible SERVER, "If a server printed it: a handler answered a caller who had gone.", open "p=bigger-queue";
    }
    Always ["write: broken pipe"] {
        Likely a(BrokenPipe), "The server had closed the connection before the request came; its header drew an RST, and the body was written before the \
            reader had noticed. Make IdleConnTimeout shorter than the server's.", open show::BROKEN_PIPE;
        Possible SERVER, "If a server printed it: a handler answered a caller who had gone.", open "p=bigger-queue";
    }
    Always ["write: protocol wrong type for socket"] {
        Certain a(BrokenPipe), "macOS' text (EPROTOTYPE) for a write to a connection that is being torn down: `broken pipe` elsewhere.",
            open show::BROKEN_PIPE;
    }
    Always ["write: connection reset by peer"] {
        Likely a(WriteReset), "The connection had been reset, and the request, or its body, was written before the reader had noticed: a server that dies, or \
            that ends an upload early.", open show::WRITE_RESET;
    }
    Always ["write tcp", "connection reset by peer"] {
        Likely a(WriteReset), "The connection had been reset, and the request, or its body, was written before the reader had noticed: a server that dies, or \
            that ends an upload early.",
            open "rps=5000&duration=5s&keepalive=off&backlog=8&workers=4&abort-on-overflow=on&rtt=400us&sched-delay=1ms&go=1.4";
    }
    Secure Replayed ["connection reset by peer"] unless ["write tcp", "write:"] {
        Likely a(Reset), "Over HTTP/2, as Go speaks to most https servers: nothing is sent again, a GET neither, and all requests on the connection fail at \
            once. A stale idle connection, most often: a balancer or NAT on the way forgot it and answers by RST. Make IdleConnTimeout \
            shorter than the balancer's idle time-out. (The run shows the same for POST over HTTP/1.1, which is not sent again either.)",
            open "p=restart";
        Possible a(Reset), "Over HTTP/1.1 Go sends a GET again if the connection was reused, so this one was new: it waited in the accept queue of a \
            server that went down, or tcp_abort_on_overflow met a full one.", open "p=abort";
        Possible MIDDLE, "Something on the way ended the TLS handshake: a firewall that dislikes the name.";
    }
    Secure NotReplayed ["connection reset by peer"] unless ["write tcp", "write:"] {
        Likely a(Reset), "An RST before the answer; neither HTTP/2 nor HTTP/1.1 sends this method again. A stale idle connection, most often: a balancer or \
            NAT on the way forgot it and answers by RST (make IdleConnTimeout shorter than its idle time-out), or the server went down \
            with the request unread.", open "p=restart";
        Possible a(Reset), "A full accept queue while the kernel sends SYN cookies: a TLS handshake has more segments than one, and the second one meets \
            RST.", open show::COOKIES;
        Possible a(Reset), "tcp_abort_on_overflow met a full accept queue.", open "p=abort&method=POST";
    }
    Secure ["read tcp", "connection reset by peer"] {
        Likely a(Reset), "An RST before the answer. Over HTTP/2 all requests on the connection fail at once, and none is sent again. A stale idle connection, \
            most often: a balancer or NAT on the way forgot it and answers by RST.", open "p=restart";
        Possible a(Reset), "tcp_abort_on_overflow met a full accept queue.", open "p=abort";
        Possible MIDDLE, "Something on the way ended the TLS handshake: a firewall that dislikes the name.";
    }
    // Go before 1.5 did not print the local address.
    Always ["read tcp", "connection reset by peer"] unless ["->", "read: connection"] {
        Likely a(Reset), "An RST before the answer, in a Go before 1.5, which sends nothing again: the server's accept queue overflowed \
            (tcp_abort_on_overflow, or a handshake that was only half accepted), or its process died with the request unread.",
            open "p=incident";
        Likely a(Reset), "A deploy: the listener was closed with the connection still in its queue.", open "p=restart&go=1.4";
        Possible MIDDLE, "Or something on the way forgot the connection: NAT, firewall, load balancer.";
    }
    Replayed ["connection reset by peer"] unless ["write tcp", "write:"] {
        Likely a(Reset), "An RST before the answer. A GET is sent again by Go if the connection was reused, so this one was new: it waited in the accept \
            queue of a server that went down, or tcp_abort_on_overflow met a full one.", open "p=abort";
        Likely a(Reset), "A deploy: the listener was closed with the connection still in its queue.", open "p=restart";
        Possible a(Reset), "An old Go does not send anything again.", open "p=incident";
        Possible MIDDLE, "Or something on the way forgot the connection: NAT, firewall, load balancer.";
    }
    NotReplayed ["connection reset by peer"] unless ["write tcp", "write:"] {
        Likely a(Reset), "An RST before the answer. The server went down with this request unread, or its accept queue overflowed. Go does not send this \
            method again: the request may have been carried out.", open "p=restart";
        Likely a(Reset), "A full accept queue while the kernel sends SYN cookies, tcp_abort_on_overflow being off: the client believes in a connection \
            that the server has forgotten, and the second segment of the request (a body behind its header) meets RST. `Possible SYN \
            flooding` in the kernel's log says so; a longer backlog and somaxconn cure it.", open show::COOKIES;
        Possible a(Reset), "tcp_abort_on_overflow met a full accept queue.", open "p=abort&method=POST";
        Possible MIDDLE, "Or something on the way forgot the connection: NAT, firewall, load balancer.";
    }
    Always ["read tcp", "connection reset by peer"] {
        Likely a(Reset), "An RST came from the other side: its process died with data unread, or its accept queue overflowed.", open "p=restart";
        Possible a(Reset), "tcp_abort_on_overflow met a full accept queue.", open "p=abort";
        Possible a(Reset), "A full accept queue while the kernel sends SYN cookies: the second segment of a request meets RST.", open show::COOKIES;
        Possible MIDDLE, "Or something on the way forgot the connection: NAT, firewall, load balancer.";
    }
    Always ["wsarecv: An existing connection was forcibly closed by the remote host"] {
        Likely a(Reset), "Windows' text for `connection reset by peer` while reading.", open "p=restart";
    }
    Always ["wsasend: An existing connection was forcibly closed by the remote host"] {
        Likely a(WriteReset), "Windows' text for `connection reset by peer` while writing.", open show::WRITE_RESET;
    }
    Always ["An existing connection was forcibly closed by the remote host"] {
        Likely a(Reset), "Windows' text for an RST from the other side.", open "p=restart";
    }
    Always ["wsarecv: An established connection was aborted by the software in your host machine"] {
        Likely a(Closed), "Windows' text (WSAECONNABORTED): this machine's own side gave the connection up: no acknowledgement came for many seconds, or \
            the program, a virus scanner or a firewall on this machine closed it.";
    }
    Always ["An established connection was aborted by the software in your host machine"] {
        Likely a(BrokenPipe), "Windows' text (WSAECONNABORTED) for a write to a connection that is over: `broken pipe` elsewhere. The server had closed it, \
            or this machine gave it up.", open show::BROKEN_PIPE;
    }
    Always ["^software caused connection abort$"] {
        Likely a(Closed), "This machine's own side gave the connection up (ECONNABORTED).";
    }
}
