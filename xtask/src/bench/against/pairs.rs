//! Measurements of two checkouts, made in turns: what they say of the ratio between the two.

use anyhow::{Result, ensure};

use crate::bench::measurement::Measurement;

/// All cases in one engine.
#[derive(Default)]
pub struct Pairs(Vec<Pair>);

/// One case in one engine: there, and here.
pub struct Pair {
    best: [Measurement; 2],
    /// How many times as fast it is here, turn by turn.
    ratios: Vec<f64>,
}

impl Pairs {
    /// One turn of both. The one that was last in one turn is first in the next: what changes steadily meanwhile, as
    /// the machine's speed does, favours neither.
    pub fn measure<C>(
        &mut self,
        turn: u32,
        [there, here]: [&C; 2],
        mut measure: impl FnMut(&C) -> Result<Vec<Measurement>>,
    ) -> Result<()> {
        let (there, here) = if turn.is_multiple_of(2) {
            let there = measure(there)?;
            (there, measure(here)?)
        } else {
            let here = measure(here)?;
            (measure(there)?, here)
        };
        self.add(there, &here)
    }

    /// Cases that only one of the two has are left out.
    fn add(&mut self, there: Vec<Measurement>, here: &[Measurement]) -> Result<()> {
        for there in there {
            let Some(here) = here.iter().find(|here| here.name == there.name) else { continue };
            ensure!(here.link == there.link, "the case `{}` is another link there: {}", here.name, there.link);
            match self.0.iter_mut().find(|pair| pair.name() == here.name) {
                Some(pair) => pair.add(&there, here),
                None => self.0.push(Pair { ratios: vec![ratio(&there, here)], best: [there, here.clone()] }),
            }
        }
        ensure!(!self.0.is_empty(), "the two have no case in common");
        Ok(())
    }

    pub fn iter(&self) -> impl Iterator<Item = &Pair> {
        self.0.iter()
    }

    pub fn turns(&self) -> usize {
        self.0.first().map_or(0, |pair| pair.ratios.len())
    }
}

impl Pair {
    fn add(&mut self, there: &Measurement, here: &Measurement) {
        self.ratios.push(ratio(there, here));
        self.best[0].faster(there);
        self.best[1].faster(here);
    }

    pub fn name(&self) -> &str {
        &self.best[0].name
    }

    /// The fastest of each slice, there and here.
    pub fn best(&self) -> [&Measurement; 2] {
        self.best.each_ref()
    }

    /// The median of the turns' ratios, between the ends of its interval.
    pub fn ratio_of_turns(&self) -> [f64; 3] {
        let mut sorted = self.ratios.clone();
        sorted.sort_by(f64::total_cmp);
        let (left_out, _) = interval(sorted.len());
        let [low, high] = [(sorted.len() - 1) / 2, sorted.len() / 2];
        [sorted[left_out], (sorted[low] + sorted[high]) / 2.0, sorted[sorted.len() - 1 - left_out]]
    }
}

fn ratio(there: &Measurement, here: &Measurement) -> f64 {
    there.slices_ms.sum() / here.slices_ms.sum()
}

/// How many of the smallest and of the largest of so many measurements lie outside an interval that holds their median
/// with at least 95 % certainty, and its certainty: the sign test. Fewer than six give less, all of them together.
pub fn interval(measurements: usize) -> (usize, f64) {
    let certainties = (0..measurements).map(|left_out| certainty(measurements, left_out));
    let enough = certainties.enumerate().take_while(|&(left_out, certainty)| left_out == 0 || certainty >= 0.95);
    enough.last().unwrap_or((0, 0.0))
}

/// 1 - 2 P(X <= left out), X binomial with probability one half.
fn certainty(measurements: usize, left_out: usize) -> f64 {
    let mut probability = (0..measurements).fold(1.0, |probability, _| probability / 2.0);
    let mut below = 0.0;
    for k in 0..=left_out {
        below += probability;
        probability *= (measurements - k) as f64 / (k + 1) as f64;
    }
    1.0 - 2.0 * below
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(ms: f64) -> Measurement {
        Measurement::parse(&format!("incident\tp=incident\t1000\t10\t{ms}\t9\t5\t30\t7\tabc")).expect("a row")
    }

    #[test]
    fn the_interval_is_that_of_the_sign_test() {
        // Conover, Practical Nonparametric Statistics, table A3.
        for (measurements, left_out, certainty) in [(1, 0, 0.0), (5, 0, 0.9375), (6, 0, 0.96875), (10, 1, 0.978515625)]
        {
            assert_eq!(interval(measurements), (left_out, certainty));
        }
        assert_eq!(interval(20).0, 5);
    }

    #[test]
    fn one_slow_turn_moves_neither_the_best_nor_the_median() {
        let mut pairs = Pairs::default();
        for (turn, (there, here)) in [(3.0, 2.0), (3.0, 20.0), (3.3, 2.2)].into_iter().enumerate() {
            let turn = u32::try_from(turn).expect("few");
            pairs.measure(turn, [&there, &here], |&ms| Ok(vec![row(ms)])).expect("a pair");
        }
        let pair = pairs.iter().next().expect("a case");
        assert_eq!(pair.best().map(|row| row.slices_ms.sum()), [3.0, 2.0]);
        let [least, median, most] = pair.ratio_of_turns();
        assert_eq!((least, (median * 10.0).round(), most), (0.15, 15.0, 1.5));
    }

    #[test]
    fn the_two_take_turns_in_being_first() {
        let (mut pairs, mut order) = (Pairs::default(), Vec::new());
        for turn in 0..2 {
            let measure = |&ms: &f64| {
                order.push(ms);
                Ok(vec![row(ms)])
            };
            pairs.measure(turn, [&1.0, &2.0], measure).expect("a pair");
        }
        assert_eq!(order, [1.0, 2.0, 2.0, 1.0]);
    }
}
