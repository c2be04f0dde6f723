//! One setting: its name in the real world, slider, box, and the way back.

use std::rc::Rc;

use connlab::dead_zone::DeadZone;
use connlab::params::{Kind, ParamId, ParamSpec, Value};
use connlab::scenario::Scenario;
use connlab::words::fixed;
use maud::{Markup, html};

use super::notice::marked;
use super::parts::{Parts, place};
use super::{glyph, option};
use crate::state::{Field, Page};

/// The rows as they were written last: one that says the same is not even made again.
#[derive(Default)]
pub struct Rows(Vec<Row>);

/// What a row says.
#[derive(PartialEq)]
struct Row {
    param: ParamId,
    /// Its value.
    value: Value,
    /// If it, or its course over the run, is not as in the preset (or the defaults): the value there.
    reset: Option<Value>,
    /// The link has it stay as it is.
    locked: bool,
    /// Why it does nothing in this run, if so.
    unused: Option<String>,
    /// What is wrong with the text that was entered last.
    fault: Option<String>,
    /// What it does, once that is known.
    help: Option<Rc<str>>,
    /// Values that give the run that is shown.
    zone: Option<DeadZone>,
    /// Its value in the run that this one is compared with, if that is another one.
    a: Option<Value>,
}

/// A row that stands without its group.
pub fn alone(page: &Page, param: ParamId, parts: &mut Parts) -> Markup {
    row(page, param, &page.recipe.base(), None, parts)
}

/// A row; `base` is what its value is compared with.
pub fn row(page: &Page, param: ParamId, base: &Scenario, unused: Option<String>, parts: &mut Parts) -> Markup {
    let (spec, scenario) = (param.spec(), &page.recipe.scenario);
    let value = spec.get(&scenario.params);
    let locked = page.is_locked(param);
    let reset = (!locked && scenario.differs(base, param)).then(|| spec.get(&base.params));
    let (fault, help) = (page.fault(Field::Setting(param)), page.help.setting(spec));
    let zone = page.visible_zone(param).filter(|_| unused.is_none());
    let a = page.other().map(|a| spec.get(&a.scenario.params)).filter(|a| *a != value);
    let row = Row { param, value, reset, locked, unused, fault, help, zone, a };
    let place = place(&row.part());
    if let Some(html) = parts.settings.news(row) {
        parts.write(html);
    }
    place
}

impl Rows {
    /// The row, if it says something else than the last time.
    fn news(&mut self, row: Row) -> Option<String> {
        let before = self.0.iter().position(|before| before.param == row.param);
        if before.is_some_and(|before| self.0[before] == row) {
            return None;
        }
        let html = row.html().into_string();
        match before {
            Some(before) => self.0[before] = row,
            None => self.0.push(row),
        }
        Some(html)
    }
}

/// Says of a setting that it is locked.
pub fn locked() -> Markup {
    html! { span.lock title="Locked in this link" { (glyph::icon(glyph::LOCK)) span.sr { "locked" } } }
}

/// What a row's value is called.
fn words(spec: &ParamSpec, value: Value) -> String {
    match (spec.describe(value), value) {
        (text, Value::Count(n)) if text == n.to_string() => connlab::words::count(n),
        (text, _) => text,
    }
}

impl Row {
    /// This part of the page.
    fn part(&self) -> String {
        format!("setting {}", self.spec().key)
    }

    fn spec(&self) -> &'static ParamSpec {
        self.param.spec()
    }

    fn html(&self) -> Markup {
        let spec = self.spec();
        let class = |is_so: bool, class: &'static str| if is_so { class } else { "" };
        let is_number = !matches!(spec.kind, Kind::Switch | Kind::Choice(_));
        html! {
            div data-part=(self.part()) data-param=(spec.key) class={
                "row" (class(!is_number, " sw")) (class(self.reset.is_some(), " changed"))
                (class(self.unused.is_some(), " unused")) (class(self.locked, " locked"))
            } {
                div.nm { (self.name()) (self.way_back()) }
                @match spec.kind {
                    Kind::Switch => { (self.switch()) (self.why_unused()) }
                    Kind::Choice(names) => { (self.choice(names)) (self.why_unused()) }
                    _ => { (self.number_box()) div.track { (self.slider()) (self.unit()) } }
                }
                @if let Some(message) = &self.fault {
                    p.invalid id={ "error-" (spec.key) } role="alert" { (message) }
                }
                // What it does, and its default.
                p.tip id={ "tip-" (spec.key) } {
                    @if let Some(zone) = &self.zone { strong { (zone.words()) ". " } }
                    @if let Some(help) = &self.help { (marked(help)) }
                    " Default: " (words(spec, spec.default_value())) "."
                }
            }
        }
    }

    /// What it is called, and whether it has been changed. The real name, without the path that all sysctls of its kind
    /// share; the tooltip has it in full.
    fn name(&self) -> Markup {
        let (key, label) = (self.spec().key, self.spec().label);
        html! {
            @if self.reset.is_some() { i.dot title="Changed" {} }
            label id={ "label-" (key) } for={ "box-" (key) } { (label.strip_prefix("net.core.").unwrap_or(label)) }
            @if self.locked { (locked()) }
        }
    }

    fn way_back(&self) -> Markup {
        let Some(target) = self.reset else { return Markup::default() };
        let text = words(self.spec(), target);
        let label = format!("Reset {} to {text}", self.spec().label);
        html! {
            button.reset aria-label=(label) title=(label) data-do="reset" data-with=(self.spec().key) {
                "↺"
                // A switch has only one other position.
                @if self.spec().kind != Kind::Switch { (text) }
            }
        }
    }

    /// The box takes text with a unit, as links do.
    fn number_box(&self) -> Markup {
        let (key, used) = (self.spec().key, self.value.to_string());
        let (invalid, error) =
            if self.fault.is_some() { (Some("true"), format!(" error-{key}")) } else { Default::default() };
        html! {
            input.num id={ "box-" (key) } name=(key) type="text" autocomplete="off" spellcheck="false"
                disabled[self.locked]
                inputmode=(if matches!(self.spec().kind, Kind::Count { .. }) { "numeric" } else { "text" })
                aria-invalid=[invalid] aria-describedby={ "unit-" (key) " tip-" (key) (error) }
                data-in="box" data-with=(key) value=(used) data-value=(used);
        }
    }

    /// The slider's positions are the table's stops: even steps, or ten to a decade.
    fn slider(&self) -> Markup {
        let (spec, key) = (self.spec(), self.spec().key);
        let last = spec.stops().len() - 1;
        let share = |stop: usize| fixed(stop as f64 / last as f64, 4);
        let at = spec.nearest_stop(self.value);
        html! {
            div.sl {
                @if let Some(zone) = &self.zone {
                    i.zone data-style={ "--at:" (share(spec.first_stop_from(zone.from))) } {}
                }
                @if let Some(a) = self.a {
                    i.a data-style={ "--at:" (share(spec.nearest_stop(a))) } title={ "A: " (words(spec, a)) } {}
                }
                i.tick data-style={ "--at:" (share(spec.nearest_stop(spec.default_value()))) } {}
                input type="range" name=(key) min="0" max=(last) step="1" data-style={ "--at:" (share(at)) }
                    disabled[self.locked]
                    aria-labelledby={ "label-" (key) } aria-describedby={ "tip-" (key) }
                    aria-valuetext={
                        (words(spec, self.value)) ", " (spec.unit) @if let Some(a) = self.a { ", A " (words(spec, a)) }
                    }
                    data-in="slide" data-with=(key) value=(at) data-value=(at);
            }
        }
    }

    /// What the number counts, or what its zero means.
    fn unit(&self) -> Markup {
        if self.unused.is_some() {
            return self.why_unused();
        }
        let spec = self.spec();
        let is_plain = spec.describe(self.value) == self.value.to_string();
        html! { span.unit id={ "unit-" (spec.key) } { (if is_plain { spec.unit } else { spec.zero }) } }
    }

    /// Why it does nothing, if so; in the place of the unit, where there is one.
    fn why_unused(&self) -> Markup {
        let Some(why) = &self.unused else { return Markup::default() };
        html! { span.unit.why id={ "unit-" (self.spec().key) } title={ "not used: " (why) } { "not used: " (why) } }
    }

    fn switch(&self) -> Markup {
        let (key, on) = (self.spec().key, self.value == Value::Switch(true));
        html! {
            span.switch {
                span { (if on { "on" } else { "off" }) }
                input type="checkbox" id={ "box-" (key) } name=(key) checked[on] data-in="switch" data-with=(key)
                    disabled[self.locked]
                    aria-describedby=(self.described_by()) title=(self.spec().unit);
            }
        }
    }

    /// What is said of a control without a unit.
    fn described_by(&self) -> String {
        let key = self.spec().key;
        if self.unused.is_some() { format!("unit-{key} tip-{key}") } else { format!("tip-{key}") }
    }

    fn choice(&self, names: &'static [&'static str]) -> Markup {
        let key = self.spec().key;
        html! {
            span.choice {
                select id={ "box-" (key) } name=(key) aria-describedby=(self.described_by()) title=(self.spec().unit)
                    data-in="box" data-with=(key) disabled[self.locked] {
                    @for name in names { (option(name, name, self.value == Value::Choice(name))) }
                }
                (glyph::icon(glyph::FORWARD))
            }
        }
    }
}
