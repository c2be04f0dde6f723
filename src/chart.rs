//! Charts of a run: what is drawn, and the same in words, readouts and tables.
//!
//! A chart sees [`Report`] and [`Series`], never the model, and draws with any plotters backend: SVG in the tests, a
//! canvas in the page. It draws the plot only; the numbers at its edges are [`AxisLabel`]s, which a page sets as real
//! text, and all charts share one time axis, [`time_ticks`].

pub mod latency;
pub mod outcomes;
pub mod queues;
pub mod sockets;
pub mod theme;

use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::element::DashedPathElement;
use plotters::prelude::*;

use crate::sim::error::Family;
use crate::sim::report::{Report, Series};
use crate::time::{SimDuration, SimTime};
use crate::words;
pub use theme::Theme;

/// The charts, from top to bottom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chart {
    /// Requests that ended, by outcome.
    Outcomes,
    /// How long the answered ones took.
    Latency,
    /// Accept queue, workers and SYN queue against their limits.
    Queues,
    /// Client sockets by state.
    Sockets,
}

/// How to draw: colours, and how many of the backend's units make one pixel of the layout.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// The colours.
    pub theme: &'static Theme,
    /// Backend units to a pixel.
    pub scale: f64,
    /// Lines are this many times as wide as on a desk: a projector needs more.
    pub weight: f64,
}

/// A number at the edge of a plot.
#[derive(Clone, Debug, PartialEq)]
pub struct AxisLabel {
    /// Left (a scale) or right (a limit) of the plot.
    pub side: AxisSide,
    /// Where: 0 is the top of the plot, 1 its bottom.
    pub at: f64,
    /// What it says.
    pub text: String,
}

/// A scale, from the bottom of a plot to its top.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Its ends; of a logarithmic one, their decimal logarithms.
    ends: (f64, f64),
    /// Whether it is logarithmic.
    is_log: bool,
}

/// A side of a plot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AxisSide {
    /// The scale.
    Left,
    /// The limits.
    Right,
}

/// One entry of a chart's header: its key, and the number for the whole run.
#[derive(Clone, Debug, PartialEq)]
pub struct Readout {
    /// How it looks in the plot.
    pub mark: Mark,
    /// What it is.
    pub label: &'static str,
    /// Its number.
    pub value: String,
    /// What the number is compared with, `of 129`; may be empty.
    pub of: String,
}

/// How something is marked in a plot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Requests that ended well.
    Ok,
    /// Failures of one family.
    Failure(Family),
    /// A line, from 1 (faint) to 3 (strong).
    Line(u8),
    /// Not at all: the text says it.
    None,
}

/// A chart as a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Headings.
    pub columns: Vec<String>,
    /// One row for a stretch of time.
    pub rows: Vec<Vec<String>>,
}

/// The result of drawing with the backend `DB`.
pub type Drawn<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// A plot with seconds to the right.
type Plot<DB> = DrawingArea<DB, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

impl Chart {
    /// All charts, from top to bottom.
    pub const ALL: [Chart; 4] = [Chart::Outcomes, Chart::Latency, Chart::Queues, Chart::Sockets];

    /// Its name in the page: an interface.
    pub fn id(self) -> &'static str {
        match self {
            Chart::Outcomes => "outcomes",
            Chart::Latency => "latency",
            Chart::Queues => "queues",
            Chart::Sockets => "sockets",
        }
    }

    /// The question that it answers.
    pub fn title(self) -> &'static str {
        match self {
            Chart::Outcomes => "How many requests succeed and fail?",
            Chart::Latency => "How long do callers wait?",
            Chart::Queues => "What is full?",
            Chart::Sockets => "Which sockets exist?",
        }
    }

    /// What is drawn, in a few words: quantity and scale.
    pub fn unit(self) -> &'static str {
        match self {
            Chart::Outcomes => "per second",
            Chart::Latency => "log scale, dotted: first SYN retry, 1 s",
            Chart::Queues => "peaks; top line = limit",
            Chart::Sockets => "log; limit = ports",
        }
    }

    /// Draws the plot over the whole of `area`; dashed, the lines of a run `a` that it is compared with.
    ///
    /// # Errors
    /// What the backend reports.
    pub fn draw<DB: DrawingBackend>(
        self,
        area: &DrawingArea<DB, Shift>,
        series: &Series,
        a: Option<&Series>,
        look: &Look,
    ) -> Drawn<DB> {
        match self {
            Chart::Outcomes => outcomes::draw(area, series, a, look),
            Chart::Latency => latency::draw(area, series, a, look),
            Chart::Queues => queues::draw(area, series, a, look),
            Chart::Sockets => sockets::draw(area, series, a, look),
        }
    }

    /// The numbers at the edges of a plot of this width and height, in lines of text: those for which there is room.
    pub fn labels(self, series: &Series, a: Option<&Series>, (width, lines): (f64, f64)) -> Vec<AxisLabel> {
        let labels = match self {
            Chart::Outcomes => outcomes::labels(series, a, width),
            Chart::Latency => latency::labels(series, a),
            Chart::Queues => queues::labels(series),
            Chart::Sockets => sockets::labels(series),
        };
        let (left, right) = labels.into_iter().partition(|label| label.side == AxisSide::Left);
        let mut labels = apart(left, lines);
        labels.append(&mut apart(right, lines));
        labels
    }

    /// The scale of its plot, `width` pixels wide; none for one of several plots.
    pub fn scale(self, series: &Series, a: Option<&Series>, width: f64) -> Option<Scale> {
        match self {
            Chart::Outcomes => Some(outcomes::axis(series, a, width)),
            Chart::Latency => Some(latency::axis(series, a)),
            Chart::Queues => None,
            Chart::Sockets => Some(sockets::axis(series)),
        }
    }

    /// How many lines of text high a plot is that has all names beside it; 0 where there are only scales.
    pub fn lines(self, series: &Series) -> f64 {
        if self == Chart::Queues { queues::lines(series) } else { 0.0 }
    }

    /// The header: key and numbers of the whole run.
    pub fn readouts(self, report: &Report, series: &Series) -> Vec<Readout> {
        match self {
            Chart::Outcomes => outcomes::readouts(report),
            Chart::Latency => latency::readouts(report),
            Chart::Queues => queues::readouts(report, series),
            Chart::Sockets => sockets::readouts(series),
        }
    }

    /// The header at an instant: what stands there in a plot that is `width` pixels wide.
    pub fn readouts_at(self, report: &Report, series: &Series, at: SimTime, width: f64) -> Vec<Readout> {
        match self {
            Chart::Outcomes => outcomes::readouts_at(report, series, at, width),
            Chart::Latency => latency::readouts_at(series, at),
            Chart::Queues => queues::readouts_at(series, at),
            Chart::Sockets => sockets::readouts_at(series, at),
        }
    }

    /// What the picture shows, in one sentence.
    pub fn describe(self, report: &Report, series: &Series) -> String {
        match self {
            Chart::Outcomes => outcomes::describe(report, series),
            Chart::Latency => latency::describe(report, series),
            Chart::Queues => queues::describe(series),
            Chart::Sockets => sockets::describe(series),
        }
    }

    /// The numbers behind the picture, in at most about a hundred rows.
    pub fn table(self, series: &Series) -> Table {
        match self {
            Chart::Outcomes => outcomes::table(series),
            Chart::Latency => latency::table(series),
            Chart::Queues => queues::table(series),
            Chart::Sockets => sockets::table(series),
        }
    }
}

impl Scale {
    /// How high a value stands, as a share of the plot from its bottom; less than 0 or more than 1 outside of it.
    pub fn height(&self, value: f64) -> f64 {
        let (low, high) = self.ends;
        let value = if self.is_log { libm::log10(value.max(1e-3)) } else { value };
        (value - low) / (high - low)
    }

    /// The value at a height.
    pub fn value(&self, height: f64) -> f64 {
        let (low, high) = self.ends;
        let value = low + height * (high - low);
        if self.is_log { libm::pow(10.0, value) } else { value }
    }
}

impl Look {
    /// A line of this width in pixels.
    fn line(&self, color: RGBColor, width: f64) -> ShapeStyle {
        let width = libm::round(width * self.weight * self.scale).max(1.0) as u32;
        ShapeStyle { color: color.to_rgba(), filled: false, stroke_width: width }
    }
}

impl Readout {
    fn new(mark: Mark, label: &'static str, value: impl Into<String>) -> Self {
        Readout { mark, label, value: value.into(), of: String::new() }
    }

    fn of(mut self, of: impl Into<String>) -> Self {
        self.of = of.into();
        self
    }
}

impl AxisLabel {
    fn left(at: f64, text: impl Into<String>) -> Self {
        AxisLabel { side: AxisSide::Left, at, text: text.into() }
    }

    fn right(at: f64, text: impl Into<String>) -> Self {
        AxisLabel { side: AxisSide::Right, at, text: text.into() }
    }
}

/// Where on the shared axis numbers stand: a share of the width, and the seconds as text; the last one has the unit.
pub fn time_ticks(duration: SimDuration) -> Vec<(f64, String)> {
    const STEPS: [f64; 13] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 600.0, 1_200.0, 1_800.0, 3_600.0, 7_200.0];
    let seconds = duration.as_secs_f64();
    let step = STEPS.into_iter().find(|step| seconds / step <= 7.0).unwrap_or(7_200.0);
    let (scale, unit) = if step < 600.0 { (1.0, " s") } else { (60.0, " min") };
    let mut ticks: Vec<_> = (0..)
        .map(|i| f64::from(i) * step)
        .take_while(|at| *at <= seconds)
        .map(|at| (at / seconds.max(step), words::fixed(at / scale, 0)))
        .collect();
    if let Some((_, text)) = ticks.last_mut() {
        text.push_str(unit);
    }
    ticks
}

/// Labels of one side that are at least a line apart in a plot of so many lines: all, or every second, or every third,
/// for a scale with odd steps is read wrongly.
fn apart(mut labels: Vec<AxisLabel>, lines: f64) -> Vec<AxisLabel> {
    // A label stands within the plot: at its ends half a line from where it belongs.
    let line = |label: &AxisLabel| (label.at * lines).min(lines - 0.5).max(0.5);
    let collide = |step: usize| {
        let mut kept = labels.iter().step_by(step).map(line);
        let mut last = kept.next().unwrap_or_default();
        kept.any(|next| (std::mem::replace(&mut last, next) - next).abs() < 1.0)
    };
    let step = (1..labels.len()).find(|step| !collide(*step)).unwrap_or(labels.len().max(1));
    let mut i = 0..;
    labels.retain(|_| i.next().is_some_and(|i: usize| i.is_multiple_of(step)));
    labels
}

/// A plot over all of `area`: seconds to the right, `low..high` upwards, with the hairlines of the time axis.
fn plot<DB: DrawingBackend>(
    area: &DrawingArea<DB, Shift>,
    series: &Series,
    (low, high): (f64, f64),
    look: &Look,
) -> Result<Plot<DB>, DrawingAreaErrorKind<DB::ErrorType>> {
    let seconds = series.duration.as_secs_f64().max(1e-3);
    let (x, y) = area.get_pixel_range();
    let pixels = (x.start..x.end - 1, y.end - 1..y.start);
    let plot = area.apply_coord_spec(Cartesian2d::new(0.0..seconds, low..high, pixels));
    let grid = look.line(look.theme.grid, 1.0);
    for (at, _) in time_ticks(series.duration).into_iter().filter(|(at, _)| *at > 0.0 && *at < 1.0) {
        plot.draw(&PathElement::new([(at * seconds, low), (at * seconds, high)], grid))?;
    }
    Ok(plot)
}

/// Pixels of a dash, and of the gap behind it.
const DASH: [f64; 2] = [4.0, 3.0];

/// A line of the run that this one is compared with: dashed, and thin.
fn dashed<DB: DrawingBackend>(plot: &Plot<DB>, line: Vec<(f64, f64)>, look: &Look) -> Drawn<DB> {
    let [dash, gap] = DASH.map(|pixels| libm::round(pixels * look.weight * look.scale) as u32);
    plot.draw(&DashedPathElement::new(line, dash, gap, look.line(look.theme.ink_2, 1.0)))?;
    Ok(())
}

/// A line across the plot at `value`.
fn across<DB: DrawingBackend>(plot: &Plot<DB>, value: f64, style: ShapeStyle) -> Drawn<DB> {
    let ends = plot.as_coord_spec().get_x_range();
    plot.draw(&PathElement::new([(ends.start, value), (ends.end, value)], style))?;
    Ok(())
}

/// The width of a drawing area in pixels of the layout.
fn width_of<DB: DrawingBackend>(area: &DrawingArea<DB, Shift>, look: &Look) -> f64 {
    f64::from(area.dim_in_pixel().0) / look.scale
}

/// The largest value of every stretch of buckets, so that no more than `most` remain: peaks survive. With the length of
/// a stretch in seconds.
fn peaks(values: &[u32], series: &Series, most: usize) -> (Vec<u32>, f64) {
    let whole = buckets(series);
    let chunk = whole.div_ceil(most.max(1)).max(1);
    let peaks = values.chunks(chunk).map(|chunk| chunk.iter().copied().max().unwrap_or(0)).collect();
    (peaks, series.bucket.as_secs_f64() * chunk as f64)
}

/// How many buckets the finished run has.
fn buckets(series: &Series) -> usize {
    let bucket = series.bucket.as_nanos().max(1);
    series.duration.as_nanos().div_ceil(bucket) as usize
}

/// The value of the bucket that an instant falls into; what happens when a bucket ends belongs to it.
fn value_at(values: &[u32], series: &Series, at: SimTime) -> Option<u32> {
    values.get(series.bucket_at(at)).copied()
}

/// A number that may not be there.
fn or_dash(value: Option<String>) -> String {
    value.unwrap_or_else(|| "–".into())
}

/// The stretches of time that tables have as rows: at most about a hundred, whole seconds each.
fn table_rows(series: &Series) -> (usize, impl Iterator<Item = String>) {
    let bucket_s = series.bucket.as_secs_f64().max(1e-9);
    let seconds = libm::ceil(series.duration.as_secs_f64() / 100.0).max(1.0);
    let chunk = libm::round(seconds / bucket_s).max(1.0) as usize;
    (chunk, (0..).map(move |i: u32| words::seconds(f64::from(i) * seconds)))
}

/// The peak as a table cell, for stretch `i` of `chunk` buckets.
fn peak_cell(values: &[u32], chunk: usize, i: usize) -> String {
    let stretch = &values[(i * chunk).min(values.len())..((i + 1) * chunk).min(values.len())];
    words::count(u64::from(stretch.iter().copied().max().unwrap_or(0)))
}

/// When the largest value is reached, in seconds; `None` if there is nothing but zero.
fn peak_time(values: &[u32], series: &Series) -> Option<(u32, f64)> {
    let max = values.iter().copied().max().filter(|max| *max > 0)?;
    let at = values.iter().position(|value| *value == max)?;
    Some((max, at as f64 * series.bucket.as_secs_f64()))
}

#[cfg(test)]
mod tests;
