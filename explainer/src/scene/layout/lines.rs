//! What joins the zones: connections, what travels along them, and what has become of the requests.

use connlab::sim::snapshot::{Connection, InFlight, Message, Packet, Role, ServerPlace, Side};

use super::super::gauges::lost;
use super::{Element, Form, Grid, Point, Scene, Tank, Zones, along};

/// Above so many connections a line stands for several.
const LINES: usize = 400;

/// Where a connection leaves its client and where the server holds it.
#[derive(Clone, Copy)]
struct Route {
    number: u32,
    from: Point,
    to: Point,
}

/// The ports that are drawn, in the order of the dials.
pub(super) struct Ports(Vec<Route>);

impl Ports {
    /// Where a connection leaves its client, or did before it was gone.
    pub(super) fn of(&self, number: u32) -> Option<Point> {
        let i = self.0.partition_point(|route| route.number < number);
        self.0.get(i).or(self.0.last()).map(|route| route.from)
    }
}

impl Route {
    /// Its height at a distance from the left.
    fn at(&self, x: f64) -> Point {
        let share = (x - self.from.0) / (self.to.0 - self.from.0).max(1.0);
        (x, along(self.from, self.to, share.clamp(0.0, 1.0)).1)
    }
}

impl Scene<'_> {
    /// Who holds what, the lines between, many of them by one in `lines_per`, and unless nothing may move what travels
    /// along them.
    pub(super) fn connections(&mut self, tank: &Tank, workers: &Grid, calm: bool) -> Ports {
        let snapshot = self.snapshot;
        for connection in &snapshot.connections {
            self.held(connection, tank, workers);
        }
        let per = self.lines_per();
        let drawn = snapshot.connections.iter().zip(lost(snapshot));
        let drawn: Vec<_> =
            drawn.filter(|(one, _)| one.role != Role::Closed && one.number.is_multiple_of(per)).collect();
        let (top, floor, x) = (self.zones.top + 20.0, self.zones.floor, self.zones.client - 7.0);
        let pitch = ((floor - top) / drawn.len().max(1) as f64).min(3.0);
        let mut lines = Vec::with_capacity(drawn.len());
        for (i, (connection, is_lost)) in drawn.into_iter().enumerate() {
            let y = floor - (i as f64 + 0.5) * pitch;
            let is_new = matches!(connection.role, Role::Dialing { .. });
            let height = (pitch * 0.8).max(0.4);
            let element = if is_new { Element::NewPort } else { Element::Port };
            self.add(element, Form::Rect(x - 3.0, y - height / 2.0, 6.0, height));
            let route = Route { number: connection.number, from: (x + 3.0, y), to: self.end(connection, tank) };
            self.line(connection, route, is_lost, workers);
            lines.push(route);
        }
        let drawn = |packet: &&InFlight| !calm && packet.connection.is_multiple_of(per);
        for packet in snapshot.packets.iter().filter(drawn) {
            let line = lines.binary_search_by_key(&packet.connection, |route| route.number);
            // Of some packets no line is left: their client has closed. They go along the floor.
            let gone = Route { number: 0, from: (x + 3.0, floor), to: (self.zones.kernel, floor) };
            self.packet(packet, line.map_or(gone, |i| lines[i]));
        }
        if self.zones.wide {
            self.legend();
        }
        Ports(lines)
    }

    /// Where the server holds it: in a queue, or on the way to the program below both.
    fn end(&self, connection: &Connection, tank: &Tank) -> Point {
        let kernel = self.zones.kernel;
        match connection.place {
            ServerPlace::Nowhere | ServerPlace::Cookie if !matches!(connection.role, Role::Dialing { .. }) => {
                (kernel, self.zones.floor - 20.0)
            }
            ServerPlace::Nowhere | ServerPlace::Cookie => (kernel, self.zones.top + 25.0),
            ServerPlace::SynQueue | ServerPlace::HalfAccepted => (tank.grid.x - 2.0, self.zones.top + 25.0),
            ServerPlace::AcceptQueue { position } => {
                let y = tank.place((position as usize).min(tank.places.saturating_sub(1))).1;
                // Its lid is above the other places; no line goes across them.
                (tank.grid.x - 2.0, y.max(tank.grid.y) + tank.grid.pitch.1 / 2.0)
            }
            _ => (kernel, self.zones.floor - 7.5 + f64::from(connection.number % 6) * 1.3),
        }
    }

    fn line(&mut self, connection: &Connection, route: Route, is_lost: bool, workers: &Grid) {
        let Route { from, to, .. } = route;
        let (kernel, program) = (self.zones.kernel, self.zones.program);
        if is_lost {
            // A SYN, or its answer: it did not arrive, and nobody here knows where it went.
            let ring = (from.0 + (kernel - from.0) * 0.75, from.1 + (to.1 - from.1) * 0.3);
            self.add(Element::Opening, Form::Curve(from, (ring.0 - 2.5, ring.1)));
            return self.add(Element::Stroke, Form::Circle(ring, 2.2));
        }
        match connection.place {
            _ if matches!(connection.role, Role::Dialing { .. }) => self.add(Element::Opening, Form::Curve(from, to)),
            ServerPlace::HalfAccepted => {
                let middle = route.at((from.0 + kernel) / 2.0);
                self.add(Element::Open, Form::Curve(from, middle));
                self.add(Element::HalfAccepted, Form::Curve(middle, to));
            }
            place => {
                self.add(Element::Open, Form::Curve(from, to));
                let worker = match place {
                    ServerPlace::Handling { worker, .. } => Some(worker),
                    ServerPlace::Idle { worker } | ServerPlace::ReadingBody { worker } => worker,
                    ServerPlace::Waiting { .. } => None,
                    _ => return,
                };
                let row = worker.map(|worker| (worker as usize / workers.columns).min(workers.rows - 1));
                let below = (self.zones.top + 145.0).min(self.zones.floor - 6.0);
                let y = row.map_or(below, |row| workers.place(0, row).1 + workers.pitch.1 / 2.0);
                self.add(Element::Open, Form::Line(to, (program - 14.0, to.1)));
                self.add(Element::Open, Form::Curve((program - 14.0, to.1), (workers.x - 1.0, y)));
            }
        }
    }

    /// The place that a connection takes, with a mark in it unless its client has left.
    fn held(&mut self, connection: &Connection, tank: &Tank, workers: &Grid) {
        let waits = connection.role != Role::Closed;
        match connection.place {
            ServerPlace::AcceptQueue { position } if (position as usize) < tank.places => {
                let ((x, y), pitch) = (tank.place(position as usize), tank.grid.pitch);
                self.add(Element::Taken, Form::Rect(x + 0.5, y + 0.5, pitch.0 - 2.0, pitch.1 - 2.0));
                if waits {
                    let middle = (x - 0.5 + pitch.0 / 2.0, y - 0.5 + pitch.1 / 2.0);
                    self.add(Element::Waits, Form::Circle(middle, (pitch.0 * 0.22).clamp(0.8, 3.0)));
                }
            }
            ServerPlace::Idle { worker: Some(worker) } | ServerPlace::ReadingBody { worker: Some(worker) } => {
                self.worker(workers, worker, false, None);
            }
            ServerPlace::Handling { worker, since, until } => {
                let done = until.map(|until| {
                    let all = until.since(since).as_secs_f64();
                    if all > 0.0 { self.snapshot.at.since(since).as_secs_f64() / all } else { 1.0 }
                });
                self.worker(workers, worker, waits, Some(done.unwrap_or(0.0)));
            }
            _ => {}
        }
    }

    /// A worker that holds a connection, and how far its handler is.
    fn worker(&mut self, grid: &Grid, worker: u32, waits: bool, done: Option<f64>) {
        if worker as usize >= grid.columns * grid.rows {
            return;
        }
        let cell = grid.cell(worker as usize);
        let Form::Rect(x, y, width, height) = cell else { return };
        self.add(Element::Taken, cell);
        let middle = y + height / 2.0;
        if width < 16.0 {
            if done.is_some() {
                self.add(Element::Done, Form::Rect(x + 1.5, y + 1.5, width - 3.0, height - 3.0));
            }
            return;
        }
        if waits {
            self.add(Element::Waits, Form::Circle((x + 6.5, middle), 2.2));
        }
        if let Some(done) = done {
            let bar = width - 16.0;
            self.add(Element::Service, Form::Rect(x + 12.0, middle - 1.5, bar, 3.0));
            self.add(Element::Done, Form::Rect(x + 12.0, middle - 1.5, bar * done.clamp(0.0, 1.0), 3.0));
        }
    }

    /// A packet where it is: as far across the network as its time has passed.
    fn packet(&mut self, packet: &InFlight, route: Route) {
        let way = packet.arrives.since(packet.sent).as_secs_f64();
        let passed = self.snapshot.at.since(packet.sent).as_secs_f64();
        let share = if way > 0.0 && !packet.in_input_queue { (passed / way).clamp(0.0, 1.0) } else { 1.0 };
        let (client, server) = (route.from.0, self.zones.kernel);
        let forth = packet.to == Side::Server;
        let x = if forth { client + (server - client) * share } else { server + (client - server) * share };
        let at @ (x, y) = route.at(x);
        let tip = if forth { 2.5 } else { -2.5 };
        match packet.packet {
            Packet::Syn | Packet::SynAck => {
                for side in [-3.0, 3.0] {
                    self.add(Element::Stroke, Form::Line((x - tip, y + side), (x + tip, y)));
                }
            }
            Packet::Segment(segment) if segment.message == Message::Fin => self.add(Element::Request, diamond(at, 3.2)),
            Packet::Segment(_) if !forth => self.add(Element::Response, Form::Circle(at, 2.6)),
            Packet::Segment(_) | Packet::Ack => self.add(Element::Request, Form::Circle(at, 2.3)),
            Packet::FinAck => self.add(Element::Request, Form::Circle(at, 1.3)),
            Packet::Rst => {
                // To the client it is an outcome.
                let element = if forth { Element::Stroke } else { Element::Abort };
                self.cross(element, at);
            }
        }
    }

    pub(super) fn cross(&mut self, element: Element, (x, y): Point) {
        for side in [-3.2, 3.2] {
            self.add(element, Form::Line((x - 3.2, y - side), (x + 3.2, y + side)));
        }
    }

    /// What the marks mean, where no tally stands; without tallies only how many connections a line is, if it is many.
    fn legend(&mut self) {
        let Zones { roomy, tallies, client, program, bottom, .. } = self.zones;
        let line = match self.lines_per() {
            1 => "connection".to_string(),
            per => format!("1 line = {per}"),
        };
        if !tallies {
            if self.lines_per() > 1 {
                self.text(Element::Label, (client + 12.0, bottom + 4.0), line);
            }
            return;
        }
        let y = bottom - 8.0;
        self.add(Element::Stroke, Form::Line((client + 11.0, y - 4.0), (client + 22.0, y - 4.0)));
        self.text(Element::Label, (client + 27.0, y), line);
        if roomy {
            self.add(Element::Request, Form::Circle((client + 94.0, y - 4.0), 2.6));
            self.text(Element::Label, (client + 101.0, y), "request");
        }
        self.add(Element::Response, Form::Circle((program + 16.0, y - 4.0), 2.6));
        self.text(Element::Label, (program + 27.0, y), "response");
    }

    /// How many connections a line stands for: a power of two, so that few lines come and go when the number changes.
    fn lines_per(&self) -> u32 {
        let open = self.snapshot.connections.iter().filter(|connection| connection.role != Role::Closed).count();
        open.div_ceil(LINES).next_power_of_two() as u32
    }
}

pub(super) fn diamond((x, y): Point, radius: f64) -> Form {
    Form::Polygon(vec![(x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y)])
}
