//! A deploy without a gap: the one remedy that rewrites the timetable.

use super::{Means, Remedy};
use crate::params::{Group, ParamId, Stop, Value};
use crate::scenario::{Change, Scenario};
use crate::time::{SimDuration, SimTime};

/// How long nobody listens in a deploy that overlaps. In truth nobody notices: the new process has the listener already
/// (SO_REUSEPORT, socket activation, a load balancer that drains). A timetable needs two instants.
const HANDOVER: SimDuration = SimDuration::from_micros(1);

/// The server goes down and comes up again: here the next process listens before the one before it goes, which accepts
/// to its end and finishes what it has in hand. `None` where it does not go down, or does not come up again.
pub(super) fn overlap(scenario: &Scenario) -> Option<Remedy> {
    let mut changed = scenario.clone();
    let mut gap = SimDuration::ZERO;
    let mut down: Option<SimTime> = None;
    for change in scenario.timetable.iter().filter(|change| change.param == ParamId::listening) {
        match (change.value, down) {
            (Value::Switch(false), None) => down = Some(change.at),
            (Value::Switch(true), Some(since)) => {
                gap = gap.max(change.at.since(since));
                changed.timetable.retain(|it| it != change && !is_pause(it, change.at));
                changed.schedule(Change { at: since + HANDOVER, ..*change });
                down = None;
            }
            _ => {}
        }
    }
    changed.timetable.retain(|change| change.param != ParamId::stop);
    ParamId::stop.spec().set(&mut changed.params, Value::Choice(Stop::Shutdown.name()));
    (gap > HANDOVER && scenario.params.accepting).then(|| Remedy {
        title: format!("deploy with overlap: nobody listens for {gap} → {HANDOVER}, Close → Shutdown"),
        changes: vec![(ParamId::stop, Value::Choice(Stop::Shutdown.name()))],
        scenario: changed,
        owner: Group::Server,
        means: Means::Settings,
        why: "The next process listens before this one goes, and this one finishes what it has in hand.",
        popular: false,
    })
}

/// The accept loop stops or starts again on the way to the new process.
fn is_pause(change: &Change, until: SimTime) -> bool {
    change.param == ParamId::accepting && change.at <= until
}
