//! A map of two settings: a table whose cells are darker where there is more, and its legend.

use connlab::experiment::design::Axis;
use connlab::experiment::map::{Map, Side};
use connlab::shape;
use connlab::sim::error::Family;
use maud::{Markup, PreEscaped, html};

use super::View;

/// Steps of the ramp; darker is more. Their ends go with the square, for much of what is looked at is small.
const STEPS: usize = 7;

/// The map: rows from the largest value down.
pub fn heat(view: &View, map: &Map) -> Markup {
    let (columns, rows) = map.size();
    let (across, up) = (&map.design().axes[0], &map.design().axes[1]);
    html! {
        div.map {
            table.heat role="grid" aria-label=(name(view, map)) data-testid="heat"
                data-style={ "--columns:" (columns) } {
                @for y in (0..rows).rev() {
                    tr {
                        @if y + 1 == rows { td.up rowspan=(rows) { span { (up.title()) } } }
                        th scope="row" { (value(up, y)) }
                        @for x in 0..columns { (cell(view, map, (x, y))) }
                    }
                }
                (foot(across, columns, true))
            }
        }
    }
}

/// What the table is, for those who do not see it.
pub fn name(view: &View, map: &Map) -> String {
    let axes: Vec<String> = map.design().axes.iter().map(Axis::title).collect();
    format!("{} by {}", view.measure.head(), axes.join(" and "))
}

/// The values of the first setting, below all cells, and its name.
pub fn foot(across: &Axis, columns: usize, has_up: bool) -> Markup {
    html! {
        tr.across {
            @if has_up { td {} } td {}
            @for x in 0..columns { th scope="col" { (value(across, x)) } }
        }
        tr.across { @if has_up { td {} } td {} td.axis colspan=(columns) { (across.title()) } }
    }
}

fn value(axis: &Axis, at: usize) -> String {
    axis.param().spec().describe(axis.values()[at])
}

/// A cell: its number, the shape of its commonest error, and on which side of the threshold it is.
pub fn cell(view: &View, map: &Map, place: (usize, usize)) -> Markup {
    let it = map.cell(place);
    if it.seeds() == 0 {
        return html! { td.open {} };
    }
    let mean = it.mean(view.measure);
    let is_own = map.own() == Some(place);
    let step = mean.map_or(0, |mean| step(view, map, mean));
    let class = [
        format!("cell h{step}"),
        if is_own { "now".into() } else { String::new() },
        if view.side(map, place) == Some(Side::Unclear) { "unclear".into() } else { String::new() },
    ];
    let commonest = it.commonest();
    let shape = commonest.map(|(kind, _)| kind.spec().family);
    html! {
        td class=[edges(view, map, place)] {
            button class=(class.join(" ").trim_end()) tabindex=(if is_first(map, place) { "0" } else { "-1" })
                data-do="cell" data-with={ (place.0) "," (place.1) } aria-label=(label(view, map, place)) {
                @if is_own { small { "now" } }
                b { @match mean { Some(mean) => (view.number(map, mean)), None => "–" } }
                @if let Some(family) = shape { (glyph(family)) }
            }
        }
    }
}

/// The stop of the tab key: the run itself, or the first cell.
fn is_first(map: &Map, place: (usize, usize)) -> bool {
    map.own().unwrap_or((0, map.size().1 - 1)) == place
}

/// Everything about a cell, in a sentence.
fn label(view: &View, map: &Map, place: (usize, usize)) -> String {
    let it = map.cell(place);
    let mut says = format!("{}: ", view.settings(map, place));
    match it.mean(view.measure) {
        Some(mean) => says += &view.amount(map, mean),
        None => says += "nothing to measure",
    }
    if let Some([low, high]) = it.interval(view.measure) {
        says += &format!(", 95 % interval {} to {}", view.number(map, low), view.number(map, high));
    }
    if let Some((kind, _)) = it.commonest() {
        says += &format!(", mostly {}", kind.spec().label);
    }
    match view.side(map, place) {
        Some(Side::Within) => says += ", keeps the threshold",
        Some(Side::Unclear) => says += ", the threshold is within its interval",
        Some(Side::Beyond) | None => {}
    }
    if map.own() == Some(place) { says + ", now" } else { says }
}

/// Where the threshold runs: between this cell and the one to its right, or the one above.
fn edges(view: &View, map: &Map, (x, y): (usize, usize)) -> Option<&'static str> {
    let (columns, rows) = map.size();
    let is_within = |place| Some(map.cell(place).mean(view.measure)? <= view.limit?);
    let differs = |other: (usize, usize)| {
        let is_there = other.0 < columns && other.1 < rows;
        is_there && is_within((x, y)).zip(is_within(other)).is_some_and(|(a, b)| a != b)
    };
    match (differs((x + 1, y)), differs((x, y + 1))) {
        (true, true) => Some("edge-r edge-t"),
        (true, false) => Some("edge-r"),
        (false, true) => Some("edge-t"),
        (false, false) => None,
    }
}

/// The smallest mean and the largest.
fn ends(view: &View, map: &Map) -> Option<(f64, f64)> {
    let means = || map.places().filter_map(|place| map.cell(place).mean(view.measure));
    let low = means().min_by(f64::total_cmp)?;
    Some((low, means().max_by(f64::total_cmp)?))
}

fn step(view: &View, map: &Map, mean: f64) -> usize {
    let Some((low, high)) = ends(view, map).filter(|(low, high)| high > low) else { return 0 };
    let share = ((mean - low) / (high - low)).max(0.0).sqrt();
    ((share * STEPS as f64) as usize).min(STEPS - 1)
}

/// What colours, lines and shapes mean.
pub fn legend(view: &View, map: &Map) -> Markup {
    let Some((low, high)) = ends(view, map) else { return Markup::default() };
    let end = |step: usize| {
        let share = step as f64 / STEPS as f64;
        view.number(map, low + share * share * (high - low))
    };
    let mut shapes: Vec<Family> = Vec::new();
    for (kind, _) in map.places().filter_map(|place| map.cell(place).commonest()) {
        if !shapes.contains(&kind.spec().family) {
            shapes.push(kind.spec().family);
        }
    }
    html! {
        div.legend {
            @if high > low && map.design().axes.len() > 1 {
                span.ramp aria-hidden="true" {
                    @for step in 0..STEPS { i class={ "h" (step) } { (end(step)) } }
                    i { (end(STEPS)) }
                }
            }
            span { (view.measure.head()) }
            @if let Some(limit) = view.limit {
                span { i.contour {} "threshold " (view.amount(map, limit)) }
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
