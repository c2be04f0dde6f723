//! Failures of a moment ago: their shape where the cause is and at the port, and once what Go says.

use connlab::scene::Zone;
use connlab::sim::error::{ErrorKind, Family};

use super::super::fresh;
use super::lines::{Ports, diamond};
use super::{Element, Form, Grid, Point, Scene, Tank};

/// Shapes closer than this would be one.
const APART: f64 = 8.0;
/// Of a letter and of a line of code.
const LETTER: (f64, f64) = (6.63, 14.0);
/// Lines of code that a callout has at most, and the letters that any of them has room for, if it needs them.
const CALLOUT: (usize, usize) = (3, 13);

impl Scene<'_> {
    /// The latest failure of all is the one that speaks.
    pub(super) fn pops(&mut self, ports: &Ports, tank: &Tank, workers: &Grid, said: &str) {
        let mut drawn: Vec<Point> = Vec::new();
        let is_apart = |drawn: &[Point], (x, y): Point| {
            drawn.iter().all(|there| (there.0 - x).abs() >= APART || (there.1 - y).abs() >= APART)
        };
        for (i, failed) in fresh(self.snapshot).enumerate() {
            let family = failed.kind.spec().family;
            // Where no connection was tried there is no port: such a failure stands above them.
            let above = (self.zones.client - 7.0, self.zones.top + 12.0);
            let port = failed.connection.and_then(|number| ports.of(number));
            let port = port.map_or(above, |(x, y)| (x - 3.0, y));
            if i == 0 && self.zones.wide {
                self.callout(family, port, said);
            }
            for at in [Some(port), self.cause(failed.kind, port, tank, workers)].into_iter().flatten() {
                if is_apart(&drawn, at) {
                    drawn.push(at);
                    self.family(family, at);
                }
            }
        }
    }

    /// Where such an error comes from, unless that is the port.
    fn cause(&self, kind: ErrorKind, port: Point, tank: &Tank, workers: &Grid) -> Option<Point> {
        let ends = (self.zones.client, self.zones.kernel);
        match (Zone::of(kind), kind.spec().family) {
            // At the end of the gauge of ports.
            (Zone::Client, Family::Ports) if self.zones.wide => Some((ends.0 - 28.0, self.zones.top + 108.5)),
            (Zone::Client, _) => None,
            // About where a lost SYN has its ring.
            (Zone::Network, _) => {
                Some((ends.0 + (ends.1 - ends.0) * 0.75, port.1 + (self.zones.top + 25.0 - port.1) * 0.3))
            }
            (Zone::Kernel, Family::Refused) => Some((ends.1 + 1.0, self.zones.top + 25.0)),
            (Zone::Kernel, _) => Some((tank.grid.x - 4.0, tank.grid.y + 2.0)),
            (Zone::Program, _) => Some((workers.x - 8.0, workers.y + workers.pitch.1 / 2.0)),
        }
    }

    /// What Go says, beside the port it says it of.
    fn callout(&mut self, family: Family, port: Point, said: &str) {
        let (client, kernel) = (self.zones.client, self.zones.kernel);
        let room = ((kernel - client - 36.0) / LETTER.0) as usize;
        let mut lines = broken(said, room, CALLOUT.0);
        // Better over the edge of the server than without its end.
        if lines.last().is_some_and(|line| line.ends_with('…')) {
            lines = broken(said, room.max(CALLOUT.1), CALLOUT.0);
        }
        let Some(longest) = lines.iter().map(|line| line.chars().count()).max() else { return };
        let (width, height) = (longest as f64 * LETTER.0 + 26.0, lines.len() as f64 * LETTER.1 + 8.0);
        let (x, lowest) = (client + 10.5, self.zones.floor - height - 12.0);
        let y = libm::round((port.1 + 16.0).clamp(self.zones.top + 18.0, lowest)) + 0.5;
        let edge = Element::CalloutEdge(family);
        self.add(edge, Form::Line(port, (x, y + height / 2.0)));
        self.add(Element::Callout, Form::Rect(x, y, width, height));
        self.add(edge, Form::Rect(x, y, width, height));
        self.family(family, (x + 11.0, y + 11.0));
        for (i, line) in lines.into_iter().enumerate() {
            self.text(Element::CalloutText, (x + 20.0, y + 15.0 + i as f64 * LETTER.1), line);
        }
    }

    /// The shape of a family, as it is everywhere on the page.
    fn family(&mut self, family: Family, at: Point) {
        let (x, y) = at;
        let (fill, draw) = (Element::Fill(family), Element::Draw(family));
        match family {
            Family::Reset => self.cross(draw, at),
            Family::Timeout => {
                self.add(draw, Form::Circle(at, 3.9));
                self.add(draw, Form::Line((x, y - 2.3), at));
                self.add(draw, Form::Line(at, (x + 1.9, y)));
            }
            Family::Eof => self.add(fill, diamond(at, 4.6)),
            Family::Closed => self.add(draw, Form::Rect(x - 3.5, y - 3.5, 7.0, 7.0)),
            Family::Ports => {
                self.add(fill, Form::Polygon(vec![(x, y - 4.2), (x + 4.6, y + 3.7), (x - 4.6, y + 3.7)]));
            }
            Family::Refused => {
                self.add(draw, Form::Circle(at, 3.9));
                self.add(draw, Form::Line((x - 2.3, y), (x + 2.3, y)));
            }
        }
    }
}

/// Text in lines of at most so many letters where its words allow it, with an ellipsis where there are too many.
fn broken(text: &str, letters: usize, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let is_full = lines.len() == most;
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= letters => *line += &format!(" {word}"),
            Some(line) if is_full => {
                line.push('…');
                break;
            }
            _ => lines.push(word.into()),
        }
    }
    lines
}
