//! What went wrong: a row for each class of error, with why it happened and what cures it.

use connlab::question::{Question, Topic};
use connlab::sim::error::{ERRORS, ErrorKind, ErrorSpec};
use connlab::sim::report::ErrorRow;
use connlab::teaching::Part;
use connlab::words::{count, fixed, percent, short_text};
use maud::{Markup, html};

use super::answer::answer;
use super::notice::marked;
use super::parts::Parts;
use super::stepper::stepper;
use super::{aria, glyph, story};
use crate::app::App;
use crate::panel::Panel;
use crate::shown::Shown;
use crate::state::Page;
use crate::words;

/// The classes that occurred, the commonest first, then the others.
pub fn list(app: &App, shown: &Shown, parts: &mut Parts) -> Markup {
    // Until the run is there, nothing is known about why.
    let selected = app.page.selected_kind().filter(|_| shown.complete);
    let is_absent = |spec: &&ErrorSpec| shown.report.errors.iter().all(|row| row.kind != spec.kind);
    html! {
        @if !shown.complete {
            p.so-far { "So far: " b { (count(shown.report.requests.failed)) } " failed" }
        } @else if shown.report.errors.is_empty() {
            (nothing(app, shown, parts))
        }
        ul.errors data-testid="errors" {
            @for error in &shown.report.errors { (row(app, shown, error, selected == Some(error.kind), parts)) }
            @if shown.complete {
                li.absent {
                    h3 { "Did not occur" }
                    ul { @for spec in ERRORS.iter().filter(is_absent) { (absent_row(spec, shown, parts)) } }
                }
            }
        }
    }
}

fn row(app: &App, shown: &Shown, error: &ErrorRow, open: bool, parts: &mut Parts) -> Markup {
    let spec = error.kind.spec();
    html! {
        li data-key=(error.class) class=(if open { "err sel" } else { "err" }) data-class=(error.class)
            data-count=(error.count) {
            button aria-expanded=(aria(open)) aria-controls={ "why-" (error.class) }
                data-do="toggle" data-with=(error.class) {
                (glyph::failure(spec.family))
                code.tx aria-hidden="true" title=(error.text) { (short_text(&error.text)) }
                span.sr { (error.text) " " }
                b.n { (count(error.count)) }
                span.meta {
                    (percent(error.count, shown.report.requests.failed)) ", first at "
                    (fixed(error.first_ms / 1e3, 3)) " s"
                }
                (sparkline(shown, error.kind))
            }
            div.detail id={ "why-" (error.class) } hidden[!open] { @if open { (detail(app, error, parts)) } }
        }
    }
}

/// The whole text with its telling part, why it happened, what cures it, then what is true of the class in general.
fn detail(app: &App, error: &ErrorRow, parts: &mut Parts) -> Markup {
    let short = short_text(&error.text);
    let (address, tail) =
        error.text.split_at(error.text.len() - error.text.strip_suffix(&*short).map_or(0, |_| short.len()));
    html! {
        p.full { code { (address) b { (tail) } } }
        @if !app.page.hides(Part::Why) {
            (question(&app.page, &app.panel, error.count)) (answer(&app.panel, parts, Topic::Why))
        }
        @if !app.page.hides(Part::Cure) { div.fix { (answer(&app.panel, parts, Topic::Cure)) } }
        @if let Some([cause, cure]) = app.page.help.cause_and_cure(error.kind) {
            @if !app.page.hides(Part::Why) { h3 { "In general" } p { (marked(&cause)) } }
            @if !app.page.hides(Part::Cure) { p { (marked(&cure)) } }
        }
    }
}

/// The question, with a stepper over the failures of the class, or over those that are kept of so many.
fn question(page: &Page, panel: &Panel, failures: u64) -> Markup {
    let Some(failure) = panel.failure() else { return Markup::default() };
    let kept = panel.cases().len() as u64;
    html! {
        div.ask {
            h3 { "Why did #" (count(failure.request.into())) " fail?" }
            (stepper(panel)) @if !page.hides(Part::Story) { (story::button(panel)) }
        }
        @if kept < failures {
            p.wait data-testid="sample" {
                (count(kept)) " of " (count(failures))
                " can be asked about: the first 100, and of the others an even sample."
            }
        }
    }
}

/// When the class occurred: the height of a bar is its number relative to the worst stretch.
fn sparkline(shown: &Shown, kind: ErrorKind) -> Markup {
    const MOST: usize = 60;
    let Some(errors) = shown.series.errors.iter().find(|errors| errors.kind == kind) else { return Markup::default() };
    let whole = shown.series.duration.as_nanos().div_ceil(shown.series.bucket.as_nanos().max(1)) as usize;
    let chunk = whole.div_ceil(MOST).max(1);
    let bars: Vec<u32> = errors.count.chunks(chunk).map(|bar| bar.iter().sum()).collect();
    let width = whole.div_ceil(chunk).max(1);
    let most = f64::from(bars.iter().copied().max().unwrap_or(1).max(1));
    let mut path = String::new();
    for (i, n) in bars.iter().enumerate().filter(|(_, n)| **n > 0) {
        path += &format!("M{i}.5 12v-{}", fixed((f64::from(*n) / most * 11.0).max(1.5), 1));
    }
    html! {
        svg.spark viewBox={ "0 0 " (width) " 12" } preserveAspectRatio="none" aria-hidden="true"
            color={ "var(--" (kind.spec().family.token()) ")" } {
            path.base d={ "M0 12H" (width) } {} path d=(path) {}
        }
    }
}

fn absent_row(spec: &ErrorSpec, shown: &Shown, parts: &mut Parts) -> Markup {
    let part = format!("absent {}", spec.class);
    let row = html! {
        li data-part=(part) data-class=(spec.class) data-count="0" {
            (glyph::failure(spec.family)) span.tx { (short_text(spec.text)) } span { (words::distance(spec, shown)) }
        }
    };
    parts.part(&part, row)
}

/// A run without failures says what is remarkable, and what came nearest to one.
fn nothing(app: &App, shown: &Shown, parts: &mut Parts) -> Markup {
    html! {
        div.calm {
            @if let Some(question) = app.panel.remarkable("") { (remarkable(app, &question, parts)) }
            p { b { "No request failed." } " The limits that came nearest:" }
            ul { @for limit in words::nearest_limits(shown) { li { (limit.sentence()) } } }
        }
    }
}

/// Why the slowest answer took so long, or why a request dialed; and what cures that.
fn remarkable(App { page, panel, .. }: &App, question: &Question, parts: &mut Parts) -> Markup {
    let asked = if question.is_about_dial() { "dial" } else { "take so long" };
    html! {
        section data-testid="remarkable" {
            @if !page.hides(Part::Why) {
                div.ask {
                    h3 { "Why did #" (count(question.request().unwrap_or_default().into())) " " (asked) "?" }
                    @if !page.hides(Part::Story) { (story::button(panel)) }
                }
                (answer(panel, parts, Topic::Why))
            }
            @if !page.hides(Part::Cure) { div.fix { (answer(panel, parts, Topic::Cure)) } }
        }
    }
}
