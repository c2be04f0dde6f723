//! Changes of settings: a slider that moves and is let go, what is computed, drawn and asked meanwhile.

use super::*;

#[test]
fn a_step_of_a_drag_is_drawn_with_its_run() {
    let mut visit = Visit::to("p=healthy&duration=1s");
    let effects = visit.slide("6");
    assert!(!draws(&effects), "{effects:?}");
    assert!(effects.contains(&Effect::Busy));
    assert_eq!(computed(&effects)[0].2, Start::InTurn);
    assert!(draws(&visit.finish()));
    assert_eq!(visit.shown().link, "v=1&p=healthy&duration=1s&workers=6");
}

#[test]
fn what_workers_say_is_drawn_with_the_next_frame_or_with_a_step_that_waits_for_its_run() {
    let mut visit = Visit::to(INCIDENT);
    visit.go(Motion::Put(at_ms(3_000)));
    assert!(draws_soon(&visit.scene_comes()));
    assert!(draws(&visit.tell(Msg::Frame)));
    visit.slide("15");
    assert!(draws_soon(&visit.scene_comes()));
    assert!(!draws(&visit.tell(Msg::Frame)));
    assert!(draws(&visit.finish()));
}

#[test]
fn a_step_whose_run_is_not_there_after_three_frames_is_drawn_without_it() {
    let mut visit = Visit::to("p=healthy");
    visit.slice_ms = 8.0;
    assert!(!draws(&visit.slide("6")));
    let turns: Vec<bool> = (0..3).map(|_| draws(&visit.turn())).collect();
    assert_eq!(turns, [false, true, false], "once, and then with news of the run");
    assert!(draws(&visit.slide("7")), "the next step does not wait for a run that is late");
}

#[test]
fn a_step_that_changes_nothing_is_drawn_at_once() {
    let mut visit = Visit::to("p=healthy&duration=1s");
    let effects = visit.slide("64");
    assert!(draws(&effects) && computed(&effects).is_empty(), "{effects:?}");
}

#[test]
fn a_drag_shows_a_finished_run_before_the_newest() {
    let mut visit = Visit::to("p=healthy");
    for workers in ["6", "7", "8"] {
        visit.slide(workers);
        visit.turn();
    }
    let mut shown = Vec::new();
    while !visit.jobs.is_idle() {
        visit.turn();
        shown.push((visit.shown().link.clone(), visit.app.page.run == Run::Done));
    }
    shown.dedup();
    shown.retain(|(link, _)| link.contains("workers"));
    let link = |workers: &str| format!("v=1&p=healthy&workers={workers}");
    assert_eq!(shown, [(link("6"), false), (link("8"), true)]);
}

#[test]
fn a_step_to_an_error_during_a_drag_asks_nothing() {
    let mut visit = Visit::to(INCIDENT);
    visit.slide("15");
    let before = visit.app.playhead.clone();
    let effects = visit.go(next_error());
    assert_eq!(effects, [Effect::Draw]);
    assert_eq!(*visit.app.playhead, *before);
    visit.tell(Msg::Key(Meaning::PlayOrPause));
    assert!(!visit.app.playhead.playing, "there is nothing to play");
}

#[test]
fn a_drag_puts_away_what_was_asked_of_the_run_before_and_asks_again_of_its_own() {
    let mut visit = Visit::to(INCIDENT);
    let effects = visit.slide("15");
    assert!(effects.contains(&Effect::Forget));
    assert!(topics(&effects).is_empty(), "{effects:?}");
    assert!(!visit.slide("14").contains(&Effect::Forget), "there is nothing left to put away");
    let effects = visit.finish();
    assert!(topics(&effects).is_empty() && effects.contains(&Effect::Watch), "the thumb may move on: {effects:?}");
    assert!(!visit.scene_comes().contains(&Effect::Watch), "once for each place");
    let effects = visit.tell(Msg::Held);
    assert_eq!(topics(&effects), [Topic::Help, Topic::Why, Topic::Cure, Topic::Risks]);
    let link = visit.app.page.link();
    assert!(asked(&effects, Worker::Explainer)[1..].iter().all(|question| question.text == link), "{effects:?}");
}

#[test]
fn a_drag_is_one_entry_of_the_history_and_its_undo_one_step() {
    let mut visit = Visit::to("p=healthy&duration=1s");
    let before = visit.app.page.entry();
    for workers in ["6", "7"] {
        let effects = visit.slide(workers);
        assert_eq!(located(&effects)[0].0, &AddressChange::Follow);
    }
    let undo = || Msg::Key(Meaning::Travel(Way::Undo));
    assert!(!visit.tell(undo()).contains(&Effect::Travel(Way::Undo)), "not in the middle of a drag");
    visit.finish();
    let effects = visit.act(set("workers", "7", true));
    assert_eq!(located(&effects), [(&AddressChange::Push { before: before.clone() }, &*visit.app.page.link())]);
    assert!(computed(&effects).is_empty(), "it is shown already");
    assert!(visit.tell(undo()).contains(&Effect::Travel(Way::Undo)));
    let kept = Entry::read("", &before.memory());
    visit.tell(Msg::Opened(format!("{PLACE}#{}", before.link), kept));
    assert_eq!(visit.app.page.link(), "v=1&p=healthy&duration=1s");
    assert!(!visit.app.page.can_go(Way::Undo) && visit.app.page.can_go(Way::Redo));
}

#[test]
fn in_a_drag_the_scene_of_an_older_run_is_still_seen_and_does_not_move_the_playhead() {
    let mut visit = Visit::to(INCIDENT);
    visit.go(Motion::Put(at_ms(3_000)));
    let shown = visit.shown().clone();
    visit.slide("15");
    visit.scene_comes();
    assert!(visit.app.player.scene.as_ref().is_some_and(|(of, _)| Rc::ptr_eq(of, &shown)));
    assert_eq!((visit.app.playhead.at, visit.app.playhead.is_known()), (at_ms(3_000), false));
    visit.finish();
    visit.scene_comes();
    assert!(visit.app.playhead.is_known());
}

#[test]
fn a_new_run_stops_the_player() {
    let mut visit = Visit::to(INCIDENT);
    visit.go(Motion::Play(true));
    assert!(visit.app.playhead.playing);
    visit.act(set("workers", "15", true));
    assert!(!visit.app.playhead.playing);
}

#[test]
fn while_it_plays_one_scene_is_asked_for_after_the_other() {
    let mut visit = Visit::to(INCIDENT);
    visit.scene_comes();
    let scenes = |effects: Vec<Effect>| asked(&effects, Worker::Stage).len();
    assert_eq!(scenes(visit.go(Motion::Play(true))), 1);
    assert_eq!(scenes(visit.go(Motion::Frame(16.0))), 0, "the one before has not come");
    assert_eq!(scenes(visit.scene_comes()), 1);
}

#[test]
fn an_example_comes_into_view_and_leaves_the_visitors_settings() {
    let mut visit = Visit::to("p=healthy&duration=1s");
    visit.act(set("idle", "7", true));
    visit.tell(Msg::Ask(Ask::Pasted("read: connection reset by peer".into())));
    assert_eq!(visit.app.panel.own, "v=1&p=healthy&duration=1s&idle=7");
    visit.act(set("idle", "8", true));
    assert_eq!(visit.app.panel.own, "v=1&p=healthy&duration=1s&idle=8", "a change of one's own counts");
    visit.tell(Msg::Ask(Ask::Tab(Tab::Sockets)));
    let incident = Box::new(link::decode(INCIDENT).recipe);
    let effects = visit.act(Action::Show(incident, None));
    assert!(effects.contains(&Effect::Reveal(ROW)));
    assert_eq!((visit.app.panel.tab, &*visit.app.panel.own), (Tab::Errors, "v=1&p=healthy&duration=1s&idle=8"));
}

#[test]
fn a_form_for_a_change_gets_the_focus_when_it_opens_and_not_again() {
    let mut visit = Visit::to("p=healthy&duration=1s");
    let draft = || Action::Draft(Some(ParamId::rps));
    assert!(visit.act(draft()).contains(&Effect::Focus(DRAFT)));
    assert!(!visit.act(draft()).contains(&Effect::Focus(DRAFT)));
}

#[test]
fn a_pinned_run_is_computed_beside_the_shown_one_and_drawn_with_it() {
    let mut visit = Visit::to(INCIDENT);
    visit.scene_comes();
    let a = visit.app.page.link();
    assert!(computed(&visit.act(Action::Pin(true))).is_empty(), "it is this very run");
    let effects = visit.act(set("workers", "15", true));
    let roles: Vec<_> = computed(&effects).into_iter().map(|(role, link, _)| (role, link)).collect();
    assert_eq!(roles, [(Role::Shown, format!("{a}&workers=15")), (Role::Pinned, a.clone())]);
    visit.finish();
    let pinned = visit.app.page.compared().expect("it is there").clone();
    assert_eq!((&*pinned.link, &*visit.shown().link), (&*a, &*format!("{a}&workers=15")));
    let effects = visit.act(set("workers", "14", true));
    assert_eq!(computed(&effects).len(), 1, "A stays as it is");
    assert!(visit.app.page.compared().is_some_and(|kept| Rc::ptr_eq(kept, &pinned)));
    visit.finish();
    assert!(visit.act(set("workers", "16", true)).contains(&Effect::Stop(Role::Pinned)), "B is A");
    assert!(visit.app.page.compared().is_none());
    visit.finish();
    visit.act(set("workers", "15", true));
    let effects = visit.act(Action::Pin(false));
    assert!(effects.contains(&Effect::Stop(Role::Pinned)) && visit.app.page.compared().is_none());
}

#[test]
fn within_a_dead_zone_nothing_is_computed_and_every_step_is_drawn() {
    let mut visit = Visit::to("p=healthy&duration=1s");
    let (report, zone) = (visit.shown().report.clone(), visit.app.page.dead_zone(ParamId::workers).expect("a zone"));
    for workers in [zone.from, 100, 10_000] {
        let effects = visit.slide(&workers.to_string());
        assert!(draws(&effects) && computed(&effects).is_empty(), "{workers}: {effects:?}");
        assert_eq!((&visit.app.page.run, &*visit.shown().link), (&Run::Done, &*visit.app.page.link()));
        assert_eq!(visit.shown().report.fingerprint, report.fingerprint);
    }
    assert_eq!(**visit.shown(), crate::shown::shown(&visit.app.page.link()));
    let effects = visit.slide(&(zone.from - 1).to_string());
    assert_eq!(computed(&effects).len(), 1);
    visit.finish();
    assert_ne!(visit.shown().report.fingerprint, report.fingerprint);
}

#[test]
fn a_slider_shows_its_dead_zone_and_says_why() {
    let visit = Visit::to("p=healthy&duration=1s");
    let html = drawn(&visit.app);
    let words = visit.app.page.dead_zone(ParamId::workers).expect("a zone").words();
    let row = html.split("data-param=\"workers\"").nth(1).and_then(|rest| rest.split("data-param=").next());
    let row = row.expect("its row");
    assert!(row.contains("class=\"zone\"") && row.contains(&words), "{row}");
}

#[test]
fn a_drag_has_the_next_stops_computed_before_it_is_there() {
    let mut visit = Visit::to("p=incident&duration=1s");
    let foreseen = |effects: &[Effect]| match effects.iter().rfind(|effect| matches!(effect, Effect::Foresee(_))) {
        Some(Effect::Foresee(recipes)) => recipes.iter().map(|it| it.scenario.params.workers).collect(),
        _ => Vec::new(),
    };
    assert_eq!(foreseen(&visit.slide("20")), [25, 30, 40, 15], "to the right of where it was");
    assert_eq!(foreseen(&visit.slide("15")), [12, 10, 8, 20]);
    assert_eq!(foreseen(&visit.slide("1")), [2], "there is nothing on the other side");
    visit.finish();
    let effects = visit.act(set("workers", "1", true));
    assert_eq!(effects.iter().filter(|effect| **effect == Effect::Foresee(Vec::new())).count(), 1);
}

#[test]
fn a_hidden_page_wants_no_explanations_and_asks_for_the_open_ones_when_it_is_seen() {
    let mut visit = Visit::to(INCIDENT);
    let why = asked(&visit.done, Worker::Explainer).into_iter().find(|question| question.topic == Topic::Why);
    visit.explains(&why.expect("it was asked"), "<p>Because.</p>", "");
    assert_eq!(visit.tell(Msg::Hidden(true)), [Effect::Forget]);
    let effects = visit.tell(Msg::Hidden(false));
    assert_eq!(topics(&effects), [Topic::Help, Topic::Cure, Topic::Risks], "but not for what was answered");
}

#[test]
fn a_slider_shows_where_the_pinned_run_has_it() {
    let mut visit = Visit::to("p=healthy&duration=1s&workers=3&pin.workers=5");
    let row = |visit: &Visit| {
        let html = drawn(&visit.app);
        let row = html.split("data-param=\"workers\"").nth(1).and_then(|rest| rest.split("data-param=").next());
        row.expect("its row").to_string()
    };
    let shown = row(&visit);
    assert!(shown.contains("title=\"A: 5\"") && shown.contains("aria-valuetext=\"3, at once, A 5\""), "{shown}");
    visit.act(set("workers", "5", true));
    assert!(!row(&visit).contains("title=\"A: "), "both have the same");
}
