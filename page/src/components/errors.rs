//! What went wrong: a row for each class of error, with cause and cure.

use connlab::chart::words::{count, percent};
use connlab::sim::error::{ERRORS, ErrorKind, ErrorSpec};
use connlab::sim::report::ErrorRow;
use yew::prelude::*;

use super::{Props, glyph};
use crate::state::{Action, Shown};
use crate::words;

/// The right side.
pub fn errors(props: &Props) -> Html {
    let head = |text: Html| html! { <div class="errhead"><h2>{"Errors"}</h2>{text}</div> };
    let Some(shown) = &props.page.shown else {
        return html! { <aside class="right" aria-label="Errors">{head(Html::default())}</aside> };
    };
    let requests = &shown.report.requests;
    let summary = format!("{} of {} requests failed", count(requests.failed), count(requests.offered));
    html! {
        <aside class="right" aria-label="Errors">
            {head(html! { <span>{summary}</span> })}
            <div class="body">{list(props, shown)}</div>
        </aside>
    }
}

/// The classes that occurred, the commonest first, then the others.
fn list(props: &Props, shown: &Shown) -> Html {
    let selected = props.page.selected_kind();
    let absent = ERRORS.iter().filter(|spec| shown.report.errors.iter().all(|row| row.kind != spec.kind));
    html! {
        <>
            if shown.report.errors.is_empty() { {nothing(shown)} }
            <ul class="errors" data-testid="errors">
                {for shown.report.errors.iter().map(|error| row(props, shown, error, selected == Some(error.kind)))}
                <li class="absent">
                    <h3>{"Did not occur"}</h3>
                    <ul>{for absent.map(|spec| absent_row(spec, shown))}</ul>
                </li>
            </ul>
        </>
    }
}

fn row(props: &Props, shown: &Shown, error: &ErrorRow, open: bool) -> Html {
    let spec = error.kind.spec();
    let kind = error.kind;
    let id = format!("why-{}", error.class);
    let meta =
        format!("{}, first at {:.3} s", percent(error.count, shown.report.requests.failed), error.first_ms / 1e3,);
    html! {
        <li class={if open { "err sel" } else { "err" }}
            data-class={error.class} data-count={error.count.to_string()}>
            <button aria-expanded={open.to_string()} aria-controls={id.clone()}
                onclick={props.act.reform(move |_| Action::Toggle(kind))}>
                {glyph::failure(spec.family)}
                <code class="tx" aria-hidden="true" title={error.text.clone()}>{words::short_text(&error.text)}</code>
                <span class="sr">{&error.text}{" "}</span>
                <b class="n">{count(error.count)}</b>
                <span class="meta">{meta}</span>
                {sparkline(shown, kind)}
            </button>
            <div class="detail" {id} hidden={!open}>{if open { detail(error, spec) } else { Html::default() }}</div>
        </li>
    }
}

/// The whole text with its telling part, then cause and cure.
fn detail(error: &ErrorRow, spec: &ErrorSpec) -> Html {
    let short = words::short_text(&error.text);
    let (address, tail) =
        error.text.split_at(error.text.len() - error.text.strip_suffix(&*short).map_or(0, |_| short.len()));
    html! {
        <>
            <p class="full"><code>{address}<b>{tail}</b></code></p>
            <h3>{"Cause"}</h3><p>{spec.cause}</p>
            <h3>{"Cure"}</h3><p class="cure">{spec.cure}</p>
        </>
    }
}

/// When the class occurred: the height of a bar is its number relative to the worst stretch.
fn sparkline(shown: &Shown, kind: ErrorKind) -> Html {
    const MOST: usize = 60;
    let Some(errors) = shown.series.errors.iter().find(|errors| errors.kind == kind) else { return Html::default() };
    let whole = shown.series.duration.as_nanos().div_ceil(shown.series.bucket.as_nanos().max(1)) as usize;
    let chunk = whole.div_ceil(MOST).max(1);
    let bars: Vec<u32> = errors.count.chunks(chunk).map(|bar| bar.iter().sum()).collect();
    let width = whole.div_ceil(chunk).max(1);
    let most = f64::from(bars.iter().copied().max().unwrap_or(1).max(1));
    let path: String = (bars.iter().enumerate().filter(|(_, n)| **n > 0))
        .map(|(i, n)| format!("M{i}.5 12v-{:.1}", (f64::from(*n) / most * 11.0).max(1.5)))
        .collect();
    html! {
        <svg class="spark" viewBox={format!("0 0 {width} 12")} preserveAspectRatio="none" aria-hidden="true"
            style={format!("color:var(--{})", kind.spec().family.token())}>
            <path class="base" d={format!("M0 12H{width}")} /><path d={path} />
        </svg>
    }
}

fn absent_row(spec: &'static ErrorSpec, shown: &Shown) -> Html {
    let text = words::short_text(spec.text);
    html! {
        <li data-class={spec.class} data-count="0">
            {glyph::failure(spec.family)}<span class="tx">{text}</span><span>{words::distance(spec, shown)}</span>
        </li>
    }
}

/// A run without failures says what came nearest to one.
fn nothing(shown: &Shown) -> Html {
    let peak = |limit: words::Limit| html! { <li>{limit.sentence()}</li> };
    html! {
        <div class="calm">
            <p><b>{"No request failed."}</b>{" Nearest limits:"}</p>
            <ul>{for words::nearest_limits(shown).into_iter().map(peak)}</ul>
        </div>
    }
}
