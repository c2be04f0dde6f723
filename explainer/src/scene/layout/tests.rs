//! The picture has as many of each thing as the snapshot.

use super::*;
use connlab::link;
use connlab::sim::Sim;
use connlab::sim::error::Family;
use connlab::sim::snapshot::{Role, ServerPlace};
use connlab::time::{SimDuration, SimTime};

const DESK: (f64, f64) = (708.0, 262.0);
const PHONE: (f64, f64) = (358.0, 204.0);
/// On a wall, where there are no tallies.
const WALL: (f64, f64) = (584.0, 167.0);

fn at(link: &str, ms: u64) -> Snapshot {
    let decoded = link::decode(link);
    assert_eq!(decoded.warnings, [], "{link}");
    let mut sim = Sim::new(&decoded.recipe.scenario);
    sim.advance(SimTime::ZERO + SimDuration::from_millis(ms), u32::MAX);
    sim.snapshot()
}

/// One thing that is drawn.
#[derive(Debug)]
struct Shape {
    element: Element,
    form: Form,
}

fn drawn(snapshot: &Snapshot, size: (f64, f64)) -> Vec<Shape> {
    drawn_in(snapshot, &Context { tallies: true, ..Context::default() }, size)
}

fn drawn_in(snapshot: &Snapshot, context: &Context, size: (f64, f64)) -> Vec<Shape> {
    let layers = layout(snapshot, context, size);
    assert!(layers.is_sorted_by(|a, b| a.element < b.element));
    let shapes = |ShapeLayer { element, forms }| forms.into_iter().map(move |form| Shape { element, form });
    layers.into_iter().flat_map(shapes).collect()
}

fn many(shapes: &[Shape], element: Element) -> usize {
    shapes.iter().filter(|shape| shape.element == element).count()
}

fn texts(shapes: &[Shape]) -> Vec<&str> {
    let text = |shape| match shape {
        &Shape { form: Form::Text(_, _, ref text), .. } => Some(text.as_str()),
        _ => None,
    };
    shapes.iter().filter_map(text).collect()
}

/// The bounds of the well of the accept queue.
fn tank(shapes: &[Shape]) -> (f64, f64, f64, f64) {
    let well = shapes.iter().find_map(|shape| match &shape.form {
        Form::Polygon(points) if shape.element == Element::Well => Some(points),
        _ => None,
    });
    let bound =
        |of: fn(&Point) -> f64, better: fn(f64, f64) -> f64| well.unwrap().iter().map(of).reduce(better).unwrap();
    (bound(|p| p.0, f64::min), bound(|p| p.0, f64::max), bound(|p| p.1, f64::min), bound(|p| p.1, f64::max))
}

/// Places of that part inside the tank.
fn places(shapes: &[Shape], element: Element) -> usize {
    let (left, right, top, bottom) = tank(shapes);
    let inside = |shape: &&Shape| match shape.form {
        Form::Rect(x, y, width, height) => {
            shape.element == element && x >= left && y >= top && x + width <= right && y + height <= bottom
        }
        _ => false,
    };
    shapes.iter().filter(inside).count()
}

/// Nobody accepts from 1 s on.
const STALL: &str = "rps=300&backlog=128&somaxconn=128&idle=0&1s.accepting=off";

#[test]
fn the_tank_has_as_many_taken_places_as_connections_wait() {
    for ms in [900, 1_100, 1_300, 2_500] {
        let snapshot = at(STALL, ms);
        let queue = snapshot.server.accept_queue;
        for size in [DESK, PHONE] {
            let shapes = drawn(&snapshot, size);
            let taken = places(&shapes, Element::Taken);
            assert_eq!(taken, queue.length as usize, "at {ms} ms in {size:?}");
            assert_eq!(taken + places(&shapes, Element::Slot), 129, "at {ms} ms in {size:?}");
        }
    }
    assert_eq!(at(STALL, 2_500).server.accept_queue.length, 129);
}

#[test]
fn a_queue_at_its_limit_says_so_without_a_colour() {
    let (before, full) = (at(STALL, 1_100), at(STALL, 2_500));
    let says = |snapshot: &Snapshot| texts(&drawn(snapshot, DESK)).contains(&"129 / 129 full");
    assert!(!says(&before) && says(&full));
    let heavy = |snapshot: &Snapshot| many(&drawn(snapshot, DESK), Element::FullEdge);
    assert!(heavy(&full) > heavy(&before));
    assert!(texts(&drawn(&full, DESK)).contains(&"stalled"));
}

#[test]
fn a_long_queue_is_512_small_places() {
    let snapshot = at("rps=300&idle=0&backlog=4096&somaxconn=4096&1s.accepting=off", 4_000);
    let shapes = drawn(&snapshot, DESK);
    let length = snapshot.server.accept_queue.length as usize;
    assert!(length > 129, "{length}");
    assert_eq!(places(&shapes, Element::Taken), length.min(512));
    assert_eq!(places(&shapes, Element::Taken) + places(&shapes, Element::Slot), 512);
    assert!(texts(&shapes).contains(&"512 of 4,097 places"));
}

#[test]
fn every_connection_has_its_port_and_every_packet_its_mark() {
    let snapshot = at("rps=300&rtt=20ms", 2_000);
    let open = snapshot.connections.iter().filter(|connection| connection.role != Role::Closed).count();
    let shapes = drawn(&snapshot, DESK);
    assert!(open > 0 && open < 400);
    assert_eq!(many(&shapes, Element::Port) + many(&shapes, Element::NewPort), open);
    let responses = snapshot
        .packets
        .iter()
        .filter(|packet| packet.to == connlab::sim::snapshot::Side::Client && packet.packet.is_data());
    // One more explains the mark.
    assert_eq!(many(&shapes, Element::Response), responses.count() + 1);
}

#[test]
fn a_packet_is_as_far_as_its_time_has_passed() {
    let snapshot = at("rps=300&rtt=20ms&idle=0", 2_000);
    let zones = Zones::new(DESK, true);
    let (client, server) = (zones.client - 4.0, zones.kernel);
    let shapes = drawn(&snapshot, DESK);
    let marks: Vec<f64> = (shapes.iter().filter(|shape| shape.element == Element::Response))
        .filter_map(|shape| if let Form::Circle((x, _), _) = shape.form { Some(x) } else { None })
        .collect();
    let mut some = false;
    for packet in &snapshot.packets {
        use connlab::sim::snapshot::Side;
        if packet.to != Side::Client || !packet.packet.is_data() {
            continue;
        }
        some = true;
        let way = packet.arrives.since(packet.sent).as_secs_f64();
        let x = server + (client - server) * snapshot.at.since(packet.sent).as_secs_f64() / way;
        assert!(marks.iter().any(|mark| (mark - x).abs() < 1e-6), "{packet:?} is not at {x}: {marks:?}");
    }
    assert!(some, "no response is on its way");
}

#[test]
fn thousands_of_connections_are_hundreds_of_lines() {
    let snapshot = at("rps=1500&idle=0&timeout=60s&backlog=4096&somaxconn=4096&500ms.accepting=off", 4_500);
    let open = snapshot.connections.iter().filter(|connection| connection.role != Role::Closed).count();
    assert!(open > 4_000, "{open}");
    let shapes = drawn(&snapshot, DESK);
    let ports = many(&shapes, Element::Port) + many(&shapes, Element::NewPort);
    assert!((200..=400).contains(&ports), "{ports} of {open}");
    assert!(texts(&shapes).contains(&"1 line = 16"), "{open}: {:?}", texts(&shapes));
}

#[test]
fn a_half_accepted_connection_looks_different_at_its_two_ends() {
    let snapshot = at("rps=500&idle=0&rtt=50ms&backlog=128&somaxconn=128&500ms.accepting=off", 850);
    let half = |snapshot: &Snapshot| {
        snapshot
            .connections
            .iter()
            .filter(|one| one.place == ServerPlace::HalfAccepted && one.role != Role::Closed)
            .count()
    };
    let shapes = drawn(&snapshot, DESK);
    assert!(half(&snapshot) > 0);
    assert_eq!(many(&shapes, Element::HalfAccepted), half(&snapshot));
}

#[test]
fn everything_is_inside_the_box_at_any_size() {
    for link in [STALL, "backlog=1&workers=1&idle=0", "clients=8&rps=2000&workers=500&server=go", "backlog=40000"] {
        let snapshot = at(link, 2_000);
        for size in [DESK, PHONE, (288.0, 204.0), (540.0, 262.0), (1_348.0, 262.0)] {
            for shape in drawn(&snapshot, size) {
                let (x, y) = match shape.form {
                    Form::Line(_, to) | Form::Curve(_, to) | Form::Circle(to, _) | Form::Text(to, ..) => to,
                    Form::Rect(x, y, width, height) => (x + width, y + height),
                    Form::Polygon(ref points) => points[0],
                };
                assert!((0.0..=size.0).contains(&x) && (0.0..=size.1).contains(&y), "{link} {size:?}: {shape:?}");
            }
        }
    }
}

/// Failures of one class from 2 s on.
const FAILING: &str = "rps=300&idle=0&rtt=20ms&timeout=9s&backlog=16&abort-on-overflow=on&2s.accepting=off";

#[test]
fn a_failure_is_seen_at_its_port_and_at_its_cause_for_70_ms() {
    let first = {
        let mut sim = Sim::new(&link::scenario(FAILING));
        sim.advance(SimTime::ZERO + SimDuration::from_secs(5), u32::MAX);
        sim.report().errors.iter().map(|row| row.first_ms).fold(f64::INFINITY, f64::min)
    };
    let after = |ms: f64| {
        let mut sim = Sim::new(&link::scenario(FAILING));
        sim.advance(SimTime::ZERO + SimDuration::from_secs_f64((first + ms) / 1e3), u32::MAX);
        let snapshot = sim.snapshot();
        let said = || "read: connection reset by peer".to_string();
        let said = if super::super::fresh(&snapshot).next().is_some() { said() } else { String::new() };
        (snapshot.clone(), drawn_in(&snapshot, &Context { said, ..Context::default() }, DESK))
    };
    let (_, before) = after(-1.0);
    assert_eq!(many(&before, Element::Draw(Family::Reset)), 0);
    let (snapshot, shapes) = after(0.001);
    assert_eq!(snapshot.failures.last().map(|failed| failed.kind.spec().family), Some(Family::Reset));
    // A cross is two lines: at the port, at the tank, and before the text.
    assert_eq!(many(&shapes, Element::Draw(Family::Reset)), 6);
    assert_eq!(many(&shapes, Element::Callout), 1);
    let said: Vec<&str> = texts(&shapes).into_iter().filter(|text| text.contains("connection")).collect();
    assert_eq!(said, ["read: connection"]);
    let (left, _, top, bottom) = tank(&shapes);
    let at_the_tank = |shape: &&Shape| match shape.form {
        Form::Line((x, y), _) => {
            shape.element == Element::Draw(Family::Reset) && (x - left).abs() < 8.0 && y > top && y < bottom
        }
        _ => false,
    };
    assert_eq!(shapes.iter().filter(at_the_tank).count(), 2);
    let late = snapshot.failures.len();
    let (snapshot, _) = after(69.0);
    let seen = super::super::fresh(&snapshot).count();
    assert!(seen >= late && seen == snapshot.failures.len(), "{seen} of {}", snapshot.failures.len());
    let (snapshot, _) = after(71.0);
    assert!(super::super::fresh(&snapshot).count() < snapshot.failures.len(), "the first one is over");
}

#[test]
fn a_calm_scene_has_no_packets() {
    let snapshot = at("rps=300&rtt=20ms", 2_000);
    assert!(!snapshot.packets.is_empty());
    let shapes = drawn_in(&snapshot, &Context { calm: true, ..Context::default() }, DESK);
    assert_eq!(many(&shapes, Element::Request) + many(&shapes, Element::Response), 0);
    assert!(many(&drawn(&snapshot, DESK), Element::Request) > 1);
}

#[test]
fn the_idle_pool_has_as_many_places_as_it_keeps_connections() {
    let snapshot = at("rps=100&idle=7", 2_000);
    let idle = snapshot.clients[0].pool.idle.len();
    assert!(idle > 0 && idle < 7, "{idle}");
    assert_eq!(many(&drawn(&snapshot, DESK), Element::Vacant), 7 - idle);
    assert_eq!(many(&drawn(&at("rps=100&idle=64", 2_000), DESK), Element::Vacant), 0, "many are a bar");
}

/// Processors and descriptors of the client are few.
const FEW: &str = "client-fds=200&client-cores=1&client-cpu=1ms&rps=900&timeout=1s";

#[test]
fn descriptors_and_processors_of_a_client_are_both_there_on_a_wall_too() {
    let few = at(FEW, 4_000);
    let queue = count(few.clients[0].run_queue.expect("a processor").into());
    for size in [DESK, WALL, (604.0, 174.0)] {
        let shapes = drawn_in(&few, &Context { tallies: size == DESK, ..Context::default() }, size);
        let texts = texts(&shapes);
        for text in ["ports", "descriptors", "wait for CPU", &queue] {
            assert!(texts.contains(&text), "{size:?}: {text} in {texts:?}");
        }
        let mut left: Vec<_> = spans(&shapes, 1.0).into_iter().filter(|(from, ..)| *from < 20.0).collect();
        left.sort_by(|a, b| a.2.total_cmp(&b.2));
        let is_apart = |pair: &[(f64, f64, f64, String)]| pair[1].2 - pair[0].2 >= 15.0;
        assert!(left.windows(2).all(is_apart), "{size:?}: {left:?}");
    }
}

#[test]
fn descriptors_are_counted_where_they_are_limited() {
    let limited = at("client-fds=60&server-fds=57&rps=800&service=100ms&workers=100&server=go", 127);
    let shown = drawn(&limited, DESK);
    let badges: Vec<_> = texts(&shown).into_iter().filter(|text| text.ends_with("full")).map(String::from).collect();
    assert_eq!(badges, ["60 / 60 full", "57 / 57 full"]);
    assert!(!texts(&drawn(&at("", 500), DESK)).contains(&"descriptors"), "no limit, nothing to be full");
}

/// Text as it is about: where it begins, where it ends, and its baseline.
fn spans(shapes: &[Shape], letters: f64) -> Vec<(f64, f64, f64, String)> {
    let span = |shape: &Shape| match &shape.form {
        Form::Text((x, y), align, text) => {
            let width = text_width(text) * letters * 0.9;
            let from = if *align == Align::Left { *x } else { x - width };
            Some((from, from + width, *y, text.clone()))
        }
        _ => None,
    };
    shapes.iter().filter_map(span).collect()
}

#[test]
fn in_wide_letters_no_label_runs_into_its_number() {
    for (link, ms) in [(STALL, 2_500), (STALL, 900), ("p=ports", 44_000), ("p=incident", 20_742)] {
        let snapshot = at(link, ms);
        for letters in [1.0, 1.1, 1.2] {
            for size in [DESK, (604.0, 174.0)] {
                let context = Context { tallies: true, letters, ..Context::default() };
                let spans = spans(&drawn_in(&snapshot, &context, size), letters);
                for (i, (from, to, y, text)) in spans.iter().enumerate() {
                    let met = spans[i + 1..].iter().find(|other| other.2 == *y && other.0 < *to && other.1 > *from);
                    assert!(met.is_none(), "{link} at {ms} ms, letters {letters}, {size:?}: {text} and {met:?}");
                }
            }
        }
    }
}

#[test]
fn what_go_says_stands_over_the_network_where_its_words_allow_it() {
    let snapshot = at("p=incident", 20_743);
    for (size, said, lines) in [
        (DESK, "connection reset by peer", 2),
        (WALL, "connection reset by peer", 3),
        (WALL, "cannot assign requested address", 3),
    ] {
        let said = said.to_string();
        let context = Context { tallies: size == DESK, said: said.clone(), ..Context::default() };
        let shapes = drawn_in(&snapshot, &context, size);
        let rights = shapes.iter().filter(|shape| shape.element == Element::Callout).map(|shape| match shape.form {
            Form::Rect(x, _, width, _) => x + width,
            _ => f64::MAX,
        });
        let rights: Vec<f64> = rights.collect();
        let written: Vec<_> = shapes.iter().filter(|shape| shape.element == Element::CalloutText).collect();
        assert_eq!((rights.len(), written.len()), (1, lines), "{said} in {size:?}: {written:?}");
        assert!(!format!("{written:?}").contains('…'), "{said} in {size:?}: {written:?}");
        let kernel = Zones::new(size, context.tallies).kernel;
        assert!(
            rights[0] <= kernel || said.starts_with("cannot"),
            "{said} in {size:?} ends at {rights:?}, not {kernel}"
        );
    }
}

#[test]
fn all_that_is_written_stands_within_its_host() {
    let few = "client-cores=1&client-cpu=1ms&server-cores=1&server-cpu=1ms&rps=800&timeout=1s";
    let links = [few.to_string(), format!("{few}&server=go&workers=10"), format!("{few}&server-fds=57&client-fds=90")];
    for link in links.iter().map(String::as_str).chain(["p=cpu", "p=incident", "p=ports", "p=healthy"]) {
        let snapshot = at(link, 4_000);
        for size @ (width, height) in [DESK, PHONE, WALL] {
            let context = Context { tallies: size == DESK, ..Context::default() };
            let outside = |span: &&(f64, f64, f64, String)| {
                let is_legend = span.3.ends_with("connection") || span.3.starts_with("1 line");
                !is_legend && (span.0 < 0.0 || span.1 > width || span.2 > height - 7.0)
            };
            let spans = spans(&drawn_in(&snapshot, &context, size), 1.0);
            assert_eq!(spans.iter().find(outside), None, "{link} in {size:?}");
        }
    }
}

#[test]
fn free_places_of_a_long_queue_are_dots_that_leave_it_empty() {
    let snapshot = at("rps=10&backlog=4096&somaxconn=4096", 1_000);
    let widest = |shapes: &[Shape]| {
        let (left, right, ..) = tank(shapes);
        let width = |shape: &Shape| match shape.form {
            Form::Rect(x, _, width, _) if shape.element == Element::Slot && x > left && x < right => Some(width),
            _ => None,
        };
        shapes.iter().filter_map(width).fold(0.0, f64::max)
    };
    assert!(widest(&drawn(&snapshot, DESK)) < 1.0);
    assert!(widest(&drawn(&at(STALL, 900), DESK)) > 4.0, "those of a short one have an outline");
}

#[test]
fn what_waits_for_a_processor_is_written_where_there_are_few() {
    let few = at("p=cpu", 12_000);
    let queue = few.server.run_queue.expect("two processors");
    assert!(queue > 10, "{queue} wait");
    let shapes = drawn(&few, DESK);
    let texts = texts(&shapes);
    assert!(texts.contains(&"wait for CPU") && texts.contains(&count(queue.into()).as_str()), "{texts:?}");
    assert!(super::SceneCounts::new(&few).sentence(&few).contains("waiting for a processor"));
    let both = at("client-cores=1&client-cpu=1ms&server-cores=1&server-cpu=1ms&rps=900&timeout=1s", 4_000);
    let queues = [both.clients[0].run_queue, both.server.run_queue].map(|queue| count(queue.unwrap().into()));
    for (size, label) in [(DESK, "wait for CPU"), (PHONE, "CPU queue"), (WALL, "wait for CPU")] {
        let shapes = drawn_in(&both, &Context { tallies: size == DESK, ..Context::default() }, size);
        let texts = self::texts(&shapes);
        assert_eq!(texts.iter().filter(|text| **text == label).count(), 2, "{size:?}: {texts:?}");
        assert!(queues.iter().all(|queue| texts.contains(&&**queue)), "{size:?}: {texts:?}, not {queues:?}");
    }
    let enough = at("p=healthy", 12_000);
    assert_eq!((enough.server.run_queue, enough.clients[0].run_queue), (None, None));
}
