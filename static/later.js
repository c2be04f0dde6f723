// What the first run on screen does not need. In the page that is one file it runs before anything is drawn.
{
  const isOneFile = document.getElementById("app.js") !== null;
  const own = isOneFile && `<!doctype html>\n${document.documentElement.outerHTML}`;

  // A copy opens with the link with which it was saved.
  const { link } = document.body.dataset;
  if (link && !location.hash) history.replaceState(null, "", `#${link}`);

  const download = async () => {
    const response = await fetch("connlab.html");
    if (!response.ok) throw new Error(response.statusText);
    return response.text();
  };

  const written = html => {
    const quoted = location.hash.slice(1).replaceAll("&", "&amp;").replaceAll("\"", "&quot;");
    return html.replace(/<body[^>]*>/, () => `<body data-run="busy" data-link="${quoted}">`);
  };

  addEventListener("click", async ({ target }) => {
    const says = target.closest("#save-copy")?.firstElementChild;
    if (!says) return;
    const label = says.textContent;
    try {
      says.textContent = "The copy is being written";
      const html = written(own || await download());
      save("connlab.html", URL.createObjectURL(new Blob([html], { type: "text/html" })));
      says.textContent = label;
    } catch {
      says.textContent = "The copy could not be loaded: there is no network";
    }
  });
}

// The page without a network: `static/sw.js` keeps it. What is to be said of that stands at the root of the document,
// where the style has it seen.
{
  const pause = ms => new Promise(resolve => setTimeout(resolve, ms));
  const { dataset } = document.documentElement;
  const isServed = isSecureContext && location.protocol.startsWith("http") && "serviceWorker" in navigator;

  // The line is for what is on screen.
  const isLoaded = () => document.body.dataset.run === "done"
    && performance.getEntriesByType("resource").some(({ name }) => name.includes("explainer_bg.wasm"));

  const offer = async () => {
    while (!isLoaded()) await pause(1000);
    // Where the host does not have it, or the browser keeps nothing, the page stays as it is.
    const registration = await navigator.serviceWorker.register("sw.js", { updateViaCache: "none" }).catch(() => {});
    if (!registration) return;
    const ours = `connlab ${registration.scope} `;
    const look = async () => {
      const { active, waiting } = registration;
      const isKept = (await caches.keys()).some(name => name.startsWith(ours));
      if (active && isKept) dataset.offline = waiting ? "newer" : "ready";
    };
    const follow = () => registration.installing?.addEventListener("statechange", look);
    registration.addEventListener("updatefound", follow);
    follow();
    look();

    // A newer version is never put under a visit that has begun.
    navigator.serviceWorker.addEventListener("message", () => dataset.offline = "others");
    addEventListener("click", ({ target }) => {
      const { waiting } = registration;
      if (!target.closest("#renew") || !waiting) return;
      waiting.addEventListener("statechange", () => waiting.state === "activated" && location.reload());
      waiting.postMessage("take over");
    });
  };
  if (isServed && self === top && dataset.offline !== "off") offer();

  // Within another page: says how high it should be for all of it to be seen, `{ connlab: { height: 620 } }`, at first and
  // whenever that changes. It is a number: whoever it is may hear it (docs/embedding.md).
  if (self !== top) {
    const [PLOT, CAPTION, SCENE] = [64, 24, 262];
    // Below these heights the style leaves out the scene, the sockets, and all charts but the first.
    const [FOR_SCENE, FOR_SOCKETS, FOR_CHARTS] = [620, 520, 440];

    const wanted = () => {
      const all = selector => [...document.querySelectorAll(`.embed ${selector}`)];
      const captions = all(".chart figcaption").map(caption => caption.offsetHeight || CAPTION);
      const hasScene = all(".scene").length > 0 && innerWidth >= 640;
      const least = hasScene ? FOR_SCENE : all(".chart-sockets").length ? FOR_SOCKETS : captions.length > 1 ? FOR_CHARTS : 0;
      const others = all(":is(header, .transport, .lanes, .axis)").map(part => part.offsetHeight);
      const heights = [...captions, ...others, captions.length * PLOT, hasScene ? SCENE : 0];
      return Math.max(least, heights.reduce((sum, height) => sum + height));
    };

    const tell = async () => {
      while (document.body.dataset.run !== "done") await pause(100);
      if (document.documentElement.dataset.view !== "embed") return;
      let said;
      const observer = new ResizeObserver(() => {
        const height = wanted();
        if (height !== said) parent.postMessage({ connlab: { height } }, "*");
        said = height;
      });
      document.querySelectorAll(".embed :is(header, figcaption)").forEach(part => observer.observe(part));
    };
    tell();
  }
}
