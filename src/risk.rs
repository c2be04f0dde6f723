//! Risks: what the settings of a run make possible, whether or not this run met it.
//!
//! A run of a minute rarely meets what happens once in a day. But the settings decide it, and often a formula says how
//! often. One table (`risk/table.rs`) has a row for each risk: when it exists, what to expect, what removes it, and
//! settings under which it is seen within minutes.

mod chance;
mod pool;
mod table;
mod work;

use std::fmt;

use crate::link;
use crate::params::{Load, ParamId, Params};
use crate::scenario::Scenario;
use crate::sim::error::ErrorKind;
use crate::sim::report::Report;
pub use table::HAZARDS;

/// What may happen under some settings: a row of the table.
pub struct Hazard {
    /// Its name: an interface.
    pub id: &'static str,
    /// What may happen, in a few words.
    pub title: &'static str,
    /// How the number is computed.
    pub formula: &'static str,
    /// Rules of `MODEL.md`.
    pub rule: &'static str,
    /// What removes it, and why.
    pub cure: &'static str,
    /// A link whose settings have it.
    pub example: &'static str,
    find: fn(&Situation) -> Option<Finding>,
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RiskUnit {
    /// A share of the requests.
    Share,
    /// Seconds.
    Seconds,
    /// Connections.
    Connections,
    /// Attempts per request.
    Attempts,
}

impl RiskUnit {
    /// For the documents.
    pub fn name(self) -> &'static str {
        match self {
            RiskUnit::Share => "of the requests",
            RiskUnit::Seconds => "s",
            RiskUnit::Connections => "connections",
            RiskUnit::Attempts => "attempts per request",
        }
    }
}

/// What the settings say about a risk.
struct Finding {
    text: String,
    amount: f64,
    unit: RiskUnit,
    class: Option<ErrorKind>,
    cure: Changes,
    magnified: Changes,
}

/// Changes of a scenario, as a link has them.
struct Changes(String);

impl Changes {
    fn of(param: ParamId, value: impl fmt::Display) -> Changes {
        Changes(String::new()).and(param, value)
    }

    fn and(self, param: ParamId, value: impl fmt::Display) -> Changes {
        Changes(format!("{}&{}={value}", self.0, param.spec().key))
    }

    /// A change on the timetable.
    fn at(self, second: u32, param: ParamId, value: impl fmt::Display) -> Changes {
        Changes(format!("{}&{second}s.{}={value}", self.0, param.spec().key))
    }
}

/// A risk of a scenario.
#[derive(Clone)]
pub struct Risk {
    /// What may happen.
    pub hazard: &'static Hazard,
    /// What to expect, in a sentence with numbers.
    pub text: String,
    /// The number to expect: what a run is compared with.
    pub amount: f64,
    /// What it counts.
    pub unit: RiskUnit,
    /// The class of the errors that it makes, if it makes any.
    pub class: Option<ErrorKind>,
    /// The scenario without it.
    pub cured: Scenario,
    /// A scenario in which it is seen within a short run: more callers, or values next to the limit.
    pub magnified: Scenario,
}

/// Title, what to expect, and the rule.
impl fmt::Display for Risk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.hazard.title, self.text, self.hazard.rule)
    }
}

/// All risks of a scenario, in the order of the table. Where the timetable changes settings, the worst stage counts.
pub fn risks(scenario: &Scenario) -> Vec<Risk> {
    let stages = scenario.stages();
    let situations: Vec<Situation> = stages.into_iter().map(|(_, params)| Situation::of(params)).collect();
    let risk = |hazard: &'static Hazard| {
        let found = situations.iter().filter_map(|situation| Some((situation, (hazard.find)(situation)?)));
        let (situation, finding) = found.max_by(|(_, a), (_, b)| a.severity().total_cmp(&b.severity()))?;
        let changed = |scenario: Scenario, Changes(changes): &Changes| {
            link::scenario(&(link::encode(&scenario.into()) + changes))
        };
        let Finding { text, amount, unit, class, .. } = finding;
        let cured = changed(scenario.clone(), &finding.cure);
        let stage = Scenario { params: situation.params.clone(), timetable: Vec::new() };
        let magnified = changed(stage, &finding.magnified);
        Some(Risk { hazard, text, amount, unit, class, cured, magnified })
    };
    HAZARDS.iter().filter_map(risk).collect()
}

/// The risks beside the errors of a run: what costs connections and no errors is always among them.
pub fn unmet(scenario: &Scenario, report: &Report) -> Vec<Risk> {
    let is_met = |kind: ErrorKind| report.errors.iter().any(|row| row.kind == kind);
    risks(scenario).into_iter().filter(|risk| !risk.class.is_some_and(is_met)).collect()
}

impl Finding {
    /// What is worse: a larger share, or less time.
    fn severity(&self) -> f64 {
        if self.unit == RiskUnit::Seconds { -self.amount } else { self.amount }
    }
}

/// A stage of a scenario, in numbers.
struct Situation {
    params: Params,
    /// Requests per second over all hosts.
    rate: f64,
    /// Client hosts.
    hosts: f64,
    /// Seconds from a request to its response if it waits for nothing.
    response: f64,
    /// Connections that are busy on a host, on average.
    busy: f64,
    /// Requests that a host may have under way at once because they start together; 0 in an open load.
    together: u32,
}

impl Situation {
    fn of(params: Params) -> Situation {
        let response = params.service.as_secs_f64() + params.rtt.as_secs_f64();
        let hosts = f64::from(params.clients);
        let (rate, all) = match params.load {
            Load::Open => (params.rps.as_f64(), 0),
            Load::Closed => {
                let cycle = (params.think.as_secs_f64() + response).max(1e-6);
                (f64::from(params.callers) / cycle, params.callers)
            }
            Load::Burst => (f64::from(params.burst) / params.burst_every.as_secs_f64(), params.burst),
        };
        let together = all.div_ceil(params.clients.max(1));
        Situation { rate, hosts, response, busy: rate / hosts * response, together, params }
    }

    /// How many idle connections a host keeps.
    fn pool(&self) -> u32 {
        match (self.params.keepalive, self.params.max_idle) {
            (false, _) => 0,
            (true, 0) => self.params.idle,
            (true, all) => self.params.idle.min(all),
        }
    }

    /// Requests per second that the workers can do.
    fn capacity(&self) -> f64 {
        f64::from(self.params.workers) / self.params.service.as_secs_f64().max(1e-9)
    }

    /// Whether the Transport sends a request again by itself when its reused connection turns out to be closed.
    fn is_replayed(&self) -> bool {
        use crate::params::{GoVersion, Method};
        let params = &self.params;
        let is_idempotent = params.method == Method::Get || params.idempotency_key;
        params.go != GoVersion::Go1_4 && is_idempotent && !params.streams_body()
    }
}
