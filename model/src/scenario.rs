//! A scenario: everything that decides a run, which is its parameters and the timetable of their changes.

use crate::params::used::{RULES, Rule};
use crate::params::{PARAMS, ParamId, ParamSpec, Params, Value};
use crate::time::SimTime;
use crate::words::seconds;

/// A parameter that changes at an instant of the run: the fault injector and the traffic surge are both this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// When.
    pub at: SimTime,
    /// Which parameter; a live one.
    pub param: ParamId,
    /// The value from then on.
    pub value: Value,
}

impl Change {
    /// The row that changes.
    #[inline]
    pub fn spec(&self) -> &'static ParamSpec {
        self.param.spec()
    }
}

/// Everything that decides a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scenario {
    /// The parameters at the start.
    pub params: Params,
    /// Changes during the run, by time and then table order; at most one for a time and parameter.
    pub timetable: Vec<Change>,
}

impl Scenario {
    /// Adds a change, in place of one for the same time and parameter.
    #[inline]
    pub fn schedule(&mut self, change: Change) {
        let key = |c: &Change| (c.at, c.param);
        match self.timetable.binary_search_by_key(&key(&change), key) {
            Ok(i) => self.timetable[i] = change,
            Err(i) => self.timetable.insert(i, change),
        }
    }

    /// Whether a parameter, or its course over the run, is not as in `base`.
    #[inline]
    pub fn differs(&self, base: &Scenario, param: ParamId) -> bool {
        let spec = param.spec();
        spec.get(&self.params) != spec.get(&base.params) || self.course(param).ne(base.course(param))
    }

    /// How a parameter changes during the run.
    #[inline]
    pub fn course(&self, param: ParamId) -> impl Iterator<Item = &Change> {
        self.timetable.iter().filter(move |change| change.param == param)
    }

    /// For every parameter, in the order of the table, why it does nothing during the whole run, if so: `load is
    /// closed`.
    #[inline]
    pub fn unused(&self) -> Vec<Option<String>> {
        let stages = self.stages();
        let mut unused = vec![None; PARAMS.len()];
        for Rule { params, acts, decider, because } in RULES {
            if stages.iter().any(|(_, values)| acts(values)) {
                continue;
            }
            let decider = decider.spec();
            for param in *params {
                unused[*param as usize]
                    .get_or_insert_with(|| format!("{because} {}", decider.describe(decider.get(&self.params))));
            }
        }
        unused
    }

    /// What differs from the defaults, the timetable too, by the names of the real world: all that one has to know to
    /// make the run again.
    #[inline]
    pub fn differences(&self) -> Vec<String> {
        let defaults = Params::default();
        let differs = |spec: &&ParamSpec| spec.get(&self.params) != spec.get(&defaults);
        let at_first = PARAMS.iter().filter(differs);
        let at_first = at_first.map(|spec| format!("{} {}", spec.label, spec.describe(spec.get(&self.params))));
        let later = self.timetable.iter().map(|change| {
            let (at, spec) = (seconds(change.at.as_secs_f64()), change.spec());
            format!("from {at} {} {}", spec.label, spec.describe(change.value))
        });
        at_first.chain(later).collect()
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

    /// The parameters at an instant.
    #[inline]
    pub fn at(&self, at: SimTime) -> Params {
        let in_force = self.stages().into_iter().rfind(|(from, _)| *from <= at);
        in_force.map_or_else(|| self.params.clone(), |(_, params)| params)
    }

    /// When the run ends: the load's duration and the tail.
    #[inline]
    pub fn end(&self) -> SimTime {
        SimTime::ZERO + self.params.duration + self.params.tail
    }
}
