//! A sweep over one or two settings, as keys of the link: `x.KEY=` and `y.KEY=` have the values, `z=` and `n=` what is
//! looked at, and with how many seeds. The page keeps them as they are written; the explainer reads them.

use connlab::experiment::design;
use connlab::params::ParamId;
use connlab::summary;
use connlab::teaching::Part;

use super::{Effects, Page};
use crate::history::escaped;

/// How many values a setting takes where nobody has chosen them: across, and up.
const USUAL: [isize; 2] = [11, 8];

/// How many seeds then.
const SEEDS: &str = "5";

/// The letter of a setting that is swept: `x` of `x.idle`.
fn letter(key: &str) -> Option<&str> {
    key.split_once('.').map(|(letter, _)| letter).filter(|letter| matches!(*letter, "x" | "y"))
}

impl Page {
    /// Whether a map takes the place of the charts.
    pub fn sweeps(&self) -> bool {
        self.keys.iter().any(|(key, _)| letter(key).is_some()) && !self.hides(Part::Sweep)
    }

    /// What decides the map beside the run, as keys of a link.
    pub fn design(&self) -> String {
        let decides = |key: &str| letter(key).is_some() || ["z", "n", summary::KEY].contains(&key);
        let keys = self.keys.iter().filter(|(key, _)| decides(key));
        keys.map(|(key, value)| format!("{key}={}", escaped(value))).collect::<Vec<_>>().join("&")
    }

    /// Opens a map of these settings, or closes the one that is open.
    pub(super) fn sweep(&mut self, over: &[ParamId]) -> Effects {
        if self.sweeps() {
            self.leave_sweep();
        } else {
            for (param, letter) in over.iter().zip(["x", "y"]) {
                self.put_axis(letter, Some(*param));
            }
            self.keys.push(("n".into(), SEEDS.into()));
        }
        self.changed(true)
    }

    /// The map is not shown any more: its keys leave the link.
    pub(super) fn leave_sweep(&mut self) {
        if self.sweeps() {
            self.keys.retain(|(key, _)| letter(key).is_none() && !["z", "n"].contains(&&**key));
        }
    }

    /// Another setting, or none, in place of the one with this letter. The last one stays: without any there is no map.
    pub(super) fn choose_axis(&mut self, letter: &str, param: Option<ParamId>) -> Effects {
        let is_last = self.keys.iter().filter(|(key, _)| self::letter(key).is_some()).count() < 2;
        if param.is_some() || !is_last {
            self.put_axis(letter, param);
        }
        self.changed(true)
    }

    fn put_axis(&mut self, letter: &str, param: Option<ParamId>) {
        self.keys.retain(|(key, _)| self::letter(key) != Some(letter));
        if let Some(param) = param {
            let now = param.spec().get(&self.recipe.scenario.params);
            let values = design::usual_values(param, now, USUAL[usize::from(letter == "y")]);
            self.keys.push((format!("{letter}.{}", param.spec().key), values));
        }
    }

    /// Other values of the setting with this letter.
    pub(super) fn choose_values(&mut self, letter: &str, values: String) -> Effects {
        if let Some((_, text)) = self.keys.iter_mut().find(|(key, _)| self::letter(key) == Some(letter)) {
            *text = values;
        }
        self.changed(true)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Action;
    use super::*;

    fn page(link: &str) -> Page {
        Page::new(&format!("https://example.org/#{link}"), false)
    }

    #[test]
    fn a_map_is_keys_of_the_link_and_leaves_with_them() {
        let mut page = page("p=incident&workers=16&slo=fail:1%25");
        assert!(!page.sweeps());
        let effects = page.apply(Action::Sweep(vec![ParamId::workers, ParamId::abort_on_overflow]));
        assert!(
            page.sweeps() && page.link().contains("&x.workers=") && page.link().ends_with("&n=5"),
            "{}",
            page.link()
        );
        assert!(page.design().contains("slo=fail") && !page.design().contains("p="), "{}", page.design());
        assert!(!effects.stop);
        page.apply(Action::Key("z", "p99_ms".into()));
        page.apply(Action::Values("x".into(), "4,8".into()));
        assert!(page.link().contains("x.workers=4,8") && page.link().contains("z=p99_ms"), "{}", page.link());
        page.apply(Action::Axis("x".into(), Some(ParamId::rps)));
        assert!(page.link().contains("&x.rps=") && !page.link().contains("x.workers"), "{}", page.link());
        page.apply(Action::Axis("y".into(), None));
        page.apply(Action::Axis("x".into(), None));
        assert!(page.link().contains("&x.rps=") && !page.link().contains("&y."), "the last one stays: {}", page.link());
        page.apply(Action::Sweep(vec![]));
        assert_eq!(page.design(), "slo=fail:1%25");
    }

    #[test]
    fn who_opens_a_cell_leaves_the_map_and_can_go_back_to_it() {
        for of_cell in [Action::Show as fn(_, _) -> Action, |recipe, _| Action::Try(recipe)] {
            let mut page = page("p=incident&x.workers=4,8&n=5");
            let mut recipe = page.recipe.clone();
            recipe.scenario.params.workers = 4;
            let effects = page.apply(of_cell(Box::new(recipe), None));
            assert!(!page.sweeps() && page.link().contains("workers=4"), "{}", page.link());
            let crate::history::AddressChange::Push { before } = effects.address else { panic!("a way back") };
            assert!(before.link.contains("x.workers=4,8"), "{}", before.link);
        }
    }
}
