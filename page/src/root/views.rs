//! How the page is laid out, in each of its views.

use std::rc::Rc;

use connlab::chart::Chart;
use connlab::scene::Viewport;
use web_sys::{DragEvent, File};
use yew::html::Scope;
use yew::prelude::*;

use super::{Event, Root};
use crate::address;
use crate::app::{App, Msg};
use crate::choices;
use crate::components::charts::Charts;
use crate::components::embed;
use crate::components::model_card::model_card;
use crate::components::panel::Panel as PanelView;
use crate::components::paste;
use crate::components::projector;
use crate::components::scene::Scene;
use crate::components::share;
use crate::components::start;
use crate::components::story;
use crate::components::transport::{self, transport};
use crate::components::{PanelProps, Part, Props, Same, Still};
use crate::panel::Ask;
use crate::playhead::Motion;
use crate::shown::Shown;
use crate::state::{Action, View};

/// What components call, always the same: they compare them.
pub(super) struct Callbacks {
    pub act: Callback<Action>,
    go: Callback<Motion>,
    ask: Callback<Ask>,
    fit: Callback<Viewport>,
    give: Callback<File>,
    pressed: Callback<MouseEvent>,
    dropped: Callback<DragEvent>,
}

impl Callbacks {
    pub fn new(link: &Scope<Root>) -> Callbacks {
        Callbacks {
            act: link.callback(|action| Event::Of(Msg::Act(action))),
            go: link.callback(|motion| Event::Of(Msg::Go(motion))),
            ask: link.callback(|ask| Event::Of(Msg::Ask(ask))),
            fit: link.callback(|viewport| Event::Of(Msg::Fits(viewport))),
            give: link.callback(Event::Given),
            pressed: link.callback(Event::Pressed),
            dropped: link.callback(Event::Dropped),
        }
    }
}

impl Root {
    /// The page in the view that its link names.
    pub(super) fn in_view(&self) -> Html {
        let props = Props { page: Same(self.app.page.clone()), act: self.callbacks.act.clone() };
        match self.app.page.view() {
            View::Workbench => self.workbench(&props),
            View::Start => self.start(),
            View::Projector => self.projector(&props),
            View::Embed => self.embed(&props),
        }
    }

    fn workbench(&self, props: &Props) -> Html {
        let still = |part| html! { <Still {part} props={props.clone()} /> };
        let story = story::story(&self.app.panel, &self.callbacks.act, &self.callbacks.go, &self.callbacks.ask);
        let (ondragover, ondrop) = self.drops();
        html! {
            <div class="app" data-pane={self.app.page.pane.name()} onclick={self.callbacks.pressed.clone()}
                {ondragover} {ondrop}>
                {skip()}
                {still(Part::Top)}
                {still(Part::Settings)}
                <main class="mid" aria-label="The run over time">
                    // A story takes the place of scene and charts.
                    {story.clone().unwrap_or_else(|| self.scene(1.0, false))}
                    {self.transport()}
                    {self.charts(props, if story.is_some() { Vec::new() } else { Chart::ALL.into() })}
                </main>
                <PanelView ..self.panel_props() />
                {model_card(self.app.page.model_card, &self.app.panel, &self.callbacks.act)}
                {share::menu(&self.app.page, &self.app.panel, &self.callbacks.act, &self.callbacks.ask)}
            </div>
        }
    }

    /// Over a still picture of the run, which is all there is to see of it.
    fn start(&self) -> Html {
        let (ondragover, ondrop) = self.drops();
        html! {
            <div class="start" onclick={self.callbacks.pressed.clone()} {ondragover} {ondrop}>
                {start::start(&self.panel_props(), self.scene(1.0, true))}
            </div>
        }
    }

    fn panel_props(&self) -> PanelProps {
        PanelProps {
            page: Same(self.app.page.clone()),
            panel: Same(self.app.panel.clone()),
            act: self.callbacks.act.clone(),
            go: self.callbacks.go.clone(),
            ask: self.callbacks.ask.clone(),
            give: self.callbacks.give.clone(),
        }
    }

    fn scene(&self, scale: f64, bare: bool) -> Html {
        let App { page, player, playhead, .. } = &self.app;
        let (seen, Callbacks { act, fit, .. }) = (player.scene.clone(), &self.callbacks);
        let is_of = |now: &Rc<Shown>| seen.as_ref().is_some_and(|(shown, _)| !Rc::ptr_eq(now, &shown.0));
        let old = page.shown().is_some_and(is_of);
        html! {
            <Scene {seen} is_lost={player.is_lost} {scale} {bare} {old} dark={page.is_dark()} rests={playhead.rests()}
                selected={page.selected_kind()} act={act.clone()} fit={fit.clone()} />
        }
    }

    fn projector(&self, props: &Props) -> Html {
        html! {
            <div class="projector" ~style={format!("--size:{}", choices::size(&self.app.page))}
                onclick={self.callbacks.pressed.clone()}>
                {projector::projector(props, &self.app.panel)}
                <main class="mid" aria-label="The run over time">
                    {self.scene(PROJECTOR, false)}
                    {self.charts(props, projector::charts(&self.app.page))}
                    {self.transport()}
                </main>
            </div>
        }
    }

    fn embed(&self, props: &Props) -> Html {
        html! {
            <div class="embed" onclick={self.callbacks.pressed.clone()}>
                {embed::header(props)}
                <main class="mid" aria-label="The run over time">
                    if choices::has_scene(&self.app.page) { {self.scene(1.0, false)} }
                    {self.transport()}
                    {self.charts(props, embed::charts(&self.app.page))}
                </main>
            </div>
        }
    }

    fn charts(&self, props: &Props, charts: Vec<Chart>) -> Html {
        let (App { playhead, panel, .. }, Callbacks { go, ask, .. }) = (&self.app, &self.callbacks);
        html! {
            <Charts page={props.page.clone()} {charts} playhead={Same(playhead.clone())} go={go.clone()}
                act={props.act.clone()} panel={Same(panel.clone())} ask={ask.clone()} />
        }
    }

    fn transport(&self) -> Html {
        let shown = self.app.page.shown().map(|shown| &**shown).filter(|shown| shown.complete);
        transport(transport::Props { playhead: &self.app.playhead, shown, go: &self.callbacks.go })
    }

    /// A file may be dropped anywhere.
    fn drops(&self) -> (Callback<DragEvent>, Callback<DragEvent>) {
        (Callback::from(|event: DragEvent| paste::welcome(&event)), self.callbacks.dropped.clone())
    }
}

/// How much larger the scene is for a lecture room: its smallest text has 18 pixels.
const PROJECTOR: f64 = 18.0 / 11.0;

/// The first stop of the tab key: past all settings to what went wrong. A button, for the location is the link.
fn skip() -> Html {
    let onclick = Callback::from(|_: MouseEvent| address::focus("panel-panel"));
    html! { <button class="skip btn line" data-testid="skip" {onclick}>{"Skip to what went wrong"}</button> }
}
