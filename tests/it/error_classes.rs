//! Every class of the error table can be reached by a link, and prints the text of its row.

use std::collections::{BTreeMap, BTreeSet};

use connlab::sim::error::{ERRORS, ErrorKind, Family};

use crate::lab::{self, run};

/// Links for each class: the shortest stories that end in it.
pub const REACHED_BY: &[(&str, &str)] = &[
    ("reset", "service=1s&5s.listening=off"),
    ("eof", "method=POST&load=closed&callers=20&think=100ms&idle=100&server=go&server-idle-timeout=100ms&rtt=20ms"),
    ("server-closed-idle", "method=POST&max-conns=4&max-requests=10&sched-delay=100us"),
    (
        "write-reset",
        "rps=5000&duration=5s&keepalive=off&backlog=8&workers=4&abort-on-overflow=on&rtt=400us&sched-delay=1ms",
    ),
    ("closed", "go=1.4&service=3s"),
    ("closed", "method=POST&rewindable=off&upload=100ms&load=closed&idle=100&server=go&5s.listening=off&duration=6s"),
    ("client-timeout", "service=3s"),
    ("deadline", "deadline=1s&service=3s"),
    ("header-timeout", "header-timeout=1s&service=3s"),
    ("dial-timeout", "accepting=off&backlog=0&dial-timeout=1s"),
    ("connect-timeout", "rps=1&accepting=off&backlog=0&dial-timeout=0s&timeout=0s&duration=150s"),
    ("refused", "listening=off"),
    ("ports", "ports=100&idle=0"),
    ("client-fds", "client-fds=64&service=1s"),
    ("breaker-open", "breaker=50%&listening=off"),
    (
        "broken-pipe",
        "method=POST&rewindable=off&load=closed&callers=20&think=100ms&idle=100&server=go&server-idle-timeout=100ms\
         &rtt=0s&sched-delay=1ms",
    ),
    ("canceled", "patience=1s&service=3s&duration=5s"),
    ("broken-connection", "go=1.4&max-requests=10&idle=100&sched-delay=100us&duration=10s"),
];

#[test]
fn every_class_is_reached_by_a_link_and_prints_its_text() {
    for spec in ERRORS {
        assert!(REACHED_BY.iter().any(|(class, _)| *class == spec.class), "a link for {}", spec.class);
    }
    for (class, link) in REACHED_BY {
        let spec = ErrorKind::named(class).expect("a class of the table").spec();
        let report = run(link);
        let row = report.errors.iter().find(|row| row.class == *class);
        let row = row.unwrap_or_else(|| panic!("{link} does not reach {class}: {:?}", report.errors));
        let text = if link.contains("go=1.4") { spec.text_1_4 } else { spec.text };
        let tail = text.rsplit('}').next().expect("the part behind the addresses");
        assert!(row.text.ends_with(tail), "{link}: {}", row.text);
    }
}

#[test]
fn every_family_has_a_colour_of_its_own_in_the_style_sheet() {
    let style = include_str!("../../static/style.css");
    let families = [Family::Reset, Family::Timeout, Family::Eof, Family::Closed, Family::Ports, Family::Refused];
    for spec in ERRORS {
        assert!(families.contains(&spec.family), "{}", spec.class);
    }
    let tokens: BTreeSet<&str> = families.iter().map(|family| family.token()).collect();
    assert_eq!(tokens.len(), families.len());
    for token in tokens {
        assert!(style.contains(&format!("\n  --{token}:")), "no colour is called --{token}");
    }
}

/// A chart has a line for what occurs, and none for what does not.
#[test]
fn the_series_has_a_column_for_each_class_that_occurs() {
    let sim = lab::sim("ports=100&idle=0&timeout=30ms&duration=5s&client-cores=1&client-cpu=20us");
    let (report, series) = (sim.report(), sim.series());
    let columns: BTreeMap<&str, u64> =
        series.errors.iter().map(|row| (row.kind.class(), row.count.iter().map(|n| u64::from(*n)).sum())).collect();
    let rows: BTreeMap<&str, u64> = report.errors.iter().map(|row| (row.class, row.count)).collect();
    assert_eq!(columns, rows);
    assert!(rows.len() >= 2, "{rows:?}");
    assert_eq!(series.has_run_queue, [true, false], "where processors are limited");
}
