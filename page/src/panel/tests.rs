//! What the right column asks for, and which failure it is about.

use connlab::question::{File, Question};
use connlab::sim::Sim;

use super::*;
use crate::state::Action;

/// Requests fail in more than one way.
const LINK: &str = "p=incident&duration=25s";

fn page(link: &str) -> Page {
    let mut page = Page::new(&format!("https://example.org/#{link}"), false);
    let mut sim = Sim::new(&page.recipe.scenario);
    sim.run();
    page.apply(Action::Done(Rc::new(Shown::new(&page.recipe, &sim, true))));
    page
}

fn commonest(page: &Page) -> ErrorKind {
    page.shown().unwrap().report.errors[0].kind
}

fn open(page: &Page) -> Panel {
    let mut panel = Panel::default();
    panel.look(page.shown(), page.selected_kind());
    panel
}

fn topics(panel: &Panel, page: &Page) -> Vec<Topic> {
    panel.questions(page, SimTime::ZERO).iter().map(|question| question.topic).collect()
}

#[test]
fn an_open_row_asks_why_its_first_request_failed_and_what_cures_the_class() {
    let page = page(LINK);
    let panel = open(&page);
    let request = page.shown().unwrap().failures(commonest(&page))[0].request;
    let link = || "v=1&p=incident&duration=25s".to_string();
    let expected = [Question::why(request, link()), Question::cure(commonest(&page), link()), Question::risks(link())];
    assert_eq!(panel.questions(&page, SimTime::ZERO), expected);
}

#[test]
fn nothing_is_asked_about_a_run_that_is_not_there_but_a_pasted_line_is_read() {
    let page = Page::new("https://example.org/#p=incident", false);
    let mut panel = open(&page);
    assert_eq!(topics(&panel, &page), []);
    panel.apply(Ask::Pasted("EOF".into()));
    assert_eq!(topics(&panel, &page), [Topic::Diagnosis]);
}

#[test]
fn a_ticket_is_written_while_somebody_may_copy_it_and_a_file_when_it_is_wanted() {
    let page = page(LINK);
    let mut panel = open(&page);
    let exported = |panel: &Panel| {
        panel.questions(&page, SimTime::ZERO).into_iter().find(|question| question.topic == Topic::Export)
    };
    assert_eq!(exported(&panel), None);
    panel.apply(Ask::Shares(true));
    let ticket = exported(&panel).and_then(|question| question.asked_ticket()).expect("the menu is open");
    let request = panel.failure().map(|failure| failure.request);
    assert_eq!(ticket, Ticket { request, proposed: String::new(), page: "https://example.org/".into() });
    panel.apply(Ask::Export(File::Requests.name().into()));
    let question = exported(&panel).expect("somebody waits");
    assert_eq!(question.asked_file(), Some(File::Requests));
    let told = Told { question, html: "a,b".into(), says: String::new(), proposes: String::new(), is_whole: true };
    panel.apply(Ask::Told(told));
    assert!(panel.wanted().is_none() && exported(&panel).is_some_and(|next| next.asked_ticket().is_some()));
    panel.apply(Ask::Shares(false));
    assert_eq!(exported(&panel), None);
    assert_eq!(panel.refusal(), "");
    panel.apply(Ask::Export(File::capture_of(3)));
    let question = exported(&panel).expect("somebody waits");
    let why = "Request #3 never had a connection.".to_string();
    panel.apply(Ask::Told(Told {
        question,
        html: "".into(),
        says: why.clone(),
        proposes: String::new(),
        is_whole: true,
    }));
    assert_eq!((panel.wanted(), panel.refusal()), (None, &*why), "it is said in place of the file");
}

#[test]
fn each_tab_asks_for_what_it_shows() {
    let mut page = page("p=healthy&duration=1s&clients=2");
    let mut panel = open(&page);
    assert_eq!(topics(&panel, &page), [Topic::Risks], "nothing failed");
    panel.apply(Ask::Tab(Tab::Summary));
    assert_eq!(topics(&panel, &page), [Topic::Summary]);
    panel.apply(Ask::Tab(Tab::Sockets));
    let host = |panel: &Panel| panel.questions(&page, SimTime::ZERO)[0].host_at().unwrap().0;
    assert_eq!(host(&panel), SocketHost::Server);
    panel.apply(Ask::Host(Some(1)));
    assert_eq!(host(&panel), SocketHost::Client(1));
    panel.apply(Ask::Host(Some(2)));
    assert_eq!(host(&panel), SocketHost::Server, "there is no such client any more");
    page.apply(Action::ModelCard(true));
    assert_eq!(topics(&panel, &page), [Topic::Sockets, Topic::Card]);
}

#[test]
fn a_projector_asks_only_why_and_what_to_change_and_an_embedded_page_nothing() {
    for (view, asked) in [("projector", &[Topic::Why, Topic::Cure][..]), ("embed", &[])] {
        let page = page(&format!("{LINK}&view={view}"));
        assert_eq!(topics(&open(&page), &page), asked, "{view}");
    }
}

#[test]
fn a_change_that_is_tried_is_compared_with_the_run_before() {
    let mut page = page(LINK);
    let changed = link::decode("p=incident&duration=25s&workers=64").recipe;
    page.apply(Action::Try(Box::new(changed)));
    let mut sim = Sim::new(&page.recipe.scenario);
    sim.run();
    page.apply(Action::Done(Rc::new(Shown::new(&page.recipe, &sim, true))));
    let link = link::encode(&page.recipe);
    let questions = open(&page).questions(&page, SimTime::ZERO);
    let before = "v=1&p=incident&duration=25s";
    assert!(questions.ends_with(&[Question::difference(before, true, link.clone()), Question::seeds(before, link)]));
}

#[test]
fn the_stepper_stays_within_the_failures_of_its_class() {
    let page = page(LINK);
    let mut panel = open(&page);
    panel.apply(Ask::Case(usize::MAX));
    assert_eq!(panel.case(), panel.cases().len() - 1);
    assert_eq!(panel.failure().unwrap().kind, commonest(&page));
    let other = page.shown().unwrap().report.errors[1].kind;
    panel.look(page.shown(), Some(other));
    assert_eq!(panel.case(), 0);
    assert_eq!(panel.failure().unwrap().kind, other);
}

#[test]
fn where_the_playhead_meets_a_failure_that_one_is_explained() {
    let page = page(LINK);
    let mut panel = open(&page);
    let later = panel.cases().iter().find(|failure| failure.ended > panel.cases()[0].ended).copied().unwrap();
    panel.apply(panel.at(later.ended).unwrap());
    assert_eq!(panel.failure().unwrap().ended, later.ended);
    assert!(panel.at(later.ended).is_none(), "it stays with the one that it has");
    assert!(panel.at(SimTime::ZERO).is_none());
}

#[test]
fn an_open_story_is_asked_for_first_follows_the_stepper_and_closes_with_its_row() {
    let page = page(LINK);
    let mut panel = open(&page);
    panel.apply(Ask::Story(true));
    let link = link::encode(&page.recipe);
    for case in [0, 1] {
        panel.apply(Ask::Case(case));
        let request = panel.failure().unwrap().request;
        assert_eq!(panel.questions(&page, SimTime::ZERO)[0], Question::story(request, link.clone()));
    }
    let elsewhere = page.shown().unwrap().failures(commonest(&page)).iter().map(|failure| failure.ended).max();
    assert!(panel.at(elsewhere.unwrap()).is_none(), "it stays while the playhead moves through it");
    panel.look(page.shown(), None);
    assert!(panel.story().is_none() && !topics(&panel, &page).contains(&Topic::Story));
}

#[test]
fn what_is_remarkable_where_nothing_failed_has_a_story_too() {
    for (link, trouble) in [("p=two-idle&duration=10s", Trouble::Dials), ("p=accept-queue&duration=15s", Trouble::Slow)]
    {
        let page = page(link);
        let mut panel = open(&page);
        assert_eq!(panel.story(), None);
        panel.apply(Ask::Story(true));
        let request = trouble.request(&page.shown().unwrap().report);
        assert!(request.is_some() && panel.story() == request, "{link}");
        let question = Question::story(request.unwrap(), link::encode(&page.recipe));
        assert_eq!(panel.questions(&page, SimTime::ZERO)[0], question);
        panel.look(page.shown(), None);
        assert_eq!(panel.story(), request, "it stays while the run does");
    }
    let mut panel = open(&page("p=healthy&duration=2s"));
    panel.apply(Ask::Story(true));
    assert_eq!(panel.story(), None, "nothing is remarkable");
}

#[test]
fn what_takes_many_runs_is_asked_while_it_is_open_and_too_late_is_for_a_known_cure() {
    let page = page(LINK);
    let mut panel = open(&page);
    let asked = |panel: &Panel, topic| {
        panel.questions(&page, SimTime::ZERO).into_iter().find(|question| question.topic == topic)
    };
    let link = || "v=1&p=incident&duration=25s".to_string();
    (0..3).for_each(|at| panel.apply(Ask::Fold(at, true)));
    assert_eq!((0..3).map(|at| panel.is_open(at, &page)).collect::<Vec<_>>(), [Some(true), None, Some(true)]);
    assert_eq!(asked(&panel, Topic::Matters), Some(Question::matters(link())));
    assert_eq!(asked(&panel, Topic::Late), None, "too late for what?");
    assert_eq!(asked(&panel, Topic::Enough), Some(Question::enough(["", "", ""], link())));
    let question = Question::cure(commonest(&page), link());
    let cured = format!("{}&workers=30", link());
    let proposes = cured.clone();
    panel.apply(Ask::Told(Told { question, html: "".into(), says: String::new(), proposes, is_whole: true }));
    assert_eq!(asked(&panel, Topic::Late), Some(Question::late(&cured, false, link())));
    panel.apply(Ask::Size(ParamId::workers));
    assert_eq!(asked(&panel, Topic::Enough), Some(Question::enough(["workers", "", &cured], link())));
    (0..3).for_each(|at| panel.apply(Ask::Fold(at, false)));
    assert!(FOLDED.iter().all(|(topic, _)| asked(&panel, *topic).is_none()));
    assert!((0..3).all(|at| panel.is_open(at, &page) == Some(false)));
}

#[test]
fn of_two_runs_it_is_asked_when_it_was_too_late_for_what_was_changed() {
    let mut page = page(LINK);
    page.apply(Action::Pin(true));
    let mut panel = open(&page);
    let late = FOLDED.iter().position(|(topic, _)| *topic == Topic::Late).expect("it is asked");
    panel.apply(Ask::Fold(late, true));
    assert_eq!(panel.is_open(late, &page), None, "nothing was changed yet");
    page.apply(Action::Enter(ParamId::retries, "3".into()));
    let mut sim = Sim::new(&page.recipe.scenario);
    sim.run();
    page.apply(Action::Done(Rc::new(Shown::new(&page.recipe, &sim, true))));
    let questions = panel.questions(&page, SimTime::ZERO);
    let asked = Question::late("v=1&p=incident&duration=25s", true, link::encode(&page.recipe));
    assert!(questions.contains(&asked), "{questions:?}");
}

#[test]
fn an_answer_about_an_earlier_run_or_failure_is_not_current() {
    let page = page(LINK);
    let mut panel = open(&page);
    let tell = |question: &Question| Told {
        question: question.clone(),
        html: "".into(),
        says: String::new(),
        proposes: String::new(),
        is_whole: true,
    };
    let told: Vec<Told> = panel.questions(&page, SimTime::ZERO).iter().map(tell).collect();
    let current = |panel: &Panel| told.iter().map(|told| panel.is_current(told)).collect::<Vec<_>>();
    assert_eq!(current(&panel), [true; 3]);
    panel.apply(Ask::Case(1));
    assert_eq!(current(&panel), [false, true, true], "why another one failed, but the same cure and risks");
    panel.look(page.shown(), Some(page.shown().unwrap().report.errors[1].kind));
    assert_eq!(current(&panel), [false, false, true]);
    panel.look(None, None);
    assert_eq!(current(&panel), [false; 3], "the next run is being computed");
    let summary = tell(&Question::summary("", "v=1&p=healthy".into()));
    assert!(!open(&page).is_current(&summary));
    let line = tell(&Question::diagnosis("EOF".into(), ""));
    assert!(!panel.is_current(&line));
    panel.apply(Ask::Pasted("EOF".into()));
    assert!(panel.is_current(&line));
}

#[test]
fn a_file_is_asked_about_by_its_name_until_something_is_typed() {
    let page = Page::new("https://example.org/#p=incident", false);
    let mut panel = open(&page);
    panel.apply(Ask::Pasted("EOF".into()));
    panel.apply(Ask::File("a.log, 7 bytes".into()));
    panel.own = "v=1&idle=7".into();
    let asked = |panel: &Panel| panel.questions(&page, SimTime::ZERO);
    assert_eq!(asked(&panel), [Question::diagnosis("a.log, 7 bytes".into(), "v=1&idle=7")]);
    panel.apply(Ask::Pasted("EOF".into()));
    assert_eq!(asked(&panel), [Question::diagnosis("EOF".into(), "v=1&idle=7")]);
    panel.apply(Ask::Pasted(String::new()));
    assert_eq!(asked(&panel), []);
}

#[test]
fn an_answer_starts_from_the_settings_of_now_but_no_file_is_read_again_for_them() {
    let recipe = link::decode("p=healthy&idle=7").recipe;
    let mut panel = Panel::default();
    panel.change(&recipe);
    assert_eq!(panel.own, "", "nothing was pasted");
    panel.apply(Ask::Pasted("EOF".into()));
    panel.change(&recipe);
    assert_eq!(panel.own, "v=1&p=healthy&idle=7");
    panel.apply(Ask::File("a.log".into()));
    panel.change(&link::decode("p=ports").recipe);
    assert_eq!(panel.own, "v=1&p=healthy&idle=7");
}

#[test]
fn the_first_view_asks_for_nothing_but_what_was_pasted() {
    let mut page = Page::new("https://example.org/", false);
    let mut sim = Sim::new(&page.recipe.scenario);
    sim.run();
    page.apply(Action::Done(Rc::new(Shown::new(&page.recipe, &sim, true))));
    let mut panel = open(&page);
    assert_eq!(topics(&panel, &page), []);
    panel.apply(Ask::Pasted("EOF".into()));
    assert_eq!(topics(&panel, &page), [Topic::Diagnosis]);
    page.apply(Action::Workbench);
    assert_eq!(topics(&panel, &page), [Topic::Diagnosis, Topic::Why, Topic::Cure, Topic::Risks]);
}

#[test]
fn one_table_is_asked_for_at_a_time_while_it_is_open_and_is_never_shown_for_another_chart() {
    for view in ["", "&view=embed"] {
        let page = page(&format!("{LINK}{view}"));
        let mut panel = open(&page);
        let asked = |panel: &Panel| {
            panel.questions(&page, SimTime::ZERO).into_iter().find(|question| question.topic == Topic::Table)
        };
        assert_eq!(asked(&panel), None);
        panel.apply(Ask::Table(Chart::Latency, true));
        let question = asked(&panel).expect("it is open");
        assert_eq!(question, Question::table("latency", link::encode(&page.recipe)));
        let told = Told { question, html: "1".into(), says: String::new(), proposes: String::new(), is_whole: true };
        panel.apply(Ask::Told(told.clone()));
        assert!(panel.is_current(&told));
        panel.apply(Ask::Table(Chart::Latency, false));
        assert_eq!(asked(&panel), None);
        panel.apply(Ask::Table(Chart::Latency, true));
        assert!(panel.told(Topic::Table).is_some(), "nobody asks twice for the same");
        panel.apply(Ask::Table(Chart::Queues, true));
        assert!(panel.told(Topic::Table).is_none());
        panel.apply(Ask::Table(Chart::Latency, false));
        assert_eq!(asked(&panel).map(|question| question.detail), Some("queues".into()), "the other one was closed");
    }
}
