//! The load on the server: whether it was asked for more than it can do, and since when.
//!
//! Work is compared with workers, in worker-seconds per second: what arrives, times how often each request is sent,
//! times the mean service time, against how many workers there are. Rates, service times and workers are those that the
//! timetable sets; how often a request is sent, how many attempts begin together and how long connections hold workers
//! are counted in the run. Only where all workers are held is the server asked at all.

use super::{ChainBuilder, Need};
use crate::params::{Backoff, Jitter, Load, ParamId, Params, Processors, ServerKind};
use crate::sim::trace::words::{instant, span};
use crate::sim::trace::{Gauges, Place, Side, What, Work};
use crate::time::{SimDuration, SimTime};
use crate::words::{count, fixed};

/// Why the server has too much to do.
pub(super) struct LoadCause {
    pub at: SimTime,
    pub place: Place,
    pub text: String,
}

/// A stretch of the timetable between two changes, as far as the chain goes.
struct Stage {
    from: SimTime,
    until: SimTime,
    params: Params,
    /// How often each request was sent, on average.
    sent: f64,
    /// What was done from its start to the end of the chain.
    work: Work,
}

/// What is to blame for a queue that stood before all workers, by what was seen there; what came after `until` is not.
pub(super) fn cause(chain: &ChainBuilder, seen: &Gauges, until: SimTime) -> Option<LoadCause> {
    processors(chain, seen, until).or_else(|| together(chain)).or_else(|| {
        let full_since = seen.workers_full_since?;
        let mut stages = stages(chain);
        stages.retain(|stage| stage.from <= until);
        overload(&stages, full_since).or_else(|| held(&stages))
    })
}

/// The processors of one side have more to do than they can. Returns what is to blame for a step that waits for one.
fn processors(chain: &ChainBuilder, seen: &Gauges, until: SimTime) -> Option<LoadCause> {
    let [client, server] = seen.run_queues_since;
    let (side, since) = server.map(|since| (Side::Server, since)).or(client.map(|since| (Side::Client, since)))?;
    let stages = chain.trace.scenario.stages();
    let now = stages.iter().rposition(|(from, _)| *from <= until)?;
    let is_short =
        |params: &Params| processors_needed(params, side) > f64::from(params.processors()[side as usize].cores);
    let params = &stages[now].1;
    let Processors { cores, step, .. } = params.processors()[side as usize];
    let (whose, place) = match side {
        Side::Client => ("of the client", Place::App),
        Side::Server => ("of the server", Place::ServerProgram),
    };
    if params.load == Load::Open && is_short(params) {
        let first = stages[..now].iter().rposition(|(_, params)| !is_short(params)).map_or(0, |before| before + 1);
        let at = stages[first].0;
        let needed = fixed(processors_needed(params, side), 1);
        let text = format!(
            "Since {} {} requests/s arrive: with two steps of {step} each they need {needed} processors {whose}, and \
             there are {cores}.",
            short(at),
            params.rps
        );
        return Some(LoadCause { at, place, text });
    }
    let queue = count(seen.run_queues[side as usize].into());
    let text = format!("{queue} steps wait for a processor {whose}: there are {cores}, and a step takes {step}.");
    Some(LoadCause { at: since, place, text })
}

/// How many of them the requests of an open load keep busy on kept connections: each takes two steps.
fn processors_needed(params: &Params, side: Side) -> f64 {
    let Processors { step, hosts, .. } = params.processors()[side as usize];
    params.rps.as_f64() * 2.0 * step.as_secs_f64() / f64::from(hosts)
}

/// The handlers have been slower since a change: told, as the root if that made more of the difference than how much
/// longer than the others this handler worked. Returns whether it is the root.
pub(super) fn tell_slower_handlers(chain: &mut ChainBuilder, at: SimTime, worked: SimDuration) -> bool {
    let stages = chain.trace.scenario.stages();
    let Some(now) = stages.iter().rposition(|(from, _)| *from <= at) else { return false };
    let service = |i: usize| stages[i].1.service;
    let Some(change) = (1..=now).rfind(|i| service(*i) != service(i - 1)) else { return false };
    let (since, now, before) = (stages[change].0, service(change), service(change - 1));
    if now < before {
        return false;
    }
    let is_root = times(now, before) >= times(worked, now);
    let text = format!("Since {} handlers take {now} on average, {before} before.", short(since));
    let draft = chain.add(since, Place::ServerProgram, Need::Cause, text).names_cause();
    draft.step.is_root = is_root;
    is_root
}

/// How many times as long as the other one a length of time is.
pub(super) fn times(length: SimDuration, other: SimDuration) -> f64 {
    length.as_secs_f64() / other.as_secs_f64().max(1e-9)
}

/// The attempt is one more in a wave of retries: told as the root. It may have met a slow handler in the end, but those
/// before it were lost in the wave.
pub(super) fn tell_wave(chain: &mut ChainBuilder) -> bool {
    let is_retry = !matches!(chain.entries[chain.attempt].what, What::AttemptBegins(1));
    let Some(LoadCause { at, place, text }) = together(chain).filter(|_| is_retry) else { return false };
    chain.add(at, place, Need::Cause, text).root();
    true
}

/// The attempt began together with so many others that the last of them cannot be served in time.
fn together(chain: &ChainBuilder) -> Option<LoadCause> {
    let begun = &chain.entries[chain.attempt];
    let What::AttemptBegins(number) = begun.what else { return None };
    let together = *chain.trace.together.get(number as usize - 1)?;
    let What::Fires { timer, after } = chain.timer()?.what else { return None };
    let params = chain.params(begun.at);
    let Params { workers, service, .. } = params;
    let needed = SimDuration::from_nanos(service.as_nanos() / u64::from(workers) * u64::from(together));
    if together <= workers || needed <= after {
        return None;
    }
    let many = count(together.into());
    let begin = match (number, params.backoff, params.jitter) {
        (1, ..) => format!("{many} requests come in the same millisecond"),
        (_, Backoff::None, _) => format!("{many} callers retry in the same millisecond: no back-off"),
        (_, _, Jitter::None) => format!("{many} callers retry in the same millisecond: no jitter"),
        _ => format!("{many} callers retry in the same millisecond"),
    };
    let takes = span(needed);
    let text = format!("{begin}. {workers} workers of {service} each need {takes}; {} is {after}.", timer.name());
    Some(LoadCause { at: begun.at, place: Place::App, text })
}

/// Settings that decide how much is asked of the workers, and how much they can do. Changes of others begin no stage.
const DECIDING: &[ParamId] = &[
    ParamId::rps,
    ParamId::think,
    ParamId::service,
    ParamId::workers,
    ParamId::timeout,
    ParamId::deadline,
    ParamId::patience,
    ParamId::header_timeout,
    ParamId::retries,
    ParamId::backoff,
    ParamId::backoff_base,
    ParamId::backoff_cap,
    ParamId::jitter,
    ParamId::retry_budget,
    ParamId::breaker,
    ParamId::breaker_open,
    ParamId::rtt,
    ParamId::loss,
    ParamId::upload,
    ParamId::idle,
    ParamId::max_idle,
    ParamId::max_conns,
    ParamId::idle_timeout,
    ParamId::server_idle_timeout,
    ParamId::max_requests,
    ParamId::accepting,
    ParamId::listening,
];

/// All stages up to the end of the chain.
fn stages(chain: &ChainBuilder) -> Vec<Stage> {
    let end = chain.end();
    let work_at = |at: SimTime| {
        let is_change = |entry: &&crate::sim::trace::Entry| entry.at == at && matches!(entry.what, What::Changes(_));
        chain.entries.iter().find(is_change).map_or(Work::default(), |entry| entry.gauges.work)
    };
    let mut past = chain.trace.scenario.stages();
    past.retain(|(from, _)| *from <= end.at);
    past.dedup_by(|(_, later), (_, earlier)| is_alike(earlier, later));
    let stage = |(i, (from, params)): (usize, &(SimTime, Params))| {
        let until = past.get(i + 1).map_or(end.at, |(at, _)| *at);
        let (begin, stop) = (work_at(*from), if until == end.at { end.gauges.work } else { work_at(until) });
        let requests = stop.requests - begin.requests;
        let sent = (stop.attempts - begin.attempts) as f64 / requests.max(1) as f64;
        let work = since(&end.gauges.work, &begin);
        Stage { from: *from, until, params: params.clone(), sent: sent.max(1.0), work }
    };
    past.iter().enumerate().map(stage).collect()
}

/// Whether nothing that decides has changed.
fn is_alike(earlier: &Params, later: &Params) -> bool {
    DECIDING.iter().all(|param| param.spec().get(earlier) == param.spec().get(later))
}

fn since(now: &Work, then: &Work) -> Work {
    Work {
        requests: now.requests - then.requests,
        attempts: now.attempts - then.attempts,
        handlers: now.handlers - then.handlers,
        handling_ns: now.handling_ns - then.handling_ns,
        held_ns: now.held_ns - then.held_ns,
    }
}

impl Stage {
    /// Workers that are needed at once if each request is sent so often.
    fn demand(&self, sent: f64) -> f64 {
        let Params { load, rps, callers, think, rtt, burst, burst_every, service, .. } = &self.params;
        let service = service.as_secs_f64();
        match load {
            Load::Open => rps.as_f64() * sent * service,
            Load::Closed => f64::from(*callers) * service / (service + think.as_secs_f64() + rtt.as_secs_f64()),
            Load::Burst => f64::from(*burst) * sent * service / burst_every.as_secs_f64(),
        }
    }

    fn is_over(&self, sent: f64) -> bool {
        self.demand(sent) > f64::from(self.params.workers)
    }

    /// Requests per second for which there are workers.
    fn room(&self) -> f64 {
        f64::from(self.params.workers) / self.params.service.as_secs_f64().max(1e-9)
    }
}

/// More was asked for than there are workers: in the last stage and, without a gap, since an earlier one; or in an
/// earlier one, and the workers have not been free since.
fn overload(stages: &[Stage], full_since: SimTime) -> Option<LoadCause> {
    let is_over = |stage: &Stage| stage.is_over(stage.sent);
    let last = stages.iter().rposition(|stage| is_over(stage) && stage.until >= full_since)?;
    let first = stages[..last].iter().rposition(|stage| !is_over(stage)).map_or(0, |before| before + 1);
    let is_past = last + 1 < stages.len();
    let (stage, before) = (&stages[first], first.checked_sub(1).map(|i| &stages[i]));
    let since = match first {
        0 => "From the start".to_string(),
        _ => format!("Since {}", short(stage.from)),
    };
    let (asked, sent) = (asked(&stages[first..=last], before), sent(&stages[first..]));
    let (meet, end) = match is_past {
        true => ("met", format!(", until {}; all workers have been held since", short(stages[last].until))),
        false => ("meet", String::new()),
    };
    let room = format!("room for {} ({})", rate(stages[last].room()), workers(&stages[last], before));
    let text = format!("{since} {asked}{sent} {meet} {room}{end}{}.", manages(stage, &stages[last], is_past));
    let is_server = before.is_some_and(|before| {
        before.params.workers != stage.params.workers || before.params.service != stage.params.service
    });
    Some(LoadCause { at: stage.from, place: if is_server { Place::ServerProgram } else { Place::App }, text })
}

/// `500 requests/s (300 before) of 40ms each`.
fn asked(stages: &[Stage], before: Option<&Stage>) -> String {
    let first = &stages[0].params;
    let old = before.map(|before| &before.params);
    let was = |old: Option<String>, now: String| old.filter(|old| *old != now).map(|old| format!(" ({old} before)"));
    let service = format!(
        "{} each{}",
        first.service,
        was(old.map(|old| old.service.to_string()), first.service.to_string()).unwrap_or_default()
    );
    match first.load {
        Load::Open => {
            let mut rates = first.rps.to_string();
            for stage in stages[1..].iter().filter(|stage| stage.params.rps != first.rps) {
                rates += &format!(", since {} {}", short(stage.from), stage.params.rps);
            }
            let old = was(old.map(|old| old.rps.to_string()), first.rps.to_string()).unwrap_or_default();
            format!("{rates} requests/s{old} of {service}")
        }
        Load::Closed => {
            format!(
                "{} callers, who think for {}, with requests of {service}",
                count(first.callers.into()),
                first.think
            )
        }
        Load::Burst => format!("{} requests every {} of {service}", count(first.burst.into()), first.burst_every),
    }
}

/// `, each sent 2.9 times,`, counted from the first of these stages on.
fn sent(stages: &[Stage]) -> String {
    let Work { requests, attempts, .. } = stages[0].work;
    let times = attempts as f64 / requests.max(1) as f64;
    if times < 1.05 { String::new() } else { format!(", each sent {times:.1} times,") }
}

/// `16 workers`, and how many there were.
fn workers(stage: &Stage, before: Option<&Stage>) -> String {
    let now = stage.params.workers;
    match before.map(|before| before.params.workers).filter(|old| *old != now) {
        Some(old) => format!("{now} workers, {old} before"),
        None => format!("{now} workers"),
    }
}

/// What the workers really do, where connections hold them for longer than requests take.
fn manages(from: &Stage, last: &Stage, is_past: bool) -> String {
    let elapsed = last.until.since(from.from).as_secs_f64();
    let managed = from.work.handlers as f64 / elapsed.max(1e-9);
    let is_less = from.params.server == ServerKind::Workers && managed < last.room() * 0.95;
    if elapsed < 1.0 || is_past || !is_less {
        return String::new();
    }
    format!("; they manage {}, for a connection holds its worker from accept() to close", rate(managed))
}

/// Connections hold the workers, for a good part of the time without a request.
fn held(stages: &[Stage]) -> Option<LoadCause> {
    let stage = stages.last()?;
    let Work { handling_ns, held_ns, .. } = stage.work;
    let idle = 1.0 - handling_ns as f64 / held_ns.max(1) as f64;
    if stage.params.server != ServerKind::Workers || idle < 0.2 {
        return None;
    }
    let workers = stage.params.workers;
    let text = format!(
        "{workers} connections hold all {workers} workers from accept() to close, since {} for {:.0} % of that time \
         without a request: one more waits until one of them closes.",
        short(stage.from),
        idle * 100.0,
    );
    Some(LoadCause { at: stage.from, place: Place::ServerProgram, text })
}

/// `400/s`, with three digits.
fn rate(per_second: f64) -> String {
    match per_second {
        n if n >= 100.0 => format!("{}/s", count(libm::round(n) as u64)),
        n if n >= 10.0 => format!("{n:.1}/s"),
        n => format!("{n:.2}/s"),
    }
}

/// An instant of the timetable: `10 s`, `30.1 s`.
pub(super) fn short(at: SimTime) -> String {
    let text = instant(at);
    let number = text.trim_end_matches(" s");
    format!("{} s", number.trim_end_matches('0').trim_end_matches('.'))
}
