//! Where two runs part: the first instant at which not the same happens, to the event.

use connlab::experiment::parting::{Parted, Parting};
use connlab::link;
use connlab::sim::Sim;
use connlab::time::SimTime;

fn parted(a: &str, b: &str, budget: u32) -> Parted {
    let scenarios = [a, b].map(link::scenario);
    let mut parting = Parting::new(scenarios.each_ref());
    loop {
        if let Some(parted) = parting.advance(budget) {
            return parted;
        }
    }
}

/// All events up to and including an instant.
fn events_until(link: &str, at: SimTime) -> u64 {
    let mut sim = Sim::new(&link::scenario(link));
    sim.advance(at, u32::MAX);
    sim.events_hash()
}

#[test]
fn runs_part_at_the_first_event_that_differs() {
    let pairs = [
        ("p=incident&duration=30s", "p=incident&duration=30s&somaxconn=256"),
        ("p=incident&duration=30s", "p=incident&duration=30s&idle=3"),
        ("p=healthy&duration=5s", "p=healthy&duration=5s&workers=10"),
        ("p=healthy&duration=5s", "p=healthy&duration=5s&3s.rtt=20ms"),
        ("p=healthy&duration=5s&loss=1%", "p=healthy&duration=5s&loss=1.01%"),
    ];
    for (a, b) in pairs {
        let Parted::At(at) = parted(a, b, 100_000) else { panic!("{a} and {b} part") };
        assert!(at > SimTime::ZERO, "{a}, {b}");
        let before = SimTime::from_nanos(at.as_nanos() - 1);
        assert_eq!(events_until(a, before), events_until(b, before), "{a}, {b} before {at:?}");
        assert_ne!(events_until(a, at), events_until(b, at), "{a}, {b} at {at:?}");
        assert_eq!(parted(a, b, 7), Parted::At(at), "however it is sliced");
        assert_eq!(parted(b, a, 100_000), Parted::At(at));
    }
}

#[test]
fn runs_in_which_the_same_happens_never_part() {
    assert_eq!(parted("p=healthy&duration=5s", "p=healthy&duration=5s&workers=100", 10_000), Parted::Never);
    assert_eq!(parted("p=healthy&duration=5s", "p=healthy&duration=5s", 10_000), Parted::Never);
}

#[test]
fn a_longer_run_parts_where_the_shorter_one_ends() {
    let end = SimTime::from_nanos(2_000_000_000);
    assert_eq!(parted("p=healthy&duration=2s", "p=healthy&duration=5s", 10_000), Parted::At(end));
}
