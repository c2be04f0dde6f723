// The service worker: after a visit, the page works without a network. `cargo xtask build` writes before it what is kept:
// `VERSION`, and in `FILES` the hash of each file by its name (`xtask/src/offline.rs`).
const { scope } = registration;
// Other pages of this host have caches of their own.
const OURS = `connlab ${scope} `;
const NAME = OURS + VERSION;

// One after the other, for somebody may be using the line; what the browser has already is not transferred again.
const keep = async () => {
  const cache = await caches.open(NAME);
  for (const [name, integrity] of Object.entries(FILES)) {
    const load = how => fetch(scope + name, { cache: how, integrity });
    const response = await load("force-cache").catch(() => load("reload"));
    if (!response.ok) throw new Error(`${name}: ${response.status}`);
    // Of a host that redirects: what answers for an address may come from no other one.
    await cache.put(scope + name, new Response(response.body, response));
  }
};

const dropOthers = async () => {
  const names = (await caches.keys()).filter(name => name.startsWith(OURS) && name !== NAME);
  await Promise.all(names.map(name => caches.delete(name)));
};

const answer = async (request, name) => await caches.match(scope + name, { cacheName: NAME }) ?? fetch(request);

// Until all visits of the version before have ended, this one waits. One that asks for it does not swap those of others.
const takeOver = async visit => {
  const windows = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const others = windows.filter(({ id, url }) => url.startsWith(scope) && id !== visit.id);
  if (others.length) visit.postMessage("others");
  else skipWaiting();
};

addEventListener("install", event => event.waitUntil(keep()));
addEventListener("activate", event => event.waitUntil(dropOthers()));
addEventListener("message", event => event.waitUntil(takeOver(event.source)));
addEventListener("fetch", event => {
  const { origin, pathname, search } = new URL(event.request.url);
  const path = origin + pathname;
  // Whoever asks for it gets the page without any of this.
  if (event.request.method !== "GET" || search === "?nosw" || !path.startsWith(scope)) return;
  const name = path.slice(scope.length).replace(/^index\.html$/, "");
  if (Object.hasOwn(FILES, name)) event.respondWith(answer(event.request, name));
});
