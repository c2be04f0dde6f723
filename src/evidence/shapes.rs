//! Shapes as SVG: a plotters backend with what the charts need and nothing else, for it is in the page's explainer.

use std::convert::Infallible;
use std::fmt::Write;

use plotters_backend::{BackendColor, BackendCoord, BackendStyle, DrawingBackend, DrawingErrorKind};

/// What has been drawn, in whole units.
pub struct Shapes<'a> {
    /// How wide and high it is.
    pub size: (u32, u32),
    /// The elements.
    pub svg: &'a mut String,
}

/// The result of drawing: a string takes everything.
type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl Shapes<'_> {
    /// A line through these points, or the area within them. `paint` is what its colour is for.
    fn element(&mut self, name: &str, paint: &str, color: BackendColor, points: &[BackendCoord]) -> Drawn {
        let (r, g, b) = color.rgb;
        let _ = write!(self.svg, "<{name} {paint}=\"#{r:02X}{g:02X}{b:02X}\"");
        if color.alpha < 1.0 {
            let _ = write!(self.svg, " opacity=\"0.{:02}\"", (color.alpha * 100.0) as u32);
        }
        *self.svg += " points=\"";
        for (i, (x, y)) in points.iter().enumerate() {
            let _ = write!(self.svg, "{}{x},{y}", if i > 0 { " " } else { "" });
        }
        *self.svg += "\"/>\n";
        Ok(())
    }
}

impl DrawingBackend for Shapes<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        self.element("polygon", "fill", color, &[(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)])
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        let paint = format!("fill=\"none\" stroke-width=\"{}\" stroke", style.stroke_width());
        self.element("polyline", &paint, style.color(), &path.into_iter().collect::<Vec<_>>())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        self.element("polygon", "fill", style.color(), &path.into_iter().collect::<Vec<_>>())
    }
}
