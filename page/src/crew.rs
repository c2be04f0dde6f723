//! Which run is computed by which worker, and which are known already. Pure: [`crate::runners`] are the workers.

mod known;

use std::collections::VecDeque;
use std::mem;
use std::rc::Rc;

use connlab::link::{self, Recipe};

use crate::jobs::{Computed, Start, Turn};
use crate::shown::{Role, Shown};
use known::KnownRuns;

/// When so many workers have been lost without a finished run in between, there is something wrong with all of them.
const LOSSES_MAX: u32 = 3;

/// What a worker is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// One more is needed; it gets this number.
    Hire(usize),
    /// The worker with this number computes a run: the number of the task, and the run's link.
    Run(usize, u32, String),
    /// It drops what it is at.
    Stop(usize),
    /// It is not needed any more.
    Dismiss(usize),
    /// No worker: whoever ordered the run with this number gets its bytes.
    Deliver(u32, Vec<u8>),
}

/// What a worker says of a task.
pub enum Heard {
    /// It takes longer than some frames.
    Late,
    /// The share that is done, and from time to time what there is to see, as bytes.
    Progress(f64, Option<Vec<u8>>),
    /// The run, as bytes.
    Done(Vec<u8>),
}

/// What a run is computed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Aim {
    /// The charts are to show it: the n-th such run.
    Show(u32),
    /// It stays, beside the shown one.
    Pin,
    /// It may be asked for next.
    Foresee,
    /// Somebody else needs it, and knows it by this number.
    Order(u32),
}

/// A run to be computed.
struct Task {
    aim: Aim,
    recipe: Box<Recipe>,
}

#[derive(Default)]
struct Worker {
    /// It listens.
    is_ready: bool,
    /// What it is at, and the number of that task.
    task: Option<(u32, Task)>,
}

/// Workers, what they do, and what waits for them.
#[derive(Default)]
pub struct Crew {
    /// There are at most so many workers.
    size: usize,
    workers: Vec<Worker>,
    shown: Option<Task>,
    pinned: Option<Task>,
    foreseen: VecDeque<Task>,
    ordered: VecDeque<Task>,
    known: KnownRuns,
    /// Tasks so far.
    tasks: u32,
    /// Runs to be shown that were asked for so far, and the latest of them that was told of.
    asked: u32,
    told: u32,
    /// The run to be shown takes longer than some frames.
    is_late: bool,
    losses: u32,
    is_hidden: bool,
    orders: Vec<Order>,
}

impl Crew {
    /// As many workers as there are processors but one, at least one and at most eight; none yet.
    pub fn new(processors: usize) -> Crew {
        Crew { size: processors.saturating_sub(1).clamp(1, 8), ..Crew::default() }
    }

    /// What the workers are to be told, in this order.
    pub fn orders(&mut self) -> Vec<Order> {
        self.assign();
        mem::take(&mut self.orders)
    }

    /// Whether there is somebody to compute a run.
    pub fn is_there(&self) -> bool {
        self.workers.iter().any(|worker| worker.is_ready)
    }

    /// One worker will be needed soon.
    pub fn hire(&mut self) {
        if self.workers.is_empty() && self.losses < LOSSES_MAX {
            self.take_on();
        }
    }

    fn take_on(&mut self) {
        self.orders.push(Order::Hire(self.workers.len()));
        self.workers.push(Worker::default());
    }

    /// A worker listens.
    pub fn ready(&mut self, number: usize) {
        if let Some(worker) = self.workers.get_mut(number) {
            worker.is_ready = true;
        }
    }

    /// A run is known that no worker has computed.
    pub fn learn(&mut self, run: &Rc<Shown>) {
        self.known.keep(run);
    }

    /// Takes up the run of a role, in place of the one that waits; what there is to tell at once: it is known already.
    pub fn start(&mut self, role: Role, recipe: Box<Recipe>, start: Start) -> Option<Turn> {
        if start == Start::AtOnce {
            self.stop(role);
        }
        if role == Role::Pinned {
            self.pinned = Some(Task { aim: Aim::Pin, recipe });
            return self.known_turn(role);
        }
        self.asked += 1;
        self.is_late = false;
        self.shown = Some(Task { aim: Aim::Show(self.asked), recipe });
        let turn = self.known_turn(role);
        match turn {
            Some(_) => self.told = self.asked,
            None => self.take_over(),
        }
        turn
    }

    /// What waits for a role, if it is known: then it waits no longer.
    fn known_turn(&mut self, role: Role) -> Option<Turn> {
        let task = if role == Role::Shown { &mut self.shown } else { &mut self.pinned };
        let run = self.known.get(&link::encode(&task.as_ref()?.recipe))?;
        *task = None;
        Some(Turn { news: Some((role, Computed::Done(run))), is_prompt: true })
    }

    /// A worker may be at the run to be shown already: it was foreseen.
    fn take_over(&mut self) {
        let Some(wanted) = &self.shown else { return };
        let mut tasks = self.workers.iter_mut().filter_map(|worker| worker.task.as_mut());
        if let Some((_, task)) = tasks.find(|(_, task)| task.recipe == wanted.recipe) {
            task.aim = wanted.aim;
            self.shown = None;
        }
    }

    /// These runs may be asked for next, the likeliest first; what was foreseen before is not.
    pub fn foresee(&mut self, recipes: Vec<Recipe>) {
        let known = &self.known;
        let unknown = recipes.into_iter().filter(|recipe| !known.has(&link::encode(recipe)));
        let foreseen = unknown.map(|recipe| Task { aim: Aim::Foresee, recipe: Box::new(recipe) });
        self.foreseen = foreseen.collect();
        for number in 0..self.workers.len() {
            if let Some((_, Task { aim: Aim::Foresee, recipe, .. })) = &self.workers[number].task {
                match self.foreseen.iter().position(|task| task.recipe == *recipe) {
                    Some(at) => _ = self.foreseen.remove(at),
                    None => _ = self.interrupt(number),
                }
            }
        }
    }

    /// Somebody else needs this run.
    pub fn order(&mut self, number: u32, recipe: Box<Recipe>) {
        self.ordered.push_back(Task { aim: Aim::Order(number), recipe });
    }

    /// Nobody else needs a run any more.
    pub fn drop_orders(&mut self) {
        self.ordered.clear();
        for number in 0..self.workers.len() {
            if matches!(self.workers[number].task, Some((_, Task { aim: Aim::Order(_), .. }))) {
                self.interrupt(number);
            }
        }
    }

    /// Forgets the runs of a role.
    pub fn stop(&mut self, role: Role) {
        *(if role == Role::Shown { &mut self.shown } else { &mut self.pinned }) = None;
        for number in 0..self.workers.len() {
            let task = self.workers[number].task.as_ref();
            if task.is_some_and(|(_, task)| task.aim.role() == Some(role)) {
                self.interrupt(number);
            }
        }
    }

    fn interrupt(&mut self, number: usize) -> Option<Task> {
        let (_, task) = self.workers[number].task.take()?;
        self.orders.push(Order::Stop(number));
        Some(task)
    }

    /// A worker says something of a task; what there is to tell of it.
    pub fn hear(&mut self, number: usize, of: u32, heard: Heard) -> Option<Turn> {
        let worker = self.workers.get_mut(number)?;
        // It was stopped meanwhile.
        let (_, task) = worker.task.as_ref().filter(|(task, _)| *task == of)?;
        let (aim, read) = (task.aim, |bytes: &[u8]| Shown::read(&task.recipe, bytes).map(Rc::new));
        let computed = match heard {
            Heard::Late => None,
            Heard::Progress(share, bytes) => Some(Computed::Progress(share, bytes.and_then(|bytes| read(&bytes)))),
            Heard::Done(bytes) if let Aim::Order(number) = aim => {
                worker.task = None;
                self.losses = 0;
                self.orders.push(Order::Deliver(number, bytes));
                None
            }
            Heard::Done(bytes) => {
                let Some(run) = read(&bytes) else {
                    self.lost(number);
                    return None;
                };
                worker.task = None;
                self.losses = 0;
                self.known.keep(&run);
                Some(Computed::Done(run))
            }
        };
        self.turn(aim, computed)
    }

    /// In a drag an older run may come after a newer one: then it is not told of.
    fn turn(&mut self, aim: Aim, computed: Option<Computed>) -> Option<Turn> {
        let role = aim.role()?;
        if let Aim::Show(number) = aim {
            if number < self.told {
                return None;
            }
            self.is_late = !matches!(computed, Some(Computed::Done(_)));
            if !self.is_late {
                self.told = number;
            }
        }
        Some(Turn { news: computed.map(|computed| (role, computed)), is_prompt: !self.is_late })
    }

    /// A worker is lost: another one does what it was at.
    pub fn lost(&mut self, number: usize) {
        let Some(lost) = self.workers.get_mut(number).map(mem::take) else { return };
        if let Some((_, task)) = lost.task {
            self.put_back(task);
        }
        self.losses += 1;
        self.orders.push(Order::Dismiss(number));
        if self.losses < LOSSES_MAX {
            self.orders.push(Order::Hire(number));
        } else {
            self.orders.extend((0..self.workers.len()).map(Order::Dismiss));
            self.workers.clear();
            self.size = 0;
        }
    }

    /// It waits again, unless a newer one does.
    fn put_back(&mut self, task: Task) {
        match task.aim {
            Aim::Show(_) if self.shown.as_ref().is_some_and(|newer| newer.aim > task.aim) => {}
            Aim::Show(_) => self.shown = Some(task),
            Aim::Pin => _ = self.pinned.get_or_insert(task),
            Aim::Foresee => self.foreseen.push_front(task),
            Aim::Order(_) => self.ordered.push_front(task),
        }
    }

    /// What nobody is there to compute.
    pub fn left(&mut self) -> Vec<(Role, Box<Recipe>)> {
        let waiting = [self.shown.take(), self.pinned.take()].into_iter().flatten();
        waiting.filter_map(|task| Some((task.aim.role()?, task.recipe))).collect()
    }

    /// Nobody sees the page, or somebody does again: meanwhile nothing is computed, and nothing kept that can be.
    pub fn hide(&mut self, is_hidden: bool) {
        self.is_hidden = is_hidden;
        self.known = KnownRuns::default();
        for number in 0..self.workers.len() {
            if is_hidden && let Some(task) = self.interrupt(number) {
                self.put_back(task);
            }
        }
    }

    /// Whoever has nothing to do gets what is most urgent.
    fn assign(&mut self) {
        while !self.is_hidden
            && let Some(wanted) = self.waiting()
        {
            let place = wanted.aim.place();
            let idle = self.workers.iter().position(|worker| worker.is_ready && worker.task.is_none());
            let Some(number) = idle.or_else(|| self.less_urgent(place)) else {
                // One more at a time: it takes a moment until it listens.
                if self.workers.len() < self.size && self.workers.iter().all(|worker| worker.is_ready) {
                    self.take_on();
                }
                return;
            };
            if let Some(task) = self.interrupt(number) {
                self.put_back(task);
            }
            let Some(task) = self.take_waiting() else { return };
            self.tasks += 1;
            self.orders.push(Order::Run(number, self.tasks, link::encode(&task.recipe)));
            self.workers[number].task = Some((self.tasks, task));
        }
    }

    fn waiting(&self) -> Option<&Task> {
        self.shown.as_ref().or(self.pinned.as_ref()).or(self.foreseen.front()).or(self.ordered.front())
    }

    fn take_waiting(&mut self) -> Option<Task> {
        let most = self.shown.take().or_else(|| self.pinned.take());
        most.or_else(|| self.foreseen.pop_front()).or_else(|| self.ordered.pop_front())
    }

    /// The worker whose task can wait, when something of this place does.
    fn less_urgent(&self, place: u8) -> Option<usize> {
        let tasks =
            self.workers.iter().enumerate().filter_map(|(number, worker)| Some((worker.task.as_ref()?, number)));
        let ((_, task), number) = tasks.max_by_key(|((_, task), _)| task.aim.place())?;
        (task.aim.place() > place).then_some(number)
    }
}

impl Aim {
    /// Whose run it is, if there is a place for it.
    fn role(self) -> Option<Role> {
        match self {
            Aim::Show(_) => Some(Role::Shown),
            Aim::Pin => Some(Role::Pinned),
            Aim::Foresee | Aim::Order(_) => None,
        }
    }

    /// How long it can wait: the steps of a drag leave each other their workers.
    fn place(self) -> u8 {
        match self {
            Aim::Show(_) => 0,
            Aim::Pin => 1,
            Aim::Foresee => 2,
            Aim::Order(_) => 3,
        }
    }
}

#[cfg(test)]
mod tests;
