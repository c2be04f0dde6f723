//! What the words mean that stand in the attributes of controls.

use connlab::chart::Chart;
use connlab::params::{Group, ParamId, Value};
use connlab::question::Topic;
use connlab::sim::error::ErrorKind;
use connlab::sim::replay::Breakpoint;
use connlab::time::{SimDuration, SimTime};
use connlab::words::trimmed;
use connlab::{lesson, link};

use super::{App, Effect, Msg};
use crate::choices;
use crate::keys::Meaning;
use crate::panel::{Ask, Tab};
use crate::playhead::{Motion, Speed, Step};
use crate::state::{Action, Pane, Share, View};
use crate::timetable;
use crate::views::{figure, story};

/// What a visitor has entered in a control.
#[derive(Clone, Debug)]
pub struct Entered {
    /// What it is for: its `data-in`.
    pub what: String,
    /// Of what: its `data-with`.
    pub with: String,
    /// What stands in it.
    pub value: String,
    /// It is let go; otherwise the visitor is still at it.
    pub settled: bool,
}

impl App {
    /// A control was pressed with this `data-do` and `data-with`; whether there is something new to see.
    pub(super) fn press(&mut self, does: &str, with: &str) -> bool {
        let mut draws = false;
        for msg in self.pressed(does, with) {
            draws |= self.take(msg);
        }
        match does {
            "story" => self.effects.push(Effect::Focus(story::BACK)),
            "leave-story" => self.effects.push(Effect::Focus(story::BUTTON)),
            _ => {}
        }
        draws
    }

    /// What is meant by that.
    pub(super) fn pressed(&self, does: &str, with: &str) -> Vec<Msg> {
        let page = &self.page;
        let act = match does {
            "share" => Action::Share,
            "close-share" => Action::Shared(Share::Not),
            "pin" => Action::Pin(!page.is_pinned()),
            "swap" => Action::Swap,
            "sweep" => Action::Sweep(self.swept()),
            "theme" => Action::Theme(page.theme().next()),
            "dismiss" => Action::Dismiss,
            "cancel" => Action::Cancel,
            "rerun" => Action::Rerun,
            "reset-all" => Action::ResetAll,
            "all-settings" => Action::Brief(false),
            "enter" => Action::Workbench,
            "smaller" | "larger" => choices::resized(page, does == "larger"),
            "view" if with == View::Projector.name() => Action::view(View::Projector),
            "view" => Action::view(View::Workbench),
            "lock-in" => Action::LockIn,
            "draft" => Action::Draft(page.draftable()),
            "no-draft" => Action::Draft(None),
            "seed" => {
                let value = Value::Count((page.recipe.scenario.params.seed + 1) % (1 << 53));
                Action::Set { param: ParamId::seed, value, settled: true }
            }
            _ => return self.pressed_one(does, with).unwrap_or_else(|| motion(does).into_iter().collect()),
        };
        vec![Msg::Act(act)]
    }

    /// What is pressed of one of many.
    fn pressed_one(&self, does: &str, with: &str) -> Option<Vec<Msg>> {
        let page = &self.page;
        Some(match does {
            "reset" => vec![Msg::Act(Action::Reset(ParamId::with_key(with)?))],
            "unfold" => {
                vec![Msg::Act(Action::Unfold(Group::ALL.into_iter().find(|group| group.title() == with)?))]
            }
            "remove" => {
                let old = timetable::find(&page.recipe.scenario, with)?;
                vec![Msg::Act(Action::Reschedule { old, new: None })]
            }
            "pane" => vec![Msg::Act(Action::Pane(Pane::ALL.into_iter().find(|pane| pane.name() == with)?))],
            "tab" => vec![Msg::Ask(Ask::Tab(Tab::ALL.into_iter().find(|tab| tab.name() == with)?))],
            "toggle" => self.toggle(ErrorKind::named(with)?),
            // On a phone its row is in another part of the page.
            "tally" => vec![Msg::Act(Action::Select(ErrorKind::named(with)?)), Msg::Act(Action::Pane(Pane::Why))],
            "mark" => mark(with)?,
            "case" => {
                let case: usize = with.parse().ok()?;
                // The playhead goes with it.
                let ended = self.panel.cases().get(case)?.ended;
                vec![Msg::Ask(Ask::Case(case)), Msg::Go(Motion::Put(ended))]
            }
            "story" => vec![Msg::Ask(Ask::Story(true)), Msg::Act(Action::Pane(Pane::See))],
            "leave-story" => vec![Msg::Ask(Ask::Story(false)), Msg::Act(Action::Pane(Pane::Why))],
            "story-form" => vec![Msg::Ask(Ask::AsTable(!self.panel.as_table))],
            "export" => vec![Msg::Ask(Ask::Export(with.into()))],
            "picture" => vec![Msg::Ask(Ask::Picture)],
            "cell" => {
                let (x, y) = with.split_once(',')?;
                vec![Msg::Ask(Ask::Cell(x.parse().ok()?, y.parse().ok()?))]
            }
            "open-cell" => {
                let told = self.panel.told(Topic::Cell).filter(|told| self.panel.is_current(told))?;
                let recipe = Box::new(link::decode(&told.proposes).recipe);
                vec![Msg::Act(Action::Show(recipe, None))]
            }
            "step-of" => vec![Msg::Act(Action::Step(lesson::Step::named(with)?))],
            "stop" => vec![Msg::Ask(Ask::Stop(!self.panel.is_stopped()))],
            "put-away" => vec![Msg::Ask(Ask::Pasted(String::new()))],
            _ => return None,
        })
    }

    /// The settings whose map is opened: those that cure the run, then those that matter for it.
    fn swept(&self) -> Vec<ParamId> {
        let mut over = self.panel.levers(self.page.recipe.preset).to_vec();
        over.extend(self.page.that_matter());
        over.extend([ParamId::rps, ParamId::workers]);
        over.retain(|param| !param.spec().stops().is_empty() && *param != ParamId::seed);
        let mut seen = Vec::new();
        over.retain(|param| {
            !seen.contains(param) && {
                seen.push(*param);
                true
            }
        });
        over.truncate(2);
        over
    }

    /// Opens a class's row, and has the playhead go to the first of its failures; or closes it.
    fn toggle(&self, kind: ErrorKind) -> Vec<Msg> {
        let shown = self.page.shown().filter(|shown| shown.complete);
        let is_open = shown.is_some() && self.page.selected_kind() == Some(kind);
        let first = shown.filter(|_| !is_open).and_then(|shown| shown.failures(kind).first());
        let mut meant = vec![Msg::Act(Action::Toggle(kind))];
        meant.extend(first.map(|failure| Msg::Go(Motion::Put(failure.ended))));
        meant
    }

    /// A line was drawn in a chart: what is predicted, to two digits.
    fn line(&self, entered: &Entered) -> Option<Msg> {
        let chart = Chart::ALL.into_iter().find(|chart| chart.id() == entered.with)?;
        let (at, _) = self.page.line(chart.id())?;
        let scale = figure::scale_of(self, self.page.shown()?, chart)?;
        let value = scale.value(f64::from(entered.value.parse::<u32>().ok()?) / f64::from(figure::LINE_STEPS));
        let digits = libm::floor(libm::log10(value.max(1.0))) - 1.0;
        let unit = libm::pow(10.0, digits.max(-1.0));
        Some(Msg::Act(Action::Say(at, trimmed(libm::round(value / unit) * unit, 1))))
    }

    /// Something was entered; whether there is something new to see.
    pub(super) fn enter(&mut self, entered: Entered) -> bool {
        let meant = if entered.what == "line" { self.line(&entered) } else { meant(entered) };
        meant.is_some_and(|msg| self.take(msg))
    }
}

/// What is meant by what was entered.
pub(super) fn meant(Entered { what, with, value, settled }: Entered) -> Option<Msg> {
    let act = match (&*what, settled) {
        ("search", false) => Action::Search(value),
        ("slide", _) => {
            let param = ParamId::with_key(&with)?;
            let value = *param.spec().stops().get(value.parse::<usize>().ok()?)?;
            Action::Set { param, value, settled }
        }
        ("box", true) => Action::Enter(ParamId::with_key(&with)?, value),
        ("switch", true) => {
            Action::Set { param: ParamId::with_key(&with)?, value: Value::Switch(value == "on"), settled }
        }
        ("preset", true) => Action::Preset(value),
        ("axis", true) => Action::Axis(with, ParamId::with_key(&value)),
        ("values", true) => Action::Values(with, list(&value)),
        ("z", true) => Action::Key("z", value),
        ("n", true) => Action::Key("n", value),
        ("groups", true) => Action::Key("groups", list(&value)),
        ("slo", true) => Action::Key("slo", list(&value)),
        ("said", _) => Action::Say(with.parse().ok()?, value),
        ("note", true) => Action::Note(value),
        ("paste", false) => return Some(Msg::Ask(Ask::Pasted(value))),
        ("size", true) => return Some(Msg::Ask(Ask::Size(ParamId::with_key(&value)?))),
        ("host", true) => return Some(Msg::Ask(Ask::Host(value.parse().ok()))),
        ("speed", true) => {
            return Some(Msg::Go(Motion::Speed(*Speed::ALL.get(value.parse::<usize>().ok()?)?)));
        }
        ("playhead", true) => return Some(Msg::Go(Motion::Drop)),
        ("playhead", false) => {
            let at = SimTime::ZERO + SimDuration::from_millis(value.parse().ok()?);
            return Some(Msg::Go(Motion::Drag(at)));
        }
        _ => return None,
    };
    Some(Msg::Act(act))
}

/// What separates the parts of a link cannot stand in one of them.
pub fn legible(value: &str) -> String {
    value.replace(|c: char| "&#=".contains(c), "")
}

/// The same of a list, which has no spaces.
fn list(value: &str) -> String {
    legible(value).split_whitespace().collect()
}

/// A mark on the lane of errors: class and instant of a cluster, or nothing for the first overflow.
fn mark(with: &str) -> Option<Vec<Msg>> {
    let step = |what, from| Msg::Go(Motion::Step(Step::FirstFrom(what, from)));
    if with.is_empty() {
        return Some(vec![step(Breakpoint::Overflow, SimTime::ZERO)]);
    }
    let (class, ns) = with.split_once(' ')?;
    let (kind, from) = (ErrorKind::named(class)?, SimTime::from_nanos(ns.parse().ok()?));
    Some(vec![Msg::Act(Action::Select(kind)), step(Breakpoint::Failure(Some(kind)), from)])
}

/// What a button under the charts does.
fn motion(does: &str) -> Option<Msg> {
    let error = Breakpoint::Failure(None);
    let step = match does {
        "play" => return Some(Msg::Key(Meaning::PlayOrPause)),
        "previous-error" => Step::Previous(error),
        "next-error" => Step::Next(error),
        "step-back" => Step::Previous(Breakpoint::Event),
        "step" => Step::Next(Breakpoint::Event),
        "step-request" => Step::Next(Breakpoint::Outcome),
        _ => return None,
    };
    Some(Msg::Go(Motion::Step(step)))
}
