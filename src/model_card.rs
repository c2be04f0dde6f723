//! What is modelled and what is not: the last two tables of `MODEL.md`, for the page.
//!
//! The document is the source; only these two sections of it become part of the program.

const MODEL: &str = include_str!("../MODEL.md");
/// The heading of what is modelled; the other section stands behind it.
const MODELLED: &str = "\n## Modelled, in short\n";
const NOT_MODELLED: &str = "\n## Not modelled\n";

const START: usize = position(MODEL.as_bytes(), MODELLED.as_bytes());
static SECTIONS: [u8; MODEL.len() - START] = end(MODEL.as_bytes());

/// Where `wanted` begins; the compiler stops where it is missing.
const fn position(text: &[u8], wanted: &[u8]) -> usize {
    let mut at = 0;
    loop {
        let mut same = 0;
        while same < wanted.len() && text[at + same] == wanted[same] {
            same += 1;
        }
        if same == wanted.len() {
            return at;
        }
        at += 1;
    }
}

/// A copy of the end, so that the rest of the document is not kept.
const fn end<const N: usize>(text: &[u8]) -> [u8; N] {
    let mut copy = [0; N];
    let mut i = 0;
    while i < N {
        copy[i] = text[text.len() - N + i];
        i += 1;
    }
    copy
}

/// What is modelled, or not, and what there is to say about it: a row of a table. Code stands between backticks.
pub type Statement = (&'static str, &'static str);

/// What is modelled, and how far.
pub fn modelled() -> Vec<Statement> {
    rows(MODELLED)
}

/// What is not, why, and what one would notice.
pub fn not_modelled() -> Vec<Statement> {
    rows(NOT_MODELLED)
}

/// The rows of the table below this heading, without its head.
fn rows(heading: &str) -> Vec<Statement> {
    let text = str::from_utf8(&SECTIONS).expect("the end of a text behind a line break");
    let section = text.split_once(heading).map_or("", |(_, rest)| rest);
    let section = section.split_once("\n## ").map_or(section, |(section, _)| section);
    let cells = |line: &'static str| line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | ");
    section.lines().filter_map(cells).skip(1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_tables_of_the_document_are_found_whole() {
        for (rows, least, what) in [(modelled(), 6, "Network"), (not_modelled(), 9, "Garbage collection")] {
            assert!(rows.len() >= least, "{} rows: {rows:?}", rows.len());
            assert!(rows.iter().any(|(name, _)| name.starts_with(what)), "{what} is missing");
            assert!(
                rows.iter().all(|(name, text)| !name.contains('|') && !text.contains('|')),
                "two columns: {rows:?}"
            );
        }
    }
}
