//! A run as tcpdump would have it: its packets as a pcapng file, with comments where the model knows why.
//!
//! What the model does not send is not in the file: acknowledgements of data are no packets of their own there (M-20),
//! and ride on whatever that end sends next. What it does not count in bytes gets bytes here: the text of a segment is
//! what Go writes ([`segment_text`]), sequence numbers begin where Linux would begin them, and
//! windows and options are those of a Linux host that never gets into straits.
//!
//! The start of the run is the epoch of the file: a packet's time is its instant in the run. Nothing here does I/O:
//! bytes come out.

mod comment;
mod file;
mod flow;
mod frame;

use std::collections::{BTreeSet, VecDeque};

use crate::params::Params;
use crate::scenario::Scenario;
use crate::sim::recording::Recording;
use crate::sim::snapshot::segment_text;
use crate::sim::trace::{Side, Sight, Sighting, Trace, Wire};
use crate::sim::{Progress, Sim};
use crate::time::{SimDuration, SimTime};
use file::{Direction, File, Picture};
use flow::{Flow, Letter};

/// Which packets.
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    /// Those of the connections with these numbers, from 1 in the order of their dials; `None`: of all.
    pub connections: Option<BTreeSet<u32>>,
    /// Those seen from here ...
    pub from: SimTime,
    /// ... to here, both included.
    pub to: SimTime,
    /// Where they are seen.
    pub points: Points,
}

/// The numbers of the connections that a request dialed or was given.
///
/// # Errors
/// Why there is none, as a sentence without its full stop.
pub fn connections_of(trace: &Trace) -> Result<BTreeSet<u32>, String> {
    let numbers: BTreeSet<u32> = trace.connections.iter().map(|connection| connection.number).collect();
    match numbers.is_empty() {
        true => Err(format!("request #{} never had a connection: there is no packet of it", trace.request)),
        false => Ok(numbers),
    }
}

impl Selection {
    fn has(&self, number: u32) -> bool {
        self.connections.as_ref().is_none_or(|numbers| numbers.contains(&number))
    }
}

/// Where packets are seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Points {
    /// Each once, where it is sent, on the interface of that host. Nothing that was sent is missing, and nothing is
    /// there twice: analysers see each retransmission as one.
    Departures,
    /// Each where it is sent and, unless it is lost, again where it arrives, on the interface of that host. An analyser
    /// that does not tell interfaces apart takes the second sight for a retransmission: it must be shown one interface
    /// at a time.
    BothEnds,
}

/// A capture under way.
pub struct Capture {
    sim: Sim,
    selection: Selection,
    /// What is written does not change with the timetable.
    params: Params,
    /// By their slots.
    flows: Vec<Option<Flow>>,
    pictures: Album,
    file: File,
}

/// How far a capture runs at a time, behind its end, until all that was sent has come to its end.
const STRIDE: SimDuration = SimDuration::from_millis(10);

impl Capture {
    /// Begins a file: the run of this scenario, from its start, with recorded load as far as there is any. `link` and
    /// `fingerprint` name the run in the file.
    pub fn new(
        scenario: &Scenario,
        recording: Recording,
        selection: Selection,
        link: &str,
        fingerprint: &str,
    ) -> Capture {
        let mut sim = Sim::with_recording(scenario, recording);
        sim.watch_wire();
        // A loopback interface shows each packet once, however many look.
        let points = if scenario.params.loopback { Points::Departures } else { selection.points };
        let file = File::new(&comment::of_section(link, fingerprint, points), scenario.params.loopback);
        Capture {
            sim,
            selection: Selection { points, ..selection },
            params: scenario.params.clone(),
            flows: Vec::new(),
            pictures: Album::default(),
            file,
        }
    }

    /// Goes on for at most so many events.
    pub fn advance(&mut self, budget: u32) -> Progress {
        let to = self.selection.to.min(self.sim.end());
        // What was sent before the end may arrive behind it: whether it does is said in its comment.
        let until = if self.sim.now() < to { to } else { self.sim.now() + STRIDE };
        let progress = self.sim.advance(until, budget);
        for sighting in self.sim.take_sightings() {
            self.see(sighting);
        }
        let is_over = progress == Progress::Reached
            && self.sim.now() >= to
            && (self.pictures.are_finished() || self.sim.now() >= self.sim.end());
        self.pictures.write(&mut self.file, is_over);
        if is_over { Progress::Reached } else { Progress::Budget }
    }

    /// The bytes of the file that have come since the last call.
    pub fn take_bytes(&mut self) -> Vec<u8> {
        self.file.take_bytes()
    }

    /// How many packets are in the file so far.
    pub fn packets(&self) -> u64 {
        self.file.packets()
    }

    /// The present of the run.
    pub fn now(&self) -> SimTime {
        self.sim.now()
    }

    fn see(&mut self, Sighting { at, wire, sight }: Sighting) {
        let slot = wire.slot as usize;
        if self.flows.len() <= slot {
            self.flows.resize_with(slot + 1, || None);
        }
        let is_new = self.flows[slot].as_ref().is_none_or(|flow| flow.wire().number != wire.number);
        let flow = &mut self.flows[slot];
        let flow = flow.take_if(|_| !is_new).unwrap_or_else(|| Flow::new(wire, &self.params));
        let flow = self.flows[slot].insert(flow);
        let is_wanted = self.selection.has(wire.number) && (self.selection.from..=self.selection.to).contains(&at);
        let look = Look { at, is_wanted, points: self.selection.points };
        look.at(flow, sight, &self.params, &mut self.pictures);
    }
}

/// One look at a connection.
struct Look {
    at: SimTime,
    is_wanted: bool,
    points: Points,
}

impl Look {
    fn at(&self, flow: &mut Flow, sight: Sight, params: &Params, pictures: &mut Album) {
        match sight {
            Sight::Takes(request) => flow.request = Some(request),
            Sight::Closes { side, why } => flow.closing[side as usize] = Some(why),
            Sight::Answers { cookie } => flow.answers_syn = Some(cookie),
            Sight::Sent { packet, from, taken, lost } => {
                let text = |message| segment_text(message, params, &date(self.at));
                let (letter, comment) = flow.send(self.at, packet, from, taken, text);
                let comment = if lost { comment + comment::LOST } else { comment };
                let picture = self.is_wanted.then(|| self.picture(flow.wire(), &letter, Direction::Outbound, comment));
                let number = picture.map(|picture| pictures.add(picture, lost));
                if !lost {
                    flow.post(letter, number);
                }
            }
            Sight::Arrived { packet, to } => {
                let Some((letter, number)) = flow.receive(packet, to) else { return };
                number.into_iter().for_each(|number| pictures.finish(number));
                if self.points == Points::BothEnds {
                    let shown = || self.picture(flow.wire(), &letter, Direction::Inbound, String::new());
                    let number = self.is_wanted.then(|| pictures.add(shown(), true));
                    flow.shown = number;
                }
            }
            Sight::Dropped { packet, to, rule, queues } => {
                let number = flow.drop(packet, to, rule);
                number.into_iter().for_each(|number| {
                    pictures.remark(number, &comment::of_drop(packet, rule, queues));
                    pictures.finish(number);
                });
            }
        }
    }

    fn picture(&self, wire: &Wire, letter: &Letter, direction: Direction, comment: String) -> Picture {
        let at_side = if direction == Direction::Outbound { letter.from } else { letter.from.peer() };
        Picture {
            at: self.at,
            host: wire.hosts[at_side as usize],
            address: *wire.addresses[at_side as usize].ip(),
            is_server: at_side == Side::Server,
            direction,
            bytes: frame::bytes(wire, letter),
            comment,
        }
    }
}

/// The date of a response, as HTTP writes it (RFC 9110, 5.6.7). A run begins with 1970 and lasts six hours at most.
fn date(at: SimTime) -> String {
    let seconds = at.as_nanos() / 1_000_000_000;
    format!("Thu, 01 Jan 1970 {:02}:{:02}:{:02} GMT", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// Pictures that are not in the file yet: each waits for those before it and for what there is still to be said of it.
#[derive(Default)]
struct Album {
    /// The number of the first one.
    first: u64,
    /// In their order, each with whether all is known of it.
    pictures: VecDeque<(Picture, bool)>,
}

impl Album {
    fn add(&mut self, picture: Picture, is_finished: bool) -> u64 {
        self.pictures.push_back((picture, is_finished));
        self.first + self.pictures.len() as u64 - 1
    }

    fn waiting(&mut self, number: u64) -> Option<&mut (Picture, bool)> {
        self.pictures.get_mut(number.checked_sub(self.first)? as usize)
    }

    fn finish(&mut self, number: u64) {
        if let Some((_, is_finished)) = self.waiting(number) {
            *is_finished = true;
        }
    }

    fn remark(&mut self, number: u64, words: &str) {
        if let Some((picture, _)) = self.waiting(number) {
            picture.comment += words;
        }
    }

    fn are_finished(&self) -> bool {
        self.pictures.iter().all(|(_, is_finished)| *is_finished)
    }

    /// Writes all up to the first one of which not all is known, or really all.
    fn write(&mut self, file: &mut File, all: bool) {
        while let Some((picture, _)) = self.pictures.pop_front_if(|(_, is_finished)| all || *is_finished) {
            self.first += 1;
            file.write(picture);
        }
    }
}
