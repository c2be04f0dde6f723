//! The page in a real browser, through WebDriver: what a visitor sees and does. Run by `cargo xtask test`.
//!
//! Every test gets a browser of its own with an empty profile, and the built page from a web server of its own. Beside
//! what it asserts itself, each also demands a quiet console and no request to another host (see [`browser`]).

// The model must not look at a clock; what waits for a browser may.
#![allow(clippy::disallowed_types)]

mod accessibility;
mod browser;
mod controls;
mod embedding;
mod engines;
mod fingerprints;
mod hostile;
mod later;
mod layout;
mod lesson;
mod links;
mod model_card;
mod native;
mod offline;
mod opening;
mod page;
mod panel;
mod pictures;
mod playhead;
mod room;
mod scene;
mod scorm;
mod sharing;
mod single_file;
mod soak;
mod start;
mod story;
mod sweep;
mod teaching;
mod timetable;
mod workers;
