//! A canvas as a plotters backend.
//!
//! Plotters counts in whole numbers; one of them is an eighth of a device pixel here, so that curves are smooth, while
//! hairlines are moved to the middle of a pixel, so that they are sharp at every device pixel ratio.

use std::convert::Infallible;

use connlab::words::fixed;
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, DrawingBackend, DrawingErrorKind};
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// Units to a device pixel.
const UNITS: f64 = 8.0;

/// A canvas, as large as its box on the page.
pub struct Canvas {
    context: CanvasRenderingContext2d,
    size: (u32, u32),
    /// Units to a pixel of the layout.
    pub scale: f64,
}

impl Canvas {
    /// Clears it and fits its resolution to its box; `None` while it is not visible.
    pub fn prepare(canvas: &HtmlCanvasElement, size: (i32, i32), pixel_ratio: f64) -> Option<Canvas> {
        let context = clear(canvas, size, pixel_ratio)?;
        context.set_line_join("round");
        let size = (canvas.width() * UNITS as u32, canvas.height() * UNITS as u32);
        Some(Canvas { context, size, scale: pixel_ratio * UNITS })
    }

    fn stroke_style<S: BackendStyle>(&self, style: &S) -> f64 {
        let width = (f64::from(style.stroke_width()) / UNITS).max(1.0);
        self.context.set_stroke_style_str(&css(style.color()));
        self.context.set_line_width(width);
        width
    }

    fn trace(&self, path: &[(f64, f64)]) {
        self.context.begin_path();
        for (i, (x, y)) in path.iter().enumerate() {
            if i == 0 { self.context.move_to(*x, *y) } else { self.context.line_to(*x, *y) }
        }
    }
}

impl DrawingBackend for Canvas {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Result<(), DrawingErrorKind<Infallible>> {
        Ok(())
    }

    fn present(&mut self) -> Result<(), DrawingErrorKind<Infallible>> {
        Ok(())
    }

    fn draw_pixel(&mut self, at: BackendCoord, color: BackendColor) -> Result<(), DrawingErrorKind<Infallible>> {
        self.context.set_fill_style_str(&css(color));
        let (x, y) = pixels(at);
        self.context.fill_rect(x, y, 1.0, 1.0);
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        let mut path: Vec<_> = path.into_iter().map(pixels).collect();
        let width = self.stroke_style(style);
        if let [from, to] = &mut path[..] {
            sharpen(from, to, width, self.size);
        }
        self.trace(&path);
        self.context.stroke();
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        self.context.set_fill_style_str(&css(style.color()));
        self.trace(&path.into_iter().map(pixels).collect::<Vec<_>>());
        self.context.fill();
        Ok(())
    }
}

/// Clears a canvas and fits its resolution to its box; `None` while it is not visible. Both cost more than the drawing
/// where they are not needed: a canvas that is asked for its size has the page laid out, and one that is given the same
/// size again gets new memory.
pub fn clear(canvas: &HtmlCanvasElement, size: (i32, i32), pixel_ratio: f64) -> Option<CanvasRenderingContext2d> {
    let (width, height) = if size.0 > 0 { size } else { (canvas.client_width(), canvas.client_height()) };
    if width < 1 || height < 1 {
        return None;
    }
    let pixels = |length: i32| libm::round(f64::from(length) * pixel_ratio).max(1.0) as u32;
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    if (canvas.width(), canvas.height()) == (pixels(width), pixels(height)) {
        context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0).ok()?;
        context.clear_rect(0.0, 0.0, f64::from(canvas.width()), f64::from(canvas.height()));
    } else {
        canvas.set_width(pixels(width));
        canvas.set_height(pixels(height));
    }
    Some(context)
}

fn pixels((x, y): BackendCoord) -> (f64, f64) {
    (f64::from(x) / UNITS, f64::from(y) / UNITS)
}

/// Moves a horizontal or vertical line so that its edges fall between two device pixels, and into the canvas.
fn sharpen(from: &mut (f64, f64), to: &mut (f64, f64), width: f64, size: (u32, u32)) {
    let width = libm::round(width);
    let sharp = |at: f64, size: u32| {
        let most = (f64::from(size) / UNITS - width).max(0.0);
        libm::round(at - width / 2.0).clamp(0.0, most) + width / 2.0
    };
    if from.1 == to.1 {
        from.1 = sharp(from.1, size.1);
        to.1 = from.1;
    } else if from.0 == to.0 {
        from.0 = sharp(from.0, size.0);
        to.0 = from.0;
    }
}

fn css(color: BackendColor) -> String {
    let (r, g, b) = color.rgb;
    format!("rgba({r},{g},{b},{})", fixed(color.alpha, 3))
}
