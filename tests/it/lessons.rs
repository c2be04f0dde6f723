//! Lessons: what each promises holds with nearly every seed, and its texts are right with all of them.

use std::collections::BTreeSet;

use connlab::chart::Chart;
use connlab::lesson::{Answer, LESSONS, Lesson, Runs};
use connlab::link;
use rayon::prelude::*;

/// Seeds with which a lesson is tried.
const SEEDS: std::ops::RangeInclusive<u64> = 1..=20;

/// A promise may be broken with so many of them.
const BROKEN_MAX: usize = 2;

/// Every lesson with every seed.
fn all_runs() -> Vec<(&'static Lesson, u64, Runs)> {
    let pairs: Vec<(&Lesson, u64)> = LESSONS.iter().flat_map(|lesson| SEEDS.map(move |seed| (lesson, seed))).collect();
    pairs.into_par_iter().map(|(lesson, seed)| (lesson, seed, Runs::compute(lesson, seed))).collect()
}

/// What is wrong with a text, if anything is.
fn fault(text: &str) -> Option<&'static str> {
    let odd = |mark: &str| text.matches(mark).count() % 2 == 1;
    match () {
        () if text.trim().is_empty() => Some("nothing is said"),
        () if ["NaN", "inf ", "{", "18446744073709551615"].iter().any(|what| text.contains(what)) => {
            Some("a number is none")
        }
        () if odd("`") || odd("**") => Some("code or what is strong has no end"),
        () if text.contains("  ") => Some("two spaces"),
        () => None,
    }
}

#[test]
fn what_a_lesson_promises_holds_with_18_of_20_seeds_and_its_texts_are_right_with_each() {
    let mut broken: Vec<(&str, u64)> = Vec::new();
    for (lesson, seed, runs) in all_runs() {
        let script = lesson.script();
        if !(script.promise)(&runs) {
            broken.push((lesson.id, seed));
        }
        for write in [script.situation, script.outcome, script.notice] {
            let text = write(&runs);
            assert_eq!(fault(&text), None, "{} with seed {seed}: {text}", lesson.id);
        }
        assert!(!(script.commands)(&runs).trim().is_empty(), "{}", lesson.id);
        for question in script.questions {
            let truth = question.truth(&runs);
            assert_eq!(fault(&truth), None, "{} with seed {seed}: {}: {truth}", lesson.id, question.text);
            if let Answer::Choice(options) = &question.answer {
                let is_offered = options.iter().any(|(text, _)| *text == truth);
                assert!(is_offered, "{} with seed {seed}: {}: {truth}", lesson.id, question.text);
            }
        }
    }
    let too_many = LESSONS.iter().filter_map(|lesson| {
        let seeds: Vec<u64> = broken.iter().filter(|(id, _)| *id == lesson.id).map(|(_, seed)| *seed).collect();
        (seeds.len() > BROKEN_MAX).then_some((lesson.id, seeds))
    });
    assert_eq!(too_many.collect::<Vec<_>>(), [], "lessons, and seeds with which what they promise does not hold");
}

#[test]
fn there_are_one_to_three_questions_and_what_can_be_chosen_differs() {
    for lesson in LESSONS {
        let questions = lesson.script().questions;
        assert!((1..=3).contains(&questions.len()), "{}", lesson.id);
        for question in questions {
            if let Answer::Choice(options) = &question.answer {
                assert!(options.len() >= 3, "{}: {}", lesson.id, question.text);
                let texts: BTreeSet<&str> = options.iter().map(|(text, _)| *text).collect();
                assert_eq!(texts.len(), options.len(), "{}: {}", lesson.id, question.text);
            }
        }
    }
}

/// All that is changed in a lesson.
fn changes(lesson: &Lesson) -> impl Iterator<Item = &'static str> {
    std::iter::once(lesson.change).chain(lesson.script().others.iter().map(|(_, change)| *change))
}

#[test]
fn what_is_predicted_on_a_chart_is_a_number_of_the_one_that_is_seen() {
    let mut drawn = 0;
    for lesson in LESSONS {
        let chart = Chart::ALL.into_iter().find(|chart| chart.id() == lesson.chart);
        assert!(chart.is_some() || lesson.chart.is_empty(), "{}: {}", lesson.id, lesson.chart);
        let Some(at) = lesson.line else { continue };
        assert!(chart.is_some_and(|chart| chart != Chart::Queues), "{}: it has no one scale", lesson.id);
        assert!(matches!(lesson.script().questions[at].answer, Answer::Number { .. }), "{}", lesson.id);
        drawn += 1;
    }
    assert!(drawn >= 4, "{drawn} lessons have a line to draw");
}

#[test]
fn links_of_lessons_are_read_without_a_word_and_change_what_may_be_moved() {
    let mut ids = BTreeSet::new();
    for lesson in LESSONS {
        assert!(ids.insert(lesson.id), "{} is there twice", lesson.id);
        let decoded = link::decode(lesson.start);
        assert!(decoded.warnings.is_empty() && decoded.page.is_empty(), "{}: {:?}", lesson.id, decoded.warnings);
        let script = lesson.script();
        for change in changes(lesson) {
            let amended = link::amended(&decoded.recipe, change);
            assert!(amended.warnings.is_empty(), "{}: {change}: {:?}", lesson.id, amended.warnings);
            assert_ne!(amended.recipe, decoded.recipe, "{}: {change} changes nothing", lesson.id);
        }
        let is_unlocked = |key: &str| lesson.unlock.iter().any(|param| param.spec().key == key);
        for part in changes(lesson).flat_map(|change| change.split('&')) {
            let key = part.split('=').next().unwrap_or_default();
            let key = key.rsplit('.').next().unwrap_or_default();
            assert!(is_unlocked(key), "{}: {key} is changed, and cannot be moved", lesson.id);
        }
        let texts = [script.why, script.explain, script.shows, script.rule, script.talk, lesson.title];
        texts.into_iter().chain(script.questions.iter().map(|question| question.text)).for_each(|text| {
            assert_eq!(fault(text), None, "{}: {text}", lesson.id);
        });
    }
}
