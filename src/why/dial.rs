//! Why a request dialed: what became of the connections before it.

use super::change::Takes;
use super::{ChainBuilder, Need, load};
use crate::params::Params;
use crate::sim::trace::words::span;
use crate::sim::trace::{Entry, Gauges, Past, Place, Side, What, Why};
use crate::time::SimTime;
use crate::words::{count, percent};

pub(super) fn explain(chain: &mut ChainBuilder) -> Option<()> {
    let (mine, entries) = (chain.trace.request, chain.entries);
    let dial = entries.iter().find(|entry| matches!(entry.what, What::Dials { request } if request == mine))?;
    let arrives = entries.iter().find(|entry| entry.what == What::Arrives)?;
    let number = dial.connection.unwrap_or_default();
    tell_cause(chain, arrives.at, dial);
    let text = format!("Request #{mine}: pool {} idle, so it dials connection {number}.", dial.gauges.idle);
    chain.tell(dial, Need::Cause, text);
    tell_connection(chain, dial);
    if chain.kind.is_none() {
        let end = chain.end();
        let text = format!("The response is there after {}.", span(end.at.since(arrives.at)));
        chain.tell(end, Need::Cause, text);
    }
    Some(())
}

/// What keeps the pool empty: whoever closed most of the connections before; or where nobody closes any, or only
/// because the server does not keep up, what it is asked for.
fn tell_cause(chain: &mut ChainBuilder, arrives: SimTime, dial: &Entry) {
    let params = chain.params(dial.at);
    if !params.keepalive {
        let text = "DisableKeepAlives: no connection is kept for the next request.".into();
        chain.add(arrives, Place::App, Need::Cause, text).root();
        return;
    }
    let past = chain.trace.past.clone().unwrap_or_default();
    let closers = closers(&params, &dial.gauges, &past);
    let first = closers.first();
    let is_late = |closer: &Closer| closer.is_late;
    let load = (closers.is_empty() || closers.iter().any(is_late)).then(|| load::cause(chain, &dial.gauges, dial.at));
    let load = load.flatten();
    let is_load = load.is_some() && first.is_none_or(is_late);
    if let Some(load::LoadCause { at, place, text }) = load {
        let draft = chain.add(at, place, Need::Cause, text).names_cause();
        draft.step.is_root = is_load;
    }
    let takes = first.map_or(&[][..], |closer| closer.takes);
    let draft = chain.add(arrives, Place::App, Need::Cause, told(&past, &closers)).names_cause().takes(takes);
    draft.step.is_root = !is_load;
}

/// Who closed connections.
struct Closer {
    text: String,
    count: u64,
    /// They were closed because somebody had waited too long.
    is_late: bool,
    takes: &'static [Takes],
}

/// Whoever closed connections of this host so far, who closed most first.
fn closers(params: &Params, gauges: &Gauges, past: &Past) -> Vec<Closer> {
    let mut closers: Vec<Closer> = Vec::new();
    for (side, why, count) in &past.closed {
        let (text, count) = (closer(params, gauges, *side, *why), u64::from(*count));
        match closers.iter_mut().find(|closer| closer.text == text) {
            Some(closer) => closer.count += count,
            None => {
                let is_late = matches!(why, Why::CallOver | Why::WriteTimeout | Why::PeerEnded | Why::Stale);
                closers.push(Closer { text, count, is_late, takes: Takes::of_close(*side, *why) });
            }
        }
    }
    closers.sort_by_key(|closer| std::cmp::Reverse(closer.count));
    closers
}

/// All of them with their shares.
fn told(past: &Past, closers: &[Closer]) -> String {
    let since = match past.since {
        SimTime::ZERO => "So far".into(),
        since => format!("Since {}", load::short(since)),
    };
    let dialed = count(past.dialed.into());
    let all: u64 = closers.iter().map(|closer| closer.count).sum();
    let share = |n: u64| if n == all { "all of them".into() } else { format!("{} of them", percent(n, all)) };
    let told: Vec<String> = closers.iter().map(|closer| format!("{} ({})", closer.text, share(closer.count))).collect();
    let closed = match told.is_empty() {
        true => "none has been closed: all that are open are busy".into(),
        false => format!("{} have been closed – {}", count(all), told.join("; ")),
    };
    format!("{since} its host has dialed {dialed} connections, and {closed}.")
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
fn tell_connection(chain: &mut ChainBuilder, dial: &Entry) {
    let mine = chain.trace.request;
    let takes = |entry: &&Entry| matches!(entry.what, What::Takes { request, .. } if request == mine);
    let Some(taken) = chain.entries.iter().find(|entry| entry.at >= dial.at && takes(entry)) else { return };
    let text = match taken.connection == dial.connection {
        true => format!("connect() took {}: the request goes on the new connection.", span(taken.at.since(dial.at))),
        false => format!("Connection {} is free first, and is given to it.", taken.connection.unwrap_or_default()),
    };
    chain.tell(taken, Need::Path, text);
}
