//! Stories of real runs: whatever happens in them, the chart has all of it, in order, and nothing covers anything.

use std::collections::BTreeSet;

use connlab::link;
use connlab::sim::Sim;
use connlab::sim::error::ERRORS;
use connlab::sim::trace::{Trace, What};

use super::*;

/// Failures of every kind, retransmissions, lost packets, several attempts and connections, and requests that succeed.
const LINKS: [&str; 8] = [
    "p=incident&duration=26s",
    "p=restart&duration=24s",
    "p=retry-storm&duration=14s",
    "p=abort&duration=14s",
    "p=phantoms&duration=14s",
    "p=accept-queue&duration=14s",
    "loss=5%&jitter=2ms&timeout=3s&retries=2&duration=5s",
    "rps=2000&ports=500&duration=2s",
];

fn traces(link: &str) -> Vec<Trace> {
    let mut sim = Sim::new(&link::scenario(link));
    sim.run();
    let failed = ERRORS.iter().flat_map(|spec| {
        let failures = sim.failures(spec.kind);
        failures.first().into_iter().chain(failures.last())
    });
    let requests: BTreeSet<u32> = failed.map(|failure| failure.request).chain([1, 40, 300]).collect();
    requests.into_iter().map(|request| sim.tracer(request).run()).collect()
}

fn for_each_story(mut check: impl FnMut(&str, &Story, &Layout)) {
    for link in LINKS {
        for trace in traces(link) {
            let story = Story::new(&trace);
            check(&format!("{link} #{}", trace.request), &story, &layout(&story));
        }
    }
}

#[test]
fn every_packet_is_drawn_exactly_once() {
    let mut drawn_at_all = 0;
    for_each_story(|name, story, layout| {
        let sent = story.trace.entries.iter().filter(|entry| matches!(entry.what, What::Sent { .. }));
        let sent: Vec<u32> = sent.filter_map(|entry| entry.packet).collect();
        let number = |arrow: &Arrow| flight(&story.events[arrow.event]).map(|flight| flight.packet);
        let mut drawn: Vec<u32> = layout.arrows.iter().filter_map(number).collect();
        drawn.sort_unstable();
        assert_eq!(drawn, sent, "{name}");
        drawn_at_all += drawn.len();
    });
    assert!(drawn_at_all > 300, "{drawn_at_all}");
}

#[test]
fn what_is_later_is_lower() {
    for_each_story(|name, story, layout| {
        let starts = layout.arrows.iter().map(|arrow| (story.events[arrow.event].at(), arrow.from.1));
        let arrivals = layout.arrows.iter().filter_map(|arrow| {
            let arrival = flight(&story.events[arrow.event])?.arrival()?;
            Some((arrival, arrow.to.1))
        });
        let notes = layout.notes.iter().map(|note| (story.events[note.event].at(), note.at.1));
        let mut all: Vec<(SimTime, f64)> = starts.chain(arrivals).chain(notes).collect();
        all.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        for pair in all.windows(2) {
            assert!(pair[0].0 == pair[1].0 || pair[0].1 < pair[1].1, "{name}: {pair:?}");
        }
        assert!(all.iter().all(|(_, y)| (0.0..layout.height).contains(y)), "{name}");
        let order: Vec<SimTime> = story.events.iter().map(StoryEvent::at).collect();
        assert!(order.is_sorted(), "{name}: {order:?}");
    });
}

/// Left, top, right and bottom of all text but the names on arrows.
fn boxes(layout: &Layout) -> Vec<(f64, f64, f64, f64)> {
    let below = |top: f64, lines: usize| top + lines as f64 * LINE;
    let notes = layout.notes.iter().filter(|note| !note.lines.is_empty()).map(|note| {
        let (left, top) = note.corner;
        let wide = note.lines.iter().map(|line| width(&line.text, line.style != Style::Plain)).fold(0.0, f64::max);
        (left, top, left + wide, below(top, note.lines.len()))
    });
    let bracket = layout.bracket.iter().map(|bracket| {
        let (right, top) = bracket.corner;
        let wide = bracket.lines.iter().map(|line| width(line, true)).fold(0.0, f64::max);
        (right - wide, top, right, below(top, bracket.lines.len()))
    });
    let at = |y: f64| (0.0, y - LINE / 2.0, GUTTER, y + LINE / 2.0);
    let ticks = layout.ticks.iter().map(|(_, y)| at(*y)).chain(layout.cuts.iter().map(|(y, _)| at(*y)));
    notes.chain(bracket).chain(ticks).collect()
}

#[test]
fn no_text_covers_another() {
    for_each_story(|name, _, layout| {
        let boxes = boxes(layout);
        for (i, a) in boxes.iter().enumerate() {
            assert!(a.2 <= WIDTH && a.3 <= layout.height, "{name}: {a:?}");
            for b in &boxes[i + 1..] {
                let covers = a.0 < b.2 && b.0 < a.2 && a.1 + 0.1 < b.3 && b.1 + 0.1 < a.3;
                assert!(!covers, "{name}: {a:?} {b:?}");
            }
        }
        for (i, a) in layout.arrows.iter().enumerate() {
            for b in &layout.arrows[i + 1..] {
                assert!(!touch(a, b), "{name}: {:?} {:?}", (a.middle, a.width), (b.middle, b.width));
            }
        }
    });
}

#[test]
fn a_long_wait_is_cut_and_its_length_is_written() {
    let mut has_seconds = false;
    for_each_story(|name, story, layout| {
        let mut instants: Vec<SimTime> = story.events.iter().map(StoryEvent::at).collect();
        instants.extend(story.events.iter().filter_map(flight).filter_map(Flight::arrival));
        instants.sort_unstable();
        let long = instants.windows(2).filter(|pair| pair[1].since(pair[0]).as_nanos() > 500_000_000).count();
        assert!(layout.cuts.len() >= long, "{name}: {} cuts, {long} long waits", layout.cuts.len());
        let lines: usize = layout.notes.iter().map(|note| note.lines.len()).sum();
        let room = (lines + 6 * story.events.len() + 6) as f64 * LINE;
        assert!(layout.height < room, "{name}: {} of {room}", layout.height);
        has_seconds |= layout.cuts.iter().any(|(_, length)| length.ends_with(" s"));
    });
    assert!(has_seconds);
}

#[test]
fn within_a_burst_packets_of_one_speed_are_parallel_unless_text_needs_room() {
    let trace = &traces("p=healthy&duration=2s")[0];
    let story = Story::new(trace);
    let layout = layout(&story);
    let falls: Vec<f64> = layout.arrows.iter().map(|arrow| arrow.to.1 - arrow.from.1).collect();
    assert!(falls.len() >= 4 && falls.iter().all(|fall| (fall - FALL).abs() < 20.0), "{falls:?}");
}
