//! One request, packet by packet: a chart with four lifelines, and the same as a table.

mod chart;
mod events;
mod layout;
mod table;
mod text;

use connlab::sim::trace::words::{instant, span};
use connlab::sim::trace::{Trace, What};
use connlab::time::SimTime;
use maud::{Markup, html};

use events::{Fate, Flight, Occurrence, Story, StoryEvent};

/// The chart and the table.
pub fn story(trace: &Trace) -> (Markup, String) {
    let story = Story::new(trace);
    super::silent(html! {
        div.story data-testid="story" data-request=(trace.request) {
            (chart::chart(&story))
            (table::table(&story))
        }
    })
}

/// An instant with a tenth of a millisecond: half the way of a packet in a fast network.
fn clock(at: SimTime) -> String {
    format!("{:.4}", at.as_secs_f64())
}

/// The whole story in two sentences.
fn sentence(story: &Story) -> String {
    let flights = || story.events.iter().filter_map(flight);
    let packets = flights().count();
    let gone = flights().filter(|flight| matches!(flight.fate, Fate::Dropped(_) | Fate::Lost)).count();
    let ends = |what: &What| matches!(what, What::Ends(_));
    let end = story.trace.entries.iter().find(|entry| ends(&entry.what));
    let outcome = end.map_or("it has no outcome yet".into(), |entry| {
        format!("at {} it ends: {}", instant(entry.at), story.trace.words(entry))
    });
    format!(
        "Request #{}, packet by packet: {packets} packets, {gone} of them dropped or lost; {outcome}. \
         Arrow keys go from event to event.",
        story.trace.request
    )
}

fn flight(event: &StoryEvent) -> Option<&Flight> {
    match event {
        StoryEvent::Flight(flight) => Some(flight),
        StoryEvent::Occurrence(_) => None,
    }
}

/// A packet in one sentence, without its time.
fn flight_words(story: &Story, flight: &Flight) -> String {
    let connection = story.mark(flight.connection).map_or(String::new(), |mark| format!(" on connection {mark}"));
    let fate = match flight.fate {
        Fate::Arrives(at) => format!(", arrives after {}", span(at.since(flight.sent))),
        Fate::Dropped(at) => format!(", thrown away after {}", span(at.since(flight.sent))),
        Fate::Lost => ", lost in the network".into(),
        Fate::Unknown => String::new(),
    };
    format!("{}{connection}{fate}", flight.name)
}

/// An occurrence in sentences, without its time.
fn occurrence_words(occurrence: &Occurrence) -> String {
    occurrence.words.join("; ")
}
