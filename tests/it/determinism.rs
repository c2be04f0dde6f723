//! Same link, same run, to the last event: what makes a link worth sharing and a comparison worth making.

use connlab::link;
use connlab::scenario::Scenario;
use connlab::sim::report::Report;
use connlab::sim::{Progress, Sim};
use connlab::time::{SimDuration, SimTime};
use proptest::prelude::*;

use super::lab;
use super::links::{self, CHEAP, Case};

/// Links that between them have every layer at work, and most kinds of failure.
const BUSY: &[&str] = &[
    "duration=5s&rps=900&timeout=300ms&backlog=16&abort-on-overflow=on&loss=1%&rtt=20ms&rtt-jitter=5ms&retries=2",
    "duration=5s&load=closed&callers=80&think=30ms&server=go&idle=9&idle-timeout=50ms&server-idle-timeout=40ms\
     &method=POST",
    "duration=5s&load=burst&burst=200&burst-every=700ms&go=1.4&timeout=400ms&clients=7&keepalive=off&ports=90",
    "duration=5s&rps=600&max-conns=12&idle=12&timeout=1s&1s.listening=off&2s.listening=on&3s.accepting=off\
     &4s.accepting=on",
    "duration=5s&rps=600&idle=20&timeout=1s&write-timeout=40ms&tw-buckets=100&stop=shutdown&1s.listening=off\
     &1010ms.listening=on&3s.stop=kill&3s.listening=off&4s.listening=on",
    "duration=5s&rps=700&nic-rate=4000&nic-queue=50&syncookies=0&syn-max=32&timeout=500ms&deadline=900ms\
     &retries=3&breaker=60%",
    "duration=5s&rps=300&method=POST&rewindable=off&upload=9ms&patience=90ms&sched-delay=1ms&loss=1%&idle=20\
     &max-requests=9",
];

/// More events than any of these runs has: one that does not end is a failure, not a hang.
const EVENTS: u32 = 2_000_000;

fn finished(sim: Sim) -> Sim {
    finished_within(sim, EVENTS)
}

fn finished_within(mut sim: Sim, events: u32) -> Sim {
    sim.advance(sim.end(), events);
    sim
}

/// What a page and a command line can see of a run.
fn seen(sim: &Sim) -> (Report, usize) {
    (sim.report(), sim.series().ok.len())
}

#[test]
fn the_same_link_gives_the_same_run_to_the_last_event() {
    for link in BUSY {
        assert_eq!(lab::run(link), lab::run(link), "{link}");
    }
}

#[test]
fn another_seed_gives_another_run() {
    for link in BUSY {
        let runs: Vec<_> = (1..=5).map(|seed| lab::run(&format!("{link}&seed={seed}")).fingerprint).collect();
        for (i, fingerprint) in runs.iter().enumerate() {
            assert!(!runs[..i].contains(fingerprint), "{link}: two seeds have the run {fingerprint}");
        }
    }
}

/// A fingerprint that forgot a layer would still pass every comparison of equals.
#[test]
fn a_small_change_to_any_layer_changes_the_fingerprint() {
    let base = "duration=5s&rps=900&timeout=70ms&loss=1%&rtt=20ms&retries=2&idle=3&backlog=2&server=go&workers=8\
                &service=9ms";
    let before = lab::run(base).fingerprint;
    for change in [
        "rps=901",
        "timeout=71ms",
        "backlog=1",
        "loss=1.1%",
        "rtt=20010us",
        "retries=3",
        "backoff-base=101ms",
        "idle=4",
        "workers=9",
        "service=9001us",
        "ports=40",
        "4s.rps=900.001",
    ] {
        let key = change.split('=').next().expect("a key");
        let others = base.split('&').filter(|part| !part.starts_with(&format!("{key}=")));
        let link: Vec<_> = others.chain([change]).collect();
        assert_ne!(lab::run(&link.join("&")).fingerprint, before, "{change}");
    }
}

#[test]
fn slices_of_a_millisecond_are_the_same_run() {
    for link in BUSY {
        let mut sliced = Sim::new(&link::scenario(link));
        sliced.log_requests();
        let mut until = SimTime::ZERO;
        while until < sliced.end() {
            until = until + SimDuration::from_millis(1);
            assert_eq!(sliced.advance(until, EVENTS), Progress::Reached);
            assert_eq!(sliced.now(), until);
        }
        let straight = lab::sim(link);
        assert_eq!(seen(&sliced), seen(&straight), "{link}");
        assert_eq!(sliced.request_log(), straight.request_log(), "{link}");
    }
}

#[test]
fn a_clone_made_half_way_goes_on_as_if_nothing_had_happened() {
    for link in BUSY {
        let mut original = Sim::new(&link::scenario(link));
        original.advance(SimTime::ZERO + SimDuration::from_millis(2_345), EVENTS);
        let clone = original.clone();
        // The original runs to its end first: the two share nothing.
        let (original, clone) = (finished(original), finished(clone));
        assert_eq!(seen(&clone), seen(&original), "{link}");
        assert_eq!(clone.report(), lab::run(link), "{link}");
    }
}

/// Common random numbers (M-29): with the same seed, a comparison shows the effect of the change and nothing else.
#[test]
fn a_change_to_pool_or_server_does_not_change_who_arrives_when() {
    let base = "duration=5s&tail=60s&rps=300&timeout=2s";
    let arrivals = |change: &str| {
        let sim = lab::sim(&format!("{base}&{change}"));
        assert_eq!(sim.report().requests.in_flight, 0, "all are logged");
        let mut arrived: Vec<_> = sim.request_log().iter().map(|outcome| outcome.arrived).collect();
        arrived.sort_unstable();
        arrived
    };
    let before = arrivals("idle=2");
    assert!(before.len() > 1_000);
    for change in [
        "idle=100",
        "workers=2",
        "service=90ms",
        "loss=3%",
        "rtt-jitter=9ms",
        "retries=5",
        "listening=off",
        "go=1.4",
        "patience=90ms",
        "method=POST&rewindable=off&upload=50ms",
    ] {
        assert_eq!(arrivals(change), before, "{change}");
    }
}

#[test]
fn handlers_that_start_in_the_same_order_work_equally_long_whatever_the_pool() {
    // One worker and no kept connection: handlers start in the order of arrival in both runs.
    let busy = |link: &str| lab::run(link).server.busy_ms;
    let base = "duration=5s&tail=30s&rps=50&server=go&workers=1&rtt=0s&timeout=0s&service=10ms";
    assert_eq!(busy(&format!("{base}&idle=0")), busy(&format!("{base}&idle=500")));
}

/// One step of somebody who drives a run: how far, with how many events, and whether to look or to copy on the way.
fn steps() -> impl Strategy<Value = Vec<(u64, u32, u8)>> {
    prop::collection::vec((0..400_000_000u64, 1..3_000u32, 0..4u8), 1..40)
}

fn driven(scenario: &Scenario, steps: &[(u64, u32, u8)]) -> Report {
    let mut sim = Sim::new(scenario);
    sim.log_requests();
    let mut left = EVENTS;
    for (ns, budget, look) in steps.iter().cycle() {
        let before = sim.events();
        sim.advance(sim.now() + SimDuration::from_nanos(*ns), (*budget).min(left));
        left -= u32::try_from(sim.events() - before).expect("at most the budget");
        match look {
            1 => drop(seen(&sim)),
            2 => sim = sim.clone(),
            _ => {}
        }
        if sim.now() >= sim.end() || left == 0 {
            break;
        }
    }
    finished_within(sim, left).report()
}

proptest! {
    #![proptest_config(links::cases(200))]

    #[test]
    fn no_scenario_depends_on_how_it_is_sliced(Case(scenario) in links::scenarios(CHEAP), steps in steps()) {
        let straight = finished(Sim::new(&scenario)).report();
        prop_assert_eq!(driven(&scenario, &steps), straight);
    }
}
