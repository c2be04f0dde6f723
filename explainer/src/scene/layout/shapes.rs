//! What is drawn: shapes, and what they stand for.

use connlab::sim::error::Family;

/// What a shape stands for: decides how it looks, and by the order here, what covers what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Element {
    /// A machine.
    Host,
    /// Its edge, and the line above the tallies.
    HostEdge,
    /// A connection that both ends know to be open.
    Open,
    /// A connection that its client waits for.
    Opening,
    /// The server's half of a connection that only its client believes to be open.
    HalfAccepted,
    /// The inside of a queue.
    Well,
    /// A place that is free.
    Slot,
    /// The same where it is worth a look: in the idle pool.
    Vacant,
    /// The edge of a queue or gauge.
    Edge,
    /// The same at its limit.
    FullEdge,
    /// A place that is taken.
    Taken,
    /// Whoever took it still waits at the other end.
    Waits,
    /// A service: all of it.
    Service,
    /// A service: what is done, and every filled gauge.
    Done,
    /// Nobody works here.
    Hatch,
    /// A connection's port at the client.
    Port,
    /// The same, while the connection is being opened.
    NewPort,
    /// A SYN or its answer, and the accept() arrow.
    Stroke,
    /// A request or an acknowledgement.
    Request,
    /// A response.
    Response,
    /// An RST on its way to the client.
    Abort,
    /// What Go says of a failure: the sheet below the text.
    Callout,
    /// Its edge, and the line to where it belongs.
    CalloutEdge(Family),
    /// The text.
    CalloutText,
    /// The filled parts of a family's shape.
    Fill(Family),
    /// The drawn ones.
    Draw(Family),
    /// Behind text that is turned inside out.
    Badge,
    /// Text on it.
    BadgeText,
    /// Behind text that would stand on lines.
    Plate,
    /// What a number counts.
    Label,
    /// A number.
    Value,
    /// The one large number.
    Figure,
}

/// A point.
pub type Point = (f64, f64);

/// What is drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// A straight line.
    Line(Point, Point),
    /// A connection: level at both ends, and as far along it as across, see [`along`].
    Curve(Point, Point),
    /// Left, top, width, height.
    Rect(f64, f64, f64, f64),
    /// Centre and radius.
    Circle(Point, f64),
    /// A closed line.
    Polygon(Vec<Point>),
    /// Its baseline's start, or its end.
    Text(Point, Align, String),
}

/// Which end of a text stands at its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// The start.
    Left,
    /// The end.
    Right,
}

/// All that looks the same.
#[derive(Clone, Debug, PartialEq)]
pub struct ShapeLayer {
    /// What it stands for.
    pub element: Element,
    /// What is drawn.
    pub forms: Vec<Form>,
}

/// The point of a [`Form::Curve`] at a share of its width.
pub fn along(from: Point, to: Point, share: f64) -> Point {
    let ease = share * share * (3.0 - 2.0 * share);
    (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * ease)
}
