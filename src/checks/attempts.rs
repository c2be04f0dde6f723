//! How often requests are tried: every attempt has an end, independent failures make a geometric number of
//! attempts, a budget bounds them.

use super::chance::bernstein;
use super::{Outcome, Run};
use crate::params::fixed::RETRY_TOKENS_AT_START;
use crate::quantity::Percent;

pub fn conservation(run: &Run) -> Outcome {
    let ends = run.report.requests.ok + run.failed_attempts() + run.report.evidence.attempts_under_way;
    let why = "exact: those under way are counted where they are kept";
    Outcome::exact(run.report.attempts.application.into(), ends.into(), 1.0, why)
}

/// The formula takes all attempts for independent. In a storm they are not: a retry meets the same trouble as the
/// attempt before it. Then more of the retries fail than of the first attempts, and it does not apply.
pub fn per_request(run: &Run) -> Outcome {
    if run.ever(|params| params.retries == 0) {
        return Outcome::not_applicable("There are no retries for all or a part of the run.");
    }
    if !run.is_constant(|params| params.retries) {
        return Outcome::not_applicable("The number of retries changes during the run.");
    }
    if run.ever(|p| p.retry_budget != Percent::ZERO || p.breaker != Percent::ZERO) {
        return Outcome::not_applicable("A budget or a circuit breaker keeps attempts from being retried.");
    }
    if run.ever(|p| !p.deadline.is_zero() || !p.patience.is_zero()) {
        return Outcome::not_applicable("A deadline, or callers who give up, keep attempts from being retried.");
    }
    let (requests, attempts) = (run.report.requests, run.report.attempts.application as f64);
    let (offered, failures) = (requests.offered as f64, run.failed_attempts() as f64);
    if failures == 0.0 {
        return Outcome::not_applicable("No attempt failed, so there was nothing to retry.");
    }
    let p = failures / (requests.ok as f64 + failures);
    let simulated = attempts / offered;
    let tries = run.params().retries + 1;
    let expected = expected_attempts(p, tries);
    // Who is in flight may have attempts to come.
    let deviation = deviation(p, tries, offered) + requests.in_flight as f64 * f64::from(tries) / offered;
    let off = (simulated - expected).abs() > deviation;
    if let Some(reason) = dependence(run, p).filter(|_| off) {
        return Outcome::not_applicable(&format!(
            "{reason} If they were independent there would be {expected:.3} attempts per request; there were \
             {simulated:.3}."
        ));
    }
    let why = "independent failures are further off once in 16,000 runs (Bernstein's inequality); requests in flight \
               may have attempts to come";
    Outcome::between(expected, simulated, [(expected - deviation).max(1.0), expected + deviation], why)
}

fn power(p: f64, n: u32) -> f64 {
    (0..n).map(|_| p).product()
}

fn expected_attempts(p: f64, tries: u32) -> f64 {
    if p < 1.0 { (1.0 - power(p, tries)) / (1.0 - p) } else { f64::from(tries) }
}

/// How far the attempts per request may be from the formula with the p that was measured in the same run.
///
/// Let a request give up (g = 1) or not (g = 0) after a attempts of which f failed. As p is Σf/Σa, attempts per request
/// − (1 − pⁿ)/(1 − p) is (pⁿ − mean g)/(1 − p), to which a request adds, by the delta method, h/(1 − p) with
/// h = g − pⁿ − n·pⁿ⁻¹·(f − p·a)/E\[a\].
fn deviation(p: f64, tries: u32, requests: f64) -> f64 {
    if p >= 1.0 {
        return 0.0;
    }
    let (variance, largest) = spread(p, tries);
    bernstein(variance * requests, largest) / (requests * (1.0 - p))
}

/// The variance of h, and the largest |h|, over all that may become of a request.
fn spread(p: f64, tries: u32) -> (f64, f64) {
    let slope = f64::from(tries) * power(p, tries - 1) / expected_attempts(p, tries);
    let successes = (0..tries).map(|f| (power(p, f) * (1.0 - p), 0.0, f64::from(f), f64::from(f + 1)));
    let gives_up = (power(p, tries), 1.0, f64::from(tries), f64::from(tries));
    successes.chain([gives_up]).fold((0.0, 0.0), |(variance, largest), (probability, g, f, a)| {
        let h: f64 = g - power(p, tries) - slope * (f - p * a);
        (variance + probability * h * h, h.abs().max(largest))
    })
}

/// That retries fail more or less often than first attempts, by more than two standard errors: a sentence.
fn dependence(run: &Run, p: f64) -> Option<String> {
    let first_failed = run.report.evidence.first_attempts_failed as f64;
    let (first, retries) = (run.report.requests.offered as f64, run.report.attempts.application_retries as f64);
    if retries == 0.0 {
        return None;
    }
    let [of_first, of_retries] = [first_failed / first, (run.failed_attempts() as f64 - first_failed) / retries];
    let error = libm::sqrt(p * (1.0 - p) * (1.0 / first + 1.0 / retries));
    ((of_first - of_retries).abs() > 2.0 * error).then(|| {
        format!(
            "The failures are not independent, as the formula assumes: {:.1} % of the first attempts failed, and \
             {:.1} % of the retries.",
            of_first * 100.0,
            of_retries * 100.0
        )
    })
}

pub fn budget(run: &Run) -> Outcome {
    if run.ever(|params| params.retry_budget == Percent::ZERO) {
        return Outcome::not_applicable("There is no retry budget for all or a part of the run.");
    }
    let most = run.stages.iter().map(|(_, params)| params.retry_budget.as_fraction()).fold(0.0, f64::max);
    let at_start = (RETRY_TOKENS_AT_START * u64::from(run.params().clients)) as f64;
    let limit = most * run.report.requests.offered as f64 + at_start;
    let why = "a bound: each request brings its share of a token, each client starts with 10, each retry takes one";
    Outcome::at_most(limit, run.report.attempts.application_retries as f64, why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Stream};

    #[test]
    fn a_single_try_is_a_single_attempt() {
        assert_eq!(expected_attempts(0.3, 1), 1.0);
        assert!(deviation(0.3, 1, 1e4) < 1e-9, "and nothing is left to chance");
    }

    /// What the delta method says, against requests tried by dice.
    #[test]
    fn the_spread_is_that_of_independent_failures_r4() {
        let mut stream = Stream::new(1, Purpose::Backoff);
        for (p, tries) in [(0.5, 3), (0.9, 3), (0.2, 2)] {
            let (requests, runs) = (2_000, 400);
            let mut squares = 0.0;
            for _ in 0..runs {
                let (mut attempts, mut failures) = (0, 0);
                for _ in 0..requests {
                    for _ in 0..tries {
                        attempts += 1;
                        if stream.unit() >= p {
                            break;
                        }
                        failures += 1;
                    }
                }
                let measured = f64::from(failures) / f64::from(attempts);
                let off = f64::from(attempts) / f64::from(requests) - expected_attempts(measured, tries);
                squares += off * off;
            }
            let measured = squares / f64::from(runs) * f64::from(requests) * (1.0 - p) * (1.0 - p);
            let ratio = spread(p, tries).0 / measured;
            // The variance of 400 runs is known to within a fifth.
            assert!((0.8..1.25).contains(&ratio), "p={p} n={tries}: {ratio}");
        }
    }
}
