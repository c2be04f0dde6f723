//! What in the link could not be used as it was written, and what kept the run from its end.

use maud::{Markup, PreEscaped, html};

use super::glyph;
use crate::state::Page;

/// A strip under the top bar; nothing without a warning. What is said of the run goes with the run.
pub fn notice(page: &Page) -> Markup {
    let about_link = page.warnings.iter().map(|warning| &warning.message);
    let about_run = page.shown().into_iter().flat_map(|shown| &shown.report.warnings);
    let messages: Vec<&String> = about_link.chain(about_run).collect();
    if messages.is_empty() {
        return Markup::default();
    }
    html! {
        section.notice data-key="notice" data-testid="notice" aria-label="About this link" {
            ul { @for message in messages { li { (marked(message)) } } }
            @if !page.warnings.is_empty() {
                button.btn data-do="dismiss" { (glyph::icon(glyph::CLOSE)) "Dismiss" }
            }
        }
    }
}

/// Text whose parts between backticks are code.
pub fn marked(text: &str) -> Markup {
    let escaped = html! { (text) }.into_string();
    let part = |(i, part)| if i % 2 == 1 { format!("<code>{part}</code>") } else { String::from(part) };
    PreEscaped(escaped.split('`').enumerate().map(part).collect())
}

#[cfg(test)]
mod tests {
    use super::marked;

    #[test]
    fn what_comes_from_outside_opens_no_element() {
        assert_eq!(marked("`t=<b>` is no time").0, "<code>t=&lt;b&gt;</code> is no time");
        assert_eq!(marked("an open ` mark").0, "an open <code> mark</code>");
    }
}
