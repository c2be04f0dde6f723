//! What can be read from a log line besides its words: who printed it, about which request.

/// From here on a port is one that a kernel chose (`ip_local_port_range` of Linux; others begin higher).
const EPHEMERAL: u32 = 32_768;

/// A log line, its quotes without the escapes of JSON, its white space single.
pub(super) struct Line {
    pub text: String,
    /// Go sends such a request again by itself when a reused connection ends under it; `None` if no method is named.
    pub replayable: Option<bool>,
    /// The local and the remote port, if these show that this end has accepted the connection.
    accepted: Option<(u32, u32)>,
}

impl Line {
    pub fn read(text: &str) -> Line {
        let unescaped = text.replace("\\\\", "\\").replace("\\\"", "\"").replace("\\n", " ").replace("\\u003e", ">");
        let text = unescaped.split_whitespace().collect::<Vec<_>>().join(" ");
        Line { replayable: replayable(&text), accepted: accepted(&text), text }
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

    /// Whether `part` is in it. A `$` at the end of `part` stands for the end of a phrase: of the text, or before a
    /// quote, a bracket or a comma. A `^` at the start stands for the start of one.
    pub fn says(&self, part: &str) -> bool {
        let (part, at_start) = part.strip_prefix('^').map_or((part, false), |rest| (rest, true));
        let (part, at_end) = part.strip_suffix('$').map_or((part, false), |rest| (rest, true));
        self.text.match_indices(part).any(|(at, _)| {
            let (before, after) = (&self.text[..at], &self.text[at + part.len()..]);
            (!at_start || begins_a_phrase(before)) && (!at_end || ends_a_phrase(after))
        })
    }
}

fn begins_a_phrase(before: &str) -> bool {
    before.is_empty() || before.ends_with(['"', '\'', '`', '=', '(', '[']) || before.ends_with(": ")
}

fn ends_a_phrase(after: &str) -> bool {
    let mut rest = after.chars();
    match rest.next() {
        None => true,
        Some(' ') => rest.next().is_none_or(|next| "([{<\"-|".contains(next)),
        Some(mark) => "\"'`\\,;)]}<|".contains(mark) || (mark == '.' && rest.next().is_none_or(|next| next == ' ')),
    }
}

/// From the wrapper of url.Error: `Get "http://...` today, `Get http://...` before Go 1.14.
fn replayable(text: &str) -> Option<bool> {
    let methods = [
        ("Get", true),
        ("Head", true),
        ("Options", true),
        ("Post", false),
        ("Put", false),
        ("Patch", false),
        ("Delete", false),
    ];
    let names = |method: &str| [format!("{method} \"http"), format!("{method} http")];
    methods.into_iter().find(|(method, _)| names(method).iter().any(|part| text.contains(part))).map(|(_, yes)| yes)
}

/// The ports of `10.0.0.1:8080->10.0.0.2:51234`, local and remote, if only the remote one was chosen by a kernel.
fn accepted(text: &str) -> Option<(u32, u32)> {
    let (before, after) = text.split_once("->")?;
    let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>();
    let backwards: String = before.chars().rev().collect();
    let local: String = digits(&backwards).chars().rev().collect();
    if !backwards[local.len()..].starts_with(':') {
        return None;
    }
    // Behind the brackets of an IPv6 address.
    let address = after.find(']').filter(|_| after.starts_with('[')).map_or(after, |end| &after[end..]);
    let remote = digits(address.split_once(':')?.1);
    let (local, remote) = (local.parse().ok()?, remote.parse().ok()?);
    (local < EPHEMERAL && remote >= EPHEMERAL).then_some((local, remote))
}

#[cfg(test)]
mod tests {
    use super::*;

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
        for (text, says) in [
            ("Post \"http://a/\": EOF", true),
            ("{\"error\":\"Post \\\"http://a/\\\": EOF\"}", true),
            ("EOF", true),
            ("EOF (attempt 2)", true),
            ("EOFError: EOF when reading a line", false),
            ("cat <<EOF", false),
            ("java.io.EOFException", false),
        ] {
            assert_eq!(Line::read(text).says("^EOF$"), says, "{text}");
        }
    }

    #[test]
    fn the_wrapper_names_the_method() {
        assert_eq!(Line::read(r#"Get \"https://a/\": EOF"#).replayable, Some(true));
        assert_eq!(Line::read("Post https://a/: EOF").replayable, Some(false));
        assert_eq!(Line::read("EOF").replayable, None);
    }
}
