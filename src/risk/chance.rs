//! Probabilities in closed form, and rates as people say them.

use crate::rng::{Shape, UNIFORM_CV_MAX};
use crate::words::{count, percent};

/// P(X > t) of a time of this mean and shape.
pub fn survival(shape: Shape, mean: f64, t: f64) -> f64 {
    match shape {
        _ if t <= 0.0 => 1.0,
        Shape::Fixed => f64::from(u8::from(mean > t)),
        Shape::Exponential => libm::exp(-t / mean),
        Shape::Uniform { cv } => {
            let half = mean * cv.min(UNIFORM_CV_MAX) * libm::sqrt(3.0);
            ((mean + half - t) / (2.0 * half)).clamp(0.0, 1.0)
        }
        Shape::Lognormal { cv } => {
            let variance = libm::log1p(cv * cv);
            let z = (libm::log(t / mean) + variance / 2.0) / libm::sqrt(variance);
            libm::erfc(z / std::f64::consts::SQRT_2) / 2.0
        }
    }
}

/// The time that a variable of this mean and shape exceeds with probability `p`, by bisection.
pub fn quantile(shape: Shape, mean: f64, p: f64) -> f64 {
    let (mut low, mut high) = (0.0, mean * 1e6);
    for _ in 0..100 {
        let middle = (low + high) / 2.0;
        if survival(shape, mean, middle) > p { low = middle } else { high = middle }
    }
    high
}

/// Erlang B: the share of arrivals that find `servers` busy, with `load` busy on average if there were enough.
pub fn erlang_b(load: f64, servers: u32) -> f64 {
    (1..=servers).fold(1.0, |b, k| load * b / (f64::from(k) + load * b))
}

/// P(N = k) for a Poisson number of this mean.
pub fn poisson(mean: f64, k: u32) -> f64 {
    libm::exp(f64::from(k) * libm::log(mean) - mean - libm::lgamma(f64::from(k) + 1.0))
}

/// The share of requests that find a pool of at most `idle` connections empty, where `busy` are busy on average and a
/// dial takes no time: the chain on (busy, idle) with Poisson arrivals (an arrival takes an idle one, or dials; an end
/// brings one back, or closes it). From hundreds of busy connections on, ends are as frequent as arrivals whatever
/// their number is, and the pool is a random walk between two walls: 1/(idle + 1), or for a pool as large as the swings
/// of the load, the chain of a hundred, scaled.
///
/// A dial that takes time makes the share larger, and there is no formula for by how much: all that was dialed while
/// the pool was empty comes later, together, and much of it is closed again.
pub fn empty_pool(idle: u32, busy: f64) -> f64 {
    const BUSY_MAX: f64 = 100.0;
    if idle == 0 {
        return 1.0;
    }
    if busy > BUSY_MAX {
        let scale = libm::sqrt(BUSY_MAX / busy);
        let places = f64::from(idle + 1) * scale;
        if places < 3.0 {
            return 1.0 / f64::from(idle + 1);
        }
        return scale * empty_pool(libm::round(places) as u32 - 1, BUSY_MAX);
    }
    // More than that many are never idle at once.
    let most = busy + 6.0 * libm::sqrt(busy) + 6.0;
    if f64::from(idle) > most {
        return 0.0;
    }
    equilibrium(idle as usize, busy, most as usize)
}

/// P(idle = 0), by iterating the chain until nothing moves; an event in `rate` per mean busy time.
fn equilibrium(idle: usize, busy: f64, most: usize) -> f64 {
    let rate = busy + most as f64;
    let width = idle + 1;
    let mut now = vec![0.0; (most + 1) * width];
    // Full at first: once it is, it takes a crowd to empty it.
    now[(busy as usize).min(most) * width + idle] = 1.0;
    let steps = (rate * (20.0 + (idle * idle) as f64 / busy)) as usize;
    for _ in 0..steps {
        let mut next = vec![0.0; now.len()];
        for n in 0..=most {
            for i in 0..width {
                let p = now[n * width + i];
                let (up, down) = (if n < most { busy / rate } else { 0.0 }, n as f64 / rate);
                next[n * width + i] += p * (1.0 - up - down);
                if n < most {
                    next[(n + 1) * width + i.saturating_sub(1)] += p * up;
                }
                if n > 0 {
                    next[(n - 1) * width + (i + 1).min(idle)] += p * down;
                }
            }
        }
        now = next;
    }
    (0..=most).map(|n| now[n * width]).sum()
}

/// Two significant digits.
fn rounded(n: f64) -> u64 {
    let digits = libm::floor(libm::log10(n.max(1.0))) - 1.0;
    let unit = libm::pow(10.0, digits.max(0.0));
    (libm::round(n / unit) * unit) as u64
}

/// A share of requests: `33 % of the requests`, `about 1 request in 40,000`.
pub fn one_in(share: f64) -> String {
    match share {
        share if share >= 0.02 => format!("{} of the requests", percent((share * 1e6) as u64, 1_000_000)),
        share if share > 1e-12 => format!("about 1 request in {}", count(rounded(1.0 / share))),
        _ => "hardly any request".into(),
    }
}

/// Events per second: `133 a second`, `6 an hour`, `one in 14 hours`.
pub fn per_time(rate: f64) -> String {
    let units = [(1.0, "a second"), (60.0, "a minute"), (3_600.0, "an hour"), (86_400.0, "a day")];
    match units.into_iter().find(|(seconds, _)| rate * seconds >= 2.0) {
        Some((seconds, unit)) => format!("{} {unit}", count(rounded(rate * seconds))),
        None if rate * 86_400.0 > 0.5 => format!("one in {} hours", count(rounded(1.0 / (rate * 3_600.0)))),
        None if rate * 86_400.0 * 3_650.0 > 1.0 => format!("one in {} days", count(rounded(1.0 / (rate * 86_400.0)))),
        None => "less than one in ten years".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_are_those_of_their_shapes() {
        let close = |got: f64, expected: f64| assert!((got - expected).abs() < 1e-6, "{got} {expected}");
        close(survival(Shape::Exponential, 2.0, 2.0), 0.367_879_441);
        close(survival(Shape::Uniform { cv: 0.2 }, 1.0, 1.0), 0.5);
        close(survival(Shape::Lognormal { cv: 1.0 }, 1.0, libm::exp(-libm::log(2.0) / 2.0)), 0.5);
        assert_eq!([0.5, 1.5].map(|t| survival(Shape::Fixed, 1.0, t)), [1.0, 0.0]);
        let shape = Shape::Lognormal { cv: 1.5 };
        close(survival(shape, 0.25, quantile(shape, 0.25, 0.01)), 0.01);
    }

    /// Row 23 of the theory's table: solved elsewhere.
    #[test]
    fn a_pool_is_as_often_empty_as_its_chain_says() {
        for (idle, busy, p) in [
            (2, 1.0, 0.147_291_451_8),
            (2, 5.0, 0.289_485_673_1),
            (2, 50.0, 0.328_889_663_5),
            (5, 10.0, 0.124_000_842_3),
            (10, 10.0, 0.032_556_576_5),
        ] {
            let got = empty_pool(idle, busy);
            assert!((got / p - 1.0).abs() < 1e-3, "{idle} {busy}: {got} instead of {p}");
        }
        assert_eq!((empty_pool(0, 7.0), empty_pool(100, 7.0)), (1.0, 0.0));
        assert!((empty_pool(2, 5_000.0) - 1.0 / 3.0).abs() < 1e-9);
    }

    #[test]
    fn rates_read_as_people_say_them() {
        assert_eq!(one_in(0.33), "33 % of the requests");
        assert_eq!(one_in(1.0 / 40_321.0), "about 1 request in 40,000");
        assert_eq!(one_in(0.0), "hardly any request");
        assert_eq!(
            [133.4, 0.002, 2.4e-5, 2e-5, 1e-6].map(per_time),
            ["130 a second", "7 an hour", "2 a day", "one in 14 hours", "one in 12 days"]
        );
    }
}
