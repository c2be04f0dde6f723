//! How the parts of the page play together: what a visitor, the runs, the workers and the browser do, and what is left
//! to do outside.

mod answers;
mod controls;
mod drags;
mod opening;
mod travel;

use connlab::params::{PARAMS, ParamId};
use connlab::question::Topic;
use connlab::scene::Scene;
use connlab::sim::replay::{Breakpoint, Replay};
use connlab::time::SimDuration;

use super::*;
use crate::jobs::Jobs;
use crate::panel::Told;
use crate::playhead::Step;
use crate::shown::Shown;

const PLACE: &str = "https://example.org/";

/// A run with errors.
const INCIDENT: &str = "v=1&p=incident&duration=25s";

/// The page, with real runs, and a location that takes every link.
struct Visit {
    app: App,
    jobs: Jobs,
    location: String,
    /// How long a slice of a run takes.
    slice_ms: f64,
    now_ms: f64,
    /// All that was left to do so far.
    done: Vec<Effect>,
}

impl Visit {
    /// The page at this address, which a visitor has just opened.
    fn open(link: &str) -> Visit {
        let location = format!("{PLACE}{link}");
        let (app, effects) = App::new(&location, None, false, false);
        let mut visit = Visit { app, jobs: Jobs::default(), location, slice_ms: 1.0, now_ms: 0.0, done: Vec::new() };
        visit.carry(&effects);
        visit
    }

    /// The same with its first run and a canvas.
    fn to(link: &str) -> Visit {
        let mut visit = Visit::open(&format!("#{link}"));
        visit.tell(Msg::Fits(Viewport { width: 960, height: 216, ..Viewport::default() }));
        visit.finish();
        visit
    }

    fn carry(&mut self, effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::Compute(role, recipe, start) => {
                    self.jobs.start(*role, recipe.clone(), *start, self.now_ms);
                }
                Effect::Stop(role) => self.jobs.stop(*role),
                Effect::Locate(_, entry) => self.location = format!("{PLACE}#{}", entry.link),
                _ => {}
            }
        }
        self.done.extend_from_slice(effects);
    }

    /// What is left to do after this, which is done as far as it can be here.
    fn tell(&mut self, msg: Msg) -> Vec<Effect> {
        let effects = self.app.apply(msg);
        self.carry(&effects);
        effects
    }

    fn act(&mut self, action: Action) -> Vec<Effect> {
        self.tell(Msg::Act(action))
    }

    fn go(&mut self, motion: Motion) -> Vec<Effect> {
        self.tell(Msg::Go(motion))
    }

    /// The runs have one turn.
    fn turn(&mut self) -> Vec<Effect> {
        // Late enough for a slice to end with its first budget of events.
        let now = std::cell::Cell::new(self.now_ms);
        let turn = self.jobs.slice(|| now.replace(now.get() + self.slice_ms));
        self.now_ms = now.get();
        self.tell(Msg::Turn(turn))
    }

    /// All runs come to their end.
    fn finish(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        while !self.jobs.is_idle() {
            effects.extend(self.turn());
        }
        effects
    }

    fn shown(&self) -> &Rc<Shown> {
        self.app.page.shown().expect("a run")
    }

    /// The scene that was asked for last comes.
    fn scene_comes(&mut self) -> Vec<Effect> {
        let question = asked(&self.done, Worker::Stage).pop().expect("it was asked for");
        let (goal, _) = question.goal_and_viewport().expect("a place");
        let mut replay = Replay::new(&link::scenario(&question.text));
        replay.seek(goal);
        while replay.advance(u32::MAX) == connlab::sim::Progress::Budget {}
        let scene = Scene { moment: replay.sim().moment(), found: replay.found(), ..Scene::default() };
        self.tell(Msg::News(Worker::Stage, News::Told(told(&question, &scene.to_string(), ""))))
    }

    fn explains(&mut self, question: &Question, html: &str, says: &str) -> Vec<Effect> {
        self.tell(Msg::News(Worker::Explainer, News::Told(told(question, html, says))))
    }

    /// A step of a drag of the workers.
    fn slide(&mut self, workers: &str) -> Vec<Effect> {
        self.act(set("workers", workers, false))
    }
}

fn set(key: &str, text: &str, settled: bool) -> Action {
    let param = ParamId::with_key(key).expect("a key");
    Action::Set { param, value: param.spec().parse(text).expect("a value"), settled }
}

fn told(question: &Question, html: &str, says: &str) -> Told {
    let (html, says) = (html.into(), says.to_string());
    Told { question: question.clone(), html, says, proposes: String::new(), is_whole: true }
}

fn next_error() -> Motion {
    Motion::Step(Step::Next(Breakpoint::Failure(None)))
}

fn at_ms(ms: u64) -> SimTime {
    SimTime::ZERO + SimDuration::from_millis(ms)
}

/// What a worker was asked.
fn asked(effects: &[Effect], worker: Worker) -> Vec<Question> {
    let question = |effect: &Effect| match effect {
        Effect::Ask(whom, question) if *whom == worker => Some(question.clone()),
        _ => None,
    };
    effects.iter().filter_map(question).collect()
}

/// About which topics whoever explains was asked.
fn topics(effects: &[Effect]) -> Vec<Topic> {
    asked(effects, Worker::Explainer).into_iter().map(|question| question.topic).collect()
}

/// The links of the runs that are to be computed, and when.
fn computed(effects: &[Effect]) -> Vec<(Role, String, Start)> {
    let run = |effect: &Effect| match effect {
        Effect::Compute(role, recipe, start) => Some((*role, link::encode(recipe), *start)),
        _ => None,
    };
    effects.iter().filter_map(run).collect()
}

/// How the location is told, and what it says then.
fn located(effects: &[Effect]) -> Vec<(&AddressChange, &str)> {
    let mut located = Vec::new();
    for effect in effects {
        if let Effect::Locate(address, entry) = effect {
            located.push((address, &*entry.link));
        }
    }
    located
}

fn drawn(app: &App) -> String {
    crate::views::parts::whole(app)
}

fn draws(effects: &[Effect]) -> bool {
    effects.contains(&Effect::Draw)
}

/// Whether a frame is asked for.
fn draws_soon(effects: &[Effect]) -> bool {
    effects.contains(&Effect::DrawSoon)
}
