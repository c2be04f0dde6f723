//! A run that can be anywhere is, wherever it stands, the run.

use connlab::link;
use connlab::sim::error::ErrorKind;
use connlab::sim::replay::{Breakpoint, Goal, Replay};
use connlab::sim::{Progress, Sim};
use connlab::time::{SimDuration, SimTime};
use proptest::prelude::*;

/// Resets, time-outs and overflows in between long stretches without any.
const STALLS: &str = "duration=6s&rps=300&timeout=400ms&backlog=16&abort-on-overflow=on&loss=0.2%&rtt=2ms\
     &1200ms.accepting=off&1600ms.accepting=on&4s.accepting=off&4500ms.accepting=on";

fn at_ms(ms: u64) -> SimTime {
    SimTime::ZERO + SimDuration::from_millis(ms)
}

fn sim(link: &str) -> Sim {
    Sim::new(&link::scenario(link))
}

/// The run of `link`, straight to an instant.
fn straight(link: &str, at: SimTime) -> Sim {
    let mut sim = sim(link);
    while sim.advance(at, u32::MAX) == Progress::Budget {}
    sim
}

fn replay(link: &str) -> Replay {
    Replay::new(&link::scenario(link))
}

/// Goes there in slices of `budget` events.
fn go(replay: &mut Replay, goal: Goal, budget: u32) -> Option<SimTime> {
    replay.seek(goal);
    while replay.advance(budget) == Progress::Budget {}
    replay.found().then(|| replay.sim().now())
}

/// The report has the fingerprint of every event so far.
fn assert_same(replay: &Replay, straight: &Sim) {
    assert_eq!(replay.sim().report(), straight.report());
    assert_eq!(replay.sim().series(), straight.series());
    assert_eq!(replay.sim().moment(), straight.moment());
}

/// Every instant at which a count rises, found the slow way.
fn instants(link: &str, count: impl Fn(&Sim) -> u64) -> Vec<SimTime> {
    let mut sim = sim(link);
    let mut found: Vec<SimTime> = Vec::new();
    let mut before = count(&sim);
    while sim.advance(sim.end(), 1) == Progress::Budget {
        if count(&sim) > before {
            before = count(&sim);
            if found.last() != Some(&sim.now()) {
                found.push(sim.now());
            }
        }
    }
    found
}

fn failures(link: &str) -> Vec<SimTime> {
    instants(link, |sim| sim.moment().requests.failed)
}

#[test]
fn away_and_back_is_the_straight_run_to_the_last_event() {
    let mut replay = replay(STALLS);
    for ms in [3_000, 5_999, 1_234, 0, 4_100, 4_099, 6_000, 17, 3_000] {
        assert_eq!(go(&mut replay, Goal::At(at_ms(ms)), 500), Some(at_ms(ms)));
        assert_same(&replay, &straight(STALLS, at_ms(ms)));
    }
}

#[test]
fn failures_are_found_one_after_another_and_back_again() {
    let expected = failures(STALLS);
    assert!(expected.len() > 20, "{}", expected.len());
    let mut replay = replay(STALLS);
    let mut found = Vec::new();
    let mut from = SimTime::ZERO;
    while let Some(at) = go(&mut replay, Goal::First(Breakpoint::Failure(None), from), 700) {
        found.push(at);
        from = at + SimDuration::from_nanos(1);
    }
    assert_eq!(found, expected);

    let mut found = Vec::new();
    let mut before = at_ms(6_000);
    while let Some(at) = go(&mut replay, Goal::Last(Breakpoint::Failure(None), before), 700) {
        assert_same(&replay, &straight(STALLS, at));
        found.push(at);
        before = at;
    }
    found.reverse();
    assert_eq!(found, expected);
}

#[test]
fn a_failure_is_found_at_once_in_a_new_replay_and_from_far_away() {
    let expected = failures(STALLS);
    let (first, last) = (expected[0], expected[expected.len() - 1]);
    let all = Breakpoint::Failure(None);
    for (goal, at) in [
        (Goal::First(all, SimTime::ZERO), Some(first)),
        (Goal::First(all, first), Some(first)),
        (Goal::Last(all, first), None),
        (Goal::Last(all, at_ms(6_000)), Some(last)),
        (Goal::First(all, last + SimDuration::from_nanos(1)), None),
        (Goal::Last(all, at_ms(1_000_000)), Some(last)),
    ] {
        assert_eq!(go(&mut replay(STALLS), goal, u32::MAX), at, "{goal:?}");
        let mut elsewhere = replay(STALLS);
        go(&mut elsewhere, Goal::At(at_ms(3_000)), u32::MAX);
        assert_eq!(go(&mut elsewhere, goal, 300), at, "{goal:?} from elsewhere");
    }
}

#[test]
fn what_does_not_exist_leaves_it_where_it_looked_from() {
    let mut replay = replay(STALLS);
    let refused = Breakpoint::Failure(Some(ErrorKind::Refused));
    let from = at_ms(2_500);
    for goal in [Goal::Last(refused, from), Goal::First(refused, from + SimDuration::from_nanos(1))] {
        assert_eq!(go(&mut replay, goal, 1_000), None);
        assert_eq!(replay.sim().now(), from);
        assert_same(&replay, &straight(STALLS, from));
    }
}

#[test]
fn events_and_outcomes_are_gone_through_one_instant_at_a_time() {
    // The looks at the end of a time bucket are none of the model's events.
    let events = instants(STALLS, |sim| sim.events() - sim.series().ok.len() as u64);
    let outcomes = instants(STALLS, |sim| sim.moment().requests.ok + sim.moment().requests.failed);
    for (what, expected) in [(Breakpoint::Event, &events), (Breakpoint::Outcome, &outcomes)] {
        let mut replay = replay(STALLS);
        assert_eq!(go(&mut replay, Goal::First(what, SimTime::ZERO), u32::MAX), Some(expected[0]), "{what:?}");
        let middle = expected.len() / 2;
        let mut at = expected[middle];
        for next in &expected[middle + 1..middle + 300] {
            let step = Goal::First(what, at + SimDuration::from_nanos(1));
            assert_eq!(go(&mut replay, step, u32::MAX), Some(*next), "{what:?}");
            at = *next;
        }
        for previous in expected[..middle + 299].iter().rev().take(400) {
            assert_eq!(go(&mut replay, Goal::Last(what, at), u32::MAX), Some(*previous), "{what:?}");
            at = *previous;
        }
    }
}

/// Whoever goes back waits for what lies between two clones, and not for the run.
#[test]
fn where_it_has_been_it_goes_in_a_small_part_of_the_events() {
    let mut replay = replay(STALLS);
    go(&mut replay, Goal::At(at_ms(6_000)), u32::MAX);
    assert!(replay.kept() > 50, "{}", replay.kept());
    let all = replay.sim().events();
    let failure = Breakpoint::Failure(None);
    // Nothing fails before the first stall, and nothing from 2.1 to 4 s: there two stretches are looked through.
    for (goal, per_cent) in [
        (Goal::At(at_ms(5_990)), 2),
        (Goal::At(at_ms(3_050)), 2),
        (Goal::Last(failure, at_ms(6_000)), 6),
        (Goal::Last(failure, at_ms(3_900)), 9),
        (Goal::First(failure, at_ms(2_200)), 3),
        (Goal::First(failure, SimTime::ZERO), 3),
        (Goal::Last(failure, at_ms(1_000)), 4),
        (Goal::At(at_ms(60)), 2),
        (Goal::At(at_ms(5_950)), 2),
    ] {
        replay.seek(goal);
        let (slice, mut slices) = (20, 1);
        while replay.advance(slice) == Progress::Budget {
            slices += 1;
        }
        let computed = u64::from(slice) * slices;
        assert!(computed * 100 <= all * per_cent, "{goal:?}: {computed} of {all} events");
    }
}

#[test]
fn a_moment_is_the_snapshot_in_a_few_numbers() {
    let mut sim = sim(STALLS);
    let mut most = (0, 0);
    for ms in (37..6_000).step_by(83) {
        sim.advance(at_ms(ms), u32::MAX);
        let (moment, snapshot) = (sim.moment(), sim.snapshot());
        let [queue, workers] = [snapshot.server.accept_queue, snapshot.server.workers].map(|of| (of.length, of.limit));
        assert_eq!((moment.at, moment.requests), (snapshot.at, snapshot.requests));
        assert_eq!((moment.accept_queue, moment.busy_workers), (queue, workers), "at {ms} ms");
        most = (most.0.max(queue.0), most.1.max(moment.requests.in_flight));
    }
    assert!(most.0 > 10 && most.1 > 10, "{most:?}");
}

#[test]
fn a_failure_at_the_very_start_is_found() {
    let link = "duration=1s&load=burst&burst=30&ports=10";
    assert_eq!(failures(link)[0], SimTime::ZERO);
    assert_eq!(go(&mut replay(link), Goal::First(Breakpoint::Failure(None), SimTime::ZERO), 5), Some(SimTime::ZERO));
}

#[test]
fn a_class_and_the_first_overflow_are_found_by_themselves() {
    let report = straight(STALLS, at_ms(6_000)).report();
    let mut replay = replay(STALLS);
    for row in &report.errors {
        let at = go(&mut replay, Goal::First(Breakpoint::Failure(Some(row.kind)), SimTime::ZERO), 1_000).unwrap();
        assert!((at.as_millis_f64() - row.first_ms).abs() < 0.001, "{row:?} at {at:?}");
    }
    let at = go(&mut replay, Goal::First(Breakpoint::Overflow, SimTime::ZERO), 1_000).unwrap();
    assert_eq!(replay.sim().report().nstat.TcpExtListenOverflows, 1, "{at:?}");
}

/// Each clone would hold a table of ports for each of a thousand hosts.
#[test]
fn memory_stays_bounded_and_the_run_exact_where_clones_are_large() {
    let link = "duration=2s&rps=2000&clients=1000&ports=20000&timeout=300ms&workers=8";
    let mut replay = replay(link);
    for ms in [1_900, 300, 1_000] {
        go(&mut replay, Goal::At(at_ms(ms)), 5_000);
        assert_same(&replay, &straight(link, at_ms(ms)));
    }
    assert_eq!(replay.kept(), 0, "a clone takes more than all of them may");
    let mut small = self::replay(STALLS);
    go(&mut small, Goal::At(at_ms(6_000)), 5_000);
    assert!((20..=64).contains(&small.kept()), "{}", small.kept());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_seeks_in_any_slices_is_exact(
        seeks in prop::collection::vec((0..2_000_u64, 0..3_u8), 1..8),
        budget in 1..3_000_u32,
    ) {
        let link = "duration=2s&rps=500&timeout=120ms&backlog=16&workers=6&abort-on-overflow=on&rtt=3ms";
        let mut replay = replay(link);
        for (ms, how) in seeks {
            let at = at_ms(ms);
            let goal = match how {
                0 => Goal::At(at),
                1 => Goal::First(Breakpoint::Failure(None), at),
                _ => Goal::Last(Breakpoint::Outcome, at),
            };
            go(&mut replay, goal, budget);
            assert_same(&replay, &straight(link, replay.sim().now()));
        }
    }
}
