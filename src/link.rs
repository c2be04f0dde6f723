//! Links: a scenario as text that people can read, edit and share.
//!
//! `v=1&p=incident&idle=2&20s.rps=1200`: only what differs from the preset (without `p`: from the defaults), in table
//! order, then the timetable by time; `20s.service=` without a value takes a change of the preset out. Decoding never
//! fails: whatever cannot be used is named in a [`LinkWarning`] together with what is used instead, and the rest of the
//! link stands.
//!
//! What a link says in words that its version reads is never read differently. A part that no reader of a version took,
//! each of them naming it in a warning, has no meaning in it: a later one may read it (`Idle=7`, `idle=+1`) without a
//! new version, as it may know keys that are added.

mod plain;
mod recipe;
mod warning;

use crate::params::names;
use crate::params::{Group, ParamId, ParamSpec, Rejected, Value};
use crate::preset::Preset;
use crate::scenario::{Change, Scenario};
use crate::teaching::WHO;
use crate::time::{SimDuration, SimTime};
pub use plain::plain;
use recipe::entry;
pub use recipe::{Recipe, differences, encode};
pub use warning::LinkWarning;

/// The version of the link format and of the defaults and presets that belong to it.
pub const VERSION: u32 = 1;

/// Keys that belong to the page and to experiments, and do not change the run.
pub const PAGE_KEYS: &[&str] = &[
    "t", "view", "theme", "set", "show", "chart", "size", "slo", "z", "n", "lesson", "said", "because", "learned",
    "who", "fp", "lock", "unlock", "hide", "groups", "pin",
];

/// What stands, with a point behind it, before the key of a setting that an experiment changes (`x.idle=1,2,5`): it
/// does not change the run either. `experiment::design` reads it.
pub const EXPERIMENT_PREFIXES: &[&str] = &["pin", "x", "y"];

/// The values of those that have a few; the first is used where another word stands.
const PAGE_VALUES: &[(&str, &[&str])] =
    &[("view", &["workbench", "projector", "embed", "start"]), ("theme", &["system", "light", "dark"])];

/// Keys that are kept for a later version of the page.
const WITHOUT_EFFECT: &[&str] = &["pin"];

/// More changes than this in one timetable are not a scenario but an accident.
const TIMETABLE_MAX: usize = 1_000;

/// No run is as long.
const TIME_MAX: SimDuration = SimDuration::from_secs(100 * 86_400);

/// What a link says.
#[derive(Clone, Debug, Default)]
pub struct Decoded {
    /// The run, and what it starts from.
    pub recipe: Recipe,
    /// Keys of the page and of experiments with their values, in the order of the link.
    pub page: Vec<(String, String)>,
    /// What could not be used as written.
    pub warnings: Vec<LinkWarning>,
    /// Whether it says what to run, and not only how to show it.
    pub names_a_run: bool,
    /// Whether it says its version, as every link does that a program wrote, or its preset: then it is complete.
    pub is_complete: bool,
}

/// What a key is the name of.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Target<'a> {
    Version,
    Preset,
    Page(&'static str),
    /// A prefix of experiments, and what stands behind its point.
    Experiment(&'static str, &'a str),
    Start(ParamId),
    Change(SimDuration, ParamId),
}

/// Reads a whole address, a fragment, a query or bare `key=value&...`, escaped or not.
#[inline]
pub fn decode(text: &str) -> Decoded {
    decode_on(&Recipe::default(), text)
}

/// The same, where what the link does not say is as in `base`; a preset in the link takes its place.
#[inline]
pub fn decode_on(base: &Recipe, text: &str) -> Decoded {
    let mut decoded = Decoded { recipe: base.clone(), ..Decoded::default() };
    let text = plain(text);
    let pairs = pairs(&text);
    let targets: Vec<Option<Target>> = pairs.iter().map(|(key, _)| target(key)).collect();
    let only_shows = |target: &Option<Target>| matches!(target, Some(Target::Page(_) | Target::Experiment(..)));
    decoded.names_a_run = !targets.iter().all(only_shows);
    decoded.is_complete = targets.iter().flatten().any(|target| matches!(target, Target::Version | Target::Preset));
    // The base must be known before what differs from it, wherever they stand in the link.
    for (target, (_, value)) in targets.iter().zip(&pairs) {
        match target {
            Some(Target::Version) => decoded.check_version(value),
            Some(Target::Preset) => decoded.choose_preset(value),
            _ => {}
        }
    }
    for (i, (target, (key, value))) in targets.iter().zip(&pairs).enumerate() {
        if target.is_some() && targets[..i].contains(target) {
            decoded.warn(key, value, warning::given_twice(key, value));
        }
        decoded.apply(*target, key, value);
    }
    decoded.name_what_comes_too_late();
    decoded
}

/// What a link describes, for whoever asks for no warnings: `Sim::new(&link::scenario("p=incident"))`.
#[inline]
pub fn scenario(text: &str) -> Scenario {
    decode(text).recipe.scenario
}

/// The `key=value` pairs of an address: those of the query, then those of the fragment.
#[inline]
fn pairs(text: &str) -> Vec<(&str, &str)> {
    let (before, fragment) = text.split_once('#').unwrap_or((text, ""));
    let query = match before.split_once('?') {
        Some((_, query)) => query,
        None if before.contains("://") || text.contains('#') => "",
        None => before,
    };
    (query.split('&').chain(fragment.split('&')))
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .map(|(key, value)| (key.trim(), value.trim()))
        .filter(|(key, value)| !key.is_empty() || !value.is_empty())
        .collect()
}

/// What a key means, by whichever name; `None` if nothing.
#[inline]
fn target(key: &str) -> Option<Target<'_>> {
    let page = || PAGE_KEYS.iter().find(|known| known.eq_ignore_ascii_case(key));
    match key {
        "v" | "V" => Some(Target::Version),
        "p" | "P" => Some(Target::Preset),
        _ => page().map(|key| Target::Page(key)).or_else(|| experiment(key)).or_else(|| {
            let (at, param) = setting(key)?;
            Some(at.map_or(Target::Start(param), |at| Target::Change(at, param)))
        }),
    }
}

/// `x.idle`, `pin.20s.rps`.
#[inline]
fn experiment(key: &str) -> Option<Target<'_>> {
    let (prefix, rest) = key.split_once('.')?;
    let prefix = EXPERIMENT_PREFIXES.iter().find(|known| known.eq_ignore_ascii_case(prefix))?;
    Some(Target::Experiment(prefix, rest))
}

/// The setting that a key means, by whichever name, and since when it has the value where that is not the start.
#[inline]
pub fn setting(key: &str) -> Option<(Option<SimDuration>, ParamId)> {
    names::param(key).map(|param| (None, param)).or_else(|| {
        let (at, name) = times(key).find(|(_, name)| names::param(name).is_some())?;
        Some((Some(at), names::param(name)?))
    })
}

/// The value of a setting as a link has it behind this key, and a sentence about it where it is not quite what was
/// written.
///
/// # Errors
/// What is wrong with it, as the end of a sentence.
#[inline]
pub fn value(spec: &ParamSpec, key: &str, text: &str) -> Result<(Value, Option<String>), String> {
    match spec.parse(&translated(key, spec, text)) {
        Ok(value) => Ok((inverted(spec, value, key), None)),
        Err(Rejected::Clamped(value)) => Ok((value, Some(warning::clamped(key, text, spec, value)))),
        Err(Rejected::Rounded(value)) => Ok((value, Some(warning::rounded(key, text, spec, value)))),
        Err(Rejected::Malformed(what)) => Err(what),
    }
}

/// A recipe changed by what `text` says, as a link says it without `v` and `p`: `somaxconn=128&20s.rps=`.
#[inline]
pub fn amended(recipe: &Recipe, text: &str) -> Decoded {
    let mut decoded = Decoded { recipe: recipe.clone(), ..Decoded::default() };
    for (key, value) in pairs(text) {
        decoded.apply(target(key), key, value);
    }
    decoded
}

/// Whether a key of a link does not change the run.
#[inline]
pub fn is_page_key(key: &str) -> bool {
    matches!(target(key), Some(Target::Page(_) | Target::Experiment(..)))
}

/// The ways to read a key as a time and a name: both may have points of their own.
#[inline]
fn times(key: &str) -> impl Iterator<Item = (SimDuration, &str)> {
    key.match_indices('.').filter_map(|(i, _)| Some((SimDuration::parse(&key[..i])?, &key[i + 1..])))
}

/// What a value behind one of the real names is behind the key, where the two differ.
#[inline]
fn translated(name: &str, spec: &ParamSpec, value: &str) -> String {
    let is_key = name.rsplit('.').next().is_some_and(|name| name.eq_ignore_ascii_case(spec.key));
    match spec.id {
        // Go takes 0 for its default, and a negative number for none.
        ParamId::idle if !is_key && value == "0" => "2".into(),
        ParamId::idle if !is_key && value.starts_with('-') => "0".into(),
        // The sysctl has the first port and the last.
        ParamId::ports => {
            let ends = value
                .split_once([' ', '-'])
                .and_then(|(low, high)| Some((low.parse::<u32>().ok()?, high.trim().parse::<u32>().ok()?)));
            ends.and_then(|(low, high)| high.checked_sub(low)).map_or(value.into(), |more| (more + 1).to_string())
        }
        _ => value.into(),
    }
}

/// Switches a Go program names the other way round.
#[inline]
fn inverted(spec: &ParamSpec, value: Value, name: &str) -> Value {
    match value {
        Value::Switch(on) if names::is_inverted(spec, name) => Value::Switch(!on),
        value => value,
    }
}

impl Decoded {
    #[inline]
    fn warn(&mut self, key: &str, value: &str, message: String) {
        self.warnings.push(LinkWarning::new(key, value, message));
    }

    #[inline]
    fn check_version(&mut self, value: &str) {
        if value.parse() != Ok(VERSION) {
            self.warn("v", value, warning::wrong_version(value));
        }
    }

    #[inline]
    fn choose_preset(&mut self, value: &str) {
        match Preset::named(value) {
            Some(preset) => self.recipe = Recipe::of(preset),
            None => {
                self.recipe = Recipe::default();
                self.warn("p", value, warning::no_preset(value));
            }
        }
    }

    #[inline]
    fn apply(&mut self, target: Option<Target>, key: &str, value: &str) {
        match target {
            Some(Target::Version | Target::Preset) => {}
            Some(Target::Page(page_key)) => self.show(page_key, value),
            Some(Target::Experiment(prefix, rest)) => self.keep(format!("{prefix}.{rest}"), value.into()),
            Some(Target::Start(param)) => self.set(param, key, value),
            Some(Target::Change(at, param)) => self.schedule(at, param, key, value),
            None => self.warn(key, value, warning::unknown(key, times(key).next().map(|(_, name)| name))),
        }
    }

    #[inline]
    fn show(&mut self, key: &'static str, value: &str) {
        let known = PAGE_VALUES.iter().find(|(name, _)| *name == key).map_or(&[][..], |(_, known)| known);
        let mut value = value.to_string();
        if WITHOUT_EFFECT.contains(&key) {
            self.warn(key, &value, warning::not_yet(key, &value));
        } else if !known.is_empty() {
            value.make_ascii_lowercase();
            if !known.contains(&&*value) {
                self.warn(key, &value, warning::no_such_view(key, &value, known));
                value = known[0].into();
            }
        }
        self.keep(key.into(), value);
    }

    #[inline]
    fn keep(&mut self, key: String, value: String) {
        self.page.retain(|(earlier, _)| *earlier != key);
        self.page.push((key, value));
    }

    #[inline]
    fn set(&mut self, param: ParamId, key: &str, text: &str) {
        let spec = param.spec();
        self.page.retain(|(known, _)| known != spec.key);
        if param == ParamId::seed && text.eq_ignore_ascii_case(WHO) {
            self.keep(spec.key.into(), WHO.into());
            return self.warn(key, text, warning::nobody_asked(key, text, spec.get(&self.recipe.scenario.params)));
        }
        let value = self.read(spec, key, text).unwrap_or_else(|what| {
            let old = spec.get(&self.recipe.scenario.params);
            self.warn(key, text, warning::malformed(key, text, &what, &format!("Using {old}.")));
            old
        });
        spec.set(&mut self.recipe.scenario.params, value);
    }

    #[inline]
    fn schedule(&mut self, at: SimDuration, param: ParamId, key: &str, text: &str) {
        let spec = param.spec();
        let fault = match () {
            () if at > TIME_MAX => Some("is later than any run".to_string()),
            () if !spec.live => Some(format!("has no effect: {} cannot change during a run", spec.key)),
            () if self.recipe.scenario.timetable.len() >= TIMETABLE_MAX => {
                Some(format!("is one too many: a link may have {TIMETABLE_MAX} changes"))
            }
            () => None,
        };
        if let Some(fault) = fault {
            return self.warn(key, text, warning::left_out(key, &fault));
        }
        let at = SimTime::ZERO + at;
        let timetable = &mut self.recipe.scenario.timetable;
        if text.is_empty() && timetable.iter().any(|change| (change.at, change.param) == (at, param)) {
            return timetable.retain(|change| (change.at, change.param) != (at, param));
        }
        match self.read(spec, key, text) {
            Ok(value) => self.recipe.scenario.schedule(Change { at, param, value }),
            Err(what) => self.warn(key, text, warning::malformed(key, text, &what, "It is left out.")),
        }
    }

    /// The value of a row, with a word about it where it is not quite what was written; or what is wrong.
    #[inline]
    fn read(&mut self, spec: &ParamSpec, key: &str, text: &str) -> Result<Value, String> {
        let (value, warning) = value(spec, key, text)?;
        warning.into_iter().for_each(|warning| self.warn(key, text, warning));
        Ok(value)
    }

    /// Names the link's own changes that come when there is nothing left to change. Those of its preset are not written
    /// in the link: a visitor who made the run shorter did not ask for them.
    #[inline]
    fn name_what_comes_too_late(&mut self) {
        let load_ends = SimTime::ZERO + self.recipe.scenario.params.duration;
        let presets = self.recipe.base().timetable;
        for change in self.recipe.scenario.timetable.iter().filter(|change| !presets.contains(change)) {
            let (end, what) = match change.spec().group {
                Group::Load => (load_ends, "the load ends"),
                _ => (self.recipe.scenario.end(), "the run ends"),
            };
            if change.at >= end {
                self.warnings.push(warning::too_late(&entry(change), what, end));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset::PRESETS;

    fn messages(link: &str) -> Vec<String> {
        decode(link).warnings.into_iter().map(|warning| warning.message).collect()
    }

    #[test]
    fn whole_addresses_fragments_queries_and_bare_pairs_mean_the_same() {
        let want = decode("p=two-idle&idle=7").recipe;
        for text in [
            "https://example.org/lab/?idle=7#v=1&p=two-idle",
            "#p=two-idle&idle=7",
            "?p=two-idle&idle=7",
            "#p%3Dtwo-idle%26idle%3D7",
            "https://example.org/lab/%23p=two-idle&amp;idle=7",
            "[the lab](https://example.org/lab/#p=two-idle&idle=7).",
            "P=Two-Idle&MaxIdleConnsPerHost=7",
        ] {
            assert_eq!(decode(text).recipe, want, "{text}");
        }
        assert_eq!(decode("https://example.org/lab/").recipe, Recipe::default());
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
            let recipe = decode(given).recipe;
            assert_eq!(encode(&recipe), canonical);
            assert_eq!(decode(canonical).recipe, recipe);
        }
    }

    #[test]
    fn a_preset_without_one_of_its_faults_is_still_that_preset() {
        let mut recipe = Recipe::of(Preset::named("accept-queue").unwrap());
        let gone = recipe.scenario.timetable.pop().unwrap();
        assert_eq!(encode(&recipe), "v=1&p=accept-queue&12s.accepting=");
        assert_eq!(decode(&encode(&recipe)).recipe, recipe);
        recipe.scenario.schedule(Change { at: gone.at + SimDuration::from_secs(1), ..gone });
        assert_eq!(encode(&recipe), "v=1&p=accept-queue&12s.accepting=&13s.accepting=on");
        assert_eq!(decode(&encode(&recipe)).recipe, recipe);
        assert_eq!(messages("p=accept-queue&12s.accepting="), Vec::<String>::new());
        assert_eq!(messages("12s.accepting=").len(), 1, "nothing there to take out");
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
        assert_eq!(messages("5s.backlog=7"), ["`5s.backlog` has no effect: backlog cannot change during a run."]);
        assert_eq!(messages("idle=1&idle=2"), ["`idle` is given more than once. Using the last: 2."]);
        assert_eq!(scenario("idle=1&idle=2").params.idle, 2);
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
