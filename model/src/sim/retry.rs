//! The application's own retries, their budget and the circuit breaker: no events, no clock of their
//! own, so that every rule can be tested by itself.

use crate::params::fixed::RETRY_TOKENS_AT_START;
use crate::params::{Backoff, Jitter, Params};
use crate::quantity::Percent;
use crate::rng::Stream;
use crate::time::{SimDuration, SimTime};

/// The wait before retry number `retry` (0 for the first), after a wait of `previous` before the one before it.
///
/// | jitter | wait |
/// |---|---|
/// | none | w |
/// | full | U(0, w) |
/// | equal | w/2 + U(0, w/2) |
/// | decorrelated | min(cap, U(base, 3·previous)), previous = base at first |
///
/// where w is 0, `base` or min(cap, base·2^retry) by `backoff`. Source: AWS Architecture Blog, "Exponential Backoff And
/// Jitter". Decorrelated jitter grows by itself, so it stands in for the exponential growth.
pub fn wait(params: &Params, retry: u32, previous: Option<SimDuration>, stream: &mut Stream) -> SimDuration {
    let (base, cap) = (params.backoff_base, params.backoff_cap);
    let grown = match params.backoff {
        Backoff::None => return SimDuration::ZERO,
        Backoff::Fixed => base,
        Backoff::Exp => base.doubled(retry, cap),
    };
    match params.jitter {
        Jitter::None => grown,
        Jitter::Full => stream.up_to(grown),
        Jitter::Equal => grown.half() + stream.up_to(grown.half()),
        Jitter::Decorrelated if params.backoff == Backoff::Fixed => stream.up_to(grown),
        Jitter::Decorrelated => {
            let span = previous.unwrap_or(base) * 3;
            cap.min(base + stream.up_to(span - base))
        }
    }
}

/// A token bucket: each request brings a share of a token, each retry takes a whole one.
#[derive(Clone, Debug)]
pub struct Budget {
    /// Millionths of a token.
    tokens_ppm: u64,
}

const TOKEN: u64 = 1_000_000;
/// Tokens it never exceeds, so that a quiet hour does not pay for a storm.
const TOKENS_MAX: u64 = 1_000;

impl Default for Budget {
    fn default() -> Self {
        Budget { tokens_ppm: RETRY_TOKENS_AT_START * TOKEN }
    }
}

impl Budget {
    /// A request was made; `share` of a token comes in.
    pub fn on_request(&mut self, share: Percent) {
        self.tokens_ppm = (self.tokens_ppm + u64::from(share.as_ppm())).min(TOKENS_MAX * TOKEN);
    }

    /// Takes a token for a retry, if there is one or the budget is off.
    pub fn allows_retry(&mut self, share: Percent) -> bool {
        if share == Percent::ZERO {
            return true;
        }
        let enough = self.tokens_ppm >= TOKEN;
        if enough {
            self.tokens_ppm -= TOKEN;
        }
        enough
    }
}

/// Attempts the breaker looks back on.
const WINDOW: u32 = 100;

/// A circuit breaker: opens when enough of the last 100 attempts failed, later lets one probe through.
#[derive(Clone, Debug, Default)]
pub struct Breaker {
    /// Outcomes of the last attempts, newest in the lowest bit; 1 is a failure.
    outcomes: u128,
    recorded: u32,
    state: BreakerState,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum BreakerState {
    #[default]
    Closed,
    Open {
        since: SimTime,
    },
    Probing,
}

impl Breaker {
    /// Whether an attempt may go out now; the first one after the open time is the probe.
    pub fn admits(&mut self, now: SimTime, threshold: Percent, open_for: SimDuration) -> bool {
        if threshold == Percent::ZERO {
            return true;
        }
        match self.state {
            BreakerState::Closed => true,
            BreakerState::Probing => false,
            BreakerState::Open { since } => {
                let over = now.since(since) >= open_for;
                if over {
                    self.state = BreakerState::Probing;
                }
                over
            }
        }
    }

    /// Since when it has been open; a probe may be under way.
    pub fn open_since(&self) -> Option<SimTime> {
        match self.state {
            BreakerState::Open { since } => Some(since),
            _ => None,
        }
    }

    /// An admitted attempt ended.
    pub fn record(&mut self, now: SimTime, threshold: Percent, failed: bool) {
        match self.state {
            BreakerState::Probing if failed => self.state = BreakerState::Open { since: now },
            BreakerState::Probing => *self = Breaker::default(),
            // What was under way when it opened says nothing new.
            BreakerState::Open { .. } => {}
            BreakerState::Closed => {
                self.outcomes = (self.outcomes << 1 | u128::from(failed)) & ((1 << WINDOW) - 1);
                self.recorded = (self.recorded + 1).min(WINDOW);
                if threshold == Percent::ZERO || self.recorded < WINDOW {
                    return;
                }
                let failures = u64::from(self.outcomes.count_ones());
                if failures * 1_000_000 / u64::from(WINDOW) >= u64::from(threshold.as_ppm()) {
                    *self = Breaker { state: BreakerState::Open { since: now }, ..Breaker::default() };
                }
            }
        }
    }
}

#[cfg(test)]
mod aws_table;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Purpose;

    const MS: fn(u64) -> SimDuration = SimDuration::from_millis;

    fn params(backoff: Backoff, jitter: Jitter) -> Params {
        Params { backoff, jitter, backoff_base: MS(100), backoff_cap: MS(2_000), ..Params::default() }
    }

    #[test]
    fn waits_stay_within_the_bounds_of_r1() {
        let mut stream = Stream::new(1, Purpose::Backoff);
        for (backoff, jitter, retry, low, high) in [
            (Backoff::None, Jitter::Full, 3, 0, 0),
            (Backoff::Fixed, Jitter::None, 3, 100, 100),
            (Backoff::Exp, Jitter::None, 0, 100, 100),
            (Backoff::Exp, Jitter::None, 3, 800, 800),
            (Backoff::Exp, Jitter::None, 30, 2_000, 2_000),
            (Backoff::Exp, Jitter::Full, 3, 0, 800),
            (Backoff::Exp, Jitter::Equal, 3, 400, 800),
            (Backoff::Exp, Jitter::Decorrelated, 0, 100, 300),
        ] {
            let params = params(backoff, jitter);
            let waits: Vec<_> = (0..500).map(|_| wait(&params, retry, None, &mut stream)).collect();
            assert!(waits.iter().all(|w| (MS(low)..=MS(high)).contains(w)), "{backoff:?} {jitter:?} {retry}");
            if high > low {
                let middle = MS((low + high) / 2);
                assert!(waits.iter().any(|w| *w < middle) && waits.iter().any(|w| *w > middle));
            }
        }
        let decorrelated = params(Backoff::Exp, Jitter::Decorrelated);
        assert!((0..500).all(|_| wait(&decorrelated, 5, Some(MS(1_500)), &mut stream) <= MS(2_000)));
    }

    #[test]
    fn a_budget_bounds_retries_to_its_share_of_requests_r6() {
        let share = Percent::new(20);
        let mut budget = Budget::default();
        let mut retries = 0;
        for _ in 0..1_000 {
            budget.on_request(share);
            retries += u32::from(budget.allows_retry(share));
        }
        assert_eq!(retries, 10 + 200);
        assert!(Budget::default().allows_retry(Percent::ZERO), "off allows all");
    }

    #[test]
    fn a_breaker_opens_probes_and_closes_r8() {
        let at = |s| SimTime::ZERO + SimDuration::from_secs(s);
        let (half, open_for) = (Percent::new(50), SimDuration::from_secs(5));
        let mut breaker = Breaker::default();
        for i in 0..100 {
            assert!(breaker.admits(at(0), half, open_for));
            breaker.record(at(0), half, i % 2 == 0);
        }
        assert!(!breaker.admits(at(4), half, open_for), "open");
        assert!(breaker.admits(at(5), half, open_for), "the probe");
        assert!(!breaker.admits(at(5), half, open_for), "only one probe");
        breaker.record(at(6), half, true);
        assert!(!breaker.admits(at(10), half, open_for), "open again");
        assert!(breaker.admits(at(11), half, open_for));
        breaker.record(at(11), half, false);
        assert!(breaker.admits(at(11), half, open_for), "closed");
    }
}
