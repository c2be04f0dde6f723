//! The page and all that happens to it: pure. A message goes in, what is left to do outside comes out as plain data;
//! [`crate::root`] does it and draws.
//!
//! [`Page`], [`Playhead`], [`Panel`] and [`Player`] each know their own part; how they play together is here.

mod press;
mod workers;

use std::mem;
use std::rc::Rc;

use connlab::link::{self, Recipe};
use connlab::params::{ParamId, Value};
use connlab::question::Question;
use connlab::scene::Viewport;
use connlab::teaching::Part;
use connlab::time::SimTime;
use connlab::words::count;

use crate::asked::{Asked, News, Worker};
use crate::choices;
use crate::history::{self, AddressChange, Entry, Way};
use crate::jobs::{Computed, Start, Turn};
use crate::keys::Meaning;
use crate::panel::{Ask, Panel, Tab};
use crate::player::Player;
use crate::playhead::{self, Motion, Playhead};
use crate::shown::Role;
use crate::state::{self, Action, Page, Run, Share, View};
use crate::views::timetable::DRAFT;
use crate::views::who;
pub use press::{Entered, legible};

/// The row of the class that a run is shown for.
pub const ROW: &str = ".err.sel";

/// The answer to what a visitor gave.
pub const GIVEN: &str = ".paste";

/// The page, and what it waits for.
pub struct App {
    /// Settings, link, view, and the runs of them.
    pub page: Rc<Page>,
    /// The instant that is shown.
    pub playhead: Rc<Playhead>,
    /// The right column.
    pub panel: Rc<Panel>,
    /// The scene at the playhead.
    pub player: Player,
    /// What was said last to those who do not see the page.
    pub said: String,
    /// The visitor wants less motion.
    pub calm: bool,
    /// The instant over which a mouse is.
    pub hover: Option<SimTime>,
    /// How large what stands in the document is, in pixels, by its name.
    sizes: Vec<(String, (i32, i32))>,
    /// What was asked of each worker.
    asked: [Asked; Worker::ALL.len()],
    /// The run that is shown next is likely to be there in one of the next frames.
    is_prompt: bool,
    /// A step of a drag waits for its run, to be drawn with it.
    is_undrawn: bool,
    thumb: Thumb,
    has_later: bool,
    effects: Vec<Effect>,
}

/// What the thumb of a drag does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Thumb {
    Moves,
    /// The run of where it is is there; it may move on.
    Stops,
    /// It has stayed there for a moment.
    Rests,
}

/// What happens.
pub enum Msg {
    /// A visitor acts.
    Act(Action),
    /// The playhead moves.
    Go(Motion),
    /// The right column is asked something.
    Ask(Ask),
    /// A key is pressed.
    Key(Meaning),
    /// A file is given: its name, and how many bytes it has.
    Given(String, u64),
    /// A part of a run was computed.
    Turn(Turn),
    /// A worker says something.
    News(Worker, News),
    /// A frame is due that was asked for.
    Frame,
    /// A control was pressed: what it does, and with what.
    Press(String, String),
    /// Something was entered in a control.
    Enter(Entered),
    /// A mouse is over this instant, or over none.
    Hover(Option<SimTime>),
    /// Something that stands in the document has this size, in pixels.
    Sized(String, (i32, i32)),
    /// The scene has a canvas.
    Fits(Viewport),
    /// The visitor wants less motion, or does not.
    Calm(bool),
    /// The thumb of a drag has stayed where it is for a moment.
    Held,
    /// Nobody sees the page, or somebody does again.
    Hidden(bool),
    /// The browser went to another entry, or another address was entered; with what it kept of that entry.
    Opened(String, Option<Entry>),
    /// The location has caught up, as far as it could: it is this address now.
    Written(String),
}

/// What is left to do outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// To draw the page.
    Draw,
    /// To ask for a frame, unless the page is drawn before it.
    DrawSoon,
    /// To have the location say this entry, in this way.
    Locate(AddressChange, Entry),
    /// To compute a run for a role.
    Compute(Role, Box<Recipe>, Start),
    /// To compute none for it.
    Stop(Role),
    /// To have runs ready that may be asked for next, the likeliest first; no others.
    Foresee(Vec<Recipe>),
    /// To tell everybody outside that the charts do not show the run of the link.
    Busy,
    /// To ask a worker.
    Ask(Worker, Question),
    /// To tell a worker that it is heard.
    Listen(Worker),
    /// To drop the questions that the explainer has not answered yet.
    Forget,
    /// To say when the thumb of a drag has stayed where it is for a moment, from now on.
    Watch,
    /// To load what the first run does not need: the style of answers and of the page's own tables, and a script.
    Later,
    /// To give this element the focus, when it is there.
    Focus(&'static str),
    /// To scroll to what this selector finds, when it is there.
    Reveal(&'static str),
    /// To click the button with this id, whose keyboard shortcut was pressed.
    Press(&'static str),
    /// To go through the browser's history.
    Travel(Way),
    /// To copy the location.
    Copy,
    /// To hand out a file: its name, and an address that means it.
    Save(String, Rc<str>),
    /// To hand out a picture of the run, with this scene, if there is one.
    Picture(Option<Rc<str>>),
}

impl App {
    /// The page at an address, with what the browser kept of this entry, and what there is to do first.
    pub fn new(address: &str, kept: Option<Entry>, system_is_dark: bool, calm: bool) -> (App, Vec<Effect>) {
        let mut page = Page::new(address, system_is_dark);
        page.recall(kept);
        let start = match page.asks_who() {
            true => Effect::Focus(who::WHO),
            false => Effect::Compute(Role::Shown, Box::new(page.recipe.clone()), Start::AtOnce),
        };
        let mut effects = vec![Effect::Locate(AddressChange::Replace, page.entry()), start];
        let mut app = App {
            playhead: Rc::new(Playhead::new(chosen(&page))),
            page: Rc::new(page),
            panel: Rc::default(),
            player: Player::default(),
            said: String::new(),
            calm,
            hover: None,
            sizes: Vec::new(),
            asked: Default::default(),
            is_prompt: true,
            is_undrawn: false,
            thumb: Thumb::Moves,
            has_later: false,
            effects: Vec::new(),
        };
        // How a wall looks is among what others load later.
        if app.page.view() == View::Projector {
            app.bring_later();
        }
        if app.page.other().is_some() {
            app.pin();
        }
        if app.page.sweeps() {
            app.ask(Ask::Tab(Tab::Cell));
        }
        if app.page.lesson().is_some() {
            app.ask(Ask::Tab(Tab::Lesson));
        }
        effects.append(&mut app.effects);
        (app, effects)
    }

    /// Does what the message asks for; returns what is left to do outside, in this order.
    pub fn apply(&mut self, msg: Msg) -> Vec<Effect> {
        // Workers speak between two frames: what is drawn with the next one has all of their news.
        let draw = if let Msg::News(..) = msg { Effect::DrawSoon } else { Effect::Draw };
        if self.take(msg) {
            self.is_undrawn &= draw == Effect::DrawSoon;
            self.look();
            self.effects.push(draw);
        }
        mem::take(&mut self.effects)
    }

    /// Whether there is something new to see.
    fn take(&mut self, msg: Msg) -> bool {
        match msg {
            Msg::Act(action) => {
                let is_step = action.is_step();
                if is_step {
                    self.thumb = Thumb::Moves;
                }
                self.act(action);
                self.is_undrawn = is_step && self.is_prompt && matches!(self.page.run, Run::Busy { .. });
                return !self.is_undrawn;
            }
            Msg::Turn(turn) => return self.turn(turn),
            // A step of a drag is drawn with its run.
            Msg::Frame => return !self.is_undrawn,
            Msg::Press(does, with) => return self.press(&does, &with),
            Msg::Enter(entered) => return self.enter(entered),
            Msg::Hover(at) => return std::mem::replace(&mut self.hover, at) != at,
            Msg::Sized(name, size) => return self.measure(name, size),
            Msg::Go(motion) => self.go(motion),
            Msg::Ask(Ask::Picture) => {
                self.ask_for_picture();
                return false;
            }
            Msg::Ask(ask @ Ask::Pasted(_)) => self.receive(ask),
            Msg::Ask(ask) => self.ask(ask),
            Msg::Given(name, bytes) => {
                self.receive(Ask::File(format!("{name}, {} bytes", count(bytes))));
                self.effects.push(Effect::Reveal(GIVEN));
            }
            Msg::Key(meaning) => self.key(meaning),
            Msg::News(Worker::Explainer, news) => self.hear(news),
            Msg::News(Worker::Stage, news) => self.see(news),
            Msg::Fits(viewport) => self.player.viewport = viewport,
            Msg::Calm(calm) => self.calm = calm,
            Msg::Held => self.thumb = Thumb::Rests,
            Msg::Hidden(is_hidden) => {
                self.hide(is_hidden);
                return false;
            }
            // Going back makes two events of one step.
            Msg::Opened(address, _) if history::says(&address, &self.page.link()) => return false,
            Msg::Opened(address, kept) => self.act(Action::Open(address, kept)),
            Msg::Written(address) if history::says(&address, &self.page.link()) => {}
            Msg::Written(_) => self.locate(AddressChange::Replace),
        }
        true
    }

    /// How large something in the document is, in pixels; nothing until that is known.
    pub fn size(&self, name: &str) -> (i32, i32) {
        self.sizes.iter().find(|(of, _)| of == name).map_or((0, 0), |(_, size)| *size)
    }

    /// Whether that is news.
    fn measure(&mut self, name: String, size: (i32, i32)) -> bool {
        if self.size(&name) == size {
            return false;
        }
        self.sizes.retain(|(of, _)| *of != name);
        self.sizes.push((name, size));
        true
    }

    /// Another run is shown than that of the scene, whose place is not known yet.
    pub fn is_old_scene(&self) -> bool {
        let scene = self.player.scene.as_ref();
        self.page.shown().is_some_and(|now| scene.is_some_and(|(shown, _)| !Rc::ptr_eq(now, shown)))
    }

    fn act(&mut self, action: Action) {
        let is_example = matches!(action, Action::Show(..));
        match action {
            // Its row is there.
            Action::Select(_) => self.ask(Ask::Tab(Tab::Errors)),
            Action::Show(..) => {
                self.ask(Ask::Tab(Tab::Errors));
                self.effects.push(Effect::Reveal(ROW));
            }
            Action::Draft(Some(_)) if self.page.draft.is_none() => self.effects.push(Effect::Focus(DRAFT)),
            Action::Shared(Share::Copied) => self.said = Share::COPIED.into(),
            _ => {}
        }
        let (was_dragged, slid) = (self.page.is_dragged, self.slides(&action));
        let pinned = self.page.other().cloned();
        let swept = self.page.sweeps();
        let effects = Rc::make_mut(&mut self.page).apply(action);
        if self.page.sweeps() != swept {
            self.ask(Ask::Tab(if swept { Tab::Errors } else { Tab::Cell }));
        }
        if effects.opens && self.page.lesson().is_some() {
            self.ask(Ask::Tab(Tab::Lesson));
        }
        let start = if matches!(effects.address, AddressChange::Follow) { Start::InTurn } else { Start::AtOnce };
        // An example leaves the visitor's own settings what they are.
        if matches!(effects.address, AddressChange::Push { .. }) && !is_example {
            Rc::make_mut(&mut self.panel).change(&self.page.recipe);
        }
        self.locate(effects.address);
        if effects.run {
            self.run(start);
        }
        if self.page.other() != pinned.as_ref() {
            self.pin();
        }
        match slid {
            Some((param, before)) => self.effects.push(Effect::Foresee(state::ahead(&self.page, param, before))),
            None if was_dragged && !self.page.is_dragged => self.effects.push(Effect::Foresee(Vec::new())),
            None => {}
        }
        if !effects.says.is_empty() {
            self.said = effects.says;
        }
        if effects.stop {
            self.bring_later();
            self.is_prompt = true;
            self.effects.push(Effect::Stop(Role::Shown));
        }
        if effects.copy {
            self.effects.push(Effect::Copy);
        }
        if effects.opens && self.page.asks_who() {
            self.effects.push(Effect::Focus(who::WHO));
        }
        if effects.opens {
            self.playhead = Rc::new(Playhead::new(chosen(&self.page)));
        }
        if effects.arrives {
            self.arrive(effects.opens);
        }
    }

    /// Of a step of a slider: of which setting, and its value before.
    fn slides(&self, action: &Action) -> Option<(ParamId, Value)> {
        match action {
            Action::Set { param, settled: false, .. } => {
                Some((*param, param.spec().get(&self.page.recipe.scenario.params)))
            }
            _ => None,
        }
    }

    /// The location is to say the page's link.
    fn locate(&mut self, address: AddressChange) {
        if !matches!(address, AddressChange::Keep) {
            self.effects.push(Effect::Locate(address, self.page.entry()));
        }
    }

    /// Has the run of the link computed; what is known is about another one.
    fn run(&mut self, start: Start) {
        self.is_prompt |= start == Start::AtOnce;
        self.effects.push(Effect::Busy);
        let same = self.page.same_run();
        self.effects.push(match same {
            Some(_) => Effect::Stop(Role::Shown),
            None => Effect::Compute(Role::Shown, Box::new(self.page.recipe.clone()), start),
        });
        if self.asked[Worker::Explainer as usize].forget() {
            self.effects.push(Effect::Forget);
        }
        self.player.forget();
        Rc::make_mut(&mut self.playhead).wait();
        if let Some(same) = same {
            self.act(Action::Done(Rc::new(same)));
        }
    }

    /// The run of the link is there. Only where an entry was opened it may have been there before.
    fn arrive(&mut self, opens: bool) {
        self.bring_later();
        // The first view is read from its beginning.
        let is_first = self.page.view() == View::Start && self.said.is_empty() && !opens;
        let told = self.page.shown().filter(|_| !is_first && !self.page.hides(Part::Headline));
        self.said = told.map_or_else(String::new, |shown| shown.sentence().to_string());
        self.go(Motion::Shown);
    }

    /// A part of a run was computed.
    fn turn(&mut self, Turn { news, is_prompt }: Turn) -> bool {
        self.is_prompt = is_prompt;
        match news {
            Some((Role::Shown, Computed::Progress(share, shown))) => self.act(Action::Progress(share, shown)),
            Some((Role::Shown, Computed::Done(shown))) => self.act(Action::Done(shown)),
            Some((Role::Pinned, Computed::Done(shown))) => {
                Rc::make_mut(&mut self.page).runs.keep(Role::Pinned, Some(shown));
            }
            Some((Role::Pinned, Computed::Progress(..))) | None => return self.is_undrawn && !is_prompt,
        }
        true
    }

    /// Has the run computed that others are compared with.
    fn pin(&mut self) {
        self.effects.push(match self.page.other() {
            Some(recipe) => Effect::Compute(Role::Pinned, Box::new(recipe.clone()), Start::AtOnce),
            None => Effect::Stop(Role::Pinned),
        });
    }

    /// Moves the playhead in the run that is shown; while another one is computed, there is none to move.
    fn go(&mut self, motion: Motion) {
        let Some(shown) = self.page.shown().filter(|_| self.page.run == Run::Done).cloned() else { return };
        let has_arrived = matches!(motion, Motion::Arrived(..));
        let effects = Rc::make_mut(&mut self.playhead).apply(motion, &shown);
        let has_scene = self.page.view() != View::Embed || choices::has_scene(&self.page);
        if let Some(goal) = effects.seek.filter(|_| has_scene) {
            self.player.seek(&shown, goal);
        }
        if effects.link {
            let address = Rc::make_mut(&mut self.page).stand(&self.playhead.link());
            self.locate(address);
        }
        if !self.playhead.note.is_empty() {
            self.said.clone_from(&self.playhead.note);
        }
        let is_there = has_arrived || effects.link && self.playhead.is_known();
        if let Some(case) = self.panel.at(self.playhead.at).filter(|_| is_there && !self.playhead.playing) {
            self.ask(case);
        }
    }

    fn key(&mut self, meaning: Meaning) {
        match meaning {
            Meaning::Travel(way) if self.page.can_go(way) => self.effects.push(Effect::Travel(way)),
            Meaning::Travel(Way::Undo) => self.said = "There is no change to take back".into(),
            Meaning::Travel(Way::Redo) => self.said = "There is no change to make again".into(),
            Meaning::Motion(motion) => self.go(motion),
            Meaning::PlayOrPause => self.go(Motion::Play(!self.playhead.playing)),
            Meaning::Help => self.effects.push(Effect::Press("help")),
            Meaning::Pin => self.act(Action::Pin(!self.page.is_pinned())),
            Meaning::Code => self.effects.push(Effect::Press("code-button")),
            Meaning::Share => self.effects.push(Effect::Press("share-menu")),
            Meaning::Resize(larger) => self.act(choices::resized(&self.page, larger)),
            Meaning::Leave => self.act(Action::view(View::Workbench)),
        }
    }

    fn ask(&mut self, ask: Ask) {
        Rc::make_mut(&mut self.panel).apply(ask);
    }

    /// Takes a visitor's own error, which is about the settings of now.
    fn receive(&mut self, ask: Ask) {
        self.ask(ask);
        self.ask(Ask::Tab(Tab::Errors));
        Rc::make_mut(&mut self.panel).own = link::encode(&self.page.recipe);
    }
}

/// The instant that the link names.
fn chosen(page: &Page) -> Option<SimTime> {
    playhead::read(page.key("t"), page.recipe.scenario.end()).0
}

#[cfg(test)]
mod tests;
