//! The table of texts: what a line says, and what that means. The first row that fits counts, so special ones stand
//! above general ones, and the files in an order.
//!
//! Go's texts are lower case (`connection reset by peer`); those of C libraries, and so of most other programs, begin
//! with a capital. That alone keeps the two apart.

mod above;
mod bare;
mod compiled;
mod connect;
mod ended;
mod fasthttp;
mod kernel;
mod other_clients;
mod proxies;
mod scripting;
mod server;
mod time;

use super::sign::Sign;

/// The whole table.
pub(super) static TABLE: &[&[Sign]] = &[
    server::SIGNS,
    kernel::SIGNS,
    proxies::SIGNS,
    fasthttp::SIGNS,
    other_clients::SIGNS,
    scripting::SIGNS,
    compiled::SIGNS,
    above::SIGNS,
    connect::SIGNS,
    time::SIGNS,
    ended::SIGNS,
    bare::SIGNS,
];

/// Links that show a class to which many texts lead.
mod show {
    pub const BROKEN_PIPE: &str = "method=POST&rewindable=off&load=closed&callers=20&think=100ms&idle=100&server=go\
                                   &server-idle-timeout=100ms&rtt=0s&sched-delay=1ms";
    pub const WRITE_RESET: &str = "rps=5000&duration=5s&keepalive=off&backlog=8&workers=4&abort-on-overflow=on\
                                   &rtt=400us&sched-delay=1ms";
    pub const CONNECT_TIMEOUT: &str = "rps=1&accepting=off&backlog=0&dial-timeout=0s&timeout=0s&duration=150s";
    pub const DIAL_TIMEOUT: &str = "p=accept-queue&dial-timeout=1s";
    pub const CLIENT_FDS: &str = "client-fds=64&service=1s";
    pub const SERVER_FDS: &str = "server=go&server-fds=64&service=1s";
    pub const CANCELED: &str = "patience=1s&service=3s&duration=5s";
    pub const HEADER_TIMEOUT: &str = "p=bigger-queue&timeout=0s&header-timeout=1s";
    pub const DEADLINE: &str = "p=bigger-queue&timeout=0s&deadline=1s";
    pub const WRITE_TIMEOUT: &str = "server=go&service=200ms&write-timeout=300ms&workers=1000";
    /// An accept queue that is full while SYN cookies are sent: of a request of two segments, the second one meets RST.
    pub const COOKIES: &str = "p=cookies";
    /// More SYNs than the SYN queue holds, and no cookies: they are dropped, and callers give up.
    pub const SYN_QUEUE: &str = "p=cookies&syncookies=0&rewindable=on&dial-timeout=2s";
    /// An accept queue that is full, on a system that resets what finds no room in it.
    pub const RESET_BY_BSD: &str = "p=accept-queue&os=bsd";
}
