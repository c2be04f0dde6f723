//! What theory says about a run, beside what the run did: the live part of the model card.
//!
//! Each check is a row of a table: a formula, where it comes from, and a function that finds out from the scenario and
//! the report whether it applies, what it expects, and how far chance may take a run from it. Nothing here looks into
//! the world: a wrong number in a report is found however it came there.
//!
//! The functions are marked cold: they run once, and the page pays for every byte of them.

mod attempts;
mod chance;
mod ports;
mod processors;
mod queueing;
mod server;

use serde::Serialize;

use crate::params::{Arrivals, Load, Params};
use crate::scenario::Scenario;
use crate::sim::report::Report;
use crate::time::SimTime;
use chance::bernstein;

/// A formula and what a run makes of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    /// Its name: an interface.
    pub id: &'static str,
    /// What it is about, for people.
    pub title: &'static str,
    /// The formula, in words and signs.
    pub formula: &'static str,
    /// Rules or authors.
    pub source: &'static str,
    /// The unit of its numbers; empty for plain numbers.
    pub unit: &'static str,
    /// What came out.
    #[serde(flatten)]
    pub finding: Outcome,
}

/// What came out of a check.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum Outcome {
    /// The run agrees with theory.
    Holds(Comparison),
    /// It does not: the model, the report or the theory is wrong.
    Outside(Comparison),
    /// Theory does not speak about such a run.
    NotApplicable {
        /// Why: a sentence.
        reason: String,
    },
}

/// Theory and run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// By the formula.
    pub expected: f64,
    /// By the run.
    pub simulated: f64,
    /// The smallest value that agrees with the formula.
    pub low: f64,
    /// The largest one.
    pub high: f64,
    /// Where these bounds come from: a sentence.
    pub tolerance: &'static str,
}

impl Outcome {
    /// Its name in the report and on the page.
    pub fn verdict(&self) -> &'static str {
        match self {
            Outcome::Holds(_) => "holds",
            Outcome::Outside(_) => "outside",
            Outcome::NotApplicable { .. } => "not-applicable",
        }
    }

    /// Whether theory speaks about such a run.
    pub fn applies(&self) -> bool {
        !matches!(self, Outcome::NotApplicable { .. })
    }

    #[cold]
    fn not_applicable(reason: &str) -> Outcome {
        Outcome::NotApplicable { reason: reason.to_string() }
    }

    fn of(comparison: Comparison, holds: bool) -> Outcome {
        if holds { Outcome::Holds(comparison) } else { Outcome::Outside(comparison) }
    }

    /// Two whole numbers that must be the same; shown divided by `scale`.
    #[cold]
    fn exact(expected: u128, simulated: u128, scale: f64, tolerance: &'static str) -> Outcome {
        let [shown, simulated_shown] = [expected, simulated].map(|n| n as f64 / scale);
        let comparison = Comparison { expected: shown, simulated: simulated_shown, low: shown, high: shown, tolerance };
        Outcome::of(comparison, expected == simulated)
    }

    fn at_most(limit: f64, simulated: f64, tolerance: &'static str) -> Outcome {
        Outcome::between(limit, simulated, [0.0, limit], tolerance)
    }

    #[cold]
    fn between(expected: f64, simulated: f64, [low, high]: [f64; 2], tolerance: &'static str) -> Outcome {
        let comparison = Comparison { expected, simulated, low, high, tolerance };
        Outcome::of(comparison, (low..=high).contains(&simulated))
    }
}

/// What a check may look at.
struct Run<'a> {
    scenario: &'a Scenario,
    report: &'a Report,
    /// The parameters from each instant on at which they change.
    stages: Vec<(SimTime, Params)>,
}

impl Run<'_> {
    /// The parameters at the start: all there are, where nothing changes.
    fn params(&self) -> &Params {
        &self.scenario.params
    }

    fn failed_attempts(&self) -> u64 {
        self.report.attempt_errors.iter().map(|row| row.count).sum()
    }

    /// Whether this is so at any time of the run.
    fn ever(&self, test: impl Fn(&Params) -> bool) -> bool {
        self.stages.iter().any(|(_, params)| test(params))
    }

    /// Whether this stays the same throughout.
    fn is_constant<T: PartialEq>(&self, value: impl Fn(&Params) -> T) -> bool {
        self.stages.iter().all(|(_, params)| value(params) == value(self.params()))
    }
}

struct Law {
    id: &'static str,
    title: &'static str,
    formula: &'static str,
    source: &'static str,
    unit: &'static str,
    find: fn(&Run) -> Outcome,
}

const LAWS: &[Law] = &[
    Law {
        id: "arrivals",
        title: "Requests that arrive",
        formula: "∫ rate dt",
        source: "Poisson process",
        unit: "",
        find: arrivals,
    },
    Law {
        id: "requests",
        title: "No request is lost",
        formula: "offered = ok + failed + in flight",
        source: "conservation",
        unit: "",
        find: requests,
    },
    Law {
        id: "littles-law",
        title: "Requests in flight, on average",
        formula: "L = λ·W",
        source: "Little 1961",
        unit: "",
        find: littles_law,
    },
    Law {
        id: "attempts",
        title: "No attempt is lost",
        formula: "attempts = ok + failed attempts + under way",
        source: "R-12, conservation",
        unit: "",
        find: attempts::conservation,
    },
    Law {
        id: "retries",
        title: "Attempts per request",
        formula: "(1 − pⁿ)/(1 − p), n = retries + 1",
        source: "R-4",
        unit: "",
        find: attempts::per_request,
    },
    Law {
        id: "retry-budget",
        title: "Retries within the budget",
        formula: "≤ budget·requests + 10 per client",
        source: "R-6",
        unit: "",
        find: attempts::budget,
    },
    Law {
        id: "port-limit",
        title: "TIME_WAITs begun by a client host",
        formula: "≤ ports / 60 s; by default 28232/60 s = 470.5/s",
        source: "T-50, T-54",
        unit: "/s",
        find: ports::limit,
    },
    Law {
        id: "ports",
        title: "Ports taken at most",
        formula: "≤ ip_local_port_range",
        source: "T-51",
        unit: "",
        find: ports::range,
    },
    Law {
        id: "time-wait",
        title: "Client sockets in TIME_WAIT",
        formula: "N = closes per second · 60 s, over the last 60 s",
        source: "T-54, Little 1961",
        unit: "",
        find: ports::time_wait,
    },
    Law {
        id: "utilization",
        title: "Time that workers work",
        formula: "handlers started · E[S] / (workers · time)",
        source: "utilization law",
        unit: "%",
        find: server::utilization,
    },
    Law {
        id: "mean-wait",
        title: "Mean wait for a worker",
        formula: "C/(cμ − λ); one worker: ρ·E[S]·(1 + cv²)/(2·(1 − ρ))",
        source: "Erlang 1917; Pollaczek 1930, Khinchin 1932",
        unit: "ms",
        find: server::mean_wait,
    },
    Law {
        id: "client-processors",
        title: "Client processors taken, on average",
        formula: "steps/s·E[time of a step]",
        source: "utilization law, M-31",
        unit: "",
        find: processors::of_client,
    },
    Law {
        id: "server-processors",
        title: "Server processors taken, on average",
        formula: "steps/s·E[time of a step]",
        source: "utilization law, M-31",
        unit: "",
        find: processors::of_server,
    },
];

/// All checks of a run as far as it has come, in a fixed order.
pub fn all(scenario: &Scenario, report: &Report) -> Vec<Check> {
    let run = Run { scenario, report, stages: scenario.stages() };
    let check = |law: &Law| Check {
        id: law.id,
        title: law.title,
        formula: law.formula,
        source: law.source,
        unit: law.unit,
        finding: (law.find)(&run),
    };
    LAWS.iter().map(check).collect()
}

/// `9 of 9 checks hold; 2 do not apply`.
pub fn summary(checks: &[Check]) -> String {
    let count = |verdict| checks.iter().filter(|check| check.finding.verdict() == verdict).count();
    let (holding, absent) = (count("holds"), count("not-applicable"));
    let of = checks.len() - absent;
    match absent {
        0 => format!("{holding} of {of} checks hold"),
        _ => format!("{holding} of {of} checks hold; {absent} do not apply"),
    }
}

fn arrivals(run: &Run) -> Outcome {
    let params = run.params();
    if run.report.evidence.recorded {
        return Outcome::not_applicable("The arrivals are read from a file.");
    }
    if params.load != Load::Open {
        return Outcome::not_applicable("Only an open load has a rate that does not depend on the answers.");
    }
    let end = run.report.evidence.elapsed.min(params.duration).as_secs_f64();
    let starts = run.stages.iter().map(|(at, _)| at.as_secs_f64().min(end));
    let ends = starts.clone().skip(1).chain([end]);
    let expected: f64 =
        (starts.zip(ends).zip(&run.stages)).map(|((from, to), (_, params))| (to - from) * params.rps.as_f64()).sum();
    let (deviation, why) = match params.arrivals {
        Arrivals::Poisson => (
            bernstein(expected, 1.0),
            "a Poisson number, whose variance is its mean, is further off once in 16,000 runs (Bernstein's inequality)",
        ),
        // A gap is a whole number of nanoseconds: half of one may be lost or won each time.
        Arrivals::Even => {
            let fastest = run.stages.iter().map(|(_, params)| params.rps.as_f64()).fold(0.0, f64::max);
            let rounding = expected * fastest * 0.5e-9;
            (run.stages.len() as f64 + rounding, "one for each change of the rate, and gaps of whole nanoseconds")
        }
    };
    let bounds = [(expected - deviation).max(0.0), expected + deviation];
    Outcome::between(expected, run.report.requests.offered as f64, bounds, why)
}

fn requests(run: &Run) -> Outcome {
    let requests = run.report.requests;
    let ends = requests.ok + requests.failed + requests.in_flight;
    let why = "exact: those in flight are counted where they are kept";
    Outcome::exact(requests.offered.into(), ends.into(), 1.0, why)
}

/// Exact over any stretch of time: what requests spend in the system is the area under their number.
fn littles_law(run: &Run) -> Outcome {
    let evidence = &run.report.evidence;
    let scale = (evidence.elapsed.as_nanos() as f64).max(1.0);
    Outcome::exact(
        evidence.sojourn_ns,
        evidence.in_flight_ns,
        scale,
        "exact: ∫ requests in flight dt = Σ times in the system, to the nanosecond",
    )
}
