//! The run in one sentence.

use connlab::words::count;
use yew::prelude::*;

use super::Props;
use super::progress::progress;
use crate::shown::Shown;
use crate::state::Page;
use crate::words;

/// The head of a page without settings.
pub fn header(props: &Props) -> Html {
    html! {
        <header>
            <h1 class="sr">{"ConnLab"}</h1>
            {headline(&props.page)}
            {progress(props)}
        </header>
    }
}

/// `60 s, 400 requests/s: 23,914 ok, 86 failed – first failure at 3.2 s`.
pub fn headline(page: &Page) -> Html {
    let Some(shown) = &page.shown else {
        return html! { <p class="headline" data-testid="headline">{"Computing the run"}</p> };
    };
    let [load, ok, failed, first, unfinished] = parts(shown);
    html! {
        <p class="headline" data-testid="headline">
            {load}<b data-testid="ok-count">{ok}</b>{", "}<b data-testid="failed-count">{failed}</b>
            {first}<span class="rest">{unfinished}</span>
        </p>
    }
}

/// The same as text.
pub fn sentence(shown: &Shown) -> String {
    let [load, ok, failed, first, unfinished] = parts(shown);
    [load, ok, ", ".into(), failed, first, unfinished, ".".into()].concat()
}

fn parts(shown: &Shown) -> [String; 5] {
    let requests = &shown.report.requests;
    let first = words::first_failure(shown);
    let unfinished = match requests.in_flight {
        0 => String::new(),
        n => format!("{}{} still open at the end", if first.is_empty() { " – " } else { "; " }, count(n)),
    };
    [
        words::load(&shown.scenario.params) + ": ",
        count(requests.ok) + " ok",
        count(requests.failed) + " failed",
        if first.is_empty() { first } else { format!(" – {first}") },
        unfinished,
    ]
}
