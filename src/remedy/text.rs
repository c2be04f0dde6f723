//! All that was tried, as a table of plain text.

use super::{Effect, Remedy, change, ranked};
use crate::words::millis;

/// A line for each remedy, the one to recommend first; `name` is what they are judged by.
pub fn text(name: &str, remedies: &[Remedy], effects: &[Effect]) -> String {
    let order = ranked(remedies, effects);
    let judged = effects.first().map_or("", |effect| effect.judged.words());
    let heads = ["", "change", "who", judged, "all failures", "p99"];
    let lines: Vec<[String; 6]> = std::iter::once(heads.map(String::from))
        .chain(order.into_iter().map(|i| line(&remedies[i], &effects[i])))
        .collect();
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths = [0, 1, 2, 3, 4, 5].map(width);
    let padded = |line: &[String; 6]| {
        let cells = line.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        format!("  {}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    format!("{name}\n{}", lines.iter().map(padded).collect::<String>())
}

fn line(remedy: &Remedy, effect: &Effect) -> [String; 6] {
    let p99 = |ms: Option<f64>| ms.map_or("no answers".into(), millis);
    let waits = format!("{} → {}", p99(effect.p99_ms.0), p99(effect.p99_ms.1));
    let verdict = effect.words();
    let failures = effect.note().map_or(change(effect.failed), |note| format!("{} ({note})", change(effect.failed)));
    [verdict.into(), remedy.title.clone(), remedy.who(), change(effect.subject), failures, waits]
}
