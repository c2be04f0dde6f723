//! The culprit of every preset: what a chain names as the root, and which cure comes first, for any seed.

use connlab::link::Recipe;
use connlab::preset::{PRESETS, Preset};
use connlab::remedy::{Effect, Symptom, Verdict, ranked, remedies};
use connlab::scenario::Scenario;
use connlab::sim::Sim;
use connlab::sim::error::ErrorKind;
use connlab::sim::report::Report;
use connlab::sim::trace::Place;
use connlab::why;

/// What an expert would name.
struct Culprit {
    preset: &'static str,
    class: &'static str,
    /// Where the root is, and what it says.
    place: Place,
    root: &'static str,
    /// How the title of the first cure begins; `|` stands between two that are as good.
    cure: &'static str,
}

macro_rules! culprits {
    ($($preset:literal, $class:literal: $place:ident $root:literal => $cure:literal;)+) => {
        const CULPRITS: &[Culprit] =
            &[$(Culprit { preset: $preset, class: $class, place: Place::$place, root: $root, cure: $cure },)+];
    };
}

culprits! {
    "incident", "reset": ServerProgram
        "Since 20 s 400 requests/s of 50ms each (30ms before) meet room for 320/s" => "workers";
    "incident", "closed": ServerProgram
        "Since 20 s 400 requests/s of 50ms each (30ms before) meet room for 320/s" => "workers";
    "ports", "ports": ClientKernel "Local ports: 28232 of 28232 taken" => "MaxIdleConnsPerHost 2 → 100";
    "phantoms", "client-timeout": App
        "Since 10 s 500 requests/s (300 before) of 40ms each meet room for 400/s" => "workers";
    "abort", "reset": App
        "Since 10 s 500 requests/s (300 before) of 40ms each meet room for 400/s" => "workers";
    "abort", "client-timeout": App
        "Since 10 s 500 requests/s (300 before) of 40ms each meet room for 400/s" => "workers";
    "bigger-queue", "client-timeout": App
        "Since 10 s 500 requests/s (300 before) of 40ms each meet room for 400/s" => "handler checks r.Context()";
    "retry-storm", "client-timeout": App "Since 10 s 560" => "handler checks r.Context()";
    "jitter", "client-timeout": App
        "callers retry in the same millisecond: no jitter" => "jitter none → full";
    "stale-keepalive", "eof": ServerProgram "Server.IdleTimeout of 5s is over" => "IdleConnTimeout 90s → 4s";
    "closed-by-us", "closed": ServerProgram
        "is still at work when the time is over" => "Client.Timeout 1s → 5s";
    "cookies", "reset": ServerProgram "The server program stops calling accept()" => "GetBody set off → on";
    "restart", "refused": ServerProgram "No server process listens" => "deploy with overlap";
    "cpu", "client-timeout": ServerProgram
        "Since 10 s 1200 requests/s arrive: with two steps of 1ms each they need 2.4 processors" => "server processor";
    // A dozen requests, of which one may meet the new process: both are right.
    "restart", "reset": ServerProgram
        "the server process ends, and its kernel resets" => "deploy with overlap|retries 0 → 8";
    "restart", "eof": ServerProgram
        "the server process ends, and its kernel closes" => "deploy with overlap|retries 0 → 8";
}

/// Seeds for which the table must hold.
const SEEDS: std::ops::RangeInclusive<u64> = 1..=20;

fn run(scenario: &Scenario) -> Sim {
    let mut sim = Sim::new(scenario);
    sim.run();
    sim
}

/// Every class that occurs is in the table, and the table is right about it.
fn check(preset: &str) {
    let mut wrong = String::new();
    for seed in SEEDS {
        let mut scenario = Recipe::of(Preset::named(preset).expect("a preset")).scenario;
        scenario.params.seed = seed;
        let sim = run(&scenario);
        let report = sim.report();
        for row in &report.errors {
            let is_it = |culprit: &&Culprit| (culprit.preset, culprit.class) == (preset, row.class);
            let Some(culprit) = CULPRITS.iter().find(is_it) else {
                wrong += &format!("seed {seed}: {} × {} is not in the table\n", row.count, row.class);
                continue;
            };
            wrong += &check_roots(&sim, culprit, seed);
            wrong += &check_cure(&scenario, &report, row.kind, culprit, seed);
        }
    }
    assert!(wrong.is_empty(), "{preset}:\n{wrong}");
}

/// The first and the last failure of the class.
fn check_roots(sim: &Sim, culprit: &Culprit, seed: u64) -> String {
    let failures = sim.failures(ErrorKind::named(culprit.class).expect("a class"));
    let mut wrong = String::new();
    for failure in [failures.first(), failures.last()].into_iter().flatten() {
        let chain = why::chain(&sim.tracer(failure.request).run()).expect("a chain");
        let root = chain.steps.iter().find(|step| step.is_root).expect("a root");
        if root.place != culprit.place || !root.text.contains(culprit.root) {
            wrong += &format!("seed {seed}: {} at {}, not {}\n{chain}", root.text, root.place.name(), culprit.root);
        }
    }
    wrong
}

fn check_cure(scenario: &Scenario, before: &Report, class: ErrorKind, culprit: &Culprit, seed: u64) -> String {
    let subject = Symptom::Errors(class);
    let remedies = remedies(scenario, subject);
    let after = remedies.iter().map(|remedy| run(&remedy.scenario).report());
    let effects: Vec<Effect> = after.map(|after| Effect::between(subject, before, &after)).collect();
    let first = ranked(&remedies, &effects)[0];
    let (title, effect) = (&remedies[first].title, &effects[first]);
    match culprit.cure.split('|').any(|cure| title.starts_with(cure)) && effect.verdict() >= Verdict::Helps {
        true => String::new(),
        false => format!("seed {seed}: {}: {title} {} ({})\n", culprit.class, effect.words(), effect.numbers()),
    }
}

macro_rules! presets {
    ($($test:ident $preset:literal,)+) => {
        $(#[test]
        fn $test() {
            check($preset);
        })+
        /// What the tests above check.
        const CHECKED: &[&str] = &[$($preset),+];
    };
}

presets! {
    the_culprit_of_the_incident_is_the_slow_handlers "incident",
    the_culprit_of_ports_is_the_pool_of_two "ports",
    the_culprit_of_phantoms_is_the_load "phantoms",
    the_culprit_of_abort_is_the_load "abort",
    the_culprit_of_bigger_queue_is_the_load "bigger-queue",
    the_culprit_of_the_retry_storm_is_the_load_and_its_retries "retry-storm",
    the_culprit_of_jitter_is_that_all_retry_together "jitter",
    the_culprit_of_stale_keepalive_is_the_servers_idle_timeout "stale-keepalive",
    the_culprit_of_closed_by_us_is_a_slow_handler "closed-by-us",
    the_culprit_of_cookies_is_the_stalled_accept_loop "cookies",
    the_culprit_of_cpu_is_the_load_for_two_processors "cpu",
    the_culprit_of_restart_is_the_process_that_ends "restart",
}

#[test]
fn every_preset_with_errors_has_its_test() {
    for preset in PRESETS {
        let fails = run(&Recipe::of(preset).scenario).report().requests.failed > 0;
        assert_eq!(fails, CHECKED.contains(&preset.name), "{}", preset.name);
    }
}
