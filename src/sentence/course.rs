//! What a run's settings are and how they change: the load, and the timetable in words.

use crate::params::{Load, PARAMS, ParamId, ParamSpec, Params, Value};
use crate::scenario::Scenario;
use crate::time::SimTime;
use crate::words::{count, seconds, spaced, trimmed};

/// Clauses that are told; more are counted.
const TOLD_MAX: usize = 2;
/// Values that are told one by one; a longer series has its ends told.
const VALUES_MAX: usize = 3;

/// The load in a few words, with what changes: `60 s, 300, from 10 s 500 requests/s`. If not all that changes can be
/// told, what began last before `at` is.
#[inline]
pub fn load(scenario: &Scenario, at: Option<SimTime>) -> String {
    let params = &scenario.params;
    let duration = seconds(params.duration.as_secs_f64());
    let load = match params.load {
        Load::Open => rates(scenario),
        Load::Closed if params.think.is_zero() => format!("{} callers", count(u64::from(params.callers))),
        Load::Closed => {
            let think = spaced(&params.think.to_string());
            format!("{} callers who think for {think}", count(u64::from(params.callers)))
        }
        Load::Burst => {
            let every = spaced(&params.burst_every.to_string());
            format!("{} requests every {every}", count(u64::from(params.burst)))
        }
    };
    format!("{duration}, {load}{}", changes(scenario, at))
}

/// One thing that changes.
struct Clause {
    from: SimTime,
    text: String,
}

/// `; at 20 s the server stops, from 22 s it listens again`; empty if nothing but the rate changes.
#[inline]
fn changes(scenario: &Scenario, at: Option<SimTime>) -> String {
    let mut clauses: Vec<Clause> = outage(scenario).into_iter().collect();
    clauses.extend(PARAMS.iter().filter(|spec| is_told(spec, &scenario.params)).filter_map(|s| clause(s, scenario)));
    // What began last before the failure is nearest to it; then what comes after it, in order.
    let distance = |clause: &Clause| match at {
        Some(at) if clause.from <= at => (false, at.since(clause.from)),
        _ => (true, clause.from.since(SimTime::ZERO)),
    };
    clauses.sort_by_key(distance);
    let more = clauses.len().saturating_sub(TOLD_MAX);
    clauses.truncate(TOLD_MAX);
    clauses.sort_by_key(|clause| clause.from);
    let mut text: String = clauses.iter().map(|clause| format!("; {}", clause.text)).collect();
    match more {
        0 => {}
        1 => text += "; one more setting changes",
        _ => text += &format!("; {more} more settings change"),
    }
    text
}

/// Whether a change of this setting is told by itself: the rate stands with the load, the server's absence is told as
/// a whole, and what the load does not use changes nothing.
#[inline]
fn is_told(spec: &ParamSpec, params: &Params) -> bool {
    match spec.id {
        ParamId::rps | ParamId::accepting | ParamId::listening => false,
        ParamId::think => params.load == Load::Closed,
        _ => spec.live,
    }
}

/// The values of a setting, each with the instant from which it holds.
#[inline]
fn values(spec: &ParamSpec, scenario: &Scenario) -> Vec<(SimTime, Value)> {
    let stages = scenario.stages();
    let mut values = Vec::new();
    for (at, params) in &stages {
        let value = spec.get(params);
        if *at < scenario.end() && values.last().is_none_or(|(_, before)| *before != value) {
            values.push((*at, value));
        }
    }
    values
}

/// `300, from 10 s 500 requests/s`.
#[inline]
fn rates(scenario: &Scenario) -> String {
    let spec = ParamId::rps.spec();
    let values = values(spec, scenario);
    let text = |at: usize| values[at].1.to_string();
    let from = |at: usize| instant(values[at].0);
    let rates = match values.len() {
        1 => text(0),
        3 if values[2].1 == values[0].1 => format!("{}, from {} to {} {}", text(0), from(1), from(2), text(1)),
        n if n <= VALUES_MAX + 1 => (1..n).fold(text(0), |said, i| said + &format!(", from {} {}", from(i), text(i))),
        n => {
            let (low, high) = ends(spec, &values);
            return format!("{low} to {high} requests/s in {n} steps");
        }
    };
    format!("{rates} requests/s")
}

/// The smallest and the largest value, in words.
#[inline]
fn ends(spec: &ParamSpec, values: &[(SimTime, Value)]) -> (String, String) {
    let of = |value: &Value| spaced(&spec.describe(*value));
    let key = |(_, value): &&(SimTime, Value)| spec.size(*value);
    let low = values.iter().min_by_key(key).map(|(_, value)| of(value));
    let high = values.iter().max_by_key(key).map(|(_, value)| of(value));
    (low.unwrap_or_default(), high.unwrap_or_default())
}

/// `from 20 s handlers take 50 ms, not 30 ms`.
#[inline]
fn clause(spec: &ParamSpec, scenario: &Scenario) -> Option<Clause> {
    let values = values(spec, scenario);
    let (from, first) = *values.get(1)?;
    let value = |i: usize| spaced(&spec.describe(values[i].1));
    let subject = subject(spec);
    let text = match values.len() {
        3 if values[2].1 == values[0].1 => {
            format!("from {} to {} {subject} {}, not {}", instant(from), instant(values[2].0), value(1), value(0))
        }
        n if n <= VALUES_MAX + 1 => {
            let start = format!("from {} {subject} {}, not {}", instant(from), spaced(&spec.describe(first)), value(0));
            (2..n).fold(start, |said, i| said + &format!(", from {} {}", instant(values[i].0), value(i)))
        }
        n => {
            let (low, high) = ends(spec, &values);
            format!("from {} {subject} {low} to {high}, in {} steps", instant(from), n - 1)
        }
    };
    Some(Clause { from, text })
}

/// What stands before a value of this setting.
#[inline]
fn subject(spec: &ParamSpec) -> String {
    match spec.id {
        ParamId::service => "handlers take".into(),
        ParamId::workers => "the workers are".into(),
        ParamId::rtt => "a round trip takes".into(),
        ParamId::loss => "the packets lost are".into(),
        ParamId::think => "callers think for".into(),
        _ => format!("{} is", spec.label),
    }
}

/// When the server takes no connections: a deploy, a stall of its accept loop.
#[inline]
fn outage(scenario: &Scenario) -> Option<Clause> {
    let mut outages: Vec<Outage> = Vec::new();
    for (at, params) in scenario.stages() {
        match (params.listening && params.accepting, outages.last_mut().filter(|outage| outage.to.is_none())) {
            (true, Some(outage)) => outage.to = Some(at),
            (true, None) => {}
            (false, Some(outage)) => outage.stops |= !params.listening,
            (false, None) => outages.push(Outage { from: at, to: None, stops: !params.listening }),
        }
    }
    let first = outages.iter().find(|outage| outage.from > SimTime::ZERO || outage.to.is_some()).or(outages.first())?;
    let again = match outages.len() - 1 {
        0 => "",
        1 => ", and once more",
        _ => ", and again",
    };
    Some(Clause { from: first.from, text: first.words() + again })
}

/// A stretch of time in which nothing is accepted.
struct Outage {
    from: SimTime,
    to: Option<SimTime>,
    /// The process goes down, and not only its accept loop.
    stops: bool,
}

impl Outage {
    #[inline]
    fn words(&self) -> String {
        let from = instant(self.from);
        let to = self.to.map(instant);
        match (self.from == SimTime::ZERO, self.stops, to) {
            (true, true, None) => "the server is down".into(),
            (true, true, Some(to)) => format!("the server is down until {to}"),
            (true, false, None) => "nothing is accepted".into(),
            (true, false, Some(to)) => format!("nothing is accepted until {to}"),
            (false, true, None) => format!("at {from} the server stops"),
            (false, true, Some(to)) => format!("at {from} the server stops, from {to} it listens again"),
            (false, false, None) => format!("from {from} nothing is accepted"),
            (false, false, Some(to)) => format!("from {from} to {to} nothing is accepted"),
        }
    }
}

/// An instant of the timetable, exactly: `20.1 s`.
#[inline]
fn instant(at: SimTime) -> String {
    match at.as_secs_f64() {
        s if s < 1_000.0 => trimmed(s, 9) + " s",
        s => seconds(s),
    }
}
