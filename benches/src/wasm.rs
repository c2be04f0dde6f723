//! The wasm module: JavaScript in a browser or in Node.js asks for one case after the other.

use connlab_bench::{CASES, measure};
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

/// The line of the case with this number; nothing behind the last one.
#[wasm_bindgen]
pub fn line(number: usize) -> Option<String> {
    CASES.get(number).map(|case| measure(case, now).to_string())
}

fn main() {}
