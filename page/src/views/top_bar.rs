//! Preset and headline, share, theme; on a phone the tabs below them.

use connlab::preset::PRESETS;
use connlab::teaching::Part;
use connlab::words::count;
use maud::{Markup, html};

use super::glyph;
use super::headline::headline;
use super::parts::Parts;
use super::progress::progress;
use super::share::share;
use super::who::whose;
use crate::state::{Page, Pane, ThemeChoice};

/// This part of the page.
const TOP: &str = "top";

/// The bar over everything.
pub fn top_bar(page: &Page, parts: &mut Parts) -> Markup {
    if let Some(same) = parts.of_page(TOP) {
        return same;
    }
    let bar = html! {
        header.top data-part=(TOP) {
            h1.brand { a href="#" title="What this is, and where to start" { (glyph::BRAND) } }
            div.head { (preset(page, parts)) (headline(page)) }
            (progress(page))
            div.tools { (share(page)) (theme(page)) }
        }
    };
    parts.part(TOP, bar)
}

/// Light, dark, or as the system says.
pub fn theme(page: &Page) -> Markup {
    let theme = match page.theme() {
        ThemeChoice::System => "Theme: as the system",
        ThemeChoice::Light => "Theme: light",
        ThemeChoice::Dark => "Theme: dark",
    };
    html! { button.btn.icon title=(theme) aria-label=(theme) data-do="theme" { (glyph::THEME) } }
}

/// Its stories stand in it, and come once.
fn preset(page: &Page, parts: &mut Parts) -> Markup {
    let (current, help) = (page.recipe.preset, &page.help);
    let choices = html! {
        select data-part="preset" data-testid="preset" aria-label="Preset" data-in="preset"
            title=[current.and_then(|preset| help.story(preset))] {
            option value="custom" selected[current.is_none()] { "Defaults" }
            @for preset in PRESETS {
                @let why_not = page.why_not_preset(preset);
                option value=(preset.name) title=[why_not.as_deref().map(Into::into).or(help.story(preset))]
                    disabled[why_not.is_some()]
                    selected[current.is_some_and(|current| current.name == preset.name)] { (preset.title) }
            }
        }
    };
    html! {
        div.preset {
            @if let Some(lesson) = page.lesson() {
                b data-testid="lesson-title" { "Lesson " (lesson.number()) ": " (lesson.title) }
            } @else if page.hides(Part::Presets) {
                b { (page.title()) }
            } @else {
                (parts.part("preset", choices))
            }
            @if page.is_edited() && page.lesson().is_none() { span.edited { "edited" } }
            (whose(page))
            @if let Some(a) = page.compared() {
                @let requests = &a.report.requests;
                span.edited data-testid="a" { "A: " (count(requests.ok)) " ok, " (count(requests.failed)) " failed" }
            }
        }
    }
}

/// The tabs of a phone.
pub fn panes(page: &Page) -> Markup {
    html! {
        nav.panes aria-label="Sections" {
            @for pane in Pane::ALL.into_iter().filter(|pane| page.has(*pane)) {
                button aria-current=[(pane == page.pane).then_some("true")] data-do="pane" data-with=(pane.name()) {
                    (pane.name())
                }
            }
        }
    }
}
