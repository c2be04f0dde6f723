//! The first view, for a visit without a link: what this is, a finished run, and three doors into it.

use connlab::preset::{PRESETS, Preset};
use maud::{Markup, html};

use super::headline::headline;
use super::notice::{marked, notice};
use super::parts::Parts;
use super::paste::paste;
use super::scene::scene;
use super::settings::{DOCUMENTS, fingerprint};
use super::top_bar::theme;
use super::{glyph, setting};
use crate::app::App;
use crate::state::Page;

/// What this is.
const WHAT: &str = "A simulator of Go’s HTTP client, Linux TCP and a server. Nothing leaves your browser. \
    Not your system: mechanisms with real numbers.";

/// Symptoms that are seen at once; the others unfold.
const SYMPTOMS: usize = 6;

/// Sliders of the third door.
const SLIDERS: usize = 4;

/// The page, over a still picture of the finished run at its first failure, which is all there is to see of it.
pub fn start(app: &App, parts: &mut Parts) -> Markup {
    let page = &app.page;
    html! {
        div.start data-key="start" {
            header.top {
                h1.brand { (glyph::BRAND) } p.what { (WHAT) }
                div.tools { (theme(page)) }
            }
            (notice(page))
            main.mid aria-label="Where to start" {
                (scene(app, parts, true))
                (headline(page))
                div.doors { (paste(&app.panel, parts)) (symptoms()) (play(page, parts)) }
            }
            footer { (DOCUMENTS) span { (fingerprint(page.shown().map(|shown| &**shown))) } }
        }
    }
}

/// A symptom, and the preset that shows it.
fn symptoms() -> Markup {
    let all: Vec<_> = PRESETS.iter().filter(|preset| !preset.symptom.is_empty()).collect();
    let (first, others) = all.split_at(SYMPTOMS.min(all.len()));
    let list = |some: &[&Preset]| {
        html! {
            ul {
                @for preset in some {
                    li { button data-preset=(preset.name) title=(preset.title) { (marked(preset.symptom)) } }
                }
            }
        }
    };
    html! {
        section.symptoms aria-labelledby="symptoms-title" {
            h2 id="symptoms-title" { "What do you see?" }
            (list(first))
            details { summary { (others.len()) " more" } (list(others)) }
        }
    }
}

/// The finished run with the few settings that decide it.
fn play(page: &Page, parts: &mut Parts) -> Markup {
    html! {
        section.play aria-labelledby="play-title" {
            h2 id="play-title" { "Just play" }
            @for param in page.that_matter().into_iter().take(SLIDERS) { (setting::alone(page, param, parts)) }
            button.btn.primary data-testid="enter" data-do="enter" { "Open the incident" }
        }
    }
}
