//! The constants, computed again; and what intervals are worth, by simulation.

use super::*;
use crate::rng::{Purpose, Stream};

/// Quantiles of tables: two-sided 95 % and 99 %.
#[test]
fn student_is_as_in_the_tables() {
    for (freedom, five, one) in [
        (1, 12.7062, 63.6567),
        (2, 4.30265, 9.92484),
        (4, 2.77645, 4.60409),
        (9, 2.26216, 3.24984),
        (39, 2.02269, 2.70791),
        (1000, 1.96234, 2.58075),
    ] {
        assert!((student_quantile(freedom, 0.95) / five - 1.0).abs() < 1e-5, "{freedom}");
        assert!((student_quantile(freedom, 0.99) / one - 1.0).abs() < 1e-5, "{freedom}");
    }
}

/// The share of the 5 % that is spent by the look after `n` seeds.
fn spent(n: usize) -> f64 {
    MISS * libm::pow(n as f64 / LOOKS[3] as f64, 0.2)
}

/// Nodes and weights of Gauss and Legendre between two ends: the roots of the polynomial, by Newton.
fn nodes(low: f64, high: f64) -> Vec<(f64, f64)> {
    const N: usize = 60;
    let half = (high - low) / 2.0;
    let node = |i: usize| {
        let mut x = libm::cos(std::f64::consts::PI * (i as f64 + 0.75) / (N as f64 + 0.5));
        let mut slope = 0.0;
        for _ in 0..20 {
            let (mut before, mut value) = (1.0, x);
            for k in 2..=N {
                let k = k as f64;
                (before, value) = (value, ((2.0 * k - 1.0) * x * value - (k - 1.0) * before) / k);
            }
            slope = N as f64 * (x * value - before) / (x * x - 1.0);
            x -= value / slope;
        }
        ((low + high) / 2.0 + half * x, half * 2.0 / ((1.0 - x * x) * slope * slope))
    };
    (0..N).map(node).collect()
}

/// The cosine of n normal differences of mean zero with as many ones is r = S/√(n·Q), S their sum and Q that of their
/// squares; t = r·√(n−1)/√(1−r²). Its density is in proportion to (1−r²)^((n−3)/2).
fn cosine_density(r: f64, n: usize) -> f64 {
    let log_beta = libm::lgamma(0.5) + libm::lgamma((n - 1) as f64 / 2.0) - libm::lgamma(n as f64 / 2.0);
    if r.abs() >= 1.0 { 0.0 } else { libm::exp((n as f64 - 3.0) / 2.0 * libm::log(1.0 - r * r) - log_beta) }
}

/// The chance that the cosine is at most `r`.
fn cosine_below(r: f64, n: usize) -> f64 {
    if r.abs() >= 1.0 {
        return if r > 0.0 { 1.0 } else { 0.0 };
    }
    let within = student_within(n - 1, r.abs() * ((n - 1) as f64).sqrt() / (1.0 - r * r).sqrt());
    0.5 + within.copysign(r) / 2.0
}

/// The cosine at which t is `multiplier`.
fn cosine_of(multiplier: f64, n: usize) -> f64 {
    multiplier / ((n - 1) as f64 + multiplier * multiplier).sqrt()
}

/// Weights of Beta(n/2, n/2), the share that the first n of 2n differences have of Q: with the sine of an angle as the
/// root of the share, the integrand is smooth.
fn shares(n: usize) -> Vec<(f64, f64)> {
    let half = n as f64 / 2.0;
    let log_beta = 2.0 * libm::lgamma(half) - libm::lgamma(n as f64);
    let density = |w: f64| libm::exp((half - 1.0) * libm::log(w * (1.0 - w)) - log_beta);
    let share = |(angle, weight): (f64, f64)| {
        let w = libm::sin(angle) * libm::sin(angle);
        (w, weight * density(w) * 2.0 * libm::sin(angle) * libm::cos(angle))
    };
    nodes(0.0, std::f64::consts::FRAC_PI_2).into_iter().map(share).collect()
}

/// Where no difference is, Q is independent of all cosines so far (Basu), so that they are a chain: with a new half of
/// the differences, r' = √(w/2)·r + √((1−w)/2)·s, w the old half's share of Q and s the cosine of the new half.
#[test]
fn the_multipliers_are_those_that_spend_five_per_cent() {
    let first = student_quantile(LOOKS[0] - 1, 1.0 - spent(LOOKS[0]));
    assert!((first - MULTIPLIERS[0]).abs() < 1e-4, "{first}");
    let edge = cosine_of(first, LOOKS[0]);
    // Cosines at which the experiment goes on, with their mass.
    let mut going_on: Vec<(f64, f64)> =
        nodes(-edge, edge).into_iter().map(|(r, weight)| (r, weight * cosine_density(r, LOOKS[0]))).collect();
    for look in 1..LOOKS.len() {
        let (n, shares) = (LOOKS[look], shares(LOOKS[look - 1]));
        assert_eq!(n, 2 * LOOKS[look - 1], "each look has as many new differences as old ones");
        let steps: Vec<(f64, f64, f64)> = (going_on.iter())
            .flat_map(|(r, mass)| {
                shares.iter().map(move |(w, weight)| ((w / 2.0).sqrt() * r, ((1.0 - w) / 2.0).sqrt(), mass * weight))
            })
            .collect();
        let goes_on = |edge: f64| -> f64 {
            let chance = |(old, new, mass): &(f64, f64, f64)| {
                mass * (cosine_below((edge - old) / new, n / 2) - cosine_below((-edge - old) / new, n / 2))
            };
            steps.iter().map(chance).sum()
        };
        let (mut low, mut high) = (1.5, 8.0);
        for _ in 0..40 {
            let middle = (low + high) / 2.0;
            if goes_on(cosine_of(middle, n)) < 1.0 - spent(n) { low = middle } else { high = middle }
        }
        assert!((low - MULTIPLIERS[look]).abs() < 1e-3, "look {look}: {low}");
        let edge = cosine_of(low, n);
        let mass = |r: f64| -> f64 {
            steps.iter().map(|(old, new, mass)| mass * cosine_density((r - old) / new, n / 2) / new).sum()
        };
        going_on = nodes(-edge, edge).into_iter().map(|(r, weight)| (r, weight * mass(r))).collect();
    }
}

/// The interval that is left by the rule of stopping.
fn looked_at(draw: &mut impl FnMut() -> f64) -> Result<[f64; 2], NoInterval> {
    let mut values = Vec::new();
    for look in LOOKS {
        values.extend(std::iter::repeat_with(&mut *draw).take(look - values.len()));
        let differences = Differences::new(values.clone(), Plan::Looks);
        if differences.is_clear() || look == LOOKS[3] {
            return differences.interval();
        }
    }
    unreachable!("the last look ends it")
}

fn fixed(n: usize, draw: &mut impl FnMut() -> f64) -> Result<[f64; 2], NoInterval> {
    Differences::new(std::iter::repeat_with(draw).take(n).collect(), Plan::Fixed).interval()
}

/// Of so many experiments that have an interval, the share whose interval has the truth in it.
fn coverage(experiments: usize, truth: f64, mut experiment: impl FnMut() -> Result<[f64; 2], NoInterval>) -> f64 {
    let intervals: Vec<[f64; 2]> = std::iter::repeat_with(&mut experiment).flatten().take(experiments).collect();
    let covers = |interval: &&[f64; 2]| (interval[0]..=interval[1]).contains(&truth);
    intervals.iter().filter(covers).count() as f64 / experiments as f64
}

/// Experiments in each simulation. Chance moves the share of 10,000 by 0.2 points, that of 1,000 by 0.7.
const EXPERIMENTS: usize = 10_000;

#[test]
fn intervals_of_normal_differences_have_the_truth_in_them_with_95_per_cent() {
    let mut stream = Stream::new(1, Purpose::Arrivals);
    for truth in [0.0, 0.3, 3.0] {
        for n in [5, 8, 20, 40] {
            let share = coverage(EXPERIMENTS, truth, || fixed(n, &mut || truth + stream.normal()));
            assert!((0.943..0.957).contains(&share), "{n} seeds, {truth}: {share}");
        }
    }
    // No difference, one that takes all looks, and one that is clear at the first: the middle is conservative.
    for (truth, low, high) in [(0.0, 0.943, 0.957), (0.2, 0.955, 0.975), (0.7, 0.97, 0.985), (4.0, 0.96, 0.974)] {
        let share = coverage(EXPERIMENTS, truth, || looked_at(&mut || truth + stream.normal()));
        assert!((low..high).contains(&share), "looks, {truth}: {share}");
    }
}

#[test]
fn a_thousand_experiments_by_the_rule_of_stopping_cover_in_93_to_97_per_cent() {
    let mut stream = Stream::new(7, Purpose::Service);
    for truth in [0.0, 0.05, 0.1, -0.1] {
        let share = coverage(1_000, truth, || looked_at(&mut || truth + stream.normal()));
        assert!((0.93..=0.97).contains(&share), "{truth}: {share}");
    }
}

/// Without the correction, one experiment in six would find what is not there.
#[test]
fn who_looks_four_times_with_students_interval_is_wrong_too_often() {
    let mut stream = Stream::new(2, Purpose::Arrivals);
    let mut found = 0;
    for _ in 0..EXPERIMENTS {
        let values: Vec<f64> = std::iter::repeat_with(|| stream.normal()).take(40).collect();
        found +=
            usize::from(LOOKS.iter().any(|look| Differences::new(values[..*look].to_vec(), Plan::Fixed).is_clear()));
    }
    let share = found as f64 / EXPERIMENTS as f64;
    assert!((0.145..0.17).contains(&share), "{share}");
}

#[test]
fn what_is_nearly_always_the_same_has_no_interval() {
    let interval = |values: &[f64]| Differences::new(values.to_vec(), Plan::Fixed).interval();
    assert_eq!(interval(&[1.0, 2.0, 3.0, 4.0]), Err(NoInterval::FewSeeds));
    assert_eq!(interval(&[0.0; 20]), Err(NoInterval::AllEqual));
    assert_eq!(interval(&[128.0; 20]), Err(NoInterval::AllEqual));
    let mut rare = [0.0; 20];
    rare[3..7].copy_from_slice(&[1.0, 2.0, 3.0, 4.0]);
    assert_eq!(interval(&rare), Err(NoInterval::FewDiffer(4)));
    assert_eq!(interval(&rare.map(|value| value + 128.0)), Err(NoInterval::FewDiffer(4)));
    rare[7] = 5.0;
    assert!(interval(&rare).is_ok());
    assert_eq!(Differences::new((0..7).map(f64::from).collect(), Plan::Looks).interval(), Err(NoInterval::NoLook));
}

#[test]
fn a_seed_agrees_that_goes_where_the_mean_goes() {
    let differences = Differences::new(vec![3.0, -1.0, 0.0, 2.0, 1.0], Plan::Fixed);
    assert_eq!((differences.mean(), differences.agree()), (1.0, 3));
    assert_eq!(Differences::new(vec![1.0, -1.0], Plan::Fixed).agree(), 0);
}

#[test]
fn many_intervals_hold_together_with_95_per_cent() {
    let mut stream = Stream::new(3, Purpose::Service);
    const MANY: usize = 30;
    let mut hold = |plan| {
        let mut covers = || {
            let values = std::iter::repeat_with(|| stream.normal()).take(12).collect();
            let [low, high] = Differences::new(values, plan).interval().expect("twelve that differ");
            low <= 0.0 && high >= 0.0
        };
        let experiments = 2_000;
        let mut all = || (0..MANY).filter(|_| covers()).count() == MANY;
        (0..experiments).filter(|_| all()).count() as f64 / f64::from(experiments)
    };
    let share = hold(Plan::Among(MANY));
    assert!((0.94..0.965).contains(&share), "{share}");
    assert!(hold(Plan::Fixed) < 0.3, "each alone is not enough");
}

#[test]
fn where_there_is_no_interval_all_seeds_must_agree_and_be_enough() {
    let direction = |values: Vec<f64>, plan| Differences::new(values, plan).direction();
    assert_eq!(direction(vec![1.0; 12], Plan::Among(90)), 1.0);
    assert_eq!(direction(vec![-1.0; 12], Plan::Among(90)), -1.0);
    assert_eq!(direction(vec![1.0; 12], Plan::Among(200)), 0.0, "one of two thousand is no rarity among two hundred");
    assert_eq!(direction(vec![1.0; 5], Plan::Fixed), 0.0, "one time in sixteen by chance");
    assert_eq!(direction(vec![1.0; 6], Plan::Fixed), 1.0);
    let mut one_less = vec![1.0; 12];
    one_less[3] = 0.0;
    assert_eq!(direction(one_less, Plan::Fixed), 0.0);
    assert_eq!(direction((0..12).map(|i| f64::from(i % 5) - 2.0).collect(), Plan::Fixed), 0.0);
    assert_eq!(direction((0..12).map(|i| f64::from(i % 5) + 2.0).collect(), Plan::Among(90)), 1.0);
}

/// R's binom.test, and by hand: (1/40)^(1/72) of 72 of 72.
#[test]
fn intervals_of_shares_are_exact() {
    for (met, of, low, high) in [
        (72, 72, 0.950_06, 1.0),
        (0, 10, 0.0, 0.308_50),
        (5, 10, 0.187_09, 0.812_91),
        (9, 10, 0.554_98, 0.997_47),
        (1, 1, 0.025, 1.0),
        (0, 0, 0.0, 1.0),
    ] {
        let interval = share_interval(met, of);
        assert!((interval[0] - low).abs() < 1e-4 && (interval[1] - high).abs() < 1e-4, "{met} of {of}: {interval:?}");
    }
}
