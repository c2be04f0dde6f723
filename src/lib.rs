//! ConnLab: see connection errors appear.
//!
//! A deterministic discrete-event model of HTTP clients (Go's `http.Transport` and its pool), Linux TCP with its SYN
//! queue and bounded accept queue, and a server. The same link gives the same run, to the last event, natively and in
//! every browser.
//!
//! ```
//! use connlab::link;
//! use connlab::sim::Sim;
//!
//! // Five seconds of a client that keeps two idle connections: each third request has to dial.
//! let mut sim = Sim::new(&link::scenario("p=two-idle&duration=5s"));
//! sim.run();
//! let report = sim.report();
//! assert_eq!(report.requests.failed, 0);
//! assert!(report.connections.dials > report.requests.ok / 4);
//! ```
//!
//! The model itself is the crate [`connlab_model`], whose modules have their names here too: [`sim`], its
//! parameters ([`params`], [`scenario`]) and what they are made of. It knows no links and no explanations. This crate
//! is what is said about a run, in the order of dependencies:
//!
//! - [`preset`] names links, and [`link`] reads and writes them. [`recorded`]: load from a file.
//! - [`checks`]: a run beside theory. [`why`]: what made a request fail. `chart` (with the feature of that name): what
//!   it tells, as pictures, words and tables; [`sockets`], [`summary`]: the same as the tools of Linux and load
//!   generators print it; [`export`]: the same as files for other programs.
//! - `evidence` (with the feature `svg`): charts as documents that say where they come from.
//! - `pcap` (with the feature of that name): a run's packets as a capture file.
//! - [`sentence`]: a run in one sentence. [`risk`]: what its settings make possible.
//! - [`facts`]: what the output of such tools says.
//! - [`diagnosis`], [`remedy`], [`takeaway`]: from a log line to a run that shows it, from a run to a change that cures
//!   it, and from there to code.
//! - [`ticket`]: all that in a few lines of Markdown.
//! - [`experiment`]: many runs in place of one, and what may be concluded from them; [`sizing`]: how large a setting
//!   should be for them to keep thresholds.
//! - [`question`]: what may be asked about a run, as text. [`help`]: what settings, presets and errors mean, as text.
//! - [`mod@scene`]: the path of a request at one instant, as shapes and text.
//! - [`lesson`]: lessons: a run, a change, what is asked before it is seen, and texts that are right with any seed.
//! - [`response`]: what a learner answers in a lesson, as keys of a link.
//! - [`teaching`]: what a link may hide for a class, and the seeds of names.
//! - [`class`]: the answers of a class: a pile of learners' links, made into rows.
//! - [`model_card`]: what is modelled and what is not, from the document.

#[cfg(feature = "chart")]
pub mod chart;
pub mod checks;
pub mod class;
pub mod dead_zone;
pub mod diagnosis;
#[cfg(feature = "svg")]
pub mod evidence;
pub mod experiment;
pub mod export;
pub mod facts;
pub mod help;
pub mod lesson;
pub mod link;
pub mod model_card;
#[cfg(feature = "pcap")]
pub mod pcap;
pub mod preset;
pub mod question;
pub mod recorded;
pub mod remedy;
pub mod response;
pub mod risk;
pub mod scene;
pub mod sentence;
pub mod shape;
pub mod sizing;
pub mod sockets;
pub mod summary;
pub mod takeaway;
pub mod teaching;
pub mod ticket;
pub mod why;

pub use connlab_model::{arena, bytes, params, prose, quantity, reading, rng, scenario, sim, time, words};
