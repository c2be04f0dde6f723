// The worker's script.
importScripts("explainer.js");
wasm_bindgen({ module_or_path: "explainer_bg.wasm" }).catch(error => {
  // Outside the promise the page hears of it.
  setTimeout(() => { throw error; });
});
