//! A scenario: everything that decides a run. Parameters, the timetable of changes, and the preset they started from.

use crate::params::{PARAMS, ParamSpec, Params, Value};
use crate::preset::Preset;
use crate::time::SimTime;

/// A parameter that changes at an instant of the run: the fault injector and the traffic surge are both this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// When.
    pub at: SimTime,
    /// Which row of [`PARAMS`], by index; the row is live.
    pub param: usize,
    /// The value from then on.
    pub value: Value,
}

impl Change {
    /// The row that changes.
    pub fn spec(&self) -> &'static ParamSpec {
        &PARAMS[self.param]
    }
}

/// Everything that decides a run.
#[derive(Clone, Debug, Default)]
pub struct Scenario {
    /// The preset the link names, if any.
    pub preset: Option<&'static Preset>,
    /// The parameters at the start.
    pub params: Params,
    /// Changes during the run, by time and then table order; at most one for a time and parameter.
    pub timetable: Vec<Change>,
}

/// Two scenarios are equal if they give the same run and are written as the same link.
impl PartialEq for Scenario {
    fn eq(&self, other: &Self) -> bool {
        self.preset.map(|preset| preset.name) == other.preset.map(|preset| preset.name)
            && self.params == other.params
            && self.timetable == other.timetable
    }
}

impl Scenario {
    /// What an unchanged link with the same `p` means: the preset, or the defaults.
    #[inline]
    pub fn base(&self) -> Scenario {
        self.preset.map(Preset::scenario).unwrap_or_default()
    }

    /// Adds a change, in place of one for the same time and parameter.
    pub fn schedule(&mut self, change: Change) {
        let key = |c: &Change| (c.at, c.param);
        match self.timetable.binary_search_by_key(&key(&change), key) {
            Ok(i) => self.timetable[i] = change,
            Err(i) => self.timetable.insert(i, change),
        }
    }

    /// Whether this parameter differs from the preset (or the defaults).
    #[inline]
    pub fn is_changed(&self, spec: &ParamSpec) -> bool {
        spec.get(&self.params) != spec.get(&self.base().params)
    }

    /// The parameters from each instant on at which they change, from the start to the end of the run.
    #[inline]
    pub fn stages(&self) -> Vec<(SimTime, Params)> {
        let mut stages = vec![(SimTime::ZERO, self.params.clone())];
        for change in self.timetable.iter().filter(|change| change.at <= self.end()) {
            let (at, mut params) = stages[stages.len() - 1].clone();
            change.spec().set(&mut params, change.value);
            if at == change.at {
                stages.pop();
            }
            stages.push((change.at, params));
        }
        stages
    }

    /// When the run ends: the load's duration and the tail.
    pub fn end(&self) -> SimTime {
        SimTime::ZERO + self.params.duration + self.params.tail
    }
}
