//! The connection ended under the request: back from the FIN or RST that was read to who sent it, and why.

use super::change::Takes;
use super::{ChainBuilder, Need};
use crate::params::{Os, ParamId};
use crate::sim::error::ErrorKind;
use crate::sim::trace::words::span;
use crate::sim::trace::{DropCause, Entry, Packet, Place, Side, Timer, What, Why};
use crate::time::SimTime;

pub(super) fn explain(chain: &mut ChainBuilder) {
    chain.tell_earlier_attempts();
    chain.tell_start();
    let Some(connection) = chain.connection() else { return };
    let line = chain.line(connection);
    let arrival = |is_it: fn(Packet) -> bool| {
        let is_it = |entry: &Entry| matches!(entry.what, What::Arrived { packet, to: Side::Client } if is_it(packet));
        line.iter().position(is_it)
    };
    let is_reset = |packet| packet == Packet::Rst;
    let end = match chain.kind {
        Some(ErrorKind::Reset | ErrorKind::WriteReset) => arrival(is_reset),
        _ => arrival(Packet::is_fin).or_else(|| arrival(is_reset)),
    };
    let Some(end) = end else { return };
    let is_sending = |entry: &Entry| entry.packet == line[end].packet && matches!(entry.what, What::Sent { .. });
    let sent = line.iter().position(is_sending).unwrap_or(end);
    tell_cause(chain, &line[..sent]);
    tell_written(chain, &line, line[sent].at, line[end].at);
    let text = match line[end].what {
        What::Arrived { packet, .. } if packet.is_fin() => {
            "The FIN reaches the client's kernel: end of file for whoever reads."
        }
        _ => "The RST reaches the client's kernel: the connection is gone.",
    };
    chain.tell(&line[end], Need::Detail, text.into());
    tell_client(chain, &line[end..]);
}

/// Why the server's side ended it: the last reason before the packet left.
fn tell_cause(chain: &mut ChainBuilder, line: &[Entry]) {
    let is_reason = |entry: &&Entry| match entry.what {
        What::Closes { side: Side::Server, .. } | What::Forgotten => true,
        What::Dropped { to: Side::Server, rule, .. } => rule == DropCause::AcceptQueueReset,
        _ => false,
    };
    let Some(reason) = line.iter().rfind(is_reason) else { return tell_never_taken(chain, line) };
    match reason.what {
        What::Closes { why, .. } => tell_close(chain, line, reason, why),
        What::Dropped { packet, .. } => {
            chain.tell_accept_queue(&reason.gauges, reason.at);
            let name = packet.name();
            let (step, cause) = match (packet, chain.trace.scenario.params.os) {
                (Packet::Syn, os) => ("its first step", os.name()),
                (_, Os::Linux) => ("the last step of the handshake", "tcp_abort_on_overflow"),
                (_, os) => ("the last step of the handshake", os.name()),
            };
            let text = format!("Its {name}, {step}, finds no slot: RST ({cause}).");
            chain.tell(reason, Need::Path, text).takes(&[Takes::More(ParamId::abort_on_overflow)]);
        }
        _ => {
            chain.tell_ignored(line);
            let retries = chain.trace.scenario.params.synack_retries;
            let text = format!("The server's kernel gives the handshake up (tcp_synack_retries {retries}).");
            chain.tell(reason, Need::Cause, text).names_cause();
        }
    }
}

/// The server never had a connection: its accept queue had no room, or its cookie was not answered in time.
fn tell_never_taken(chain: &mut ChainBuilder, line: &[Entry]) {
    chain.tell_ignored(line);
    if let Some(cookie) = line.iter().find(|entry| entry.what == What::Cookie) {
        let queue = cookie.gauges.syn_queue;
        let text = format!("SYN queue {queue}: the answer is a SYN cookie, and the server's kernel keeps nothing.");
        chain.tell(cookie, Need::Path, text).names_cause();
    }
    let is_unknown =
        |entry: &&Entry| matches!(entry.what, What::Dropped { to: Side::Server, rule: DropCause::Unknown, .. });
    if let Some(entry) = line.iter().rfind(is_unknown) {
        let text = "The server's kernel knows no such connection and answers with RST.";
        chain.tell(entry, Need::Path, text.into()).names_cause();
    }
}

/// The server program closed it, or ended.
fn tell_close(chain: &mut ChainBuilder, line: &[Entry], reason: &Entry, why: Why) {
    let last = |is_it: fn(&What) -> bool| line.iter().rfind(|entry| is_it(&entry.what));
    let text = match why {
        Why::Idle => {
            let fired = last(|what| matches!(what, What::Fires { .. })).map(|entry| entry.what);
            let Some(What::Fires { timer, after }) = fired else { return };
            let began = SimTime::from_nanos(reason.at.as_nanos() - after.as_nanos());
            let text = format!("The server waits for the connection's next request: {} of {after} runs.", timer.name());
            let takes = Takes::of_timer(timer);
            chain.add(began, Place::ServerProgram, Need::Path, text).names_cause().takes(takes);
            format!("{} of {after} is over: the server closes the connection with a FIN.", timer.name())
        }
        Why::NoListener => {
            // Not accepted: it waited for a reason.
            if let Some(waited) = last(|what| matches!(what, What::Queued)) {
                chain.tell_accepting(&waited.gauges);
                let text = format!("It waits in the accept queue, {}.", waited.gauges.accept_queue);
                chain.tell(waited, Need::Path, text).names_cause();
            }
            "listening=off: the server process ends, and its kernel resets what nobody has accepted.".into()
        }
        Why::Killed => {
            tell_handler(chain, line);
            "listening=off: the server process ends, and its kernel closes its connections.".into()
        }
        Why::Shutdown => "listening=off: Server.Shutdown closes connections without a request under way.".into(),
        Why::WriteTimeout => {
            let took = match last(|what| matches!(what, What::HandlerEnds { .. })).map(|entry| entry.what) {
                Some(What::HandlerEnds { took, .. }) => span(took),
                _ => String::new(),
            };
            let limit = match last(|what| matches!(what, What::Fires { timer: Timer::WriteTimeout, .. })) {
                Some(Entry { what: What::Fires { after, .. }, .. }) => after.to_string(),
                _ => String::new(),
            };
            if let Some(read) = last(|what| matches!(what, What::Reads { side: Side::Server, .. })) {
                let text = format!("The server reads the request: Server.WriteTimeout of {limit} runs.");
                chain.tell(read, Need::Cause, text).names_cause().takes(Takes::of_timer(Timer::WriteTimeout));
            }
            tell_handler(chain, line);
            format!("The handler ends after {took}, too late for Server.WriteTimeout of {limit}: FIN and no response.")
        }
        _ => format!("The server program closes the connection: {}.", why.words()),
    };
    let takes = if let Why::MaxRequests(_) = why { Takes::of_close(Side::Server, why) } else { &[] };
    chain.tell(reason, Need::Cause, text).root().takes(takes);
}

/// The handler that had the request, if one had.
fn tell_handler(chain: &mut ChainBuilder, line: &[Entry]) {
    let waits = line.iter().rfind(|entry| entry.what == What::WaitsForWorker);
    let starts = line.iter().rfind(|entry| entry.what == What::HandlerStarts);
    if let Some(entry) = starts.or(waits) {
        let doing = if starts.is_some() { "Its handler starts" } else { "It waits in the server program" };
        let text = format!("{doing}: workers {} busy.", entry.gauges.workers);
        chain.tell(entry, Need::Path, text);
    }
}

/// The request was on its way when the end was sent, or came after it.
fn tell_written(chain: &mut ChainBuilder, line: &[Entry], sent: SimTime, arrived: SimTime) {
    let mine = |entry: &Entry| matches!(entry.what, What::Takes { request, .. } if request == chain.trace.request);
    let is_written = |entry: &&Entry| matches!(entry.what, What::Writes { side: Side::Client, .. });
    let Some(taken) = line.iter().position(mine) else { return };
    let Some(written) = line[taken..].iter().find(is_written) else { return };
    let text = match (sent..=arrived).contains(&written.at) {
        true => "The request is written, and meets the end of the connection on the way.",
        false => "The request is written.",
    };
    chain.tell(written, Need::Path, text.into());
}

/// What the client's program makes of it.
fn tell_client(chain: &mut ChainBuilder, line: &[Entry]) {
    if let Some(held) = line.iter().find(|entry| matches!(entry.what, What::Held(_))) {
        let text = "Go's reader closes the descriptor; the call does not return yet.";
        chain.tell(held, Need::Path, text.into());
    } else if let Some(failed) = line.iter().find(|entry| matches!(entry.what, What::WriteFails(_))) {
        chain.tell(failed, Need::Path, "write() meets it before Go's reader has run.".into());
    }
}
