//! Who computes what, without any worker: what they would say is said here.

use connlab::params::ParamId;

use super::*;
use crate::shown::shown;

const BRIEF: &str = "v=1&p=healthy&duration=1s";

fn recipe(link: &str) -> Box<Recipe> {
    Box::new(link::decode(link).recipe)
}

/// The link with so many workers at the server.
fn link_with(workers: u32) -> String {
    format!("{BRIEF}&workers={workers}")
}

/// A crew of so many workers, all of which listen.
fn crew(size: usize) -> Crew {
    let mut crew = Crew::new(size + 1);
    crew.size = size;
    for number in 0..size {
        crew.take_on();
        crew.ready(number);
    }
    crew.orders();
    crew
}

fn show(crew: &mut Crew, workers: u32, start: Start) -> Option<String> {
    told(crew.start(Role::Shown, recipe(&link_with(workers)), start))
}

/// Whose run is told of.
fn told(turn: Option<Turn>) -> Option<String> {
    match turn?.news? {
        (_, Computed::Done(run)) => Some(run.link.clone()),
        (_, Computed::Progress(..)) => None,
    }
}

/// The run that a worker is told to compute.
fn run(order: &Order) -> Option<(usize, u32, &str)> {
    match order {
        Order::Run(number, task, link) => Some((*number, *task, link)),
        _ => None,
    }
}

/// Which worker is told to compute which run, by the number of workers in it.
fn runs(orders: &[Order]) -> Vec<(usize, u32)> {
    let workers = |link| ParamId::workers.spec().size(ParamId::workers.spec().get(&link::scenario(link).params)) as u32;
    orders.iter().filter_map(run).map(|(number, _, link)| (number, workers(link))).collect()
}

/// Does what the orders say, in their order.
fn finish(crew: &mut Crew, orders: &[Order]) -> Vec<Option<String>> {
    let done = |link: &str| Heard::Done(shown(link).bytes());
    orders.iter().filter_map(run).map(|(number, task, link)| told(crew.hear(number, task, done(link)))).collect()
}

#[test]
fn a_run_is_the_same_when_it_comes_as_bytes() {
    for link in ["p=incident&duration=30s", "p=cpu&duration=3s", "p=phantoms", "p=restart", "rps=0"] {
        let before = shown(link);
        let after = Shown::read(&recipe(link), &before.bytes()).expect("what was written");
        let series = after.report.series.is_empty();
        let mut report = before.report.clone();
        report.series.clear();
        assert!(series && after.report == report && after.series == before.series, "{link}");
        assert_eq!((after.link, after.failures, after.complete), (before.link, before.failures, true));
    }
    assert!(Shown::read(&recipe(BRIEF), &[1, 2, 3]).is_none());
}

#[test]
fn there_are_as_many_workers_as_processors_but_one() {
    let sizes: Vec<usize> = [0, 1, 2, 4, 9, 64].map(|processors| Crew::new(processors).size).into();
    assert_eq!(sizes, [1, 1, 1, 3, 8, 8]);
    let mut crew = Crew::new(4);
    crew.hire();
    assert_eq!(crew.orders(), [Order::Hire(0)]);
    assert!(!crew.is_there());
    crew.ready(0);
    assert!(crew.is_there());
    show(&mut crew, 60, Start::InTurn);
    assert_eq!(runs(&crew.orders()), [(0, 60)]);
    show(&mut crew, 61, Start::InTurn);
    assert_eq!(crew.orders(), [Order::Hire(1)], "one more at a time");
    assert_eq!(crew.orders(), []);
    crew.ready(1);
    assert_eq!(runs(&crew.orders()), [(1, 61)]);
}

#[test]
fn the_steps_of_a_drag_are_computed_side_by_side_and_the_newest_waits() {
    let mut crew = crew(2);
    let mut orders = Vec::new();
    for workers in 60..=63 {
        assert_eq!(show(&mut crew, workers, Start::InTurn), None);
        orders.extend(crew.orders());
    }
    assert_eq!(runs(&orders), [(0, 60), (1, 61)]);
    assert_eq!(finish(&mut crew, &orders[1..]), [Some(link_with(61))]);
    assert_eq!(finish(&mut crew, &orders[..1]), [None], "an older run than the one that is shown");
    let orders = crew.orders();
    assert_eq!(runs(&orders), [(0, 63)], "of those that wait, the newest");
    assert_eq!(finish(&mut crew, &orders), [Some(link_with(63))]);
}

#[test]
fn a_run_that_is_wanted_at_once_stops_the_ones_before() {
    let mut crew = crew(2);
    show(&mut crew, 60, Start::InTurn);
    let first = crew.orders();
    show(&mut crew, 61, Start::AtOnce);
    let orders = crew.orders();
    assert_eq!(orders[0], Order::Stop(0));
    assert_eq!(runs(&orders), [(0, 61)]);
    assert_eq!(finish(&mut crew, &first), [None], "nobody waits for it any more");
    assert_eq!(finish(&mut crew, &orders), [Some(link_with(61))]);
    crew.stop(Role::Shown);
    assert_eq!(crew.orders(), []);
}

#[test]
fn what_was_computed_once_is_there_at_once() {
    let mut crew = crew(1);
    for workers in [60, 61] {
        show(&mut crew, workers, Start::InTurn);
        let orders = crew.orders();
        finish(&mut crew, &orders);
    }
    assert_eq!(show(&mut crew, 60, Start::InTurn), Some(link_with(60)));
    assert_eq!(crew.orders(), []);
    let first = Rc::new(shown(BRIEF));
    crew.learn(&first);
    assert_eq!(told(crew.start(Role::Pinned, recipe(BRIEF), Start::AtOnce)), Some(BRIEF.into()));
}

#[test]
fn what_is_known_takes_no_more_memory_than_it_may() {
    let mut crew = crew(1);
    let failure = shown("p=incident&duration=22s").failures[0];
    let heavy = |workers| {
        let mut run = shown(&link_with(workers));
        run.failures = vec![failure; (15 << 17) / size_of_val(&failure)];
        Rc::new(run)
    };
    (1..=4).for_each(|workers| crew.learn(&heavy(workers)));
    assert_eq!(show(&mut crew, 1, Start::InTurn), None, "6 MB are three of them");
    crew.stop(Role::Shown);
    assert_eq!(show(&mut crew, 2, Start::InTurn), Some(link_with(2)));
    crew.learn(&heavy(5));
    assert_eq!(show(&mut crew, 2, Start::InTurn), Some(link_with(2)), "it was asked for last");
    assert_eq!(show(&mut crew, 3, Start::InTurn), None);
}

#[test]
fn what_is_foreseen_is_computed_when_there_is_nothing_else_to_do() {
    let mut crew = crew(2);
    show(&mut crew, 60, Start::InTurn);
    crew.foresee([61, 62, 63].map(|workers| *recipe(&link_with(workers))).into());
    let orders = crew.orders();
    assert_eq!(runs(&orders), [(0, 60), (1, 61)]);
    assert_eq!(finish(&mut crew, &orders[1..]), [None], "nobody has asked for it");
    let next = crew.orders();
    assert_eq!(runs(&next), [(1, 62)]);
    assert_eq!(show(&mut crew, 61, Start::InTurn), Some(link_with(61)), "in the frame in which it is asked for");
    assert_eq!(show(&mut crew, 62, Start::InTurn), None);
    assert_eq!(crew.orders(), [], "a worker is at it already");
    assert_eq!(finish(&mut crew, &next), [Some(link_with(62))]);
}

#[test]
fn what_is_foreseen_makes_room_for_what_is_asked_for_and_is_put_away_with_the_drag() {
    let mut crew = crew(1);
    crew.foresee([61, 62].map(|workers| *recipe(&link_with(workers))).into());
    assert_eq!(runs(&crew.orders()), [(0, 61)]);
    show(&mut crew, 70, Start::InTurn);
    let orders = crew.orders();
    assert_eq!((orders[0].clone(), runs(&orders)), (Order::Stop(0), vec![(0, 70)]));
    finish(&mut crew, &orders);
    assert_eq!(runs(&crew.orders()), [(0, 61)], "it goes on with that");
    crew.foresee(Vec::new());
    assert_eq!(crew.orders(), [Order::Stop(0)]);
}

#[test]
fn a_pinned_run_waits_for_the_shown_one() {
    let mut crew = crew(1);
    crew.start(Role::Pinned, recipe(&link_with(1)), Start::AtOnce);
    let pinned = crew.orders();
    assert_eq!(runs(&pinned), [(0, 1)]);
    show(&mut crew, 60, Start::AtOnce);
    let orders = crew.orders();
    assert_eq!(runs(&orders), [(0, 60)]);
    finish(&mut crew, &orders);
    let orders = crew.orders();
    assert_eq!(runs(&orders), [(0, 1)]);
    assert_eq!(finish(&mut crew, &orders), [Some(link_with(1))]);
}

#[test]
fn a_lost_worker_is_replaced_and_its_run_computed_by_another_one() {
    let mut crew = crew(1);
    show(&mut crew, 60, Start::AtOnce);
    crew.orders();
    crew.lost(0);
    assert_eq!(crew.orders(), [Order::Dismiss(0), Order::Hire(0)]);
    assert!(!crew.is_there());
    crew.ready(0);
    let orders = crew.orders();
    assert_eq!(runs(&orders), [(0, 60)]);
    assert_eq!(finish(&mut crew, &orders), [Some(link_with(60))]);
}

#[test]
fn workers_that_are_lost_again_and_again_are_not_replaced_and_leave_their_run() {
    let mut crew = crew(2);
    show(&mut crew, 60, Start::AtOnce);
    for loss in 1..=LOSSES_MAX {
        crew.orders();
        crew.lost(0);
        crew.workers.iter_mut().for_each(|worker| worker.is_ready = true);
        assert_eq!(crew.is_there(), loss < LOSSES_MAX);
    }
    let orders = crew.orders();
    assert_eq!(orders, [Order::Dismiss(0), Order::Dismiss(0), Order::Dismiss(1)]);
    let left = crew.left();
    assert_eq!(
        left.iter().map(|(role, recipe)| (*role, link::encode(recipe))).collect::<Vec<_>>(),
        [(Role::Shown, link_with(60))]
    );
    crew.hire();
    assert_eq!(crew.orders(), []);
    crew.lost(1);
    crew.ready(1);
    assert!(crew.hear(1, 1, Heard::Late).is_none(), "what comes late of one that is dismissed");
    assert_eq!(crew.orders(), []);
}

#[test]
fn a_hidden_page_computes_nothing_and_goes_on_when_it_is_seen() {
    let mut crew = crew(2);
    for workers in [60, 61] {
        show(&mut crew, workers, Start::InTurn);
        crew.orders();
    }
    crew.hide(true);
    assert_eq!(crew.orders(), [Order::Stop(0), Order::Stop(1)]);
    crew.hide(false);
    let orders = crew.orders();
    assert_eq!(runs(&orders), [(0, 61)], "of two steps of a drag the newer one");
    assert_eq!(finish(&mut crew, &orders), [Some(link_with(61))]);
    crew.hide(true);
    crew.hide(false);
    assert_eq!(show(&mut crew, 61, Start::InTurn), None, "it needs no memory while nobody sees it");
}

#[test]
fn a_run_that_takes_long_says_so_and_shows_what_there_is() {
    let mut crew = crew(1);
    show(&mut crew, 60, Start::AtOnce);
    let orders = crew.orders();
    let (number, task, link) = run(&orders[0]).expect("a run");
    let late = crew.hear(number, task, Heard::Late).expect("that it is late");
    assert!(late.news.is_none() && !late.is_prompt);
    let turn = crew.hear(number, task, Heard::Progress(0.5, Some(shown(link).bytes()))).expect("what there is");
    let Some((Role::Shown, Computed::Progress(share, Some(run)))) = turn.news else { panic!("its progress") };
    assert_eq!((share, &*run.link), (0.5, link));
    assert!(!turn.is_prompt);
    assert!(crew.hear(number, task + 1, Heard::Late).is_none(), "of another task");
}

fn order(crew: &mut Crew, number: u32, workers: u32) {
    crew.order(number, recipe(&link_with(workers)));
}

#[test]
fn what_somebody_else_needs_waits_for_what_the_page_does_and_is_delivered() {
    let mut crew = crew(2);
    order(&mut crew, 7, 60);
    order(&mut crew, 8, 61);
    order(&mut crew, 9, 62);
    assert_eq!(runs(&crew.orders()), [(0, 60), (1, 61)]);
    show(&mut crew, 63, Start::AtOnce);
    let orders = crew.orders();
    let Order::Stop(number) = orders[0] else { panic!("{orders:?}") };
    assert_eq!(runs(&orders), [(number, 63)], "the page does not wait");
    assert_eq!(finish(&mut crew, &orders), [Some(link_with(63))]);
    // The one that made room is first again.
    let orders = crew.orders();
    assert_eq!(runs(&orders), [(number, 60 + number as u32)]);
    assert_eq!(finish(&mut crew, &orders), [None], "nothing that the page would show");
    let orders = crew.orders();
    assert_eq!(orders[0], Order::Deliver(7 + number as u32, shown(&link_with(60 + number as u32)).bytes()));
    assert_eq!(runs(&orders), [(number, 62)]);
}

#[test]
fn what_nobody_needs_any_more_is_not_computed() {
    let mut crew = crew(1);
    order(&mut crew, 1, 60);
    order(&mut crew, 2, 61);
    let orders = crew.orders();
    let (number, task, link) = run(&orders[0]).expect("a run");
    crew.drop_orders();
    assert_eq!(crew.orders(), [Order::Stop(0)]);
    crew.hear(number, task, Heard::Done(shown(link).bytes()));
    assert_eq!(crew.orders(), [], "it came too late");
}

#[test]
fn for_others_there_are_as_many_workers_as_for_the_page() {
    let mut crew = Crew::new(4);
    (0..5).for_each(|number| order(&mut crew, number, 60 + number));
    for number in 0..3 {
        assert_eq!(crew.orders().last(), Some(&Order::Hire(number)), "one at a time");
        crew.ready(number);
    }
    crew.orders();
    assert!(crew.workers.iter().all(|worker| worker.task.is_some()) && crew.workers.len() == 3);
}
