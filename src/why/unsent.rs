//! Nothing was sent: a port or a descriptor was missing, or the application's breaker was open.

use super::change::Takes;
use super::{ChainBuilder, Need};
use crate::params::ParamId;
use crate::sim::error::ErrorKind;
use crate::sim::trace::{Entry, Place, What};

/// No local port, or no descriptor: connect() fails at once.
pub(super) fn explain_missing(chain: &mut ChainBuilder) {
    let fails = |entry: &&Entry| matches!(entry.what, What::ConnectFails(_));
    let Some(failure) = chain.last_attempt().iter().rev().find(fails) else { return };
    let gauges = failure.gauges;
    let (cause, text) = match chain.kind {
        Some(ErrorKind::Ports) => {
            if let Some(oldest) = gauges.oldest_time_wait {
                let text = format!(
                    "The client closes a connection first: its port rests in TIME_WAIT for 60s. {} more follow.",
                    gauges.time_wait.saturating_sub(1)
                );
                let takes = &[Takes::Less(ParamId::idle), Takes::Less(ParamId::max_idle)];
                chain.add(oldest, Place::ClientKernel, Need::Path, text).names_cause().takes(takes);
            }
            let cause = format!(
                "Local ports: {} taken, {} in TIME_WAIT and {} in use.",
                gauges.ports,
                gauges.time_wait,
                gauges.ports.value.saturating_sub(gauges.time_wait)
            );
            (cause, "connect() finds no port, EADDRNOTAVAIL: no packet is sent. Go tries twice more at once.")
        }
        _ => (
            format!("Descriptors of the client process (ulimit -n): {} in use.", gauges.descriptors),
            "socket() fails, EMFILE: no packet is sent.",
        ),
    };
    // Requests that wait keep their descriptors; a port is used up by connections that are closed.
    let has_cause = chain.kind == Some(ErrorKind::ClientFds) && chain.tell_why_waiting(&gauges, true);
    let draft = chain.tell(failure, Need::Cause, cause).names_cause();
    draft.step.is_root = !has_cause;
    chain.tell_start();
    chain.tell(failure, Need::Path, text.into());
}

/// The application's breaker is open.
pub(super) fn explain_breaker(chain: &mut ChainBuilder) {
    let attempt = &chain.last_attempt()[0];
    let opened = attempt.gauges.breaker_open_since.unwrap_or(attempt.at);
    let params = chain.params(opened);
    let text = match attempt.gauges.breaker_open_since {
        Some(_) => format!(
            "The circuit breaker opens for {}: {} of the last 100 attempts had failed.",
            params.breaker_open, params.breaker
        ),
        None => format!("The circuit breaker (after {}) waits for the outcome of one probe.", params.breaker_open),
    };
    let takes = &[Takes::Less(ParamId::breaker), Takes::More(ParamId::breaker_open)];
    chain.add(opened, Place::App, Need::Cause, text).root().takes(takes);
    let text = format!("Request #{}: the breaker turns it away, nothing is sent.", chain.trace.request);
    chain.tell(attempt, Need::Path, text);
}
