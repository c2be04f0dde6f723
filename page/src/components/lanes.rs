//! What happens when, over the plots: changes of the timetable, and failures in clusters.

use connlab::scenario::Scenario;
use connlab::sim::error::ErrorKind;
use connlab::sim::replay::What;
use connlab::sim::report::Series;
use connlab::time::SimTime;
use connlab::words::{count, fixed, seconds};
use yew::prelude::*;

use super::figure::use_size;
use super::handles::handles;
use super::{Same, glyph, markup, sends};
use crate::playhead::{self, CLUSTER_S, Cluster, Motion, Step};
use crate::shown::Shown;
use crate::state::Action;
use crate::{timetable, words};

/// What to show.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// Of which run.
    pub shown: Same<Shown>,
    /// What the controls say: in a drag it is a moment ahead of the run.
    pub scenario: Scenario,
    /// Whom to tell of a jump; without it the lanes are only looked at.
    pub go: Option<Callback<Motion>>,
    /// Whether the changes during the run can be moved here, and others added.
    pub editable: bool,
    /// Whom to tell of a selection.
    pub act: Callback<Action>,
    /// How much larger everything is than on a desk.
    pub scale: f64,
    /// Whether a slider is moving: then the charts below keep their place.
    pub dragged: bool,
}

/// The lanes; nothing for a run in which nothing changes or fails.
#[component]
pub fn Lanes(props: &Props) -> Html {
    let lane = use_node_ref();
    let width = f64::from(use_size(lane.clone()).0) / props.scale;
    // The smallest phone, until the real width is known.
    let width = if width > 0.0 { width } else { 320.0 };
    let marks = place(marks(&props.shown.series, width, props.scale > 1.0), width);
    let rows = marks.iter().map(|mark| mark.row + 1).max().unwrap_or(0);
    let most = use_mut_ref(|| 0);
    let room = if props.dragged { rows.max(*most.borrow()) } else { rows };
    *most.borrow_mut() = room;
    html! {
        <div class="lanes">
            {changes(props)}
            <div class="lane marks" ref={lane} ~style={format!("--rows:{room}")}>
                if rows > 0 {
                    <span class="name">{"errors"}</span>
                    <ol aria-label="When requests failed">{for marks.iter().map(|mark| item(props, mark))}</ol>
                }
            </div>
        </div>
    }
}

/// A text needs about this share of the width.
const ROOM: f64 = 0.08;

/// What changes during the run, as bars of their true length; nothing if nothing does.
fn changes(props: &Props) -> Html {
    let faults = words::faults(&props.scenario);
    // Where nothing can be changed, nothing is only said where something changes.
    if props.scenario.timetable.is_empty() && !props.editable {
        return Html::default();
    }
    let length = props.scenario.end().as_secs_f64().max(1e-9);
    let items = faults.iter().enumerate().map(|(i, fault)| {
        let (from, to) = (fault.from_s / length, fault.to_s / length);
        let room = faults.get(i + 1).map_or(1.0, |next| next.from_s / length) - from;
        let place =
            format!("--from:{};--length:{};--room:{}", percent_of(from), percent_of(to - from), percent_of(room));
        let when = format!("{} to {}: ", seconds(fault.from_s), seconds(fault.to_s));
        let class = if room < ROOM { "text-of sr" } else { "text-of" };
        html! {
            <li ~style={place} title={format!("{when}{}", fault.text)}>
                {markup(format!("<i></i><span class='{class}'><span class=sr>{when}</span>{}</span>", fault.text))}
            </li>
        }
    });
    html! {
        <div class="lane">
            {name(props)}
            <ol aria-label="Changes during the run">{for items}</ol>
            if props.editable { {handles(&props.scenario, &props.act)} }
        </div>
    }
}

/// What the lane is called: where changes can be made, a button that adds one.
fn name(props: &Props) -> Html {
    if !props.editable {
        return html! { <span class="name">{"changes"}</span> };
    }
    html! {
        <button class="name" data-testid="add-on-axis" title="Add a change during the run"
            onclick={sends(&props.act, Action::Draft(timetable::usual()))}>{"+ change"}</button>
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
    step: Step,
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
        let step = Step::FirstFrom(What::Failure(Some(kind)), series.bucket_start(from));
        Mark { at: share(from), row: 0, kind: Some(kind), is_first, text, title, step }
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
            step: Step::FirstFrom(What::Overflow, SimTime::ZERO),
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

fn item(props: &Props, mark: &Mark) -> Html {
    let place = format!("--from:{};--row:{}", percent_of(mark.at), mark.row);
    let shape = mark.kind.map_or_else(glyph::full, |kind| glyph::failure(kind.spec().family));
    let Mark { title, text, .. } = mark;
    let content = markup(format!("{shape}<span class=sr>{title}</span><span aria-hidden=true>{text}</span>"));
    let Some(go) = &props.go else {
        return html! { <li ~style={place} title={mark.title.clone()}>{content}</li> };
    };
    let (go, act, step, kind) = (go.clone(), props.act.clone(), mark.step, mark.kind);
    let onclick = Callback::from(move |_: MouseEvent| {
        if let Some(kind) = kind {
            act.emit(Action::Select(kind));
        }
        go.emit(Motion::Step(step));
    });
    // Every error is also reached with the bar's buttons and its row: these would be many stops on the way.
    html! { <li ~style={place}><button tabindex="-1" title={mark.title.clone()} {onclick}>{content}</button></li> }
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
