//! Preset and headline, share, theme; on a phone the tabs below them.

use connlab::preset::PRESETS;
use yew::prelude::*;

use super::headline::headline;
use super::progress::progress;
use super::share::share;
use super::{Props, glyph, markup, sends, text_of, when};
use crate::state::{Action, Pane, ThemeChoice};

/// The bar over everything.
pub fn top_bar(props: &Props) -> Html {
    html! {
        <header class="top">
            <h1 class="brand"><a href="#" title="What this is, and where to start">{markup(glyph::BRAND)}</a></h1>
            <div class="head">
                {preset(props)}
                {headline(&props.page)}
            </div>
            {progress(props)}
            <div class="tools">
                {share(props)}
                {theme(props)}
            </div>
        </header>
    }
}

/// Light, dark, or as the system says.
pub fn theme(props: &Props) -> Html {
    let choice = props.page.theme();
    let theme = match choice {
        ThemeChoice::System => "as the system",
        ThemeChoice::Light => "light",
        ThemeChoice::Dark => "dark",
    };
    let label = format!("Theme: {theme}");
    html! {
        <button class="btn icon" title={label.clone()} aria-label={label}
            onclick={sends(&props.act, Action::Theme(choice.next()))}>
            {glyph::theme()}
        </button>
    }
}

fn preset(props: &Props) -> Html {
    let (current, help) = (props.page.recipe.preset, &props.page.help);
    let onchange = when(&props.act, |event: Event| text_of(&event).map(Action::Preset));
    let options = PRESETS.iter().map(|preset| {
        let selected = current.is_some_and(|current| current.name == preset.name);
        html! { <option value={preset.name} {selected} title={help.story(preset)}>{preset.title}</option> }
    });
    html! {
        <div class="preset">
            <select data-testid="preset" aria-label="Preset"
                title={current.and_then(|preset| help.story(preset))} {onchange}>
                <option value="custom" selected={current.is_none()}>{"Defaults"}</option>
                {for options}
            </select>
            if props.page.is_edited() { <span class="edited">{"edited"}</span> }
        </div>
    }
}

/// The tabs of a phone.
pub fn panes(props: &Props) -> Html {
    let tabs = Pane::ALL.map(|pane| {
        let onclick = sends(&props.act, Action::Pane(pane));
        html! { <button aria-current={(pane == props.page.pane).then_some("true")} {onclick}>{pane.name()}</button> }
    });
    html! { <nav class="panes" aria-label="Sections">{for tabs}</nav> }
}
