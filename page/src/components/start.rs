//! The first view, for whoever has come without a link: what this is, a finished run, and three doors into it.

use connlab::preset::{PRESETS, Preset};
use yew::prelude::*;

use super::headline::headline;
use super::notice::{marked, notice};
use super::paste::paste;
use super::setting;
use super::settings::{documents, fingerprint};
use super::top_bar::theme;
use super::{PanelProps, Props, glyph, markup, sends};
use crate::state::Action;

/// What this is.
const WHAT: &str = "A simulator of Go’s HTTP client, Linux TCP and a server. Nothing leaves your browser. \
    Not your system: mechanisms with real numbers.";

/// Symptoms that are seen at once; the others unfold.
const SYMPTOMS: usize = 6;

/// Sliders of the third door.
const SLIDERS: usize = 4;

/// The page; `scene` is the finished run at its first failure.
pub fn start(props: &PanelProps, scene: Html) -> Html {
    let parts = Props { page: props.page.clone(), act: props.act.clone() };
    html! {
        <>
            <header class="top">
                {markup(format!("<h1 class=brand>{}</h1><p class=what>{WHAT}</p>", glyph::BRAND))}
                <div class="tools">{theme(&parts)}</div>
            </header>
            {notice(&parts)}
            <main class="mid" aria-label="Where to start">
                {scene}
                {headline(&props.page)}
                <div class="doors">
                    {paste(&props.panel, &props.ask, &props.give)}
                    {symptoms()}
                    {play(&parts)}
                </div>
            </main>
            <footer>
                {documents()}
                <span>{fingerprint(props.page.shown().map(|shown| &**shown))}</span>
            </footer>
        </>
    }
}

/// What somebody sees, and the preset that shows it: buttons that the page hears, as those of an answer.
fn symptoms() -> Html {
    let row = |Preset { name, title, symptom, .. }: &Preset| {
        format!("<li><button data-preset={name} title=\"{title}\">{}</button>", marked(symptom))
    };
    let all: Vec<_> = PRESETS.iter().filter(|preset| !preset.symptom.is_empty()).map(row).collect();
    let (first, others) = all.split_at(SYMPTOMS.min(all.len()));
    markup(format!(
        "<section class=symptoms aria-labelledby=symptoms-title><h2 id=symptoms-title>What do you see?</h2>\
        <ul>{}</ul><details><summary>{} more</summary><ul>{}</ul></details></section>",
        first.concat(),
        others.len(),
        others.concat(),
    ))
}

/// The finished run with the few settings that decide it.
fn play(props: &Props) -> Html {
    let knobs = props.page.that_matter().into_iter().take(SLIDERS).map(|param| setting::alone(props, param));
    html! {
        <section class="play" aria-labelledby="play-title">
            <h2 id="play-title">{"Just play"}</h2>
            {for knobs}
            <button class="btn primary" data-testid="enter" onclick={sends(&props.act, Action::Workbench)}>
                {"Open the incident"}
            </button>
        </section>
    }
}
