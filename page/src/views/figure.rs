//! One chart: caption with numbers, canvas, and the same as a table.

use connlab::chart::{AxisSide, Chart, Scale};
use connlab::question::Topic;
use connlab::words::{fixed, trimmed};
use maud::{Markup, html};

use super::answer::answer;
use super::charts::scale;
use super::glyph;
use super::parts::Parts;
use crate::app::App;
use crate::shown::Shown;

/// The size that labels are made for until the real one is known.
const USUAL: (f64, f64) = (600.0, 60.0);

/// The height of a line of labels, in pixels on a desk.
const LINE: f64 = 11.0;

/// A chart; `bucket` is what its heading reads; `None`: the whole run.
pub fn figure(app: &App, shown: &Shown, chart: Chart, bucket: Option<usize>, parts: &mut Parts) -> Markup {
    let size = app.size(chart.id());
    let on = (bucket, size);
    if let Some(same) = parts.of_both(chart.id(), on) {
        return same;
    }
    let (width, height) = if size.0 > 0 { (f64::from(size.0), f64::from(size.1)) } else { USUAL };
    let readouts = match bucket {
        Some(bucket) => chart.readouts_at(&shown.report, &shown.series, shown.series.bucket_start(bucket), width),
        None => chart.readouts(&shown.report, &shown.series),
    };
    let a = app.page.compared().map(|a| &a.series);
    let labels = chart.labels(&shown.series, a, (width, height / (LINE * scale(&app.page).1)));
    let figure = html! {
        figure class={ "chart chart-" (chart.id()) } data-chart=(chart.id()) data-part=(chart.id()) {
            figcaption {
                h2 { (chart.title()) }
                span.readouts {
                    @for readout in readouts {
                        span.readout {
                            (glyph::mark(readout.mark)) (readout.label) " " b { (readout.value) } " " (readout.of)
                        }
                    }
                }
                span.what { (chart.unit()) @if a.is_some() { "; dashed: A" } }
                (table(app, chart, parts))
            }
            div.plot data-style={ "--lines:" (fixed(chart.lines(&shown.series), 1)) } {
                (guess(app, shown, chart))
                canvas data-measure=(chart.id()) role="img"
                    aria-label=(chart.describe(&shown.report, &shown.series)) {}
                div aria-hidden="true" {
                    @for label in labels {
                        span class=(if label.side == AxisSide::Left { "label at-left" } else { "label at-right" })
                            data-style={ "--at:" (fixed(label.at * 100.0, 2)) "%" } { (label.text) }
                    }
                }
            }
        }
    };
    parts.part_on(chart.id(), on, figure)
}

/// Steps of a line that is drawn, from the bottom of a plot to its top.
pub const LINE_STEPS: u32 = 200;

/// The scale of a chart as it is drawn.
pub fn scale_of(app: &App, shown: &Shown, chart: Chart) -> Option<Scale> {
    let width = app.size(chart.id()).0;
    let width = if width > 0 { f64::from(width) } else { USUAL.0 };
    chart.scale(&shown.series, app.page.compared().map(|a| &a.series), width)
}

/// What a learner predicts, as a line across the plot; until it is locked in it can be moved.
fn guess(app: &App, shown: &Shown, chart: Chart) -> Markup {
    let page = &app.page;
    let line = page.line(chart.id());
    let Some(((_, said), scale)) = line.zip(scale_of(app, shown, chart)) else { return Markup::default() };
    let height = said.map(|said| scale.height(said).clamp(0.0, 1.0));
    html! {
        @if let Some((said, height)) = said.zip(height) {
            i.guess data-testid="guess" data-style={ "--at:" (fixed(100.0 - height * 100.0, 2)) "%" } {
                span { "my prediction: " (trimmed(said, 2)) }
            }
        }
        @if page.predicts() {
            input.guess-handle type="range" max=(LINE_STEPS) step="1" data-in="line" data-with=(chart.id())
                aria-label="My prediction, as a line in the chart" aria-valuetext=[said.map(|said| trimmed(said, 2))]
                data-value=(fixed(height.unwrap_or(0.5) * f64::from(LINE_STEPS), 0));
        }
    }
}

/// The numbers behind the picture: the explainer's answer, while the table is open.
fn table(app: &App, chart: Chart, parts: &mut Parts) -> Markup {
    let is_open = app.panel.table == Some(chart);
    html! {
        details.table open[is_open] data-table=(chart.id()) {
            summary { "Table" span.sr { ": " (chart.title()) } }
            div.sheet tabindex="0" role="region" aria-label=(chart.title()) {
                @if is_open { (answer(&app.panel, parts, Topic::Table)) }
            }
        }
    }
}
