//! Remedies are measured: what is recommended cures, and where nothing does, that is said.

use std::collections::BTreeMap;

use connlab::link;
use connlab::params::Group;
use connlab::preset::PRESETS;
use connlab::remedy::{Effect, Remedy, Verdict, best, remedies, summary};
use connlab::scenario::Scenario;
use connlab::sim::Sim;
use connlab::sim::error::{ERRORS, ErrorKind};
use connlab::sim::report::Report;

use crate::error_classes::REACHED_BY;

/// Runs, each link once.
#[derive(Default)]
struct Runs(BTreeMap<String, Report>);

impl Runs {
    fn of(&mut self, scenario: &Scenario) -> Report {
        let run = || {
            let mut sim = Sim::new(scenario);
            sim.run();
            sim.report()
        };
        self.0.entry(link::encode(scenario)).or_insert_with(run).clone()
    }

    fn measure(&mut self, scenario: &Scenario, class: ErrorKind) -> (Vec<Remedy>, Vec<Effect>) {
        let before = self.of(scenario);
        let remedies = remedies(scenario, class);
        let effects = remedies.iter().map(|it| Effect::between(class, &before, &self.of(&it.scenario))).collect();
        (remedies, effects)
    }
}

/// A class and its link, from [`REACHED_BY`], that no single setting removes, and why.
const NO_CURE: &[(&str, &str)] = &[
    ("server-closed-idle", "the link is overloaded, too: who is spared this error runs into Client.Timeout"),
    ("dial-timeout", "nobody ever accepts a connection"),
    ("connect-timeout", "nobody ever accepts a connection"),
    ("refused", "nobody ever listens"),
    ("breaker-open", "nobody ever listens, so the breaker is right"),
];

/// What all remedies of a class do, a line each, and which is the best.
fn measured(runs: &mut Runs, scenario: &Scenario, class: ErrorKind) -> (Option<usize>, String) {
    let (remedies, effects) = runs.measure(scenario, class);
    let mut text = format!("{}: {}\n", class.class(), summary(&remedies, &effects));
    for (remedy, effect) in remedies.iter().zip(&effects) {
        text += &format!("  {} {:?} {}\n", remedy.title, effect.verdict(), effect.sentence());
    }
    let best = best(&effects);
    assert!(best.is_none_or(|index| effects[index].class.1 * 20 < effects[index].class.0), "{text}");
    (best, text)
}

#[test]
fn every_class_of_every_preset_has_a_measured_cure() {
    let check = |scenario: Scenario, name: &str| {
        let mut runs = Runs::default();
        for row in runs.of(&scenario).errors {
            let (best, text) = measured(&mut runs, &scenario, row.kind);
            println!("{name}: {text}");
            assert!(best.is_some(), "{name}: {text}");
        }
    };
    std::thread::scope(|scope| {
        PRESETS.iter().for_each(|preset| {
            scope.spawn(|| check(preset.scenario(), preset.name));
        });
    });
}

#[test]
fn every_class_of_the_error_table_has_a_measured_cure_or_a_reason() {
    let mut wrong = String::new();
    for (class, link) in REACHED_BY {
        let kind = ErrorKind::named(class).expect("a class");
        let is_rare = link.contains("load=closed");
        let shorter = if is_rare || link.contains("duration") { "" } else { "&duration=12s" };
        let scenario = link::decode(&format!("{link}{shorter}")).scenario;
        let (best, text) = measured(&mut Runs::default(), &scenario, kind);
        println!("{link}: {text}");
        if best.is_none() != NO_CURE.iter().any(|(of, _)| of == class) {
            wrong += &format!("{link}: {text}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_change_reaches_the_timetable_and_names_what_was_there() {
    let scenario = link::decode("p=incident").scenario;
    let all = remedies(&scenario, ErrorKind::Reset);
    let service = all.iter().find(|remedy| remedy.changes[0].0 == "service").expect("a remedy");
    assert_eq!(service.title, "service time 30ms, then 50ms → 25ms");
    assert_eq!(link::encode(&service.scenario), "v=1&p=incident&service=25ms&20s.service=25ms");
    assert_eq!(service.owner, Group::Server);
}

#[test]
fn the_setting_that_binds_the_accept_queue_is_the_one_to_change() {
    for (link, changes) in [
        ("somaxconn=128", &["somaxconn 4096"][..]),
        ("backlog=64", &["backlog 4096"]),
        ("backlog=128&somaxconn=128", &["backlog 2048", "somaxconn 2048"]),
        ("backlog=65535&somaxconn=65535", &[]),
    ] {
        let all = remedies(&link::decode(link).scenario, ErrorKind::DialTimeout);
        let queue = all.iter().find(|remedy| ["backlog", "somaxconn"].contains(&remedy.changes[0].0));
        let found = queue.map(|remedy| remedy.changes.iter().map(|(key, to)| format!("{key} {to}")).collect());
        assert_eq!(found.unwrap_or_else(Vec::new), changes, "{link}");
    }
}

/// No remedy does nothing, none is there twice, each is legal and one row's affair.
#[test]
fn remedies_are_changes() {
    for link in ["", "retries=3&idle=100&workers=64&method=POST", "p=restart", "p=jitter", "p=stale-keepalive"] {
        let scenario = link::decode(link).scenario;
        for spec in ERRORS {
            let all = remedies(&scenario, spec.kind);
            assert!(all.iter().any(|remedy| remedy.popular), "{link}: what people try with {}", spec.class);
            let mut links: Vec<String> = all.iter().map(|remedy| link::encode(&remedy.scenario)).collect();
            for changed in &links {
                assert_ne!(*changed, link::encode(&scenario), "{link}: {}", spec.class);
                assert_eq!(link::decode(changed).warnings, [], "{changed}");
            }
            links.sort();
            links.dedup();
            assert_eq!(links.len(), all.len(), "{link}: {}", spec.class);
        }
    }
}

#[test]
fn an_effect_is_called_what_it_is() {
    let effect = |class, failed| Effect { class, failed, in_flight: (0, 0), p99_ms: (1.0, 1.0) };
    let verdict = |class, failed| effect(class, failed).verdict();
    assert_eq!(verdict((50, 0), (86, 21)), Verdict::Cures);
    assert_eq!(verdict((50, 0), (86, 86)), Verdict::Renames);
    assert_eq!(verdict((50, 14), (86, 50)), Verdict::Helps);
    assert_eq!(verdict((17, 17), (17, 17)), Verdict::Useless);
    assert_eq!(verdict((50, 0), (86, 500)), Verdict::Harms);
    let waiting = Effect { in_flight: (0, 48), ..effect((50, 0), (50, 0)) };
    assert_eq!(waiting.verdict(), Verdict::Renames);
    assert_eq!(best(&[effect((50, 0), (86, 86)), effect((50, 14), (86, 50))]), None);
    assert_eq!(best(&[effect((50, 0), (86, 40)), effect((50, 1), (86, 1))]), Some(1));
}

#[test]
fn the_summary_names_the_owner() {
    let mut runs = Runs::default();
    let mut of = |link: &str, class| {
        let (remedies, effects) = runs.measure(&link::decode(link).scenario, class);
        summary(&remedies, &effects)
    };
    let restart = of("p=restart", ErrorKind::Refused);
    assert!(restart.starts_with("Cured by retries 0 → 8. This error "), "{restart}");
    assert!(restart.ends_with("No server setting removes this one: the owner is your code."), "{restart}");
    let down = of("listening=off&duration=2s", ErrorKind::Refused);
    assert_eq!(down, "No single setting removes this one.");
    let stale = of("p=stale-keepalive", ErrorKind::Eof);
    assert!(stale.starts_with("Cured by IdleConnTimeout 90s → 4s.") && !stale.contains("owner"), "{stale}");
}
