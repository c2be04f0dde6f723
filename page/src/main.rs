//! The page: a workbench around one run.
//!
//! [`app`] decides, without any web type: its parts are [`state`] for settings and link, [`playhead`] for time,
//! [`panel`] for the right column and [`player`] for the scene. [`root`] tells it what happens and does what it leaves
//! to do: [`driver`] computes runs between two frames, [`explainer`] asks workers, [`address`] keeps the location and
//! the link the same, [`clock`] counts frames. `components` show the result, and [`scene`] paints the world at the
//! playhead.

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
