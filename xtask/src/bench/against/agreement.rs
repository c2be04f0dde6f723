//! Whether two reports say the same of a run.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

/// What a report says of the way in which the model computes, not of what it models.
const OF_THE_MODEL: [&str; 2] = ["events", "fingerprint"];

/// What was found over all links.
#[derive(Default)]
pub struct Agreement {
    links: usize,
    /// The links whose reports differ, and where: `path: there, here that`.
    differences: Vec<(String, Vec<String>)>,
    /// What only the reports here have, in whichever row.
    new: BTreeSet<String>,
}

/// Differences that are printed of a link; the others are counted.
const PRINTED: usize = 4;

impl Agreement {
    /// Compares the reports of one link.
    pub fn add(&mut self, link: &str, there: &Value, here: &Value) {
        self.links += 1;
        let mut differences = Vec::new();
        self.compare(&mut differences, "", there, here);
        if !differences.is_empty() {
            self.differences.push((link.to_owned(), differences));
        }
    }

    fn compare(&mut self, differences: &mut Vec<String>, path: &str, there: &Value, here: &Value) {
        match (there, here) {
            (Value::Object(there), Value::Object(here)) => {
                let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
                for (key, there) in there.iter().filter(|(key, _)| !(path.is_empty() && is_of_the_model(key))) {
                    self.compare(differences, &below(key), there, here.get(key).unwrap_or(&Value::Null));
                }
                let new = here.keys().filter(|&key| !there.contains_key(key));
                self.new.extend(new.map(|key| without_rows(&below(key))));
            }
            (Value::Array(there), Value::Array(here)) if there.len() == here.len() => {
                for (i, (there, here)) in there.iter().zip(here).enumerate() {
                    self.compare(differences, &format!("{path}[{i}]"), there, here);
                }
            }
            _ if there == here => {}
            _ => differences.push(format!("{path}: {}, here {}", short(there), short(here))),
        }
    }
}

fn is_of_the_model(key: &str) -> bool {
    OF_THE_MODEL.contains(&key)
}

/// `series[12].errors` as `series[].errors`.
fn without_rows(path: &str) -> String {
    let mut parts = path.split('[');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |path, part| path + "[" + part.trim_start_matches(|c: char| c.is_ascii_digit()))
}

fn short(value: &Value) -> String {
    match value {
        Value::Array(rows) => format!("{} rows", rows.len()),
        Value::Object(_) => "an object".to_owned(),
        value => value.to_string(),
    }
}

impl fmt::Display for Agreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { links, differences, new } = self;
        write!(f, "Reports of {links} links, in everything but {}: ", OF_THE_MODEL.join(" and "))?;
        match differences.len() {
            0 => writeln!(f, "the same.")?,
            many => writeln!(f, "{many} differ.")?,
        }
        for (link, differences) in differences {
            writeln!(f, "  {}: {} differences", if link.is_empty() { "v=1" } else { link }, differences.len())?;
            differences.iter().take(PRINTED).try_for_each(|difference| writeln!(f, "    {difference}"))?;
        }
        if !new.is_empty() {
            let new: Vec<&str> = new.iter().map(String::as_str).collect();
            writeln!(f, "New here: {}", new.join(", "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn events_and_fingerprint_may_differ_and_fields_may_be_new() {
        let mut agreement = Agreement::default();
        let there = json!({"events": 7, "fingerprint": "a", "requests": {"ok": 3}, "errors": [{"count": 1}]});
        let here = json!({"events": 5, "fingerprint": "b", "requests": {"ok": 3}, "errors": [{"count": 1}], "cpu": {}});
        agreement.add("p=incident", &there, &here);
        let text = agreement.to_string();
        assert!(text.contains("1 links") && text.contains("the same.") && text.ends_with("New here: cpu\n"), "{text}");
    }

    #[test]
    fn whatever_else_differs_is_named_with_its_link() {
        let mut agreement = Agreement::default();
        let there = json!({"requests": {"ok": 3, "events": 1}, "errors": [{"count": 1}], "means": {"queue": 0.5}});
        let here = json!({"requests": {"ok": 4, "events": 2}, "errors": [], "means": {}});
        agreement.add("p=healthy", &there, &here);
        let lines = [
            "errors: 1 rows, here 0 rows",
            "means.queue: 0.5, here null",
            "requests.events: 1, here 2",
            "requests.ok: 3, here 4",
        ];
        assert_eq!(agreement.differences, [("p=healthy".to_owned(), lines.map(str::to_owned).to_vec())]);
    }

    #[test]
    fn what_is_new_in_many_rows_is_named_once() {
        let mut agreement = Agreement::default();
        let there = json!({"series": [{"at": 0}, {"at": 1}]});
        agreement.add("", &there, &json!({"series": [{"at": 0, "busy": 1}, {"at": 1, "busy": 1}]}));
        assert!(agreement.to_string().ends_with("New here: series[].busy\n"), "{agreement}");
    }
}
