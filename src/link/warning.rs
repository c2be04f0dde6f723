//! What is said about a part of a link that could not be used as it was written: one sentence that names it, and what
//! is used instead.

use std::fmt;

use super::{PAGE_KEYS, VERSION};
use crate::params::names::{did_you_mean, did_you_mean_row};
use crate::params::{ParamSpec, Value};
use crate::preset::PRESETS;
use crate::time::SimTime;
use crate::words::shown;

/// A part of a link that could not be used as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkWarning {
    /// The part as written, but for what was escaped: `backlog=12x`.
    pub given: String,
    /// What is wrong with it and what is used instead, as a sentence that names the part.
    pub message: String,
}

impl fmt::Display for LinkWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl LinkWarning {
    #[inline]
    pub(super) fn new(key: &str, value: &str, message: String) -> Self {
        LinkWarning { given: format!("{}={}", shown(key), shown(value)), message }
    }
}

/// `key=value`, as they may stand in a message.
#[inline]
fn part(key: &str, value: &str) -> String {
    format!("`{}={}`", shown(key), shown(value))
}

#[inline]
pub(super) fn given_twice(key: &str, value: &str) -> String {
    format!("`{}` is given more than once. Using the last: {}.", shown(key), shown(value))
}

#[inline]
pub(super) fn wrong_version(value: &str) -> String {
    match value.parse::<u32>() {
        Ok(newer) if newer > VERSION => format!(
            "`v={newer}` was made for a newer ConnLab. Reading it as version {VERSION}: some values may differ."
        ),
        _ => format!("{} is not a version of the link format. Reading it as version {VERSION}.", part("v", value)),
    }
}

#[inline]
pub(super) fn no_preset(value: &str) -> String {
    let names = || PRESETS.iter().map(|preset| preset.name);
    let meant = match did_you_mean(value, names()) {
        meant if meant.is_empty() => format!(" ({})", names().collect::<Vec<_>>().join(", ")),
        meant => meant,
    };
    format!("{} is not a preset{} Using the defaults.", part("p", value), ended(&meant))
}

/// A question ends a sentence by itself.
fn ended(text: &str) -> String {
    if text.ends_with('?') { text.into() } else { format!("{text}.") }
}

#[inline]
pub(super) fn unknown(key: &str, change: Option<&str>) -> String {
    let name = change.unwrap_or(key);
    let what = match key.split_once('.') {
        // `20.rps`: a parameter, but no time.
        Some((at, rest)) if change.is_none() && crate::params::names::param(rest).is_some() => {
            format!("is no time and parameter: {} is not a time of the run such as 20s.", shown(at))
        }
        _ => {
            let others: Vec<_> = PAGE_KEYS.iter().copied().filter(|_| change.is_none()).collect();
            ended(&format!("is not a parameter{}", did_you_mean_row(name, &others)))
        }
    };
    format!("`{}` {what} It is left out.", shown(key))
}

#[inline]
pub(super) fn not_yet(key: &str, value: &str) -> String {
    format!("{} has no effect: {key} is kept for a later version.", part(key, value))
}

#[inline]
pub(super) fn no_such_view(key: &str, value: &str, known: &[&'static str]) -> String {
    let meant = did_you_mean(value, known.iter().copied());
    let what = ended(&format!("is not one of {}{meant}", known.join(", ")));
    format!("{} {what} Using {}.", part(key, value), known[0])
}

#[inline]
pub(super) fn malformed(key: &str, text: &str, what: &str, instead: &str) -> String {
    format!("{} {} {instead}", part(key, text), ended(what))
}

#[inline]
pub(super) fn nobody_asked(key: &str, text: &str, value: Value) -> String {
    format!("{} is the seed of whoever runs it, which the page asks for. Using {value}.", part(key, text))
}

#[inline]
pub(super) fn clamped(key: &str, text: &str, spec: &ParamSpec, value: Value) -> String {
    format!("{} is outside {}. Using {value}.", part(key, text), spec.range())
}

#[inline]
pub(super) fn rounded(key: &str, text: &str, spec: &ParamSpec, value: Value) -> String {
    let zero = spec.describe(value);
    let means = if zero == value.to_string() { String::new() } else { format!(": {zero}") };
    format!("{} is finer than can be held. Using {value}{means}.", part(key, text))
}

#[inline]
pub(super) fn left_out(key: &str, fault: &str) -> String {
    format!("`{}` {fault}.", shown(key))
}

#[inline]
pub(super) fn too_late(entry: &str, what: &str, end: SimTime) -> LinkWarning {
    let end = end.since(SimTime::ZERO);
    LinkWarning { given: entry.into(), message: format!("`{entry}` has no effect: {what} at {end}.") }
}
