//! Time ran out: where it was spent.

use super::change::Takes;
use super::{Draft, Need, Story, load, sentence};
use crate::params::ParamId;
use crate::sim::error::ErrorKind;
use crate::sim::trace::words::span;
use crate::sim::trace::{DropCause, Entry, Message, Packet, Place, Read, Side, Timer, What};
use crate::time::{SimDuration, SimTime};
use crate::words::ordinal;

/// Where a request can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Waiting for a slot: MaxConnsPerHost.
    Slot,
    /// Waiting for connect(), its own or another connection.
    Dialing,
    /// On a connection that the server's kernel has not taken, or on its way.
    Sending,
    /// Waiting for its own body.
    Upload,
    /// In the accept queue.
    AcceptQueue,
    /// Inside the server program, without a worker.
    Program,
    /// Waiting for a processor of this side.
    Processor(Side),
    /// In its handler.
    Handler,
    /// Its handler has ended.
    Response,
    /// Between two attempts.
    BackOff,
}

impl Phase {
    /// Completes "1.02 s ...".
    fn words(self) -> &'static str {
        match self {
            Phase::Slot => "waiting for a connection slot",
            Phase::Dialing => "in connect()",
            Phase::Sending => "before the server's kernel took the request",
            Phase::Upload => "waiting for its own body",
            Phase::AcceptQueue => "in the accept queue",
            Phase::Program => "in the server program's queue",
            Phase::Processor(Side::Client) => "waiting for a processor of the client",
            Phase::Processor(Side::Server) => "waiting for a processor of the server",
            Phase::Handler => "in the handler",
            Phase::Response => "on the way back",
            Phase::BackOff => "between attempts",
        }
    }

    /// What it takes for this to be long, with packets of it lost or not. What the server is asked for is compared with
    /// what it can do elsewhere.
    fn takes(self, is_lost: bool) -> &'static [Takes] {
        match self {
            Phase::Dialing | Phase::Sending | Phase::Response if is_lost => &[Takes::More(ParamId::loss)],
            Phase::Dialing | Phase::Sending | Phase::Response => {
                &[Takes::More(ParamId::rtt), Takes::More(ParamId::rtt_jitter)]
            }
            Phase::Slot => &[Takes::Less(ParamId::max_conns)],
            Phase::Upload => &[Takes::More(ParamId::upload)],
            Phase::Processor(Side::Client) => &[Takes::Less(ParamId::client_cores), Takes::More(ParamId::client_cpu)],
            Phase::Processor(Side::Server) => &[Takes::Less(ParamId::server_cores), Takes::More(ParamId::server_cpu)],
            Phase::BackOff => {
                &[Takes::More(ParamId::backoff), Takes::More(ParamId::backoff_base), Takes::More(ParamId::backoff_cap)]
            }
            Phase::AcceptQueue | Phase::Program | Phase::Handler => &[],
        }
    }
}

/// A stretch of time in one phase.
struct Stretch {
    phase: Phase,
    /// The entry with which it begins.
    from: Entry,
    until: SimTime,
    /// The connection on which the request is.
    connection: Option<u32>,
}

impl Stretch {
    fn length(&self) -> SimDuration {
        self.until.since(self.from.at)
    }
}

pub(super) fn explain(story: &mut Story) {
    let fired = story.timer().copied();
    let over_all = matches!(fired.map(|entry| entry.what), Some(What::Fires { timer, .. }) if is_over_all(timer));
    let entries = if over_all { story.entries } else { story.last_attempt() };
    let begin = tell_begin(story, entries, fired.as_ref());
    if !over_all {
        story.tell_earlier_attempts();
    }
    let end = fired.map_or(story.end().at, |fired| fired.at);
    let parts = tell_stretches(story, entries, begin, end);
    tell_end(story, fired.as_ref(), &parts);
}

/// An answer is there: where its time went, retries included.
pub(super) fn explain_answer(story: &mut Story) {
    let (entries, end) = (story.entries, story.end().at);
    let Some(arrives) = entries.iter().find(|entry| entry.what == What::Arrives) else { return };
    story.tell_earlier_attempts();
    story.tell(arrives, Need::Path, format!("Request #{} arrives.", story.trace.request)).names_cause();
    let parts = tell_stretches(story, entries, arrives.at, end);
    let text = format!("The response is there after {}: {parts}.", span(end.since(arrives.at)));
    story.add(end, Place::App, Need::Cause, text);
}

/// A step for each stretch that took long, the longest part to blame; returns the parts in words.
fn tell_stretches(story: &mut Story, entries: &[Entry], begin: SimTime, end: SimTime) -> String {
    let stretches = stretches(story, entries, begin, end);
    let totals = totals(&stretches);
    let blamed = totals.iter().max_by_key(|(_, total)| *total).map(|(phase, _)| *phase);
    let of_blamed = stretches.iter().enumerate().filter(|(_, stretch)| Some(stretch.phase) == blamed);
    let root = of_blamed.max_by_key(|(_, stretch)| stretch.length()).map(|(i, _)| i);
    for (i, stretch) in stretches.iter().enumerate() {
        let is_root = Some(i) == root;
        // What took hardly any time explains little.
        if is_root || stretch.length() * 20 >= end.since(begin) {
            tell_stretch(story, stretch, end, is_root);
        }
    }
    let parts: Vec<String> = (totals.iter())
        .filter(|(_, total)| *total * 50 >= end.since(begin))
        .map(|(phase, total)| format!("{} {}", span(*total), phase.words()))
        .collect();
    parts.join(", ")
}

/// Whether the timer bounds the request with all of its attempts.
fn is_over_all(timer: Timer) -> bool {
    matches!(timer, Timer::Deadline | Timer::Patience)
}

/// The timer begins. Returns when.
fn tell_begin(story: &mut Story, entries: &[Entry], fired: Option<&Entry>) -> SimTime {
    let (who, mine) = (story.subject(), story.trace.request);
    let dial = entries.iter().rfind(|entry| matches!(entry.what, What::Dials { request } if request == mine));
    let connection = dial.and_then(|dial| dial.connection).unwrap_or_default();
    let Some(&Entry { what: What::Fires { timer, after }, .. }) = fired else {
        // ETIMEDOUT: the kernel's own patience.
        let Some(dial) = dial else { return story.end().at };
        let params = &story.trace.scenario.params;
        let (linear, doubling) = (params.syn_linear, params.syn_retries);
        let text = format!(
            "{who} dials connection {connection}: the kernel sends at most {} SYNs (tcp_syn_linear_timeouts {linear}, \
             tcp_syn_retries {doubling}).",
            1 + linear + doubling,
        );
        story.tell(dial, Need::Cause, text).names_cause();
        return dial.at;
    };
    let name = timer.name();
    let (begin, text) = match timer {
        Timer::DialTimeout => (
            dial,
            format!(
                "{who}: pool {} idle, so it dials connection {connection}: {name} of {after} runs.",
                story.end().gauges.idle
            ),
        ),
        Timer::HeaderTimeout => (
            entries.iter().rfind(|entry| matches!(entry.what, What::Writes { side: Side::Client, .. })),
            format!("{who} is written: {name} of {after} runs."),
        ),
        Timer::Patience => (
            entries.iter().find(|entry| entry.what == What::Arrives),
            format!("Request #{mine} arrives: its caller's patience is {}.", span(after)),
        ),
        Timer::Deadline => (
            entries.iter().find(|entry| entry.what == What::Arrives),
            format!("Request #{mine} arrives: the deadline of its context, {after}, runs."),
        ),
        _ => (entries.first(), format!("{who} begins: {name} of {after} runs.")),
    };
    let Some(begin) = begin else { return story.end().at };
    story.tell(begin, Need::Cause, text).names_cause().takes(Takes::of_timer(timer));
    begin.at
}

/// The time between `begin` and `end`, split by where the request was.
fn stretches(story: &Story, entries: &[Entry], begin: SimTime, end: SimTime) -> Vec<Stretch> {
    let mut found: Vec<Stretch> = Vec::new();
    let mut connection = None;
    for entry in entries.iter().filter(|entry| entry.at <= end) {
        let Some(phase) = phase_after(story, entry, &mut connection) else { continue };
        let is_body = matches!(entry.what, What::Writes { segment, .. } if segment.message == Message::Body);
        if is_body && found.last().is_none_or(|last| last.phase != Phase::Upload) {
            continue;
        }
        if let Some(last) = found.last_mut() {
            last.until = entry.at;
        }
        found.push(Stretch { phase, from: *entry, until: end, connection });
    }
    found.retain(|stretch| stretch.until > begin && stretch.until > stretch.from.at);
    found
}

/// Where the request is from this entry on, if that changes.
fn phase_after(story: &Story, entry: &Entry, connection: &mut Option<u32>) -> Option<Phase> {
    let mine = story.trace.request;
    match entry.what {
        What::WaitsForSlot => *connection = None,
        What::Dials { request } if request == mine => *connection = None,
        What::Takes { request, .. } if request == mine => *connection = entry.connection,
        _ => {}
    }
    let is_on_it = connection.is_some() && entry.connection == *connection;
    match entry.what {
        What::WaitsForSlot => Some(Phase::Slot),
        What::Dials { request } if request == mine => Some(Phase::Dialing),
        What::BacksOff(_) => Some(Phase::BackOff),
        // A connection that was dialed for somebody else may still wait to be accepted.
        What::Takes { .. } if is_on_it => Some(match is_in_accept_queue(story, entry) {
            true => Phase::AcceptQueue,
            false => Phase::Sending,
        }),
        What::Queued if is_on_it => Some(Phase::AcceptQueue),
        What::Accepted if is_on_it => Some(Phase::Sending),
        What::Reads { read: Read::Message(Message::Header), .. } if is_on_it => Some(Phase::Upload),
        What::Writes { segment, .. } if is_on_it && segment.message == Message::Body => Some(Phase::Sending),
        What::WaitsForWorker if is_on_it => Some(Phase::Program),
        What::WaitsForProcessor { side, .. } if is_on_it || entry.connection.is_none() => Some(Phase::Processor(side)),
        What::HandlerStarts if is_on_it => Some(Phase::Handler),
        What::HandlerEnds { .. } if is_on_it => Some(Phase::Response),
        _ => None,
    }
}

fn is_in_accept_queue(story: &Story, taken: &Entry) -> bool {
    let is_of_queue = |entry: &&Entry| {
        let is_before = entry.connection == taken.connection && entry.at <= taken.at;
        is_before && matches!(entry.what, What::Queued | What::Accepted)
    };
    story.entries.iter().rfind(is_of_queue).is_some_and(|entry| entry.what == What::Queued)
}

/// Time in each phase, in the order in which they came.
fn totals(stretches: &[Stretch]) -> Vec<(Phase, SimDuration)> {
    let mut totals: Vec<(Phase, SimDuration)> = Vec::new();
    for stretch in stretches {
        match totals.iter_mut().find(|(phase, _)| *phase == stretch.phase) {
            Some((_, total)) => *total += stretch.length(),
            None => totals.push((stretch.phase, stretch.length())),
        }
    }
    totals
}

/// A stretch as a step, with what made it long.
fn tell_stretch(story: &mut Story, stretch: &Stretch, end: SimTime, mut is_root: bool) {
    let Stretch { phase, from, .. } = stretch;
    let (gauges, is_lost) = (&from.gauges, is_lost(story, stretch));
    if *phase == Phase::Handler && is_root {
        is_root = !(load::tell_slower_handlers(story, from.at, stretch.length()) || load::tell_wave(story));
    }
    let text = match phase {
        Phase::Slot => {
            is_root &= !story.tell_why_waiting(gauges, is_root);
            format!("It waits for a connection: MaxConnsPerHost {} are open.", gauges.connections)
        }
        Phase::Dialing => return tell_dialing(story, stretch, is_root),
        Phase::Sending => return tell_sending(story, stretch, is_root),
        Phase::Upload => {
            let upload = story.params(from.at).upload;
            format!("The server has read its header and waits for its body (upload {upload}).")
        }
        Phase::AcceptQueue => {
            is_root &= !story.tell_why_waiting(gauges, is_root);
            let number = stretch.connection.unwrap_or_default();
            format!("Connection {number} waits in the accept queue, {}.", gauges.accept_queue)
        }
        Phase::Program => {
            is_root &= !story.tell_why_waiting(gauges, is_root);
            let since = gauges.workers_full_since.unwrap_or(from.at).max(story.root_at());
            let text = format!("All workers are busy: {}.", gauges.workers);
            story.add(since, Place::ServerProgram, Need::Cause, text).names_cause();
            format!("It waits in the server program, number {} in line.", gauges.waiting)
        }
        Phase::Processor(side) => {
            is_root &= !story.tell_why_waiting(gauges, is_root);
            let whose = if *side == Side::Client { "client" } else { "server" };
            match from.what {
                What::WaitsForProcessor { position, .. } => {
                    format!("It waits for a processor of the {whose}, {}.", ordinal(position))
                }
                _ => format!("It waits for a processor of the {whose}."),
            }
        }
        Phase::Handler => handler_words(story, stretch, end),
        Phase::Response if is_lost => {
            "The network loses packets of the response: each is sent again after the RTO.".into()
        }
        Phase::Response => "Its handler has ended: the response is on its way.".into(),
        Phase::BackOff => format!("It waits {} before the next attempt.", span(stretch.length())),
    };
    let from = if is_lost && *phase == Phase::Response { on_the_way(from) } else { *from };
    tell_as(story, &from, text, is_root).takes(phase.takes(is_lost));
}

/// How busy the server is when the handler starts, and how long that works.
fn handler_words(story: &Story, stretch: &Stretch, end: SimTime) -> String {
    let Stretch { from, until, .. } = stretch;
    let starts = format!("Its handler starts, workers {} busy", from.gauges.workers);
    if story.kind.is_some() {
        let still = if *until == end { ", and is still at work when the time is over" } else { "" };
        return format!("{starts}{still}.");
    }
    let (worked, service) = (stretch.length(), story.params(from.at).service);
    let times = match load::times(worked, service) {
        n if n >= 2.0 => format!(", {n:.0} times the average of {service}"),
        _ => String::new(),
    };
    format!("{starts}, and works for {}{times}.", span(worked))
}

/// Whether the network lost a packet of the stretch's connection meanwhile.
fn is_lost(story: &Story, stretch: &Stretch) -> bool {
    within(story, stretch, stretch.connection).iter().any(|entry| matches!(entry.what, What::Sent { lost: true, .. }))
}

fn tell_as<'a>(story: &'a mut Story, entry: &Entry, text: String, is_root: bool) -> &'a mut Draft {
    let draft = story.tell(entry, if is_root { Need::Cause } else { Need::Path }, text);
    if is_root { draft.root() } else { draft }
}

/// The entries of a connection within a stretch.
fn within(story: &Story, stretch: &Stretch, connection: Option<u32>) -> Vec<Entry> {
    let is_within =
        |entry: &&Entry| entry.connection == connection && entry.at >= stretch.from.at && entry.at <= stretch.until;
    story.entries.iter().filter(is_within).copied().collect()
}

/// connect() took the time: SYNs were dropped or lost.
fn tell_dialing(story: &mut Story, stretch: &Stretch, is_root: bool) {
    let line = within(story, stretch, stretch.from.connection);
    let is_dropped = |entry: &&Entry| matches!(entry.what, What::Dropped { packet: Packet::Syn, .. });
    let is_lost = |entry: &&Entry| {
        matches!(entry.what, What::Sent { packet: Packet::Syn | Packet::SynAck | Packet::Ack, lost: true, .. })
    };
    let (dropped, lost) = (line.iter().filter(is_dropped).count(), line.iter().filter(is_lost).count());
    if !is_root && dropped + lost == 0 {
        return;
    }
    if !matches!(story.timer().map(|timer| timer.what), None | Some(What::Fires { timer: Timer::DialTimeout, .. })) {
        story.tell_start();
    }
    if let Some(first) = line.iter().find(is_dropped) {
        let text = format!("{} SYNs dropped in all: {dropped}.", sentence(&story.trace.words(first)));
        return tell_dropped(story, first, text, is_root);
    }
    let text = match lost {
        0 => format!("connect() takes {}.", span(stretch.length())),
        _ => format!("The network loses packets of the handshake: {lost}. Each is sent again after 1 s or more."),
    };
    let at = line.iter().find(is_lost).map_or(stretch.from, on_the_way);
    tell_as(story, &at, text, is_root).takes(Phase::Dialing.takes(lost > 0));
}

/// The server's kernel did not take the request, or the network lost it.
fn tell_sending(story: &mut Story, stretch: &Stretch, is_root: bool) {
    let line = within(story, stretch, stretch.connection);
    let is_dropped = |entry: &&Entry| matches!(entry.what, What::Dropped { to: Side::Server, .. });
    let is_lost = |entry: &&Entry| matches!(entry.what, What::Sent { lost: true, .. });
    if let Some(first) = line.iter().find(is_dropped) {
        if matches!(first.what, What::Dropped { rule: DropCause::AcceptQueue, .. }) {
            return story.tell_ignored_as(&line, is_root);
        }
        let text = sentence(&story.trace.words(first));
        return tell_dropped(story, first, text, is_root);
    }
    let lost = line.iter().filter(is_lost).count();
    match line.iter().find(is_lost) {
        Some(first) => {
            let text = format!("The network loses packets of the exchange: {lost}. Each is sent again after the RTO.");
            tell_as(story, &on_the_way(first), text, is_root).takes(Phase::Sending.takes(true));
        }
        None if is_root => {
            let text = "The request is written.".into();
            tell_as(story, &stretch.from, text, true).takes(Phase::Sending.takes(false));
        }
        None => {}
    }
}

/// Where a packet is lost.
fn on_the_way(entry: &Entry) -> Entry {
    Entry { place: Place::Network, ..*entry }
}

/// A packet was dropped: where the accept queue was full, that is the cause, else the drop itself.
fn tell_dropped(story: &mut Story, drop: &Entry, text: String, is_root: bool) {
    let by_queue =
        matches!(drop.what, What::Dropped { rule: DropCause::AcceptQueue | DropCause::AcceptQueueReset, .. });
    if by_queue {
        story.tell_accept_queue_as(&drop.gauges, drop.at, is_root);
    }
    let is_input = matches!(drop.what, What::Dropped { rule: DropCause::InputQueue, .. });
    let takes: &[_] = if is_input { &[Takes::Less(ParamId::nic_queue), Takes::Less(ParamId::nic_rate)] } else { &[] };
    tell_as(story, drop, text, is_root && !by_queue).takes(takes);
}

/// The timer fires: where the time went.
fn tell_end(story: &mut Story, fired: Option<&Entry>, parts: &str) {
    let text = match fired.map(|entry| entry.what) {
        Some(What::Fires { timer: Timer::Patience, after }) => {
            format!("The caller leaves after {}: {parts}.", span(after))
        }
        Some(What::Fires { timer: Timer::Deadline, after }) => format!("The deadline of {after} is over: {parts}."),
        Some(What::Fires { timer, after }) => {
            // U-7: the reader's error is all that the caller sees.
            let hidden = story.kind == Some(ErrorKind::Closed);
            let close = if hidden { " Go 1.4 closes the connection under its own reader." } else { "" };
            format!("{} of {after} is over: {parts}.{close}", timer.name())
        }
        _ => format!("The client's kernel gives up: {parts}."),
    };
    let place = if story.kind == Some(ErrorKind::ConnectTimeout) { Place::ClientKernel } else { Place::App };
    story.add(fired.unwrap_or(story.end()).at, place, Need::Cause, text);
}
