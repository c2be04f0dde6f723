//! What opens, and what is asked then.

use super::*;
use crate::views::parts::whole;

#[test]
fn a_visit_begins_with_the_location_and_the_run() {
    let visit = Visit::open("?p=healthy");
    let [Effect::Locate(AddressChange::Replace, entry), Effect::Compute(Role::Shown, recipe, Start::AtOnce)] =
        &visit.done[..]
    else {
        panic!("{:?}", visit.done)
    };
    assert_eq!((entry.link.as_str(), link::encode(recipe).as_str()), ("v=1&p=healthy", "v=1&p=healthy"));
}

#[test]
fn nothing_is_asked_before_the_first_run_is_there() {
    let mut visit = Visit::open("#p=healthy");
    visit.tell(Msg::Fits(Viewport::default()));
    visit.go(Motion::Play(true));
    visit.turn();
    assert!(!visit.jobs.is_idle() && !visit.app.playhead.playing);
    assert!(topics(&visit.done).is_empty() && asked(&visit.done, Worker::Stage).is_empty(), "{:?}", visit.done);
    assert!(!visit.done.contains(&Effect::Later));
}

#[test]
fn the_first_run_brings_style_scene_help_and_explanations() {
    let visit = Visit::to(INCIDENT);
    assert_eq!(visit.done.iter().filter(|effect| **effect == Effect::Later).count(), 1);
    assert_eq!(topics(&visit.done), [Topic::Help, Topic::Why, Topic::Cure, Topic::Risks]);
    assert_eq!(asked(&visit.done, Worker::Stage).len(), 1);
    assert_eq!(visit.app.said, visit.shown().sentence().to_string());
}

#[test]
fn the_first_view_is_read_from_its_beginning_and_wants_nothing_but_its_scene() {
    let mut visit = Visit::to("");
    assert_eq!((visit.app.page.view(), visit.app.said.as_str()), (View::Start, ""));
    assert_eq!((topics(&visit.done).len(), asked(&visit.done, Worker::Stage).len()), (0, 1));
    visit.act(set("workers", "24", true));
    visit.finish();
    assert_eq!(visit.app.said, "", "nobody has heard of anything yet");
    let effects = visit.act(Action::Workbench);
    assert_eq!(topics(&effects)[0], Topic::Help);
}

#[test]
fn an_embedded_page_wants_only_what_it_shows() {
    for (link, scenes) in [("view=embed", 1), ("view=embed&chart=latency", 0)] {
        let visit = Visit::to(&format!("{INCIDENT}&{link}"));
        assert_eq!((topics(&visit.done).len(), asked(&visit.done, Worker::Stage).len()), (0, scenes), "{link}");
    }
}

#[test]
fn what_a_link_hides_is_not_asked() {
    let topics_of = |hide: &str| topics(&Visit::to(&format!("{INCIDENT}&hide={hide}")).done);
    assert_eq!(topics_of("cure,risks"), [Topic::Help, Topic::Why]);
    assert_eq!(topics_of("why"), [Topic::Help, Topic::Cure, Topic::Risks]);
    assert_eq!(topics_of("errors"), [Topic::Help, Topic::Sockets], "the next tab is in its place");
    assert_eq!(topics_of("errors,sockets,summary"), [Topic::Help]);
    let visit = Visit::to(&format!("{INCIDENT}&hide=headline"));
    assert_eq!(visit.app.said, "", "nor announced");
}

#[test]
fn a_run_of_whoever_it_is_waits_for_a_name() {
    let mut visit = Visit::open("#p=healthy&duration=1s&seed=who");
    assert!(visit.done.contains(&Effect::Focus("who")));
    assert!(!visit.done.iter().any(|effect| matches!(effect, Effect::Compute(..))), "{:?}", visit.done);
    assert!(whole(&visit.app).contains("id=\"who-form\""));
    let effects = visit.act(Action::Who("17".into()));
    let [Effect::Locate(AddressChange::Push { .. }, entry), ..] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(entry.link, "v=1&p=healthy&seed=17&duration=1s&who=17");
    visit.finish();
    assert!(whole(&visit.app).contains("17, seed 17"));
}

#[test]
fn a_wall_wants_explanations_and_the_meaning_of_its_settings() {
    let visit = Visit::to(&format!("{INCIDENT}&view=projector"));
    assert_eq!(topics(&visit.done), [Topic::Help, Topic::Why, Topic::Cure]);
    let opened = Visit::open(&format!("#{INCIDENT}&view=projector"));
    assert_eq!(opened.done.last(), Some(&Effect::Later), "how it looks, before its run");
}

#[test]
fn a_run_that_is_cancelled_is_stopped_and_can_be_made_after_all() {
    let mut visit = Visit::open("#p=healthy");
    visit.turn();
    assert!(visit.act(Action::Cancel).contains(&Effect::Stop(Role::Shown)));
    assert!(visit.jobs.is_idle() && visit.app.page.run == Run::Cancelled);
    let again = visit.act(Action::Rerun);
    assert_eq!(computed(&again), [(Role::Shown, "v=1&p=healthy".into(), Start::AtOnce)]);
    visit.finish();
    assert_eq!(visit.app.page.run, Run::Done);
}

#[test]
fn a_run_is_opened_at_its_first_error_and_a_link_at_its_instant() {
    let mut visit = Visit::to(INCIDENT);
    let first_ms = visit.shown().report.errors[0].first_ms;
    visit.scene_comes();
    let off_ms = visit.app.playhead.at.as_millis_f64() - first_ms;
    assert!(off_ms.abs() < 0.001, "the report rounds to microseconds: {off_ms}");
    assert_eq!(visit.app.page.key("t"), "", "the link says only what was chosen");
    assert_eq!(Visit::to(&format!("{INCIDENT}&t=3s")).app.playhead.at, at_ms(3_000));
}

#[test]
fn less_motion_is_asked_for_with_the_next_scene() {
    let mut visit = Visit::to(INCIDENT);
    let effects = visit.tell(Msg::Calm(true));
    let question = asked(&effects, Worker::Stage).pop().expect("the scene is laid out again");
    assert!(question.goal_and_viewport().expect("a viewport").1.calm);
    visit.act(Action::SystemIsDark(true));
    assert!(visit.app.page.is_dark());
}
