//! The model of ConnLab: all that runs once per event, and nothing that is only said about a run.
//!
//! Parameters and a timetable go in ([`scenario::Scenario`]); a report, a snapshot or the history of a request comes
//! out, as plain data. The same scenario gives the same run, to the last event, natively and in every browser.
//!
//! Modules in the order of their dependencies:
//!
//! - [`words`]: numbers as people read them. [`reading`]: as people write them.
//! - [`time`], [`quantity`], [`arena`], [`rng`]: exact time, exact numbers, stores, random streams.
//! - [`prose`]: texts of the tables, which a program without the feature of that name does not carry.
//! - [`params`]: the parameter table. [`scenario`]: parameters and the timetable: all that decides a run.
//! - [`sim`]: the event loop and its layers.

pub mod arena;
pub mod bytes;
pub mod params;
pub mod prose;
pub mod quantity;
pub mod reading;
pub mod rng;
pub mod scenario;
pub mod sim;
pub mod time;
pub mod words;
