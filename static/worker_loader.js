// The script of a worker: a program of the page's build, whose module the page has compiled. The worker is named after the
// program's script; where the page is one file, that stands before this one.
if (name) importScripts(name);
onmessage = ({ data }) => wasm_bindgen({ module_or_path: data }).catch(error => {
  // Outside the promise the page hears of it.
  setTimeout(() => { throw error; });
});
