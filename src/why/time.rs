//! Time ran out: where it was spent.

use super::change::Takes;
use super::{ChainBuilder, Draft, Need, load, sentence};
use crate::params::ParamId;
use crate::sim::error::ErrorKind;
use crate::sim::trace::words::span;
use crate::sim::trace::{DropCause, Entry, Message, Packet, Place, Read, Side, Timer, What};
use crate::time::{SimDuration, SimTime};
use crate::words::ordinal;

/// Where a request can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Station {
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

impl Station {
    /// Completes "1.02 s ...".
    fn words(self) -> &'static str {
        match self {
            Station::Slot => "waiting for a connection slot",
            Station::Dialing => "in connect()",
            Station::Sending => "before the server's kernel took the request",
            Station::Upload => "waiting for its own body",
            Station::AcceptQueue => "in the accept queue",
            Station::Program => "in the server program's queue",
            Station::Processor(Side::Client) => "waiting for a processor of the client",
            Station::Processor(Side::Server) => "waiting for a processor of the server",
            Station::Handler => "in the handler",
            Station::Response => "on the way back",
            Station::BackOff => "between attempts",
        }
    }

    /// What it takes for this to be long, with packets of it lost or not. What the server is asked for is compared with
    /// what it can do elsewhere.
    fn takes(self, is_lost: bool) -> &'static [Takes] {
        match self {
            Station::Dialing | Station::Sending | Station::Response if is_lost => &[Takes::More(ParamId::loss)],
            Station::Dialing | Station::Sending | Station::Response => {
                &[Takes::More(ParamId::rtt), Takes::More(ParamId::rtt_jitter)]
            }
            Station::Slot => &[Takes::Less(ParamId::max_conns)],
            Station::Upload => &[Takes::More(ParamId::upload)],
            Station::Processor(Side::Client) => &[Takes::Less(ParamId::client_cores), Takes::More(ParamId::client_cpu)],
            Station::Processor(Side::Server) => &[Takes::Less(ParamId::server_cores), Takes::More(ParamId::server_cpu)],
            Station::BackOff => {
                &[Takes::More(ParamId::backoff), Takes::More(ParamId::backoff_base), Takes::More(ParamId::backoff_cap)]
            }
            Station::AcceptQueue | Station::Program | Station::Handler => &[],
        }
    }
}

/// A stay of the request at one station.
struct Sojourn {
    station: Station,
    /// The entry with which it begins.
    from: Entry,
    until: SimTime,
    /// The connection on which the request is.
    connection: Option<u32>,
}

impl Sojourn {
    fn length(&self) -> SimDuration {
        self.until.since(self.from.at)
    }
}

pub(super) fn explain(chain: &mut ChainBuilder) {
    let fired = chain.timer().copied();
    let over_all = matches!(fired.map(|entry| entry.what), Some(What::Fires { timer, .. }) if is_over_all(timer));
    let entries = if over_all { chain.entries } else { chain.last_attempt() };
    let begin = tell_begin(chain, entries, fired.as_ref());
    if !over_all {
        chain.tell_earlier_attempts();
    }
    let end = fired.map_or(chain.end().at, |fired| fired.at);
    let parts = tell_stretches(chain, entries, begin, end);
    tell_end(chain, fired.as_ref(), &parts);
}

/// An answer is there: where its time went, retries included.
pub(super) fn explain_answer(chain: &mut ChainBuilder) {
    let (entries, end) = (chain.entries, chain.end().at);
    let Some(arrives) = entries.iter().find(|entry| entry.what == What::Arrives) else { return };
    chain.tell_earlier_attempts();
    chain.tell(arrives, Need::Path, format!("Request #{} arrives.", chain.trace.request)).names_cause();
    let parts = tell_stretches(chain, entries, arrives.at, end);
    let text = format!("The response is there after {}: {parts}.", span(end.since(arrives.at)));
    chain.add(end, Place::App, Need::Cause, text);
}

/// A step for each sojourn that took long, the longest part to blame; returns the parts in words.
fn tell_stretches(chain: &mut ChainBuilder, entries: &[Entry], begin: SimTime, end: SimTime) -> String {
    let sojourns = sojourns(chain, entries, begin, end);
    let totals = totals(&sojourns);
    let blamed = totals.iter().max_by_key(|(_, total)| *total).map(|(station, _)| *station);
    let of_blamed = sojourns.iter().enumerate().filter(|(_, sojourn)| Some(sojourn.station) == blamed);
    let root = of_blamed.max_by_key(|(_, sojourn)| sojourn.length()).map(|(i, _)| i);
    for (i, sojourn) in sojourns.iter().enumerate() {
        let is_root = Some(i) == root;
        // What took hardly any time explains little.
        if is_root || sojourn.length() * 20 >= end.since(begin) {
            tell_stretch(chain, sojourn, end, is_root);
        }
    }
    let parts: Vec<String> = (totals.iter())
        .filter(|(_, total)| *total * 50 >= end.since(begin))
        .map(|(station, total)| format!("{} {}", span(*total), station.words()))
        .collect();
    parts.join(", ")
}

/// Whether the timer bounds the request with all of its attempts.
fn is_over_all(timer: Timer) -> bool {
    matches!(timer, Timer::Deadline | Timer::Patience)
}

/// The timer begins. Returns when.
fn tell_begin(chain: &mut ChainBuilder, entries: &[Entry], fired: Option<&Entry>) -> SimTime {
    let (who, mine) = (chain.subject(), chain.trace.request);
    let dial = entries.iter().rfind(|entry| matches!(entry.what, What::Dials { request } if request == mine));
    let connection = dial.and_then(|dial| dial.connection).unwrap_or_default();
    let Some(&Entry { what: What::Fires { timer, after }, .. }) = fired else {
        // ETIMEDOUT: the kernel's own patience.
        let Some(dial) = dial else { return chain.end().at };
        let params = &chain.trace.scenario.params;
        let (linear, doubling) = (params.syn_linear, params.syn_retries);
        let text = format!(
            "{who} dials connection {connection}: the kernel sends at most {} SYNs (tcp_syn_linear_timeouts {linear}, \
             tcp_syn_retries {doubling}).",
            1 + linear + doubling,
        );
        chain.tell(dial, Need::Cause, text).names_cause();
        return dial.at;
    };
    let name = timer.name();
    let (begin, text) = match timer {
        Timer::DialTimeout => (
            dial,
            format!(
                "{who}: pool {} idle, so it dials connection {connection}: {name} of {after} runs.",
                chain.end().gauges.idle
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
    let Some(begin) = begin else { return chain.end().at };
    chain.tell(begin, Need::Cause, text).names_cause().takes(Takes::of_timer(timer));
    begin.at
}

/// The time between `begin` and `end`, split by where the request was.
fn sojourns(chain: &ChainBuilder, entries: &[Entry], begin: SimTime, end: SimTime) -> Vec<Sojourn> {
    let mut found: Vec<Sojourn> = Vec::new();
    let mut connection = None;
    for entry in entries.iter().filter(|entry| entry.at <= end) {
        let Some(station) = phase_after(chain, entry, &mut connection) else { continue };
        let is_body = matches!(entry.what, What::Writes { segment, .. } if segment.message == Message::Body);
        if is_body && found.last().is_none_or(|last| last.station != Station::Upload) {
            continue;
        }
        if let Some(last) = found.last_mut() {
            last.until = entry.at;
        }
        found.push(Sojourn { station, from: *entry, until: end, connection });
    }
    found.retain(|sojourn| sojourn.until > begin && sojourn.until > sojourn.from.at);
    found
}

/// Where the request is from this entry on, if that changes.
fn phase_after(chain: &ChainBuilder, entry: &Entry, connection: &mut Option<u32>) -> Option<Station> {
    let mine = chain.trace.request;
    match entry.what {
        What::WaitsForSlot => *connection = None,
        What::Dials { request } if request == mine => *connection = None,
        What::Takes { request, .. } if request == mine => *connection = entry.connection,
        _ => {}
    }
    let is_on_it = connection.is_some() && entry.connection == *connection;
    match entry.what {
        What::WaitsForSlot => Some(Station::Slot),
        What::Dials { request } if request == mine => Some(Station::Dialing),
        What::BacksOff(_) => Some(Station::BackOff),
        // A connection that was dialed for somebody else may still wait to be accepted.
        What::Takes { .. } if is_on_it => Some(match is_in_accept_queue(chain, entry) {
            true => Station::AcceptQueue,
            false => Station::Sending,
        }),
        What::Queued if is_on_it => Some(Station::AcceptQueue),
        What::Accepted if is_on_it => Some(Station::Sending),
        What::Reads { read: Read::Message(Message::Header), .. } if is_on_it => Some(Station::Upload),
        What::Writes { segment, .. } if is_on_it && segment.message == Message::Body => Some(Station::Sending),
        What::WaitsForWorker if is_on_it => Some(Station::Program),
        What::WaitsForProcessor { side, .. } if is_on_it || entry.connection.is_none() => {
            Some(Station::Processor(side))
        }
        What::HandlerStarts if is_on_it => Some(Station::Handler),
        What::HandlerEnds { .. } if is_on_it => Some(Station::Response),
        _ => None,
    }
}

fn is_in_accept_queue(chain: &ChainBuilder, taken: &Entry) -> bool {
    let is_of_queue = |entry: &&Entry| {
        let is_before = entry.connection == taken.connection && entry.at <= taken.at;
        is_before && matches!(entry.what, What::Queued | What::Accepted)
    };
    chain.entries.iter().rfind(is_of_queue).is_some_and(|entry| entry.what == What::Queued)
}

/// Time in each station, in the order in which they came.
fn totals(sojourns: &[Sojourn]) -> Vec<(Station, SimDuration)> {
    let mut totals: Vec<(Station, SimDuration)> = Vec::new();
    for sojourn in sojourns {
        match totals.iter_mut().find(|(station, _)| *station == sojourn.station) {
            Some((_, total)) => *total += sojourn.length(),
            None => totals.push((sojourn.station, sojourn.length())),
        }
    }
    totals
}

/// A sojourn as a step, with what made it long.
fn tell_stretch(chain: &mut ChainBuilder, sojourn: &Sojourn, end: SimTime, mut is_root: bool) {
    let Sojourn { station, from, .. } = sojourn;
    let (gauges, is_lost) = (&from.gauges, is_lost(chain, sojourn));
    if *station == Station::Handler && is_root {
        is_root = !(load::tell_slower_handlers(chain, from.at, sojourn.length()) || load::tell_wave(chain));
    }
    let text = match station {
        Station::Slot => {
            is_root &= !chain.tell_why_waiting(gauges, is_root);
            format!("It waits for a connection: MaxConnsPerHost {} are open.", gauges.connections)
        }
        Station::Dialing => return tell_dialing(chain, sojourn, is_root),
        Station::Sending => return tell_sending(chain, sojourn, is_root),
        Station::Upload => {
            let upload = chain.params(from.at).upload;
            format!("The server has read its header and waits for its body (upload {upload}).")
        }
        Station::AcceptQueue => {
            is_root &= !chain.tell_why_waiting(gauges, is_root);
            let number = sojourn.connection.unwrap_or_default();
            format!("Connection {number} waits in the accept queue, {}.", gauges.accept_queue)
        }
        Station::Program => {
            is_root &= !chain.tell_why_waiting(gauges, is_root);
            let since = gauges.workers_full_since.unwrap_or(from.at).max(chain.root_at());
            let text = format!("All workers are busy: {}.", gauges.workers);
            chain.add(since, Place::ServerProgram, Need::Cause, text).names_cause();
            format!("It waits in the server program, number {} in line.", gauges.waiting)
        }
        Station::Processor(side) => {
            is_root &= !chain.tell_why_waiting(gauges, is_root);
            let whose = if *side == Side::Client { "client" } else { "server" };
            match from.what {
                What::WaitsForProcessor { position, .. } => {
                    format!("It waits for a processor of the {whose}, {}.", ordinal(position))
                }
                _ => format!("It waits for a processor of the {whose}."),
            }
        }
        Station::Handler => handler_words(chain, sojourn, end),
        Station::Response if is_lost => {
            "The network loses packets of the response: each is sent again after the RTO.".into()
        }
        Station::Response => "Its handler has ended: the response is on its way.".into(),
        Station::BackOff => format!("It waits {} before the next attempt.", span(sojourn.length())),
    };
    let from = if is_lost && *station == Station::Response { on_the_way(from) } else { *from };
    tell_as(chain, &from, text, is_root).takes(station.takes(is_lost));
}

/// How busy the server is when the handler starts, and how long that works.
fn handler_words(chain: &ChainBuilder, sojourn: &Sojourn, end: SimTime) -> String {
    let Sojourn { from, until, .. } = sojourn;
    let starts = format!("Its handler starts, workers {} busy", from.gauges.workers);
    if chain.kind.is_some() {
        let still = if *until == end { ", and is still at work when the time is over" } else { "" };
        return format!("{starts}{still}.");
    }
    let (worked, service) = (sojourn.length(), chain.params(from.at).service);
    let times = match load::times(worked, service) {
        n if n >= 2.0 => format!(", {n:.0} times the average of {service}"),
        _ => String::new(),
    };
    format!("{starts}, and works for {}{times}.", span(worked))
}

/// Whether the network lost a packet of the sojourn's connection meanwhile.
fn is_lost(chain: &ChainBuilder, sojourn: &Sojourn) -> bool {
    within(chain, sojourn, sojourn.connection).iter().any(|entry| matches!(entry.what, What::Sent { lost: true, .. }))
}

fn tell_as<'a>(chain: &'a mut ChainBuilder, entry: &Entry, text: String, is_root: bool) -> &'a mut Draft {
    let draft = chain.tell(entry, if is_root { Need::Cause } else { Need::Path }, text);
    if is_root { draft.root() } else { draft }
}

/// The entries of a connection within a sojourn.
fn within(chain: &ChainBuilder, sojourn: &Sojourn, connection: Option<u32>) -> Vec<Entry> {
    let is_within =
        |entry: &&Entry| entry.connection == connection && entry.at >= sojourn.from.at && entry.at <= sojourn.until;
    chain.entries.iter().filter(is_within).copied().collect()
}

/// connect() took the time: SYNs were dropped or lost.
fn tell_dialing(chain: &mut ChainBuilder, sojourn: &Sojourn, is_root: bool) {
    let line = within(chain, sojourn, sojourn.from.connection);
    let is_dropped = |entry: &&Entry| matches!(entry.what, What::Dropped { packet: Packet::Syn, .. });
    let is_lost = |entry: &&Entry| {
        matches!(entry.what, What::Sent { packet: Packet::Syn | Packet::SynAck | Packet::Ack, lost: true, .. })
    };
    let (dropped, lost) = (line.iter().filter(is_dropped).count(), line.iter().filter(is_lost).count());
    if !is_root && dropped + lost == 0 {
        return;
    }
    if !matches!(chain.timer().map(|timer| timer.what), None | Some(What::Fires { timer: Timer::DialTimeout, .. })) {
        chain.tell_start();
    }
    if let Some(first) = line.iter().find(is_dropped) {
        let text = format!("{} SYNs dropped in all: {dropped}.", sentence(&chain.trace.words(first)));
        return tell_dropped(chain, first, text, is_root);
    }
    let text = match lost {
        0 => format!("connect() takes {}.", span(sojourn.length())),
        _ => format!("The network loses packets of the handshake: {lost}. Each is sent again after 1 s or more."),
    };
    let at = line.iter().find(is_lost).map_or(sojourn.from, on_the_way);
    tell_as(chain, &at, text, is_root).takes(Station::Dialing.takes(lost > 0));
}

/// The server's kernel did not take the request, or the network lost it.
fn tell_sending(chain: &mut ChainBuilder, sojourn: &Sojourn, is_root: bool) {
    let line = within(chain, sojourn, sojourn.connection);
    let is_dropped = |entry: &&Entry| matches!(entry.what, What::Dropped { to: Side::Server, .. });
    let is_lost = |entry: &&Entry| matches!(entry.what, What::Sent { lost: true, .. });
    if let Some(first) = line.iter().find(is_dropped) {
        if matches!(first.what, What::Dropped { rule: DropCause::AcceptQueue, .. }) {
            return chain.tell_ignored_as(&line, is_root);
        }
        let text = sentence(&chain.trace.words(first));
        return tell_dropped(chain, first, text, is_root);
    }
    let lost = line.iter().filter(is_lost).count();
    match line.iter().find(is_lost) {
        Some(first) => {
            let text = format!("The network loses packets of the exchange: {lost}. Each is sent again after the RTO.");
            tell_as(chain, &on_the_way(first), text, is_root).takes(Station::Sending.takes(true));
        }
        None if is_root => {
            let text = "The request is written.".into();
            tell_as(chain, &sojourn.from, text, true).takes(Station::Sending.takes(false));
        }
        None => {}
    }
}

/// Where a packet is lost.
fn on_the_way(entry: &Entry) -> Entry {
    Entry { place: Place::Network, ..*entry }
}

/// A packet was dropped: where the accept queue was full, that is the cause, else the drop itself.
fn tell_dropped(chain: &mut ChainBuilder, drop: &Entry, text: String, is_root: bool) {
    let by_queue =
        matches!(drop.what, What::Dropped { rule: DropCause::AcceptQueue | DropCause::AcceptQueueReset, .. });
    if by_queue {
        chain.tell_accept_queue_as(&drop.gauges, drop.at, is_root);
    }
    let is_input = matches!(drop.what, What::Dropped { rule: DropCause::InputQueue, .. });
    let takes: &[_] = if is_input { &[Takes::Less(ParamId::nic_queue), Takes::Less(ParamId::nic_rate)] } else { &[] };
    tell_as(chain, drop, text, is_root && !by_queue).takes(takes);
}

/// The timer fires: where the time went.
fn tell_end(chain: &mut ChainBuilder, fired: Option<&Entry>, parts: &str) {
    let text = match fired.map(|entry| entry.what) {
        Some(What::Fires { timer: Timer::Patience, after }) => {
            format!("The caller leaves after {}: {parts}.", span(after))
        }
        Some(What::Fires { timer: Timer::Deadline, after }) => format!("The deadline of {after} is over: {parts}."),
        Some(What::Fires { timer, after }) => {
            // U-7: the reader's error is all that the caller sees.
            let hidden = chain.kind == Some(ErrorKind::Closed);
            let close = if hidden { " Go 1.4 closes the connection under its own reader." } else { "" };
            format!("{} of {after} is over: {parts}.{close}", timer.name())
        }
        _ => format!("The client's kernel gives up: {parts}."),
    };
    let place = if chain.kind == Some(ErrorKind::ConnectTimeout) { Place::ClientKernel } else { Place::App };
    chain.add(fired.unwrap_or(chain.end()).at, place, Need::Cause, text);
}
