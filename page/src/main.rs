//! The page: a workbench around one run.
//!
//! [`app`] decides, without any web type: its parts are [`state`] for settings and link, [`playhead`] for time,
//! [`panel`] for the right column and [`player`] for the scene. [`views`] say what it looks like, as HTML. [`root`]
//! tells it what happens and does what it leaves to do: [`document`] hears visitors and takes over what is new,
//! [`driver`] has runs computed, here between two frames ([`jobs`]) or by workers ([`crew`], [`runners`]; [`runner`] is
//! this program in such a worker), [`explainer`] asks others, [`address`] keeps the location and the link
//! the same, [`clock`] counts frames, and [`scene`] paints the world at the playhead.

mod address;
mod app;
mod asked;
mod canvas;
mod choices;
mod clock;
mod crew;
mod document;
mod driver;
mod explainer;
mod handout;
mod history;
mod jobs;
mod keys;
mod outside;
mod panel;
mod picture;
mod player;
mod playhead;
mod root;
mod runner;
mod runners;
mod scene;
mod shown;
mod state;
mod timetable;
mod typed;
mod views;
mod words;

fn main() {
    match runner::scope() {
        Some(scope) => runner::serve(scope),
        None => root::open(),
    }
}
