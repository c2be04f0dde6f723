//! Does the model's `http.Transport` do what Go's does? The rules of C and D, and worked traces, which were
//! measured on real Go (M-7): the numbers here are theirs, not the model's.

mod canceled;
mod dials;
mod go_1_4;
mod pool;
mod races;
mod replay;
mod statistics;
mod streamed;
mod texts;
mod timeouts;
mod traces;

use connlab::sim::Sim;
use connlab::sim::error::ErrorKind;
use connlab::sim::recording::Recording;
use connlab::sim::report::Report;

use super::lab::arrivals;

/// A server that is never short of anything, 50 ms of work, 1 ms each way: the setting of most worked traces.
const AMPLE: &str = "server=go&workers=1000&service=50ms&service-dist=fixed&rtt=2ms&timeout=0s&duration=5s";

/// `count` requests at each of these milliseconds.
fn bursts(at_ms: &[f64], count: usize) -> Recording {
    let all: Vec<f64> = at_ms.iter().flat_map(|at| std::iter::repeat_n(*at, count)).collect();
    arrivals(&all)
}

/// Requests at `at_ms`; the k-th handler works for the k-th of `service_ms`.
pub fn recorded(at_ms: &[f64], service_ms: &[f64]) -> Recording {
    let services: Vec<String> = service_ms.iter().map(|ms| format!("{{\"service_ms\": {ms}}}")).collect();
    Recording { arrivals: arrivals(at_ms).arrivals, ..connlab::recorded::read(&services.join("\n")).expect("numbers") }
}

/// When each request ended, in milliseconds, in the order of the arrivals, and with what.
pub fn outcomes(sim: &Sim) -> Vec<(f64, Option<ErrorKind>)> {
    let mut log = sim.request_log().to_vec();
    log.sort_by_key(|outcome| outcome.arrived);
    log.iter().map(|outcome| (outcome.ended.as_millis_f64(), outcome.error)).collect()
}

/// Dials, closes by the client, requests on reused connections.
fn churn(report: &Report) -> (u64, u64, u64) {
    let connections = report.connections;
    (connections.dials, connections.client_closes, connections.reused_requests)
}

/// The text of the only class of errors in the run, without `Get "http://...": `.
fn only_error(report: &Report) -> &str {
    let [row] = &report.errors[..] else { panic!("{:?}", report.errors) };
    let (_, inner) = row.text.split_once("/\": ").or_else(|| row.text.split_once("/: ")).expect("a url.Error");
    inner
}
