//! `connlab compare`: two links with the same seeds.

use connlab::experiment::measure::Measure;
use serde_json::Value;

use super::command_line::{connlab, refusal, stderr, stdout};
use super::lab;

fn compare(args: &[&str]) -> String {
    let output = connlab(&[&["compare"], args].concat());
    assert!(output.status.success() && stderr(&output).is_empty(), "{args:?}: {}", stderr(&output));
    stdout(&output).to_string()
}

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&compare(&[args, &["--json"]].concat())).expect("JSON")
}

/// Short, and it fails now and then.
const A: &str = "p=incident&duration=22s";
const B: &str = "p=incident&duration=22s&workers=14";

#[test]
fn the_values_are_those_of_the_runs_with_the_same_seeds() {
    let document = json(&[A, B, "--seeds", "3..9", "--measures", "failed_share,peaks.accept_queue", "-j", "3"]);
    assert_eq!(document["seeds"], serde_json::json!([3, 4, 5, 6, 7, 8, 9]));
    assert_eq!(document["a"], "v=1&p=incident&seed=3&duration=22s");
    assert_eq!(document["b"], "v=1&p=incident&seed=3&duration=22s&workers=14");
    for row in document["measures"].as_array().expect("rows") {
        let measure = Measure::named(row["measure"].as_str().expect("a key")).expect("a measure");
        for (side, link) in [("a", A), ("b", B)] {
            let want: Vec<Option<f64>> =
                (3..=9).map(|seed| (measure.value)(&lab::run(&format!("{link}&seed={seed}")))).collect();
            let told: Vec<Option<f64>> = row[side].as_array().expect("values").iter().map(Value::as_f64).collect();
            let is_same = |(told, want): (&Option<f64>, &Option<f64>)| (told.unwrap() - want.unwrap()).abs() < 1e-12;
            assert!(told.len() == 7 && told.iter().zip(&want).all(is_same), "{} of {side}: {told:?}", measure.key);
        }
    }
}

#[test]
fn the_interval_is_students_and_the_sentence_says_it() {
    let document = json(&[A, B, "--seeds", "1..8"]);
    let row = &document["measures"][0];
    let value = |side: &str, i: usize| row[side][i].as_f64().expect("a number");
    let differences: Vec<f64> = (0..8).map(|i| value("b", i) - value("a", i)).collect();
    let mean = differences.iter().sum::<f64>() / 8.0;
    let squares: f64 = differences.iter().map(|value| (value - mean) * (value - mean)).sum();
    // The quantile of Student's t with 7 degrees of freedom for 95 %, from a table.
    let half = 2.364_624 * (squares / 7.0 / 8.0).sqrt();
    let end = |i: usize| row["interval"][i].as_f64().expect("a number");
    assert!((row["difference"].as_f64().expect("a number") - mean).abs() < 1e-12);
    assert!((end(0) - (mean - half)).abs() < 1e-7 && (end(1) - (mean + half)).abs() < 1e-7, "{row}");
    assert_eq!(row["agree"], 8);
    let better = |i: usize| document["measures"][i]["is_better"].clone();
    assert_eq!((better(0), better(1)), (Value::Bool(false), Value::Bool(false)), "more failures, and fewer answers");
    let said = document["verdict"].as_str().expect("a sentence");
    assert!(said.starts_with("workers=14 instead of 16: ") && said.ends_with("; 8 of 8 seeds agree)."), "{said}");
    let text = compare(&[A, B, "--seeds", "1..8"]);
    assert!(text.contains(&format!("\n{said}\n")), "{text}");
    let line = text.lines().find(|line| line.starts_with("failed requests (%)  ")).expect("a row");
    assert!(line.ends_with("  8 of 8  worse") && line.contains(" to +"), "{text}");
    let each = text.lines().find(|line| line.contains("with each seed: ")).expect("the dots");
    assert_eq!(each.matches('+').count(), 8, "{each}");
}

#[test]
fn a_link_with_a_pin_is_compared_with_what_it_was() {
    let pinned = compare(&["p=incident&duration=22s&workers=14&pin.workers=16&n=6"]);
    assert_eq!(pinned, compare(&[A, B, "--seeds", "1..6"]));
    // What is looked at stands in the link, too.
    let p99 = compare(&["p=incident&duration=22s&workers=14&pin.workers=16&n=6&z=p99_ms"]);
    assert!(p99.contains("workers=14 instead of 16: the p99 is ") && p99.contains("failed requests (%)"), "{p99}");
}

#[test]
fn looking_ends_with_the_first_clear_interval_or_with_forty_seeds() {
    let clear = json(&[A, B, "--looks", "--measures", "failed_share"]);
    assert_eq!(clear["seeds"].as_array().map(Vec::len), Some(5));
    assert!(clear["verdict"].as_str().expect("a sentence").contains("whichever of the looks at 5, 10, 20 or 40 seeds"));
    // Seeds are the only difference between two halves of a coin: here even they are the same.
    let same = json(&["p=healthy&duration=1s", "p=healthy&duration=1s&max-idle=99", "--looks"]);
    assert_eq!(same["seeds"].as_array().map(Vec::len), Some(40));
    assert_eq!(same["measures"][0]["interval"], Value::Null);
    assert!(
        same["verdict"]
            .as_str()
            .expect("a sentence")
            .ends_with("no difference in failed requests with any of 40 seeds.")
    );
}

#[test]
fn what_is_expected_is_expected_of_b_with_every_seed() {
    let status = |expected: &str| {
        let output = connlab(&["compare", A, B, "--seeds", "1..5", "--expect", expected]);
        (output.status.code(), stderr(&output).to_string())
    };
    assert_eq!(status("failed_share<=1"), (Some(0), String::new()));
    let (code, said) = status("failed_share<=0.001");
    assert_eq!(code, Some(1));
    let first =
        "expected failed_share<=0.001: not so in 5 of 5 runs; first in v=1&p=incident&duration=22s&workers=14, ";
    assert!(said.contains(first), "{said}");
}

#[test]
fn a_run_without_an_answer_takes_the_claim_away() {
    let text = compare(&["duration=1s", "duration=1s&listening=off", "--seeds", "1..6", "--measures", "p99_ms"]);
    assert!(text.contains("nothing can be said of p99 latency, as with 6 of 6 seeds a run has no answer"), "{text}");
    assert!(text.contains("no answers"), "{text}");
}

#[test]
fn bad_usage_is_one_sentence() {
    for (args, says) in [
        (&[][..], "<A>"),
        (&["p=incident"], "there is one link, and no pin.KEY=VALUE in it that differs"),
        (&["idle=3&pin.idle=3"], "there is one link, and no pin.KEY=VALUE in it that differs"),
        (&["p=incident", "p=restart", "p=cpu"], "p=cpu"),
        (&[A, B, "--measures", "p98_ms"], "no measure is `p98_ms`: did you mean p90_ms or p95_ms or p99_ms?"),
        (&[A, B, "--seeds", "5..1"], "empty range of seeds"),
        (&[A, B, "--seeds", "1..600000"], "1,200,000 runs are more than 1,000,000"),
        (&[A, B, "--seeds", "1..5", "--looks"], "--looks"),
        (&[A, "p=incident&n=none"], "`n=none`: it is not a number of seeds"),
        (&[A, B, "--expect", "p99_ms"], "is no expectation"),
    ] {
        let said = refusal(&[&["compare"], args].concat());
        assert!(said.contains(says), "{args:?}: {said}");
    }
}

#[test]
fn a_sweep_in_the_link_is_named_and_left_out() {
    let output = connlab(&["compare", "p=healthy&duration=1s&workers=3&pin.workers=4&x.idle=1,2&n=5"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(stderr(&output), "connlab: warning: the sweep over idle is left out: two runs are compared\n");
}
