//! A sweep as a map: `connlab map`, against runs made one by one.

use std::fs;

use connlab::experiment::design::Design;
use connlab::experiment::map::{self, Map, Side, View};
use connlab::experiment::measure::Measure;
use connlab::link;
use connlab::summary;
use roxmltree::Document;
use serde_json::Value;

use super::command_line::{Temporary, connlab, refusal, stderr, stdout};
use super::lab;

const LINK: &str = "p=incident&duration=22s&x.workers=8,16,32&y.service=20ms,30ms&n=5&slo=fail:2%25";

#[test]
fn each_cell_is_the_mean_of_runs_with_the_same_seeds() {
    let output = connlab(&["map", LINK, "-j", "2"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let mut lines = stdout(&output).lines();
    let head = "workers,service,seeds,failed_share,low,high,threshold,commonest,link,fingerprint";
    assert_eq!(lines.next(), Some(head));
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), 6);
    let failed = Measure::named("failed_share").expect("a measure");
    for row in rows {
        let [workers, service, seeds, mean, .., link, fingerprint] = row[..] else { panic!("{row:?}") };
        let runs: Vec<_> = (1..=5)
            .map(|seed| lab::run(&format!("p=incident&duration=22s&workers={workers}&service={service}&seed={seed}")))
            .collect();
        let values: f64 = runs.iter().map(|report| (failed.value)(report).expect("requests")).sum();
        assert_eq!((seeds, mean.parse::<f64>().expect("a number")), ("5", values / 5.0), "{workers}, {service}");
        assert_eq!(fingerprint, runs[0].fingerprint);
        assert_eq!(lab::run(link).fingerprint, runs[0].fingerprint, "its link is its first run");
    }
}

#[test]
fn a_map_is_the_same_on_any_number_of_threads_and_in_any_form() {
    let csv = |threads: &str| connlab(&["map", LINK, "-j", threads]).stdout;
    assert_eq!(csv("1"), csv("5"));
    let file = Temporary::new("map.json", "");
    assert!(connlab(&["map", LINK, "-o", file.path()]).status.success());
    let document: Value = serde_json::from_str(&fs::read_to_string(file.path()).expect("a file")).expect("JSON");
    assert_eq!((&document["measure"], &document["threshold"]), (&"failed_share".into(), &0.02.into()));
    let table = String::from_utf8(csv("2")).expect("text");
    for (cell, line) in document["cells"].as_array().expect("a list").iter().zip(table.lines().skip(1)) {
        let columns: Vec<&str> = line.split(',').collect();
        assert_eq!(cell["settings"]["workers"], columns[0]);
        // serde_json reads the last digit of a number only with a feature.
        let means = [cell["mean"].as_f64(), columns[3].parse().ok()].map(|mean| mean.expect("a number"));
        assert!((means[0] - means[1]).abs() < 1e-12, "{means:?}");
        assert_eq!(cell["threshold"].as_str(), Some(columns[6]));
    }
}

#[test]
fn as_a_picture_it_says_where_it_comes_from_and_has_every_number() {
    for (link, axes) in [(LINK, 2), ("p=incident&duration=22s&x.workers=8,16,32&n=5&z=p99_ms", 1)] {
        let file = Temporary::new("map.svg", "");
        let output = connlab(&["map", link, "-o", file.path()]);
        assert!(output.status.success(), "{}", stderr(&output));
        let svg = fs::read_to_string(file.path()).expect("a file");
        let document = Document::parse(&svg).expect("valid XML");
        let run = document.descendants().find(|node| node.has_tag_name(("urn:connlab", "run"))).expect("metadata");
        let whole = run.attribute("link").expect("a link");
        assert!(whole.contains("&x.workers=8,16,32&") && whole.contains("&n=5"), "{whole}");
        assert_eq!(run.attribute("fingerprint"), Some(&*lab::run("p=incident&duration=22s").fingerprint));
        let texts: Vec<&str> = document.descendants().filter_map(|node| node.text()).collect();
        for label in ["workers", "8", "16", "32"] {
            assert!(texts.contains(&label), "no {label} in {texts:?}");
        }
        assert_eq!(texts.contains(&"↑ service time"), axes == 2, "{texts:?}");
        assert_eq!(svg.matches("stroke-dasharray=\"4 3\"").count(), 1, "the run itself");
        assert_eq!(connlab(&["map", whole]).stdout, connlab(&["map", link]).stdout, "the link in it is the map");
    }
}

#[test]
fn for_a_slide_it_is_16_to_9_whatever_is_in_it() {
    for link in [
        LINK,
        "p=incident&duration=21s&x.workers=8,16,32&n=1",
        "p=incident&duration=21s&x.workers=8,16&y.idle=1,2,3,4,5&n=1",
    ] {
        let file = Temporary::new("map.svg", "");
        assert!(connlab(&["map", link, "--thumbnail", "-o", file.path()]).status.success());
        let svg = fs::read_to_string(file.path()).expect("a file");
        let document = Document::parse(&svg).expect("valid XML");
        let size = ["width", "height"].map(|side| document.root_element().attribute(side));
        assert_eq!(size, [Some("960"), Some("540")], "{link}");
    }
}

#[test]
fn what_is_no_map_is_one_clear_line() {
    let message = refusal(&["map", "p=incident"]);
    assert!(message.starts_with("nothing is swept: the link has no x.KEY="), "{message}");
    let message = refusal(&["map", "p=incident&x.seed=1,2"]);
    assert!(message.contains("seed cannot be swept"), "{message}");
    let message = refusal(&["map", LINK, "-o", "map.pdf"]);
    assert_eq!(message, "map.pdf: a map is written into a file that ends in .svg or .png or .csv or .json");
    let message = refusal(&["map", "p=incident&x.workers=&y.rps=&n=1000"]);
    assert!(message.contains("more than 1,000,000 runs"), "{message}");
}

#[test]
fn the_sentence_of_a_map_counts_what_keeps_the_threshold() {
    let reading = Design::of(&link::decode(LINK));
    let mut filled = Map::new(reading.design);
    let measure = filled.design().measure();
    while let Some((place, recipe)) = filled.want(measure) {
        filled.learn(place, &lab::run(&link::encode(&recipe)));
    }
    let view = View { map: &filled, measure, limit: summary::limit(measure, "fail:2%") };
    let within = filled.places().filter(|place| view.side(*place) == Some(Side::Within)).count();
    let says = view.says();
    assert!((1..6).contains(&within), "{says}");
    let cells = if within == 1 { "1 cell stays".into() } else { format!("{within} cells stay") };
    assert!(says.contains(&format!("{cells} within the threshold of 2")), "{says}");
    let least = filled.places().filter_map(|place| view.mean(place)).fold(f64::INFINITY, f64::min);
    assert!(says.contains(&format!("failed requests from {}", view.amount(least))), "{says}");
    let (low, high) = view.ends().expect("numbers");
    assert_eq!((view.step(low), view.step(high)), (0, map::STEPS - 1));
    assert_eq!((view.begin(0), view.begin(map::STEPS)), (Some(low), Some(high)));
}

#[test]
fn limits_are_set_to_the_same_numbers_as_experiments_look_at() {
    let report = lab::run("p=incident&duration=22s");
    for metric in &summary::METRICS {
        let limit = if metric.key == "fail" { "50%" } else { "1s" };
        let (thresholds, _) = summary::thresholds(&format!("{}:{limit}", metric.key));
        let measure = Measure::named(metric.measure).expect("a measure");
        let verdict = summary::verdicts(&report, &thresholds).next().expect("a threshold");
        assert_eq!(verdict.value, (measure.value)(&report), "{}", metric.key);
        assert_eq!(summary::limit(measure, &format!("{}:{limit}", metric.key)), Some(thresholds[0].limit));
    }
}
