//! What the differences of pairs of runs, each pair with one seed, say of all seeds: their mean, an interval of 95 %,
//! and how many pairs agree.
//!
//! **A number of seeds that is fixed beforehand** has Student's interval, exact for normal differences.
//!
//! **Who looks after 5, 10, 20 and 40 seeds** and stops when the interval has no zero in it needs wider ones, or a
//! difference that is none would be found in one experiment of six. These are repeated confidence intervals (Jennison
//! and Turnbull 1989, J. R. Statist. Soc. B 51:305): with 95 % all four have the truth in them, so it does not matter
//! when somebody stops, nor why. What chance of an error each look has is set by the power family of spending
//! functions, α·(n/40)^ρ (Lan and DeMets 1983, Biometrika 70:659; Kim and DeMets 1987, Biometrika 74:149), with
//! ρ = 1/5: two thirds of it are spent on the first look, because few seeds show most differences of this model. The
//! multipliers are exact for t statistics (as in Jennison and Turnbull 1991, Biometrika 78:133), and a test computes
//! them. By that rule of stopping the interval that is left has the truth in it with 95 % where there is no difference,
//! with 96.7 % where it is clear at the first look, and with at most 98 % between: it is conservative there.
//!
//! **Of many intervals that are to hold together** each has Student's with its share of the 5 % (Bonferroni; Dunn 1961,
//! J. Am. Statist. Ass. 56:52): with 95 % at least, none of them leaves the truth out.
//!
//! A mean whose differences are nearly all equal has no interval: what is rare, a few runs do not show. Five must
//! differ. Where all go one way, and are enough, that alone tells the direction (the sign test, Dixon and Mood 1946,
//! J. Am. Statist. Ass. 41:557).

/// Numbers of seeds after which an experiment that grows is looked at.
pub const LOOKS: [usize; 4] = [5, 10, 20, 40];

/// How many standard errors of the mean the interval of a look reaches to either side.
const MULTIPLIERS: [f64; 4] = [3.19723, 3.38545, 2.98327, 2.76328];

/// The chance that an interval leaves the truth out.
pub const MISS: f64 = 0.05;

/// Fewer differences than this, of those that are not zero or whatever most are, have no interval.
pub const DIFFER_MIN: usize = 5;

/// When an experiment was to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// With a number of seeds that was fixed beforehand.
    Fixed,
    /// At any of the [`LOOKS`].
    Looks,
    /// With a number of seeds that was fixed beforehand, as one of so many that are to be right together.
    Among(usize),
}

/// Differences of pairs of runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Differences {
    values: Vec<f64>,
    plan: Plan,
}

/// Why there is no interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoInterval {
    /// All differences are the same, to the last digit.
    AllEqual,
    /// So few differ from zero, or from what most are.
    FewDiffer(usize),
    /// There are fewer seeds than an interval needs.
    FewSeeds,
    /// No look is after so many seeds.
    NoLook,
}

/// The mean of all seeds; none if one has no value.
pub fn mean(values: &[Option<f64>]) -> Option<f64> {
    let sum = values.iter().copied().sum::<Option<f64>>()?;
    (!values.is_empty()).then(|| sum / values.len() as f64)
}

impl Differences {
    /// The differences of an experiment, one a seed.
    pub fn new(values: Vec<f64>, plan: Plan) -> Differences {
        Differences { values, plan }
    }

    /// One a seed.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// When it was to end.
    pub fn plan(&self) -> Plan {
        self.plan
    }

    /// The mean; 0 of none.
    pub fn mean(&self) -> f64 {
        self.values.iter().sum::<f64>() / self.values.len().max(1) as f64
    }

    /// The standard deviation of one difference.
    pub fn deviation(&self) -> f64 {
        let mean = self.mean();
        let squares: f64 = self.values.iter().map(|value| (value - mean) * (value - mean)).sum();
        (squares / self.values.len().saturating_sub(1).max(1) as f64).sqrt()
    }

    /// How many have the sign of the mean.
    pub fn agree(&self) -> usize {
        let mean = self.mean();
        self.values.iter().filter(|value| **value * mean > 0.0).count()
    }

    /// The interval that has the mean of all seeds in it with 95 %.
    ///
    /// # Errors
    /// Why there is none.
    pub fn interval(&self) -> Result<[f64; 2], NoInterval> {
        let n = self.values.len();
        if n < DIFFER_MIN {
            return Err(NoInterval::FewSeeds);
        }
        if self.values.iter().all(|value| *value == self.values[0]) {
            return Err(NoInterval::AllEqual);
        }
        let differ = self.differ();
        if differ < DIFFER_MIN {
            return Err(NoInterval::FewDiffer(differ));
        }
        let multiplier = match self.plan {
            Plan::Fixed | Plan::Among(_) => student_quantile(n - 1, 1.0 - self.miss()),
            Plan::Looks => {
                LOOKS.iter().position(|look| *look == n).map(|i| MULTIPLIERS[i]).ok_or(NoInterval::NoLook)?
            }
        };
        let half = multiplier * self.deviation() / (n as f64).sqrt();
        let mean = self.mean();
        Ok([mean - half, mean + half])
    }

    /// Whether the interval has no zero in it.
    pub fn is_clear(&self) -> bool {
        self.interval().is_ok_and(|[low, high]| low > 0.0 || high < 0.0)
    }

    /// Which way it goes, as far as that can be told from chance: by an interval without a zero, or where there is
    /// none, by all seeds, if it is unlikely enough that so many agree. +1, -1, or 0 where it cannot.
    pub fn direction(&self) -> f64 {
        let is_told = match self.interval() {
            Ok(_) => self.is_clear(),
            Err(_) => self.agree() == self.values.len() && self.chance_of_agreement() <= self.miss(),
        };
        if is_told { 1.0_f64.copysign(self.mean()) } else { 0.0 }
    }

    /// The chance that all seeds agree where each is as likely to go either way.
    fn chance_of_agreement(&self) -> f64 {
        2.0 * libm::pow(0.5, self.values.len() as f64)
    }

    /// The chance of being wrong that it may have.
    fn miss(&self) -> f64 {
        match self.plan {
            Plan::Fixed => MISS,
            Plan::Looks => MISS / LOOKS.len() as f64,
            Plan::Among(many) => MISS / many.max(1) as f64,
        }
    }

    /// How many differ from zero, and from what most are.
    fn differ(&self) -> usize {
        let n = self.values.len();
        let mut sorted = self.values.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        let runs = sorted.chunk_by(|a, b| a == b).map(<[f64]>::len);
        let most = runs.max().filter(|most| 2 * most > n).unwrap_or(0);
        let zeros = self.values.iter().filter(|value| **value == 0.0).count();
        n - most.max(zeros)
    }
}

/// The chance that Student's t with so many degrees of freedom is within `t` of zero, by the finite sums of Abramowitz
/// and Stegun, 26.7.3 and 26.7.4.
fn student_within(freedom: usize, t: f64) -> f64 {
    let angle = libm::atan(t / (freedom as f64).sqrt());
    let (sin, cos) = (libm::sin(angle), libm::cos(angle));
    let is_odd = freedom % 2 == 1;
    // Each term is the one before times (k - 1)/k times the square of the cosine, with k odd or even as the freedom is.
    let (mut term, mut sum) = if is_odd { (cos, cos) } else { (1.0, 1.0) };
    let first = if is_odd { 3 } else { 2 };
    for k in (first..freedom.saturating_sub(1)).step_by(2) {
        term *= cos * cos * (k as f64 - 1.0) / k as f64;
        sum += term;
    }
    match (is_odd, freedom) {
        (true, 1) => angle * std::f64::consts::FRAC_2_PI,
        (true, _) => (angle + sin * sum) * std::f64::consts::FRAC_2_PI,
        (false, _) => sin * sum,
    }
}

/// How far from zero Student's t is with this chance at most.
fn student_quantile(freedom: usize, chance: f64) -> f64 {
    // By halves of the angle, which is bounded where t is not.
    let (mut low, mut high) = (0.0, std::f64::consts::FRAC_PI_2);
    let t = |angle: f64| libm::tan(angle) * (freedom as f64).sqrt();
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if student_within(freedom, t(middle)) < chance {
            low = middle;
        } else {
            high = middle;
        }
    }
    t(low)
}

/// The interval that has the share of all seeds in it with 95 %, where `met` of so many are among it: exact, that of
/// Clopper and Pearson (1934, Biometrika 26:404). Of none, everything.
pub fn share_interval(met: usize, of: usize) -> [f64; 2] {
    // The share with which at least so many, or at most so many, have a chance of 2.5 %.
    let low = root(|share| binomial_up_to(of - met, of, 1.0 - share) < MISS / 2.0);
    let high = root(|share| binomial_up_to(met, of, share) > MISS / 2.0);
    [if met == 0 { 0.0 } else { low }, if met == of { 1.0 } else { high }]
}

/// Between 0 and 1, where something stops being so.
fn root(is_so: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..50 {
        let middle = (low + high) / 2.0;
        *if is_so(middle) { &mut low } else { &mut high } = middle;
    }
    low
}

/// The chance of at most so many of `of`, each with the chance `share`, which is between 0 and 1.
fn binomial_up_to(most: usize, of: usize, share: f64) -> f64 {
    let (hit, miss) = (libm::log(share), libm::log(1.0 - share));
    let (mut log_ways, mut sum) = (0.0, 0.0);
    for k in 0..=most {
        sum += libm::exp(log_ways + k as f64 * hit + (of - k) as f64 * miss);
        log_ways += libm::log((of - k) as f64 / (k + 1) as f64);
    }
    sum
}

#[cfg(test)]
mod tests;
