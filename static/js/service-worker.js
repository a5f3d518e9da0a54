// Stands between the site and the network. It keeps nothing by itself: offline.js puts public copies aside for one
// account, and this hands them out while there is no network, and throws them away before anybody logs out.

const OURS = "hearth:";

async function wipe() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(OURS)).map((name) => caches.delete(name)));
}

const kept = async (request, options) => (await caches.match(request, { ignoreVary: true, ...options })) ?? Response.error();

async function page(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    // What could not be sent leads back to the page that it was written on: its address can be asked for again.
    if (event.request.method === "POST") return Response.redirect(`${new URL(event.request.referrer || "/", location).href.split("#")[0]}#unsent`, 303);
    return kept("/offline", { ignoreSearch: true });
  }
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([self.registration.navigationPreload?.enable(), self.clients.claim()]));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.method === "POST" && pathname === "/logout") event.respondWith(wipe().then(() => fetch(request)));
  else if (request.mode === "navigate") event.respondWith(page(event));
  else if (request.method === "GET" && /^\/(assets\/|icons\/|theme\.)/.test(pathname)) {
    event.respondWith(fetch(request).catch(() => kept(request)));
  }
});
