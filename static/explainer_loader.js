// The worker's script: trunk's own one calls wasm-bindgen's entry in a way that it warns of.
importScripts("explainer.js");
wasm_bindgen({ module_or_path: "explainer_bg.wasm" });
