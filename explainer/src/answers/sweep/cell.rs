//! One cell of a map, beside the run itself.

use connlab::experiment::comparison::Comparison;
use connlab::experiment::map::{Cell, View, seeds};
use connlab::experiment::measure::Measure;
use connlab::experiment::statistics::Plan;
use connlab::experiment::verdict;
use connlab::link;
use connlab::sim::error::ERRORS;
use connlab::words::{count, fixed};
use maud::{Markup, html};

use super::Sheet;
use crate::runs::RunCache;

/// What is in the table beside what is looked at.
const MEASURES: [&str; 4] = ["failed_share", "p99_ms", "dials_per_s", "goodput"];

/// A cell of a link's sweep, by the places of its values, and the link of its run; that of the run itself where none is
/// named. None where there is no such cell.
pub fn cell(link: &str, place: Option<(usize, usize)>, runs: &mut RunCache) -> Option<(Markup, String)> {
    let sheet = Sheet::read(link, runs).ok()?;
    let map = sheet.map.borrow();
    let view = sheet.view(&map);
    let (columns, rows) = map.size();
    let place = place.or(map.own()).unwrap_or((0, 0));
    if place.0 >= columns || place.1 >= rows {
        return None;
    }
    let run = link::encode(&map.recipe(place));
    let own = map.own().filter(|own| *own != place);
    let written = html! {
        div.of-cell data-testid="cell" {
            p.settings { code { (view.settings(place)) } }
            (head(&view, place))
            @if let Some(own) = own { (beside(&view, own, place)) }
            (table(&view, map.cell(place), own.map(|own| map.cell(own))))
            @if own.is_some() || map.own().is_none() {
                p.links {
                    button.btn.line.primary data-do="open-cell" { "Open this run" }
                    button.btn.line data-link=(run) { "Compare it with now" }
                }
            } @else { p.wait { "This is the run that the page shows. Choose another cell to see what is there." } }
        }
    };
    Some((written, run))
}

/// What is looked at, large.
fn head(view: &View, place: (usize, usize)) -> Markup {
    let it = view.map.cell(place);
    html! {
        p.figure {
            b { @match view.mean(place) { Some(mean) => (view.amount(mean)), None => "–" } }
            " " (view.measure.title) ", " (seeds(it.seeds() as u64))
            @if let Some([low, high]) = it.interval(view.measure) {
                ": 95 % interval " (view.number(low)) " to " (view.number(high))
            }
        }
    }
}

/// What the difference from the run itself is worth.
fn beside(view: &View, own: (usize, usize), place: (usize, usize)) -> Markup {
    let map = view.map;
    let [a, b] = [own, place].map(|place| map.recipe(place).scenario);
    let pairs = map.cell(own).seeds().min(map.cell(place).seeds());
    let column = |place| map.cell(place).column(view.measure)[..pairs].to_vec();
    let comparison = Comparison { measure: view.measure, a: column(own), b: column(place) };
    html! { @if pairs > 0 { p.verdict { (comparison.verdict(&verdict::change(&a, &b), Plan::Fixed)) } } }
}

/// Failures by class and some numbers: means of the seeds, beside those of the run itself.
fn table(view: &View, it: &Cell, own: Option<&Cell>) -> Markup {
    let measures = MEASURES.iter().filter(|key| **key != view.measure.key).filter_map(|key| Measure::named(key));
    let (mine, theirs) = (it.errors(), own.map(Cell::errors).unwrap_or_default());
    let per_run = |n: Option<&u64>, seeds: usize| match n {
        Some(n) if seeds > 0 => fixed(*n as f64 / seeds as f64, u32::from(n % seeds as u64 != 0)),
        _ => "0".into(),
    };
    let mean = |cell: &Cell, measure: &Measure| match cell.mean(measure) {
        Some(mean) => measure.number(mean, mean.abs() / 10.0),
        None => "–".into(),
    };
    html! {
        table {
            tr {
                th scope="col" { "mean of a run" }
                @if own.is_some() { th scope="col" { "now" } } th scope="col" { "cell" }
            }
            @for spec in ERRORS.iter().filter(|spec| mine.contains_key(&spec.kind) || theirs.contains_key(&spec.kind)) {
                tr {
                    th scope="row" { (spec.label) }
                    @if let Some(own) = own { td { (per_run(theirs.get(&spec.kind), own.seeds())) } }
                    td { b { (per_run(mine.get(&spec.kind), it.seeds())) } }
                }
            }
            @for measure in measures {
                tr {
                    th scope="row" { (measure.head()) }
                    @if let Some(own) = own { td { (mean(own, measure)) } }
                    td { b { (mean(it, measure)) } }
                }
            }
        }
        @if own.is_some_and(|own| own.seeds() != it.seeds()) {
            p.wait { "So far " (count(it.seeds() as u64)) " seeds of it are there." }
        }
    }
}
