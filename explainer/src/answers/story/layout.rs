//! Where everything of a story stands in its chart: a pure function from events to coordinates, in pixels.
//!
//! Time runs downward. Between two instants it is to scale, unless labels need more room; a long stretch in which
//! nothing happens is cut. Columns of text are filled from above, so that no label can cover another one; names on
//! arrows stand in the sender's half, and arrows whose names would touch are moved apart.

use connlab::sim::trace::words::span;
use connlab::sim::trace::{Accepting, Place, Side, State};
use connlab::time::SimTime;

use super::events::{Flight, Occurrence, Spell, Story, StoryEvent, Style, TextLine};
use super::flight;
use super::text::{width, wrap};

/// How wide a chart is.
pub const WIDTH: f64 = 708.0;
/// Where time labels end.
pub const GUTTER: f64 = 54.0;
/// The lifeline of the client program.
pub const APP: f64 = 76.0;
/// The lifeline of the client's kernel.
pub const CLIENT: f64 = 232.0;
/// The lifeline of the server's kernel.
pub const SERVER: f64 = 436.0;
/// The accept queue at its limit.
pub const LIMIT: f64 = 546.0;
/// The lifeline of the server program.
pub const PROGRAM: f64 = 564.0;
/// Half a bar.
pub const BAR: f64 = 8.0;
/// A line of text.
pub const LINE: f64 = 13.0;

/// From one bar to that of another connection beside it.
const LANE: f64 = 17.0;
/// Room that all bars beside the first one may take.
const LANES_MAX: f64 = 56.0;
/// Where time begins.
const TOP: f64 = 26.0;
/// The way of the fastest packet, downward.
const FALL: f64 = 46.0;
/// A longer stretch is cut.
const CUT_FROM: f64 = 130.0;
/// What remains of it.
const CUT: f64 = 40.0;
/// Two instants are never nearer.
const STEP: f64 = 5.0;
/// Two packets of one direction are never nearer at either end.
const PITCH: f64 = 15.0;
/// From an occurrence to its text.
const BELOW: f64 = 5.0;
/// A state's name fits its bar from here on, for each letter.
const LETTER: f64 = 5.8;
/// How far a packet comes that does not arrive.
const LOST_AT: f64 = 0.6;
/// How often things are moved apart.
const ROUNDS: usize = 40;

/// Points, or upper and lower ends.
type Pairs = Vec<(f64, f64)>;

/// A chart.
pub struct Layout {
    /// How high it is.
    pub height: f64,
    /// Written instants.
    pub ticks: Vec<(SimTime, f64)>,
    /// Left-out stretches: where, and how long.
    pub cuts: Vec<(f64, String)>,
    /// Packets.
    pub arrows: Vec<Arrow>,
    /// Moments.
    pub notes: Vec<Note>,
    /// States.
    pub bars: Vec<Bar>,
    /// The accept queue: unbroken lines of x and y; and where it is full.
    pub queue: Vec<Pairs>,
    /// Stretches in which it is full.
    pub full: Pairs,
    /// Stretches in which the server program does not accept.
    pub held: Pairs,
    /// The one stretch to see.
    pub bracket: Option<Bracket>,
    /// Where the accept queue begins.
    pub queue_left: f64,
}

/// A packet.
pub struct Arrow {
    /// Which event.
    pub event: usize,
    /// Where it starts.
    pub from: (f64, f64),
    /// Where it ends.
    pub to: (f64, f64),
    /// The middle of its name.
    pub middle: (f64, f64),
    /// How wide its name is.
    pub width: f64,
}

/// An occurrence.
pub struct Note {
    /// Which event.
    pub event: usize,
    /// Where it is.
    pub at: (f64, f64),
    /// The left upper corner of its text.
    pub corner: (f64, f64),
    /// How wide its text may be.
    pub width: f64,
    /// Its text.
    pub lines: Vec<TextLine>,
    /// To which kernel its line leads: a call, or a return.
    pub kernel: Option<f64>,
}

/// A state.
pub struct Bar {
    /// Its middle.
    pub x: f64,
    /// Its upper end.
    pub top: f64,
    /// Its lower end.
    pub bottom: f64,
    /// Which.
    pub state: State,
    /// Whose.
    pub connection: u32,
    /// The middle of its name, if that fits.
    pub name: Option<f64>,
}

/// The one stretch to see.
pub struct Bracket {
    /// Where it stands.
    pub x: f64,
    /// Its upper end.
    pub top: f64,
    /// Its lower end.
    pub bottom: f64,
    /// The right upper corner of its text.
    pub corner: (f64, f64),
    /// Its text.
    pub lines: Vec<String>,
}

/// Where the text of a column stands.
#[derive(Clone, Copy)]
struct Column {
    left: f64,
    right: f64,
}

/// Where each instant stands; in order.
#[derive(Default)]
struct Rows(Vec<(SimTime, f64)>);

impl Rows {
    fn get(&self, at: SimTime) -> Option<f64> {
        self.0.binary_search_by_key(&at, |row| row.0).ok().map(|i| self.0[i].1)
    }

    /// Of an instant that has a row.
    fn at(&self, at: SimTime) -> f64 {
        self.get(at).unwrap_or_default()
    }
}

/// What does not depend on where instants stand.
struct Plan<'a> {
    story: &'a Story<'a>,
    instants: Vec<SimTime>,
    /// How many pixels a nanosecond is high.
    scale: f64,
    /// Which bars stand beside each other: for each connection, how far from the lifeline.
    lanes: Vec<(u32, f64)>,
    columns: [Column; 3],
    /// Text of each event.
    texts: Vec<Vec<TextLine>>,
    /// More room before an instant, so that names on arrows do not touch.
    room: Vec<f64>,
}

/// The chart of a story.
pub fn layout(story: &Story) -> Layout {
    let mut plan = Plan::new(story);
    let mut layout = plan.place();
    for _ in 0..ROUNDS {
        let mut crowded: Vec<SimTime> =
            touching(&layout.arrows).into_iter().map(|event| story.events[event].at()).collect();
        crowded.extend(plan.cramped(&layout));
        if crowded.is_empty() {
            break;
        }
        for at in crowded {
            let row = plan.instants.partition_point(|instant| *instant < at);
            plan.room[row] += LINE;
        }
        layout = plan.place();
    }
    layout
}

impl<'a> Plan<'a> {
    fn new(story: &'a Story<'a>) -> Plan<'a> {
        let mut instants: Vec<SimTime> = story.events.iter().map(StoryEvent::at).collect();
        let mut flights = Vec::new();
        for flight in story.events.iter().filter_map(flight) {
            instants.extend(flight.arrival());
            flights.extend(flight.arrival().map(|arrival| arrival.since(flight.sent).as_nanos()));
        }
        instants.extend(story.states.iter().flat_map(|spell| [spell.from, spell.to]));
        instants.extend(story.point.iter().flat_map(|point| [point.from, point.to]));
        instants.sort_unstable();
        instants.dedup();
        // Without any packet: a millisecond as in a network of 5 ms.
        let fastest = flights.into_iter().min().unwrap_or(5_000_000).max(1);
        let lanes = lanes(story);
        let aside = lanes.iter().map(|lane| lane.1).fold(0.0, f64::max);
        let columns = [
            Column { left: APP + 10.0, right: CLIENT - BAR - aside - 11.0 },
            Column { left: SERVER + BAR + aside + 8.0, right: LIMIT - 2.0 },
            Column { left: PROGRAM + 12.0, right: WIDTH - 8.0 },
        ];
        let mut plan =
            Plan { story, instants, scale: FALL / fastest as f64, lanes, columns, texts: Vec::new(), room: Vec::new() };
        plan.room = vec![0.0; plan.instants.len()];
        plan.texts = story.events.iter().map(|event| plan.text(event)).collect();
        plan
    }

    fn text(&self, event: &StoryEvent) -> Vec<TextLine> {
        let StoryEvent::Occurrence(occurrence) = event else { return Vec::new() };
        let column = self.columns[column(occurrence.place)];
        let lines = occurrence.lines.iter().flat_map(|line| {
            let mut text = line.text.clone();
            for (number, mark) in self.story.marks() {
                text = text.replace(&format!("connection {number} "), &format!("connection {number} ({mark}) "));
                if text.ends_with(&format!("connection {number}")) {
                    text.push_str(&format!(" ({mark})"));
                }
            }
            let room = column.right - column.left;
            wrap(&text, room, line.style != Style::Plain).into_iter().map(|text| TextLine { text, style: line.style })
        });
        lines.collect()
    }

    /// Every instant below the one before, as far as everything that stands there needs.
    fn place(&self) -> Layout {
        let story = self.story;
        let mut rows = Rows::default();
        let (mut cuts, mut arrows, mut notes) = (Vec::new(), Vec::new(), Vec::new());
        let mut bottoms = [TOP; 3];
        // Where the last packet of each direction started and ended, and what stands lowest.
        let (mut started, mut ended, mut lowest) = ([f64::MIN; 2], [f64::MIN; 2], TOP - STEP);
        let mut starts: Vec<Option<f64>> = vec![None; story.events.len()];
        let mut ends = starts.clone();
        let mut before: Option<(SimTime, f64)> = None;
        for (&at, room) in self.instants.iter().zip(&self.room) {
            let occurrences = || self.occurrences(at);
            let mut y = lowest + STEP;
            if let Some((before, above)) = before {
                let gap = at.since(before);
                let high = gap.as_nanos() as f64 * self.scale;
                y = y.max(above + if high > CUT_FROM { CUT } else { high });
            }
            for (_, occurrence) in occurrences() {
                y = y.max(bottoms[column(occurrence.place)] + 6.0);
                // A line between kernel and program crosses what is written about the kernel.
                if occurrence.place == Place::ServerProgram {
                    y = y.max(bottoms[1] + 6.0);
                }
            }
            for side in [Side::Client, Side::Server] {
                if self.sent(at, side).next().is_some() {
                    y = y.max(started[side as usize] + PITCH);
                }
                if self.arriving(at, side).next().is_some() {
                    y = y.max(ended[side as usize] + PITCH);
                }
            }
            y += room;
            if let Some((before, above)) = before
                && at.since(before).as_nanos() as f64 * self.scale > CUT_FROM
            {
                // In the middle of what is left, clear of both instants.
                y = y.max(lowest + CUT);
                cuts.push(((lowest.max(above) + y) / 2.0, span(at.since(before))));
            }
            lowest = y;
            for side in [Side::Client, Side::Server] {
                for (i, event) in self.sent(at, side).enumerate() {
                    let y = y + i as f64 * PITCH;
                    starts[event] = Some(y);
                    started[side as usize] = y;
                    lowest = lowest.max(y);
                }
                for (i, event) in self.arriving(at, side).enumerate() {
                    let y = y + i as f64 * PITCH;
                    ends[event] = Some(y);
                    ended[side as usize] = y;
                    lowest = lowest.max(y);
                }
            }
            for (event, occurrence) in occurrences() {
                let bottom = &mut bottoms[column(occurrence.place)];
                // Below what happens at once at the other place of its column.
                let note = self.note(event, occurrence, y, bottom.max(y + BELOW));
                *bottom = note.corner.1 + note.lines.len() as f64 * LINE;
                notes.push(note);
            }
            rows.0.push((at, y));
            before = Some((at, y));
        }
        for (event, (start, end)) in starts.into_iter().zip(ends).enumerate() {
            arrows.extend(start.map(|start| self.arrow(event, start, end)));
        }
        let bottom = bottoms.into_iter().chain(ended).chain(started).fold(lowest, f64::max);
        let bracket = self.bracket(&rows, &notes);
        let bottom =
            bracket.iter().map(|bracket| bracket.corner.1 + bracket.lines.len() as f64 * LINE).fold(bottom, f64::max);
        let bars = self.bars(&rows, &cuts, &notes);
        let (queue, full) = self.queue(&rows, &cuts);
        Layout {
            height: bottom + 18.0,
            ticks: ticks(story, &rows),
            held: self.held(&rows),
            cuts,
            arrows,
            notes,
            bars,
            queue,
            full,
            bracket,
            queue_left: self.queue_left(),
        }
    }

    fn occurrences(&self, at: SimTime) -> impl Iterator<Item = (usize, &'a Occurrence)> {
        self.story.events.iter().enumerate().filter_map(move |(i, event)| match event {
            StoryEvent::Occurrence(occurrence) if occurrence.at == at => Some((i, occurrence)),
            _ => None,
        })
    }

    fn sent(&self, at: SimTime, side: Side) -> impl Iterator<Item = usize> {
        let is_it = move |event: &StoryEvent| matches!(event, StoryEvent::Flight(f) if f.sent == at && f.from == side);
        self.story.events.iter().enumerate().filter(move |(_, event)| is_it(event)).map(|(i, _)| i)
    }

    /// Packets of this sender that reach the other host in this instant.
    fn arriving(&self, at: SimTime, from: Side) -> impl Iterator<Item = usize> {
        let arrives = move |flight: &Flight| flight.arrival() == Some(at) && flight.from == from;
        let is_it = move |event: &StoryEvent| matches!(event, StoryEvent::Flight(flight) if arrives(flight));
        self.story.events.iter().enumerate().filter(move |(_, event)| is_it(event)).map(|(i, _)| i)
    }

    fn note(&self, event: usize, occurrence: &Occurrence, y: f64, top: f64) -> Note {
        let Column { left, right } = self.columns[column(occurrence.place)];
        let (x, kernel) = match occurrence.place {
            Place::App => (APP, CLIENT - BAR),
            Place::ClientKernel => (CLIENT, CLIENT),
            Place::Network | Place::ServerKernel => (SERVER, SERVER),
            Place::ServerProgram => (PROGRAM, SERVER + BAR),
        };
        Note {
            event,
            at: (x, y),
            corner: (left, top),
            width: right - left,
            lines: self.texts[event].clone(),
            kernel: (occurrence.calls || occurrence.returns).then_some(kernel).filter(|kernel| *kernel != x),
        }
    }

    fn arrow(&self, event: usize, start: f64, end: Option<f64>) -> Arrow {
        let StoryEvent::Flight(flight) = &self.story.events[event] else { unreachable!("only packets have arrows") };
        let (from, to) = match flight.from {
            Side::Client => (CLIENT + BAR + 1.0, SERVER - BAR - 1.0),
            Side::Server => (SERVER - BAR - 1.0, CLIENT + BAR + 1.0),
        };
        let end = match end {
            Some(end) => (to, end),
            None => (from + (to - from) * LOST_AT, start + FALL * LOST_AT),
        };
        let mark = self.story.mark(flight.connection);
        let name = mark.map_or(0.0, |mark| width(&format!(" {mark}"), true)) + width(&flight.name, true);
        // In the sender's half, so that names of both directions pass each other.
        let ahead = (to - from).signum() * ((to - from).abs() / 2.0 - 2.0 - name / 2.0).min(50.0);
        let y = start + (end.1 - start) * ahead / (end.0 - from);
        Arrow { event, from: (from, start), to: end, middle: (from + ahead, y), width: name }
    }

    /// Bars, each with its name in the longest part that nothing crosses.
    fn bars(&self, rows: &Rows, cuts: &[(f64, String)], notes: &[Note]) -> Vec<Bar> {
        let nodes = |x: f64| notes.iter().filter(move |note| note.at.0 == x).map(|note| note.at.1);
        let spells = self.story.states.iter().filter(|spell| spell.state != State::Closed && spell.from < spell.to);
        spells
            .map(|spell| {
                let (top, bottom) = (rows.at(spell.from), rows.at(spell.to));
                let lane = self.lanes.iter().find(|lane| lane.0 == spell.connection);
                let aside = lane.map_or(0.0, |lane| lane.1);
                let x = if spell.side == Side::Client { CLIENT - aside } else { SERVER + aside };
                let crossing = cuts.iter().map(|(cut, _)| *cut).chain(nodes(x)).filter(|y| (top..bottom).contains(y));
                let mut ends: Vec<f64> = [top, bottom].into_iter().chain(crossing).collect();
                ends.sort_by(f64::total_cmp);
                let parts = ends.windows(2).map(|part| (part[1] - part[0], (part[0] + part[1]) / 2.0));
                let needed = (spell.state.name().len() + 2) as f64 * LETTER + 10.0;
                let name = parts.filter(|(length, _)| *length > needed).max_by(|a, b| a.0.total_cmp(&b.0));
                let name = name.map(|(_, middle)| middle);
                Bar { x, top, bottom, state: spell.state, connection: spell.connection, name }
            })
            .collect()
    }

    fn queue_left(&self) -> f64 {
        self.columns[1].left - 6.0
    }

    /// The accept queue between known instants, but not where time is cut: what it did there nobody knows.
    fn queue(&self, rows: &Rows, cuts: &[(f64, String)]) -> (Vec<Pairs>, Pairs) {
        let (left, room) = (self.queue_left(), LIMIT - self.queue_left());
        let mut lines: Vec<Pairs> = Vec::new();
        let mut full: Pairs = Vec::new();
        let mut was_full = false;
        for (at, (level, _)) in &self.story.gauges {
            let Some(y) = rows.get(*at) else { continue };
            let share = level.value as f64 / level.limit.max(1) as f64;
            let point = (left + room * share.min(1.0), y);
            let last = lines.last().and_then(|line| line.last()).copied();
            let is_unbroken = last.is_some_and(|(_, above)| cuts.iter().all(|(cut, _)| !(above..y).contains(cut)));
            match lines.last_mut().filter(|_| is_unbroken) {
                Some(line) => line.push(point),
                None => lines.push(vec![point]),
            }
            if level.is_full() {
                match full.last_mut().filter(|_| was_full && is_unbroken) {
                    Some((_, bottom)) => *bottom = y,
                    None => full.push((y, y)),
                }
            }
            was_full = level.is_full();
        }
        (lines, full)
    }

    /// From each instant in which the server program does not accept to the next known one, if it does not then either.
    fn held(&self, rows: &Rows) -> Vec<(f64, f64)> {
        let known: Vec<(f64, bool)> = (self.story.gauges.iter())
            .filter_map(|(at, (_, accepting))| Some((rows.get(*at)?, *accepting != Accepting::Yes)))
            .collect();
        let mut held: Vec<(f64, f64)> = Vec::new();
        for pair in known.windows(2).filter(|pair| pair[0].1 && pair[1].1) {
            match held.last_mut().filter(|(_, bottom)| *bottom == pair[0].0) {
                Some((_, bottom)) => *bottom = pair[1].0,
                None => held.push((pair[0].0, pair[1].0)),
            }
        }
        held
    }

    /// The bracket, with its text in the free place of the client's column that is nearest to its middle.
    fn bracket(&self, rows: &Rows, notes: &[Note]) -> Option<Bracket> {
        let point = self.story.point.as_ref()?;
        let (top, bottom) = (rows.at(point.from), rows.at(point.to));
        let right = self.columns[0].right;
        let lines = wrap(&point.text, right - self.columns[0].left - 8.0, true);
        let height = lines.len() as f64 * LINE;
        let middle = (top + bottom - height) / 2.0;
        let taken: Vec<(f64, f64)> = (notes.iter())
            .filter(|note| self.place_of(note) == 0)
            .map(|note| (note.at.1 - 7.0, note.corner.1 + note.lines.len() as f64 * LINE + 3.0))
            .collect();
        let is_free = |y: &f64| taken.iter().all(|(top, bottom)| *y >= *bottom || y + height <= *top);
        let below = taken.iter().map(|(_, bottom)| *bottom);
        let above = taken.iter().map(|(top, _)| top - height);
        let places = below.chain(above).chain([middle]).filter(|y| *y >= 0.0 && is_free(y));
        let nearest = places.min_by(|a, b| (a - middle).abs().total_cmp(&(b - middle).abs()))?;
        Some(Bracket { x: right + 6.0, top, bottom, corner: (right, nearest), lines })
    }

    fn place_of(&self, note: &Note) -> usize {
        match &self.story.events[note.event] {
            StoryEvent::Occurrence(occurrence) => column(occurrence.place),
            StoryEvent::Flight(_) => unreachable!("notes are occurrences"),
        }
    }

    /// The end of the bracket, if its text has no room beside it.
    fn cramped(&self, layout: &Layout) -> Option<SimTime> {
        let bracket = layout.bracket.as_ref()?;
        let bottom = bracket.corner.1 + bracket.lines.len() as f64 * LINE;
        let is_beside = bracket.corner.1 >= bracket.top - 1.0 && bottom <= bracket.bottom + 1.0;
        (!is_beside).then_some(self.story.point.as_ref()?.to)
    }
}

/// In which column of text something is told.
fn column(place: Place) -> usize {
    match place {
        Place::App | Place::ClientKernel => 0,
        Place::Network | Place::ServerKernel => 1,
        Place::ServerProgram => 2,
    }
}

/// Bars of connections that live at the same time stand beside each other.
fn lanes(story: &Story) -> Vec<(u32, f64)> {
    let mut free_from: Vec<SimTime> = Vec::new();
    let mut lanes = Vec::new();
    // In the order of their dials.
    for connection in &story.trace.connections {
        let is_its = |spell: &&Spell| spell.connection == connection.number && spell.state != State::Closed;
        let spells = || story.states.iter().filter(is_its);
        let lives = spells().map(|spell| spell.from).min().zip(spells().map(|spell| spell.to).max());
        let Some((from, to)) = lives else { continue };
        let lane = free_from.iter().position(|free| *free < from).unwrap_or_else(|| {
            free_from.push(to);
            free_from.len() - 1
        });
        free_from[lane] = to;
        lanes.push((connection.number, lane as f64));
    }
    let pitch = (LANES_MAX / (free_from.len().max(2) - 1) as f64).min(LANE);
    lanes.into_iter().map(|(connection, lane)| (connection, lane * pitch)).collect()
}

/// The later one of any two packets whose names touch.
fn touching(arrows: &[Arrow]) -> Vec<usize> {
    let pairs = arrows.iter().enumerate().flat_map(|(i, a)| arrows[i + 1..].iter().map(move |b| (a, b)));
    pairs.filter(|(a, b)| touch(a, b)).map(|(a, b)| a.event.max(b.event)).collect()
}

/// Whether two names are nearer than a line of text somewhere: each is as slanted as its arrow.
pub fn touch(a: &Arrow, b: &Arrow) -> bool {
    let left = (a.middle.0 - a.width / 2.0).max(b.middle.0 - b.width / 2.0);
    let right = (a.middle.0 + a.width / 2.0).min(b.middle.0 + b.width / 2.0);
    if left >= right {
        return false;
    }
    let apart = |x: f64| height(b, x) - height(a, x);
    let (at_left, at_right) = (apart(left), apart(right));
    at_left * at_right <= 0.0 || at_left.abs().min(at_right.abs()) < LINE
}

/// How high an arrow is at x.
fn height(arrow: &Arrow, x: f64) -> f64 {
    let (from, to) = (arrow.from, arrow.to);
    from.1 + (to.1 - from.1) * (x - from.0) / (to.0 - from.0)
}

/// Instants, as far as they can be written without touching: the outcome's first, then the root cause's.
fn ticks(story: &Story, rows: &Rows) -> Vec<(SimTime, f64)> {
    let is_root = |event: &&StoryEvent| matches!(event, StoryEvent::Occurrence(occurrence) if occurrence.is_root);
    let first = std::iter::once(story.end()).chain(story.events.iter().filter(is_root).map(StoryEvent::at));
    let mut ticks: Vec<(SimTime, f64)> = Vec::new();
    let arrivals = story.events.iter().filter_map(flight).filter_map(Flight::arrival);
    for at in first.chain(story.events.iter().map(StoryEvent::at)).chain(arrivals) {
        let Some(y) = rows.get(at) else { continue };
        if ticks.iter().all(|(_, other)| (y - other).abs() >= LINE) {
            ticks.push((at, y));
        }
    }
    ticks
}
#[cfg(test)]
mod tests;
