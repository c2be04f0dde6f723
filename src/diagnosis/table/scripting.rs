//! What the HTTP clients of scripting languages print: Node.js, Python, Ruby, Perl.

use super::super::Confidence;
use super::super::sign::{Cause, Sign, When, signs, *};
use super::show;
use crate::sim::error::ErrorKind::*;

signs! {
    // Node.js. It calls a FIN before the answer ECONNRESET, too.
    Always ["socket hang up"] by "Node.js" {
        Certain a(Eof), "A FIN before the answer (Go's `EOF`), although its code is ECONNRESET: the server closed the connection, most often an \
            idle one (its keepAliveTimeout is 5 s in Node.js) that the client used in the same instant.", open "p=stale-keepalive";
        Possible a(Eof), "A deploy: the process was stopped while it worked on the request.", open "p=restart";
    }
    Always ["other side closed"] by "Node.js" {
        Certain a(Eof), "undici (fetch): a FIN before the answer, Go's `EOF`. undici sends nothing again.", open "p=stale-keepalive";
    }
    Always ["write ECONNRESET"] by "Node.js" {
        Certain a(WriteReset), "An RST while the request was written.", open show::WRITE_RESET;
    }
    Always ["read ECONNRESET"] by "Node.js" {
        Certain a(Reset), "An RST from the other side before the answer.", open "p=restart";
        Possible a(Reset), "tcp_abort_on_overflow met a full accept queue.", open "p=abort";
    }
    Always ["write EPIPE"] by "Node.js" {
        Certain a(BrokenPipe), "The server had closed the connection before the request was written.", open show::BROKEN_PIPE;
    }
    Always ["listen EADDRINUSE"] by "Node.js" {
        Certain LISTENER, "Another process listens on this port already; no client has failed.";
    }
    Always ["EADDRNOTAVAIL"] by "Node.js" {
        Certain a(Ports), "Every local port towards this server is in use or in TIME_WAIT. Keep connections: an Agent with keepAlive.", open "p=ports";
    }
    Always ["connect ECONNREFUSED", "/", ".sock"] by "Node.js" {
        Certain UNIX, "No process listens on that unix socket.";
    }
    Always ["ECONNREFUSED"] by "Node.js" {
        Certain a(Refused), "A SYN answered by RST: no process listens there.", open "p=restart";
    }
    Always ["connect EMFILE"] by "Node.js" {
        Certain a(ClientFds), "The process has as many sockets as `ulimit -n` allows.", open show::CLIENT_FDS;
    }
    Always ["Client network socket disconnected before secure TLS connection was established"] by "Node.js" {
        Certain TLS, "A FIN in the TLS handshake: a server that is restarted, or a port that does not speak TLS.";
    }
    Always ["UND_ERR_CONNECT_TIMEOUT"] by "Node.js" {
        Certain a(DialTimeout), "undici (fetch): no answer to the SYN within its 10 s.", open show::DIAL_TIMEOUT;
    }
    Always ["Connect Timeout Error"] by "Node.js" {
        Certain a(DialTimeout), "undici (fetch): no answer to the SYN within its 10 s.", open show::DIAL_TIMEOUT;
    }
    Always ["Headers Timeout Error"] by "Node.js" {
        Certain a(HeaderTimeout), "undici (fetch): the request was sent, and no answer began within headersTimeout (300 s).", open show::HEADER_TIMEOUT;
    }
    Always ["UND_ERR_HEADERS_TIMEOUT"] by "Node.js" {
        Certain a(HeaderTimeout), "undici (fetch): the request was sent, and no answer began within headersTimeout (300 s).", open show::HEADER_TIMEOUT;
    }
    Always ["ETIMEDOUT"] by "Node.js" {
        Likely a(ConnectTimeout), "The kernel sent its last SYN and gave up, after about two minutes.", open show::CONNECT_TIMEOUT;
        Possible a(ClientTimeout), "Or a library's own time-out, which borrows this code.", open "p=bigger-queue";
    }
    Always ["timeout of ", "ms exceeded"] by "Node.js" {
        Certain a(ClientTimeout), "axios' timeout ran out, somewhere between connect() and the answer.", open "p=bigger-queue";
    }
    Always ["The operation was aborted due to timeout"] by "Node.js" {
        Certain a(ClientTimeout), "AbortSignal.timeout() ran out, somewhere between connect() and the answer.", open "p=bigger-queue";
    }
    Always ["Timeout awaiting 'connect' for"] by "Node.js" {
        Certain a(DialTimeout), "got: no answer to the SYN in time.", open show::DIAL_TIMEOUT;
    }
    Always ["Timeout awaiting 'response' for"] by "Node.js" {
        Certain a(HeaderTimeout), "got: the request was sent, and no answer began in time.", open show::HEADER_TIMEOUT;
    }
    Always ["getaddrinfo ", "ENOTFOUND"] by "Node.js" {
        Certain NAMES, "The name has no address. No connection was tried.";
    }
    Always ["getaddrinfo ", "EAI_AGAIN"] by "Node.js" {
        Certain NAMES, "The name server did not answer. No connection was tried.";
    }

    // Below its more telling causes: often they stand on the next line.
    Always ["TypeError: fetch failed"] by "Node.js" {
        Likely a(Refused), "fetch does not say more here; its `cause` does: ECONNREFUSED, ECONNRESET, other side closed, a time-out. Log `error.cause`.",
            open "p=restart";
        Possible a(Eof), "A FIN before the answer.", open "p=stale-keepalive";
    }
    Always ["ECONNRESET"] by "Node.js" {
        Likely a(Reset), "An RST from the other side. But Node.js uses the same code for a FIN before the answer (`socket hang up`).", open "p=restart";
        Possible a(Eof), "A FIN before the answer.", open "p=stale-keepalive";
    }

    // Python: requests, urllib3, aiohttp, httpx, http.client.
    Always ["Address already in use", "[Errno 98]"] by "Python" {
        Certain LISTENER, "Another process listens on this port already; no client has failed.";
    }
    Always ["Address already in use", "[Errno 48]"] by "Python" {
        Certain LISTENER, "Another process listens on this port already (macOS); no client has failed.";
    }
    Always ["EOF occurred in violation of protocol"] by "Python" {
        Certain TLS, "A FIN without TLS' own good-bye, most often in the handshake: a server that is restarted, or a port that does not speak TLS.";
    }
    Always ["Remote end closed connection without response"] by "Python" {
        Certain a(Eof), "A FIN before the answer, Go's `EOF`: the server closed the connection, most often an idle one that the client used in the \
            same instant. requests sends nothing again by itself.", open "p=stale-keepalive";
        Possible a(Eof), "A deploy: the process was stopped while it worked on the request.", open "p=restart";
    }
    Always ["Server disconnected without sending a response"] by "Python" {
        Certain a(Eof), "httpx: a FIN before the answer, Go's `EOF`.", open "p=stale-keepalive";
    }
    Always ["ServerDisconnectedError"] by "Python" {
        Certain a(Eof), "aiohttp: a FIN before the answer, Go's `EOF`.", open "p=stale-keepalive";
    }
    Always ["^Server disconnected$"] by "Python" {
        Certain a(Eof), "aiohttp: a FIN before the answer, Go's `EOF`.", open "p=stale-keepalive";
    }
    Always ["Connection broken: "] by "Python" {
        Certain BODY, "The connection ended in the middle of the answer.";
    }
    Always ["IncompleteRead("] by "Python" {
        Certain BODY, "The connection ended in the middle of the answer.";
    }
    Always ["[Errno 104]"] by "Python" {
        Certain a(Reset), "An RST from the other side before the answer (ECONNRESET).", open "p=restart";
    }
    Always ["[Errno 54]"] by "Python" {
        Certain a(Reset), "An RST from the other side before the answer (ECONNRESET, macOS).", open "p=restart";
    }
    Always ["ConnectionResetError"] by "Python" {
        Certain a(Reset), "An RST from the other side before the answer (ECONNRESET).", open "p=restart";
        Possible a(Reset), "tcp_abort_on_overflow met a full accept queue.", open "p=abort";
    }
    Always ["[Errno 111]"] by "Python" {
        Certain a(Refused), "A SYN answered by RST (ECONNREFUSED): no process listens there.", open "p=restart";
    }
    Always ["[Errno 61]"] by "Python" {
        Certain a(Refused), "A SYN answered by RST (ECONNREFUSED, macOS): no process listens there.", open "p=restart";
    }
    Always ["ConnectionRefusedError"] by "Python" {
        Certain a(Refused), "A SYN answered by RST (ECONNREFUSED): no process listens there.", open "p=restart";
    }
    Always ["Cannot connect to host", "Connect call failed"] by "Python" {
        Likely a(Refused), "aiohttp: a SYN answered by RST, most often.", open "p=restart";
    }
    Always ["[Errno 99]"] by "Python" {
        Certain a(Ports), "Every local port towards this server is in use or in TIME_WAIT (EADDRNOTAVAIL): use one Session for many requests.",
            open "p=ports";
    }
    Always ["Cannot connect to host", "Cannot assign requested address"] by "Python" {
        Certain a(Ports), "aiohttp: every local port towards this server is in use or in TIME_WAIT.", open "p=ports";
    }
    Always ["[Errno 49]"] by "Python" {
        Certain a(Ports), "Every local port towards this server is in use or in TIME_WAIT (EADDRNOTAVAIL, macOS).", open "p=ports";
    }
    Always ["[Errno 24]"] by "Python" {
        Certain a(ClientFds), "The process has as many files and sockets as `ulimit -n` allows (EMFILE).", open show::CLIENT_FDS;
    }
    Always ["[Errno 32] Broken pipe"] by "Python" {
        Likely a(BrokenPipe), "The server had closed the connection before the request was written (EPIPE).", open show::BROKEN_PIPE;
        Possible OTHER, "Or the program's own output: its reader (`| head`) had ended.";
    }
    Always ["BrokenPipeError"] by "Python" {
        Likely a(BrokenPipe), "The server had closed the connection before the request was written (EPIPE).", open show::BROKEN_PIPE;
        Possible OTHER, "Or the program's own output: its reader (`| head`) had ended.";
    }
    Always ["[Errno 110]"] by "Python" {
        Certain a(ConnectTimeout), "The kernel sent its last SYN and gave up, after about two minutes (ETIMEDOUT).", open show::CONNECT_TIMEOUT;
    }
    Always ["timed out. (connect timeout="] by "Python" {
        Certain a(DialTimeout), "requests, urllib3: no answer to the SYN within the connect timeout. A time-out of 1 s lasts 4 s in urllib3, which tries \
            four times.", open show::DIAL_TIMEOUT;
    }
    Always ["Read timed out. (read timeout="] by "Python" {
        Certain a(HeaderTimeout), "requests, urllib3: the request was sent, and nothing came within the read timeout.", open show::HEADER_TIMEOUT;
    }
    Always ["Connection timeout to host"] by "Python" {
        Likely a(DialTimeout), "aiohttp: no answer to the SYN within its time-out.", open show::DIAL_TIMEOUT;
        Likely PROGRAM, "Or nobody dialed: the text is the same where all connections of the session's own connector (100) are in use. \
            `sock_connect` in place of `connect` limits the dial alone.", open "p=bigger-queue&max-conns=100";
    }
    Always ["Timeout on reading data from socket"] by "Python" {
        Certain a(HeaderTimeout), "aiohttp: connected, and nothing came within sock_read.", open show::HEADER_TIMEOUT;
    }
    Always ["httpx.ConnectTimeout"] by "Python" {
        Certain a(DialTimeout), "httpx: no answer to the SYN within its 5 s.", open show::DIAL_TIMEOUT;
    }
    Always ["httpx.ReadTimeout"] by "Python" {
        Certain a(HeaderTimeout), "httpx: connected, and nothing came within its 5 s.", open show::HEADER_TIMEOUT;
    }
    Always ["httpx.PoolTimeout"] by "Python" {
        Certain PROGRAM, "httpx: no connection of the pool (100) became free in time: requests are slow, or answers are not closed.", open "p=bigger-queue&max-conns=100";
    }
    Always ["^All connection attempts failed$"] by "Python" {
        Likely a(Refused), "httpx (AsyncClient): no connection. It does not say why; refused is the commonest.", open "p=restart";
        Possible a(Ports), "Or no free local port.", open "p=ports";
        Possible a(ClientFds), "Or no descriptor left (`ulimit -n`).", open show::CLIENT_FDS;
    }
    Always ["httpx.ReadError"] by "Python" {
        Certain a(Reset), "httpx: the connection was reset before the answer. AsyncClient says no more.", open "p=restart";
    }
    Always ["Pool is empty and a new connection can't be opened"] by "Python" {
        Certain PROGRAM, "urllib3 with block=True: no connection of the pool (maxsize) became free in time: requests are slow, or answers are not \
            read to their end.", open "p=bigger-queue&max-conns=10";
    }
    Always ["Name or service not known"] by "Python" {
        Certain NAMES, "The name has no address. No connection was tried.";
    }
    Always ["Temporary failure in name resolution"] by "Python" {
        Certain NAMES, "The name server did not answer. No connection was tried.";
    }
    Always ["Connection pool is full, discarding connection"] by "Python" {
        Certain PROGRAM, "urllib3's pool (10) has no place for a connection that comes back: it is closed, and the next request dials. The same as \
            Go's MaxIdleConnsPerHost.", open "p=two-idle";
    }

    // Ruby.
    Always ["end of file reached", "EOFError"] by "Ruby" {
        Certain a(Eof), "A FIN before the answer, Go's `EOF`.", open "p=stale-keepalive";
    }
    Always ["^end of file reached$"] by "Ruby" {
        Certain a(Eof), "A FIN before the answer, Go's `EOF`.", open "p=stale-keepalive";
    }
    Always ["Errno::ECONNRESET"] by "Ruby" {
        Certain a(Reset), "An RST from the other side before the answer.", open "p=restart";
    }
    Always ["Errno::EPIPE"] by "Ruby" {
        Likely a(BrokenPipe), "The server had closed the connection before the request was written.", open show::BROKEN_PIPE;
    }
    Always ["Failed to open TCP connection to", "Connection refused"] by "Ruby" {
        Certain a(Refused), "A SYN answered by RST: no process listens there.", open "p=restart";
    }
    Always ["Failed to open TCP connection to", "timed out"] by "Ruby" {
        Certain a(DialTimeout), "No answer to the SYN within open_timeout (60 s).", open show::DIAL_TIMEOUT;
    }
    Always ["Failed to open TCP connection to", "execution expired"] by "Ruby" {
        Certain a(DialTimeout), "No answer to the SYN within open_timeout (60 s).", open show::DIAL_TIMEOUT;
    }
    Always ["Failed to open TCP connection to", "Cannot assign requested address"] by "Ruby" {
        Certain a(Ports), "Every local port towards this server is in use or in TIME_WAIT.", open "p=ports";
    }
    Always ["Failed to open TCP connection to", "Too many open files"] by "Ruby" {
        Certain a(ClientFds), "The process has as many files and sockets as `ulimit -n` allows.", open show::CLIENT_FDS;
    }
    Always ["Failed to open TCP connection to", "getaddrinfo"] by "Ruby" {
        Certain NAMES, "The name has no address. No connection was tried.";
    }
    Always ["Errno::ECONNREFUSED"] by "Ruby" {
        Certain a(Refused), "A SYN answered by RST: no process listens there.", open "p=restart";
    }
    Always ["Net::OpenTimeout"] by "Ruby" {
        Certain a(DialTimeout), "No answer to the SYN within open_timeout (60 s).", open show::DIAL_TIMEOUT;
    }
    Always ["Net::ReadTimeout"] by "Ruby" {
        Certain a(HeaderTimeout), "Connected, and nothing came within read_timeout (60 s). Ruby sends a GET again by itself: twice the time.",
            open show::HEADER_TIMEOUT;
    }

    // Perl: LWP writes a status of its own in front, HTTP::Tiny 599.
    Always ["Server closed connection without sending any data back"] by "Perl" {
        Certain a(Eof), "A FIN before the answer, Go's `EOF`.", open "p=stale-keepalive";
    }
    Always ["Unexpected end of stream while looking for line"] by "Perl" {
        Certain a(Eof), "A FIN before the answer, Go's `EOF`.", open "p=stale-keepalive";
    }
    Always ["Status read failed: Connection reset by peer"] by "Perl" {
        Certain a(Reset), "An RST from the other side before the answer.", open "p=restart";
    }
    Always ["Could not read from socket: ", "Connection reset by peer"] by "Perl" {
        Certain a(Reset), "An RST from the other side before the answer.", open "p=restart";
    }
    Always ["Can't connect to", "Connection refused"] by "Perl" {
        Certain a(Refused), "A SYN answered by RST: no process listens there.", open "p=restart";
    }
    Always ["Could not connect to '", "Connection refused"] by "Perl" {
        Certain a(Refused), "A SYN answered by RST: no process listens there.", open "p=restart";
    }
    Always ["Can't connect to", "Connection timed out"] by "Perl" {
        Certain a(DialTimeout), "No answer to the SYN within the time-out (180 s).", open show::DIAL_TIMEOUT;
    }
    Always ["Could not connect to '", "Connection timed out"] by "Perl" {
        Certain a(DialTimeout), "No answer to the SYN within the time-out (60 s).", open show::DIAL_TIMEOUT;
    }
    Always ["Can't connect to", "Cannot assign requested address"] by "Perl" {
        Certain a(Ports), "Every local port towards this server is in use or in TIME_WAIT.", open "p=ports";
    }
    Always ["Could not connect to '", "Cannot assign requested address"] by "Perl" {
        Certain a(Ports), "Every local port towards this server is in use or in TIME_WAIT.", open "p=ports";
    }
    Always ["Unrecognised protocol tcp"] by "Perl" {
        Likely a(ClientFds), "Out of descriptors: Perl cannot even open the file that names the protocols.", open show::CLIENT_FDS;
    }
    Always ["500 read timeout"] by "Perl" {
        Certain a(HeaderTimeout), "LWP: connected, and nothing came within the time-out (180 s).", open show::HEADER_TIMEOUT;
    }
    Always ["Timed out while waiting for socket to become ready for reading"] by "Perl" {
        Certain a(HeaderTimeout), "HTTP::Tiny: connected, and nothing came within the time-out (60 s).", open show::HEADER_TIMEOUT;
    }
}
