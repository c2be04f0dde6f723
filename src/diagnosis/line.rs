//! What can be read from a log line besides its words: who printed it, about which request.

use std::ops::Range;

/// From here on a port is one that a kernel chose (`ip_local_port_range` of Linux; others begin higher).
const EPHEMERAL: u32 = 32_768;
/// Ports behind which TLS is usual: HTTPS, the API of Kubernetes, and the second choice for both.
const SECURE: [u32; 3] = [443, 6443, 8443];

/// A text that a row of the table looks for in a line.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Literal {
    pub text: &'static str,
    /// It must begin a phrase (`^`).
    at_start: bool,
    /// It must end one (`$`).
    at_end: bool,
}

impl Literal {
    pub fn read(text: &'static str) -> Literal {
        let (text, at_start) = text.strip_prefix('^').map_or((text, false), |rest| (rest, true));
        let (text, at_end) = text.strip_suffix('$').map_or((text, false), |rest| (rest, true));
        Literal { text, at_start, at_end }
    }
}

/// A log line, its quotes without the escapes of JSON, its white space single.
pub(super) struct LogLine {
    pub text: String,
    /// Go sends such a request again by itself when a reused connection ends under it; `None` if no method is named.
    pub replayable: Option<bool>,
    /// The request went over TLS: its URL says so, or the port of the other side.
    pub is_secure: bool,
    /// How long a dial took, in ms, if the text says so: `after 134512 ms`.
    pub waited_ms: Option<u64>,
    /// The local and the remote port, if these show that this end has accepted the connection.
    accepted: Option<(u32, u32)>,
}

impl LogLine {
    pub fn read(text: &str) -> LogLine {
        let text = unescaped(text).split_whitespace().collect::<Vec<_>>().join(" ");
        let ports = ports(&text);
        let accepted = ports.filter(|(local, remote)| *local < EPHEMERAL && *remote >= EPHEMERAL);
        let is_secure = match scheme(&text) {
            Some(is_secure) => is_secure,
            None => ports.is_some_and(|(local, remote)| SECURE.contains(&remote) || SECURE.contains(&local)),
        };
        LogLine { replayable: replayable(&text), is_secure, waited_ms: waited_ms(&text), accepted, text }
    }

    /// Whether a server printed it about a connection that it has accepted.
    pub fn is_servers(&self) -> bool {
        self.accepted.is_some()
    }

    /// What about the ports says so.
    pub fn ports(&self) -> Option<String> {
        let (local, remote) = self.accepted?;
        Some(format!("local port {local} and remote port {remote}, so this end accepted the connection"))
    }

    /// Whether a literal, found at this place, begins and ends a phrase there if it must. A phrase begins with the
    /// text, after a colon, or in brackets or quotes; it ends with the text, or before a quote, a bracket or a comma.
    pub fn says_at(&self, literal: Literal, at: Range<usize>) -> bool {
        let (before, after) = (&self.text[..at.start], &self.text[at.end..]);
        (!literal.at_start || begins_a_phrase(before)) && (!literal.at_end || ends_a_phrase(after))
    }
}

/// Without the escapes of JSON, and of JSON in JSON.
fn unescaped(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_string();
    }
    let text = text.replace("\\\\", "\\").replace("\\\"", "\"").replace("\\n", " ").replace("\\t", " ");
    text.replace("\\u003e", ">").replace("\\u003c", "<").replace("\\u0026", "&")
}

fn begins_a_phrase(before: &str) -> bool {
    match before.chars().next_back() {
        None => true,
        Some('=' | '(' | '[' | '{') => true,
        // A quote within a sentence is a quotation: somebody writes about the text.
        Some('"' | '\'' | '`') => {
            let outside = before.trim_end_matches(['"', '\'', '`', '\\']);
            outside.is_empty() || outside.ends_with(['=', ':', '(', '[', '{', ',']) || outside.ends_with(": ")
        }
        Some(_) => [": ", "= ", "> ", "] ", "- ", ") "].iter().any(|end| before.ends_with(end)),
    }
}

fn ends_a_phrase(after: &str) -> bool {
    let mut rest = after.chars();
    match rest.next() {
        None => true,
        Some(' ') => rest.next().is_none_or(|next| "([{<\"-|".contains(next)),
        Some(mark) => "\"'`\\,;)]}<|".contains(mark) || (mark == '.' && rest.next().is_none_or(|next| next == ' ')),
    }
}

/// The methods of `net/http`, as `url.Error` writes them, and whether Go sends such a request again by itself.
const METHODS: [(&str, bool); 7] = [
    ("Get", true),
    ("Head", true),
    ("Options", true),
    ("Post", false),
    ("Put", false),
    ("Patch", false),
    ("Delete", false),
];

/// From the wrapper of url.Error: `Get "http://...` today, `Get http://...` before Go 1.14.
fn replayable(text: &str) -> Option<bool> {
    let names = |method: &str| {
        text.match_indices(method).any(|(at, _)| {
            let after = text[at + method.len()..].strip_prefix(' ').unwrap_or_default();
            after.trim_start_matches('"').starts_with("http")
        })
    };
    METHODS.into_iter().find(|(method, _)| names(method)).map(|(_, is_replayed)| is_replayed)
}

/// The number in `after 134512 ms`.
fn waited_ms(text: &str) -> Option<u64> {
    text.split(" after ").skip(1).find_map(|rest| rest.split_once(" ms")?.0.parse().ok())
}

/// Whether the first URL is one of TLS.
fn scheme(text: &str) -> Option<bool> {
    let at = text.find("http://").into_iter().chain(text.find("https://")).min()?;
    Some(text[at..].starts_with("https"))
}

/// The ports of `10.0.0.1:8080->10.0.0.2:51234`, local and remote.
fn ports(text: &str) -> Option<(u32, u32)> {
    let (before, after) = text.split_once("->")?;
    let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>();
    let backwards: String = before.chars().rev().take(8).collect();
    let local: String = digits(&backwards).chars().rev().collect();
    if !backwards[local.len()..].starts_with([':', '-', 'x', '.']) {
        return None;
    }
    // Behind the brackets of an IPv6 address.
    let address = after.find(']').filter(|_| after.starts_with('[')).map_or(after, |end| &after[end..]);
    let remote = digits(address.split_once(':')?.1).parse().ok()?;
    Some((local.parse().unwrap_or(EPHEMERAL), remote))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(text: &str) -> Option<(u32, u32)> {
        LogLine::read(text).accepted
    }

    fn says(text: &str, literal: &'static str) -> bool {
        let (line, literal) = (LogLine::read(text), Literal::read(literal));
        line.text.match_indices(literal.text).any(|(at, found)| line.says_at(literal, at..at + found.len()))
    }

    #[test]
    fn ports_tell_who_accepted() {
        for (text, want) in [
            ("write tcp 172.17.0.5:8080->172.17.0.4:61528: write: broken pipe", Some((8080, 61528))),
            ("write tcp [::1]:8888->[::1]:59934: write: broken pipe", Some((8888, 59934))),
            ("write tcp 192.168.5.27:63916->17.188.158.29:443: write: broken pipe", None),
            ("read tcp 10.0.0.1:40000->10.0.0.2:50051: EOF", None),
            ("a->b", None),
            ("read tcp <ADDR>:9090-><ADDR>:34992: i/o timeout", Some((9090, 34992))),
        ] {
            assert_eq!(accepted(text), want, "{text}");
        }
    }

    #[test]
    fn a_phrase_ends_where_the_error_does() {
        for (text, want) in [
            ("Post \"http://a/\": EOF", true),
            ("{\"error\":\"Post \\\"http://a/\\\": EOF\"}", true),
            ("EOF", true),
            ("EOF (attempt 2)", true),
            ("err=\"EOF\"", true),
            ("EOFError: EOF when reading a line", false),
            ("cat <<EOF", false),
            ("java.io.EOFException", false),
            ("the reader returns `EOF` at the end", false),
            ("the text \"EOF\" means that a stream is over", false),
        ] {
            assert_eq!(says(text, "^EOF$"), want, "{text}");
        }
    }

    #[test]
    fn a_wait_is_read_where_it_is_said_in_milliseconds() {
        for (text, want) in [
            ("Failed to connect to a port 80 after 134512 ms: Couldn't connect to server", Some(134_512)),
            ("gave up after a while: Connection timed out after 1001 ms", Some(1001)),
            ("Connection timed out after 1001 milliseconds", None),
            ("after lunch 3 ms", None),
        ] {
            assert_eq!(LogLine::read(text).waited_ms, want, "{text}");
        }
    }

    #[test]
    fn the_wrapper_names_the_method_and_the_scheme() {
        let read = |text: &str| (LogLine::read(text).replayable, LogLine::read(text).is_secure);
        assert_eq!(read(r#"Get \"https://a/\": EOF"#), (Some(true), true));
        assert_eq!(read("Post https://a/: EOF"), (Some(false), true));
        assert_eq!(read(r#"Post "http://a:443/": EOF"#), (Some(false), false));
        assert_eq!(read("write tcp 10.1.1.5:50342->10.96.0.1:443: write: broken pipe"), (None, true));
        assert_eq!(read("EOF"), (None, false));
    }
}
