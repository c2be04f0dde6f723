//! A lesson, as keys of the link: `lesson=` names it, and once the prediction is locked in `said=` has it, `because=`
//! and `learned=` what a learner wrote, and A is the run that the lesson starts with.

use connlab::lesson::{self, Lesson, Step};
use connlab::link::{self, Recipe};
use connlab::params::ParamId;
use connlab::quantity::Rate;
use connlab::response::{self, BECAUSE, LEARNED, SAID};

use super::{AddressChange, Effects, Page, Pane};

/// What a learner has predicted so far, and where in the lesson that is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    said: Vec<String>,
    because: String,
    /// What is read.
    pub step: Step,
}

impl Page {
    /// The lesson that the link names.
    pub fn lesson(&self) -> Option<&'static Lesson> {
        Lesson::named(self.key(lesson::KEY))
    }

    /// Whether a prediction is being made: nothing of what the change does is to be seen.
    pub fn predicts(&self) -> bool {
        self.lesson().is_some() && self.keys.iter().all(|(key, _)| key != SAID)
    }

    /// Whether this may be seen, by the name of a chart; with an empty name, the run at all.
    pub fn reveals(&self, chart: &str) -> bool {
        let lesson = self.lesson().filter(|_| self.predicts());
        lesson.is_none_or(|lesson| !lesson.chart.is_empty() && (chart.is_empty() || chart == lesson.chart))
    }

    /// The question that is answered by a line in the chart with this name, and what is predicted so far.
    pub fn line(&self, chart: &str) -> Option<(usize, Option<f64>)> {
        let lesson = self.lesson().filter(|lesson| lesson.chart == chart)?;
        let at = lesson.line?;
        let said = if self.predicts() {
            self.notes.said.get(at).map(|said| &**said)
        } else {
            self.key(SAID).split(',').nth(at)
        };
        // To a thousandth. What a float may be besides would weigh a tenth of the page.
        Some((at, said.and_then(|said| Rate::read(said).ok()).map(|said| said.value.as_f64())))
    }

    /// Whether the lesson wants this setting as it is.
    pub fn is_taught(&self, param: ParamId) -> bool {
        self.lesson().is_some_and(|lesson| self.predicts() || !lesson.unlock.contains(&param))
    }

    /// What the explainer has to know of a learner: the link of the run that the lesson starts with, and the answers.
    pub fn learner(&self) -> String {
        let a = self.pinned_recipe().filter(|_| !self.predicts());
        let mut link = link::encode(a.unwrap_or(&self.recipe));
        let mut add = |key: &str, value: &str| {
            if !value.is_empty() {
                link += &format!("&{key}={value}");
            }
        };
        add(lesson::KEY, self.key(lesson::KEY));
        let notes = &self.notes;
        let drafts = [(SAID, notes.said.join(",")), (BECAUSE, notes.because.clone())];
        for (key, draft) in drafts {
            add(key, if self.predicts() { &draft } else { self.key(key) });
        }
        add(LEARNED, self.key(LEARNED));
        link
    }

    /// The lesson begins, or is taken up where the link says.
    pub(super) fn enter_lesson(&mut self) {
        self.notes = Notes::default();
        if self.lesson().is_some() {
            self.pane = Pane::Why;
            if !self.predicts() {
                self.notes.step = Step::Compare;
            }
        }
    }

    /// The answer to the question at this place is this.
    pub(super) fn say(&mut self, at: usize, what: &str) {
        let said = &mut self.notes.said;
        said.resize(said.len().max(at + 1), String::new());
        // What separates answers cannot stand in one.
        said[at] = what.chars().filter(|c| !",&#=".contains(*c) && !c.is_whitespace()).collect();
    }

    /// What a learner has written: with the prediction, or when both runs are seen.
    pub(super) fn write_note(&mut self, text: &str) -> Effects {
        let text = response::escaped(text);
        if self.predicts() {
            self.notes.because = text;
            return Effects::default();
        }
        self.show(LEARNED, &text, AddressChange::Replace)
    }

    /// The prediction stands: the change is made, and the run before it is A.
    pub(super) fn lock_in(&mut self) -> Effects {
        let Some(lesson) = self.lesson().filter(|_| self.predicts()) else { return Effects::default() };
        self.keys.push((SAID.into(), self.notes.said.join(",")));
        if !self.notes.because.is_empty() {
            self.keys.push((BECAUSE.into(), self.notes.because.clone()));
        }
        self.notes.step = Step::Compare;
        let start: Recipe = self.recipe.clone();
        self.recipe = link::amended(&start, lesson.change).recipe;
        self.keep(start);
        self.changed(true)
    }
}

#[cfg(test)]
mod tests {
    use connlab::teaching::Part;

    use super::super::Action;
    use super::*;

    fn page(link: &str) -> Page {
        Page::new(&format!("https://example.org/#{link}"), false)
    }

    #[test]
    fn a_prediction_is_a_draft_until_it_is_locked_in_and_then_stands_in_the_link() {
        let mut page = page("lesson=two-idle&seed=7");
        assert!(page.predicts() && page.warnings.is_empty(), "{:?}", page.warnings);
        assert!(page.link().starts_with("v=1&seed=7&") && page.link().ends_with("&lesson=two-idle"), "{}", page.link());
        let before = page.link();
        page.apply(Action::Say(1, "2".into()));
        page.apply(Action::Say(0, " 4,0 ".into()));
        page.apply(Action::Note("Two fit in, I think".into()));
        assert_eq!(page.link(), before, "nothing is locked in");
        assert!(page.learner().ends_with("&said=40,2&because=Two_fit_in~2c_I_think"), "{}", page.learner());
        let effects = page.apply(Action::LockIn);
        assert!(effects.run && matches!(effects.address, AddressChange::Push { .. }), "{effects:?}");
        let link = page.link();
        assert!(link.contains("idle=50") && link.contains("pin.idle=2") && link.contains("&said=40,2"), "{link}");
        assert_eq!(page.notes.step, Step::Compare);
        page.apply(Action::Note("They closed it".into()));
        assert!(page.link().contains("&learned=They_closed_it"), "{}", page.link());
        let again = self::page(&page.link());
        assert_eq!((again.link(), again.learner(), again.predicts()), (page.link(), page.learner(), false));
        page.apply(Action::LockIn);
        assert_eq!(page.link(), again.link(), "once is enough");
    }

    #[test]
    fn a_lesson_leaves_the_settings_alone_until_its_prediction_is_locked_in() {
        let mut page = page("lesson=two-idle");
        assert!(page.is_taught(ParamId::idle) && page.is_taught(ParamId::workers));
        assert!(page.hides(Part::Sweep) && page.hides(Part::Errors) && !page.hides(Part::Scene));
        page.apply(Action::LockIn);
        assert!(!page.is_taught(ParamId::idle) && page.is_taught(ParamId::workers));
        assert!(!page.hides(Part::Sweep) && !page.hides(Part::Errors));
        assert!(!self::page("p=incident").is_taught(ParamId::workers));
    }

    #[test]
    fn a_lesson_that_does_not_exist_is_named_and_the_run_of_the_link_is_shown() {
        let page = page("lesson=two-idel&p=incident");
        assert_eq!(page.lesson().map(|lesson| lesson.id), None);
        let messages: Vec<&str> = page.warnings.iter().map(|warning| &*warning.message).collect();
        assert_eq!(messages, ["`lesson=two-idel` is not a lesson: did you mean two-idle? It is left out."]);
    }
}
