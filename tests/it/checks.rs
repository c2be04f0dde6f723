//! The checks of the model card: they hold where they apply, see a wrong number, and say why they do not apply.

use connlab::checks::{self, Check, Outcome};
use connlab::export::Document;
use connlab::link::{self, Recipe};
use connlab::params::Load;
use connlab::preset::PRESETS;
use connlab::sim::Sim;
use connlab::sim::report::Report;
use proptest::prelude::*;

use super::lab;
use super::links::{self, CHEAP, Case};

/// What there is to check.
const IDS: [&str; 13] = [
    "arrivals",
    "requests",
    "littles-law",
    "attempts",
    "retries",
    "retry-budget",
    "port-limit",
    "ports",
    "time-wait",
    "utilization",
    "mean-wait",
    "client-processors",
    "server-processors",
];

/// The checks of a link's whole run.
fn run(link: &str) -> Vec<Check> {
    checks::all(&link::scenario(link), &lab::run(link))
}

fn finding(checks: &[Check], id: &str) -> Outcome {
    let check = checks.iter().find(|check| check.id == id);
    check.unwrap_or_else(|| panic!("no check is called {id}")).finding.clone()
}

fn outside(checks: &[Check]) -> Vec<&Check> {
    checks.iter().filter(|check| check.finding.verdict() == "outside").collect()
}

#[test]
fn every_report_has_the_same_checks_in_the_same_order() {
    for link in ["", "load=burst&duration=1s", "rps=0.1&duration=1s"] {
        assert_eq!(run(link).iter().map(|check| check.id).collect::<Vec<_>>(), IDS, "{link}");
    }
}

/// A stranger's first question: does it hold for what I see here?
#[test]
fn whatever_applies_to_a_preset_holds() {
    for preset in PRESETS {
        let params = Recipe::of(preset).scenario.params;
        for seed in 1..=3 {
            let link = format!("p={}&seed={seed}", preset.name);
            let checks = run(&link);
            assert_eq!(outside(&checks), [] as [&Check; 0], "{link}");
            for id in ["arrivals", "requests", "littles-law", "attempts", "port-limit", "time-wait"] {
                let expected = match id {
                    "arrivals" if params.load != Load::Open => "not-applicable",
                    _ => "holds",
                };
                assert_eq!(finding(&checks, id).verdict(), expected, "{link}: {id}");
            }
        }
    }
}

/// A server in front of which requests wait in one line, with nothing else in the way.
const ONE_LINE: &str = "server=go&rtt=0s&timeout=0s&idle=20000&max-idle=0&idle-timeout=0s&ports=64512";

#[test]
fn each_check_applies_to_some_run_and_holds() {
    for (link, id) in [
        ("arrivals=even&rps=300&duration=5s&2s.rps=900", "arrivals"),
        ("load=closed&callers=30&duration=5s", "littles-law"),
        ("keepalive=off&timeout=0s&dial-timeout=500ms&loss=20%&retries=3&backoff=none&duration=20s", "retries"),
        ("listening=off&retries=2&duration=5s&tail=30s", "retries"),
        ("p=retry-storm&retry-budget=10%", "retry-budget"),
        ("idle=0&rps=600&arrivals=even&workers=1000&service=1ms&duration=150s", "port-limit"),
        ("idle=0&rps=600&arrivals=even&workers=1000&service=1ms&duration=150050ms", "time-wait"),
        ("idle=0&rps=300&clients=3&server=go&service=1ms&duration=90s", "time-wait"),
        ("idle=0&ports=200&tw-reuse=1&rps=300&server=go&service=1ms&duration=20s", "port-limit"),
        ("server=go&service-dist=lognormal&service-cv=1&rps=300&duration=20s&8s.service=30ms", "utilization"),
        ("server=go&service-dist=fixed&rps=300&duration=20s&8s.workers=9", "utilization"),
        ("rps=600&server=go&idle=100&timeout=0s&duration=60s", "mean-wait"),
        ("rps=600&keepalive=off&rtt=10ms&timeout=0s&duration=40s", "mean-wait"),
    ] {
        let checks = run(link);
        assert_eq!(finding(&checks, id).verdict(), "holds", "{link}: {id} {:?}", finding(&checks, id));
        assert_eq!(outside(&checks), [] as [&Check; 0], "{link}");
    }
}

/// Bounds that are wide enough for everything would hold, too.
#[test]
fn the_bounds_of_chance_are_narrow_enough_to_say_something() {
    for (link, id, expected, width) in [
        ("rps=400&duration=60s", "arrivals", 24_000.0, 0.06),
        (&format!("{ONE_LINE}&rps=8000&workers=10&service=1ms&duration=20s"), "mean-wait", 0.204_590_075, 0.35),
        (&format!("{ONE_LINE}&rps=800&workers=1&service=1ms&duration=60s"), "mean-wait", 4.0, 0.6),
        // Pollaczek and Khinchin: half of it without variation.
        (&format!("{ONE_LINE}&rps=800&workers=1&service=1ms&service-dist=fixed&duration=60s"), "mean-wait", 2.0, 0.5),
        ("server=go&workers=100&rps=1000&service=50ms&duration=60s", "utilization", 50.0, 0.05),
        ("loss=20%&keepalive=off&timeout=0s&dial-timeout=500ms&retries=2&duration=60s", "retries", 1.49, 0.04),
    ] {
        let Outcome::Holds(found) = finding(&run(link), id) else { panic!("{link}: {id}") };
        assert!((found.expected / expected - 1.0).abs() < 0.02, "{link}: {id} expects {}", found.expected);
        let got = (found.high - found.low) / found.expected;
        assert!(got < width * 2.0, "{link}: {id} allows ±{:.0} %", got * 50.0);
    }
}

/// A hundred runs neither leave the bounds nor keep to the middle of them: of a normal variable they would fill 60 %.
#[test]
fn the_bounds_of_a_mean_wait_are_as_wide_as_runs_differ() {
    for load in [
        "rps=5000&workers=1&service=100us&duration=1s",
        "rps=5000&workers=1&service=100us&service-dist=fixed&duration=1s",
        "rps=9000&workers=3&service=250us&duration=1s",
    ] {
        let found: Vec<_> = (1..=100)
            .map(|seed| match finding(&run(&format!("{ONE_LINE}&{load}&seed={seed}")), "mean-wait") {
                Outcome::Holds(found) => found,
                other => panic!("{load}&seed={seed}: {other:?}"),
            })
            .collect();
        let end = |pick: fn(f64, f64) -> f64| found.iter().map(|found| found.simulated).reduce(pick).expect("runs");
        let filled = (end(f64::max) - end(f64::min)) / (found[0].high - found[0].low);
        assert!((0.35..0.9).contains(&filled), "{load}: the runs fill {:.0} % of the bounds", filled * 100.0);
    }
}

/// Not only where somebody has looked: in random scenarios, at any instant of them.
mod anywhere {
    use super::*;

    proptest! {
        #![proptest_config(links::cases(400))]

        #[test]
        fn nothing_is_outside_in_any_run_at_any_time(
            Case(scenario) in links::scenarios(CHEAP),
            events in 1..200_000u32,
        ) {
            let mut sim = Sim::new(&scenario);
            for budget in [events, 1_000_000] {
                sim.advance(sim.end(), budget);
                let checks = checks::all(&scenario, &sim.report());
                prop_assert_eq!(outside(&checks), Vec::<&Check>::new());
            }
        }
    }
}

/// A link, the check that must notice, and what is made wrong.
type Spoilt = (&'static str, &'static str, fn(&mut Report));

/// A counter that is wrong by as little as one is found, by the check that knows it.
#[test]
fn a_wrong_number_is_outside() {
    const RETRIES: &str = "keepalive=off&timeout=0s&dial-timeout=500ms&loss=20%&retries=3&duration=20s";
    const WAIT: &str = "rps=600&server=go&keepalive=off&timeout=0s&ports=64512&duration=60s";
    const FEW: &str = "idle=100&client-cores=2&client-cpu=1ms&server=go&server-cores=2&server-cpu=1ms&duration=20s";
    let cases: &[Spoilt] = &[
        ("p=two-idle", "arrivals", |r| r.requests.offered += 2_000),
        ("arrivals=even&duration=5s", "arrivals", |r| r.requests.offered += 3),
        ("p=incident", "requests", |r| r.requests.ok += 1),
        ("p=incident", "requests", |r| r.requests.failed -= 1),
        ("p=incident", "littles-law", |r| r.evidence.in_flight_ns += 1),
        ("p=healthy", "littles-law", |r| r.evidence.sojourn_ns -= 1),
        ("p=retry-storm", "attempts", |r| r.attempts.application += 1),
        ("p=incident", "attempts", |r| r.attempt_errors[0].count += 1),
        (RETRIES, "retries", |r| r.attempts.application += 2_000),
        ("p=retry-storm&retry-budget=10%", "retry-budget", |r| r.attempts.application_retries += 2_000),
        ("p=ports", "port-limit", |r| r.evidence.time_wait.begun += 100),
        ("p=ports", "ports", |r| r.peaks.ports += 1),
        ("p=two-idle", "time-wait", |r| r.evidence.time_wait.resting += 1),
        ("p=two-idle", "utilization", |r| r.server.utilization *= 1.1),
        (WAIT, "mean-wait", |r| r.evidence.waiting_ns *= 4),
        (WAIT, "mean-wait", |r| r.evidence.waiting_ns /= 4),
        (FEW, "client-processors", |r| r.evidence.processors[0].expected_ns *= 2),
        (FEW, "server-processors", |r| r.evidence.processors[1].busy_ns += 500_000_000),
    ];
    for (link, id, spoil) in cases {
        let (scenario, mut report) = (link::scenario(link), lab::run(link));
        assert_eq!(finding(&checks::all(&scenario, &report), id).verdict(), "holds", "{link}: {id}");
        spoil(&mut report);
        let found = finding(&checks::all(&scenario, &report), id);
        assert_eq!(found.verdict(), "outside", "{link}: {id} {found:?}");
    }
    let tested = |id: &&str| cases.iter().any(|(_, tested, _)| tested == id);
    assert!(IDS.iter().all(tested), "each check can fail");
}

#[test]
fn what_does_not_apply_says_why() {
    for (link, id, reason) in [
        ("load=closed&duration=1s", "arrivals", "open load"),
        ("p=retry-storm", "retries", "The failures are not independent"),
        ("p=incident", "retries", "There are no retries"),
        ("retries=2&deadline=1s&duration=1s", "retries", "deadline"),
        ("retries=2&p=healthy", "retries", "No attempt failed"),
        ("retries=2&duration=2s&1s.retries=3", "retries", "changes during the run"),
        ("p=incident", "retry-budget", "no retry budget"),
        ("tw-reuse=1&duration=1s", "time-wait", "tcp_tw_reuse"),
        ("loopback=on&duration=1s", "time-wait", "tcp_tw_reuse"),
        ("checks-context=on&duration=1s", "utilization", "cut short"),
        ("service-dist=lognormal&service-cv=10&duration=1s", "utilization", "skewed"),
        ("workers=10000&service=60s&duration=5s", "utilization", "still at work"),
        ("p=incident", "mean-wait", "settings change"),
        ("duration=1s", "mean-wait", "Workers keep the connections"),
        ("load=burst&duration=1s", "mean-wait", "Poisson"),
        ("server=go&rps=900&timeout=0s&duration=2s", "mean-wait", "λ·E[S]/c is 1.12"),
        ("server=go&rps=900&timeout=100ms&duration=2s", "mean-wait", "attempts failed"),
        ("p=healthy", "mean-wait", "not even one request"),
        ("server=go&rps=700&duration=2s", "mean-wait", "too short"),
        ("server=go&workers=1&rps=10&service-dist=fixed&duration=2s", "mean-wait", "less than half load"),
    ] {
        match finding(&run(link), id) {
            Outcome::NotApplicable { reason: got } => {
                assert!(got.contains(reason), "{link}: {id}: {got}");
                assert!(got.ends_with('.') && got.starts_with(char::is_alphanumeric), "{got}");
            }
            other => panic!("{link}: {id} applies: {other:?}"),
        }
    }
    let recorded = lab::sim_with("duration=1s", lab::arrivals(&[1.0, 2.0, 3.0])).report();
    let recorded = checks::all(&link::scenario("duration=1s"), &recorded);
    for id in ["arrivals", "utilization", "mean-wait"] {
        assert_eq!(finding(&recorded, id).verdict(), "not-applicable", "{id}");
    }
    assert_eq!(outside(&recorded), [] as [&Check; 0]);
}

#[test]
fn the_report_carries_the_checks() {
    let link = "p=two-idle&duration=5s";
    let found = run(link);
    let report = lab::run(link);
    let json = serde_json::to_value(Document::new(link, &report, &found)).expect("a report is JSON");
    let checks = json["checks"].as_array().expect("a list");
    assert_eq!(checks.len(), IDS.len());
    assert_eq!(checks[2]["id"], "littles-law");
    assert_eq!(checks[2]["verdict"], "holds");
    assert_eq!(checks[2]["expected"], checks[2]["simulated"]);
    assert_eq!(checks[4]["verdict"], "not-applicable");
    assert_eq!(checks[4]["reason"], "There are no retries for all or a part of the run.");
    assert_eq!(checks::summary(&found), "8 of 8 checks hold; 5 do not apply");
}

/// The model card in the documents names every check.
#[test]
fn the_model_card_lists_the_checks() {
    let card = include_str!("../../MODEL.md");
    for check in run("duration=1s") {
        let row = format!("| `{}` | {} | {} |", check.id, check.formula, check.source);
        assert!(card.contains(&row), "MODEL.md has no row {row}");
    }
}

/// Ten connections a second that the client closes at once: of what a port rests for, a minute, all are resting. Where
/// the run ends within a bucket, the first of that minute's may have begun before it.
#[test]
fn a_time_wait_check_counts_the_last_minute_and_what_lies_at_its_edge() {
    for (duration, begun, last_minute, at_edge) in
        [("30s", 299, 299, 0), ("60s", 599, 599, 0), ("100s", 999, 600, 0), ("100050ms", 1_000, 600, 1)]
    {
        let link = "rps=10&arrivals=even&idle=0&rtt=2ms&service=1ms&service-dist=fixed";
        let report = lab::run(&format!("{link}&duration={duration}"));
        let found = report.evidence.time_wait;
        assert_eq!((found.begun, found.begun_last_minute, found.begun_at_edge), (begun, last_minute, at_edge));
        assert_eq!((found.resting, report.sockets_end.client.TIME_WAIT), (last_minute, last_minute), "{duration}");
    }
}

/// Three at once, and one worker: the second waits for 50 ms and the third for 100, in the program or in its kernel.
#[test]
fn a_wait_is_the_same_wherever_one_waits() {
    for server in ["go", "workers"] {
        let link =
            format!("workers=1&server={server}&rtt=2ms&service=50ms&service-dist=fixed&keepalive=off&duration=1s");
        let evidence = lab::sim_with(&link, lab::arrivals(&[0.0; 3])).report().evidence;
        assert_eq!((evidence.waiting_ns, evidence.expected_work_ns), (150_000_000, 150_000_000), "{server}");
        assert_eq!((evidence.sojourn_ns, evidence.in_flight_ns), (312_000_000, 312_000_000), "{server}");
    }
}
