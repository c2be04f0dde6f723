//! All settings, grouped by who owns them, in the order of a request's path.

use connlab::params::{Group, PARAMS, ParamId, Value};
use connlab::scenario::Scenario;
use connlab::words::count;
use yew::prelude::*;

use super::timetable::timetable;
use super::{Props, glyph, markup, sends, setting, text_of, when};
use crate::shown::Shown;
use crate::state::Action;

/// The left side.
pub fn settings(props: &Props) -> Html {
    let recipe = &props.page.recipe;
    let scenario = &recipe.scenario;
    let all = All { base: recipe.base(), unused: scenario.unused() };
    let changed = ParamId::ALL.iter().filter(|param| scenario.differs(&all.base, **param)).count();
    let origin = if recipe.preset.is_some() { "the preset" } else { "the defaults" };
    let state = if changed == 0 { format!("as in {origin}") } else { format!("{changed} changed") };
    let is_brief = props.page.is_brief && props.page.search.trim().is_empty();
    // How the run itself goes comes last: it is nobody's setting.
    let groups = Group::ALL.into_iter().filter(|group| *group != Group::Run);
    html! {
        <aside class="left" aria-label="Settings">
            <div class="sethead">
                {markup(format!("<h2>Settings</h2><span title='Compared with {origin}'>{state}</span>"))}
                if changed > 0 {
                    <button class="btn" title={format!("All settings as in {origin}; Back undoes it")}
                        onclick={sends(&props.act, Action::ResetAll)}>
                        {glyph::icon(glyph::UNDO)}{"Reset all"}
                    </button>
                }
            </div>
            {search(props)}
            <div class="groups">
                if is_brief {
                    {brief(props, &all)}
                } else {
                    {for groups.map(|group| self::group(props, &all, group))}
                }
                if props.page.search.trim().is_empty() {
                    {timetable(props)}
                }
                if !is_brief { {group(props, &all, Group::Run)} }
            </div>
            // What a setting means stands here while somebody is at it.
            <div class="tips"></div>
            {foot(props)}
        </aside>
    }
}

/// The settings that matter in this preset, and the way to all of them.
fn brief(props: &Props, all: &All) -> Html {
    html! {
        <section class="grp">
            <h3>{"What matters here"}</h3>
            {for props.page.that_matter().into_iter().map(|param| row(props, all, param))}
            <button class="btn line" data-testid="all-settings" onclick={sends(&props.act, Action::Brief(false))}>
                {format!("All {} settings", PARAMS.len())}
            </button>
        </section>
    }
}

/// What all settings are compared with, and why some of them do nothing.
struct All {
    base: Scenario,
    unused: Vec<Option<String>>,
}

/// A heading that unfolds, the prominent settings that do something, and the others while it is unfolded or they are
/// searched for.
fn group(props: &Props, all: &All, group: Group) -> Html {
    let page = &props.page;
    let rows = || ParamId::ALL.iter().copied().filter(move |param| param.spec().group == group);
    let searching = !page.search.trim().is_empty();
    if searching && !rows().any(|param| page.finds(param.spec())) {
        return Html::default();
    }
    let open = page.unfolded[group as usize] || searching;
    let is_prominent = |param: &ParamId| param.spec().prominent && all.unused[*param as usize].is_none();
    let hidden = rows().filter(|param| !is_prominent(param)).count();
    let changed = rows().filter(|&param| page.recipe.scenario.differs(&all.base, param)).count();
    let id = format!("group-{}", group as usize);
    let (shown, folded): (Vec<_>, Vec<_>) =
        rows().filter(|&param| !searching || page.finds(param.spec())).partition(is_prominent);
    html! {
        <section class="grp">
            <h3>
                <button aria-expanded={open.to_string()} aria-controls={id.clone()}
                    onclick={sends(&props.act, Action::Unfold(group))}>
                    {glyph::place(group)}<span>{group.title()}</span>
                    if changed > 0 {
                        {markup(format!("<span class=count>● {changed}<span class=sr> changed</span></span>"))}
                    }
                    {markup(format!("<span class=more aria-label='{hidden} more'>+{hidden}</span>"))}
                    {glyph::icon(glyph::FORWARD)}
                </button>
            </h3>
            {for shown.into_iter().map(|param| row(props, all, param))}
            <div {id} hidden={!open}>{for folded.into_iter().map(|param| row(props, all, param))}</div>
            if group == Group::ServerKernel && !searching { {limit(props)} }
        </section>
    }
}

fn row(props: &Props, all: &All, param: ParamId) -> Html {
    setting::row(props, param, &all.base, all.unused[param as usize].clone())
}

/// The arithmetic where two settings meet.
fn limit(props: &Props) -> Html {
    let params = &props.page.recipe.scenario.params;
    let limit = count(u64::from(params.effective_backlog()) + 1);
    markup(format!("<p class=derived>min(backlog, somaxconn) + 1 = <b>{limit}</b></p>"))
}

fn search(props: &Props) -> Html {
    let oninput = when(&props.act, |event: InputEvent| text_of(&event).map(Action::Search));
    let search = &props.page.search;
    let nothing = !search.trim().is_empty() && !PARAMS.iter().any(|spec| props.page.finds(spec));
    let says = props.page.help.not_modelled(search);
    let says = says.or(nothing.then(|| "No setting has this in its name or description.".into()));
    html! {
        <div class="find">
            <input class="text" type="search" aria-label="Find a setting" autocomplete="off"
                placeholder={format!("Find one of {} settings", PARAMS.len())} value={search.clone()} {oninput} />
            if let Some(says) = says { <p>{says}</p> }
        </div>
    }
}

/// Seed, fingerprint, model card.
fn foot(props: &Props) -> Html {
    let seed = props.page.recipe.scenario.params.seed;
    let param = ParamId::seed;
    let next = Value::Count((seed + 1) % (1 << 53));
    html! {
        <footer class="setfoot">
            {markup(format!("<span>seed</span><code>{seed}</code>"))}
            <button class="new" onclick={sends(&props.act, Action::Set { param, value: next, settled: true })}>
                {"new seed"}
            </button>
            {fingerprint(props.page.shown().map(|shown| &**shown))}
            {markup("<button class=new data-testid=model-card-button popovertarget=model-card>model card</button>")}
            {documents()}
        </footer>
    }
}

/// What tells this run from all others, once it is over.
pub fn fingerprint(shown: Option<&Shown>) -> Html {
    let fingerprint = shown.filter(|shown| shown.complete).map_or("", |shown| &shown.report.fingerprint);
    markup(format!(
        "<span>run</span> <code data-testid=fingerprint title='The same link gives the same run, with the same \
        fingerprint, everywhere'>{fingerprint}</code>"
    ))
}

/// Files beside the page, which load when somebody wants to read them.
const DOCUMENTS: &str = "<nav class=documents aria-label=Documents><a href=docs/README.html>Docs</a>\
    <a href=docs/errors.html>Errors</a><a href=docs/source.tar.gz>Source</a>\
    <a href=docs/licence.html>Licence</a></nav>";

/// Where to read more.
pub fn documents() -> Html {
    markup(DOCUMENTS)
}
