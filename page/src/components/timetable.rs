//! Changes during the run, in the column of the settings: each can be edited and removed, and new ones added.

use connlab::params::{Kind, PARAMS};
use connlab::scenario::{Change, Scenario};
use connlab::time::{SimDuration, SimTime};
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::glyph;
use super::setting::undo_text;
use crate::address;
use crate::state::Action;
use crate::timetable;

/// What to show.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// Whose changes.
    pub scenario: Scenario,
    /// The form for a new change is open, and suggests this time.
    pub draft: Option<SimTime>,
    /// Whom to tell.
    pub act: Callback<Action>,
}

/// The list, and the form for a new change.
#[component]
pub fn Timetable(props: &Props) -> Html {
    let Props { scenario, draft, act } = props;
    let mut changes = timetable::named(scenario);
    changes.sort_by_key(|(_, change)| (change.at, change.param));
    let open = draft.is_some();
    let suggested = SimTime::ZERO + SimDuration::from_secs(scenario.params.duration.as_secs() / 3);
    let toggle = act.reform(move |_: MouseEvent| Action::Draft((!open).then_some(suggested)));
    html! {
        <section class="grp timetable" data-testid="timetable">
            <h3>
                <button aria-expanded={open.to_string()} aria-controls="draft" data-testid="add-change"
                    onclick={toggle}>
                    <span>{"During the run"}</span>
                    <span class="more">{"add a change"}</span>
                    {glyph::icon(glyph::FORWARD)}
                </button>
            </h3>
            <ul aria-label="Changes during the run">
                {for changes.into_iter().enumerate().map(|(i, (name, change))| html! {
                    <Row key={i} {name} {change} scenario={scenario.clone()} act={act.clone()} />
                })}
            </ul>
            <div id="draft" hidden={!open}>
                if let Some(at) = *draft {
                    <Draft {at} scenario={scenario.clone()} act={act.clone()} />
                }
            </div>
        </section>
    }
}

/// One change.
#[derive(Clone, PartialEq, Properties)]
struct RowProps {
    name: String,
    change: Change,
    scenario: Scenario,
    act: Callback<Action>,
}

#[component]
fn Row(props: &RowProps) -> Html {
    let RowProps { name, change, scenario, act } = props;
    // What is wrong with what was typed, as long as the change stays.
    let fault = use_state(|| None::<(Change, String)>);
    let message = fault.as_ref().filter(|(of, _)| of == change).map(|(_, message)| message.clone());
    let (param, old) = (change.param, *change);
    let at = timetable::time(change.at);
    let words = timetable::words(change);
    let edit = {
        let (scenario, act, fault) = (scenario.clone(), act.clone(), fault.clone());
        Callback::from(move |(at, value): (String, String)| {
            let (new, warnings) = timetable::read(&scenario, &at, param, &value);
            let message = warnings.first().map(|warning| warning.message.clone());
            fault.set(message.map(|message| (new.unwrap_or(old), message)));
            if let Some(new) = new {
                act.emit(Action::Reschedule { old: Some(old), new: Some(new), settled: true });
            }
        })
    };
    let (set_at, set_value) = (edit.clone(), edit);
    let (was_at, was_value) = (at.clone(), change.value.to_string());
    let right = Some(Callback::from(move |()| fault.set(None)));
    let remove = act.reform(move |_: MouseEvent| Action::Reschedule { old: Some(old), new: None, settled: true });
    html! {
        <li class="entry" data-testid="change">
            {number(Text { label: format!("When: {words}"), text: &at, id: None, typed: None, restored: right.clone(),
                entered: Some(Callback::from(move |at| set_at.emit((at, was_value.clone())))) })}
            <code title={change.spec().label}>{change.spec().key}</code>
            {value(param, Text { label: format!("Value: {words}"), text: &change.value.to_string(),
                id: Some(format!("value-{name}")), typed: None, restored: right,
                entered: Some(Callback::from(move |value| set_value.emit((was_at.clone(), value)))) })}
            <button class="btn icon" aria-label={format!("Remove {words}")} title="Remove" onclick={remove}>
                {glyph::icon(glyph::CLOSE)}
            </button>
            if let Some(message) = message { <p class="invalid" role="alert">{message}</p> }
        </li>
    }
}

/// A new change.
#[derive(Clone, PartialEq, Properties)]
struct DraftProps {
    at: SimTime,
    scenario: Scenario,
    act: Callback<Action>,
}

#[component]
fn Draft(props: &DraftProps) -> Html {
    let DraftProps { at, scenario, act } = props;
    let usual = || PARAMS.iter().position(|spec| spec.key == "service").unwrap_or_default();
    let param = use_state_eq(usual);
    let at_text = use_state_eq(|| timetable::time(*at));
    let value_text = use_state_eq(|| PARAMS[*param].get(&scenario.params).to_string());
    let fault = use_state_eq(String::new);
    use_effect_with(*at, {
        let at_text = at_text.clone();
        move |at| {
            at_text.set(timetable::time(*at));
            address::focus("draft-at");
        }
    });
    // All of the form is in view, with what is wrong in it.
    use_effect_with((*at, (*fault).clone()), |_| {
        if let Some(form) = address::element("draft") {
            form.scroll_into_view_with_bool(false);
        }
    });
    let choose = {
        let (param, value_text, params) = (param.clone(), value_text.clone(), scenario.params.clone());
        Callback::from(move |event: Event| {
            let key = text_of(&event);
            let chosen = PARAMS.iter().position(|spec| spec.key == key);
            if let Some(chosen) = chosen {
                value_text.set(PARAMS[chosen].get(&params).to_string());
                param.set(chosen);
            }
        })
    };
    let add = {
        let (param, at_text, value_text, fault) = (*param, at_text.clone(), value_text.clone(), fault.clone());
        let (scenario, act) = (scenario.clone(), act.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let (new, warnings) = timetable::read(&scenario, &at_text, param, &value_text);
            fault.set(warnings.first().map_or_else(String::new, |warning| warning.message.clone()));
            if new.is_some() {
                act.emit(Action::Reschedule { old: None, new, settled: true });
            }
        })
    };
    let live = PARAMS.iter().enumerate().filter(|(_, spec)| spec.live);
    let into = |state: &UseStateHandle<String>| {
        let state = state.clone();
        Some(Callback::from(move |text| state.set(text)))
    };
    html! {
        <form class="entry draft" onsubmit={add} data-testid="draft">
            {number(Text { label: "When".into(), text: &at_text, id: Some("draft-at".into()), typed: into(&at_text),
                entered: None, restored: None })}
            <select class="num" aria-label="Which setting" onchange={choose}>
                {for live.map(|(i, spec)| html! {
                    <option value={spec.key} selected={i == *param}>{spec.label}</option>
                })}
            </select>
            {value(*param, Text { label: "Its value from then on".into(), text: &value_text, id: None,
                typed: into(&value_text), entered: None, restored: None })}
            <button class="btn line">{"Add"}</button>
            if !fault.is_empty() { <p class="invalid" role="alert">{&*fault}</p> }
        </form>
    }
}

/// What a control for a text needs.
struct Text<'a> {
    label: String,
    text: &'a str,
    id: Option<String>,
    /// Whom to tell of each letter, and of what was entered.
    typed: Option<Callback<String>>,
    entered: Option<Callback<String>>,
    /// Whom to tell that what was typed is taken back.
    restored: Option<Callback<()>>,
}

/// The control for a value of this parameter: a choice, or a text with a unit.
fn value(param: usize, control: Text) -> Html {
    let names: &[&str] = match PARAMS[param].kind {
        Kind::Choice(names) => names,
        Kind::Switch => &["on", "off"],
        _ => return number(control),
    };
    let Text { label, text, id, typed, entered, .. } = control;
    let onchange = typed.or(entered).map(|tell| tell.reform(|event: Event| text_of(&event)));
    html! {
        <select class="num" {id} aria-label={label} {onchange}>
            {for names.iter().map(|name| html! { <option selected={*name == text}>{*name}</option> })}
        </select>
    }
}

fn number(control: Text) -> Html {
    let Text { label, text, id, typed, entered, restored } = control;
    let onkeydown = restored.map(|restored| undo_text(text.to_string(), move || restored.emit(())));
    let oninput = typed.map(|tell| tell.reform(|event: InputEvent| text_of(&event)));
    let onchange = entered.map(|tell| tell.reform(|event: Event| text_of(&event)));
    html! {
        <input class="num" type="text" autocomplete="off" spellcheck="false" {id} aria-label={label}
            value={text.to_string()} {oninput} {onchange} {onkeydown} />
    }
}

fn text_of(event: &Event) -> String {
    let target = event.target();
    let select = || target.as_ref()?.dyn_ref::<HtmlSelectElement>().map(HtmlSelectElement::value);
    let input = || target.as_ref()?.dyn_ref::<HtmlInputElement>().map(HtmlInputElement::value);
    select().or_else(input).unwrap_or_default()
}
