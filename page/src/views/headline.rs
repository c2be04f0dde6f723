//! The run in one sentence.

use connlab::sentence::Sentence;
use connlab::teaching::Part;
use maud::{Markup, html};

use super::who::whose;
use crate::state::Page;

/// `60 s, 400 requests/s: 23,914 ok, 86 failed – all EOF, the first at 3.2 s`.
pub fn headline(page: &Page) -> Markup {
    if page.hides(Part::Headline) {
        return Markup::default();
    }
    let Some(shown) = page.shown() else {
        return html! { p.headline data-testid="headline" { "Computing the run" } };
    };
    let sentence = shown.sentence();
    if let Some(lesson) = page.lesson().filter(|_| page.predicts()) {
        return html! {
            p.headline data-testid="headline" { "Predict first, then run. What changes: " code { (lesson.change) } }
        };
    }
    let title = sentence.to_string();
    let Sentence { load, ok, failed, remark, unfinished } = sentence;
    html! {
        p.headline data-testid="headline" title=(title) {
            (load) ": " b data-testid="ok-count" { (ok) } ", " b data-testid="failed-count" { (failed) } (remark)
            span.rest { (unfinished) }
        }
    }
}

/// What the run is called, over a view that shows nothing else of its settings.
pub fn title(page: &Page) -> Markup {
    html! { h1 { (page.title()) @if page.is_edited() { ", edited" } " " (whose(page)) } }
}
