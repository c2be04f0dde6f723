//! The sockets of a host, as its tools print them.

use connlab::sim::snapshot::Snapshot;
use connlab::sockets::{self, Host};
use maud::{Markup, html};

/// What `ss` and `nstat` print.
pub fn sockets(snapshot: &Snapshot, host: Host) -> Markup {
    let text = sockets::text(snapshot, host) + &sockets::counters(snapshot);
    html! { pre data-testid="sockets" { (text) } }
}
