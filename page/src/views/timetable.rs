//! Changes during the run, in the column of the settings: each can be edited and removed, and new ones added.

use connlab::params::{Kind, PARAMS, ParamId};
use connlab::scenario::Change;
use connlab::words::exact;
use maud::{Markup, html};

use super::parts::Parts;
use super::{aria, glyph, option, setting};
use crate::state::{Field, Page};
use crate::timetable;

/// This part of the page.
const PART: &str = "timetable";

/// The list, and the form for a new change. Every change is a form of its own, whose fields keep what is typed until it
/// is entered: the page may be drawn anew meanwhile.
pub fn timetable(page: &Page, parts: &mut Parts) -> Markup {
    let mut changes = timetable::named(&page.recipe.scenario);
    changes.sort_by_key(|(_, change)| (change.at, change.param));
    let is_open = page.draft.is_some();
    let can_grow = page.draftable().is_some();
    let html = html! {
        section.grp.timetable data-part=(PART) data-testid="timetable" {
            h3 {
                button aria-expanded=(aria(is_open)) aria-controls="draft" data-testid="add-change"
                    disabled[!can_grow] data-do=(if is_open { "no-draft" } else { "draft" }) {
                    span { "During the run" }
                    @if can_grow { span.more { "add a change" } (glyph::icon(glyph::FORWARD)) }
                }
            }
            ul aria-label="Changes during the run" {
                @for (name, change) in &changes { (row(page, name, change)) }
            }
            div id="draft" hidden[!is_open] { @if let Some(param) = page.draft { (draft(page, param)) } }
        }
    };
    parts.part(PART, html)
}

/// One change.
fn row(page: &Page, name: &str, change: &Change) -> Markup {
    let words = timetable::words(change);
    if page.is_locked(change.param) {
        return html! { li data-key=(name) data-testid="locked-change" { (words) " " (setting::locked()) } };
    }
    html! {
        li data-key=(name) {
            form.entry data-testid="change" name=(name) {
                (text("at", &format!("When: {words}"), &exact(change.at), None))
                code title=(change.spec().label) { (change.spec().key) }
                (value(change.param, &format!("Value: {words}"), &change.value.to_string(), Some(&value_id(name))))
                button.btn.icon type="button" aria-label={ "Remove " (words) } title="Remove"
                    data-do="remove" data-with=(name) { (glyph::icon(glyph::CLOSE)) }
                (fault(page, Field::Change(*change)))
            }
        }
    }
}

/// Where a change's value is written, in the document.
pub fn value_id(name: &str) -> String {
    format!("value-{name}")
}

/// A new change of this setting.
fn draft(page: &Page, param: ParamId) -> Markup {
    let at = exact(timetable::suggested(&page.recipe.scenario));
    let now = param.spec().get(&page.recipe.scenario.params).to_string();
    html! {
        form.entry.draft data-testid="draft" {
            (text("at", "When", &at, Some(DRAFT)))
            select.num name="param" aria-label="Which setting" {
                @for spec in PARAMS {
                    @if spec.live && !page.is_locked(spec.id) { (option(spec.key, spec.label, spec.id == param)) }
                }
            }
            (value(param, "Its value from then on", &now, None))
            button.btn.line { "Add" }
            (fault(page, Field::Draft))
        }
    }
}

/// The first field for a new change, in the document.
pub const DRAFT: &str = "draft-at";

fn fault(page: &Page, field: Field) -> Markup {
    html! { @if let Some(message) = page.fault(field) { p.invalid role="alert" { (message) } } }
}

/// A field for a value of this parameter: a choice, or a text with a unit.
fn value(param: ParamId, label: &str, used: &str, id: Option<&str>) -> Markup {
    let names: &[&str] = match param.spec().kind {
        Kind::Choice(names) => names,
        Kind::Switch => &["on", "off"],
        _ => return text("value", label, used, id),
    };
    html! {
        select.num name="value" id=[id] data-key=(param.spec().key) aria-label=(label) {
            @for name in names { (option(name, name, *name == used)) }
        }
    }
}

/// A field for a text.
fn text(name: &str, label: &str, used: &str, id: Option<&str>) -> Markup {
    html! {
        input.num type="text" autocomplete="off" spellcheck="false" name=(name) id=[id] aria-label=(label) value=(used);
    }
}
