//! The page as a whole: takes actions, has their effects, and lays out the views.

use std::rc::Rc;

use connlab::chart::Chart;
use gloo::events::EventListener;
use web_sys::MediaQueryList;
use yew::prelude::*;

use crate::address::{self, Address};
use crate::components::charts::Charts;
use crate::components::errors::Errors;
use crate::components::headline::Headline;
use crate::components::notice::Notice;
use crate::components::progress::Progress;
use crate::components::projector::Projector;
use crate::components::settings::Settings;
use crate::components::top_bar::{Panes, TopBar};
use crate::components::{Glance, Same};
use crate::driver::Driver;
use crate::state::{self, Action, Page, Run, View};

/// The page.
pub struct Root {
    page: Rc<Page>,
    /// The same callback for ever: components compare it.
    act: Callback<Action>,
    driver: Driver,
    address: Address,
    _system: Option<EventListener>,
}

/// What the page is told.
pub enum Msg {
    /// Something happened.
    Act(Action),
    /// A frame is due.
    Frame,
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
        let page = Page::new(&address::href(), dark.as_ref().is_some_and(MediaQueryList::matches));
        let act = ctx.link().callback(Msg::Act);
        let mut root = Root {
            address: Address::new(&ctx.link().callback(Msg::Opened), ctx.link().callback(|()| Msg::Written)),
            page: Rc::new(page),
            driver: Driver::default(),
            _system: dark.map(|dark| watch(dark, act.clone())),
            act,
        };
        root.address.replace(&root.page.link());
        root.driver.start(&root.page.scenario, tick(ctx));
        root
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Act(action) => self.act(ctx, action),
            Msg::Frame => match self.driver.slice(tick(ctx)) {
                Some(action) => self.act(ctx, action),
                None => return false,
            },
            // Going back makes two events of one step.
            Msg::Opened(address) if !Address::says(&self.page.link()) => self.act(ctx, Action::Open(address)),
            Msg::Opened(_) => return false,
            Msg::Written => {}
        }
        true
    }

    fn view(&self, _: &Context<Self>) -> Html {
        let page = Same(self.page.clone());
        match self.page.view() {
            View::Workbench => self.workbench(page),
            View::Projector => html! { <Projector {page} act={self.act.clone()} /> },
            View::Embed => self.embed(page),
        }
    }

    fn rendered(&mut self, _: &Context<Self>, _first: bool) {
        if let Some(html) = address::document().document_element() {
            let _ = html.set_attribute("data-theme", self.page.theme().name());
            let _ = html.set_attribute("data-view", self.page.view().name());
        }
        // The charts have been drawn by now: children are rendered before their parents.
        if self.page.run == Run::Done && Address::says(&self.page.link()) {
            mark("done");
        }
    }
}

impl Root {
    fn act(&mut self, ctx: &Context<Self>, action: Action) {
        let effects = Rc::make_mut(&mut self.page).apply(action);
        let link = self.page.link();
        match &effects.address {
            state::Address::Keep => {}
            state::Address::Replace => self.address.replace(&link),
            state::Address::Follow => self.address.follow(link),
            state::Address::Push { before } => self.address.push(before, &link),
        }
        if self.page.run != Run::Done {
            // At once: the link is new already, the charts are not.
            mark("busy");
        }
        if effects.run && effects.address == state::Address::Follow {
            self.driver.follow(&self.page.scenario, tick(ctx));
        } else if effects.run {
            self.driver.start(&self.page.scenario, tick(ctx));
        }
        if effects.stop {
            self.driver.stop();
        }
    }

    fn workbench(&self, page: Glance) -> Html {
        let act = &self.act;
        html! {
            <div class="app" data-pane={self.page.pane.name()}>
                <TopBar page={page.clone()} act={act.clone()} />
                <Notice page={page.clone()} act={act.clone()} />
                <Panes pane={self.page.pane} act={act.clone()} />
                <Settings page={page.clone()} act={act.clone()} />
                <main class="mid" aria-label="Charts">
                    <Charts page={page.clone()} charts={&Chart::ALL[..]} />
                </main>
                <Errors {page} act={act.clone()} />
            </div>
        }
    }

    fn embed(&self, page: Glance) -> Html {
        html! {
            <div class="embed">
                <header>
                    <h1 class="sr">{"ConnLab"}</h1>
                    <Headline page={page.clone()} />
                    <Progress run={self.page.run} act={self.act.clone()} />
                </header>
                <main class="mid" aria-label="Charts">
                    <Charts {page} charts={&Chart::ALL[..]} />
                </main>
            </div>
        }
    }
}

/// Tells everybody outside whether the charts show the run of the link.
fn mark(run: &str) {
    if let Some(body) = address::document().body() {
        let _ = body.set_attribute("data-run", run);
    }
}

/// Calls [`Msg::Frame`] before the next frame.
fn tick(ctx: &Context<Root>) -> Callback<()> {
    ctx.link().callback(|()| Msg::Frame)
}

/// Follows the system's choice of colours.
fn watch(dark: MediaQueryList, act: Callback<Action>) -> EventListener {
    EventListener::new(&dark.clone(), "change", move |_| act.emit(Action::SystemIsDark(dark.matches())))
}
