//! A bounded run of the fuzz targets: the corpus, and what becomes of it by a few random changes.
//!
//! The real thing needs a nightly compiler and has no end; without a sanitizer, for there is no unsafe code to watch:
//! `cargo +nightly fuzz run -s none link -- -dict=fuzz/links.dict`.

pub mod targets;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use connlab::params::{Kind, PARAMS};
use connlab::preset::PRESETS;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::links::cases;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

/// The inputs that are kept for a target.
fn corpus(target: &str) -> Vec<String> {
    let folder = folder().join("corpus").join(target);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut inputs: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    inputs.sort();
    // A fuzzer adds what it likes, text or not; the targets read text.
    inputs.iter().map(|path| String::from_utf8_lossy(&std::fs::read(path).expect("a file")).into_owned()).collect()
}

/// What links are made of.
fn words() -> BTreeSet<String> {
    let names = PARAMS.iter().flat_map(|spec| if let Kind::Choice(names) = spec.kind { names } else { &[] });
    let ends = PARAMS.iter().flat_map(|spec| [spec.stops().first().copied(), spec.stops().last().copied()]);
    (PARAMS.iter().map(|spec| format!("&{}=", spec.key)))
        .chain(PARAMS.iter().filter(|spec| spec.live).map(|spec| format!("&1s.{}=", spec.key)))
        .chain(PRESETS.iter().map(|preset| format!("&p={}", preset.name)))
        .chain(names.map(|name| (*name).to_string()))
        .chain(ends.flatten().map(|value| value.to_string()))
        .chain(["on", "off", "..", ",", "&pin.", "&x.", "&y.", "&z=", "&n="].map(str::to_string))
        .collect()
}

#[test]
fn the_fuzzers_dictionary_is_up_to_date() {
    let dictionary = words().into_iter().map(|word| format!("\"{word}\"\n")).collect::<String>();
    let path = folder().join("links.dict");
    if std::fs::read_to_string(&path).is_ok_and(|old| old == dictionary) {
        return;
    }
    std::fs::write(&path, dictionary).expect("fuzz/ can be written");
    panic!("fuzz/links.dict was stale; it is up to date now: look at the change and commit it");
}

#[derive(Clone, Debug)]
enum Change {
    Cut(Index, usize),
    Overwrite(Index, char),
    Insert(Index, String),
    Repeat(Index, usize),
}

impl Change {
    fn apply(&self, text: &mut Vec<char>) {
        let place = |index: &Index| index.index(text.len() + 1);
        let part = |at: usize, length: usize| at..(at + length).min(text.len());
        match self {
            Change::Cut(at, length) => drop(text.drain(part(place(at), *length))),
            Change::Overwrite(at, c) => {
                let at = place(at);
                text.splice(part(at, 1), [*c]);
            }
            Change::Insert(at, word) => {
                let at = place(at);
                text.splice(at..at, word.chars());
            }
            Change::Repeat(at, length) => {
                let again = text[part(place(at), *length)].to_vec();
                text.extend(again);
            }
        }
    }
}

/// An entry of the corpus after up to eight changes. Some put in a word, or another entry.
fn mutated(target: &'static str) -> impl Strategy<Value = String> {
    let entries = corpus(target);
    assert!(entries.len() >= 5, "a corpus for {target}");
    let words: Vec<_> = words().into_iter().collect();
    let change = prop_oneof![
        1 => (any::<Index>(), 1..30usize).prop_map(|(at, length)| Change::Cut(at, length)),
        1 => (any::<Index>(), prop_oneof!["[0-9a-z.=&{}\":]", any::<char>().prop_map(String::from)])
            .prop_map(|(at, c)| Change::Overwrite(at, c.chars().next().expect("one"))),
        3 => (any::<Index>(), select(words)).prop_map(|(at, word)| Change::Insert(at, word)),
        1 => (any::<Index>(), select(entries.clone())).prop_map(|(at, other)| Change::Insert(at, other)),
        1 => (any::<Index>(), 1..100usize).prop_map(|(at, length)| Change::Repeat(at, length)),
    ];
    (select(entries), prop::collection::vec(change, 0..8)).prop_map(|(entry, changes)| {
        let mut text: Vec<char> = entry.chars().collect();
        changes.iter().for_each(|change| change.apply(&mut text));
        text.into_iter().collect()
    })
}

#[test]
fn the_corpus_has_no_finding() {
    corpus("link").iter().for_each(|text| targets::link(text));
    corpus("arrivals").iter().for_each(|text| targets::arrivals(text));
    corpus("run").iter().for_each(|text| targets::run(text));
}

proptest! {
    #![proptest_config(cases(5_000))]

    #[test]
    fn links_like_the_corpus_have_no_finding(text in mutated("link")) {
        targets::link(&text);
    }
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn arrivals_like_the_corpus_have_no_finding(text in mutated("arrivals")) {
        targets::arrivals(&text);
    }
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn runs_like_the_corpus_have_no_finding(text in mutated("run")) {
        targets::run(&text);
    }
}
