//! What the HTTP clients of compiled languages print: Java, .NET, Rust; C's with their numbers.

use super::super::Confidence;
use super::super::sign::{Cause, Sign, When, signs, *};
use super::show;
use crate::sim::error::ErrorKind::*;

signs! {
    // Java: HttpURLConnection, java.net.http, OkHttp, Apache HttpClient.
    Always ["java.net.BindException: Address already in use"] by "Java" {
        Certain LISTENER, "Another process listens on this port already; no client has failed.";
    }
    Always ["java.net.BindException: Cannot assign requested address"] by "Java" {
        Certain a(Ports), "Every local port towards this server is in use or in TIME_WAIT.", open "p=ports";
    }
    Always ["java.net.ConnectException: Cannot assign requested address"] by "Java" {
        Certain a(Ports), "Every local port towards this server is in use or in TIME_WAIT.", open "p=ports";
    }
    Always ["NoRouteToHostException: Cannot assign requested address"] by "Java" {
        Certain a(Ports), "Every local port towards this server is in use or in TIME_WAIT: an older Java's words for it.", open "p=ports";
    }
    Always ["java.net.SocketException: Connection reset"] by "Java" {
        Certain a(Reset), "An RST from the other side before the answer.", open "p=restart";
        Possible a(Reset), "tcp_abort_on_overflow met a full accept queue.", open "p=abort";
    }
    Always ["java.net.SocketException: Broken pipe"] by "Java" {
        Certain a(BrokenPipe), "The server had closed the connection before the request was written.", open show::BROKEN_PIPE;
    }
    Always ["java.io.IOException: Broken pipe"] by "Java" {
        Likely SERVER, "A Java server's line, most often: it answered a caller who had gone.", open "p=bigger-queue";
        Possible a(BrokenPipe), "If a client printed it: the server had closed the connection.", open show::BROKEN_PIPE;
    }
    Always ["SocketException: Unexpected end of file from server"] by "Java" {
        Certain a(Eof), "HttpURLConnection: a FIN before the answer, Go's `EOF`. It sends a GET, and a POST too, again once by itself.",
            open "p=stale-keepalive";
    }
    Always ["unexpected end of stream on "] by "Java" {
        Certain a(Eof), "OkHttp: a FIN before the answer, Go's `EOF`: an idle connection that the server closed in the same instant.",
            open "p=stale-keepalive";
    }
    Always ["NoHttpResponseException"] by "Java" {
        Certain a(Eof), "Apache HttpClient: a FIN before the answer, Go's `EOF`. It looks at an idle connection only after 2 s: a server with a shorter \
            idle time-out makes each such POST fail.", open "p=stale-keepalive";
    }
    Always ["EOF reached while reading"] by "Java" {
        Certain a(Eof), "java.net.http: a FIN before the answer, Go's `EOF`.", open "p=stale-keepalive";
    }
    Always ["ConnectTimeoutException"] by "Java" {
        Certain a(DialTimeout), "Apache HttpClient: no answer to the SYN within the connect time-out.", open show::DIAL_TIMEOUT;
    }
    Always ["SocketTimeoutException: Connect timed out"] by "Java" {
        Certain a(DialTimeout), "No answer to the SYN within the connect time-out.", open show::DIAL_TIMEOUT;
    }
    Always ["SocketTimeoutException: connect timed out"] by "Java" {
        Certain a(DialTimeout), "No answer to the SYN within the connect time-out.", open show::DIAL_TIMEOUT;
    }
    Always ["HttpConnectTimeoutException"] by "Java" {
        Certain a(DialTimeout), "java.net.http: no answer to the SYN within connectTimeout.", open show::DIAL_TIMEOUT;
    }
    Always ["HttpTimeoutException: request timed out"] by "Java" {
        Certain a(ClientTimeout), "java.net.http: the request's timeout ran out, somewhere between connect() and the answer.", open "p=bigger-queue";
    }
    Always ["SocketTimeoutException: Read timed out"] by "Java" {
        Certain a(HeaderTimeout), "Connected, and nothing came within the read time-out: slow handlers, or a connection that waits in the accept queue.",
            open show::HEADER_TIMEOUT;
    }
    Always ["java.net.SocketTimeoutException: timeout"] by "Java" {
        Certain a(HeaderTimeout), "OkHttp: connected, and nothing came within readTimeout (10 s).", open show::HEADER_TIMEOUT;
    }
    Always ["ConnectException: Connection timed out"] by "Java" {
        Certain a(ConnectTimeout), "The kernel sent its last SYN and gave up, after about two minutes.", open show::CONNECT_TIMEOUT;
    }
    Always ["ConnectException: Connection refused"] by "Java" {
        Certain a(Refused), "A SYN answered by RST: no process listens there.", open "p=restart";
    }
    Always ["HttpHostConnectException", "Connection refused"] by "Java" {
        Certain a(Refused), "Apache HttpClient: a SYN answered by RST, no process listens there.", open "p=restart";
    }
    Always ["ConnectException: Failed to connect to"] by "Java" {
        Likely a(Refused), "OkHttp: no connection; refused, most often.", open "p=restart";
    }
    Always ["SocketException: Too many open files"] by "Java" {
        Certain a(ClientFds), "The process has as many files and sockets as `ulimit -n` allows.", open show::CLIENT_FDS;
    }
    Always ["java.net.UnknownHostException"] by "Java" {
        Certain NAMES, "The name has no address. No connection was tried.";
    }
    Always ["NoRouteToHostException"] by "Java" {
        Certain ROUTE, "No answer from the host (ARP, ICMP host unreachable).";
    }
    Always ["Timeout waiting for connection from pool"] by "Java" {
        Certain PROGRAM, "Apache HttpClient's pool is at its limit (5 for each host, 25 in all): answers that nobody closes, or a slow server.",
            open "p=bigger-queue&max-conns=100";
    }
    Always ["header parser received no bytes"] by "Java" {
        Likely a(Eof), "java.net.http: the connection ended before the answer. By FIN if its cause is `EOF reached while reading`.", open "p=stale-keepalive";
        Possible a(Reset), "By RST if its cause is `Connection reset`.", open "p=restart";
    }
    Always ["^java.net.ConnectException$"] by "Java" {
        Likely a(Refused), "java.net.http gives no message here; refused, most often.", open "p=restart";
        Possible a(ConnectTimeout), "After two minutes and more: SYNs without an answer.", open show::CONNECT_TIMEOUT;
    }

    // .NET; numbers over 10,000 are those of Windows.
    Always ["SocketException (104)"] by ".NET" {
        Certain a(Reset), "An RST from the other side.", open "p=restart";
    }
    Always ["SocketException (10054)"] by ".NET" {
        Certain a(Reset), "An RST from the other side (Windows).", open "p=restart";
    }
    Always ["SocketException (111)"] by ".NET" {
        Certain a(Refused), "A SYN answered by RST: no process listens there.", open "p=restart";
    }
    Always ["SocketException (10061)"] by ".NET" {
        Certain a(Refused), "A SYN answered by RST (Windows): no process listens there.", open "p=restart";
    }
    Always ["SocketException (110)"] by ".NET" {
        Certain a(ConnectTimeout), "The kernel sent its last SYN and gave up.", open show::CONNECT_TIMEOUT;
    }
    Always ["SocketException (10060)"] by ".NET" {
        Certain a(ConnectTimeout), "SYNs without an answer, after about 21 s (Windows).", open show::CONNECT_TIMEOUT;
    }
    Always ["SocketException (99)"] by ".NET" {
        Certain a(Ports), "Every local port towards this server is in use or in TIME_WAIT: one HttpClient for the whole program, not one for each request.",
            open "p=ports";
    }
    Always ["SocketException (10048)"] by ".NET" {
        Certain a(Ports), "Every local port towards this server is in use or in TIME_WAIT (Windows): one HttpClient for the whole program, not one for each \
            request.", open "p=ports";
    }
    Always ["SocketException (10055)"] by ".NET" {
        Certain a(Ports), "Windows has no buffer or no port left for another socket.", open "p=ports";
    }
    Always ["Unable to read data from the transport connection: Connection reset by peer"] by ".NET" {
        Certain a(Reset), "An RST from the other side.", open "p=restart";
    }
    Always ["Unable to read data from the transport connection: An existing connection was forcibly closed"] by ".NET" {
        Certain a(Reset), "An RST from the other side (Windows).", open "p=restart";
    }
    Always ["The response ended prematurely"] by ".NET" {
        Certain a(Eof), "HttpClient: a FIN before the answer, or in the middle of it; Go's `EOF`.", open "p=stale-keepalive";
    }
    Always ["A connection that was expected to be kept alive was closed by the server"] by ".NET" {
        Certain a(Eof), ".NET Framework: a FIN on a kept connection, Go's `EOF`.", open "p=stale-keepalive";
    }
    Always ["configured HttpClient.Timeout of", "seconds elapsing"] by ".NET" {
        Certain a(ClientTimeout), "HttpClient.Timeout (100 s) ran out, somewhere between connect() and the answer.", open "p=bigger-queue";
    }
    Always ["HttpRequestException: Connection refused"] by ".NET" {
        Certain a(Refused), "A SYN answered by RST: no process listens there.", open "p=restart";
    }
    Always ["HttpRequestException: Cannot assign requested address"] by ".NET" {
        Certain a(Ports), "Every local port towards this server is in use or in TIME_WAIT.", open "p=ports";
    }

    // Rust: hyper, reqwest, ureq. Chains are printed from the outside in.
    Always ["connection closed before message completed"] by "Rust" {
        Certain a(Eof), "hyper: a FIN before the answer, Go's `EOF`: most often an idle connection that the server closed in the same instant.",
            open "p=stale-keepalive";
    }
    Always ["io: Peer disconnected"] by "Rust" {
        Certain a(Eof), "ureq: a FIN before the answer, Go's `EOF`.", open "p=stale-keepalive";
    }
    Always ["Address already in use (os error"] by "Rust" {
        Certain LISTENER, "Another process listens on this port already; no client has failed.";
    }
    Always ["(os error 104)"] by "Rust" {
        Certain a(Reset), "An RST from the other side.", open "p=restart";
    }
    Always ["(os error 54)"] by "Rust" {
        Certain a(Reset), "An RST from the other side (macOS).", open "p=restart";
    }
    Always ["(os error 10054)"] by "Rust" {
        Certain a(Reset), "An RST from the other side (Windows).", open "p=restart";
    }
    Always ["(os error 111)"] by "Rust" {
        Certain a(Refused), "A SYN answered by RST: no process listens there.", open "p=restart";
    }
    Always ["(os error 61)"] by "Rust" {
        Certain a(Refused), "A SYN answered by RST (macOS): no process listens there.", open "p=restart";
    }
    Always ["(os error 10061)"] by "Rust" {
        Certain a(Refused), "A SYN answered by RST (Windows): no process listens there.", open "p=restart";
    }
    Always ["Cannot assign requested address (os error 99)"] by "Rust" {
        Certain a(Ports), "Every local port towards this server is in use or in TIME_WAIT.", open "p=ports";
    }
    Always ["Can't assign requested address (os error 49)"] by "Rust" {
        Certain a(Ports), "Every local port towards this server is in use or in TIME_WAIT (macOS).", open "p=ports";
    }
    Always ["(os error 10048)"] by "Rust" {
        Certain a(Ports), "Every local port towards this server is in use or in TIME_WAIT (Windows).", open "p=ports";
    }
    Always ["Too many open files (os error 24)"] by "Rust" {
        Likely a(ClientFds), "The process has as many files and sockets as `ulimit -n` allows.", open show::CLIENT_FDS;
    }
    Always ["Broken pipe (os error 32)"] by "Rust" {
        Likely a(BrokenPipe), "The server had closed the connection before the request was written.", open show::BROKEN_PIPE;
        Possible OTHER, "Or the program's own output: its reader (`| head`) had ended.";
    }
    Always ["(os error 110)"] by "Rust" {
        Likely a(ConnectTimeout), "The other side did not answer: SYNs for two minutes, or, in reqwest since 0.13, 30 s (TCP_USER_TIMEOUT).",
            open show::CONNECT_TIMEOUT;
    }
    Always ["tcp connect error", "deadline has elapsed"] by "Rust" {
        Certain a(DialTimeout), "reqwest: no answer to the SYN within connect_timeout.", open show::DIAL_TIMEOUT;
    }
    Always ["timeout: connect"] by "Rust" {
        Certain a(DialTimeout), "ureq: no answer to the SYN in time.", open show::DIAL_TIMEOUT;
    }
    Always ["timeout: receive response"] by "Rust" {
        Certain a(HeaderTimeout), "ureq: the request was sent, and no answer began in time.", open show::HEADER_TIMEOUT;
    }
    Always ["error sending request for url", "operation timed out"] by "Rust" {
        Certain a(ClientTimeout), "reqwest: the time-out ran out, somewhere between connect() and the answer.", open "p=bigger-queue";
    }
    Always ["error sending request for url"] by "Rust" {
        Likely a(Eof), "reqwest does not say more here; the end of its chain of causes does (print it with `{:?}`, or walk `source()`).", open "p=stale-keepalive";
        Possible a(Refused), "Nothing listens.", open "p=restart";
    }
    Always ["client error (SendRequest)"] by "Rust" {
        Likely a(Eof), "hyper: the connection ended before the answer; the end of its chain of causes says how.", open "p=stale-keepalive";
    }
    Always ["client error (Connect)"] by "Rust" {
        Likely a(Refused), "hyper: no connection; the end of its chain of causes says why.", open "p=restart";
    }
}
