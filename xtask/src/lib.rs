//! The project's own commands (`cargo xtask --help`): each does everything it needs, installing what is missing.
//!
//! It is a library too, so that the browser tests serve the page exactly as `cargo xtask serve` does.

// The model must not look at a clock; a build tool may.
#![allow(clippy::disallowed_types)]

pub mod bench;
pub mod build;
pub mod check;
mod compiler;
mod compress;
pub mod documents;
pub mod machine;
mod names;
pub mod npm;
pub mod offline;
mod page;
pub mod scorm;
pub mod serve;
pub mod single_file;
pub mod static_server;
pub mod test;
pub mod tools;
mod watch;
pub mod wheel;
