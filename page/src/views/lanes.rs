//! What happens when, over the plots: changes of the timetable, and failures in clusters.

use connlab::sim::error::ErrorKind;
use connlab::sim::report::Series;
use connlab::teaching::Part;
use connlab::time::SimTime;
use connlab::words::{count, fixed, seconds};
use maud::{Markup, html};

use super::charts::scale;
use super::glyph;
use super::handles::handles;
use super::parts::Parts;
use crate::app::App;
use crate::playhead::{self, CLUSTER_S, Cluster};
use crate::shown::Shown;
use crate::state::{Page, Pane, View};
use crate::words;

/// What the lane of errors is called where its size is told.
pub const LANE: &str = "lanes";

/// The lanes. What the controls say is in a drag a moment ahead of the run.
pub fn lanes(app: &App, shown: &Shown, parts: &mut Parts) -> Markup {
    let on = (None, app.size(LANE));
    if let Some(same) = parts.of_both(LANE, on) {
        return same;
    }
    let scale = scale(&app.page).1;
    let width = f64::from(app.size(LANE).0) / scale;
    // The smallest phone, until the real width is known.
    let width = if width > 0.0 { width } else { 320.0 };
    let marks = place(marks(&shown.series, width, scale > 1.0), width);
    let marks = if app.page.hides(Part::Errors) { Vec::new() } else { marks };
    let rows = marks.iter().map(|mark| mark.row + 1).max().unwrap_or(0);
    // Then the charts below keep their place.
    parts.rows = if app.page.is_dragged { rows.max(parts.rows) } else { rows };
    let lanes = html! {
        div.lanes data-part=(LANE) {
            (changes(&app.page))
            div.lane.marks data-measure=(LANE) data-style={ "--rows:" (parts.rows) } {
                @if rows > 0 {
                    span.name { "errors" }
                    ol aria-label="When requests failed" { @for mark in &marks { (item(mark)) } }
                }
            }
        }
    };
    parts.part_on(LANE, on, lanes)
}

/// A text needs about this share of the width.
const ROOM: f64 = 0.08;

/// What changes during the run, as bars of their true length; nothing if nothing does.
fn changes(page: &Page) -> Markup {
    let (scenario, editable) = (&page.recipe.scenario, page.view() == View::Workbench && page.has(Pane::Change));
    let faults = words::faults(scenario);
    // Where nothing can be changed, nothing is only said where something changes.
    if scenario.timetable.is_empty() && !editable {
        return Markup::default();
    }
    let length = scenario.end().as_secs_f64().max(1e-9);
    let item = |i: usize| {
        let fault = &faults[i];
        let (from, to) = (fault.from_s / length, fault.to_s / length);
        let room = faults.get(i + 1).map_or(1.0, |next| next.from_s / length) - from;
        let when = format!("{} to {}: ", seconds(fault.from_s), seconds(fault.to_s));
        html! {
            li title={ (when) (fault.text) } data-style={
                "--from:" (percent_of(from)) ";--length:" (percent_of(to - from)) ";--room:" (percent_of(room))
            } {
                i {}
                span class=(if room < ROOM { "text-of sr" } else { "text-of" }) { span.sr { (when) } (fault.text) }
            }
        }
    };
    html! {
        div.lane data-key="changes" {
            @if editable && page.draftable().is_some() {
                button.name data-testid="add-on-axis" title="Add a change during the run" data-do="draft" { "+ change" }
            } @else {
                span.name { "changes" }
            }
            ol aria-label="Changes during the run" { @for i in 0..faults.len() { (item(i)) } }
            @if editable { (handles(page)) }
        }
    }
}

/// A thing on the lane of errors.
struct Mark {
    /// Where it stands: a share of the width.
    at: f64,
    row: usize,
    /// Its class; `None` is the overflow.
    kind: Option<ErrorKind>,
    /// The first of its kind is named.
    is_first: bool,
    text: String,
    title: String,
    /// The stretch of time in which it is looked for begins here.
    from: SimTime,
}

/// Pixels for a letter, and for shape and gaps.
const LETTER: f64 = 6.2;
const SHAPE: f64 = 22.0;
/// A mark has to be this near, in pixels, to where it belongs.
const ASIDE: f64 = 40.0;
const ROWS: usize = 2;

/// The first overflow and the failures in clusters. What would overlap within a class is one. Where the classes are
/// listed anyway and there is little room, marks are numbers only.
fn marks(series: &Series, width: f64, is_listed: bool) -> Vec<Mark> {
    let length = series.duration.as_secs_f64().max(1e-9);
    let share = |bucket: usize| series.bucket_start(bucket).as_secs_f64() / length;
    let apart_s = CLUSTER_S.max(2.0 * SHAPE / width.max(1.0) * length);
    let failures = |cluster: Cluster| {
        let Cluster { kind, from, to, count: failed, is_first } = cluster;
        let label = kind.spec().label;
        let mut text = count(failed);
        if is_first && !is_listed {
            text += &format!(" {label}");
        }
        let [first, last] = [from, to + 1].map(|bucket| seconds(series.bucket.as_secs_f64() * bucket as f64));
        let title = format!("{label}: {} from {first} to {last}", count(failed));
        let at = share(from);
        Mark { at, row: 0, kind: Some(kind), is_first, text, title, from: series.bucket_start(from) }
    };
    let mut marks: Vec<_> = playhead::clusters(series, apart_s).into_iter().map(failures).collect();
    if let Some(bucket) = playhead::first_overflow(series).filter(|_| !is_listed) {
        let at_s = seconds(series.bucket.as_secs_f64() * bucket as f64);
        let overflow = Mark {
            at: share(bucket),
            row: 0,
            kind: None,
            is_first: true,
            text: "first overflow".into(),
            title: format!("The accept queue first overflows after {at_s}"),
            from: SimTime::ZERO,
        };
        marks.insert(marks.partition_point(|mark| mark.at < overflow.at), overflow);
    }
    marks
}

/// Every mark in the first row where it is near to where it belongs. The first of a kind gets a row of its own if it
/// must; others for which there is no room are left to the plot.
fn place(marks: Vec<Mark>, width: f64) -> Vec<Mark> {
    let mut free: Vec<f64> = vec![0.0; ROWS];
    let mut placed = Vec::new();
    for mut mark in marks {
        let needed = SHAPE + LETTER * mark.text.chars().count() as f64;
        let wanted = (mark.at * width).min(width - needed).max(0.0);
        let row = free.iter().position(|free| *free - wanted <= ASIDE && *free + needed <= width);
        if row.is_none() && mark.is_first {
            free.push(0.0);
        }
        let Some(row) = row.or(mark.is_first.then_some(free.len() - 1)) else { continue };
        let x = free[row].max(wanted);
        free[row] = x + needed;
        mark.row = row;
        mark.at = x / width.max(1.0);
        placed.push(mark);
    }
    placed
}

fn item(mark: &Mark) -> Markup {
    let Mark { kind, title, text, .. } = mark;
    let place = format!("--from:{};--row:{}", percent_of(mark.at), mark.row);
    let with = kind.map_or_else(String::new, |kind| format!("{} {}", kind.class(), mark.from.as_nanos()));
    // Every error is also reached with the bar's buttons and its row: these would be many stops on the way.
    html! {
        li data-style=(place) {
            button tabindex="-1" title=(title) data-do="mark" data-with=(with) {
                @match kind { Some(kind) => (glyph::failure(kind.spec().family)), None => (glyph::full()) }
                span.sr { (title) } span aria-hidden="true" { (text) }
            }
        }
    }
}

/// A share of a length, as CSS has it.
fn percent_of(share: f64) -> String {
    fixed(share * 100.0, 3) + "%"
}

#[cfg(test)]
mod tests {
    use super::*;
    use connlab::link;
    use connlab::preset::PRESETS;
    use connlab::sim::Sim;

    #[test]
    fn the_first_of_every_class_has_its_mark_and_none_covers_another() {
        for preset in PRESETS {
            let mut sim = Sim::new(&link::scenario(&format!("p={}&duration=25s", preset.name)));
            sim.run();
            let (series, report) = (sim.series(), sim.report());
            for width in [260.0, 324.0, 612.0, 1_600.0] {
                let marks = place(marks(&series, width, false), width);
                let first = |kind| marks.iter().filter(|mark| mark.is_first && mark.kind == kind).count();
                for row in &report.errors {
                    assert_eq!(first(Some(row.kind)), 1, "{}: {} at {width}", preset.name, row.class);
                }
                assert_eq!(first(None) == 1, report.nstat.TcpExtListenOverflows > 0, "{}", preset.name);
                for (i, mark) in marks.iter().enumerate() {
                    let end = mark.at * width + SHAPE + LETTER * mark.text.len() as f64;
                    let next = marks[i + 1..].iter().find(|next| next.row == mark.row);
                    assert!(next.is_none_or(|next| next.at * width >= end - 0.01), "{} at {width}", preset.name);
                }
            }
        }
    }
}
