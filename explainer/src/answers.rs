//! Answers: how each question is worked on, and what is written in the end.

mod card;
mod class;
mod code;
mod cure;
mod diagnosis;
mod difference;
mod enough;
mod experiment;
mod export;
mod file;
mod late;
mod lesson;
mod matters;
mod risks;
mod seeds;
mod sockets;
mod story;
mod summary;
mod sweep;
mod table;
mod why;

use std::io::Read;

use connlab::class::Class;
use connlab::diagnosis::diagnose;
use connlab::link::{self, Recipe};
use connlab::question::{Question, Topic};
use connlab::remedy::Symptom;
use connlab::scenario::Scenario;
use connlab::scene::Viewport;
use connlab::sim::replay::Goal;
use connlab::sim::report::Report;
use connlab::sim::trace::{Trace, Tracer};
use connlab::sim::{Progress, Sim};
use connlab::sockets::SocketHost;
use connlab::time::SimTime;
use maud::{Markup, PreEscaped, html};

use self::export::Written;
use crate::runs::RunCache;
use crate::scene::scene;
use experiment::{Campaign, Experiment};

/// What came out of a slice of work.
pub enum Advanced {
    /// Nothing yet.
    More,
    /// Something to show until the answer is there.
    Meanwhile(String),
    /// The answer, and what a screen reader announces of it; may be empty.
    Done(String, String),
}

/// What is left to do for a question.
pub enum Task {
    /// A run with a tap on one request, and the run as a whole.
    Why(Box<why::WhyTask>),
    /// A run with a tap on one request, then this is written.
    Trace(Box<Tracer>, fn(&Trace) -> (Markup, String)),
    /// A run, then this is written.
    Report(Recipe, fn(&Recipe, &Report) -> Markup),
    /// Two runs, before and after a change; whether the first one is pinned.
    Difference(Box<[Scenario; 2]>, bool),
    /// Many runs.
    Experiment(Campaign),
    /// The runs of a lesson.
    Lesson(Box<lesson::LessonTask>),
    /// A run for every change that might cure a class.
    Cure(cure::CureTask),
    /// A run up to an instant, and what this host's tools say then.
    Sockets(SocketHost, SimTime),
    /// A run up to an instant, or to where something happens, and how it looks then on this canvas.
    Scene(Scenario, Goal, Viewport),
    /// A file is read to its end, and diagnosed.
    Reading(file::FileTask),
    /// The runs of learners whose answers were pasted.
    Class(class::ClassTask),
    /// A run of every preset, to be compared with a paste.
    Diagnosis(diagnosis::DiagnosisTask),
    /// A run, as a file: what is written of it, once it is.
    File(export::Writing, Vec<u8>),
    /// A run, and the numbers behind one of its charts.
    Numbers(table::Numbers),
    /// A run, in a few lines.
    Ticket(Box<export::Gathering>),
    /// A run, and whether it keeps limits.
    Summary(Recipe, String),
    /// Nothing: HTML, a sentence, and the link of a change.
    Written(Markup, String, String),
}

impl Task {
    /// What is to be done for this question.
    pub fn new(question: &Question, runs: &mut RunCache) -> Task {
        let recipe = || link::decode(&question.text).recipe;
        let scenario = || recipe().scenario;
        let trace = |write: fn(&Trace) -> (Markup, String)| {
            let tracer = Sim::new(&scenario()).tracer(question.request()?);
            Some(Task::Trace(Box::new(tracer), write))
        };
        let task = match question.topic {
            Topic::Why => (question.request())
                .map(|request| Task::Why(Box::new(why::WhyTask::new(scenario(), request, question.is_about_dial())))),
            Topic::Story => trace(story::story),
            Topic::Cure => {
                Symptom::named(&question.detail).map(|subject| Task::Cure(cure::CureTask::new(recipe(), subject)))
            }
            Topic::Difference => {
                let (before, is_pinned) = question.compared();
                Some(Task::Difference(Box::new([link::scenario(before), scenario()]), is_pinned))
            }
            Topic::Seeds => {
                let scenarios = [link::scenario(&question.detail), scenario()];
                experiment(seeds::SeedsTask::new(scenarios))
            }
            Topic::Lesson => lesson::LessonTask::new(question).map(|task| Task::Lesson(Box::new(task))),
            Topic::Matters => experiment(matters::MattersTask::new(recipe())),
            Topic::Sweep => Some(match sweep::sweep(&question.design(), runs) {
                Ok(task) => Task::Experiment(Campaign::new(task)),
                Err(why_not) => Task::written(why_not),
            }),
            Topic::Cell => sweep::cell(&question.design(), question.cell_at(), runs)
                .map(|(markup, link)| Task::Written(markup, String::new(), link)),
            Topic::Late => {
                let (other, is_pinned) = question.compared();
                let other = link::decode(other).recipe;
                let (of, cured) = if is_pinned { (other, scenario()) } else { (recipe(), other.scenario) };
                match late::LateTask::new(of, cured) {
                    Ok(task) => experiment(task),
                    Err(why) => Some(Task::Written(html! { p { (why) } }, why.to_string(), String::new())),
                }
            }
            Topic::Enough => question.asked_size().and_then(|[key, slo, cured]| {
                let cured = if cured.is_empty() { scenario() } else { link::scenario(cured) };
                experiment(enough::EnoughTask::new(recipe(), key, slo, &cured)?)
            }),
            Topic::Sockets => question.host_at().map(|(host, at)| Task::Sockets(host, at)),
            Topic::Scene | Topic::Picture => {
                question.goal_and_viewport().map(|(goal, viewport)| Task::Scene(scenario(), goal, viewport))
            }
            Topic::Summary => Some(Task::Summary(recipe(), question.detail.clone())),
            Topic::Export => match question.asked_ticket() {
                Some(ticket) => Some(Task::Ticket(Box::new(export::Gathering::new(ticket, recipe())))),
                None => export::Writing::new(question).map(|writing| Task::File(writing, Vec::new())),
            },
            Topic::Table => table::Numbers::new(&question.detail, &scenario()).map(Task::Numbers),
            Topic::Code => Some(Task::written(code::code(&question.text, &question.detail))),
            Topic::Help => Some(Task::written(PreEscaped(connlab::help::write()))),
            Topic::Card => Some(Task::Report(recipe(), card::card)),
            Topic::Risks => Some(Task::Report(recipe(), risks::risks)),
            Topic::Diagnosis => Some(pasted(question)),
        };
        task.unwrap_or_else(|| Task::written(html! { p { "There is no answer to “" (question.to_string()) "”." } }))
    }

    /// Nothing is to be done: this is the answer.
    fn written(markup: Markup) -> Task {
        Task::Written(markup, String::new(), String::new())
    }

    /// The link of the change that it proposes; empty for none, or while that is not known.
    pub fn proposes(&self) -> String {
        match self {
            Task::Cure(answer) => answer.proposes(),
            Task::Written(.., link) => link.clone(),
            _ => String::new(),
        }
    }

    /// The file that was asked for, once it is written.
    pub fn into_file(self) -> Option<Vec<u8>> {
        match self {
            Task::File(_, file) => Some(file).filter(|file| !file.is_empty()),
            _ => None,
        }
    }

    /// What is to be done for a question about a file.
    pub fn reading(source: Box<dyn Read>) -> Task {
        Task::Reading(file::FileTask::new(source))
    }

    /// Works on it for about so many events.
    pub fn advance(&mut self, question: &Question, runs: &mut RunCache, budget: u32) -> Advanced {
        let written = match self {
            Task::Written(markup, says, _) => Some((markup.clone(), says.clone())),
            Task::Reading(reading) => return reading.advance(question, runs, budget),
            Task::Why(answer) => return answer.advance(runs, budget),
            Task::Experiment(campaign) => return campaign.advance(&mut runs.elsewhere, budget, runs.now_ms),
            Task::Lesson(lesson) => return lesson.advance(runs, budget),
            Task::Cure(trials) => return trials.advance(runs, budget),
            Task::Class(class) => return class.advance(runs, budget),
            Task::Diagnosis(answer) => return answer.advance(runs, budget),
            Task::Trace(tracer, write) => tracer.advance(budget).map(|trace| write(&trace)),
            Task::Report(recipe, write) => {
                runs.report(&recipe.scenario, budget).map(|report| silent(write(recipe, &report)))
            }
            Task::Summary(recipe, slo) => {
                runs.report(&recipe.scenario, budget).map(|report| silent(summary::summary(recipe, &report, slo)))
            }
            Task::File(writing, file) => {
                return match writing.advance(runs, budget) {
                    None => Advanced::More,
                    Some(Written::Bytes(bytes)) => {
                        *file = bytes;
                        plain(String::new())
                    }
                    Some(Written::Picture(address)) => plain(address),
                    Some(Written::Not(why)) => Advanced::Done(String::new(), why),
                };
            }
            Task::Ticket(gathering) => return gathering.advance(runs, budget).map_or(Advanced::More, plain),
            Task::Numbers(numbers) => numbers.advance(budget).map(silent),
            Task::Difference(scenarios, is_pinned) => difference(runs, scenarios, *is_pinned, budget).map(silent),
            Task::Scene(scenario, goal, viewport) => {
                let replay = runs.replay(&question.text, *goal);
                return match replay.advance(budget) {
                    Progress::Reached => plain(scene(scenario, replay, viewport).to_string()),
                    Progress::Budget => Advanced::More,
                };
            }
            Task::Sockets(host, at) => {
                let replay = runs.replay(&question.text, Goal::At(*at));
                (replay.advance(budget) == Progress::Reached)
                    .then(|| silent(sockets::sockets(&replay.sim().snapshot(), *host)))
            }
        };
        written.map_or(Advanced::More, |(markup, says)| Advanced::Done(markup.into_string(), says))
    }
}

/// What was pasted: the answers of a class, or somebody's own error.
fn pasted(question: &Question) -> Task {
    match Class::read(&question.text) {
        Some(class) => Task::Class(class::ClassTask::new(class)),
        None => Task::Diagnosis(diagnosis::DiagnosisTask::new(diagnose(&question.text), &question.detail)),
    }
}

fn experiment(of: impl Experiment + 'static) -> Option<Task> {
    Some(Task::Experiment(Campaign::new(of)))
}

/// Text, and no HTML.
fn plain(text: String) -> Advanced {
    Advanced::Done(text, String::new())
}

/// Read when somebody comes to it.
fn silent(markup: Markup) -> (Markup, String) {
    (markup, String::new())
}

fn difference(runs: &mut RunCache, [before, after]: &[Scenario; 2], is_pinned: bool, budget: u32) -> Option<Markup> {
    let reports = [runs.report(before, budget)?, runs.report(after, budget)?];
    let names = if is_pinned { ["A", "B"] } else { ["before", "now"] };
    Some(difference::table(names, [before, after], [&reports[0], &reports[1]]))
}

/// Text in which code stands between backticks.
fn prose(text: &str) -> Markup {
    html! {
        @for (i, part) in text.split('`').enumerate() {
            @if i % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}
