//! What an action changes, and what it leaves to do outside.

use super::*;
use connlab::time::SimTime;

use crate::timetable::{self, Written};

fn page(link: &str) -> Page {
    let mut page = Page::new(&format!("https://example.org/#{link}"), false);
    finish(&mut page);
    page
}

fn finish(page: &mut Page) {
    let sim = connlab::sim::Sim::new(&page.recipe.scenario);
    page.apply(Action::Done(Rc::new(Shown::new(&page.recipe, &sim, true))));
}

fn set(key: &str, text: &str, settled: bool) -> Action {
    let param = ParamId::with_key(key).unwrap();
    Action::Set { param, value: param.spec().parse(text).unwrap(), settled }
}

/// The link of the entry behind a new one.
fn pushed_from(effects: Effects) -> String {
    match effects.address {
        AddressChange::Push { before } => before.link,
        other => panic!("{other:?}"),
    }
}

#[test]
fn without_a_link_the_page_opens_the_first_preset_behind_three_doors() {
    for (address, link) in [
        ("https://example.org/", "v=1&p=incident&view=start"),
        ("https://example.org/#", "v=1&p=incident&view=start"),
        ("https://example.org/#theme=dark", "v=1&p=incident&theme=dark&view=start"),
        ("https://example.org/#view=projector", "v=1&p=incident&view=projector"),
        ("https://example.org/#t=3s", "v=1&p=incident&t=3s"),
        ("https://example.org/#v=1", "v=1"),
        ("https://example.org/?rps=400", "v=1"),
        ("https://example.org/?p=healthy", "v=1&p=healthy"),
    ] {
        assert_eq!(Page::new(address, false).link(), link, "{address}");
    }
}

/// A location with anything else in it would never say the link.
#[test]
fn what_a_browser_escapes_is_escaped_in_the_link_and_read_back() {
    let page = page("p=healthy&t=%3Cimg%20src=x%3E%C3%A9");
    let link = page.link();
    assert_eq!(link, "v=1&p=healthy&t=%3Cimg%20src=x%3E%C3%A9");
    assert_eq!((page.key("t"), Page::new(&format!("#{link}"), false).link()), ("<img src=x>é", link));
}

/// The first view is an entry of its own: Back goes to it.
#[test]
fn every_door_leads_to_the_workbench_and_back_leads_out() {
    let before = || "v=1&p=incident&view=start".to_string();
    let healthy = || Box::new(link::decode("p=healthy").recipe);
    for (door, link, runs) in [
        (Action::Workbench, "v=1&p=incident", false),
        (Action::Preset("incident".into()), "v=1&p=incident", false),
        (Action::Preset("ports".into()), "v=1&p=ports", true),
        (Action::Show(healthy(), None), "v=1&p=healthy", true),
    ] {
        let mut page = Page::new("https://example.org/", false);
        finish(&mut page);
        let effects = page.apply(door);
        assert_eq!((effects.run, pushed_from(effects)), (runs, before()), "{link}");
        assert_eq!((page.link().as_str(), page.view(), page.is_brief), (link, View::Workbench, true));
        page.apply(Action::Open(format!("https://example.org/#{}", before()), None));
        assert_eq!(page.view(), View::Start);
    }
    let mut page = page("p=healthy");
    page.apply(Action::Preset("ports".into()));
    assert!(!page.is_brief, "who knows the workbench keeps all of it");
}

#[test]
fn the_sliders_of_the_first_view_do_not_leave_it() {
    let mut page = Page::new("https://example.org/", false);
    finish(&mut page);
    let effects = page.apply(set("workers", "24", true));
    assert!(effects.run);
    assert_eq!((page.link().as_str(), page.view()), ("v=1&p=incident&workers=24&view=start", View::Start));
}

#[test]
fn of_the_settings_those_matter_that_the_preset_names_and_those_that_were_moved() {
    let keys = |page: &Page| page.that_matter().into_iter().map(|i| i.spec().key).collect::<Vec<_>>();
    let mut page = page("p=two-idle");
    assert_eq!(keys(&page), ["idle", "rps"]);
    page.apply(set("rtt", "9ms", true));
    page.apply(set("idle", "9", true));
    assert_eq!(keys(&page), ["idle", "rps", "rtt"]);
}

#[test]
fn a_drag_is_one_entry_in_the_history() {
    let mut page = page("p=healthy");
    for value in ["65", "70"] {
        let effects = page.apply(set("workers", value, false));
        assert_eq!((effects.address, effects.run), (AddressChange::Follow, true));
    }
    let effects = page.apply(set("workers", "70", true));
    assert_eq!(pushed_from(effects), "v=1&p=healthy");
    assert_eq!(page.link(), "v=1&p=healthy&workers=70");
    assert_eq!(page.before(), Some("v=1&p=healthy"), "compared with the run before the drag");
}

#[test]
fn a_drag_that_ends_where_it_began_leaves_no_entry() {
    let mut page = page("p=healthy");
    page.apply(set("workers", "65", false));
    assert_eq!(page.apply(set("workers", "64", true)).address, AddressChange::Replace);
}

#[test]
fn the_end_of_a_drag_does_not_run_again_what_is_shown() {
    let mut page = page("p=healthy");
    page.apply(set("workers", "65", false));
    finish(&mut page);
    assert!(!page.apply(set("workers", "65", true)).run);
}

#[test]
fn the_same_run_again_is_no_news() {
    let mut page = page("p=healthy");
    let before = page.shown().cloned().unwrap();
    page.apply(Action::Rerun);
    finish(&mut page);
    assert!(Rc::ptr_eq(&before, page.shown().unwrap()) && page.run == Run::Done);
}

#[test]
fn an_older_run_of_a_drag_is_shown_but_is_not_the_end() {
    let mut page = page("p=healthy");
    page.apply(set("workers", "65", false));
    let older = Rc::new(Shown { scenario: page.recipe.scenario.clone(), ..(**page.shown().unwrap()).clone() });
    page.apply(set("workers", "70", false));
    page.apply(Action::Done(older));
    assert_ne!(page.run, Run::Done);
    finish(&mut page);
    assert_eq!(page.run, Run::Done);
}

#[test]
fn a_drag_of_long_runs_goes_on_saying_that_it_computes() {
    let mut page = page("p=healthy");
    page.apply(set("workers", "65", false));
    assert_eq!(page.run, Run::Busy { progress: None });
    page.apply(Action::Progress(0.4, None));
    page.apply(set("workers", "66", false));
    assert_eq!(page.run, Run::Busy { progress: Some(0.0) });
    finish(&mut page);
    page.apply(set("workers", "67", false));
    assert_eq!(page.run, Run::Busy { progress: None });
}

#[test]
fn reset_all_goes_back_to_the_preset_and_can_be_undone() {
    let mut page = page("p=healthy&workers=3&rps=10");
    assert!(page.is_edited());
    let effects = page.apply(Action::ResetAll);
    assert_eq!(pushed_from(effects), "v=1&p=healthy&rps=10&workers=3");
    assert_eq!(page.link(), "v=1&p=healthy");
    assert!(!page.is_edited());
}

#[test]
fn every_settled_change_is_compared_with_the_run_before_it() {
    let mut page = page("p=healthy&theme=dark");
    assert_eq!(page.before(), None, "a run that was opened has none before it");
    let effects = page.apply(set("workers", "3", true));
    assert!(effects.run);
    assert_eq!(pushed_from(effects), "v=1&p=healthy&theme=dark");
    assert_eq!(page.before(), Some("v=1&p=healthy"), "the theme does not belong to the run");
    finish(&mut page);
    page.apply(set("workers", "4", false));
    assert_eq!(page.before(), Some("v=1&p=healthy"), "nothing new is settled in a drag");
    page.apply(set("workers", "5", true));
    assert_eq!(page.before(), Some("v=1&p=healthy&workers=3"));
    page.apply(set("idle", "7", true));
    assert_eq!(page.before(), Some("v=1&p=healthy&workers=5"));
    page.apply(Action::ResetAll);
    assert_eq!(page.before(), Some("v=1&p=healthy&idle=7&workers=5"));
}

#[test]
fn another_subject_is_compared_with_nothing() {
    let mut page = page("p=healthy");
    page.apply(set("workers", "3", true));
    page.apply(Action::Preset("ports".into()));
    assert_eq!(page.before(), None);
    page.apply(set("idle", "100", true));
    page.apply(Action::Show(Box::new(link::decode("p=incident").recipe), None));
    assert_eq!(page.before(), None);
}

#[test]
fn going_back_brings_back_what_was_compared() {
    let mut page = page("p=healthy");
    page.apply(set("workers", "3", true));
    let first = page.entry();
    page.apply(set("workers", "4", true));
    let kept = Entry::read("", &first.memory());
    page.apply(Action::Open(format!("https://example.org/#{}", first.link), kept));
    assert_eq!((page.before(), page.entry()), (Some("v=1&p=healthy"), first));
    page.apply(Action::Open("https://example.org/#v=1&p=ports".into(), None));
    assert_eq!(page.before(), None, "somebody pasted another link");
}

#[test]
fn only_changes_of_this_page_can_be_undone_and_only_what_was_undone_made_again() {
    let mut page = page("p=healthy");
    let can = |page: &Page| [page.can_go(Way::Undo), page.can_go(Way::Redo)];
    assert_eq!(can(&page), [false, false], "behind the first entry is another site");
    let opened = page.entry();
    page.apply(set("workers", "3", false));
    assert_eq!(can(&page), [false, false], "not in the middle of a drag");
    page.apply(set("workers", "3", true));
    assert_eq!(can(&page), [true, false]);
    let kept = Entry::read("", &opened.memory());
    page.apply(Action::Open(format!("https://example.org/#{}", opened.link), kept));
    assert_eq!(can(&page), [false, true]);
    page.apply(set("workers", "5", true));
    assert_eq!(can(&page), [true, false]);
    let mut reloaded = Page::new(&format!("https://example.org/#{}", page.link()), false);
    reloaded.recall(Entry::read("", &page.entry().memory()));
    assert_eq!((can(&reloaded), reloaded.before()), ([true, false], Some("v=1&p=healthy")));
}

#[test]
fn the_theme_belongs_to_the_link_but_not_to_the_run() {
    let mut page = page("p=healthy");
    let effects = page.apply(Action::Theme(ThemeChoice::Dark));
    assert_eq!(effects, Effects { address: AddressChange::Replace, ..Effects::default() });
    assert_eq!(page.link(), "v=1&p=healthy&theme=dark");
    assert!(page.is_dark());
    page.apply(Action::Theme(ThemeChoice::System));
    assert_eq!(page.link(), "v=1&p=healthy");
}

#[test]
fn the_model_card_stays_open_over_another_run_and_is_not_in_the_link() {
    let mut page = page("p=healthy");
    assert_eq!(page.apply(Action::ModelCard(true)), Effects::default());
    page.apply(set("workers", "3", true));
    finish(&mut page);
    assert!(page.model_card);
    assert_eq!(page.link(), "v=1&p=healthy&workers=3");
    page.apply(Action::ModelCard(false));
    assert!(!page.model_card);
}

#[test]
fn a_projector_is_light() {
    assert!(!page("view=projector&theme=dark").is_dark());
}

#[test]
fn a_reset_brings_back_a_setting_and_its_course_as_the_preset_has_them() {
    let mut page = page("p=incident&service=10ms&20s.service=60ms&30s.service=20ms&workers=3");
    let param = ParamId::service;
    let base = page.recipe.base();
    assert!(page.recipe.scenario.differs(&base, param));
    page.apply(Action::Reset(param));
    assert_eq!(page.link(), "v=1&p=incident&workers=3");
    assert!(!page.recipe.scenario.differs(&base, param));
}

fn seconds(s: u64) -> SimTime {
    SimTime::from_nanos(s * 1_000_000_000)
}

/// What somebody writes of a change, or of a new one of the setting with this key.
fn written(change: Option<&str>, key: &str, at: &str, value: &str) -> Action {
    let param = ParamId::with_key(key);
    Action::Write(Written { change: change.map(String::from), param, at: at.into(), value: value.into() })
}

#[test]
fn a_change_during_the_run_is_dragged_written_and_removed_each_in_one_step() {
    let mut page = page("p=healthy&20s.service=50ms");
    let drag = |s| Action::Drag("service-50ms-0".into(), seconds(s));
    for s in [22, 25] {
        let effects = page.apply(drag(s));
        assert_eq!((effects.address, effects.run), (AddressChange::Follow, true));
        finish(&mut page);
    }
    assert_eq!(page.apply(drag(25)), Effects::default(), "it is there");
    assert_eq!(page.link(), "v=1&p=healthy&25s.service=50ms");
    let effects = page.apply(Action::Drop);
    assert_eq!((effects.run, pushed_from(effects).as_str()), (false, "v=1&p=healthy&20s.service=50ms"));
    assert_eq!(page.before(), Some("v=1&p=healthy&20s.service=50ms"));
    assert_eq!(page.apply(Action::Drop), Effects::default(), "nothing is held");
    page.apply(written(Some("service-50ms-0"), "", "26", "60"));
    assert_eq!(page.link(), "v=1&p=healthy&26s.service=60ms");
    let old = page.recipe.scenario.timetable[0];
    page.apply(Action::Reschedule { old, new: None });
    assert_eq!(page.link(), "v=1&p=healthy");
    page.apply(written(None, "rps", "7", "9"));
    assert_eq!(page.link(), "v=1&p=healthy&7s.rps=9");
    assert_eq!(page.before(), Some("v=1&p=healthy"));
}

#[test]
fn a_playhead_that_moves_during_a_drag_leaves_it_one_step() {
    let mut page = page("p=healthy&20s.service=50ms");
    for s in [22, 25] {
        page.apply(Action::Drag("service-50ms-0".into(), seconds(s)));
        page.stand(&format!("{s}s"));
    }
    let effects = page.apply(Action::Drop);
    assert_eq!(page.before(), Some("v=1&p=healthy&20s.service=50ms"));
    assert_eq!(pushed_from(effects), "v=1&p=healthy&20s.service=50ms");
    assert_eq!(page.recipe.scenario.timetable.len(), 1);
}

#[test]
fn a_change_that_is_dragged_past_another_one_leaves_it_in_its_place() {
    let mut page = page("p=healthy&20s.service=50ms&25s.service=30ms");
    for s in [25, 30, 22] {
        page.apply(Action::Drag("service-50ms-0".into(), seconds(s)));
    }
    assert_eq!(page.link(), "v=1&p=healthy&22s.service=50ms&25s.service=30ms");
}

#[test]
fn what_cannot_be_used_as_it_was_entered_is_said_where_it_was_until_something_changes() {
    let mut page = page("p=healthy&20s.service=50ms");
    let change = Field::Change(page.recipe.scenario.timetable[0]);
    let link = page.link();
    for (action, field, word) in [
        (Action::Enter(ParamId::service, "soon".into()), Field::Setting(ParamId::service), "soon"),
        (written(Some("service-50ms-0"), "", "soon", "50ms"), change, "soon"),
        (written(None, "service", "5s", "fast"), Field::Draft, "fast"),
    ] {
        assert_eq!(page.apply(action), Effects::default());
        let fault = page.fault(field).unwrap_or_default();
        assert!(fault.contains(word), "{field:?}: {fault}");
        let others =
            [Field::Setting(ParamId::service), change, Field::Draft].into_iter().filter(|other| *other != field);
        assert!(others.into_iter().all(|other| page.fault(other).is_none()), "{field:?} is not alone");
        assert_eq!(page.link(), link);
    }
    page.apply(written(None, "loss", "5s", "80%"));
    assert_eq!(page.fault(Field::Draft).unwrap(), "`5s.loss=80%` is outside 0%..50%. Using 50%.");
    assert_eq!(page.link(), "v=1&p=healthy&5s.loss=50%&20s.service=50ms");
    page.apply(Action::Enter(ParamId::service, "7".into()));
    assert_eq!((page.fault(Field::Draft), page.fault(Field::Setting(ParamId::service))), (None, None));
    page.apply(Action::Write(Written {
        change: Some("rps-9-0".into()),
        param: None,
        at: "1".into(),
        value: "2".into(),
    }));
    assert_eq!(page.link(), "v=1&p=healthy&service=7ms&5s.loss=50%&20s.service=50ms", "a change that is gone");
}

#[test]
fn a_preset_without_one_of_its_changes_is_that_preset_edited() {
    let mut page = page("p=incident");
    let old = page.recipe.scenario.timetable[0];
    page.apply(Action::Reschedule { old, new: None });
    assert!(page.is_edited() && page.recipe.scenario.timetable.is_empty());
    assert_eq!(page.link(), "v=1&p=incident&20s.service=");
    assert_eq!(page.before(), Some("v=1&p=incident"));
    assert_eq!(Page::new(&format!("#{}", page.link()), false).recipe, page.recipe, "as the link says");
}

#[test]
fn the_search_looks_at_key_name_and_meaning() {
    let mut page = page("p=healthy");
    page.apply(Action::Search("reuse".into()));
    let found = |page: &Page| {
        let found: Vec<_> =
            connlab::params::PARAMS.iter().filter(|spec| page.finds(spec)).map(|spec| spec.key).collect();
        found.join(" ")
    };
    assert_eq!(found(&page), "tw-reuse", "what it means is not known yet");
    page.help = Rc::new(Help::read("idle\tConnections to reuse.\t\nmax-idle\tOf all hosts.\tpool reuse\n"));
    assert_eq!(found(&page), "idle max-idle tw-reuse");
}

#[test]
fn the_form_for_a_change_opens_where_it_is_seen() {
    let mut page = page("p=healthy");
    page.apply(Action::Search("rps".into()));
    let effects = page.apply(Action::Draft(timetable::usual()));
    assert_eq!((effects, page.pane, page.search.as_str()), (Effects::default(), Pane::Change, ""));
    page.apply(Action::Draft(None));
    assert_eq!(page.link(), "v=1&p=healthy", "nothing was changed");
}
