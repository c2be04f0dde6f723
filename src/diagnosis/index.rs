//! All literals of all rows, searched for at once: a line is read once, however long the table is.

use std::sync::LazyLock;

use aho_corasick::automaton::{Automaton, OverlappingState};
use aho_corasick::nfa::noncontiguous::NFA;
use aho_corasick::{Anchored, Input};

use super::line::{Literal, LogLine};
use super::sign::Sign;
use super::table::TABLE;

/// The rows, in order of precedence.
static INDEX: LazyLock<Index> = LazyLock::new(Index::new);

struct Index {
    words: NFA,
    /// What the words stand for, in the same order.
    literals: Vec<Literal>,
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
        row.says.iter().all(|literal| found[*literal])
            && !row.unless.iter().any(|literal| found[*literal])
            && row.sign.fits(line)
    };
    let place = index.rows.iter().position(fits)?;
    Some((place, index.rows[place].sign))
}

impl Index {
    fn new() -> Index {
        let mut literals: Vec<Literal> = Vec::new();
        let mut place = |text: &&'static str| {
            let literal = Literal::read(text);
            literals.iter().position(|known| *known == literal).unwrap_or_else(|| {
                literals.push(literal);
                literals.len() - 1
            })
        };
        let rows = TABLE.iter().flat_map(|signs| signs.iter()).map(|sign| Row {
            sign,
            says: sign.says.iter().map(&mut place).collect(),
            unless: sign.unless.iter().map(&mut place).collect(),
        });
        let rows = rows.collect();
        let words = NFA::new(literals.iter().map(|literal| literal.text)).expect("the table's texts are few and short");
        Index { words, literals, rows }
    }

    /// Which literals are in the line.
    fn found(&self, line: &LogLine) -> Vec<bool> {
        let mut found = vec![false; self.literals.len()];
        let input = Input::new(&line.text).anchored(Anchored::No);
        let mut state = OverlappingState::start();
        loop {
            self.words.try_find_overlapping(&input, &mut state).expect("unanchored searches are supported");
            let Some(at) = state.get_match() else { return found };
            let literal = at.pattern().as_usize();
            found[literal] = found[literal] || line.says_at(self.literals[literal], at.start()..at.end());
        }
    }
}
