// The page's script: in a file of its own, for the page's policy lets no script run that stands in its HTML. Trunk's
// preload names the module.
wasm_bindgen({ module_or_path: document.querySelector("link[type='application/wasm']").href }).catch(error => {
  const loading = document.getElementById("loading");
  if (loading) loading.textContent = `The engine could not be loaded (${error.message}). Reload the page to try again.`;
  throw error;
});
