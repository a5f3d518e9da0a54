// Without a network: the copy of the thread that was asked for, or a list of all there are.

const box = document.querySelector("[data-copies]");
const words = box.dataset;
// English dates as the site writes them.
const lang = document.documentElement.lang;
const told = (answer) => new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { dateStyle: "medium", timeStyle: "short" }).format(new Date(answer.headers.get("date")));
const parse = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");
const make = (name, properties, ...inside) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...inside);
  return element;
};

try {
  const { theme } = JSON.parse(localStorage.getItem("hearth:offline")) ?? {};
  if (theme) document.documentElement.dataset.theme = theme;
} catch { /* Then the system's. */ }

async function list(cache, copies) {
  const items = [];
  for (const copy of copies.reverse()) {
    const answer = await cache.match(copy, { ignoreVary: true });
    const page = await parse(answer);
    const { pathname, search } = new URL(copy.url);
    const title = page.querySelector("h1");
    const link = make("a", { href: pathname + search, dir: "auto", lang: title.lang }, title.textContent);
    items.push(make("li", {}, make("h2", {}, link), make("p", { className: "meta" }, told(answer), search && ` · ${search.replace(/\D+/, "")}`)));
  }
  if (items.length) box.append(make("h2", {}, words.all), make("ul", { className: "said" }, ...items));
  else box.append(make("p", {}, words.gone));
}

async function show() {
  const name = (await caches.keys()).find((each) => each.startsWith("hearth:offline:"));
  if (!name) return list(null, []);
  const cache = await caches.open(name);
  const copies = (await cache.keys()).filter(({ url }) => new URL(url).pathname.startsWith("/t/"));
  const { pathname, search } = location;
  const id = pathname.match(/^\/t\/\d+/)?.[0];
  const wanted = copies.find(({ url }) => url.endsWith(pathname + search) && id) ?? (id && copies.findLast(({ url }) => new URL(url).pathname.startsWith(`${id}/`)));
  const unsent = location.hash === "#unsent";
  const again = document.querySelector("[data-again]");
  again.href = pathname + search;
  if (unsent) {
    // The end of the address keeps telling what happened, so the page is loaded anew as it is.
    again.addEventListener("click", (event) => {
      event.preventDefault();
      location.reload();
    });
  }
  if (!wanted) return list(cache, copies);
  const answer = await cache.match(wanted, { ignoreVary: true });
  const page = await parse(answer);
  document.title = page.title;
  // Pictures are not kept.
  page.querySelectorAll("article.thread img").forEach((image) => image.replaceWith(image.alt));
  box.querySelector("h1").remove();
  const notice = box.querySelector(".notice");
  if (unsent) notice.before(make("p", { className: "notice warn" }, words.unsent));
  notice.textContent = `${words.kept} ${told(answer)}`;
  document.querySelector(".frame").classList.remove("single");
  document.querySelector(".frame").classList.add("alone");
  box.after(page.querySelector("article.thread"));
  return undefined;
}

show();
