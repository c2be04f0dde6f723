//! One setting: its name in the real world, slider, box, and the way back.

use std::rc::Rc;

use connlab::params::{Kind, ParamId, ParamSpec, Value};
use connlab::scenario::Scenario;
use connlab::words::fixed;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::notice::marked;
use super::{glyph, markup, option, sends, text_of, when};
use crate::state::{Action, Field};

/// What to show. Plain values, so that a row is drawn again only when its own value changes.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// Index in the parameter table.
    pub param: ParamId,
    /// Its value.
    pub value: Value,
    /// If it, or its course over the run, is not as in the preset (or the defaults): the value there.
    pub reset: Option<Value>,
    /// Why it does nothing in this run, if so.
    pub unused: Option<String>,
    /// What is wrong with the text that was entered last.
    pub fault: Option<String>,
    /// What it does, once that is known.
    pub help: Option<Rc<str>>,
    /// Whom to tell.
    pub act: Callback<Action>,
}

/// A row that stands without its group.
pub fn alone(page: &super::Props, param: ParamId) -> Html {
    row(page, param, &page.page.recipe.base(), None)
}

/// A row; `base` is what its value is compared with.
pub fn row(page: &super::Props, param: ParamId, base: &Scenario, unused: Option<String>) -> Html {
    let (spec, scenario) = (param.spec(), &page.page.recipe.scenario);
    let value = spec.get(&scenario.params);
    let reset = scenario.differs(base, param).then(|| spec.get(&base.params));
    let (fault, help) = (page.page.fault(Field::Setting(param)), page.page.help.setting(spec));
    html! { <Setting key={param as usize} {param} {value} {reset} {unused} {fault} {help} act={page.act.clone()} /> }
}

/// A row of the settings.
#[component]
pub fn Setting(props: &Props) -> Html {
    let spec = props.param.spec();
    let (kind, control) = match spec.kind {
        Kind::Switch => (" sw", html! { <>{switch(props)}{unused(props)}</> }),
        Kind::Choice(names) => (" sw", html! { <>{choice(props, names)}{unused(props)}</> }),
        _ => (
            "",
            html! {
                <>
                    {number_box(props)}
                    <div class="track">{slider(props)}{unit(props)}</div>
                </>
            },
        ),
    };
    let changed = if props.reset.is_some() { " changed" } else { "" };
    let unused = if props.unused.is_some() { " unused" } else { "" };
    html! {
        <div ~className={format!("row{kind}{changed}{unused}")} data-param={spec.key}>
            <div class="nm">
                {name(props)}{reset(props)}
            </div>
            {control}
            if let Some(message) = &props.fault {
                <p class="invalid" id={format!("error-{}", spec.key)} role="alert">{message}</p>
            }
            {tip(props)}
        </div>
    }
}

/// What it does, once that is known, and its default.
fn tip(props: &Props) -> Html {
    let (spec, help) = (props.param.spec(), props.help.as_deref().map_or_else(String::new, marked));
    let (key, default) = (spec.key, words(spec, spec.default_value()));
    markup(format!("<p class=tip id=tip-{key}>{help} Default: {default}.</p>"))
}

fn set(param: ParamId, value: Value, settled: bool) -> Action {
    Action::Set { param, value, settled }
}

/// What a row's value is called.
fn words(spec: &ParamSpec, value: Value) -> String {
    match (spec.describe(value), value) {
        (text, Value::Count(n)) if text == n.to_string() => connlab::words::count(n),
        (text, _) => text,
    }
}

/// What it is called, and whether it has been changed.
fn name(props: &Props) -> Html {
    let (spec, dot) = (props.param.spec(), if props.reset.is_some() { "<i class=dot title=Changed></i>" } else { "" });
    let (key, name) = (spec.key, short_name(spec));
    markup(format!("{dot}<label id=label-{key} for=box-{key}>{name}</label>"))
}

/// The real name, without the path that all sysctls of its kind share; the tooltip has it in full.
fn short_name(spec: &ParamSpec) -> &'static str {
    spec.label.strip_prefix("net.core.").unwrap_or(spec.label)
}

fn reset(props: &Props) -> Html {
    let Some(target) = props.reset else { return Html::default() };
    let spec = props.param.spec();
    let text = words(spec, target);
    let label = format!("Reset {} to {text}", spec.label);
    html! {
        <button class="reset" aria-label={label.clone()} title={label}
            onclick={sends(&props.act, Action::Reset(props.param))}>
            {"↺"}
            // A switch has only one other position.
            if spec.kind != Kind::Switch { {text} }
        </button>
    }
}

/// The box takes text with a unit, as links do.
fn number_box(props: &Props) -> Html {
    let (spec, param, used) = (props.param.spec(), props.param, props.value.to_string());
    let onchange = when(&props.act, move |event: Event| {
        let input = input(&event)?;
        let text = input.value();
        // What is used instead is shown, whatever it is.
        input.set_value(&input.default_value());
        Some(Action::Enter(param, text))
    });
    let key = spec.key;
    let invalid = props.fault.as_ref().map(|_| "true");
    let describedby = format!("unit-{key} tip-{key}{}", invalid.map_or_else(String::new, |_| format!(" error-{key}")));
    html! {
        <input class="num" id={format!("box-{key}")} name={key} type="text" autocomplete="off" spellcheck="false"
            inputmode={if matches!(spec.kind, Kind::Count { .. }) { "numeric" } else { "text" }}
            value={used.clone()} ~defaultValue={used} aria-invalid={invalid} aria-describedby={describedby}
            {onchange} onkeydown={Callback::from(undo_text)} />
    }
}

/// Text and run never disagree for long: what was typed and not yet used is the first thing to be undone, all at once.
/// In a box that says what is used, the keys are left to the page, which undoes the last change.
pub fn undo_text(event: KeyboardEvent) {
    let Some(input) = input(&event) else { return };
    let (is_z, used) = (matches!(&*event.key(), "z" | "Z"), input.default_value());
    let is_undo = event.key() == "Escape" || is_z && (event.ctrl_key() || event.meta_key());
    if is_undo && input.value() != used {
        event.prevent_default();
        input.set_value(&used);
    }
}

/// The slider's positions are the table's stops: even steps, or ten to a decade.
fn slider(props: &Props) -> Html {
    let (spec, param) = (props.param.spec(), props.param);
    let last = spec.stops().len() - 1;
    let at = spec.nearest_stop(props.value);
    let share = |stop: usize| stop as f64 / last as f64;
    let slide = |settled| {
        when(&props.act, move |event: Event| {
            let stop = text_of(&event)?.parse::<usize>().ok()?;
            Some(set(param, *param.spec().stops().get(stop)?, settled))
        })
    };
    let (moved, released) = (slide(false), slide(true));
    let default = share(spec.nearest_stop(spec.default_value()));
    html! {
        <div class="sl">
            <i class="tick" ~style={format!("--at:{}", fixed(default, 4))}></i>
            <input type="range" name={spec.key} min="0" max={last.to_string()} step="1" value={at.to_string()}
                ~style={format!("--at:{}", fixed(share(at), 4))} aria-labelledby={format!("label-{}", spec.key)}
                aria-valuetext={format!("{}, {}", words(spec, props.value), spec.unit)}
                aria-describedby={format!("tip-{}", spec.key)}
                oninput={Callback::from(move |event: InputEvent| moved.emit(event.into()))} onchange={released} />
        </div>
    }
}

/// What the number counts, or what its zero means.
fn unit(props: &Props) -> Html {
    let spec = props.param.spec();
    if props.unused.is_some() {
        return unused(props);
    }
    let words = spec.describe(props.value);
    let text = if words == props.value.to_string() { spec.unit } else { spec.zero };
    markup(format!("<span class=unit id=unit-{}>{text}</span>", spec.key))
}

/// Why it does nothing, if so; in the place of the unit, where there is one.
fn unused(props: &Props) -> Html {
    let Some(why) = &props.unused else { return Html::default() };
    let key = props.param.spec().key;
    markup(format!("<span class='unit why' id=unit-{key} title='not used: {why}'>not used: {why}</span>"))
}

fn switch(props: &Props) -> Html {
    let (spec, param) = (props.param.spec(), props.param);
    let on = props.value == Value::Switch(true);
    let onchange =
        when(&props.act, move |event: Event| Some(set(param, Value::Switch(input(&event)?.checked()), true)));
    html! {
        <span class="switch">
            <span>{if on { "on" } else { "off" }}</span>
            <input type="checkbox" id={format!("box-{}", spec.key)} name={spec.key} checked={on} {onchange}
                aria-describedby={describedby(props)} title={spec.unit} />
        </span>
    }
}

/// What is said of a control without a unit.
fn describedby(props: &Props) -> String {
    let key = props.param.spec().key;
    if props.unused.is_some() { format!("unit-{key} tip-{key}") } else { format!("tip-{key}") }
}

fn choice(props: &Props, names: &'static [&'static str]) -> Html {
    let (spec, param) = (props.param.spec(), props.param);
    let onchange = when(&props.act, move |event: Event| Some(Action::Enter(param, text_of(&event)?)));
    let options: String = names.iter().map(|name| option(name, name, props.value == Value::Choice(name))).collect();
    html! {
        <span class="choice">
            <select id={format!("box-{}", spec.key)} name={spec.key} aria-describedby={describedby(props)}
                title={spec.unit} {onchange}>{markup(options)}</select>
            {glyph::icon(glyph::FORWARD)}
        </span>
    }
}

fn input(event: &Event) -> Option<HtmlInputElement> {
    event.target()?.dyn_into().ok()
}
