//! The connection ended under the request: back from the FIN or RST that was read to who sent it, and why.

use super::{Need, Story};
use crate::sim::error::ErrorKind;
use crate::sim::trace::words::span;
use crate::sim::trace::{DropCause, Entry, Packet, Place, Side, Timer, What, Why};

pub(super) fn explain(story: &mut Story) {
    story.tell_earlier_attempts();
    story.tell_start();
    let Some(connection) = story.connection() else { return };
    let line: Vec<&Entry> = story.entries.iter().filter(|entry| entry.connection == Some(connection)).collect();
    let arrived =
        |packet: Packet| line.iter().position(|entry| entry.what == What::Arrived { packet, to: Side::Client });
    let end = match story.kind {
        ErrorKind::Reset | ErrorKind::WriteReset => arrived(Packet::Rst),
        _ => arrived(Packet::Fin).or_else(|| arrived(Packet::Rst)),
    };
    let Some(end) = end else { return };
    let packet = line[end].packet;
    let is_sending = |entry: &&Entry| entry.packet == packet && matches!(entry.what, What::Sent { .. });
    // A FIN that was sent again has its cause before its first copy.
    let sent = line.iter().position(is_sending).unwrap_or(end);
    tell_cause(story, &line[..sent]);
    tell_written(story, &line, sent);
    let What::Arrived { packet, .. } = line[end].what else { return };
    tell_arrival(story, line[end], packet);
    tell_client(story, &line[end..]);
}

/// Why the server's side ended it: the last reason before the packet left.
fn tell_cause(story: &mut Story, line: &[&Entry]) {
    let is_reason = |entry: &&&Entry| match entry.what {
        What::Closes { side: Side::Server, .. } | What::Forgotten => true,
        What::Dropped { to: Side::Server, rule, .. } => rule == DropCause::AcceptQueueReset,
        _ => false,
    };
    let Some(&reason) = line.iter().rev().find(is_reason) else { return tell_never_taken(story, line) };
    match reason.what {
        What::Closes { why, .. } => tell_close(story, line, reason, why),
        What::Dropped { packet, .. } => {
            story.tell_accept_queue(&reason.gauges, reason.at);
            let name = packet.name(Side::Client);
            let text =
                format!("The {name} of the handshake finds no slot: the kernel sends RST (tcp_abort_on_overflow).");
            story.tell(reason, Need::Path, text);
        }
        _ => {
            tell_ignored(story, line);
            let retries = story.trace.scenario.params.synack_retries;
            let text = format!(
                "The server's kernel gives up the handshake, which had no room in the accept queue (tcp_synack_retries {retries})."
            );
            story.tell(reason, Need::Cause, text).names_cause();
        }
    }
}

/// The server never had a connection: its accept queue had no room, or its cookie was not answered in time.
fn tell_never_taken(story: &mut Story, line: &[&Entry]) {
    tell_ignored(story, line);
    if let Some(cookie) = line.iter().find(|entry| entry.what == What::Cookie) {
        let text =
            format!("SYN queue {}: the answer is a cookie, and the server keeps nothing.", cookie.gauges.syn_queue);
        story.tell(cookie, Need::Path, text).names_cause();
    }
    let unknown =
        |entry: &&&Entry| matches!(entry.what, What::Dropped { to: Side::Server, rule: DropCause::Unknown, .. });
    if let Some(entry) = line.iter().rev().find(unknown) {
        let text = "The server's kernel knows no such connection and answers with RST.".to_string();
        story.tell(entry, Need::Path, text).names_cause();
    }
}

/// Packets that would have completed the handshake found the accept queue full.
fn tell_ignored(story: &mut Story, line: &[&Entry]) {
    let is_ignored = |entry: &&&Entry| matches!(entry.what, What::Dropped { to: Side::Server, rule: DropCause::AcceptQueue, packet, .. } if packet != Packet::Syn);
    let ignored: Vec<&&Entry> = line.iter().filter(is_ignored).collect();
    let Some(&&&first) = ignored.first() else { return };
    story.tell_accept_queue(&first.gauges, first.at);
    let text = format!(
        "The last ACK is ignored: the client is ESTABLISHED, the server is not. {} packets are dropped like this.",
        ignored.len()
    );
    story.tell(&first, Need::Path, text);
}

/// The server program closed it, or ended.
fn tell_close(story: &mut Story, line: &[&Entry], reason: &Entry, why: Why) {
    let last = |is_it: fn(&What) -> bool| line.iter().rev().find(|entry| is_it(&entry.what)).copied();
    match why {
        Why::Idle => {
            let timer = last(|what| matches!(what, What::Fires { .. }));
            let Some(What::Fires { timer, after }) = timer.map(|entry| entry.what) else { return };
            let began = match timer {
                Timer::ServerIdleTimeout => last(|what| matches!(what, What::HandlerEnds { .. })),
                _ => last(|what| matches!(what, What::Accepted)),
            };
            if let Some(began) = began {
                let text = format!("The server waits for the next request: {} of {after} runs.", timer.name());
                story.tell(began, Need::Path, text).names_cause();
            }
            let text = format!("{} of {after} is over: the server closes the connection and sends FIN.", timer.name());
            story.tell(reason, Need::Cause, text).root();
        }
        Why::NoListener | Why::Killed | Why::Shutdown => {
            if why == Why::NoListener {
                // Not accepted: it waited, or was half-accepted, for a reason.
                let waited = last(|what| matches!(what, What::Queued));
                if let Some(waited) = waited.filter(|waited| story.tell_accepting(&waited.gauges)) {
                    let text = format!("It waits in the accept queue, {}.", waited.gauges.accept_queue);
                    story.tell(waited, Need::Path, text);
                }
            }
            let doing = match why {
                Why::NoListener => "the server process ends, and its kernel resets what nobody has accepted",
                Why::Killed => "the server process ends, and its kernel closes its connections",
                _ => "the server process shuts down (Server.Shutdown), and closes its idle connections",
            };
            story.tell(reason, Need::Cause, format!("listening=off: {doing}.")).root();
        }
        Why::WriteTimeout => {
            let timer = last(|what| matches!(what, What::Fires { timer: Timer::WriteTimeout, .. }));
            let limit = match timer.map(|entry| entry.what) {
                Some(What::Fires { after, .. }) => after.to_string(),
                _ => String::new(),
            };
            if let Some(read) = last(|what| matches!(what, What::Reads { side: Side::Server, .. })) {
                let text = format!("The server reads the request: Server.WriteTimeout of {limit} runs.");
                story.tell(read, Need::Cause, text).names_cause();
            }
            if let Some(start) = last(|what| matches!(what, What::HandlerStarts)) {
                story.tell(start, Need::Path, format!("The handler starts: workers {} busy.", start.gauges.workers));
            }
            let took = match last(|what| matches!(what, What::HandlerEnds { .. })).map(|entry| entry.what) {
                Some(What::HandlerEnds { took, .. }) => span(took),
                _ => String::new(),
            };
            let text =
                format!("The handler ends after {took}, too late for Server.WriteTimeout: FIN, and no response.");
            story.tell(reason, Need::Cause, text).root();
        }
        _ => {
            let text = format!("The server program closes the connection: {}.", why.words());
            story.tell(reason, Need::Cause, text).root();
        }
    }
}

/// The request was on its way when the end was sent, or came after it.
fn tell_written(story: &mut Story, line: &[&Entry], sent: usize) {
    let mine = |entry: &&&Entry| matches!(entry.what, What::Takes { request, .. } if request == story.trace.request);
    let Some(taken) = line.iter().find(mine) else { return };
    let is_written =
        |entry: &&&Entry| entry.at >= taken.at && matches!(entry.what, What::Writes { side: Side::Client, .. });
    let Some(&written) = line.iter().find(is_written) else { return };
    let crossing = line.iter().skip(sent).find(|entry| matches!(entry.what, What::Arrived { to: Side::Client, .. }));
    let crosses = line[sent].at <= written.at && crossing.is_some_and(|arrival| written.at <= arrival.at);
    let text = match crosses {
        true => "The request is written: it crosses the end of the connection on the way.",
        false => "The request is written.",
    };
    story.tell(written, Need::Path, text.into());
}

fn tell_arrival(story: &mut Story, arrival: &Entry, packet: Packet) {
    let text = match packet {
        Packet::Fin => "The FIN reaches the client's kernel: end of file for whoever reads.",
        _ => "The RST reaches the client's kernel: the connection is gone.",
    };
    story.tell(arrival, Need::Detail, text.into());
}

/// What the client's program makes of it.
fn tell_client(story: &mut Story, line: &[&Entry]) {
    let held = line.iter().find(|entry| matches!(entry.what, What::Held(_)));
    let failed = line.iter().find(|entry| matches!(entry.what, What::WriteFails(_)));
    match (held, failed) {
        (Some(held), _) => {
            let text = "Go's reader closes the descriptor; the call returns when its writer finds that out.".into();
            story.tell(held, Need::Path, text);
        }
        (None, Some(failed)) => {
            story.add(failed.at, Place::App, Need::Path, "write() is the first to meet it.".into());
        }
        (None, None) => {}
    }
}
