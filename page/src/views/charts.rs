//! The charts, one above the other, over one time axis, with one playhead over all of them.

use connlab::chart::{self, Chart};
use connlab::words::{count, fixed};
use maud::{Markup, html};

use super::figure::figure;
use super::lanes::lanes;
use super::parts::Parts;
use super::transport::share;
use crate::app::App;
use crate::playhead::clock;
use crate::shown::Shown;
use crate::state::{Page, Run, View};

/// How much wider lines are than on a desk, and how much larger text is.
pub fn scale(page: &Page) -> (f64, f64) {
    if page.view() == View::Projector { (2.4, 1.7) } else { (1.0, 1.0) }
}

/// These charts of the latest run.
pub fn charts(app: &App, parts: &mut Parts, charts: &[Chart]) -> Markup {
    let page = &app.page;
    let Some(shown) = page.shown() else {
        return html! { div.charts aria-busy="true" {} };
    };
    // An old run stays until the new one is there, paler once that takes a moment.
    let stale = !matches!(page.run, Run::Done | Run::Busy { progress: None }) && shown.complete;
    // While it is computed there is no instant to look at yet.
    let playhead = Some(&app.playhead).filter(|_| shown.complete);
    let hover = app.hover.filter(|_| shown.complete);
    let bucket = playhead.map(|playhead| shown.series.bucket_at(hover.unwrap_or(playhead.at)));
    let (seen, veiled): (Vec<Chart>, Vec<Chart>) = charts.iter().partition(|chart| page.reveals(chart.id()));
    let charts = html! {
        div data-part="charts" class=(if stale { "charts stale" } else { "charts" })
            aria-busy=(super::aria(page.run != Run::Done)) {
            (lanes(app, shown, parts))
            @for chart in seen { (figure(app, shown, chart, bucket, parts)) }
            @if !veiled.is_empty() {
                p.veil data-testid="veil" {
                    (count(veiled.len() as u64)) " charts stay hidden until you lock in your prediction"
                }
            }
            (axis(shown))
            @if let Some(playhead) = playhead {
                i.now data-style={ "--at:" (fixed(share(playhead), 5)) } {}
            }
            @if let Some(at) = hover {
                i.pointer data-style={ "--at:" (fixed(at.as_secs_f64() / shown.series.duration.as_secs_f64(), 5)) } {
                    span { (clock(at)) }
                }
            }
        }
    };
    parts.part("charts", charts)
}

/// The axis under all charts: seconds.
fn axis(shown: &Shown) -> Markup {
    html! {
        div.axis aria-hidden="true" {
            @for (at, text) in chart::time_ticks(shown.series.duration) {
                span data-style={ "left:" (fixed(at * 100.0, 3)) "%" } { (text) }
            }
        }
    }
}
