//! Few things, large: for a lecture room.

use connlab::chart::Chart;
use connlab::chart::words::count;
use connlab::params::PARAMS;
use yew::prelude::*;

use super::charts::Charts;
use super::headline::Headline;
use super::notice::Notice;
use super::progress::Progress;
use super::setting::Setting;
use super::transport::Transport;
use super::{Glance, Same, glyph};
use crate::playhead::{Motion, Playhead};
use crate::state::{self, Action, Shown};

/// The two charts that show cause and effect.
const CHARTS: [Chart; 2] = [Chart::Outcomes, Chart::Queues];

/// How many settings there is room for.
const SETTINGS: usize = 2;

/// What to show.
pub struct Props {
    /// The page.
    pub page: Glance,
    /// The scene.
    pub scene: Html,
    /// The playhead.
    pub playhead: Same<Playhead>,
    /// Whom to tell.
    pub act: Callback<Action>,
    /// Whom to tell when the playhead moves.
    pub go: Callback<Motion>,
    /// Whom to tell of keys.
    pub press: Callback<KeyboardEvent>,
}

/// The whole page.
pub fn projector(props: &Props) -> Html {
    let shown = props.page.shown.as_ref();
    let complete = shown.filter(|shown| shown.complete).map(|shown| Same(shown.clone()));
    html! {
        <div class="projector">
            <header>
                <h1 class="sr">{"ConnLab"}</h1>
                <Headline page={props.page.clone()} />
                <Progress run={props.page.run} act={props.act.clone()} />
            </header>
            <Notice page={props.page.clone()} act={props.act.clone()} />
            <aside class="left" aria-label="Settings and errors">
                {for settings(props).map(|param| setting(props, param))}
                if let Some(shown) = shown { {failures(shown)} }
            </aside>
            <main class="mid" aria-label="The run over time" onkeydown={props.press.clone()}>
                {props.scene.clone()}
                <Charts page={props.page.clone()} charts={&CHARTS[..]} playhead={props.playhead.clone()}
                    go={props.go.clone()} act={props.act.clone()} />
                <Transport playhead={props.playhead.clone()} shown={complete} go={props.go.clone()} />
            </main>
        </div>
    }
}

/// The settings that differ from their defaults, prominent ones first; failing these the prominent ones.
fn settings(props: &Props) -> impl Iterator<Item = usize> {
    let params = &props.page.scenario.params;
    let mut order: Vec<usize> = (0..PARAMS.len()).filter(|i| !PARAMS[*i].stops().is_empty()).collect();
    order.sort_by_key(|i| {
        let spec = &PARAMS[*i];
        (!spec.prominent, !state::is_changed(spec, spec.get(params)), spec.key != "idle" && spec.key != "somaxconn")
    });
    order.into_iter().take(SETTINGS)
}

fn setting(props: &Props, param: usize) -> Html {
    let spec = &PARAMS[param];
    let value = spec.get(&props.page.scenario.params);
    let reset = state::reset_value(spec, value, &props.page.scenario.base().params);
    html! { <Setting key={param} {param} {value} {reset} act={props.act.clone()} /> }
}

fn failures(shown: &Shown) -> Html {
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
            if let Some(error) = report.errors.first() {
                <p class="why"><b>{"Why? "}</b>{first_sentence(error.kind.spec().cause)}</p>
            }
            <p class="run">{"run "}<code data-testid="fingerprint">{fingerprint}</code></p>
        </>
    }
}

/// A wall has room for one sentence.
fn first_sentence(text: &str) -> String {
    text.split_once(". ").map_or_else(|| text.to_string(), |(first, _)| format!("{first}."))
}
