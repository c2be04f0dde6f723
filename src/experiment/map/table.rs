//! A map as a table of its cells: CSV and JSON, an interface.

use serde::Serialize;

use super::{Side, View};
use crate::link;

/// A cell of the table.
#[derive(Serialize)]
struct Row {
    /// The settings with their values, in the order of the axes.
    #[serde(serialize_with = "crate::experiment::record::as_map")]
    settings: Vec<(String, String)>,
    /// How many runs.
    seeds: usize,
    /// The mean of what is looked at; null where a run has nothing to measure.
    mean: Option<f64>,
    /// The interval of 95 %; null where there is none.
    interval: Option<[f64; 2]>,
    /// `within`, `beyond` or `unclear`; null without a threshold.
    threshold: Option<&'static str>,
    /// The class that fails most.
    commonest: Option<&'static str>,
    /// The run with the first seed.
    link: String,
    fingerprint: String,
}

/// The whole table.
#[derive(Serialize)]
struct Document<'a> {
    link: &'a str,
    measure: &'static str,
    threshold: Option<f64>,
    cells: Vec<Row>,
}

fn rows(view: &View<'_>) -> Vec<Row> {
    let axes = &view.map.design().axes;
    let row = |place: (usize, usize)| {
        let it = view.map.cell(place);
        let setting =
            |(axis, at): (&crate::experiment::design::Axis, usize)| (axis.key(), axis.values()[at].to_string());
        Row {
            settings: axes.iter().zip([place.0, place.1]).map(setting).collect(),
            seeds: it.seeds(),
            mean: view.mean(place),
            interval: it.interval(view.measure),
            threshold: view.side(place).map(|side| match side {
                Side::Within => "within",
                Side::Beyond => "beyond",
                Side::Unclear => "unclear",
            }),
            commonest: it.commonest().map(|(kind, _)| kind.class()),
            link: link::encode(&view.map.recipe(place)),
            fingerprint: it.fingerprint().to_string(),
        }
    };
    view.map.places().map(row).collect()
}

/// A row per cell, the first setting slowest. What is not there is empty.
pub fn csv(view: &View<'_>) -> String {
    let key = view.measure.key;
    let names = view.map.design().axes.iter().map(crate::experiment::design::Axis::key);
    let head = ["seeds", key, "low", "high", "threshold", "commonest", "link", "fingerprint"].map(String::from);
    let mut lines = vec![names.chain(head).collect::<Vec<_>>().join(",")];
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    for row in rows(view) {
        let [low, high] = row.interval.map_or([None, None], |[low, high]| [Some(low), Some(high)]);
        let numbers = [row.mean, low, high].map(number);
        let words = [row.threshold.unwrap_or_default(), row.commonest.unwrap_or_default()].map(String::from);
        let values = row.settings.into_iter().map(|(_, value)| value);
        let cells = values.chain([row.seeds.to_string()]).chain(numbers).chain(words);
        // No link and no fingerprint has a comma or a quotation mark.
        lines.push(cells.chain([row.link, row.fingerprint]).collect::<Vec<_>>().join(","));
    }
    lines.join("\n") + "\n"
}

/// The same as JSON, with the link of the whole map.
///
/// # Panics
/// Never: a table is plain data.
pub fn json(view: &View<'_>, link: &str) -> String {
    let document = Document { link, measure: view.measure.key, threshold: view.limit, cells: rows(view) };
    serde_json::to_string_pretty(&document).expect("a table is plain data") + "\n"
}
