//! How far chance may take a run from what theory expects.
//!
//! All bounds are made for the same chance: a right model is outside one of them once in 16,000 runs. That is four
//! standard deviations of a normal variable, two-sided.

/// Standard deviations on either side.
pub const DEVIATIONS: f64 = 4.0;
/// The chance of being outside by bad luck: P(|N| > 4) = 1/15,787.
const MISS: f64 = 1.0 / 15_787.0;

/// How far a sum of independent variables with this total variance, each within `largest` of its mean, may be from its
/// mean. Bernstein's inequality: P(|X| ≥ t) ≤ 2·exp(−t²/(2·(variance + largest·t/3))). It holds for small numbers too,
/// where the normal approximation does not; a Poisson variable is the limiting case with `largest` = 1.
pub fn bernstein(variance: f64, largest: f64) -> f64 {
    let log = -libm::log(MISS / 2.0);
    let linear = log * largest / 3.0;
    linear + libm::sqrt(linear * linear + 2.0 * log * variance)
}

/// Bounds for an average that is skewed, such as a mean queue: those of a variable of Pearson's type III (a shifted
/// gamma) with this mean, standard deviation and skewness, by the cube root of Wilson and Hilferty (1931).
pub fn skewed_bounds(mean: f64, deviation: f64, skewness: f64) -> [f64; 2] {
    let sixth = skewness / 6.0;
    [-DEVIATIONS, DEVIATIONS].map(|z| {
        let root = (1.0 + sixth * (z - sixth)).max(0.0);
        mean + deviation / (3.0 * sixth) * (root * root * root - 1.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_standard_deviations_of_many_and_some_more_of_few() {
        let many = bernstein(1e6, 1.0) / 1e3;
        assert!((4.5..4.6).contains(&many), "{many} standard deviations");
        // P(Poisson(1) >= 7) is 8.3e-5 and P(Poisson(1) >= 8) 1.0e-5, the chance meant is 3.2e-5 on this side.
        let few = bernstein(1.0, 1.0);
        assert!((7.0..10.0).contains(&few), "{few}");
    }

    /// Quantiles of gamma variables at 1/31,574 and its complement.
    #[test]
    fn skewed_bounds_are_those_of_the_distribution() {
        for (shape, low, high) in [(4.0_f64, 0.04296, 4.32449), (16.0, 0.29211, 2.32451), (100.0, 0.64889, 1.45090)] {
            let deviation = 1.0 / libm::sqrt(shape);
            let [got_low, got_high] = skewed_bounds(1.0, deviation, 2.0 * deviation);
            assert!((got_low - low).abs() < 0.015 && (got_high / high - 1.0).abs() < 0.02, "{got_low} {got_high}");
        }
    }
}
