//! Queueing theory in closed form: one line, c servers, Poisson arrivals.
//!
//! Also how much the average over a run of some length varies, for a birth-death process: W. Whitt, "Asymptotic formulas
//! for Markov processes with applications to simulation", Operations Research 40 (1992).

/// M/M/c in equilibrium: Poisson arrivals, exponential service times, one line.
pub struct Line {
    arrival_rate: f64,
    /// Load per server, below one.
    rho: f64,
    /// Erlang B for 0 to c servers: the share of arrivals lost without a line.
    blocking: Vec<f64>,
}

/// The mean number waiting, and how an average of it over a run of T seconds that starts empty is distributed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Waiting {
    /// Mean number waiting, Lq.
    pub mean: f64,
    /// Variance of the average, times T in seconds.
    pub variance: f64,
    /// Mean of the average less `mean`, times T in seconds; negative.
    pub bias: f64,
}

impl Line {
    /// Arrivals per second, mean service time in seconds, servers. `None` without an equilibrium.
    pub fn new(arrival_rate: f64, service: f64, servers: u32) -> Option<Line> {
        let offered = arrival_rate * service;
        let rho = offered / f64::from(servers);
        if rho >= 1.0 {
            return None;
        }
        let mut blocking = vec![1.0];
        for k in 1..=servers {
            let carried = offered * blocking[blocking.len() - 1];
            blocking.push(carried / (f64::from(k) + carried));
        }
        Some(Line { arrival_rate, rho, blocking })
    }

    /// Load per server.
    pub fn rho(&self) -> f64 {
        self.rho
    }

    /// The share of arrivals that have to wait: Erlang C.
    pub fn waits(&self) -> f64 {
        let b = self.blocking[self.blocking.len() - 1];
        b / (1.0 - self.rho * (1.0 - b))
    }

    /// How many wait.
    ///
    /// With π the equilibrium, f(i) = max(0, i − c) and S(j) = Σ_{i≤j} (f(i) − Lq)·π(i), Poisson's equation has the
    /// increments h(j) = −S(j)/(λ·π(j)). The variance is 2·Σ S(j)·S(j)/(λ·π(j)), the bias of an empty start
    /// −Σ h(j)·P(X > j).
    pub fn waiting(&self) -> Waiting {
        let (rho, rate) = (self.rho, self.arrival_rate);
        let idle = 1.0 - rho;
        let mean = self.waits() * rho / idle;
        let servers = self.blocking.len() - 1;
        let full = self.waits() * idle;
        let (mut variance, mut bias) = (0.0, 0.0);
        // Below c, Σ_{i≤j} π(i) is π(j)/B(j).
        let mut probability = full;
        for j in (0..servers).rev() {
            probability *= (j + 1) as f64 / (rho * servers as f64);
            let below = probability / self.blocking[j];
            let h = mean / (rate * self.blocking[j]);
            variance += 2.0 * h * mean * below;
            bias -= h * (1.0 - below).max(0.0);
        }
        // From c on, π is geometric and the rest of the sum is known: m wait.
        let (mut probability, mut m) = (full, 0.0);
        while probability * m * m * m > 1e-12 * variance || m < 10.0 {
            let beyond = probability * rho * ((m + 1.0) / idle + rho / (idle * idle) - mean / idle);
            let h = beyond / (rate * probability);
            variance += 2.0 * h * beyond;
            bias -= h * probability * rho / idle;
            probability *= rho;
            m += 1.0;
        }
        Waiting { mean, variance, bias }
    }
}

impl Waiting {
    /// The same with one server and service times of another coefficient of variation.
    ///
    /// The mean is Pollaczek's and Khinchin's. Variance and bias grow as those of Brownian motion with a reflecting
    /// barrier, which the line resembles the more, the higher the load: with the third and the second power. Source: W.
    /// Whitt, "Planning queueing simulations", Management Science 35 (1989).
    pub fn with_service_variation(self, cv: f64) -> Waiting {
        let factor = (1.0 + cv * cv) / 2.0;
        Waiting {
            mean: self.mean * factor,
            variance: self.variance * factor * factor * factor,
            bias: self.bias * factor * factor,
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
            let line = Line::new(rate, service, servers).expect("stable");
            close(line.waits(), waits);
            close(line.waiting().mean, mean);
        }
        assert!(Line::new(1.0, 1.0, 1).is_none());
    }

    /// Variance and bias from their definitions, over 400 states.
    #[test]
    fn variance_and_bias_are_those_of_the_birth_death_process() {
        for (rate, servers) in [(0.5_f64, 1), (0.9, 1), (2.4, 3), (15.0, 20)] {
            let c = f64::from(servers);
            let mut pi = vec![1.0];
            for i in 1..400 {
                pi.push(pi[i - 1] * rate / c.min(i as f64));
            }
            let total: f64 = pi.iter().sum();
            pi.iter_mut().for_each(|p| *p /= total);
            let f = |i: usize| (i as f64 - c).max(0.0);
            let mean: f64 = pi.iter().enumerate().map(|(i, p)| f(i) * p).sum();
            // Summed from the far end, where nothing is lost by cancellation.
            let (mut sum, mut beyond, mut variance, mut bias) = (0.0, 0.0, 0.0, 0.0);
            for (i, p) in pi.iter().enumerate().rev() {
                variance += 2.0 * sum * sum / (rate * p);
                bias -= sum / (rate * p) * beyond;
                sum += (f(i) - mean) * p;
                beyond += p;
            }
            let got = Line::new(rate, 1.0, servers).expect("stable").waiting();
            close(got.mean, mean);
            assert!((got.variance / variance - 1.0).abs() < 1e-5, "{} instead of {variance}", got.variance);
            assert!((got.bias / bias - 1.0).abs() < 1e-5, "{} instead of {bias}", got.bias);
        }
    }

    /// In heavy traffic waiting and being in the system are nearly the same, for which the variance is known:
    /// 2ρ(1 + ρ)/(1 − ρ)⁴ (Whitt 1989).
    #[test]
    fn the_variance_grows_with_the_fourth_power_of_the_idle_share() {
        let rho = 0.99;
        let known = 2.0 * rho * (1.0 + rho) / libm::pow(1.0 - rho, 4.0);
        let got = Line::new(rho, 1.0, 1).expect("stable").waiting().variance;
        assert!((got / known - 1.0).abs() < 0.02, "{got} instead of {known}");
    }
}
