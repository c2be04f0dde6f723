//! What fills up at the server, each in its own row whose top edge is the limit.

use plotters::coord::Shift;
use plotters::prelude::*;

use super::{
    AxisLabel, Drawn, Look, Mark, Readout, Table, across, dashed, or_dash, peak_cell, peak_time, peaks, plot,
    table_rows, value_at, width_of,
};
use crate::sim::report::{Report, Series};
use crate::time::SimTime;
use crate::words;

/// One row of the plot.
#[derive(Clone, Copy)]
struct Row {
    label: &'static str,
    /// The same in a sentence.
    name: &'static str,
    values: fn(&Series) -> &[u32],
    /// What it holds at most; none where it grows without end: then its largest value is its top edge.
    limit: Option<fn(&Series) -> u32>,
    peak: fn(&Report) -> u64,
}

/// What every server has.
const ROWS: [Row; 3] = [
    Row {
        label: "accept",
        name: "the accept queue",
        values: |s| &s.accept_queue,
        limit: Some(|s| s.accept_queue_limit),
        peak: |r| r.peaks.accept_queue,
    },
    Row {
        label: "workers",
        name: "the pool of workers",
        values: |s| &s.busy_workers,
        limit: Some(most_workers),
        peak: |r| r.peaks.busy_workers,
    },
    Row {
        label: "SYN",
        name: "the SYN queue",
        values: |s| &s.syn_queue,
        limit: Some(|s| s.syn_queue_limit),
        peak: |r| r.peaks.syn_queue,
    },
];

/// What waits for a processor of the clients, of the server: only where there are few.
const RUN_QUEUES: [Row; 2] = [
    Row {
        label: "cli CPU",
        name: "the queue for a processor of the client",
        values: |s| &s.run_queues[0],
        limit: None,
        peak: |r| r.processors.client.map_or(0, |work| work.peak_queue),
    },
    Row {
        label: "srv CPU",
        name: "the queue for a processor of the server",
        values: |s| &s.run_queues[1],
        limit: None,
        peak: |r| r.processors.server.map_or(0, |work| work.peak_queue),
    },
];

/// The rows of a run: those that there is something to see of.
fn rows(series: &Series) -> Vec<Row> {
    let few = RUN_QUEUES.iter().zip(series.has_run_queue).filter(|(_, has)| *has).map(|(row, _)| *row);
    ROWS.into_iter().chain(few).collect()
}

/// Upper and lower edge of the three rows that every server has: 0 is the top of the plot, 1 its bottom.
const EDGES: [(f64, f64); ROWS.len()] = [(0.02, 0.36), (0.45, 0.66), (0.80, 0.98)];

/// The same for one of so many rows: of more than three none is larger than the others.
fn edges(row: usize, of: usize) -> (f64, f64) {
    if of == EDGES.len() {
        return EDGES[row];
    }
    let (row, of) = (row as f64, of as f64);
    ((row + 0.1) / of, (row + 0.9) / of)
}

/// How many lines of text high a plot is in which every row has its name.
pub fn lines(series: &Series) -> f64 {
    let rows = rows(series).len();
    if rows == EDGES.len() { 3.4 } else { rows as f64 }
}

impl Row {
    /// Its top edge.
    fn limit(&self, series: &Series) -> u32 {
        match self.limit {
            Some(limit) => limit(series),
            None => (self.values)(series).iter().copied().max().unwrap_or(0),
        }
    }

    /// A value against the limit, if there is one.
    fn readout(&self, value: String, series: &Series) -> Readout {
        let readout = Readout::new(Mark::None, self.label, value);
        match self.limit {
            Some(limit) => readout.of(format!("of {}", words::count(u64::from(limit(series))))),
            None => readout,
        }
    }
}

/// The largest number of workers: it may change on the timetable.
fn most_workers(series: &Series) -> u32 {
    series.workers.iter().copied().max().unwrap_or(0)
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
    let (width, height) = area.dim_in_pixel();
    let rows = rows(series);
    for (i, row) in rows.iter().enumerate() {
        let pixel = |share: f64| libm::round(share * f64::from(height)) as i32;
        let (top, bottom) = edges(i, rows.len());
        let (top, bottom) = (pixel(top), pixel(bottom));
        let area = area.clone().shrink((0, top), (width, (bottom - top).max(2) as u32));
        draw_row(&area, row, series, a, look)?;
    }
    Ok(())
}

fn draw_row<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    row: &Row,
    series: &Series,
    a: Option<&Series>,
    look: &Look,
) -> Drawn<DB> {
    let limit = f64::from(row.limit(series).max(1));
    let most = width_of(area, look) as usize;
    let (values, step) = peaks((row.values)(series), series, most);
    let plot = plot(area, series, (0.0, limit), look)?;
    let line = steps(&values, step, limit);
    if let (Some(first), Some(last)) = (line.first(), line.last()) {
        let mut outline = vec![(first.0, 0.0)];
        outline.extend_from_slice(&line);
        outline.push((last.0, 0.0));
        plot.draw(&Polygon::new(outline, look.theme.fill.filled()))?;
    }
    across(&plot, 0.0, look.line(look.theme.edge, 1.0))?;
    across(&plot, limit, look.line(look.theme.edge, 1.0))?;
    plot.draw(&PathElement::new(line, look.line(look.theme.ink, 1.0)))?;
    for (from, to) in full(&values, limit) {
        let ends = [(from as f64 * step, limit), (to as f64 * step, limit)];
        plot.draw(&PathElement::new(ends, look.line(look.theme.ink, 3.0)))?;
    }
    let Some(a) = a else { return Ok(()) };
    let (values, step) = peaks((row.values)(a), a, most);
    dashed(&plot, steps(&values, step, limit), look)?;
    match f64::from(row.limit(a)) {
        // What leaves the scale is in the table of both.
        other if other < limit => dashed(&plot, vec![(0.0, other), (a.duration.as_secs_f64(), other)], look),
        _ => Ok(()),
    }
}

/// The corners of a step line that ends at the limit.
fn steps(values: &[u32], step: f64, limit: f64) -> Vec<(f64, f64)> {
    let mut line = Vec::new();
    for (i, value) in values.iter().enumerate() {
        let y = f64::from(*value).min(limit);
        line.push((i as f64 * step, y));
        line.push(((i + 1) as f64 * step, y));
    }
    line
}

/// The stretches in which the limit is touched, as half-open ranges.
fn full(values: &[u32], limit: f64) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (i, _) in values.iter().enumerate().filter(|(_, value)| f64::from(**value) >= limit) {
        match runs.last_mut() {
            Some((_, to)) if *to == i => *to += 1,
            _ => runs.push((i, i + 1)),
        }
    }
    runs
}

/// Names on the left, limits on the right: at the top edge, or where rows are low in their middle.
pub fn labels(series: &Series) -> Vec<AxisLabel> {
    let (rows, mut labels) = (rows(series), Vec::new());
    for (i, row) in rows.iter().enumerate() {
        let (top, bottom) = edges(i, rows.len());
        let middle = (top + bottom) / 2.0;
        labels.push(AxisLabel::left(middle, row.label));
        let limit = words::count(u64::from(row.limit(series)));
        labels.push(AxisLabel::right(if rows.len() > EDGES.len() { middle } else { top }, limit));
    }
    labels
}

/// The largest values, against the limits.
pub fn readouts(report: &Report, series: &Series) -> Vec<Readout> {
    rows(series).iter().map(|row| row.readout(words::count((row.peak)(report)), series)).collect()
}

/// The largest values in the bucket that an instant falls into, against the limits.
pub fn readouts_at(series: &Series, at: SimTime) -> Vec<Readout> {
    (rows(series).iter())
        .map(|row| {
            let value = value_at((row.values)(series), series, at).map(|value| words::count(u64::from(value)));
            row.readout(or_dash(value), series)
        })
        .collect()
}

/// The picture in one sentence.
pub fn describe(series: &Series) -> String {
    let peak = |row: &Row| match peak_time((row.values)(series), series) {
        Some((peak, at)) => {
            let (peak, at) = (words::count(u64::from(peak)), words::seconds(at));
            let of =
                row.limit.map(|limit| format!(" of {}", words::count(u64::from(limit(series))))).unwrap_or_default();
            format!("{} reaches {peak}{of} at {at}", row.name)
        }
        None => format!("{} stays empty", row.name),
    };
    let rows: Vec<String> = rows(series).iter().map(peak).collect();
    format!("Occupancy against its limit: {}.", rows.join("; "))
}

/// The largest values, by stretch of time.
pub fn table(series: &Series) -> Table {
    let (chunk, times) = table_rows(series);
    let shown = rows(series);
    let rows = times
        .take(series.accept_queue.len().div_ceil(chunk))
        .enumerate()
        .map(|(i, time)| {
            [time].into_iter().chain(shown.iter().map(|row| peak_cell((row.values)(series), chunk, i))).collect()
        })
        .collect();
    let columns = shown.iter().map(|row| match row.limit {
        Some(limit) => format!("{}, limit {}", row.label, words::count(u64::from(limit(series)))),
        None => format!("{}, waiting", row.label),
    });
    Table { columns: ["from".to_string()].into_iter().chain(columns).collect(), rows }
}
