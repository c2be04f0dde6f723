//! What the segments say, and how long they are: `ss` counts bytes and a capture shows them, and the model does neither
//! (M-20).
//!
//! The texts are what Go's net/http writes for the request of the recorded runs, a body of three bytes where there is
//! one, and for a handler that answers `ok`; recorded with Go 1.27. Go 1.4 differs in its User-Agent.

use std::net::Ipv4Addr;

use crate::params::{GoVersion, Method, Params};
use crate::sim::host::server_address;
use crate::sim::tcp::Message;

/// All dates of HTTP are as long as this one.
const ANY_DATE: &str = "Mon, 02 Jan 2006 15:04:05 GMT";
const CONNECTION_CLOSE: &str = "Connection: close\r\n";
/// The value is a UUID.
const IDEMPOTENCY_KEY: &str = "Idempotency-Key: 00000000-0000-4000-8000-000000000000\r\n";
const BODY: &str = "abc";
const CHUNKED_BODY: &str = "3\r\nabc\r\n0\r\n\r\n";

/// What a segment carries that is written with these parameters, byte for byte; `date` is that of a response
/// (RFC 9110, 5.6.7).
pub fn segment_text(message: Message, params: &Params, date: &str) -> String {
    match message {
        Message::Request | Message::Header => request(params),
        Message::Body => body(params).into(),
        Message::Response => response("", date),
        Message::LastResponse => response(CONNECTION_CLOSE, date),
        Message::Fin => String::new(),
    }
}

/// Lengths of the segments of a run, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentBytes {
    /// A request, or the header of one whose body follows.
    pub request: u32,
    /// The body that follows.
    pub body: u32,
    /// A response.
    pub response: u32,
    /// The same, when it says `Connection: close`.
    pub last_response: u32,
}

impl SegmentBytes {
    /// Of all these together. A FIN counts as one byte, as it does in sequence numbers.
    pub fn of(&self, messages: impl Iterator<Item = Message>) -> u32 {
        let length = |message| match message {
            Message::Request | Message::Header => self.request,
            Message::Body => self.body,
            Message::Response => self.response,
            Message::LastResponse => self.last_response,
            Message::Fin => 1,
        };
        messages.map(length).sum()
    }

    /// With these parameters.
    pub fn with(params: &Params) -> Self {
        let length = |message| segment_text(message, params, ANY_DATE).len() as u32;
        SegmentBytes {
            request: length(Message::Request),
            body: length(Message::Body),
            response: length(Message::Response),
            last_response: length(Message::LastResponse),
        }
    }
}

/// What a handler's `ok` becomes; `more` are the last lines of the header (net/http/server.go: extraHeader.Write).
fn response(more: &str, date: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nDate: {date}\r\nContent-Length: 2\r\n\
         Content-Type: text/plain; charset=utf-8\r\n{more}\r\nok"
    )
}

/// The first segment of a request: all of it, but for a body that follows.
fn request(params: &Params) -> String {
    let header = header(params, server_address(params, 0));
    let has_body = params.method == Method::Post && !params.header_goes_first();
    if has_body { header + body(params) } else { header }
}

fn body(params: &Params) -> &'static str {
    if params.streams_body() { CHUNKED_BODY } else { BODY }
}

/// The header as Transport writes it.
fn header(params: &Params, server: Ipv4Addr) -> String {
    let method = match params.method {
        Method::Get => "GET",
        Method::Post => "POST",
    };
    let agent = match params.go {
        GoVersion::Go1_4 => "Go 1.1 package http",
        _ => "Go-http-client/1.1",
    };
    let mut text = format!("{method} / HTTP/1.1\r\nHost: {server}:80\r\nUser-Agent: {agent}\r\n");
    if !params.keepalive {
        text += CONNECTION_CLOSE;
    }
    match (params.method, params.streams_body()) {
        (Method::Get, _) => {}
        (Method::Post, true) => text += "Transfer-Encoding: chunked\r\n",
        (Method::Post, false) => text += &format!("Content-Length: {}\r\n", BODY.len()),
    }
    if params.method == Method::Post && params.idempotency_key {
        text += IDEMPOTENCY_KEY;
    }
    text + "Accept-Encoding: gzip\r\n\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lengths that a listener on 127.0.0.1:80 recorded, Go 1.27.
    #[test]
    fn segments_are_as_long_as_recorded() {
        let default = Params { loopback: true, ..Params::default() };
        let post = Params { method: Method::Post, ..default.clone() };
        let streamed = Params { rewindable: false, ..post.clone() };
        let of = SegmentBytes::with;
        assert_eq!((of(&default).request, of(&default).response, of(&default).last_response), (93, 118, 137));
        assert_eq!(of(&post).request, 116);
        assert_eq!(of(&streamed).request + of(&streamed).body, 135);
        let key = Params { idempotency_key: true, ..post };
        assert_eq!(of(&key).request, 136 - 1 + 36, "the recorded key was one digit long");
    }
}
