// For members: the threads read last, for times without a network. What is kept is the public page, fetched without
// cookies, and only where its answer allows to keep it: nothing that visitors may not read, and nothing of the reader.
// It belongs to one account; another account, or none, finds it gone.

const reader = document.documentElement.dataset.reader;
const NAME = `hearth:offline:${reader}`;
// Says whose copies there are, and which page they are shown by. Gone at logout, before the copies are.
const OWNER = "hearth:offline";
const MOST = 20;
const DAYS = 14 * 86_400_000;

// Somebody logged out, in whatever tab, since this page was asked for: nothing more is put aside.
const over = () => {
  try { return Number(localStorage.getItem("hearth-left")) > performance.timeOrigin; } catch { return false; }
};
const owner = {
  read() { try { return JSON.parse(localStorage.getItem(OWNER)); } catch { return null; } },
  write(value) { try { if (!over()) localStorage.setItem(OWNER, JSON.stringify(value)); } catch { /* Then nothing is kept. */ } },
};

const allowed = (answer) => answer.ok && answer.type === "basic" && !answer.redirected
  && !/no-store|private/.test(answer.headers.get("cache-control") ?? "no-store");

// In the reader's language, which cookies would tell.
const tongue = `lang=${document.documentElement.dataset.locale}`;

async function put(cache, url) {
  const answer = await fetch(url.startsWith("/t/") ? `${url}${url.includes("?") ? "&" : "?"}${tongue}` : url, { credentials: "omit" });
  // Logged out meanwhile.
  if (over() || owner.read()?.reader !== reader) return null;
  if (!allowed(answer)) {
    await cache.delete(url, { ignoreVary: true });
    return null;
  }
  const copy = answer.clone();
  // The newest stands last.
  await cache.delete(url, { ignoreVary: true });
  await cache.put(url, answer);
  return copy;
}

// The page that shows copies, with its style and scripts, in the reader's language and of the present build.
async function prepare(cache) {
  const build = [document.documentElement.lang, import.meta.url, ...[...document.querySelectorAll("link[rel=stylesheet]")].map((link) => link.href)].join();
  const theme = document.documentElement.dataset.theme ?? null;
  const before = owner.read();
  owner.write({ reader, build: before?.build, theme });
  if (before?.reader === reader && before.build === build) return;
  for (const { url } of await cache.keys()) {
    if (!new URL(url).pathname.startsWith("/t/")) await cache.delete(url, { ignoreVary: true });
  }
  const answer = await put(cache, `/offline?${tongue}`);
  if (!answer) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const parts = [...page.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]")].map((part) => part.getAttribute("href") ?? part.getAttribute("src"));
  await Promise.all(parts.map((part) => put(cache, part)));
  owner.write({ reader, build, theme });
}

async function prune(cache) {
  const copies = (await cache.keys()).filter(({ url }) => new URL(url).pathname.startsWith("/t/"));
  const old = [];
  for (const copy of copies) {
    const answer = await cache.match(copy, { ignoreVary: true });
    if (!(Date.now() - Date.parse(answer?.headers.get("date")) < DAYS)) old.push(copy);
  }
  const left = copies.filter((copy) => !old.includes(copy));
  for (const copy of [...old, ...left.slice(0, Math.max(0, left.length - MOST))]) await cache.delete(copy, { ignoreVary: true });
}

async function keep() {
  if (over()) return;
  for (const name of await caches.keys()) {
    if (name.startsWith("hearth:") && name !== NAME) await caches.delete(name);
  }
  const cache = await caches.open(NAME);
  // What could not be fetched this time is tried again on the next page; the thread does not wait for it.
  await prepare(cache).catch(() => {});
  const thread = /^\/t\/\d+\/./.test(location.pathname) && document.querySelector("article.thread");
  if (thread) {
    const url = location.pathname + location.search;
    // Asked for without cookies it would not be there.
    if ("private" in thread.dataset) await cache.delete(url, { ignoreVary: true });
    else if (!navigator.connection?.saveData) await put(cache, url);
    await prune(cache);
  }
  if (over() || owner.read()?.reader !== reader) await caches.delete(NAME);
}

if (navigator.serviceWorker && "caches" in window) {
  navigator.serviceWorker.register("/service-worker.js").then(keep).catch(() => { /* Forbidden or full: then not. */ });
}
