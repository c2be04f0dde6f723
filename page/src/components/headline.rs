//! The run in one sentence.

use connlab::sentence::Sentence;
use yew::prelude::*;

use super::{escaped, markup};
use crate::state::Page;

/// `60 s, 400 requests/s: 23,914 ok, 86 failed – all EOF, the first at 3.2 s`.
pub fn headline(page: &Page) -> Html {
    let Some(shown) = page.shown() else {
        return markup("<p class=headline data-testid=headline>Computing the run</p>");
    };
    let sentence = shown.sentence();
    let title = escaped(&sentence.to_string());
    let Sentence { load, ok, failed, remark, unfinished } = sentence;
    let (load, remark, unfinished) = (escaped(&load), escaped(&remark), escaped(&unfinished));
    markup(format!(
        "<p class=headline data-testid=headline title=\"{title}\">{load}: <b data-testid=ok-count>{ok}</b>, \
        <b data-testid=failed-count>{failed}</b>{remark}<span class=rest>{unfinished}</span></p>"
    ))
}

/// What the run is called, over a view that shows nothing else of its settings.
pub fn title(page: &Page) -> Html {
    markup(format!("<h1>{}{}</h1>", page.title(), if page.is_edited() { ", edited" } else { "" }))
}
