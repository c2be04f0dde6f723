//! What a visitor enters and drags, in the scenario.

use connlab::link;
use connlab::params::ParamId;
use connlab::scenario::{Change, Scenario};
use connlab::time::SimTime;

use super::{Effects, Field, Page};
use crate::timetable::{self, Written};
use crate::typed;

impl Page {
    /// What is wrong with the text that was entered here last.
    pub fn fault(&self, field: Field) -> Option<String> {
        self.fault.as_ref().filter(|(at, _)| *at == field).map(|(_, message)| message.clone())
    }

    /// A setting and its course over the run are as in `base`.
    pub(super) fn reset(&mut self, param: ParamId, base: &Scenario) {
        let scenario = &mut self.recipe.scenario;
        param.spec().set(&mut scenario.params, param.spec().get(&base.params));
        scenario.timetable.retain(|change| change.param != param);
        base.course(param).for_each(|change| scenario.schedule(*change));
    }

    /// A text was entered into a setting's box. What cannot be read changes nothing.
    pub(super) fn enter_text(&mut self, param: ParamId, text: &str) -> Effects {
        let spec = param.spec();
        let (value, message) = typed::judged(spec, spec.get(&self.recipe.scenario.params), text);
        let effects = match value {
            Some(value) => {
                spec.set(&mut self.recipe.scenario.params, value);
                self.changed(true)
            }
            None => Effects::default(),
        };
        self.fault = message.map(|message| (Field::Setting(param), message));
        effects
    }

    /// A change during the run was written, or written anew.
    pub(super) fn write(&mut self, Written { change, param, at, value }: &Written) -> Effects {
        let old = change.as_ref().and_then(|name| timetable::find(&self.recipe.scenario, name));
        let Some(param) = old.map(|old| old.param).or(*param) else { return Effects::default() };
        let (new, warnings) = timetable::read(&self.recipe.scenario, at, param, value);
        let effects = if new.is_some() { self.reschedule(old, new) } else { Effects::default() };
        let field = old.map_or(Field::Draft, |old| Field::Change(new.unwrap_or(old)));
        self.fault = warnings.into_iter().next().map(|warning| (field, warning.message));
        effects
    }

    /// A change during the run is dragged. Each step begins where the drag began: who passes another change leaves it
    /// where it was.
    pub(super) fn drag(&mut self, name: &str, to: SimTime) -> Effects {
        let mut scenario = self.recipe.scenario.clone();
        if self.is_dragged {
            scenario.timetable = link::scenario(&self.settled.link).timetable;
        }
        let Some(old) = timetable::find(&scenario, name) else { return Effects::default() };
        let new = timetable::moved(&scenario, old, to);
        scenario.timetable.retain(|change| *change != old);
        scenario.schedule(new);
        if scenario == self.recipe.scenario {
            return Effects::default();
        }
        self.recipe.scenario = scenario;
        self.changed(false)
    }

    /// The new change takes the place of the old one.
    pub(super) fn reschedule(&mut self, old: Option<Change>, new: Option<Change>) -> Effects {
        self.recipe.scenario.timetable.retain(|change| Some(*change) != old);
        new.into_iter().for_each(|change| self.recipe.scenario.schedule(change));
        self.changed(true)
    }
}
