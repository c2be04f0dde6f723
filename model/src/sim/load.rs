//! The load: who asks when.
//!
//! Open: arrivals at a rate, whatever the answers do. Closed: callers send, wait, think. Burst: many at once, again and
//! again. Recorded: arrivals read from a file.

use super::Sim;
use super::client::{self, Waits};
use super::event::Event;
use super::recording::Recording;
use super::scheduler::Rank;
use crate::params::{Arrivals, Load, Params};
use crate::time::{SimDuration, SimTime};

/// What the load generator remembers.
#[derive(Clone, Debug, Default)]
pub struct LoadState {
    /// Requests begun: decides the host where hosts take turns.
    started: u64,
    /// Mean time between open-loop arrivals.
    mean_gap: SimDuration,
    /// When the next open-loop arrival is due.
    next: SimTime,
    /// Tells the present plan from one made at an earlier rate.
    plan: u32,
}

/// Plans the first requests.
pub fn start(sim: &mut Sim) {
    if !sim.recording.arrivals.is_empty() {
        return plan_recorded(sim, 0);
    }
    match sim.params.load {
        Load::Open => {
            sim.load.mean_gap = mean_gap(&sim.params);
            plan_arrival(sim, SimTime::ZERO);
        }
        Load::Burst => sim.at(SimTime::ZERO, Rank::Program, Event::Burst),
        Load::Closed => {
            for caller in 0..sim.params.callers {
                let host = (caller % sim.params.clients) as u16;
                sim.at(SimTime::ZERO, Rank::Program, Event::Caller(host));
            }
        }
    }
}

/// The next open-loop request arrives, unless the rate has changed since it was planned.
pub fn on_arrival(sim: &mut Sim, plan: u32) {
    if plan == sim.load.plan && goes_on(sim) {
        plan_arrival(sim, sim.now);
        let host = pick_host(sim);
        client::start_request(sim, host, Waits::Nobody);
    }
}

/// A burst of requests, and the next one later.
pub fn on_burst(sim: &mut Sim) {
    if !goes_on(sim) {
        return;
    }
    sim.at(sim.now + sim.params.burst_every, Rank::Program, Event::Burst);
    for _ in 0..sim.params.burst {
        let host = pick_host(sim);
        client::start_request(sim, host, Waits::Nobody);
    }
}

/// A closed-loop caller on this host has thought enough.
pub fn on_caller(sim: &mut Sim, host: u16) {
    if goes_on(sim) {
        client::start_request(sim, host, Waits::Caller);
    }
}

/// The recorded request with this number arrives.
pub fn on_recorded(sim: &mut Sim, number: u32) {
    if goes_on(sim) {
        plan_recorded(sim, number + 1);
        let host = pick_host(sim);
        client::start_request(sim, host, Waits::Nobody);
    }
}

/// Whether the load's duration is not over.
fn goes_on(sim: &Sim) -> bool {
    sim.now.since(SimTime::ZERO) < sim.params.duration
}

/// Whether requests arrive at a rate.
pub fn is_open(params: &Params, recording: &Recording) -> bool {
    params.load == Load::Open && recording.arrivals.is_empty()
}

/// A closed-loop caller has an outcome, from its call after a `pause`, and thinks before the next request.
pub fn think(sim: &mut Sim, host: u16, pause: SimDuration) {
    let thinks = sim.think_stream.sample(sim.params.think, sim.params.think_shape());
    sim.after_pause(pause + thinks, Event::Caller(host));
}

/// The rate changed at this instant: the wait that is left shrinks or grows with it, so that the arrivals are those
/// of a process whose rate has a step here. The random draws stay the same.
pub fn on_rate_change(sim: &mut Sim, old_rate: f64) {
    sim.load.mean_gap = mean_gap(&sim.params);
    let left = sim.load.next.since(sim.now).as_secs_f64() * old_rate / sim.params.rps.as_f64();
    schedule_arrival(sim, sim.now + SimDuration::from_secs_f64(left));
}

fn mean_gap(params: &Params) -> SimDuration {
    SimDuration::from_secs_f64(1.0 / params.rps.as_f64())
}

fn plan_arrival(sim: &mut Sim, from: SimTime) {
    let mean = sim.load.mean_gap;
    let gap = match sim.params.arrivals {
        Arrivals::Poisson => sim.arrival_stream.exponential(mean),
        Arrivals::Even => mean,
    };
    schedule_arrival(sim, from + gap);
}

fn schedule_arrival(sim: &mut Sim, at: SimTime) {
    sim.load.next = at;
    sim.load.plan += 1;
    sim.at(at, Rank::Program, Event::Arrival(sim.load.plan));
}

fn plan_recorded(sim: &mut Sim, number: u32) {
    if let Some(at) = sim.recording.arrivals.get(number as usize) {
        sim.at(*at, Rank::Program, Event::Recorded(number));
    }
}

/// Poisson arrivals fall on the hosts at random, so that each host sees a Poisson stream; others take turns.
fn pick_host(sim: &mut Sim) -> u16 {
    let clients = u64::from(sim.params.clients);
    let turn = sim.load.started % clients;
    sim.load.started += 1;
    let at_random = clients > 1 && is_open(&sim.params, &sim.recording) && sim.params.arrivals == Arrivals::Poisson;
    if at_random { (sim.arrival_stream.unit() * clients as f64) as u16 } else { turn as u16 }
}
