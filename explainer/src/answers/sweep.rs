//! A sweep over one or two settings: which there are to choose from, the map as far as it is there, one of its cells.

mod cell;
mod form;
mod heat;
mod line;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use connlab::experiment::design::{Design, Reading};
use connlab::experiment::map::{Map, View};
use connlab::link;
use connlab::scenario::Scenario;
use connlab::summary;
use connlab::words::{count, shown};
use maud::{Markup, html};

use super::experiment::{Experiment, Step};
use super::export::map::FILES;
use crate::runs::{Outcome, RunCache};
pub use cell::cell;

/// The page makes so many runs; the command line, a hundred times as many.
const RUNS_MAX: u64 = 10_000;

/// What is known of a sweep, and what is looked at.
pub struct Sheet {
    /// All its runs that are there.
    pub map: Rc<RefCell<Map>>,
    /// The sweep with what is looked at.
    design: Design,
    /// The thresholds, as the link has them; empty for the usual ones.
    slo: String,
}

/// A map that is being filled.
pub struct SweepTask {
    sheet: Sheet,
    faults: Vec<String>,
    /// The cells of the runs that were wanted and have not been learned.
    wanted: VecDeque<(usize, usize)>,
}

/// The sweep of a link, or what there is to say where there is none.
pub fn sweep(link: &str, runs: &mut RunCache) -> Result<SweepTask, Markup> {
    let reading = read(link);
    if let Some(why_not) = why_not(&reading.design) {
        let form = form::form(&reading.design);
        return Err(html! { (form) (faults(&reading.faults)) p.wait { (super::prose(&why_not)) } });
    }
    let faults = reading.faults.clone();
    let sheet = Sheet::of(reading, link, runs);
    sheet.map.borrow_mut().resume();
    Ok(SweepTask { sheet, faults, wanted: VecDeque::new() })
}

/// Why there is no map of a design: a sentence.
fn why_not(design: &Design) -> Option<String> {
    if design.axes.is_empty() {
        return Some("Choose a setting.".into());
    }
    let (cells, runs) = (design.cells(), design.runs(design.seeds()));
    (runs > RUNS_MAX).then(|| {
        let [cells, runs, most] = [cells, runs, RUNS_MAX].map(count);
        format!(
            "{cells} cells are {runs} runs, and the page makes {most} at most: choose fewer values or seeds. \
             `connlab sweep` makes more."
        )
    })
}

/// What the sweep's part of a link says.
fn read(link: &str) -> Reading {
    let mut reading = Design::of(&link::decode(link));
    // Of what is pinned the page tells.
    reading.design.pinned = None;
    reading
}

impl Sheet {
    /// Of a link's sweep, as far as it was run before, whatever was looked at then.
    ///
    /// # Errors
    /// Why there is none: a sentence.
    pub fn read(link: &str, runs: &mut RunCache) -> Result<Sheet, String> {
        let reading = read(link);
        why_not(&reading.design).map_or_else(|| Ok(Sheet::of(reading, link, runs)), Err)
    }

    fn of(reading: Reading, link: &str, runs: &mut RunCache) -> Sheet {
        let design = reading.design;
        let slo = link::decode(link).page.into_iter().find(|(key, _)| key == summary::KEY);
        Sheet { map: runs.map(&design), design, slo: slo.map_or_else(String::new, |(_, slo)| slo) }
    }

    /// How it is read.
    pub fn view<'a>(&self, map: &'a Map) -> View<'a> {
        let measure = self.design.measure();
        View { map, measure, limit: summary::limit(measure, &self.slo) }
    }

    /// The link of the whole sweep.
    pub fn link(&self) -> String {
        let slo = if self.slo.is_empty() { String::new() } else { format!("&{}={}", summary::KEY, self.slo) };
        self.design.encode() + &slo
    }
}

impl Experiment for SweepTask {
    fn wants(&mut self, _n: usize) -> Option<Scenario> {
        let (place, recipe) = self.sheet.map.borrow_mut().want(self.sheet.design.measure())?;
        self.wanted.push_back(place);
        Some(recipe.scenario)
    }

    fn learn(&mut self, outcome: &Outcome) -> Step {
        if let Some(place) = self.wanted.pop_front() {
            self.sheet.map.borrow_mut().learn(place, &outcome.report);
        }
        let (all, there) = self.sheet.map.borrow().progress();
        if there == all { Step::Done } else { Step::Show }
    }

    fn html(&self) -> Markup {
        let map = self.sheet.map.borrow();
        let view = self.sheet.view(&map);
        html! {
            (form::form_of(map.design(), view.measure))
            (faults(&self.faults))
            @match map.design().axes.len() {
                1 => (line::line(&view)),
                _ => (heat::heat(&view)),
            }
            (heat::legend(&view))
            p.said { (view.says()) }
            p.files {
                "This map: "
                @for (name, label) in FILES {
                    button.btn.line data-do="export" data-with=(name) { (label) }
                }
            }
        }
    }

    fn says(&self) -> String {
        self.sheet.view(&self.sheet.map.borrow()).says()
    }

    fn runs(&self) -> Option<(u64, u64)> {
        Some(self.sheet.map.borrow().progress())
    }
}

/// What could not be used of a link.
fn faults(faults: &[String]) -> Markup {
    html! { @for fault in faults { p.fault { (super::prose(&shown(fault))) } } }
}

#[cfg(test)]
mod tests {
    use super::super::experiment::finished_alone;
    use super::*;

    const BRIEF: &str = "rps=400&service=20ms&timeout=50ms&duration=2s&workers=7";

    fn finished(keys: &str, runs: &mut RunCache) -> (String, String, usize) {
        match sweep(&format!("{BRIEF}&{keys}"), runs) {
            Ok(task) => finished_alone(task),
            Err(why_not) => (why_not.into_string(), String::new(), 0),
        }
    }

    /// What stands in the cells, by their places.
    fn cells(html: &str) -> Vec<(&str, &str)> {
        let cells = html.split("data-do=\"cell\" data-with=\"").skip(1);
        let number = |cell: &'_ str| -> Option<(usize, usize)> { Some((cell.find("<b>")? + 3, cell.find("</b>")?)) };
        cells
            .map(|cell| (cell.split('"').next().unwrap_or_default(), number(cell).map_or("", |(a, b)| &cell[a..b])))
            .collect()
    }

    #[test]
    fn a_map_has_a_cell_for_each_pair_of_values_and_says_where_the_threshold_runs() {
        let mut runs = RunCache::default();
        let (html, says, meanwhile) = finished("x.workers=1,7,100&y.service=1ms,20ms&n=5&slo=fail:30%", &mut runs);
        assert_eq!(meanwhile, 29, "after each run but the last");
        let cells = cells(&html);
        assert_eq!(cells.iter().map(|(at, _)| *at).collect::<Vec<_>>(), ["0,1", "1,1", "2,1", "0,0", "1,0", "2,0"]);
        assert!(cells.iter().all(|(_, number)| !number.is_empty()), "{cells:?}");
        assert!(html.contains(" own\" tabindex=\"0\"") && html.contains(", now\""), "{html}");
        assert!(html.contains("class=\"edge-r\"") || html.contains("class=\"edge-r edge-t\""), "{html}");
        assert!(says.starts_with("6 cells, 5 seeds each: failed requests from ") && says.contains("; now "), "{says}");
        assert!(says.contains(" cells stay within the threshold of 30"), "{says}");
        assert!(html.contains(">threshold 30") && html.contains("timeout"), "{html}");
    }

    #[test]
    fn what_is_known_is_not_run_again_whatever_is_looked_at() {
        let mut runs = RunCache::default();
        let keys = "x.workers=1,7,100&n=5";
        let (failed, ..) = finished(keys, &mut runs);
        let (p99, says, meanwhile) = finished(&format!("{keys}&z=p99_ms"), &mut runs);
        assert_eq!((meanwhile, cells(&p99).len()), (0, 3));
        assert!(says.starts_with("3 cells, 5 seeds each: p99 latency from "), "{says}");
        assert_ne!(cells(&failed), cells(&p99));
        assert_eq!(finished(keys, &mut runs).0, failed);
        assert!(failed.contains("class=\"band\"") && failed.contains("class=\"mean\""), "{failed}");
    }

    #[test]
    fn what_cannot_be_swept_is_named_and_too_many_runs_are_not_begun() {
        let mut runs = RunCache::default();
        let (html, ..) = finished("x.seed=1,2", &mut runs);
        assert!(html.contains("seed cannot be swept") && html.contains("Choose a setting."), "{html}");
        let (html, ..) = finished("x.workers=&y.idle=&n=40", &mut runs);
        assert!(html.contains("the page makes 10,000 at most"), "{html}");
        assert!(html.contains("data-testid=\"axis-x\""), "it can be changed");
    }

    #[test]
    fn a_cell_says_what_it_is_worth_beside_the_run_itself_and_is_that_run() {
        let mut runs = RunCache::default();
        let link = format!("{BRIEF}&x.workers=1,7,100&n=5");
        assert_eq!(cell(&link, Some((3, 0)), &mut runs).map(|(_, link)| link), None, "there are three");
        finished("x.workers=1,7,100&n=5", &mut runs);
        let (markup, run) = cell(&link, Some((0, 0)), &mut runs).expect("a cell");
        assert_eq!(link::scenario(&run), link::scenario(&format!("{BRIEF}&workers=1")));
        let html = markup.into_string();
        assert!(html.contains("workers=1 instead of 7: ") && html.contains("5 of 5 seeds agree"), "{html}");
        assert!(html.contains("data-do=\"open-cell\"") && html.contains("workers 1"), "{html}");
        let (own, _) = cell(&link, None, &mut runs).expect("a cell");
        assert!(own.into_string().contains("the run that the page shows"));
    }

    #[test]
    fn a_map_can_be_taken_away_as_far_as_it_is_there() {
        use super::super::export::{Writing, Written};
        use connlab::question::Question;

        let mut runs = RunCache::default();
        let keys = "x.workers=1,7,100&z=p99_ms&n=5&slo=p99:60ms";
        let (html, ..) = finished(keys, &mut runs);
        for (name, _) in FILES {
            assert!(html.contains(&format!("data-with=\"{name}\"")), "{name}: {html}");
            let mut writing = Writing::new(&Question::file(name, format!("{BRIEF}&{keys}"))).expect("a file");
            let written = std::iter::from_fn(|| Some(writing.advance(&mut runs, 1_000_000))).flatten().next();
            match (written, name.rsplit('.').next()) {
                (Some(Written::Picture(url)), Some("png")) => assert!(url.starts_with("data:image/svg+xml"), "{url}"),
                (Some(Written::Bytes(bytes)), Some(end)) => {
                    let text = String::from_utf8(bytes).expect("text");
                    let cells = if end == "csv" { text.lines().count() - 1 } else { text.matches("workers").count() };
                    assert!(cells >= 3 && text.contains("fingerprint"), "{name}: {text}");
                }
                _ => panic!("{name} is no file"),
            }
        }
        assert!(Writing::new(&Question::file("map.gif", format!("{BRIEF}&x.workers=1"))).is_none());
        // Whoever leaves the sweep may still have pressed the button of its file.
        for (name, _) in FILES {
            let mut writing = Writing::new(&Question::file(name, BRIEF.into())).expect("a file");
            let written = writing.advance(&mut runs, 1_000_000);
            assert!(matches!(written, Some(Written::Not(why)) if why == "Choose a setting."), "{name}");
        }
    }
}
