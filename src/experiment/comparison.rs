//! Two runs, seed by seed: A, as it was, and B, with a change.

use serde::Serialize;

use super::measure::{Better, Measure};
use super::statistics::{Differences, Plan, mean};
use super::verdict;
use crate::scenario::Scenario;

/// A measure in both runs.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// What is measured.
    pub measure: &'static Measure,
    /// With each seed, its value in A; none where there was nothing to measure.
    pub a: Vec<Option<f64>>,
    /// With the same seeds, its value in B.
    pub b: Vec<Option<f64>>,
}

impl Comparison {
    /// With no seed yet.
    pub fn new(measure: &'static Measure) -> Comparison {
        Comparison { measure, a: Vec::new(), b: Vec::new() }
    }

    /// B - A, one a seed; none if a value is missing.
    pub fn differences(&self, plan: Plan) -> Option<Differences> {
        let pairs = self.a.iter().zip(&self.b);
        let values = pairs.map(|(a, b)| Some((*b)? - (*a)?)).collect::<Option<Vec<f64>>>()?;
        Some(Differences::new(values, plan))
    }

    /// Whether the change makes it better or worse; none where that is nobody's wish, or zero is within the interval.
    pub fn is_better(&self, plan: Plan) -> Option<bool> {
        let differences = self.differences(plan).filter(Differences::is_clear)?;
        match self.measure.better {
            Better::Lower => Some(differences.mean() < 0.0),
            Better::Higher => Some(differences.mean() > 0.0),
            Better::Neither => None,
        }
    }

    /// What it says of all seeds, in one sentence.
    pub fn verdict(&self, change: &str, plan: Plan) -> String {
        match self.differences(plan) {
            Some(differences) => verdict::sentence(change, self.measure, &differences),
            None => {
                let missing = self.a.iter().zip(&self.b).filter(|(a, b)| a.is_none() || b.is_none()).count();
                verdict::incomplete(change, self.measure, missing, self.a.len())
            }
        }
    }

    /// The means of A and of B; none if a value is missing.
    pub fn means(&self) -> Option<[f64; 2]> {
        Some([mean(&self.a)?, mean(&self.b)?])
    }
}

/// A comparison as a JSON object: an interface.
#[derive(Serialize)]
pub struct Document<'a> {
    /// The link of A, with the first seed.
    a: &'a str,
    /// The link of B, with the first seed.
    b: &'a str,
    seeds: &'a [u64],
    /// What the first measure says.
    verdict: String,
    measures: Vec<Row<'a>>,
}

/// A measure of the document.
#[derive(Serialize)]
struct Row<'a> {
    measure: &'a str,
    /// With each seed; null where there was nothing to measure.
    a: &'a [Option<f64>],
    b: &'a [Option<f64>],
    /// The mean of B - A; null if a value is missing.
    difference: Option<f64>,
    /// The ends of the interval of 95 %; null where there is none.
    interval: Option<[f64; 2]>,
    /// Seeds whose difference has the sign of the mean.
    agree: Option<usize>,
    /// Whether B is better than A; null where that cannot be said.
    is_better: Option<bool>,
}

impl<'a> Document<'a> {
    /// Of two scenarios with their links, and all that was measured.
    pub fn new(
        [a, b]: [(&'a str, &Scenario); 2],
        seeds: &'a [u64],
        comparisons: &'a [Comparison],
        plan: Plan,
    ) -> Document<'a> {
        let change = verdict::change(a.1, b.1);
        let row = |comparison: &'a Comparison| {
            let differences = comparison.differences(plan);
            Row {
                measure: comparison.measure.key,
                a: &comparison.a,
                b: &comparison.b,
                difference: differences.as_ref().map(Differences::mean),
                interval: differences.as_ref().and_then(|differences| differences.interval().ok()),
                agree: differences.as_ref().map(Differences::agree),
                is_better: comparison.is_better(plan),
            }
        };
        let verdict = comparisons.first().map_or(String::new(), |first| first.verdict(&change, plan));
        Document { a: a.0, b: b.0, seeds, verdict, measures: comparisons.iter().map(row).collect() }
    }
}
