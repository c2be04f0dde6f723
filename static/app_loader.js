// The page's script: in a file of its own, for the page's policy lets no script run that stands in its HTML. Its
// preload names the module.
wasm_bindgen({ module_or_path: document.querySelector("link[type='application/wasm']").href }).catch(error => {
  const loading = document.getElementById("loading");
  if (loading) loading.textContent = `The engine could not be loaded (${error.message}). Reload the page to try again.`;
  throw error;
});

// Keys of one character can be switched off. The choice stands at the root of the document, where the page reads it; a
// browser that lets the page keep nothing forgets it.
{
  const { dataset } = document.documentElement;
  try { dataset.letters = localStorage.letters ?? "on"; } catch {}
  addEventListener("change", ({ target }) => {
    if (target.id !== "letters") return;
    dataset.letters = target.checked ? "on" : "off";
    try { localStorage.letters = dataset.letters; } catch {}
  });
  // The sheet opens with what was chosen.
  addEventListener("toggle", ({ target }) => {
    const box = target.querySelector("#letters");
    if (box) box.checked = dataset.letters !== "off";
  }, true);
}
