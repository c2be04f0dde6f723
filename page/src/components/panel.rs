//! The right column: what went wrong and why, sockets, the run as load generators print it, a visitor's own error.

use connlab::link;
use connlab::question::Topic;
use connlab::sim::error::ErrorKind;
use connlab::time::SimTime;
use gloo::timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::{Glance, Same, errors, glyph, share, tabs, when};
use crate::panel::{self, Ask, Tab};
use crate::playhead::Motion;
use crate::state::{Action, Shown};

/// What to show, and whom to tell.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// The page.
    pub page: Glance,
    /// What is known.
    pub panel: Same<panel::Panel>,
    /// Whom to tell of another row or another run.
    pub act: Callback<Action>,
    /// Whom to tell when the playhead is moved.
    pub go: Callback<Motion>,
    /// Whom to tell of everything else.
    pub ask: Callback<Ask>,
}

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
                tabindex={(tab != Tab::Errors).then_some("0")}>
                if let Some(shown) = &props.page.shown {
                    {match tab {
                        Tab::Errors => html! {
                            <>{hint(props)}{difference(props)}{errors::list(props, shown)}{paste(props)}</>
                        },
                        Tab::Sockets => sockets(props, shown),
                        Tab::Summary => answer(&props.panel, Topic::Summary),
                    }}
                }
            </div>
        </aside>
    }
}

/// What the explainer said about a topic, in its place.
pub fn answer(panel: &panel::Panel, topic: Topic) -> Html {
    let told = panel.told(topic);
    let is_waiting = told.is_none_or(|told| !told.is_whole);
    let html = told.map_or_else(|| AttrValue::from("<p class=wait>One moment.</p>"), |told| told.html.clone().into());
    html! {
        <div class="answer" data-topic={topic.name()} aria-busy={is_waiting.to_string()}>
            {Html::from_html_unchecked(html)}
        </div>
    }
}

/// Where to start, for somebody who has come without a link.
fn hint(props: &Props) -> Html {
    if !props.page.is_new {
        return Html::default();
    }
    html! {
        <p class="hint" data-testid="hint">
            <b>{"Start here."}</b>{" Below is why the first request failed: press an event to see that moment, "}
            {"then try the cure. Or move any setting on the left."}
        </p>
    }
}

/// What the change that is tried did.
fn difference(props: &Props) -> Html {
    if props.page.tried_from.is_none() {
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
    let onchange = when(&props.ask, |event: Event| {
        let select = event.target()?.dyn_into::<HtmlSelectElement>().ok()?;
        Some(Ask::Host(select.value().parse().ok()))
    });
    let client = |number: u16| {
        let name = if clients > 1 { format!("Client {}", number + 1) } else { "Client".into() };
        html! { <option value={number.to_string()} selected={props.panel.client == Some(number)}>{name}</option> }
    };
    html! {
        <>
            <div class="choice">
                <select aria-label="Host" data-testid="host" {onchange}>
                    <option value="server" selected={props.panel.client.is_none()}>{"Server"}</option>
                    {for (0..clients).map(client)}
                </select>
                {glyph::icon(glyph::FORWARD)}
            </div>
            {answer(&props.panel, Topic::Sockets)}
        </>
    }
}

/// A box for a log line, and its likely causes, likeliest first.
fn paste(props: &Props) -> Html {
    let oninput = when(&props.ask, |event: InputEvent| {
        Some(Ask::Pasted(event.target()?.dyn_into::<HtmlInputElement>().ok()?.value()))
    });
    html! {
        <div class="paste">
            <label for="pasted">{"Your own error"}</label>
            <input class="text" id="pasted" data-testid="paste" autocomplete="off" spellcheck="false"
                placeholder="Paste a line that a Go client printed" value={props.panel.pasted.clone()} {oninput} />
            <div data-testid="diagnosis">
                if !props.panel.pasted.trim().is_empty() { {answer(&props.panel, Topic::Diagnosis)} }
            </div>
        </div>
    }
}

/// What pressing this in an answer means.
pub enum Pressed {
    /// The playhead goes somewhere.
    Go(Motion),
    /// The page shows another run.
    Act(Action),
    /// This is copied; the button says so.
    Copy(Element, String),
}

/// What pressing something means, if it stands in an answer of the explainer.
pub fn pressed(event: &Event) -> Option<Pressed> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let button = target.closest(".answer button, .answer [data-instant]").ok()??;
    if let Some(instant) = button.get_attribute("data-instant") {
        return Some(Pressed::Go(Motion::Put(SimTime::from_nanos(instant.parse().ok()?))));
    }
    if let Some(link) = button.get_attribute("data-link") {
        let scenario = Box::new(link::decode(&link).scenario);
        // Without a class it is a change of this run, with one it is a run that shows it.
        return Some(Pressed::Act(match button.get_attribute("data-class") {
            None => Action::Try(scenario),
            Some(class) => Action::Show(scenario, ErrorKind::named(&class)),
        }));
    }
    let text = button.next_element_sibling()?.text_content()?;
    button.has_attribute("data-copy").then_some(Pressed::Copy(button, text))
}

/// Copies a text and has the button say so for a while.
pub async fn copy(button: Element, text: String) {
    let before = button.text_content();
    button.set_text_content(Some(if share::copy(&text).await { "Copied" } else { "Clipboard closed" }));
    Timeout::new(2_500, move || button.set_text_content(before.as_deref())).forget();
}
