//! The model: one event loop over layers.
//!
//! Layers call each other's functions directly when no simulated time passes and through an `Event` when it does.
//! Handlers are free functions `fn on_x(sim: &mut Sim, ...)`. A kernel never calls a program of the client: it wakes
//! it with an event at the same instant, behind all packets and timers of that instant.
//!
//! ```text
//! programs   load -> client (requests, attempts, retries) -> pool (tickets, dials)      server (accept loop, workers)
//!                                                               |                          |
//! sockets    -----------------------------------------------------------------------------------------------------
//!                                                               |                          |
//! kernels                                              tcp (client's end) <- path -> tcp (server's end)
//! ```

mod client;
mod effort;
pub mod error;
mod event;
pub mod failures;
mod fingerprint;
mod free_numbers;
mod host;
mod limits;
mod load;
mod metrics;
pub mod needs;
mod path;
mod pool;
mod processors;
pub mod recording;
pub mod replay;
pub mod report;
mod retry;
pub mod scheduler;
mod server;
pub mod snapshot;
mod tcp;
pub mod trace;

use std::net::SocketAddrV4;

use crate::arena::{Arena, SideTable};
use crate::params::Params;
use crate::rng::{Purpose, Stream};
use crate::scenario::Scenario;
use crate::time::{SimDuration, SimTime};
pub use client::Outcome;
use client::{Attempt, Request};
use error::{ErrorKind, Wording};
use event::{Event, Packed};
use failures::Failure;
use fingerprint::Fingerprint;
use host::{HostId, Hosts, Kernel};
pub use limits::{CROWD_LIMIT, EVENT_LIMIT};
use load::LoadState;
use metrics::{BUCKET, BucketEnd, Metrics};
use path::Path;
use pool::go::{Pconn, Ticket};
use recording::Recording;
use report::{Report, Series};
use scheduler::{Lane, Rank, Scheduler};
use snapshot::Snapshot;
use tcp::{Conn, ConnId, Rare, Side};
use trace::Tracer;

/// The port on which servers listen.
const HTTP_PORT: u16 = 80;

/// How far [`Sim::advance`] came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The budget was spent first.
    Budget,
    /// The given instant, or the end of the run, is reached.
    Reached,
}

/// A run: the whole simulated world at one instant. Cloning it keeps that instant to come back to.
#[derive(Clone, Debug)]
pub struct Sim {
    scenario: Scenario,
    recording: Recording,
    /// The parameters as they are now.
    params: Params,
    now: SimTime,
    end: SimTime,
    events: u64,
    /// How many events there may be, unless time goes on.
    events_max: u64,
    scheduler: Scheduler<Packed>,
    fingerprint: Fingerprint,
    metrics: Metrics,
    /// Outcomes in the order in which they came; only where somebody asked for them.
    request_log: Option<Vec<Outcome>>,
    /// Records the history of one request; only in a run made for that.
    tap: trace::Tapped,

    arrival_stream: Stream,
    think_stream: Stream,
    service_stream: Stream,
    backoff_stream: Stream,
    scheduling_stream: Stream,
    patience_stream: Stream,
    processor_stream: Stream,

    load: LoadState,
    requests: Arena<Request>,
    attempts: Arena<Attempt>,
    /// What a call has failed with, while something keeps it from returning.
    held: SideTable<Attempt, Option<(ErrorKind, Wording)>>,
    tickets: Arena<Ticket>,
    pconns: Arena<Pconn>,
    /// How the reader of a connection saw it end before the request was on it, and the addresses it had.
    ended: SideTable<Pconn, Option<(ErrorKind, Wording)>>,
    conns: Arena<Conn>,
    rare: SideTable<Conn, Rare>,
    hosts: Hosts,
    path: Path,
    /// The round-trip time that the one kernel of both ends remembers on loopback.
    loopback_rtt: SimDuration,
}

impl Sim {
    /// A run at its start.
    #[inline]
    pub fn new(scenario: &Scenario) -> Sim {
        Sim::with_recording(scenario, Recording::default())
    }

    /// A run at its start whose load is, as far as it goes, a recorded one.
    #[inline]
    pub fn with_recording(scenario: &Scenario, recording: Recording) -> Sim {
        let params = scenario.params.clone();
        let end = scenario.end();
        let stream = |purpose| Stream::new(params.seed, purpose);
        let mut sim = Sim {
            scenario: scenario.clone(),
            recording,
            now: SimTime::ZERO,
            end,
            events: 0,
            events_max: limits::events_max(0),
            scheduler: Scheduler::new(),
            fingerprint: Fingerprint::default(),
            metrics: Metrics::default(),
            request_log: None,
            tap: trace::Tapped::default(),
            arrival_stream: stream(Purpose::Arrivals),
            think_stream: stream(Purpose::Think),
            service_stream: stream(Purpose::Service),
            backoff_stream: stream(Purpose::Backoff),
            scheduling_stream: stream(Purpose::Scheduling),
            patience_stream: stream(Purpose::Patience),
            processor_stream: stream(Purpose::Processors),
            load: LoadState::default(),
            requests: Arena::default(),
            attempts: Arena::default(),
            held: SideTable::default(),
            tickets: Arena::default(),
            pconns: Arena::default(),
            ended: SideTable::default(),
            conns: Arena::default(),
            rare: SideTable::default(),
            hosts: Hosts::new(&params),
            path: Path::new(params.seed),
            loopback_rtt: SimDuration::ZERO,
            params,
        };
        sim.start();
        sim
    }

    fn start(&mut self) {
        for (number, change) in self.scenario.timetable.iter().enumerate() {
            // Before everything else of that instant.
            let number = u16::try_from(number).expect("a timetable of at most a thousand entries");
            self.scheduler.push(change.at, Rank::Packet, Lane::None, Event::Change(number).pack());
        }
        self.metrics.worker_capacity.set(self.now, self.params.workers);
        for host in self.hosts.client_ids().chain(self.hosts.server_ids()) {
            processors::on_change(self, host);
        }
        if self.params.listening {
            for host in self.hosts.server_ids() {
                tcp::socket::listen(self, host);
            }
        }
        load::start(self);
        self.at((SimTime::ZERO + BUCKET).min(self.end), Rank::Observer, Event::Bucket);
    }

    /// Runs to `until` (or the end, if that is earlier), or until `budget` events are spent. How a run is sliced never
    /// changes its outcome.
    pub fn advance(&mut self, until: SimTime, budget: u32) -> Progress {
        for _ in 0..budget {
            if self.events >= self.events_max {
                self.end = self.now;
                return Progress::Reached;
            }
            let until = until.min(self.end);
            let Some((at, event)) = self.next_event(until) else {
                self.now = self.now.max(until);
                return Progress::Reached;
            };
            self.step(at, event);
        }
        Progress::Budget
    }

    /// Runs to the end.
    pub fn run(&mut self) {
        while self.advance(self.end, u32::MAX) == Progress::Budget {}
    }

    /// Keeps the outcome of every request from now on. It takes memory by the request and does not change the run.
    pub fn log_requests(&mut self) {
        self.request_log.get_or_insert_default();
    }

    /// The outcomes kept since [`Sim::log_requests`], in the order in which they came.
    pub fn request_log(&self) -> &[Outcome] {
        self.request_log.as_deref().unwrap_or_default()
    }

    /// Failed requests of a class in the order in which they came: the first hundred, and an even sample of the others.
    pub fn failures(&self, kind: ErrorKind) -> &[Failure] {
        self.metrics.errors[kind as usize].sample.kept()
    }

    /// What Go says of most failures of a class so far, to the letter; empty before the first one.
    pub fn error_text(&self, kind: ErrorKind) -> &str {
        self.metrics.errors[kind as usize].text()
    }

    /// Begins to run the same scenario again, with a tap on this request; it hears something with the feature `trace`.
    pub fn tracer(&self, request: u32) -> Tracer {
        Tracer::new(&self.scenario, &self.recording, request)
    }

    /// The present.
    pub fn now(&self) -> SimTime {
        self.now
    }

    /// When the run ends.
    pub fn end(&self) -> SimTime {
        self.end
    }

    /// Events processed.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// A hash of all events so far: two runs in which the same has happened have the same.
    pub fn events_hash(&self) -> u64 {
        self.fingerprint.value()
    }

    /// Events that wait for their time before the end, those included that will find nothing to do.
    pub fn pending(&self) -> usize {
        self.scheduler.iter().filter(|(at, _)| *at <= self.end).count()
    }

    /// Everything about the run so far.
    #[inline]
    pub fn report(&self) -> Report {
        report::report(self)
    }

    /// What the charts draw, so far.
    #[inline]
    pub fn series(&self) -> Series {
        report::series(self)
    }

    /// The world now. It takes time by the connection, and nothing before it is asked for.
    pub fn snapshot(&self) -> Snapshot {
        snapshot::snapshot(self)
    }

    /// Takes the next event, unless it is later than `until`.
    #[inline(always)]
    fn next_event(&mut self, until: SimTime) -> Option<(SimTime, Packed)> {
        let Sim { scheduler, requests, attempts, pconns, conns, .. } = self;
        scheduler.pop_until(until, |event| event.unpack().is_over(requests, attempts, pconns, conns))
    }

    /// When the next event comes; `None`: none does before the end.
    #[inline]
    fn next_time(&mut self) -> Option<SimTime> {
        let Sim { scheduler, requests, attempts, pconns, conns, .. } = self;
        let next = scheduler.next_time(|event| event.unpack().is_over(requests, attempts, pconns, conns));
        next.filter(|at| *at <= self.end)
    }

    #[inline(always)]
    fn step(&mut self, at: SimTime, event: Packed) {
        if at != self.now {
            self.now = at;
            self.events_max = limits::events_max(self.events);
        }
        self.events += 1;
        self.fingerprint.write_event(at.as_nanos(), event.code());
        event.unpack().happen(self);
        self.note_instant();
    }

    /// Keeps an event for its time. What comes after the end of the run is not kept, but for the kernel's timers, which
    /// a snapshot shows.
    #[inline(always)]
    fn at(&mut self, at: SimTime, rank: Rank, event: Event) {
        if at <= self.end || event.is_kernel_timer() {
            self.scheduler.push(at, rank, event.lane(), event.pack());
        }
    }

    /// A program's next step after a pause of its own; without one it simply goes on.
    #[inline(always)]
    fn after_pause(&mut self, pause: SimDuration, event: Event) {
        let rank = if pause.is_zero() { Rank::Continuing } else { Rank::Program };
        self.at(self.now + pause, rank, event);
    }

    /// When a goroutine runs that is woken now: at once, or up to `sched-delay` later (M-21).
    fn goroutine_runs_at(&mut self) -> SimTime {
        match self.params.sched_delay.non_zero() {
            Some(delay) => self.now + self.scheduling_stream.up_to(delay),
            None => self.now,
        }
    }

    /// The kernel that one end of a connection lives in.
    fn kernel(&mut self, id: ConnId, side: Side) -> &mut Kernel {
        &mut self.hosts[self.conns[id].host(side)].kernel
    }

    /// A parameter changes; the layers that hold state about it are told.
    fn apply_change(&mut self, number: u16) {
        let change = self.scenario.timetable[usize::from(number)];
        let old_rate = self.params.rps;
        change.spec().set(&mut self.params, change.value);
        self.note_change(number);
        if self.params.rps != old_rate && load::is_open(&self.params, &self.recording) {
            load::on_rate_change(self, old_rate.as_f64());
        }
        self.metrics.worker_capacity.set(self.now, self.params.workers);
        for host in self.hosts.client_ids().chain(self.hosts.server_ids()) {
            processors::on_change(self, host);
        }
        for host in self.hosts.client_ids() {
            pool::on_change(self, host);
        }
        for host in self.hosts.server_ids() {
            server::on_change(self, host);
        }
    }

    fn end_bucket(&mut self) {
        let now = self.now;
        if self.is_crowded() {
            self.end = now;
        }
        let is_last = now == self.end;
        self.metrics.looks += 1;
        if is_last || now.as_nanos().is_multiple_of(self.bucket().as_nanos()) {
            self.record_bucket(is_last);
        }
        if !is_last {
            self.at((now + BUCKET).min(self.end), Rank::Observer, Event::Bucket);
        }
    }

    fn record_bucket(&mut self, is_last: bool) {
        for host in self.hosts.iter_mut() {
            host.kernel.expire_time_wait(self.now);
        }
        let end = BucketEnd {
            workers: self.params.workers,
            time_wait_client: self.hosts.time_wait_of_clients(),
            time_wait_server: self.hosts.time_wait_of_servers(),
        };
        self.metrics.end_bucket(end, is_last);
    }

    /// Length of a time bucket of this run.
    fn bucket(&self) -> SimDuration {
        metrics::bucket(self.scenario.end().since(SimTime::ZERO))
    }

    /// What an error of this host, on this connection, needs to be printed.
    fn wording(&self, host: HostId, conn: Option<ConnId>) -> Wording {
        let port = conn.and_then(|conn| self.conns.get(conn)).map_or(0, |conn| conn.port);
        let address = |host| self.hosts.address(&self.params, host);
        Wording {
            go: self.params.go,
            method: self.params.method,
            local: SocketAddrV4::new(address(host), port),
            remote: SocketAddrV4::new(address(self.hosts.destination(host)), HTTP_PORT),
            peeked: false,
            in_connect: false,
        }
    }
}
