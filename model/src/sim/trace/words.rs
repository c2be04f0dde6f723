//! A history in plain words, with the terms of the kernel and of Go.

use super::{DropCause, Entry, Gauges, Level, Message, Packet, Place, Read, State, Timer, Trace, What, Why};
use crate::sim::error::ErrorKind;
use crate::time::{SimDuration, SimTime};
use crate::words::ordinal;

/// An instant: `3.181 s`.
pub fn instant(at: SimTime) -> String {
    format!("{:.3} s", at.as_secs_f64())
}

/// A length of time for reading: `1.02 s`, `40.5 ms`, `3 us`.
pub fn span(length: SimDuration) -> String {
    let (value, unit) = match length.as_nanos() {
        0..1_000_000 => (length.as_nanos() as f64 / 1e3, "us"),
        1_000_000..1_000_000_000 => (length.as_millis_f64(), "ms"),
        _ => (length.as_secs_f64(), "s"),
    };
    let digits = if value < 10.0 { 2 } else { 1 };
    let text = format!("{value:.digits$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text} {unit}")
}

impl std::fmt::Display for Level {
    /// `129 of 129`; without a limit only the value.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.limit {
            0 => write!(f, "{}", self.value),
            limit => write!(f, "{} of {limit}", self.value),
        }
    }
}

impl Place {
    /// In two words at most.
    pub fn name(self) -> &'static str {
        match self {
            Place::App => "client program",
            Place::ClientKernel => "client kernel",
            Place::Network => "network",
            Place::ServerKernel => "server kernel",
            Place::ServerProgram => "server program",
        }
    }
}

impl Timer {
    /// Its name where it is set.
    pub fn name(self) -> &'static str {
        match self {
            Timer::ClientTimeout => "Client.Timeout",
            Timer::Deadline => "context deadline",
            Timer::Patience => "caller's patience",
            Timer::HeaderTimeout => "ResponseHeaderTimeout",
            Timer::DialTimeout => "Dialer.Timeout",
            Timer::IdleConnTimeout => "IdleConnTimeout",
            Timer::ServerIdleTimeout => "Server.IdleTimeout",
            Timer::ReadHeaderTimeout => "Server.ReadHeaderTimeout",
            Timer::WriteTimeout => "Server.WriteTimeout",
        }
    }
}

impl State {
    /// As `netstat` prints it.
    pub fn name(self) -> &'static str {
        match self {
            State::Closed => "CLOSED",
            State::SynSent => "SYN_SENT",
            State::SynRecv => "SYN_RECV",
            State::Established => "ESTABLISHED",
            State::FinWait1 => "FIN_WAIT1",
            State::FinWait2 => "FIN_WAIT2",
            State::Closing => "CLOSING",
            State::CloseWait => "CLOSE_WAIT",
            State::LastAck => "LAST_ACK",
            State::TimeWait => "TIME_WAIT",
        }
    }
}

impl Message {
    /// What it is.
    pub fn name(self) -> &'static str {
        match self {
            Message::Request | Message::Header => "request",
            Message::Body => "body",
            Message::Response | Message::LastResponse => "response",
            Message::Fin => "FIN",
        }
    }
}

impl Packet {
    /// What it is.
    pub fn name(self) -> &'static str {
        match self {
            Packet::Syn => "SYN",
            Packet::SynAck => "SYN-ACK",
            Packet::Ack => "ACK",
            Packet::Segment(segment) => segment.message.name(),
            Packet::FinAck => "ACK of the FIN",
            Packet::Rst => "RST",
        }
    }
}

impl Why {
    /// Completes "closes it: ...".
    pub fn words(self) -> String {
        match self {
            Why::PoolFull => "MaxIdleConnsPerHost idle ones are there already".into(),
            Why::TooManyIdle => "MaxIdleConns, and it has been idle for longest".into(),
            Why::NoKeepAlive => "no keep-alive".into(),
            Why::Stale => "it has ended already".into(),
            Why::CallOver => "the call on it is over".into(),
            Why::PeerEnded => "the other side has ended it".into(),
            Why::Idle => "no request came in time".into(),
            Why::MaxRequests(limit) => format!("it has carried {limit} of {limit} requests"),
            Why::WriteTimeout => "the response comes after Server.WriteTimeout and is not written".into(),
            Why::Shutdown => "Server.Shutdown".into(),
            Why::NoListener => "the listener is closed, nobody will accept it".into(),
            Why::Killed => "the server process is killed".into(),
        }
    }
}

impl DropCause {
    /// Completes "SYN dropped: ...".
    pub fn words(self, gauges: &Gauges) -> String {
        let full = |name: &str, level: Level, since: Option<SimTime>| {
            let since = since.map_or(String::new(), |since| format!(", full since {}", instant(since)));
            format!("{name} {level}{since}")
        };
        let accept_queue = || full("accept queue", gauges.accept_queue, gauges.accept_full_since);
        match self {
            DropCause::InputQueue => "the server's input queue is full (netdev_max_backlog)".into(),
            DropCause::NoListener => "no process listens, RST".into(),
            DropCause::SynQueue => full("SYN queue", gauges.syn_queue, None),
            DropCause::SynReserve => "the last quarter of tcp_max_syn_backlog".into(),
            DropCause::AcceptQueue => accept_queue(),
            DropCause::AcceptQueueReset => accept_queue() + ", RST",
            DropCause::Unknown => "no such connection here, RST".into(),
        }
    }
}

/// One line for each entry: when, where, which packet of which connection, what.
impl std::fmt::Display for Trace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for entry in &self.entries {
            let number = |number: Option<u32>| number.map_or(String::new(), |number| number.to_string());
            let (at, place, words) = (entry.at.as_secs_f64(), entry.place.name(), self.words(entry));
            let (connection, packet) = (number(entry.connection), number(entry.packet));
            writeln!(f, "{at:>11.6} s  {place:<14} {connection:>6} {packet:>4}  {words}")?;
        }
        Ok(())
    }
}

impl Trace {
    /// An entry in plain words.
    pub fn words(&self, entry: &Entry) -> String {
        use What::*;
        let Entry { at, gauges, .. } = entry;
        let connection = entry.connection.map_or(String::new(), |number| format!(" connection {number}"));
        let again = |next: Option<SimTime>| {
            next.map_or(String::new(), |next| format!("; next try in {}", span(next.since(*at))))
        };
        match entry.what {
            Changes(number) => self.change_words(number.into()),
            Arrives => format!("request #{} arrives", self.request),
            AttemptBegins(1) => "Client.Do".into(),
            AttemptBegins(number) => format!("Client.Do, attempt {number}"),
            WaitsForSlot => format!("waits for a connection: MaxConnsPerHost {}", gauges.connections),
            Dials { request } if request == self.request => format!("pool: {} idle; dials{connection}", gauges.idle),
            Dials { request } => format!("dials{connection} for request #{request}"),
            ConnectFails(ErrorKind::Ports) => format!(
                "connect(): local ports {} taken, {} of them in TIME_WAIT: EADDRNOTAVAIL",
                gauges.ports, gauges.time_wait
            ),
            ConnectFails(ErrorKind::ClientFds) => {
                format!("socket(): descriptors {} in use: EMFILE", gauges.descriptors)
            }
            ConnectFails(kind) | DialFails(kind) => format!("connect() fails: {}", kind.spec().label),
            Connected => "connect() returns".into(),
            Handed { request } => format!("{connection} is handed to request #{request}").trim_start().into(),
            Takes { request, earlier, idle_since } => {
                let idle = idle_since.map_or(String::new(), |since| format!(", idle for {}", span(at.since(since))));
                let age = if earlier == 0 { "new".into() } else { format!("{earlier} requests before{idle}") };
                format!("request #{request} goes on{connection} ({age})")
            }
            Writes { segment, .. } => format!("writes the {}", segment.message.name()),
            WriteFails(kind) => format!("write() fails: {}", kind.spec().label),
            Reads { read: Read::Message(message), .. } => format!("reads the {}", message.name()),
            Reads { read: Read::End, .. } => "read(): end of file".into(),
            Reads { read: Read::Reset, .. } => "read(): ECONNRESET".into(),
            Reads { read: Read::Nothing, .. } => "read(): EAGAIN".into(),
            Held(kind) => format!("the call has failed ({}), and returns when its body is there", kind.spec().label),
            Replays => "Go sends the request again by itself".into(),
            Pooled => "the connection is back in the pool".into(),
            Closes { why, .. } => format!("closes{connection}: {}", why.words()),
            Fires { timer, after } => format!("{} ({after}) is over", timer.name()),
            AttemptFails { number, error } => format!("attempt {number} fails: {}", error.spec().label),
            BacksOff(wait) => format!("waits {} before the next attempt", span(wait)),
            NoBudget => "the retry budget is empty: no retry".into(),
            Ends(None) => "the response is there".into(),
            Ends(Some(kind)) => match &self.error {
                Some((_, text)) => text.clone(),
                None => kind.spec().label.into(),
            },
            Sent { packet, copy, lost, next, .. } => {
                let copy = if copy == 0 { String::new() } else { format!(", copy {copy}") };
                let lost = if lost { " is lost" } else { "" };
                format!("{}{copy}{lost}{}", packet.name(), again(next))
            }
            Arrived { packet, .. } => format!("{} arrives", packet.name()),
            Dropped { packet, rule, next, .. } => {
                format!("{} dropped: {}{}", packet.name(), rule.words(gauges), again(next))
            }
            Becomes { state, .. } => state.name().into(),
            Cookie => format!("SYN queue {}: answers with a cookie and keeps nothing", gauges.syn_queue),
            Queued => format!("handshake complete: accept queue {}", gauges.accept_queue),
            Forgotten => "gives up the handshake: the last SYN-ACK was answered, but never taken".into(),
            Accepted => "accept()".into(),
            WaitsForProcessor { position, .. } => format!("waits for a processor, {}", ordinal(position)),
            WaitsForWorker => {
                format!("waits in the program, number {}: workers {} busy", gauges.waiting, gauges.workers)
            }
            HandlerStarts => format!("the handler starts: workers {} busy", gauges.workers),
            HandlerEnds { took, caller_left } => {
                let left = if caller_left { ", for a caller who has left" } else { "" };
                format!("the handler ends after {}{left}", span(took))
            }
        }
    }

    /// What the change with this number of the timetable sets.
    pub fn change_words(&self, number: usize) -> String {
        let change = &self.scenario.timetable[number];
        format!("the timetable sets {}={} ({})", change.spec().key, change.value, change.spec().label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_have_three_digits_at_most_that_say_something() {
        for (ns, text) in [(0, "0 us"), (1_500, "1.5 us"), (40_000_000, "40 ms"), (40_550_000, "40.5 ms")] {
            assert_eq!(span(SimDuration::from_nanos(ns)), text);
        }
        assert_eq!(span(SimDuration::from_millis(1_000)), "1 s");
        assert_eq!(span(SimDuration::from_millis(12_345)), "12.3 s");
        assert_eq!(instant(SimTime::from_nanos(3_180_600_000)), "3.181 s");
    }
}
