//! What has failed so far, under the zone where its cause lies.

use connlab::scene::Zone;
use connlab::sim::error::ErrorKind;
use connlab::sim::report::ErrorRow;

/// Classes of a zone that there is room for.
const ROWS: usize = 2;

/// A class, or all for which there is no room.
#[derive(Clone, Debug, PartialEq)]
pub struct Tally {
    /// The class; of several the commonest.
    pub kind: ErrorKind,
    /// Its name.
    pub label: String,
    /// Failed requests up to the instant.
    pub so_far: u64,
    /// Failed requests in the whole run.
    pub all: u64,
}

/// The classes that occur in the run, the commonest first as the report has them; failing these the usual ones.
/// `failed` counts them up to the instant.
pub fn tallies(zone: Zone, errors: &[ErrorRow], failed: &[(ErrorKind, u64)]) -> Vec<Tally> {
    let so_far = |kind: ErrorKind| failed.iter().find(|(of, _)| *of == kind).map_or(0, |(_, count)| *count);
    let tally = |kind: ErrorKind, all: u64| Tally { kind, label: kind.spec().label.into(), so_far: so_far(kind), all };
    let mut tallies: Vec<Tally> =
        (errors.iter().filter(|row| Zone::of(row.kind) == zone)).map(|row| tally(row.kind, row.count)).collect();
    if tallies.len() > ROWS {
        let others = tallies.split_off(ROWS - 1);
        let sum = |of: fn(&Tally) -> u64| others.iter().map(of).sum();
        let label = format!("{} others", others.len());
        tallies.push(Tally { kind: others[0].kind, label, so_far: sum(|one| one.so_far), all: sum(|one| one.all) });
    }
    let usual: &[ErrorKind] = match zone {
        Zone::Client => &[ErrorKind::Closed, ErrorKind::Ports],
        Zone::Network => &[ErrorKind::DialTimeout],
        Zone::Kernel => &[ErrorKind::Reset, ErrorKind::Refused],
        Zone::Program => &[ErrorKind::Eof],
    };
    for kind in usual.iter().filter(|kind| errors.iter().all(|row| row.kind != **kind)) {
        if tallies.len() < usual.len() {
            tallies.push(tally(*kind, 0));
        }
    }
    tallies
}

#[cfg(test)]
mod tests {
    use super::*;
    use connlab::link;
    use connlab::preset::PRESETS;
    use connlab::sim::Sim;
    use connlab::sim::snapshot::Snapshot;
    use connlab::time::{SimDuration, SimTime};

    fn all(errors: &[ErrorRow], failed: &[(ErrorKind, u64)]) -> Vec<Tally> {
        Zone::ALL.into_iter().flat_map(|zone| tallies(zone, errors, failed)).collect()
    }

    fn failed(snapshot: &Snapshot) -> Vec<(ErrorKind, u64)> {
        let errors = snapshot.errors.iter();
        errors.map(|error| (ErrorKind::named(error.class).expect("a class"), error.count)).collect()
    }

    #[test]
    fn together_they_count_every_failure() {
        for preset in PRESETS {
            let mut sim = Sim::new(&link::scenario(&format!("p={}&duration=25s", preset.name)));
            sim.advance(SimTime::ZERO + SimDuration::from_secs(21), u32::MAX);
            let snapshot = sim.snapshot();
            sim.run();
            let report = sim.report();
            let tallies = all(&report.errors, &failed(&snapshot));
            let sum = |of: fn(&Tally) -> u64| tallies.iter().map(of).sum::<u64>();
            assert_eq!(sum(|one| one.so_far), snapshot.requests.failed, "{}", preset.name);
            assert_eq!(sum(|one| one.all), report.requests.failed, "{}", preset.name);
            assert!(tallies.len() <= Zone::ALL.len() * ROWS, "{}", preset.name);
        }
    }

    #[test]
    fn classes_without_room_are_one_tally() {
        let row =
            |kind: ErrorKind, count| ErrorRow { class: kind.class(), count, first_ms: 0.0, text: String::new(), kind };
        let errors = [
            row(ErrorKind::Ports, 9),
            row(ErrorKind::ClientTimeout, 5),
            row(ErrorKind::Canceled, 2),
            row(ErrorKind::Eof, 1),
        ];
        let so_far: Vec<_> = errors.iter().map(|row| (row.kind, row.count - 1)).collect();
        let client: Vec<_> = (tallies(Zone::Client, &errors, &so_far).into_iter())
            .map(|one| (one.kind, one.label, one.so_far, one.all))
            .collect();
        assert_eq!(
            client,
            [(ErrorKind::Ports, "no free port".into(), 8, 9), (ErrorKind::ClientTimeout, "2 others".into(), 5, 7)]
        );
        let program = tallies(Zone::Program, &errors, &so_far);
        assert_eq!((program.len(), program[0].so_far, program[0].all), (1, 0, 1));
    }
}
