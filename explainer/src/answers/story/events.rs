//! What a history has to tell: packets, and what programs and kernels do, in order.

use connlab::sim::trace::words::span;
use connlab::sim::trace::{Accepting, DropCause, Entry, Level, Packet, Place, Side, State, Trace, What, Why};
use connlab::time::{SimDuration, SimTime};
use connlab::why;

/// One request's history.
pub struct Story<'a> {
    /// It is told from this.
    pub trace: &'a Trace,
    /// In order.
    pub events: Vec<StoryEvent>,
    /// In which states its connections were, and when.
    pub states: Vec<Spell>,
    /// How full the accept queue was, and whether the server program accepted, at each instant that is known.
    pub gauges: Vec<(SimTime, (Level, Accepting))>,
    /// The one stretch of time to see.
    pub point: Option<Point>,
    /// The event at which it is opened: the request's outcome, or the last one.
    pub outcome: usize,
}

/// Something that happened.
pub enum StoryEvent {
    /// A packet.
    Flight(Flight),
    /// Something at one place.
    Occurrence(Occurrence),
}

/// A packet on its way.
pub struct Flight {
    /// Its number in the trace.
    pub packet: u32,
    /// Whose it is.
    pub connection: u32,
    /// What it is, without the connection: `SYN, 2nd`.
    pub name: String,
    /// Where it starts.
    pub from: Side,
    /// When.
    pub sent: SimTime,
    /// What becomes of it.
    pub fate: Fate,
    /// It resets the connection.
    pub is_reset: bool,
}

/// What becomes of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It reaches the other kernel.
    Arrives(SimTime),
    /// It reaches the other host, which throws it away.
    Dropped(SimTime),
    /// The network loses it.
    Lost,
    /// The history ends before, or the other end has forgotten the connection.
    Unknown,
}

/// What happens at one place in one instant.
pub struct Occurrence {
    /// When.
    pub at: SimTime,
    /// Where.
    pub place: Place,
    /// The connection, if it is about one.
    pub connection: Option<u32>,
    /// In short, for a chart.
    pub lines: Vec<TextLine>,
    /// In whole sentences.
    pub words: Vec<String>,
    /// The program asks its kernel for something.
    pub calls: bool,
    /// The kernel gives the program something.
    pub returns: bool,
    /// A packet is thrown away.
    pub drops: bool,
    /// This is what has to change.
    pub is_root: bool,
}

/// A line of text in a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextLine {
    /// What it says.
    pub text: String,
    /// How it looks.
    pub style: Style,
}

/// How a line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// As most.
    Plain,
    /// The cause, and the outcome.
    Strong,
    /// Something is full.
    Full,
}

/// A stretch of time in which an end of a connection is in one state.
pub struct Spell {
    /// Whose.
    pub connection: u32,
    /// Which end.
    pub side: Side,
    /// Which state.
    pub state: State,
    /// Since when.
    pub from: SimTime,
    /// Until when, as far as is known.
    pub to: SimTime,
}

/// The one stretch of time to see.
pub struct Point {
    /// Since when.
    pub from: SimTime,
    /// Until when.
    pub to: SimTime,
    /// What there is to see.
    pub text: String,
}

impl<'a> Story<'a> {
    /// The story of a history.
    pub fn new(trace: &'a Trace) -> Story<'a> {
        let entries = relevant(trace);
        let mut events = events(trace, &entries);
        add_causes(trace, &mut events);
        let end = entries.iter().find(|entry| matches!(entry.what, What::Ends(_))).map(|entry| (entry.at, entry.place));
        let is_end = |event: &StoryEvent| end.is_some_and(|(at, place)| is_at(event, at, place));
        let outcome = events.iter().rposition(is_end).unwrap_or(events.len().saturating_sub(1));
        let states = spells(&entries);
        let point = half_open(&entries, &states).or_else(|| unanswered(&entries));
        let mut gauges: Vec<(SimTime, (Level, Accepting))> = Vec::new();
        for entry in &entries {
            // Of an instant what it ends with.
            gauges.pop_if(|(at, _)| *at == entry.at);
            gauges.push((entry.at, (entry.gauges.accept_queue, entry.gauges.accepting)));
        }
        Story { trace, events, states, gauges, point, outcome }
    }

    /// How connections are marked if there are several: A, B, C.
    pub fn marks(&self) -> impl Iterator<Item = (u32, char)> {
        let connections = &self.trace.connections;
        let letters = ('A'..='Z').chain('a'..='z').cycle();
        connections.iter().map(|connection| connection.number).zip(letters).filter(|_| connections.len() > 1)
    }

    /// The mark of a connection, if there are several.
    pub fn mark(&self, connection: u32) -> Option<char> {
        self.marks().find(|(number, _)| *number == connection).map(|(_, mark)| mark)
    }

    /// When that is.
    pub fn end(&self) -> SimTime {
        self.events.get(self.outcome).map_or(SimTime::ZERO, StoryEvent::at)
    }

    /// In which state an end of a connection is when an instant is over.
    pub fn state(&self, connection: u32, side: Side, at: SimTime) -> Option<State> {
        let is_it = |spell: &&Spell| spell.connection == connection && spell.side == side && spell.from <= at;
        self.states.iter().rfind(is_it).map(|spell| spell.state)
    }
}

impl StoryEvent {
    /// When it begins.
    pub fn at(&self) -> SimTime {
        match self {
            StoryEvent::Flight(flight) => flight.sent,
            StoryEvent::Occurrence(occurrence) => occurrence.at,
        }
    }

    /// The connection that it is about.
    pub fn connection(&self) -> Option<u32> {
        match self {
            StoryEvent::Flight(flight) => Some(flight.connection),
            StoryEvent::Occurrence(occurrence) => occurrence.connection,
        }
    }
}

impl Flight {
    /// When it reaches the other host, if it does.
    pub fn arrival(&self) -> Option<SimTime> {
        match self.fate {
            Fate::Arrives(at) | Fate::Dropped(at) => Some(at),
            Fate::Lost | Fate::Unknown => None,
        }
    }
}

/// All entries but those that only other requests have to do with: earlier and later changes of the timetable, and
/// that other requests gave a connection back to the pool.
fn relevant(trace: &Trace) -> Vec<&Entry> {
    let is_change = |entry: &Entry| matches!(entry.what, What::Changes(_));
    let own = |entry: &Entry| !is_change(entry);
    let first = trace.entries.iter().position(own).unwrap_or(0);
    let last = trace.entries.iter().rposition(own).unwrap_or(0);
    let end = trace.entries.iter().position(|entry| matches!(entry.what, What::Ends(_))).unwrap_or(usize::MAX);
    let is_pooled = |entry: &Entry, connection| matches!(entry.what, What::Pooled) && entry.connection == connection;
    let next_is_pooled = |i: usize| {
        let connection = trace.entries[i].connection;
        trace.entries[i + 1..]
            .iter()
            .find(|next| next.connection == connection)
            .is_some_and(|e| is_pooled(e, connection))
    };
    let was_pooled = |i: usize| {
        let connection = trace.entries[i].connection;
        trace.entries[..i]
            .iter()
            .rfind(|before| before.connection == connection)
            .is_some_and(|e| is_pooled(e, connection))
    };
    let is_relevant = |(i, entry): &(usize, &Entry)| match entry.what {
        What::Changes(_) => *i + 1 == first || (first..=last).contains(i),
        What::Pooled if *i > end => !was_pooled(*i),
        What::Pooled => !next_is_pooled(*i),
        _ => true,
    };
    trace.entries.iter().enumerate().filter(is_relevant).map(|(_, entry)| entry).collect()
}

fn events(trace: &Trace, entries: &[&Entry]) -> Vec<StoryEvent> {
    let mut events: Vec<StoryEvent> = Vec::new();
    for (i, entry) in entries.iter().enumerate() {
        match entry.what {
            What::Becomes { .. } | What::Arrived { .. } => {}
            What::Sent { packet, from, copy, lost, .. } => {
                let number = entry.packet.unwrap_or_default();
                let fate = if lost { Fate::Lost } else { fate(number, &entries[i + 1..]) };
                events.push(StoryEvent::Flight(Flight {
                    packet: number,
                    connection: entry.connection.unwrap_or_default(),
                    name: name(packet, copy),
                    from,
                    sent: entry.at,
                    fate,
                    is_reset: packet == Packet::Rst,
                }));
            }
            _ => going_on(&mut events, entry.at, entry.place).tell(trace, entry),
        }
    }
    events
}

/// The last occurrence, if it is at this instant and place, or a new one.
fn going_on(events: &mut Vec<StoryEvent>, at: SimTime, place: Place) -> &mut Occurrence {
    let last = events.iter().rposition(|event| matches!(event, StoryEvent::Occurrence(_)));
    match last.filter(|i| is_at(&events[*i], at, place)) {
        Some(i) => as_occurrence(&mut events[i]),
        None => insert(events, events.len(), at, place),
    }
}

fn insert(events: &mut Vec<StoryEvent>, i: usize, at: SimTime, place: Place) -> &mut Occurrence {
    events.insert(i, StoryEvent::Occurrence(Occurrence::new(at, place)));
    as_occurrence(&mut events[i])
}

fn is_at(event: &StoryEvent, at: SimTime, place: Place) -> bool {
    matches!(event, StoryEvent::Occurrence(occurrence) if occurrence.at == at && occurrence.place == place)
}

fn as_occurrence(event: &mut StoryEvent) -> &mut Occurrence {
    match event {
        StoryEvent::Occurrence(occurrence) => occurrence,
        StoryEvent::Flight(_) => unreachable!("its position is that of an occurrence"),
    }
}

fn name(packet: Packet, copy: u32) -> String {
    let name = if packet == Packet::FinAck { "ACK of FIN" } else { packet.name() };
    match copy {
        0 => name.into(),
        1 => format!("{name}, 2nd"),
        2 => format!("{name}, 3rd"),
        n => format!("{name}, {}th", n + 1),
    }
}

fn fate(packet: u32, later: &[&Entry]) -> Fate {
    let about = |entry: &&&Entry| entry.packet == Some(packet);
    let dropped = later.iter().filter(about).find(|entry| matches!(entry.what, What::Dropped { .. }));
    let arrived = later.iter().find(about);
    match (dropped, arrived) {
        (Some(entry), _) => Fate::Dropped(entry.at),
        (None, Some(entry)) => Fate::Arrives(entry.at),
        (None, None) => Fate::Unknown,
    }
}

impl Occurrence {
    fn new(at: SimTime, place: Place) -> Occurrence {
        let (lines, words) = (Vec::new(), Vec::new());
        let (calls, returns, drops, is_root) = (false, false, false, false);
        Occurrence { at, place, connection: None, lines, words, calls, returns, drops, is_root }
    }

    fn tell(&mut self, trace: &Trace, entry: &Entry) {
        use What::*;
        self.connection = self.connection.or(entry.connection);
        self.words.push(trace.words(entry));
        self.calls |= matches!(entry.what, Dials { .. } | Writes { .. } | Closes { .. } | ConnectFails(_));
        self.returns |= matches!(entry.what, Connected | DialFails(_) | Reads { .. } | Accepted | WriteFails(_));
        self.drops |= matches!(entry.what, Dropped { .. });
        let plain = |text: String| vec![TextLine { text, style: Style::Plain }];
        let full =
            |level: Level| TextLine { text: format!("{}/{} full", level.value, level.limit), style: Style::Full };
        self.lines.extend(match entry.what {
            // What happens before or after it in the same instant says it.
            AttemptBegins(1) | AttemptFails { .. } => Vec::new(),
            Closes { why: Why::PeerEnded | Why::CallOver, .. } => Vec::new(),
            BacksOff(SimDuration::ZERO) => Vec::new(),
            Ends(Some(_)) => {
                let words = trace.words(entry);
                let tail = words.rsplit(": ").next().unwrap_or(&words);
                vec![TextLine { text: tail.into(), style: Style::Strong }]
            }
            Ends(None) => vec![TextLine { text: trace.words(entry), style: Style::Strong }],
            Queued => plain(format!("accept queue {}", entry.gauges.accept_queue)),
            Dropped { packet, rule, .. } => {
                let said = |what: &str| format!("{}: {what}", packet.name());
                match rule {
                    DropCause::AcceptQueue => {
                        let mut lines = vec![full(entry.gauges.accept_queue)];
                        lines.extend(plain(said("no room, ignored")));
                        lines
                    }
                    DropCause::AcceptQueueReset => {
                        let mut lines = vec![full(entry.gauges.accept_queue)];
                        lines.extend(plain(said("no room, RST")));
                        lines
                    }
                    DropCause::SynQueue => {
                        let mut lines = vec![full(entry.gauges.syn_queue)];
                        lines.extend(plain(said("SYN queue full")));
                        lines
                    }
                    DropCause::SynReserve => plain(said("last quarter of the SYN queue")),
                    DropCause::InputQueue => plain(said("input queue full")),
                    DropCause::NoListener => plain(said("nobody listens, RST")),
                    DropCause::Unknown => plain(said("no such connection, RST")),
                }
            }
            _ => plain(trace.words(entry)),
        });
    }
}

/// What the chain of causes says beyond the events, and which of them is the root.
fn add_causes(trace: &Trace, events: &mut Vec<StoryEvent>) {
    let Some(chain) = why::chain(trace) else { return };
    for step in &chain.steps[..chain.steps.len() - 1] {
        let is_told = |event: &StoryEvent| match event {
            StoryEvent::Occurrence(occurrence) => (occurrence.at, occurrence.place) == (step.at, step.place),
            StoryEvent::Flight(flight) => {
                let (leaves, arrives) = (flight.sent == step.at, flight.arrival() == Some(step.at));
                leaves && step.place == kernel(flight.from) || arrives && step.place == kernel(flight.from.peer())
            }
        };
        if step.is_root || !events.iter().any(is_told) {
            let known = events.iter().position(|event| is_at(event, step.at, step.place));
            let occurrence = match known {
                Some(i) => as_occurrence(&mut events[i]),
                None => {
                    let after = events.iter().rposition(|event| event.at() <= step.at).map_or(0, |i| i + 1);
                    insert(events, after, step.at, step.place)
                }
            };
            let style = if step.is_root { Style::Strong } else { Style::Plain };
            occurrence.lines.insert(0, TextLine { text: step.text.clone(), style });
            occurrence.words.insert(0, step.text.clone());
            occurrence.is_root |= step.is_root;
        }
    }
}

/// The kernel of this end.
pub fn kernel(side: Side) -> Place {
    if side == Side::Client { Place::ClientKernel } else { Place::ServerKernel }
}

fn spells(entries: &[&Entry]) -> Vec<Spell> {
    let mut spells = Vec::new();
    for (i, entry) in entries.iter().enumerate() {
        let (What::Becomes { side, state }, Some(connection)) = (entry.what, entry.connection) else { continue };
        let later = || entries[i + 1..].iter().filter(|later| later.connection == Some(connection));
        let is_next = |later: &&&Entry| matches!(later.what, What::Becomes { side: other, .. } if other == side);
        let to = later().find(is_next).or_else(|| later().next_back()).map_or(entry.at, |later| later.at);
        spells.push(Spell { connection, side, state, from: entry.at, to });
    }
    spells
}

/// The client takes a connection for established whose last ACK the server's kernel never took.
fn half_open(entries: &[&Entry], states: &[Spell]) -> Option<Point> {
    let refused = entries.iter().find(|entry| {
        let to_the_server =
            matches!(entry.what, What::Dropped { to: Side::Server, packet, .. } if packet != Packet::Syn);
        let is_full =
            matches!(entry.what, What::Dropped { rule: DropCause::AcceptQueue | DropCause::AcceptQueueReset, .. });
        to_the_server && is_full
    })?;
    let of = |side| {
        move |spell: &&Spell| {
            Some(spell.connection) == refused.connection && (spell.side, spell.state) == (side, State::Established)
        }
    };
    let client = states.iter().find(of(Side::Client))?;
    let server = states.iter().find(of(Side::Server));
    let to = server.map_or(client.to, |server| server.from.min(client.to));
    let when = if server.is_some() { "is not yet" } else { "never is" };
    let text = format!("{}: the client is connected, the server {when}", span(to.since(client.from)));
    Some(Point { from: client.from, to, text })
}

/// A timer of the client's program ended a wait.
fn unanswered(entries: &[&Entry]) -> Option<Point> {
    let is_timer = |entry: &&Entry| matches!(entry.what, What::Fires { .. }) && entry.place == Place::App;
    let fired = entries.iter().rposition(is_timer)?;
    let is_call = |entry: &&Entry| {
        matches!(entry.what, What::Writes { side: Side::Client, .. } | What::Dials { .. } | What::WaitsForSlot)
    };
    let asked = entries[..fired].iter().rfind(|entry| is_call(entry))?;
    let (from, to) = (asked.at, entries[fired].at);
    if to.since(from) == SimDuration::ZERO {
        return None;
    }
    Some(Point { from, to, text: format!("{} without an answer", span(to.since(from))) })
}
