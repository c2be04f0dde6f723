//! The run that others are compared with: A. In the link stands what differs in it (`pin.KEY=VALUE`).

use std::rc::Rc;

use connlab::link::{self, LinkWarning, Recipe};

use super::{Effects, Page};
use crate::shown::{Role, Shown};

/// Stands before a key of A.
const PIN: &str = "pin.";

/// A run that stays while the settings change.
#[derive(Clone, Debug)]
pub struct Pinned {
    recipe: Recipe,
    /// Its canonical link.
    link: String,
}

impl Page {
    /// Whether there is a pinned run.
    pub fn is_pinned(&self) -> bool {
        self.pinned.is_some()
    }

    /// The pinned run, once it is there, while another one is shown.
    pub fn compared(&self) -> Option<&Rc<Shown>> {
        self.runs.of(Role::Pinned).filter(|a| self.before() == Some(&*a.link))
    }

    /// The recipe of A.
    pub fn pinned_recipe(&self) -> Option<&Recipe> {
        self.pinned.as_ref().map(|a| &a.recipe)
    }

    /// The recipe of A, where it is not that of the link.
    pub fn other(&self) -> Option<&Recipe> {
        self.pinned_recipe().filter(|a| a.scenario != self.recipe.scenario)
    }

    /// The link of the run to compare with: the pinned one, or else the one before the last settled change. There is
    /// nothing to compare while it is the run of the link.
    pub fn before(&self) -> Option<&str> {
        match &self.pinned {
            Some(a) => (a.recipe.scenario != self.recipe.scenario).then_some(&*a.link),
            None => self.settled.before.as_deref(),
        }
    }

    /// Has the run of the link stay as A, or none.
    pub(super) fn pin(&mut self, pins: bool) -> Effects {
        self.pinned = None;
        if pins {
            self.keep(self.recipe.clone());
        }
        self.changed(true)
    }

    /// A becomes the run of the link, and that becomes A.
    pub(super) fn swap(&mut self) -> Effects {
        if let Some(a) = self.pinned.take() {
            let b = std::mem::replace(&mut self.recipe, a.recipe);
            self.keep(b);
        }
        self.changed(true)
    }

    /// This run is A from now on.
    pub(super) fn keep(&mut self, recipe: Recipe) {
        self.pinned = Some(Pinned { link: link::encode(&recipe), recipe });
    }

    /// Both runs have one seed, or what differs would be luck.
    pub(super) fn share_seed(&mut self) {
        let seed = self.recipe.scenario.params.seed;
        if let Some(mut a) = self.pinned.take_if(|a| a.recipe.scenario.params.seed != seed) {
            a.recipe.scenario.params.seed = seed;
            self.keep(a.recipe);
        }
    }

    /// What differs in A, as keys of the link.
    pub(super) fn pins(&self) -> Vec<String> {
        let differences = self.pinned.iter().flat_map(|a| link::differences(&a.recipe.scenario, &self.recipe.scenario));
        differences.map(|part| format!("&{PIN}{part}")).collect()
    }

    /// Takes the keys of A out of those of a link that was opened.
    pub(super) fn take_pins(&mut self) {
        let (pins, keys): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.keys).into_iter().partition(|(key, _)| is_pin(key));
        self.keys = keys;
        self.pinned = None;
        let text: Vec<String> = pins.iter().map(|(key, value)| format!("{}={value}", &key[PIN.len()..])).collect();
        if text.is_empty() {
            return;
        }
        let amended = link::amended(&self.recipe, &text.join("&"));
        let given = |warning: LinkWarning| LinkWarning { given: format!("{PIN}{}", warning.given), ..warning };
        self.warnings.extend(amended.warnings.into_iter().map(given));
        let seed = amended.recipe.scenario.params.seed;
        if seed != self.recipe.scenario.params.seed {
            let message = "is left out: both runs have the same seed, or a difference would be luck.".into();
            self.warnings.push(LinkWarning { given: format!("{PIN}seed={seed}"), message });
        }
        self.keep(amended.recipe);
        self.share_seed();
    }
}

fn is_pin(key: &str) -> bool {
    key.starts_with(PIN)
}

#[cfg(test)]
mod tests {
    use connlab::params::ParamId;

    use super::super::{Action, Page};
    use super::*;

    fn page(link: &str) -> Page {
        Page::new(&format!("https://example.org/#{link}"), false)
    }

    fn set(page: &mut Page, key: &str, text: &str) {
        let param = ParamId::with_key(key).expect("a key");
        let value = param.spec().parse(text).expect("a value");
        page.apply(Action::Set { param, value, settled: true });
    }

    #[test]
    fn a_pinned_run_is_in_the_link_by_what_differs_and_a_link_brings_it_back() {
        let mut there = page("p=incident&theme=dark");
        there.apply(Action::Pin(true));
        assert_eq!((there.link().as_str(), there.before()), ("v=1&p=incident&theme=dark", None), "nothing differs yet");
        set(&mut there, "somaxconn", "256");
        set(&mut there, "idle", "7");
        assert_eq!(there.before(), Some("v=1&p=incident"), "however many changes there are");
        let link = there.link();
        assert_eq!(link, "v=1&p=incident&idle=7&somaxconn=256&pin.idle=2&pin.somaxconn=128&theme=dark");
        let here = page(&link);
        assert_eq!((here.link(), here.before(), here.warnings.len()), (link, Some("v=1&p=incident"), 0));
    }

    #[test]
    fn what_is_tried_pins_the_run_before_it_and_unpinning_compares_with_the_last_change_again() {
        let mut page = page("p=healthy");
        page.apply(Action::Try(Box::new(link::decode("p=healthy&workers=3").recipe)));
        assert_eq!((page.is_pinned(), page.before()), (true, Some("v=1&p=healthy")));
        page.apply(Action::Try(Box::new(link::decode("p=healthy&workers=4").recipe)));
        assert_eq!(page.before(), Some("v=1&p=healthy"), "A stays");
        page.apply(Action::Pin(false));
        assert_eq!(page.link(), "v=1&p=healthy&workers=4");
        set(&mut page, "workers", "5");
        assert_eq!(page.before(), Some("v=1&p=healthy&workers=4"));
    }

    #[test]
    fn both_runs_have_one_seed() {
        let mut page = page("p=healthy&workers=3&pin.workers=64&pin.seed=9");
        assert_eq!(page.before(), Some("v=1&p=healthy"));
        assert_eq!(page.warnings.iter().map(|warning| &*warning.given).collect::<Vec<_>>(), ["pin.seed=9"]);
        set(&mut page, "seed", "5");
        assert_eq!(page.before(), Some("v=1&p=healthy&seed=5"));
        assert_eq!(page.link(), "v=1&p=healthy&seed=5&workers=3&pin.workers=64");
    }

    #[test]
    fn a_and_b_change_places() {
        let mut page = page("p=healthy&workers=3&pin.workers=64");
        page.apply(Action::Swap);
        assert_eq!(page.link(), "v=1&p=healthy&pin.workers=3");
        assert_eq!(page.before(), Some("v=1&p=healthy&workers=3"));
        page.apply(Action::Preset("incident".into()));
        assert!(!page.is_pinned(), "another subject");
        assert_eq!(page.link(), "v=1&p=incident");
    }

    #[test]
    fn a_change_during_the_run_is_pinned_too_and_what_cannot_be_read_is_said() {
        let mut page = page("p=healthy&pin.20s.rps=900&pin.bogus=1&pin.workers=many");
        assert_eq!(page.link(), "v=1&p=healthy&pin.20s.rps=900");
        let given: Vec<&str> = page.warnings.iter().map(|warning| &*warning.given).collect();
        assert_eq!(given, ["pin.bogus=1", "pin.workers=many"]);
        page.apply(Action::Swap);
        assert_eq!(page.link(), "v=1&p=healthy&20s.rps=900&pin.20s.rps=");
    }
}
