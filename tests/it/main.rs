//! Integration tests: one binary, one module per question.

mod checks;
mod command_line;
mod conservation;
mod determinism;
mod error_classes;
mod generated_docs;
mod go_server;
mod go_transport;
mod golden_scenarios;
mod lab;
mod links;
mod linux_semantics;
mod presets;
mod queueing_theory;
mod recorded_runs;
mod replay;
mod rules;
mod snapshot;
mod sockets;
mod summary;
mod tidy;
mod why;
