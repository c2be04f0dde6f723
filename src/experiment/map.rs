//! A sweep over one or two settings, as a map: what the runs of each cell say, and in which order they are best made.
//!
//! The first round has one run a cell, coarse ones first: every fourth value of each setting, then every second, then
//! all. Each further round has one more seed in every cell. Within a step of that order those cells come first whose
//! neighbours differ most: where the map changes it is filled first. In the end all cells have all seeds, whatever the
//! order was.

mod table;
mod view;

use std::collections::BTreeMap;

use super::design::{Design, Seeds};
use super::measure::{MEASURES, Measure};
use super::statistics::{Differences, Plan, mean};
use crate::link::Recipe;
use crate::sim::error::ErrorKind;
use crate::sim::report::Report;
pub use table::{csv, json};
pub use view::{STEPS, View, seeds};

/// The first round goes through the values in steps of so many, then half, then a quarter of it.
const COARSE: usize = 4;

/// What is kept of a run: every measure, and its failures.
#[derive(Clone, Debug, PartialEq)]
struct Numbers {
    values: Vec<Option<f64>>,
    errors: Vec<(ErrorKind, u64)>,
    fingerprint: String,
}

/// The runs of one cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// One a seed, from the first on.
    runs: Vec<Numbers>,
    /// How many were asked for.
    wanted: usize,
}

/// On which side of a threshold a cell is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// It keeps it.
    Within,
    /// It does not.
    Beyond,
    /// The interval of its mean has the threshold in it, or there is none and its seeds disagree.
    Unclear,
}

/// A sweep, as far as it is there.
#[derive(Clone, Debug)]
pub struct Map {
    design: Design,
    cells: Vec<Cell>,
}

impl Map {
    /// Of a design with one axis or two; nothing has been run yet.
    pub fn new(design: Design) -> Map {
        let cells = vec![Cell::default(); design.cells() as usize];
        Map { design, cells }
    }

    /// What it is a map of.
    pub fn design(&self) -> &Design {
        &self.design
    }

    /// How many values each setting has; of one setting, one of the other.
    pub fn size(&self) -> (usize, usize) {
        let values = |axis: usize| self.design.axes.get(axis).map_or(1, |axis| axis.values().len());
        (values(0), values(1))
    }

    /// A cell, by the places of its values.
    pub fn cell(&self, (x, y): (usize, usize)) -> &Cell {
        &self.cells[self.index((x, y))]
    }

    /// The places of all cells, column by column.
    pub fn places(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let (columns, rows) = self.size();
        (0..columns).flat_map(move |x| (0..rows).map(move |y| (x, y)))
    }

    fn index(&self, (x, y): (usize, usize)) -> usize {
        x * self.size().1 + y
    }

    /// Its run with the first seed.
    pub fn recipe(&self, place: (usize, usize)) -> Recipe {
        self.run(self.index(place), 0)
    }

    fn run(&self, cell: usize, replication: usize) -> Recipe {
        let seeds = self.design.seeds();
        self.design.run(seeds, cell as u64 * seeds.count + replication as u64).recipe
    }

    /// The cell of the design's own run, if it is among them.
    pub fn own(&self) -> Option<(usize, usize)> {
        let place = |axis: usize| match self.design.axes.get(axis) {
            None => Some(0),
            Some(axis) => {
                let own = axis.of(&self.design.recipe.scenario)?;
                axis.values().iter().position(|value| *value == own)
            }
        };
        Some((place(0)?, place(1)?))
    }

    /// How many runs it takes, and how many of them are there.
    pub fn progress(&self) -> (u64, u64) {
        let there = self.cells.iter().map(|cell| cell.runs.len() as u64).sum();
        (self.design.runs(self.design.seeds()), there)
    }

    /// What was asked for and is not there will be asked for again.
    pub fn resume(&mut self) {
        self.cells.iter_mut().for_each(|cell| cell.wanted = cell.runs.len());
    }

    /// The run that is made next, by its cell: what is looked at decides.
    pub fn want(&mut self, measure: &Measure) -> Option<((usize, usize), Recipe)> {
        let Seeds { count, .. } = self.design.seeds();
        let first = self.places().filter(|place| (self.cell(*place).wanted as u64) < count).min_by(|a, b| {
            let [(step_a, contrast_a), (step_b, contrast_b)] = [a, b].map(|place| self.urgency(*place, measure));
            step_a.cmp(&step_b).then(contrast_b.total_cmp(&contrast_a))
        })?;
        let index = self.index(first);
        let cell = &mut self.cells[index];
        cell.wanted += 1;
        let replication = cell.wanted - 1;
        Some((first, self.run(index, replication)))
    }

    /// Takes the next run of a cell.
    pub fn learn(&mut self, place: (usize, usize), report: &Report) {
        let values = MEASURES.iter().map(|measure| (measure.value)(report)).collect();
        let errors = report.errors.iter().map(|row| (row.kind, row.count)).collect();
        let index = self.index(place);
        self.cells[index].runs.push(Numbers { values, errors, fingerprint: report.fingerprint.clone() });
    }

    /// Which round it is in, which step of that, and how much its neighbours differ.
    fn urgency(&self, (x, y): (usize, usize), measure: &Measure) -> ((usize, usize), f64) {
        let (columns, rows) = self.size();
        let round = self.cell((x, y)).wanted;
        let step = if round == 0 { coarseness(x, columns).max(coarseness(y, rows)) } else { 0 };
        ((round, step), self.contrast((x, y), measure))
    }

    /// How far apart the nearest cells in its row and column are; those with another commonest error, further.
    fn contrast(&self, (x, y): (usize, usize), measure: &Measure) -> f64 {
        let (columns, rows) = self.size();
        let step = |by: usize| (1..=COARSE).map(move |distance| distance * by);
        let known = |place: (usize, usize)| Some(self.cell(place)).filter(|cell| !cell.runs.is_empty());
        let nearest = [
            step(1).filter_map(|d| x.checked_sub(d)).find_map(|x| known((x, y))),
            step(1).map(|d| x + d).take_while(|x| *x < columns).find_map(|x| known((x, y))),
            step(1).filter_map(|d| y.checked_sub(d)).find_map(|y| known((x, y))),
            step(1).map(|d| y + d).take_while(|y| *y < rows).find_map(|y| known((x, y))),
        ];
        let nearest = || nearest.iter().flatten();
        let means = || nearest().filter_map(|cell| cell.mean(measure));
        let (low, high) =
            means().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), it| (low.min(it), high.max(it)));
        let spread = if high > low { (high - low) / high.abs().max(low.abs()) } else { 0.0 };
        let mut kinds = nearest().map(|cell| cell.commonest().map(|(kind, _)| kind));
        let first = kinds.next();
        spread + f64::from(u8::from(kinds.any(|kind| Some(kind) != first)))
    }
}

/// In which step of the first round a place among so many comes.
fn coarseness(place: usize, of: usize) -> usize {
    match place {
        _ if place + 1 == of || place.is_multiple_of(COARSE) => 0,
        _ if place.is_multiple_of(COARSE / 2) => 1,
        _ => 2,
    }
}

impl Cell {
    /// How many runs are there.
    pub fn seeds(&self) -> usize {
        self.runs.len()
    }

    /// The fingerprint of its run with the first seed; empty while there is none.
    pub fn fingerprint(&self) -> &str {
        self.runs.first().map_or("", |run| &run.fingerprint)
    }

    /// A measure, one a seed; none where a run has nothing to measure.
    pub fn column(&self, measure: &Measure) -> Vec<Option<f64>> {
        let row = MEASURES.iter().position(|row| row == measure);
        self.runs.iter().map(|run| run.values[row?]).collect()
    }

    /// A measure, one a seed; none if a run has nothing to measure, or there is no run.
    pub fn values(&self, measure: &Measure) -> Option<Vec<f64>> {
        let values = self.column(measure).into_iter().collect::<Option<Vec<f64>>>();
        values.filter(|values| !values.is_empty())
    }

    /// The mean of its seeds.
    pub fn mean(&self, measure: &Measure) -> Option<f64> {
        mean(&self.column(measure))
    }

    /// The interval that has the mean of all seeds in it with 95 % ([`super::statistics`]).
    pub fn interval(&self, measure: &Measure) -> Option<[f64; 2]> {
        Differences::new(self.values(measure)?, Plan::Fixed).interval().ok()
    }

    /// On which side of a limit its mean is; none while there is nothing to measure.
    pub fn side(&self, measure: &Measure, limit: f64) -> Option<Side> {
        let values = self.values(measure)?;
        let [low, high] = self.interval(measure).unwrap_or_else(|| {
            let ends = (f64::INFINITY, f64::NEG_INFINITY);
            let (low, high) = values.iter().fold(ends, |(low, high), value| (low.min(*value), high.max(*value)));
            [low, high]
        });
        Some(match () {
            () if high <= limit => Side::Within,
            () if low > limit => Side::Beyond,
            () => Side::Unclear,
        })
    }

    /// The class that fails most, all seeds together, and how often.
    pub fn commonest(&self) -> Option<(ErrorKind, u64)> {
        // Of equal ones the first in the table.
        self.errors().into_iter().rev().max_by_key(|(_, count)| *count)
    }

    /// Failures by class, all seeds together, in the order of the table.
    pub fn errors(&self) -> BTreeMap<ErrorKind, u64> {
        let mut errors = BTreeMap::new();
        for (kind, count) in self.runs.iter().flat_map(|run| &run.errors) {
            *errors.entry(*kind).or_default() += count;
        }
        errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link;
    use crate::sim::Sim;

    fn map(link: &str) -> Map {
        let reading = Design::of(&link::decode(link));
        assert!(reading.faults.is_empty(), "{:?}", reading.faults);
        Map::new(reading.design)
    }

    fn failed() -> &'static Measure {
        Measure::named("failed_share").expect("a measure")
    }

    fn run(recipe: &Recipe) -> Report {
        let mut sim = Sim::new(&recipe.scenario);
        sim.run();
        sim.report()
    }

    /// Eight values of workers by six of service times, of a second each.
    const WHOLE: &str = "rps=20&duration=1s&x.workers=1,2,3,4,5,6,7,8&y.service=1ms,2ms,3ms,4ms,5ms,6ms&n=2";

    #[test]
    fn coarse_cells_come_first_and_every_run_once() {
        let mut map = map(WHOLE);
        let wanted: Vec<((usize, usize), Recipe)> = std::iter::from_fn(|| map.want(failed())).collect();
        assert_eq!(wanted.len(), 96);
        let places: Vec<(usize, usize)> = wanted.iter().map(|(place, _)| *place).collect();
        let corner = |(x, y): &(usize, usize)| [0, 4, 7].contains(x) && [0, 4, 5].contains(y);
        assert!(places[..9].iter().all(corner), "{:?}", &places[..9]);
        let even = |(x, y): &(usize, usize)| (x % 2 == 0 || *x == 7) && (y % 2 == 0 || *y == 5);
        assert!(places[..20].iter().all(even) && !even(&places[20]), "{places:?}");
        let mut links: Vec<String> = wanted.iter().map(|(_, recipe)| link::encode(recipe)).collect();
        links.sort_unstable();
        links.dedup();
        assert_eq!(links.len(), 96);
        let seeds = |runs: &[((usize, usize), Recipe)]| runs.iter().map(|it| it.1.scenario.params.seed).max();
        assert_eq!((seeds(&wanted[..48]), seeds(&wanted)), (Some(1), Some(2)), "one seed of all cells first");
    }

    #[test]
    fn runs_are_those_of_the_design() {
        let mut map = map("rps=20&duration=1s&x.workers=1,4&y.idle=2,3&n=3&seed=7");
        let seeds = map.design().seeds();
        let mut of_design: Vec<String> = (0..12).map(|i| link::encode(&map.design().run(seeds, i).recipe)).collect();
        let mut of_map: Vec<String> =
            std::iter::from_fn(|| map.want(failed())).map(|(_, recipe)| link::encode(&recipe)).collect();
        of_design.sort_unstable();
        of_map.sort_unstable();
        assert_eq!(of_map, of_design);
        let params = map.recipe((1, 0)).scenario.params;
        assert_eq!((params.workers, params.idle, params.seed), (4, 2, 7));
    }

    #[test]
    fn where_neighbours_differ_is_refined_first() {
        // At the left end most requests fail, at the right one none does.
        let mut map = map("rps=400&service=20ms&timeout=50ms&duration=2s&x.workers=1,2,3,4,80,90,100,110,120&n=1");
        for _ in 0..3 {
            let (place, recipe) = map.want(failed()).expect("a coarse cell");
            map.learn(place, &run(&recipe));
        }
        let next: Vec<usize> = std::iter::from_fn(|| map.want(failed())).map(|((x, _), _)| x).collect();
        assert_eq!(next[..2], [2, 6], "between 0 and 4, which differ, before 4 and 8, which do not");
        map.resume();
        assert_eq!(map.want(failed()).map(|(place, _)| place), Some((2, 0)), "what did not come is wanted again");
        assert_eq!(map.progress(), (9, 3));
    }

    #[test]
    fn a_cell_is_on_a_side_of_a_limit_or_its_seeds_do_not_say() {
        let mut map = map("rps=400&service=20ms&timeout=50ms&duration=2s&x.workers=1,7,100&n=5");
        while let Some((place, recipe)) = map.want(failed()) {
            map.learn(place, &run(&recipe));
        }
        let sides = [0, 1, 2].map(|x| map.cell((x, 0)).side(failed(), 0.3));
        assert_eq!((sides[0], sides[2]), (Some(Side::Beyond), Some(Side::Within)));
        let (cell, mean) = (map.cell((1, 0)), map.cell((1, 0)).mean(failed()).expect("a mean"));
        assert_eq!(cell.side(failed(), mean), Some(Side::Unclear), "a limit within its interval");
        assert_eq!(map.cell((0, 0)).commonest().map(|(kind, _)| kind.class()), Some("client-timeout"));
        let calm = self::map("rps=20&duration=1s&x.workers=100&n=5");
        assert_eq!((calm.cell((0, 0)).side(failed(), 0.3), calm.cell((0, 0)).mean(failed())), (None, None));
    }

    #[test]
    fn the_cell_of_the_run_itself_is_known() {
        assert_eq!(map("workers=2&x.workers=1,2,3&y.idle=2,4").own(), Some((1, 0)), "idle is 2");
        assert_eq!(map("workers=9&x.workers=1,2,3").own(), None);
        assert_eq!(map("20s.rps=5&x.20s.rps=4,5").own(), Some((1, 0)));
        assert_eq!(map("x.20s.rps=4,5").own(), None);
    }
}
