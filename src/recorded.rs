//! Recorded load, as people have it in a file: one JSON object a line.

use serde::Deserialize;

use crate::sim::recording::Recording;
use crate::time::{SimDuration, SimTime};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Times {
    at_ms: Option<f64>,
    service_ms: Option<f64>,
}

/// A day, in milliseconds: no recorded number is larger.
const MS_MAX: f64 = 86_400_000.0;

/// Reads lines such as `{"at_ms": 12.5, "service_ms": 40}`; either may be missing.
///
/// # Errors
/// One sentence that names the first line that is not of this form, or not in time order.
pub fn read(text: &str) -> Result<Recording, String> {
    let (mut arrivals, mut services) = (Vec::new(), Vec::new());
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let fail = |why: &str| Err(format!("line {number}: {why}"));
        let Ok(times) = serde_json::from_str::<Times>(line) else {
            return fail("not an object with at_ms, service_ms or both as numbers");
        };
        if times.at_ms.is_none() && times.service_ms.is_none() {
            return fail("neither at_ms nor service_ms");
        }
        if [times.at_ms, times.service_ms].into_iter().flatten().any(|ms| !(0.0..=MS_MAX).contains(&ms)) {
            return fail("a time that is negative or longer than a day");
        }
        if let Some(ms) = times.at_ms {
            let at = SimTime::ZERO + SimDuration::from_secs_f64(ms / 1e3);
            if arrivals.last().is_some_and(|last| at < *last) {
                return fail("at_ms is earlier than on a line before");
            }
            arrivals.push(at);
        }
        services.extend(times.service_ms.map(|ms| SimDuration::from_secs_f64(ms / 1e3)));
    }
    if arrivals.is_empty() && services.is_empty() {
        return Err("no line with at_ms or service_ms".to_string());
    }
    Ok(Recording { arrivals: arrivals.into(), services: services.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_arrivals_and_services_independently() {
        let recording = read("{\"at_ms\": 1.5}\n\n{\"service_ms\": 40, \"at_ms\": 2}\n").unwrap();
        assert_eq!(recording.arrivals.len(), 2);
        assert_eq!(recording.services[..], [SimDuration::from_millis(40)]);
    }

    #[test]
    fn names_the_line_that_is_wrong() {
        for (text, error) in [
            ("{\"at_ms\": 1}\noops", "line 2: not an object with at_ms, service_ms or both as numbers"),
            ("{\"at_ms\": 2}\n{\"at_ms\": 1}", "line 2: at_ms is earlier than on a line before"),
            ("{\"service_ms\": -1}", "line 1: a time that is negative or longer than a day"),
            ("{}", "line 1: neither at_ms nor service_ms"),
            ("", "no line with at_ms or service_ms"),
        ] {
            assert_eq!(read(text), Err(error.to_string()));
        }
    }
}
