//! When it was too late for a change: found in runs of the model.

use connlab::experiment::deadline::{Deadline, Standing};
use connlab::experiment::design::Seeds;
use connlab::link;
use connlab::sim::Sim;
use connlab::sim::report::{Report, Series};
use rayon::prelude::*;

/// All runs made and learned.
fn answered(link: &str, change: &str) -> Deadline {
    let cured = link::scenario(&format!("{link}&{change}"));
    let mut deadline = Deadline::new(link::scenario(link), cured).expect("a change with instants");
    let runs: Vec<_> = (0..).map_while(|n| deadline.run(n)).collect();
    let outcomes: Vec<(Report, Series)> = (runs.into_par_iter())
        .map(|(mut scenario, replication)| {
            let seeds = Seeds { first: scenario.params.seed, count: 1 };
            scenario.params.seed = seeds.of(replication as u64);
            let mut sim = Sim::new(&scenario);
            sim.run();
            (sim.report(), sim.series())
        })
        .collect();
    outcomes.iter().for_each(|(report, series)| deadline.learn(report, series));
    deadline
}

/// The instants that the findings name, in seconds.
fn found(deadline: &Deadline) -> [Option<f64>; 3] {
    let findings = deadline.findings();
    let at = |moment: usize| deadline.moments()[moment].at.as_secs_f64();
    [findings.in_time_until, findings.late_from, findings.untold_from].map(|moment| moment.map(at))
}

/// A storm of retries outlives its cause, from 10 to 12 s: a budget for retries prevents it, and six seconds later it
/// ends nothing before the run does.
#[test]
fn a_retry_budget_comes_too_late_for_a_storm_that_keeps_itself_up() {
    let deadline = answered("p=retry-storm", "retry-budget=10%");
    assert_eq!(found(&deadline), [Some(12.0), Some(18.0), None], "{}", deadline.verdict());
    assert!(
        deadline.verdict().contains("42 s left then, 100 % fail with it, 100 % without it"),
        "{}",
        deadline.verdict()
    );
}

/// Handlers that see that their callers have gone throw away what the storm has queued.
#[test]
fn what_ends_the_storm_is_never_too_late() {
    let deadline = answered("p=retry-storm&duration=24s", "checks-context=on");
    assert_eq!(found(&deadline), [Some(23.0), None, None], "{}", deadline.verdict());
}

/// The overload of the incident ends when there are enough workers, whenever they come: but for the last moments, in
/// which too few requests end.
#[test]
fn workers_are_in_time_as_long_as_there_is_time_for_them_to_act() {
    let deadline = answered("p=incident&duration=30s", "workers=30");
    let [in_time, late, _] = found(&deadline);
    assert!(in_time.is_some_and(|at| at >= 26.0) && late.is_none(), "{}", deadline.verdict());
}

#[test]
fn a_change_that_prevents_nothing_has_nothing_to_be_late_for() {
    let deadline = answered("p=healthy&duration=3s", "workers=80");
    assert!((0..deadline.moments().len()).all(|moment| deadline.standing(moment) == Standing::Untold));
    assert!(deadline.verdict().contains("nothing to be late for"), "{}", deadline.verdict());
}
