//! What is expected of every run: `failed_share<=0.01`.

use std::fmt;

use super::field::Field;
use crate::words::shown;

/// A limit on one number of a run.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// The number.
    pub field: Field,
    comparison: Comparison,
    limit: f64,
    /// As it was written.
    text: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Comparison {
    AtMost,
    Below,
    AtLeast,
    Above,
    Equal,
}

/// The longer signs first: `<=` is not `<` and `=0.01`.
const SIGNS: [(&str, Comparison); 6] = [
    ("<=", Comparison::AtMost),
    (">=", Comparison::AtLeast),
    ("==", Comparison::Equal),
    ("<", Comparison::Below),
    (">", Comparison::Above),
    ("=", Comparison::Equal),
];

impl Expectation {
    /// Reads `failed_share<=0.01`; a limit may be in per cent.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn parse(text: &str) -> Result<Expectation, String> {
        let wrong = |what: &str| format!("`{}` {what}, such as failed_share<=0.01", shown(text));
        let start = text.find(['<', '>', '=']).ok_or_else(|| wrong("is no expectation"))?;
        let (name, rest) = text.split_at(start);
        let (sign, comparison) = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)).expect("one of them is found");
        let limit = number(rest[sign.len()..].trim()).ok_or_else(|| wrong("has no number as its limit"))?;
        Ok(Expectation { field: Field::named(name.trim())?, comparison: *comparison, limit, text: text.trim().into() })
    }

    /// Whether a number meets it; what is not there does not.
    pub fn holds(&self, value: Option<f64>) -> bool {
        value.is_some_and(|value| match self.comparison {
            Comparison::AtMost => value <= self.limit,
            Comparison::Below => value < self.limit,
            Comparison::AtLeast => value >= self.limit,
            Comparison::Above => value > self.limit,
            Comparison::Equal => value == self.limit,
        })
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A finite number; `1%` is 0.01.
fn number(text: &str) -> Option<f64> {
    // By the decimal point and not by a division: 0.7 / 100.0 is not the number nearest to 0.007.
    let text = text.strip_suffix('%').map_or_else(|| text.to_string(), |percent| format!("{}e-2", percent.trim()));
    text.parse().ok().filter(|value: &f64| value.is_finite())
}
