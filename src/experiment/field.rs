//! What of a run is told: a measure by its name, the count of a class of errors, or anything of the JSON report by its
//! path.

use serde_json::Value;

use super::measure::{MEASURES, Measure, Unit};
use crate::checks;
use crate::export::Document;
use crate::link;
use crate::params::names::did_you_mean;
use crate::scenario::Scenario;
use crate::sim::Sim;
use crate::sim::error::{ERRORS, ErrorKind};
use crate::sim::report::Report;
use crate::words::shown;

/// Something of a run that can be asked for.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name, as it was asked for.
    pub name: String,
    source: Source,
}

#[derive(Clone, Debug)]
enum Source {
    Measure(&'static Measure),
    /// Requests that failed with this class: 0 where the report has no row.
    Class(ErrorKind),
    /// A path of the JSON document, from its root.
    Path,
}

/// The JSON document of every run has these rows of failures; a class is behind them.
const CLASSES: &str = "errors.";

/// What a line has without being asked for it.
const ALWAYS: [&str; 3] = ["link", "fingerprint", "warnings"];

/// A short run whose report has all keys that one can have.
const COMPLETE: &str = "client-cpu=1ms&server-cpu=1ms&rps=10&duration=1s";

impl Field {
    /// The field with this name: `p99_ms`, `errors.reset`, `nstat.TcpOutRsts`.
    ///
    /// # Errors
    /// A sentence that names what is near, if there is no such field.
    pub fn named(name: &str) -> Result<Field, String> {
        let field = |source| Ok(Field { name: name.into(), source });
        if let Some(measure) = Measure::named(name) {
            return field(Source::Measure(measure));
        }
        if let Some(kind) = name.strip_prefix(CLASSES).and_then(ErrorKind::named) {
            return field(Source::Class(kind));
        }
        let document = example();
        if at(&document, name).is_some() {
            return field(Source::Path);
        }
        Err(unknown(name, &document))
    }

    /// The fields of a list, `failed,p99_ms,peaks.ports`, each once, and without those that every line has.
    ///
    /// # Errors
    /// A sentence about the first that is none.
    pub fn list(names: &str) -> Result<Vec<Field>, String> {
        let mut fields: Vec<Field> = Vec::new();
        let mut names = names.split(',').map(str::trim).filter(|name| !name.is_empty()).peekable();
        if names.peek().is_none() {
            return Err("no field is named: failed_share,p99_ms".into());
        }
        for name in names {
            let field = Field::named(name)?;
            if !ALWAYS.contains(&name) && fields.iter().all(|other| other.name != name) {
                fields.push(field);
            }
        }
        Ok(fields)
    }

    /// The measure that it is, if it is one.
    pub fn measure(&self) -> Option<&'static Measure> {
        match self.source {
            Source::Measure(measure) => Some(measure),
            _ => None,
        }
    }

    /// Its number in a run; none if it has none.
    pub fn number(&self, scenario: &Scenario, report: &Report) -> Option<f64> {
        match self.source {
            Source::Measure(measure) => (measure.value)(report),
            _ => values(std::slice::from_ref(self), scenario, report).pop()?.as_f64(),
        }
    }
}

/// What these fields are in a run, as JSON; null where the run has nothing of the kind.
pub fn values(fields: &[Field], scenario: &Scenario, report: &Report) -> Vec<Value> {
    let has_path = fields.iter().any(|field| matches!(field.source, Source::Path));
    // Checks and charts are written for those who ask for something of them.
    let document = if has_path { document(scenario, report) } else { Value::Null };
    let value = |field: &Field| match field.source {
        Source::Measure(measure) => json((measure.value)(report), measure.unit),
        Source::Class(kind) => report.errors.iter().find(|row| row.kind == kind).map_or(0, |row| row.count).into(),
        Source::Path => at(&document, &field.name).cloned().unwrap_or(Value::Null),
    };
    fields.iter().map(value).collect()
}

fn json(value: Option<f64>, unit: Unit) -> Value {
    match value {
        None => Value::Null,
        Some(value) if unit == Unit::Count => (value as u64).into(),
        Some(value) => value.into(),
    }
}

fn document(scenario: &Scenario, report: &Report) -> Value {
    let checks = checks::all(scenario, report);
    serde_json::to_value(Document::new("", report, &checks)).expect("a report is plain data")
}

/// The document of a run, with the keys of all runs.
fn example() -> Value {
    let scenario = link::scenario(COMPLETE);
    let mut sim = Sim::new(&scenario);
    sim.run();
    document(&scenario, &sim.report())
}

/// What is at a path; lists have no path into them.
fn at<'a>(document: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(document, |value, key| value.as_object()?.get(key))
}

/// All paths, those to an object too.
fn paths(value: &Value, prefix: &str, into: &mut Vec<String>) {
    for (key, value) in value.as_object().into_iter().flatten() {
        let path = format!("{prefix}{key}");
        into.push(path.clone());
        paths(value, &format!("{path}."), into);
    }
}

/// That there is no such field, and what may have been meant: a near name, or one that ends so.
fn unknown(name: &str, document: &Value) -> String {
    let mut names: Vec<String> = MEASURES.iter().map(|measure| measure.key.to_string()).collect();
    names.extend(ERRORS.iter().map(|spec| format!("{CLASSES}{}", spec.class)));
    paths(document, "", &mut names);
    names.sort_unstable();
    names.dedup();
    let ends_so = |known: &&String| {
        let end = known.rsplit('.').next().unwrap_or_default();
        end.eq_ignore_ascii_case(name) || end.split_once('_').is_some_and(|(start, _)| start.eq_ignore_ascii_case(name))
    };
    let same_end: Vec<&str> = names.iter().filter(ends_so).map(String::as_str).take(3).collect();
    let meant = match (same_end.is_empty(), did_you_mean(name, names.iter().map(String::as_str))) {
        (false, _) => format!(": did you mean {}?", same_end.join(" or ")),
        (true, meant) if meant.is_empty() => {
            let keys: Vec<&str> = MEASURES.iter().map(|measure| measure.key).collect();
            format!(": there are {}, and the paths of the JSON report", keys.join(", "))
        }
        (true, meant) => meant,
    };
    format!("no field is `{}`{meant}", shown(name))
}
