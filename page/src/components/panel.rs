//! The right column: a visitor's own error, what went wrong and why, sockets, the run as load generators print it.

use connlab::question::Topic;
use yew::prelude::*;

use super::answer::answer;
use super::notice::marked;
use super::paste::paste;
use super::{PanelProps as Props, errors, glyph, markup, option, tabs, text_of, thresholds, when};
use crate::panel::{Ask, Tab};
use crate::shown::Shown;

/// The right side.
#[component]
pub fn Panel(props: &Props) -> Html {
    let tab = props.panel.tab;
    html! {
        <aside class="right" aria-label="About the run">
            <div class="errhead">
                {tabs::tabs("panel", "About the run", &Tab::ALL, tab, Tab::name, props.ask.reform(Ask::Tab))}
            </div>
            <div class="body" id="panel-panel" role="tabpanel" aria-labelledby={format!("panel-{}", tab.name())}
                tabindex={if tab == Tab::Errors { "-1" } else { "0" }}>
                if tab == Tab::Errors { {paste(&props.panel, &props.ask, &props.give)} }
                if let Some(shown) = props.page.shown() {
                    {match tab {
                        Tab::Errors => html! {
                            <>
                                {about(props, shown)}{difference(props)}{errors::list(props, shown)}
                                if props.panel.told(Topic::Risks).is_some() { {answer(&props.panel, Topic::Risks)} }
                            </>
                        },
                        Tab::Sockets => sockets(props, shown),
                        Tab::Summary => html! {
                            <>{thresholds::thresholds(props)}{answer(&props.panel, Topic::Summary)}</>
                        },
                    }}
                }
            </div>
        </aside>
    }
}

/// What happens in the preset, and where to start. Where nothing fails, that is all there is to say.
fn about(props: &Props, shown: &Shown) -> Html {
    let Some(preset) = props.page.recipe.preset.filter(|_| !props.page.is_edited()) else { return Html::default() };
    html! {
        <details class="about" open={shown.complete && shown.report.errors.is_empty()} key={preset.name}>
            <summary>{"About this preset"}</summary>
            if let Some(story) = props.page.help.story(preset) { {markup(format!("<p>{}", marked(&story)))} }
        </details>
    }
}

/// What the last change did.
fn difference(props: &Props) -> Html {
    if props.page.before().is_none() {
        return Html::default();
    }
    html! {
        <section class="tried">
            <h3>{"What this change did"}</h3>
            {answer(&props.panel, Topic::Difference)}
        </section>
    }
}

/// What `ss` says at the playhead, of one host.
fn sockets(props: &Props, shown: &Shown) -> Html {
    let clients = shown.scenario.params.clients as u16;
    let onchange = when(&props.ask, |event: Event| Some(Ask::Host(text_of(&event)?.parse().ok())));
    let client = |number: u16| {
        let name = if clients > 1 { format!("Client {}", number + 1) } else { "Client".into() };
        option(&number.to_string(), &name, props.panel.client == Some(number))
    };
    let server = option("server", "Server", props.panel.client.is_none());
    let hosts: String = std::iter::once(server).chain((0..clients).map(client)).collect();
    html! {
        <>
            <div class="choice">
                <select aria-label="Host" data-testid="host" {onchange}>{markup(hosts)}</select>
                {glyph::icon(glyph::FORWARD)}
            </div>
            {answer(&props.panel, Topic::Sockets)}
        </>
    }
}
