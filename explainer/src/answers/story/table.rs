//! A story as a table: a row for each event, with the states of its connection and the accept queue.

use connlab::sim::trace::Side;
use connlab::sim::trace::words::span;
use maud::{Markup, html};

use super::events::{Story, StoryEvent, kernel};
use super::{clock, flight_words, occurrence_words, sentence};

/// The table.
pub fn table(story: &Story) -> Markup {
    let mut before = None;
    html! {
        div.events role="region" aria-label="Events" tabindex="0" {
            button.btn.line data-copy { "Copy" }
            table {
                caption.sr { (sentence(story)) }
                thead {
                    tr {
                        @for name in ["Time, s", "After", "Where", "What", "Client", "Server", "Accept queue"] {
                            th scope="col" { (name) }
                        }
                    }
                }
                tbody {
                    @for (i, event) in story.events.iter().enumerate() {
                        (row(story, i, event, before.replace(event.at()).map(|before| event.at().since(before))))
                    }
                }
            }
        }
    }
}

fn row(story: &Story, i: usize, event: &StoryEvent, after: Option<connlab::time::SimDuration>) -> Markup {
    let (place, what, is_root) = match event {
        StoryEvent::Flight(flight) => {
            let [from, to] = [flight.from, flight.from.peer()].map(|side| kernel(side).name());
            (format!("{from} → {to}"), flight_words(story, flight), false)
        }
        StoryEvent::Occurrence(occurrence) => {
            (occurrence.place.name().into(), occurrence_words(occurrence), occurrence.is_root)
        }
    };
    let packet = super::flight(event).map(|flight| flight.packet);
    let (at, is_outcome) = (event.at(), i == story.outcome);
    let tabindex = if is_outcome { "0" } else { "-1" };
    let state = |side| event.connection().and_then(|connection| story.state(connection, side, at));
    let queue = story.gauges.iter().find(|(then, _)| *then == at).map(|(_, (level, _))| level);
    html! {
        tr.root[is_root] data-packet=[packet] {
            th scope="row" {
                @let name = format!("{}: {place}: {what}", clock(at));
                button data-instant=(at.as_nanos()) data-outcome[is_outcome] tabindex=(tabindex) aria-label=(name) {
                    (clock(at))
                }
            }
            td { @if let Some(after) = after.filter(|after| after.as_nanos() > 0) { "+" (span(after)) } }
            td { (place) }
            td { @if is_root { span.sr { "Root cause: " } } (what) }
            @for side in [Side::Client, Side::Server] { td { @if let Some(state) = state(side) { (state.name()) } } }
            td { @if let Some(level) = queue { (level) } }
        }
    }
}
