//! All settings, grouped by who owns them, in the order of a request's path.

use connlab::params::{Group, PARAMS, ParamId};
use connlab::scenario::Scenario;
use connlab::words::count;
use maud::{Markup, PreEscaped, html};

use super::parts::Parts;
use super::timetable::timetable;
use super::{aria, glyph, setting};
use crate::shown::Shown;
use crate::state::Page;

/// This part of the page.
const SETTINGS: &str = "settings";

/// The left side.
pub fn settings(page: &Page, parts: &mut Parts) -> Markup {
    if let Some(same) = parts.of_page(SETTINGS) {
        return same;
    }
    let recipe = &page.recipe;
    let scenario = &recipe.scenario;
    let all = All { base: recipe.base(), unused: scenario.unused() };
    let changed = ParamId::ALL.iter().filter(|param| scenario.differs(&all.base, **param)).count();
    let origin = if recipe.preset.is_some() { "the preset" } else { "the defaults" };
    let is_searched = !page.search.trim().is_empty();
    let is_brief = page.is_brief && !is_searched;
    let html = html! {
        aside.left data-part=(SETTINGS) aria-label="Settings" {
            div.sethead {
                h2 { "Settings" }
                span title={ "Compared with " (origin) } {
                    @if changed == 0 { "as in " (origin) } @else { (changed) " changed" }
                }
                @if changed > 0 {
                    button.btn title={ "All settings as in " (origin) "; Back undoes it" } data-do="reset-all" {
                        (glyph::icon(glyph::UNDO)) "Reset all"
                    }
                }
            }
            (search(page))
            div.groups {
                @if is_brief {
                    (brief(page, &all, parts))
                } @else {
                    // The group of the run comes last: its settings exist in no real system.
                    @for group in Group::ALL {
                        @if group != Group::Run { (self::group(page, &all, group, parts)) }
                    }
                }
                @if !is_searched { (timetable(page, parts)) }
                @if !is_brief { (group(page, &all, Group::Run, parts)) }
            }
            // The explanation of the setting that has the focus or the pointer.
            div.tips {}
            (foot(page))
        }
    };
    parts.part(SETTINGS, html)
}

/// The settings that matter in this preset, and the way to all of them.
fn brief(page: &Page, all: &All, parts: &mut Parts) -> Markup {
    html! {
        section.grp data-key="brief" {
            h3 { "What matters here" }
            @for param in page.that_matter() { (row(page, all, param, parts)) }
            button.btn.line data-testid="all-settings" data-do="all-settings" {
                "All " (PARAMS.len()) " settings"
            }
        }
    }
}

/// What all settings are compared with, and why some of them do nothing.
struct All {
    base: Scenario,
    unused: Vec<Option<String>>,
}

/// A heading that unfolds, the prominent settings that do something, and the others while it is unfolded or they are
/// searched for.
fn group(page: &Page, all: &All, group: Group, parts: &mut Parts) -> Markup {
    let rows = || ParamId::ALL.iter().copied().filter(move |param| param.spec().group == group);
    let searching = !page.search.trim().is_empty();
    if searching && !rows().any(|param| page.finds(param.spec())) {
        return Markup::default();
    }
    let open = page.unfolded[group as usize] || searching;
    let is_prominent = |param: ParamId| param.spec().prominent && all.unused[param as usize].is_none();
    let hidden = rows().filter(|param| !is_prominent(*param)).count();
    let changed = rows().filter(|&param| page.recipe.scenario.differs(&all.base, param)).count();
    let mut those = |prominent: bool| {
        html! {
            @for param in rows() {
                @if is_prominent(param) == prominent && (!searching || page.finds(param.spec())) {
                    (row(page, all, param, parts))
                }
            }
        }
    };
    let id = format!("group-{}", group as usize);
    let html = html! {
        section.grp data-part=(group.title()) {
            h3 {
                button aria-expanded=(aria(open)) aria-controls=(id) data-do="unfold" data-with=(group.title()) {
                    (glyph::place(group)) span { (group.title()) }
                    @if changed > 0 { span.count { "● " (changed) span.sr { " changed" } } }
                    span.more aria-label={ (hidden) " more" } { "+" (hidden) }
                    (glyph::icon(glyph::FORWARD))
                }
            }
            (those(true))
            div id=(id) hidden[!open] { (those(false)) }
            @if group == Group::ServerKernel && !searching { (limit(page)) }
        }
    };
    parts.part(group.title(), html)
}

fn row(page: &Page, all: &All, param: ParamId, parts: &mut Parts) -> Markup {
    setting::row(page, param, &all.base, all.unused[param as usize].clone(), parts)
}

/// The arithmetic where two settings meet.
fn limit(page: &Page) -> Markup {
    let limit = count(u64::from(page.recipe.scenario.params.effective_backlog()) + 1);
    html! { p.derived { "min(backlog, somaxconn) + 1 = " b { (limit) } } }
}

fn search(page: &Page) -> Markup {
    let search = &page.search;
    let nothing = !search.trim().is_empty() && !PARAMS.iter().any(|spec| page.finds(spec));
    let says = page.help.not_modelled(search);
    let says = says.or(nothing.then(|| "No setting has this in its name or description.".into()));
    html! {
        div.find {
            input.text type="search" aria-label="Find a setting" autocomplete="off"
                placeholder={ "Find one of " (PARAMS.len()) " settings" } data-in="search" data-value=(search);
            @if let Some(says) = says { p { (says) } }
        }
    }
}

/// Seed, fingerprint, model card.
fn foot(page: &Page) -> Markup {
    html! {
        footer.setfoot {
            span { "seed" } code { (page.recipe.scenario.params.seed) }
            @if page.is_locked(ParamId::seed) { (setting::locked()) }
            @else { button.new data-do="seed" { "new seed" } }
            (fingerprint(page.shown().map(|shown| &**shown)))
            button.new data-testid="model-card-button" popovertarget="model-card" { "model card" }
            (DOCUMENTS)
            (OFFLINE)
        }
    }
}

/// Of the page without a network one of these is said: which, knows the style, from `data-offline` of the document.
const OFFLINE: PreEscaped<&str> = PreEscaped(
    "<div class=offline><p class=ready>Ready for offline use</p>\
    <p class=newer>A new version is there: <button id=renew class=new>reload to use it</button></p>\
    <p class=others>A new version is there: close the other tabs with this page first</p>\
    <p class=off>Nothing is kept for offline use now</p></div>",
);

/// What tells this run from all others, once it is over.
pub fn fingerprint(shown: Option<&Shown>) -> Markup {
    html! {
        span { "run" } " "
        code data-testid="fingerprint"
            title="The same link gives the same run, with the same fingerprint, everywhere" {
            @if let Some(shown) = shown.filter(|shown| shown.complete) { (shown.report.fingerprint) }
        }
    }
}

/// Where to read more: files beside the page, loaded when their link is followed.
pub const DOCUMENTS: PreEscaped<&str> = PreEscaped(
    "<nav class=documents aria-label=Documents><a href=docs/README.html>Docs</a>\
    <a href=docs/errors.html>Errors</a><a href=docs/source.tar.gz>Source</a>\
    <a href=docs/licence.html>Licence</a></nav>",
);
