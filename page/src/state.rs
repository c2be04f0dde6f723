//! What the page shows and what a visitor's action changes: pure, without any web type.

use std::rc::Rc;

use connlab::dead_zone::DeadZone;
use connlab::help::Help;
use connlab::link::{self, LinkWarning, Recipe};
use connlab::params::{Group, ParamId, ParamSpec};
use connlab::preset::{PRESETS, Preset};
use connlab::scenario::Change;
use connlab::sim::error::ErrorKind;

use crate::choices;
use crate::history::{AddressChange, Entry, Way, escaped, run_of};
use crate::playhead;
use crate::shown::{Role, Runs, Shown};
use teach::ASKS;

pub use action::Action;
pub use ahead::ahead;
pub use lesson::Notes;
pub use look::{Pane, Share, ThemeChoice, View};

mod action;
mod ahead;
mod edits;
mod lesson;
mod look;
mod pinned;
mod sweep;
mod teach;

/// The page without any side effect.
#[derive(Clone, Debug)]
pub struct Page {
    /// What the controls say.
    pub recipe: Recipe,
    /// The address of the page itself, without what it shows.
    pub place: String,
    /// Keys of the link that do not change the run, in its order.
    keys: Vec<(String, String)>,
    /// What in the link could not be used as written, until dismissed.
    pub warnings: Vec<LinkWarning>,
    /// Whether the system asks for dark colours.
    pub system_is_dark: bool,
    /// Which error's row is open.
    pub selected: Selected,
    /// Which groups show all of their settings.
    pub unfolded: [bool; Group::ALL.len()],
    /// What settings must contain to be shown; empty: no search.
    pub search: String,
    /// What settings, presets and errors mean, once that has come.
    pub help: Rc<Help>,
    /// Which part a phone shows.
    pub pane: Pane,
    /// Whether the model card is open.
    pub model_card: bool,
    /// What became of the link that was to be copied.
    pub share: Share,
    /// Somebody has come in by a door: of the settings only those that matter are shown.
    pub is_brief: bool,
    /// The form for a new change during the run is open, for this setting, by its index in the table.
    pub draft: Option<ParamId>,
    /// Where a text was entered last that could not be used as it was, and why; until something changes.
    fault: Option<(Field, String)>,
    /// A slider or a change during the run is moving.
    pub is_dragged: bool,
    /// The setting whose slider moves, or moved last.
    slid: Option<ParamId>,
    /// How far the run of the current link is.
    pub run: Run,
    /// What has been computed: of the run that the charts show, what there is of it.
    pub runs: Runs,
    /// What somebody has noted in a lesson.
    pub notes: Notes,
    /// The run that others are compared with, if there is one.
    pinned: Option<pinned::Pinned>,
    /// The current history entry; while a slider is dragged, as it was before.
    settled: Entry,
    /// The depth of the last entry that can be gone forward to.
    deepest: u32,
}

/// How far the run of the current link is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Run {
    /// It is being computed.
    Busy {
        /// The share that is done, once it takes so long that people should know.
        progress: Option<f64>,
    },
    /// The charts show it.
    Done,
    /// The visitor did not want to wait for it.
    Cancelled,
}

/// Which error's row is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selected {
    /// That of the commonest class, at whose first failure the playhead stands.
    Commonest,
    /// None: closed by the visitor.
    Nothing,
    /// This one, while it occurs.
    Kind(ErrorKind),
}

/// Where a text can be entered that decides the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The box of a setting, by its index in the table.
    Setting(ParamId),
    /// A change during the run.
    Change(Change),
    /// The form for a new one.
    Draft,
}

/// What has to happen outside after an [`Action`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// What to do with the location.
    pub address: AddressChange,
    /// Whether to compute the scenario anew.
    pub run: bool,
    /// Whether to stop computing.
    pub stop: bool,
    /// Whether to copy the link.
    pub copy: bool,
    /// Whether another entry was opened: the playhead is where its link says.
    pub opens: bool,
    /// Whether the run of the link is there now.
    pub arrives: bool,
    /// What is announced of it; may be empty.
    pub says: String,
}

impl Page {
    /// The page as this address describes it; without a run in it, with the first preset.
    pub fn new(address: &str, system_is_dark: bool) -> Page {
        let mut page = Page {
            recipe: Recipe::default(),
            place: address.split(['#', '?']).next().unwrap_or_default().to_string(),
            keys: Vec::new(),
            warnings: Vec::new(),
            system_is_dark,
            selected: Selected::Commonest,
            unfolded: [false; Group::ALL.len()],
            search: String::new(),
            help: Rc::default(),
            pane: Pane::See,
            model_card: false,
            share: Share::Not,
            is_brief: false,
            run: Run::Busy { progress: None },
            runs: Runs::default(),
            draft: None,
            fault: None,
            is_dragged: false,
            slid: None,
            notes: Notes::default(),
            pinned: None,
            settled: Entry::default(),
            deepest: 0,
        };
        page.open(address, None);
        page
    }

    /// The link of what the page shows: the run, then the keys of the page.
    pub fn link(&self) -> String {
        let keys = self.keys.iter().map(|(key, value)| format!("&{key}={}", escaped(value)));
        [link::encode(&self.recipe)].into_iter().chain(self.pins()).chain(keys).collect()
    }

    /// The address of what the page shows.
    pub fn address(&self) -> String {
        format!("{}#{}", self.place, self.link())
    }

    /// The same in another view, by its name in the link; without a name in the usual one.
    pub fn link_in(&self, view: &str) -> String {
        let mut page = self.clone();
        page.show("view", view, AddressChange::Keep);
        page.link()
    }

    /// The current history entry: the link of what is shown, and what else belongs to it.
    pub fn entry(&self) -> Entry {
        Entry { link: self.link(), ..self.settled.clone() }
    }

    /// Whether the history has a change to take back, or one to make again. Not in the middle of a drag.
    pub fn can_go(&self, way: Way) -> bool {
        let depth = self.settled.depth;
        !self.is_dragged && if way == Way::Undo { depth > 0 } else { depth < self.deepest }
    }

    /// Takes up what the browser kept of the entry at which the page was opened.
    pub fn recall(&mut self, kept: Option<Entry>) {
        let Entry { before, depth, .. } = kept.unwrap_or_default();
        (self.settled.before, self.settled.depth, self.deepest) = (before, depth, depth);
    }

    /// Does what the action asks for; returns what is left to do outside. What would change a setting that is locked
    /// changes nothing.
    pub fn apply(&mut self, action: Action) -> Effects {
        if !self.has_locks() || matches!(action, Action::Open(..) | Action::LockIn | Action::Who(_)) {
            return self.act(action);
        }
        let mut after = self.clone();
        let effects = after.act(action);
        match self.why_not(&after.recipe.scenario) {
            Some(why) => self.refuse(why),
            None => {
                *self = after;
                effects
            }
        }
    }

    fn act(&mut self, action: Action) -> Effects {
        match action {
            Action::Open(address, kept) => return self.open(&address, kept),
            Action::Set { param, value, settled } => {
                self.slid = Some(param);
                param.spec().set(&mut self.recipe.scenario.params, value);
                return self.changed(settled);
            }
            Action::Reset(param) => {
                self.reset(param, &self.recipe.base());
                return self.changed(true);
            }
            Action::Enter(param, text) => return self.enter_text(param, &text),
            Action::Write(written) => return self.write(&written),
            Action::Drag(name, to) => return self.drag(&name, to),
            Action::Drop if self.is_dragged => return self.changed(true),
            Action::Drop => {}
            Action::Reschedule { old, new } => return self.reschedule(Some(old), new),
            Action::Draft(param) => {
                self.draft = param;
                self.fault = None;
                if param.is_some() {
                    // The form stands among the settings.
                    self.pane = Pane::Change;
                    self.search.clear();
                }
            }
            Action::Preset(name) => {
                self.enter();
                self.recipe = Preset::named(&name).map(Recipe::of).unwrap_or_default();
                self.selected = Selected::Commonest;
                return self.new_subject();
            }
            Action::ResetAll => {
                let base = self.recipe.base();
                for param in ParamId::ALL.iter().filter(|param| !self.is_locked(**param)).collect::<Vec<_>>() {
                    self.reset(*param, &base);
                }
                return self.changed(true);
            }
            Action::Pin(pins) => return self.pin(pins),
            Action::Swap => return self.swap(),
            Action::Sweep(over) => return self.sweep(&over),
            Action::Axis(letter, param) => return self.choose_axis(&letter, param),
            Action::Values(letter, values) => return self.choose_values(&letter, values),
            Action::Try(recipe) => {
                self.leave_sweep();
                if self.pinned.is_none() {
                    self.keep(self.recipe.clone());
                }
                self.recipe = *recipe;
                return self.changed(true);
            }
            Action::Workbench => {
                self.enter();
                return self.new_subject();
            }
            Action::Show(recipe, class) => {
                self.enter();
                self.leave_sweep();
                self.recipe = *recipe;
                self.selected = class.map_or(Selected::Commonest, Selected::Kind);
                return self.new_subject();
            }
            Action::Say(at, what) => self.say(at, &what),
            Action::Note(text) => return self.write_note(&text),
            Action::LockIn => return self.lock_in(),
            Action::Step(step) => self.notes.step = step,
            Action::Who(who) => return self.begin(&who),
            Action::Theme(choice) => return self.show("theme", choice.name(), AddressChange::Replace),
            Action::Key(key, value) => return self.show(key, &value, AddressChange::Replace),
            Action::Cancel => {
                self.run = Run::Cancelled;
                return Effects { stop: true, ..Effects::default() };
            }
            Action::Rerun => return self.rerun(),
            Action::Share => return Effects { copy: true, ..Effects::default() },
            Action::Shared(share) => self.share = share,
            Action::Brief(brief) => self.is_brief = brief,
            Action::SystemIsDark(dark) => self.system_is_dark = dark,
            Action::Dismiss => self.warnings.clear(),
            Action::Toggle(kind) if self.selected_kind() == Some(kind) => self.selected = Selected::Nothing,
            Action::Toggle(kind) | Action::Select(kind) => self.selected = Selected::Kind(kind),
            Action::Unfold(group) => self.unfolded[group as usize] ^= true,
            Action::Search(text) => self.search = text,
            Action::Pane(pane) => self.pane = pane,
            Action::ModelCard(open) => self.model_card = open,
            Action::Progress(share, shown) => {
                self.run = Run::Busy { progress: Some(share) };
                if shown.is_some() {
                    self.runs.keep(Role::Shown, shown);
                }
            }
            Action::Done(shown) => return self.done(shown),
        }
        Effects::default()
    }

    /// A run has come to its end.
    fn done(&mut self, shown: Rc<Shown>) -> Effects {
        let was_done = self.run == Run::Done;
        // During a drag the run of a moment ago may come to its end.
        if shown.link == link::encode(&self.recipe) {
            self.run = Run::Done;
        }
        // The same again is no news: whatever is known about it stays.
        if !self.shown().is_some_and(|before| before.complete && before.link == shown.link) {
            self.runs.keep(Role::Shown, Some(shown));
        }
        Effects { arrives: self.run == Run::Done && !was_done, ..Effects::default() }
    }

    fn open(&mut self, address: &str, kept: Option<Entry>) -> Effects {
        let mut decoded = connlab::lesson::decode(address);
        if !decoded.names_a_run {
            decoded.recipe = Recipe::of(&PRESETS[0]);
            // Who says how to look at it knows the page already.
            if decoded.page.iter().all(|(key, _)| key == "theme") {
                decoded.page.push(("view".into(), "start".into()));
            }
        }
        // The same link again, as after a fragment that was only spelled differently.
        let was_done = self.shown().is_some() && decoded.recipe == self.recipe && self.run == Run::Done;
        self.recipe = decoded.recipe;
        self.keys = decoded.page;
        self.warnings = decoded.warnings;
        self.take_pins();
        self.enter_lesson();
        let (given, end) = (format!("t={}", self.key("t")), self.recipe.scenario.end());
        let fault = playhead::read(self.key("t"), end).1;
        self.warnings.extend(fault.map(|message| LinkWarning { given, message }));
        let faults = choices::faults(self);
        self.warnings.extend(faults.into_iter().map(|(given, message)| LinkWarning { given, message }));
        // An entry that this page has not made has no later ones.
        self.deepest = kept.as_ref().map_or(0, |kept| kept.depth.max(self.deepest));
        self.settled = Entry { link: self.link(), ..kept.unwrap_or_default() };
        self.is_dragged = false;
        if self.asks_who() {
            self.warnings.retain(|warning| !warning.given.eq_ignore_ascii_case(ASKS));
        }
        let effects =
            if was_done && !self.asks_who() { Effects { arrives: true, ..Effects::default() } } else { self.rerun() };
        Effects { address: AddressChange::Replace, opens: true, ..effects }
    }

    fn rerun(&mut self) -> Effects {
        // While long runs follow one another it is said all the time.
        if self.asks_who() {
            return self.act(Action::Cancel);
        }
        let progress = if let Run::Busy { progress: Some(_) } = self.run { Some(0.0) } else { None };
        self.run = Run::Busy { progress };
        Effects { run: true, ..Effects::default() }
    }

    /// Another run that has nothing to do with the one before: there is nothing to compare.
    fn new_subject(&mut self) -> Effects {
        self.pinned = None;
        let effects = self.changed(true);
        self.settled.before = None;
        effects
    }

    /// A setting has changed: a new link and a new run. Once it is settled, it is compared with the run before.
    fn changed(&mut self, settled: bool) -> Effects {
        self.is_dragged = !settled;
        self.fault = None;
        self.share_seed();
        let link = self.link();
        let address = if !settled {
            AddressChange::Follow
        } else if link == self.settled.link {
            AddressChange::Replace
        } else {
            // To look at the same run in another way changes nothing.
            let before = Some(run_of(&self.settled.link)).filter(|before| *before != run_of(&link));
            self.deepest = self.settled.depth + 1;
            let entry = Entry { link, before, depth: self.deepest };
            AddressChange::Push { before: std::mem::replace(&mut self.settled, entry) }
        };
        let is_shown = self.shown().is_some_and(|shown| shown.link == link::encode(&self.recipe));
        match self.run {
            // The end of a drag says again what its last step said.
            Run::Done if is_shown => Effects { address, ..Effects::default() },
            _ => Effects { address, ..self.rerun() },
        }
    }

    /// What the charts show: the last run of a link that came far enough.
    pub fn shown(&self) -> Option<&Rc<Shown>> {
        self.runs.of(Role::Shown)
    }

    /// Values of a setting that give the run that is shown.
    pub fn dead_zone(&self, param: ParamId) -> Option<DeadZone> {
        let shown = self.shown().filter(|shown| shown.complete)?;
        DeadZone::of(&shown.scenario, &shown.report, param)
    }

    /// The same, where it is to be seen: in a drag only that of the setting that moves, for all others may change with
    /// each step.
    pub fn visible_zone(&self, param: ParamId) -> Option<DeadZone> {
        let is_visible = !self.is_dragged || self.slid == Some(param);
        is_visible.then(|| self.dead_zone(param)).flatten()
    }

    /// The run of the link, if it is known from the one that is shown: they differ in one limit, and that within its
    /// dead zone.
    pub fn same_run(&self) -> Option<Shown> {
        let shown = self.shown().filter(|shown| shown.complete)?;
        let (then, now) = (&shown.scenario, &self.recipe.scenario);
        let value = |param: ParamId| param.spec().get(&now.params);
        let differs = |param: &&ParamId| param.spec().get(&then.params) != value(**param);
        let mut differing = ParamId::ALL.iter().filter(differs);
        let param = *differing.next()?;
        let is_same = differing.next().is_none() && then.timetable == now.timetable;
        let zone = DeadZone::of(then, &shown.report, param).filter(|_| is_same)?;
        zone.has(value(param)).then(|| shown.of(&self.recipe))
    }

    /// The value of a key of the page; empty for none.
    pub fn key(&self, key: &str) -> &str {
        self.keys.iter().find(|(name, _)| name == key).map_or("", |(_, value)| value)
    }

    /// Another value of a key of the page.
    fn show(&mut self, key: &str, value: &str, address: AddressChange) -> Effects {
        self.keys.retain(|(name, _)| name != key);
        if !value.is_empty() {
            self.keys.push((key.to_string(), value.to_string()));
        }
        if !self.is_dragged {
            // What a drag began with is what it is compared with, and what is taken back.
            self.settled.link = self.link();
        }
        Effects { address, ..Effects::default() }
    }

    /// The playhead stands somewhere else, as the link writes it; says how the location follows.
    pub fn stand(&mut self, at: &str) -> AddressChange {
        self.show("t", at, AddressChange::Follow).address
    }

    /// Leaves the first view.
    fn enter(&mut self) {
        if self.view() == View::Start {
            self.keys.retain(|(key, _)| key != "view");
            self.is_brief = true;
        }
    }

    /// The settings that are shown while only those are that matter: those of the preset, and what differs from it.
    pub fn that_matter(&self) -> Vec<ParamId> {
        let (base, knobs) = (self.recipe.base(), self.recipe.preset.map_or(&[][..], |preset| preset.knobs));
        let mut shown = knobs.to_vec();
        let is_edited =
            |param: &ParamId| param.spec().get(&self.recipe.scenario.params) != param.spec().get(&base.params);
        let edited = ParamId::ALL.iter().copied().filter(|param| is_edited(param) && !shown.contains(param));
        let edited: Vec<ParamId> = edited.collect();
        shown.extend(edited);
        shown
    }

    /// How the page is laid out.
    pub fn view(&self) -> View {
        match self.key("view") {
            "start" => View::Start,
            "projector" => View::Projector,
            "embed" => View::Embed,
            _ => View::Workbench,
        }
    }

    /// The chosen theme; a projector is always light.
    pub fn theme(&self) -> ThemeChoice {
        match self.key("theme") {
            _ if self.view() == View::Projector => ThemeChoice::Light,
            "light" => ThemeChoice::Light,
            "dark" => ThemeChoice::Dark,
            _ => ThemeChoice::System,
        }
    }

    /// Whether the colours are the dark ones.
    pub fn is_dark(&self) -> bool {
        match self.theme() {
            ThemeChoice::System => self.system_is_dark,
            choice => choice == ThemeChoice::Dark,
        }
    }

    /// Whether something differs from the preset, or without one from the defaults.
    pub fn is_edited(&self) -> bool {
        self.recipe.is_changed()
    }

    /// What the run is called.
    pub fn title(&self) -> &'static str {
        let of_run = self.recipe.preset.map_or("Own settings", |preset| preset.title);
        self.lesson().map_or(of_run, |lesson| lesson.title)
    }

    /// What a file of this run is called.
    pub fn file_name(&self, end: &str) -> String {
        let run = self.shown().map_or("", |shown| shown.report.fingerprint.get(..8).unwrap_or_default());
        format!("connlab-{}-{run}-{end}", self.recipe.preset.map_or("run", |preset| preset.name))
    }

    /// The error whose row is open.
    pub fn selected_kind(&self) -> Option<ErrorKind> {
        let errors = &self.shown()?.report.errors;
        match self.selected {
            Selected::Nothing => None,
            Selected::Kind(kind) if errors.iter().any(|row| row.kind == kind) => Some(kind),
            // They stand in this order.
            Selected::Kind(_) | Selected::Commonest => errors.first().map(|row| row.kind),
        }
    }

    /// Whether the search finds this setting; without a search it finds none.
    pub fn finds(&self, spec: &ParamSpec) -> bool {
        self.help.finds(spec, &self.search)
    }
}

#[cfg(test)]
mod tests;
