//! The playhead against real runs.

use connlab::sim::replay::Replay;

use super::*;
use crate::history::AddressChange;
use crate::shown::shown;
use crate::state::Page;

const STALL: &str = "duration=6s&rps=300&timeout=400ms&backlog=16&abort-on-overflow=on&2s.accepting=off\
     &2900ms.accepting=on";

/// Does it, and lets the replay arrive; whether the link changes.
fn apply(playhead: &mut Playhead, motion: Motion, shown: &Shown) -> bool {
    let effects = playhead.apply(motion, shown);
    let Some(goal) = effects.seek else { return effects.link };
    let mut replay = Replay::new(&shown.scenario);
    replay.seek(goal);
    replay.advance(u32::MAX);
    let arrived = Motion::Arrived(replay.sim().moment(), replay.found());
    playhead.apply(arrived, shown).link || effects.link
}

fn opened(shown: &Shown) -> Playhead {
    let mut playhead = Playhead::new(None);
    assert!(!apply(&mut playhead, Motion::Shown, shown), "the link says only what was chosen");
    playhead
}

fn at_ms(ms: u64) -> SimTime {
    SimTime::ZERO + SimDuration::from_millis(ms)
}

#[test]
fn a_run_opens_at_the_first_failure_of_its_commonest_class() {
    for (link, failed_before) in [(STALL, false), ("p=restart&duration=25s", true)] {
        let shown = shown(link);
        let playhead = opened(&shown);
        let moment = playhead.moment.unwrap();
        let commonest = &shown.report.errors[0];
        assert!((moment.at.as_millis_f64() - commonest.first_ms).abs() < 1e-3, "{link}: to the microsecond");
        assert_eq!(moment.requests.failed > 1, failed_before, "{link}: another class came first");
        assert_eq!((playhead.at, playhead.playing), (moment.at, false));
    }
}

#[test]
fn a_run_without_failures_opens_where_callers_wait_longest() {
    let shown = shown("duration=6s&rps=100&3s.service=200ms&4s.service=20ms");
    assert_eq!(shown.report.requests.failed, 0);
    assert!((at_ms(3_000)..=at_ms(5_000)).contains(&opened(&shown).at), "{:?}", opened(&shown));
}

#[test]
fn a_chosen_instant_stays_over_another_run_and_within_it() {
    let (long, short) = (shown(STALL), shown("duration=2s"));
    let mut playhead = opened(&long);
    assert!(apply(&mut playhead, Motion::Put(at_ms(1_500)), &long));
    apply(&mut playhead, Motion::Shown, &short);
    assert_eq!(playhead.at, at_ms(1_500));
    apply(&mut playhead, Motion::Put(at_ms(9_000)), &short);
    assert_eq!((playhead.at, playhead.link()), (at_ms(2_000), "2s".into()));
    let mut linked = Playhead::new(Some(at_ms(700)));
    apply(&mut linked, Motion::Shown, &long);
    assert_eq!(linked.at, at_ms(700));
}

#[test]
fn steps_go_to_the_exact_instant_and_say_what_is_there() {
    let shown = shown(STALL);
    let mut playhead = opened(&shown);
    let first = playhead.at;
    assert!(apply(&mut playhead, Motion::Step(Step::Next(Breakpoint::Failure(None))), &shown));
    assert!(playhead.at > first && playhead.note.starts_with("An error at 2."), "{}", playhead.note);
    apply(&mut playhead, Motion::Step(Step::Previous(Breakpoint::Failure(None))), &shown);
    assert_eq!(playhead.at, first);
    assert!(!apply(&mut playhead, Motion::Step(Step::Previous(Breakpoint::Failure(None))), &shown));
    assert_eq!(playhead.at, first);
    assert!(playhead.note.starts_with("No earlier error. 2."), "{}", playhead.note);
    apply(&mut playhead, Motion::Step(Step::Next(Breakpoint::Event)), &shown);
    apply(&mut playhead, Motion::Step(Step::Previous(Breakpoint::Event)), &shown);
    assert_eq!(playhead.at, first);
}

#[test]
fn it_plays_slowly_where_failures_begin_and_stops_at_the_end() {
    let shown = shown(STALL);
    let mut playhead = opened(&shown);
    let first = playhead.at;
    apply(&mut playhead, Motion::Put(SimTime::ZERO), &shown);
    apply(&mut playhead, Motion::Play(true), &shown);
    assert_eq!(playhead.rate(&shown), 1_000);
    // Too much for one frame; it stops short of the failure all the same.
    assert!(!apply(&mut playhead, Motion::Frame(5_000.0), &shown), "no link while it plays");
    assert!(playhead.at < first && first.since(playhead.at) < SimDuration::from_millis(100), "{playhead:?}");
    assert_eq!(playhead.rate(&shown), 20);
    let before = playhead.at;
    apply(&mut playhead, Motion::Frame(1_000.0), &shown);
    assert_eq!(playhead.at.since(before), SimDuration::from_millis(20));
    assert!(playhead.note.is_empty(), "nothing is said while it moves");
    apply(&mut playhead, Motion::Speed(Speed::Fixed(5_000)), &shown);
    assert!(apply(&mut playhead, Motion::Frame(9_000.0), &shown));
    assert_eq!((playhead.playing, playhead.at), (false, at_ms(6_000)));
    assert!(playhead.note.starts_with("6.000 s: "), "{}", playhead.note);
    apply(&mut playhead, Motion::Play(true), &shown);
    assert_eq!(playhead.at, SimTime::ZERO);
}

#[test]
fn brackets_go_through_the_speeds_from_the_present_one() {
    let shown = shown(STALL);
    let mut playhead = opened(&shown);
    playhead.at = SimTime::ZERO;
    for (by, ms) in [(-1, 100), (-1, 20), (1, 100), (1, 1_000), (1, 5_000), (1, 5_000)] {
        playhead.apply(Motion::Faster(by), &shown);
        assert_eq!(playhead.speed, Speed::Fixed(ms));
    }
}

#[test]
fn arrows_move_it_and_stop_at_the_edges() {
    let shown = shown(STALL);
    let mut playhead = opened(&shown);
    apply(&mut playhead, Motion::Put(at_ms(150)), &shown);
    for at in [50, 0, 0] {
        apply(&mut playhead, Motion::By(-KEY_MS), &shown);
        assert_eq!(playhead.at, at_ms(at));
    }
    apply(&mut playhead, Motion::By(99_000), &shown);
    assert_eq!(playhead.at, at_ms(6_000));
}

#[test]
fn a_drag_is_in_the_link_when_it_ends() {
    let shown = shown(STALL);
    let mut playhead = opened(&shown);
    assert!(!apply(&mut playhead, Motion::Drag(at_ms(1_000)), &shown));
    assert!(!apply(&mut playhead, Motion::Drag(at_ms(1_234)), &shown));
    assert!(apply(&mut playhead, Motion::Drop, &shown));
    assert_eq!(playhead.link(), "1234ms");
}

#[test]
fn clusters_hold_every_failure_once() {
    let shown = shown("p=incident&duration=30s");
    for apart in [0.1, CLUSTER_S, 5.0] {
        let clusters = clusters(&shown.series, apart);
        assert_eq!(clusters.iter().map(|cluster| cluster.count).sum::<u64>(), shown.report.requests.failed);
        for row in &shown.report.errors {
            let first = clusters.iter().find(|cluster| cluster.kind == row.kind).unwrap();
            let from = shown.series.bucket_start(first.from).as_millis_f64();
            assert!(first.is_first && (from - 0.001..from + 100.0).contains(&row.first_ms), "{row:?} {first:?}");
        }
    }
    assert!(clusters(&shown.series, 0.1).len() > clusters(&shown.series, 5.0).len());
}

#[test]
fn the_links_time_is_read_exactly_or_named() {
    let end = at_ms(60_000);
    assert_eq!(read("", end), (None, None));
    assert_eq!(read("3228ms", end), (Some(at_ms(3_228)), None));
    assert_eq!(read("3227564123ns", end).0.unwrap().as_nanos(), 3_227_564_123);
    assert_eq!(read("soon", end).1.unwrap(), "`t=soon` is not a time such as 250ms. It is left out.");
    assert_eq!(read("90s", end), (Some(end), Some("`t=90s` is after the end of the run. Using 60s.".into())));
}

#[test]
fn the_link_says_the_instant_and_the_run_stays() {
    let mut page = Page::new("https://example.org/#p=healthy&t=2s", false);
    assert_eq!(page.key("t"), "2s");
    assert_eq!(page.stand("3228ms"), AddressChange::Follow);
    assert_eq!(page.link(), "v=1&p=healthy&t=3228ms");
    let late = Page::new("https://example.org/#p=healthy&t=1000s", false);
    assert_eq!(late.warnings[0].given, "t=1000s");
}

/// The answer about the last frame may be there before the pause: the same is not asked twice.
#[test]
fn a_pause_where_the_run_is_known_already_is_said_at_once() {
    let shown = shown(STALL);
    let mut playhead = opened(&shown);
    apply(&mut playhead, Motion::Play(true), &shown);
    apply(&mut playhead, Motion::Frame(40.0), &shown);
    assert!(playhead.is_known() && playhead.note.is_empty());
    playhead.apply(Motion::Play(false), &shown);
    let moment = playhead.moment.unwrap();
    assert_eq!((playhead.at, &playhead.note), (moment.at, &sentence(&moment)));
}
