// The script of a worker that computes runs: the page's own program, of the same build, which the page has compiled.
importScripts(`app.js${location.search}`);
onmessage = ({ data }) => wasm_bindgen({ module_or_path: data }).catch(error => {
  // Outside the promise the page hears of it.
  setTimeout(() => { throw error; });
});
