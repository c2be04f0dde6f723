//! Risks of load and time-outs: queues that are too short or too long, retries, tails, descriptors.

use super::chance::{erlang_b, one_in, per_time, quantile, survival};
use super::{Changes, Finding, RiskUnit, Situation};
use crate::params::{Distribution, Load, ParamId, ServerKind};
use crate::quantity::Percent;
use crate::sim::error::ErrorKind;
use crate::time::SimDuration;
use crate::words::{count, seconds, spaced};

/// Descriptors that a process has for itself (T-70).
const CLIENT_OWN: u32 = 5;
const SERVER_OWN: u32 = 6;
/// Events that a magnified run should show.
const SHOWN: f64 = 100.0;
/// Requests that such a run may have.
const REQUESTS_MAX: f64 = 1e6;
const DAY_S: f64 = 86_400.0;

/// Connections that are opened in the same instant, against the places for them.
pub fn burst(s: &Situation) -> Option<Finding> {
    let params = &s.params;
    let all = match params.load {
        Load::Open => return None,
        Load::Closed => params.callers,
        Load::Burst => params.burst,
    };
    let places = params.workers + params.queue_limit();
    if params.server != ServerKind::Workers || all <= places {
        return None;
    }
    let excess = all - places;
    let text = format!(
        "{} of {} connections that are opened together find no place: {} workers and a queue of {}. Their requests \
         wait for a second and more, or time out",
        count(excess.into()),
        count(all.into()),
        params.workers,
        count(params.queue_limit().into())
    );
    let magnified = match params.load {
        Load::Burst => Changes::of(ParamId::burst, (all * 2).min(20_000)),
        _ => Changes::of(ParamId::callers, (all * 2).min(20_000)),
    };
    let cure = Changes::of(ParamId::backlog, all).and(ParamId::somaxconn, all);
    let amount = f64::from(excess);
    Some(Finding { text, amount, unit: RiskUnit::Connections, class: None, cure, magnified })
}

/// Retries that alone are more than the server can do: an overload does not end with its cause.
pub fn retries(s: &Situation) -> Option<Finding> {
    let params = &s.params;
    let unlimited = params.retry_budget == Percent::ZERO && params.breaker == Percent::ZERO;
    let tries = params.retries + 1;
    let (rate, room) = (s.rate, s.capacity());
    let is_open = params.load == Load::Open && !params.timeout.is_zero() && !params.checks_context;
    if tries == 1 || !unlimited || !is_open || rate >= room || rate * f64::from(tries) <= room {
        return None;
    }
    let text = format!(
        "if attempts time out, each request becomes {tries}: {} requests/s meet room for {}, and a short overload does \
         not end",
        count((rate * f64::from(tries)) as u64),
        count(room as u64)
    );
    Some(Finding {
        text,
        amount: tries.into(),
        unit: RiskUnit::Attempts,
        class: Some(ErrorKind::ClientTimeout),
        cure: Changes::of(ParamId::retry_budget, "10%"),
        magnified: Changes::of(ParamId::duration, "60s").at(10, ParamId::rps, format_args!("{:.0}", room * 3.0)).at(
            15,
            ParamId::rps,
            rate,
        ),
    })
}

/// A queue in which requests wait for longer than their callers.
pub fn queue(s: &Situation) -> Option<Finding> {
    let params = &s.params;
    let places = f64::from(params.queue_limit());
    let (wait, patience) = (places / s.capacity(), params.timeout.as_secs_f64());
    let served_in_vain = params.server == ServerKind::Workers && !params.checks_context;
    if !served_in_vain || patience == 0.0 || wait <= patience {
        return None;
    }
    let text = format!(
        "under overload a request waits for {} and its caller leaves after {}: all workers are busy, and nobody is \
         answered",
        seconds(wait),
        spaced(&params.timeout.to_string())
    );
    let fits = libm::floor(patience / 2.0 * s.capacity()).max(1.0);
    Some(Finding {
        text,
        amount: wait,
        unit: RiskUnit::Seconds,
        class: Some(ErrorKind::ClientTimeout),
        cure: Changes::of(ParamId::backlog, fits),
        magnified: Changes::of(ParamId::load, Load::Open.name())
            .and(ParamId::rps, format_args!("{:.0}", s.capacity() * 1.5))
            .and(ParamId::duration, format_args!("{:.0}s", libm::ceil(wait * 4.0).clamp(60.0, 600.0))),
    })
}

/// Requests that wait for ever.
pub fn no_timeout(s: &Situation) -> Option<Finding> {
    let params = &s.params;
    let limits = [params.timeout, params.deadline, params.header_timeout, params.patience];
    limits.iter().all(|limit| limit.is_zero()).then(|| Finding {
        text: "a request whose answer does not come waits for ever, and holds its connection and its goroutine; if \
               handlers hang, all of them do"
            .into(),
        amount: 1.0,
        unit: RiskUnit::Share,
        class: None,
        cure: Changes::of(ParamId::timeout, "10s"),
        magnified: Changes::of(ParamId::service, "60s")
            .and(ParamId::service_dist, Distribution::Fixed.name())
            .and(ParamId::duration, "50s"),
    })
}

/// A timer that some handlers outlast.
struct Tail {
    param: ParamId,
    name: &'static str,
    limit: SimDuration,
    /// What the timer counts besides the handler's time.
    besides: SimDuration,
    class: ErrorKind,
}

impl Tail {
    fn find(self, s: &Situation) -> Option<Finding> {
        let (shape, mean) = (s.params.service_shape(), s.params.service.as_secs_f64());
        if self.limit.is_zero() || mean == 0.0 {
            return None;
        }
        let (limit, besides) = (self.limit.as_secs_f64(), self.besides.as_secs_f64());
        let share = survival(shape, mean, limit - besides);
        if share * s.rate * DAY_S < 1.0 {
            return None;
        }
        let text = format!(
            "{} {} longer than {} {}, {}",
            one_in(share),
            if share >= 0.02 { "take" } else { "takes" },
            self.name,
            spaced(&self.limit.to_string()),
            per_time(share * s.rate)
        );
        let long = libm::ceil(SHOWN / (share * s.rate)).max(60.0);
        let shorter = quantile(shape, mean, 1e-3) + besides;
        let magnified = match long * s.rate <= REQUESTS_MAX {
            true => Changes::of(ParamId::duration, format_args!("{long}s")),
            false => Changes::of(self.param, format_args!("{:.0}ms", shorter * 1e3))
                .and(ParamId::duration, format_args!("{:.0}s", (1e5 / s.rate).clamp(60.0, DAY_S))),
        };
        // Once in a hundred years.
        let enough = quantile(shape, mean, 1.0 / (s.rate * DAY_S * 36_500.0)) + besides;
        let cure = Changes::of(self.param, format_args!("{:.0}ms", libm::ceil(enough * 1e3)));
        Some(Finding { text, amount: share, unit: RiskUnit::Share, class: Some(self.class), cure, magnified })
    }
}

pub fn timeout_tail(s: &Situation) -> Option<Finding> {
    let (limit, besides) = (s.params.timeout, s.params.rtt);
    Tail { param: ParamId::timeout, name: "Client.Timeout", limit, besides, class: ErrorKind::ClientTimeout }.find(s)
}

pub fn header_tail(s: &Situation) -> Option<Finding> {
    let (limit, besides) = (s.params.header_timeout, s.params.rtt);
    Tail {
        param: ParamId::header_timeout,
        name: "ResponseHeaderTimeout",
        limit,
        besides,
        class: ErrorKind::HeaderTimeout,
    }
    .find(s)
}

pub fn write_tail(s: &Situation) -> Option<Finding> {
    let limit = s.params.write_timeout;
    let name = "Server.WriteTimeout";
    Tail { param: ParamId::write_timeout, name, limit, besides: SimDuration::ZERO, class: ErrorKind::Eof }.find(s)
}

/// Connections that the server's accept loop cannot take.
pub fn server_fds(s: &Situation) -> Option<Finding> {
    let (limit, all) = (s.params.server_fds.saturating_sub(SERVER_OWN), f64::from(s.together) * s.hosts);
    let all = if s.together == 0 { libm::ceil(s.busy * s.hosts) } else { all };
    if s.params.server_fds == 0 || all <= f64::from(limit) {
        return None;
    }
    let excess = all - f64::from(limit);
    let text = format!(
        "{} of {} connections stay in the accept queue, for the process may have {}: accept() fails with EMFILE, and \
         the loop sleeps for up to a second",
        count(excess as u64),
        count(all as u64),
        count(s.params.server_fds.into())
    );
    let cure = Changes::of(ParamId::server_fds, format_args!("{:.0}", (all * 2.0 + 64.0).min(1_048_576.0)));
    let magnified = magnified_together(s);
    Some(Finding { text, amount: excess, unit: RiskUnit::Connections, class: None, cure, magnified })
}

/// Requests that find no descriptor for a socket.
pub fn client_fds(s: &Situation) -> Option<Finding> {
    let limit = s.params.client_fds.saturating_sub(CLIENT_OWN);
    if s.params.client_fds == 0 || s.params.max_conns.wrapping_sub(1) < limit {
        return None;
    }
    let fds = count(s.params.client_fds.into());
    let (text, amount, unit) = if s.together == 0 {
        let share = erlang_b(s.busy, limit);
        if share * s.rate * DAY_S < 1.0 {
            return None;
        }
        let text = format!("{} finds all {fds} descriptors taken, {}", one_in(share), per_time(share * s.rate));
        (text, share, RiskUnit::Share)
    } else {
        let excess = f64::from(s.together.saturating_sub(limit)) * s.hosts;
        if excess == 0.0 {
            return None;
        }
        let text = format!(
            "{} of {} requests that start together find no descriptor: the process may have {fds}",
            count(excess as u64),
            count((f64::from(s.together) * s.hosts) as u64)
        );
        (text, excess, RiskUnit::Connections)
    };
    let enough = (f64::from(s.together) + s.busy * 4.0 + 128.0).min(1_048_576.0);
    let cure = Changes::of(ParamId::client_fds, format_args!("{enough:.0}"));
    let class = Some(ErrorKind::ClientFds);
    Some(Finding { text, amount, unit, class, cure, magnified: magnified_together(s) })
}

/// Twice as many at once.
fn magnified_together(s: &Situation) -> Changes {
    let params = &s.params;
    match params.load {
        Load::Closed => Changes::of(ParamId::callers, (params.callers * 2).min(20_000)),
        Load::Burst => Changes::of(ParamId::burst, (params.burst * 2).min(20_000)),
        Load::Open => Changes::of(ParamId::rps, (s.rate * 1.2).min(100_000.0)),
    }
}
