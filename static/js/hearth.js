// Comfort on top of pages that work without it: relative times, quoting, sending with the keyboard. Nothing here is
// needed to read or to write. What is typed is kept by kept.js, the editor is composer.js.

const all = (selector, root = document) => root.querySelectorAll(selector);

// Times: "3 hours ago" for what is younger than thirty days; the full time stays in the title.
const UNITS = [["day", 86_400], ["hour", 3_600], ["minute", 60]];
const words = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { numeric: "auto" });

function tellTimes() {
  for (const time of all("time[datetime][title]")) {
    const age = Math.max(0, (Date.now() - Date.parse(time.dateTime)) / 1_000);
    if (!(age < 30 * 86_400)) continue;
    const [unit, seconds] = UNITS.find(([, length]) => age >= length) ?? ["second", Infinity];
    time.textContent = words.format(-Math.floor(age / seconds) || 0, unit);
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

// The time zone of whoever sets up the site is most likely the site's.
for (const field of all("[data-zone]")) {
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

// The theme changes at once; the server is told on the side.
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

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.target.getAttribute("action") !== "/theme" || !button) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  wear(button.value);
  fetch("/theme", { method: "POST", body: new URLSearchParams({ theme: button.value }), redirect: "manual" }).catch(() => {});
});

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

// Sending: ask first where it matters, and send once.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  const question = button?.dataset.confirm;
  if (form.dataset.sent || (question && !confirm(question))) {
    event.preventDefault();
    return;
  }
  if (form.method !== "post") return;
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
  if (event.isComposing) return;
  const area = event.target.closest?.("textarea[data-composer]");
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
