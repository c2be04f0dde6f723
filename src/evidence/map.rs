//! A map of a sweep in its frame.

use std::fmt::Write;

use plotters::style::RGBColor;

use super::{Form, Frame, Ink, MARGIN, WIDTH, hex, line_height};
use crate::chart::Theme;
use crate::experiment::map::{STEPS, Side, View};
use crate::shape;
use crate::sim::error::Family;
use crate::words::fixed;

/// The height of a row in a document, and of the plot of one setting.
const ROW: i32 = 44;
const PLOT: i32 = 240;

/// What stands around a map: from where, and of which run.
#[derive(Clone, Copy, Debug)]
pub struct Swept<'a> {
    /// What the run is called.
    pub name: &'a str,
    /// The link of the whole sweep.
    pub link: &'a str,
    /// The fingerprint of the link's own run.
    pub fingerprint: &'a str,
}

/// A map as an SVG document: of two settings a table whose cells are darker where there is more, of one a line with the
/// intervals of its points, above such a row.
pub fn map(view: &View<'_>, swept: &Swept<'_>, form: Form, theme: &'static Theme) -> String {
    let title = match form {
        Form::Document => format!("{}: {}", swept.name, view.title()),
        Form::Thumbnail => view.title(),
    };
    let says = view.says();
    let sentence = if form == Form::Document { &*says } else { swept.name };
    let Swept { link, fingerprint, .. } = *swept;
    let frame = Frame { title: &title, sentence, description: &says, link, fingerprint, form, theme };
    let (columns, rows) = view.map.size();
    let size = form.sizes().label;
    let (line, left) = (line_height(size), MARGIN + size * 8);
    let below = line * 2 + if form == Form::Document { line * 2 } else { 0 };
    let plot = match (view.map.design().axes.len(), form) {
        (1, Form::Document) => PLOT,
        (1, Form::Thumbnail) => (frame.room() - below) * 3 / 4,
        _ => 0,
    };
    let row = if form == Form::Document { ROW } else { ((frame.room() - below - line - plot) / rows as i32).max(1) };
    let drawing = Drawing {
        view,
        theme,
        size,
        left,
        top: line * 3 / 2 + plot,
        row,
        column: (WIDTH - left - MARGIN) / columns as i32,
    };
    let mut body = format!(
        "<style>.stroke {{ fill: none; stroke: currentColor; stroke-width: 1.4 }}</style>\n<pattern id=\"unclear\" \
         width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><path d=\"M0 0V7\" \
         stroke=\"{}\" stroke-opacity=\"0.4\"/></pattern>\n",
        hex(theme.ink)
    );
    if plot > 0 {
        body += &drawing.plot(line, plot - line / 2);
    }
    view.map.places().for_each(|place| body += &drawing.cell(place));
    view.map.places().for_each(|place| body += &drawing.edges(place));
    body += &drawing.axes();
    let end = drawing.top + row * rows as i32;
    if form == Form::Document {
        body += &drawing.legend(end + line * 3 + line / 2);
    }
    let height = if form == Form::Document { end + below + line / 2 } else { frame.room() };
    frame.around(height, &body)
}

struct Drawing<'a> {
    view: &'a View<'a>,
    theme: &'static Theme,
    size: i32,
    left: i32,
    top: i32,
    row: i32,
    column: i32,
}

impl Drawing<'_> {
    fn ink(&self, color: RGBColor) -> Ink {
        Ink::new(self.size, color)
    }

    /// The upper left corner of a cell: larger values are further up.
    fn corner(&self, (x, y): (usize, usize)) -> (i32, i32) {
        let rows = self.view.map.size().1;
        (self.left + self.column * x as i32, self.top + self.row * (rows - 1 - y) as i32)
    }

    fn cell(&self, place: (usize, usize)) -> String {
        let ((x, y), (width, height)) = (self.corner(place), (self.column - 2, self.row - 2));
        let Some(mean) = self.view.mean(place) else { return String::new() };
        let (fill, ink) = self.theme.heat(self.view.step(mean));
        let area = |fill: &str| format!("<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" {fill}/>\n");
        let mut svg = area(&format!("fill=\"{}\"", hex(fill)));
        if self.view.side(place) == Some(Side::Unclear) {
            svg += &area("fill=\"url(#unclear)\"");
        }
        let middle = x + width / 2;
        svg += &self.ink(ink).strong().anchored("middle").text((middle, y + height / 2), &self.view.number(mean));
        if let Some((kind, _)) = self.view.map.cell(place).commonest() {
            svg += &self.shape(kind.spec().family, (middle, y + height / 2 + self.size * 3 / 4), ink);
        }
        if self.view.map.own() == Some(place) {
            svg +=
                &area(&format!("fill=\"none\" stroke=\"{}\" stroke-width=\"1.5\" stroke-dasharray=\"4 3\"", hex(ink)));
        }
        svg
    }

    fn shape(&self, family: Family, (x, y): (i32, i32), color: RGBColor) -> String {
        let (color, drawn) = (hex(color), shape::failure(family));
        let scale = fixed(f64::from(self.size) / 14.0, 2);
        format!("<g transform=\"translate({x} {y}) scale({scale})\" color=\"{color}\">{drawn}</g>\n")
    }

    /// Where the threshold runs beside a cell.
    fn edges(&self, place: (usize, usize)) -> String {
        let (x, y) = self.corner(place);
        let (right, top) = self.view.edges(place);
        let line = |d: String| format!("<path d=\"{d}\" stroke=\"{}\" stroke-width=\"3\"/>\n", hex(self.theme.ink));
        let mut svg = String::new();
        if right {
            svg += &line(format!("M{} {}v{}", x + self.column - 1, y - 1, self.row));
        }
        if top {
            svg += &line(format!("M{} {}h{}", x - 1, y - 1, self.column));
        }
        svg
    }

    /// The values of both settings, and what they are.
    fn axes(&self) -> String {
        let axes = &self.view.map.design().axes;
        let (columns, rows) = self.view.map.size();
        let (strong, weak) = (self.ink(self.theme.ink).strong(), self.ink(self.theme.ink_2));
        let (line, below) = (line_height(self.size), self.top + self.row * rows as i32);
        let mut svg = String::new();
        for x in 0..columns {
            let middle = self.corner((x, 0)).0 + self.column / 2;
            svg += &strong.anchored("middle").text((middle, below + line - 4), &axes[0].label(x));
        }
        let middle = self.left + self.column * columns as i32 / 2;
        svg += &weak.anchored("middle").text((middle, below + line * 2 - 4), &axes[0].title());
        for y in 0..axes.get(1).map_or(0, |_| rows) {
            let at = (self.left - 8, self.corner((0, y)).1 + self.row / 2 + self.size / 3);
            svg += &strong.anchored("end").text(at, &axes[1].label(y));
        }
        if let Some(up) = axes.get(1) {
            svg += &weak.text((MARGIN, self.top - self.size / 2), &format!("↑ {}", up.title()));
        }
        svg
    }

    /// One setting: the means as a line, their intervals as whiskers.
    fn plot(&self, top: i32, height: i32) -> String {
        let (view, theme, columns) = (self.view, self.theme, self.view.map.size().0);
        let interval = |x: usize| view.map.cell((x, 0)).interval(view.measure);
        let most = (0..columns).filter_map(|x| interval(x).map(|[_, high]| high).or(view.mean((x, 0))));
        let most = most.chain(view.limit).fold(0.0, f64::max);
        let at = |value: f64| {
            let share = if most > 0.0 { (value / most).clamp(0.0, 1.0) } else { 0.0 };
            top + height - (share * f64::from(height)) as i32
        };
        let middle = |x: usize| self.left + self.column * x as i32 + self.column / 2;
        let mut svg = String::new();
        let mut line = |d: &str, color: RGBColor, more: &str| {
            let _ = writeln!(svg, "<path d=\"{d}\" fill=\"none\" stroke=\"{}\" {more}/>", hex(color));
        };
        let right = self.left + self.column * columns as i32;
        line(&format!("M{} {}H{right}", self.left, top + height), theme.edge, "");
        if let Some(limit) = view.limit {
            line(&format!("M{} {}H{right}", self.left, at(limit)), theme.ink, "stroke-dasharray=\"5 3\"");
        }
        for x in 0..columns {
            if let Some([low, high]) = interval(x) {
                line(&format!("M{} {}V{}", middle(x), at(low), at(high)), theme.ink_3, "stroke-width=\"5\"");
            }
        }
        let points = (0..columns).filter_map(|x| Some(format!("{} {}", middle(x), at(view.mean((x, 0))?))));
        let points: Vec<String> = points.collect();
        if !points.is_empty() {
            line(&format!("M{}", points.join("L")), theme.ink, "stroke-width=\"2\"");
        }
        let scale = self.ink(theme.ink_3).anchored("end");
        let zero = scale.text((self.left - 8, top + height), "0");
        svg + &zero + &scale.text((self.left - 8, top + self.size), &view.number(most))
    }

    /// What colours, lines and shapes mean.
    fn legend(&self, y: i32) -> String {
        let (view, ink) = (self.view, self.ink(self.theme.ink_2));
        let (mut svg, mut x) = (String::new(), self.left);
        let step = self.size * 4;
        if view.ends().is_some_and(|(low, high)| high > low) {
            for at in 0..STEPS {
                let fill = hex(self.theme.heat(at).0);
                let top = y - self.size;
                svg += &format!(
                    "<rect x=\"{x}\" y=\"{top}\" width=\"{step}\" height=\"{}\" fill=\"{fill}\"/>\n",
                    self.size
                );
                let begin = view.begin(at).map_or_else(String::new, |value| view.number(value));
                svg += &ink.text((x, y + self.size + 2), &begin);
                x += step;
            }
            let end = view.begin(STEPS).map_or_else(String::new, |value| view.number(value));
            svg += &ink.text((x, y + self.size + 2), &end);
            x += step;
        }
        let mut words = Vec::new();
        words.extend(view.limit.map(|limit| format!("thick line: threshold {}", view.amount(limit))));
        if view.map.places().any(|place| view.side(place) == Some(Side::Unclear)) {
            words.push("hatched: these seeds do not say".into());
        }
        svg += &ink.text((x, y), &words.join(", "));
        for family in view.families() {
            svg += &self.shape(family, (x + self.size / 2, y + self.size - 2), self.theme.ink_2);
            svg += &ink.text((x + self.size * 3 / 2, y + self.size + 2), family.token());
            x += self.size * 3 / 2 + ink.width(family.token()) + self.size;
        }
        svg
    }
}
