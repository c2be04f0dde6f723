//! The server's work and the line in front of it.

use super::chance::{DEVIATIONS, skewed_bounds};
use super::queueing::Mmc;
use super::{Outcome, Run};
use crate::params::{Arrivals, Distribution, Load, ServerKind};
use crate::quantity::{Percent, Rate};

/// Up to this skewness of its average the first three moments describe a mean wait well enough.
const SKEWNESS_MAX: f64 = 1.0;

/// From this load on a line with service times other than exponential is enough like Brownian motion.
const HEAVY: f64 = 0.5;

/// Σ of the service times of the handlers that started, against their number times the mean.
pub fn utilization(run: &Run) -> Outcome {
    let evidence = &run.report.evidence;
    if evidence.recorded {
        return Outcome::not_applicable("Arrivals or service times are read from a file.");
    }
    if run.ever(|params| params.checks_context || !params.listening) {
        return Outcome::not_applicable("Handlers are cut short: they check r.Context(), or the server is killed.");
    }
    if run.ever(|params| !params.server_cpu.is_zero()) {
        return Outcome::not_applicable("Handlers hold a worker while their response waits for a processor.");
    }
    let started = run.report.server.handlers_started as f64;
    let shape = run.params().service_shape();
    let (cv, skewness) = (shape.cv(), shape.skewness());
    // Cochran, Sampling Techniques (1977), 2.15: a mean is about normal from 25 times the squared skewness on.
    let enough = 25.0 * skewness * skewness;
    if started < enough {
        return Outcome::not_applicable(&format!(
            "Only {started} handlers started: with service times this skewed their mean says something from \
             {enough:.0} on."
        ));
    }
    let [work, capacity] = [evidence.expected_work_ns, evidence.capacity_ns].map(|ns| ns as f64);
    let longest = run.stages.iter().map(|(_, params)| params.service.as_nanos()).max().unwrap_or(0) as f64;
    // The mean rest of a service time that somebody breaks in upon.
    let left = evidence.handlers_under_way as f64 * longest * (1.0 + cv * cv) / 2.0;
    if left > work / 10.0 {
        let at_work = evidence.handlers_under_way;
        return Outcome::not_applicable(&format!("{at_work} of {started} handlers were still at work at the end."));
    }
    // Σ meanᵢ² is at most the largest mean times Σ meanᵢ.
    let deviation = DEVIATIONS * cv * libm::sqrt(longest * work) + left;
    let percent = |ns: f64| if capacity > 0.0 { ns / capacity * 100.0 } else { 0.0 };
    // The report has it to a millionth.
    let [low, high] = [-deviation, deviation].map(|by| percent(work - left + by) + by.signum() * 1e-4);
    let why = "four standard deviations of a sum of service times, and what the last handlers have left to do";
    let simulated = run.report.server.utilization * 100.0;
    Outcome::between(percent(work - left), simulated, [low.max(0.0), high], why)
}

/// What keeps requests from being one line in front of equal servers: a sentence.
fn not_one_line(run: &Run) -> Option<String> {
    let (params, report) = (run.params(), run.report);
    let reason = if report.evidence.recorded {
        "Arrivals or service times are read from a file."
    } else if params.load != Load::Open || params.arrivals != Arrivals::Poisson {
        "The formula is for an open load with Poisson arrivals."
    } else if params.service_dist == Distribution::Lognormal {
        "How much the wait varies from run to run is not known for lognormal service times."
    } else if params.workers > 1 && params.service_dist != Distribution::Exp {
        "With more than one worker the formula is for exponential service times."
    } else if run.stages.len() > 1 {
        "The formula is for a constant load on a constant server, and settings change during the run."
    } else if !params.tail.is_zero() {
        "The formula is for a load that lasts, and this one stops before the run ends."
    } else if params.server == ServerKind::Workers && params.keepalive {
        "Workers keep the connections they serve, idle ones too, so that requests do not wait in one line."
    } else if params.max_conns > 0 || params.server_fds > 0 || params.nic_rate != Rate::default() {
        "Requests may wait elsewhere, too: MaxConnsPerHost, the server's descriptors, the input queue."
    } else if !params.rtt_jitter.is_zero() || !params.sched_delay.is_zero() || params.loss != Percent::ZERO {
        "Jitter, scheduling delays or loss move the arrivals at the server."
    } else if !params.client_cpu.is_zero() || !params.server_cpu.is_zero() {
        "Requests may wait elsewhere, too: for a processor."
    } else if !params.accepting || !params.listening {
        "The server does not accept."
    } else {
        let failed = run.failed_attempts();
        let again = report.attempts.transport_retries + report.attempts.application_retries;
        let dropped = report.nstat.TcpExtListenDrops + report.nstat.TcpRetransSegs;
        return (failed + again + dropped > 0).then(|| {
            format!(
                "Not everybody waits in one line to the end: {failed} attempts failed, {again} requests were sent \
                 again, {dropped} packets were dropped or repeated."
            )
        });
    };
    Some(reason.to_string())
}

/// The mean wait is the mean number waiting divided by the arrival rate (Little).
pub fn mean_wait(run: &Run) -> Outcome {
    if let Some(reason) = not_one_line(run) {
        return Outcome::not_applicable(&reason);
    }
    let params = run.params();
    let (rate, service) = (params.rps.as_f64(), params.service.as_secs_f64());
    let Some(queue) = Mmc::new(rate, service, params.workers) else {
        let rho = rate * service / f64::from(params.workers);
        return Outcome::not_applicable(&format!("λ·E[S]/c is {rho:.2}: the line grows without end."));
    };
    let seconds = run.report.evidence.elapsed.as_secs_f64();
    if rate * seconds * queue.waits() < 1.0 {
        return Outcome::not_applicable("With so many workers not even one request is expected to wait.");
    }
    let cv = params.service_shape().cv();
    if cv != 1.0 && queue.rho() < HEAVY {
        return Outcome::not_applicable(
            "At less than half load it is known for exponential service times only how much the wait varies.",
        );
    }
    let too_short = || {
        let rho = queue.rho() * 100.0;
        Outcome::not_applicable(&format!(
            "The run is too short: at {rho:.0} % load the mean wait differs too much from one run to another."
        ))
    };
    // Without many of the times in which a line forgets its past the average is too skewed, and near full load there
    // would be millions of states to sum over to find that out.
    let idle = 1.0 - libm::sqrt(queue.rho());
    if seconds < 10.0 * service / (f64::from(params.workers) * idle * idle) {
        return too_short();
    }
    let waiting = match params.workers {
        1 => queue.waiting().with_service_variation(cv),
        _ => queue.waiting(),
    };
    let mean = waiting.mean + waiting.bias / seconds;
    let deviation = libm::sqrt(waiting.variance / seconds);
    let skewness = waiting.third / (waiting.variance * deviation * seconds);
    if skewness > SKEWNESS_MAX || mean <= 0.0 {
        return too_short();
    }
    // A request on a new connection comes up to a round trip later than on an idle one, and so do the starts of those
    // behind it, but no later: they are monotone in the arrivals.
    let moved = if params.keepalive { rate * params.rtt.as_secs_f64() } else { 0.0 };
    let [low, high] = skewed_bounds(mean, deviation, skewness);
    let wait = |number: f64| number / rate * 1e3;
    let simulated = run.report.evidence.waiting_ns as f64 / 1e9 / seconds;
    let why = "a run this long, from an empty start, is further off once in some 10,000 runs (by the first three \
               moments of its average); with keep-alive arrivals may move by a round trip";
    Outcome::between(wait(waiting.mean), wait(simulated), [wait(low - moved).max(0.0), wait(high + moved)], why)
}
