//! All parts of all rows, searched for at once: a line is read once, however long the table is.

use std::sync::LazyLock;

use aho_corasick::automaton::{Automaton, OverlappingState};
use aho_corasick::nfa::noncontiguous::NFA;
use aho_corasick::{Anchored, Input};

use super::line::{LogLine, Part};
use super::sign::Sign;
use super::table::TABLE;

/// The rows, in order of precedence.
static INDEX: LazyLock<Index> = LazyLock::new(Index::new);

struct Index {
    words: NFA,
    /// What the words stand for, in the same order.
    parts: Vec<Part>,
    rows: Vec<Row>,
}

struct Row {
    sign: &'static Sign,
    says: Vec<usize>,
    unless: Vec<usize>,
}

/// The first row that fits the line, with its place in the table.
pub(super) fn first(line: &LogLine) -> Option<(usize, &'static Sign)> {
    let index = &*INDEX;
    let found = index.found(line);
    let fits = |row: &Row| {
        row.says.iter().all(|part| found[*part]) && !row.unless.iter().any(|part| found[*part]) && row.sign.fits(line)
    };
    let place = index.rows.iter().position(fits)?;
    Some((place, index.rows[place].sign))
}

impl Index {
    fn new() -> Index {
        let mut parts: Vec<Part> = Vec::new();
        let mut place = |text: &&'static str| {
            let part = Part::read(text);
            parts.iter().position(|known| *known == part).unwrap_or_else(|| {
                parts.push(part);
                parts.len() - 1
            })
        };
        let rows = TABLE.iter().flat_map(|signs| signs.iter()).map(|sign| Row {
            sign,
            says: sign.says.iter().map(&mut place).collect(),
            unless: sign.unless.iter().map(&mut place).collect(),
        });
        let rows = rows.collect();
        let words = NFA::new(parts.iter().map(|part| part.text)).expect("the table's texts are few and short");
        Index { words, parts, rows }
    }

    /// Which parts are in the line.
    fn found(&self, line: &LogLine) -> Vec<bool> {
        let mut found = vec![false; self.parts.len()];
        let input = Input::new(&line.text).anchored(Anchored::No);
        let mut state = OverlappingState::start();
        loop {
            self.words.try_find_overlapping(&input, &mut state).expect("unanchored searches are supported");
            let Some(at) = state.get_match() else { return found };
            let part = at.pattern().as_usize();
            found[part] = found[part] || line.says_at(self.parts[part], at.start()..at.end());
        }
    }
}
