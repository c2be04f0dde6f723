//! The run in one sentence: the only live region of the page.

use connlab::chart::words::count;
use yew::prelude::*;

use super::Props;
use super::progress::progress;
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
        return html! { <p class="headline" data-testid="headline" aria-live="polite">{"Computing the run"}</p> };
    };
    let requests = &shown.report.requests;
    let first = words::first_failure(shown);
    let unfinished = match requests.in_flight {
        0 => String::new(),
        n => format!("{}{} without an outcome at the end", if first.is_empty() { " – " } else { "; " }, count(n)),
    };
    // A half-computed run is not worth an announcement.
    let live = if shown.complete { "polite" } else { "off" };
    html! {
        <p class="headline" data-testid="headline" aria-live={live} aria-atomic="true">
            {words::load(&shown.scenario.params)}{": "}
            <b data-testid="ok-count">{count(requests.ok)}{" ok"}</b>{", "}
            <b data-testid="failed-count">{count(requests.failed)}{" failed"}</b>
            if !first.is_empty() { {" – "}{first} }
            <span class="rest">{unfinished}</span>
        </p>
    }
}
