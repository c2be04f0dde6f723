//! Risks of the pool: connections that are kept, and closed, by either side.

use super::chance::{self, erlang_b, one_in, per_time, poisson, survival};
use super::{Changes, Finding, RiskUnit, Situation};
use crate::params::fixed::TIME_WAIT;
use crate::params::{Arrivals, Distribution, Load, ParamId, ServerKind};
use crate::rng::Shape;
use crate::sim::error::ErrorKind;
use crate::words::{count, seconds};

/// Seconds that a port rests in TIME_WAIT.
const TIME_WAIT_S: f64 = TIME_WAIT.as_secs() as f64;
/// Events that a magnified run should show.
const SHOWN: f64 = 60.0;
/// Seconds of the longest run.
const LONGEST_S: f64 = 21_600.0;
/// A share of dials that is worth telling.
const DIALS_TOLD: f64 = 0.01;

/// A request that leaves the client within one round trip before the server's FIN is there crosses it: the FIN has been
/// on its way for half of it, and the request takes the other half.
pub fn idle_race(s: &Situation) -> Option<Finding> {
    let params = &s.params;
    let (limit, window) =
        (params.server_idle_timeout.as_secs_f64(), params.rtt.as_secs_f64() + params.rtt_jitter.as_secs_f64());
    let client = params.idle_timeout.as_secs_f64();
    let until = if client == 0.0 { limit } else { limit.min(client) };
    let from = (limit - window).max(0.0);
    if limit == 0.0 || s.pool() == 0 || until <= from {
        return None;
    }
    let race = idle_between(s, from, until);
    // Whoever failed has no pooled connection the next time.
    let share = if s.is_replayed() || s.together > 1 { race } else { race / (1.0 + race) };
    let (what, class) = match s.is_replayed() {
        true => ("crosses the FIN and is sent again by the Transport, after one more dial", None),
        false => ("crosses the FIN and fails with EOF or reset by peer", Some(ErrorKind::Eof)),
    };
    let worst = (window / limit * libm::exp(-1.0)).min(1.0);
    let mut text = format!("{} {what}, {}", one_in(share), per_time(share * s.rate));
    if share < worst / 10.0 {
        let limit = seconds(limit);
        text += &format!("; on a host that sends a request every {limit} or so, as at night, {}", one_in(worst));
    }
    let below = libm::floor(limit * 0.8 * 100.0).max(1.0) / 100.0;
    Some(Finding {
        text,
        amount: share,
        unit: RiskUnit::Share,
        class,
        cure: Changes::of(ParamId::idle_timeout, format_args!("{below}s")),
        magnified: race_magnified(s, limit, window),
    })
}

/// Callers of their own, each on its host, who think about as long as the server's timer runs.
fn race_magnified(s: &Situation, limit: f64, window: f64) -> Changes {
    let params = &s.params;
    let patience = if params.timeout.is_zero() { 2.0 } else { params.timeout.as_secs_f64() };
    // All of them begin together: as many as are answered in time, and, where each holds a worker, as have one.
    let answered = s.capacity() * patience / 4.0;
    let most = if params.server == ServerKind::Workers { f64::from(params.workers) } else { answered };
    let callers = libm::floor(most.clamp(1.0, 1_000.0));
    // The spread: a few windows, so that one request in fifty or so is hit.
    let variation = (20.0 * window / limit).clamp(0.001, 0.5);
    let shape = Shape::Lognormal { cv: variation };
    let share = survival(shape, limit, limit - window) - survival(shape, limit, limit);
    let duration = libm::ceil((limit * SHOWN / (callers * share)).clamp((limit * 12.0).max(60.0), LONGEST_S));
    Changes::of(ParamId::load, Load::Closed.name())
        .and(ParamId::callers, callers)
        .and(ParamId::clients, callers)
        .and(ParamId::think, format_args!("{limit}s"))
        .and(ParamId::think_dist, Distribution::Lognormal.name())
        .and(ParamId::think_cv, format_args!("{variation:.3}"))
        .and(ParamId::duration, format_args!("{duration}s"))
}

/// The share of requests whose connection has been idle for between so many seconds.
fn idle_between(s: &Situation, from: f64, to: f64) -> f64 {
    let params = &s.params;
    let between = |shape, mean| survival(shape, mean, from) - survival(shape, mean, to);
    match params.load {
        Load::Closed if s.together <= 1 => between(params.think_shape(), params.think.as_secs_f64()),
        Load::Burst => between(Shape::Fixed, params.burst_every.as_secs_f64() - s.response),
        Load::Open if params.arrivals == Arrivals::Even && s.busy < 1.0 => {
            between(Shape::Fixed, s.hosts / s.rate - s.response)
        }
        // The most recently returned is taken first: the k-th is taken when k − 1 are busy, and rests until it is so
        // again, exponentially distributed with the rate at which k − 1 connections overflow.
        Load::Open | Load::Closed => {
            let rate = s.rate / s.hosts;
            let level = |k: u32| {
                let overflow = rate * erlang_b(s.busy, k - 1);
                poisson(s.busy.max(1e-12), k - 1) * (libm::exp(-overflow * from) - libm::exp(-overflow * to))
            };
            (1..=s.pool().min(2_000)).map(level).sum()
        }
    }
}

/// The share of requests that dial because the pool is empty, at least: as many as if dials took no time.
fn dialing(s: &Situation) -> f64 {
    match (s.params.load, s.pool()) {
        // Who goes on without a pause takes the connection that just came back (C-14).
        (Load::Closed, idle) if s.params.think.is_zero() && idle > 0 => 0.0,
        (Load::Burst, idle) => f64::from(s.together.saturating_sub(idle)) / f64::from(s.together.max(1)),
        (Load::Closed, idle) if s.together <= idle => 0.0,
        (_, idle) => chance::empty_pool(idle, s.busy),
    }
}

/// A pool that is smaller than what is under way at once.
pub fn too_small(s: &Situation) -> Option<Finding> {
    let share = dialing(s);
    let closed = s.together.saturating_sub(s.pool());
    let starts_over = s.params.load == Load::Closed && !s.params.think.is_zero() && closed > 0;
    if !s.params.keepalive || (share < DIALS_TOLD && !starts_over) {
        return None;
    }
    let dials = share * s.rate;
    let least = if share < 1.0 { "at least " } else { "" };
    let verb = if share >= 0.02 { "dial" } else { "dials" };
    let rate = format!("{least}{} {verb} ({})", one_in(share), per_time(dials));
    let text = match starts_over {
        true => format!(
            "{} of the {} connections that a host opens at first are closed by your own client, which keeps {}; then \
             {rate}",
            count(closed.into()),
            count(s.together.into()),
            count(s.pool().into())
        ),
        false => format!("{rate}, and as many are closed by your own client, which keeps {}", count(s.pool().into())),
    };
    let enough = (libm::ceil(s.busy + 6.0 * libm::sqrt(s.busy) + 10.0) as u32).max(s.together).min(20_000);
    let magnified = busier(s, dials);
    let cure = Changes::of(ParamId::idle, enough).and(ParamId::max_idle, 0);
    Some(Finding { text, amount: share, unit: RiskUnit::Share, class: None, cure, magnified })
}

/// Up to four times the load, as far as ports and workers last.
fn busier(s: &Situation, dials: f64) -> Changes {
    let ports = f64::from(s.params.ports) * s.hosts / (dials * TIME_WAIT_S);
    let factor = (ports.min(s.capacity() / s.rate) * 0.7).clamp(1.0, 4.0);
    match s.params.load {
        Load::Closed => {
            Changes::of(ParamId::callers, format_args!("{:.0}", (f64::from(s.params.callers) * factor).min(20_000.0)))
        }
        Load::Open => Changes::of(ParamId::rps, format_args!("{:.1}", (s.rate * factor).min(100_000.0))),
        Load::Burst => {
            Changes::of(ParamId::burst, format_args!("{:.0}", (f64::from(s.params.burst) * factor).min(20_000.0)))
        }
    }
}

/// Each connection that the client closes holds its port for a minute.
pub fn ports(s: &Situation) -> Option<Finding> {
    let params = &s.params;
    let closes = dialing(s) * s.rate / s.hosts;
    let ports = f64::from(params.ports);
    if !params.keepalive || params.reuses_ports() || closes * TIME_WAIT_S <= ports || params.tw_buckets == 0 {
        return None;
    }
    let after = ports / closes;
    let text = format!(
        "a host closes at least {}; each holds a port for 60 s, and its {} are gone after {} at most",
        per_time(closes),
        count(params.ports.into()),
        seconds(after)
    );
    let enough = (libm::ceil(s.busy + 6.0 * libm::sqrt(s.busy) + 10.0) as u32).max(s.together).min(20_000);
    Some(Finding {
        text,
        amount: after,
        unit: RiskUnit::Seconds,
        class: Some(ErrorKind::Ports),
        cure: Changes::of(ParamId::idle, enough).and(ParamId::max_idle, 0),
        magnified: Changes::of(ParamId::duration, format_args!("{}s", libm::ceil(after * 1.5).max(10.0))),
    })
}

/// The server ends each connection behind a number of responses.
pub fn max_requests(s: &Situation) -> Option<Finding> {
    let most = s.params.max_requests;
    if most == 0 || s.pool() == 0 || dialing(s) > DIALS_TOLD {
        return None;
    }
    let share = 1.0 / f64::from(most);
    let text = format!(
        "{} finds that the server has closed its connection, and dials ({}). One that leaves just then fails \
         with {}",
        one_in(share),
        per_time(share * s.rate),
        if s.is_replayed() { "nothing, for it is sent again" } else { "EOF" }
    );
    Some(Finding {
        text,
        amount: share,
        unit: RiskUnit::Share,
        class: None,
        cure: Changes::of(ParamId::max_requests, 0),
        magnified: Changes::of(ParamId::duration, "60s"),
    })
}
