//! What to take away from a scenario: the same settings as Go code, as sysctl lines, and the commands that show the
//! error where it really happens.
//!
//! All from the parameters at the start of the run: what changes on the timetable is a fault or a surge, no setting.

mod client;
mod go;
mod kernel;
mod server;
mod watch;

use std::fmt;

use crate::link::{self, Recipe};
pub use watch::watch;

/// Files and lines with the settings of a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Takeaway {
    /// A complete Go program that sends a request.
    pub client: String,
    /// A complete Go program that answers requests.
    pub server: String,
    /// Lines for `/etc/sysctl.d`, and descriptor limits as comments.
    pub sysctl: String,
}

/// The files for a scenario; the programs name its link.
pub fn takeaway(recipe: &Recipe) -> Takeaway {
    let (link, scenario) = (link::encode(recipe), &recipe.scenario);
    Takeaway {
        client: client::program(&link, scenario),
        server: server::program(&link, scenario),
        sysctl: kernel::lines(&scenario.params),
    }
}

/// All files in one text, each behind a line with its name: the txtar format of Go's own tools.
impl fmt::Display for Takeaway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Takeaway { client, server, sysctl } = self;
        write!(f, "-- client/client.go --\n{client}-- server/server.go --\n{server}-- sysctl.conf --\n{sysctl}")
    }
}
