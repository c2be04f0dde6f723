//! Why a request dialed: what became of the connections before it.

use super::{Need, Story};
use crate::params::Params;
use crate::sim::trace::words::span;
use crate::sim::trace::{Entry, Gauges, Past, Place, Side, What, Why};
use crate::words::{count, percent};

pub(super) fn explain(story: &mut Story) -> Option<()> {
    let (mine, entries) = (story.trace.request, story.entries);
    let dial = entries.iter().find(|entry| matches!(entry.what, What::Dials { request } if request == mine))?;
    let arrives = entries.iter().find(|entry| entry.what == What::Arrives)?;
    let number = dial.connection.unwrap_or_default();
    let past = story.trace.past.clone().unwrap_or_default();
    let text = cause(&story.trace.scenario.params, &dial.gauges, &past);
    story.add(arrives.at, Place::App, Need::Cause, text).root();
    let text = format!("Request #{mine}: pool {} idle, so it dials connection {number}.", dial.gauges.idle);
    story.tell(dial, Need::Cause, text);
    tell_connection(story, dial);
    if story.kind.is_none() {
        let end = story.end();
        let text = format!("The response is there after {}.", span(end.at.since(arrives.at)));
        story.tell(end, Need::Cause, text);
    }
    Some(())
}

/// What keeps the pool empty: whoever closed most of the connections before, with its share, then the others.
fn cause(params: &Params, gauges: &Gauges, past: &Past) -> String {
    if !params.keepalive {
        return "DisableKeepAlives: no connection is kept for the next request.".into();
    }
    let before = count(past.dialed.into());
    let mut closers: Vec<(String, u64)> = Vec::new();
    for (side, why, n) in &past.closed {
        let (text, n) = (closer(params, gauges, *side, *why), u64::from(*n));
        match closers.iter_mut().find(|row| row.0 == text) {
            Some(row) => row.1 += n,
            None => closers.push((text, n)),
        }
    }
    closers.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    let all: u64 = closers.iter().map(|(_, n)| n).sum();
    let share = |n: u64| if n == all { "all of them".into() } else { format!("{} of them", percent(n, all)) };
    let told: Vec<String> = closers.iter().map(|(text, n)| format!("{text} ({})", share(*n))).collect();
    match told.is_empty() {
        true => format!("Of the {before} connections before it none has been closed: all that are open are busy."),
        false => format!(
            "Of the {before} connections that its host dialed before {} are closed. {}.",
            count(all),
            told.join("; ")
        ),
    }
}

/// Who closes connections for this reason, and when.
fn closer(params: &Params, gauges: &Gauges, side: Side, why: Why) -> String {
    match (side, why) {
        (_, Why::PoolFull) => {
            format!("MaxIdleConnsPerHost {}: one that comes back to a full pool is closed", gauges.idle.limit)
        }
        (_, Why::TooManyIdle) => format!("MaxIdleConns {}: of more idle ones the oldest is closed", params.max_idle),
        (Side::Client, Why::Idle) => {
            format!("the client closes what is idle for {} (IdleConnTimeout)", params.idle_timeout)
        }
        (Side::Server, Why::Idle) if params.server_idle_timeout.is_zero() => {
            format!("the server closes what has sent no request for {} (ReadHeaderTimeout)", params.read_header_timeout)
        }
        (Side::Server, Why::Idle) => format!("the server closes what is idle for {}", params.server_idle_timeout),
        (_, Why::MaxRequests(n)) => format!("the server closes each after {n} requests"),
        (_, Why::CallOver) => "the call timed out or was cancelled, and the client closes its connection".into(),
        (_, Why::WriteTimeout) => "the answer came after WriteTimeout, and the server closes its connection".into(),
        (_, Why::Shutdown | Why::NoListener | Why::Killed) => "the server process went down".into(),
        (Side::Client, Why::NoKeepAlive) if gauges.idle.limit == 0 => "MaxIdleConnsPerHost 0 keeps none".into(),
        (_, Why::NoKeepAlive) => "it said `Connection: close`".into(),
        (_, Why::PeerEnded | Why::Stale) => "an RST of the server's kernel ended it".into(),
    }
}

/// The one that it goes on: its own, or another that was free first.
fn tell_connection(story: &mut Story, dial: &Entry) {
    let mine = story.trace.request;
    let takes = |entry: &&Entry| matches!(entry.what, What::Takes { request, .. } if request == mine);
    let Some(taken) = story.entries.iter().find(|entry| entry.at >= dial.at && takes(entry)) else { return };
    let text = match taken.connection == dial.connection {
        true => format!("connect() took {}: the request goes on the new connection.", span(taken.at.since(dial.at))),
        false => format!("Connection {} is free first, and is given to it.", taken.connection.unwrap_or_default()),
    };
    story.tell(taken, Need::Path, text);
}
