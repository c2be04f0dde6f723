//! What the page looks like: pure functions from [`App`] to HTML. [`crate::document`] takes over what is new in it.
//!
//! What a control means stands in its attributes: `data-do` what pressing it does, `data-in` what is entered in it, and
//! `data-with` to what. [`App`] knows these words. A style is `data-style`, for the page's policy lets no HTML have
//! one; `data-value` is what a control is set to, also if a visitor has entered something else since; `data-key` tells
//! an element from others of its kind.

use connlab::chart::Chart;
use connlab::teaching::Part;
use maud::{Markup, PreEscaped, html};

use crate::app::App;
use crate::choices;
use crate::state::{Pane, View};

pub mod answer;
pub mod charts;
pub mod code;
pub mod embed;
pub mod errors;
pub mod figure;
pub mod glyph;
pub mod handles;
pub mod headline;
pub mod lanes;
pub mod model_card;
pub mod notice;
pub mod panel;
pub mod parts;
pub mod paste;
pub mod progress;
pub mod projector;
pub mod scene;
pub mod setting;
pub mod settings;
pub mod share;
pub mod start;
pub mod stepper;
pub mod story;
pub mod sweep;
pub mod tabs;
pub mod thresholds;
pub mod timetable;
pub mod top_bar;
pub mod transport;
pub mod who;

use parts::Parts;

/// The page in the view that its link names: what of it is to be drawn anew.
pub fn page(app: &App, parts: &mut Parts) -> Vec<String> {
    parts.begin(app);
    let view = match app.page.view() {
        _ if app.page.asks_who() => who::who(&app.page),
        View::Workbench => workbench(app, parts),
        View::Start => start::start(app, parts),
        View::Projector => projector(app, parts),
        View::Embed => embed(app, parts),
    };
    parts.end(html! { (view) p.sr role="status" data-testid="note" { (app.said) } })
}

fn workbench(app: &App, parts: &mut Parts) -> Markup {
    let page = &app.page;
    let story = story::story(&app.panel, parts);
    // So does a map, without the transport: it has no instant.
    let sweep = page.sweeps() && story.is_none();
    let charts = if story.is_some() { Vec::new() } else { choices::visible(page, &Chart::ALL) };
    let has_scene = !page.hides(Part::Scene);
    html! {
        div.app data-key="workbench" data-pane=(page.pane.name()) {
            (SKIP)
            (top_bar::top_bar(page, parts)) (notice::notice(page)) (top_bar::panes(page))
            @if page.has(Pane::Change) { (settings::settings(page, parts)) }
            main.mid aria-label=(OVER_TIME) {
                // A story takes the place of scene and charts.
                @if sweep {
                    (sweep::sweep(&app.panel, parts))
                } @else if !page.reveals("") {
                    p.veil data-testid="veil" { "The run stays hidden until you lock in your prediction" }
                } @else {
                    @if let Some(story) = story { (story) } @else if has_scene { (scene::scene(app, parts, false)) }
                    (transport::transport(app, parts)) (charts::charts(app, parts, &charts))
                }
            }
            @if page.has(Pane::Why) { (panel::panel(app, parts)) }
            (model_card::model_card(page.model_card, &app.panel, parts))
            (share::menu(page, &app.panel, parts)) (code::code(&app.panel, parts))
        }
    }
}

fn projector(app: &App, parts: &mut Parts) -> Markup {
    html! {
        div.projector data-key="projector" data-style={ "--size:" (choices::size(&app.page)) } {
            (projector::projector(app, parts)) (code::code(&app.panel, parts))
            main.mid aria-label=(OVER_TIME) {
                @if !app.page.hides(Part::Scene) { (scene::scene(app, parts, false)) }
                (charts::charts(app, parts, &projector::charts(&app.page)))
                (transport::transport(app, parts))
            }
        }
    }
}

fn embed(app: &App, parts: &mut Parts) -> Markup {
    html! {
        div.embed data-key="embed" {
            (embed::header(&app.page))
            main.mid aria-label=(OVER_TIME) {
                @if choices::has_scene(&app.page) { (scene::scene(app, parts, false)) }
                (transport::transport(app, parts)) (charts::charts(app, parts, &embed::charts(&app.page)))
            }
        }
    }
}

/// What the middle of the page is.
const OVER_TIME: &str = "The run over time";

/// The first stop of the tab key: past all settings to what went wrong. A button, for the location is the link.
const SKIP: PreEscaped<&str> = PreEscaped(
    "<button class='skip btn line' data-testid=skip data-focus=panel-panel>Skip to what went wrong</button>",
);

/// One of the choices of a `select`.
fn option(value: &str, text: &str, is_chosen: bool) -> Markup {
    html! { option value=(value) selected[is_chosen] { (text) } }
}

/// What a truth is called in an attribute of accessibility.
fn aria(is_so: bool) -> &'static str {
    if is_so { "true" } else { "false" }
}
