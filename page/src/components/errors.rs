//! What went wrong: a row for each class of error, with why it happened and what cures it.

use connlab::question::{Question, Topic};
use connlab::sim::error::{ERRORS, ErrorKind, ErrorSpec};
use connlab::sim::report::ErrorRow;
use connlab::words::{count, fixed, percent, short_text};
use yew::prelude::*;

use super::PanelProps as Props;
use super::answer::answer;
use super::notice::marked;
use super::stepper::stepper;
use super::{escaped, glyph, markup, story};
use crate::playhead::Motion;
use crate::shown::Shown;
use crate::state::Action;
use crate::words;

/// The classes that occurred, the commonest first, then the others.
pub fn list(props: &Props, shown: &Shown) -> Html {
    // Until the run is there, nothing is known about why.
    let selected = props.page.selected_kind().filter(|_| shown.complete);
    let is_absent = |spec: &&ErrorSpec| shown.report.errors.iter().all(|row| row.kind != spec.kind);
    let absent: String = ERRORS.iter().filter(is_absent).map(|spec| absent_row(spec, shown)).collect();
    html! {
        <>
            if !shown.complete {
                {markup(format!("<p class=so-far>So far: <b>{}</b> failed</p>", count(shown.report.requests.failed)))}
            } else if shown.report.errors.is_empty() {
                {nothing(props, shown)}
            }
            <ul class="errors" data-testid="errors">
                {for shown.report.errors.iter().map(|error| row(props, shown, error, selected == Some(error.kind)))}
                if shown.complete {
                    <li class="absent">{markup(format!("<h3>Did not occur</h3><ul>{absent}</ul>"))}</li>
                }
            </ul>
        </>
    }
}

fn row(props: &Props, shown: &Shown, error: &ErrorRow, open: bool) -> Html {
    let spec = error.kind.spec();
    let kind = error.kind;
    let id = format!("why-{}", error.class);
    let (shape, text, short) = (glyph::failure(spec.family), escaped(&error.text), escaped(&short_text(&error.text)));
    let (n, share, first_s) =
        (count(error.count), percent(error.count, shown.report.requests.failed), fixed(error.first_ms / 1e3, 3));
    let content = format!(
        "{shape}<code class=tx aria-hidden=true title=\"{text}\">{short}</code><span class=sr>{text} </span>\
        <b class=n>{n}</b><span class=meta>{share}, first at {first_s} s</span>{}",
        sparkline(shown, kind)
    );
    html! {
        <li key={error.class} ~className={if open { "err sel" } else { "err" }}
            data-class={error.class} data-count={error.count.to_string()}>
            <button aria-expanded={open.to_string()} aria-controls={id.clone()}
                onclick={toggle(props, shown, kind, open)}>
                {markup(content)}
            </button>
            <div class="detail" {id} hidden={!open}>if open { {detail(props, error)} }</div>
        </li>
    }
}

/// Opens the row, and has the playhead go to the first of its failures; or closes it.
fn toggle(props: &Props, shown: &Shown, kind: ErrorKind, open: bool) -> Callback<MouseEvent> {
    let (act, go) = (props.act.clone(), props.go.clone());
    let first = shown.failures(kind).first().map(|failure| failure.ended).filter(|_| !open);
    Callback::from(move |_| {
        act.emit(Action::Toggle(kind));
        if let Some(first) = first {
            go.emit(Motion::Put(first));
        }
    })
}

/// The whole text with its telling part, why it happened, what cures it, then what is true of the class in general.
fn detail(props: &Props, error: &ErrorRow) -> Html {
    let short = short_text(&error.text);
    let (address, tail) =
        error.text.split_at(error.text.len() - error.text.strip_suffix(&*short).map_or(0, |_| short.len()));
    let (address, tail) = (escaped(address), escaped(tail));
    html! {
        <>
            {markup(format!("<p class=full><code>{address}<b>{tail}</b></code></p>"))}
            {question(props, error.count)}
            {answer(&props.panel, Topic::Why)}
            <div class="fix">{answer(&props.panel, Topic::Cure)}</div>
            if let Some(texts) = props.page.help.cause_and_cure(error.kind) {
                {markup(format!("<h3>In general</h3><p>{}<p>{}", marked(&texts[0]), marked(&texts[1])))}
            }
        </>
    }
}

/// The question, with a stepper over the failures of the class, or over those that are kept of so many.
fn question(props: &Props, failures: u64) -> Html {
    let Some(failure) = props.panel.failure() else { return Html::default() };
    let kept = props.panel.cases().len() as u64;
    html! {
        <>
            <div class="ask">
                <h3>{format!("Why did #{} fail?", count(failure.request.into()))}</h3>
                {stepper(&props.panel, &props.ask, &props.go)}
                {story::button(props.panel.story().is_some(), &props.act, &props.ask)}
            </div>
            if kept < failures {
                <p class="wait" data-testid="sample">
                    {format!("{} of {} can be asked about: the first 100, and of the others an even sample.",
                        count(kept), count(failures))}
                </p>
            }
        </>
    }
}

/// When the class occurred: the height of a bar is its number relative to the worst stretch.
fn sparkline(shown: &Shown, kind: ErrorKind) -> String {
    const MOST: usize = 60;
    let Some(errors) = shown.series.errors.iter().find(|errors| errors.kind == kind) else { return String::new() };
    let whole = shown.series.duration.as_nanos().div_ceil(shown.series.bucket.as_nanos().max(1)) as usize;
    let chunk = whole.div_ceil(MOST).max(1);
    let bars: Vec<u32> = errors.count.chunks(chunk).map(|bar| bar.iter().sum()).collect();
    let width = whole.div_ceil(chunk).max(1);
    let most = f64::from(bars.iter().copied().max().unwrap_or(1).max(1));
    let path: String = (bars.iter().enumerate().filter(|(_, n)| **n > 0))
        .map(|(i, n)| format!("M{i}.5 12v-{}", fixed((f64::from(*n) / most * 11.0).max(1.5), 1)))
        .collect();
    format!(
        "<svg class=spark viewBox='0 0 {width} 12' preserveAspectRatio=none aria-hidden=true color='var(--{})'>\
        <path class=base d='M0 12H{width}' /><path d='{path}' /></svg>",
        kind.spec().family.token()
    )
}

fn absent_row(spec: &ErrorSpec, shown: &Shown) -> String {
    let (text, distance) = (escaped(&short_text(spec.text)), words::distance(spec, shown));
    let (class, shape) = (spec.class, glyph::failure(spec.family));
    format!("<li data-class={class} data-count=0>{shape}<span class=tx>{text}</span><span>{distance}</span>")
}

/// A run without failures says what is remarkable, and what came nearest to one.
fn nothing(props: &Props, shown: &Shown) -> Html {
    let limits: String = words::nearest_limits(shown).iter().map(|limit| format!("<li>{}", limit.sentence())).collect();
    html! {
        <div class="calm">
            if let Some(question) = props.panel.remarkable("") { {remarkable(props, &question)} }
            {markup(format!("<p><b>No request failed.</b> The limits that came nearest:</p><ul>{limits}</ul>"))}
        </div>
    }
}

/// Why the slowest answer took so long, or why a request dialed; and what cures that.
fn remarkable(props: &Props, question: &Question) -> Html {
    let asked = if question.is_about_dial() { "dial" } else { "take so long" };
    html! {
        <section data-testid="remarkable">
            <div class="ask">
                <h3>{format!("Why did #{} {asked}?", count(question.request().unwrap_or_default().into()))}</h3>
                {story::button(props.panel.story().is_some(), &props.act, &props.ask)}
            </div>
            {answer(&props.panel, Topic::Why)}
            <div class="fix">{answer(&props.panel, Topic::Cure)}</div>
        </section>
    }
}
