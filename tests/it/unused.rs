//! A parameter of which the table says that it does nothing does nothing: the run is the same to the last event.

use connlab::link;
use connlab::params::used::RULES;
use connlab::params::{Kind, PARAMS, ParamId, ParamSpec, Value};
use connlab::scenario::Scenario;
use connlab::sim::Sim;

/// For every rule a run to which it applies, and what decides.
const CASES: &[(ParamId, &str)] = &[
    (ParamId::load, "load=closed&callers=5&think=20ms&think-dist=lognormal"),
    (ParamId::load, "load=burst&burst=30"),
    (ParamId::load, "load=open"),
    (ParamId::think, "load=closed&callers=5&think=0s"),
    (ParamId::think_dist, "load=closed&callers=5&think=20ms&think-dist=exp"),
    (ParamId::service_dist, "service-dist=fixed"),
    (ParamId::service, "service=0s&rps=900"),
    (ParamId::method, "p=stale-keepalive&method=GET&think=200ms&server-idle-timeout=200ms"),
    (ParamId::rewindable, "p=stale-keepalive&think=200ms&server-idle-timeout=200ms"),
    (ParamId::rewindable, "p=stale-keepalive&rewindable=off&upload=5ms&think=200ms&server-idle-timeout=200ms"),
    (ParamId::retries, "rps=900&timeout=300ms"),
    (ParamId::backoff, "rps=900&timeout=300ms&retries=2&backoff=none"),
    (ParamId::backoff, "rps=900&timeout=300ms&retries=2&backoff=fixed&jitter=decorrelated"),
    (ParamId::backoff_base, "rps=900&timeout=300ms&retries=2&backoff-base=0s"),
    (ParamId::breaker, "rps=900&timeout=300ms"),
    (ParamId::keepalive, "keepalive=off&server=go"),
    (ParamId::keepalive, "keepalive=off&server=workers"),
    (ParamId::keepalive, "p=stale-keepalive&keepalive=off"),
    (ParamId::keepalive, "server=go&rps=900&max-requests=5&server-idle-timeout=5ms&stop=shutdown&1s.listening=off"),
    (ParamId::go, "go=1.4&idle=20"),
    (ParamId::go, "p=stale-keepalive&go=1.4&think=200ms&server-idle-timeout=200ms"),
    (ParamId::idle, "idle=0"),
    (ParamId::nic_rate, "rps=900"),
    (ParamId::syncookies, "rps=900&keepalive=off&backlog=4&syncookies=1"),
    (ParamId::syncookies, "rps=900&keepalive=off&backlog=4&syncookies=2"),
    (ParamId::os, "rps=900&keepalive=off&backlog=4&os=bsd"),
    (ParamId::listening, "stop=kill&1s.accepting=off"),
];

fn scenario(text: &str) -> Scenario {
    let decoded = link::decode(&format!("{text}&duration=2s"));
    assert!(decoded.warnings.is_empty(), "{text}: {:?}", decoded.warnings);
    decoded.recipe.scenario
}

fn fingerprint(scenario: &Scenario) -> String {
    let mut sim = Sim::new(scenario);
    sim.run();
    sim.report().fingerprint
}

/// Values far from each other.
fn values(spec: &ParamSpec) -> Vec<Value> {
    let stops = spec.stops();
    match spec.kind {
        Kind::Switch => vec![Value::Switch(false), Value::Switch(true)],
        Kind::Choice(names) => names.iter().map(|name| Value::Choice(name)).collect(),
        _ => [0, stops.len() / 2, stops.len() - 1].map(|i| stops[i]).to_vec(),
    }
}

#[test]
fn what_is_said_to_do_nothing_changes_no_event() {
    for (decider, text) in CASES {
        let before = scenario(text);
        let (unused, expected) = (before.unused(), fingerprint(&before));
        let params = RULES.iter().filter(|rule| rule.decider == *decider).flat_map(|rule| rule.params);
        for param in params.filter(|param| unused[**param as usize].is_some()) {
            for value in values(param.spec()) {
                let mut changed = before.clone();
                param.spec().set(&mut changed.params, value);
                assert_eq!(fingerprint(&changed), expected, "{text} with {}={value}", param.spec().key);
            }
        }
    }
}

#[test]
fn every_rule_is_among_the_runs_above() {
    for rule in RULES {
        let decider = rule.decider.spec();
        for param in rule.params {
            let applies = CASES.iter().filter(|(case, _)| *case == rule.decider).any(|(_, text)| {
                let scenario = scenario(text);
                let value = decider.describe(decider.get(&scenario.params));
                scenario.unused()[*param as usize] == Some(format!("{} {value}", rule.because))
            });
            assert!(applies, "{} is never unused because of {}", param.spec().key, decider.key);
        }
    }
}

#[test]
fn a_parameter_that_acts_in_a_part_of_the_run_is_not_said_to_do_nothing() {
    let unused = |text: &str, param: ParamId| {
        let scenario = link::scenario(text);
        scenario.unused()[param as usize].clone()
    };
    assert_eq!(unused("retries=0", ParamId::jitter).as_deref(), Some("retries are 0"));
    assert_eq!(unused("retries=0&30s.retries=2", ParamId::jitter), None);
    assert_eq!(unused("retries=0&90s.retries=2", ParamId::jitter).as_deref(), Some("retries are 0"), "after the end");
    assert_eq!(unused("p=stale-keepalive", ParamId::rps).as_deref(), Some("load is closed"));
    assert_eq!(unused("p=restart", ParamId::stop), None);
}

#[test]
fn seven_or_eight_settings_are_prominent_whatever_the_load() {
    for (load, count) in [("open", 7), ("closed", 8), ("burst", 8)] {
        let unused = link::scenario(&format!("load={load}")).unused();
        let shown = (0..PARAMS.len()).filter(|&i| PARAMS[i].prominent && unused[i].is_none()).count();
        assert_eq!(shown, count, "{load}");
    }
}
