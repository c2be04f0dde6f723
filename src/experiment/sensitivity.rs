//! What matters here: each setting that can change while everything runs, moved by one stop of its slider.

use crate::dead_zone::DeadZone;
use crate::params::{PARAMS, ParamSpec, Value};
use crate::scenario::Scenario;
use crate::sim::report::Report;

/// A setting, moved by one stop.
#[derive(Clone)]
pub struct Move {
    /// Which.
    pub spec: &'static ParamSpec,
    /// Its value then.
    pub value: Value,
    /// The scenario with it.
    pub scenario: Scenario,
    /// It gives the very same run: nothing has to be computed.
    pub is_dead: bool,
}

/// All moves in the neighbourhood of a run: numbers that may change during a run and do something in this one, down and
/// up. A number that changes on the timetable is left out, for it has no stop to move from, and so is a zero that means
/// that there is no limit, or that something is off: to it, or from it, is not a small step.
pub fn moves(scenario: &Scenario, report: &Report) -> Vec<Move> {
    let unused = scenario.unused();
    let mut moves = Vec::new();
    for (spec, _) in PARAMS.iter().zip(unused).filter(|(spec, unused)| spec.live && unused.is_none()) {
        let (stops, now) = (spec.stops(), spec.get(&scenario.params));
        if stops.is_empty() || spec.is_word(now) || scenario.course(spec.id).next().is_some() {
            continue;
        }
        let size = |value: &Value| spec.size(*value);
        let below = stops.iter().rev().find(|stop| size(stop) < size(&now));
        let above = stops.iter().find(|stop| size(stop) > size(&now));
        let zone = DeadZone::of(scenario, report, spec.id);
        for value in below.into_iter().chain(above).copied().filter(|value| !spec.is_word(*value)) {
            let mut moved = scenario.clone();
            spec.set(&mut moved.params, value);
            let is_dead = zone.is_some_and(|zone| zone.has(value));
            moves.push(Move { spec, value, scenario: moved, is_dead });
        }
    }
    moves
}
