//! The page as a whole: takes actions and has their effects; [`views`] lays it out.

mod views;

use std::rc::Rc;

use connlab::help::Help;
use connlab::link;
use connlab::question::{Question, Topic};
use connlab::scene::{Scene as Seen, Viewport};
use connlab::time::SimTime;
use connlab::words::count;
use gloo::events::{EventListener, EventListenerOptions};
use gloo::timers::callback::Timeout;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DragEvent, File, MediaQueryList};
use yew::prelude::*;

use crate::address::{self, Address};
use crate::components::answer::{self, Pressed};
use crate::components::embed;
use crate::components::paste::{self, Dropped};
use crate::components::projector;
use crate::components::share;
use crate::components::story;
use crate::components::timetable::DRAFT;
use crate::driver::Driver;
use crate::explainer::{Explainer, News};
use crate::history::{self, Way};
use crate::keys::{self, Meaning};
use crate::panel::{Ask, Panel, Tab};
use crate::picture;
use crate::player::Player;
use crate::playhead::{self, Motion, Playhead};
use crate::state::{Action, Page, Run, Share, View};

/// The page.
pub struct Root {
    page: Rc<Page>,
    playhead: Rc<Playhead>,
    panel: Rc<Panel>,
    /// The same callbacks for ever: components compare them.
    act: Callback<Action>,
    go: Callback<Motion>,
    ask: Callback<Ask>,
    news: Callback<News>,
    seen: Callback<News>,
    fit: Callback<Viewport>,
    give: Callback<File>,
    driver: Driver,
    player: Player,
    explainer: Explainer,
    /// One for itself: a scene does not wait for explanations.
    stage: Explainer,
    /// What was said last to those who do not see the page.
    said: String,
    /// The story that was drawn last.
    read: Option<story::Read>,
    /// What the right column scrolls to, when it is there.
    wanted: Option<&'static str>,
    /// A step of a drag is drawn with the run that is about to be shown.
    undrawn: bool,
    address: Address,
    _system: Option<EventListener>,
    _keys: EventListener,
}

/// What the page is told.
pub enum Msg {
    /// Something happened.
    Act(Action),
    /// The playhead moves.
    Go(Motion),
    /// Something happened in the right column.
    Ask(Ask),
    /// The explainer said something.
    News(News),
    /// It said something of the scene.
    Seen(News),
    /// The scene has a canvas.
    Fits(Viewport),
    /// A file was given.
    Given(File),
    /// Something was dropped.
    Dropped(DragEvent),
    /// Something in an answer was pressed.
    Pressed(MouseEvent),
    /// A key was pressed.
    Key(KeyboardEvent),
    /// The run has its turn.
    Turn,
    /// A frame is due: for the playhead.
    Tick,
    /// The visitor went to another link, or the browser says so.
    Opened(String),
    /// The location has caught up.
    Written,
}

impl Component for Root {
    type Message = Msg;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let dark = address::window().match_media("(prefers-color-scheme: dark)").ok().flatten();
        let mut page = Page::new(&address::href(), dark.as_ref().is_some_and(MediaQueryList::matches));
        page.recall(address::kept());
        let act = ctx.link().callback(Msg::Act);
        let mut root = Root {
            address: Address::new(&ctx.link().callback(Msg::Opened), ctx.link().callback(|()| Msg::Written)),
            playhead: Rc::new(Playhead::new(chosen(&page))),
            page: Rc::new(page),
            driver: Driver::new(ctx.link().callback(|()| Msg::Turn)),
            player: Player::default(),
            panel: Rc::default(),
            explainer: Explainer::default(),
            stage: Explainer::default(),
            said: String::new(),
            read: None,
            wanted: None,
            undrawn: false,
            go: ctx.link().callback(Msg::Go),
            ask: ctx.link().callback(Msg::Ask),
            news: ctx.link().callback(Msg::News),
            seen: ctx.link().callback(Msg::Seen),
            fit: ctx.link().callback(Msg::Fits),
            give: ctx.link().callback(Msg::Given),
            _keys: listen(ctx.link().callback(Msg::Key)),
            _system: dark.map(|dark| watch(dark, act.clone())),
            act,
        };
        root.address.replace(&root.page.entry());
        root.driver.start(&root.page.recipe);
        root
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Act(action) => {
                let is_step = matches!(action, Action::Set { settled: false, .. } | Action::Drag(..));
                self.act(ctx, action);
                if is_step && self.driver.is_prompt() {
                    self.undrawn = true;
                    return false;
                }
            }
            Msg::Go(motion) => self.go(ctx, motion),
            Msg::Ask(Ask::Picture) => {
                self.ask_for_picture();
                return false;
            }
            Msg::Ask(ask) => self.ask(ask),
            Msg::Given(file) => self.give(file),
            Msg::Dropped(event) => match paste::dropped(&event) {
                Some(Dropped::File(file)) => self.give(file),
                Some(Dropped::Text(text)) => self.receive(Ask::Pasted(text)),
                None => return false,
            },
            Msg::News(news) => self.hear(news),
            Msg::Seen(news) => self.see(ctx, news),
            Msg::Fits(viewport) => self.player.viewport = viewport,
            Msg::Pressed(event) => match answer::pressed(&event) {
                Some(Pressed::Go(motion)) => self.go(ctx, motion),
                Some(Pressed::Act(action)) => self.act(ctx, action),
                Some(Pressed::Copy(button, text)) => {
                    spawn_local(answer::copy(button, text));
                    return false;
                }
                None => return false,
            },
            Msg::Key(event) => {
                if !self.key(ctx, &event) {
                    return false;
                }
            }
            Msg::Tick => self.tick(ctx),
            Msg::Turn => match self.driver.slice() {
                Some(action) => self.act(ctx, action),
                None if self.undrawn && !self.driver.is_prompt() => {}
                None => return false,
            },
            // Going back makes two events of one step.
            Msg::Opened(address) if !Address::says(&self.page.link()) => {
                self.act(ctx, Action::Open(address, address::kept()))
            }
            Msg::Opened(_) => return false,
            Msg::Written => {
                let entry = self.page.entry();
                if !Address::says(&entry.link) {
                    self.address.replace(&entry);
                }
            }
        }
        self.undrawn = false;
        self.look();
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let view = self.in_view(ctx);
        html! { <>{view}<p class="sr" role="status" data-testid="note">{&self.said}</p></> }
    }

    fn rendered(&mut self, _: &Context<Self>, _first: bool) {
        if let Some(html) = address::document().document_element() {
            let _ = html.set_attribute("data-theme", self.page.theme().name());
            let _ = html.set_attribute("data-view", self.page.view().name());
        }
        if let Some(element) = self.wanted.and_then(|wanted| address::document().query_selector(wanted).ok()?) {
            element.scroll_into_view_with_bool(true);
            self.wanted = None;
        }
        let read = story::read(&self.panel);
        if std::mem::replace(&mut self.read, read) != read && read.is_some() {
            story::show_root();
        }
        // The charts have been drawn by now: children are rendered before their parents.
        if self.page.run == Run::Done && Address::says(&self.page.link()) {
            mark("done");
        }
    }
}

impl Root {
    fn act(&mut self, ctx: &Context<Self>, action: Action) {
        let is_opened = matches!(action, Action::Open(..));
        let is_shown = matches!(action, Action::Show(..));
        if matches!(action, Action::Select(_)) {
            // Its row is there.
            Rc::make_mut(&mut self.panel).apply(Ask::Tab(Tab::Errors));
        }
        if matches!(action, Action::Draft(Some(_))) && self.page.draft.is_none() {
            address::focus_soon(DRAFT);
        }
        let was_done = self.page.run == Run::Done;
        let effects = Rc::make_mut(&mut self.page).apply(action);
        match &effects.address {
            history::Address::Keep => {}
            history::Address::Replace => self.address.replace(&self.page.entry()),
            history::Address::Follow => self.address.follow(self.page.entry()),
            history::Address::Push { before } => self.address.push(before, &self.page.entry()),
        }
        if self.page.run != Run::Done {
            // At once: the link is new already, the charts are not.
            mark("busy");
        }
        if effects.run && effects.address == history::Address::Follow {
            self.driver.follow(&self.page.recipe);
        } else if effects.run {
            self.driver.start(&self.page.recipe);
        }
        if effects.stop {
            self.driver.stop();
        }
        if effects.copy {
            spawn_local(share_link(self.act.clone()));
        }
        if self.page.share == Share::Copied {
            self.said = Share::COPIED.into();
        }
        if is_shown {
            self.wanted = Some(SHOWN);
            Rc::make_mut(&mut self.panel).apply(Ask::Tab(Tab::Errors));
        } else if let history::Address::Push { .. } = effects.address {
            Rc::make_mut(&mut self.panel).change(&self.page.recipe);
        }
        if effects.run {
            self.explainer.forget();
            self.player.forget();
            Rc::make_mut(&mut self.playhead).wait();
        }
        if is_opened {
            self.playhead = Rc::new(Playhead::new(chosen(&self.page)));
        }
        if self.page.run == Run::Done && (is_opened || !was_done) {
            self.explainer.style();
            // The first view is read from its beginning.
            let is_first = self.page.view() == View::Start && self.said.is_empty() && !is_opened;
            let told = self.page.shown.as_ref().filter(|_| !is_first);
            self.said = told.map_or_else(String::new, |shown| shown.sentence().to_string());
            self.go(ctx, Motion::Shown);
        }
    }

    fn ask(&mut self, ask: Ask) {
        if let Ask::Pasted(_) = ask {
            self.explainer.file = None;
            return self.receive(ask);
        }
        Rc::make_mut(&mut self.panel).apply(ask);
    }

    /// Takes a file; what it says is asked at once, and read by the worker.
    fn give(&mut self, file: File) {
        let ask = Ask::File(format!("{}, {} bytes", file.name(), count(file.size() as u64)));
        self.explainer.file = Some(file);
        self.receive(ask);
        self.wanted = Some(GIVEN);
    }

    /// Takes a visitor's own error, which is about the settings of now.
    fn receive(&mut self, ask: Ask) {
        let panel = Rc::make_mut(&mut self.panel);
        panel.apply(ask);
        panel.apply(Ask::Tab(Tab::Errors));
        panel.own = link::encode(&self.page.recipe);
    }

    /// Has the right column be about the run that is shown and the error whose row is open, and asks what it wants to
    /// know.
    fn look(&mut self) {
        let is_there = self.page.run == Run::Done;
        let run = self.page.shown.as_ref().filter(|_| is_there);
        let kind = self.page.selected_kind().filter(|_| is_there);
        if !self.panel.looks_at(run, kind) {
            Rc::make_mut(&mut self.panel).look(run, kind);
        }
        // What settings mean is asked where there are settings.
        let has_settings = is_there && matches!(self.page.view(), View::Workbench | View::Projector);
        let help = has_settings.then(Question::help);
        // While something moves, there is always a newer place to be.
        let in_turn = self.page.is_dragged || !self.playhead.rests();
        if let Some(question) = self.player.question(in_turn, address::is_calm()) {
            self.stage.ask_anew(question, &self.seen);
        }
        for question in help.into_iter().chain(self.panel.questions(&self.page, self.playhead.at)) {
            self.explainer.ask(question, &self.news);
        }
    }

    fn see(&mut self, ctx: &Context<Self>, news: News) {
        match news {
            News::Ready => self.stage.ready(),
            News::Lost => self.player.is_lost = true,
            News::Told(told) if told.question.topic == Topic::Picture => {
                self.take_picture(Some(&Seen::read(&told.html)))
            }
            News::Told(told) => {
                if let Some(motion) = self.player.hear(&told, self.playhead.playing) {
                    self.go(ctx, motion);
                }
            }
        }
    }

    fn hear(&mut self, news: News) {
        let panel = Rc::make_mut(&mut self.panel);
        match news {
            News::Ready => self.explainer.ready(),
            News::Lost => self.explainer.lost().into_iter().for_each(|told| panel.apply(Ask::Told(told))),
            News::Told(told) if told.question.topic == Topic::Help => {
                self.explainer.answered(&told);
                Rc::make_mut(&mut self.page).help = Rc::new(Help::read(&told.html));
            }
            News::Told(told) => {
                self.explainer.answered(&told);
                // The same about the same is no news: the question was asked again with other settings.
                let before = panel.told(told.question.topic);
                let is_news = before
                    .is_none_or(|before| (&before.says, &before.question.text) != (&told.says, &told.question.text));
                if is_news && !told.says.is_empty() {
                    self.said = told.says.clone();
                }
                if let Some(file) = told.question.asked_file() {
                    share::save_text(&self.page.file_name(file.name()), &told.html);
                }
                panel.apply(Ask::Told(told));
            }
        }
    }

    /// Hands out scene and charts as they are now; the scene is laid out for it first, if there is one.
    fn ask_for_picture(&mut self) {
        let question = self.page.shown.as_ref().and_then(|shown| self.player.picture(shown, picture::SCENE));
        match question.filter(|_| !self.player.is_lost) {
            Some(question) => self.stage.ask_anew(question, &self.seen),
            None => self.take_picture(None),
        }
    }

    fn take_picture(&self, scene: Option<&Seen>) {
        let Some(shown) = self.page.shown.as_deref().filter(|shown| shown.complete) else { return };
        if let Some(url) = picture::picture(&self.page, shown, scene) {
            share::save(&self.page.file_name("picture.png"), &url);
        }
    }

    /// Moves the playhead in the run that is shown; while another one is computed, there is none to move.
    fn go(&mut self, ctx: &Context<Self>, motion: Motion) {
        let Some(shown) = self.page.shown.clone().filter(|_| self.page.run == Run::Done) else { return };
        let has_arrived = matches!(motion, Motion::Arrived(..));
        let effects = Rc::make_mut(&mut self.playhead).apply(motion, &shown);
        if let Some(goal) = effects.seek.filter(|_| self.page.view() != View::Embed || embed::has_scene(&self.page)) {
            self.player.seek(&shown, goal);
        }
        if effects.link {
            self.act(ctx, Action::Playhead(self.playhead.link()));
        }
        self.player.schedule(self.playhead.playing, ctx.link().callback(|()| Msg::Tick));
        if !self.playhead.note.is_empty() {
            self.said = self.playhead.note.clone();
        }
        if let Some(case) = self.panel.at(self.playhead.at).filter(|_| has_arrived && !self.playhead.playing) {
            Rc::make_mut(&mut self.panel).apply(case);
        }
    }

    fn tick(&mut self, ctx: &Context<Self>) {
        if self.playhead.playing
            && let Some(motion) = self.player.passed()
        {
            self.go(ctx, motion);
        }
        self.player.schedule(self.playhead.playing, ctx.link().callback(|()| Msg::Tick));
    }

    fn key(&mut self, ctx: &Context<Self>, event: &KeyboardEvent) -> bool {
        let Some(meaning) = keys::pressed(event, self.page.view()) else { return false };
        event.prevent_default();
        match meaning {
            Meaning::Travel(way) if self.page.can_go(way) => address::travel(way),
            Meaning::Travel(Way::Undo) => self.said = "There is no change to take back".into(),
            Meaning::Travel(Way::Redo) => self.said = "There is no change to make again".into(),
            Meaning::Motion(motion) => self.go(ctx, motion),
            Meaning::PlayOrPause => self.go(ctx, Motion::Play(!self.playhead.playing)),
            Meaning::Help => press("help"),
            Meaning::Share => press("share-menu"),
            Meaning::Resize(larger) => self.act(ctx, projector::resized(&self.page, larger)),
            Meaning::Leave => self.act(ctx, Action::view(View::Workbench)),
        }
        true
    }
}

/// The open row: of the run that was shown for an error.
const SHOWN: &str = ".err.sel";

/// The answer to what was given.
const GIVEN: &str = ".paste";

/// The instant that the link names.
fn chosen(page: &Page) -> Option<SimTime> {
    playhead::read(page.key("t"), page.recipe.scenario.end()).0
}

/// Copies the link and tells what became of it; that it was copied is soon no news any more.
async fn share_link(act: Callback<Action>) {
    if !share::copy(&address::href()).await {
        return act.emit(Action::Shared(Share::Refused));
    }
    act.emit(Action::Shared(Share::Copied));
    Timeout::new(2_500, move || act.emit(Action::Shared(Share::Not))).forget();
}

/// Presses a button for somebody who pressed its key.
fn press(id: &str) {
    if let Some(button) = address::element(id) {
        button.click();
    }
}

/// Hears every key, wherever the focus is.
fn listen(key: Callback<KeyboardEvent>) -> EventListener {
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(&address::document(), "keydown", options, move |event| {
        key.emit(event.clone().unchecked_into());
    })
}

/// Tells everybody outside whether the charts show the run of the link.
fn mark(run: &str) {
    if let Some(body) = address::document().body() {
        let _ = body.set_attribute("data-run", run);
    }
}

/// Follows the system's choice of colours.
fn watch(dark: MediaQueryList, act: Callback<Action>) -> EventListener {
    EventListener::new(&dark.clone(), "change", move |_| act.emit(Action::SystemIsDark(dark.matches())))
}
