//! The golden links: what each fingerprint was, it must be, whoever compiled the model and for whatever machine.
//!
//! `cargo xtask test` runs this natively with and without debug assertions, and as wasm in node. The browser tests open
//! the same links in the page.

use connlab::link;
use connlab::sim::Sim;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// A fingerprint, a number of events and a link a line; `#` begins a comment.
const GOLDEN: &str = include_str!("../../data/golden.txt");

fn links() -> impl Iterator<Item = &'static str> {
    let lines = GOLDEN.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.rsplit_once(' ').expect("a link at the end of a line").1)
}

fn finished(link: &str) -> Sim {
    let decoded = link::decode(link);
    // A random timetable may have a change after the end of its run.
    let is_late = |message: &str| message.contains("` has no effect: the ");
    assert!(decoded.warnings.iter().all(|warning| is_late(&warning.message)), "{link}: {:?}", decoded.warnings);
    let mut sim = Sim::new(&decoded.recipe.scenario);
    sim.run();
    sim
}

/// The file as it would be written today.
fn today() -> String {
    let line = |line: &str| {
        let Some((_, link)) = line.rsplit_once(' ').filter(|_| !line.starts_with('#')) else {
            return format!("{line}\n");
        };
        let sim = finished(link);
        format!("{} {} {link}\n", sim.report().fingerprint, sim.events())
    };
    GOLDEN.lines().map(line).collect()
}

#[test]
fn every_golden_link_has_its_fingerprint() {
    let today = today();
    let differ: Vec<_> = GOLDEN.lines().zip(today.lines()).filter(|(golden, today)| golden != today).collect();
    #[cfg(not(target_arch = "wasm32"))]
    if std::env::var("CONNLAB_GOLDEN").is_ok_and(|wish| wish == "write") {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../data/golden.txt");
        std::fs::write(path, &today).expect("tests/data can be written");
        return println!("tests/data/golden.txt: {} lines changed", differ.len());
    }
    assert!(
        differ.is_empty(),
        "{} of {} golden links run differently. If the model was meant to change, say so in CHANGELOG.md and write the \
         file anew: CONNLAB_GOLDEN=write cargo test --package connlab-fingerprint-tests. (Golden, now:) {differ:#?}",
        differ.len(),
        links().count(),
    );
}

#[cfg(not(target_arch = "wasm32"))]
mod choice {
    //! What the golden links are: every preset, and enough of the rest.

    use connlab::params::PARAMS;
    use connlab::preset::PRESETS;
    use connlab::scenario::Scenario;
    use connlab::sim::Sim;

    use super::{link, links};

    #[test]
    fn there_are_fifty_with_every_preset_among_them() {
        assert!(links().count() >= 50);
        for preset in PRESETS {
            let link = format!("v=1&p={}", preset.name);
            assert!(links().any(|golden| golden == link), "tests/data/golden.txt has no line for {link}");
        }
        for golden in links() {
            assert_eq!(link::encode(&link::decode(golden).recipe), golden, "a link as the page writes it");
        }
    }

    /// More than any of the random ones has; without one of its settings it may have far more.
    const EVENTS: u32 = 60_000;

    fn fingerprint(scenario: &Scenario) -> String {
        let mut sim = Sim::new(scenario);
        sim.advance(sim.end(), EVENTS);
        sim.report().fingerprint
    }

    /// Not only named in a link: without it the same link is another run.
    #[test]
    fn every_parameter_decides_at_least_one_of_them() {
        let random: Vec<Scenario> = links()
            .map(|link| link::decode(link).recipe)
            .filter(|recipe| recipe.preset.is_none())
            .map(|recipe| recipe.scenario)
            .collect();
        for spec in PARAMS {
            let decides = |golden: &Scenario| {
                let mut without = golden.clone();
                spec.set(&mut without.params, spec.default_value());
                without.params != golden.params && fingerprint(&without) != fingerprint(golden)
            };
            assert!(
                random.iter().any(decides),
                "no golden link depends on {}: add a line to tests/data/golden.txt (`0 0 LINK`) and write it anew",
                spec.key
            );
        }
    }
}
