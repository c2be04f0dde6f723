//! A map as it is read: numbers, steps of a ramp, where a threshold runs, and all of it in a sentence.

use std::collections::BTreeSet;

use super::{Map, Side};
use crate::experiment::measure::{Measure, Unit};
use crate::sim::error::Family;
use crate::words::count;

/// Steps of the ramp; more is a later one. Their ends go with the square, for much of what is looked at is small.
pub const STEPS: usize = 7;

/// A map, and what is looked at in it.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The map.
    pub map: &'a Map,
    /// What is looked at.
    pub measure: &'static Measure,
    /// The threshold of the summary for it, if it has one.
    pub limit: Option<f64>,
}

impl View<'_> {
    /// A value: digits are the same in all cells, those that tell a hundredth of the largest.
    pub fn number(&self, value: f64) -> String {
        self.measure.number(value, self.means().map(f64::abs).fold(0.0, f64::max) / 10.0)
    }

    /// The same, with what it counts.
    pub fn amount(&self, value: f64) -> String {
        let unit = match self.measure.unit {
            Unit::Share => " %",
            Unit::Millis => " ms",
            Unit::PerSecond => " per second",
            Unit::Count | Unit::Ratio => "",
        };
        self.number(value) + unit
    }

    /// The mean of a cell's seeds.
    pub fn mean(&self, place: (usize, usize)) -> Option<f64> {
        self.map.cell(place).mean(self.measure)
    }

    fn means(&self) -> impl Iterator<Item = f64> {
        self.map.places().filter_map(|place| self.mean(place))
    }

    /// On which side of the threshold a cell is.
    pub fn side(&self, place: (usize, usize)) -> Option<Side> {
        self.map.cell(place).side(self.measure, self.limit?)
    }

    /// The values of a cell: `workers 16, service time 8ms`.
    pub fn settings(&self, (x, y): (usize, usize)) -> String {
        let axes = self.map.design().axes.iter().zip([x, y]);
        axes.map(|(axis, at)| format!("{} {}", axis.title(), axis.label(at))).collect::<Vec<_>>().join(", ")
    }

    /// What is looked at, over what: `failed requests (%) by workers and service time`.
    pub fn title(&self) -> String {
        let axes: Vec<String> = self.map.design().axes.iter().map(crate::experiment::design::Axis::title).collect();
        format!("{} by {}", self.measure.head(), axes.join(" and "))
    }

    /// The smallest mean and the largest.
    pub fn ends(&self) -> Option<(f64, f64)> {
        Some((self.means().min_by(f64::total_cmp)?, self.means().max_by(f64::total_cmp)?))
    }

    /// In which step of the ramp a mean is.
    pub fn step(&self, mean: f64) -> usize {
        let Some((low, high)) = self.ends().filter(|(low, high)| high > low) else { return 0 };
        let share = ((mean - low) / (high - low)).max(0.0).sqrt();
        ((share * STEPS as f64) as usize).min(STEPS - 1)
    }

    /// Where a step begins; the last one ends where the one behind it would begin.
    pub fn begin(&self, step: usize) -> Option<f64> {
        let (low, high) = self.ends()?;
        let share = step as f64 / STEPS as f64;
        Some(low + share * share * (high - low))
    }

    /// The families of the commonest errors of all cells, each once.
    pub fn families(&self) -> Vec<Family> {
        let commonest = |place| self.map.cell(place).commonest().map(|(kind, _)| kind.spec().family);
        let families: BTreeSet<Family> = self.map.places().filter_map(commonest).collect();
        families.into_iter().collect()
    }

    /// Whether the threshold runs between a cell and the one to its right, and the one above.
    pub fn edges(&self, (x, y): (usize, usize)) -> (bool, bool) {
        let (columns, rows) = self.map.size();
        let is_within = |place| Some(self.mean(place)? <= self.limit?);
        let differs = |other: (usize, usize)| {
            let is_there = other.0 < columns && other.1 < rows;
            is_there && is_within((x, y)).zip(is_within(other)).is_some_and(|(a, b)| a != b)
        };
        (differs((x + 1, y)), differs((x, y + 1)))
    }

    /// Everything about a cell, in a sentence without its full stop.
    pub fn label(&self, place: (usize, usize)) -> String {
        let it = self.map.cell(place);
        let mut says = format!("{}: ", self.settings(place));
        match self.mean(place) {
            Some(mean) => says += &self.amount(mean),
            None => says += "nothing to measure",
        }
        if let Some([low, high]) = it.interval(self.measure) {
            says += &format!(", 95 % interval {} to {}", self.number(low), self.number(high));
        }
        if let Some((kind, _)) = it.commonest() {
            says += &format!(", mostly {}", kind.spec().label);
        }
        match self.side(place) {
            Some(Side::Within) => says += ", keeps the threshold",
            Some(Side::Unclear) => says += ", these seeds do not say whether it keeps the threshold",
            Some(Side::Beyond) | None => {}
        }
        if self.map.own() == Some(place) { says + ", now" } else { says }
    }

    /// Which cells have the least and the most, how many keep the threshold, and where the run itself is.
    pub fn says(&self) -> String {
        let mean = |place| Some((place, self.mean(place)?));
        let mut known: Vec<((usize, usize), f64)> = self.map.places().filter_map(mean).collect();
        known.sort_by(|(_, a), (_, b)| a.total_cmp(b));
        let (Some((least, low)), Some((most, high))) = (known.first(), known.last()) else {
            return format!("No cell has {} to measure.", self.measure.title);
        };
        let mut says = format!(
            "{} cells, {}: {} from {} ({}) to {} ({})",
            count(known.len() as u64),
            seeds(self.map.design().seeds().count),
            self.measure.title,
            self.amount(*low),
            self.settings(*least),
            self.amount(*high),
            self.settings(*most),
        );
        if let Some(own) = self.map.own().and_then(|own| self.mean(own)) {
            says += &format!("; now {}", self.amount(own));
        }
        if let Some(limit) = self.limit {
            let sides = |side| known.iter().filter(|(place, _)| self.side(*place) == Some(side)).count() as u64;
            let within = match sides(Side::Within) {
                0 => "no cell stays".into(),
                1 => "1 cell stays".into(),
                within => format!("{} cells stay", count(within)),
            };
            says += &format!("; {within} within the threshold of {}", self.amount(limit));
            match sides(Side::Unclear) {
                0 => {}
                unclear => says += &format!(", and of {} these seeds do not say", count(unclear)),
            }
        }
        says + "."
    }
}

/// `1 seed`, `5 seeds each`.
pub fn seeds(n: u64) -> String {
    if n == 1 { "1 seed".into() } else { format!("{} seeds each", count(n)) }
}
