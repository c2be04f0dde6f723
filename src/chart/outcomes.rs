//! Requests that ended, per second, stacked by outcome: failures from the baseline, so that they are easy to compare,
//! and the good ones above them.

use plotters::coord::Shift;
use plotters::prelude::*;

use super::{
    AxisLabel, Drawn, Look, Mark, Plot, Readout, Scale, Table, Theme, across, buckets, dashed, or_dash, plot,
    table_rows, width_of,
};
use crate::sim::error::{ErrorKind, Family};
use crate::sim::report::{Report, Series};
use crate::time::SimTime;
use crate::words;

/// A stretch of time is at least this many pixels wide: below, noise hides the outcome.
const BIN_PIXELS: f64 = 3.0;

/// Rates by stretch of time: layer 0 is the baseline, then the failures in the order of the error table, then ok. Each
/// layer holds its upper edge, in requests per second.
struct Stack {
    kinds: Vec<ErrorKind>,
    layers: Vec<Vec<f64>>,
    bin_s: f64,
}

impl Stack {
    fn new(series: &Series, width: f64) -> Stack {
        let chunk = bin_buckets(series, width);
        let rates = |values: &[u32]| -> Vec<f64> {
            let rate = |bin: &[u32]| {
                let seconds = bin.len() as f64 * series.bucket.as_secs_f64();
                bin.iter().map(|n| f64::from(*n)).sum::<f64>() / seconds
            };
            values.chunks(chunk).map(rate).collect()
        };
        let ok = rates(&series.ok);
        let mut layers = vec![vec![0.0; ok.len()]];
        for rate in series.errors.iter().map(|errors| rates(&errors.count)).chain([ok]) {
            let below = layers.last().expect("the baseline");
            let upper = below.iter().enumerate().map(|(i, below)| below + rate.get(i).copied().unwrap_or(0.0));
            layers.push(upper.collect());
        }
        Stack {
            kinds: series.errors.iter().map(|errors| errors.kind).collect(),
            layers,
            bin_s: chunk as f64 * series.bucket.as_secs_f64(),
        }
    }

    /// The upper edges of all failures, and of all that ended.
    fn edges(&self) -> impl Iterator<Item = &Vec<f64>> {
        self.layers[1..].iter().rev().take(2)
    }

    /// The top of both.
    fn top_with(&self, other: Option<&Stack>) -> f64 {
        self.top().max(other.map_or(0.0, Stack::top))
    }

    fn top(&self) -> f64 {
        self.layers.last().into_iter().flatten().copied().fold(0.0, f64::max)
    }
}

/// Buckets to one stretch: the smallest round number that is wide enough.
fn bin_buckets(series: &Series, width: f64) -> usize {
    let enough = buckets(series) as f64 * BIN_PIXELS / width.max(1.0);
    let round = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0];
    round.into_iter().find(|n| *n >= enough).unwrap_or(200.0) as usize
}

/// The top of the scale, and the step between its numbers.
fn scale(top: f64) -> (f64, f64) {
    let high = top.max(1.0) * 1.06;
    let mut step = 0.5;
    // 1-2-5 steps until at most four numbers stand above zero.
    for factor in [2.0, 2.0, 2.5].into_iter().cycle() {
        if high / step < 4.9 {
            break;
        }
        step *= factor;
    }
    (high, step)
}

/// The scale: ended requests per second.
pub fn axis(series: &Series, a: Option<&Series>, width: f64) -> Scale {
    let a = a.map(|a| Stack::new(a, width));
    Scale { ends: (0.0, scale(Stack::new(series, width).top_with(a.as_ref())).0), is_log: false }
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
    let width = width_of(area, look);
    let (stack, a) = (Stack::new(series, width), a.map(|a| Stack::new(a, width)));
    let (high, step) = scale(stack.top_with(a.as_ref()));
    let plot = plot(area, series, (0.0, high), look)?;
    for i in (1..).take_while(|i| f64::from(*i) * step < high) {
        across(&plot, f64::from(i) * step, look.line(look.theme.grid, 1.0))?;
    }
    draw_ok(&plot, &stack, look)?;
    for (i, kind) in stack.kinds.iter().enumerate() {
        draw_failures(&plot, &stack, i, kind.spec().family, look)?;
    }
    for layer in a.iter().flat_map(Stack::edges) {
        dashed(&plot, steps(layer, 0, layer.len(), a.as_ref().map_or(0.0, |a| a.bin_s)), look)?;
    }
    across(&plot, 0.0, look.line(look.theme.edge, 1.0))
}

fn draw_ok<DB: DrawingBackend>(plot: &Plot<DB>, stack: &Stack, look: &Look) -> Drawn<DB> {
    let [.., below, upper] = &stack.layers[..] else { return Ok(()) };
    for (from, to) in runs(below, upper) {
        let (under, over) = (steps(below, from, to, stack.bin_s), steps(upper, from, to, stack.bin_s));
        let outline: Vec<_> = under.into_iter().chain(over.iter().rev().copied()).collect();
        plot.draw(&Polygon::new(outline, look.theme.ok_tint.filled()))?;
        plot.draw(&PathElement::new(over, look.line(look.theme.ok, 1.0)))?;
    }
    Ok(())
}

/// How much of its colour's weight the area of a failure has within its outline: a second of failures is as easy to see
/// as before, a minute of them does not glare.
const AREA: f64 = 0.6;

/// The colour of the area of a family of failures, and its opacity: solid, but hollow for what our own side closed, as
/// its shape is everywhere.
pub fn area(family: Family, theme: &Theme) -> (RGBColor, f64) {
    if family == Family::Closed { (theme.surface, 1.0) } else { (theme.failure(family), AREA) }
}

/// Layer `i` of the failures.
fn draw_failures<DB: DrawingBackend>(
    plot: &Plot<DB>,
    stack: &Stack,
    i: usize,
    family: Family,
    look: &Look,
) -> Drawn<DB> {
    let (below, upper) = (&stack.layers[i], &stack.layers[i + 1]);
    let color = look.theme.failure(family);
    let (fill, opacity) = area(family, look.theme);
    let fill = fill.mix(opacity);
    for (from, to) in runs(below, upper) {
        let under = steps(below, from, to, stack.bin_s);
        let over = steps(upper, from, to, stack.bin_s);
        let mut outline: Vec<_> = under.into_iter().chain(over.into_iter().rev()).collect();
        plot.draw(&Polygon::new(outline.clone(), fill.filled()))?;
        outline.extend(outline.first().copied());
        // Its own outline keeps a failure or two visible.
        plot.draw(&PathElement::new(outline, look.line(color, 1.0)))?;
    }
    Ok(())
}

/// The stretches in which a layer has any thickness, as half-open ranges.
fn runs(below: &[f64], upper: &[f64]) -> Vec<(usize, usize)> {
    let mut runs = Vec::new();
    let mut start = None;
    for i in 0..=upper.len() {
        let thick = i < upper.len() && upper[i] > below[i];
        match (start, thick) {
            (None, true) => start = Some(i),
            (Some(from), false) => {
                runs.push((from, i));
                start = None;
            }
            _ => {}
        }
    }
    runs
}

/// The corners of a step line over the stretches `from..to`.
fn steps(values: &[f64], from: usize, to: usize, bin_s: f64) -> Vec<(f64, f64)> {
    let mut corners = Vec::new();
    for (i, value) in (from..to).zip(&values[from..to]) {
        corners.push((i as f64 * bin_s, *value));
        corners.push(((i + 1) as f64 * bin_s, *value));
    }
    corners
}

/// The numbers of the scale.
pub fn labels(series: &Series, a: Option<&Series>, width: f64) -> Vec<AxisLabel> {
    let a = a.map(|a| Stack::new(a, width));
    let (high, step) = scale(Stack::new(series, width).top_with(a.as_ref()));
    (0..)
        .map(|i| f64::from(i) * step)
        .take_while(|value| *value < high)
        .map(|value| AxisLabel::left(1.0 - value / high, words::short(value)))
        .collect()
}

/// Ok, then the classes that occurred, the commonest first.
pub fn readouts(report: &Report) -> Vec<Readout> {
    let mut all = vec![Readout::new(Mark::Ok, "ok", words::count(report.requests.ok))];
    for row in &report.errors {
        let spec = row.kind.spec();
        all.push(Readout::new(Mark::Failure(spec.family), spec.label, words::count(row.count)));
    }
    all
}

/// The rates of the stretch that an instant falls into, in the same order.
pub fn readouts_at(report: &Report, series: &Series, at: SimTime, width: f64) -> Vec<Readout> {
    let stack = Stack::new(series, width);
    let bin = series.bucket_at(at) / bin_buckets(series, width);
    let rate = |layer: usize| {
        let [below, upper] = [layer, layer + 1].map(|layer| stack.layers[layer].get(bin).copied());
        or_dash(below.zip(upper).map(|(below, upper)| words::short(upper - below) + "/s"))
    };
    let mut all = vec![Readout::new(Mark::Ok, "ok", rate(stack.kinds.len()))];
    for row in &report.errors {
        if let Some(layer) = stack.kinds.iter().position(|kind| *kind == row.kind) {
            let spec = row.kind.spec();
            all.push(Readout::new(Mark::Failure(spec.family), spec.label, rate(layer)));
        }
    }
    all
}

/// The picture in one sentence.
pub fn describe(report: &Report, series: &Series) -> String {
    let total = report.requests.ok + report.requests.failed;
    let mut text = format!(
        "Requests that ended, per second, stacked by outcome, over {}: {} ok of {} ended.",
        words::seconds(series.duration.as_secs_f64()),
        words::count(report.requests.ok),
        words::count(total),
    );
    for row in &report.errors {
        let first = words::seconds(row.first_ms / 1e3);
        text += &format!(" {}: {}, first at {first}.", row.kind.spec().label, words::count(row.count));
    }
    text
}

/// Requests that ended, by stretch of time.
pub fn table(series: &Series) -> Table {
    let (chunk, times) = table_rows(series);
    let mut columns: Vec<String> = ["from", "arrived", "ok"].map(String::from).into();
    columns.extend(series.errors.iter().map(|errors| errors.kind.spec().label.to_string()));
    let counted: Vec<&[u32]> = [&series.offered[..], &series.ok[..]]
        .into_iter()
        .chain(series.errors.iter().map(|errors| &errors.count[..]))
        .collect();
    let sum =
        |values: &[u32], i: usize| -> u64 { values.iter().skip(i * chunk).take(chunk).map(|n| u64::from(*n)).sum() };
    let rows = times
        .take(series.ok.len().div_ceil(chunk))
        .enumerate()
        .map(|(i, time)| [time].into_iter().chain(counted.iter().map(|v| words::count(sum(v, i)))).collect())
        .collect();
    Table { columns, rows }
}
