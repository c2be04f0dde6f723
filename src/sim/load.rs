//! The load: who asks when.
//!
//! Open: arrivals at a rate, whatever the answers do. Closed: callers send, wait, think. Burst: many at once, again and
//! again. Recorded: arrivals read from a file.

use super::client;
use super::recording::Recording;
use super::scheduler::Rank;
use super::{Event, Sim};
use crate::params::{Arrivals, Load, Params};
use crate::time::{SimDuration, SimTime};

/// What the load generator remembers.
#[derive(Clone, Debug, Default)]
pub struct LoadState {
    /// Requests begun: decides the host where hosts take turns.
    started: u64,
    /// When the next open-loop arrival is due.
    next: SimTime,
    /// Tells the present plan from one made at an earlier rate.
    plan: u32,
}

/// What the load generator does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LoadEvent {
    /// The next open-loop request of this plan arrives.
    Arrival(u32),
    /// A burst of requests.
    Burst,
    /// A closed-loop caller on this host has thought enough.
    Caller(u16),
    /// The recorded request with this number arrives.
    Recorded(u32),
}

/// Plans the first requests.
pub fn start(sim: &mut Sim) {
    if !sim.recording.arrivals.is_empty() {
        return plan_recorded(sim, 0);
    }
    match sim.params.load {
        Load::Open => plan_arrival(sim, SimTime::ZERO),
        Load::Burst => sim.at(SimTime::ZERO, Rank::Program, Event::Load(LoadEvent::Burst)),
        Load::Closed => {
            for caller in 0..sim.params.callers {
                let host = (caller % sim.params.clients) as u16;
                sim.at(SimTime::ZERO, Rank::Program, Event::Load(LoadEvent::Caller(host)));
            }
        }
    }
}

/// Handles an event of this layer.
pub fn on_event(sim: &mut Sim, event: LoadEvent) {
    if sim.now.since(SimTime::ZERO) >= sim.params.duration {
        return;
    }
    match event {
        LoadEvent::Arrival(plan) => {
            if plan == sim.load.plan {
                plan_arrival(sim, sim.now);
                let host = pick_host(sim);
                client::start_request(sim, host, false);
            }
        }
        LoadEvent::Burst => {
            sim.at(sim.now + sim.params.burst_every, Rank::Program, Event::Load(LoadEvent::Burst));
            for _ in 0..sim.params.burst {
                let host = pick_host(sim);
                client::start_request(sim, host, false);
            }
        }
        LoadEvent::Caller(host) => client::start_request(sim, host, true),
        LoadEvent::Recorded(number) => {
            plan_recorded(sim, number + 1);
            let host = pick_host(sim);
            client::start_request(sim, host, false);
        }
    }
}

/// Whether requests arrive at a rate.
pub fn is_open(params: &Params, recording: &Recording) -> bool {
    params.load == Load::Open && recording.arrivals.is_empty()
}

/// A closed-loop caller has an outcome, from its call after a `pause`, and thinks before the next request.
pub fn think(sim: &mut Sim, host: u16, pause: SimDuration) {
    let thinks = sim.think_stream.sample(sim.params.think, sim.params.think_shape());
    sim.after_pause(pause + thinks, Event::Load(LoadEvent::Caller(host)));
}

/// The rate changed at this instant: the wait that is left shrinks or grows with it, so that the arrivals are those
/// of a process whose rate has a step here. The random draws stay the same.
pub fn on_rate_change(sim: &mut Sim, old_rate: f64) {
    let left = sim.load.next.since(sim.now).as_secs_f64() * old_rate / sim.params.rps.as_f64();
    schedule_arrival(sim, sim.now + SimDuration::from_secs_f64(left));
}

fn plan_arrival(sim: &mut Sim, from: SimTime) {
    let mean = SimDuration::from_secs_f64(1.0 / sim.params.rps.as_f64());
    let gap = match sim.params.arrivals {
        Arrivals::Poisson => sim.arrival_stream.exponential(mean),
        Arrivals::Even => mean,
    };
    schedule_arrival(sim, from + gap);
}

fn schedule_arrival(sim: &mut Sim, at: SimTime) {
    sim.load.next = at;
    sim.load.plan += 1;
    sim.at(at, Rank::Program, Event::Load(LoadEvent::Arrival(sim.load.plan)));
}

fn plan_recorded(sim: &mut Sim, number: u32) {
    if let Some(at) = sim.recording.arrivals.get(number as usize) {
        sim.at(*at, Rank::Program, Event::Load(LoadEvent::Recorded(number)));
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
