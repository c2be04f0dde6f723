//! The error table: every way in which a request can fail, with the exact text Go prints.
//!
//! One row gives the class of the report, the text of today's Go and of Go 1.4, the rule in `MODEL.md`, the cause and
//! the cure in plain words, and the family that decides colour and shape. Legends, charts, the page's error list and
//! `docs/errors.md` are made from it.

use std::net::SocketAddrV4;

use crate::params::{GoVersion, Method};
use crate::prose::Prose;

/// Colour and shape on the page: errors of one family call for the same kind of thinking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// RST from the other side; a cross.
    Reset,
    /// Time ran out; a clock.
    Timeout,
    /// FIN before the answer; a filled diamond.
    Eof,
    /// Our own side closed the connection; a hollow square.
    Closed,
    /// A local resource ran out; a triangle.
    Ports,
    /// Turned away at once; a bar in a circle.
    Refused,
}

impl Family {
    /// The name of the colour token and of the shape: `reset`, `timeout`, ...
    pub fn token(self) -> &'static str {
        match self {
            Family::Reset => "reset",
            Family::Timeout => "timeout",
            Family::Eof => "eof",
            Family::Closed => "closed",
            Family::Ports => "ports",
            Family::Refused => "refused",
        }
    }
}

/// One row of the error table.
#[derive(Debug)]
pub struct ErrorSpec {
    /// The kind this row describes.
    pub kind: ErrorKind,
    /// The number by which it counts in the fingerprint: it keeps it for ever.
    pub code: u8,
    /// The class in the report: an interface.
    pub class: &'static str,
    /// Two or three words for legends.
    pub label: &'static str,
    /// Which rules of `MODEL.md` produce it.
    pub rule: &'static str,
    /// What follows `Get "URL": ` in today's Go; `{L}` and `{R}` stand for the local and remote address.
    pub text: &'static str,
    /// The same in Go 1.4.
    pub text_1_4: &'static str,
    /// The same in Go 1.22 where it happens during connect(); empty where that is no different.
    pub text_connect_1_22: &'static str,
    /// Colour and shape.
    pub family: Family,
    /// What has happened, in plain words.
    pub cause: Prose,
    /// What removes it, and who can do that.
    pub cure: Prose,
}

macro_rules! errors {
    ($($(#[doc = $doc:literal])+ $kind:ident {
        code: $code:literal, class: $class:literal, label: $label:literal, rule: $rule:literal, family: $family:ident,
        text: $text:literal, text_1_4: $text_1_4:literal, $(text_connect_1_22: $connect:literal,)?
        cause: $cause:literal, cure: $cure:literal,
    })+) => {
        /// Every way in which an attempt or a request can fail.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum ErrorKind { $($(#[doc = $doc])+ $kind,)+ }

        /// The table, in the order in which charts stack the classes.
        pub static ERRORS: &[ErrorSpec] = &[$(ErrorSpec {
            kind: ErrorKind::$kind, code: $code, class: $class, label: $label, rule: $rule, family: Family::$family,
            text: $text, text_1_4: $text_1_4, text_connect_1_22: concat!($($connect)?), cause: Prose::new($cause), cure: Prose::new($cure),
        },)+];

        impl ErrorKind {
            /// How many kinds there are.
            pub const COUNT: usize = [$(ErrorKind::$kind,)+].len();
        }
    };
}

errors! {
    /// The peer's kernel answered with RST before the first byte of the response.
    Reset {
        code: 1, class: "reset", label: "reset by peer", rule: "E7, E21", family: Reset,
        text: "read tcp {L}->{R}: read: connection reset by peer",
        text_1_4: "read tcp {R}: connection reset by peer",
        cause: "The server's kernel threw the connection away (RST): its listener was closed while the connection \
                waited in the accept queue, tcp_abort_on_overflow met a full queue, the program closed or died with the \
                request still unread, or a half-accepted connection expired. Or the queue was full while the kernel sent \
                SYN cookies: it remembers nothing of such a handshake, and the second segment of a request (a body \
                behind its header) meets RST.",
        cure: "On the server: drain before stopping; leave tcp_abort_on_overflow off; give the accept queue room \
               (backlog and somaxconn) for bursts, which spares the cookies, too. A queue that stays full needs more workers or less work: a longer \
               one only lets callers wait longer. In your code: retry with back-off if the request may run twice. Go \
               replays by itself only on a reused connection.",
    }
    /// The peer closed in good order (FIN) before the first byte of the response.
    Eof {
        code: 2, class: "eof", label: "EOF", rule: "E6", family: Eof,
        text: "EOF", text_1_4: "EOF",
        cause: "The server closed the connection (FIN) while the request was on its way: its idle timer fired, it took \
                its last request, or the process was stopped. Or the handler took longer than Server.WriteTimeout.",
        cure: "Make the client's IdleConnTimeout shorter than the server's idle timeout. GET is replayed by Go since \
               1.6; give a POST an Idempotency-Key header and a body that can be rewound, and it is replayed too.",
    }
    /// The peer's FIN was read after the connection was handed out and before the request was on it.
    ServerClosedIdle {
        code: 3, class: "server-closed-idle", label: "server closed idle", rule: "E8, C-24", family: Eof,
        text: "http: server closed idle connection", text_1_4: "EOF",
        cause: "The server closed the connection (FIN) in the instant between being handed out and the request being \
                written. Nothing was sent.",
        cure: "As for EOF: make the client's IdleConnTimeout shorter than the server's idle timeout. Go replays it where \
               the method allows; an Idempotency-Key makes any method replayable.",
    }
    /// write() met an RST that nobody had read yet.
    WriteReset {
        code: 4, class: "write-reset", label: "write: reset by peer", rule: "E10", family: Reset,
        text: "write tcp {L}->{R}: write: connection reset by peer", text_1_4: "write tcp {R}: connection reset by peer",
        cause: "The connection had been reset, and the request, or its body, was written before the reader had noticed. \
                Go could not send it again: the connection was fresh, or the body cannot be rewound.",
        cure: "Give the request a body that can be rewound (GetBody), and Go sends it again by itself. Then see what resets \
               idle connections: restarts, middleboxes.",
    }
    /// The client's own side had closed the connection.
    Closed {
        code: 5, class: "closed", label: "closed by us", rule: "E11, E12, U-1, U-2, U-7", family: Closed,
        text: "write tcp {L}->{R}: use of closed network connection",
        text_1_4: "read tcp {R}: use of closed network connection",
        cause: "Your own process closed it. Today: the reader met the server's FIN or RST and closed the connection while \
                the body of the request was still to be written, and the writer found it closed. In Go 1.4: Client.Timeout \
                closes the connection under the reader, a time-out in disguise.",
        cure: "Give the body as bytes.Reader, bytes.Buffer or strings.Reader: header and body leave together, and Go can \
               send them again. Then see why the server closes. In Go 1.4 it is the time-out: find out what the server \
               was busy with (a full accept queue, too few workers, slow handlers).",
    }
    /// `Client.Timeout` ran out before the response.
    ClientTimeout {
        code: 6, class: "client-timeout", label: "Client.Timeout", rule: "E13, E27", family: Timeout,
        text: "context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
        text_1_4: "net/http: request canceled while waiting for connection",
        text_connect_1_22: "dial tcp {R}: i/o timeout (Client.Timeout exceeded while awaiting headers)",
        cause: "Client.Timeout covers everything: the wait for a connection slot, connect(), the accept queue and the \
                handler. It ran out somewhere on that path; the text cannot tell where, the chart of queues can.",
        cure: "More capacity or less work at the place that is full; shorter queues, so that requests fail early; \
               retries only with a budget, for they add load.",
    }
    /// The context's deadline over all attempts passed.
    Deadline {
        code: 7, class: "deadline", label: "context deadline", rule: "E14", family: Timeout,
        text: "context deadline exceeded", text_1_4: "read tcp {R}: use of closed network connection",
        text_connect_1_22: "dial tcp {R}: i/o timeout",
        cause: "The deadline of the request's context passed: attempts and the waits between them together took too long.",
        cure: "A longer deadline, or fewer and shorter attempts within it; see which attempt took the time.",
    }
    /// `ResponseHeaderTimeout` after the request was written.
    HeaderTimeout {
        code: 8, class: "header-timeout", label: "awaiting headers", rule: "E16", family: Timeout,
        text: "net/http: timeout awaiting response headers", text_1_4: "net/http: timeout awaiting response headers",
        cause: "The request was written, and no response came within ResponseHeaderTimeout: the handler is slow, or the \
                connection waits in the accept queue, where writing already works.",
        cure: "As for Client.Timeout: room and workers at the server. Note that waiting for a connection is not counted.",
    }
    /// `Dialer.Timeout` ran out during connect().
    DialTimeout {
        code: 9, class: "dial-timeout", label: "dial i/o timeout", rule: "E2", family: Timeout,
        text: "dial tcp {R}: i/o timeout", text_1_4: "dial tcp {R}: i/o timeout",
        cause: "No answer to the SYN within Dialer.Timeout: the accept queue was full and the kernel dropped it without \
                a word, or packets were lost.",
        cure: "A larger backlog and somaxconn, a faster accept loop, and fewer new connections: keep more of them idle \
               (MaxIdleConnsPerHost).",
    }
    /// The kernel gave up connecting.
    ConnectTimeout {
        code: 10, class: "connect-timeout", label: "connection timed out", rule: "E3", family: Timeout,
        text: "dial tcp {R}: connect: connection timed out", text_1_4: "dial tcp {R}: connection timed out",
        cause: "The client's kernel sent its last SYN and gave up (ETIMEDOUT), after 131 s with today's defaults. \
                Dialer.Timeout was off or longer.",
        cure: "Set Dialer.Timeout. Then look for what swallows the SYNs.",
    }
    /// Nothing listens on the port.
    Refused {
        code: 11, class: "refused", label: "refused", rule: "E1", family: Refused,
        text: "dial tcp {R}: connect: connection refused", text_1_4: "dial tcp {R}: connection refused",
        cause: "The server's kernel answered the SYN with RST: no process listens (down, restarting), or the queue is \
                full on a BSD.",
        cure: "Hand the socket over during a restart, or take the server out of rotation first; retry with back-off: \
               nothing was sent, so a retry is safe.",
    }
    /// No local port is free.
    Ports {
        code: 12, class: "ports", label: "no free port", rule: "E4", family: Ports,
        text: "dial tcp {R}: connect: cannot assign requested address",
        text_1_4: "dial tcp {R}: cannot assign requested address",
        cause: "Every local port towards this server is in use or in TIME_WAIT: the client closed more connections in \
                the last 60 s than it has ports.",
        cure: "Close fewer connections: raise MaxIdleConnsPerHost. Or tcp_tw_reuse = 1, a wider ip_local_port_range. \
               tcp_fin_timeout does not help: it does not touch TIME_WAIT.",
    }
    /// The client process has no file descriptor left.
    ClientFds {
        code: 13, class: "client-fds", label: "too many open files", rule: "E5", family: Ports,
        text: "dial tcp {R}: socket: too many open files", text_1_4: "dial tcp {R}: too many open files",
        cause: "The client process has as many sockets as ulimit -n allows.",
        cure: "MaxConnsPerHost bounds them; time-outs free them; ulimit -n raises the limit.",
    }
    /// The application's circuit breaker was open.
    BreakerOpen {
        code: 14, class: "breaker-open", label: "breaker open", rule: "R-8", family: Refused,
        text: "circuit breaker is open", text_1_4: "circuit breaker is open",
        cause: "Too many of the last attempts failed, so your own breaker turned this one away without sending anything.",
        cure: "Nothing is wrong with the breaker: it closes by itself after a successful probe. Mend what opened it.",
    }
    /// write() after a FIN and an RST that nobody had read yet.
    BrokenPipe {
        code: 15, class: "broken-pipe", label: "broken pipe", rule: "E9, T-41", family: Reset,
        text: "write tcp {L}->{R}: write: broken pipe", text_1_4: "write tcp {R}: broken pipe",
        cause: "The server had closed the connection (FIN) before the request came. Its header drew an RST, and the body \
                was written before the reader had noticed either.",
        cure: "As for EOF: make the client's IdleConnTimeout shorter than the server's idle timeout. Give the request a \
               body that can be rewound (GetBody): header and body then leave in one write.",
    }
    /// The caller cancelled the request's context.
    Canceled {
        code: 16, class: "canceled", label: "context canceled", rule: "E15, E27", family: Closed,
        text: "context canceled", text_1_4: "net/http: request canceled while waiting for connection",
        cause: "The caller gave up and cancelled the request: a user who left, or a copy of the request that was faster.",
        cure: "Usually nothing. Where callers leave because they wait too long, look at the latency; the server works on \
               for them unless its handlers look at their context.",
    }
    /// Go 1.4: the connection was closed before the request was handed to its writer.
    BrokenConnection {
        code: 17, class: "broken-connection", label: "closed before response", rule: "E26, M-12", family: Eof,
        text: "net/http: transport closed before response was received",
        text_1_4: "net/http: transport closed before response was received",
        cause: "Go 1.4 gave the request a connection that the server had just closed: its reader and its writer had \
                left, nobody took the request, and after 100 ms the caller was told. Nothing was sent.",
        cure: "A newer Go sends it again by itself, or calls it server closed idle connection. Make idle connections \
               live shorter than the server lets them.",
    }
}

impl ErrorKind {
    /// The kind with this class, if there is one.
    pub fn named(class: &str) -> Option<ErrorKind> {
        ERRORS.iter().find(|spec| spec.class == class).map(|spec| spec.kind)
    }

    /// Its row.
    pub fn spec(self) -> &'static ErrorSpec {
        &ERRORS[self as usize]
    }

    /// The class in the report.
    pub fn class(self) -> &'static str {
        self.spec().class
    }
}

/// What is needed to print an error as Go does.
#[derive(Clone, Copy, Debug)]
pub struct Wording {
    /// Decides the wording and the quotes.
    pub go: GoVersion,
    /// The request's method.
    pub method: Method,
    /// Local address, `10.0.0.1:40912`.
    pub local: SocketAddrV4,
    /// Remote address, `10.0.1.1:80`.
    pub remote: SocketAddrV4,
    /// The reader met the error before the request was on the connection: Go says so for an RST (E21).
    pub peeked: bool,
    /// Time ran out during connect().
    pub in_connect: bool,
}

impl Wording {
    /// The whole text: `Get "http://10.0.1.1:80/": EOF` (C-33).
    pub fn text(&self, kind: ErrorKind) -> String {
        let spec = kind.spec();
        let old = self.go == GoVersion::Go1_4;
        let inner = match self.go {
            GoVersion::Go1_4 => spec.text_1_4,
            GoVersion::Go1_22 if self.in_connect && !spec.text_connect_1_22.is_empty() => spec.text_connect_1_22,
            _ => spec.text,
        };
        let inner = inner.replace("{L}", &self.local.to_string()).replace("{R}", &self.remote.to_string());
        if kind == ErrorKind::BreakerOpen {
            // Not from net/http: no wrapper.
            return inner;
        }
        let op = match self.method {
            Method::Get => "Get",
            Method::Post => "Post",
        };
        let quote = if old { "" } else { "\"" };
        let peek = if self.peeked && kind == ErrorKind::Reset { "readLoopPeekFailLocked: " } else { "" };
        format!("{op} {quote}http://{}/{quote}: {peek}{inner}", self.remote)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_the_order_of_the_kinds() {
        assert_eq!(ERRORS.len(), ErrorKind::COUNT);
        for (i, spec) in ERRORS.iter().enumerate() {
            assert_eq!(spec.kind as usize, i);
        }
    }

    #[test]
    fn texts_are_those_of_go() {
        let mut wording = Wording {
            go: GoVersion::Go1_27,
            method: Method::Get,
            local: "10.0.0.1:40912".parse().unwrap(),
            remote: "10.0.1.1:80".parse().unwrap(),
            peeked: false,
            in_connect: false,
        };
        assert_eq!(
            wording.text(ErrorKind::Reset),
            "Get \"http://10.0.1.1:80/\": read tcp 10.0.0.1:40912->10.0.1.1:80: read: connection reset by peer"
        );
        wording.go = GoVersion::Go1_4;
        assert_eq!(
            wording.text(ErrorKind::Closed),
            "Get http://10.0.1.1:80/: read tcp 10.0.1.1:80: use of closed network connection"
        );
    }
}
