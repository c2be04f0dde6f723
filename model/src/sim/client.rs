//! The program that calls `http.Client`: a request's life from arrival to outcome.
//!
//! A request (what the user wants) is tried in attempts (calls of `Client.Do`) with waits between them. Attempts and
//! the server's work on them are separate records with separate owners: that a caller's time-out does not stop the
//! server is the very thing to be seen (M-9).

use super::Sim;
use super::effort::{self, Effort};
use super::error::{ErrorKind, Wording};
use super::event::Event;
use super::failures::Failure;
use super::host::HostId;
use super::load;
use super::pool::go::{PconnId, TicketId};
use super::pool::{self, Pool};
use super::processors::{self, ProgramStep};
use super::retry::{self, Breaker, Budget};
use super::scheduler::Rank;
use super::trace::{Timer, What};
use crate::arena::Id;
use crate::params::GoVersion;
use crate::time::{SimDuration, SimTime};

/// Names a request.
pub type RequestId = Id<Request>;
/// Names an attempt.
pub type AttemptId = Id<Attempt>;

/// Who waits for the outcome of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waits {
    /// Nobody whose next request depends on it: an open load, a burst, a recording.
    Nobody,
    /// A closed-loop caller.
    Caller,
}

/// What a user wants.
#[derive(Clone, Debug)]
pub struct Request {
    pub host: HostId,
    /// It is the n-th that arrived, from 1.
    pub number: u32,
    /// When it arrived.
    pub arrived: SimTime,
    /// Who is back with the next request when it has its outcome.
    waits: Waits,
    /// Attempts begun.
    attempts: u32,
    /// The attempt under way; none while waiting to retry.
    pub attempt: Option<AttemptId>,
    /// Its context has ended: no attempt follows.
    is_over: bool,
    /// The last wait before a retry, for decorrelated jitter.
    waited: Option<SimDuration>,
    /// The connection that its last attempt was on, or was dialing.
    connection: Option<u32>,
}

/// One call of `Client.Do`.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// What it is an attempt at.
    pub request: RequestId,
    /// The client host it runs on.
    pub host: HostId,
    /// When it began.
    begun: SimTime,
    /// It waits for a connection.
    pub ticket: Option<TicketId>,
    /// Its request is on this connection.
    pub pconn: Option<PconnId>,
    /// The dial it started last.
    pub dial: Option<PconnId>,
    /// The connection it is on, was on or is dialing.
    pub connection: Option<u32>,
    /// When ResponseHeaderTimeout is over.
    pub headers_due: SimTime,
}

/// What became of a request: one row of the request log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// When it arrived.
    pub arrived: SimTime,
    /// When it had its outcome.
    pub ended: SimTime,
    /// The client host it came from.
    pub host: HostId,
    /// Application attempts it took.
    pub attempts: u32,
    /// The error it ended with; `None` for a response.
    pub error: Option<ErrorKind>,
}

/// Descriptors a client process has besides its connections: three standard streams, epoll, eventfd (T-70).
pub const OWN_DESCRIPTORS: u32 = 5;

/// The program on a host that calls.
#[derive(Clone, Debug, Default)]
pub struct Client {
    /// Sockets it has open.
    pub sockets: u32,
    /// The connections its HTTP library keeps.
    pub pool: Pool,
    /// What it remembers between requests.
    pub policy: Policy,
}

impl Client {
    /// How many descriptors it has with one more.
    pub fn descriptors_with_next(&self) -> u32 {
        self.sockets + OWN_DESCRIPTORS + 1
    }
}

/// What a client program remembers between requests.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    budget: Budget,
    breaker: Breaker,
    effort: Effort,
}

impl Policy {
    /// Since when its breaker is open.
    pub fn breaker_open_since(&self) -> Option<SimTime> {
        self.breaker.open_since()
    }
}

/// A request arrives on a client host.
pub fn start_request(sim: &mut Sim, host: HostId, waits: Waits) {
    sim.metrics.offered(sim.now);
    let share = sim.params.retry_budget;
    sim.hosts[host].client.policy.budget.on_request(share);
    let id = sim.requests.insert(Request {
        host,
        number: sim.metrics.requests.offered as u32,
        arrived: sim.now,
        waits,
        attempts: 0,
        attempt: None,
        is_over: false,
        waited: None,
        connection: None,
    });
    sim.note_request(id, What::Arrives);
    if let Some(deadline) = sim.params.deadline.non_zero() {
        sim.at(sim.now + deadline, Rank::Timer, Event::Deadline(id));
    }
    if let Some(mean) = sim.params.patience.non_zero() {
        let patience = sim.patience_stream.exponential(mean);
        sim.at(sim.now + patience, Rank::Timer, Event::GiveUp(id));
    }
    start_attempt(sim, id);
}

/// The wait before a retry is over.
pub fn on_retry(sim: &mut Sim, id: RequestId) {
    if sim.requests.contains(id) {
        sim.metrics.attempts.application_retries += 1;
        start_attempt(sim, id);
    }
}

fn start_attempt(sim: &mut Sim, id: RequestId) {
    let request = &mut sim.requests[id];
    request.attempts += 1;
    let host = request.host;
    let attempt = sim.attempts.insert(Attempt {
        request: id,
        host,
        begun: sim.now,
        ticket: None,
        pconn: None,
        dial: None,
        connection: None,
        headers_due: SimTime::ZERO,
    });
    sim.requests[id].attempt = Some(attempt);
    sim.note_attempt(attempt, What::AttemptBegins(sim.requests[id].attempts));
    sim.metrics.attempts.application += 1;
    let (threshold, open_for) = (sim.params.breaker, sim.params.breaker_open);
    if !sim.hosts[host].client.policy.breaker.admits(sim.now, threshold, open_for) {
        let wording = sim.wording(host, None);
        return on_attempt_failed(sim, attempt, ErrorKind::BreakerOpen, wording);
    }
    if let Some(timeout) = sim.params.timeout.non_zero() {
        sim.at(sim.now + timeout, Rank::Timer, Event::ClientTimeout(attempt));
    }
    processors::run(sim, host, ProgramStep::Acquire(attempt));
}

/// The attempt has its response.
pub fn on_attempt_succeeded(sim: &mut Sim, id: AttemptId) {
    record_for_breaker(sim, id, false);
    let request = end_attempt(sim, id);
    end_request(sim, request, None, SimDuration::ZERO);
}

/// The attempt failed: in the Transport, or before it, by the open breaker.
pub fn on_attempt_failed(sim: &mut Sim, id: AttemptId, kind: ErrorKind, wording: Wording) {
    if kind != ErrorKind::BreakerOpen {
        record_for_breaker(sim, id, true);
    }
    let Attempt { request, begun, .. } = sim.attempts[id];
    let number = sim.requests[request].attempts;
    sim.metrics.first_attempts_failed += u64::from(number == 1);
    sim.metrics.attempt_failed(sim.now, kind, &wording);
    sim.note_request(request, What::AttemptFails { number, error: kind });
    end_attempt(sim, id);
    let wait = wait_before_retry(sim, request);
    let pause = returns_after(sim, request, begun, kind);
    let Some(wait) = wait else { return fail_request(sim, request, kind, wording, pause) };
    sim.requests[request].waited = Some(wait);
    sim.note_request(request, What::BacksOff(wait));
    sim.after_pause(wait + pause, Event::Retry(request));
}

#[inline(always)]
fn record_for_breaker(sim: &mut Sim, id: AttemptId, failed: bool) {
    let (host, threshold) = (sim.attempts[id].host, sim.params.breaker);
    sim.hosts[host].client.policy.breaker.record(sim.now, threshold, failed);
}

/// How much longer a call that has failed now keeps its caller (M-30). In a closed load one such call takes the
/// processor after the other. An open one does not run away: its calls are as many as arrive, and processors are
/// enough.
#[inline(always)]
fn returns_after(sim: &mut Sim, request: RequestId, begun: SimTime, kind: ErrorKind) -> SimDuration {
    let time = effort::of_failure(kind, &sim.params);
    let &Request { host, waits, .. } = &sim.requests[request];
    let at = match waits {
        Waits::Caller => sim.hosts[host].client.policy.effort.returns_at(begun, sim.now, time),
        Waits::Nobody => begun + time,
    };
    at.since(sim.now)
}

/// How long to wait before the next attempt; `None` if there is none.
fn wait_before_retry(sim: &mut Sim, id: RequestId) -> Option<SimDuration> {
    let request = &sim.requests[id];
    if request.is_over || !sim.metrics.needs.retries.admits(request.attempts, sim.params.retries) {
        return None;
    }
    let policy = &mut sim.hosts[request.host].client.policy;
    if !policy.budget.allows_retry(sim.params.retry_budget) {
        sim.note_request(id, What::NoBudget);
        return None;
    }
    Some(retry::wait(&sim.params, request.attempts - 1, request.waited, &mut sim.backoff_stream))
}

#[inline(always)]
fn end_attempt(sim: &mut Sim, id: AttemptId) -> RequestId {
    pool::release(sim, id);
    let attempt = sim.attempts.remove(id).expect("an attempt ends once");
    let request = &mut sim.requests[attempt.request];
    request.attempt = None;
    request.connection = attempt.connection;
    attempt.request
}

/// The request fails; its caller goes on after a `pause`.
fn fail_request(sim: &mut Sim, id: RequestId, kind: ErrorKind, wording: Wording, pause: SimDuration) {
    let &Request { number, arrived, attempts, connection, .. } = &sim.requests[id];
    let failure = Failure { request: number, kind, arrived, ended: sim.now, attempts, connection };
    sim.metrics.failed(failure, &wording);
    end_request(sim, id, Some((kind, wording)), pause);
}

fn end_request(sim: &mut Sim, id: RequestId, error: Option<(ErrorKind, Wording)>, pause: SimDuration) {
    sim.note_end(id, error);
    let error = error.map(|(kind, _)| kind);
    let ended = sim.requests.remove(id).expect("a request ends once");
    let &Request { number, host, arrived, waits, attempts, .. } = ended;
    sim.metrics.sojourn_ns += u128::from(sim.now.since(arrived).as_nanos());
    let dialer = sim.metrics.dialing.take_if(|dialing| *dialing == number);
    if error.is_none() {
        sim.metrics.dialer = dialer.or(sim.metrics.dialer);
        sim.metrics.succeeded(sim.now, number, sim.now.since(arrived));
    }
    if let Some(log) = &mut sim.request_log {
        log.push(Outcome { arrived, ended: sim.now, host, attempts, error });
    }
    if waits == Waits::Caller {
        load::think(sim, host, pause);
    }
}

/// Client.Timeout covers every phase before the response (C-32). What has arrived wins (C-19).
pub fn on_timeout(sim: &mut Sim, id: AttemptId) {
    let Some(attempt) = sim.attempts.get(id) else { return };
    if attempt.pconn.is_some_and(|pconn| pool::is_being_read(sim, pconn)) {
        return sim.at(sim.now, Rank::Program, Event::ClientTimeout(id));
    }
    sim.note_attempt(id, What::Fires { timer: Timer::ClientTimeout, after: sim.params.timeout });
    cancel(sim, id, ErrorKind::ClientTimeout);
}

/// The context's deadline (E14).
pub fn on_deadline(sim: &mut Sim, id: RequestId) {
    on_context_end(sim, Event::Deadline(id), id, ErrorKind::Deadline);
}

/// The caller gives up (E15).
pub fn on_give_up(sim: &mut Sim, id: RequestId) {
    on_context_end(sim, Event::GiveUp(id), id, ErrorKind::Canceled);
}

/// The context of a request ends: so does the attempt under way, or the wait for the next one.
fn on_context_end(sim: &mut Sim, event: Event, id: RequestId, kind: ErrorKind) {
    let Some(&Request { host, arrived, attempt, .. }) = sim.requests.get(id) else { return };
    let timer = if kind == ErrorKind::Deadline { Timer::Deadline } else { Timer::Patience };
    let after = sim.now.since(arrived);
    let Some(attempt) = attempt else {
        sim.note_request(id, What::Fires { timer, after });
        return fail_request(sim, id, kind, sim.wording(host, None), SimDuration::ZERO);
    };
    if sim.attempts[attempt].pconn.is_some_and(|pconn| pool::is_being_read(sim, pconn)) {
        return sim.at(sim.now, Rank::Program, event);
    }
    sim.requests[id].is_over = true;
    sim.note_request(id, What::Fires { timer, after });
    cancel(sim, attempt, kind);
}

/// Ends an attempt from outside.
fn cancel(sim: &mut Sim, id: AttemptId, kind: ErrorKind) {
    let attempt = &sim.attempts[id];
    let conn = attempt.pconn.and_then(|pconn| sim.pconns.get(pconn)).and_then(|pconn| pconn.conn);
    let kind = match sim.params.go {
        // The connection is closed under its reader, whose error is all there is to see (U-7). A deadline, of which Go
        // 1.4 knew nothing, keeps its class.
        GoVersion::Go1_4 if attempt.pconn.is_some() && kind != ErrorKind::Deadline => ErrorKind::Closed,
        _ => kind,
    };
    // Go 1.22 dials with the context of the request: its deadline is the socket's, too, whose timer wakes the dialer
    // itself (net/fd_unix.go), while the context's starts a goroutine first: the dialer is mostly first (E13).
    let in_connect = sim.params.go == GoVersion::Go1_22 && pool::is_dialing(sim, attempt);
    let wording = Wording { in_connect, ..sim.wording(attempt.host, conn) };
    pool::cancel(sim, id, kind, wording);
}
