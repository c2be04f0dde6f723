//! The processors of a host: its programs need time on one, and wait for it where all are taken (M-31).
//!
//! Who runs next is decided as Go's scheduler does it (runtime/proc.go: ready, runqput, schedule): a goroutine that
//! another one makes ready runs next on the same processor; whoever is made ready by the kernel or by a timer goes to
//! the end of the run queue. So a caller who has read its response to the end is back for the next connection before
//! another response is read on that processor. Kernels take no time of their own: what they do for a packet is part of
//! the step that sends it.
//!
//! The pool of a client has a lock (Transport.idleMu). A goroutine that finds it taken spins as long as its processor
//! has nothing else to do (runtime.sync_runtime_canSpin), and is parked where others wait: it runs again at the end of
//! the queue, for its unlocker makes its own caller ready after it (runqput: the old `runnext` is kicked out). With one
//! processor nobody finds the lock taken.

use std::collections::VecDeque;

use super::client::AttemptId;
use super::event::Event;
use super::free_numbers::FreeNumbers;
use super::host::HostId;
use super::pool::go::{self, PconnId};
use super::scheduler::Rank;
use super::tcp::{ConnId, Side};
use super::trace::What;
use super::{Sim, pool, server};
use crate::params;
use crate::time::{SimDuration, SimTime};

/// The part of a step in which a program holds the lock of its pool: 1/20. Measured in processor profiles of Go 1.27.3
/// (4,000 requests/s by 100 callers): tryPutIdleConn and queueForIdleConn each take 2.6 % of a request's time, which is
/// that of two steps.
const LOCK_SHARE: u64 = 20;

/// What a program needs a processor for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProgramStep {
    /// A call that asks the pool for a connection, and writes its request: its way out.
    Acquire(AttemptId),
    /// A goroutine that calls connect().
    Connect(PconnId),
    /// A reader for which something has come, a response mostly: its way in.
    Read(PconnId),
    /// The accept loop, or a worker that waits in accept().
    Accept,
    /// A server's goroutine for which something has come, a request mostly: its way in.
    Serve(ConnId),
    /// The handler with this number has its response ready: its way out.
    Respond(ConnId, u8),
}

/// A step that waits for a processor, or is on one.
#[derive(Clone, Copy, Debug)]
struct Task {
    step: ProgramStep,
    /// It has had its time, and waited for the lock of the pool since.
    has_run: bool,
}

/// Names a processor: its host, and its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessorId {
    host: HostId,
    number: u32,
}

impl ProcessorId {
    /// The same as a number.
    pub fn bits(self) -> u64 {
        u64::from(self.host) << 32 | u64::from(self.number)
    }

    /// The processor with these [`ProcessorId::bits`].
    pub fn from_bits(bits: u64) -> ProcessorId {
        ProcessorId { host: (bits >> 32) as HostId, number: bits as u32 }
    }
}

/// One processor.
#[derive(Clone, Copy, Debug, Default)]
struct Processor {
    /// What runs on it.
    running: Option<Task>,
    /// What the last one that ran on it has made ready (runnext).
    next: Option<Task>,
}

/// The processors of a host.
#[derive(Clone, Debug, Default)]
pub struct Processors {
    /// What waits for any of them, oldest first.
    queue: VecDeque<Task>,
    /// By their numbers.
    processors: Vec<Processor>,
    /// Numbers that were taken and are free again.
    free: FreeNumbers,
    /// How many are taken.
    busy: u32,
    /// The one whose last step ended in this instant, and that has not gone on: what becomes ready now runs there.
    current: Option<u32>,
    /// Until when the lock of the pool is taken.
    locked_until: SimTime,
    /// Steps take time, or have taken some and are not all done: programs have to ask.
    are_charged: bool,
}

impl Processors {
    /// How many steps wait for one.
    pub fn queue(&self) -> u32 {
        self.queue.len() as u32
    }

    fn has_free(&self, cores: u32) -> bool {
        cores == 0 || self.busy < cores
    }

    /// Takes the free one with the lowest number.
    fn take(&mut self) -> u32 {
        // Where none has come back, those with the numbers below are all taken.
        let number = self.free.take_lowest().unwrap_or(self.busy);
        self.busy += 1;
        let count = self.processors.len().max(number as usize + 1);
        self.processors.resize(count, Processor::default());
        number
    }
}

/// Whose they are.
fn side(sim: &Sim, host: HostId) -> Side {
    if sim.hosts.is_server(host) { Side::Server } else { Side::Client }
}

/// What the parameters say of a host's processors.
fn capacity(sim: &Sim, host: HostId) -> params::Processors {
    sim.params.processors()[side(sim, host) as usize]
}

/// How many steps wait for a processor of this host, where those are limited.
pub fn run_queue(sim: &Sim, host: HostId) -> Option<u32> {
    let params::Processors { cores, step, .. } = capacity(sim, host);
    let queue = sim.hosts[host].processors.queue();
    (queue > 0 || (cores > 0 && !step.is_zero())).then_some(queue)
}

/// Whether programs on this host take no time, as all do where nothing else is said.
#[inline]
pub fn are_free(sim: &Sim, host: HostId) -> bool {
    !sim.hosts[host].processors.are_charged
}

/// A program takes its step as soon as it has a processor: at once, where that takes no time.
// Inlined, because the step is known where it is asked for.
#[inline(always)]
pub fn run(sim: &mut Sim, host: HostId, step: ProgramStep) {
    if are_free(sim, host) { perform(sim, host, step) } else { make_ready(sim, host, step) }
}

#[cold]
#[inline(never)]
fn make_ready(sim: &mut Sim, host: HostId, step: ProgramStep) {
    let task = Task { step, has_run: false };
    let cores = capacity(sim, host).cores;
    let processors = &mut sim.hosts[host].processors;
    let Some(current) = processors.current else {
        if !processors.has_free(cores) {
            return wait(sim, host, task);
        }
        let number = processors.take();
        return start(sim, ProcessorId { host, number }, task);
    };
    if let Some(kicked) = processors.processors[current as usize].next.replace(task) {
        wait(sim, host, kicked);
    }
}

/// Goes to the end of the run queue.
fn wait(sim: &mut Sim, host: HostId, task: Task) {
    let side = side(sim, host);
    let processors = &mut sim.hosts[host].processors;
    processors.queue.push_back(task);
    let position = processors.queue.len() as u32;
    sim.metrics.processors[side as usize].queue.up(sim.now);
    if !is_over(sim, task.step) {
        note(sim, task.step, What::WaitsForProcessor { side, position });
    }
}

/// A task has a processor.
fn start(sim: &mut Sim, id: ProcessorId, task: Task) {
    let ProcessorId { host, number } = id;
    let mean = capacity(sim, host).step;
    // Even between half of the mean and one and a half of it: a step's time is not known to the nanosecond.
    let time =
        if task.has_run || mean.is_zero() { SimDuration::ZERO } else { mean.half() + sim.processor_stream.up_to(mean) };
    let measured = &mut sim.metrics.processors[side(sim, host) as usize];
    if !task.has_run {
        measured.steps += 1;
        measured.expected_ns += u128::from(mean.as_nanos());
    }
    measured.busy.up(sim.now);
    sim.hosts[host].processors.processors[number as usize].running = Some(task);
    sim.at(sim.now + time, Rank::Program, Event::StepDone(id));
}

/// A step is done: its effect comes now, unless the pool's lock is taken. Then, behind all that goes on in this
/// instant, the processor does.
pub fn on_step_done(sim: &mut Sim, id: ProcessorId) {
    let ProcessorId { host, number } = id;
    let processors = &mut sim.hosts[host].processors;
    let task = processors.processors[number as usize].running.take().expect("a processor that is taken");
    processors.current = Some(number);
    let side = side(sim, host);
    sim.metrics.processors[side as usize].busy.down(sim.now);
    match needs_lock(task) && !take_lock(sim, host) {
        true => wait(sim, host, Task { has_run: true, ..task }),
        false if is_over(sim, task.step) => {}
        false => perform(sim, host, task.step),
    }
    sim.at(sim.now, Rank::Continuing, Event::NextStep(id));
}

/// Whether this task takes the lock of the pool. Who has waited for it gets it.
fn needs_lock(task: Task) -> bool {
    !task.has_run && matches!(task.step, ProgramStep::Acquire(_) | ProgramStep::Read(_))
}

/// Takes the lock of the pool; `false`: another processor has it, and there is something else to do here.
fn take_lock(sim: &mut Sim, host: HostId) -> bool {
    let mean = capacity(sim, host).step;
    let processors = &mut sim.hosts[host].processors;
    if sim.now < processors.locked_until && !processors.queue.is_empty() {
        return false;
    }
    processors.locked_until =
        processors.locked_until.max(sim.now) + SimDuration::from_nanos(mean.as_nanos() / LOCK_SHARE);
    true
}

/// The processor takes what its last step has made ready, then what has waited longest.
pub fn on_next_step(sim: &mut Sim, id: ProcessorId) {
    let ProcessorId { host, number } = id;
    let processors = &mut sim.hosts[host].processors;
    processors.current.take_if(|current| *current == number);
    let next = processors.processors[number as usize].next.take();
    let cores = capacity(sim, host).cores;
    let goes_on = cores == 0 || sim.hosts[host].processors.busy <= cores;
    let next = next.filter(|task| !is_over(sim, task.step));
    match next.or_else(|| goes_on.then(|| take_waiting(sim, host)).flatten()) {
        Some(task) => start(sim, id, task),
        None => {
            let processors = &mut sim.hosts[host].processors;
            processors.busy -= 1;
            processors.free.put(number);
            update_charge(sim, host);
        }
    }
}

/// The task that has waited longest and still has something to do.
fn take_waiting(sim: &mut Sim, host: HostId) -> Option<Task> {
    loop {
        let task = sim.hosts[host].processors.queue.pop_front()?;
        sim.metrics.processors[side(sim, host) as usize].queue.down(sim.now);
        if !is_over(sim, task.step) {
            return Some(task);
        }
    }
}

fn update_charge(sim: &mut Sim, host: HostId) {
    let takes_time = !capacity(sim, host).step.is_zero();
    let processors = &mut sim.hosts[host].processors;
    processors.are_charged = takes_time || processors.busy > 0;
}

/// The number of processors, or the time of a step, is another one from now on; called at the start, too.
pub fn on_change(sim: &mut Sim, host: HostId) {
    let params::Processors { cores, step, hosts } = capacity(sim, host);
    let side = side(sim, host);
    let limit = if step.is_zero() { 0 } else { cores * hosts };
    sim.metrics.processors[side as usize].capacity.set(sim.now, limit);
    update_charge(sim, host);
    while sim.hosts[host].processors.has_free(cores) {
        let Some(task) = take_waiting(sim, host) else { break };
        let number = sim.hosts[host].processors.take();
        start(sim, ProcessorId { host, number }, task);
    }
}

/// Whether there is nothing to do any more: the call or the connection is gone.
fn is_over(sim: &Sim, step: ProgramStep) -> bool {
    match step {
        ProgramStep::Acquire(attempt) => !sim.attempts.contains(attempt),
        ProgramStep::Connect(pconn) | ProgramStep::Read(pconn) => !sim.pconns.contains(pconn),
        ProgramStep::Serve(conn) | ProgramStep::Respond(conn, _) => !sim.conns.contains(conn),
        ProgramStep::Accept => false,
    }
}

/// Takes a step whose call or connection is there.
#[inline(always)]
fn perform(sim: &mut Sim, host: HostId, step: ProgramStep) {
    match step {
        ProgramStep::Acquire(attempt) => pool::acquire(sim, attempt),
        ProgramStep::Connect(pconn) => go::connect(sim, pconn),
        ProgramStep::Read(pconn) => go::on_readable(sim, pconn),
        ProgramStep::Accept => server::on_accept(sim, host),
        ProgramStep::Serve(conn) => server::serve(sim, conn),
        ProgramStep::Respond(conn, handler) => server::respond(sim, conn, handler),
    }
}

fn note(sim: &mut Sim, step: ProgramStep, what: What) {
    match step {
        ProgramStep::Acquire(attempt) => sim.note_attempt(attempt, what),
        ProgramStep::Connect(pconn) | ProgramStep::Read(pconn) => sim.note_pconn(pconn, what),
        ProgramStep::Serve(conn) | ProgramStep::Respond(conn, _) => sim.note(conn, what),
        ProgramStep::Accept => {}
    }
}
