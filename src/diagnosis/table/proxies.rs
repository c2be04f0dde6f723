//! What proxies print as clients of the servers behind them: nginx, HAProxy, Envoy.

use super::super::Confidence;
use super::super::sign::{Cause, Sign, When, signs, *};
use super::show;
use crate::sim::error::ErrorKind::*;

signs! {
    // nginx: the kernel's number stands in the text; 54, 60, 61 and 49 are those of macOS and FreeBSD.
    Always ["bind() to", "Address already in use"] by "nginx" {
        Certain LISTENER, "Another process listens on this port already; no client has failed.";
    }
    Always ["accept4() failed (24: Too many open files)"] by "nginx" {
        Certain SERVER, "nginx has no descriptor left (worker_rlimit_nofile): connections wait in the accept queue.",
            open show::SERVER_FDS;
    }
    Always ["socket() failed (24: Too many open files)"] by "nginx" {
        Certain a(ClientFds), "No descriptor left for a connection to the upstream (worker_rlimit_nofile; two for each request).",
            open show::CLIENT_FDS;
    }
    Always ["(24: Too many open files)"] by "nginx" {
        Certain a(ClientFds), "nginx has no descriptor left (worker_rlimit_nofile; two for each request).",
            open show::CLIENT_FDS;
    }
    Always ["worker_connections are not enough"] by "nginx" {
        Certain SERVER, "All connections of a worker are in use (worker_connections, 512 or 768): each request takes two, one to \
            the client and one to the upstream. New ones are closed at once, idle ones thrown out: clients read `EOF` or a reset. \
            Slow upstreams fill it.", open "p=bigger-queue";
    }
    Always ["SSL_do_handshake() failed"] by "nginx" {
        Certain TLS, "The TLS handshake failed: certificates, versions, or a peer that does not speak TLS on that port.";
    }
    Always ["no live upstreams while connecting to upstream"] by "nginx" {
        Certain GATEWAY, "All servers of the group have failed within fail_timeout (10 s), or are at max_conns: nobody is asked, \
            and clients get 502 at once. Look further up for the first failure.", open "p=restart";
    }
    Always ["upstream prematurely closed connection while reading upstream"] by "nginx" {
        Certain BODY, "A FIN in the middle of the body: the upstream died, or its own time-out cut the answer.";
    }
    Always ["upstream prematurely closed connection"] by "nginx" {
        Certain a(Eof), "A FIN before the answer: an idle connection that the upstream closed in the same instant (keepalive \
            longer than the upstream's), or a process that ended with the request in hand. The client gets 502.",
            open "p=stale-keepalive";
        Possible a(Eof), "A deploy of the upstream.", open "p=restart";
    }
    Always ["(99: Cannot assign requested address)"] by "nginx" {
        Certain a(Ports), "No free port towards the upstream: each request dials, and the closed connections hold their ports in \
            TIME_WAIT. Keep connections: `keepalive` in the upstream block, with proxy_http_version 1.1 and an empty \
            Connection header.", open "p=ports";
    }
    Always ["(49: Can't assign requested address)"] by "nginx" {
        Certain a(Ports), "No free port towards the upstream (macOS, FreeBSD).", open "p=ports";
    }
    Always ["(104: Connection reset by peer) while reading client request"] by "nginx" {
        Certain SERVER, "A client of nginx left.";
    }
    Always ["(104: Connection reset by peer) while keepalive"] by "nginx" {
        Certain SERVER, "A client of nginx left, with no request under way: harmless.";
    }
    Always ["(104: Connection reset by peer) while sending request to upstream"] by "nginx" {
        Certain a(WriteReset), "An RST while the request was sent: the upstream answered and closed before it had read the body, or its \
            process died.", open show::WRITE_RESET;
    }
    Always ["(104: Connection reset by peer)"] by "nginx" {
        Certain a(Reset), "An RST from the other side before the answer: the upstream's process died with the request unread, or its \
            accept queue overflowed. A POST is not sent again: the client gets 502.", open "p=restart";
        Possible a(Reset), "tcp_abort_on_overflow met a full accept queue.", open "p=abort&method=POST";
    }
    Always ["(54: Connection reset by peer)"] by "nginx" {
        Certain a(Reset), "An RST from the other side before the answer (macOS, FreeBSD).", open "p=restart";
    }
    Always ["(111: Connection refused)"] by "nginx" {
        Certain a(Refused), "The upstream's kernel answered the SYN with RST: no process listens there.", open "p=restart";
    }
    Always ["(61: Connection refused)"] by "nginx" {
        Certain a(Refused), "A SYN answered by RST (macOS, FreeBSD): no process listens there.", open "p=restart";
    }
    Always ["(110: Connection timed out) while connecting to upstream"] by "nginx" {
        Certain a(DialTimeout), "No answer to the SYN within proxy_connect_timeout (60 s): the upstream's accept queue was full and its \
            kernel dropped the SYN, or a firewall does. The client gets 504.", open show::DIAL_TIMEOUT;
    }
    Always ["(110: Operation timed out) while connecting to upstream"] by "nginx" {
        Certain a(DialTimeout), "No answer to the SYN within proxy_connect_timeout (60 s).", open show::DIAL_TIMEOUT;
    }
    Always ["timed out", "while reading response header from upstream"] by "nginx" {
        Certain a(HeaderTimeout), "The upstream was connected and did not answer within proxy_read_timeout (60 s): slow handlers, or a \
            connection that waits in its accept queue. The client gets 504; the upstream may still work on it.",
            open show::HEADER_TIMEOUT;
    }
    Always ["timed out", "while reading upstream"] by "nginx" {
        Certain BODY, "The upstream's answer stopped in the middle for proxy_read_timeout (60 s).";
    }
    Always ["(110: Connection timed out)"] by "nginx" {
        Likely a(ConnectTimeout), "The other side did not answer.", open show::CONNECT_TIMEOUT;
    }
    Always ["(60: Operation timed out)"] by "nginx" {
        Likely a(ConnectTimeout), "The other side did not answer (macOS, FreeBSD).", open show::CONNECT_TIMEOUT;
    }
    Always ["(113: No route to host)"] by "nginx" {
        Certain ROUTE, "No answer from the upstream's host (ARP, ICMP host unreachable): it is down, or was moved.";
    }
    Always ["(101: Network is unreachable)"] by "nginx" {
        Certain ROUTE, "This host has no route to that network: often IPv6 where there is none.";
    }
    Always ["(32: Broken pipe) while sending request to upstream"] by "nginx" {
        Certain a(BrokenPipe), "The upstream had closed the connection while the request's body was still sent: it ended the upload early, or \
            the kept connection was stale.", open show::BROKEN_PIPE;
    }
    Always ["(32: Broken pipe)"] by "nginx" {
        Likely SERVER, "nginx wrote to a connection that the other side had closed: a client who left, most often.",
            open "p=bigger-queue";
    }
    Always ["client prematurely closed connection"] by "nginx" {
        Certain SERVER, "The client left before the answer (status 499 in the access log): its time-out ran out. Look at what made it \
            wait.", open "p=bigger-queue";
    }
    Always ["host not found in upstream"] by "nginx" {
        Certain NAMES, "The upstream's name has no address.";
    }

    // Envoy, and Istio with it: the text for the client, and the flags of the access log.
    Always ["upstream connect error or disconnect/reset before headers", "connection termination"] by "Envoy" {
        Certain a(Eof), "Envoy's upstream closed the connection before it answered (flag UC): an idle one that the server closed in the same \
            instant, or a process that ended. Make the cluster's idle_timeout shorter than the server's; a retry policy \
            (`reset`) sends it again.", open "p=stale-keepalive";
        Possible a(Reset), "Envoy does not tell FIN from RST here.", open "p=restart";
    }
    Always ["upstream connect error or disconnect/reset before headers", "overflow"] by "Envoy" {
        Certain GATEWAY, "A circuit breaker of Envoy (max_connections, max_pending_requests; flag UO) turned the request away: too many wait for \
            the server, which is too slow for them.", open "breaker=50%&listening=off";
    }
    Always ["upstream connect error or disconnect/reset before headers", "delayed connect error: 111"] by "Envoy" {
        Certain a(Refused), "The server's kernel answered the SYN with RST (flag UF): no process listens there.", open "p=restart";
    }
    Always ["upstream connect error or disconnect/reset before headers", "connection timeout"] by "Envoy" {
        Certain a(DialTimeout), "No answer to the SYN within connect_timeout (flag UF): a full accept queue, a firewall, a host that is down.",
            open show::DIAL_TIMEOUT;
    }
    Always ["upstream connect error or disconnect/reset before headers", "TLS error"] by "Envoy" {
        Certain TLS, "Envoy's TLS handshake with the server failed: certificates, or plain HTTP on that port.";
    }
    Always ["upstream connect error or disconnect/reset before headers", "connection failure"] by "Envoy" {
        Likely a(Refused), "Envoy could not connect (flag UF): refused, most often. The transport failure reason says more where it is \
            printed.", open "p=restart";
        Possible a(DialTimeout), "Or no answer came.", open show::DIAL_TIMEOUT;
    }
    Always ["upstream connect error or disconnect/reset before headers"] by "Envoy" {
        Likely a(Reset), "The server's side closed or reset the connection before it answered, or could not be connected: the reset reason \
            behind the text says which.", open "p=restart";
        Possible a(Eof), "An idle connection that the server closed in the same instant.", open "p=stale-keepalive";
    }
    Always ["^no healthy upstream$"] by "Envoy" {
        Certain GATEWAY, "All servers of the cluster are out (health checks, outlier detection), or there are none: nobody is asked (flag UH).",
            open "p=restart";
    }
    Always ["^upstream request timeout$"] by "Envoy" {
        Certain a(HeaderTimeout), "The route's timeout (15 s) ran out before the server answered (flag UT).", open show::HEADER_TIMEOUT;
    }
    Always [" 503 UF"] by "Envoy" {
        Likely a(Refused), "Flag UF: Envoy could not connect to the server. Refused if at once, a full accept queue or a firewall if after \
            connect_timeout.", open "p=restart";
        Possible a(DialTimeout), "No answer to the SYN.", open show::DIAL_TIMEOUT;
    }
    Always [" 503 UC"] by "Envoy" {
        Certain a(Eof), "Flag UC: the server closed or reset the connection before it answered; an idle one that it closed in the same \
            instant, or a process that ended.", open "p=stale-keepalive";
        Possible a(Reset), "By RST: a deploy.", open "p=restart";
    }
    Always [" 503 UH"] by "Envoy" {
        Certain GATEWAY, "Flag UH: no healthy server in the cluster; nobody was asked.", open "p=restart";
    }
    Always [" 503 UO"] by "Envoy" {
        Certain GATEWAY, "Flag UO: a circuit breaker of Envoy turned the request away.", open "breaker=50%&listening=off";
    }
    Always [" 504 UT"] by "Envoy" {
        Certain a(HeaderTimeout), "Flag UT: the route's timeout (15 s) ran out before the server answered.", open show::HEADER_TIMEOUT;
    }
    Always [" 0 DC"] by "Envoy" {
        Certain SERVER, "Flag DC: Envoy's own caller left before the answer.", open "p=bigger-queue";
    }

    // HAProxy: the termination state, four characters. Who, and in which phase.
    Always [" SC-- "] by "HAProxy" {
        Certain a(Refused), "Termination state SC: the server refused the connection, with each of the retries (one a second). The client got \
            503.", open "p=restart";
    }
    Always [" sC-- "] by "HAProxy" {
        Certain a(DialTimeout), "Termination state sC: no answer to the SYN within `timeout connect`, with each of the retries: the server's accept \
            queue is full, or it is down. The client got 503.", open show::DIAL_TIMEOUT;
    }
    Always [" SH-- "] by "HAProxy" {
        Certain a(Eof), "Termination state SH: the server closed the connection before it answered. The client got 502; on a later request of \
            its connection it would have got nothing but a close.", open "p=stale-keepalive";
        Possible a(Reset), "By RST: a deploy.", open "p=restart";
    }
    Always [" sH-- "] by "HAProxy" {
        Certain a(HeaderTimeout), "Termination state sH: the server did not answer within `timeout server`. The client got 504.",
            open show::HEADER_TIMEOUT;
    }
    Always [" sQ-- "] by "HAProxy" {
        Certain GATEWAY, "Termination state sQ: the request waited for a place at the server (maxconn) longer than `timeout queue`. The \
            client got 503.", open "p=bigger-queue";
    }
    Always [" SD-- "] by "HAProxy" {
        Certain BODY, "Termination state SD: the server closed the connection in the middle of its answer.";
    }
    Always [" CD-- "] by "HAProxy" {
        Certain SERVER, "Termination state CD: the client left in the middle of the answer.", open "p=bigger-queue";
    }
    Always [" CH-- "] by "HAProxy" {
        Certain SERVER, "Termination state CH: the client left while it waited for the answer.", open "p=bigger-queue";
    }
    Always ["has no server available!"] by "HAProxy" {
        Certain GATEWAY, "All servers of the backend are down by their health checks: clients get 503.", open "p=restart";
    }

    // The proxy's answer, as a client sees it.
    Always ["^502 Bad Gateway$"] by "a proxy" {
        Certain GATEWAY, "The answer of a proxy that had none of its upstream: refused, reset or closed before the answer. Its own error \
            log has the line that says which: paste that.", open "p=stale-keepalive";
        Possible GATEWAY, "A deploy of the upstream.", open "p=restart";
    }
    Always ["HTTP/", " 502 Bad Gateway"] by "a proxy" {
        Certain GATEWAY, "The answer of a proxy that had none of its upstream: refused, reset or closed before the answer. Its own error \
            log has the line that says which: paste that.", open "p=stale-keepalive";
        Possible GATEWAY, "A deploy of the upstream.", open "p=restart";
    }
    Always ["<h1>502 Bad Gateway</h1>"] by "a proxy" {
        Certain GATEWAY, "The answer of a proxy that had none of its upstream: refused, reset or closed before the answer. Its own error \
            log has the line that says which: paste that.", open "p=stale-keepalive";
        Possible GATEWAY, "A deploy of the upstream.", open "p=restart";
    }
    Always ["^504 Gateway Time-out$"] by "a proxy" {
        Certain GATEWAY, "The answer of a proxy whose upstream took longer than its time-out (nginx: proxy_read_timeout, 60 s). Its own \
            error log has the line.", open "p=bigger-queue";
    }
    Always ["^504 Gateway Timeout$"] by "a proxy" {
        Certain GATEWAY, "The answer of a proxy whose upstream took longer than its time-out (nginx: proxy_read_timeout, 60 s). Its own \
            error log has the line.", open "p=bigger-queue";
    }
    Always ["HTTP/", " 504 Gateway Time"] by "a proxy" {
        Certain GATEWAY, "The answer of a proxy whose upstream took longer than its time-out (nginx: proxy_read_timeout, 60 s). Its own \
            error log has the line.", open "p=bigger-queue";
    }
    Always ["<h1>504 Gateway Time-out</h1>"] by "a proxy" {
        Certain GATEWAY, "The answer of a proxy whose upstream took longer than its time-out (nginx: proxy_read_timeout, 60 s). Its own \
            error log has the line.", open "p=bigger-queue";
    }
}
