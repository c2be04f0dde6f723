//! Experiments: designs in links, what is concluded from runs, and that it is worth what it says.

use connlab::experiment::comparison::Comparison;
use connlab::experiment::design::{Axis, Design, RUNS_MAX, Seeds, usual_values};
use connlab::experiment::measure::{MEASURES, Measure};
use connlab::experiment::statistics::{Differences, LOOKS, NoInterval, Plan};
use connlab::experiment::verdict;
use connlab::link;
use connlab::params::ParamId;
use connlab::rng::{Purpose, Stream};
use connlab::summary;
use serde_json::Value;

use super::lab;

/// What `connlab compare A B --seeds 1..400 --measures failed_share --json` prints: differences of the model, in two
/// clusters, and others that are zero for many seeds.
const CLUSTERS: &str = include_str!("../data/differences/clusters.json");
const ZEROS: &str = include_str!("../data/differences/zeros.json");

/// The values of A and of B in such a file.
fn recorded(text: &str) -> (Value, Vec<[f64; 2]>) {
    let document: Value = serde_json::from_str(text).expect("JSON");
    let row = &document["measures"][0];
    let values = |side: &str| {
        row[side].as_array().expect("a list").iter().map(|value| value.as_f64().expect("a number")).collect::<Vec<_>>()
    };
    let pairs = values("a").into_iter().zip(values("b")).map(|(a, b)| [a, b]).collect();
    (document, pairs)
}

fn differences(text: &str) -> Vec<f64> {
    recorded(text).1.into_iter().map(|[a, b]| b - a).collect()
}

#[test]
fn recorded_differences_are_what_the_model_gives() {
    for text in [CLUSTERS, ZEROS] {
        let (document, pairs) = recorded(text);
        for (seed, pair) in (1_u64..).zip(&pairs).step_by(101) {
            for (side, value) in ["a", "b"].iter().zip(pair) {
                let link = format!("{}&seed={seed}", document[side].as_str().expect("a link"));
                let share = (Measure::named("failed_share").expect("it is one").value)(&lab::run(&link));
                assert!((share.expect("requests end") - value).abs() < 1e-12, "{link}: {share:?}");
            }
        }
    }
    let clusters = differences(CLUSTERS);
    let within = |low: f64, high: f64| clusters.iter().filter(|value| (low..high).contains(value)).count();
    let between = within(0.16, 0.20) as f64;
    assert!(within(0.10, 0.14) as f64 > 1.5 * between && within(0.22, 0.26) as f64 > 1.5 * between, "two clusters");
    let zeros = differences(ZEROS).iter().filter(|value| **value == 0.0).count();
    assert!((80..160).contains(&zeros), "{zeros} of 400");
}

/// The share of experiments, each with differences drawn from these, whose interval has their mean in it.
fn coverage(
    all: &[f64],
    experiments: usize,
    mut experiment: impl FnMut(&mut dyn FnMut() -> f64) -> Result<[f64; 2], NoInterval>,
) -> f64 {
    let truth = all.iter().sum::<f64>() / all.len() as f64;
    let mut stream = Stream::new(5, Purpose::Arrivals);
    let mut draw = || all[(stream.unit() * all.len() as f64) as usize];
    let (mut done, mut covered) = (0, 0);
    while done < experiments {
        if let Ok([low, high]) = experiment(&mut draw) {
            done += 1;
            covered += usize::from((low..=high).contains(&truth));
        }
    }
    covered as f64 / experiments as f64
}

fn fixed(n: usize, draw: &mut dyn FnMut() -> f64) -> Result<[f64; 2], NoInterval> {
    Differences::new((0..n).map(|_| draw()).collect(), Plan::Fixed).interval()
}

/// As a person does who stops at the first look whose interval has no zero in it.
fn looked_at(draw: &mut dyn FnMut() -> f64) -> Result<[f64; 2], NoInterval> {
    let mut values = Vec::new();
    for look in LOOKS {
        while values.len() < look {
            values.push(draw());
        }
        let differences = Differences::new(values.clone(), Plan::Looks);
        if differences.is_clear() || look == LOOKS[3] {
            return differences.interval();
        }
    }
    unreachable!("the last look ends it")
}

#[test]
fn intervals_of_the_models_own_differences_cover_in_93_to_97_per_cent() {
    for (name, all, n) in [("clusters", differences(CLUSTERS), 10), ("zeros", differences(ZEROS), 20)] {
        for n in [n, 40] {
            let share = coverage(&all, 4_000, |draw| fixed(n, draw));
            assert!((0.93..=0.97).contains(&share), "{name}, {n} seeds: {share}");
        }
    }
    let share = coverage(&differences(CLUSTERS), 1_000, looked_at);
    assert!((0.93..=0.97).contains(&share), "clusters, by looks: {share}");
    // Where it takes several looks the interval is conservative.
    let share = coverage(&differences(ZEROS), 1_000, looked_at);
    assert!((0.93..=0.99).contains(&share), "zeros, by looks: {share}");
}

fn incident_differences(change: &str, key: &str) -> Vec<f64> {
    let (a, b) = ("p=incident", format!("p=incident&{change}"));
    let measure = Measure::named(key).expect("it is one");
    let value =
        |link: &str, seed: u64| (measure.value)(&lab::run(&format!("{link}&seed={seed}"))).expect("requests end");
    (1..=20).map(|seed| value(&b, seed) - value(a, seed)).collect()
}

/// What was measured on the incident before there was an experiment to do it.
#[test]
fn on_the_incident_a_longer_backlog_adds_failures_and_two_other_changes_disagree_on_one_seed() {
    let backlog = incident_differences("somaxconn=256", "failed_share");
    assert!(backlog.iter().all(|points| (0.07..0.27).contains(points)), "{backlog:?}");
    for change in ["retries=1", "timeout=1500ms"] {
        let values = incident_differences(change, "failed");
        let differences = Differences::new(values, Plan::Fixed);
        assert_eq!(differences.agree(), 19, "{change}: {differences:?}");
    }
}

fn sentence(link: &str, values: &[f64], key: &str, plan: Plan) -> String {
    let (a, b) = (link::scenario(""), link::scenario(link));
    let measure = Measure::named(key).expect("a measure");
    verdict::sentence(&verdict::change(&a, &b), measure, &Differences::new(values.to_vec(), plan))
}

#[test]
fn a_verdict_is_one_sentence_that_claims_no_more_than_the_seeds_show() {
    let points = [0.09, 0.095, 0.10, 0.085, 0.10];
    assert_eq!(
        sentence("somaxconn=256", &points, "failed_share", Plan::Fixed),
        "somaxconn=256 instead of 4096: 9.40 points more requests fail (95 % interval 8.59 to 10.21; 5 of 5 seeds \
         agree)."
    );
    assert_eq!(
        sentence("somaxconn=256", &points.map(|value| -value), "failed_share", Plan::Looks),
        "somaxconn=256 instead of 4096: 9.40 points fewer requests fail (95 % interval 8.47 to 10.33, whichever of the \
         looks at 5, 10, 20 or 40 seeds is the last; 5 of 5 seeds agree)."
    );
    assert_eq!(
        sentence("idle=7&20s.rps=1200", &[30.0, -20.0, 45.0, 10.0, -25.0, 12.0], "p99_ms", Plan::Fixed),
        "idle=7 instead of 2, with 20s.rps=1200: no difference in p99 latency that 6 seeds can tell from chance: on \
         average the p99 is 9 ms longer, but zero is within the interval (95 % interval -20 to 37; 4 of 6 seeds go \
         that way)."
    );
    assert_eq!(
        sentence("idle=7", &[0.0; 20], "failed_share", Plan::Fixed),
        "idle=7 instead of 2: no difference in failed requests with any of 20 seeds."
    );
    assert_eq!(
        sentence("idle=7", &[128.0; 20], "peaks.accept_queue", Plan::Fixed),
        "idle=7 instead of 2: the accept queue's peak is 128 higher, the same with each of 20 seeds, so that there is \
         no spread to take an interval from."
    );
    let mut rare = [0.0; 20];
    rare[3] = 0.001;
    assert!(
        sentence("idle=7", &rare, "failed_share", Plan::Fixed)
            .contains("with all but 1 of them the difference is the same")
    );
    assert!(
        sentence("idle=7", &[0.1, 0.2], "failed_share", Plan::Fixed).contains("2 seeds are too few for an interval")
    );
}

#[test]
fn a_seed_without_an_answer_is_not_left_out() {
    let measure = Measure::named("p99_ms").expect("it is one");
    let comparison = Comparison { measure, a: vec![Some(1.0); 6], b: [vec![Some(2.0); 5], vec![None]].concat() };
    assert_eq!(comparison.means(), None);
    let said = comparison.verdict("listening=off instead of on", Plan::Fixed);
    assert!(said.contains("with 1 of 6 seeds a run has no answer to measure"), "{said}");
}

#[test]
fn a_change_is_told_with_what_it_takes_out() {
    let change = |a: &str, b: &str| verdict::change(&link::scenario(a), &link::scenario(b));
    assert_eq!(change("idle=3&seed=1", "idle=5&retries=1&seed=9"), "retries=1 instead of 0, idle=5 instead of 3");
    assert_eq!(change("20s.rps=400", "20s.rps=800"), "20s.rps=800 instead of 400");
    assert_eq!(
        change("20s.rps=500&5s.loss=1%", "25s.rps=800"),
        "with 25s.rps=800, without 5s.loss=1%, without 20s.rps=500"
    );
    assert_eq!(change("p=healthy", "p=healthy"), "The same settings");
}

fn design(text: &str) -> (Design, Vec<String>) {
    let decoded = link::decode(text);
    assert_eq!(decoded.warnings, [], "{text}");
    let reading = Design::of(&decoded);
    (reading.design, [reading.notes, reading.faults].concat())
}

fn is_page_part(part: &str) -> bool {
    link::is_page_key(part.split('=').next().unwrap_or_default())
}

#[test]
fn a_design_is_kept_in_a_link_and_changes_no_run() {
    for text in [
        "v=1&p=incident&somaxconn=256&pin.somaxconn=128",
        "v=1&p=incident&pin.20s.service=&pin.25s.rps=800&n=40",
        "v=1&seed=9&x.idle=1,2,5&y.rps=200..800&z=p99_ms&n=20",
        "v=1&x.20s.rps=400,800..1200&y.keepalive=&n=5",
    ] {
        let (read, warnings) = design(text);
        assert_eq!(warnings, Vec::<String>::new(), "{text}");
        assert_eq!(read.encode(), text, "{text}");
        let plain: Vec<&str> = text
            .split('&')
            .filter(|part| !["pin.", "x.", "y.", "z=", "n="].iter().any(|key| part.starts_with(key)))
            .collect();
        assert_eq!(plain.join("&"), text.split('&').filter(|part| !is_page_part(part)).collect::<Vec<_>>().join("&"));
        assert_eq!(link::decode(text).recipe, link::decode(&plain.join("&")).recipe, "{text}");
    }
    // By other names, in other words, escaped: the same.
    let written = design("p=incident&X.MaxIdleConnsPerHost=1,%202,5&Pin.Client.Timeout=2000ms&Z=failed").0.encode();
    assert_eq!(written, "v=1&p=incident&pin.timeout=2s&x.idle=1,2,5&z=failed");
}

#[test]
fn what_a_design_cannot_use_is_named() {
    for (text, says) in [
        (
            "x.seed=1,2",
            "`x.seed=1,2`: seed cannot be swept: it is what makes the runs of one cell differ. It is left out.",
        ),
        ("x.idel=1", "`x.idel=1`: `idel` cannot be swept: it is not a setting: did you mean idle? It is left out."),
        ("x.idle=9..2", "`x.idle=9..2`: idle: the range 9..2 is empty. It is left out."),
        ("x.idle=1&x.rps=5", "`x.rps=5`: there is one already, idle. It is left out."),
        ("z=p98_ms", "`z=p98_ms`: no measure is `p98_ms`: did you mean p90_ms or p95_ms or p99_ms? It is left out."),
        ("n=many", "`n=many`: it is not a number of seeds, 1..1000. It is left out."),
        ("pin.idel=3", "`pin.idel=3`: `idel` is not a setting: did you mean idle? It is left out."),
        ("pin.seed=3", "`pin.seed=3`: both runs have the same seed, or a difference would be luck. It is left out."),
        ("x.backlog=70000", "`backlog=70000` is outside 0..65535. Using 65535."),
        ("pin.idle=x", "`idle=x` is not a whole number. Using 2."),
        ("x.idle=&y.rps=&n=1000", "more than 1,000,000 runs. Nothing is swept."),
        ("x.idle=1,2&y.idle=3", "idle is swept twice. Nothing is swept."),
    ] {
        let (_, warnings) = design(text);
        assert!(warnings.len() == 1 && warnings[0].ends_with(says), "{text}: {warnings:?}");
    }
}

#[test]
fn a_range_has_both_ends_and_the_stops_between() {
    let values = |text: &str| {
        let (design, _) = design(text);
        design.axes[0].values().iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(values("x.somaxconn=64..200"), "64 80 100 120 150 200");
    assert_eq!(values("x.timeout=1s..2s"), "1s 1200ms 1500ms 2s");
    assert_eq!(values("x.idle=5..5,1,5,1"), "5 1");
    assert_eq!(values("x.keepalive="), "on off");
    let all = design("x.workers=").0;
    let stops = all.axes[0].values();
    assert!(stops.len() > 20 && stops.len() < 100, "{} stops", stops.len());
}

#[test]
fn a_run_of_a_design_is_known_by_its_place() {
    let (design, _) = design("p=incident&seed=7&x.idle=1,2&y.retries=0,1,3&n=4");
    let seeds = design.seeds();
    assert_eq!((design.cells(), design.runs(seeds)), (6, 24));
    let run = design.run(seeds, 17);
    assert_eq!((run.seed, run.recipe.scenario.params.idle, run.recipe.scenario.params.retries), (8, 2, 1));
    assert_eq!(run.settings, [("idle".to_string(), "2".to_string()), ("retries".into(), "1".into())]);
    for index in 0..24 {
        assert_eq!(design.run(seeds, index).seed, 7 + index % 4, "the seed of a replication, in every cell");
    }
    assert_eq!(design.run(seeds, 0).recipe.scenario.params.seed, design.recipe.scenario.params.seed);
    assert_eq!(Seeds { first: (1 << 53) - 1, count: 3 }.iter().collect::<Vec<_>>(), [(1 << 53) - 1, 0, 1]);
    let many = Seeds { first: 1, count: RUNS_MAX };
    assert!(design.check(many).is_err() && design.check(Seeds { count: RUNS_MAX / 6, ..many }).is_ok());
}

/// Thresholds and experiments tell the same numbers.
#[test]
fn a_measure_is_the_threshold_of_that_name() {
    let report = lab::run("p=incident");
    let (thresholds, faults) = summary::thresholds("fail:1,avg:1s,p50:1s,p90:1s,p95:1s,p99:1s,p99.9:1s,max:1s");
    assert_eq!(faults, Vec::<String>::new());
    let keys = ["failed_share", "mean_ms", "p50_ms", "p90_ms", "p95_ms", "p99_ms", "p999_ms", "max_ms"];
    let measured = keys.map(|key| (Measure::named(key).expect(key).value)(&report));
    assert_eq!(summary::verdicts(&report, &thresholds).map(|verdict| verdict.value).collect::<Vec<_>>(), measured);
}

#[test]
fn every_measure_has_its_own_key_and_reads_both_ways() {
    for (i, measure) in MEASURES.iter().enumerate() {
        assert!(MEASURES[..i].iter().all(|other| other.key != measure.key), "{}", measure.key);
        assert!(measure.change.iter().all(|words| words.matches("{}").count() == 1), "{}", measure.key);
        assert_ne!(measure.difference(1.0, 1.0), measure.difference(-1.0, 1.0));
    }
    let document = include_str!("../../docs/experiments.md");
    for measure in &MEASURES {
        let row = format!("| `{}` | {}", measure.key, measure.title);
        assert!(document.contains(&row), "docs/experiments.md has no row {row}");
    }
    // One with a point is the path of the JSON report.
    let report = lab::run("p=incident&duration=21s");
    let json = serde_json::to_value(&report).expect("plain data");
    for measure in MEASURES.iter().filter(|measure| measure.key.contains('.')) {
        let (outer, inner) = measure.key.split_once('.').expect("a point");
        assert_eq!((measure.value)(&report), json[outer][inner].as_f64(), "{}", measure.key);
    }
}

#[test]
fn a_map_that_nobody_has_chosen_is_around_the_run() {
    let usual = |key: &str, link: &str, count| {
        let param = ParamId::with_key(key).expect("a setting");
        usual_values(param, param.spec().get(&link::scenario(link).params), count)
    };
    assert_eq!(usual("workers", "workers=16", 5), "8,12,16,25,40");
    assert_eq!(usual("idle", "idle=2", 6), "2,4,6", "there is little below; 0 means the default");
    assert_eq!(usual("abort-on-overflow", "", 8), "", "a switch has two values");
    for spec in connlab::params::PARAMS {
        let text = usual_values(spec.id, spec.get(&link::scenario("p=incident").params), 11);
        if spec.id != ParamId::seed {
            let axis = Axis::parse(spec.key, &text).map(|(axis, warnings)| (axis.values().len(), warnings));
            assert!(axis.as_ref().is_ok_and(|(n, warnings)| *n > 0 && warnings.is_empty()), "{}: {axis:?}", spec.key);
        }
    }
}
