//! Time ran out: where it was spent.

use super::{Need, Story};
use crate::sim::error::ErrorKind;
use crate::sim::trace::words::span;
use crate::sim::trace::{DropCause, Entry, Packet, Place, Side, Timer, What};
use crate::time::{SimDuration, SimTime};

/// Where a request can wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    /// For a slot: MaxConnsPerHost.
    Slot,
    /// For connect(), its own or another connection.
    Dialing,
    /// On a connection that the server's kernel has not taken: half-accepted, or the request lost.
    Sending,
    /// In the accept queue.
    AcceptQueue,
    /// Inside the server program, for a worker.
    Program,
    /// For its handler.
    Handler,
    /// For the response to arrive.
    Response,
    /// Between two attempts.
    BackOff,
    /// For its own body to be produced.
    Nowhere,
}

impl Phase {
    /// Completes "1.02 s ...".
    fn words(self) -> &'static str {
        match self {
            Phase::Slot => "waiting for a connection slot",
            Phase::Dialing => "in connect()",
            Phase::Sending => "until the server's kernel took the request",
            Phase::AcceptQueue => "in the accept queue",
            Phase::Program => "in the server program's own queue",
            Phase::Handler => "in the handler",
            Phase::Response => "until the response would have come",
            Phase::BackOff => "between attempts",
            Phase::Nowhere => "elsewhere",
        }
    }
}

/// A stretch of time in one phase; it begins with this entry.
struct Stretch<'a> {
    phase: Phase,
    from: &'a Entry,
    until: SimTime,
}

impl Stretch<'_> {
    fn length(&self) -> SimDuration {
        self.until.since(self.from.at)
    }
}

pub(super) fn explain(story: &mut Story) {
    let fired = story.timer().copied();
    let over_all = matches!(fired.map(|entry| entry.what), Some(What::Fires { timer, .. }) if is_over_all(timer));
    let entries = if over_all { story.entries } else { story.last_attempt() };
    let begin = tell_begin(story, entries, fired.as_ref(), over_all);
    if !over_all {
        story.tell_earlier_attempts();
    }
    let end = fired.map_or(story.end().at, |fired| fired.at);
    let stretches = stretches(story, entries, begin, end);
    let mut total: Vec<(Phase, SimDuration)> = Vec::new();
    for stretch in &stretches {
        match total.iter_mut().find(|(phase, _)| *phase == stretch.phase) {
            Some((_, sum)) => *sum += stretch.length(),
            None => total.push((stretch.phase, stretch.length())),
        }
    }
    let blamed = total.iter().max_by_key(|(_, sum)| *sum).map(|(phase, _)| *phase);
    let root = stretches.iter().filter(|stretch| Some(stretch.phase) == blamed).max_by_key(|stretch| stretch.length());
    let root_at = root.map(|root| root.from as *const Entry);
    let mut last = None;
    for stretch in &stretches {
        let is_root = root_at == Some(stretch.from as *const Entry);
        // What took hardly any time, or comes again, explains little.
        let is_short = stretch.length() * 20 < end.since(begin);
        if is_root || !is_short && last != Some(stretch.phase) {
            tell_stretch(story, entries, stretch, is_root);
            last = Some(stretch.phase);
        }
    }
    let parts: Vec<String> = (total.iter())
        .filter(|(_, sum)| *sum * 50 >= end.since(begin))
        .map(|(phase, sum)| format!("{} {}", span(*sum), phase.words()))
        .collect();
    tell_end(story, fired.as_ref(), &parts.join(", "));
}

/// Whether the timer bounds the request with all of its attempts.
fn is_over_all(timer: Timer) -> bool {
    matches!(timer, Timer::Deadline | Timer::Patience)
}

/// The timer begins. Returns when.
fn tell_begin(story: &mut Story, entries: &[Entry], fired: Option<&Entry>, over_all: bool) -> SimTime {
    let request = story.trace.request;
    let dials = |entry: &&Entry| matches!(entry.what, What::Dials { request: by } if by == request);
    let Some((timer, after)) = fired.and_then(|entry| match entry.what {
        What::Fires { timer, after } => Some((timer, after)),
        _ => None,
    }) else {
        // ETIMEDOUT: the kernel's own patience.
        let Some(dial) = entries.iter().rev().find(dials) else { return story.end().at };
        let params = &story.trace.scenario.params;
        let text = format!(
            "Request #{request} calls connect(): at most {} SYNs (tcp_syn_linear_timeouts {}, tcp_syn_retries {}).",
            1 + params.syn_linear + params.syn_retries,
            params.syn_linear,
            params.syn_retries
        );
        story.tell(dial, Need::Cause, text).names_cause();
        return dial.at;
    };
    let name = timer.name();
    let is_begin = |entry: &&Entry| match timer {
        Timer::DialTimeout => matches!(entry.what, What::Dials { request: by } if by == request),
        Timer::HeaderTimeout => matches!(entry.what, What::Writes { side: Side::Client, .. }),
        _ => true,
    };
    let begin = if over_all { entries.iter().find(|entry| entry.what == What::Arrives) } else { None };
    let Some(begin) = begin
        .or_else(|| entries.iter().rfind(|entry| is_begin(entry) && timer != Timer::ClientTimeout))
        .filter(|_| timer != Timer::ClientTimeout)
        .or(entries.first())
    else {
        return story.end().at;
    };
    let text = match timer {
        Timer::DialTimeout => format!("Request #{request} calls connect(): {name} of {after} runs."),
        Timer::HeaderTimeout => format!("Request #{request} is written: {name} of {after} runs."),
        Timer::Patience => format!("Request #{request} arrives: its caller's patience is {}.", span(after)),
        _ => format!(
            "Request #{request} {}: {name} of {after} runs.",
            match begin.what {
                What::AttemptBegins(number) if number > 1 => format!("begins attempt {number}"),
                _ => "arrives".into(),
            }
        ),
    };
    story.tell(begin, Need::Cause, text).names_cause();
    begin.at
}

/// The time between `begin` and `end`, split by where the request was.
fn stretches<'a>(story: &Story, entries: &'a [Entry], begin: SimTime, end: SimTime) -> Vec<Stretch<'a>> {
    let mut found: Vec<Stretch> = Vec::new();
    let mut connection = None;
    for entry in entries.iter().filter(|entry| entry.at <= end) {
        let Some(phase) = phase_after(story, entry, &mut connection) else { continue };
        if let Some(last) = found.last_mut() {
            if last.phase == phase {
                continue;
            }
            last.until = entry.at;
        }
        found.push(Stretch { phase, from: entry, until: end });
    }
    found.retain(|stretch| stretch.until > begin && stretch.until > stretch.from.at);
    found
}

/// Where the request is from this entry on, if that changes.
fn phase_after(story: &Story, entry: &Entry, connection: &mut Option<u32>) -> Option<Phase> {
    let mine = story.trace.request;
    let is_on_it = connection.is_some() && entry.connection == *connection;
    match entry.what {
        What::AttemptBegins(_) | What::Replays => {
            *connection = None;
            Some(Phase::Nowhere)
        }
        What::WaitsForSlot => Some(Phase::Slot),
        What::Dials { request } if request == mine => Some(Phase::Dialing),
        What::Takes { request, .. } if request == mine => {
            *connection = entry.connection;
            Some(Phase::Sending)
        }
        What::BacksOff(_) => Some(Phase::BackOff),
        What::Queued if is_on_it => Some(Phase::AcceptQueue),
        What::Accepted if is_on_it => Some(Phase::Sending),
        What::WaitsForWorker if is_on_it => Some(Phase::Program),
        What::HandlerStarts if is_on_it => Some(Phase::Handler),
        What::HandlerEnds { .. } if is_on_it => Some(Phase::Response),
        _ => None,
    }
}

/// A stretch as a step, with what made it long.
fn tell_stretch(story: &mut Story, entries: &[Entry], stretch: &Stretch, is_root: bool) {
    let from = stretch.from;
    let need = if is_root { Need::Cause } else { Need::Path };
    let gauges = &from.gauges;
    let text = match stretch.phase {
        Phase::Slot => format!("It waits for a connection: MaxConnsPerHost {} are open.", gauges.connections),
        Phase::Dialing => return tell_dialing(story, entries, stretch, is_root),
        Phase::Sending => return tell_sending(story, entries, stretch, is_root),
        Phase::AcceptQueue => {
            let waits = story.tell_accepting(gauges);
            let why = if waits { "" } else { " Nobody calls accept() for it." };
            format!("Its connection waits in the accept queue, {}.{why}", gauges.accept_queue)
        }
        Phase::Program => {
            let since = gauges.workers_full_since.unwrap_or(from.at);
            let text = format!("All workers are busy: {}.", gauges.workers);
            story.add(since, Place::ServerProgram, Need::Cause, text).names_cause();
            format!("It waits in the server program, number {} in line.", gauges.waiting)
        }
        Phase::Handler => format!("Its handler starts (workers {} busy) and works on.", gauges.workers),
        Phase::Response => "Its handler has ended: the response is on its way.".into(),
        Phase::BackOff => format!("It waits {} before the next attempt.", span(stretch.length())),
        Phase::Nowhere => return,
    };
    let draft = story.tell(from, need, text);
    if is_root {
        draft.root();
    }
}

/// connect() took the time: SYNs were dropped or lost.
fn tell_dialing(story: &mut Story, entries: &[Entry], stretch: &Stretch, is_root: bool) {
    let number = stretch.from.connection;
    let within =
        |entry: &&Entry| entry.connection == number && entry.at >= stretch.from.at && entry.at <= stretch.until;
    let line: Vec<&Entry> = entries.iter().filter(within).collect();
    let is_dropped = |entry: &&&Entry| matches!(entry.what, What::Dropped { packet: Packet::Syn, .. });
    let is_lost = |entry: &&&Entry| {
        matches!(entry.what, What::Sent { packet: Packet::Syn | Packet::SynAck | Packet::Ack, lost: true, .. })
    };
    let dropped: Vec<&&Entry> = line.iter().filter(is_dropped).collect();
    let lost = line.iter().filter(is_lost).count();
    story.tell_start();
    if let Some(&&first) = dropped.first() {
        let before = story.drafts.len();
        if matches!(first.what, What::Dropped { rule: DropCause::AcceptQueue | DropCause::AcceptQueueReset, .. }) {
            story.tell_accept_queue(&first.gauges, first.at);
            story.drafts[before..].iter_mut().for_each(|draft| draft.step.is_root &= is_root);
        }
        let copies =
            if dropped.len() == 1 { "1 SYN is dropped".into() } else { format!("{} SYNs are dropped", dropped.len()) };
        let draft = story.tell(&first, Need::Path, format!("{}; {copies} in all.", upper(&story.trace.words(first))));
        draft.names_cause();
        if is_root && !story.drafts.iter().any(|draft| draft.step.is_root) {
            let last = story.drafts.len() - 1;
            story.drafts[last].root();
        }
        return;
    }
    let text = match lost {
        0 => format!("connect() takes {}.", span(stretch.length())),
        1 => "The network loses a packet of the handshake: it is sent again after 1 s.".into(),
        n => format!("The network loses {n} packets of the handshake: they are sent again after 1 s each."),
    };
    let at = line.iter().find(is_lost).map_or(stretch.from, |entry| entry);
    let draft = story.tell(at, Need::Path, text);
    if is_root {
        draft.root();
    }
}

/// The server's kernel did not take the request, or the network lost it.
fn tell_sending(story: &mut Story, entries: &[Entry], stretch: &Stretch, is_root: bool) {
    let number = stretch.from.connection;
    let within =
        |entry: &&Entry| entry.connection == number && entry.at >= stretch.from.at && entry.at <= stretch.until;
    let line: Vec<&Entry> = entries.iter().filter(within).collect();
    let is_ignored = |entry: &&&Entry| matches!(entry.what, What::Dropped { to: Side::Server, .. });
    let is_lost = |entry: &&&Entry| matches!(entry.what, What::Sent { from: Side::Client, lost: true, .. });
    let ignored = line.iter().filter(is_ignored).count();
    let lost = line.iter().filter(is_lost).count();
    if let Some(&&first) = line.iter().find(is_ignored) {
        let before = story.drafts.len();
        story.tell_accept_queue(&first.gauges, first.at);
        story.drafts[before..].iter_mut().for_each(|draft| draft.step.is_root &= is_root);
        let text = format!(
            "The last ACK is ignored: the client is ESTABLISHED, the server is not. {ignored} packets are dropped like this."
        );
        let draft = story.tell(&first, Need::Path, text);
        draft.names_cause();
        if is_root && !story.drafts.iter().any(|draft| draft.step.is_root) {
            let last = story.drafts.len() - 1;
            story.drafts[last].root();
        }
        return;
    }
    let (at, text) = match line.iter().find(is_lost) {
        Some(first) => {
            (*first, format!("The network loses its packets, {lost} in all: they are sent again after the RTO."))
        }
        None => (stretch.from, "The request is written.".into()),
    };
    let draft = story.tell(at, Need::Path, text);
    if is_root {
        draft.root();
    }
}

fn upper(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

/// The timer fires, and where the time went.
fn tell_end(story: &mut Story, fired: Option<&Entry>, parts: &str) {
    let end = *story.end();
    let text = match fired.map(|entry| entry.what) {
        Some(What::Fires { timer, after }) => {
            let name = timer.name();
            format!(
                "{} of {} is over: {parts}.",
                upper(name),
                if timer == Timer::Patience { span(after) } else { after.to_string() }
            )
        }
        _ => format!("The client's kernel gives up: {parts}."),
    };
    let at = fired.copied().unwrap_or(end);
    let place = if story.kind == ErrorKind::ConnectTimeout { Place::ClientKernel } else { Place::App };
    story.add(at.at, place, Need::Cause, text);
}
