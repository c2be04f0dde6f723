//! Go's texts about what is not HTTP/1.1 over TCP: descriptors, names, other sockets, listeners, TLS, HTTP/2.

use super::super::Confidence;
use super::super::sign::{Cause, Sign, When, signs, *};
use super::show;
use crate::sim::error::ErrorKind::*;

signs! {
    // Descriptors and names.
    Always ["too many open files in system"] {
        Certain MACHINE, "The whole machine has no descriptor left (fs.file-max), not only this process.";
    }
    Always ["socket: too many open files"] {
        Certain a(ClientFds), "The client process has as many sockets as `ulimit -n` allows: bodies that nobody closes, or more requests under way \
            than it can hold.", open show::CLIENT_FDS;
    }
    Always ["dial tcp", "too many open files"] {
        Certain a(ClientFds), "The client process has as many sockets as `ulimit -n` allows.", open "client-fds=64&service=1s&go=1.4";
    }
    Always ["^no such host$"] {
        Certain NAMES, "The name server says that there is no such name. No connection was tried.";
    }
    Always ["dial tcp: lookup "] {
        Certain NAMES, "The name was not resolved: the name server did not answer, or said that it cannot. No connection to the server was tried.";
    }

    // Listeners, unix sockets, UDP.
    Always ["listen ", "bind: address already in use"] {
        Certain LISTENER, "Another process listens on this port already, often the one before it in a restart. No client has failed.";
    }
    Always ["listen ", "Only one usage of each socket address"] {
        Certain LISTENER, "Another process listens on this port already (Windows). No client has failed.";
    }
    Always ["listen ", "bind: "] {
        Certain LISTENER, "The listener could not take its address: a port below 1024 without the right to it, or an address that this host does \
            not have. No client has failed.";
    }
    Always ["dial unix", "connection refused"] {
        Certain UNIX, "No process listens on that unix socket any more: its file is there, the server is not. No SYN and no firewall are in it.";
    }
    Always ["dial unix", "no such file or directory"] {
        Certain UNIX, "There is no such unix socket: the server does not run, or makes it elsewhere.";
    }
    Always ["dial unix", "resource temporarily unavailable"] {
        Certain UNIX, "The accept queue of that unix socket is full: connect() does not wait there, it fails at once. The server accepts too slowly, \
            or its backlog is too short.";
    }
    Always ["dial unix", "permission denied"] {
        Certain UNIX, "This user may not open that unix socket (its file's rights, a group such as docker).";
    }
    Always ["dial unix"] {
        Certain UNIX, "A unix socket could not be connected: the server behind it is not there or is too busy. No port and no network are in it.";
    }
    Always ["read unix"] {
        Certain UNIX, "The server behind a unix socket ended the connection. No port and no network are in it.";
    }
    Always ["write unix"] {
        Certain UNIX, "The server behind a unix socket ended the connection. No port and no network are in it.";
    }
    Always ["dial udp", "connection refused"] {
        Certain UDP, "ICMP port unreachable: nothing listens on that UDP port.";
    }
    Always ["write udp", "connection refused"] {
        Certain UDP, "ICMP port unreachable: an earlier datagram met a host where nothing listens on that UDP port (a statsd or DNS that is down). No \
            connection and no SYN are in it.";
    }
    Always ["read udp", "connection refused"] {
        Certain UDP, "ICMP port unreachable: nothing listens on that UDP port (a DNS or statsd that is down). No connection and no SYN are in it.";
    }
    Always ["read udp", "i/o timeout"] {
        Certain UDP, "No datagram came in time: the other side, a name server most often, did not answer.";
    }
    Always ["write udp"] {
        Certain UDP, "A datagram could not be sent. No connection is in it.";
    }
    Always ["read udp"] {
        Certain UDP, "A datagram could not be read. No connection is in it.";
    }
    Always ["dial udp"] {
        Certain UDP, "A UDP socket could not be made. No connection is in it.";
    }

    // TLS.
    Always ["^x509: "] {
        Certain TLS, "The connection is fine; the server's certificate is not one that this client trusts for this name now.";
    }
    Always ["TLS handshake timeout"] {
        Certain TLS, "TCP's handshake was done, the TLS handshake not within TLSHandshakeTimeout (10 s): a server that is too busy, or something on \
            the way that swallows packets.";
        Possible TLS, "The connection was half accepted: the client believes in it, the server's full accept queue does not. Without TLS the \
            same ends in Client.Timeout.", open "p=phantoms";
    }
    Always ["server gave HTTP response to HTTPS client"] {
        Certain TLS, "The URL says https, the port speaks plain HTTP.";
    }
    Always ["client sent an HTTP request to an HTTPS server"] {
        Certain TLS, "The URL says http, the port speaks TLS.";
    }
    Always ["^tls: "] {
        Certain TLS, "TLS failed: certificates, versions or a peer that does not speak it. The connection itself was there.";
    }

    // HTTP/2.
    Always ["http2: Transport: cannot retry err", "GOAWAY"] {
        Certain HTTP2, "GOAWAY: the server closes the connection, in a restart or after an age, and has not worked on this request. Go would send it \
            again by itself, on a new connection, if it could read the body again: set Request.GetBody. http.NewRequest does so for a \
            bytes.Reader, bytes.Buffer and strings.Reader.";
    }
    Always ["http2: Transport: cannot retry err"] {
        Certain HTTP2, "The server has not worked on this request. Go would send it again by itself if it could read the body again: set \
            Request.GetBody. http.NewRequest does so for a bytes.Reader, bytes.Buffer and strings.Reader.";
    }
    Always ["http2: server sent GOAWAY and closed the connection"] {
        Certain HTTP2, "GOAWAY, and then the connection ended before this answer: the server was stopped (or a balancer's age limit came) and did not \
            wait long enough. Go does not send it again. A longer drain on the server cures it.";
    }
    Always ["http2: Transport received GOAWAY", "ENHANCE_YOUR_CALM"] {
        Certain HTTP2, "GOAWAY with ENHANCE_YOUR_CALM: the server says that this client asks too much: too many pings, or resets, or streams that wait.";
    }
    Always ["http2: Transport received", "GOAWAY"] {
        Certain HTTP2, "GOAWAY: the server closes the connection, in a restart or after an age. Requests that it has not begun are sent again by Go \
            if their bodies can be read again (Request.GetBody).";
    }
    Always ["http2: timeout awaiting response headers"] {
        Certain a(HeaderTimeout), "ResponseHeaderTimeout ran out after the request was written. Over HTTP/2, so the pool is another one; the slow \
            server is the same.", open show::HEADER_TIMEOUT;
    }
    Always ["http2: client connection lost"] {
        Certain HTTP2, "The server did not answer a ping (SendPingTimeout, ReadIdleTimeout): the path is dead, or something on the way forgot the \
            connection. All requests on it fail at once; Go sends none of them again.";
    }
    Always ["http2: client connection force closed"] {
        Certain HTTP2, "The connection ended under another request's write; all requests on it fail at once.";
    }
    Always ["http2: client conn could not be established"] {
        Certain HTTP2, "The connection ended before it could be used; Go sends the request again where it can.";
    }
    Always ["http2: client conn not usable"] {
        Certain HTTP2, "The connection was closing when the request came to it. Go takes another one where the body can be read again.";
    }
    Always ["stream error: stream ID", "REFUSED_STREAM"] {
        Certain HTTP2, "REFUSED_STREAM: the server has as many streams on this connection as it allows, or is closing it, and has not begun this one. Go \
            sends it again by itself, seven times within about a minute; this was the last.";
    }
    Always ["stream error: stream ID", "INTERNAL_ERROR"] {
        Certain HTTP2, "INTERNAL_ERROR: the handler panicked, or Server.WriteTimeout ran out; a proxy says so when the server behind it closed the \
            connection. Over HTTP/1.1 it is `EOF`. Go does not send it again.", open show::WRITE_TIMEOUT;
    }
    Always ["stream error: stream ID", "; CANCEL"] {
        Certain HTTP2, "CANCEL: the other side gave this request up: a proxy's time-out, or a caller who left.";
    }
    Always ["stream error: stream ID", "PROTOCOL_ERROR"] {
        Certain HTTP2, "PROTOCOL_ERROR: the server holds this request, or the number of streams, to be against the rules; the connection is not used \
            again.";
    }
    Always ["stream error: stream ID", "NO_ERROR"] {
        Certain HTTP2, "NO_ERROR: the server had answered already and did not want the rest of the body.";
    }
    Always ["stream error: stream ID"] {
        Certain HTTP2, "The server ended one stream of the connection.";
    }
    Always ["^http2: "] {
        Certain HTTP2, "HTTP/2, where many requests share one connection.";
    }
    Always ["malformed HTTP "] {
        Certain SPEECH, "What came is no HTTP/1 response: another protocol on that port, often HTTP/2 or TLS.";
    }
    Always ["malformed MIME header"] {
        Certain SPEECH, "The server's response has a broken header line.";
    }
}
