//! The clients' sockets by state, on a logarithmic scale that ends at the number of ports.

use plotters::coord::Shift;
use plotters::prelude::*;

use super::{
    AxisLabel, Drawn, Look, Mark, Readout, Scale, Table, across, dashed, or_dash, peak_cell, peak_time, peaks, plot,
    table_rows, value_at, width_of,
};
use crate::sim::report::Series;
use crate::time::SimTime;
use crate::words;

/// State, width of its line in pixels, values.
type State = (&'static str, f64, fn(&Series) -> &[u32]);

/// From faint to strong.
const STATES: [State; 3] = [
    ("SYN_SENT", 1.0, |s| &s.syn_sent),
    ("ESTABLISHED", 1.2, |s| &s.established),
    ("TIME_WAIT", 2.0, |s| &s.time_wait),
];

/// Zero has no logarithm: it is drawn on the baseline, a little below one.
const BASE: f64 = -0.35;

fn height(n: f64) -> f64 {
    if n < 1.0 { BASE } else { libm::log10(n) }
}

/// The logarithm of the scale's upper end.
fn top(series: &Series) -> f64 {
    let peak = STATES.iter().filter_map(|(_, _, values)| values(series).iter().max()).max().copied().unwrap_or(0);
    height(f64::from(peak.max(series.ports_limit).max(10))) + 0.15
}

/// The scale: sockets.
pub fn axis(series: &Series) -> Scale {
    Scale { ends: (BASE, top(series)), is_log: true }
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
    let most = width_of(area, look) as usize;
    let plot = plot(area, series, (BASE, top(series)), look)?;
    for decade in (0..9).step_by(2).map(f64::from).take_while(|decade| *decade < top(series)) {
        across(&plot, decade, look.line(look.theme.grid, 1.0))?;
    }
    across(&plot, BASE, look.line(look.theme.edge, 1.0))?;
    across(&plot, height(f64::from(series.ports_limit)), look.line(look.theme.ink_2, 1.0))?;
    let inks = [look.theme.ink_3, look.theme.ink_2, look.theme.ink];
    for ((_, width, values), ink) in STATES.into_iter().zip(inks) {
        plot.draw(&PathElement::new(line(values(series), series, most), look.line(ink, width)))?;
    }
    let high = top(series);
    let compared = a.into_iter().flat_map(|a| STATES.map(|(_, _, values)| line(values(a), a, most)));
    compared
        .map(|line| line.into_iter().map(|(at, n)| (at, n.min(high))).collect())
        .try_for_each(|line| dashed(&plot, line, look))
}

fn line(values: &[u32], series: &Series, most: usize) -> Vec<(f64, f64)> {
    let (values, step) = peaks(values, series, most);
    values.iter().enumerate().map(|(i, n)| ((i as f64 + 0.5) * step, height(f64::from(*n)))).collect()
}

/// Powers of a hundred on the left, the ports on the right.
pub fn labels(series: &Series) -> Vec<AxisLabel> {
    let top = top(series);
    let at = |height: f64| 1.0 - (height - BASE) / (top - BASE);
    let mut labels: Vec<_> = (0..9)
        .step_by(2)
        .map(f64::from)
        .take_while(|decade| *decade < top)
        .map(|decade| AxisLabel::left(at(decade), words::short(libm::pow(10.0, decade))))
        .collect();
    let limit = u64::from(series.ports_limit);
    // There is room for six characters.
    let text = if limit < 100_000 { words::count(limit) } else { words::short(limit as f64) };
    labels.push(AxisLabel::right(at(height(limit as f64)), text));
    labels
}

/// The largest number of each.
pub fn readouts(series: &Series) -> Vec<Readout> {
    (STATES.iter().zip(1..))
        .map(|((state, _, values), weight)| {
            let peak = values(series).iter().copied().max().unwrap_or(0);
            Readout::new(Mark::Line(weight), state, words::count(u64::from(peak)))
        })
        .collect()
}

/// The numbers at the end of the bucket that an instant falls into.
pub fn readouts_at(series: &Series, at: SimTime) -> Vec<Readout> {
    (STATES.iter().zip(1..))
        .map(|((state, _, values), weight)| {
            let value = value_at(values(series), series, at).map(|value| words::count(u64::from(value)));
            Readout::new(Mark::Line(weight), state, or_dash(value))
        })
        .collect()
}

/// The picture in one sentence.
pub fn describe(series: &Series) -> String {
    let peaks = STATES.map(|(state, _, values)| match peak_time(values(series), series) {
        Some((peak, at)) => {
            format!("{state} reaches {} at {}", words::count(u64::from(peak)), words::seconds(at))
        }
        None => format!("{state} does not occur"),
    });
    let ports = words::count(u64::from(series.ports_limit));
    format!("Client sockets by state, of {ports} ports: {}.", peaks.join("; "))
}

/// The largest numbers, by stretch of time.
pub fn table(series: &Series) -> Table {
    let (chunk, times) = table_rows(series);
    let rows = times
        .take(series.time_wait.len().div_ceil(chunk))
        .enumerate()
        .map(|(i, time)| {
            [time].into_iter().chain(STATES.iter().map(|(_, _, values)| peak_cell(values(series), chunk, i))).collect()
        })
        .collect();
    Table { columns: ["from"].into_iter().chain(STATES.map(|(state, ..)| state)).map(String::from).collect(), rows }
}
