//! Links: a scenario as text that people can read, edit and share.
//!
//! `v=1&p=incident&idle=2&20s.rps=1200`: only what differs from the preset (without `p`: from the defaults), in table
//! order, then the timetable by time. Decoding never fails: whatever cannot be used is named in a [`LinkWarning`]
//! together with what is used instead, and the rest of the link stands.

use std::fmt;

use crate::params::{PARAMS, Params, Rejected};
use crate::preset::{PRESETS, Preset};
use crate::scenario::{Change, Scenario};
use crate::time::{SimDuration, SimTime};

/// The version of the link format and of the defaults and presets that belong to it.
pub const VERSION: u32 = 1;

/// Keys that belong to the page and do not change the run.
pub const PAGE_KEYS: &[&str] = &["t", "view", "theme", "set", "show", "chart", "size", "slo", "lesson", "lock", "pin"];

/// More changes than this in one timetable are not a scenario but an accident.
const TIMETABLE_MAX: usize = 1_000;

/// A part of a link that could not be used as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkWarning {
    /// The part as written: `backlog=12x`.
    pub given: String,
    /// What is wrong with it and what is used instead, as a sentence that names the part.
    pub message: String,
}

impl fmt::Display for LinkWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// What a link says.
#[derive(Clone, Debug, Default)]
pub struct Decoded {
    /// The run.
    pub scenario: Scenario,
    /// Keys of the page with their values, in the order of the link.
    pub page: Vec<(String, String)>,
    /// What could not be used as written.
    pub warnings: Vec<LinkWarning>,
}

/// Reads a whole address, a fragment, a query or bare `key=value&...`.
#[inline]
pub fn decode(text: &str) -> Decoded {
    let mut decoded = Decoded::default();
    let pairs = pairs(text);
    // The base must be known before what differs from it, wherever they stand in the link.
    for (key, value) in &pairs {
        match *key {
            "v" => check_version(&mut decoded, value),
            "p" => choose_preset(&mut decoded, value),
            _ => {}
        }
    }
    for (i, (key, value)) in pairs.iter().enumerate() {
        if pairs[..i].iter().any(|(earlier, _)| earlier == key) {
            let message = format!("`{key}` is given more than once. Using the last: {}.", shown(value));
            decoded.warn(key, value, message);
        }
        decoded.apply(key, value);
    }
    decoded
}

/// The canonical link of a scenario: `v`, `p`, what differs from the preset, the timetable.
#[inline]
pub fn encode(scenario: &Scenario) -> String {
    let mut base = scenario.base();
    let mut parts = vec![format!("v={VERSION}")];
    let keeps_preset_timetable = (base.timetable.iter())
        .all(|old| scenario.timetable.iter().any(|new| (new.at, new.param) == (old.at, old.param)));
    match scenario.preset {
        Some(preset) if keeps_preset_timetable => parts.push(format!("p={}", preset.name)),
        // A link cannot take an entry out of its preset's timetable, so it stands without the preset.
        _ => base = Scenario::default(),
    }
    for spec in PARAMS {
        let value = spec.get(&scenario.params);
        if value != spec.get(&base.params) {
            parts.push(format!("{}={value}", spec.key));
        }
    }
    for change in scenario.timetable.iter().filter(|change| !base.timetable.contains(change)) {
        let at = change.at.since(SimTime::ZERO);
        parts.push(format!("{at}.{}={}", change.spec().key, change.value));
    }
    parts.join("&")
}

/// The `key=value` pairs of an address: those of the query, then those of the fragment.
#[inline]
fn pairs(text: &str) -> Vec<(&str, &str)> {
    let (before, fragment) = text.trim().split_once('#').unwrap_or((text.trim(), ""));
    let query = match before.split_once('?') {
        Some((_, query)) => query,
        None if before.contains("://") || text.contains('#') => "",
        None => before,
    };
    (query.split('&').chain(fragment.split('&')))
        .filter(|part| !part.is_empty())
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .collect()
}

#[inline]
fn check_version(decoded: &mut Decoded, value: &str) {
    if value.parse() != Ok(VERSION) {
        let message = match value.parse::<u32>() {
            Ok(newer) if newer > VERSION => {
                format!(
                    "`v={newer}` was made for a newer ConnLab. Reading it as version {VERSION}: some values may differ."
                )
            }
            _ => format!("`v={}` is not a version of the link format. Reading it as version {VERSION}.", shown(value)),
        };
        decoded.warn("v", value, message);
    }
}

#[inline]
fn choose_preset(decoded: &mut Decoded, value: &str) {
    match Preset::named(value) {
        Some(preset) => decoded.scenario = preset.scenario(),
        None => {
            let names: Vec<_> = PRESETS.iter().map(|preset| preset.name).collect();
            let message = format!("`p={}` is not a preset ({}). Using the defaults.", shown(value), names.join(", "));
            decoded.scenario = Scenario::default();
            decoded.warn("p", value, message);
        }
    }
}

/// A value as it may stand in a message: never longer than a line.
#[inline]
pub fn shown(value: &str) -> String {
    const MAX: usize = 60;
    if value.chars().count() <= MAX { value.to_string() } else { value.chars().take(MAX).chain(['…']).collect() }
}

impl Decoded {
    #[inline]
    fn warn(&mut self, key: &str, value: &str, message: String) {
        self.warnings.push(LinkWarning { given: format!("{}={}", shown(key), shown(value)), message });
    }

    #[inline]
    fn apply(&mut self, key: &str, value: &str) {
        if matches!(key, "v" | "p") {
            return;
        }
        if PAGE_KEYS.contains(&key) {
            self.page.retain(|(earlier, _)| earlier != key);
            self.page.push((key.to_string(), value.to_string()));
            return;
        }
        match PARAMS.iter().position(|spec| spec.key == key) {
            Some(index) => self.set(index, value),
            // At the last point: the time may have one of its own.
            None => match key.rsplit_once('.') {
                Some((at, key)) => self.schedule(at, key, value),
                None => {
                    let message = format!("`{}` is not a parameter. It is left out.", shown(key));
                    self.warn(key, value, message);
                }
            },
        }
    }

    #[inline]
    fn set(&mut self, index: usize, text: &str) {
        let spec = &PARAMS[index];
        let value = match spec.parse(text) {
            Ok(value) => value,
            Err(rejected) => {
                let instead = match &rejected {
                    Rejected::Clamped(value) => *value,
                    Rejected::Malformed(_) => spec.get(&self.scenario.params),
                };
                self.warn(spec.key, text, rejection(spec.key, text, &rejected, &format!("Using {instead}.")));
                instead
            }
        };
        spec.set(&mut self.scenario.params, value);
    }

    #[inline]
    fn schedule(&mut self, at: &str, key: &str, text: &str) {
        let full = format!("{at}.{key}");
        let left_out = |why: String| format!("`{}`: {why} It is left out.", shown(&full));
        let Some(index) = PARAMS.iter().position(|spec| spec.key == key) else {
            let message = left_out(format!("`{}` is not a parameter.", shown(key)));
            return self.warn(&full, text, message);
        };
        let Some(at) = SimDuration::parse(at).filter(|at| *at <= SimDuration::from_secs(1_000)) else {
            let message = left_out(format!("`{}` is not a time of the run such as 20s.", shown(at)));
            return self.warn(&full, text, message);
        };
        let spec = &PARAMS[index];
        if !spec.live {
            let message = left_out(format!("{key} cannot change during a run."));
            return self.warn(&full, text, message);
        }
        if self.scenario.timetable.len() >= TIMETABLE_MAX {
            let message = left_out(format!("a link may have at most {TIMETABLE_MAX} changes."));
            return self.warn(&full, text, message);
        }
        let value = match spec.parse(text) {
            Ok(value) => value,
            Err(rejected) => {
                let instead = match &rejected {
                    Rejected::Clamped(value) => format!("Using {value}."),
                    Rejected::Malformed(_) => "It is left out.".to_string(),
                };
                self.warn(&full, text, rejection(&full, text, &rejected, &instead));
                match rejected {
                    Rejected::Clamped(value) => value,
                    Rejected::Malformed(_) => return,
                }
            }
        };
        self.scenario.schedule(Change { at: SimTime::ZERO + at, param: index, value });
    }
}

#[inline]
fn rejection(key: &str, text: &str, rejected: &Rejected, instead: &str) -> String {
    let what = match rejected {
        Rejected::Malformed(expected) => format!("is not {expected}"),
        Rejected::Clamped(_) => {
            let spec = Params::spec(key.rsplit('.').next().unwrap_or(key));
            format!("is outside {}", spec.map(|spec| spec.range()).unwrap_or_default())
        }
    };
    format!("`{}={}` {what}. {instead}", shown(key), shown(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(link: &str) -> Vec<String> {
        decode(link).warnings.into_iter().map(|warning| warning.message).collect()
    }

    #[test]
    fn whole_addresses_fragments_queries_and_bare_pairs_mean_the_same() {
        let want = decode("p=two-idle&idle=7").scenario;
        for text in ["https://example.org/lab/?idle=7#v=1&p=two-idle", "#p=two-idle&idle=7", "?p=two-idle&idle=7"] {
            assert_eq!(decode(text).scenario, want, "{text}");
        }
        assert_eq!(decode("https://example.org/lab/").scenario, Scenario::default());
    }

    #[test]
    fn encoding_is_canonical_and_decodes_to_the_same_scenario() {
        for (given, canonical) in [
            ("", "v=1"),
            ("rps=400", "v=1"),
            ("idle=7&rps=0.5&seed=3", "v=1&seed=3&rps=0.5&idle=7"),
            ("25s.rps=400&20s.rps=1200&p=healthy", "v=1&p=healthy&20s.rps=1200&25s.rps=400"),
            ("loss=0.5%", "v=1&loss=0.5%"),
            ("timeout=1500us", "v=1&timeout=1500us"),
        ] {
            let scenario = decode(given).scenario;
            assert_eq!(encode(&scenario), canonical);
            assert_eq!(decode(canonical).scenario, scenario);
        }
    }

    #[test]
    fn a_preset_without_one_of_its_faults_is_written_without_the_preset() {
        let mut scenario = Preset::named("accept-queue").unwrap().scenario();
        scenario.timetable.pop();
        let link = encode(&scenario);
        assert!(!link.contains("p=accept-queue"), "{link}");
        let read = decode(&link).scenario;
        assert_eq!((read.params, read.timetable), (scenario.params, scenario.timetable));
    }

    #[test]
    fn whatever_cannot_be_used_is_named_with_what_is_used_instead() {
        assert_eq!(messages("backlog=12x"), ["`backlog=12x` is not a whole number. Using 4096."]);
        assert_eq!(messages("backlog=70000"), ["`backlog=70000` is outside 0..65535. Using 65535."]);
        assert_eq!(messages("foo=1"), ["`foo` is not a parameter. It is left out."]);
        assert_eq!(
            messages("v=9"),
            ["`v=9` was made for a newer ConnLab. Reading it as version 1: some values may differ."]
        );
        assert_eq!(messages("5s.backlog=7"), ["`5s.backlog`: backlog cannot change during a run. It is left out."]);
        assert_eq!(messages("idle=1&idle=2"), ["`idle` is given more than once. Using the last: 2."]);
        assert_eq!(decode("idle=1&idle=2").scenario.params.idle, 2);
        assert!(messages("p=nope")[0].starts_with("`p=nope` is not a preset"));
        assert_eq!(decode("theme=dark&t=5s").page.len(), 2);
    }

    #[test]
    fn presets_have_no_warnings() {
        for preset in PRESETS {
            assert_eq!(messages(preset.link), Vec::<String>::new(), "{}", preset.name);
        }
    }
}
