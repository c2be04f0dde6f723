//! The model card: does theory agree with this run, what is modelled, and what is not.

use connlab::checks::{self, Check, Comparison, Outcome};
use connlab::link::Recipe;
use connlab::model_card;
use connlab::sim::report::Report;
use connlab::words::count;
use maud::{Markup, html};

use super::prose;

/// The card, for a place of any width.
pub fn card(recipe: &Recipe, report: &Report) -> Markup {
    let checks = checks::all(&recipe.scenario, report);
    html! {
        div.card data-testid="model-card" {
            h3 { "This run against theory" }
            p.lead { (checks::summary(&checks)) }
            button.btn.line data-copy { "Copy" }
            ul.checks {
                // Those that apply, then the others with their reasons.
                @for applies in [true, false] {
                    @for one in checks.iter().filter(|check| check.finding.applies() == applies) { (check(one)) }
                }
            }
            @for (title, rows) in [("Modelled", model_card::modelled()), ("Not modelled", model_card::not_modelled())] {
                h3 { (title) }
                table { @for (what, about) in rows { tr { th scope="row" { (prose(what)) } td { (prose(about)) } } } }
            }
        }
    }
}

fn check(check: &Check) -> Markup {
    let verdict = check.finding.verdict();
    html! {
        li data-check=(check.id) data-verdict=(verdict) {
            h4 { (prose(check.title)) }
            p.formula { (prose(check.formula)) }
            p.source { (prose(check.source)) }
            @match &check.finding {
                Outcome::Holds(comparison) | Outcome::Outside(comparison) => {
                    p.verdict { @if verdict == "holds" { "✓ holds" } @else { "✗ outside" } }
                    (numbers(comparison, check.unit))
                    p.how { (prose(comparison.tolerance)) }
                }
                Outcome::NotApplicable { reason } => {
                    p.verdict { "does not apply" }
                    p.how { (prose(reason)) }
                }
            }
        }
    }
}

fn numbers(comparison: &Comparison, unit: &str) -> Markup {
    let Comparison { expected, simulated, low, high, .. } = *comparison;
    let [low_text, high_text] = [quantity(low, ""), quantity(high, unit)];
    let allowed = if low == high {
        "exactly this".to_string()
    } else if low == 0.0 && high == expected {
        format!("up to {high_text}")
    } else {
        format!("{low_text} to {high_text}")
    };
    let [expected, simulated] = [expected, simulated].map(|value| quantity(value, unit));
    html! {
        dl {
            @for (name, value) in [("Expected", expected), ("Simulated", simulated), ("Allowed", allowed)] {
                div { dt { (name) } dd { (value) } }
            }
        }
    }
}

/// A number of any size with its unit: `24,199`, `470.5/s`, `1.02 ms`, `0.0031 %`.
fn quantity(value: f64, unit: &str) -> String {
    let number = match value {
        value if value >= 1_000.0 || libm::floor(value) == value => count(libm::round(value) as u64),
        value if value >= 100.0 => format!("{value:.1}"),
        value if value >= 1.0 => format!("{value:.2}"),
        value if value >= 0.1 => format!("{value:.3}"),
        value => format!("{value:.5}"),
    };
    match unit {
        "" => number,
        "/s" => number + unit,
        _ => number + " " + unit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_have_three_digits_that_mean_something_and_their_unit() {
        let plain = [0.0, 24_199.0, 24_199.4, 470.533, 127.9, 4.0821, 0.1234, 0.00312].map(|n| quantity(n, ""));
        assert_eq!(plain, ["0", "24,199", "24,199", "470.5", "127.9", "4.08", "0.123", "0.00312"]);
        assert_eq!(quantity(1.0228, "ms"), "1.02 ms");
    }
}
