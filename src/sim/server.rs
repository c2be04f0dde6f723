//! The server program: accept loop, workers, keep-alive, stalls and restarts.
//!
//! Two kinds. `workers`: a connection holds a worker from accept() to close, idle or not (S-30; a pre-fork server, or
//! netutil.LimitListener, S-20). `go`: accepts at once, and at most `workers` handlers run while the others wait
//! inside the program (S-1). Source: net/http/server.go. A handler works on for a caller that has left, unless it
//! checks (S-8, M-9).

use std::collections::VecDeque;

use super::Sim;
use super::event::Event;
use super::scheduler::Rank;
use super::tcp::{self, ConnId, Message, Read, Side, State, close, listener};
use super::trace::{Timer, What, Why};
use crate::params::{ServerKind, Stop};
use crate::time::{SimDuration, SimTime};

/// Descriptors a server process has besides its connections: three standard streams, listener, epoll, eventfd (T-70).
pub const OWN_DESCRIPTORS: u32 = 6;
/// How long Shutdown waits for the first request of a connection (S-10). Go counts whole seconds and looks twice a
/// second: up to a second and a half more.
const NEW_CONNECTION_GRACE: SimDuration = SimDuration::from_secs(5);
/// First and last pause of the accept loop after EMFILE (S-2).
const ACCEPT_PAUSE_MIN: SimDuration = SimDuration::from_millis(5);
const ACCEPT_PAUSE_MAX: SimDuration = SimDuration::from_secs(1);

/// What the server program does with a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// Not accepted, or closed.
    #[default]
    None,
    /// Accepted; the first bytes of a request are awaited. Idle between requests, too.
    Reading,
    /// The header of a streamed request is read, its body is awaited.
    ReadingBody,
    /// A request is read and waits for a free worker (`go` only).
    Waiting,
    /// A handler works on it.
    Handling {
        /// Since when.
        since: SimTime,
    },
}

/// The server program's side of a connection.
#[derive(Clone, Copy, Debug, Default)]
pub struct Work {
    /// What is being done.
    pub stage: Stage,
    /// Requests read so far.
    pub requests: u32,
    /// When it was accepted, or its last request was read or answered: what the server's time limits count from (S-6).
    since: SimTime,
    /// When the timer for the next request fires, if one runs.
    timer_at: Option<SimTime>,
    /// Its process is shutting down.
    draining: bool,
    /// The worker that holds it, or handles its request, counted from 0; it means something only while one does.
    pub worker: u16,
    /// Tells handlers on one connection apart: a cancelled one's end must not end the next.
    pub handler: u8,
}

/// A TIME_WAIT of the server's kernel.
#[derive(Clone, Copy, Debug)]
pub struct Resting {
    /// When it is over.
    pub end: SimTime,
    /// The client host.
    pub host: u16,
    /// The client's port.
    pub port: u16,
}

/// The server program.
#[derive(Clone, Debug, Default)]
pub struct Server {
    /// Workers held by connections (`workers`) or handlers running (`go`).
    pub busy: u32,
    /// Accepted connections of the present process: descriptors in use.
    pub open: u32,
    /// Requests that wait inside the program (`go`).
    pub waiting: VecDeque<ConnId>,
    /// The accept loop's last pause after EMFILE, if nothing was accepted since.
    accept_pause: Option<SimDuration>,
    /// Until when it sleeps.
    accept_sleeps_until: Option<SimTime>,
    /// The accept loop is at work: what it causes must not start it again.
    accepting: bool,
    /// Workers that were busy and are free again.
    free_workers: FreeNumbers,
    /// The server's TIME_WAITs, oldest first.
    pub time_wait: VecDeque<Resting>,
    /// Orphans in FIN_WAIT2 (T-56).
    pub fin_wait2: u32,
    /// How many recorded service times have been used.
    services_used: usize,
}

/// A set of numbers from which the lowest is taken: one bit for each.
#[derive(Clone, Debug, Default)]
struct FreeNumbers {
    words: Vec<u64>,
    /// All words before this one are empty.
    first: usize,
}

impl FreeNumbers {
    fn put(&mut self, number: u16) {
        let (word, bit) = (usize::from(number) / 64, number % 64);
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= 1 << bit;
        self.first = self.first.min(word);
    }

    fn take_lowest(&mut self) -> Option<u16> {
        while *self.words.get(self.first)? == 0 {
            self.first += 1;
        }
        let word = &mut self.words[self.first];
        let bit = word.trailing_zeros();
        *word &= *word - 1;
        Some((self.first * 64) as u16 + bit as u16)
    }
}

impl Server {
    /// Whether the accept loop sleeps after EMFILE.
    pub fn accept_loop_sleeps(&self) -> bool {
        self.accept_sleeps_until.is_some()
    }
}

/// The pause after EMFILE is over, unless the process that slept is no more.
pub fn on_accept_again(sim: &mut Sim) {
    if sim.server.accept_sleeps_until == Some(sim.now) {
        sim.server.accept_sleeps_until = None;
        accept_pending(sim);
    }
}

/// accept() as long as there is something to accept and somebody to do it.
///
/// A worker that is free takes a connection in the instant in which it enters the queue (T-13b).
///
/// A connection that is dead already is closed right here, which frees its worker; the loop then simply goes on. Called
/// again from within, it would need stack for each of thousands of dead connections.
pub fn accept_pending(sim: &mut Sim) {
    if !std::mem::replace(&mut sim.server.accepting, true) {
        accept_loop(sim);
        sim.server.accepting = false;
    }
}

/// Whether the program calls accept(): it is up, not stalled and not asleep.
pub fn is_accepting(sim: &Sim) -> bool {
    sim.listener.up && sim.params.accepting && sim.server.accept_sleeps_until.is_none()
}

fn accept_loop(sim: &mut Sim) {
    while is_accepting(sim) {
        let no_worker = sim.params.server == ServerKind::Workers && sim.server.busy >= sim.params.workers;
        if no_worker || sim.listener.accept_queue.is_empty() {
            return;
        }
        if at_descriptor_limit(sim) {
            return sleep_after_emfile(sim);
        }
        sim.server.accept_pause = None;
        let Some(id) = listener::accept(sim) else { return };
        sim.metrics.connections.accepted += 1;
        sim.server.open += 1;
        sim.conns[id].work = Work { stage: Stage::Reading, since: sim.now, ..Work::default() };
        if sim.params.server == ServerKind::Workers {
            take_worker(sim, id);
        }
        start_read_timer(sim, id);
        on_readable(sim, id);
    }
}

fn at_descriptor_limit(sim: &Sim) -> bool {
    let limit = sim.params.server_fds;
    limit > 0 && sim.server.open + OWN_DESCRIPTORS >= limit
}

/// accept() failed with EMFILE: the loop sleeps 5 ms, twice as long each time, at most 1 s (S-2).
fn sleep_after_emfile(sim: &mut Sim) {
    let pause = sim.server.accept_pause.map_or(ACCEPT_PAUSE_MIN, |pause| pause.doubled(1, ACCEPT_PAUSE_MAX));
    sim.server.accept_pause = Some(pause);
    sim.server.accept_sleeps_until = Some(sim.now + pause);
    sim.at(sim.now + pause, Rank::Timer, Event::AcceptAgain);
}

/// Something has come on a connection: a request, the peer's FIN or an RST.
pub fn on_readable(sim: &mut Sim, id: ConnId) {
    match sim.conns[id].work.stage {
        Stage::None | Stage::Waiting => {}
        Stage::Reading | Stage::ReadingBody => read(sim, id),
        Stage::Handling { .. } => {
            if sim.params.checks_context && caller_has_gone(sim, id) {
                end_handler(sim, id);
            }
        }
    }
}

/// Reads what has come, up to the end of a request.
fn read(sim: &mut Sim, id: ConnId) {
    loop {
        let read = tcp::read(sim, id, Side::Server);
        if read == Read::Nothing {
            return;
        }
        sim.note(id, What::Reads { side: Side::Server, read });
        let Read::Message(message) = read else {
            sim.note(id, What::Closes { side: Side::Server, why: Why::PeerEnded });
            return close_connection(sim, id);
        };
        let work = &mut sim.conns[id].work;
        if message != Message::Body {
            work.requests += 1;
            work.since = sim.now;
            // Shutdown had begun when it came: it is read, and not served (S-10).
            if work.draining {
                sim.note(id, What::Closes { side: Side::Server, why: Why::Shutdown });
                return close_connection(sim, id);
            }
        }
        if message != Message::Header {
            return dispatch(sim, id);
        }
        work.stage = Stage::ReadingBody;
    }
}

/// Whether the server's kernel knows that the caller has closed.
fn caller_has_gone(sim: &Sim, id: ConnId) -> bool {
    sim.conns[id].peer_has_gone(Side::Server)
}

/// A request is read: its handler starts, or waits for a worker.
fn dispatch(sim: &mut Sim, id: ConnId) {
    match sim.params.server {
        ServerKind::Go if sim.server.busy >= sim.params.workers => {
            sim.conns[id].work.stage = Stage::Waiting;
            sim.note(id, What::WaitsForWorker);
            sim.server.waiting.push_back(id);
            sim.metrics.waiting.up(sim.now);
        }
        ServerKind::Go => {
            take_worker(sim, id);
            start_handler(sim, id);
        }
        ServerKind::Workers => start_handler(sim, id),
    }
}

fn start_handler(sim: &mut Sim, id: ConnId) {
    let service = next_service_time(sim);
    sim.metrics.handlers_started += 1;
    sim.metrics.expected_work_ns += u128::from(sim.params.service.as_nanos());
    let cancelled = sim.params.checks_context && caller_has_gone(sim, id);
    let work = &mut sim.conns[id].work;
    work.stage = Stage::Handling { since: sim.now };
    work.handler = work.handler.wrapping_add(1);
    let done = Event::HandlerDone(id, work.handler);
    let service = if cancelled { SimDuration::ZERO } else { service };
    sim.note(id, What::HandlerStarts);
    sim.at(sim.now + service, Rank::Timer, done);
}

/// The k-th handler that starts works for the k-th recorded time; after the last one times are drawn.
fn next_service_time(sim: &mut Sim) -> SimDuration {
    let recorded = sim.recording.services.get(sim.server.services_used).copied();
    sim.server.services_used += 1;
    recorded.unwrap_or_else(|| sim.service_stream.sample(sim.params.service, sim.params.service_shape()))
}

/// The handler with this number has done its work.
pub fn on_handler_done(sim: &mut Sim, id: ConnId, handler: u8) {
    let current = sim
        .conns
        .get(id)
        .is_some_and(|conn| conn.work.handler == handler && matches!(conn.work.stage, Stage::Handling { .. }));
    if current {
        end_handler(sim, id);
    }
}

/// The handler returns: its response is written, and the connection kept or closed (S-7). After Server.WriteTimeout the
/// write fails, and nothing has been sent (S-6).
fn end_handler(sim: &mut Sim, id: ConnId) {
    count_handler_time(sim, id);
    let caller_left = caller_has_gone(sim, id);
    note_handler_end(sim, id, caller_left);
    let conn = &mut sim.conns[id];
    let timeout = sim.params.write_timeout.non_zero();
    let too_late = timeout.is_some_and(|timeout| sim.now.since(conn.work.since) >= timeout);
    conn.work.stage = Stage::Reading;
    conn.work.since = sim.now;
    let says_close = conn.work.draining || !sim.params.keepalive;
    let last = sim.params.max_requests > 0 && conn.work.requests >= sim.params.max_requests;
    let announced = says_close && (conn.work.draining || sim.params.server_closes);
    let closes = caller_left || last || too_late || announced;
    if !too_late && matches!(conn.server.state, State::Established | State::CloseWait) {
        let response = if says_close { Message::LastResponse } else { Message::Response };
        tcp::send_data(sim, id, Side::Server, response);
    }
    if sim.params.server == ServerKind::Go {
        free_worker(sim, id);
    }
    if closes {
        note_close_after_response(sim, id, caller_left, last, too_late);
        close_connection(sim, id);
    } else if sim.conns[id].incoming(Side::Server).has_unread_data() {
        on_readable(sim, id);
    } else {
        start_read_timer(sim, id);
    }
    hand_out_workers(sim);
}

fn note_handler_end(sim: &mut Sim, id: ConnId, caller_left: bool) {
    if let Stage::Handling { since } = sim.conns[id].work.stage {
        sim.note(id, What::HandlerEnds { took: sim.now.since(since), caller_left });
    }
}

fn note_close_after_response(sim: &mut Sim, id: ConnId, caller_left: bool, last: bool, too_late: bool) {
    if too_late {
        sim.note(id, What::Fires { timer: Timer::WriteTimeout, after: sim.params.write_timeout });
    }
    let why = match () {
        () if too_late => Why::WriteTimeout,
        () if caller_left => Why::PeerEnded,
        () if last => Why::MaxRequests(sim.params.max_requests),
        () if sim.conns[id].work.draining => Why::Shutdown,
        () => Why::NoKeepAlive,
    };
    sim.note(id, What::Closes { side: Side::Server, why });
}

/// Free workers take the requests that have waited longest inside the program, then new connections.
pub fn hand_out_workers(sim: &mut Sim) {
    while sim.params.server == ServerKind::Go && sim.server.busy < sim.params.workers {
        let Some(id) = sim.server.waiting.pop_front() else { break };
        sim.metrics.waiting.down(sim.now);
        if sim.conns.get(id).is_some_and(|conn| conn.work.stage == Stage::Waiting) {
            take_worker(sim, id);
            start_handler(sim, id);
        }
    }
    accept_pending(sim);
}

fn count_handler_time(sim: &mut Sim, id: ConnId) {
    let Stage::Handling { since } = sim.conns[id].work.stage else { return };
    let time = u128::from(sim.now.since(since).as_nanos());
    sim.metrics.busy_ns += time;
    if caller_has_gone(sim, id) {
        sim.metrics.wasted_ns += time;
    }
}

/// close() by the server program; its worker is free.
fn close_connection(sim: &mut Sim, id: ConnId) {
    if !sim.conns[id].work.draining {
        sim.server.open -= 1;
    }
    if sim.params.server == ServerKind::Workers {
        free_worker(sim, id);
    }
    close_socket(sim, id);
    accept_pending(sim);
}

fn close_socket(sim: &mut Sim, id: ConnId) {
    let conn = &mut sim.conns[id];
    if conn.work.requests == 0 {
        sim.metrics.connections.accepted_unused += 1;
    }
    if conn.server.state == State::Established {
        sim.metrics.connections.server_closes += 1;
    }
    conn.work = Work::default();
    close::close(sim, id, Side::Server);
}

/// How long the server waits for a connection's next request (S-6); `None`: for ever.
fn read_limit(sim: &Sim, work: &Work) -> Option<SimDuration> {
    if work.requests > 0 {
        return sim.params.server_idle_timeout.non_zero();
    }
    let first = sim.params.read_header_timeout.non_zero();
    if work.draining {
        Some(first.map_or(NEW_CONNECTION_GRACE, |first| first.min(NEW_CONNECTION_GRACE)))
    } else {
        first
    }
}

/// Starts the timer for the next request, unless one runs that fires before. One that fires too early is started again.
fn start_read_timer(sim: &mut Sim, id: ConnId) {
    let work = &sim.conns[id].work;
    let Some(limit) = read_limit(sim, work) else { return };
    let at = (work.since + limit).max(sim.now);
    if work.timer_at.is_none_or(|running| at < running) {
        sim.conns[id].work.timer_at = Some(at);
        sim.at(at, Rank::Timer, Event::ReadTimeout(id));
    }
}

/// The time limit on the next request may have passed.
pub fn on_read_timeout(sim: &mut Sim, id: ConnId) {
    let Some(conn) = sim.conns.get_mut(id) else { return };
    conn.work.timer_at.take_if(|at| *at == sim.now);
    let work = conn.work;
    match read_limit(sim, &work) {
        Some(limit) if work.stage == Stage::Reading && sim.now.since(work.since) >= limit => {
            let timer = if work.requests > 0 { Timer::ServerIdleTimeout } else { Timer::ReadHeaderTimeout };
            sim.note(id, What::Fires { timer, after: limit });
            sim.note(id, What::Closes { side: Side::Server, why: Why::Idle });
            close_connection(sim, id);
        }
        Some(_) if work.stage == Stage::Reading => start_read_timer(sim, id),
        _ => {}
    }
}

/// A live parameter of the server changed.
pub fn on_change(sim: &mut Sim) {
    if sim.params.listening != sim.listener.up {
        match (sim.params.listening, sim.params.stop) {
            (true, _) => listener::listen(sim),
            (false, Stop::Kill) => die(sim),
            (false, Stop::Shutdown) => shut_down(sim),
        }
    }
    hand_out_workers(sim);
}

/// The process is killed: its sockets close as the kernel closes them (T-30, T-42), its handlers are no more.
#[inline]
fn die(sim: &mut Sim) {
    for id in leave_accept_loop(sim) {
        let is_handled = matches!(sim.conns[id].work.stage, Stage::Handling { .. });
        if is_handled || sim.params.server == ServerKind::Workers {
            free_worker(sim, id);
        }
        count_handler_time(sim, id);
        sim.note(id, What::Closes { side: Side::Server, why: Why::Killed });
        close_socket(sim, id);
    }
}

/// http.Server.Shutdown (S-10): idle connections are closed at once, the others when their response is written. The
/// next process shares the workers with what is left of this one.
#[inline]
fn shut_down(sim: &mut Sim) {
    for id in leave_accept_loop(sim) {
        sim.conns[id].work.draining = true;
        match sim.conns[id].work {
            Work { stage: Stage::Reading, requests: 0, .. } => start_read_timer(sim, id),
            Work { stage: Stage::Reading, .. } => {
                sim.note(id, What::Closes { side: Side::Server, why: Why::Shutdown });
                close_connection(sim, id);
            }
            _ => {}
        }
    }
}

/// The listener is closed, and what the present process has accepted is no longer the present process's.
#[inline]
fn leave_accept_loop(sim: &mut Sim) -> Vec<ConnId> {
    listener::stop(sim);
    sim.server.open = 0;
    sim.server.accept_pause = None;
    sim.server.accept_sleeps_until = None;
    let is_present = |work: &Work| work.stage != Stage::None && !work.draining;
    sim.conns.iter().filter(|(_, conn)| is_present(&conn.work)).map(|(id, _)| id).collect()
}

/// The free worker with the lowest number takes this connection, or its request. All workers are alike: the number
/// only tells who looks which one it is.
fn take_worker(sim: &mut Sim, id: ConnId) {
    // Where none has come back, those with the numbers below are all busy.
    let number = sim.server.free_workers.take_lowest().unwrap_or(sim.server.busy as u16);
    sim.conns[id].work.worker = number;
    sim.server.busy += 1;
    sim.metrics.busy_workers.up(sim.now);
}

fn free_worker(sim: &mut Sim, id: ConnId) {
    sim.server.free_workers.put(sim.conns[id].work.worker);
    sim.server.busy -= 1;
    sim.metrics.busy_workers.down(sim.now);
}
