//! Layers of a scene onto a canvas.

use connlab::chart::Theme;
use connlab::scene::{Font, Layer, Paint, Viewport};
use js_sys::Array;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, Path2d};

use crate::canvas;

/// The fonts of the style sheet's `--font-ui` and `--font-code`: a canvas knows no custom properties.
pub const FONTS: &str =
    "-apple-system, BlinkMacSystemFont, \"Segoe UI\", Roboto, \"Helvetica Neue\", Arial, sans-serif";
/// See [`FONTS`].
const CODE: &str = "ui-monospace, \"SF Mono\", SFMono-Regular, Menlo, Consolas, \"DejaVu Sans Mono\", monospace";

fn font(font: Font) -> String {
    let size = match font {
        Font::Label => "11px",
        Font::Value => "600 11.5px",
        Font::Badge => "600 11px",
        Font::Figure => "650 20px",
        Font::Code => return format!("11px {CODE}"),
    };
    format!("{size} {FONTS}")
}

/// How wide [`Viewport::SAMPLE`] is on this machine, in pixels; 0 if that is not known.
pub fn sample(canvas: &HtmlCanvasElement) -> f64 {
    let measured = || {
        let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        context.set_font(&font(Font::Badge));
        Some(context.measure_text(Viewport::SAMPLE).ok()?.width())
    };
    measured().unwrap_or_default()
}

/// Paints the layers, so many times as large as on a desk, with so many device pixels to a pixel; `None` where the
/// browser does not draw, or nobody would see it.
pub fn paint(
    canvas: &HtmlCanvasElement,
    size: (i32, i32),
    pixel_ratio: f64,
    scale: f64,
    layers: &[Layer],
    dark: bool,
) -> Option<()> {
    let context = canvas::clear(canvas, size, pixel_ratio)?;
    context.scale(pixel_ratio * scale, pixel_ratio * scale).ok()?;
    for Layer { color, paint } in layers {
        let color = css(color, dark)?;
        context.set_fill_style_str(&color);
        match paint {
            Paint::Fill(path) => context.fill_with_path_2d(&Path2d::new_with_path_string(path).ok()?),
            Paint::Line { width, opacity, dash: [drawn, left_out], path } => {
                context.set_stroke_style_str(&color);
                context.set_line_width(*width);
                context.set_global_alpha(*opacity);
                let gaps = if *drawn > 0.0 { Array::of2(&(*drawn).into(), &(*left_out).into()) } else { Array::new() };
                context.set_line_dash(&gaps).ok()?;
                context.stroke_with_path(&Path2d::new_with_path_string(path).ok()?);
                context.set_global_alpha(1.0);
            }
            Paint::Text(of, labels) => {
                context.set_font(&font(*of));
                for label in labels {
                    context.set_text_align(if label.ends { "right" } else { "left" });
                    context.fill_text(&label.text, label.at.0, label.at.1).ok()?;
                }
            }
        }
    }
    Some(())
}

/// A colour of the theme, by its name.
fn css(name: &str, dark: bool) -> Option<String> {
    let (_, on_light, on_dark) = Theme::TOKENS.iter().find(|(token, ..)| *token == name)?;
    Some(format!("#{:06x}", if dark { on_dark } else { on_light }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fonts_are_those_of_the_style_sheet() {
        let style = include_str!("../../../static/style.css");
        assert!(style.contains(&format!("--font-ui: {FONTS};")) && style.contains(&format!("--font-code: {CODE};")));
    }
}
