//! Go's texts about connect().

use super::super::Confidence;
use super::super::sign::{Cause, Sign, When, signs, *};
use super::show;
use crate::sim::error::ErrorKind::*;

signs! {
    Always ["proxyconnect", "connection refused"] {
        Certain a(Refused), "Nothing listens on the *proxy's* port (HTTP_PROXY, HTTPS_PROXY); the server was not asked.", open "p=restart";
    }
    Always ["proxyconnect", "i/o timeout"] {
        Certain a(DialTimeout), "The *proxy* (HTTP_PROXY, HTTPS_PROXY) did not answer the SYN within Dialer.Timeout; the server was not asked.",
            open show::DIAL_TIMEOUT;
    }

    // No local port. 0.0.0.0:0 is an address that the client itself has chosen to bind.
    Always ["dial tcp", "bind: address already in use"] {
        Certain a(Ports), "A client that binds its address before it connects (net.Dialer.LocalAddr, as load generators do): such a port serves for \
            one connection, to whatever server, and all of them are in use or in TIME_WAIT. Without LocalAddr a port serves once for \
            each server.", open "p=ports";
    }
    Always ["dial tcp", "connect: address already in use"] {
        Certain a(Ports), "The port that the client has bound is still in use, or in TIME_WAIT, towards this server.", open "p=ports";
    }
    Always ["bind: cannot assign requested address"] {
        Certain ADDRESS, "A socket was to be bound to an address that this host does not have.";
    }
    Always ["bind: can't assign requested address"] {
        Certain ADDRESS, "A socket was to be bound to an address that this host does not have (macOS).";
    }
    Always ["dial tcp [", "cannot assign requested address"] unless ["dial tcp [::1]"] {
        Likely ADDRESS, "This host, or container, has no IPv6 address to connect from.";
        Possible a(Ports), "Or every local port towards this server is in use or in TIME_WAIT.", open "p=ports";
    }
    Always ["dial tcp [::1]", "cannot assign requested address"] {
        Likely a(Ports), "Every local port towards this server is in use or in TIME_WAIT.", open "p=ports";
        Possible ADDRESS, "Or this container has no IPv6 loopback address: then it never works.";
    }
    Always ["^cannot assign requested address$"] {
        Certain a(Ports), "Every local port towards this server is in use or in TIME_WAIT: the client closed more connections in the last 60 s than \
            it has ports.", open "p=ports";
    }
    Always ["dial tcp", "cannot assign requested address"] {
        Certain a(Ports), "Every local port towards this server is in use or in TIME_WAIT: the client closed more connections in the last 60 s than \
            it has ports.", open "p=ports";
    }
    Always ["can't assign requested address"] {
        Certain a(Ports), "macOS' text: every local port towards this server is in use or in TIME_WAIT. It has 16,384 (net.inet.ip.portrange), each \
            for 30 s after the close.", open "p=ports&ports=16384";
    }
    Always ["dial", "Only one usage of each socket address"] {
        Certain a(Ports), "Windows' text: every local port is in use or in TIME_WAIT. It has 16,384 of them (netsh int ipv4 show dynamicport tcp), each for 120 s after \
            the close.", open "p=ports&ports=16384";
    }
    Always ["connectex: Only one usage of each socket address"] {
        Certain a(Ports), "Windows' text: every local port is in use or in TIME_WAIT. It has 16,384 of them.", open "p=ports&ports=16384";
    }
    Always ["because the system lacked sufficient buffer space or because a queue was full"] {
        Likely a(Ports), "Windows' text (WSAENOBUFS): no port or no buffer left for another socket; ports are the commonest, in use or in TIME_WAIT.",
            open "p=ports&ports=16384";
    }

    // Refused.
    Always ["dial tcp", "connection refused"] {
        Certain a(Refused), "The server's kernel answered the SYN with RST: no process listens there (down, restarting, another port), or a firewall \
            rejects. Nothing was sent, so a retry is safe.", open "p=restart";
    }
    Always ["dial: connection refused"] {
        Certain a(Refused), "The server's kernel answered the SYN with RST: no process listens there.", open "p=restart";
    }
    Always ["connect: connection refused"] {
        Certain a(Refused), "The kernel answered the SYN with RST: no process listens there.", open "p=restart";
    }
    Always ["No connection could be made because the target machine actively refused it"] {
        Certain a(Refused), "Windows' text for a SYN answered by RST: no process listens there, or its accept queue is full and the server is a \
            Windows, too.", open "p=restart";
    }

    // No answer.
    Always ["wsarecv: A connection attempt failed because the connected party did not properly respond"] {
        Certain PEER_GONE, "Windows' text: the peer has not acknowledged data for many seconds: it is gone, or something on the way forgot the \
            connection.";
    }
    Always ["connectex: A connection attempt failed because the connected party did not properly respond"] {
        Certain a(ConnectTimeout), "Windows' text for SYNs without an answer, after about 21 s.",
            open "p=accept-queue&dial-timeout=0s&timeout=0s&syn-retries=0&syn-linear=1";
    }
    Always ["because the connected party did not properly respond after a period of time"] {
        Likely a(ConnectTimeout), "Windows' text for SYNs without an answer, after about 21 s.",
            open "p=accept-queue&dial-timeout=0s&timeout=0s&syn-retries=0&syn-linear=1";
    }
    Always ["dial tcp", "i/o timeout (Client.Timeout exceeded"] {
        Certain a(ClientTimeout), "Client.Timeout ran out during connect(): no answer to the SYN yet. A text of Go up to 1.22; today's Go says `context \
            deadline exceeded (Client.Timeout ...`. Under load: the server's accept queue was full, and its kernel dropped the SYN.",
            open "p=accept-queue&timeout=500ms&go=1.22";
    }
    Always ["dial tcp", "operation was canceled (Client.Timeout exceeded"] {
        Certain a(ClientTimeout), "Client.Timeout ran out during connect(): no answer to the SYN yet. A text of Go up to 1.22.",
            open "p=accept-queue&timeout=500ms&go=1.22";
    }
    Always ["dial tcp", "i/o timeout"] {
        Likely a(DialTimeout), "No answer to the SYN within Dialer.Timeout. Under load: the server's accept queue was full, and its kernel dropped the \
            SYN without a word.", open show::DIAL_TIMEOUT;
        Possible a(Deadline), "Up to Go 1.22 the same text says that the request's context ran out during connect().",
            open "p=accept-queue&timeout=0s&deadline=1s&go=1.22";
        Possible ROUTE, "If it never works: a firewall that drops, a wrong address, a host that is down.";
    }
    Always ["dial: i/o timeout"] {
        Likely a(DialTimeout), "No answer to the SYN in time. Under load: the server's accept queue was full.", open show::DIAL_TIMEOUT;
    }
    Always ["dial tcp", "connection timed out"] {
        Likely a(ConnectTimeout), "The client's kernel sent its last SYN and gave up, after about two minutes; Dialer.Timeout was off or longer. A \
            firewall that drops, a host that is down, or an accept queue that stays full.", open show::CONNECT_TIMEOUT;
    }
    Always ["dial tcp", "connect: operation timed out"] {
        Likely a(ConnectTimeout), "macOS' text: the kernel sent its last SYN and gave up.", open show::CONNECT_TIMEOUT;
    }
    Always ["dial tcp", "operation was canceled"] {
        Likely a(Canceled), "The request's context ended during connect(). Up to Go 1.22 that ended the dial with it.",
            open "p=accept-queue&go=1.22&patience=1s";
        Possible a(ClientTimeout), "Client.Timeout ends the context, too.", open "p=accept-queue&timeout=1s";
    }
    Always ["dial tcp", "connection reset by peer"] {
        Likely a(Reset), "The handshake was done from this side, and an RST came before Go looked: tcp_abort_on_overflow with a full accept queue, or \
            something on the way.", open "p=abort";
    }
    Always ["dial tcp", "no buffer space available"] {
        Certain MACHINE, "The kernel has no memory for another socket, or on macOS no port.";
        Possible a(Ports), "On macOS: every local port is in use.", open "p=ports&ports=16384";
    }
    Always ["^no route to host$"] {
        Certain ROUTE, "No router knows the way, or the last one got no answer from the host (ARP, ICMP host unreachable).";
    }
    Always ["^host is down$"] {
        Certain ROUTE, "macOS' text: the host did not answer (ARP).";
    }
    Always ["^network is unreachable$"] {
        Certain ROUTE, "This host has no route to that network: often IPv6 where there is none.";
    }
    Always ["proxyconnect"] {
        Certain ROUTE, "The connection to the proxy (HTTP_PROXY, HTTPS_PROXY) failed; the server was not asked.";
    }
    Always ["rpc error: code = DeadlineExceeded"] {
        Certain GRPC, "gRPC: the call's deadline passed, on the way, in a queue or in the handler. It runs over HTTP/2 and has a pool of its own.";
    }
    Always ["rpc error: code = Unavailable"] {
        Certain GRPC, "gRPC: the connection ended, or there was none: a restart, a balancer's idle limit. It is safe to send again what is marked \
            transparent, and what may run twice. It runs over HTTP/2 and has a pool of its own.";
    }
    Always ["rpc error: code ="] {
        Certain GRPC, "gRPC, which runs over HTTP/2 and has a pool and retries of its own.";
    }
}
