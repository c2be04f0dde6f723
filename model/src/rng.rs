//! Randomness: one seeded stream per purpose, sampled through `libm`.
//!
//! Moving a slider must not change who arrives when, so arrivals, think times, service times, the network and the
//! back-off each draw from a stream of their own. The platform's `ln` and `exp` differ in the last bit between a native
//! build and a browser; `libm`'s do not.

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use crate::time::{SimDuration, rounded};

/// What a stream is for. Each purpose and seed give an independent, reproducible sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// When requests arrive.
    Arrivals = 1,
    /// How long closed-loop callers think.
    Think = 2,
    /// How long handlers work.
    Service = 3,
    /// Loss and jitter of packets.
    Network = 4,
    /// Jitter of the application's back-off.
    Backoff = 5,
    /// When a woken goroutine runs.
    Scheduling = 6,
    /// When callers give up.
    Patience = 7,
    /// How long programs take on a processor.
    Processors = 8,
}

/// The shape of a random time around its mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// Always the mean.
    Fixed,
    /// Even between mean·(1−w) and mean·(1+w), where w = √3·cv; cv is at most 1/√3 = 0.577.
    Uniform {
        /// Standard deviation / mean.
        cv: f64,
    },
    /// Exponential: memoryless, cv = 1.
    Exponential,
    /// Lognormal with the given cv.
    Lognormal {
        /// Standard deviation / mean.
        cv: f64,
    },
}

/// One stream of random numbers.
#[derive(Clone, Debug)]
pub struct Stream {
    generator: Pcg64Mcg,
    /// The next draw, and what [`Stream::exponential`] makes of it. A logarithm takes its time: where it is begun
    /// before it is needed, the processor does other things meanwhile.
    ahead: Option<(u64, f64)>,
}

impl Stream {
    /// The stream of `purpose` in the run with this `seed`.
    pub fn new(seed: u64, purpose: Purpose) -> Self {
        // Far apart in the seed space: neighbouring seeds and purposes must not give related sequences.
        let mixed = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (purpose as u64).wrapping_mul(0xD1B5_4A32_D192_ED03);
        Stream { generator: Pcg64Mcg::seed_from_u64(mixed), ahead: None }
    }

    /// 53 random bits.
    #[inline(always)]
    fn draw(&mut self) -> u64 {
        match self.ahead.take() {
            Some((bits, _)) => bits,
            None => self.new_bits(),
        }
    }

    #[inline(always)]
    fn new_bits(&mut self) -> u64 {
        self.generator.random::<u64>() >> 11
    }

    /// Uniform in [0, 1), 53 bits.
    pub fn unit(&mut self) -> f64 {
        self.draw() as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// Whether something of this probability (parts per million) happens.
    pub fn happens(&mut self, ppm: u32) -> bool {
        ppm > 0 && self.unit() * 1e6 < f64::from(ppm)
    }

    /// Uniform between zero and `max`.
    pub fn up_to(&mut self, max: SimDuration) -> SimDuration {
        scaled(max, self.unit())
    }

    /// Exponential with this mean.
    pub fn exponential(&mut self, mean: SimDuration) -> SimDuration {
        let (_, time) = self.ahead.unwrap_or_else(|| self.look_ahead());
        self.ahead = Some(self.look_ahead());
        scaled(mean, time)
    }

    #[inline(always)]
    fn look_ahead(&mut self) -> (u64, f64) {
        let bits = self.new_bits();
        (bits, Stream::standard_exponential(bits))
    }

    /// Exponential with mean 1: -ln(1 - unit()).
    ///
    /// 1 - unit() is n / 2^53 for a whole n, so that with n = m * 2^e it is (53 - e) ln 2 - ln m, and ln m comes from a
    /// table and a polynomial: half the time of `libm::log1p`, and as exact.
    #[inline(always)]
    fn standard_exponential(bits: u64) -> f64 {
        let n = (1 << 53) - bits;
        let bits = (n as f64).to_bits();
        let exponent = (bits >> MANTISSA_BITS) as i32 - 1023;
        let mantissa = f64::from_bits(bits & ((1 << MANTISSA_BITS) - 1) | 1.0_f64.to_bits());
        f64::from(53 - exponent) * std::f64::consts::LN_2 - ln_mantissa(mantissa)
    }

    /// A time of this mean and shape.
    pub fn sample(&mut self, mean: SimDuration, shape: Shape) -> SimDuration {
        match shape {
            Shape::Fixed => mean,
            Shape::Exponential => self.exponential(mean),
            Shape::Uniform { cv } => {
                let half_width = cv.min(UNIFORM_CV_MAX) * libm::sqrt(3.0);
                scaled(mean, 1.0 + half_width * (2.0 * self.unit() - 1.0))
            }
            Shape::Lognormal { cv } => {
                let variance = libm::log1p(cv * cv);
                let factor = libm::exp(libm::sqrt(variance) * self.normal() - variance / 2.0);
                scaled(mean, factor)
            }
        }
    }

    /// Standard normal by Box-Muller; one of the pair is thrown away, so that one call is always two draws.
    pub fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log1p(-self.unit()));
        radius * libm::cos(2.0 * std::f64::consts::PI * self.unit())
    }
}

impl Shape {
    /// Standard deviation / mean.
    pub fn cv(self) -> f64 {
        match self {
            Shape::Fixed => 0.0,
            Shape::Exponential => 1.0,
            Shape::Uniform { cv } => cv.min(UNIFORM_CV_MAX),
            Shape::Lognormal { cv } => cv,
        }
    }

    /// Third central moment / standard deviation³.
    pub fn skewness(self) -> f64 {
        match self {
            Shape::Fixed | Shape::Uniform { .. } => 0.0,
            Shape::Exponential => 2.0,
            Shape::Lognormal { cv } => cv * (cv * cv + 3.0),
        }
    }
}

/// The largest cv of a uniform time that is never negative, 1/√3.
pub const UNIFORM_CV_MAX: f64 = 0.577_350_269_189_625_8;

fn scaled(mean: SimDuration, factor: f64) -> SimDuration {
    SimDuration::from_nanos(rounded(mean.as_nanos() as f64 * factor))
}

/// Bits of an f64 below its exponent.
const MANTISSA_BITS: u32 = 52;

/// Intervals of [1, 2) in the table of logarithms.
const LN_INTERVALS: usize = 32;

/// Of each interval the inverse of its middle, in few digits so that products with it lose nothing that matters, and
/// the logarithm of that inverse.
const LN_TABLE: [(f64, f64); LN_INTERVALS] = {
    let mut table = [(0.0, 0.0); LN_INTERVALS];
    let mut i = 0;
    while i < LN_INTERVALS {
        let middle = 1.0 + (i as f64 + 0.5) / LN_INTERVALS as f64;
        let inverse = ((1024.0 / middle + 0.5) as u32) as f64 / 1024.0;
        table[i] = (inverse, ln_by_series(inverse));
        i += 1;
    }
    table
};

/// ln x = 2 artanh((x - 1) / (x + 1)), for x between 1/2 and 2.
const fn ln_by_series(x: f64) -> f64 {
    let z = (x - 1.0) / (x + 1.0);
    // From the smallest term to the largest: z^61 is below 2^-96.
    let (mut sum, mut n) = (0.0, 61);
    while n > 0 {
        sum = sum * z * z + 2.0 / n as f64;
        n -= 2;
    }
    sum * z
}

/// The natural logarithm of a number in [1, 2): with r = m * inverse - 1, |r| < 1/58, it is ln(1 + r) - ln(inverse).
fn ln_mantissa(m: f64) -> f64 {
    let (inverse, ln_inverse) =
        LN_TABLE[(m.to_bits() >> (MANTISSA_BITS - LN_INTERVALS.ilog2())) as usize % LN_INTERVALS];
    let r = m * inverse - 1.0;
    let (r2, r4) = (r * r, r * r * r * r);
    // The terms of the series up to r^9, in pairs, which a processor adds side by side; the next one is below 2^-62.
    let low = (1.0 - r * (1.0 / 2.0)) + r2 * (1.0 / 3.0 - r * (1.0 / 4.0));
    let high = (1.0 / 5.0 - r * (1.0 / 6.0)) + r2 * (1.0 / 7.0 - r * (1.0 / 8.0)) + r4 * (1.0 / 9.0);
    r * (low + r4 * high) - ln_inverse
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logarithm_is_that_of_libm() {
        let mut stream = Stream::new(3, Purpose::Think);
        let anywhere = (0..100_000).map(|_| 1.0 + stream.unit());
        let at_the_edges = (0..=LN_INTERVALS).map(|i| 1.0 + i as f64 / LN_INTERVALS as f64);
        let edges = at_the_edges.flat_map(|edge| [edge.next_down(), edge, edge.next_up()]);
        for m in anywhere.chain(edges).filter(|m| (1.0..2.0).contains(m)) {
            let (ours, theirs) = (ln_mantissa(m), libm::log(m));
            assert!((ours - theirs).abs() < 2.5e-16, "ln {m} = {theirs}, not {ours}");
        }
    }

    #[test]
    fn an_exponential_time_is_that_of_libm() {
        let (mut ours, mut theirs) = (Stream::new(5, Purpose::Service), Stream::new(5, Purpose::Service));
        let day = SimDuration::from_secs(86_400);
        for _ in 0..100_000 {
            let (ours, theirs) = (ours.exponential(day), scaled(day, -libm::log1p(-theirs.unit())));
            assert!(ours.as_nanos().abs_diff(theirs.as_nanos()) <= 1, "{ours:?} {theirs:?}");
        }
    }

    fn mean_and_cv(shape: Shape) -> (f64, f64) {
        let mut stream = Stream::new(7, Purpose::Service);
        let n = 200_000;
        let samples: Vec<f64> =
            (0..n).map(|_| stream.sample(SimDuration::from_millis(20), shape).as_millis_f64()).collect();
        let mean = samples.iter().sum::<f64>() / f64::from(n);
        let variance = samples.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / f64::from(n);
        (mean, libm::sqrt(variance) / mean)
    }

    #[test]
    fn shapes_have_the_mean_and_spread_they_claim() {
        for (shape, cv) in [
            (Shape::Fixed, 0.0),
            (Shape::Uniform { cv: 0.5 }, 0.5),
            (Shape::Exponential, 1.0),
            (Shape::Lognormal { cv: 2.0 }, 2.0),
        ] {
            let (mean, got) = mean_and_cv(shape);
            assert!((mean - 20.0).abs() < 0.35, "{shape:?}: mean {mean}");
            assert!((got - cv).abs() < 0.12, "{shape:?}: cv {got}");
        }
    }

    #[test]
    fn streams_are_reproducible_and_differ_by_purpose() {
        let draw = |purpose| Stream::new(1, purpose).unit();
        assert_eq!(draw(Purpose::Arrivals), draw(Purpose::Arrivals));
        assert_ne!(draw(Purpose::Arrivals), draw(Purpose::Service));
    }
}
