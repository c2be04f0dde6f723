//! Links are an interface: whatever somebody shared must mean the same for ever, and nothing typed may break the page.
//!
//! Also the home of the random scenarios with which other modules look for broken invariants.

use std::collections::BTreeSet;
use std::fmt;

use connlab::link::{self, EXPERIMENT_PREFIXES, PAGE_KEYS, Recipe};
use connlab::params::{Kind, PARAMS, ParamId, ParamSpec, Value};
use connlab::preset::PRESETS;
use connlab::quantity::{Decimal, Percent, Rate};
use connlab::scenario::{Change, Scenario};
use connlab::sim::Sim;
use connlab::time::{SimDuration, SimTime};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::RngSeed;

use super::fuzz::targets::{self, comes_too_late};

/// Every run of the tests tries the same cases, so that a failure is everybody's. `PROPTEST_RNG_SEED=7` tries others,
/// `PROPTEST_CASES=5000` more of them.
pub fn cases(cases: u32) -> ProptestConfig {
    let from_environment = ProptestConfig::default();
    let is_set = |name| std::env::var_os(name).is_some();
    ProptestConfig {
        cases: if is_set("PROPTEST_CASES") { from_environment.cases } else { cases },
        rng_seed: if is_set("PROPTEST_RNG_SEED") { from_environment.rng_seed } else { RngSeed::Fixed(1) },
        failure_persistence: None,
        // A failing link may be long to run: a shorter one is worth half a minute, not ten.
        max_shrink_iters: 500,
        ..from_environment
    }
}

/// Narrower ranges for some keys than the table's; both ends included.
pub type Bounds = [(&'static str, &'static str, &'static str)];

/// Keeps a run at a few ten thousand events. Service and waiting times stay below the length of the run, or nothing
/// would ever happen in it.
pub const CHEAP: &Bounds = &[
    ("duration", "1s", "3s"),
    ("tail", "0s", "5s"),
    ("rps", "0.1", "2000"),
    ("callers", "1", "200"),
    ("think", "1ms", "2s"),
    ("burst", "1", "300"),
    ("burst-every", "20ms", "2s"),
    ("clients", "1", "20"),
    ("service", "0s", "2s"),
    ("timeout", "0s", "5s"),
    ("idle", "0", "200"),
    ("backlog", "0", "200"),
];

/// A random scenario that a failing test prints as its link.
#[derive(Clone)]
pub struct Case(pub Scenario);

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&link::encode(&self.0.clone().into()))
    }
}

/// Any scenario the table allows within `bounds`: about a third of the rows changed, and up to four changes on the way.
pub fn scenarios(bounds: &'static Bounds) -> impl Strategy<Value = Case> {
    let rows: Vec<_> = (PARAMS.iter())
        .map(|spec| {
            let limited = bounds.iter().any(|(key, ..)| *key == spec.key);
            // What must be cheap may not stay at its default either.
            prop::option::weighted(if limited { 0.999 } else { 0.3 }, values(spec, bounds))
        })
        .collect();
    let live: Vec<ParamId> = PARAMS.iter().filter(|spec| spec.live).map(|spec| spec.id).collect();
    let change = select(live).prop_flat_map(|param| (0..4_000u64, Just(param), values(param.spec(), bounds)));
    (rows, prop::collection::vec(change, 0..5)).prop_map(|(rows, changes)| {
        let mut scenario = Scenario::default();
        for (spec, value) in PARAMS.iter().zip(rows) {
            if let Some(value) = value {
                spec.set(&mut scenario.params, value);
            }
        }
        for (at_ms, param, value) in changes {
            scenario.schedule(Change { at: SimTime::ZERO + SimDuration::from_millis(at_ms), param, value });
        }
        Case(scenario)
    })
}

/// A legal value of a row: both ends and the slider's stops, which are about evenly spaced on a logarithmic scale, and
/// numbers between them.
fn values(spec: &'static ParamSpec, bounds: &Bounds) -> BoxedStrategy<Value> {
    match spec.kind {
        Kind::Switch => return any::<bool>().prop_map(Value::Switch).boxed(),
        Kind::Choice(names) => return select(names.to_vec()).prop_map(Value::Choice).boxed(),
        _ => {}
    }
    let (low, high) = match bounds.iter().find(|(key, ..)| *key == spec.key) {
        Some((_, low, high)) => [low, high].map(|text| spec.size(spec.parse(text).expect("a legal bound"))).into(),
        None => (spec.size(spec.stops()[0]), spec.size(*spec.stops().last().expect("stops"))),
    };
    let mut stops: Vec<u64> =
        spec.stops().into_iter().map(|stop| spec.size(stop)).filter(|n| (low..=high).contains(n)).collect();
    stops.extend([low, high]);
    stops.sort_unstable();
    let between = (any::<Index>(), any::<u64>(), Just(stops.clone())).prop_map(|(index, n, stops)| {
        let i = index.index(stops.len() - 1);
        stops[i] + n % (stops[i + 1] - stops[i] + 1)
    });
    prop_oneof![3 => select(stops), 1 => between].prop_map(|n| with_size(spec, n)).boxed()
}

fn with_size(spec: &ParamSpec, n: u64) -> Value {
    let small = || u32::try_from(n).expect("within the row's range");
    match spec.kind {
        Kind::Duration { .. } => Value::Duration(SimDuration::from_nanos(n)),
        Kind::Count { .. } => Value::Count(n),
        Kind::Rate { .. } => Value::Rate(Rate::from_milli(n)),
        Kind::Percent { .. } => Value::Percent(Percent::from_ppm(small())),
        Kind::Decimal { .. } => Value::Decimal(Decimal::from_milli(small())),
        Kind::Switch | Kind::Choice(_) => unreachable!("{} is no number", spec.key),
    }
}

/// The same scenario, as somebody has made it from a preset; its faults may have been taken out.
fn with_preset(mut scenario: Scenario, preset: Option<(Index, bool)>) -> Recipe {
    let Some((index, keeps_faults)) = preset else { return scenario.into() };
    let preset = Recipe::of(&PRESETS[index.index(PRESETS.len())]);
    if keeps_faults {
        preset.scenario.timetable.iter().for_each(|change| scenario.schedule(*change));
    }
    preset.with(&scenario)
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn any_legal_scenario_survives_its_link(
        Case(scenario) in scenarios(&[]),
        preset in prop::option::of(any::<(Index, bool)>()),
    ) {
        let recipe = with_preset(scenario, preset);
        let text = link::encode(&recipe);
        prop_assert!(
            text.chars().all(|c| c.is_ascii_alphanumeric() || "-._=&%".contains(c)),
            "characters that a link must not have: {text}"
        );
        let read = link::decode(&text);
        prop_assert!(read.warnings.iter().all(comes_too_late), "{}: {:?}", text, read.warnings);
        prop_assert_eq!(&read.recipe, &recipe, "{}", text);
        prop_assert_eq!(link::encode(&read.recipe), text);
    }
}

/// Things that stand where a key should: real ones, nearly real ones, timetable keys, nonsense.
fn any_key() -> impl Strategy<Value = String> {
    let known = || select(PARAMS.iter().map(|spec| spec.key).chain(PAGE_KEYS.iter().copied()).collect::<Vec<_>>());
    prop_oneof![
        6 => known().prop_map(str::to_string),
        1 => known().prop_map(str::to_uppercase),
        2 => (any_value(), known()).prop_map(|(at, key)| format!("{at}.{key}")),
        2 => (select(EXPERIMENT_PREFIXES), known()).prop_map(|(prefix, key)| format!("{prefix}.{key}")),
        1 => select(vec!["v", "p", "", ".", "20s.", ".rps", "20s.20s.rps", "%72ps"]).prop_map(str::to_string),
        1 => any::<String>(),
    ]
}

/// Things that stand where a value should.
fn any_value() -> impl Strategy<Value = String> {
    let unit = || select(vec!["", "ns", "us", "ms", "s", "m", "h", "%", "%25", "%2", "x"]);
    let names = || select(PRESETS.iter().map(|preset| preset.name).collect::<Vec<_>>());
    let words = vec!["on", "off", "closed", "burst", "POST", "1.4", "go", "bsd", "none", "uniform", "lognormal", "2"];
    prop_oneof![
        4 => (0..5_000u32, unit()).prop_map(|(n, unit)| format!("{n}{unit}")),
        2 => (any::<u64>(), unit()).prop_map(|(n, unit)| format!("{n}{unit}")),
        1 => (any::<u64>(), any::<u64>(), unit()).prop_map(|(whole, rest, unit)| format!("{whole}.{rest}{unit}")),
        1 => (any::<f64>(), unit()).prop_map(|(n, unit)| format!("{n}{unit}")),
        4 => select(words).prop_map(str::to_string),
        1 => names().prop_map(str::to_string),
        1 => (0..500u32, 0..500u32, unit()).prop_map(|(low, high, unit)| format!("{low}{unit}..{high}{unit},7")),
        1 => "[0-9]{1,60}",
        1 => any::<String>(),
    ]
}

/// Text that somebody might have mangled into the address bar.
fn any_link() -> impl Strategy<Value = String> {
    let pair = prop_oneof![
        9 => (any_key(), any_value()).prop_map(|(key, value)| format!("{key}={value}")),
        1 => any_key(),
        1 => any::<String>(),
    ];
    let before = select(vec!["", "#", "?", "https://example.org/lab/#", "https://example.org/?", "##", "#?", "?a=b#"]);
    let between = select(vec!["&", "&", "&", "&&", "&amp;", "&#"]);
    (before, prop::collection::vec(pair, 0..12), between)
        .prop_map(|(before, pairs, between)| format!("{before}{}", pairs.join(between)))
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![9 => any_link(), 1 => any::<String>()]
}

proptest! {
    #![proptest_config(cases(10_000))]

    #[test]
    fn any_text_at_all_reads_as_a_scenario_that_has_a_clean_link(text in any_text()) {
        let read = link::decode(&text);
        for warning in &read.warnings {
            prop_assert!(warning.message.chars().count() < 400, "not a notice but a novel: {warning}");
        }
        if read.page.iter().any(|(key, _)| key.contains('.')) {
            targets::experiment(&read);
        }
        let clean = link::decode(&link::encode(&read.recipe));
        prop_assert!(clean.warnings.iter().all(comes_too_late), "{}: {:?}", text, clean.warnings);
        prop_assert_eq!(&clean.recipe, &read.recipe, "{}", text);
    }
}

proptest! {
    #![proptest_config(cases(300))]

    /// Within a budget of events, for some legal links are more work than a test has time for.
    #[test]
    fn any_text_at_all_runs(text in any_link()) {
        let mut scenario = link::scenario(&text);
        // A port table for each of a thousand hosts is allowed, but takes 130 MB.
        scenario.params.clients = scenario.params.clients.min(50);
        let mut sim = Sim::new(&scenario);
        sim.advance(sim.end(), 30_000);
        let requests = sim.report().requests;
        prop_assert_eq!(requests.offered, requests.ok + requests.failed + requests.in_flight);
    }
}

/// A link, a tab and its canonical link a line; lines without a tab are comments. Lines are only ever added: each of
/// these links is out in the world.
const FROZEN: &str = include_str!("../data/links.txt");

fn frozen() -> impl Iterator<Item = (&'static str, &'static str)> {
    FROZEN.lines().filter_map(|line| line.split_once('\t'))
}

#[test]
fn every_link_ever_shared_still_means_the_same() {
    for (given, canonical) in frozen() {
        assert_eq!(link::encode(&link::decode(given).recipe), canonical, "{given}");
        let clean = link::decode(canonical);
        assert!(clean.warnings.iter().all(comes_too_late), "{canonical}: {:?}", clean.warnings);
        assert_eq!(link::encode(&clean.recipe), canonical);
    }
}

/// A value equal to the default is left out of the canonical link, so a line such as `rps=400`, tab, `v=1` freezes the
/// default itself, and one with another value freezes the key and the form of its values.
#[test]
fn a_shared_link_holds_every_key_to_its_default_and_its_form() {
    for spec in PARAMS {
        let default = format!("{}={}", spec.key, spec.default_value());
        assert!(
            frozen().any(|(given, canonical)| given.split('&').any(|part| part == default) && canonical == "v=1"),
            "no frozen link has {default}: add a line for it to tests/data/links.txt"
        );
        let key = format!("{}=", spec.key);
        assert!(
            frozen().any(|(_, canonical)| canonical.split('&').any(|part| part.starts_with(&key))),
            "no frozen link sets {} to another value: add a line for it to tests/data/links.txt",
            spec.key
        );
    }
}

#[test]
fn a_shared_link_holds_every_preset_to_its_name() {
    let used: BTreeSet<_> =
        frozen().filter_map(|(_, link)| link.split('&').find_map(|p| p.strip_prefix("p="))).collect();
    let names: BTreeSet<_> = PRESETS.iter().map(|preset| preset.name).collect();
    assert_eq!(used, names, "tests/data/links.txt has one line or more for each preset: `p=NAME&seed=4242`");
}
