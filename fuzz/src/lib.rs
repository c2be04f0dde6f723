//! What the fuzz targets do, from where `cargo test` does the same with their corpus.

#[allow(dead_code, unused_imports)]
#[path = "../../tests/it/invariants.rs"]
mod invariants;
#[path = "../../tests/it/fuzz/targets.rs"]
pub mod targets;
