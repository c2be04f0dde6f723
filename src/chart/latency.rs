//! How long the answered requests took: three percentiles on a logarithmic scale.

use plotters::coord::Shift;
use plotters::prelude::*;

use super::{AxisLabel, Drawn, Look, Mark, Plot, Readout, Scale, Table, across, dashed, or_dash, plot, table_rows};
use crate::sim::report::{LatencyPoint, Report, Series};
use crate::time::SimTime;
use crate::words;

/// Percentiles of fewer answers say nothing: a gap is drawn.
const ENOUGH: u32 = 4;

/// The first SYN retransmission comes a second after the SYN: whoever waits that long was dropped.
const SYN_RETRY_MS: f64 = 1_000.0;

/// Percentile, faint to strong line, width in pixels.
type Percentile = (fn(&LatencyPoint) -> f64, f64);

const PERCENTILES: [Percentile; 3] = [(|p| p.p50_ms, 1.0), (|p| p.p95_ms, 1.2), (|p| p.p99_ms, 2.0)];

fn points(series: &Series) -> impl Iterator<Item = &LatencyPoint> {
    series.latency.iter().flatten().filter(|point| point.count >= ENOUGH)
}

/// The logarithms of the scale's ends: whole decades below, a little air above.
fn scale(series: &Series, a: Option<&Series>) -> (f64, f64) {
    let points = || points(series).chain(a.into_iter().flat_map(points));
    let low = points().map(|p| p.p50_ms).fold(f64::INFINITY, f64::min);
    let high = points().map(|p| p.p99_ms).fold(0.0, f64::max);
    if high == 0.0 {
        return (0.0, 4.0);
    }
    let low = libm::floor(libm::log10(low.max(1e-3)));
    (low, (libm::log10(high.max(1e-3)) + 0.12).max(low + 1.1))
}

/// The scale: milliseconds.
pub fn axis(series: &Series, a: Option<&Series>) -> Scale {
    Scale { ends: scale(series, a), is_log: true }
}

/// Draws the plot.
///
/// # Errors
/// What the backend reports.
pub fn draw<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    series: &Series,
    a: Option<&Series>,
    look: &Look,
) -> Drawn<DB> {
    let (low, high) = scale(series, a);
    let plot = plot(area, series, (low, high), look)?;
    for decade in decades(low, high).skip(1) {
        across(&plot, decade, look.line(look.theme.grid, 1.0))?;
    }
    across(&plot, low, look.line(look.theme.edge, 1.0))?;
    draw_syn_retry(&plot, series, look)?;
    let inks = [look.theme.ink_3, look.theme.ink_2, look.theme.ink];
    for ((value, width), ink) in PERCENTILES.into_iter().zip(inks) {
        for line in lines(series, value) {
            plot.draw(&PathElement::new(line, look.line(ink, width)))?;
        }
    }
    let compared = a.into_iter().flat_map(|a| PERCENTILES.into_iter().flat_map(|(value, _)| lines(a, value)));
    compared.into_iter().try_for_each(|line| dashed(&plot, line, look))
}

/// A dotted line where callers wait whose SYN was dropped once.
fn draw_syn_retry<DB: DrawingBackend>(plot: &Plot<DB>, series: &Series, look: &Look) -> Drawn<DB> {
    let at = libm::log10(SYN_RETRY_MS);
    if !plot.as_coord_spec().get_y_range().contains(&at) {
        return Ok(());
    }
    let dot = series.duration.as_secs_f64() / 200.0;
    let style = look.line(look.theme.ink_2, 1.0);
    for i in 0..100 {
        let from = f64::from(i) * 2.0 * dot;
        plot.draw(&PathElement::new([(from, at), (from + dot * 0.8, at)], style))?;
    }
    Ok(())
}

/// The line of one percentile, in pieces: it has gaps where too few requests were answered.
fn lines(series: &Series, value: fn(&LatencyPoint) -> f64) -> Vec<Vec<(f64, f64)>> {
    let step = series.bucket.as_secs_f64() * Series::LATENCY_BUCKETS as f64;
    let mut lines = vec![Vec::new()];
    for (i, point) in series.latency.iter().enumerate() {
        match point.as_ref().filter(|point| point.count >= ENOUGH) {
            Some(point) => {
                let y = libm::log10(value(point).max(1e-3));
                let line = lines.last_mut().expect("there is always a line");
                if line.is_empty() {
                    // One point alone shall be seen.
                    line.push((i as f64 * step, y));
                }
                line.push(((i as f64 + 0.5) * step, y));
            }
            None => lines.push(Vec::new()),
        }
    }
    lines.retain(|line| !line.is_empty());
    lines
}

fn decades(low: f64, high: f64) -> impl Iterator<Item = f64> {
    (0..).map(move |i| low + f64::from(i)).take_while(move |decade| *decade < high)
}

/// One number for a decade, or for every second one if there are many.
pub fn labels(series: &Series, a: Option<&Series>) -> Vec<AxisLabel> {
    let (low, high) = scale(series, a);
    let every = if high - low > 4.0 { 2 } else { 1 };
    decades(low, high)
        .step_by(every)
        .map(|decade| {
            let text = match libm::pow(10.0, decade) {
                ms if ms < 0.9 => words::fixed(ms * 1e3, 0) + " µs",
                ms if ms < 900.0 => words::fixed(ms, 0) + " ms",
                ms => words::fixed(ms / 1e3, 0) + " s",
            };
            AxisLabel::left(1.0 - (decade - low) / (high - low), text)
        })
        .collect()
}

/// The percentiles of the whole run.
pub fn readouts(report: &Report) -> Vec<Readout> {
    let all = &report.latency_ms;
    let text = |ms: f64| if all.count == 0 { "no answers".to_string() } else { words::millis(ms) };
    vec![
        Readout::new(Mark::Line(1), "p50", text(all.p50)),
        Readout::new(Mark::Line(2), "p95", text(all.p95)),
        Readout::new(Mark::Line(3), "p99", text(all.p99)),
    ]
}

/// The percentiles of the stretch that an instant falls into.
pub fn readouts_at(series: &Series, at: SimTime) -> Vec<Readout> {
    let point = series.latency.get(series.bucket_at(at) / Series::LATENCY_BUCKETS).copied().flatten();
    let point = point.filter(|point| point.count >= ENOUGH);
    (PERCENTILES.iter().zip(["p50", "p95", "p99"]).zip(1..))
        .map(|(((value, _), label), weight)| {
            let text = or_dash(point.as_ref().map(|point| words::millis(value(point))));
            Readout::new(Mark::Line(weight), label, text)
        })
        .collect()
}

/// The picture in one sentence.
pub fn describe(report: &Report, series: &Series) -> String {
    let all = &report.latency_ms;
    if all.count == 0 {
        return "Time from a request's arrival to its response: no request was answered.".into();
    }
    let step = series.bucket.as_secs_f64() * Series::LATENCY_BUCKETS as f64;
    let worst = (series.latency.iter().enumerate())
        .filter_map(|(i, point)| point.as_ref().map(|point| (i, point.p99_ms)))
        .fold((0, 0.0), |worst, next| if next.1 > worst.1 { next } else { worst });
    format!(
        "Time from a request's arrival to its response: half take at most {}, 99 of 100 at most {}; the \
         highest p99, {}, is at {}.",
        words::millis(all.p50),
        words::millis(all.p99),
        words::millis(worst.1),
        words::seconds(worst.0 as f64 * step),
    )
}

/// Percentiles by stretch of time; of a long stretch, its worst moment.
pub fn table(series: &Series) -> Table {
    let (chunk, times) = table_rows(series);
    let chunk = (chunk / Series::LATENCY_BUCKETS).max(1);
    let cell = |points: &[Option<LatencyPoint>], value: fn(&LatencyPoint) -> f64| {
        let worst = points.iter().flatten().map(value).fold(f64::NAN, f64::max);
        if worst.is_nan() { "–".to_string() } else { words::millis(worst) }
    };
    let rows = (series.latency.chunks(chunk).zip(times))
        .map(|(points, time)| [time].into_iter().chain(PERCENTILES.map(|(value, _)| cell(points, value))).collect())
        .collect();
    Table { columns: ["from", "p50", "p95", "p99"].map(String::from).into(), rows }
}
