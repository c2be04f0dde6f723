//! Extreme but legal values: every parameter at both its ends, together with every other at both of its own.

use connlab::link;
use connlab::params::{Kind, PARAMS, ParamSpec, Value};
use connlab::scenario::Scenario;
use connlab::sim::Sim;
use connlab::time::SimDuration;

use super::invariants::{everything_adds_up, the_series_adds_up};

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
        panic!("{}: {broken}", link::encode(&scenario.clone().into()));
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

/// Legal settings that ask for more memory than there is, each in another way.
#[test]
fn a_run_that_would_take_all_memory_is_stopped_and_says_so() {
    for link in [
        // Requests that wait for a connection, for ever.
        "load=burst&burst=20000&burst-every=10ms&timeout=0s&max-conns=1&duration=600s",
        // Dials that go on when their requests have given up.
        "load=burst&burst=20000&burst-every=10ms&timeout=1ms&clients=50&loss=100%&dial-timeout=0s&duration=600s",
    ] {
        let scenario = link::scenario(link);
        let mut sim = Sim::new(&scenario);
        sim.log_requests();
        sim.run();
        let report = sim.report();
        assert!((0.1..2.0).contains(&report.simulated_s), "{link}: {} s", report.simulated_s);
        let [warning] = &report.warnings[..] else { panic!("{link}: {:?}", report.warnings) };
        assert!(warning.starts_with("The run was stopped at ") && warning.contains(" requests in flight and "));
        everything_adds_up(&scenario, &sim).expect(link);
        the_series_adds_up(&report).expect(link);
    }
}
