//! Queueing theory in closed form: one queue, c servers, Poisson arrivals.
//!
//! Also how much the average over a run of some length varies, for a birth-death process: W. Whitt, "Asymptotic
//! formulas for Markov processes with applications to simulation", Operations Research 40 (1992).

/// M/M/c in equilibrium: Poisson arrivals, exponential service times, c servers, one queue.
pub struct Mmc {
    arrival_rate: f64,
    servers: usize,
    /// Load per server, below one.
    rho: f64,
    /// Erlang C: the share of arrivals that have to wait.
    waits: f64,
}

/// The mean number waiting, and how an average of it over T seconds of a run that starts empty is distributed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Waiting {
    /// Mean number waiting, Lq.
    pub mean: f64,
    /// Mean of the average less `mean`, times T; negative.
    pub bias: f64,
    /// Variance of the average, times T.
    pub variance: f64,
    /// Third central moment of the average, times T².
    pub third: f64,
}

impl Mmc {
    /// Arrivals per second, mean service time in seconds, servers. `None` without an equilibrium.
    pub fn new(arrival_rate: f64, service: f64, servers: u32) -> Option<Mmc> {
        let offered = arrival_rate * service;
        let rho = offered / f64::from(servers);
        if rho >= 1.0 {
            return None;
        }
        // Erlang B for 1, 2, ... servers, then Erlang C.
        let b = (1..=servers).fold(1.0, |b, k| offered * b / (f64::from(k) + offered * b));
        Some(Mmc { arrival_rate, servers: servers as usize, rho, waits: b / (1.0 - rho * (1.0 - b)) })
    }

    /// Load per server.
    pub fn rho(&self) -> f64 {
        self.rho
    }

    /// The share of arrivals that have to wait.
    pub fn waits(&self) -> f64 {
        self.waits
    }

    /// How many wait.
    ///
    /// With f the number waiting less its mean, π the equilibrium and L the generator of the process, g solves
    /// Poisson's equation −L·g = f. Its first value is the bias, 2·π(f·g) the variance, and 6·π(f·g₂) the third moment,
    /// where −L·g₂ = f·g − π(f·g): the derivatives of the largest eigenvalue of L + θ·f at θ = 0.
    pub fn waiting(&self) -> Waiting {
        let mean = self.waits * self.rho / (1.0 - self.rho);
        let states = self.states();
        let f: Vec<f64> = states.iter().map(|(number, _)| number.saturating_sub(self.servers) as f64 - mean).collect();
        let mean_of = |a: &[f64], b: &[f64]| states.iter().zip(a).zip(b).map(|(((_, p), a), b)| p * a * b).sum::<f64>();
        let g = self.solve(&states, &f);
        let second = mean_of(&f, &g);
        let product: Vec<f64> = f.iter().zip(&g).map(|(f, g)| f * g - second).collect();
        let third = mean_of(&f, &self.solve(&states, &product));
        Waiting { mean, bias: g[0], variance: 2.0 * second, third: 6.0 * third }
    }

    /// The numbers in the system that occur at all, and their probabilities.
    fn states(&self) -> Vec<(usize, f64)> {
        const NEVER: f64 = 1e-30;
        let load = self.rho * self.servers as f64;
        let likeliest = load as usize;
        let down = std::iter::successors(Some((likeliest, 1.0)), |(i, p)| {
            (*i > 0 && *p > NEVER).then(|| (i - 1, p * *i as f64 / load))
        });
        let up = std::iter::successors(Some((likeliest, 1.0)), |(i, p)| {
            (*p > NEVER).then(|| (i + 1, p * load / (i + 1).min(self.servers) as f64))
        });
        let mut states: Vec<_> = down.collect();
        states.reverse();
        states.extend(up.skip(1));
        let total: f64 = states.iter().map(|(_, p)| p).sum();
        states.iter_mut().for_each(|(_, p)| *p /= total);
        states
    }

    /// The g of mean zero with −L·g = r, for an r of mean zero: between two neighbours it grows by −Σr·π/(λ·π), summed
    /// up to there. The sum is taken from the nearer end, where nothing is lost by cancellation.
    fn solve(&self, states: &[(usize, f64)], r: &[f64]) -> Vec<f64> {
        let weighted: Vec<f64> = states.iter().zip(r).map(|((_, p), r)| p * r).collect();
        let middle = states.iter().position(|(i, _)| *i >= (self.rho * self.servers as f64) as usize).unwrap_or(0);
        let mut growth = vec![0.0; states.len()];
        let mut sum = 0.0;
        for i in 0..middle {
            sum += weighted[i];
            growth[i] = -sum / (self.arrival_rate * states[i].1);
        }
        sum = 0.0;
        for i in (middle..states.len()).rev() {
            growth[i] = sum / (self.arrival_rate * states[i].1);
            sum += weighted[i];
        }
        let mut g = vec![0.0; states.len()];
        for i in 1..states.len() {
            g[i] = g[i - 1] + growth[i - 1];
        }
        let mean: f64 = states.iter().zip(&g).map(|((_, p), g)| p * g).sum();
        g.iter_mut().for_each(|g| *g -= mean);
        g
    }
}

impl Waiting {
    /// The same with one server and service times of another coefficient of variation.
    ///
    /// The mean is Pollaczek's and Khinchin's. The rest grows as for Brownian motion with a reflecting barrier, which
    /// the line resembles the more, the higher the load: a factor f stretches it by f and its time by f². Source: W.
    /// Whitt, "Planning queueing simulations", Management Science 35 (1989).
    pub fn with_service_variation(self, cv: f64) -> Waiting {
        let factor = (1.0 + cv * cv) / 2.0;
        let square = factor * factor;
        Waiting {
            mean: self.mean * factor,
            bias: self.bias * square,
            variance: self.variance * square * factor,
            third: self.third * square * square * factor,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: f64, expected: f64) {
        assert!((got / expected - 1.0).abs() < 1e-8, "{got} instead of {expected}");
    }

    /// Rows 1 to 5 of the oracles: M/M/1, M/M/10, M/M/20 and M/M/10 again.
    #[test]
    fn mean_lines_are_those_of_erlang() {
        for (rate, service, servers, waits, mean) in [
            (0.8, 1.0, 1, 0.8, 3.2),
            (8.0, 1.0, 10, 0.409_180_150_8, 1.636_720_603),
            (18.0, 1.0, 20, 0.550_769_004_8, 4.956_921_043),
            (190.0, 0.05, 10, 0.825_585_578_1, 15.686_125_98),
        ] {
            let queue = Mmc::new(rate, service, servers).expect("stable");
            close(queue.waits(), waits);
            close(queue.waiting().mean, mean);
        }
        assert!(Mmc::new(1.0, 1.0, 1).is_none());
    }

    /// For one server the variance is known in closed form at half load, and the sums must not depend on where they are
    /// taken from: a chain of a thousand servers has states that never occur at both ends.
    #[test]
    fn many_servers_or_few_the_moments_are_finite_and_have_their_sign() {
        for (rate, servers) in [(0.5, 1), (0.99, 1), (15.0, 20), (950.0, 1_000), (9_500.0, 10_000)] {
            let waiting = Mmc::new(rate, 1.0, servers).expect("stable").waiting();
            assert!(waiting.bias < 0.0 && waiting.variance > 0.0 && waiting.third > 0.0, "{rate}: {waiting:?}");
        }
        let half = Mmc::new(0.5, 1.0, 1).expect("stable").waiting();
        close(half.variance, 17.0);
    }

    /// In heavy traffic waiting and being in the system are nearly the same, for which the variance is known:
    /// 2ρ(1 + ρ)/(1 − ρ)⁴ (Whitt 1989).
    #[test]
    fn the_variance_grows_with_the_fourth_power_of_the_idle_share() {
        let rho = 0.99;
        let known = 2.0 * rho * (1.0 + rho) / libm::pow(1.0 - rho, 4.0);
        let got = Mmc::new(rho, 1.0, 1).expect("stable").waiting().variance;
        assert!((got / known - 1.0).abs() < 0.02, "{got} instead of {known}");
    }
}
