//! A map of two settings: a table whose cells are darker where there is more, and its legend.

use connlab::experiment::design::Axis;
use connlab::experiment::map::{Map, STEPS, Side, View};
use connlab::shape;
use connlab::sim::error::Family;
use maud::{Markup, PreEscaped, html};

/// The map: rows from the largest value down.
pub fn heat(view: &View) -> Markup {
    let (columns, rows) = view.map.size();
    let (across, up) = (&view.map.design().axes[0], &view.map.design().axes[1]);
    html! {
        div.map {
            table.heat role="grid" aria-label=(view.title()) data-testid="heat"
                data-style={ "--columns:" (columns) } {
                @for y in (0..rows).rev() {
                    tr {
                        @if y + 1 == rows { td.up rowspan=(rows) { span { (up.title()) } } }
                        th scope="row" { (up.label(y)) }
                        @for x in 0..columns { (cell(view, (x, y))) }
                    }
                }
                (foot(across, columns, true))
            }
        }
    }
}

/// The values of the first setting, below all cells, and its name.
pub fn foot(across: &Axis, columns: usize, has_up: bool) -> Markup {
    html! {
        tr.across {
            @if has_up { td {} } td {}
            @for x in 0..columns { th scope="col" { (across.label(x)) } }
        }
        tr.across { @if has_up { td {} } td {} td.axis colspan=(columns) { (across.title()) } }
    }
}

/// A cell: its number, the shape of its commonest error, and on which side of the threshold it is.
pub fn cell(view: &View, place: (usize, usize)) -> Markup {
    let it = view.map.cell(place);
    if it.seeds() == 0 {
        return html! { td.open {} };
    }
    let mean = view.mean(place);
    let is_own = view.map.own() == Some(place);
    let step = mean.map_or(0, |mean| view.step(mean));
    let class = [
        format!("cell h{step}"),
        if is_own { "own".into() } else { String::new() },
        if view.side(place) == Some(Side::Unclear) { "unclear".into() } else { String::new() },
    ];
    let commonest = it.commonest();
    let shape = commonest.map(|(kind, _)| kind.spec().family);
    html! {
        td class=[edges(view, place)] {
            button class=(class.join(" ").trim_end()) tabindex=(if is_first(view.map, place) { "0" } else { "-1" })
                data-do="cell" data-with={ (place.0) "," (place.1) } aria-label=(view.label(place)) {
                b { @match mean { Some(mean) => (view.number(mean)), None => "–" } }
                @if let Some(family) = shape { (glyph(family)) }
            }
        }
    }
}

/// The stop of the tab key: the run itself, or the first cell.
fn is_first(map: &Map, place: (usize, usize)) -> bool {
    map.own().unwrap_or((0, map.size().1 - 1)) == place
}

/// Where the threshold runs: between this cell and the one to its right, or the one above.
fn edges(view: &View, place: (usize, usize)) -> Option<&'static str> {
    match view.edges(place) {
        (true, true) => Some("edge-r edge-t"),
        (true, false) => Some("edge-r"),
        (false, true) => Some("edge-t"),
        (false, false) => None,
    }
}

/// What colours, lines and shapes mean.
pub fn legend(view: &View) -> Markup {
    let (map, Some((low, high))) = (view.map, view.ends()) else { return Markup::default() };
    let begin = |step: usize| view.begin(step).map(|value| view.number(value));
    let shapes = view.families();
    html! {
        div.legend {
            @if high > low && map.design().axes.len() > 1 {
                span.ramp aria-hidden="true" {
                    @for step in 0..=STEPS {
                        span { i class={ "h" (step) } {} @if let Some(begin) = begin(step) { (begin) } }
                    }
                }
            }
            span { (view.measure.head()) }
            @if let Some(limit) = view.limit {
                span { i.contour {} "threshold " (view.amount(limit)) }
                span { i.unclear {} "these seeds do not say on which side" }
            }
            @if !shapes.is_empty() {
                span { "commonest error:" @for family in shapes { " " (glyph(family)) (family.token()) } }
            }
        }
    }
}

fn glyph(family: Family) -> Markup {
    html! { svg.glyph viewBox="-6 -6 12 12" aria-hidden="true" { (PreEscaped(shape::failure(family))) } }
}
