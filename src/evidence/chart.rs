//! A chart in its frame: key and numbers, the plot, its axes.

use plotters::prelude::*;

use super::shapes::Shapes;
use super::{Form, Frame, Ink, MARGIN, WIDTH, hex, line_height};
use crate::chart::{self, AxisLabel, AxisSide, Chart, Look, Mark, Readout, Theme};
use crate::preset::Preset;
use crate::sentence::Sentence;
use crate::sim::report::{Report, Series};

/// A run of which pictures are made.
#[derive(Clone, Copy, Debug)]
pub struct Pictured<'a> {
    /// The preset that it started from.
    pub preset: Option<&'static Preset>,
    /// What it is, in one sentence.
    pub sentence: &'a Sentence,
    /// The link that shows it again, with what is pinned.
    pub link: &'a str,
    /// Its numbers.
    pub report: &'a Report,
    /// What happened over time.
    pub series: &'a Series,
    /// What happened over time in the run that is pinned.
    pub a: Option<&'a Series>,
}

/// What stands left and right of a plot and below it, and how high it is in a document.
struct Layout {
    left: i32,
    right: i32,
    below: i32,
    height: i32,
    /// How much thicker lines are than on a desk.
    weight: f64,
}

const DOCUMENT: Layout = Layout { left: 66, right: 62, below: 22, height: 260, weight: 1.0 };
/// Its plot takes the room that there is.
const THUMBNAIL: Layout = Layout { left: 120, right: 110, below: 34, height: 0, weight: 2.4 };

/// So many parts of a pixel are told apart: plots are drawn in whole numbers.
const FINENESS: i32 = 8;

/// So many numbers are read at a glance.
const GLANCE: usize = 3;

/// The chart of a run as an SVG document; dashed, the run that is pinned.
pub fn chart(chart: Chart, run: &Pictured<'_>, form: Form, theme: &'static Theme) -> String {
    let Sentence { ok, failed, .. } = run.sentence;
    let name = run.preset.map_or("Own settings", |preset| preset.title);
    let (title, sentence) = match form {
        Form::Document => (format!("{name}: {}", chart.title()), run.sentence.to_string()),
        Form::Thumbnail => (chart.title().to_string(), format!("{}: {ok}, {failed}", short(name))),
    };
    let (title, sentence, description) = (&*title, &*sentence, &*chart.describe(run.report, run.series));
    let (link, fingerprint) = (run.link, &*run.report.fingerprint);
    let frame = Frame { title, sentence, description, link, fingerprint, form, theme };
    let drawing = Drawing { chart, run, theme, form };
    let mut body = drawing.unit_and_readouts();
    let layout = match form {
        Form::Document => DOCUMENT,
        Form::Thumbnail => Layout { height: frame.room() - body.height - THUMBNAIL.below, ..THUMBNAIL },
    };
    body.svg += &drawing.plot(&layout, body.height);
    frame.around(body.height + layout.height + layout.below, &body.svg)
}

/// A title without what explains it.
fn short(title: &str) -> &str {
    title.split_once(": ").map_or(title, |(name, _)| name)
}

/// SVG, and how high it is.
struct Block {
    svg: String,
    height: i32,
}

struct Drawing<'a> {
    chart: Chart,
    run: &'a Pictured<'a>,
    theme: &'static Theme,
    form: Form,
}

impl Drawing<'_> {
    fn ink(&self, color: RGBColor) -> Ink {
        Ink::new(self.form.sizes().label, color)
    }

    /// What stands above the plot: key and numbers, in as many lines as they need, and the scale.
    fn unit_and_readouts(&self) -> Block {
        let (strong, weak) = (self.ink(self.theme.ink), self.ink(self.theme.ink_2));
        let height = line_height(strong.size) + strong.size / 3;
        let (mut svg, mut x, mut y) = (String::new(), MARGIN, height);
        let readouts = self.chart.readouts(self.run.report, self.run.series);
        let shown = if self.form == Form::Thumbnail { GLANCE } else { readouts.len() };
        for Readout { mark, label, value, of } in readouts.into_iter().take(shown) {
            let words = [label, &value, &of].join(" ");
            let (key, gap) = (if mark == Mark::None { 0 } else { strong.size * 3 / 2 }, strong.size * 3 / 2);
            let width = key + strong.width(&words);
            if x > MARGIN && x + width > WIDTH - MARGIN {
                (x, y) = (MARGIN, y + height);
            }
            svg += &self.key(mark, (x, y), strong.size);
            svg += &strong.text((x + key, y), words.trim_end());
            x += width + gap;
        }
        if self.form == Form::Document {
            y += height;
            let dashed = if self.run.a.is_some() { "; dashed: A" } else { "" };
            svg += &weak.text((MARGIN, y), &format!("{}{dashed}", self.chart.unit()));
        }
        Block { svg, height: y + height / 2 }
    }

    /// How something is marked in the plot, before text of this size.
    fn key(&self, mark: Mark, (x, y): (i32, i32), size: i32) -> String {
        let theme = self.theme;
        let (top, middle, width) = (y - size * 4 / 5, y - size * 2 / 5, size * 6 / 5);
        let area = |fill: RGBColor, opacity: f64, edge: RGBColor| {
            let (fill, edge) = (hex(fill), hex(edge));
            format!(
                "<rect x=\"{x}\" y=\"{top}\" width=\"{width}\" height=\"{}\" fill=\"{fill}\" \
                 fill-opacity=\"{opacity}\" stroke=\"{edge}\"/>\n",
                size * 4 / 5
            )
        };
        match mark {
            Mark::Ok => area(theme.ok_tint, 1.0, theme.ok),
            Mark::Failure(family) => {
                let (fill, opacity) = chart::outcomes::area(family, theme);
                area(fill, opacity, theme.failure(family))
            }
            Mark::Line(weight) => {
                let (color, thick) = match weight {
                    1 => (theme.ink_3, 1),
                    2 => (theme.ink_2, 2),
                    _ => (theme.ink, 3),
                };
                format!(
                    "<path d=\"M{x} {middle}h{width}\" stroke=\"{}\" stroke-width=\"{}\"/>\n",
                    hex(color),
                    thick * size / 12
                )
            }
            Mark::None => String::new(),
        }
    }

    /// The plot from `top` on, with the numbers around it.
    fn plot(&self, layout: &Layout, top: i32) -> String {
        let (width, height) = (WIDTH - layout.left - layout.right, layout.height);
        let (units_x, units_y) = (width * FINENESS, height * FINENESS);
        let look = Look { theme: self.theme, scale: f64::from(FINENESS), weight: layout.weight };
        let mut inner = String::new();
        let area = Shapes { size: (units_x as u32, units_y as u32), svg: &mut inner }.into_drawing_area();
        // A string takes everything.
        let _ = self.chart.draw(&area, self.run.series, self.run.a, &look);
        drop(area);
        let mut svg = format!(
            "<svg x=\"{}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {units_x} {units_y}\">\n{inner}</svg>\n",
            layout.left
        );
        let lines = f64::from(height) / f64::from(line_height(self.form.sizes().label) * 3 / 2);
        for label in self.chart.labels(self.run.series, self.run.a, (f64::from(width), lines)) {
            svg += &self.label(&label, layout, top);
        }
        let ink = self.ink(self.theme.ink_3).anchored("middle");
        for (at, text) in chart::time_ticks(self.run.series.duration) {
            let x = layout.left + (at * f64::from(width)) as i32;
            svg += &ink.text((x, top + height + layout.below - ink.size / 3), &text);
        }
        svg
    }

    /// A number at the edge of a plot that begins there.
    fn label(&self, label: &AxisLabel, layout: &Layout, top: i32) -> String {
        let ink = self.ink(self.theme.ink_3);
        let y = top + (label.at * f64::from(layout.height)) as i32 + ink.size / 3;
        match label.side {
            AxisSide::Left => ink.anchored("end").text((layout.left - 8, y), &label.text),
            AxisSide::Right => ink.text((WIDTH - layout.right + 8, y), &label.text),
        }
    }
}
