//! The right column: a visitor's own error, what went wrong and why, sockets, the run as load generators print it.

use connlab::lesson::Step;
use connlab::question::Topic;
use connlab::teaching::Part;
use maud::{Markup, html};

use super::answer::answer;
use super::notice::marked;
use super::parts::{On, Parts};
use super::paste::paste;
use super::{errors, glyph, option, tabs, thresholds};
use crate::app::App;
use crate::panel::{FOLDED, Panel, Tab};
use crate::shown::Shown;
use crate::state::Page;

/// This part of the page.
const PANEL: &str = "panel";

/// The right side.
pub fn panel(app: &App, parts: &mut Parts) -> Markup {
    let (page, panel) = (&app.page, &app.panel);
    if let Some(same) = parts.of_both(PANEL, On::default()) {
        return same;
    }
    let all = Tab::all(page);
    let Some(tab) = panel.tab(page) else { return Markup::default() };
    let (is_errors, name) = (tab == Tab::Errors, tab.name());
    let column = html! {
        aside.right data-part=(PANEL) aria-label="About the run" {
            div.errhead { (tabs::tabs("panel", "About the run", &all, tab)) }
            div.body id="panel-panel" role="tabpanel" aria-labelledby={ "panel-" (name) }
                tabindex=(if is_errors { "-1" } else { "0" }) {
                @if is_errors && !page.hides(Part::Paste) { (paste(panel, parts)) }
                @if let Some(shown) = page.shown() {
                    @match tab {
                        Tab::Errors => {
                            (about(page, shown)) (difference(page, panel, parts)) (errors::list(app, shown, parts))
                            @if panel.told(Topic::Risks).is_some() && !page.hides(Part::Risks) {
                                (answer(panel, parts, Topic::Risks))
                            }
                            @for at in 0..FOLDED.len() { (folded(page, panel, parts, at)) }
                        }
                        Tab::Sockets => (sockets(panel, shown, parts)),
                        Tab::Lesson => (lesson(page, panel, parts)),
                        Tab::Cell => (answer(panel, parts, Topic::Cell)),
                        Tab::Summary => {
                            (thresholds::thresholds(page)) (answer(panel, parts, Topic::Summary))
                        }
                    }
                }
            }
        }
    };
    parts.part(PANEL, column)
}

/// What happens in the preset, and where to start. Where nothing fails, that is all there is to say.
fn about(page: &Page, shown: &Shown) -> Markup {
    let Some(preset) = page.recipe.preset.filter(|_| !page.is_edited()) else { return Markup::default() };
    html! {
        details.about open[shown.complete && shown.report.errors.is_empty()] data-key=(preset.name) {
            summary { "About this preset" }
            @if let Some(story) = page.help.story(preset) { p { (marked(&story)) } }
        }
    }
}

/// What takes many runs, for whom opens it.
fn folded(page: &Page, panel: &Panel, parts: &mut Parts, at: usize) -> Markup {
    let Some(open) = panel.is_open(at, page) else { return Markup::default() };
    let (topic, title) = FOLDED[at];
    if page.hides_answer(topic) {
        return Markup::default();
    }
    html! {
        details.tried id=(topic.name()) open[open] {
            summary { (title) }
            @if open { (answer(panel, parts, topic)) }
        }
    }
}

/// What the last change did.
fn difference(page: &Page, panel: &Panel, parts: &mut Parts) -> Markup {
    if page.before().is_none() {
        return if page.is_pinned() { pinned() } else { Markup::default() };
    }
    html! {
        section.tried {
            @if page.is_pinned() {
                header { h3 { "A, pinned, and B, now" } button.go data-do="swap" { "Swap" } }
            } @else {
                h3 { "What this change did" }
            }
            @if !page.hides(Part::Difference) { (answer(panel, parts, Topic::Difference)) }
            @if !page.hides(Part::Seeds) { h3 { "With other seeds, too" } (answer(panel, parts, Topic::Seeds)) }
        }
    }
}

/// A lesson; and whether what it shows is luck.
fn lesson(page: &Page, panel: &Panel, parts: &mut Parts) -> Markup {
    html! {
        (answer(panel, parts, Topic::Lesson))
        @if page.before().is_some() && [Step::Compare, Step::Explain].contains(&page.notes.step) {
            section.tried { h3 { "With other seeds, too" } (answer(panel, parts, Topic::Seeds)) }
        }
    }
}

/// There is nothing to compare yet.
fn pinned() -> Markup {
    html! {
        section.tried {
            h3 { "A is pinned" }
            p { "It is this very run. Change a setting, and both are compared here." }
        }
    }
}

/// What `ss` says at the playhead, of one host.
fn sockets(panel: &Panel, shown: &Shown, parts: &mut Parts) -> Markup {
    let clients = shown.scenario.params.clients as u16;
    let client = |number: u16| {
        let name = if clients > 1 { format!("Client {}", number + 1) } else { "Client".into() };
        option(&number.to_string(), &name, panel.client == Some(number))
    };
    html! {
        div.choice {
            select aria-label="Host" data-testid="host" data-in="host" {
                (option("server", "Server", panel.client.is_none()))
                @for number in 0..clients { (client(number)) }
            }
            (glyph::icon(glyph::FORWARD))
        }
        (answer(panel, parts, Topic::Sockets))
    }
}
