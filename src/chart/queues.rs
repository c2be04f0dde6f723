//! What fills up at the server, each in its own row whose top edge is the limit.

use plotters::coord::Shift;
use plotters::prelude::*;

use super::{
    Drawn, Label, Look, Mark, Readout, Table, across, or_dash, peak_cell, peak_time, peaks, plot, table_rows, value_at,
    width_of,
};
use crate::sim::report::{Report, Series};
use crate::time::SimTime;
use crate::words;

/// One row of the plot.
struct Row {
    label: &'static str,
    /// Upper and lower edge: 0 is the top of the plot, 1 its bottom.
    top: f64,
    bottom: f64,
    values: fn(&Series) -> &[u32],
    limit: fn(&Series) -> u32,
}

const ROWS: [Row; 3] = [
    Row { label: "accept", top: 0.02, bottom: 0.36, values: |s| &s.accept_queue, limit: |s| s.accept_queue_limit },
    Row { label: "workers", top: 0.45, bottom: 0.66, values: |s| &s.busy_workers, limit: most_workers },
    Row { label: "SYN", top: 0.80, bottom: 0.98, values: |s| &s.syn_queue, limit: |s| s.syn_queue_limit },
];

/// The largest number of workers: it may change on the timetable.
#[inline]
fn most_workers(series: &Series) -> u32 {
    series.workers.iter().copied().max().unwrap_or(0)
}

/// Draws the plot.
///
/// # Errors
/// What the backend reports.
pub fn draw<DB: DrawingBackend>(area: &DrawingArea<DB, Shift>, series: &Series, look: &Look) -> Drawn<DB> {
    let (width, height) = area.dim_in_pixel();
    for row in &ROWS {
        let pixel = |share: f64| libm::round(share * f64::from(height)) as i32;
        let (top, bottom) = (pixel(row.top), pixel(row.bottom));
        let area = area.clone().shrink((0, top), (width, (bottom - top).max(2) as u32));
        draw_row(&area, row, series, look)?;
    }
    Ok(())
}

fn draw_row<DB: DrawingBackend>(area: &DrawingArea<DB, Shift>, row: &Row, series: &Series, look: &Look) -> Drawn<DB> {
    let limit = f64::from((row.limit)(series).max(1));
    let (values, step) = peaks((row.values)(series), series, width_of(area, look) as usize);
    let plot = plot(area, series, (0.0, limit), look)?;
    let mut line = Vec::new();
    for (i, value) in values.iter().enumerate() {
        let y = f64::from(*value).min(limit);
        line.push((i as f64 * step, y));
        line.push(((i + 1) as f64 * step, y));
    }
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
    Ok(())
}

/// The stretches in which the limit is touched, as half-open ranges.
#[inline]
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

/// Names on the left, limits on the right.
#[inline]
pub fn labels(series: &Series) -> Vec<Label> {
    let mut labels = Vec::new();
    for row in ROWS {
        labels.push(Label::left((row.top + row.bottom) / 2.0, row.label));
        labels.push(Label::right(row.top, words::count(u64::from((row.limit)(series)))));
    }
    labels
}

/// The largest values, against the limits.
#[inline]
pub fn readouts(report: &Report, series: &Series) -> Vec<Readout> {
    let peaks = [report.peaks.accept_queue, report.peaks.busy_workers, report.peaks.syn_queue];
    (ROWS.iter().zip(peaks))
        .map(|(row, peak)| {
            let limit = u64::from((row.limit)(series));
            Readout::new(Mark::None, row.label, words::count(peak)).of(format!("of {}", words::count(limit)))
        })
        .collect()
}

/// The largest values in the bucket that an instant falls into, against the limits.
#[inline]
pub fn readouts_at(series: &Series, at: SimTime) -> Vec<Readout> {
    (ROWS.iter())
        .map(|row| {
            let value = value_at((row.values)(series), series, at).map(|value| words::count(u64::from(value)));
            let limit = u64::from((row.limit)(series));
            Readout::new(Mark::None, row.label, or_dash(value)).of(format!("of {}", words::count(limit)))
        })
        .collect()
}

/// The picture in one sentence.
#[inline]
pub fn describe(series: &Series) -> String {
    let peak = |row: &Row, name: &str| {
        let limit = (row.limit)(series);
        match peak_time((row.values)(series), series) {
            Some((peak, at)) => {
                let at = words::seconds(at);
                let peak = words::count(u64::from(peak));
                format!("{name} reaches {peak} of {} at {at}", words::count(u64::from(limit)))
            }
            None => format!("{name} stays empty"),
        }
    };
    let [accept, workers, syn] = &ROWS;
    format!(
        "Occupancy against its limit: {}; {}; {}.",
        peak(accept, "the accept queue"),
        peak(workers, "the pool of workers"),
        peak(syn, "the SYN queue"),
    )
}

/// The largest values, by stretch of time.
#[inline]
pub fn table(series: &Series) -> Table {
    let (chunk, times) = table_rows(series);
    let rows = times
        .take(series.accept_queue.len().div_ceil(chunk))
        .enumerate()
        .map(|(i, time)| {
            [time].into_iter().chain(ROWS.iter().map(|row| peak_cell((row.values)(series), chunk, i))).collect()
        })
        .collect();
    let columns =
        ROWS.iter().map(|row| format!("{}, limit {}", row.label, words::count(u64::from((row.limit)(series)))));
    Table { columns: ["from".to_string()].into_iter().chain(columns).collect(), rows }
}
