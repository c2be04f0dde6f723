//! What happens to the page.

use std::rc::Rc;

use connlab::lesson::Step;
use connlab::link::Recipe;
use connlab::params::{Group, ParamId, Value};
use connlab::scenario::Change;
use connlab::sim::error::ErrorKind;
use connlab::time::SimTime;

use super::{Pane, Share, ThemeChoice, View};
use crate::history::Entry;
use crate::shown::Shown;
use crate::timetable::Written;

/// What a visitor, the browser or the driver did.
#[derive(Clone, Debug)]
pub enum Action {
    /// The location says something else; with what the browser kept of that entry, if it is one of this page.
    Open(String, Option<Entry>),
    /// A setting, by its index in the table; `settled` when a drag ends.
    Set {
        /// Which.
        param: ParamId,
        /// The legal value.
        value: Value,
        /// Whether this is worth an entry in the history.
        settled: bool,
    },
    /// A setting and its course over the run, by its index in the table, as the preset (or the defaults) have them.
    Reset(ParamId),
    /// A text was entered into the box of a setting, by its index in the table.
    Enter(ParamId, String),
    /// A change during the run was written.
    Write(Written),
    /// A change during the run, by its name, is dragged to this time.
    Drag(String, SimTime),
    /// What was dragged is let go.
    Drop,
    /// A change during the run: the new one, if there is one, takes the place of the old one.
    Reschedule {
        /// As it was.
        old: Change,
        /// As it is now; `None` for one that is removed.
        new: Option<Change>,
    },
    /// The form for a new change during the run is opened, for this setting, by its index in the table, or closed.
    Draft(Option<ParamId>),
    /// Another preset, by name; an unknown name means the defaults.
    Preset(String),
    /// All settings as the preset (or the defaults) have them.
    ResetAll,
    /// The run of the link stays, to be compared with, or none does.
    Pin(bool),
    /// The run of the link and the one that stays change places.
    Swap,
    /// A change that was proposed; the run before it stays, to be compared with.
    Try(Box<Recipe>),
    /// Another run, to see this class.
    Show(Box<Recipe>, Option<ErrorKind>),
    /// Somebody has said who runs it.
    Who(String),
    /// Colours.
    Theme(ThemeChoice),
    /// The system's colours.
    SystemIsDark(bool),
    /// The notice is read.
    Dismiss,
    /// An error's row was pressed.
    Toggle(ErrorKind),
    /// An error's mark was pressed.
    Select(ErrorKind),
    /// Another value of a key of the page; empty: the usual one.
    Key(&'static str, String),
    /// A map of these settings takes the place of the charts; the one that is open is closed.
    Sweep(Vec<ParamId>),
    /// Another setting of the map, or none, by its letter in the link.
    Axis(String, Option<ParamId>),
    /// Other values of one of them.
    Values(String, String),
    /// The answer to a question of the lesson, by its place.
    Say(usize, String),
    /// What a learner has written.
    Note(String),
    /// The prediction stands.
    LockIn,
    /// Another step of the lesson.
    Step(Step),
    /// A group's heading was pressed.
    Unfold(Group),
    /// Something was typed into the search box.
    Search(String),
    /// A phone's tab.
    Pane(Pane),
    /// The model card was opened or closed.
    ModelCard(bool),
    /// The run goes on; the share that is done, and what there is to see so far.
    Progress(f64, Option<Rc<Shown>>),
    /// A run is over.
    Done(Rc<Shown>),
    /// The workbench, from the first view.
    Workbench,
    /// All settings are to be seen, or again only those that matter.
    Brief(bool),
    /// The link is to be copied.
    Share,
    /// What became of that.
    Shared(Share),
    /// The visitor does not want to wait.
    Cancel,
    /// The visitor wants the cancelled run after all.
    Rerun,
}

impl Action {
    /// Whether it is a step of a drag, with others to follow.
    pub fn is_step(&self) -> bool {
        matches!(self, Action::Set { settled: false, .. } | Action::Drag(..))
    }

    /// Another view.
    pub fn view(view: View) -> Action {
        Action::Key("view", if view == View::Workbench { String::new() } else { view.name().into() })
    }
}
