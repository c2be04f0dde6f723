//! Extreme but legal values: every parameter at both its ends, together with every other at both of its own.

use connlab::link;
use connlab::params::{Kind, PARAMS, ParamSpec, Value};
use connlab::scenario::Scenario;
use connlab::sim::Sim;
use connlab::time::SimDuration;

use super::invariants::everything_adds_up;

/// The start of a run: connections are made, requests sent, timers of milliseconds go off.
const EVENTS: u32 = 3_000;

/// Both ends of a row's range; of a choice, everything.
fn ends(spec: &'static ParamSpec) -> Vec<Value> {
    match spec.kind {
        Kind::Switch => vec![Value::Switch(false), Value::Switch(true)],
        Kind::Choice(names) => names.iter().map(|name| Value::Choice(name)).collect(),
        _ => {
            let stops = spec.stops();
            vec![stops[0], stops[stops.len() - 1]]
        }
    }
}

fn runs(scenario: &Scenario) {
    let mut sim = Sim::new(scenario);
    sim.log_requests();
    sim.advance(sim.end(), EVENTS);
    if let Err(broken) = everything_adds_up(scenario, &sim) {
        panic!("{}: {broken}", link::encode(scenario));
    }
}

#[test]
fn every_pair_of_parameters_runs_at_all_their_ends() {
    let mut scenario = Scenario::default();
    scenario.params.duration = SimDuration::from_secs(1);
    for (i, first) in PARAMS.iter().enumerate() {
        for one in ends(first) {
            for second in &PARAMS[i + 1..] {
                for other in ends(second) {
                    let mut scenario = scenario.clone();
                    first.set(&mut scenario.params, one);
                    second.set(&mut scenario.params, other);
                    runs(&scenario);
                }
            }
        }
    }
}
