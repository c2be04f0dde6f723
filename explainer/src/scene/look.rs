//! How the elements of a scene look, and their shapes as paths.

use connlab::scene::{Font, Label, Layer, Paint};
use connlab::sim::error::Family;
use connlab::words::fixed;

use super::layout::{self, Align, Element, Form, Point};

/// How an element looks: the name of its colour, and the rest.
enum Look {
    Fill(&'static str),
    /// In pixels, and a share of its colour's weight.
    Line(&'static str, f64, f64),
    /// With gaps: drawn and left out, in pixels.
    Dashes(&'static str, f64, f64),
    Text(&'static str, Font),
}

fn look(element: Element) -> Look {
    match element {
        Element::Host | Element::Plate => Look::Fill("surface-1"),
        Element::HostEdge => Look::Line("line", 1.0, 1.0),
        Element::Open => Look::Line("ink", 0.9, 0.3),
        Element::Opening => Look::Dashes("ink-3", 3.0, 2.5),
        Element::HalfAccepted => Look::Dashes("ink", 1.0, 2.5),
        Element::Well | Element::Callout => Look::Fill("surface-0"),
        Element::Slot => Look::Line("line", 1.0, 1.0),
        Element::Edge => Look::Line("edge", 1.0, 1.0),
        Element::FullEdge => Look::Line("ink", 2.0, 1.0),
        Element::Vacant => Look::Dashes("edge", 2.0, 2.0),
        Element::Taken => Look::Line("ink-2", 1.0, 1.0),
        Element::Waits | Element::Done | Element::Request | Element::Badge => Look::Fill("ink"),
        Element::Service => Look::Fill("line"),
        Element::Hatch => Look::Line("edge", 0.8, 0.6),
        Element::Port => Look::Fill("ink-2"),
        Element::NewPort => Look::Fill("edge"),
        Element::Stroke => Look::Line("ink", 1.2, 1.0),
        Element::Response => Look::Fill("ok"),
        Element::Abort => Look::Line(Family::Reset.token(), 1.9, 1.0),
        Element::CalloutEdge(family) => Look::Line(family.token(), 1.2, 1.0),
        Element::CalloutText => Look::Text("ink", Font::Code),
        Element::Fill(family) => Look::Fill(family.token()),
        Element::Draw(family) => Look::Line(family.token(), if family == Family::Reset { 1.9 } else { 1.6 }, 1.0),
        Element::BadgeText => Look::Text("surface-0", Font::Badge),
        Element::Label => Look::Text("ink-2", Font::Label),
        Element::Value => Look::Text("ink", Font::Value),
        Element::Figure => Look::Text("ink", Font::Figure),
    }
}

/// What is more than an outline is at least this wide in a lecture room, in pixels.
const WIDTH_ON_A_WALL: f64 = 3.0;

/// An outline of something that is there anyway.
fn is_outline(element: Element) -> bool {
    use Element::{Edge, Hatch, HostEdge, Slot, Taken, Vacant};
    matches!(element, HostEdge | Slot | Vacant | Edge | Taken | Hatch)
}

/// A layer as it is painted where everything is so many times as large as on a desk.
pub fn painted(layer: &layout::ShapeLayer, scale: f64) -> Layer {
    let narrowest = if scale > 1.0 && !is_outline(layer.element) { WIDTH_ON_A_WALL / scale } else { 0.0 };
    let path = || path(&layer.forms);
    let (color, paint) = match look(layer.element) {
        Look::Fill(color) => (color, Paint::Fill(path())),
        Look::Line(color, width, opacity) => {
            (color, Paint::Line { width: hundredths(width.max(narrowest)), opacity, dash: [0.0; 2], path: path() })
        }
        Look::Dashes(color, drawn, left_out) => {
            let width = hundredths(narrowest.max(1.0));
            (color, Paint::Line { width, opacity: 1.0, dash: [drawn, left_out], path: path() })
        }
        Look::Text(color, font) => (color, Paint::Text(font, layer.forms.iter().filter_map(label).collect())),
    };
    Layer { color: color.into(), paint }
}

fn label(form: &Form) -> Option<Label> {
    match form {
        Form::Text((x, y), align, text) => {
            Some(Label { at: (hundredths(*x), hundredths(*y)), ends: *align == Align::Right, text: text.clone() })
        }
        _ => None,
    }
}

/// Finer than any screen, and short as text.
fn hundredths(length: f64) -> f64 {
    libm::round(length * 100.0) / 100.0
}

/// The shapes as one path in the notation of SVG.
fn path(forms: &[Form]) -> String {
    let mut path = Path(String::new());
    for form in forms {
        path.add(form);
    }
    path.0
}

struct Path(String);

impl Path {
    /// A command and its numbers.
    fn to(&mut self, command: char, numbers: &[f64]) {
        self.0.push(command);
        for (i, number) in numbers.iter().enumerate() {
            let text = fixed(*number, 2);
            if i > 0 {
                self.0.push(' ');
            }
            self.0 += text.strip_suffix(".00").unwrap_or(&text);
        }
    }

    fn points(&mut self, command: char, points: &[Point]) {
        let numbers: Vec<f64> = points.iter().flat_map(|(x, y)| [*x, *y]).collect();
        self.to(command, &numbers);
    }

    fn add(&mut self, form: &Form) {
        match form {
            Form::Line(from, to) => {
                self.points('M', &[*from]);
                self.points('L', &[*to]);
            }
            Form::Curve(from, to) => {
                // With its two handles at thirds of the way it goes across evenly.
                let third = (to.0 - from.0) / 3.0;
                self.points('M', &[*from]);
                self.points('C', &[(from.0 + third, from.1), (to.0 - third, to.1), *to]);
            }
            Form::Rect(x, y, width, height) => {
                self.points('M', &[(*x, *y)]);
                self.to('h', &[*width]);
                self.to('v', &[*height]);
                self.to('h', &[-width]);
                self.to('z', &[]);
            }
            // Two halves: an arc that ends where it began is none.
            Form::Circle((x, y), radius) => {
                self.points('M', &[(x + radius, *y)]);
                for across in [-2.0 * radius, 2.0 * radius] {
                    self.to('a', &[*radius, *radius, 0.0, 0.0, 1.0, across, 0.0]);
                }
                self.to('z', &[]);
            }
            Form::Polygon(points) => {
                for (point, command) in points.iter().zip(['M'].into_iter().chain(std::iter::repeat('L'))) {
                    self.points(command, &[*point]);
                }
                self.to('z', &[]);
            }
            Form::Text(..) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use connlab::chart::Theme;
    use connlab::link;
    use connlab::sim::replay::{Breakpoint, Goal, Replay};
    use connlab::time::SimTime;

    use super::*;
    use connlab::scene::{Scene, Viewport};

    #[test]
    fn shapes_are_paths() {
        let path = |form| path(&[form]);
        assert_eq!(path(Form::Line((1.0, 2.5), (-3.257, 4.0))), "M1 2.50L-3.26 4");
        assert_eq!(path(Form::Curve((0.0, 0.0), (30.0, 9.0))), "M0 0C10 0 20 9 30 9");
        assert_eq!(path(Form::Rect(0.5, 0.5, 8.0, 7.0)), "M0.50 0.50h8v7h-8z");
        assert_eq!(path(Form::Circle((5.0, 5.0), 2.0)), "M7 5a2 2 0 0 1 -4 0a2 2 0 0 1 4 0z");
        assert_eq!(path(Form::Polygon(vec![(0.0, 1.0), (1.0, 0.0), (2.0, 1.0)])), "M0 1L1 0L2 1z");
    }

    /// The scene at the first failure of a run.
    fn first_failure(link: &str, viewport: &Viewport) -> Scene {
        let scenario = link::scenario(link);
        let mut replay = Replay::new(&scenario);
        replay.seek(Goal::First(Breakpoint::Failure(None), SimTime::ZERO));
        replay.advance(u32::MAX);
        super::super::scene(&scenario, &replay, viewport)
    }

    const DESK: Viewport = Viewport { width: 708, height: 262, scale: 1.0, sample: 0.0, calm: false, tallies: true };

    #[test]
    fn every_colour_is_one_of_the_themes() {
        for preset in connlab::preset::PRESETS {
            for layer in first_failure(&format!("p={}", preset.name), &DESK).layers {
                assert!(Theme::TOKENS.iter().any(|(token, ..)| *token == layer.color), "{}: {layer:?}", preset.name);
            }
        }
    }

    #[test]
    fn a_scene_survives_its_way_as_text() {
        for link in ["p=incident", "p=restart", "p=ports", "p=phantoms&duration=25s"] {
            let scene = first_failure(link, &DESK);
            assert!(scene.found && scene.moment.requests.failed > 0, "{link}: {:?}", scene.moment);
            let says = |layer: &Layer| matches!(&layer.paint, Paint::Text(Font::Code, labels) if !labels.is_empty());
            assert!(scene.layers.iter().any(says), "{link} says nothing");
            assert_eq!(Scene::read(&scene.to_string()), scene, "{link}");
        }
    }

    #[test]
    fn on_a_wall_whatever_moves_is_three_pixels_wide() {
        let scale = 18.0 / 11.0;
        let thinnest = |viewport: &Viewport| {
            let layers = first_failure("p=incident", viewport).layers.into_iter();
            let width = |layer: Layer| match layer.paint {
                Paint::Line { width, .. } if ["ink", "reset"].contains(&&*layer.color) => Some(width),
                _ => None,
            };
            layers.filter_map(width).fold(f64::INFINITY, f64::min)
        };
        assert_eq!(thinnest(&DESK), 0.9);
        assert_eq!(
            thinnest(&Viewport { scale, tallies: false, ..DESK }) * scale,
            hundredths(WIDTH_ON_A_WALL / scale) * scale
        );
    }

    #[test]
    fn without_a_canvas_nothing_is_laid_out_and_the_rest_is_told() {
        let seen = first_failure("p=incident", &DESK);
        let unseen = first_failure("p=incident", &Viewport::default());
        assert_eq!(unseen.layers, []);
        assert_eq!((unseen.moment, unseen.failed, unseen.sentence), (seen.moment, seen.failed, seen.sentence));
    }
}
