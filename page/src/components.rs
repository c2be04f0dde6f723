//! What the page is made of.

use std::ops::Deref;
use std::rc::Rc;

use web_sys::File;
use yew::prelude::*;

use crate::panel::{Ask, Panel};
use crate::playhead::Motion;
use crate::state::{Action, Page};

pub mod answer;
pub mod charts;
pub mod embed;
pub mod errors;
pub mod figure;
pub mod glyph;
pub mod handles;
pub mod headline;
pub mod lanes;
pub mod model_card;
pub mod notice;
pub mod panel;
pub mod paste;
pub mod progress;
pub mod projector;
pub mod scene;
pub mod setting;
pub mod settings;
pub mod share;
pub mod start;
pub mod stepper;
pub mod story;
pub mod tabs;
pub mod thresholds;
pub mod timetable;
pub mod top_bar;
pub mod transport;

/// Something that does not change any more, compared by identity: quick, and never wrong, for what is new is made anew.
pub struct Same<T>(pub Rc<T>);

/// The page as it is in one moment.
pub type Glance = Same<Page>;

impl<T> Clone for Same<T> {
    fn clone(&self) -> Self {
        Same(self.0.clone())
    }
}

impl<T> PartialEq for Same<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Deref for Same<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// What most parts need: what to show, and whom to tell what the visitor does.
#[derive(Clone, PartialEq)]
pub struct Props {
    /// What to show.
    pub page: Glance,
    /// Whom to tell.
    pub act: Callback<Action>,
}

/// What the right column needs beside that.
#[derive(Clone, PartialEq, Properties)]
pub struct PanelProps {
    /// The page.
    pub page: Glance,
    /// What is known.
    pub panel: Same<Panel>,
    /// Whom to tell of another row or another run.
    pub act: Callback<Action>,
    /// Whom to tell when the playhead is moved.
    pub go: Callback<Motion>,
    /// Whom to tell of everything else.
    pub ask: Callback<Ask>,
    /// Whom to give a file.
    pub give: Callback<File>,
}

/// A part of the page that does not show the playhead.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The bar over everything, the notice and a phone's tabs.
    Top,
    /// The left side.
    Settings,
}

/// What a [`Still`] shows.
#[derive(Clone, PartialEq, Properties)]
pub struct StillProps {
    /// Which part of the page.
    pub part: Part,
    /// What it needs.
    pub props: Props,
}

/// Draws its part when the page changes, and not at each tick of the playhead. The parts themselves are functions: a
/// component is worth its code only where it saves work or has a state.
#[component]
pub fn Still(StillProps { part, props }: &StillProps) -> Html {
    match part {
        Part::Top => html! { <>{top_bar::top_bar(props)}{notice::notice(props)}{top_bar::panes(props)}</> },
        Part::Settings => settings::settings(props),
    }
}

/// Tells what an event means, if it means anything.
fn when<E: 'static, A: 'static>(tell: &Callback<A>, meaning: impl Fn(E) -> Option<A> + 'static) -> Callback<E> {
    let tell = tell.clone();
    Callback::from(move |event| {
        if let Some(meant) = meaning(event) {
            tell.emit(meant);
        }
    })
}

/// Tells one thing, whatever the event.
fn sends<E, A: Clone + 'static>(tell: &Callback<A>, what: A) -> Callback<E> {
    tell.reform(move |_| what.clone())
}

/// HTML made as text, which weighs least where nothing is to be heard. What comes from outside must be [`escaped`].
fn markup(html: impl Into<AttrValue>) -> Html {
    Html::from_html_unchecked(html.into())
}

/// A text, for HTML made as text; in an attribute, between double quotes.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// What stands in the control that an event is about.
fn text_of(event: &Event) -> Option<String> {
    js_sys::Reflect::get(&event.target()?.into(), &"value".into()).ok()?.as_string()
}

/// One of the choices of a `select`, as text.
fn option(value: &str, text: &str, is_chosen: bool) -> String {
    format!("<option value='{value}'{}>{text}</option>", if is_chosen { " selected" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::escaped;
    use super::notice::marked;

    #[test]
    fn what_comes_from_outside_opens_no_element_and_closes_no_attribute() {
        assert_eq!(escaped("<img title=\"a\">&amp;"), "&lt;img title=&quot;a&quot;>&amp;amp;");
        assert_eq!(marked("`t=<b>` is no time"), "<code>t=&lt;b></code> is no time");
        assert_eq!(marked("an open ` mark"), "an open <code> mark</code>");
    }
}
