//! A story as a sequence chart. Its looks are classes of the page's style sheet.

use connlab::sim::trace::State;
use maud::{Markup, html};

use super::events::{Fate, Occurrence, Story, StoryEvent, Style, TextLine};
use super::layout::{
    APP, Arrow, BAR, Bar, Bracket, CLIENT, GUTTER, LIMIT, LINE, Layout, Note, PROGRAM, SERVER, WIDTH, layout,
};
use super::{clock, flight_words, occurrence_words, sentence};

/// Where the boxes of both hosts begin and end.
const HOSTS: [(f64, f64); 2] = [(60.0, CLIENT + 20.0), (SERVER - 20.0, WIDTH - 2.0)];
/// From left to right.
const LIFELINES: [f64; 4] = [APP, CLIENT, SERVER, PROGRAM];
/// How high the names of the lifelines are.
const HEAD: f64 = 32.0;

/// The chart, below a head that stays where it is.
pub fn chart(story: &Story) -> Markup {
    let layout = layout(story);
    html! {
        div.sequence {
            (head(story))
            svg viewBox=(format!("0 0 {WIDTH} {:.1}", layout.height)) role="group" aria-label=(sentence(story)) {
                defs {
                    pattern #held width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                        path d="M0 0V5" {}
                    }
                }
                (background(&layout))
                (queue(story, &layout))
                (lifelines(&layout))
                @for (top, bottom) in &layout.held {
                    rect.held x=(px(PROGRAM - 6.0)) y=(px(*top)) width="12" height=(px(bottom - top)) {}
                }
                @for bar in &layout.bars { (state(story, bar)) }
                (cuts(&layout))
                @if let Some(bracket) = &layout.bracket { (point(bracket)) }
                @for (i, event) in story.events.iter().enumerate() { (element(story, &layout, i, event)) }
                @for (at, y) in &layout.ticks {
                    text.at.outcome[*at == story.end()] x=(px(GUTTER)) y=(px(y + 4.0)) { (clock(*at)) }
                }
                @for (y, length) in &layout.cuts { text.at.gap x=(px(GUTTER)) y=(px(y + 4.0)) { (length) } }
            }
        }
    }
}

/// A coordinate, to a tenth of a pixel.
fn px(value: f64) -> String {
    format!("{value:.1}")
}

fn head(story: &Story) -> Markup {
    let delay = story.trace.scenario.params.rtt;
    html! {
        svg.heads viewBox=(format!("0 0 {WIDTH} {HEAD}")) aria-hidden="true" {
            @for (left, right) in HOSTS {
                rect.host x=(px(left)) y="4" width=(px(right - left)) height="60" rx="7" {}
            }
            text x=(px(HOSTS[0].0 + 8.0)) y="23" { "Your client code" }
            text.end x=(px(HOSTS[0].1 - 6.0)) y="23" { "Client kernel" }
            text.soft.mid x=(px((CLIENT + SERVER) / 2.0)) y="23" { "network, RTT " (delay) }
            text x=(px(HOSTS[1].0 + 6.0)) y="23" { "Server kernel" }
            text.end x=(px(HOSTS[1].1 - 8.0)) y="23" { "Server program" }
        }
    }
}

fn background(layout: &Layout) -> Markup {
    html! {
        @for (left, right) in HOSTS {
            rect.host x=(px(left)) y="-20" width=(px(right - left)) height=(px(layout.height + 16.0)) rx="7" {}
        }
        @for (_, y) in &layout.ticks { path.tick d=(format!("M{} {y:.1}H{}", HOSTS[0].0, HOSTS[1].1)) {} }
    }
}

/// How full the accept queue is, beside the kernel that keeps it, and its limit.
fn queue(story: &Story, layout: &Layout) -> Markup {
    let left = layout.queue_left;
    let limit = story.gauges.iter().map(|(_, (level, _))| level.limit).max();
    html! {
        @if let Some(limit) = limit { text.soft.end x=(px(LIMIT + 2.0)) y="10" { "queue of " (limit) } }
        @for line in layout.queue.iter().filter(|line| line.len() > 1) {
            @let (top, bottom) = (line[0].1, line[line.len() - 1].1);
            path.level d=(format!("M{left:.1} {top:.1}{}L{left:.1} {bottom:.1}Z", through(line))) {}
            path.edge d=(through(line).replacen('L', "M", 1)) {}
        }
        path.limit d=(format!("M{LIMIT} 15V{:.1}", layout.height - 6.0)) {}
        @for (top, bottom) in &layout.full {
            path.limit.full d=(format!("M{LIMIT} {:.1}V{:.1}", top - 3.0, bottom + 3.0)) {}
        }
    }
}

fn through(line: &[(f64, f64)]) -> String {
    line.iter().map(|(x, y)| format!("L{x:.1} {y:.1}")).collect()
}

fn lifelines(layout: &Layout) -> Markup {
    html! {
        @for x in LIFELINES { path.life d=(format!("M{x} 2V{:.1}", layout.height - 8.0)) {} }
    }
}

/// Where time is left out.
fn cuts(layout: &Layout) -> Markup {
    html! {
        @for (y, _) in &layout.cuts {
            @for x in LIFELINES {
                path.gap d=(format!("M{:.1} {:.1}l16-6", x - 8.0, y + 3.0)) {}
                path.cut d=(format!("M{:.1} {:.1}l16-6m-16 10l16-6", x - 8.0, y + 1.0)) {}
            }
        }
    }
}

fn state(story: &Story, bar: &Bar) -> Markup {
    let looks = match bar.state {
        State::Established => "bar open",
        State::SynSent | State::SynRecv => "bar opening",
        _ => "bar closing",
    };
    let (x, height) = (bar.x - BAR + 1.0, bar.bottom - bar.top);
    let mark = story.mark(bar.connection).map_or(String::new(), |mark| format!("{mark} "));
    html! {
        g class=(looks) {
            rect x=(px(x)) y=(px(bar.top)) width=(px(BAR * 2.0 - 2.0)) height=(px(height)) {
                title { (mark) (bar.state.name()) }
            }
            @if let Some(middle) = bar.name {
                text transform=(turned((bar.x + 3.5, middle), -90.0)) {
                    (mark) (bar.state.name())
                }
            }
        }
    }
}

fn point(bracket: &Bracket) -> Markup {
    let Bracket { x, top, bottom, corner, lines } = bracket;
    html! {
        g.point {
            path d=(format!("M{:.1} {:.1}h-4V{:.1}h4", x + 4.0, top + 2.0, bottom - 2.0)) {}
            @for (i, line) in lines.iter().enumerate() {
                text x=(px(corner.0)) y=(px(corner.1 + LINE * i as f64 + 10.0)) { (line) }
            }
        }
    }
}

/// An event: it can have the focus, and says what it is.
fn element(story: &Story, layout: &Layout, i: usize, event: &StoryEvent) -> Markup {
    let (class, packet, words, drawn) = match event {
        StoryEvent::Flight(flight) => {
            let class = match flight.fate {
                _ if flight.is_reset => "ev packet rst",
                Fate::Lost | Fate::Unknown | Fate::Dropped(_) => "ev packet gone",
                Fate::Arrives(_) => "ev packet",
            };
            let arrow = layout.arrows.iter().find(|arrow| arrow.event == i);
            let mark = story.mark(flight.connection);
            let drawn = arrow.map(|arrow| packet(arrow, &flight.name, mark, flight.fate));
            (class, Some(flight.packet), flight_words(story, flight), drawn)
        }
        StoryEvent::Occurrence(occurrence) => {
            let note = layout.notes.iter().find(|note| note.event == i);
            // What is to be read is what is to be heard; the table has the whole sentences.
            let lines = note.map_or(Vec::new(), |note| note.lines.iter().map(|line| line.text.as_str()).collect());
            let said = if lines.is_empty() { occurrence_words(occurrence) } else { lines.join(" ") };
            let drawn = note.map(|note| note_of(note, occurrence));
            (if occurrence.is_root { "ev root" } else { "ev" }, None, said, drawn)
        }
    };
    let place = match event {
        StoryEvent::Occurrence(occurrence) if occurrence.is_root => format!("{}, root cause", occurrence.place.name()),
        StoryEvent::Occurrence(occurrence) => occurrence.place.name().into(),
        StoryEvent::Flight(flight) => format!("from {}", super::events::kernel(flight.from).name()),
    };
    html! {
        g class=(class) role="button" tabindex=(if i == story.outcome { "0" } else { "-1" })
            data-instant=(event.at().as_nanos()) data-packet=[packet] data-outcome[i == story.outcome]
            aria-label=(format!("{} s, {place}: {words}", clock(event.at()))) {
            @if let Some(drawn) = drawn { (drawn) }
        }
    }
}

fn packet(arrow: &Arrow, name: &str, mark: Option<char>, fate: Fate) -> Markup {
    let Arrow { from, to, middle, .. } = arrow;
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let angle = libm::atan2(dy * dx.signum(), dx.abs()).to_degrees();
    let way = format!("M{:.1} {:.1}L{:.1} {:.1}", from.0, from.1, to.0, to.1);
    html! {
        path.hit d=(way) {}
        path.way d=(way) {}
        @match fate {
            Fate::Arrives(_) => {
                path.barb transform=(turned(*to, libm::atan2(dy, dx).to_degrees())) d="M-7-4L0 0L-7 4" {}
            }
            Fate::Dropped(_) | Fate::Lost => circle.ring cx=(px(to.0)) cy=(px(to.1)) r="4" {},
            Fate::Unknown => {}
        }
        text.name transform=(turned((middle.0, middle.1), angle)) y="3.5" {
            (name)
            @if let Some(mark) = mark { tspan { " " (mark) } }
        }
    }
}

fn turned((x, y): (f64, f64), degrees: f64) -> String {
    format!("translate({x:.1} {y:.1}) rotate({degrees:.1})")
}

fn note_of(note: &Note, occurrence: &Occurrence) -> Markup {
    let (x, y) = note.at;
    let (left, top) = note.corner;
    let height = note.lines.len() as f64 * LINE + 6.0;
    html! {
        rect.hit x=(px(left - 2.0)) y=(px(top - 3.0)) width=(px(note.width + 2.0)) height=(px(height)) {}
        @if let Some(kernel) = note.kernel { (call(x, kernel, y, occurrence)) }
        // Where a packet is thrown away its arrow ends in a ring.
        @if !occurrence.drops { circle.node cx=(px(x)) cy=(px(y)) r="3.5" {} }
        @for (i, line) in note.lines.iter().enumerate() { (written(line, left, top + LINE * i as f64)) }
    }
}

/// The line between a program and its kernel.
fn call(program: f64, kernel: f64, y: f64, occurrence: &Occurrence) -> Markup {
    let toward = (kernel - program).signum();
    html! {
        path.call d=(format!("M{:.1} {y:.1}H{:.1}", program + toward * 4.0, kernel - toward * 2.0)) {}
        @if occurrence.calls {
            path.call d=(barb(kernel - toward * 7.0, y, toward)) {}
        }
        @if occurrence.returns {
            path.call d=(barb(program + toward * 9.0, y, -toward)) {}
        }
    }
}

fn barb(x: f64, y: f64, toward: f64) -> String {
    format!("M{x:.1} {:.1}l{:.1} 3.5l{:.1} 3.5", y - 3.5, toward * 5.0, -toward * 5.0)
}

fn written(line: &TextLine, x: f64, top: f64) -> Markup {
    let width = super::text::width(&line.text, true) + 8.0;
    html! {
        @match line.style {
            Style::Full => {
                rect.badge x=(px(x - 2.0)) y=(px(top)) width=(px(width)) height=(px(LINE)) rx="2" {}
                text.said.badged x=(px(x + 2.0)) y=(px(top + 10.0)) { (line.text) " " }
            }
            Style::Strong => text.said.strong x=(px(x)) y=(px(top + 10.0)) { (line.text) " " },
            Style::Plain => text.said x=(px(x)) y=(px(top + 10.0)) { (line.text) " " },
        }
    }
}
