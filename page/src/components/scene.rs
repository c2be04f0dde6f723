//! The scene at the playhead: canvas, the same in a sentence, and the same as a table; below it what has failed.

use connlab::scene::{Scene as Seen, Viewport, Zone};
use connlab::sim::error::ErrorKind;
use connlab::words::{count, fixed};
use web_sys::HtmlCanvasElement;
use yew::prelude::*;

use super::answer::WAIT;
use super::figure::use_size;
use super::{Same, glyph, markup};
use crate::address;
use crate::scene::paint;
use crate::scene::tallies::{Tally, tallies};
use crate::shown::Shown;
use crate::state::{Action, Pane};

/// What to show.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// The run and how it looks at the playhead, as soon as that is known.
    pub seen: Option<(Same<Shown>, Same<Seen>)>,
    /// It will never be.
    pub is_lost: bool,
    /// How much larger everything is than on a desk. Where it is, the classes are counted elsewhere.
    pub scale: f64,
    /// Another run is shown by now, and this one's place is not.
    pub old: bool,
    /// In which colours.
    pub dark: bool,
    /// The playhead stands still: it is time for words.
    pub rests: bool,
    /// A picture, with nothing around it.
    #[prop_or_default]
    pub bare: bool,
    /// The class whose row is open.
    pub selected: Option<ErrorKind>,
    /// Whom to tell.
    pub act: Callback<Action>,
    /// Whom to tell what it is painted on.
    pub fit: Callback<Viewport>,
}

/// The scene.
#[component]
pub fn Scene(props: &Props) -> Html {
    let canvas = use_node_ref();
    let size = use_size(canvas.clone());
    let said = use_mut_ref(String::new);
    if let Some((_, seen)) = &props.seen
        && (props.rests || said.borrow().is_empty())
    {
        said.borrow_mut().clone_from(&seen.sentence);
    }
    {
        let (canvas, fit) = (canvas.clone(), props.fit.clone());
        use_effect_with((size, props.scale), move |(size, scale)| {
            if let Some(canvas) = canvas.cast::<HtmlCanvasElement>() {
                fit.emit(viewport(&canvas, *size, *scale));
            }
        });
    }
    {
        let canvas = canvas.clone();
        let seen = props.seen.as_ref().map(|(_, seen)| seen.clone());
        use_effect_with((seen, size, props.scale, props.dark), move |(seen, size, scale, dark)| {
            if let (Some(canvas), Some(seen)) = (canvas.cast::<HtmlCanvasElement>(), seen) {
                // A canvas that is not visible has nothing to paint on.
                let _ = paint::paint(&canvas, *size, address::pixel_ratio(&canvas), *scale, &seen.layers, *dark);
            }
        });
    }
    let label = said.borrow().clone();
    html! {
        <figure ~className={if props.old { "scene old" } else { "scene" }} data-chart="scene">
            <canvas ref={canvas} role="img" aria-label={if label.is_empty() { TITLE.into() } else { label }}></canvas>
            if props.seen.is_none() { {markup(if props.is_lost { LOST } else { WAIT })} }
            if let Some((shown, seen)) = props.seen.as_ref().filter(|_| !props.bare) {
                if props.scale <= 1.0 { {failures(props, shown, seen)} }
                <figcaption>
                    {markup("<h2 class=sr>Where everything is</h2>")}
                    {table(&seen.rows)}
                </figcaption>
            }
        </figure>
    }
}

/// What it is.
const TITLE: &str = "Where everything is";

/// What stands in its place if it cannot be made.
const LOST: &str = "<p class=wait>The scene could not be loaded. Reload the page to try again.</p>";

/// From this width on the tallies stand in the picture; on a phone they stand below it.
const TALLIES_FROM: i32 = 640;

fn viewport(canvas: &HtmlCanvasElement, (width, height): (i32, i32), scale: f64) -> Viewport {
    let tallies = scale <= 1.0 && width >= TALLIES_FROM;
    Viewport { width, height, scale, sample: paint::sample(canvas), calm: false, tallies }
}

/// What has failed so far, under the zone where its cause lies.
fn failures(props: &Props, shown: &Shown, seen: &Seen) -> Html {
    let zones = Zone::ALL.into_iter().zip(&seen.edges).map(|(zone, (from, to))| {
        let place = format!("--from:{}px;--width:{}px", fixed(*from, 2), fixed(to - from, 2));
        let tallies = tallies(zone, &shown.report.errors, &seen.failed);
        html! {
            <ul ~style={place} aria-label={format!("Failed so far, from: {}", zone.name())}>
                {for tallies.into_iter().map(|tally| item(props, tally))}
            </ul>
        }
    });
    html! { <div class="tallies">{for zones}</div> }
}

fn item(props: &Props, tally: Tally) -> Html {
    let Tally { kind, label, so_far, all } = tally;
    let shape = glyph::failure(kind.spec().family);
    let content = markup(format!("{shape}<span>{label}</span><i><b>{}</b> of {}</i>", count(so_far), count(all)));
    if all == 0 {
        return html! { <li class="none" data-tally={kind.class()}>{content}</li> };
    }
    let act = props.act.clone();
    // On a phone its row is in another part of the page.
    let onclick = Callback::from(move |_: MouseEvent| {
        act.emit(Action::Select(kind));
        act.emit(Action::Pane(Pane::Why));
    });
    let pressed = (props.selected == Some(kind)).to_string();
    html! { <li data-tally={kind.class()}><button aria-pressed={pressed} {onclick}>{content}</button></li> }
}

/// As text: a table of many cells made of components weighs more than the rest of the scene's.
fn table(rows: &str) -> Html {
    let head = "<caption>At the playhead<thead><tr><th scope=col>What<th scope=col>Now<th scope=col>Limit";
    let table = format!("<button class='btn line' data-copy>Copy</button><table>{head}<tbody>{rows}</table>");
    html! {
        <details class="table">
            <summary>{markup("Table<span class=sr>: Where everything is</span>")}</summary>
            <div class="sheet" tabindex="0" role="region" aria-label={TITLE}>
                {markup(table)}
            </div>
        </details>
    }
}
