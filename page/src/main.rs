//! The page: a workbench around one run.
//!
//! [`state`] decides, without any web type, and so do [`playhead`] for time and [`timetable`] for changes during the
//! run; [`driver`] computes the run in slices between two frames; [`player`] says where in it the playhead wants to be,
//! [`panel`] what the right column wants to know, and [`explainer`] asks workers for both; [`scene`] paints the world
//! at the playhead; [`address`] keeps the location and the link the same; [`root`] joins them, and `components` show
//! the result.

mod address;
mod app;
mod asked;
mod canvas;
mod choices;
mod clock;
mod components;
mod driver;
mod explainer;
mod history;
mod jobs;
mod keys;
mod outside;
mod panel;
mod picture;
mod player;
mod playhead;
mod root;
mod scene;
mod shown;
mod state;
mod timetable;
mod typed;
mod words;

fn main() {
    let page = address::document();
    match page.get_element_by_id("app") {
        Some(host) => yew::Renderer::<root::Root>::with_root(host).render(),
        None => yew::Renderer::<root::Root>::new().render(),
    };
}
