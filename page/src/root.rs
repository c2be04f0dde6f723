//! The page in the browser: tells [`App`] what happens, does what that leaves to do, and has what is new drawn.

mod forms;
mod handles;
mod hear;
mod link;
mod painter;
mod pasted;
mod pointer;
mod pressed;
mod walk;

use gloo::events::EventListener;
use gloo::render::{AnimationFrame, request_animation_frame};
use gloo::timers::callback::Timeout;
use web_sys::File;

use crate::address::{self, Address};
use crate::app::{App, Effect, Msg};
use crate::asked::Worker;
use crate::clock::Clock;
use crate::document;
use crate::driver::Driver;
use crate::explainer::Explainer;
use crate::handout;
use crate::outside::{self, mark};
use crate::picture;
use crate::state::{Action, Run};
use crate::views::parts::Parts;
use crate::views::{self, story};
pub use link::{Link, PageEvent};
use painter::Painter;

/// A thumb that has stayed where it is for so long rests.
const HELD_MS: u32 = 150;

/// The page.
struct Root {
    app: App,
    parts: Parts,
    link: Link,
    painter: Painter,
    driver: Driver,
    clock: Clock,
    workers: [Explainer; Worker::ALL.len()],
    address: Address,
    /// The file that was given last.
    file: Option<File>,
    /// The frame with which the page is drawn, if it is not before.
    frame: Option<AnimationFrame>,
    /// Says that the thumb of a drag rests.
    held: Option<Timeout>,
    /// What is scrolled to, when it is there.
    wanted: Option<&'static str>,
    /// The story that was drawn last.
    read: Option<story::Read>,
    _listeners: [Option<EventListener>; 3],
}

/// Opens the page.
pub fn open() {
    let link = Link::default();
    let [(is_dark, dark), (is_calm, calm)] = [
        outside::watch("(prefers-color-scheme: dark)", link.clone(), |dark| Msg::Act(Action::SystemIsDark(dark))),
        outside::watch("(prefers-reduced-motion: reduce)", link.clone(), Msg::Calm),
    ];
    let (app, effects) = App::new(&address::href(), address::kept(), is_dark, is_calm);
    let mut root = Root {
        app,
        parts: Parts::default(),
        painter: Painter::new(link.clone()),
        driver: Driver::new(link.clone()),
        clock: Clock::new(link.clone()),
        workers: Worker::ALL.map(|worker| Explainer::new(worker, link.clone())),
        address: Address::new(link.clone()),
        file: None,
        frame: None,
        held: None,
        wanted: None,
        read: None,
        _listeners: [dark, calm, Some(outside::watch_hidden(link.clone()))],
        link: link.clone(),
    };
    effects.into_iter().for_each(|effect| root.carry(effect));
    document::listen(&link);
    root.driver.hide(outside::is_hidden());
    root.draw();
    link.connect(root);
    link.tell(PageEvent::Sized);
}

impl Root {
    /// Takes in what happened; whether there is something new to see.
    fn update(&mut self, event: PageEvent) -> bool {
        let effects = self.meaning(event).map(|msg| self.app.apply(msg)).unwrap_or_default();
        let draws = matches!(effects.last(), Some(Effect::Draw));
        effects.into_iter().for_each(|effect| self.carry(effect));
        self.clock.follow(self.app.playhead.playing);
        draws
    }

    /// What an event means to the page.
    fn meaning(&mut self, event: PageEvent) -> Option<Msg> {
        match event {
            PageEvent::Of(msg) => Some(msg),
            PageEvent::Heard(event) => self.hear(&event),
            PageEvent::Turn => Some(Msg::Turn(self.driver.slice())),
            PageEvent::Runner(number, news) => self.driver.hear(number, news).map(Msg::Turn),
            PageEvent::Order(number, link) => {
                self.driver.order(number, &link);
                None
            }
            PageEvent::Run(number, bytes) => {
                self.workers[Worker::Explainer as usize].deliver(number, &bytes);
                None
            }
            PageEvent::Hidden(is_hidden) => {
                self.driver.hide(is_hidden);
                Some(Msg::Hidden(is_hidden))
            }
            PageEvent::Tick => self.clock.passed(self.app.calm).map(Msg::Go),
            PageEvent::Sized => {
                self.painter.sizes(&self.link);
                None
            }
        }
    }

    fn draw(&mut self) {
        self.frame = None;
        document::draw(views::page(&self.app, &mut self.parts));
        outside::look(self.app.page.theme().name(), self.app.page.view().name());
        self.painter.paint(&self.app, &self.link);
        self.wanted.take_if(|wanted| outside::reveal(wanted));
        walk::follow(&self.app.panel, &mut self.read);
        if self.app.page.run == Run::Done && Address::says(&self.app.page.link()) {
            mark("done");
        }
    }

    /// Does what the page leaves to do.
    fn carry(&mut self, effect: Effect) {
        match effect {
            Effect::Draw => {} // When all else is done.
            Effect::DrawSoon => {
                let link = self.link.clone();
                self.frame.get_or_insert_with(|| request_animation_frame(move |_| link.hears(Msg::Frame)));
            }
            Effect::Locate(address, entry) => self.address.say(address, entry),
            Effect::Compute(role, recipe, start) => {
                self.driver.start(role, recipe, start).into_iter().for_each(|turn| self.link.hears(Msg::Turn(turn)));
            }
            Effect::Foresee(recipes) => self.driver.foresee(recipes),
            Effect::Stop(role) => self.driver.stop(role),
            Effect::Busy => mark("busy"),
            Effect::Ask(worker, question) => {
                // A text that was pasted since takes its place.
                let file = self.file.as_ref().filter(|_| self.app.panel.file.is_some());
                self.workers[worker as usize].ask(&question, file);
            }
            Effect::Listen(worker) => self.workers[worker as usize].listens(),
            Effect::Forget => {
                self.workers[Worker::Explainer as usize].forget();
                self.driver.drop_orders();
            }
            Effect::Watch => {
                let link = self.link.clone();
                self.held = Some(Timeout::new(HELD_MS, move || link.hears(Msg::Held)));
            }
            Effect::Later => outside::load_later(),
            Effect::Focus(id) => address::focus_soon(id),
            Effect::Reveal(place) => self.wanted = Some(place),
            Effect::Press(id) => outside::press(id),
            Effect::Travel(way) => address::travel(way),
            Effect::Copy => handout::copy_location(self.link.clone()),
            Effect::Save(name, url) => handout::save(&name, &url),
            Effect::Picture(scene) => picture::hand_out(&self.app.page, scene.as_deref()),
        }
    }
}
