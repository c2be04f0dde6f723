//! What a summary says: its numbers, the settings that it was made with, and how much failed.

use super::super::Key;
use super::Summary;
use crate::facts::{Fact, Measure, Severity};
use crate::params::ParamId;
use crate::sim::error::ErrorKind;
use crate::words::{count, millis, percent};

/// Its numbers in one sentence, with the settings that they imply.
pub(super) fn overview(summary: &Summary) -> Option<Fact> {
    let tried = summary.tried();
    let mut parts = Vec::new();
    if tried > 0.0 {
        let seconds = summary.get(Key::Duration).map(|ms| format!(" in {}", millis(ms))).unwrap_or_default();
        parts.push(format!("{} requests{seconds}", count(tried as u64)));
    }
    parts.extend(summary.get(Key::Rate).map(|rate| format!("{} requests/s", count(libm::round(rate) as u64))));
    for (name, key) in [("p50", Key::P50), ("p95", Key::P95), ("p99", Key::P99), ("longest", Key::Max)] {
        parts.extend(summary.get(key).map(|ms| format!("{name} {}", millis(ms))));
    }
    let failed = summary.failed();
    if tried > 0.0 {
        parts.push(match failed > 0.0 {
            true => format!("{} failed ({})", count(failed as u64), percent(failed as u64, tried as u64)),
            false => "none failed, as it counts".into(),
        });
    }
    let numbers: Vec<(&str, f64)> = [
        ("requests", Some(tried)),
        ("failed", Some(failed)),
        ("rate", summary.get(Key::Rate)),
        ("p50_ms", summary.get(Key::P50)),
        ("p99_ms", summary.get(Key::P99)),
        ("max_ms", summary.get(Key::Max)),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect();
    if parts.is_empty() {
        parts.push("no summary was printed".into());
    }
    let severity = if failed > 0.0 { Severity::Trouble } else { Severity::Note };
    let fact = Fact::new(summary.tool.name, "summary", severity, parts.join(", ") + ".").numbers(&numbers);
    Some(settings(summary, fact))
}

/// The settings of the run that this summary is of.
fn settings(summary: &Summary, mut fact: Fact) -> Fact {
    if let Some(link) = &summary.values.link {
        let pairs = link.split('&').filter_map(|pair| pair.split_once('='));
        for (key, value) in pairs {
            match ParamId::with_key(key) {
                Some(param) => fact = fact.setting(param, value),
                None if key == "p" => fact.preset = Some(value.into()),
                None => {}
            }
        }
        return fact;
    }
    // What was sent is the rate that was asked for only if nothing was left out.
    let kept = summary.get(Key::Rate).filter(|_| summary.tool.is_open);
    let rate = summary.get(Key::AskedRate).or(kept).filter(|_| summary.is_open());
    match (rate, summary.get(Key::Callers)) {
        (Some(rate), _) => {
            fact = fact.setting(ParamId::load, "open").setting(ParamId::rps, libm::round(rate * 10.0) / 10.0);
        }
        (None, Some(callers)) if !summary.is_open() => {
            fact = fact.setting(ParamId::load, "closed").setting(ParamId::callers, callers);
            if !summary.tool.is_scripted {
                fact = fact.setting(ParamId::think, "0s");
            }
        }
        _ => {}
    }
    if let Some(timeout) = summary.get(Key::Timeout).filter(|ms| *ms >= 1.0) {
        fact = fact.setting(ParamId::timeout, format!("{}ms", libm::round(timeout)));
    }
    let duration = summary.get(Key::AskedDuration).or_else(|| summary.get(Key::Duration));
    if let Some(seconds) = duration.map(|ms| libm::round(ms / 1e3)).filter(|s| *s >= 1.0) {
        fact = fact.setting(ParamId::duration, format!("{seconds}s"));
    }
    if summary.get(Key::Post).is_some() {
        fact = fact.setting(ParamId::method, "POST");
    }
    // ab and loadtest open a connection for each request unless they are told otherwise.
    let asks_for_keep_alive = summary.get(Key::KeepAlive).is_some() || summary.get(Key::Kept).is_some();
    if summary.is(&["ab", "loadtest"])
        && !asks_for_keep_alive
        && (summary.is(&["ab"]) || summary.get(Key::Command).is_some())
    {
        fact = fact.setting(ParamId::keepalive, "off");
    }
    fact
}

/// Answers with a status that is none.
pub(super) fn server_errors(summary: &Summary) -> Option<Fact> {
    let (bad, tried) = (summary.get(Key::Bad)?, summary.tried());
    let says = format!(
        "{} answers with an error status ({}): the server is there and says no. They are no errors of a connection.",
        count(bad as u64),
        percent(bad as u64, tried as u64)
    );
    (bad > 0.0).then(|| summary.caution("status", says).numbers(&[("bad", bad)]))
}

/// How much failed, in all and of each kind, to be compared with a run.
pub(super) fn shares(summary: &Summary) -> Vec<Fact> {
    let tried = summary.tried();
    // A tool that sends again does not know.
    let share = |key| (tried > 0.0).then(|| (summary.count(key) / tried).min(1.0)).filter(|share| *share > 0.0);
    let kinds: [(Key, &str, Measure, &'static [ErrorKind]); 4] = [
        (Key::Resets, "Resets", Measure::Resets, &[ErrorKind::Reset]),
        (Key::Closes, "Closes without an answer", Measure::Closes, &[ErrorKind::Eof]),
        (Key::Refused, "Refused connects", Measure::Refused, &[ErrorKind::Refused]),
        (Key::TimedOut, "Time-outs", Measure::TimedOut, &[ErrorKind::ClientTimeout]),
    ];
    let mut facts = Vec::new();
    for (key, name, measure, classes) in kinds {
        let n = summary.count(key);
        let Some(share) = share(key).filter(|_| !summary.is(&["wrk", "wrk2"])) else { continue };
        let says = format!("{name}: {} ({}).", count(n as u64), percent(n as u64, tried as u64));
        let fact = Fact::new(summary.tool.name, name, Severity::Trouble, says).classes(classes);
        facts.push(fact.numbers(&[("count", n)]).measure(measure, share));
    }
    // wrk's own names have rules of their own.
    let failed = summary.failed_share().filter(|share| *share > 0.0 && !summary.is(&["wrk", "wrk2"]));
    if let (Some(share), Some(first)) = (failed, facts.is_empty().then_some(summary.failed())) {
        let says = format!("{} failed ({}), without a name.", count(first as u64), percent(first as u64, tried as u64));
        let fact = Fact::new(summary.tool.name, "failures", Severity::Trouble, says);
        facts.push(fact.numbers(&[("count", first)]).measure(Measure::Failed, share));
    }
    facts
}
