//! The run as a picture to take away: scene and charts with their numbers, and where they come from.

use connlab::chart::{self, AxisLabel, AxisSide, Chart, Look, Theme};
use connlab::scene::Scene;
use connlab::sim::report::Series;
use plotters::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::address;
use crate::canvas::Canvas;
use crate::handout;
use crate::playhead;
use crate::scene::paint::{self, FONTS};
use crate::shown::Shown;
use crate::state::Page;

/// Pixels of the picture to one of its layout: sharp also where it is enlarged.
const RATIO: f64 = 2.0;
const WIDTH: i32 = 960;
/// The scene's size.
pub const SCENE: (i32, i32) = (WIDTH, 216);
/// Of a plot, and of a chart with its heading.
const PLOT: i32 = 92;
const CHART: i32 = PLOT + 34;
/// Left and right of plots, as on the page.
const GUTTERS: (i32, i32) = (62, 58);
/// Above the scene, and below the charts.
const HEAD: i32 = 74;
const FOOT: i32 = 46;

/// A picture in the making.
struct Sheet<'a> {
    context: CanvasRenderingContext2d,
    theme: &'static Theme,
    shown: &'a Shown,
    /// The run that it is compared with.
    a: Option<&'a Series>,
}

/// Hands out the picture of the run that is shown, with this scene as the explainer writes it, if there is one.
pub fn hand_out(page: &Page, scene: Option<&str>) {
    let scene = scene.map(Scene::read);
    if let Some(url) = page.shown().and_then(|shown| picture(page, shown, scene.as_ref())) {
        handout::save(&page.file_name("picture.png"), &url);
    }
}

/// The picture as an address that means it; `None` where the browser does not draw.
fn picture(page: &Page, shown: &Shown, scene: Option<&Scene>) -> Option<String> {
    let canvas = canvas()?;
    let below = HEAD + if scene.is_some() { SCENE.1 } else { 0 };
    let height = below + CHART * Chart::ALL.len() as i32 + FOOT;
    canvas.set_width((f64::from(WIDTH) * RATIO) as u32);
    canvas.set_height((f64::from(height) * RATIO) as u32);
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context.scale(RATIO, RATIO).ok()?;
    let theme = if page.is_dark() { &Theme::DARK } else { &Theme::LIGHT };
    let a = page.compared().map(|a| &a.series);
    let sheet = Sheet { context, theme, shown, a };
    sheet.context.set_fill_style_str(&css(theme.surface));
    sheet.context.fill_rect(0.0, 0.0, f64::from(WIDTH), f64::from(height));
    sheet.text("600 15px", theme.ink, (16, 25), page.title());
    let sentence = shown.sentence().to_string();
    let (load, outcome) = sentence.split_once(": ").unwrap_or((&sentence, ""));
    for (y, line) in [(45, load), (61, outcome)] {
        sheet.text("12px", theme.ink_2, (16, y), line);
    }
    if let Some(scene) = scene {
        sheet.scene(scene, page.is_dark())?;
    }
    for (i, chart) in Chart::ALL.into_iter().enumerate() {
        sheet.chart(chart, below + CHART * i as i32)?;
    }
    sheet.axis(height - FOOT + 12);
    let report = &shown.report;
    let at = scene.map_or_else(String::new, |scene| format!("Scene at {}. ", playhead::clock(scene.moment.at)));
    let origin = format!("{at}ConnLab, simulated, not measured: run {}, {}", report.fingerprint, shown.link);
    sheet.text("11px", theme.ink_2, (16, height - 10), &origin);
    canvas.to_data_url().ok()
}

impl Sheet<'_> {
    /// Text from this baseline on; what is too long is made narrower.
    fn text(&self, font: &str, color: RGBColor, at: (i32, i32), text: &str) {
        self.aligned("left", WIDTH - at.0 - 4, font, color, at, text);
    }

    /// Text that has so much room, with this end of it there.
    fn aligned(&self, end: &str, room: i32, font: &str, color: RGBColor, (x, y): (i32, i32), text: &str) {
        self.context.set_font(&format!("{font} {FONTS}"));
        self.context.set_text_align(end);
        self.context.set_fill_style_str(&css(color));
        let _ = self.context.fill_text_with_max_width(text, f64::from(x), f64::from(y), f64::from(room));
    }

    fn scene(&self, scene: &Scene, dark: bool) -> Option<()> {
        let canvas = canvas()?;
        paint::paint(&canvas, SCENE, RATIO, 1.0, &scene.layers, dark)?;
        self.put(&canvas, (0, HEAD), SCENE)
    }

    fn chart(&self, chart: Chart, top: i32) -> Option<()> {
        let Shown { report, series, .. } = self.shown;
        let size = (WIDTH - GUTTERS.0 - GUTTERS.1, PLOT);
        let canvas = canvas()?;
        let drawn = Canvas::prepare(&canvas, size, RATIO)?;
        let look = Look { theme: self.theme, scale: drawn.scale, weight: 1.0 };
        // A canvas cannot fail.
        let _ = chart.draw(&drawn.into_drawing_area(), series, self.a, &look);
        self.put(&canvas, (GUTTERS.0, top + 24), size)?;
        self.text("600 12px", self.theme.ink, (16, top + 16), chart.title());
        let readout = |readout: chart::Readout| format!("{} {} {}", readout.label, readout.value, readout.of);
        let numbers: Vec<String> = chart.readouts(report, series).into_iter().map(readout).collect();
        self.text("11px", self.theme.ink_2, (290, top + 16), &format!("{} ({})", numbers.join("  "), chart.unit()));
        for label in chart.labels(series, self.a, (f64::from(size.0), f64::from(PLOT) / 11.0)) {
            self.label(&label, top + 24);
        }
        Some(())
    }

    /// A number at the edge of a plot that begins there.
    fn label(&self, label: &AxisLabel, top: i32) {
        let y = top + (label.at * f64::from(PLOT)) as i32 + 4;
        let (end, room, x) = match label.side {
            AxisSide::Left => ("right", GUTTERS.0 - 6, GUTTERS.0 - 6),
            AxisSide::Right => ("left", GUTTERS.1 - 6, WIDTH - GUTTERS.1 + 5),
        };
        self.aligned(end, room, "11px", self.theme.ink_3, (x, y), &label.text);
    }

    /// Seconds, below all charts.
    fn axis(&self, y: i32) {
        let width = f64::from(WIDTH - GUTTERS.0 - GUTTERS.1);
        for (at, text) in chart::time_ticks(self.shown.series.duration) {
            let x = GUTTERS.0 + (at * width) as i32;
            self.aligned("center", GUTTERS.1, "11px", self.theme.ink_3, (x, y), &text);
        }
    }

    fn put(&self, canvas: &HtmlCanvasElement, (x, y): (i32, i32), (width, height): (i32, i32)) -> Option<()> {
        let [x, y, width, height] = [x, y, width, height].map(f64::from);
        self.context.draw_image_with_html_canvas_element_and_dw_and_dh(canvas, x, y, width, height).ok()
    }
}

fn canvas() -> Option<HtmlCanvasElement> {
    address::document().create_element("canvas").ok()?.dyn_into().ok()
}

fn css(RGBColor(r, g, b): RGBColor) -> String {
    format!("rgb({r},{g},{b})")
}
