//! What an action changes, and what it leaves to do outside.

use super::*;

fn page(link: &str) -> Page {
    let mut page = Page::new(&format!("https://example.org/#{link}"), false);
    finish(&mut page);
    page
}

fn finish(page: &mut Page) {
    let sim = connlab::sim::Sim::new(&page.scenario);
    page.apply(Action::Done(Rc::new(Shown::new(&page.scenario, &sim, true))));
}

fn set(key: &str, text: &str, settled: bool) -> Action {
    let param = PARAMS.iter().position(|spec| spec.key == key).unwrap();
    Action::Set { param, value: PARAMS[param].parse(text).unwrap(), settled }
}

#[test]
fn without_a_link_the_page_opens_the_first_preset_behind_three_doors() {
    for (address, link) in [
        ("https://example.org/", "v=1&p=incident&view=start"),
        ("https://example.org/#", "v=1&p=incident&view=start"),
        ("https://example.org/#theme=dark", "v=1&p=incident&view=start&theme=dark"),
        ("https://example.org/#view=projector", "v=1&p=incident&view=projector"),
        ("https://example.org/#t=3s", "v=1&p=incident&t=3s"),
        ("https://example.org/#v=1", "v=1"),
        ("https://example.org/?rps=400", "v=1"),
        ("https://example.org/?p=healthy", "v=1&p=healthy"),
    ] {
        assert_eq!(Page::new(address, false).link(), link, "{address}");
    }
}

/// The first view is an entry of its own: Back goes to it.
#[test]
fn every_door_leads_to_the_workbench_and_back_leads_out() {
    let before = || "v=1&p=incident&view=start".to_string();
    let healthy = || Box::new(link::decode("p=healthy").scenario);
    for (door, link, runs) in [
        (Action::Enter, "v=1&p=incident", false),
        (Action::Preset("incident".into()), "v=1&p=incident", false),
        (Action::Preset("ports".into()), "v=1&p=ports", true),
        (Action::Show(healthy(), None), "v=1&p=healthy", true),
    ] {
        let mut page = Page::new("https://example.org/", false);
        finish(&mut page);
        let effects = page.apply(door);
        assert_eq!((effects.address, effects.run), (Address::Push { before: before() }, runs), "{link}");
        assert_eq!((page.link().as_str(), page.view(), page.is_brief), (link, View::Workbench, true));
        page.apply(Action::Open(format!("https://example.org/#{}", before())));
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
    let keys = |page: &Page| page.that_matter().into_iter().map(|i| PARAMS[i].key).collect::<Vec<_>>();
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
        assert_eq!((effects.address, effects.run), (Address::Follow, true));
    }
    let effects = page.apply(set("workers", "70", true));
    assert_eq!(effects.address, Address::Push { before: "v=1&p=healthy".into() });
    assert_eq!(page.link(), "v=1&p=healthy&workers=70");
}

#[test]
fn a_drag_that_ends_where_it_began_leaves_no_entry() {
    let mut page = page("p=healthy");
    page.apply(set("workers", "65", false));
    assert_eq!(page.apply(set("workers", "64", true)).address, Address::Replace);
}

#[test]
fn the_end_of_a_drag_does_not_run_again_what_is_shown() {
    let mut page = page("p=healthy");
    page.apply(set("workers", "65", false));
    finish(&mut page);
    assert!(!page.apply(set("workers", "65", true)).run);
}

#[test]
fn an_older_run_of_a_drag_is_shown_but_is_not_the_end() {
    let mut page = page("p=healthy");
    page.apply(set("workers", "65", false));
    let older = Rc::new(Shown { scenario: page.scenario.clone(), ..(**page.shown.as_ref().unwrap()).clone() });
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
    assert_eq!(effects.address, Address::Push { before: "v=1&p=healthy&rps=10&workers=3".into() });
    assert_eq!(page.link(), "v=1&p=healthy");
    assert!(!page.is_edited());
}

#[test]
fn what_is_tried_is_a_new_entry_and_remembers_what_it_is_compared_with() {
    let mut page = page("p=healthy");
    let proposed = link::decode("p=healthy&workers=3").scenario;
    let effects = page.apply(Action::Try(Box::new(proposed)));
    assert_eq!(effects.address, Address::Push { before: "v=1&p=healthy".into() });
    assert!(effects.run);
    assert_eq!(page.link(), "v=1&p=healthy&workers=3");
    finish(&mut page);
    assert_eq!(page.tried_from.as_deref(), Some("v=1&p=healthy"));
    page.apply(set("workers", "4", true));
    assert_eq!(page.tried_from, None, "it is not the proposal any more");
}

#[test]
fn the_theme_belongs_to_the_link_but_not_to_the_run() {
    let mut page = page("p=healthy");
    let effects = page.apply(Action::Theme(ThemeChoice::Dark));
    assert_eq!(effects, Effects { address: Address::Replace, ..Effects::default() });
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
fn typed_times_may_lack_their_unit() {
    let timeout = Params::spec("timeout").unwrap();
    let before = timeout.parse("250ms").unwrap();
    assert_eq!(typed(timeout, before, "300").unwrap().to_string(), "300ms");
    assert_eq!(typed(timeout, before, "1.5 s").unwrap().to_string(), "1500ms");
    let backlog = Params::spec("backlog").unwrap();
    assert_eq!(typed(backlog, backlog.default_value(), "1,024").unwrap(), Value::Count(1_024));
    assert!(typed(backlog, backlog.default_value(), "12x").is_err());
}

#[test]
fn a_reset_names_the_preset_first_and_then_the_default() {
    let spec = Params::spec("workers").unwrap();
    let base = page("p=healthy").scenario.base().params;
    let workers = |n: u64| Value::Count(n);
    assert_eq!(reset_value(spec, workers(3), &base), Some(workers(64)));
    assert_eq!(reset_value(spec, workers(64), &base), Some(workers(16)));
    assert_eq!(reset_value(spec, workers(16), &base), Some(workers(64)));
    assert_eq!(reset_value(spec, workers(16), &Params::default()), None);
}

#[test]
fn the_search_looks_at_key_name_and_meaning() {
    let mut page = page("p=healthy");
    page.apply(Action::Search("TIME_WAIT".into()));
    let found: Vec<_> = PARAMS.iter().filter(|spec| page.finds(spec)).map(|spec| spec.key).collect();
    assert_eq!(found, ["tw-reuse", "tw-buckets"]);
}
