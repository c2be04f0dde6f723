//! Experiments: many runs in place of one, and what may be concluded from them.
//!
//! One seed is no experiment. [`design`] says which runs there are, as text in a link; [`measure`] and [`field`], what
//! of a run is looked at; [`record`], one run as a line of JSON; [`expectation`], what every run must meet.
//! [`map`] has those of a sweep, cell by cell; [`comparison`] has the numbers of two runs, seed by seed; [`statistics`]
//! is what their differences say of all seeds, and [`verdict`], one sentence that says it. Questions that take many
//! runs: [`sensitivity`], what matters here; [`deadline`], when it was too late. There is no input, output or thread
//! here: the command line and the page compute the runs, each in its own way.

pub mod comparison;
pub mod deadline;
pub mod design;
pub mod expectation;
pub mod field;
pub mod map;
pub mod measure;
pub mod parting;
pub mod record;
pub mod sensitivity;
pub mod statistics;
pub mod verdict;
