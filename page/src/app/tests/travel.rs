//! The location, the history, the keys.

use super::*;

#[test]
fn going_back_makes_two_events_of_one_step() {
    let mut visit = Visit::to("p=healthy&duration=1s");
    visit.act(Action::Preset("ports".into()));
    visit.finish();
    let back = format!("{PLACE}#v=1&p=healthy&duration=1s");
    let effects = visit.tell(Msg::Opened(back.clone(), None));
    assert_eq!(computed(&effects).len(), 1);
    assert_eq!(visit.tell(Msg::Opened(back, None)), []);
}

#[test]
fn the_same_run_spelled_differently_is_not_computed_again_and_its_instant_counts() {
    let mut visit = Visit::to(INCIDENT);
    let effects = visit.tell(Msg::Opened(format!("{PLACE}#p=incident&duration=25s&t=4s"), None));
    assert!(computed(&effects).is_empty() && !effects.contains(&Effect::Busy), "{effects:?}");
    assert_eq!(located(&effects), [(&AddressChange::Replace, "v=1&p=incident&duration=25s&t=4s")]);
    assert_eq!(visit.app.playhead.at, at_ms(4_000));
    assert_eq!(visit.app.said, visit.shown().sentence().to_string());
}

#[test]
fn a_location_that_did_not_take_the_link_is_told_again_and_one_that_did_is_drawn() {
    let mut visit = Visit::to("p=healthy&duration=1s");
    let effects = visit.tell(Msg::Written(format!("{PLACE}#v=1&p=ports")));
    assert_eq!(located(&effects), [(&AddressChange::Replace, "v=1&p=healthy&duration=1s")]);
    let said = visit.location.clone();
    assert_eq!(visit.tell(Msg::Written(said)), [Effect::Draw]);
}

#[test]
fn keys_that_undo_say_so_where_there_is_nothing_to_undo() {
    let mut visit = Visit::to("p=healthy&duration=1s");
    for (way, said) in [(Way::Undo, "There is no change to take back"), (Way::Redo, "There is no change to make again")]
    {
        assert_eq!(visit.tell(Msg::Key(Meaning::Travel(way))), [Effect::Draw]);
        assert_eq!(visit.app.said, said);
    }
}

#[test]
fn keys_do_what_the_buttons_do() {
    let mut visit = Visit::to(&format!("{INCIDENT}&view=projector"));
    assert!(visit.tell(Msg::Key(Meaning::Help)).contains(&Effect::Press("help")));
    assert!(visit.tell(Msg::Key(Meaning::Share)).contains(&Effect::Press("share-menu")));
    visit.tell(Msg::Key(Meaning::Resize(true)));
    assert_eq!(visit.app.page.key("size"), "20");
    visit.tell(Msg::Key(Meaning::PlayOrPause));
    assert!(visit.app.playhead.playing);
    visit.tell(Msg::Key(Meaning::Motion(Motion::By(100))));
    assert!(!visit.app.playhead.playing);
    visit.tell(Msg::Key(Meaning::Leave));
    assert_eq!(visit.app.page.view(), View::Workbench);
}

#[test]
fn a_step_to_an_error_goes_into_the_link_is_said_and_is_the_one_that_is_explained() {
    let mut visit = Visit::to(INCIDENT);
    visit.scene_comes();
    let first = visit.app.panel.failure().expect("one is explained").request;
    let kind = visit.app.page.selected_kind().expect("an open row");
    let effects = visit.go(Motion::Step(Step::Next(Breakpoint::Failure(Some(kind)))));
    assert_eq!((asked(&effects, Worker::Stage).len(), located(&effects).len()), (1, 0), "it is not there yet");
    let effects = visit.scene_comes();
    let at = visit.app.playhead.link();
    assert_eq!(located(&effects), [(&AddressChange::Follow, &*format!("{INCIDENT}&t={at}"))]);
    assert!(visit.app.said.contains(" failed so far"), "{}", visit.app.said);
    let explained = visit.app.panel.failure().expect("one is explained");
    assert_eq!(visit.app.playhead.at, explained.ended);
    assert_ne!(explained.request, first);
    assert_eq!(asked(&effects, Worker::Explainer)[0].request(), Some(explained.request));
}

#[test]
fn a_link_that_is_copied_is_said_once() {
    let mut visit = Visit::to("p=healthy&duration=1s");
    assert!(visit.act(Action::Share).contains(&Effect::Copy));
    visit.act(Action::Shared(Share::Copied));
    assert_eq!(visit.app.said, "Link copied");
    visit.go(Motion::Put(at_ms(200)));
    visit.scene_comes();
    let said = visit.app.said.clone();
    assert!(said.contains("failed so far"), "{said}");
    visit.act(Action::Search("rps".into()));
    assert_eq!(visit.app.said, said, "it is no news any more");
}
