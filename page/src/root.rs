//! The page in the browser: tells [`App`] what happens, does what that leaves to do, and draws; [`views`] lays it out.

mod events;
mod views;

use gloo::events::EventListener;
use wasm_bindgen_futures::spawn_local;
use web_sys::File;
use yew::prelude::*;

use crate::address::{self, Address};
use crate::app::{App, Effect, Msg};
use crate::asked::Worker;
use crate::clock::Clock;
use crate::components::{share, story};
use crate::driver::Driver;
use crate::explainer::Explainer;
use crate::outside::{self, mark};
use crate::picture;
use crate::state::{Action, Run};
pub use events::Event;
use views::Callbacks;

/// The page.
pub struct Root {
    app: App,
    callbacks: Callbacks,
    driver: Driver,
    clock: Clock,
    workers: [Explainer; Worker::ALL.len()],
    address: Address,
    /// The file that was given last.
    file: Option<File>,
    /// What is scrolled to, when it is there.
    wanted: Option<&'static str>,
    /// The story that was drawn last.
    read: Option<story::Read>,
    _listeners: [Option<EventListener>; 3],
}

impl Component for Root {
    type Message = Event;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        let link = ctx.link();
        let [(is_dark, dark), (is_calm, calm)] = [
            outside::watch(
                "(prefers-color-scheme: dark)",
                link.callback(|dark| Event::Of(Msg::Act(Action::SystemIsDark(dark)))),
            ),
            outside::watch("(prefers-reduced-motion: reduce)", link.callback(|calm| Event::Of(Msg::Calm(calm)))),
        ];
        let (app, effects) = App::new(&address::href(), address::kept(), is_dark, is_calm);
        let written = link.callback(|()| Event::Of(Msg::Written(address::href())));
        let opened = link.callback(|()| Event::Of(Msg::Opened(address::href(), address::kept())));
        let worker = |worker| Explainer::new(link.callback(move |news| Event::Of(Msg::News(worker, news))));
        let mut root = Root {
            app,
            callbacks: Callbacks::new(link),
            driver: Driver::new(link.callback(|()| Event::Turn)),
            clock: Clock::new(link.callback(|()| Event::Tick)),
            workers: Worker::ALL.map(worker),
            address: Address::new(&opened, written),
            file: None,
            wanted: None,
            read: None,
            _listeners: [Some(outside::listen(link.callback(Event::Key))), dark, calm],
        };
        effects.into_iter().for_each(|effect| root.carry(effect));
        root
    }

    fn update(&mut self, _: &Context<Self>, event: Event) -> bool {
        let effects = self.hear(event).map(|msg| self.app.apply(msg)).unwrap_or_default();
        let draws = matches!(effects.last(), Some(Effect::Draw));
        effects.into_iter().for_each(|effect| self.carry(effect));
        self.clock.follow(self.app.playhead.playing);
        draws
    }

    fn view(&self, _: &Context<Self>) -> Html {
        html! { <>{self.in_view()}<p class="sr" role="status" data-testid="note">{&self.app.said}</p></> }
    }

    fn rendered(&mut self, _: &Context<Self>, _first: bool) {
        outside::look(self.app.page.theme().name(), self.app.page.view().name());
        self.wanted.take_if(|wanted| outside::reveal(wanted));
        story::follow(&self.app.panel, &mut self.read);
        // The charts have been drawn by now: children are rendered before their parents.
        if self.app.page.run == Run::Done && Address::says(&self.app.page.link()) {
            mark("done");
        }
    }
}

impl Root {
    /// Does what the page leaves to do.
    fn carry(&mut self, effect: Effect) {
        match effect {
            Effect::Draw => {} // The renderer does, when all else is done.
            Effect::Locate(address, entry) => self.address.say(address, entry),
            Effect::Compute(role, recipe, start) => self.driver.start(role, recipe, start),
            Effect::Stop(role) => self.driver.stop(role),
            Effect::Busy => mark("busy"),
            Effect::Ask(worker, question) => {
                // A text that was pasted since takes its place.
                let file = self.file.as_ref().filter(|_| self.app.panel.file.is_some());
                self.workers[worker as usize].ask(&question, file);
            }
            Effect::Listen(worker) => self.workers[worker as usize].listens(),
            Effect::Forget => self.workers[Worker::Explainer as usize].forget(),
            Effect::Style => address::load_style("explainer.css"),
            Effect::Focus(id) => address::focus_soon(id),
            Effect::Reveal(place) => self.wanted = Some(place),
            Effect::Press(id) => outside::press(id),
            Effect::Travel(way) => address::travel(way),
            Effect::Copy => spawn_local(share::share_link(self.callbacks.act.clone())),
            Effect::Save(name, text) => share::save_text(&name, &text),
            Effect::Picture(scene) => picture::hand_out(&self.app.page, scene.as_deref()),
        }
    }
}
