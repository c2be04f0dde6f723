//! Links that show a cause: as the table has them, and with the visitor's own settings kept.

use connlab::diagnosis::Diagnosis;
use connlab::link::{self, Recipe};
use connlab::params::{PARAMS, ParamSpec};
use connlab::scenario::Scenario;
use connlab::sim::error::ErrorKind;
use maud::{Markup, html};

use crate::runs::RunCache;

/// Causes whose links are tried with the visitor's settings: those at the top of the answer.
const TRIED_MAX: usize = 4;

/// Which causes show with the visitor's settings, too. Each is tried: a setting may well prevent the error.
#[derive(Default)]
pub struct Shows {
    waiting: Vec<Trial>,
    /// Links of causes, and the same with the visitor's settings.
    kept: Vec<(&'static str, String)>,
}

/// A run that has to be made.
struct Trial {
    link: &'static str,
    kind: ErrorKind,
    recipe: Recipe,
}

impl Shows {
    /// Nothing has been tried yet.
    pub fn new(reading: &Diagnosis, own: &str) -> Shows {
        let own = link::decode(own).recipe;
        let causes = reading.findings.iter().flat_map(|finding| &finding.causes);
        let trials = causes.filter_map(|cause| {
            let (link, kind) = (cause.link?, cause.subject.class()?);
            Some(Trial { link, kind, recipe: with_own(link, &own)? })
        });
        let mut waiting: Vec<Trial> = trials.take(TRIED_MAX).collect();
        waiting.reverse();
        Shows { waiting, kept: Vec::new() }
    }

    /// Whether there is something to try.
    pub fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Makes the next run, for about so many events.
    pub fn advance(&mut self, runs: &mut RunCache, budget: u32) {
        let Some(trial) = self.waiting.last() else { return };
        let Some(report) = runs.report(&trial.recipe.scenario, budget) else { return };
        if report.errors.iter().any(|row| row.kind == trial.kind) {
            self.kept.push((trial.link, link::encode(&trial.recipe)));
        }
        self.waiting.pop();
    }

    /// The buttons of a cause, or of errors that belong together.
    pub fn buttons(&self, link: &'static str, kind: Option<ErrorKind>) -> Markup {
        let class = kind.map(ErrorKind::class);
        let own = self.kept.iter().find(|(known, _)| *known == link);
        html! {
            @if let Some((_, own)) = own {
                button.btn.line data-link=(own) data-class=[class] { "Show it with your settings" }
            }
            button.btn.line data-link=(link) data-class=[class] {
                @if own.is_some() { "Show the example" } @else { "Show it" }
            }
        }
    }
}

/// A cause's run with what the visitor has changed, where the cause itself needs no other value; `None` if there
/// is no such setting. How long the run lasts is the cause's matter.
fn with_own(link: &str, own: &Recipe) -> Option<Recipe> {
    let (example, defaults) = (link::decode(link).recipe, Scenario::default());
    let is_free = |key: &str| {
        PARAMS.iter().any(|spec| {
            let value = spec.get(&example.scenario.params);
            let is_scheduled = example.scenario.timetable.iter().any(|change| change.param == spec.id);
            spec.key == key && value == spec.get(&defaults.params) && !is_scheduled && key != "duration"
        })
    };
    let base = own.base();
    let is_changed = |spec: &ParamSpec| spec.get(&own.scenario.params) != spec.get(&base.params);
    let kept = PARAMS.iter().filter(|spec| is_changed(spec) && is_free(spec.key));
    let with: String = kept.map(|spec| format!("&{}={}", spec.key, spec.get(&own.scenario.params))).collect();
    let recipe = link::decode(&(link.to_string() + &with)).recipe;
    (recipe != example).then_some(recipe)
}
