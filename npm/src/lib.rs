//! The model for JavaScript: a link in, its report out, as the command line prints it with `--json`.

use connlab::checks;
use connlab::export::Document;
use connlab::link;
use connlab::sim::Sim;
use wasm_bindgen::prelude::wasm_bindgen;

/// Runs a link (or its fragment, or its query) and returns its report as JSON. What in the link could not be used as
/// written is among its warnings.
#[wasm_bindgen]
pub fn report(link: &str) -> String {
    let decoded = link::decode(link);
    let scenario = &decoded.recipe.scenario;
    let mut sim = Sim::new(scenario);
    sim.run();
    let mut report = sim.report();
    report.warnings.splice(..0, decoded.warnings.iter().map(ToString::to_string));
    let checks = checks::all(scenario, &report);
    let canonical = link::encode(&decoded.recipe);
    serde_json::to_string(&Document::new(&canonical, &report, &checks)).expect("plain data")
}
