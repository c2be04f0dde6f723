//! How the page is laid out, in each of its views.

use std::rc::Rc;

use connlab::chart::Chart;
use web_sys::DragEvent;
use yew::prelude::*;

use super::{Msg, Root};
use crate::address;
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
use crate::shown::Shown;
use crate::state::View;

impl Root {
    /// The page in the view that its link names.
    pub(super) fn in_view(&self, ctx: &Context<Self>) -> Html {
        let props = Props { page: Same(self.page.clone()), act: self.act.clone() };
        match self.page.view() {
            View::Workbench => self.workbench(ctx, &props),
            View::Start => self.start(ctx),
            View::Projector => self.projector(ctx, &props),
            View::Embed => self.embed(ctx, &props),
        }
    }

    fn workbench(&self, ctx: &Context<Self>, props: &Props) -> Html {
        let still = |part| html! { <Still {part} props={props.clone()} /> };
        let story = story::story(&self.panel, &self.act, &self.go, &self.ask);
        let (ondragover, ondrop) = drops(ctx);
        html! {
            <div class="app" data-pane={self.page.pane.name()} onclick={ctx.link().callback(Msg::Pressed)}
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
                {model_card(self.page.model_card, &self.panel, &self.act)}
                {share::menu(&self.page, &self.panel, &self.act, &self.ask)}
            </div>
        }
    }

    /// Over a still picture of the run, which is all there is to see of it.
    fn start(&self, ctx: &Context<Self>) -> Html {
        let (ondragover, ondrop) = drops(ctx);
        html! {
            <div class="start" onclick={ctx.link().callback(Msg::Pressed)} {ondragover} {ondrop}>
                {start::start(&self.panel_props(), self.scene(1.0, true))}
            </div>
        }
    }

    fn panel_props(&self) -> PanelProps {
        PanelProps {
            page: Same(self.page.clone()),
            panel: Same(self.panel.clone()),
            act: self.act.clone(),
            go: self.go.clone(),
            ask: self.ask.clone(),
            give: self.give.clone(),
        }
    }

    fn scene(&self, scale: f64, bare: bool) -> Html {
        let seen = self.player.scene.clone();
        let is_of = |now: &Rc<Shown>| seen.as_ref().is_some_and(|(shown, _)| !Rc::ptr_eq(now, &shown.0));
        let old = self.page.shown.as_ref().is_some_and(is_of);
        html! {
            <Scene {seen} is_lost={self.player.is_lost} {scale} {bare} {old} dark={self.page.is_dark()}
                rests={self.playhead.rests()} selected={self.page.selected_kind()} act={self.act.clone()}
                fit={self.fit.clone()} />
        }
    }

    fn projector(&self, ctx: &Context<Self>, props: &Props) -> Html {
        html! {
            <div class="projector" ~style={format!("--size:{}", choices::size(&self.page))}
                onclick={ctx.link().callback(Msg::Pressed)}>
                {projector::projector(props, &self.panel)}
                <main class="mid" aria-label="The run over time">
                    {self.scene(PROJECTOR, false)}
                    {self.charts(props, projector::charts(&self.page))}
                    {self.transport()}
                </main>
            </div>
        }
    }

    fn embed(&self, ctx: &Context<Self>, props: &Props) -> Html {
        html! {
            <div class="embed" onclick={ctx.link().callback(Msg::Pressed)}>
                {embed::header(props)}
                <main class="mid" aria-label="The run over time">
                    if embed::has_scene(&self.page) { {self.scene(1.0, false)} }
                    {self.transport()}
                    {self.charts(props, embed::charts(&self.page))}
                </main>
            </div>
        }
    }

    fn charts(&self, props: &Props, charts: Vec<Chart>) -> Html {
        html! {
            <Charts page={props.page.clone()} {charts} playhead={Same(self.playhead.clone())} go={self.go.clone()}
                act={props.act.clone()} panel={Same(self.panel.clone())} ask={self.ask.clone()} />
        }
    }

    fn transport(&self) -> Html {
        let shown = self.page.shown.as_deref().filter(|shown| shown.complete);
        transport(transport::Props { playhead: &self.playhead, shown, go: &self.go })
    }
}

/// A file may be dropped anywhere.
fn drops(ctx: &Context<Root>) -> (Callback<DragEvent>, Callback<DragEvent>) {
    (Callback::from(|event: DragEvent| paste::welcome(&event)), ctx.link().callback(Msg::Dropped))
}

/// How much larger the scene is for a lecture room: its smallest text has 18 pixels.
const PROJECTOR: f64 = 18.0 / 11.0;

/// The first stop of the tab key: past all settings to what went wrong. A button, for the location is the link.
fn skip() -> Html {
    let onclick = Callback::from(|_: MouseEvent| address::focus("panel-panel"));
    html! { <button class="skip btn line" data-testid="skip" {onclick}>{"Skip to what went wrong"}</button> }
}
