//! The bar that moves through time: steps, play, clock, speed, and the playhead itself.

use connlab::sim::replay::What;
use connlab::time::{SimDuration, SimTime};
use connlab::words::{count, fixed, seconds, trimmed};
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::{glyph, markup, sends, when};
use crate::keys;
use crate::playhead::{self, Motion, Playhead, Speed, Step};
use crate::shown::Shown;

/// What to show.
#[derive(Clone, Copy)]
pub struct Props<'a> {
    /// The playhead.
    pub playhead: &'a Playhead,
    /// Of which run; `None` before the first one is complete.
    pub shown: Option<&'a Shown>,
    /// Whom to tell.
    pub go: &'a Callback<Motion>,
}

/// The bar.
pub fn transport(props: Props) -> Html {
    let Props { playhead, shown, go } = props;
    let disabled = shown.is_none();
    let button = |class: &'static str, testid: &'static str, label: &'static str, icon, motion: Motion| {
        let onclick = sends(go, motion);
        html! {
            <button key={testid} ~className={class} data-testid={testid} title={label} aria-label={label}
                {disabled} {onclick}>
                {glyph::icon(icon)}
            </button>
        }
    };
    let step = |class, testid, label, icon, step| button(class, testid, label, icon, Motion::Step(step));
    let error = What::Failure(None);
    let of_all = markup(format!("<span> of {}</span>", seconds(playhead.end.as_secs_f64())));
    let (label, icon) = if playhead.playing { ("Pause", glyph::PAUSE) } else { ("Play", glyph::PLAY) };
    html! {
        <div class="transport" role="group" aria-label="Time" aria-busy={(!playhead.is_known()).to_string()}>
            {scrub(props)}
            {step("btn icon", "previous-error", "Previous error", glyph::PREVIOUS_ERROR, Step::Previous(error))}
            {step("btn icon rest", "step-back", "Previous event", glyph::BACK, Step::Previous(What::Event))}
            {button("btn icon play", "play", label, icon, Motion::Play(!playhead.playing))}
            {step("btn icon rest", "step", "Next event", glyph::FORWARD, Step::Next(What::Event))}
            {step("btn icon rest", "step-request", "Next outcome of a request", glyph::FAST_FORWARD,
                Step::Next(What::Outcome))}
            <button class="btn" data-testid="next-error" {disabled}
                onclick={sends(go, Motion::Step(Step::Next(error)))}>
                {glyph::icon(glyph::NEXT_ERROR)}{"Next error"}
            </button>
            <p class="clock"><b data-testid="clock">{playhead::clock(playhead.at)}</b>{of_all}</p>
            <p class="moment rest" data-testid="moment">{moment(playhead)}</p>
            {speed(props)}
            {help()}
        </div>
    }
}

/// The run at the playhead in the numbers that matter most.
fn moment(playhead: &Playhead) -> String {
    playhead.moment.map_or_else(String::new, |moment| {
        format!("{} failed, {} in flight", count(moment.requests.failed), count(moment.requests.in_flight))
    })
}

/// The playhead as a slider: over the plots its thumb is all that is seen of it.
fn scrub(props: Props) -> Html {
    let Props { playhead, shown, go } = props;
    let oninput = when(go, |event: InputEvent| {
        let input: HtmlInputElement = event.target()?.dyn_into().ok()?;
        Some(Motion::Drag(SimTime::ZERO + SimDuration::from_millis(libm::round(input.value_as_number()) as u64)))
    });
    let text = format!("{} of {}", playhead::clock(playhead.at), seconds(playhead.end.as_secs_f64()));
    html! {
        <input type="range" class="scrub" data-testid="playhead" aria-label="Playhead" min="0" step="any"
            max={trimmed(playhead.end.as_millis_f64(), 6)} value={trimmed(playhead.at.as_millis_f64(), 6)}
            aria-valuetext={text} disabled={shown.is_none()} ~style={format!("--at:{}", fixed(share(playhead), 5))}
            {oninput} onchange={sends(go, Motion::Drop)} />
    }
}

/// Where the playhead is within the run.
pub fn share(playhead: &Playhead) -> f64 {
    playhead.at.as_secs_f64() / playhead.end.as_secs_f64().max(1e-9)
}

/// What the speed is, and what it is by itself.
const SPEED: &str = "How fast time passes while the run is played. Auto: slowly near errors, else in real time.";

fn speed(props: Props) -> Html {
    let onchange = when(props.go, |event: Event| {
        let select: HtmlSelectElement = event.target()?.dyn_into().ok()?;
        Some(Motion::Speed(*Speed::ALL.get(usize::try_from(select.selected_index()).ok()?)?))
    });
    let rate = props.shown.map(|shown| Speed::Fixed(props.playhead.rate(shown)).words());
    let options = Speed::ALL.map(|speed| {
        let text = match (speed, &rate) {
            (Speed::Auto, Some(rate)) => format!("auto: {rate}"),
            _ => speed.words(),
        };
        html! { <option selected={speed == props.playhead.speed}>{text}</option> }
    });
    html! {
        <span class="speed choice">
            <select data-testid="speed" aria-label="Speed" title={SPEED} {onchange}>{for options}</select>
            {glyph::icon(glyph::FORWARD)}
        </span>
    }
}

/// A button, and the sheet of keys that it opens.
fn help() -> Html {
    const BUTTON: &str = "<button class='btn icon rest' id=help data-testid=shortcuts popovertarget=shortcuts \
        title=Keys aria-label=Keys>?</button>";
    const CARD: &str = "<section class='card-box keys' id=shortcuts popover=auto role=dialog aria-label=Keys>";
    markup(format!("{BUTTON}{CARD}{}</section>", keys::SHEET))
}
