//! Values of a limit that give the very same run: inside, the fingerprint is the same; outside it is another one.

use connlab::dead_zone::{self, Because, DeadZone};
use connlab::link;
use connlab::params::{Kind, ParamId, Value};
use connlab::preset::PRESETS;
use connlab::scenario::Scenario;
use connlab::sim::Sim;
use connlab::sim::report::{Report, Series};

fn run(scenario: &Scenario) -> (Report, Series) {
    let mut sim = Sim::new(scenario);
    sim.run();
    (sim.report(), sim.series())
}

fn with(scenario: &Scenario, param: ParamId, value: u64) -> Scenario {
    let mut scenario = scenario.clone();
    param.spec().set(&mut scenario.params, Value::Count(value));
    scenario
}

fn range(param: ParamId) -> (u64, u64) {
    let Kind::Count { min, max } = param.spec().kind else { panic!("{param:?} is a count") };
    (min, max)
}

/// All that is claimed of a zone: its smallest value, its largest and zero, if it has that, give the same run, with
/// the numbers that follow from the limit; the value below gives another one.
fn holds(link: &str, param: ParamId, zone: DeadZone) {
    let scenario = link::scenario(link);
    let (before, series) = run(&scenario);
    let ((min, max), name) = (range(param), param.spec().key);
    let inside = [zone.from.max(min), max].into_iter().chain(zone.has_zero.then_some(0));
    for value in inside {
        let other = with(&scenario, param, value);
        let (mut followed, mut drawn) = (before.clone(), series.clone());
        dead_zone::follow(&other, &mut followed, &mut drawn);
        let (report, series) = run(&other);
        assert_eq!(report.fingerprint, before.fingerprint, "{link}: {name}={value} in {zone:?}");
        // Which values were asked of a limit that others decide is no part of a run.
        followed.needs = report.needs;
        assert_eq!((followed, drawn), (report, series), "{link}: {name}={value}");
    }
    if zone.from > min.max(1) {
        let (report, _) = run(&with(&scenario, param, zone.from - 1));
        assert_ne!(report.fingerprint, before.fingerprint, "{link}: {name} below {zone:?}");
    }
}

fn zone(link: &str, param: ParamId) -> Option<DeadZone> {
    let scenario = link::scenario(link);
    DeadZone::of(&scenario, &run(&scenario).0, param)
}

/// A run for each limit that comes close to it, and its zone.
const CASES: [(&str, ParamId, bool); 14] = [
    ("rps=50&duration=5s&timeout=40ms&retries=20", ParamId::retries, false),
    ("p=healthy&duration=3s", ParamId::idle, false),
    ("p=healthy&duration=3s&max-idle=5000", ParamId::max_idle, true),
    ("p=healthy&duration=3s", ParamId::max_conns, true),
    ("p=healthy&duration=3s", ParamId::client_fds, true),
    ("p=healthy&duration=3s&nic-rate=2000", ParamId::nic_queue, false),
    ("rps=300&duration=5s&accepting=off&4s.accepting=on", ParamId::backlog, false),
    ("rps=300&duration=5s&accepting=off&4s.accepting=on", ParamId::somaxconn, false),
    ("rps=300&duration=5s&rtt=200ms&idle=0&syncookies=0", ParamId::syn_max, false),
    ("rps=300&duration=5s&workers=100", ParamId::workers, false),
    ("rps=300&duration=5s&workers=100&server=go", ParamId::workers, false),
    ("rps=300&duration=5s&workers=100&server-cores=2&server-cpu=1ms", ParamId::workers, false),
    ("p=healthy&duration=3s", ParamId::server_fds, true),
    ("rps=300&duration=5s&rtt=200ms&idle=0&loss=20%", ParamId::backlog, false),
];

#[test]
fn a_limit_that_was_not_reached_has_a_zone_and_its_edges_are_exact() {
    for (link, param, has_zero) in CASES {
        let zone = zone(link, param).unwrap_or_else(|| panic!("{link}: {param:?} has no zone"));
        assert_eq!(zone.has_zero, has_zero, "{link}");
        assert!(matches!(zone.because, Because::Reached(1.., _)), "{link}: {zone:?}");
        holds(link, param, zone);
    }
    let covered = dead_zone::params().all(|param| CASES.iter().any(|(_, of, _)| *of == param));
    assert!(covered, "a limit without a case");
}

#[test]
fn the_zones_of_all_presets_hold() {
    for preset in PRESETS {
        let scenario = link::scenario(preset.link);
        let (report, _) = run(&scenario);
        for param in dead_zone::params() {
            if let Some(zone) = DeadZone::of(&scenario, &report, param) {
                holds(preset.link, param, zone);
            }
        }
    }
}

#[test]
fn a_limit_that_is_reached_or_changes_has_no_zone_and_neither_has_half_a_run() {
    assert_eq!(zone("p=incident&duration=30s", ParamId::idle), None, "connections were closed for it");
    assert_eq!(zone("p=healthy&duration=3s&1s.idle=50", ParamId::idle), None);
    assert_eq!(zone("p=healthy&duration=3s", ParamId::rps), None, "it is no limit");
    let scenario = link::scenario("p=healthy&duration=3s");
    let mut sim = Sim::new(&scenario);
    sim.advance(connlab::time::SimTime::from_nanos(1_000_000_000), u32::MAX);
    assert_eq!(DeadZone::of(&scenario, &sim.report(), ParamId::idle), None);
}

#[test]
fn of_two_limits_the_larger_one_decides_nothing() {
    let link = "p=accept-queue&duration=30s&somaxconn=4096&backlog=10";
    let (decided, deciding) = (zone(link, ParamId::somaxconn), zone(link, ParamId::backlog));
    let because = Because::Other(ParamId::backlog);
    assert_eq!(decided, Some(DeadZone { from: 10, has_zero: false, because }));
    assert_eq!(deciding, None, "it is reached");
    holds(link, ParamId::somaxconn, decided.expect("a zone"));
}

#[test]
fn a_zone_says_why_and_where_it_begins() {
    let words = |link, param| zone(link, param).expect("a zone").words();
    let calm = "rps=300&duration=5s&accepting=off&4s.accepting=on";
    let queue = zone(calm, ParamId::somaxconn).expect("a zone");
    let Because::Reached(most, 4097) = queue.because else { panic!("{queue:?}") };
    let number = |n: u64| connlab::words::count(n);
    let expected =
        format!("Reached {} of 4,097: any value from {} gives this very run", number(most), number(queue.from));
    assert_eq!(words(calm, ParamId::somaxconn), expected);
    assert_eq!(
        words("p=healthy&duration=3s", ParamId::retries),
        "Not needed in this run: any value gives this very run"
    );
    let reached = words("p=healthy&duration=3s", ParamId::max_conns);
    assert!(reached.starts_with("Reached ") && !reached.contains(" of "), "{reached}");
    let other = words("p=accept-queue&duration=30s&somaxconn=4096&backlog=10", ParamId::somaxconn);
    assert_eq!(other, "listen() backlog is the smaller one: any value from 10 gives this very run");
}
