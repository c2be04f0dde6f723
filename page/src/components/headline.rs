//! The run in one sentence.

use connlab::sentence::Sentence;
use yew::prelude::*;

use crate::state::Page;

/// `60 s, 400 requests/s: 23,914 ok, 86 failed – all EOF, the first at 3.2 s`.
pub fn headline(page: &Page) -> Html {
    let Some(shown) = &page.shown else {
        return html! { <p class="headline" data-testid="headline">{"Computing the run"}</p> };
    };
    let sentence = shown.sentence();
    let title = sentence.to_string();
    let Sentence { load, ok, failed, remark, unfinished } = sentence;
    html! {
        <p class="headline" data-testid="headline" {title}>
            {load}{": "}<b data-testid="ok-count">{ok}</b>{", "}<b data-testid="failed-count">{failed}</b>
            {remark}<span class="rest">{unfinished}</span>
        </p>
    }
}
