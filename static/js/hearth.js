// Comfort on top of pages that work without it: relative times, quoting, sending with the keyboard. Nothing here is
// needed to read or to write. What is typed is kept by kept.js, the editor is composer.js.

const all = (selector, root = document) => root.querySelectorAll(selector);
// Safari ends a composition before the key that ended it, and tells so by this code alone.
const composes = (event) => event.isComposing || event.keyCode === 229;

// Times: "3 hours ago" for what is younger than thirty days; the full time stays in the title. Chinese
// numbers stand apart from the words, as in the catalogue.
const UNITS = [["day", 86_400], ["hour", 3_600], ["minute", 60]];
const words = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { numeric: "auto" });

function tellTimes() {
  for (const time of all("time[datetime][title]")) {
    const age = Math.max(0, (Date.now() - Date.parse(time.dateTime)) / 1_000);
    if (!(age < 30 * 86_400)) continue;
    const [unit, seconds] = UNITS.find(([, length]) => age >= length) ?? [];
    time.textContent = unit ? words.format(-Math.floor(age / seconds), unit).replace(/(\d)(?=\p{L})/u, "$1 ") : document.body.dataset.now;
  }
}

// Whoever is not signed in finds nothing that was kept for an account, whatever ended its session: but what was typed
// waits for its writer to sign in again, unless they logged out.
if (!("reader" in document.documentElement.dataset) && !("offline" in document.documentElement.dataset)) {
  const ours = (name) => name.startsWith("hearth:");
  try {
    const out = sessionStorage.getItem("hearth-leaving");
    if (out) localStorage.setItem("hearth-left", Date.now());
    sessionStorage.removeItem("hearth-leaving");
    const goes = (key) => /^hearth:(recent:.|offline)/.test(key) || (out && ours(key));
    Object.keys(localStorage).filter(goes).forEach((key) => localStorage.removeItem(key));
  } catch { /* Forbidden: nothing was kept. */ }
  self.caches?.keys().then((names) => names.filter(ours).forEach((name) => caches.delete(name))).catch(() => {});
  navigator.serviceWorker?.getRegistrations().then((all) => all.forEach((each) => each.unregister())).catch(() => {});
}

tellTimes();
setInterval(tellTimes, 60_000);

// What scrolls sideways inside a post can be reached with the keyboard.
for (const box of all(".prose pre, .prose table")) {
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
}

// A form that was refused: to the first field that is wrong, or to the words that say why.
const [arrival] = performance.getEntriesByType("navigation");
if (!(arrival?.responseStatus < 400)) {
  const wrong = document.querySelector("form[method=post] [aria-invalid=true]") ?? document.querySelector("main .notice.danger[role=alert]");
  if (wrong?.matches(".notice")) wrong.tabIndex = -1;
  wrong?.focus();
  // Where the address leads into the page, the browser goes there later and takes the focus along.
  if (wrong && location.hash) addEventListener("load", () => setTimeout(() => wrong.focus()));
}

// What was done stands in the page as it arrives; screen readers hear only what changes.
for (const said of all("[data-told]")) {
  const { textContent } = said;
  said.textContent = "";
  setTimeout(() => { said.textContent = textContent; }, 100);
}

// The bar of a thread leads to the first post that is new: by its number, where the reader has no mark of their own. A
// page that is loaded anew would otherwise come back to where it was left.
const [, from] = location.hash.match(/^#from-(\d+)$/) ?? [];
if (from || history.scrollRestoration === "manual") {
  const numbered = (post) => Number(post.querySelector(".meta a").textContent.slice(1)) >= Number(from);
  const place = from ? [...all("article.post")].find(numbered) : document.getElementById(location.hash.slice(1));
  addEventListener("load", () => place?.scrollIntoView());
  addEventListener("pagehide", () => { history.scrollRestoration = "auto"; });
}

// Where one is, in lines of places that are wider than a phone.
for (const line of all(".office > .rail, .tabs")) {
  const here = line.querySelector("[aria-current]");
  if (here) line.scrollLeft += here.getBoundingClientRect().left - (innerWidth - here.offsetWidth) / 2;
}

// A visitor whose browser asks for another of our languages is offered it, in that language, until they choose or decline.
// Pages are the same for every browser, so the server cannot tell.
const tongues = document.querySelector("form[data-offer]");
const TONGUE = "hearth-tongue";
const decided = (yes) => {
  try {
    if (yes) localStorage.setItem(TONGUE, "chosen");
    return localStorage.getItem(TONGUE);
  } catch { return true; }
};
if (tongues && !decided()) {
  const ours = (tag) => {
    const { language, script } = new Intl.Locale(tag).maximize();
    return { en: "en", zh: script === "Hant" ? "zh-TW" : "zh-CN" }[language];
  };
  const wanted = tongues.querySelector(`[value="${navigator.languages.map(ours).find(Boolean)}"][data-offer]`);
  if (wanted) {
    const { offer, away } = wanted.dataset;
    const line = tongues.cloneNode();
    const button = (props, text) => Object.assign(document.createElement("button"), props, { textContent: text });
    line.className = "offer";
    line.lang = wanted.lang;
    const no = button({ type: "button", className: "link" }, away);
    no.addEventListener("click", () => decided(true) && line.remove());
    line.append(tongues.elements.next.cloneNode(), offer, button({ className: "btn small", name: "locale", value: wanted.value }, wanted.textContent), no);
    document.querySelector(".skip").after(line);
  }
}
document.addEventListener("submit", (event) => event.target.getAttribute("action") === "/locale" && decided(true));

// The time zone of whoever sets up the site is most likely the site's. What was typed and refused stays.
for (const field of all("[data-zone]:not([aria-invalid])")) {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  if (field.value === field.defaultValue && [...field.list.options].some((option) => option.value === timeZone)) field.value = timeZone;
}

// A link to hand on: copied by a button, or marked as a whole where the browser lets no script copy.
for (const button of all("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  button.hidden = false;
  field.addEventListener("focus", () => field.select());
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      if (!document.execCommand("copy")) return;
    }
    button.textContent = button.dataset.copied;
  });
}

// What came meanwhile is asked for by those who stay.
for (const box of all("[data-fresh]")) setTimeout(() => import(box.dataset.script).then(({ watch }) => watch(box)), 20_000);

// Which result of a search is opened is told on the side; the page it leads to marks the words.
for (const list of all("ol[data-script]")) import(list.dataset.script).then(({ watch }) => watch(list));
for (const thread of all("[data-found]")) {
  try { if (sessionStorage.getItem("hearth:found")) import(thread.dataset.found).then(({ markFound }) => markFound(thread)); } catch { /* Forbidden: nothing is marked. */ }
}
// Suggestions come when somebody turns to a search box.
for (const input of all("[data-suggest]")) {
  input.addEventListener("focus", () => import(input.dataset.suggest).then(({ equip }) => equip(input)), { once: true });
}
for (const input of all("[data-similar]")) import(input.dataset.similar).then(({ watchTitle }) => watchTitle(input));

// The editor comes when there is something to edit.
for (const area of all("[data-editor] textarea")) {
  import(area.closest("[data-editor]").dataset.script).then(({ equip }) => equip(area));
}

// The theme changes at once, in other tabs too and on pages that the browser kept whole; the server is told on the side.
const CHOSEN = "hearth-theme";
let since = Date.now();

function follow(chosen) {
  const { theme, at } = JSON.parse(chosen) ?? {};
  if (!(at > since)) return;
  since = at;
  wear(theme);
}

function choose(theme) {
  wear(theme);
  since = Date.now();
  try { localStorage.setItem(CHOSEN, JSON.stringify({ theme, at: since })); } catch { /* Forbidden: other tabs follow when they load. */ }
}

addEventListener("storage", (event) => { if (event.key === CHOSEN && event.newValue) follow(event.newValue); });
addEventListener("pageshow", (event) => {
  try { if (event.persisted) follow(localStorage.getItem(CHOSEN)); } catch { /* See above. */ }
});

function wear(theme) {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  for (const meta of all("meta[name=theme-color]")) {
    const mode = meta.dataset.mode;
    meta.media = theme === "system" ? `(prefers-color-scheme: ${mode})` : theme === mode ? "all" : "not all";
  }
  for (const button of all("[name=theme][value]")) {
    if (button.value === theme) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
}

// The site's notice goes at once; the focus, which was on its button, goes on to the page.
function putAway(button) {
  button.closest("aside").remove();
  const main = document.getElementById("main");
  main.tabIndex = -1;
  main.focus({ preventScroll: true });
}

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  const act = { "/theme": () => choose(button.value), "/notice": () => putAway(button) }[event.target.getAttribute("action")];
  if (!act || !button) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  act();
  fetch(event.target.action, { method: "POST", body: new URLSearchParams({ [button.name]: button.value }), redirect: "manual", keepalive: true }).catch(() => {});
});

// A like is told to the server on the side: the reader stays where they are, and a screen reader hears of it.
const told = Object.assign(document.createElement("p"), { className: "hidden" });
told.setAttribute("role", "status");
document.querySelector("article.thread")?.after(told);

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const [, post, what] = form.getAttribute("action")?.match(/^(\/post\/\d+\/)(like|unlike)$/) ?? [];
  if (!what) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  try {
    const answer = await fetch(post + what, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
    // Anything but the way back is for the reader to see.
    if (answer.type !== "opaqueredirect") throw answer;
    const liked = what === "like";
    const button = form.querySelector("button");
    const number = button.querySelector("span") ?? document.createElement("span");
    const count = Number(number.textContent.replace(/\D/g, "")) + (liked ? 1 : -1);
    number.textContent = count > 0 ? new Intl.NumberFormat(document.documentElement.lang).format(count) : "";
    if (count > 0) button.append(" ", number);
    else number.remove();
    button.classList.toggle("on", liked);
    button.setAttribute("aria-pressed", liked);
    form.setAttribute("action", post + (liked ? "unlike" : "like"));
    const { liked: yes, unliked: no } = document.querySelector("article.thread").dataset;
    told.textContent = liked ? yes : no;
  } catch {
    form.submit();
  } finally {
    delete form.dataset.busy;
  }
});

// The address follows the reader over the pages that were loaded below each other, and so does the number of the post.
let looked = 0;
const counters = all("[data-at]");
addEventListener("scroll", () => {
  looked ||= setTimeout(() => {
    looked = 0;
    const marks = [...all("[data-page]")];
    const at = marks.reverse().find((mark) => mark.getBoundingClientRect().top < innerHeight / 2) ?? marks.at(-1);
    if (at && at.dataset.page !== location.href) history.replaceState(null, "", at.dataset.page);
    if (!counters.length) return;
    const post = [...all("article.post")].findLast((each) => each.getBoundingClientRect().top < innerHeight / 2);
    for (const counter of counters) if (post) counter.textContent = post.dataset.n;
  }, 200);
}, { passive: true });

// The next page below this one, the address kept right. Without it the pager leads on.
function lengthen(pager) {
  const next = pager.querySelector("a[rel=next]");
  const list = document.querySelector("ol.list, ol.hits, article.thread");
  if (!next || !list || !pager.dataset.more) return;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn more", textContent: pager.dataset.more });
  pager.before(button);
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const answer = await fetch(next.href);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.querySelector("ol.list, ol.hits, article.thread");
      // What moved up meanwhile, or is pinned above, stands here already.
      const known = new Set([...all("h2 a[href]", list)].map((link) => link.pathname + link.hash));
      const repeated = (item) => [...all("h2 a[href]", item)].some((link) => item.matches("li") && known.has(link.pathname + link.hash));
      const items = [...found.children].filter((item) => item.matches("li, article.post, .unread-line") && !repeated(item));
      const top = list.querySelector(":scope > li, :scope > article.post");
      if (top) top.dataset.page ??= location.href;
      if (items[0]) items[0].dataset.page = next.href;
      list.append(...items);
      history.replaceState(null, "", next.href);
      tellTimes();
      const other = page.querySelector("nav.pager");
      button.remove();
      pager.replaceWith(other);
      lengthen(other);
      const first = items[0]?.matches("li") ? items[0].querySelector("a") : items[0];
      if (first?.matches("article")) first.tabIndex = -1;
      first?.focus({ preventScroll: true });
    } catch {
      location.assign(next.href);
    }
  });
}

all("nav.pager").forEach(lengthen);

// Whether something was typed into a form; what a browser fills in by itself is not looked at.
const touched = (form) => [...form.elements].some((field) => {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.type === "file") return field.files.length > 0;
  if (field.localName === "select") {
    const given = [...field.options].findIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(given, 0);
  }
  return !["hidden", "password"].includes(field.type) && field.value !== (field.defaultValue ?? field.value);
});

// Sending: ask first where it matters, and send once.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  const question = button?.dataset.confirm;
  const others = form.method === "post" && document.querySelector("[data-unsaved]");
  const lost = others && [...all("main form")].some((other) => other !== form && touched(other)) && others.dataset.unsaved;
  if (form.dataset.sent || (question && !confirm(question)) || (lost && !confirm(lost))) {
    event.preventDefault();
    return;
  }
  if (form.method !== "post") return;
  // Without scripts the server asks instead.
  if (question) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "sure", value: "yes" }));
  form.dataset.sent = "yes";
  // Later, because a disabled button's name and value would not be sent.
  setTimeout(() => { if (button) button.disabled = true; });
});

addEventListener("pageshow", () => {
  for (const form of all("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of all("button", form)) button.disabled = false;
  }
});

// Writing.
document.addEventListener("keydown", (event) => {
  if (composes(event)) return;
  const area = event.target.closest?.("textarea[data-composer]");
  // In the fields above a text Enter leads on to it; nothing half written is sent.
  const text = event.key === "Enter" && event.target.localName === "input" && event.target.form?.querySelector("textarea[data-composer]");
  if (text && !event.defaultPrevented && !/submit|checkbox|radio/.test(event.target.type)) {
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) text.form.requestSubmit(text.form.querySelector(".btn.primary"));
    else text.focus();
  }
  if (area && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    area.form.requestSubmit(area.form.querySelector(".btn.primary"));
  }
  if (event.key === "Escape") {
    const open = document.querySelector("details.menu[open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  }
});

function reply(button) {
  const area = document.querySelector("#reply textarea[data-composer]");
  if (!area) return false;
  const to = area.form.elements.reply_to;
  const note = area.form.querySelector("[data-replying]");
  note.hidden = false;
  note.querySelector("a").textContent = button.dataset.said;
  note.querySelector("a").href = `#${button.closest("article").id}`;
  to.value = button.dataset.reply;
  to.dispatchEvent(new Event("change", { bubbles: true }));
  const quote = button.dataset.quote?.trim();
  if (quote && !area.value.includes(quote)) {
    const before = area.value.trimEnd();
    area.value = `${before}${before ? "\n\n" : ""}${quote}\n\n`;
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
  area.scrollIntoView({ block: "center" });
  return true;
}

// A menu that the focus has left covers what the focus is on.
document.addEventListener("focusin", (event) => {
  for (const menu of all("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[data-reply]");
  if (button && reply(button)) event.preventDefault();
  const drop = event.target.closest?.("[data-drop]");
  if (drop) {
    event.preventDefault();
    const to = drop.form.elements.reply_to;
    drop.closest("[data-replying]").hidden = true;
    to.value = "";
    to.dispatchEvent(new Event("change", { bubbles: true }));
    drop.form.querySelector("textarea").focus();
  }
  for (const menu of all("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// How much of a thread is read, where the style sheet cannot tell by itself.
if (!CSS.supports("animation-timeline: scroll()")) {
  for (const rule of all("[data-reading]")) {
    const tell = () => {
      const root = document.documentElement;
      const way = root.scrollHeight - root.clientHeight;
      rule.style.transform = `scaleX(${way > 0 ? Math.min(1, scrollY / way) : 0})`;
    };
    addEventListener("scroll", tell, { passive: true });
    tell();
  }
}
