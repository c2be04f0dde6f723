//! Few things, large: for a lecture room.

use connlab::chart::Chart;
use connlab::params::PARAMS;
use connlab::question::Topic;
use connlab::words::count;
use yew::prelude::*;

use super::answer::answer;
use super::headline::header;
use super::notice::notice;
use super::setting::Setting;
use super::{Props, glyph};
use crate::panel::Panel;
use crate::shown::Shown;
use crate::state;

/// The two charts that show cause and effect.
pub const CHARTS: [Chart; 2] = [Chart::Outcomes, Chart::Queues];

/// How many settings there is room for.
const SETTINGS: usize = 2;

/// What stands around the charts.
pub fn projector(props: &Props, panel: &Panel) -> Html {
    html! {
        <>
            {header(props)}
            {notice(props)}
            <aside class="left" aria-label="Settings and errors">
                {for settings(props).into_iter().map(|param| setting(props, param))}
                if let Some(shown) = &props.page.shown { {failures(shown, panel)} }
            </aside>
        </>
    }
}

/// The settings that differ from their defaults, prominent ones first; failing these the prominent ones.
fn settings(props: &Props) -> Vec<usize> {
    let params = &props.page.scenario.params;
    let rank = |i: &usize| {
        let spec = &PARAMS[*i];
        (!spec.prominent, !state::is_changed(spec, spec.get(params)), spec.key != "idle" && spec.key != "somaxconn")
    };
    let mut chosen = Vec::new();
    for _ in 0..SETTINGS {
        let left = (0..PARAMS.len()).filter(|i| !PARAMS[*i].stops().is_empty() && !chosen.contains(i));
        chosen.extend(left.min_by_key(rank));
    }
    chosen
}

fn setting(props: &Props, param: usize) -> Html {
    let spec = &PARAMS[param];
    let value = spec.get(&props.page.scenario.params);
    let reset = state::reset_value(spec, value, &props.page.scenario.base().params);
    html! { <Setting key={param} {param} {value} {reset} act={props.act.clone()} /> }
}

fn failures(shown: &Shown, panel: &Panel) -> Html {
    let report = &shown.report;
    let fingerprint = if shown.complete { &*report.fingerprint } else { "" };
    let classes = report.errors.iter().take(5).map(|error| {
        let spec = error.kind.spec();
        html! {
            <li data-class={error.class} data-count={error.count.to_string()} title={error.text.clone()}>
                {glyph::failure(spec.family)}<span>{spec.label}</span><b>{count(error.count)}</b>
            </li>
        }
    });
    html! {
        <>
            <p class="figure"><b>{count(report.requests.failed)}</b>{" failed"}</p>
            <ul class="errors" data-testid="errors">{for classes}</ul>
            // Of the chain only the root cause is seen: a wall has room for one sentence.
            if !report.errors.is_empty() {
                <div class="why">
                    <b>{"Why? "}</b>{answer(panel, Topic::Why)}
                    {answer(panel, Topic::Cure)}
                </div>
            }
            <p class="run">{"run "}<code data-testid="fingerprint">{fingerprint}</code></p>
        </>
    }
}
