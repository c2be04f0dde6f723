//! What is pressed and entered in the views means something, in each of them.

use super::*;
use crate::app::press::{Entered, meant};
use crate::views;
use crate::views::parts::{self, Parts};

/// Links that show every part of the page between them.
const LINKS: [&str; 6] = [
    "v=1&p=incident&duration=25s&workers=17&backlog=x",
    "v=1&p=healthy&duration=5s",
    "v=1&p=phantoms&duration=5s&10s.service=5ms",
    "view=start&duration=5s",
    "v=1&p=incident&duration=25s&view=projector",
    "v=1&p=incident&duration=25s&view=embed",
];

/// The start tags with this attribute.
fn tags<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let has = format!(" {attribute}=\"");
    html.split('<').filter_map(|tag| tag.split('>').next()).filter(|tag| tag.contains(&has)).collect()
}

fn value(tag: &str, attribute: &str) -> String {
    let after = tag.split_once(&format!(" {attribute}=\"")).map_or("", |(_, after)| after);
    after.split('"').next().unwrap_or_default().replace("&amp;", "&")
}

/// A visit in which much is open.
fn visit(link: &str) -> Visit {
    let mut visit = Visit::to(link);
    visit.act(Action::Draft(crate::timetable::usual()));
    visit.act(Action::Shared(Share::Refused));
    visit.tell(Msg::Given("lines.txt".into(), 3));
    visit
}

#[test]
fn every_control_that_can_be_pressed_means_something() {
    for link in LINKS {
        let mut visit = visit(link);
        for tab in [Tab::Errors, Tab::Sockets, Tab::Summary] {
            visit.tell(Msg::Ask(Ask::Tab(tab)));
            let html = drawn(&visit.app);
            for tag in tags(&html, "data-do").iter().filter(|tag| !tag.contains(" disabled")) {
                let (does, with) = (value(tag, "data-do"), value(tag, "data-with"));
                assert!(!visit.app.pressed(&does, &with).is_empty(), "{link}: {does} {with}");
            }
        }
    }
}

#[test]
fn every_control_in_which_something_is_entered_means_something() {
    for link in LINKS {
        let html = drawn(&visit(link).app);
        for tag in tags(&html, "data-in") {
            let entered = |settled: bool| Entered {
                what: value(tag, "data-in"),
                with: value(tag, "data-with"),
                value: "1".into(),
                settled,
            };
            assert!(meant(entered(true)).or(meant(entered(false))).is_some(), "{link}: {tag}");
        }
    }
}

#[test]
fn a_row_that_is_pressed_opens_and_the_playhead_goes_to_its_first_failure() {
    let mut visit = Visit::to(INCIDENT);
    let second = visit.shown().report.errors[1].clone();
    let first = visit.shown().failures(second.kind)[0].ended;
    visit.tell(Msg::Press("toggle".into(), second.class.into()));
    assert_eq!((visit.app.page.selected_kind(), visit.app.playhead.at), (Some(second.kind), first));
    visit.tell(Msg::Press("toggle".into(), second.class.into()));
    assert_eq!(visit.app.page.selected_kind(), None, "it is closed");
    assert!(visit.tell(Msg::Press("toggle".into(), "no-such-class".into())).is_empty());
}

#[test]
fn a_slider_runs_each_step_and_settles_when_it_is_let_go() {
    let mut visit = Visit::to("v=1&p=healthy&duration=1s");
    let slide = |value: &str, settled| {
        Msg::Enter(Entered { what: "slide".into(), with: "workers".into(), value: value.into(), settled })
    };
    visit.tell(slide("0", false));
    assert!(visit.app.page.is_dragged);
    let effects = visit.tell(slide("0", true));
    assert!(
        !visit.app.page.is_dragged
            && matches!(located(&effects)[..], [(AddressChange::Push { .. }, link)] if link.ends_with("workers=1"))
    );
    assert!(visit.tell(slide("no number", true)).is_empty());
}

#[test]
fn a_page_that_is_drawn_again_sends_only_the_parts_that_have_changed() {
    let mut visit = Visit::to(INCIDENT);
    let mut parts = Parts::default();
    views::page(&visit.app, &mut parts);
    assert!(views::page(&visit.app, &mut parts).is_empty());
    visit.act(set("workers", "17", false));
    visit.finish();
    views::page(&visit.app, &mut parts);
    visit.act(set("workers", "18", false));
    visit.finish();
    let changed = views::page(&visit.app, &mut parts);
    let changed: Vec<&str> = changed.iter().map(|part| parts::name(part)).collect();
    for part in ["setting workers", "top", "settings"] {
        assert!(changed.contains(&part), "{part} in {changed:?}");
    }
    for part in ["setting service", "Server program", "preset", "step", "absent refused", "shares", "scene-table"] {
        assert!(!changed.contains(&part), "{part} in {changed:?}");
    }
    visit.act(set("workers", "18", true));
    let changed = views::page(&visit.app, &mut parts);
    assert!(changed.iter().any(|part| parts::name(part) == "shares"), "the link to copy, once it is settled");
}

#[test]
fn what_a_link_and_a_paste_bring_is_text() {
    let mut visit = Visit::to("v=1&p=healthy&duration=1s&rps=%3Cimg%20src=x%3E&%22%3E%3Cb%3E=1&slo=\"><b>");
    visit.tell(Msg::Ask(Ask::Pasted("</textarea>\"><b>".into())));
    visit.tell(Msg::Given("<b>\".txt".into(), 1));
    visit.tell(Msg::Ask(Ask::Tab(Tab::Errors)));
    let errors = drawn(&visit.app);
    visit.tell(Msg::Ask(Ask::Tab(Tab::Summary)));
    for html in [errors, drawn(&visit.app)] {
        assert!(!html.contains("<img") && !html.contains("\"><b>"), "{html}");
    }
}
