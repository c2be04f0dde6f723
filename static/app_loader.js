// The page's script: in a file of its own, for the page's policy lets no script run that stands in its HTML. Its
// preload names the module.
{
  // A file lies beside the page, under the checksum of this build; or, where the page is one file, in it, as an element
  // with its name.
  const inside = name => document.getElementById(name)?.text;
  const { search } = new URL(document.querySelector("script[src^='app.js']")?.src ?? location);
  const beside = name => name + search;

  const open = async (name, href) => {
    const packed = inside(name);
    if (!packed) return fetch(href);
    const { body } = await fetch(`data:;base64,${packed}`);
    const headers = { "Content-Type": "application/wasm" };
    return new Response(body.pipeThrough(new DecompressionStream("gzip")), { headers });
  };

  const compiled = async (name, href = beside(name)) => {
    const response = await open(name, href);
    // Of a host that does not know what it serves, the module is compiled when all of it is there.
    const isNamed = response.headers.get("Content-Type")?.startsWith("application/wasm");
    return isNamed ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
  };

  const modules = { app: compiled("app_bg.wasm", document.querySelector("link[type='application/wasm']")?.href) };

  wasm_bindgen({ module_or_path: modules.app }).catch(error => {
    const loading = document.getElementById("loading");
    if (loading) loading.textContent = `The engine could not be loaded (${error.message}). Reload the page to try again.`;
    throw error;
  });

  // One more worker for this program of the build.
  globalThis.hire = program => {
    const [script, start] = [`${program}.js`, "worker_loader.js"];
    const text = inside(script);
    const worker = text
      ? new Worker(URL.createObjectURL(new Blob([text, inside(start)])))
      : new Worker(beside(start), { name: beside(script) });
    modules[program] ??= compiled(`${program}_bg.wasm`);
    modules[program].then(module => worker.postMessage(module), error => {
      delete modules[program];
      worker.dispatchEvent(new Event("error"));
      throw error;
    });
    return worker;
  };

  // What the first run on screen does not need.
  globalThis.later = () => {
    if (inside("app.js")) return;
    const [style, script] = [document.createElement("link"), document.createElement("script")];
    document.body.append(
      Object.assign(style, { rel: "stylesheet", href: beside("explainer.css") }),
      Object.assign(script, { src: beside("later.js") }),
    );
  };
}

// For whoever wants nothing of what is kept of the page, or is stuck with it.
if (location.search === "?nosw") {
  document.documentElement.dataset.offline = "off";
  history.replaceState(null, "", location.pathname + location.hash);
  document.body.append(Object.assign(document.createElement("script"), { src: "nosw.js?nosw" }));
}

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

// Has the document be the page's HTML, which comes in parts. Only what differs from the HTML before is touched: what a
// visitor has opened, typed, scrolled or taken hold of stays as it is.
{
  const app = document.getElementById("app");
  let drawn = false;
  // Parts of the page, by name: as last written, and where in the document. What stands in no other part has no name.
  const parts = new Map([[undefined, { is: document.createDocumentFragment(), live: app }]]);
  // Where one stands in another one.
  const place = "wbr[data-part]";

  // What tells an element from others beside it.
  const key = ({ nodeName, id = "", dataset = {} }) => dataset.part ?? `${nodeName} ${id} ${dataset.key ?? ""}`;

  // Attributes that say how an element is, and not only how it was at first.
  const settle = (element, name, value) => {
    if (name === "data-style") element.style.cssText = value;
    else if (name === "data-value") element.value = value;
    // Within the limits before, it could not be set.
    else if (name === "max" && element.dataset.value) element.value = element.dataset.value;
    else if (name === "checked" || name === "selected") element[name] = true;
  };

  const made = node => {
    if (node.matches?.(place)) {
      const part = parts.get(node.dataset.part);
      return part.live = made(part.is);
    }
    const element = document.importNode(node, true);
    for (const name of ["data-style", "data-value"]) {
      if (element.matches?.(`[${name}]`)) settle(element, name, element.getAttribute(name));
      element.querySelectorAll?.(`[${name}]`).forEach(within => settle(within, name, within.getAttribute(name)));
    }
    element.querySelectorAll?.(place).forEach(part => part.replaceWith(made(part)));
    return element;
  };

  const update = (live, was, is) => {
    if (was.isEqualNode(is)) return;
    if (is.nodeType !== Node.ELEMENT_NODE) return live.nodeValue = is.nodeValue;
    for (const { name } of was.attributes) {
      if (is.hasAttribute(name)) continue;
      live.removeAttribute(name);
      if (name === "checked") live.checked = false;
    }
    for (const { name, value } of is.attributes) {
      if (was.getAttribute(name) === value) continue;
      live.setAttribute(name, value);
      settle(live, name, value);
    }
    patch(live, was, is);
  };

  const patch = (place, was, is) => {
    const live = [...place.childNodes];
    const left = [...was.childNodes].map((node, i) => ({ node, key: key(node), live: live[i] }));
    const pairs = [...is.childNodes].map(node => {
      const here = key(node);
      const i = left.findIndex(one => one.live && one.key === here);
      return [node, i < 0 ? undefined : left.splice(i, 1)[0]];
    });
    for (const { live } of left) live?.remove();
    let next = place.firstChild;
    for (const [node, before] of pairs) {
      if (!before) {
        place.insertBefore(made(node), next);
        continue;
      }
      if (before.live === next) next = next.nextSibling;
      else place.insertBefore(before.live, next);
      update(before.live, before.node, node);
    }
  };

  // A part that stands in another one comes before it.
  globalThis.draw = written => {
    if (!drawn) app.replaceChildren();
    drawn = true;
    for (const html of written) {
      const { content } = Object.assign(document.createElement("template"), { innerHTML: html });
      const name = content.firstChild.dataset.part;
      const is = name ? content.firstChild : content;
      const part = parts.get(name) ?? {};
      if (part.live) (name ? update : patch)(part.live, part.is, is);
      parts.set(name, Object.assign(part, { is }));
    }
  };
}

// Hands out what an address means as a file. Of an SVG document it makes pixels, two for each of its own.
globalThis.save = async (download, href) => {
  if (href.startsWith("data:image/svg")) {
    const image = Object.assign(new Image(), { src: href });
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = 2 * image.width;
    canvas.height = 2 * image.height;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    href = canvas.toDataURL();
  }
  Object.assign(document.createElement("a"), { href, download }).click();
  URL.revokeObjectURL(href);
};
