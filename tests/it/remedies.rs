//! Remedies are measured: what is recommended cures, and where nothing does, that is said.

use connlab::link::{self, Recipe};
use connlab::params::{Group, ParamId};
use connlab::preset::PRESETS;
use connlab::remedy::{Effect, Means, Remedy, Symptom, Verdict, ranked, remedies, text};
use connlab::scenario::Scenario;
use connlab::sim::Sim;
use connlab::sim::error::{ERRORS, ErrorKind};
use connlab::sim::report::Report;

use crate::error_classes::REACHED_BY;

/// Runs, each scenario once.
#[derive(Default)]
struct Runs(Vec<(Scenario, Report)>);

impl Runs {
    fn of(&mut self, scenario: &Scenario) -> Report {
        if let Some((_, report)) = self.0.iter().find(|(known, _)| known == scenario) {
            return report.clone();
        }
        let mut sim = Sim::new(scenario);
        sim.run();
        self.0.push((scenario.clone(), sim.report()));
        sim.report()
    }

    fn measure(&mut self, scenario: &Scenario, class: ErrorKind) -> (Vec<Remedy>, Vec<Effect>) {
        let before = self.of(scenario);
        let subject = Symptom::Errors(class);
        let remedies = remedies(scenario, subject);
        let effects = remedies.iter().map(|it| Effect::between(subject, &before, &self.of(&it.scenario))).collect();
        (remedies, effects)
    }
}

/// A class and its link, from [`REACHED_BY`], that no single setting removes, and why.
const NO_CURE: &[(&str, &str)] = &[
    ("server-closed-idle", "the link is overloaded, too: who is spared this error runs into Client.Timeout"),
    ("refused", "nobody ever listens"),
    ("breaker-open", "nobody ever listens, so the breaker is right"),
];

/// Whether any remedy of a class cures it, and a line for each.
fn measured(runs: &mut Runs, scenario: &Scenario, class: ErrorKind) -> (bool, String) {
    let (remedies, effects) = runs.measure(scenario, class);
    let text = text(class.class(), &remedies, &effects);
    for effect in effects.iter().filter(|effect| effect.verdict() == Verdict::Cures) {
        assert!(effect.subject.1 < effect.subject.0 && effect.failed.1 < effect.failed.0, "both fall: {text}");
    }
    (effects.iter().any(|effect| effect.verdict() == Verdict::Cures), text)
}

#[test]
fn every_class_of_every_preset_has_a_measured_cure() {
    let check = |scenario: Scenario, name: &str| {
        let mut runs = Runs::default();
        for row in runs.of(&scenario).errors {
            let (cured, text) = measured(&mut runs, &scenario, row.kind);
            println!("{name}: {text}");
            assert!(cured, "{name}: {text}");
        }
    };
    std::thread::scope(|scope| {
        PRESETS.iter().for_each(|preset| {
            scope.spawn(|| check(Recipe::of(preset).scenario, preset.name));
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
        let scenario = link::scenario(&format!("{link}{shorter}"));
        let (cured, text) = measured(&mut Runs::default(), &scenario, kind);
        println!("{link}: {text}");
        if cured == NO_CURE.iter().any(|(of, _)| of == class) {
            wrong += &format!("{link}: {text}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_change_reaches_the_timetable_and_names_what_was_there() {
    let incident = link::decode("p=incident").recipe;
    let all = remedies(&incident.scenario, Symptom::Errors(ErrorKind::Reset));
    let service = all.iter().find(|remedy| remedy.changes[0].0 == ParamId::service).expect("a remedy");
    assert_eq!(service.title, "service time 30ms, then 50ms → 25ms");
    assert_eq!(link::encode(&incident.with(&service.scenario)), "v=1&p=incident&service=25ms&20s.service=25ms");
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
        let all = remedies(&link::scenario(link), Symptom::Errors(ErrorKind::DialTimeout));
        let queue = all.iter().find(|remedy| [ParamId::backlog, ParamId::somaxconn].contains(&remedy.changes[0].0));
        let found =
            queue.map(|remedy| remedy.changes.iter().map(|(param, to)| format!("{} {to}", param.spec().key)).collect());
        assert_eq!(found.unwrap_or_else(Vec::new), changes, "{link}");
    }
}

/// No remedy does nothing, none is there twice, each is legal and one row's affair.
#[test]
fn remedies_are_changes() {
    for link in ["", "retries=3&idle=100&workers=64&method=POST", "p=restart", "p=jitter", "p=stale-keepalive"] {
        let recipe = link::decode(link).recipe;
        for spec in ERRORS {
            let all = remedies(&recipe.scenario, Symptom::Errors(spec.kind));
            assert!(all.iter().any(|remedy| remedy.popular), "{link}: what people try with {}", spec.class);
            let mut links: Vec<String> =
                all.iter().map(|remedy| link::encode(&recipe.with(&remedy.scenario))).collect();
            for changed in &links {
                assert_ne!(*changed, link::encode(&recipe), "{link}: {}", spec.class);
                assert_eq!(link::decode(changed).warnings, [], "{changed}");
            }
            links.sort();
            links.dedup();
            assert_eq!(links.len(), all.len(), "{link}: {}", spec.class);
        }
    }
}

/// A change of an open load of a thousand requests, by what became of the class and of all failures.
fn effect(subject: (u64, u64), failed: (u64, u64)) -> Effect {
    let p99_ms = (Some(1.0), Some(1.0));
    let judged = Symptom::Errors(ErrorKind::Reset);
    Effect { judged, subject, failed, offered: (1_000, 1_000), in_flight: (0, 0), p99_ms, instead: None }
}

/// Slow answers and dials are no failures: that none is spared is no reproach, that more requests fail is one.
#[test]
fn an_effect_on_slow_answers_is_called_what_it_is() {
    for (subject, failed, verdict) in [
        ((500, 0), (0, 0), Verdict::Cures),
        ((500, 24), (3, 3), Verdict::Cures),
        ((500, 25), (0, 0), Verdict::Helps),
        ((500, 251), (0, 0), Verdict::Useless),
        ((500, 0), (0, 40), Verdict::Harms),
    ] {
        let effect = Effect { judged: Symptom::Slow, ..effect(subject, failed) };
        assert_eq!(effect.verdict(), verdict, "{subject:?} {failed:?}");
    }
    let waiting = Effect { judged: Symptom::Slow, in_flight: (0, 400), ..effect((500, 0), (0, 0)) };
    assert_eq!(waiting.verdict(), Verdict::Renames);
}

#[test]
fn an_effect_is_called_what_it_is() {
    for (subject, failed, verdict) in [
        ((500, 0), (860, 210), Verdict::Cures),
        ((500, 24), (860, 384), Verdict::Cures),
        ((500, 25), (860, 385), Verdict::Helps),
        ((500, 140), (860, 500), Verdict::Helps),
        ((500, 251), (860, 611), Verdict::Useless),
        ((17, 17), (17, 17), Verdict::Useless),
        ((13, 13), (581, 100), Verdict::Useless),
        ((500, 0), (860, 860), Verdict::Renames),
        // A third of them fails in another way: two thirds are better off, and that is in the numbers.
        ((900, 0), (900, 300), Verdict::Renames),
        ((500, 0), (860, 421), Verdict::Renames),
        ((8, 0), (8, 8), Verdict::Renames),
        ((500, 0), (860, 861), Verdict::Harms),
        ((500, 500), (500, 501), Verdict::Harms),
        ((0, 0), (500, 400), Verdict::Useless),
    ] {
        assert_eq!(effect(subject, failed).verdict(), verdict, "{subject:?} {failed:?}");
    }
    let waiting = Effect { in_flight: (0, 480), ..effect((500, 0), (500, 0)) };
    assert_eq!(waiting.verdict(), Verdict::Renames);
    assert_eq!(waiting.note().as_deref(), Some("still waiting at the end 0 → 480"));
    // Twice as many requests, and as many failures: each request fails half as often.
    let faster = Effect { offered: (1_000, 2_000), ..effect((500, 500), (500, 500)) };
    assert_eq!(faster.verdict(), Verdict::Helps);
    let gone = Effect { offered: (1_000, 2_000), ..effect((50, 0), (10_000, 19_000)) };
    assert_eq!(gone.verdict(), Verdict::Helps, "both must fall");
    assert!(faster.numbers().ends_with("all failures 500 → 500 of 1,000 → 2,000 requests"), "{}", faster.numbers());
}

#[test]
fn an_error_with_another_name_is_no_cure_and_the_name_is_said() {
    let mut runs = Runs::default();
    let mut of = |link: &str, class, title: &str| {
        let (remedies, effects) = runs.measure(&link::scenario(link), class);
        let i = remedies.iter().position(|remedy| remedy.title.starts_with(title)).expect("it is tried");
        (effects[i].verdict(), effects[i].note().unwrap_or_default())
    };
    let (verdict, note) = of("p=phantoms", ErrorKind::ClientTimeout, "tcp_abort_on_overflow");
    assert_eq!(verdict, Verdict::Renames);
    assert!(note.starts_with("instead ") && note.ends_with(" × reset by peer"), "{note}");
    let (verdict, note) = of("p=closed-by-us", ErrorKind::Closed, "Go version");
    assert_eq!(verdict, Verdict::Renames);
    assert!(note.ends_with(" × Client.Timeout"), "{note}");
    assert_eq!(of("p=retry-storm", ErrorKind::ClientTimeout, "retries 2 → 3").0, Verdict::Harms);
    assert_eq!(of("p=incident", ErrorKind::Reset, "net.core.somaxconn").0, Verdict::Harms);
}

#[test]
fn what_one_can_do_oneself_comes_first_and_hardware_last() {
    let remedy = |means, popular| {
        let all = remedies(&link::scenario("p=incident"), Symptom::Errors(ErrorKind::Reset));
        Remedy { means, popular, ..all[0].clone() }
    };
    let remedies = [
        remedy(Means::Capacity, false),
        remedy(Means::Kernel, false),
        remedy(Means::Settings, true),
        remedy(Means::Code, false),
        remedy(Means::Code, false),
        remedy(Means::Settings, false),
        remedy(Means::Settings, false),
    ];
    let cures = effect((500, 0), (500, 0));
    let effects = [
        cures,
        cures,
        cures,
        effect((500, 100), (500, 100)),
        cures,
        effect((500, 0), (500, 500)),
        // It cures one error of many.
        effect((5, 0), (500, 490)),
    ];
    assert_eq!(ranked(&remedies, &effects), [4, 1, 2, 3, 0, 6, 5]);
}

/// What the texts of the presets advise: key and value, or the beginning of a title.
const ADVICE: &[(&str, &str, &[&str])] = &[
    ("incident", "reset", &["retries 0", "MaxIdle", "Go version", "net.core.somaxconn", "netdev_max_b", "workers"]),
    ("ports", "ports", &["MaxIdleConnsPerHost 2 → 100", "tcp_tw_reuse 2 → 1"]),
    ("phantoms", "client-timeout", &["tcp_abort_on_overflow off → on", "workers"]),
    ("abort", "reset", &["tcp_abort_on_overflow on → off"]),
    ("bigger-queue", "client-timeout", &["listen() backlog 4096 → 128", "handler checks r.Context()"]),
    ("retry-storm", "client-timeout", &["retry budget off → 10%", "retries 2 → 0", "handler checks r.Context()"]),
    ("jitter", "client-timeout", &["jitter none → full", "retry budget off → 10%"]),
    ("stale-keepalive", "eof", &["method POST → GET", "Idempotency-Key", "IdleConnTimeout 90s → 4s", "Server.Idle"]),
    ("closed-by-us", "closed", &["Go version 1.4 → 1.27"]),
    ("restart", "refused", &["deploy with overlap", "retries 0 → 8", "Close or Shutdown"]),
    ("cookies", "reset", &["GetBody set off → on"]),
    ("restart", "eof", &["deploy with overlap", "retries 0 → 8", "Close or Shutdown"]),
];

#[test]
fn what_a_preset_advises_is_among_what_is_tried() {
    for (preset, class, advice) in ADVICE {
        let scenario = link::scenario(&format!("p={preset}"));
        let tried = remedies(&scenario, Symptom::Errors(ErrorKind::named(class).expect("a class")));
        for title in *advice {
            assert!(tried.iter().any(|remedy| remedy.title.starts_with(title)), "{preset}: {title}");
        }
    }
}

#[test]
fn a_deploy_with_overlap_leaves_no_gap_and_no_stalled_accept_loop() {
    let tried = |link: &str| remedies(&link::scenario(link), Symptom::Errors(ErrorKind::Refused));
    let overlap = &tried("p=restart")[0];
    assert_eq!(overlap.title, "deploy with overlap: nobody listens for 1900ms → 1us, Close → Shutdown");
    assert_eq!((overlap.means, overlap.who().as_str()), (Means::Settings, "settings: the server program"));
    let link = link::encode(&overlap.scenario.clone().into());
    assert!(link.contains("stop=shutdown") && link.contains("20100001us.listening=on"), "{link}");
    assert!(!link.contains(".accepting=on"), "{link}");
    for (link, why) in [("5s.listening=off", "it stays down"), ("listening=off&5s.listening=on", "it was down before")]
    {
        assert!(tried(link).iter().all(|remedy| !remedy.title.starts_with("deploy")), "{why}");
    }
}

#[test]
fn handlers_that_are_proposed_are_slower_in_no_phase_than_they_were() {
    for (link, title) in [
        ("p=stall", "service time 10ms, then 3s, then 10ms → 10ms"),
        ("p=incident", "service time 30ms, then 50ms → 25ms"),
        ("rps=100&workers=4&5s.service=2s&6s.service=100ms", "service time 20ms, then 2s, then 100ms → 20ms"),
    ] {
        let scenario = link::scenario(link);
        let tried = remedies(&scenario, Symptom::Slow);
        let faster = tried.iter().find(|remedy| remedy.title.starts_with("service time")).expect("it is tried");
        assert_eq!(faster.title, title, "{link}");
        let all = scenario.stages().into_iter().zip(faster.scenario.stages());
        all.for_each(|((_, before), (_, after))| assert!(after.service <= before.service, "{link}"));
    }
}
