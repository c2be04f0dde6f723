//! The sockets of a host, as its tools print them.

use connlab::sim::snapshot::Snapshot;
use connlab::sockets::{self, SocketHost};
use maud::{Markup, html};

/// What `ss` and `nstat` print.
pub fn sockets(snapshot: &Snapshot, host: SocketHost) -> Markup {
    let text = sockets::text(snapshot, host) + &sockets::counters(snapshot);
    html! {
        button.btn.line data-copy { "Copy" }
        pre data-testid="sockets" role="region" aria-label="Sockets" tabindex="0" {
            @for line in text.split_inclusive('\n') { (row(line)) }
        }
    }
}

/// A line; the two addresses of a socket, of which the second has the port, are kept together, and so is its timer: a
/// narrow column can have them below the rest.
fn row(line: &str) -> Markup {
    let Some(at) = addresses(line) else { return html! { (line) } };
    let end = line.find(" timer:").unwrap_or(line.len());
    html! { (line[..at]) span.ends { (line[at..end]) } @if end < line.len() { span.ends { (line[end..]) } } }
}

/// Where the columns of the addresses begin, in a row of sockets or its heading.
fn addresses(line: &str) -> Option<usize> {
    let mut columns = line.split_whitespace();
    let (_, received, sent, local) = (columns.next()?, columns.next()?, columns.next()?, columns.next()?);
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_row = is_number(received) && is_number(sent) && local.contains(':');
    if !is_row && (received, sent, local) != ("Recv-Q", "Send-Q", "Local") {
        return None;
    }
    // The column before is aligned to its left.
    Some(sent.as_ptr() as usize - line.as_ptr() as usize + sent.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrow_column_changes_no_letter() {
        let line = "SYN-RECV   0      0      10.0.1.1:80     10.0.0.1:36054 timer:(on,990ms,0)\n";
        let html = row(line).into_string();
        assert_eq!(html.matches("<span").count(), 2, "{html}");
        assert_eq!(html.replace("<span class=\"ends\">", "").replace("</span>", ""), line);
    }

    #[test]
    fn a_socket_has_its_addresses_together_and_nothing_else_is_cut() {
        let row = "ESTAB      0      0           10.0.0.1:35858     10.0.1.1:80\n";
        assert_eq!(addresses(row).map(|at| row[at..].trim()), Some("10.0.0.1:35858     10.0.1.1:80"));
        let heading = "State      Recv-Q Send-Q Local Address:Port  Peer Address:PortProcess\n";
        assert!(addresses(heading).is_some_and(|at| heading[at..].starts_with(" Local Address")));
        for line in ["\n", "$ ss -ltn\n", "    132 ESTAB\n", "TcpActiveOpens           3287               0.0\n"] {
            assert_eq!(addresses(line), None, "{line}");
        }
    }
}
