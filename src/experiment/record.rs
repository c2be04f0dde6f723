//! A run as one line of JSON.

use serde::ser::{SerializeMap, Serializer};
use serde::{Serialize, ser};
use serde_json::Value;

use super::field::{self, Field};
use crate::checks;
use crate::export::Document;
use crate::scenario::Scenario;
use crate::sim::report::Report;

/// What a line says before it comes to the run itself.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Heading {
    /// The number of the run, from 1: that of the line it was read from, or its place in the design.
    pub number: u64,
    /// The link as somebody wrote it, where somebody did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
    /// The settings that differ between the runs of a design, with their values.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "as_map")]
    pub settings: Vec<(String, String)>,
    /// The seed, in a design.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
}

/// One compact JSON object, with its line end: the heading, then the whole report.
pub fn whole(heading: &Heading, link: &str, scenario: &Scenario, report: &Report) -> String {
    #[derive(Serialize)]
    struct Line<'a> {
        #[serde(flatten)]
        heading: &'a Heading,
        #[serde(flatten)]
        document: Document<'a>,
    }
    let checks = checks::all(scenario, report);
    line(&Line { heading, document: Document::new(link, report, &checks) })
}

/// One compact JSON object, with its line end: the heading, link and fingerprint, these fields, and the warnings.
pub fn chosen(heading: &Heading, link: &str, scenario: &Scenario, report: &Report, fields: &[Field]) -> String {
    #[derive(Serialize)]
    struct Line<'a> {
        #[serde(flatten)]
        heading: &'a Heading,
        link: &'a str,
        fingerprint: &'a str,
        #[serde(flatten, serialize_with = "as_map")]
        fields: Vec<(String, Value)>,
        warnings: &'a [String],
    }
    let values = field::values(fields, scenario, report);
    let fields = fields.iter().map(|field| field.name.clone()).zip(values).collect();
    line(&Line { heading, link, fingerprint: &report.fingerprint, fields, warnings: &report.warnings })
}

fn line(data: &impl Serialize) -> String {
    serde_json::to_string(data).expect("a report is plain data") + "\n"
}

/// Pairs as an object whose keys are in their order.
pub(super) fn as_map<S: Serializer, T: ser::Serialize>(
    pairs: &[(String, T)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(pairs.len()))?;
    for (key, value) in pairs {
        map.serialize_entry(key, value)?;
    }
    map.end()
}
