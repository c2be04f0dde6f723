//! The scene at the playhead: canvas, the same in a sentence, and the same as a table; below it what has failed.

use connlab::chart::Theme;
use connlab::sim::error::ErrorKind;
use connlab::sim::snapshot::Snapshot;
use connlab::words::count;
use web_sys::HtmlCanvasElement;
use yew::prelude::*;

use super::figure::use_size;
use super::{Same, glyph, markup};
use crate::address;
use crate::scene::gauges::Gauges;
use crate::scene::layout::{layout, zones};
use crate::scene::tallies::{Tally, tallies};
use crate::scene::{Context, Zone, paint};
use crate::shown::Shown;
use crate::state::{Action, Pane};

/// What to show.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// The run.
    pub shown: Same<Shown>,
    /// It, at the playhead.
    pub snapshot: Same<Snapshot>,
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
}

/// The scene.
#[component]
pub fn Scene(props: &Props) -> Html {
    let canvas = use_node_ref();
    let size = use_size(canvas.clone());
    let said = use_mut_ref(String::new);
    let gauges = Gauges::new(&props.snapshot);
    if props.rests || said.borrow().is_empty() {
        *said.borrow_mut() = gauges.sentence(&props.snapshot);
    }
    {
        let canvas = canvas.clone();
        let picture = Props { old: false, rests: true, selected: None, ..props.clone() };
        use_effect_with((picture, size), move |(props, size)| {
            if let Some(canvas) = canvas.cast::<HtmlCanvasElement>() {
                paint(&canvas, props, *size);
            }
        });
    }
    let label = said.borrow().clone();
    html! {
        <figure class={if props.old { "scene old" } else { "scene" }} data-chart="scene">
            <canvas ref={canvas} role="img" aria-label={label}></canvas>
            if !props.bare {
                if props.scale <= 1.0 { {failures(props, f64::from(size.0))} }
                <figcaption>
                    {markup("<h2 class=sr>Where everything is</h2>")}
                    {table(&gauges)}
                </figcaption>
            }
        </figure>
    }
}

/// From this width on the tallies stand in the picture; on a phone they stand below it.
const TALLIES_FROM: i32 = 640;

fn paint(canvas: &HtmlCanvasElement, props: &Props, size: (i32, i32)) {
    let Props { shown, snapshot, scale, .. } = props;
    let tallies = *scale <= 1.0 && size.0 >= TALLIES_FROM;
    let context = Context::new(shown, snapshot, address::is_calm(), tallies, paint::letters(canvas));
    let theme = if props.dark { &Theme::DARK } else { &Theme::LIGHT };
    let layers = layout(snapshot, &context, (f64::from(size.0) / scale, f64::from(size.1) / scale));
    // A canvas that is not visible has nothing to draw on.
    let _ = paint::paint(canvas, size, address::pixel_ratio(canvas), *scale, &layers, theme);
}

/// What has failed so far, under the zone where its cause lies.
fn failures(props: &Props, width: f64) -> Html {
    let zones = Zone::ALL.into_iter().zip(zones(width)).map(|(zone, (from, to))| {
        let place = format!("--from:{from}px;--width:{}px", to - from);
        let tallies = tallies(zone, &props.shown.report.errors, &props.snapshot);
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
fn table(gauges: &Gauges) -> Html {
    let mut rows = String::new();
    for (zone, name, n, limit) in gauges.rows() {
        let (zone, n, limit) = (zone.name(), count(n.into()), limit.map(|limit| count(limit.into())));
        rows += &format!("<tr><th scope=row>{zone}: {name}<td>{n}<td>{}", limit.unwrap_or_default());
    }
    let head = "<caption>At the playhead<thead><tr><th scope=col>What<th scope=col>Now<th scope=col>Limit";
    let table = format!("<button class='btn line' data-copy>Copy</button><table>{head}<tbody>{rows}</table>");
    html! {
        <details class="table">
            <summary>{markup("Table<span class=sr>: Where everything is</span>")}</summary>
            <div class="sheet" tabindex="0" role="region" aria-label="Where everything is">
                {markup(table)}
            </div>
        </details>
    }
}
