//! `MODEL.md` names every rule, and every rule that is modelled is named by a test.
//!
//! The page names a rule in the first cell of a row, a test in its comments (`T-13b`) or in its name (`_t13b`). Errors
//! are named by the rows of the error table, each of which a link reaches.

use std::collections::BTreeSet;
use std::path::Path;

use connlab::sim::error::ERRORS;

use super::tidy::sources;

/// All rules: the first and the last number of every unbroken range.
const RULES: &[(&str, &[(u32, u32)])] = &[
    ("C-", &[(1, 34)]),
    ("D-", &[(1, 8)]),
    ("U-", &[(0, 9)]),
    ("S-", &[(1, 11), (20, 24), (30, 33)]),
    ("T-", &[(1, 23), (30, 31), (36, 56), (60, 64), (70, 71)]),
    ("R-", &[(1, 12)]),
    ("M-", &[(1, 12), (20, 31)]),
    ("E", &[(1, 27)]),
];

fn all_rules() -> BTreeSet<String> {
    let of = |(prefix, ranges): &(&str, &[(u32, u32)])| {
        let numbers = ranges.iter().flat_map(|(first, last)| *first..=*last);
        numbers.map(|number| format!("{prefix}{number}")).collect::<Vec<_>>()
    };
    RULES.iter().flat_map(of).chain(["T-13b".to_string()]).collect()
}

/// `T-13b` in its parts: `T-` and 13. Words that do not look like rules have none.
fn parts(word: &str) -> Option<(&'static str, u32)> {
    let (prefix, rest) = RULES.iter().find_map(|(prefix, _)| Some((*prefix, word.strip_prefix(prefix)?)))?;
    Some((prefix, rest.strip_suffix('b').unwrap_or(rest).parse().ok()?))
}

/// The rules that a text names; `T-1 to T-3` names three.
fn named(text: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let words: Vec<&str> = text.split(|c| !is_part(c)).filter(|word| !word.is_empty()).collect();
    let mut named: BTreeSet<_> = words.iter().filter(|word| parts(word).is_some()).map(ToString::to_string).collect();
    for range in words.windows(3).filter(|range| range[1] == "to") {
        if let (Some((prefix, first)), Some((_, last))) = (parts(range[0]), parts(range[2])) {
            named.extend((first..=last).map(|number| format!("{prefix}{number}")));
        }
    }
    named
}

/// The rules in the name of a function: `fn x_t13b_c2()` names T-13b and C-2.
fn named_by_function(line: &str) -> BTreeSet<String> {
    let name = line.trim_start().strip_prefix("fn ").and_then(|rest| rest.split('(').next()).unwrap_or_default();
    let word = |word: &str| {
        let (letter, number) = word.split_at_checked(1)?;
        let id = format!("{}-{number}", letter.to_uppercase());
        parts(&id).map(|_| id)
    };
    name.split('_').filter_map(word).collect()
}

/// The first cells of the rows above and below "Not modelled".
fn page() -> (String, String) {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("MODEL.md")).expect("the page");
    let first_cells = |part: &str| {
        let cells = part.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
        cells.collect::<Vec<_>>().join("\n")
    };
    let (modelled, not_modelled) = page.split_once("\n## Not modelled\n").expect("the section");
    (first_cells(modelled), first_cells(not_modelled))
}

#[test]
fn ranges_words_and_names_are_understood() {
    let rules = |ids: &[&str]| ids.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    assert_eq!(named("| T-9 to T-11 | as in C-2 (T-13b), E7 |"), rules(&["T-9", "T-10", "T-11", "C-2", "T-13b", "E7"]));
    assert_eq!(named("UTF-8, EPIPE, E1c and MAX-3 are no rules"), rules(&[]));
    assert_eq!(named_by_function("    fn a_port_rests_t50_g8() {"), rules(&["T-50"]));
}

#[test]
fn the_page_names_every_rule_and_no_other() {
    let (all, (modelled, not_modelled)) = (all_rules(), page());
    let mut there = named(&modelled);
    there.extend(named(&not_modelled));
    there.extend(ERRORS.iter().flat_map(|spec| named(spec.rule)));
    let unknown: Vec<_> = there.difference(&all).collect();
    assert!(unknown.is_empty(), "no such rules: {unknown:?}");
    let missing: Vec<_> = all.difference(&there).collect();
    assert!(missing.is_empty(), "MODEL.md does not say what becomes of {missing:?}");
}

#[test]
fn every_rule_that_is_modelled_is_named_by_a_test() {
    let mut there = named(&page().1);
    there.extend(ERRORS.iter().flat_map(|spec| named(spec.rule)).filter(|rule| rule.starts_with('E')));
    for source in
        sources(&["tests/it", "model/src", "src"]).into_iter().filter(|source| !source.path.ends_with("/rules.rs"))
    {
        let tests = match source.text.find("#[cfg(test)]") {
            Some(at) => &source.text[at..],
            None if source.path.starts_with("tests/") || source.text.contains("#[test]") => &source.text,
            None => "",
        };
        for line in tests.lines() {
            there.extend(named_by_function(line));
            // A range in a comment is a headline: only its ends are named.
            there.extend(named(&line.replace(" to ", " ... ")));
        }
    }
    let all = all_rules();
    let missing: Vec<_> = all.difference(&there).collect();
    assert!(missing.is_empty(), "no test names {missing:?}");
}
