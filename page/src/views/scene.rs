//! The scene at the playhead: canvas, the same in a sentence, and the same as a table; below it what has failed.

use connlab::scene::{Scene, Zone};
use connlab::teaching::Part;
use connlab::words::{count, fixed};
use maud::{Markup, PreEscaped, html};

use super::answer::WAIT;
use super::parts::Parts;
use super::{aria, glyph};
use crate::app::App;
use crate::scene::tallies::{Tally, tallies};
use crate::shown::Shown;
use crate::state::{Page, View};

/// This part of the page, and what its canvas is called where its size is told.
pub const SCENE: &str = "scene";

/// What it is.
const TITLE: &str = "Where everything is";

/// What stands in its place if it cannot be made.
const LOST: PreEscaped<&str> =
    PreEscaped("<p class=wait>The scene could not be loaded. Reload the page to try again.</p>");

/// How much larger the scene is for a lecture room: its smallest text has 18 pixels.
const WALL: f64 = 18.0 / 11.0;

/// How much larger the scene is than on a desk.
pub fn scale(page: &Page) -> f64 {
    if page.view() == View::Projector { WALL } else { 1.0 }
}

/// The scene. Where it is larger, the classes are counted elsewhere. `bare`: a picture, with nothing around it.
pub fn scene(app: &App, parts: &mut Parts, bare: bool) -> Markup {
    let player = &app.player;
    let seen = player.scene.as_ref();
    // When the playhead stands still it is time for words.
    if let Some((_, scene)) = seen.filter(|_| app.playhead.rests() || parts.sentence.is_empty()) {
        parts.sentence.clone_from(&scene.sentence);
    }
    let label = if parts.sentence.is_empty() { TITLE } else { &*parts.sentence };
    let figure = html! {
        figure data-part=(SCENE) class=(if app.is_old_scene() { "scene old" } else { "scene" }) data-chart="scene" {
            canvas data-measure=(SCENE) role="img" aria-label=(label) {}
            @if seen.is_none() { (if player.is_lost { LOST } else { WAIT }) }
            @if let Some((shown, scene)) = seen.filter(|_| !bare) {
                @if app.page.view() != View::Projector && !app.page.hides(Part::Errors) {
                    (failures(app, shown, scene, parts))
                }
                figcaption { h2.sr { (TITLE) } (table(&app.page, &scene.rows, parts)) }
            }
        }
    };
    parts.part(SCENE, figure)
}

/// What has failed so far, under the zone where its cause lies.
fn failures(app: &App, shown: &Shown, scene: &Scene, parts: &mut Parts) -> Markup {
    html! {
        div.tallies {
            @for (zone, (from, to)) in Zone::ALL.into_iter().zip(&scene.edges) {
                ul aria-label={ "Failed so far, from: " (zone.name()) }
                    data-style={ "--from:" (fixed(*from, 2)) "px;--width:" (fixed(to - from, 2)) "px" } {
                    @for tally in tallies(zone, &shown.report.errors, &scene.failed) { (item(app, &tally, parts)) }
                }
            }
        }
    }
}

fn item(app: &App, Tally { kind, label, so_far, all }: &Tally, parts: &mut Parts) -> Markup {
    let part = format!("tally {}", kind.class());
    let content = html! {
        (glyph::failure(kind.spec().family)) span { (label) } i { b { (count(*so_far)) } " of " (count(*all)) }
    };
    let class = kind.class();
    let is_pressed = app.page.selected_kind() == Some(*kind);
    let item = html! {
        @if *all == 0 {
            li.none data-part=(part) data-tally=(class) { (content) }
        } @else {
            li data-part=(part) data-tally=(class) {
                button aria-pressed=(aria(is_pressed)) data-do="tally" data-with=(class) { (content) }
            }
        }
    };
    parts.part(&part, item)
}

/// This part of the page.
const TABLE: &str = "scene-table";

fn table(page: &Page, rows: &str, parts: &mut Parts) -> Markup {
    let table = parts.unless_dragged(TABLE, page).unwrap_or_else(|| {
        let table = html! {
            table data-part=(TABLE) {
                caption { "At the playhead" }
                thead { tr { th scope="col" { "What" } th scope="col" { "Now" } th scope="col" { "Limit" } } }
                tbody { (PreEscaped(rows)) }
            }
        };
        parts.part(TABLE, table)
    });
    html! {
        details.table {
            summary { "Table" span.sr { ": " (TITLE) } }
            div.sheet tabindex="0" role="region" aria-label=(TITLE) {
                button.btn.line data-copy { "Copy" }
                (table)
            }
        }
    }
}
