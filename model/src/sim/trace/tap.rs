//! The tap: what the layers tell it about one request and its connections, kept in order.
//!
//! What concerns the request is kept together with the gauges of that instant. A tap only looks.

mod notes;

use std::collections::{BTreeMap, BTreeSet};

use super::capture::{Capture, since_last};
use super::{Accepting, Connection, Entry, Gauges, Level, Past, Side, Timer, Trace, What, Work};
use crate::scenario::Scenario;
use crate::sim::error::ErrorKind;
use crate::sim::tcp::{ConnId, listener};
use crate::sim::{Sim, client, server};
use crate::time::SimTime;
pub(in crate::sim) use notes::Tapped;

/// Something that is so since an instant.
#[derive(Clone, Copy, Debug, Default)]
struct Since<T> {
    value: T,
    at: SimTime,
}

impl<T: PartialEq> Since<T> {
    fn set(&mut self, now: SimTime, value: T) {
        if self.value != value {
            *self = Since { value, at: now };
        }
    }
}

impl Since<bool> {
    /// Since when it is true, if it is true now.
    fn held(self, now: SimTime, value: bool) -> Option<SimTime> {
        value.then_some(if self.value { self.at } else { now })
    }
}

/// The attempts that begin in one millisecond.
#[derive(Clone, Copy, Debug, Default)]
struct Together {
    /// The millisecond, counted from the start.
    millisecond: u64,
    /// Attempts before it.
    before: u64,
    /// Attempts to its end, or so far.
    until: u64,
}

/// Records one request.
#[derive(Debug)]
pub struct Tap {
    request: u32,
    /// Connections to be recorded from their birth.
    known: BTreeSet<u32>,
    captures: BTreeMap<u32, Capture>,
    /// Entries that belong to no connection.
    own: Vec<(u64, Entry)>,
    sequence: u64,
    packets: u32,
    accept_full: Since<bool>,
    workers_full: Since<bool>,
    /// Whether steps wait for a processor: of the first client host, of the server.
    run_queues: [Since<bool>; 2],
    accepting: Since<Accepting>,
    /// In the present millisecond, and in that of each attempt of the request.
    now_together: Together,
    together: Vec<Together>,
    /// By client host; and that of the request's host when it dialed.
    past: BTreeMap<u16, Past>,
    past_at_dial: Option<Past>,
    error: Option<(ErrorKind, String)>,
    /// When the request had its outcome.
    pub ended: Option<SimTime>,
}

impl Tap {
    /// A tap on a request; `known` are the numbers of connections that it will use.
    pub fn new(request: u32, known: BTreeSet<u32>) -> Tap {
        Tap {
            request,
            known,
            captures: BTreeMap::new(),
            own: Vec::new(),
            sequence: 0,
            packets: 0,
            accept_full: Since::default(),
            workers_full: Since::default(),
            run_queues: Default::default(),
            accepting: Since::default(),
            now_together: Together::default(),
            together: Vec::new(),
            past: BTreeMap::new(),
            past_at_dial: None,
            error: None,
            ended: None,
        }
    }

    /// The connections it has dialed or been given.
    pub fn connections(&self) -> BTreeSet<u32> {
        self.captures.keys().copied().collect()
    }

    /// What has been recorded.
    pub fn trace(&self, scenario: &Scenario) -> Trace {
        let on_connections = self.captures.values().flat_map(Capture::kept);
        let mut entries: Vec<&(u64, Entry)> = self.own.iter().chain(on_connections).collect();
        entries.sort_by_key(|(sequence, _)| *sequence);
        let connections = self.captures.iter().filter(|(_, capture)| capture.port > 0);
        Trace {
            request: self.request,
            scenario: scenario.clone(),
            connections: connections
                .map(|(&number, capture)| Connection { number, host: capture.host, port: capture.port })
                .collect(),
            error: self.error.clone(),
            together: self.together.iter().map(|it| (it.until - it.before) as u32).collect(),
            past: self.past_at_dial.clone(),
            entries: entries.into_iter().map(|(_, entry)| *entry).collect(),
        }
    }

    fn next_sequence(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }

    /// Keeps something that happened to a connection, if it is one of the request's.
    fn on_connection(&mut self, sim: &Sim, id: ConnId, mut what: What) {
        let Some(conn) = sim.conns.get(id) else { return };
        self.past.entry(conn.host(Side::Client)).or_default().count(conn.number, &what);
        let sequence = self.next_sequence();
        let Some(capture) = self.captures.get_mut(&conn.number) else { return };
        (capture.host, capture.port) = (conn.host(Side::Client), conn.port);
        let packet = capture.packet(sim.now, &mut what, &mut self.packets);
        let connection = Some(conn.number);
        let entry = Entry { at: sim.now, place: what.place(), what, connection, packet, gauges: Gauges::default() };
        self.keep(sim, sequence, conn.host(Side::Client), entry);
    }

    fn keep(&mut self, sim: &Sim, sequence: u64, host: u16, entry: Entry) {
        let entry = Entry { gauges: self.gauges(sim, host), ..entry };
        match entry.connection.and_then(|number| self.captures.get_mut(&number)) {
            Some(capture) => capture.push(sequence, entry),
            None => self.own.push((sequence, entry)),
        }
    }

    /// Keeps something that happened to the request itself.
    fn on_request(&mut self, sim: &Sim, host: u16, number: Option<u32>, mut what: What) {
        if let What::Fires { timer: Timer::ClientTimeout, after } = &mut what {
            let began = |what: &What| matches!(what, What::AttemptBegins(_));
            *after = since_last(&self.own, sim.now, began).unwrap_or(*after);
        }
        if let What::Changes(change) = what {
            let param = sim.scenario.timetable[usize::from(change)].param;
            self.past.values_mut().for_each(|past| past.on_change(param, sim.now));
        }
        if matches!(what, What::AttemptBegins(_)) {
            self.count_attempts(sim);
            self.together.push(self.now_together);
        }
        let sequence = self.next_sequence();
        let entry = Entry {
            at: sim.now,
            place: what.place(),
            what,
            connection: number,
            packet: None,
            gauges: Gauges::default(),
        };
        self.keep(sim, sequence, host, entry);
    }

    /// A request dials this connection, or is given it: it is recorded if it has to do with the tapped one.
    fn meets(&mut self, number: u32, request: u32) -> Option<&mut Capture> {
        if request == self.request || self.known.contains(&number) {
            self.captures.entry(number).or_default();
        }
        self.captures.get_mut(&number)
    }

    /// A request of this host calls connect().
    fn dials(&mut self, host: u16, request: u32) {
        let past = self.past.entry(host).or_default();
        if request == self.request {
            self.past_at_dial.get_or_insert_with(|| past.clone());
        }
        past.dialed += 1;
    }

    fn gauges(&self, sim: &Sim, host: u16) -> Gauges {
        let (params, host, to) = (&sim.params, &sim.hosts[host], sim.hosts.destination(host));
        let (client, ports) = (&host.client, &host.kernel.ports);
        let server = &sim.hosts[to];
        let listener = &server.kernel.listener;
        let queue_limit = listener::queue_limit(sim, to);
        let workers = Level { value: server.server.busy, limit: params.workers };
        let accepting = server::accepting(sim, to);
        let run_queues = [host, server].map(|host| host.processors.queue());
        let run_queues_since = [0, 1].map(|side| self.run_queues[side].held(sim.now, run_queues[side] > 0));
        let pool = client.pool.stats();
        Gauges {
            accept_queue: Level { value: listener.accept_queue.len() as u32, limit: queue_limit },
            accept_full_since: self.accept_full.held(sim.now, listener.accept_queue_is_full()),
            syn_queue: Level { value: listener.syn_queue, limit: queue_limit },
            workers,
            workers_full_since: self.workers_full.held(sim.now, workers.is_full()),
            waiting: server.server.waiting.len() as u32,
            run_queues,
            run_queues_since,
            accepting,
            accepting_since: if self.accepting.value == accepting { self.accepting.at } else { sim.now },
            idle: Level { value: pool.idle, limit: params.idle },
            connections: Level { value: pool.open, limit: params.max_conns },
            ports: Level { value: ports.taken(), limit: params.ports },
            time_wait: ports.time_wait(),
            oldest_time_wait: ports.oldest_time_wait(),
            descriptors: Level { value: client.sockets + client::OWN_DESCRIPTORS, limit: params.client_fds },
            breaker_open_since: client.policy.breaker_open_since(),
            work: work(sim),
        }
    }

    /// Attempts begin one by one, and those of the request are counted together with those around them.
    fn count_attempts(&mut self, sim: &Sim) {
        let millisecond = sim.now.as_nanos() / 1_000_000;
        let before = self.now_together.until;
        if self.now_together.millisecond != millisecond {
            self.now_together = Together { millisecond, before, until: before };
        }
        let until = sim.metrics.attempts.application;
        self.now_together.until = until;
        self.together.iter_mut().filter(|it| it.millisecond == millisecond).for_each(|it| it.until = until);
    }

    /// An event is over: since when things are full counts from here, so that what is full again in the same instant
    /// has been full all the time.
    fn watch(&mut self, sim: &Sim) {
        // The first server: all that is full is told of one.
        let server = sim.hosts.server_ids().start;
        let host = &sim.hosts[server];
        self.accept_full.set(sim.now, host.kernel.listener.accept_queue_is_full());
        self.workers_full.set(sim.now, host.server.busy >= sim.params.workers);
        self.accepting.set(sim.now, server::accepting(sim, server));
        for (since, host) in self.run_queues.iter_mut().zip([&sim.hosts.clients()[0], host]) {
            since.set(sim.now, host.processors.queue() > 0);
        }
        self.count_attempts(sim);
    }
}

fn work(sim: &Sim) -> Work {
    let metrics = &sim.metrics;
    Work {
        requests: metrics.requests.offered,
        attempts: metrics.attempts.application,
        handlers: metrics.handlers_started,
        handling_ns: metrics.busy_ns as u64,
        held_ns: metrics.busy_workers.area(sim.now) as u64,
    }
}
