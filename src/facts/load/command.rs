//! Command lines of load generators: what was asked for.

use super::super::line::{Line, Quantity};
use super::tools::{TOOLS, Tool};
use super::{Key, Values};

/// The tool that a line runs, and its options. A line without a prompt must have an option and an address.
pub(super) fn read(line: &Line, words: &[&str]) -> Option<(&'static Tool, Values)> {
    if !(line.is_command || line.text.contains(" -") && line.text.contains("://")) {
        return None;
    }
    let runs = |word: &str, tool: &Tool| word.rsplit('/').next().is_some_and(|name| tool.commands.contains(&name));
    let at = |tool: &Tool| words.iter().position(|word| runs(word, tool));
    let (start, tool) = TOOLS.iter().filter_map(|tool| Some((at(tool)?, tool))).min_by_key(|(start, _)| *start)?;
    if !line.is_command && start > 0 && !line.text.contains('|') {
        return None;
    }
    let mut values = Values::default();
    values.of.insert(Key::Command, 1.0);
    options(tool, &words[start + 1..], &mut values);
    if tool.rate_is_per_caller
        && let (Some(rate), Some(callers)) = (values.get(Key::AskedRate), values.get(Key::Callers))
    {
        values.of.insert(Key::AskedRate, rate * callers);
    }
    Some((tool, values))
}

/// `-c 20`, `-c20`, `-rate=200`, `--timeout 5s`. A time without a unit is in seconds.
fn options(tool: &Tool, words: &[&str], values: &mut Values) {
    for (i, word) in words.iter().enumerate() {
        for (flag, key) in tool.options {
            let Some(rest) = word.strip_prefix(flag) else { continue };
            let text = match rest.strip_prefix('=') {
                Some(text) => text,
                None if rest.is_empty() => words.get(i + 1).copied().unwrap_or_default(),
                // `-c20`, but not `-connections`.
                None if flag.len() == 2 => rest,
                None => continue,
            };
            match Quantity::read(text.trim_end_matches("/1s").trim_end_matches('S')) {
                _ if matches!(key, Key::KeepAlive | Key::Corrected) && rest.is_empty() => {
                    values.of.insert(*key, 1.0);
                }
                _ if *key == Key::Post => {
                    if text.eq_ignore_ascii_case("POST") {
                        values.of.insert(*key, 1.0);
                    }
                }
                Some(quantity) => values.set(*key, quantity, 1e3),
                None => continue,
            }
            break;
        }
    }
}
