//! The charts, one above the other, over one time axis.

use connlab::chart::words::seconds;
use connlab::chart::{self, Chart};
use yew::prelude::*;

use super::figure::Figure;
use super::{Glance, Same};
use crate::state::{Run, Shown, View};
use crate::words;

/// What to show.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// The page.
    pub page: Glance,
    /// Which charts.
    pub charts: &'static [Chart],
}

/// The charts of the latest run.
#[component]
pub fn Charts(props: &Props) -> Html {
    let page = &props.page;
    let Some(shown) = &page.shown else {
        return html! { <div class="charts" aria-busy="true"></div> };
    };
    // An old run stays until the new one is there, paler once that takes a moment.
    let stale = page.run != Run::Done && shown.complete;
    let weight = if page.view() == View::Projector { 2.4 } else { 1.0 };
    html! {
        <div class={classes!("charts", stale.then_some("stale"))} aria-busy={stale.to_string()}>
            {timetable(shown)}
            {for props.charts.iter().map(|chart| html! {
                <Figure key={chart.id()} chart={*chart} shown={Same(shown.clone())} dark={page.is_dark()} {weight} />
            })}
            {axis(shown)}
        </div>
    }
}

/// A text needs about this share of the width.
const ROOM: f64 = 0.08;

/// What changes during the run, as bars of their true length; nothing if nothing does.
fn timetable(shown: &Shown) -> Html {
    let faults = words::faults(&shown.scenario);
    if faults.is_empty() {
        return Html::default();
    }
    let length = shown.series.duration.as_secs_f64().max(1e-9);
    let items = faults.iter().enumerate().map(|(i, fault)| {
        let (from, to) = (fault.from_s / length, fault.to_s / length);
        let room = faults.get(i + 1).map_or(1.0, |next| next.from_s / length) - from;
        let style =
            format!("--from:{:.3}%;--length:{:.3}%;--room:{:.3}%", from * 100.0, (to - from) * 100.0, room * 100.0);
        let when = format!("{} to {}: ", seconds(fault.from_s), seconds(fault.to_s));
        let class = (room < ROOM).then_some("sr");
        html! {
            <li {style} title={format!("{when}{}", fault.text)}>
                <i></i><span class={classes!("text-of", class)}><span class="sr">{when}</span>{&fault.text}</span>
            </li>
        }
    });
    html! {
        <div class="lane">
            <span class="name">{"changes"}</span>
            <ol aria-label="Changes during the run">{for items}</ol>
        </div>
    }
}

/// The axis under all charts: seconds.
fn axis(shown: &Shown) -> Html {
    let ticks = chart::time_ticks(shown.series.duration);
    html! {
        <div class="axis" aria-hidden="true">
            {for ticks.into_iter().map(|(at, text)| html! {
                <span style={format!("left:{:.3}%", at * 100.0)}>{text}</span>
            })}
        </div>
    }
}
