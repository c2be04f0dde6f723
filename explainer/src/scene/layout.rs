//! Where everything of the scene stands, in pixels of the layout. Pure: a snapshot in, shapes out.
//!
//! Left to right is the way of a request. A connection is a line from its port to the place where the server holds it;
//! the newest is on top, for the SYN queue is above the accept queue, and that above the way to the workers.

mod lines;
mod places;
mod pops;
mod shapes;
#[cfg(test)]
mod tests;

use connlab::scene::Zone;
use connlab::sim::snapshot::{Occupancy, Snapshot};
use connlab::words::{count, millis};

use super::Context;
use super::gauges::SceneCounts;
use places::{Grid, TALLIES, Tank, Zones};
pub use shapes::{Align, Element, Form, Point, ShapeLayer, along};

/// Above so many places all of them are drawn small, and no more than [`SMALL_PLACES`].
const PLACES: usize = 129;
const SMALL_PLACES: usize = 512;
/// Above so many places the idle pool is one bar.
const POOL: u32 = 12;

/// The scene of a snapshot in a box of this size; what comes later covers what comes before.
pub fn layout(snapshot: &Snapshot, context: &Context, size: (f64, f64)) -> Vec<ShapeLayer> {
    let zones = Zones::new(size, context.tallies);
    let letters = context.letters.max(1.0);
    let mut scene = Scene { snapshot, gauges: SceneCounts::new(snapshot), zones, letters, layers: Vec::new() };
    scene.hosts();
    scene.client();
    scene.network(context);
    let tank = scene.kernel();
    let workers = scene.program();
    let ports = scene.connections(&tank, &workers, context.calm);
    scene.pops(&ports, &tank, &workers, &context.said);
    scene.layers
}

/// From where to where the zones are, in a box of this width.
pub fn zones(width: f64) -> [(f64, f64); Zone::ALL.len()] {
    let Zones { left, client, kernel, program, width, .. } = Zones::new((width, 0.0), true);
    [(left, client), (client, kernel), (kernel, program), (program, width)]
}

/// A picture in the making.
struct Scene<'a> {
    snapshot: &'a Snapshot,
    gauges: SceneCounts,
    zones: Zones,
    /// How much wider letters are than in [`text_width`].
    letters: f64,
    /// In the order of their elements.
    layers: Vec<ShapeLayer>,
}

impl Scene<'_> {
    fn add(&mut self, element: Element, form: Form) {
        match self.layers.binary_search_by_key(&element, |layer| layer.element) {
            Ok(i) => self.layers[i].forms.push(form),
            Err(i) => self.layers.insert(i, ShapeLayer { element, forms: vec![form] }),
        }
    }

    fn text(&mut self, element: Element, at: Point, text: impl Into<String>) {
        self.add(element, Form::Text(at, Align::Left, text.into()));
    }

    fn number(&mut self, element: Element, at: Point, text: impl Into<String>) {
        self.add(element, Form::Text(at, Align::Right, text.into()));
    }

    /// A label at the left, a number at the right, on one baseline.
    fn row(&mut self, (left, right): (f64, f64), y: f64, label: &str, value: String) {
        self.text(Element::Label, (left, y), label);
        self.number(Element::Value, (right, y), value);
    }

    /// About how wide a text is.
    fn width_of(&self, text: &str) -> f64 {
        text_width(text) * self.letters
    }

    /// The width of a text's badge.
    fn badge_width(&self, text: &str) -> f64 {
        self.width_of(text) + 7.0
    }

    /// White on black, its right end there.
    fn badge(&mut self, right: f64, y: f64, text: String) {
        let width = self.badge_width(&text);
        self.add(Element::Badge, Form::Rect(right - width, y - 11.5, width, 15.0));
        self.text(Element::BadgeText, (right - width + 3.5, y), text);
    }

    fn hosts(&mut self) {
        let Zones { wide, roomy, tallies, left, width, bottom, client, kernel, program, .. } = self.zones;
        let top = if wide { 8.0 } else { 1.0 };
        for (from, to) in [(left, client), (kernel, width)] {
            self.add(Element::Host, Form::Rect(from, top, to - from, bottom - top));
            // A line is sharp in the middle of a pixel.
            self.add(Element::HostEdge, Form::Rect(from + 0.5, top + 0.5, to - from - 1.0, bottom - top - 1.0));
            if tallies {
                let y = bottom - TALLIES - 0.5;
                self.add(Element::HostEdge, Form::Line((from, y), (to, y)));
            }
        }
        self.add(Element::HostEdge, Form::Line((program + 0.5, top), (program + 0.5, bottom)));
        let zones = [(left, "Client", 1), (client, "", 4), (kernel, "Kernel", 5), (program, "Program", 6)];
        for ((x, short, here), zone) in zones.into_iter().zip(Zone::ALL) {
            if !wide {
                self.text(Element::Value, (x + 8.0, 18.0), short);
                continue;
            }
            for i in 0..if roomy { 7 } else { 0 } {
                let (y, height, element) =
                    if i == here { (19.0, 7.0, Element::Done) } else { (21.0, 3.0, Element::Service) };
                self.add(element, Form::Rect(x + 12.0 + f64::from(i) * 4.2, y, 3.0, height));
            }
            self.text(Element::Value, (x + if roomy { 47.0 } else { 12.0 }, 26.5), zone.name());
        }
    }

    fn client(&mut self) {
        let Zones { wide, top, floor, left, client, .. } = self.zones;
        let x = left + if wide { 10.0 } else { 7.0 };
        let ends = (x, client - 28.0);
        let gauges = self.gauges;
        self.text(Element::Figure, (x, top + 27.0), count(gauges.in_flight.into()));
        self.text(Element::Label, (x, top + 44.0), if wide { "requests in flight" } else { "in flight" });
        if !wide {
            self.below((x, top + 73.0), "pool", of(gauges.idle));
            self.below((x, top + 112.0), "ports", count(gauges.ports.length.into()));
            if let Some(queue) = gauges.client_run_queue {
                self.below((x, top + 151.0), "CPU queue", count(queue.into()));
            }
            return;
        }
        // On a wall there is room for one line below the ports; for a second one their bar gives way.
        let has_two = gauges.client_files.limit > 0 && gauges.client_run_queue.is_some();
        let is_tight = has_two && top + 143.0 > floor;
        let (pool, ports) = if is_tight { (top + 60.0, floor - 32.0) } else { (top + 67.0, top + 101.0) };
        self.row(ends, pool, if gauges.idle.limit < 1_000 { "idle pool" } else { "idle" }, of(gauges.idle));
        self.pool(ends, pool + 6.5);
        self.text(Element::Label, (x, ports), "ports");
        self.level((x + self.width_of("ports"), ends.1), ports, gauges.ports);
        if is_tight {
            return self.beside_ports(ends, floor - 16.0);
        }
        self.gauge(ends, ports + 5.0, gauges.ports);
        self.beside_ports(ends, (ports + 26.0).min(floor));
    }

    /// What a client holds and waits for, from this baseline on.
    fn beside_ports(&mut self, ends: (f64, f64), mut y: f64) {
        let (gauges, floor) = (self.gauges, self.zones.floor);
        if gauges.client_files.limit > 0 {
            self.files(ends, y, gauges.client_files);
            y += 16.0;
        }
        if let Some(queue) = gauges.client_run_queue.filter(|_| y <= floor) {
            self.row(ends, y, "wait for CPU", count(queue.into()));
            y += 16.0;
        }
        let states =
            [(gauges.time_wait, "TIME_WAIT"), (gauges.established, "ESTABLISHED"), (gauges.syn_sent, "SYN_SENT")];
        for (n, state) in states {
            if y < floor {
                self.text(Element::Label, (ends.0, y), format!("{} {state}", count(n.into())));
            }
            y += 16.0;
        }
    }

    /// A label, and its number below it.
    fn below(&mut self, (x, y): Point, label: &str, value: String) {
        self.text(Element::Label, (x, y), label);
        self.text(Element::Value, (x, y + 15.0), value);
    }

    /// Descriptors of a process that has a limit.
    fn files(&mut self, (left, right): (f64, f64), y: f64, files: Occupancy) {
        self.text(Element::Label, (left, y), "descriptors");
        self.level((left + self.width_of("descriptors"), right), y, files);
    }

    /// The places of the idle pool, those that are free with gaps in their edge.
    fn pool(&mut self, ends: (f64, f64), y: f64) {
        let idle = self.gauges.idle;
        let places = idle.limit.max(idle.length);
        if places > POOL {
            return self.gauge(ends, y + 1.0, idle);
        }
        for i in 0..places {
            let element = if i < idle.length { Element::Taken } else { Element::Vacant };
            self.add(element, Form::Rect(ends.0 + 0.5 + f64::from(i) * 11.0, y, 8.0, 8.0));
        }
    }

    /// A bar, filled from the left.
    fn gauge(&mut self, (left, right): (f64, f64), y: f64, level: Occupancy) {
        let filled = (f64::from(level.length) / f64::from(level.limit.max(1))).min(1.0);
        let edge = if is_full(level) { Element::FullEdge } else { Element::Edge };
        self.add(Element::Done, Form::Rect(left, y, ((right - left) * filled).max(1.0), 5.0));
        self.add(edge, Form::Rect(left, y, right - left, 5.0));
    }

    fn network(&mut self, context: &Context) {
        let Zones { wide, roomy, top, client, kernel, .. } = self.zones;
        let lost = self.gauges.lost;
        if wide && (roomy || lost == 0) {
            self.text(
                Element::Label,
                (client + 12.0, top + 12.0),
                format!("RTT {}", millis(context.rtt.as_millis_f64())),
            );
        }
        if wide && lost > 0 {
            self.number(Element::Label, (kernel - 8.0, top + 12.0), format!("{} lost", count(lost.into())));
        }
    }

    /// The two queues; returns where the places of the accept queue are.
    fn kernel(&mut self) -> Tank {
        let Zones { wide, top, floor, kernel, program, .. } = self.zones;
        let (left, right) = if wide { (kernel + 14.0, program - 36.0) } else { (kernel + 8.0, program - 8.0) };
        let SceneCounts { syn_queue, accept_queue, half_accepted, .. } = self.gauges;
        self.text(Element::Label, (left, top + 12.0), "SYN queue");
        self.level((left + self.width_of("SYN queue"), right), top + 12.0, syn_queue);
        self.add(Element::Well, Form::Rect(left - 1.5, top + 17.5, right - left + 2.0, 16.0));
        let edge = if is_full(syn_queue) { Element::FullEdge } else { Element::Edge };
        self.add(edge, Form::Rect(left - 1.5, top + 17.5, right - left + 2.0, 16.0));
        let columns = ((right - left - 4.0) / 4.0) as usize;
        let rows = Grid { x: left + 2.5, y: top + 19.0, columns, rows: 3, pitch: (4.0, 4.7) };
        for i in 0..(syn_queue.length as usize).min(rows.columns * rows.rows) {
            let (x, y) = rows.place(i % rows.columns, rows.rows - 1 - i / rows.columns);
            let element = if i < half_accepted as usize { Element::Waits } else { Element::Taken };
            self.add(element, Form::Rect(x + 0.5, y + 0.5, 2.5, 2.5));
        }
        // What is full needs room to say so; the word does not come and go with it.
        let said = self.badge_width(&format!("{} full", of(Occupancy { length: accept_queue.limit, ..accept_queue })));
        let is_short = left + self.width_of("accept queue") + said > right;
        let name = if is_short { "accept" } else { "accept queue" };
        self.text(Element::Label, (left, top + 47.0), name);
        self.level((left + self.width_of(name), right), top + 47.0, accept_queue);
        self.tank((left, top + 66.0, right - left, floor - 12.0 - top - 66.0))
    }

    /// `118 / 129`, or that it is full, between a label and the right; as much of it as there is room for.
    fn level(&mut self, (left, right): (f64, f64), y: f64, level: Occupancy) {
        let number = count(level.length.into());
        if is_full(level) {
            let texts = [format!("{} full", of(level)), format!("{number} full"), number];
            let text = texts.iter().find(|text| left + self.badge_width(text) <= right).unwrap_or(&texts[2]);
            self.badge(right, y, text.clone());
        } else {
            let has_room = left + 3.0 + self.width_of(&of(level)) <= right;
            self.number(Element::Value, (right, y), if has_room { of(level) } else { number });
        }
    }

    fn tank(&mut self, area: (f64, f64, f64, f64)) -> Tank {
        let queue = self.gauges.accept_queue;
        let (limit, lid) = (queue.limit as usize, queue.limit as usize <= PLACES);
        let places = if lid { limit } else { limit.min(SMALL_PLACES) };
        let in_grid = if lid { places.saturating_sub(1) } else { places };
        let tank = Tank { grid: Grid::new(in_grid, area, 0.75, 20.0), places, lid: lid && places > 1 };
        let Grid { x, y, columns, rows, pitch } = tank.grid;
        let (right, bottom) = (x + columns as f64 * pitch.0 + 1.0, y + rows as f64 * pitch.1 + 1.0);
        let [x, y, right, bottom] = [x - 2.0, y - 2.0, right, bottom].map(|at| libm::floor(at) + 0.5);
        let outline = if tank.lid {
            let (notch, above) = (libm::floor(right - pitch.0 - 2.0) + 0.5, libm::floor(y - pitch.1) + 0.5);
            vec![(x, y), (notch, y), (notch, above), (right, above), (right, bottom), (x, bottom)]
        } else {
            vec![(x, y), (right, y), (right, bottom), (x, bottom)]
        };
        self.add(Element::Well, Form::Polygon(outline.clone()));
        self.add(if is_full(queue) { Element::FullEdge } else { Element::Edge }, Form::Polygon(outline));
        for i in queue.length as usize..places {
            let (x, y) = tank.place(i);
            self.add(Element::Slot, tank.grid.free(Form::Rect(x + 0.5, y + 0.5, pitch.0 - 2.0, pitch.1 - 2.0)));
        }
        if limit > places && self.zones.wide {
            let all = format!("{places} of {} places", count(limit as u64));
            self.number(Element::Label, (right, y - 4.0), all);
        }
        tank
    }

    /// How many workers there are and are busy, and the state of the program, if it does not accept.
    fn program_head(&mut self, (left, right): (f64, f64)) -> &'static str {
        let Zones { wide, top, .. } = self.zones;
        let (server, workers) = (&self.snapshot.server, self.gauges.workers);
        let state = match (server.listening, server.accepting) {
            (false, _) => "down",
            (true, false) => "stalled",
            _ => "",
        };
        // A state needs room beside the number.
        let beside = self.width_of("workers") + self.badge_width(&of(workers)) + self.badge_width(state);
        let named = wide && (state.is_empty() || left + beside <= right);
        if named {
            self.text(Element::Label, (left, top + 12.0), "workers");
        }
        let x = left + if named { self.width_of("workers") } else { 0.0 };
        if is_full(workers) {
            self.badge(x + self.badge_width(&of(workers)), top + 12.0, of(workers));
        } else {
            self.text(Element::Value, (x, top + 12.0), of(workers));
        }
        state
    }

    fn program(&mut self) -> Grid {
        let Zones { wide, width, top, floor, program, .. } = self.zones;
        let (left, right) = if wide { (program + 20.0, width - 12.0) } else { (program + 8.0, width - 7.0) };
        let workers = self.gauges.workers;
        let state = self.program_head((left, right));
        let drawn = (workers.limit.max(workers.length) as usize).min(SMALL_PLACES);
        let queue = self.gauges.server_run_queue.filter(|_| !wide);
        let height = match (wide, queue) {
            (true, _) => (floor - top - 38.0).min(101.0),
            (false, None) => floor - top - 42.0,
            (false, Some(_)) => floor - top - 57.0,
        };
        let grid = Grid::new(drawn, (left, top + 18.0, right - left, height), 1.38, 46.0);
        for i in 0..drawn {
            self.add(Element::Slot, grid.free(grid.cell(i)));
        }
        if !state.is_empty() {
            let y = if wide { top + 12.0 } else { top + 22.0 + height / 2.0 };
            self.badge(right + 2.0, y, state.into());
            self.hatch((left, top + 18.0, grid.pitch.0 * grid.columns as f64, grid.pitch.1 * grid.rows as f64));
        }
        if let Some(queue) = queue {
            self.below((left, floor - 18.0), "CPU queue", count(queue.into()));
        }
        if wide {
            self.beside_workers((left, right), top + 34.0 + height);
            self.arrow(program, top + 76.0, self.snapshot.server.accepting);
        }
        grid
    }

    /// What the program holds without a worker, from this baseline on; what waits, if there is room for one line only.
    fn beside_workers(&mut self, ends: (f64, f64), mut y: f64) {
        let SceneCounts { keep_alive, waiting, server_files, server_run_queue, .. } = self.gauges;
        if let Some(queue) = server_run_queue {
            self.row(ends, y, "wait for CPU", count(queue.into()));
            y += 18.0;
        }
        let room = y + 30.0 < self.zones.floor;
        if (room || waiting == 0) && y < self.zones.floor {
            self.row(ends, y, "idle keep-alive", count(keep_alive.into()));
            for i in 0..if room { keep_alive.min(13) } else { 0 } {
                self.add(Element::Taken, Form::Rect(ends.0 + 0.5 + f64::from(i) * 10.3, y + 6.5, 7.5, 7.5));
            }
            y += 30.0;
        }
        // Below the processors' line there may be no room.
        if waiting > 0 && y < self.zones.floor {
            let all = self.width_of("wait for a worker") + self.width_of(&count(waiting.into()));
            let label = if ends.0 + all <= ends.1 { "wait for a worker" } else { "waiting" };
            self.row(ends, y, label, count(waiting.into()));
            y += 18.0;
        }
        if server_files.limit > 0 && y < self.zones.floor {
            self.files(ends, y, server_files);
        }
    }

    fn hatch(&mut self, (x, y, width, height): (f64, f64, f64, f64)) {
        let mut at = 6.0;
        while at < width + height {
            let from = (x + (at - height).max(0.0), y + at.min(height));
            let to = (x + at.min(width), y + (at - width).max(0.0));
            self.add(Element::Hatch, Form::Line(from, to));
            at += 6.0;
        }
    }

    /// `accept()`, with a bar through it while nobody calls it.
    fn arrow(&mut self, at: f64, y: f64, open: bool) {
        let (from, to) = (at - 33.0, at + 15.0);
        // It stands on the edge of the program and on connections.
        self.add(
            Element::Plate,
            Form::Rect(from, y - 17.0, (self.width_of("accept()") + 3.0).min(to - from + 4.0), 13.0),
        );
        self.text(Element::Label, (from, y - 7.0), "accept()");
        self.add(Element::Stroke, Form::Line((from, y), (to, y)));
        for side in [-3.5, 3.5] {
            self.add(Element::Stroke, Form::Line((to - 4.5, y + side), (to, y)));
        }
        if !open {
            self.add(Element::Stroke, Form::Line((at - 8.0, y - 5.0), (at - 8.0, y + 5.0)));
        }
    }
}

/// Of text in the badges' font, about.
pub fn text_width(text: &str) -> f64 {
    let width = |letter| match letter {
        ' ' | ',' | '/' | 'f' | 'l' | 't' => 3.3,
        'w' => 8.6,
        _ => 6.3,
    };
    text.chars().map(width).sum()
}

fn of(level: Occupancy) -> String {
    format!("{} / {}", count(level.length.into()), count(level.limit.into()))
}

fn is_full(level: Occupancy) -> bool {
    level.length > 0 && level.length >= level.limit
}
