//! Why a request failed: from its history to the few events that explain it.
//!
//! A chain has three to eight events in the order of time. The first one names what was full, the timer that ran, or
//! the program that did it; the last one is the error. One of them is the root cause. The rules look at kinds of
//! entries and know no scenario:
//!
//! - Time ran out: the time is split into where it was spent (`why/time.rs`), and the longest part is to blame.
//! - The connection ended: back from the FIN or RST that was read to who sent it, and why (`why/ended.rs`).
//! - Nothing was sent: which local resource was used up, and since when; or why the breaker was open (`why/unsent.rs`).
//!
//! A queue is where it hurts, not the cause: first comes the load on the server (`why/load.rs`), then why nobody
//! empties the queue, and only then its length. Of the timetable's changes those are told that brought a step about
//! (`why/change.rs`).

mod change;
mod dial;
mod ended;
mod load;
mod time;
mod unsent;

use std::collections::BTreeSet;
use std::fmt;

use crate::params::{ParamId, Params};
use crate::scenario::Change;
use crate::sim::error::ErrorKind;
use crate::sim::trace::words::{instant, span};
use crate::sim::trace::{Accepting, DropCause, Entry, Gauges, Packet, Place, Side, Trace, What};
use crate::time::{SimDuration, SimTime};
use change::Takes;

/// One event of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainStep {
    /// When.
    pub at: SimTime,
    /// Where.
    pub place: Place,
    /// What happened, in one sentence.
    pub text: String,
    /// This is what has to change.
    pub is_root: bool,
}

/// Why one request failed, or why its answer took so long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Its number: the n-th request that arrived, from 1.
    pub request: u32,
    /// The class of its error; `answered` if it has none.
    pub class: &'static str,
    /// Three to eight events, the earliest first; the last one is the error's text.
    pub steps: Vec<ChainStep>,
}

/// One line for each step: when, where, what; the root cause is marked.
impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "request #{}: {}", self.request, self.class)?;
        for ChainStep { at, place, text, is_root } in &self.steps {
            let mark = if *is_root { '*' } else { ' ' };
            writeln!(f, "{:>11.6} s {mark} {:<14} {text}", at.as_secs_f64(), place.name())?;
        }
        Ok(())
    }
}

/// Most steps of a chain.
const STEPS_MAX: usize = 8;

/// The chain of a request: why it failed, or why its answer took so long; `None` for one that was not over when the run
/// ended.
pub fn chain(trace: &Trace) -> Option<Chain> {
    let Some((kind, _)) = trace.error.as_ref() else {
        let mut chain = ChainBuilder::new(trace, None)?;
        time::explain_answer(&mut chain);
        return Some(chain.finish());
    };
    let mut chain = ChainBuilder::new(trace, Some(*kind))?;
    match kind {
        _ if chain.timer().is_some() || *kind == ErrorKind::ConnectTimeout => time::explain(&mut chain),
        ErrorKind::Ports | ErrorKind::ClientFds => unsent::explain_missing(&mut chain),
        ErrorKind::BreakerOpen => unsent::explain_breaker(&mut chain),
        ErrorKind::Refused => explain_refused(&mut chain),
        _ => ended::explain(&mut chain),
    }
    Some(chain.finish())
}

/// Why a request dialed, and did not take a connection that there had been; `None` if it did not dial.
pub fn dial(trace: &Trace) -> Option<Chain> {
    let mut chain = ChainBuilder::new(trace, trace.error.as_ref().map(|(kind, _)| *kind))?;
    dial::explain(&mut chain)?;
    Some(chain.finish())
}

/// How much a step is needed where there are too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Need {
    Detail,
    Path,
    Cause,
}

struct Draft {
    step: ChainStep,
    need: Need,
    /// It names what is full, a timer with its value, or the program that did it: a chain may begin with it.
    names_cause: bool,
    /// The settings of which it takes more, or less, for this to happen.
    takes: &'static [Takes],
}

/// A chain that is being written.
struct ChainBuilder<'a> {
    trace: &'a Trace,
    /// The error; `None` for a request that was answered.
    kind: Option<ErrorKind>,
    /// The entries up to the error.
    entries: &'a [Entry],
    /// Where the last attempt begins in them.
    attempt: usize,
    drafts: Vec<Draft>,
}

impl<'a> ChainBuilder<'a> {
    fn new(trace: &'a Trace, kind: Option<ErrorKind>) -> Option<ChainBuilder<'a>> {
        let end = trace.entries.iter().position(|entry| matches!(entry.what, What::Ends(_)))?;
        let entries = &trace.entries[..=end];
        let attempt = entries.iter().rposition(|entry| matches!(entry.what, What::AttemptBegins(_)))?;
        Some(ChainBuilder { trace, kind, entries, attempt, drafts: Vec::new() })
    }

    /// The entries of the last attempt, the error included.
    fn last_attempt(&self) -> &'a [Entry] {
        &self.entries[self.attempt..]
    }

    /// The parameters at an instant.
    fn params(&self, at: SimTime) -> Params {
        self.trace.scenario.at(at)
    }

    fn end(&self) -> &'a Entry {
        &self.entries[self.entries.len() - 1]
    }

    /// The timer of the client's program that ended the last attempt.
    fn timer(&self) -> Option<&'a Entry> {
        let is_timer = |entry: &&Entry| matches!(entry.what, What::Fires { .. }) && entry.place == Place::App;
        let timer = self.last_attempt().iter().rev().find(is_timer)?;
        let held = |entry: &Entry| matches!(entry.what, What::Held(kind) if Some(kind) == self.kind);
        let is_cause = timer.at == self.end().at || self.last_attempt().iter().any(held);
        is_cause.then_some(timer)
    }

    /// The connection that the last attempt's request was on.
    fn connection(&self) -> Option<u32> {
        let mine = self.trace.request;
        self.last_attempt().iter().rev().find_map(|entry| match entry.what {
            What::Takes { request, .. } | What::Handed { request } if request == mine => entry.connection,
            _ => None,
        })
    }

    fn add(&mut self, at: SimTime, place: Place, need: Need, text: String) -> &mut Draft {
        let step = ChainStep { at, place, text, is_root: false };
        self.drafts.push(Draft { step, need, names_cause: false, takes: &[] });
        let last = self.drafts.len() - 1;
        &mut self.drafts[last]
    }

    /// A step for an entry.
    fn tell(&mut self, entry: &Entry, need: Need, text: String) -> &mut Draft {
        self.add(entry.at, entry.place, need, text)
    }

    /// All entries of a connection up to the error.
    fn line(&self, connection: u32) -> Vec<Entry> {
        self.entries.iter().filter(|entry| entry.connection == Some(connection)).copied().collect()
    }

    /// Request and attempt, as the subject of a sentence.
    fn subject(&self) -> String {
        match self.last_attempt()[0].what {
            What::AttemptBegins(number) if number > 1 => format!("Attempt {number} of request #{}", self.trace.request),
            _ => format!("Request #{}", self.trace.request),
        }
    }

    /// How the last attempt came to its connection, or tries to.
    fn tell_start(&mut self) {
        let (mine, who) = (self.trace.request, self.subject());
        let is_start = |entry: &&Entry| match entry.what {
            What::Takes { request, .. } | What::Dials { request } => request == mine,
            What::WaitsForSlot => true,
            _ => false,
        };
        let Some(first) = self.last_attempt().iter().find(is_start) else { return };
        let (number, idle_timeout) = (first.connection.unwrap_or_default(), self.params(first.at).idle_timeout);
        let text = match first.what {
            What::Takes { earlier, idle_since, .. } => {
                let idle = idle_since.map_or(String::new(), |since| match first.at.since(since) {
                    SimDuration::ZERO => format!(", just returned (IdleConnTimeout {idle_timeout})"),
                    idle => format!(", idle for {} (IdleConnTimeout {idle_timeout})", span(idle)),
                });
                let earlier = if earlier == 1 { "1 request".into() } else { format!("{earlier} requests") };
                format!("{who} takes connection {number}: {earlier} before it{idle}.")
            }
            What::WaitsForSlot => format!("{who} must wait: MaxConnsPerHost {} are open.", first.gauges.connections),
            _ => format!("{who}: pool {} idle, so it dials connection {number}.", first.gauges.idle),
        };
        let waits = first.what == What::WaitsForSlot;
        let takes: &[_] = if waits { &[Takes::Less(ParamId::max_conns)] } else { &[] };
        self.tell(first, Need::Path, text).names_cause().takes(takes);
        if let Some(connection) = self.connection().filter(|connection| Some(*connection) != first.connection) {
            let is_given = |entry: &&Entry| {
                entry.connection == Some(connection) && matches!(entry.what, What::Takes { .. } | What::Handed { .. })
            };
            if let Some(given) = self.last_attempt().iter().find(is_given) {
                self.tell(given, Need::Path, format!("Connection {connection} is free first, and is given to it."));
            }
        }
    }

    /// Why the accept queue is not emptied, and since when; then the queue itself where it is full.
    fn tell_accept_queue(&mut self, gauges: &Gauges, at: SimTime) {
        self.tell_accept_queue_as(gauges, at, true);
    }

    fn tell_accept_queue_as(&mut self, gauges: &Gauges, at: SimTime, is_root: bool) {
        let is_root = !self.tell_why_waiting(gauges, is_root) && is_root;
        if !gauges.accept_queue.is_full() {
            return;
        }
        let params = &self.trace.scenario.params;
        let text = format!(
            "Accept queue full: {} = min(backlog {}, somaxconn {}) + 1.",
            gauges.accept_queue, params.backlog, params.somaxconn
        );
        let since = gauges.accept_full_since.unwrap_or(at);
        let draft = self.add(since, Place::ServerKernel, Need::Cause, text).names_cause();
        draft.step.is_root = is_root;
    }

    /// Packets that would have completed the handshake found the accept queue full.
    fn tell_ignored(&mut self, line: &[Entry]) {
        self.tell_ignored_as(line, true);
    }

    fn tell_ignored_as(&mut self, line: &[Entry], is_root: bool) {
        let is_ignored = |entry: &&Entry| match entry.what {
            What::Dropped { to: Side::Server, rule: DropCause::AcceptQueue, packet, .. } => packet != Packet::Syn,
            _ => false,
        };
        let count = line.iter().filter(is_ignored).count();
        let Some(first) = line.iter().find(is_ignored) else { return };
        self.tell_accept_queue_as(&first.gauges, first.at, is_root);
        let text = format!(
            "Half-accepted: its last ACK is ignored, so the client is ESTABLISHED and the server is not. \
             Packets ignored: {count}."
        );
        self.tell(first, Need::Path, text);
    }

    /// When the root that has been told was.
    fn root_at(&self) -> SimTime {
        self.drafts.iter().find(|draft| draft.step.is_root).map_or(SimTime::ZERO, |draft| draft.step.at)
    }

    /// Why there is a queue at all: there is more to do than the server can, or nobody calls accept(). Returns whether
    /// that is the root; it may be one only `if_root`.
    fn tell_why_waiting(&mut self, gauges: &Gauges, if_root: bool) -> bool {
        let cause = if if_root { load::cause(self, gauges, self.end().at) } else { None };
        let since = cause.as_ref().map_or(SimTime::ZERO, |cause| cause.at);
        let has_cause = cause.is_some();
        if let Some(load::LoadCause { at, place, text }) = cause {
            self.add(at, place, Need::Cause, text).root();
        }
        self.tell_accepting_again(gauges);
        let accepts_later = !matches!(gauges.accepting, Accepting::Yes | Accepting::NoWorker);
        if let Some(draft) = self.tell_accepting(gauges) {
            // They may have been held for a moment before, too, which is no part of this chain.
            draft.step.at = draft.step.at.max(since);
            draft.step.is_root = if_root && accepts_later && !has_cause;
        }
        has_cause || accepts_later
    }

    /// Why the server program does not call accept(), if it does not.
    fn tell_accepting(&mut self, gauges: &Gauges) -> Option<&mut Draft> {
        let since = gauges.accepting_since;
        let (at, text) = match gauges.accepting {
            Accepting::Yes => return None,
            Accepting::NoWorker => (
                gauges.workers_full_since.unwrap_or(since),
                format!("All workers are held, {}, and only a free one calls accept().", gauges.workers),
            ),
            Accepting::Stalled => (since, "The server program stops calling accept() (accepting=off).".into()),
            Accepting::NoDescriptor => (since, "accept() in the server program fails: too many open files.".into()),
            Accepting::Down => (since, "No server process listens (listening=off).".into()),
        };
        Some(self.add(at, Place::ServerProgram, Need::Cause, text).names_cause())
    }

    /// The server program calls accept() again before the chain ends.
    fn tell_accepting_again(&mut self, gauges: &Gauges) {
        if gauges.accepting != Accepting::Stalled {
            return;
        }
        let is_over = |change: &&Change| change.spec().key == "accepting" && change.at > gauges.accepting_since;
        let again = self.trace.scenario.timetable.iter().find(is_over).filter(|change| change.at <= self.end().at);
        if let Some(change) = again {
            let text = "The server program calls accept() again (accepting=on).".into();
            self.add(change.at, Place::ServerProgram, Need::Detail, text);
        }
    }

    /// Attempts before the last one.
    fn tell_earlier_attempts(&mut self) {
        let failed = |entry: &Entry| match entry.what {
            What::AttemptFails { error, .. } => Some(error.spec().label),
            _ => None,
        };
        let before: Vec<&str> = self.entries[..self.attempt].iter().filter_map(failed).collect();
        let Some(last) = before.last() else { return };
        let text = match before.len() {
            1 => format!("Attempt 1 has failed before: {last}."),
            n => format!("{n} attempts have failed before, the last one: {last}."),
        };
        let attempt = &self.entries[self.attempt];
        self.tell(attempt, Need::Detail, text);
    }

    fn finish(mut self) -> Chain {
        let end = self.end();
        change::tell(&mut self);
        if let Some(replay) = self.last_attempt().iter().rfind(|entry| entry.what == What::Replays) {
            let text = "The connection it was on had ended: Go sends the request again by itself.".into();
            self.tell(replay, Need::Detail, text);
        }
        if self.entries.iter().any(|entry| entry.what == What::NoBudget) {
            self.tell(end, Need::Detail, "The retry budget is empty: no retry.".into());
        }
        if self.kind.is_some() {
            let text = self.trace.words(end);
            self.add(end.at, Place::App, Need::Cause, text);
        }
        let ChainBuilder { trace, kind, mut drafts, .. } = self;
        // Stable: what happens in one instant stays in the order in which it was told.
        drafts.sort_by_key(|draft| draft.step.at);
        let first = drafts.iter().position(|draft| draft.names_cause).unwrap_or(0);
        drafts.drain(..first);
        let root_text = drafts.iter().find(|draft| draft.step.is_root).map(|draft| draft.step.text.clone());
        // What is found full again and again is said once.
        let mut said = BTreeSet::new();
        drafts.retain(|draft| said.insert(draft.step.text.clone()));
        while drafts.len() > STEPS_MAX {
            let least = (0..drafts.len()).min_by_key(|i| drafts[*i].need).expect("not empty");
            drafts.remove(least);
        }
        let root = drafts.iter().position(|draft| Some(&draft.step.text) == root_text.as_ref()).unwrap_or(0);
        (0..).zip(&mut drafts).for_each(|(i, draft)| draft.step.is_root = i == root);
        let steps = drafts.into_iter().map(|draft| draft.step).collect();
        Chain { request: trace.request, class: kind.map_or("answered", ErrorKind::class), steps }
    }
}

/// With a capital and a full stop.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(chars).chain(['.']).collect()
}

impl Draft {
    fn names_cause(&mut self) -> &mut Draft {
        self.names_cause = true;
        self
    }

    fn root(&mut self) -> &mut Draft {
        self.step.is_root = true;
        self.names_cause()
    }

    fn takes(&mut self, takes: &'static [Takes]) -> &mut Draft {
        self.takes = takes;
        self
    }
}

/// The SYN was answered by RST.
fn explain_refused(chain: &mut ChainBuilder) {
    let refusal = |entry: &&Entry| matches!(entry.what, What::Dropped { packet: Packet::Syn, to: Side::Server, .. });
    let Some(drop) = chain.last_attempt().iter().rev().find(refusal) else { return };
    if drop.gauges.accepting == Accepting::Down {
        chain.tell_accepting(&drop.gauges);
        chain.drafts.iter_mut().for_each(|draft| draft.step.is_root = true);
    } else {
        chain.tell_accept_queue(&drop.gauges, drop.at);
    }
    chain.tell_earlier_attempts();
    chain.tell_start();
    let text = format!("Its SYN reaches the server at {}: the kernel answers with RST.", instant(drop.at));
    chain.tell(drop, Need::Path, text);
}
