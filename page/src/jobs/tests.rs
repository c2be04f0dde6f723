//! Which run is computed when, by a clock that goes on a little with each look at it.

use std::cell::Cell;

use connlab::link;

use super::*;

/// Jobs, and a clock.
struct Bench {
    jobs: Jobs,
    now_ms: Cell<f64>,
    /// How long a budget of events takes.
    tick_ms: f64,
}

impl Bench {
    fn new(tick_ms: f64) -> Bench {
        Bench { jobs: Jobs::default(), now_ms: Cell::new(0.0), tick_ms }
    }

    fn start(&mut self, role: Role, link: &str, start: Start) {
        self.jobs.start(role, Box::new(link::decode(link).recipe), start, self.now_ms.get());
    }

    fn slice(&mut self) -> Turn {
        self.jobs.slice(|| {
            self.now_ms.set(self.now_ms.get() + self.tick_ms);
            self.now_ms.get()
        })
    }

    /// All that there is to tell, until there is nothing to compute.
    fn finish(&mut self) -> Vec<(Role, Computed)> {
        let mut news = Vec::new();
        while !self.jobs.is_idle() {
            news.extend(self.slice().news);
        }
        news
    }
}

/// Whose runs came to their end, and which.
fn done(news: &[(Role, Computed)]) -> Vec<(Role, &str)> {
    let mut done = Vec::new();
    for (role, computed) in news {
        if let Computed::Done(run) = computed {
            done.push((*role, &*run.link));
        }
    }
    done
}

/// Some hundred budgets of events.
const ONE: &str = "v=1";
const OTHER: &str = "v=1&workers=17";
const NEWEST: &str = "v=1&workers=18";

#[test]
fn in_a_drag_one_run_is_finished_before_the_newest_begins() {
    let mut bench = Bench::new(1.0);
    bench.start(Role::Shown, ONE, Start::InTurn);
    assert!(bench.slice().news.is_none(), "it takes more than one slice");
    bench.start(Role::Shown, OTHER, Start::InTurn);
    bench.start(Role::Shown, NEWEST, Start::InTurn);
    assert_eq!(done(&bench.finish()), [(Role::Shown, ONE), (Role::Shown, NEWEST)]);
}

#[test]
fn a_change_that_is_settled_takes_the_place_of_all_before() {
    let mut bench = Bench::new(1.0);
    bench.start(Role::Shown, ONE, Start::InTurn);
    bench.slice();
    bench.start(Role::Shown, OTHER, Start::InTurn);
    bench.start(Role::Shown, NEWEST, Start::AtOnce);
    assert_eq!(done(&bench.finish()), [(Role::Shown, NEWEST)]);
}

#[test]
fn a_run_that_takes_long_is_not_finished_for_a_change_that_is_past_but_what_there_is_of_it_is_seen() {
    let mut bench = Bench::new(30.0);
    bench.start(Role::Shown, ONE, Start::InTurn);
    bench.start(Role::Shown, NEWEST, Start::InTurn);
    let news = bench.finish();
    assert_eq!(done(&news), [(Role::Shown, NEWEST)]);
    let Computed::Progress(share, Some(seen)) = &news[0].1 else { panic!("{:?}", news[0]) };
    assert!(*share > 0.0 && *share < 1.0 && seen.link == ONE && !seen.complete);
}

#[test]
fn a_run_that_takes_long_says_how_far_it_is_and_shows_something_from_time_to_time() {
    let mut bench = Bench::new(30.0);
    bench.start(Role::Shown, ONE, Start::AtOnce);
    let (mut shares, mut seen) = (Vec::new(), 0);
    for (_, computed) in bench.finish() {
        if let Computed::Progress(share, glimpse) = computed {
            shares.push(share);
            seen += usize::from(glimpse.is_some());
        }
    }
    assert!(shares.is_sorted() && shares.len() > seen && seen > 1, "{shares:?}, {seen} seen");
}

#[test]
fn a_run_is_prompt_for_three_frames_and_so_is_one_that_is_not_there() {
    let mut bench = Bench::new(1.0);
    assert!(bench.slice().is_prompt);
    bench.start(Role::Shown, ONE, Start::AtOnce);
    assert!(bench.slice().is_prompt);
    bench.now_ms.set(60.0);
    assert!(!bench.slice().is_prompt);
    bench.jobs.stop(Role::Shown);
    assert!(bench.slice().is_prompt && bench.jobs.is_idle());
}

#[test]
fn a_pinned_run_waits_for_the_shown_one_and_goes_on_where_it_was() {
    let mut bench = Bench::new(1.0);
    bench.start(Role::Pinned, ONE, Start::AtOnce);
    assert!(bench.slice().news.is_none() && bench.slice().is_prompt, "the shown one has not begun");
    bench.start(Role::Shown, OTHER, Start::AtOnce);
    bench.slice();
    bench.start(Role::Shown, NEWEST, Start::InTurn);
    let news = bench.finish();
    assert_eq!(done(&news), [(Role::Shown, OTHER), (Role::Shown, NEWEST), (Role::Pinned, ONE)]);
    let Some((_, Computed::Done(pinned))) = news.last() else { panic!("{news:?}") };
    assert_eq!(pinned.report.fingerprint, crate::shown::shown(ONE).report.fingerprint);
}

#[test]
fn a_role_that_is_stopped_leaves_the_other_one_alone() {
    let mut bench = Bench::new(1.0);
    bench.start(Role::Pinned, ONE, Start::AtOnce);
    bench.start(Role::Shown, OTHER, Start::AtOnce);
    bench.slice();
    bench.jobs.stop(Role::Pinned);
    assert_eq!(done(&bench.finish()), [(Role::Shown, OTHER)]);
    bench.start(Role::Pinned, ONE, Start::AtOnce);
    bench.start(Role::Shown, OTHER, Start::AtOnce);
    bench.jobs.stop(Role::Shown);
    assert_eq!(done(&bench.finish()), [(Role::Pinned, ONE)]);
}
