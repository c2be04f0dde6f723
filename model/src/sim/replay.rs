//! A run that can be moved to any instant: forwards by computing, backwards from the nearest clone kept before.
//!
//! Nothing is recorded and nothing approximated: at each instant it is the run itself, to the last event.

use super::error::ErrorKind;
use super::metrics::{self, Columns};
use super::report::Requests;
use super::tcp::Conn;
use super::{Progress, Sim};
use crate::scenario::Scenario;
use crate::time::{SimDuration, SimTime};

/// Most clones kept at once.
const KEPT_MAX: usize = 64;
/// Memory for all of them together, in bytes, as [`footprint`] estimates it.
const KEPT_BYTES: usize = 48 << 20;

const NANOSECOND: SimDuration = SimDuration::from_nanos(1);

/// What a run is stopped at, looking from an instant onwards or back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breakpoint {
    /// Anything at all happens in the model.
    Event,
    /// A request gets its outcome.
    Outcome,
    /// A request fails: with any error, or with this one.
    Failure(Option<ErrorKind>),
    /// The kernel finds no place in the accept queue (`TcpExtListenOverflows`).
    Overflow,
}

/// Where to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// This instant: everything that happens at it has happened.
    At(SimTime),
    /// The first instant, from this one on, at which it happens.
    First(Breakpoint, SimTime),
    /// The last instant before this one at which it happens.
    Last(Breakpoint, SimTime),
}

/// A run at one instant, in a few numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// Which instant.
    pub at: SimTime,
    /// Events so far.
    pub events: u64,
    /// What became of the requests so far.
    pub requests: Requests,
    /// Connections in the accept queue, and most that fit into it.
    pub accept_queue: (u32, u32),
    /// Workers held or handlers running, and how many there are.
    pub busy_workers: (u32, u32),
}

/// A run that goes to any instant of its scenario.
#[derive(Clone, Debug)]
pub struct Replay {
    scenario: Scenario,
    sim: Sim,
    /// By time, at multiples of `spacing`. The start is not among them: it is cheap to make again.
    kept: Vec<Sim>,
    spacing: SimDuration,
    search: Search,
    found: bool,
}

/// What a [`Replay`] does next.
#[derive(Clone, Copy, Debug)]
enum Search {
    /// At its goal.
    There,
    /// Runs to an instant.
    To(SimTime),
    /// Runs to just before `from`, and from there until the count is more than it was.
    Ahead { what: Breakpoint, from: SimTime, than: Option<u64> },
    /// Runs to just before `from`, and then through stretches of what was before, the latest first.
    Back { what: Breakpoint, from: SimTime, stretch: Option<Stretch> },
}

/// A stretch of the run that is looked through for the last instant at which a count rose.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    /// The kept clone that it begins with; `None`: the start of the run.
    start: Option<usize>,
    /// The first instant behind it.
    to: SimTime,
    /// The count so far.
    count: u64,
    /// The last instant at which it rose.
    last: Option<SimTime>,
}

impl Replay {
    /// At the start of this scenario's run.
    #[inline]
    pub fn new(scenario: &Scenario) -> Replay {
        let sim = Sim::new(scenario);
        let bucket = metrics::bucket(sim.end().since(SimTime::ZERO));
        let buckets = sim.end().as_nanos().div_ceil(bucket.as_nanos() * KEPT_MAX as u64).max(1);
        Replay {
            scenario: scenario.clone(),
            sim,
            kept: Vec::new(),
            spacing: bucket * buckets,
            search: Search::To(SimTime::ZERO),
            found: true,
        }
    }

    /// Sets out for `goal`; [`Replay::advance`] goes there.
    #[inline]
    pub fn seek(&mut self, goal: Goal) {
        self.found = true;
        self.search = match goal {
            Goal::At(at) => Search::To(at),
            Goal::First(what, from) => Search::Ahead { what, from, than: None },
            Goal::Last(what, from) => Search::Back { what, from, stretch: None },
        };
        match goal {
            Goal::At(at) => self.rewind(at + NANOSECOND),
            Goal::First(_, from) | Goal::Last(_, from) => self.rewind(from),
        }
    }

    /// Computes `budget` events at most; [`Progress::Reached`] when it is at its goal.
    #[inline]
    pub fn advance(&mut self, mut budget: u32) -> Progress {
        while self.go_on(&mut budget).is_some() {
            if let Search::There = self.search {
                return Progress::Reached;
            }
        }
        Progress::Budget
    }

    /// One part of the way; `None` if the budget ends before it.
    #[inline]
    fn go_on(&mut self, budget: &mut u32) -> Option<()> {
        match self.search {
            Search::There => {}
            Search::To(at) => {
                self.run_to(at, budget)?;
                self.search = Search::There;
            }
            Search::Ahead { what, from, than: None } => {
                self.run_before(from, budget)?;
                let than = self.sim.count(what);
                self.leap(what, than);
                self.search = Search::Ahead { what, from, than: Some(than) };
            }
            Search::Ahead { what, from, than: Some(than) } => self.look_ahead(what, from, than, budget)?,
            // The clones before `from` exist from then on.
            Search::Back { what, from, stretch: None } => {
                self.run_before(from, budget)?;
                let start = self.kept.partition_point(|kept| kept.now < from).checked_sub(1);
                self.search = Search::Back { what, from, stretch: Some(self.begin(what, start, from)) };
            }
            Search::Back { what, from, stretch: Some(stretch) } => self.look_through(what, from, stretch, budget)?,
        }
        Some(())
    }

    /// Whether its last goal exists. If not, it goes to the instant from which the goal was looked for.
    pub fn found(&self) -> bool {
        self.found
    }

    /// How many clones it holds.
    pub fn kept(&self) -> usize {
        self.kept.len()
    }

    /// The run at the present instant.
    pub fn sim(&self) -> &Sim {
        &self.sim
    }

    #[inline]
    fn give_up(&mut self, back_to: SimTime) {
        self.found = false;
        self.search = Search::To(back_to);
        self.rewind(back_to + NANOSECOND);
    }

    /// Takes the latest known state in which nothing of `before` or later has happened.
    #[inline]
    fn rewind(&mut self, before: SimTime) {
        let is_before = self.sim.now < before || self.sim.events == 0 && self.sim.now == SimTime::ZERO;
        let kept = self.kept[..self.kept.partition_point(|kept| kept.now < before)].last();
        match kept {
            Some(kept) if !is_before || kept.now > self.sim.now => self.sim = kept.clone(),
            None if !is_before => self.sim = Sim::new(&self.scenario),
            _ => {}
        }
    }

    /// Runs until everything up to `until` has happened, and keeps clones meanwhile; `None`: the budget ended first.
    #[inline]
    fn run_to(&mut self, until: SimTime, budget: &mut u32) -> Option<()> {
        loop {
            let known = self.kept.last().map_or(SimTime::ZERO, |kept| kept.now).max(self.sim.now);
            let keep_at = SimTime::ZERO + self.spacing * (known.as_nanos() / self.spacing.as_nanos() + 1);
            let stop = until.min(keep_at);
            let events = self.sim.events;
            let progress = self.sim.advance(stop, *budget);
            *budget -= (self.sim.events - events) as u32;
            if progress == Progress::Budget {
                return None;
            }
            if self.sim.now == keep_at {
                self.keep();
            }
            if stop == until || self.sim.now < stop {
                return Some(());
            }
        }
    }

    /// Runs until everything before `from` has happened.
    #[inline]
    fn run_before(&mut self, from: SimTime, budget: &mut u32) -> Option<()> {
        if from == SimTime::ZERO { Some(()) } else { self.run_to(before(from), budget) }
    }

    /// Keeps a clone; where there are too many, every other one goes.
    #[inline]
    fn keep(&mut self) {
        self.kept.push(self.sim.clone());
        while self.kept.len() > KEPT_MAX || self.kept.iter().map(footprint).sum::<usize>() > KEPT_BYTES {
            self.spacing = self.spacing * 2;
            let spacing = self.spacing.as_nanos();
            self.kept.retain(|kept| kept.now.as_nanos().is_multiple_of(spacing));
        }
    }

    /// Jumps to the latest kept clone whose count is still `count`.
    #[inline]
    fn leap(&mut self, what: Breakpoint, count: u64) {
        let same = self.kept.partition_point(|kept| kept.count(what) <= count);
        if let Some(kept) = self.kept[..same].last().filter(|kept| kept.now > self.sim.now) {
            self.sim = kept.clone();
        }
    }

    /// Goes through one whole instant after another until the count is more than `than`.
    #[inline]
    fn look_ahead(&mut self, what: Breakpoint, from: SimTime, than: u64, budget: &mut u32) -> Option<()> {
        loop {
            let next = self.sim.next_time();
            if self.sim.count(what) > than && next != Some(self.sim.now) {
                self.search = Search::There;
                return Some(());
            }
            let events = self.sim.events;
            if let Some(at) = next {
                self.run_to(at, budget)?;
            }
            if self.sim.events == events {
                // The run is over, or is stopped for its length.
                self.give_up(before(from));
                return Some(());
            }
        }
    }

    #[inline]
    fn begin(&mut self, what: Breakpoint, start: Option<usize>, to: SimTime) -> Stretch {
        self.sim = start.map_or_else(|| Sim::new(&self.scenario), |start| self.kept[start].clone());
        Stretch { start, to, count: self.sim.count(what), last: None }
    }

    /// Goes through one whole instant after another to the end of the stretch.
    #[inline]
    fn look_through(&mut self, what: Breakpoint, from: SimTime, mut stretch: Stretch, budget: &mut u32) -> Option<()> {
        loop {
            let next = self.sim.next_time().filter(|at| *at < stretch.to);
            if next != Some(self.sim.now) && self.sim.count(what) > stretch.count {
                stretch.count = self.sim.count(what);
                stretch.last = Some(self.sim.now);
            }
            self.search = Search::Back { what, from, stretch: Some(stretch) };
            let events = self.sim.events;
            if let Some(at) = next {
                self.run_to(at, budget)?;
            }
            if self.sim.events == events {
                break;
            }
        }
        match stretch {
            Stretch { last: Some(at), .. } => {
                self.search = Search::To(at);
                self.rewind(at + NANOSECOND);
            }
            Stretch { start: Some(start), .. } if self.kept[start].count(what) > 0 => {
                // The clones that already had the same count say that it did not rise between them.
                let count = self.kept[start].count(what);
                let fewer = self.kept.partition_point(|kept| kept.count(what) < count);
                let stretch = self.begin(what, fewer.checked_sub(1), self.kept[fewer].now + NANOSECOND);
                self.search = Search::Back { what, from, stretch: Some(stretch) };
            }
            _ => self.give_up(from),
        }
        Some(())
    }
}

impl Sim {
    /// The run now, in a few numbers.
    pub fn moment(&self) -> Moment {
        let metrics = &self.metrics;
        Moment {
            at: self.now,
            events: self.events,
            requests: Requests { in_flight: self.requests.len() as u64, ..metrics.requests },
            accept_queue: (metrics.accept_queue.value(), self.params.queue_limit()),
            busy_workers: (metrics.busy_workers.value(), self.params.workers),
        }
    }

    /// How often it has happened.
    fn count(&self, what: Breakpoint) -> u64 {
        let metrics = &self.metrics;
        match what {
            // The end of a bucket only measures.
            Breakpoint::Event => self.events - metrics.looks,
            Breakpoint::Outcome => metrics.requests.ok + metrics.requests.failed,
            Breakpoint::Failure(None) => metrics.requests.failed,
            Breakpoint::Failure(Some(kind)) => metrics.errors[kind as usize].count,
            Breakpoint::Overflow => metrics.nstat.TcpExtListenOverflows,
        }
    }
}

/// The instant before.
fn before(at: SimTime) -> SimTime {
    SimTime::from_nanos(at.as_nanos().saturating_sub(1))
}

/// About how much memory a clone takes, in bytes: what grows with connections, hosts and time.
fn footprint(sim: &Sim) -> usize {
    let row = size_of::<[u32; ErrorKind::COUNT]>() + size_of::<Columns>() / size_of::<Vec<u32>>() * size_of::<u32>();
    // A connection and what belongs to it: requests, attempts, tickets, timers, packets on their way.
    let connection = 4 * size_of::<Conn>();
    let port = size_of::<(SimTime, u16)>();
    size_of::<Sim>()
        + sim.conns.slots().max(sim.requests.slots()) * connection
        + sim.hosts.clients().len() * sim.params.ports as usize * port
        + sim.metrics.columns.ok.len() * row
        + sim.metrics.latency.distinct_values() * size_of::<u64>()
}
