//! Has runs computed: the first one here, in slices, one straight after the other, between which the browser takes
//! input and draws, and later ones by workers, as soon as there are some.

use connlab::link::{self, Recipe};
use connlab_turns::{Turns, now_ms};

use crate::address;
use crate::crew::Crew;
use crate::jobs::{Computed, Jobs, Start, Turn};
use crate::root::{Link, PageEvent};
use crate::runners::{RunnerNews, Runners};
use crate::shown::Role;

/// The runs being computed, and who computes them.
pub struct Driver {
    jobs: Jobs,
    turns: Turns,
    crew: Crew,
    runners: Runners,
    /// What there is to tell of a drag's step whose run is known: with the next turn, for then what the step changes
    /// and what it has drawn are two tasks of the browser, neither of them long.
    known: Option<Turn>,
    is_hidden: bool,
}

impl Driver {
    /// Whenever there is something to do in [`Driver::slice`] or to hear in [`Driver::hear`], it tells so.
    pub fn new(link: Link) -> Driver {
        let processors = address::window().navigator().hardware_concurrency();
        let turn = link.clone();
        Driver {
            jobs: Jobs::default(),
            turns: Turns::new(move || turn.tell(PageEvent::Turn)),
            crew: Crew::new(processors as usize),
            runners: Runners::new(link),
            known: None,
            is_hidden: false,
        }
    }

    /// Takes up a run; what there is to tell at once, if it is known.
    pub fn start(&mut self, role: Role, recipe: Box<Recipe>, start: Start) -> Option<Turn> {
        self.known.take_if(|_| role == Role::Shown);
        if !self.crew.is_there() {
            self.jobs.start(role, recipe, start, now_ms());
            self.ask();
            return None;
        }
        self.jobs.stop(role);
        let turn = self.crew.start(role, recipe, start);
        self.pass_on();
        if start == Start::AtOnce || turn.is_none() {
            return turn;
        }
        self.known = turn;
        self.turns.ask();
        None
    }

    /// These runs may be asked for next, the likeliest first; an empty list: none.
    pub fn foresee(&mut self, recipes: Vec<Recipe>) {
        self.crew.foresee(recipes);
        self.pass_on();
    }

    /// The explainer needs this link's run: its bytes come by [`PageEvent::Run`], under this number.
    pub fn order(&mut self, number: u32, link: &str) {
        self.crew.order(number, Box::new(link::decode(link).recipe));
        self.pass_on();
    }

    /// It needs none any more.
    pub fn drop_orders(&mut self) {
        self.crew.drop_orders();
        self.pass_on();
    }

    /// Forgets the run of a role.
    pub fn stop(&mut self, role: Role) {
        self.known.take_if(|_| role == Role::Shown);
        self.jobs.stop(role);
        self.crew.stop(role);
        self.pass_on();
    }

    /// Computes for a part of a frame.
    pub fn slice(&mut self) -> Turn {
        self.turns.taken();
        if let Some(turn) = self.known.take() {
            self.ask();
            return turn;
        }
        let turn = self.jobs.slice(now_ms);
        if let Some((_, Computed::Done(run))) = &turn.news {
            self.crew.learn(run);
            // The first run is there: for the next one there shall be a worker.
            self.crew.hire();
            self.pass_on();
        }
        self.ask();
        turn
    }

    /// Takes in what becomes of a worker; what there is to tell.
    pub fn hear(&mut self, number: usize, news: RunnerNews) -> Option<Turn> {
        let turn = match news {
            RunnerNews::Ready => {
                self.crew.ready(number);
                None
            }
            RunnerNews::Heard(task, heard) => self.crew.hear(number, task, heard),
            RunnerNews::Lost => {
                self.crew.lost(number);
                None
            }
        };
        self.pass_on();
        turn
    }

    /// Nobody sees the page, or somebody does again: meanwhile nothing is computed.
    pub fn hide(&mut self, is_hidden: bool) {
        self.is_hidden = is_hidden;
        self.crew.hide(is_hidden);
        self.pass_on();
        self.ask();
    }

    /// Has the workers do what the crew says, and does itself what is left.
    fn pass_on(&mut self) {
        for order in self.crew.orders() {
            self.runners.carry(order);
        }
        if !self.crew.is_there() {
            for (role, recipe) in self.crew.left() {
                self.jobs.start(role, recipe, Start::AtOnce, now_ms());
                self.ask();
            }
        }
    }

    fn ask(&mut self) {
        if !self.is_hidden && !self.jobs.is_idle() {
            self.turns.ask();
        }
    }
}
