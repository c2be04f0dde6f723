//! The scene at the playhead: canvas, the same in a sentence, and the same as a table.

use connlab::chart::Theme;
use connlab::chart::words::count;
use connlab::sim::snapshot::Snapshot;
use web_sys::HtmlCanvasElement;
use yew::prelude::*;

use super::Same;
use super::figure::use_size;
use crate::address;
use crate::scene::gauges::Gauges;
use crate::scene::layout::layout;
use crate::scene::{Context, paint};
use crate::state::Shown;

/// What to show.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// The run.
    pub shown: Same<Shown>,
    /// It, at the playhead.
    pub snapshot: Same<Snapshot>,
    /// In which colours.
    pub dark: bool,
    /// The playhead stands still: it is time for words.
    pub rests: bool,
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
        let picture = Props { rests: true, ..props.clone() };
        use_effect_with((picture, size), move |(props, size)| {
            let context = Context::new(&props.shown, &props.snapshot);
            let theme = if props.dark { &Theme::DARK } else { &Theme::LIGHT };
            let layers = layout(&props.snapshot, &context, (f64::from(size.0), f64::from(size.1)));
            if let Some(canvas) = canvas.cast::<HtmlCanvasElement>() {
                paint::paint(&canvas, address::window().device_pixel_ratio(), &layers, theme);
            }
        });
    }
    let label = said.borrow().clone();
    let rows = gauges.rows().into_iter().map(|(zone, name, n, limit)| {
        html! {
            <tr>
                <th scope="row">{zone}{": "}{name}</th>
                <td>{count(n.into())}</td>
                <td>{limit.map(|limit| count(limit.into()))}</td>
            </tr>
        }
    });
    let head = ["What", "Now", "Limit"].map(|name| html! { <th scope="col">{name}</th> });
    html! {
        <figure class="scene" data-chart="scene">
            <canvas ref={canvas} role="img" aria-label={label}></canvas>
            <figcaption>
                <h2 class="sr">{"Where everything is"}</h2>
                <details class="table">
                    <summary>{"Table"}<span class="sr">{": Where everything is"}</span></summary>
                    <div class="sheet" tabindex="0" role="region" aria-label="Where everything is">
                        <table>
                            <caption>{"At the playhead"}</caption>
                            <thead>
                                <tr>{for head}</tr>
                            </thead>
                            <tbody>{for rows}</tbody>
                        </table>
                    </div>
                </details>
            </figcaption>
        </figure>
    }
}
