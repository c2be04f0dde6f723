// The worker's script: trunk's own one calls wasm-bindgen's entry in a way that it warns of.
importScripts("explainer.js");
wasm_bindgen({ module_or_path: "explainer_bg.wasm" }).catch(error => {
  // Outside the promise the page hears of it.
  setTimeout(() => { throw error; });
});
