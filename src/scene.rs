//! The scene: the whole path of a request at one instant, from the client's pool to the server's workers.
//!
//! Here is what it is asked for and what it is told as: a goal and a [`Viewport`] in, a [`Scene`] out, both as text, so
//! that it can be laid out where the run is and painted where the canvas is. Shapes are in pixels of the canvas, paths
//! in the notation of SVG, which canvases read.

use std::fmt;

use crate::sim::error::ErrorKind;
use crate::sim::replay::{Breakpoint, Goal, Moment};
use crate::sim::report::Requests;
use crate::time::SimTime;
use crate::words::trimmed;

/// Who must change something, from left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// Your program and its kernel.
    Client,
    /// Between the hosts.
    Network,
    /// The server's queues.
    Kernel,
    /// What calls accept().
    Program,
}

impl Zone {
    /// All four.
    pub const ALL: [Zone; 4] = [Zone::Client, Zone::Network, Zone::Kernel, Zone::Program];

    /// Its name.
    pub fn name(self) -> &'static str {
        ["Your client", "Network", "Server kernel", "Server program"][self as usize]
    }

    /// Where what makes a request fail so has happened.
    #[inline]
    pub fn of(kind: ErrorKind) -> Zone {
        use ErrorKind::*;
        match kind {
            // Its own timers, its own limits.
            Closed | Canceled | ClientTimeout | Deadline | HeaderTimeout | Ports | ClientFds | BreakerOpen => {
                Zone::Client
            }
            // Nothing came back.
            DialTimeout | ConnectTimeout => Zone::Network,
            // An RST came back.
            Reset | WriteReset | BrokenPipe | Refused => Zone::Kernel,
            // A FIN came back.
            Eof | ServerClosedIdle | BrokenConnection => Zone::Program,
        }
    }
}

/// What a scene is painted on.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Viewport {
    /// Pixels of the page; without any, nothing is laid out.
    pub width: i32,
    /// See `width`.
    pub height: i32,
    /// How much larger everything is than on a desk.
    pub scale: f64,
    /// How wide [`Viewport::SAMPLE`] is here, in pixels: not every machine has the letters for which the scene is laid
    /// out. 0 if that is not known.
    pub sample: f64,
    /// Nothing is to be drawn as if it moved.
    pub calm: bool,
    /// There is room for tallies below the zones.
    pub tallies: bool,
}

impl Viewport {
    /// The text whose width is measured, in [`Font::Badge`].
    pub const SAMPLE: &str = "accept 128 / 129 full";

    /// Reads what its `Display` writes.
    #[inline]
    pub fn read(text: &str) -> Option<Viewport> {
        let mut parts = text.split(',');
        let mut next = || parts.next();
        Some(Viewport {
            width: next()?.parse().ok()?,
            height: next()?.parse().ok()?,
            scale: next()?.parse().ok()?,
            sample: next()?.parse().ok()?,
            calm: next()? == "true",
            tallies: next()? == "true",
        })
    }
}

impl fmt::Display for Viewport {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Viewport { width, height, calm, tallies, .. } = self;
        let [scale, sample] = [self.scale, self.sample].map(|number| trimmed(number, 9));
        write!(f, "{width},{height},{scale},{sample},{calm},{tallies}")
    }
}

/// A goal as text: `at,3218000001`, `first,reset,0`.
#[inline]
pub fn goal_text(goal: Goal) -> String {
    let what = |what: Breakpoint| match what {
        Breakpoint::Event => EVENT,
        Breakpoint::Outcome => OUTCOME,
        Breakpoint::Overflow => OVERFLOW,
        Breakpoint::Failure(None) => FAILURE,
        Breakpoint::Failure(Some(kind)) => kind.class(),
    };
    let (way, name, at) = match goal {
        Goal::At(at) => ("at", "", at),
        Goal::First(of, at) => ("first", what(of), at),
        Goal::Last(of, at) => ("last", what(of), at),
    };
    format!("{way},{name},{}", at.as_nanos())
}

/// Reads what [`goal_text`] writes.
pub fn read_goal(text: &str) -> Option<Goal> {
    let mut parts = text.split(',');
    let (way, name, at) = (parts.next()?, parts.next()?, SimTime::from_nanos(parts.next()?.parse().ok()?));
    let what = || {
        Some(match name {
            EVENT => Breakpoint::Event,
            OUTCOME => Breakpoint::Outcome,
            OVERFLOW => Breakpoint::Overflow,
            FAILURE => Breakpoint::Failure(None),
            class => Breakpoint::Failure(Some(ErrorKind::named(class)?)),
        })
    };
    match way {
        "at" => Some(Goal::At(at)),
        "first" => Some(Goal::First(what()?, at)),
        "last" => Some(Goal::Last(what()?, at)),
        _ => None,
    }
}

/// No class has one of these names.
const EVENT: &str = "any-event";
const OUTCOME: &str = "any-outcome";
const OVERFLOW: &str = "any-overflow";
const FAILURE: &str = "any-failure";

/// The scene at one instant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// The run then, in a few numbers.
    pub moment: Moment,
    /// Whether what was looked for exists.
    pub found: bool,
    /// Failed requests so far, by class; classes that did not occur are left out.
    pub failed: Vec<(ErrorKind, u64)>,
    /// Where the zones begin and end, in pixels from the left.
    pub edges: Vec<(f64, f64)>,
    /// The same in a sentence.
    pub sentence: String,
    /// The same as rows of a table, as HTML.
    pub rows: String,
    /// What is painted; what comes later covers what comes before.
    pub layers: Vec<Layer>,
}

/// All that looks the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// Its colour, by the name of the custom property.
    pub color: String,
    /// How it is painted, and what.
    pub paint: Paint,
}

/// How something is painted.
#[derive(Clone, Debug, PartialEq)]
pub enum Paint {
    /// A path is filled.
    Fill(String),
    /// A path is drawn.
    Line {
        /// In pixels.
        width: f64,
        /// Of the colour: 1 covers what is below.
        opacity: f64,
        /// Drawn and left out, in pixels; two zeros for a line without gaps.
        dash: [f64; 2],
        /// The path.
        path: String,
    },
    /// Texts in one font.
    Text(Font, Vec<Label>),
}

/// The fonts of a scene.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Font {
    /// What a number counts.
    Label,
    /// A number.
    Value,
    /// A number at its limit.
    Badge,
    /// The one large number.
    Figure,
    /// What Go says.
    Code,
}

impl Font {
    /// All of them.
    pub const ALL: [Font; 5] = [Font::Label, Font::Value, Font::Badge, Font::Figure, Font::Code];
}

/// A text.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Its baseline's start, or its end.
    pub at: (f64, f64),
    /// It ends there.
    pub ends: bool,
    /// What it says.
    pub text: String,
}

impl Scene {
    /// Reads what its `Display` writes, and leaves out what is none of it.
    #[inline]
    pub fn read(text: &str) -> Scene {
        let mut scene = Scene::default();
        for line in text.lines() {
            // A line that cannot be read is left out, as a class is that only a newer program knows.
            let _ = scene.add(line);
        }
        scene
    }

    #[inline]
    fn add(&mut self, line: &str) -> Option<()> {
        let (name, rest) = line.split_once(' ')?;
        match name {
            "moment" => self.moment = moment(rest)?,
            "found" => self.found = rest == "true",
            "failed" => {
                let (class, count) = rest.split_once(' ')?;
                self.failed.push((ErrorKind::named(class)?, count.parse().ok()?));
            }
            "edge" => {
                let (from, to) = rest.split_once(' ')?;
                self.edges.push((length(from)?, length(to)?));
            }
            "sentence" => self.sentence = rest.into(),
            "rows" => self.rows = rest.into(),
            "label" => {
                let mut parts = rest.splitn(4, ' ');
                let at = (length(parts.next()?)?, length(parts.next()?)?);
                let (ends, text) = (parts.next()? == "true", parts.next()?.into());
                let Paint::Text(_, labels) = &mut self.layers.last_mut()?.paint else { return None };
                labels.push(Label { at, ends, text });
            }
            _ => self.layers.push(layer(name, rest)?),
        }
        Some(())
    }
}

/// Numbers are written as whole hundredths: a program that reads decimals has tables of 10 KB for it.
#[inline]
fn length(text: &str) -> Option<f64> {
    Some(f64::from(text.parse::<i32>().ok()?) / 100.0)
}

fn hundredths(number: f64) -> i32 {
    libm::round(number * 100.0) as i32
}

#[inline]
fn moment(rest: &str) -> Option<Moment> {
    let mut numbers = rest.split(' ').map_while(|number| number.parse::<u64>().ok());
    let mut next = || numbers.next();
    let at = SimTime::from_nanos(next()?);
    let events = next()?;
    let requests = Requests { offered: next()?, ok: next()?, failed: next()?, in_flight: next()? };
    let mut level = || Some((next()? as u32, next()? as u32));
    Some(Moment { at, events, requests, accept_queue: level()?, busy_workers: level()? })
}

#[inline]
fn layer(name: &str, rest: &str) -> Option<Layer> {
    let (color, rest) = rest.split_once(' ')?;
    let paint = match name {
        "fill" => Paint::Fill(rest.into()),
        "line" => {
            let mut parts = rest.splitn(5, ' ');
            let mut next = || length(parts.next()?);
            let (width, opacity, dash) = (next()?, next()?, [next()?, next()?]);
            Paint::Line { width, opacity, dash, path: parts.next()?.into() }
        }
        "text" => Paint::Text(*Font::ALL.get(rest.parse::<usize>().ok()?)?, Vec::new()),
        _ => return None,
    };
    Some(Layer { color: color.into(), paint })
}

/// A line for each thing, its name first; texts and paths, which have spaces, last.
impl fmt::Display for Scene {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Moment { at, events, requests, accept_queue, busy_workers } = self.moment;
        let Requests { offered, ok, failed, in_flight } = requests;
        write!(f, "moment {} {events} {offered} {ok} {failed} {in_flight} ", at.as_nanos())?;
        writeln!(f, "{} {} {} {}", accept_queue.0, accept_queue.1, busy_workers.0, busy_workers.1)?;
        writeln!(f, "found {}", self.found)?;
        for (kind, count) in &self.failed {
            writeln!(f, "failed {} {count}", kind.class())?;
        }
        for (from, to) in &self.edges {
            writeln!(f, "edge {} {}", hundredths(*from), hundredths(*to))?;
        }
        writeln!(f, "sentence {}\nrows {}", self.sentence, self.rows)?;
        for Layer { color, paint } in &self.layers {
            match paint {
                Paint::Fill(path) => writeln!(f, "fill {color} {path}")?,
                Paint::Line { width, opacity, dash: [drawn, left_out], path } => {
                    let [width, opacity, drawn, left_out] = [width, opacity, drawn, left_out].map(|n| hundredths(*n));
                    writeln!(f, "line {color} {width} {opacity} {drawn} {left_out} {path}")?;
                }
                Paint::Text(font, labels) => {
                    writeln!(f, "text {color} {}", *font as usize)?;
                    for Label { at: (x, y), ends, text } in labels {
                        writeln!(f, "label {} {} {ends} {text}", hundredths(*x), hundredths(*y))?;
                    }
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_and_a_viewport_are_read_back_from_their_text() {
        let at = SimTime::from_nanos(3_218_000_001);
        for goal in [
            Goal::At(at),
            Goal::First(Breakpoint::Event, at),
            Goal::Last(Breakpoint::Outcome, at),
            Goal::First(Breakpoint::Overflow, SimTime::ZERO),
            Goal::Last(Breakpoint::Failure(None), at),
            Goal::First(Breakpoint::Failure(Some(ErrorKind::Closed)), at),
        ] {
            assert_eq!(read_goal(&goal_text(goal)), Some(goal));
        }
        assert_eq!([read_goal("at,,"), read_goal("next,any-event,0"), read_goal("first,boredom,0")], [None; 3]);
        let tallies = Viewport { width: 708, height: 262, scale: 1.0, tallies: true, ..Viewport::default() };
        for viewport in [tallies, Viewport { scale: 1.636_363_636, sample: 117.25, calm: true, ..tallies }] {
            assert_eq!(Viewport::read(&viewport.to_string()), Some(viewport));
        }
        assert_eq!(Viewport::read("708,262"), None);
    }

    #[test]
    fn names_of_what_can_be_looked_for_are_no_classes() {
        for name in [EVENT, OUTCOME, OVERFLOW, FAILURE] {
            assert_eq!(ErrorKind::named(name), None, "{name}");
        }
    }

    #[test]
    fn a_scene_is_read_back_from_its_text() {
        let line = |width, dash| Paint::Line { width, opacity: 0.3, dash, path: "M1 2L3.5 -4".into() };
        let label = |ends, text: &str| Label { at: (12.5, 30.25), ends, text: text.into() };
        let paints = [
            Paint::Fill("M1 2h3v4h-3z".into()),
            line(1.2, [0.0, 0.0]),
            line(2.0, [3.0, 2.5]),
            Paint::Text(Font::Badge, vec![label(false, "129 / 129 full"), label(true, " dial tcp …: i/o timeout")]),
            Paint::Text(Font::Code, Vec::new()),
        ];
        let scene = Scene {
            moment: Moment {
                at: SimTime::from_nanos(3_218_000_001),
                events: 17,
                requests: Requests { offered: 9, ok: 5, failed: 3, in_flight: 1 },
                accept_queue: (128, 129),
                busy_workers: (15, 16),
            },
            found: true,
            failed: vec![(ErrorKind::Reset, 2), (ErrorKind::Eof, 1)],
            edges: vec![(8.0, 180.0), (180.0, 335.5)],
            sentence: "At 3.2 s; your client: requests in flight 1.".into(),
            rows: "<tr><th scope=row>Network: packets<td>7<td>".into(),
            layers: paints.map(|paint| Layer { color: "ink-2".into(), paint }).into(),
        };
        assert_eq!(Scene::read(&scene.to_string()), scene);
        let nothing = "nonsense\nfailed boredom 3\nlabel 1 2 true lost\nline ink 1 x 0 0 M0 0\nmoment 1 2";
        assert_eq!(Scene::read(nothing), Scene::default());
    }
}
