//! The table of texts: what a line says, and what that means. The first row that fits counts, so special ones stand
//! above general ones.
//!
//! Go's texts are lower case (`connection reset by peer`); those of C libraries, and so of most other programs, begin
//! with a capital. That alone keeps the two apart.

use super::Confidence::{self, Certain, Likely, Possible};
use super::line::Line;
use crate::sim::error::ErrorKind::{self, *};

/// One row: a text and its causes, likeliest first.
pub(super) struct Sign {
    /// Parts that must all be there; for `^` and `$` see [`Line::says`].
    says: &'static [&'static str],
    /// Parts of which none may be there.
    unless: &'static [&'static str],
    /// What else must hold.
    when: When,
    pub causes: &'static [Cause],
}

/// What must hold besides the words.
#[derive(Clone, Copy, PartialEq)]
enum When {
    Always,
    /// The ports show that a server printed it.
    AtServer,
    /// GET, HEAD or OPTIONS: today's Go sends it again by itself if the connection was a reused one.
    Replayed,
    /// POST, PUT, PATCH or DELETE.
    NotReplayed,
}

pub(super) struct Cause {
    pub class: Option<ErrorKind>,
    pub confidence: Confidence,
    pub why: &'static str,
    pub link: Option<&'static str>,
}

impl Sign {
    pub fn is_in(&self, line: &Line) -> bool {
        let fits = match self.when {
            When::Always => true,
            When::AtServer => line.is_servers(),
            When::Replayed => line.replayable == Some(true),
            When::NotReplayed => line.replayable == Some(false),
        };
        fits && self.says.iter().all(|part| line.says(part)) && !self.unless.iter().any(|part| line.says(part))
    }

    /// The parts that were found, for people.
    pub fn evidence(&self, line: &Line) -> String {
        let bare = |part: &&str| format!("`{}`", part.trim_matches(['^', '$', ' ', ':']));
        let mut found: Vec<String> = self.says.iter().map(bare).collect();
        match self.when {
            When::Always => {}
            When::AtServer => found.extend(line.ports()),
            When::Replayed => found.push("a GET".into()),
            When::NotReplayed => found.push("a method that Go does not send again".into()),
        }
        found.join(" and ")
    }
}

macro_rules! signs {
    ($($when:ident [$($says:literal),+] $(unless [$($unless:literal),+])? {
        $($confidence:ident $class:expr, $why:literal $(, open $link:literal)?;)+
    })+) => {
        /// The table.
        pub(super) static SIGNS: &[Sign] = &[$(Sign {
            says: &[$($says),+],
            unless: &[$($($unless),+)?],
            when: When::$when,
            causes: &[$(Cause {
                class: $class.0, confidence: $confidence, why: $why, link: signs!(@link $($link)?),
            },)+],
        },)+];
    };
    (@link) => { None };
    (@link $link:literal) => { Some($link) };
}

/// A class of the error table, or none.
struct Class(Option<ErrorKind>);

const NONE: Class = Class(None);

const fn a(kind: ErrorKind) -> Class {
    Class(Some(kind))
}

signs! {
    // Printed by servers.
    Always ["accept", "too many open files"] {
        Certain NONE, "The server process has no descriptor left. Its accept loop sleeps for 5 ms to 1 s and tries again; \
            connections wait in the accept queue. Clients see no error at first, only delay, then time-outs.",
            open "server=go&server-fds=64&service=1s";
    }
    Always ["accept", "use of closed network connection"] {
        Certain NONE, "Harmless: accept() ended because the server's own program closed its listener, in a shutdown. \
            Clients meanwhile read `connection refused`, or, if they were in the accept queue, `connection reset by peer`.",
            open "p=restart";
    }
    Always ["http: Server closed"] {
        Certain NONE, "Harmless: what ListenAndServe returns after Shutdown or Close.", open "p=restart&stop=shutdown";
    }
    Always ["http: TLS handshake error from"] {
        Certain NONE, "A server's line: a client left, or sent something else, during the TLS handshake. Load balancers that \
            only probe the port do that.";
    }
    Always ["http: Handler timeout"] {
        Certain NONE, "http.TimeoutHandler told a handler that its time is over; the client got status 503, no error.";
    }
    Always ["http: panic serving", "broken pipe"] {
        Certain NONE, "A handler wrote to a caller who had gone, and made a panic of it. Callers leave when their time-out \
            runs out: look at what made them wait.", open "p=bigger-queue";
    }
    Always ["http: panic serving"] {
        Certain NONE, "A handler panicked, and the server closed its connection: the client of that request reads `EOF`.";
    }
    Always ["Unsolicited response received on idle HTTP channel"] {
        Certain NONE, "The server sent bytes on an idle connection, often a `408 Request Timeout` before it closes it. The \
            next request on it would have read `EOF`: make IdleConnTimeout shorter than the server's idle timeout.",
            open "p=stale-keepalive";
    }
    AtServer ["broken pipe"] {
        Likely NONE, "A handler answered a caller who had gone: the first packet drew an RST, the next write met it. Callers \
            leave when their time-out runs out: look at what made them wait.", open "p=bigger-queue";
    }
    AtServer ["connection reset by peer"] {
        Likely NONE, "The client's side threw the connection away: its process died, or closed it with an answer unread, as \
            after a time-out. The server's log shows the effect; the cause is what made the client leave.",
            open "p=bigger-queue";
    }
    AtServer ["write tcp", "i/o timeout"] {
        Likely NONE, "Server.WriteTimeout ran out before the handler had written its answer; the client reads `EOF`.",
            open "server=go&service=200ms&write-timeout=300ms&workers=1000";
    }
    AtServer ["i/o timeout"] {
        Likely NONE, "Server.ReadTimeout or ReadHeaderTimeout ran out: no request, or not all of it, had come.",
            open "server=go&read-header-timeout=1s";
    }
    AtServer ["use of closed network connection"] {
        Likely NONE, "The server's own program had closed the connection, as Server.Close does in a restart.",
            open "p=restart";
    }
    Always ["http: proxy error: context canceled"] {
        Certain a(Canceled), "A reverse proxy's own caller left, and the proxy cancelled its request to the server behind.",
            open "patience=1s&service=3s&duration=5s";
    }

    // Names, descriptors, TLS, HTTP/2.
    Always ["too many open files in system"] {
        Certain NONE, "The whole machine has no descriptor left (fs.file-max), not only this process.";
    }
    Always ["socket: too many open files"] {
        Certain a(ClientFds), "The client process has as many sockets as `ulimit -n` allows: bodies that nobody closes, or \
            more requests under way than it can hold.", open "client-fds=64&service=1s";
    }
    Always ["dial tcp", "too many open files"] {
        Certain a(ClientFds), "The client process has as many sockets as `ulimit -n` allows.",
            open "client-fds=64&service=1s&go=1.4";
    }
    Always ["no such host"] {
        Certain NONE, "The name server says that there is no such name. No connection was tried.";
    }
    Always ["dial tcp: lookup "] {
        Certain NONE, "The name was not resolved: the name server did not answer, or said that it cannot. No connection to \
            the server was tried.";
    }
    Always ["x509: "] {
        Certain NONE, "The connection is fine; the server's certificate is not one that this client trusts for this name now.";
    }
    Always ["TLS handshake timeout"] {
        Certain NONE, "TCP's handshake was done, the TLS handshake not within TLSHandshakeTimeout (10 s): a server that is \
            too busy, or something on the way that swallows packets.";
        Possible NONE, "The connection was half accepted: the client believes in it, the server's full accept queue does \
            not. Without TLS the same ends in Client.Timeout.", open "p=phantoms";
    }
    Always ["server gave HTTP response to HTTPS client"] {
        Certain NONE, "The URL says https, the port speaks plain HTTP.";
    }
    Always ["tls: "] {
        Certain NONE, "TLS failed: certificates, versions or a peer that does not speak it. The connection itself was there.";
    }
    Always ["GOAWAY"] {
        Certain NONE, "HTTP/2: the server says that it closes the connection, in a restart or after an age. It is the polite \
            form of the `EOF` of HTTP/1.1.";
    }
    Always ["http2: timeout awaiting response headers"] {
        Certain a(HeaderTimeout), "ResponseHeaderTimeout ran out after the request was written. Over HTTP/2, so the pool is \
            another one; the slow server is the same.", open "p=bigger-queue&timeout=0s&header-timeout=1s";
    }
    Always ["http2: "] {
        Certain NONE, "HTTP/2, where many requests share one connection.";
    }
    Always ["stream error: stream ID"] {
        Certain NONE, "HTTP/2: the server ended one stream of the connection.";
    }
    Always ["malformed HTTP "] {
        Certain NONE, "What came is no HTTP/1 response: another protocol on that port, often HTTP/2 or TLS.";
    }
    Always ["malformed MIME header"] {
        Certain NONE, "The server's response has a broken header line.";
    }

    // connect().
    Always ["proxyconnect", "connection refused"] {
        Certain a(Refused), "Nothing listens on the *proxy's* port (HTTP_PROXY, HTTPS_PROXY); the server was not asked.",
            open "p=restart";
    }
    Always ["proxyconnect", "i/o timeout"] {
        Certain a(DialTimeout), "The *proxy* (HTTP_PROXY, HTTPS_PROXY) did not answer the SYN within Dialer.Timeout; the \
            server was not asked.", open "p=accept-queue&dial-timeout=1s";
    }
    Always ["bind: cannot assign requested address"] {
        Certain NONE, "A socket was to be bound to an address that this host does not have.";
    }
    Always ["dial tcp [", "cannot assign requested address"] {
        Likely NONE, "This host, or container, has no IPv6 address to connect from.";
        Possible a(Ports), "Or every local port towards this server is in use or in TIME_WAIT.", open "p=ports";
    }
    Always ["cannot assign requested address"] {
        Certain a(Ports), "Every local port towards this server is in use or in TIME_WAIT: the client closed more \
            connections in the last 60 s than it has ports.", open "p=ports";
    }
    Always ["dial", "connection refused"] {
        Certain a(Refused), "The server's kernel answered the SYN with RST: no process listens there (down, restarting, \
            another port), or a firewall rejects. Nothing was sent, so a retry is safe.", open "p=restart";
    }
    Always ["connect: connection refused"] {
        Certain a(Refused), "The kernel answered the SYN with RST: no process listens there.", open "p=restart";
    }
    Always ["connectex: No connection could be made because the target machine actively refused it"] {
        Certain a(Refused), "Windows' text for a SYN answered by RST: no process listens there, or its accept queue is full \
            and the server is a Windows or BSD, too.", open "p=restart";
    }
    Always ["connectex: A connection attempt failed because the connected party did not properly respond"] {
        Certain a(ConnectTimeout), "Windows' text for SYNs without an answer, after about 21 s.",
            open "p=accept-queue&dial-timeout=0s&timeout=0s&syn-retries=0&syn-linear=1";
    }
    Always ["dial tcp", "i/o timeout"] {
        Likely a(DialTimeout), "No answer to the SYN within Dialer.Timeout. Under load: the server's accept queue was full, \
            and its kernel dropped the SYN without a word.", open "p=accept-queue&dial-timeout=1s";
        Possible NONE, "If it never works: a firewall that drops, a wrong address, a host that is down.";
    }
    Always ["dial tcp", "connection timed out"] {
        Likely a(ConnectTimeout), "The client's kernel sent its last SYN and gave up, after about two minutes; Dialer.Timeout \
            was off or longer. A firewall that drops, a host that is down, or an accept queue that stays full.",
            open "rps=1&accepting=off&backlog=0&dial-timeout=0s&timeout=0s&duration=150s";
    }
    Always ["dial tcp", "connect: operation timed out"] {
        Likely a(ConnectTimeout), "macOS' text: the kernel sent its last SYN and gave up.",
            open "rps=1&accepting=off&backlog=0&dial-timeout=0s&timeout=0s&duration=150s";
    }
    Always ["dial tcp", "operation was canceled"] {
        Likely a(Canceled), "The request's context ended during connect(). Up to Go 1.22 that ended the dial with it.",
            open "p=accept-queue&go=1.22&patience=1s";
        Possible a(ClientTimeout), "Client.Timeout ends the context, too.", open "p=accept-queue&timeout=1s";
    }
    Always ["dial", "connection reset by peer"] {
        Likely a(Reset), "The handshake was done from this side, and an RST came before Go looked: tcp_abort_on_overflow with \
            a full accept queue, or something on the way.", open "p=abort";
    }
    Always ["no route to host"] {
        Certain NONE, "No router knows the way, or the last one got no answer from the host (ARP, ICMP host unreachable).";
    }
    Always ["network is unreachable"] {
        Certain NONE, "This host has no route to that network: often IPv6 where there is none.";
    }
    Always ["proxyconnect"] {
        Certain NONE, "The connection to the proxy (HTTP_PROXY, HTTPS_PROXY) failed; the server was not asked.";
    }

    Always ["rpc error: code ="] {
        Certain NONE, "gRPC, which runs over HTTP/2 and has a pool and retries of its own.";
    }

    // Time-outs.
    Always ["Client.Timeout", "while reading body"] {
        Certain NONE, "Client.Timeout ran out while the body came. Bodies here are one packet, so this does not happen.";
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
            open "p=bigger-queue&timeout=0s&header-timeout=1s";
        Possible a(HeaderTimeout), "The connection was half accepted: established here, unknown there.",
            open "p=phantoms&timeout=0s&header-timeout=1s";
    }
    Always ["request canceled while waiting for connection"] {
        Likely a(ClientTimeout), "Go 1.4: Client.Timeout ran out before there was a connection.",
            open "p=accept-queue&go=1.4&timeout=1s";
        Possible a(Canceled), "Or the caller cancelled the request.", open "p=accept-queue&go=1.4&patience=1s";
    }
    Always ["net/http: request canceled"] {
        Likely a(Canceled), "The caller cancelled the request.", open "patience=1s&service=3s&duration=5s";
        Possible a(ClientTimeout), "Or a time-out did, in a Go before 1.14.", open "p=bigger-queue";
    }
    Replayed ["context deadline exceeded"] {
        Likely a(Deadline), "The deadline of the request's context passed. Client.Timeout would have said so. It covers \
            everything: waiting for a connection, connect(), queues, handler, and all attempts.",
            open "p=bigger-queue&timeout=0s&deadline=1s";
        Possible a(Deadline), "The connection was half accepted: established here, unknown there.",
            open "p=phantoms&timeout=0s&deadline=1s";
    }
    NotReplayed ["context deadline exceeded"] {
        Likely a(Deadline), "The deadline of the request's context passed. Client.Timeout would have said so. It covers \
            everything: waiting for a connection, connect(), queues, handler, and all attempts.",
            open "p=bigger-queue&method=POST&timeout=0s&deadline=1s";
    }
    Always ["context deadline exceeded"] {
        Likely a(Deadline), "A context's deadline passed, somewhere: no request is named. If it was one of HTTP, its deadline \
            covers connection, queues, handler, and all attempts.", open "p=bigger-queue&timeout=0s&deadline=1s";
        Possible a(ClientTimeout), "If the rest of the text was cut off: Client.Timeout.", open "p=bigger-queue";
        Possible NONE, "Or it was no request at all: databases, locks and processes have contexts, too.";
    }
    Always ["context canceled"] {
        Likely a(Canceled), "The caller gave up: a user who left, or a copy of the request that was faster.",
            open "patience=1s&service=3s&duration=5s";
    }
    Always ["read", ": connection timed out"] {
        Certain NONE, "The peer has not answered keep-alive probes or retransmissions: it is gone, or a NAT forgot the \
            connection.";
    }
    Always ["write", ": connection timed out"] {
        Certain NONE, "The peer has not acknowledged data for minutes: it is gone, or a NAT forgot the connection.";
    }
    Always ["read tcp", "i/o timeout"] {
        Likely NONE, "A deadline on the connection passed while reading. net/http's client sets none: code of your own, a \
            database driver, or a server's ReadTimeout.";
    }
    Always ["write tcp", "i/o timeout"] {
        Likely NONE, "A deadline on the connection passed while writing: a server's WriteTimeout, or code of your own.";
    }

    // A connection that ended.
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
    Always ["write tcp", "use of closed network connection"] {
        Likely a(Closed), "Your own reader met the server's FIN or RST and closed the connection; the writer, still busy with \
            the body, found it closed. The server ended an upload early, or the connection was stale.",
            open "p=restart&idle=100&rewindable=off&upload=100ms";
    }
    Always ["read tcp", "->", "use of closed network connection"] {
        Likely NONE, "This process closed the connection under its own reader: in today's net/http only code of your own does \
            that (a proxy, a web socket, a server in shutdown).";
        Possible a(Closed), "In a Go up to 1.5: Client.Timeout closed it, a time-out in disguise.", open "p=closed-by-us";
    }
    Always ["read tcp", "use of closed network connection"] {
        Certain a(Closed), "An old Go (to 1.4): Client.Timeout or CancelRequest closed the connection under the reader. It is \
            a time-out in disguise; find out what the server was busy with.", open "p=closed-by-us";
        Possible a(Closed), "Under overload the same text comes from requests that wait in the server's queue.",
            open "p=incident";
    }
    Always ["use of closed network connection"] {
        Possible a(Closed), "This process itself had closed the connection. A time-out in an old Go; the reader under its \
            writer in a new one; a listener in a shutdown.", open "p=closed-by-us";
    }
    Always ["write", "broken pipe"] unless ["write |", "write /"] {
        Likely a(BrokenPipe), "The server had closed the connection before the request came; its header drew an RST, and the \
            body was written before the reader had noticed. Make IdleConnTimeout shorter than the server's.",
            open "method=POST&rewindable=off&load=closed&callers=20&think=100ms&idle=100&server=go\
                  &server-idle-timeout=100ms&rtt=0s&sched-delay=1ms";
        Possible NONE, "If a server printed it: a handler answered a caller who had gone.", open "p=bigger-queue";
    }
    Always ["write: connection reset by peer"] {
        Likely a(WriteReset), "The connection had been reset, and the request, or its body, was written before the reader had \
            noticed: a server that dies, or that ends an upload early.",
            open "rps=5000&duration=5s&keepalive=off&backlog=8&workers=4&abort-on-overflow=on&rtt=400us&sched-delay=1ms";
    }
    Always ["write tcp", "connection reset by peer"] {
        Likely a(WriteReset), "The connection had been reset, and the request, or its body, was written before the reader had \
            noticed: a server that dies, or that ends an upload early.",
            open "rps=5000&duration=5s&keepalive=off&backlog=8&workers=4&abort-on-overflow=on&rtt=400us&sched-delay=1ms\
                  &go=1.4";
    }
    Replayed ["connection reset by peer"] unless ["write tcp", "write:"] {
        Likely a(Reset), "An RST before the answer. A GET is sent again by Go if the connection was reused, so this one was \
            new: it waited in the accept queue of a server that went down, or tcp_abort_on_overflow met a full one.",
            open "p=abort";
        Likely a(Reset), "A deploy: the listener was closed with the connection still in its queue.", open "p=restart";
        Possible a(Reset), "An old Go does not send anything again.", open "p=incident";
        Possible NONE, "Or something on the way forgot the connection: NAT, firewall, load balancer.";
    }
    NotReplayed ["connection reset by peer"] unless ["write tcp", "write:"] {
        Likely a(Reset), "An RST before the answer. The server went down with this request unread, or its accept queue \
            overflowed. Go does not send this method again: the request may have been carried out.", open "p=restart";
        Possible a(Reset), "tcp_abort_on_overflow met a full accept queue.", open "p=abort&method=POST";
        Possible NONE, "Or something on the way forgot the connection: NAT, firewall, load balancer.";
    }
    Always ["read tcp", "connection reset by peer"] {
        Likely a(Reset), "An RST came from the other side: its process died with data unread, or its accept queue overflowed.",
            open "p=restart";
        Possible a(Reset), "tcp_abort_on_overflow met a full accept queue.", open "p=abort";
        Possible NONE, "Or something on the way forgot the connection: NAT, firewall, load balancer.";
    }
    Always ["wsarecv: An existing connection was forcibly closed by the remote host"] {
        Likely a(Reset), "Windows' text for `connection reset by peer` while reading.", open "p=restart";
    }
    Always ["wsasend: An existing connection was forcibly closed by the remote host"] {
        Likely a(WriteReset), "Windows' text for `connection reset by peer` while writing.",
            open "rps=5000&duration=5s&keepalive=off&backlog=8&workers=4&abort-on-overflow=on&rtt=400us&sched-delay=1ms";
    }
    Always ["^connection reset by peer$"] {
        Likely a(Reset), "An RST came from the other side. The text does not say whether while reading or writing.",
            open "p=restart";
        Possible a(WriteReset), "While writing it is usually a body that is sent to a server which ends the upload early.",
            open "rps=5000&duration=5s&keepalive=off&backlog=8&workers=4&abort-on-overflow=on&rtt=400us&sched-delay=1ms";
    }
    Always ["^connection refused$"] {
        Likely a(Refused), "The kernel answered the SYN with RST: no process listens there.", open "p=restart";
    }
    Always ["^i/o timeout$"] {
        Possible a(DialTimeout), "If it was connect(): no answer to the SYN within Dialer.Timeout.",
            open "p=accept-queue&dial-timeout=1s";
        Possible NONE, "If it was a read or a write: a deadline on the connection passed.";
    }
    Always ["^too many open files$"] {
        Likely a(ClientFds), "This process has as many files and sockets as `ulimit -n` allows.",
            open "client-fds=64&service=1s";
        Possible NONE, "If a server printed it, its connections now wait in the accept queue.",
            open "server=go&server-fds=64&service=1s";
    }
    Always ["^broken pipe$"] unless ["write |", "write /", "signal:"] {
        Possible a(BrokenPipe), "If a client printed it: the server had closed the connection before the request came.",
            open "method=POST&rewindable=off&load=closed&callers=20&think=100ms&idle=100&server=go\
                  &server-idle-timeout=100ms&rtt=0s&sched-delay=1ms";
        Possible NONE, "If a server printed it: a handler answered a caller who had gone.", open "p=bigger-queue";
    }
    Always ["^unexpected EOF$"] {
        Likely NONE, "The connection ended in the middle of the response: the server's process died, its WriteTimeout ran \
            out, or its handler panicked while it wrote. Responses here are one packet, so this does not happen.";
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
        Possible NONE, "Or it was no request at all: every reader in Go ends with EOF.";
    }
    Always ["circuit breaker is open"] {
        Likely a(BreakerOpen), "Your own breaker turned the request away: too many before it had failed. Mend what opened it.",
            open "breaker=50%&listening=off";
    }
    Always ["http: read on closed response body"] {
        Certain NONE, "The program read a response's body after it had closed it: a bug of the caller, not of the network.";
    }
}

/// Texts that certainly come from another runtime, and what they mean.
pub(super) static FOREIGN: &[(&[&str], &str)] = &[
    (&["[Errno 104]"], "Not a Go client: Python's text for an RST from the other side (ECONNRESET)."),
    (&["[Errno 111]"], "Not a Go client: Python's text for a SYN answered by RST (ECONNREFUSED)."),
    (&["ConnectionResetError"], "Not a Go client: Python's text for an RST from the other side (ECONNRESET)."),
    (&["ECONNRESET"], "Not a Go client: a text, of Node.js for one, for an RST from the other side."),
    (&["ECONNREFUSED"], "Not a Go client: a text, of Node.js for one, for a SYN answered by RST."),
    (&["java.net.SocketException: Connection reset"], "Not a Go client: Java's text for an RST from the other side."),
    (&["(104: Connection reset by peer)"], "Not a Go client: nginx' text for an RST from the other side."),
    (&["(111: Connection refused)"], "Not a Go client: nginx' text for a SYN answered by RST."),
    (&["upstream prematurely closed connection"], "Not a Go client: nginx' text for a FIN before the answer."),
    (&["(os error 104)"], "Not a Go client: Rust's text for an RST from the other side."),
    (&["Recv failure: Connection reset by peer"], "Not a Go client: curl's text for an RST from the other side."),
];
