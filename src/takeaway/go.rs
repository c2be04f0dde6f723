//! Go source that gofmt would leave as it is.

use std::collections::BTreeSet;

use crate::time::SimDuration;

/// A length of time as a Go expression: `250 * time.Millisecond`.
pub(super) fn duration(d: SimDuration) -> String {
    let ns = d.as_nanos();
    let units = [(1_000_000_000, "Second"), (1_000_000, "Millisecond"), (1_000, "Microsecond"), (1, "Nanosecond")];
    let (size, unit) = units.into_iter().find(|(size, _)| ns.is_multiple_of(*size)).expect("1 divides all");
    match ns / size {
        0 => "0".to_string(),
        1 => format!("time.{unit}"),
        n => format!("{n} * time.{unit}"),
    }
}

/// The same among other operands, where gofmt takes the spaces away: `3*time.Second`.
pub(super) fn factor(d: SimDuration) -> String {
    duration(d).replace(' ', "")
}

/// Statements one tab deep, each with a comment or none. Like gofmt, it puts the comments of neighbouring lines below
/// each other.
pub(super) fn statements(lines: &[(String, Option<String>)]) -> String {
    let width = |(code, _): &(String, Option<String>)| code.chars().count();
    let mut text = String::new();
    for block in lines.chunk_by(|a, b| a.1.is_some() == b.1.is_some()) {
        let widest = block.iter().map(width).max().unwrap_or(0);
        for (code, comment) in block {
            match comment {
                Some(comment) => text += &format!("\t{code:widest$} // {comment}\n"),
                None => text += &format!("\t{code}\n"),
            }
        }
    }
    text
}

/// A Go file: what it is, its imports, and its declarations with an empty line between them.
pub(super) fn file(name: &str, link: &str, imports: &BTreeSet<&str>, declarations: &[String]) -> String {
    let imports: String = imports.iter().map(|path| format!("\t{}\n", import(path))).collect();
    format!(
        "// Command {name} has the settings of the {name} in the ConnLab run\n// {}\n// It needs Go 1.24 or newer.\n\
         package main\n\nimport (\n{imports})\n\n{}",
        link,
        declarations.join("\n")
    )
}

/// Two packages are called rand.
fn import(path: &str) -> String {
    let alias = if path == "crypto/rand" { "cryptorand " } else { "" };
    format!("{alias}\"{path}\"")
}
