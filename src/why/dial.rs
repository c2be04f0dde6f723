//! Why a request dialed: what became of the connections before it.

use super::{Need, Story};
use crate::params::Params;
use crate::sim::trace::words::span;
use crate::sim::trace::{Entry, Gauges, Place, What};

pub(super) fn explain(story: &mut Story) -> Option<()> {
    let (mine, entries) = (story.trace.request, story.entries);
    let dial = entries.iter().find(|entry| matches!(entry.what, What::Dials { request } if request == mine))?;
    let arrives = entries.iter().find(|entry| entry.what == What::Arrives)?;
    let number = dial.connection.unwrap_or_default();
    let text = cause(&story.trace.scenario.params, &dial.gauges, number);
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

/// What keeps the pool empty.
fn cause(params: &Params, gauges: &Gauges, number: u32) -> String {
    if !params.keepalive {
        return "DisableKeepAlives: no connection is kept for the next request.".into();
    }
    let (open, before) = (gauges.connections.value, number.saturating_sub(1));
    let closed = u64::from(before).saturating_sub(u64::from(open));
    if closed == 0 {
        return format!("Of the {before} connections before it none has been closed: all that are open are busy.");
    }
    let mut closers = vec![match params.idle {
        0 => "MaxIdleConnsPerHost 0 keeps none".to_string(),
        idle => format!("MaxIdleConnsPerHost {idle}: one that comes back to a full pool is closed"),
    }];
    if params.max_requests > 0 {
        closers.push(format!("the server closes each after {} requests", params.max_requests));
    }
    if !params.server_idle_timeout.is_zero() {
        closers.push(format!("the server closes what is idle for {}", params.server_idle_timeout));
    }
    format!("Of the {before} connections dialed before it at most {open} are left: {}.", closers.join("; "))
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
