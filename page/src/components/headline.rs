//! The run in one sentence: the only live region of the page.

use connlab::chart::words::count;
use yew::prelude::*;

use super::Glance;
use crate::words;

/// What to tell.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// What to show.
    pub page: Glance,
}

/// `60 s, 400 requests/s: 23,914 ok, 86 failed – first failure at 3.2 s`.
#[component]
pub fn Headline(props: &Props) -> Html {
    let Some(shown) = &props.page.shown else {
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
