//! Changes during the run, in the column of the settings: each can be edited and removed, and new ones added.

use connlab::params::{Kind, PARAMS, ParamId};
use connlab::scenario::Change;
use connlab::words::exact;
use wasm_bindgen::JsCast;
use web_sys::{Element, FormData, HtmlFormElement};
use yew::prelude::*;

use super::setting::undo_text;
use super::{Props, glyph, markup, option, sends, when};
use crate::state::{Action, Field, Page};
use crate::timetable::{self, Written};

/// The list, and the form for a new change. Every change is a form of its own, whose fields keep what is typed until it
/// is entered: the page may be drawn anew meanwhile.
pub fn timetable(Props { page, act }: &Props) -> Html {
    let mut changes = timetable::named(&page.recipe.scenario);
    changes.sort_by_key(|(_, change)| (change.at, change.param));
    let is_open = page.draft.is_some();
    let draft = if is_open { None } else { timetable::usual() };
    html! {
        <section class="grp timetable" data-testid="timetable" onchange={when(act, |event: Event| entered(&event))}
            onsubmit={when(act, |event: SubmitEvent| entered(&event))}>
            <h3>
                <button aria-expanded={is_open.to_string()} aria-controls="draft" data-testid="add-change"
                    onclick={sends(act, Action::Draft(draft))}>
                    <span>{"During the run"}</span>
                    <span class="more">{"add a change"}</span>
                    {glyph::icon(glyph::FORWARD)}
                </button>
            </h3>
            <ul aria-label="Changes during the run" onkeydown={Callback::from(undo_text)}>
                {for changes.iter().map(|(name, change)| row(page, act, name, change))}
            </ul>
            <div id="draft" hidden={!is_open}>{for page.draft.map(|param| self::draft(page, param))}</div>
        </section>
    }
}

/// One change.
fn row(page: &Page, act: &Callback<Action>, name: &str, change: &Change) -> Html {
    let words = timetable::words(change);
    html! {
        <li>
            <form class="entry" data-testid="change" name={name.to_string()}>
                {text("at", format!("When: {words}"), exact(change.at), None)}
                <code title={change.spec().label}>{change.spec().key}</code>
                {value(change.param, format!("Value: {words}"), change.value.to_string(), Some(value_id(name)))}
                <button type="button" class="btn icon" aria-label={format!("Remove {words}")} title="Remove"
                    onclick={sends(act, Action::Reschedule { old: *change, new: None })}>
                    {glyph::icon(glyph::CLOSE)}
                </button>
                {fault(page, Field::Change(*change))}
            </form>
        </li>
    }
}

/// Where a change's value is written, in the document.
pub fn value_id(name: &str) -> String {
    format!("value-{name}")
}

/// A new change of this setting.
fn draft(page: &Page, param: ParamId) -> Html {
    let live = PARAMS.iter().filter(|spec| spec.live);
    let at = exact(timetable::suggested(&page.recipe.scenario));
    let now = param.spec().get(&page.recipe.scenario.params).to_string();
    html! {
        <form class="entry draft" data-testid="draft">
            {text("at", "When".into(), at, Some(DRAFT.into()))}
            <select class="num" name="param" aria-label="Which setting">
                {markup(live.map(|spec| option(spec.key, spec.label, spec.id == param)).collect::<String>())}
            </select>
            {value(param, "Its value from then on".into(), now, None)}
            <button class="btn line">{"Add"}</button>
            {fault(page, Field::Draft)}
        </form>
    }
}

/// The first field for a new change, in the document.
pub const DRAFT: &str = "draft-at";

fn fault(page: &Page, field: Field) -> Html {
    page.fault(field).map(|message| html! { <p class="invalid" role="alert">{message}</p> }).unwrap_or_default()
}

/// A field for a value of this parameter: a choice, or a text with a unit.
fn value(param: ParamId, label: String, used: String, id: Option<String>) -> Html {
    let names: &[&'static str] = match param.spec().kind {
        Kind::Choice(names) => names,
        Kind::Switch => &["on", "off"],
        _ => return text("value", label, used, id),
    };
    html! {
        <select class="num" name="value" {id} key={param as usize} aria-label={label}>
            {markup(names.iter().map(|name| option(name, name, *name == used)).collect::<String>())}
        </select>
    }
}

/// A field for a text; another text that is used is another field.
fn text(name: &'static str, label: String, used: String, id: Option<String>) -> Html {
    html! {
        <input class="num" type="text" autocomplete="off" spellcheck="false" {name} {id} aria-label={label}
            ~defaultValue={used} />
    }
}

/// What a visitor has entered: a change counts field by field, a new one when its form is sent.
fn entered(event: &Event) -> Option<Action> {
    let form = event.target()?.dyn_into::<Element>().ok()?.closest("form").ok()??;
    let form: HtmlFormElement = form.dyn_into().ok()?;
    let fields = FormData::new_with_form(&form).ok()?;
    let text = |name| fields.get(name).as_string().unwrap_or_default();
    let change = form.get_attribute("name");
    let is_new = change.is_none();
    let param = ParamId::with_key(&text("param"));
    let is_sent = event.type_() == "submit";
    let written = Written { change, param, at: text("at"), value: text("value") };
    if is_sent {
        event.prevent_default();
    }
    if is_sent != is_new {
        return is_new.then_some(Action::Draft(param));
    }
    if !is_new {
        // What is used instead is shown, whatever it is.
        form.reset();
    }
    Some(Action::Write(written))
}
