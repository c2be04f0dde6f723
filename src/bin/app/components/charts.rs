//! The charts, one above the other, over one time axis.

use std::rc::Rc;

use connlab::chart::{self, Chart};
use connlab::params::PARAMS;
use yew::prelude::*;

use super::figure::Figure;
use super::{Glance, Same};
use crate::state::{Run, Shown, View};

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

/// What changes during the run, where it does; nothing if nothing does.
fn timetable(shown: &Rc<Shown>) -> Html {
    let changes = &shown.scenario.timetable;
    if changes.is_empty() {
        return Html::default();
    }
    let length = shown.series.duration.as_secs_f64().max(1e-9);
    let share = |i: usize| changes.get(i).map_or(1.0, |change| (change.at.as_secs_f64() / length).min(1.0));
    let items = changes.iter().enumerate().map(|(i, change)| {
        let text = format!("{} {}", PARAMS[change.param].key, change.value);
        let at = connlab::chart::words::seconds(change.at.as_secs_f64());
        let room = (share(i + 1) - share(i)) * 100.0;
        html! {
            <li style={format!("left:{:.3}%;max-width:{room:.3}%", share(i) * 100.0)} title={format!("{at}: {text}")}>
                <span class="sr">{at}{": "}</span>{text}
            </li>
        }
    });
    html! {
        <div class="lane"><span class="name">{"changes"}</span><ol aria-label="Changes during the run">{for items}</ol></div>
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
