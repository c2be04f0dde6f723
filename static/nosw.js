// The way out: an address with `?nosw` removes what `static/sw.js` keeps of the page, and all comes from the network.
(async () => {
  const { pathname, hash } = location;
  const registration = await navigator.serviceWorker?.getRegistration();
  if (!registration) return;
  const ours = `connlab ${registration.scope} `;
  const names = (await caches.keys()).filter(name => name.startsWith(ours));
  await Promise.all([registration.unregister(), ...names.map(name => caches.delete(name))]);
  location.replace(`${pathname}?nosw${hash}`);
})();
