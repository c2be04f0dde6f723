//! The model card: does theory agree with this run, what is modelled, and what is not.
//!
//! It is long and never changes while somebody reads it, so it is written as text for the browser to parse: as elements
//! of the virtual page it would be five times the code.

use connlab::model_card;
use connlab::sim::checks::{self, Check, Comparison, Finding};
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

use super::{Props, when};
use crate::state::Action;
use crate::words;

/// What stands over the card, whether it is open or not, so that the focus has somewhere to go when it opens.
const HEAD: &str = "<header><h2>Model card</h2><span>model v1</span>\
    <button class='btn icon' aria-label=Close title=Close autofocus popovertarget=model-card popovertargetaction=hide>\
    <svg class=icon viewBox='0 0 16 16' aria-hidden=true><path d='M4 4l8 8M12 4l-8 8'/></svg></button></header>";

/// A button, and what it opens over the page. The browser closes it on Escape and gives the focus back.
pub fn button_and_card(props: &Props) -> Html {
    let ontoggle = when(&props.act, |event: Event| {
        let card: Element = event.target()?.dyn_into().ok()?;
        Some(Action::ModelCard(card.matches(":popover-open").ok()?))
    });
    let card = if props.page.model_card { card(props) } else { String::new() };
    html! {
        <>
            <button class="new" data-testid="model-card-button" popovertarget="model-card">{"model card"}</button>
            <section class="card-box" id="model-card" popover="auto" role="dialog" aria-label="Model card" {ontoggle}>
                {Html::from_html_unchecked(HEAD.into())}
                {Html::from_html_unchecked(card.into())}
            </section>
        </>
    }
}

/// The card itself, for a place of any width.
#[cold]
fn card(props: &Props) -> String {
    let mut text = String::from(
        "<div class=card-body tabindex=0 role=region aria-label='Model card'><div class=card data-testid=model-card>",
    );
    if let Some(shown) = &props.page.shown {
        checks(&mut text, &shown.report.checks);
    }
    for (title, rows) in [("Modelled", model_card::modelled()), ("Not modelled", model_card::not_modelled())] {
        element(&mut text, "h3", "", title);
        text += "<table>";
        for (what, about) in rows {
            text += "<tr><th scope=row>";
            write(&mut text, what);
            text += "<td>";
            write(&mut text, about);
        }
        text += "</table>";
    }
    text + "</div></div>"
}

/// Those that apply, then the others with their reasons.
#[cold]
fn checks(text: &mut String, checks: &[Check]) {
    element(text, "h3", "", "This run against theory");
    element(text, "p", "lead", &checks::summary(checks));
    *text += "<ul class=checks>";
    for applies in [true, false] {
        for check in checks.iter().filter(|check| check.finding.applies() == applies) {
            self::check(text, check);
        }
    }
    *text += "</ul>";
}

#[cold]
fn check(text: &mut String, check: &Check) {
    let verdict = check.finding.verdict();
    for part in ["<li data-check=", check.id, " data-verdict=", verdict, ">"] {
        *text += part;
    }
    element(text, "h4", "", check.title);
    element(text, "p", "formula", check.formula);
    element(text, "p", "source", check.source);
    match &check.finding {
        Finding::Holds(comparison) | Finding::Outside(comparison) => {
            let sign = if verdict == "holds" { "✓ holds" } else { "✗ outside" };
            element(text, "p", "verdict", sign);
            numbers(text, comparison, check.unit);
            element(text, "p", "how", comparison.tolerance);
        }
        Finding::NotApplicable { reason } => {
            element(text, "p", "verdict", "does not apply");
            element(text, "p", "how", reason);
        }
    }
    *text += "</li>";
}

#[cold]
fn numbers(text: &mut String, comparison: &Comparison, unit: &str) {
    let Comparison { expected, simulated, low, high, .. } = *comparison;
    let [low_text, high_text] = [words::quantity(low, ""), words::quantity(high, unit)];
    let allowed = if low == high {
        "exactly this".to_string()
    } else if low == 0.0 && high == expected {
        format!("up to {high_text}")
    } else {
        format!("{low_text} to {high_text}")
    };
    let [expected, simulated] = [expected, simulated].map(|value| words::quantity(value, unit));
    *text += "<dl>";
    for (name, value) in [("Expected", expected), ("Simulated", simulated), ("Allowed", allowed)] {
        *text += "<div>";
        element(text, "dt", "", name);
        element(text, "dd", "", &value);
        *text += "</div>";
    }
    *text += "</dl>";
}

#[cold]
fn element(text: &mut String, name: &str, class: &str, content: &str) {
    for part in ["<", name, " class='", class, "'>"] {
        *text += part;
    }
    write(text, content);
    for part in ["</", name, ">"] {
        *text += part;
    }
}

/// Adds plain text, in which code stands between backticks.
#[cold]
fn write(text: &mut String, content: &str) {
    let mut is_code = false;
    for c in content.chars() {
        match c {
            '`' => {
                *text += if is_code { "</code>" } else { "<code>" };
                is_code = !is_code;
            }
            '<' => *text += "&lt;",
            '&' => *text += "&amp;",
            c => text.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_names_the_version_of_the_model() {
        assert!(HEAD.contains(&format!("model v{}<", connlab::link::VERSION)));
    }

    #[test]
    fn text_is_written_so_that_a_browser_reads_it_back() {
        let mut text = String::new();
        element(&mut text, "p", "how", "`a<b>` & c");
        assert_eq!(text, "<p class='how'><code>a&lt;b></code> &amp; c</p>");
    }
}
