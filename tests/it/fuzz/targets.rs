//! What each fuzz target does with its input. A panic is a finding.

use connlab::experiment::design::Design;
use connlab::link::{self, LinkWarning};
use connlab::recorded;
use connlab::scenario::Scenario;
use connlab::sim::{Progress, Sim};
use connlab::time::SimDuration;

use crate::invariants::everything_adds_up;

/// What a run may cost, or fuzzing finds nothing but load.
const EVENTS: u32 = 6_000;

/// A port table for each of a thousand hosts is legal, but takes 130 MB.
const CLIENTS: u32 = 5;

/// A change after the end is said to have no effect, however well it is written.
pub fn comes_too_late(warning: &LinkWarning) -> bool {
    warning.message.contains("` has no effect: the ")
}

/// Any text reads as a scenario. What could not be used is named, and what was read has a link without faults.
pub fn link(text: &str) {
    let read = link::decode(text);
    let text = link::plain(text);
    for warning in &read.warnings {
        let (key, _) = warning.given.split_once('=').expect("key=value");
        // A very long one is cut, and a change that comes too late may be the preset's.
        assert!(text.contains(key) || key.ends_with('…') || comes_too_late(warning), "{key:?} was never given");
        assert!(warning.message.contains(key), "{warning} does not name {key:?}");
        assert!(warning.message.chars().count() < 400, "not a notice but a novel: {warning}");
    }
    let canonical = link::encode(&read.recipe);
    let again = link::decode(&canonical);
    assert!(again.warnings.iter().all(comes_too_late), "{canonical}: {:?}", again.warnings);
    assert_eq!(again.recipe, read.recipe, "{canonical}");
    assert_eq!(link::encode(&again.recipe), canonical);
    experiment(&read);
}

/// The experiment of any link has a link that says the same, without faults.
pub fn experiment(read: &link::Decoded) {
    let design = Design::of(read).design;
    let canonical = design.encode();
    let again = Design::of(&link::decode(&canonical));
    assert_eq!([again.notes, again.faults].concat(), Vec::<String>::new(), "{canonical}");
    assert!(again.design == design, "{canonical}");
    assert_eq!(again.design.encode(), canonical);
    assert!(design.check(design.seeds()).is_ok(), "{canonical}");
}

/// Any file is a recording that runs, or is refused with one sentence that names the line.
pub fn arrivals(text: &str) {
    match recorded::read(text) {
        Ok(recording) => {
            assert!(recording.arrivals.is_sorted());
            let (at_most, mut sim) = (recording.arrivals.len(), Sim::with_recording(&Scenario::default(), recording));
            sim.advance(sim.end(), EVENTS);
            let requests = sim.report().requests;
            assert_eq!(requests.offered, requests.ok + requests.failed + requests.in_flight);
            assert!(at_most == 0 || requests.offered <= at_most as u64);
        }
        Err(message) => {
            let line = message.strip_prefix("line ").and_then(|rest| rest.split_once(": "));
            let number = line.and_then(|(number, _)| number.parse::<usize>().ok());
            let names_a_line = number.is_some_and(|number| (1..=text.lines().count()).contains(&number));
            assert!(names_a_line || message.starts_with("no line"), "{message}");
            assert!(!message.contains('\n'), "{message}");
        }
    }
}

/// Whatever a link says, its run keeps the invariants, and a clone made half-way ends as the original does.
pub fn run(text: &str) {
    let mut scenario = link::scenario(text);
    scenario.params.clients = scenario.params.clients.min(CLIENTS);
    let mut sim = Sim::new(&scenario);
    sim.log_requests();
    let half_way = sim.advance(sim.end(), EVENTS / 2);
    if half_way == Progress::Budget {
        let mut clone = sim.clone();
        // To another instant first: how a run is sliced never matters.
        let soon = clone.now() + SimDuration::from_millis(10);
        let before = clone.events();
        clone.advance(soon, EVENTS / 4);
        let spent = u32::try_from(clone.events() - before).expect("at most the budget");
        clone.advance(clone.end(), EVENTS / 2 - spent);
        sim.advance(sim.end(), EVENTS / 2);
        assert_eq!(clone.report(), sim.report());
    }
    if let Err(broken) = everything_adds_up(&scenario, &sim) {
        panic!("{}: {broken}", link::encode(&scenario.into()));
    }
}
