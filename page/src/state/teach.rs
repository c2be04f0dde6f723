//! What a link takes out of a visitor's hands: settings that are locked.

use connlab::link::{LinkWarning, Recipe};
use connlab::params::ParamId;
use connlab::preset::Preset;
use connlab::question::Topic;
use connlab::scenario::Scenario;
use connlab::teaching::{Part, WHO, seed_of};

use super::{Effects, Page, Pane};
use crate::choices;
use crate::panel::Tab;
use crate::timetable;

/// What a link says that asks who runs it.
pub const ASKS: &str = "seed=who";

impl Page {
    /// Whether it asks who runs it, before it does.
    pub fn asks_who(&self) -> bool {
        self.key(ParamId::seed.spec().key) == WHO
    }

    /// Somebody has said who runs it: from then on the link names them and their seed.
    pub(super) fn begin(&mut self, who: &str) -> Effects {
        let Some(seed) = seed_of(who) else { return Effects::default() };
        self.keys.retain(|(key, _)| key != ParamId::seed.spec().key && key != WHO);
        self.keys.push((WHO.into(), who.split_whitespace().collect::<Vec<_>>().join(" ")));
        self.recipe.scenario.params.seed = seed;
        let effects = self.changed(true);
        // There was no run before.
        self.settled.before = None;
        effects
    }

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

    /// Whether the link hides this part, or what is to be predicted might be read there.
    pub fn hides(&self, part: Part) -> bool {
        choices::hides(self, part) || part.tells() && self.predicts()
    }

    /// Whether a phone has this pane.
    pub fn has(&self, pane: Pane) -> bool {
        match pane {
            Pane::See => true,
            Pane::Change => !self.hides(Part::Settings),
            Pane::Why => !Tab::all(self).is_empty(),
        }
    }

    /// Whether what would be answered about this stands in a part that the link hides.
    pub fn hides_answer(&self, topic: Topic) -> bool {
        let of_errors = matches!(topic, Topic::Why | Topic::Cure | Topic::Story | Topic::Risks);
        let part = match topic {
            Topic::Why => Part::Why,
            Topic::Cure => Part::Cure,
            Topic::Story => Part::Story,
            Topic::Difference => Part::Difference,
            Topic::Seeds => Part::Seeds,
            Topic::Risks => Part::Risks,
            Topic::Matters | Topic::Late | Topic::Enough => Part::Matters,
            Topic::Diagnosis => Part::Paste,
            Topic::Sockets => Part::Sockets,
            Topic::Summary => Part::Summary,
            Topic::Sweep | Topic::Cell => Part::Sweep,
            _ => return false,
        };
        self.hides(part) || of_errors && self.hides(Part::Errors)
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
    fn a_name_makes_the_seed_and_the_link_keeps_both() {
        let mut page = page("p=incident&idle=7&seed=who&lock=all&unlock=workers");
        assert!(page.asks_who() && page.warnings.is_empty(), "{:?}", page.warnings);
        assert_eq!(page.run, super::super::Run::Cancelled, "nothing is run before");
        assert!(page.link().ends_with("&seed=who&lock=all&unlock=workers"), "{}", page.link());
        assert!(!page.apply(Action::Who(" ".into())).run && page.asks_who(), "nobody");
        assert!(page.apply(Action::Who("  Ada  LOVELACE".into())).run);
        let link = "v=1&p=incident&seed=76767&idle=7&lock=all&unlock=workers&who=Ada%20LOVELACE";
        assert_eq!((page.link().as_str(), page.before(), page.asks_who()), (link, None, false));
        let there = self::page(link);
        assert_eq!((there.link(), there.key("who"), there.warnings.len()), (link.into(), "Ada LOVELACE", 0));
    }

    #[test]
    fn the_last_seed_of_a_link_counts() {
        assert!(page("seed=5&seed=who").asks_who() && !page("seed=who&seed=5").asks_who());
    }

    #[test]
    fn what_is_hidden_is_told_apart_from_what_is_no_part() {
        let page = page("p=incident&hide=Cure,sockets,cures");
        assert!(page.hides(Part::Cure) && page.hides(Part::Sockets) && !page.hides(Part::Why));
        let said: Vec<_> = page.warnings.iter().map(|it| it.message.as_str()).collect();
        assert_eq!(said, ["`hide=cures` is not a part of the page: did you mean cure? It is left out."]);
        assert_eq!(Tab::all(&page), [Tab::Errors, Tab::Summary]);
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
