//! What was typed into a box, as a value. Pure, without any web type.

use connlab::params::{Kind, ParamSpec, Rejected, Value};

/// Reads what was typed into a setting's box: as in links, but a time without its unit has the unit of the value
/// before.
fn typed(spec: &ParamSpec, before: Value, text: &str) -> Result<Value, Rejected> {
    spec.parse(&with_unit(spec, before, text))
}

/// The value that is used for what was typed, and what is wrong with the text. `None`: the value before stays.
pub fn judged(spec: &ParamSpec, before: Value, text: &str) -> (Option<Value>, Option<String>) {
    match typed(spec, before, text) {
        Ok(new) => (Some(new), None),
        Err(Rejected::Clamped(new)) => (Some(new), Some(format!("The range is {}. Using {new}.", spec.range()))),
        Err(Rejected::Rounded(new)) => (Some(new), Some(format!("Finer than can be held. Using {new}."))),
        Err(Rejected::Malformed(what)) => (None, Some(format!("{text} {what}. Still {before}."))),
    }
}

/// A text with the unit of the value before, if it is a time that lacks one.
pub fn with_unit(spec: &ParamSpec, before: Value, text: &str) -> String {
    let lacks_unit = matches!(spec.kind, Kind::Duration { .. }) && text.ends_with(|c: char| c.is_ascii_digit());
    let unit = before.to_string().chars().filter(char::is_ascii_alphabetic).collect::<String>();
    if lacks_unit { format!("{text}{unit}") } else { text.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use connlab::params::ParamId;

    #[test]
    fn typed_times_may_lack_their_unit() {
        let timeout = ParamId::timeout.spec();
        let before = timeout.parse("250ms").unwrap();
        assert_eq!(typed(timeout, before, "300").unwrap().to_string(), "300ms");
        assert_eq!(typed(timeout, before, "1.5 s").unwrap().to_string(), "1500ms");
        let backlog = ParamId::backlog.spec();
        assert_eq!(typed(backlog, backlog.default_value(), "1,024").unwrap(), Value::Count(1_024));
        assert!(typed(backlog, backlog.default_value(), "12x").is_err());
    }
}
