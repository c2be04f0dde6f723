//! What workers say, or do not; what visitors give; what they take away.

use connlab::question::File;

use super::*;

fn of(visit: &Visit, topic: Topic) -> Question {
    let all = asked(&visit.done, Worker::Explainer);
    all.into_iter().rfind(|question| question.topic == topic).unwrap_or_else(|| panic!("{topic:?} was not asked"))
}

#[test]
fn an_answer_is_shown_and_said_and_the_same_again_is_not_said_again() {
    let mut visit = Visit::to(INCIDENT);
    let why = of(&visit, Topic::Why);
    assert!(draws_soon(&visit.explains(&why, "<p>because", "It failed because.")));
    assert_eq!(visit.app.said, "It failed because.");
    visit.app.said = "something else".into();
    visit.explains(&why, "<p>because", "It failed because.");
    assert_eq!(visit.app.said, "something else");
    assert_eq!(&*visit.app.panel.told(Topic::Why).expect("it is kept").html, "<p>because");
}

#[test]
fn a_stale_answer_is_not_shown_as_one_about_the_run_of_now() {
    let mut visit = Visit::to(INCIDENT);
    let why = of(&visit, Topic::Why);
    visit.act(set("workers", "15", true));
    visit.finish();
    visit.explains(&why, "<p>because", "");
    let told = visit.app.panel.told(Topic::Why).expect("it is kept").clone();
    assert!(!visit.app.panel.is_current(&told));
    let now = of(&visit, Topic::Why);
    visit.explains(&now, "<p>now", "");
    let told = visit.app.panel.told(Topic::Why).expect("another one").clone();
    assert!(visit.app.panel.is_current(&told));
}

#[test]
fn what_was_answered_is_not_asked_again_and_what_is_open_is_asked_once() {
    let mut visit = Visit::to(INCIDENT);
    let why = of(&visit, Topic::Why);
    assert_eq!(topics(&visit.act(Action::Search("idle".into()))), []);
    visit.explains(&why, "<p>because", "");
    assert_eq!(topics(&visit.act(Action::Search(String::new()))), []);
}

#[test]
fn sockets_follow_the_playhead_one_question_after_the_other() {
    let mut visit = Visit::to(INCIDENT);
    assert_eq!(topics(&visit.tell(Msg::Ask(Ask::Tab(Tab::Sockets)))), [Topic::Sockets]);
    let first = of(&visit, Topic::Sockets);
    assert_eq!(topics(&visit.go(Motion::Drag(at_ms(2_000)))), [], "the one before is open");
    let effects = visit.explains(&first, "<table>", "");
    assert_eq!(topics(&effects), [Topic::Sockets]);
    assert_ne!(of(&visit, Topic::Sockets), first);
}

#[test]
fn a_worker_that_does_not_come_is_told_of_in_every_place_it_should_fill() {
    let mut visit = Visit::to(INCIDENT);
    visit.tell(Msg::News(Worker::Explainer, News::Lost));
    for topic in [Topic::Why, Topic::Cure, Topic::Risks] {
        let told = visit.app.panel.told(topic).unwrap_or_else(|| panic!("{topic:?}"));
        assert!(told.html.contains("could not be loaded") && visit.app.panel.is_current(told), "{topic:?}");
    }
    assert!(!visit.app.player.is_lost, "the scene has a worker of its own");
    visit.tell(Msg::News(Worker::Stage, News::Lost));
    assert!(visit.app.player.is_lost);
}

#[test]
fn a_worker_that_listens_late_hears_all_that_was_asked_meanwhile() {
    let mut visit = Visit::to(INCIDENT);
    let effects = visit.tell(Msg::News(Worker::Explainer, News::Ready));
    assert_eq!(effects[0], Effect::Listen(Worker::Explainer));
    assert_eq!(topics(&effects), [Topic::Help, Topic::Why, Topic::Cure, Topic::Risks]);
    let effects = visit.tell(Msg::News(Worker::Stage, News::Ready));
    assert_eq!((&effects[0], asked(&effects, Worker::Stage).len()), (&Effect::Listen(Worker::Stage), 1));
}

#[test]
fn what_settings_mean_is_known_once_it_has_come() {
    let mut visit = Visit::to("p=healthy&duration=1s");
    visit.act(Action::Search("reuse".into()));
    let idle = PARAMS.iter().find(|spec| spec.key == "idle").expect("a key");
    assert!(!visit.app.page.finds(idle));
    visit.explains(&Question::help(), "idle\tConnections to reuse.\t\n", "");
    assert!(visit.app.page.finds(idle));
    visit.act(set("idle", "9", true));
    assert!(!topics(&visit.finish()).contains(&Topic::Help), "it never changes");
}

#[test]
fn a_file_is_handed_out_when_it_is_written() {
    let mut visit = Visit::to(INCIDENT);
    assert_eq!(topics(&visit.tell(Msg::Ask(Ask::Export(File::Json.name().into())))), [Topic::Export]);
    let file = of(&visit, Topic::Export);
    let effects = visit.explains(&file, "blob:1", "");
    let Effect::Save(name, url) = &effects[0] else { panic!("{effects:?}") };
    assert!(name.starts_with("connlab-incident-") && name.ends_with(File::Json.name()) && &**url == "blob:1", "{name}");
    assert_eq!(visit.app.panel.wanted(), None);
}

#[test]
fn a_picture_waits_for_its_scene_where_there_is_one() {
    let mut visit = Visit::to(INCIDENT);
    assert_eq!(visit.tell(Msg::Ask(Ask::Picture)), [Effect::Picture(None)], "no scene has come yet");
    visit.scene_comes();
    let effects = visit.tell(Msg::Ask(Ask::Picture));
    let [question] = &asked(&effects, Worker::Stage)[..] else { panic!("{effects:?}") };
    assert_eq!((question.topic, draws(&effects)), (Topic::Picture, false));
    let news = News::Told(told(question, "a scene", ""));
    assert!(visit.tell(Msg::News(Worker::Stage, news)).contains(&Effect::Picture(Some("a scene".into()))));
}

#[test]
fn what_a_visitor_gives_is_asked_about_at_once_with_the_settings_of_now() {
    let mut visit = Visit::to("p=healthy&duration=1s");
    visit.tell(Msg::Ask(Ask::Tab(Tab::Summary)));
    let effects = visit.tell(Msg::Given("app.log".into(), 12_345));
    assert_eq!((topics(&effects), visit.app.panel.tab), (vec![Topic::Diagnosis], Tab::Errors));
    assert!(effects.contains(&Effect::Reveal(GIVEN)));
    let question = of(&visit, Topic::Diagnosis);
    assert_eq!((&*question.text, &*question.detail), ("app.log, 12,345 bytes", "v=1&p=healthy&duration=1s"));
    visit.tell(Msg::Ask(Ask::Pasted("EOF".into())));
    assert_eq!((&*of(&visit, Topic::Diagnosis).text, &visit.app.panel.file), ("EOF", &None));
    let mut early = Visit::open("");
    assert_eq!(topics(&early.tell(Msg::Ask(Ask::Pasted("EOF".into())))), [Topic::Diagnosis], "before any run");
}

#[test]
fn a_row_that_is_pressed_in_the_picture_is_opened_in_its_tab() {
    let mut visit = Visit::to(INCIDENT);
    let other = visit.shown().report.errors[1].kind;
    visit.tell(Msg::Ask(Ask::Tab(Tab::Sockets)));
    let effects = visit.act(Action::Select(other));
    assert_eq!((visit.app.panel.tab, visit.app.page.selected_kind()), (Tab::Errors, Some(other)));
    let asked = asked(&effects, Worker::Explainer);
    assert!(asked.iter().any(|question| question.class() == Some(other)), "{asked:?}");
}
