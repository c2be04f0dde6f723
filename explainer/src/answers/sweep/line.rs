//! A sweep over one setting: a line with its band, over the cells of a table with one row.

use connlab::experiment::map::View;
use connlab::words::fixed;
use maud::{Markup, html};

use super::heat::{cell, foot};

/// The height of the plot, in units of its own.
const HEIGHT: f64 = 100.0;

/// The line: each value has a column, whose middle is its place.
pub fn line(view: &View) -> Markup {
    let (columns, _) = view.map.size();
    html! {
        div.map.single {
            table.heat role="grid" aria-label=(view.title()) data-testid="heat"
                data-style={ "--columns:" (columns) } {
                tr { td.scale { (scale(view)) } td.plot colspan=(columns) { (plot(view, columns)) } }
                tr { td {} @for x in 0..columns { (cell(view, (x, 0))) } }
                (foot(&view.map.design().axes[0], columns, false))
            }
        }
    }
}

/// The largest value that is drawn.
fn top(view: &View) -> f64 {
    let ends = |place| {
        let it = view.map.cell(place);
        it.interval(view.measure).map(|[_, high]| high).or(it.mean(view.measure))
    };
    let most = view.map.places().filter_map(ends).chain(view.limit).fold(0.0, f64::max);
    if most > 0.0 { most * 1.05 } else { 1.0 }
}

fn scale(view: &View) -> Markup {
    html! { span { (view.number(top(view))) } span { "0" } }
}

fn plot(view: &View, columns: usize) -> Markup {
    let top = top(view);
    let y = |value: f64| HEIGHT * (1.0 - (value / top).clamp(0.0, 1.0));
    let point = |x: usize, value: f64| format!("{}.5 {}", x, fixed(y(value), 2));
    let means: Vec<(usize, f64)> = (0..columns).filter_map(|x| Some((x, view.mean((x, 0))?))).collect();
    let path: Vec<String> = means.iter().map(|(x, mean)| point(*x, *mean)).collect();
    html! {
        svg viewBox={ "0 0 " (columns) " 100" } preserveAspectRatio="none" aria-hidden="true" {
            @for part in bands(view, columns) {
                @let above = part.iter().map(|(x, [_, high])| point(*x, *high));
                @let below = part.iter().rev().map(|(x, [low, _])| point(*x, *low));
                path.band d={ "M" (above.chain(below).collect::<Vec<_>>().join("L")) "Z" } {}
            }
            @if let Some(limit) = view.limit { path.limit d={ "M0 " (fixed(y(limit), 2)) "H" (columns) } {} }
            @if let Some((x, _)) = view.map.own() { path.own d={ "M" (x) ".5 0V100" } {} }
            @if !path.is_empty() { path.mean d={ "M" (path.join("L")) } {} }
            @for (x, mean) in &means { path.dot d={ "M" (point(*x, *mean)) "h0" } {} }
        }
    }
}

/// The intervals of neighbours, as far as they have some. Seeds that all say the same have one without a width.
fn bands(view: &View, columns: usize) -> Vec<Vec<(usize, [f64; 2])>> {
    let interval = |x: usize| {
        let it = view.map.cell((x, 0));
        let values = it.values(view.measure)?;
        let is_same = values.len() > 1 && values.iter().all(|value| *value == values[0]);
        it.interval(view.measure).or(is_same.then(|| [values[0]; 2]))
    };
    let mut parts = vec![Vec::new()];
    for x in 0..columns {
        match (interval(x), parts.last_mut()) {
            (Some(interval), Some(part)) => part.push((x, interval)),
            _ => parts.push(Vec::new()),
        }
    }
    parts.retain(|part| part.len() > 1);
    parts
}
