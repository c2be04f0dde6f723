//! What a link says of a run, and the canonical text of it.

use super::VERSION;
use crate::params::PARAMS;
use crate::preset::Preset;
use crate::scenario::{Change, Scenario};
use crate::time::SimTime;

/// A scenario and the preset that it started from. The preset decides nothing of the run: it decides what a link need
/// not write, and what "as it was" means.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recipe {
    /// The preset that the link names, if any.
    pub preset: Option<&'static Preset>,
    /// What is run.
    pub scenario: Scenario,
}

impl Recipe {
    /// A preset as it is.
    #[inline]
    pub fn of(preset: &'static Preset) -> Recipe {
        Recipe { preset: Some(preset), scenario: super::scenario(preset.link) }
    }

    /// Another scenario that starts from the same preset.
    #[inline]
    pub fn with(&self, scenario: &Scenario) -> Recipe {
        Recipe { preset: self.preset, scenario: scenario.clone() }
    }

    /// What an unchanged link with the same `p` means: the preset, or the defaults.
    #[inline]
    pub fn base(&self) -> Scenario {
        self.preset.map_or_else(Scenario::default, |preset| Recipe::of(preset).scenario)
    }

    /// Whether it is not as its preset, or the defaults, have it.
    #[inline]
    pub fn is_changed(&self) -> bool {
        self.scenario != self.base()
    }
}

/// A scenario that starts from no preset.
impl From<Scenario> for Recipe {
    #[inline]
    fn from(scenario: Scenario) -> Recipe {
        Recipe { preset: None, scenario }
    }
}

/// The canonical link of a recipe: `v`, `p`, what differs from the preset, the timetable.
#[inline]
pub fn encode(recipe: &Recipe) -> String {
    let mut parts = vec![format!("v={VERSION}")];
    parts.extend(recipe.preset.map(|preset| format!("p={}", preset.name)));
    parts.extend(differences(&recipe.scenario, &recipe.base()));
    parts.join("&")
}

/// What a link says of a scenario that starts from `base`: parameters in table order, changes of `base` that are taken
/// out, changes that are added.
#[inline]
pub fn differences(scenario: &Scenario, base: &Scenario) -> Vec<String> {
    let mut parts = Vec::new();
    for spec in PARAMS {
        let value = spec.get(&scenario.params);
        if value != spec.get(&base.params) {
            parts.push(format!("{}={value}", spec.key));
        }
    }
    let is_kept = |old: &&Change| scenario.timetable.iter().any(|new| (new.at, new.param) == (old.at, old.param));
    for gone in base.timetable.iter().filter(|old| !is_kept(old)) {
        parts.push(format!("{}=", when(gone)));
    }
    for change in scenario.timetable.iter().filter(|change| !base.timetable.contains(change)) {
        parts.push(entry(change));
    }
    parts
}

/// A change as a link has it: `20s.rps=1200`.
pub(super) fn entry(change: &Change) -> String {
    format!("{}={}", when(change), change.value)
}

/// `20s.rps`.
fn when(change: &Change) -> String {
    format!("{}.{}", change.at.since(SimTime::ZERO), change.spec().key)
}
