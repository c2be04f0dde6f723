//! Shapes onto a canvas: one path for all that look the same.

use connlab::chart::Theme;
use connlab::sim::error::Family;
use plotters::style::RGBColor;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::layout::{self, Align, Form, Layer, Part};
use crate::canvas;

/// How a part looks.
enum Look {
    Fill(RGBColor),
    /// A share of its colour's weight.
    Line(RGBColor, f64, f64),
    /// With gaps: drawn and left out, in pixels.
    Dashes(RGBColor, f64, f64),
    Text(RGBColor, &'static str, &'static str),
}

/// The fonts of the style sheet's `--font-ui` and `--font-code`: a canvas knows no custom properties.
pub const FONTS: &str =
    "-apple-system, BlinkMacSystemFont, \"Segoe UI\", Roboto, \"Helvetica Neue\", Arial, sans-serif";
/// See [`FONTS`].
pub const CODE: &str = "ui-monospace, \"SF Mono\", SFMono-Regular, Menlo, Consolas, \"DejaVu Sans Mono\", monospace";

fn look(part: Part, theme: &Theme) -> Look {
    match part {
        Part::Host | Part::Plate => Look::Fill(theme.panel),
        Part::HostEdge => Look::Line(theme.line, 1.0, 1.0),
        Part::Open => Look::Line(theme.ink, 0.9, 0.3),
        Part::Opening => Look::Dashes(theme.ink_3, 3.0, 2.5),
        Part::HalfAccepted => Look::Dashes(theme.ink, 1.0, 2.5),
        Part::Well | Part::Callout => Look::Fill(theme.surface),
        Part::Slot => Look::Line(theme.line, 1.0, 1.0),
        Part::Edge => Look::Line(theme.edge, 1.0, 1.0),
        Part::FullEdge => Look::Line(theme.ink, 2.0, 1.0),
        Part::Vacant => Look::Dashes(theme.edge, 2.0, 2.0),
        Part::Taken => Look::Line(theme.ink_2, 1.0, 1.0),
        Part::Waits | Part::Done | Part::Request | Part::Badge => Look::Fill(theme.ink),
        Part::Service => Look::Fill(theme.line),
        Part::Hatch => Look::Line(theme.edge, 0.8, 0.6),
        Part::Port => Look::Fill(theme.ink_2),
        Part::NewPort => Look::Fill(theme.edge),
        Part::Stroke => Look::Line(theme.ink, 1.2, 1.0),
        Part::Response => Look::Fill(theme.ok),
        Part::Abort => Look::Line(theme.failure(Family::Reset), 1.9, 1.0),
        Part::CalloutEdge(family) => Look::Line(theme.failure(family), 1.2, 1.0),
        Part::CalloutText => Look::Text(theme.ink, "11px", CODE),
        Part::Fill(family) => Look::Fill(theme.failure(family)),
        Part::Draw(family) => Look::Line(theme.failure(family), if family == Family::Reset { 1.9 } else { 1.6 }, 1.0),
        Part::BadgeText => Look::Text(theme.surface, "600 11px", FONTS),
        Part::Label => Look::Text(theme.ink_2, "11px", FONTS),
        Part::Value => Look::Text(theme.ink, "600 11.5px", FONTS),
        Part::Figure => Look::Text(theme.ink, "650 20px", FONTS),
    }
}

/// How much wider this machine's letters are than those for which the scene is laid out.
pub fn letters(canvas: &HtmlCanvasElement) -> f64 {
    const SAMPLE: &str = "accept 128 / 129 full";
    let measured = || {
        let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        context.set_font(&format!("600 11px {FONTS}"));
        Some(context.measure_text(SAMPLE).ok()?.width())
    };
    measured().map_or(1.0, |width| width / layout::text_width(SAMPLE))
}

/// What is more than an outline is at least this wide in a lecture room, in pixels.
const WIDTH_ON_A_WALL: f64 = 3.0;

/// An outline of something that is there anyway.
fn is_outline(part: Part) -> bool {
    use Part::{Edge, Hatch, HostEdge, Slot, Taken, Vacant};
    matches!(part, HostEdge | Slot | Vacant | Edge | Taken | Hatch)
}

/// Draws the layers, so many times as large as on a desk, with so many device pixels to a pixel.
pub fn paint(
    canvas: &HtmlCanvasElement,
    size: (i32, i32),
    pixel_ratio: f64,
    scale: f64,
    layers: &[Layer],
    theme: &Theme,
) -> Option<()> {
    let context = canvas::clear(canvas, size, pixel_ratio)?;
    context.scale(pixel_ratio * scale, pixel_ratio * scale).ok()?;
    for layer in layers {
        let look = look(layer.part, theme);
        let narrowest = if scale > 1.0 && !is_outline(layer.part) { WIDTH_ON_A_WALL / scale } else { 0.0 };
        context.begin_path();
        match look {
            Look::Fill(color) | Look::Text(color, ..) => context.set_fill_style_str(&css(color, 1.0)),
            Look::Line(color, width, weight) => {
                context.set_stroke_style_str(&css(color, weight));
                context.set_line_width(width.max(narrowest));
            }
            Look::Dashes(color, drawn, left_out) => {
                context.set_stroke_style_str(&css(color, 1.0));
                context.set_line_width(narrowest.max(1.0));
                context.set_line_dash(&js_sys::Array::of2(&drawn.into(), &left_out.into())).ok()?;
            }
        }
        if let Look::Text(_, font, fonts) = look {
            context.set_font(&format!("{font} {fonts}"));
        }
        for form in &layer.forms {
            trace(&context, form);
        }
        match look {
            Look::Fill(_) => context.fill(),
            Look::Text(..) => {}
            Look::Line(..) | Look::Dashes(..) => {
                context.stroke();
                context.set_line_dash(&JsValue::from(js_sys::Array::new())).ok()?;
            }
        }
    }
    Some(())
}

fn trace(context: &CanvasRenderingContext2d, form: &Form) {
    match form {
        Form::Line(from, to) => {
            context.move_to(from.0, from.1);
            context.line_to(to.0, to.1);
        }
        Form::Curve(from, to) => {
            // With its two handles at thirds of the way it goes across evenly.
            let third = (to.0 - from.0) / 3.0;
            context.move_to(from.0, from.1);
            context.bezier_curve_to(from.0 + third, from.1, to.0 - third, to.1, to.0, to.1);
        }
        Form::Rect(x, y, width, height) => context.rect(*x, *y, *width, *height),
        Form::Circle((x, y), radius) => {
            context.move_to(x + radius, *y);
            let _ = context.arc(*x, *y, *radius, 0.0, std::f64::consts::TAU);
        }
        Form::Polygon(points) => {
            for (i, (x, y)) in points.iter().enumerate() {
                if i == 0 { context.move_to(*x, *y) } else { context.line_to(*x, *y) }
            }
            context.close_path();
        }
        Form::Text((x, y), align, text) => {
            context.set_text_align(if *align == Align::Left { "left" } else { "right" });
            let _ = context.fill_text(text, *x, *y);
        }
    }
}

fn css(RGBColor(r, g, b): RGBColor, weight: f64) -> String {
    format!("rgba({r},{g},{b},{weight})")
}
