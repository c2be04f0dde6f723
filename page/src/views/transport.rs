//! The bar that moves through time: steps, play, clock, speed, and the playhead itself.

use connlab::words::{count, fixed, seconds, trimmed};
use maud::{Markup, PreEscaped, html};

use super::parts::Parts;
use super::{aria, glyph};
use crate::app::App;
use crate::keys;
use crate::playhead::{self, Playhead, Speed};
use crate::shown::Shown;

/// The bar.
pub fn transport(app: &App, parts: &mut Parts) -> Markup {
    let (playhead, page) = (&app.playhead, &app.page);
    let shown = page.shown().filter(|shown| shown.complete);
    let disabled = shown.is_none();
    let mut button = |class: &str, name: &str, label: &str, icon| {
        let button = html! {
            button class=(class) data-part=(name) data-testid=(name) title=(label) aria-label=(label)
                disabled[disabled] data-do=(name) { (glyph::icon(icon)) }
        };
        parts.part(name, button)
    };
    let (label, icon) = if playhead.playing { ("Pause", glyph::PAUSE) } else { ("Play", glyph::PLAY) };
    let bar = html! {
        div.transport data-part=(TRANSPORT) role="group" aria-label="Time" aria-busy=(aria(!playhead.is_known())) {
            (scrub(playhead, disabled))
            (button("btn icon", "previous-error", "Previous error", glyph::PREVIOUS_ERROR))
            (button("btn icon rest", "step-back", "Previous event", glyph::BACK))
            (button("btn icon play", "play", label, icon))
            (button("btn icon rest", "step", "Next event", glyph::FORWARD))
            (button("btn icon rest", "step-request", "Next outcome of a request", glyph::FAST_FORWARD))
            button.btn data-testid="next-error" disabled[disabled] data-do="next-error" {
                (glyph::icon(glyph::NEXT_ERROR)) "Next error"
            }
            p.clock {
                b data-testid="clock" { (playhead::clock(playhead.at)) }
                span { " of " (seconds(playhead.end.as_secs_f64())) }
            }
            // The run at the playhead in the numbers that matter most.
            p.moment.rest data-testid="moment" {
                @if let Some(moment) = playhead.moment {
                    (count(moment.requests.failed)) " failed, " (count(moment.requests.in_flight)) " in flight"
                }
            }
            (speed(playhead, shown.map(|shown| &**shown), parts))
            // A button, and the sheet of keys that it opens.
            button.btn.icon.rest id="help" data-testid="shortcuts" popovertarget="shortcuts" title="Keys"
                aria-label="Keys" { "?" }
            (parts.part(KEYS, sheet()))
        }
    };
    parts.part(TRANSPORT, bar)
}

/// These parts of the page.
const TRANSPORT: &str = "transport";
const KEYS: &str = "keys";

fn sheet() -> Markup {
    html! {
        section.card-box.keys data-part=(KEYS) id="shortcuts" popover="auto" role="dialog" aria-label="Keys" {
            (PreEscaped(keys::SHEET))
        }
    }
}

/// The playhead as a slider: over the plots its thumb is all that is seen of it.
fn scrub(playhead: &Playhead, disabled: bool) -> Markup {
    let at = trimmed(playhead.at.as_millis_f64(), 6);
    html! {
        input.scrub type="range" data-testid="playhead" aria-label="Playhead" min="0" step="any"
            max=(trimmed(playhead.end.as_millis_f64(), 6)) disabled[disabled] data-in="playhead"
            aria-valuetext={ (playhead::clock(playhead.at)) " of " (seconds(playhead.end.as_secs_f64())) }
            data-style={ "--at:" (fixed(share(playhead), 5)) } value=(at) data-value=(at);
    }
}

/// Where the playhead is within the run.
pub fn share(playhead: &Playhead) -> f64 {
    playhead.at.as_secs_f64() / playhead.end.as_secs_f64().max(1e-9)
}

/// What the speed is, and what it is by itself.
const SPEED: &str = "How fast time passes while the run is played. Auto: slowly near errors, else in real time.";

fn speed(playhead: &Playhead, shown: Option<&Shown>, parts: &mut Parts) -> Markup {
    let rate = shown.map(|shown| Speed::Fixed(playhead.rate(shown)).words());
    let speed = html! {
        span.speed.choice data-part="speed" {
            select data-testid="speed" aria-label="Speed" title=(SPEED) data-in="speed" {
                @for (i, speed) in Speed::ALL.into_iter().enumerate() {
                    option value=(i) selected[speed == playhead.speed] {
                        @match (speed, &rate) {
                            (Speed::Auto, Some(rate)) => { "auto: " (rate) }
                            _ => (speed.words()),
                        }
                    }
                }
            }
            (glyph::icon(glyph::FORWARD))
        }
    };
    parts.part("speed", speed)
}
