//! What a link takes out of a visitor's hands: settings that are locked.

use connlab::link::{LinkWarning, Recipe};
use connlab::params::ParamId;
use connlab::preset::Preset;
use connlab::scenario::Scenario;

use super::{Effects, Page};
use crate::choices;
use crate::timetable;

impl Page {
    /// Whether this setting, its values during the run among them, stays as the link has it.
    pub fn is_locked(&self, param: ParamId) -> bool {
        self.has_locks() && choices::locks(self, param)
    }

    /// Whether any setting may be locked.
    pub fn has_locks(&self) -> bool {
        !self.key("lock").is_empty() || self.lesson().is_some()
    }

    /// Why this setting cannot be changed, if so.
    pub fn why_locked(&self, param: ParamId) -> Option<String> {
        let spec = param.spec();
        let value = spec.get(&self.recipe.scenario.params);
        let until = if self.predicts() { " until the prediction is locked in" } else { "" };
        self.is_locked(param).then(|| format!("{} is locked in this link: it stays {value}{until}.", spec.label))
    }

    /// Why this scenario cannot take the place of that of the link, if so.
    pub fn why_not(&self, scenario: &Scenario) -> Option<String> {
        if !self.has_locks() {
            return None;
        }
        let mut differing = ParamId::ALL.iter().filter(|param| scenario.differs(&self.recipe.scenario, **param));
        differing.find_map(|param| self.why_locked(*param))
    }

    /// Why this preset cannot be chosen, if so.
    pub fn why_not_preset(&self, preset: &'static Preset) -> Option<String> {
        self.has_locks().then(|| self.why_not(&Recipe::of(preset).scenario))?
    }

    /// The setting that a new change during the run is of until another one is chosen, if any can be.
    pub fn draftable(&self) -> Option<ParamId> {
        let live = ParamId::ALL.iter().copied().filter(|param| param.spec().live);
        timetable::usual().into_iter().chain(live).find(|param| !self.is_locked(*param))
    }

    /// Changes nothing, and says why.
    pub(super) fn refuse(&mut self, why: String) -> Effects {
        self.warnings.retain(|warning| warning.message != why);
        self.warnings.push(LinkWarning { given: String::new(), message: why.clone() });
        Effects { says: why, ..Effects::default() }
    }
}

#[cfg(test)]
mod tests {
    use connlab::link;
    use connlab::params::Value;
    use connlab::time::SimTime;

    use super::super::Action;
    use super::*;
    use crate::timetable::Written;

    fn page(link: &str) -> Page {
        Page::new(&format!("https://example.org/#{link}"), false)
    }

    fn locked(link: &str) -> Vec<&'static str> {
        let page = page(link);
        ParamId::ALL.iter().filter(|param| page.is_locked(**param)).map(|param| param.spec().key).collect()
    }

    #[test]
    fn a_link_locks_the_settings_that_it_names_or_all_but_those() {
        assert_eq!(locked("p=incident&lock=rps,workers"), ["rps", "workers"]);
        assert_eq!(locked("p=incident&lock=rps,workers&unlock=rps"), ["workers"]);
        let but = locked("p=incident&lock=all&unlock=idle,backlog");
        assert_eq!(but.len(), ParamId::ALL.len() - 2);
        assert!(!but.contains(&"idle") && !but.contains(&"backlog") && but.contains(&"seed"));
        assert!(locked("p=incident&unlock=idle").is_empty());
    }

    #[test]
    fn what_is_locked_keeps_the_value_of_the_link_whatever_is_done() {
        let link = "v=1&p=accept-queue&idle=7&lock=all&unlock=workers";
        let (change, _) = timetable::named(&page(link).recipe.scenario).swap_remove(0);
        let written = Written { change: Some(change.clone()), param: None, at: "13s".into(), value: "off".into() };
        let to = |n| Action::Set { param: ParamId::idle, value: Value::Count(n), settled: n == 9 };
        for action in [
            to(9),
            to(10),
            Action::Enter(ParamId::idle, "9".into()),
            Action::Reset(ParamId::idle),
            Action::Write(written),
            Action::Drag(change, SimTime::ZERO),
            Action::Preset("incident".into()),
            Action::Try(Box::new(link::decode("p=accept-queue&idle=8").recipe)),
            Action::Show(Box::new(link::decode("p=ports").recipe), None),
        ] {
            let mut page = page(link);
            let effects = page.apply(action.clone());
            assert_eq!(page.link(), link, "{action:?}");
            assert!(!effects.run, "{action:?}");
        }
        let mut page = page(link);
        let effects = page.apply(Action::Enter(ParamId::idle, "9".into()));
        assert_eq!(effects.says, "MaxIdleConnsPerHost is locked in this link: it stays 7.");
        assert_eq!(page.warnings.len(), 1);
        page.apply(Action::Enter(ParamId::idle, "10".into()));
        assert_eq!(page.warnings.len(), 1, "it is said once");
    }

    #[test]
    fn what_is_not_locked_changes_and_all_of_it_can_be_reset() {
        let mut page = page("p=incident&idle=7&lock=idle");
        assert!(page.apply(Action::Enter(ParamId::workers, "30".into())).run);
        assert_eq!(page.link(), "v=1&p=incident&idle=7&workers=30&lock=idle");
        page.apply(Action::ResetAll);
        assert_eq!(page.link(), "v=1&p=incident&idle=7&lock=idle");
        assert!(page.warnings.is_empty(), "{:?}", page.warnings);
    }

    #[test]
    fn a_preset_can_be_chosen_that_leaves_what_is_locked() {
        let can = |link: &str, name: &str| page(link).why_not_preset(Preset::named(name).expect("a preset")).is_none();
        assert!(can("p=incident", "ports") && can("p=incident&lock=seed", "ports"));
        assert!(!can("p=incident&lock=rps", "ports"));
    }

    #[test]
    fn a_change_during_the_run_is_offered_of_what_is_not_locked() {
        let offered = |link: &str| page(link).draftable().map(|param| param.spec().key);
        assert_eq!(offered("p=incident"), Some("service"));
        assert_eq!(offered("p=incident&lock=all&unlock=backlog,rps"), Some("rps"));
        assert_eq!(offered("p=incident&lock=all&unlock=backlog"), None, "it cannot change during a run");
    }

    #[test]
    fn names_that_lock_nothing_are_told() {
        let said = |link: &str| page(link).warnings.iter().map(|it| it.message.clone()).collect::<Vec<_>>();
        assert_eq!(said("lock=all,idel"), ["`lock=idel` is not a parameter: did you mean idle? It is left out."]);
        assert_eq!(said("lock=all&unlock=foo"), ["`unlock=foo` is not a parameter. It is left out."]);
        assert_eq!(said("unlock=idle"), ["`unlock=idle` has no effect: the link locks nothing."]);
        assert!(said("lock=idle&unlock=all").is_empty());
    }
}
