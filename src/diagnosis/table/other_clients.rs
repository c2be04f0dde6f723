//! What programs outside a runtime print as HTTP clients: curl (and PHP, git, which call it), load generators, wget.

use super::super::Confidence;
use super::super::sign::{Cause, Sign, When, signs, *};
use super::show;
use crate::sim::error::ErrorKind::*;

signs! {
    Always ["(28)", "onnect", "timed out"] by "curl" {
        Certain a(DialTimeout), "The time given (`--connect-timeout`, `--max-time`) passed without an answer to the SYN: a full accept queue, a firewall, a host \
            that is down.", open show::DIAL_TIMEOUT;
    }
    Always ["curl", "(28) Failed to connect"] by "curl" {
        Certain a(DialTimeout), "The time given passed without an answer to the SYN.", open show::DIAL_TIMEOUT;
    }
    Always ["curl: (28)"] by "curl" {
        Certain a(ClientTimeout), "The time given (`--max-time`) passed: connected, but the answer did not come, or not all of it.", open "p=bigger-queue";
    }
    Always ["cURL error 28", "Operation timed out", "milliseconds with"] by "curl" {
        Certain a(ClientTimeout), "PHP's curl: the time given passed: connected, but the answer did not come, or not all of it.", open "p=bigger-queue";
    }
    Always ["cURL error 28"] by "curl" {
        Certain a(ClientTimeout), "PHP's curl: the time given passed.", open "p=bigger-queue";
        Possible a(DialTimeout), "Already in connect().", open show::DIAL_TIMEOUT;
    }
    Always ["Operation timed out after", "milliseconds with"] by "curl" {
        Certain a(ClientTimeout), "The time given passed: connected, but the answer did not come, or not all of it.", open "p=bigger-queue";
    }
    Always ["Failed to connect to", "timed out"] by "curl" {
        Certain a(ConnectTimeout), "The kernel sent its last SYN and gave up, after about two minutes: a full accept queue, a firewall that drops, a host \
            that is down.", open show::CONNECT_TIMEOUT;
    }
    Always ["Failed to connect to", "Timeout was reached"] by "curl" {
        Certain a(DialTimeout), "The time given passed without an answer to the SYN.", open show::DIAL_TIMEOUT;
    }
    Always ["Failed to connect to", "Cannot assign requested address"] by "curl" {
        Certain a(Ports), "No free local port towards this server.", open "p=ports";
    }
    Always ["Failed to connect to", "Connection refused"] by "curl" {
        Certain a(Refused), "A SYN answered by RST: no process listens there.", open "p=restart";
    }
    Always ["Failed to connect to", "No route to host"] by "curl" {
        Certain ROUTE, "No answer from the host (ARP, ICMP host unreachable).";
    }
    SynRepeated ["Failed to connect to", "Couldn't connect to server"] by "curl" {
        Likely a(ConnectTimeout), "No SYN was answered: the kernel sent its last one and gave up, after about 130 s by default.",
            open show::CONNECT_TIMEOUT;
        Possible a(Refused), "Or the last address of the name answered by RST, and those before it not at all.", open "p=restart";
    }
    Always ["Failed to connect to", "Couldn't connect to server"] by "curl" {
        Likely a(Refused), "A SYN answered by RST: no process listens there. But libcurl says the same of no free port and no \
            descriptor.", open "p=restart";
        Possible a(Ports), "Every local port towards this server is in use.", open "p=ports";
        Possible a(ClientFds), "No descriptor is left (`ulimit -n`).", open show::CLIENT_FDS;
    }
    SynRepeated ["Failed to connect to", "Could not connect to server"] by "curl" {
        Likely a(ConnectTimeout), "No SYN was answered: the kernel sent its last one and gave up, after about 130 s by default.",
            open show::CONNECT_TIMEOUT;
        Possible a(Refused), "Or the last address of the name answered by RST, and those before it not at all.", open "p=restart";
    }
    Always ["Failed to connect to", "Could not connect to server"] by "curl" {
        Likely a(Refused), "A SYN answered by RST: no process listens there. But libcurl says the same of no free port and no \
            descriptor.", open "p=restart";
        Possible a(Ports), "Every local port towards this server is in use.", open "p=ports";
        Possible a(ClientFds), "No descriptor is left (`ulimit -n`).", open show::CLIENT_FDS;
    }
    Always ["curl: (7)"] by "curl" {
        Likely a(Refused), "No connection: refused, most often.", open "p=restart";
        Possible a(ConnectTimeout), "If it took two minutes: SYNs without an answer.", open show::CONNECT_TIMEOUT;
    }
    Always ["cURL error 7"] by "curl" {
        Likely a(Refused), "PHP's curl had no connection: refused, most often.", open "p=restart";
        Possible a(ConnectTimeout), "If it took two minutes: SYNs without an answer.", open show::CONNECT_TIMEOUT;
    }
    Always ["Empty reply from server"] by "curl" {
        Certain a(Eof), "A FIN before the answer, Go's `EOF`: the server closed the connection without a word, as when its process ends, or a \
            time-out of its own runs out.", open "p=restart&method=GET&keepalive=off";
        Possible a(Eof), "On a kept connection: the server's idle time-out. curl sends such a GET or POST again if nothing came.",
            open "p=stale-keepalive";
    }
    Always ["curl: (52)"] by "curl" {
        Certain a(Eof), "A FIN before the answer, Go's `EOF`.", open "p=restart&method=GET&keepalive=off";
    }
    Always ["cURL error 52"] by "curl" {
        Certain a(Eof), "PHP's curl: a FIN before the answer, Go's `EOF`.", open "p=restart&method=GET&keepalive=off";
    }
    Always ["Recv failure: Connection reset by peer"] by "curl" {
        Certain a(Reset), "An RST from the other side before the answer.", open "p=restart";
        Possible a(Reset), "tcp_abort_on_overflow met a full accept queue.", open "p=abort";
    }
    Always ["Recv failure: Connection was reset"] by "curl" {
        Certain a(Reset), "An RST from the other side before the answer (Windows).", open "p=restart";
    }
    Always ["Send failure: Connection reset by peer"] by "curl" {
        Certain a(WriteReset), "An RST while the request was sent.", open show::WRITE_RESET;
    }
    Always ["Send failure: Connection was reset"] by "curl" {
        Certain a(WriteReset), "An RST while the request was sent (Windows).", open show::WRITE_RESET;
    }
    Always ["Send failure: Broken pipe"] by "curl" {
        Certain a(BrokenPipe), "The server had closed the connection while the request was sent.", open show::BROKEN_PIPE;
    }
    Always ["curl: (55)"] by "curl" {
        Likely a(WriteReset), "The request could not be sent: the server had closed or reset the connection.", open show::WRITE_RESET;
    }
    Always ["curl: (56)"] by "curl" {
        Likely a(Reset), "The answer could not be read: an RST, most often.", open "p=restart";
    }
    Always ["curl: (6)"] by "curl" {
        Certain NAMES, "The name has no address, or the name server did not answer. No connection was tried.";
    }
    Always ["cURL error 6:"] by "curl" {
        Certain NAMES, "PHP's curl: the name has no address. No connection was tried.";
    }
    Always ["Could not resolve host: "] by "curl" {
        Certain NAMES, "The name has no address, or the name server did not answer. No connection was tried.";
    }
    Always ["curl: (5)"] by "curl" {
        Certain NAMES, "The proxy's name has no address.";
    }
    Always ["curl: (35)"] by "curl" {
        Likely TLS, "The TLS handshake failed: the server closed or reset the connection within it, or speaks no TLS there. A server that is \
            restarted, or whose accept queue overflows with tcp_abort_on_overflow, does the former.", open "p=abort";
    }
    Always ["curl: (60)"] by "curl" {
        Certain TLS, "The connection is fine; the server's certificate is not one that curl trusts for this name.";
    }
    Always ["curl: (16)"] by "curl" {
        Certain HTTP2, "A fault in HTTP/2's framing: a GOAWAY, or a connection that ended, most often in a restart of the server or a balancer.";
    }
    Always ["curl: (92)"] by "curl" {
        Certain HTTP2, "The server ended one stream of an HTTP/2 connection.";
    }
    Always ["curl: (18)"] by "curl" {
        Certain BODY, "The connection ended before all bytes of the answer had come.";
    }
    Always ["No data received.", "Retrying"] by "wget" {
        Certain a(Eof), "A FIN before the answer.", open "p=restart&method=GET&keepalive=off";
    }
    // k6 is a Go program with words of its own.
    Always ["Request Failed", "request timeout"] by "k6" {
        Certain a(ClientTimeout), "The request's timeout (60 s by default) ran out, somewhere between connect() and the answer.", open "p=bigger-queue";
    }
    Always ["Request Failed", "dial: i/o timeout"] by "k6" {
        Certain a(DialTimeout), "No answer to the SYN: under load, a full accept queue.", open show::DIAL_TIMEOUT;
    }
    Always ["Request Failed", "dial: connection refused"] by "k6" {
        Certain a(Refused), "The SYN was answered by RST: no process listens there.", open "p=restart";
    }
    // oha, whose texts are hyper's without their ends.
    Always ["^connection error$"] by "oha" {
        Likely a(Reset), "The connection ended by RST before the answer. (A FIN is `connection closed before message completed`.)", open "p=restart";
    }
    Always ["^aborted due to deadline$"] by "oha" {
        Certain PROGRAM, "The load generator's own end: requests that were under way when its time was over.";
    }
    Always ["error shutting down connection: Transport endpoint is not connected"] by "rewrk" {
        Likely a(Reset), "rewrk's words for a connection that was reset.", open "p=restart";
    }
}
