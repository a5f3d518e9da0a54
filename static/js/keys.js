// Single keys for reading. They rest while somebody types or composes, and can be switched off: the list of keys,
// shown by "?", is also a page of its own.

const OFF = "hearth-keys-off";
const CHORD = 1_000;

const off = () => {
  try { return localStorage.getItem(OFF) === "yes"; } catch { return false; }
};
const go = (path) => () => location.assign(path);
const stops = () => [...document.querySelectorAll(".row h2 a, .hit h2 a, article.post")].filter((stop) => stop.offsetParent);
const here = () => document.activeElement?.closest("article.post, .row, .hit");

function move(step) {
  const all = stops();
  const at = all.findIndex((stop) => stop === document.activeElement || stop.contains(document.activeElement));
  // With nothing chosen yet, begin with what is on the screen.
  const next = at < 0 ? all.findIndex((stop) => stop.getBoundingClientRect().top > 60) : at + step;
  const stop = all[Math.min(Math.max(next, 0), all.length - 1)];
  if (!stop) return;
  if (stop.matches("article")) stop.tabIndex = -1;
  stop.focus();
}

// Presses something inside the post or row chosen, or does nothing.
const press = (selector) => () => (here() ?? document).querySelector(selector)?.click();

// To the post chosen, or to the thread.
function answer() {
  const link = here()?.querySelector("[data-reply]") ?? document.querySelector(".join a");
  if (link) link.click();
  else document.querySelector("#reply textarea")?.focus();
}

const KEYS = {
  "?": help,
  j: () => move(1),
  k: () => move(-1),
  o: press("h2 a"),
  r: answer,
  q: () => (document.querySelector(".quoting:not([hidden])") ?? (here() ?? document).querySelector("[data-quote]"))?.click(),
  l: () => here()?.querySelector("form[action$='/like'] button, form[action$='/unlike'] button")?.click(),
  "/": () => (document.querySelector(".find input")?.offsetParent ? document.querySelector(".find input").focus() : location.assign("/search")),
  c: go("/compose"),
  g: { h: go("/"), l: go("/latest") },
};

async function help() {
  if (document.querySelector("dialog[open]")) return;
  const answer = await fetch("/keyboard");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const dialog = document.createElement("dialog");
  dialog.append(...page.querySelector("[data-keys]").children);
  const head = dialog.querySelector("h1");
  head.id = "keys-head";
  head.tabIndex = -1;
  const close = dialog.querySelector("[data-close]");
  close.hidden = false;
  close.addEventListener("click", () => dialog.close());
  // What is pressed beside the dialog closes it, too.
  dialog.addEventListener("click", ({ target, clientX: x, clientY: y }) => {
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    if (target === dialog && (x < left || x > right || y < top || y > bottom)) dialog.close();
  });
  dialog.setAttribute("aria-labelledby", "keys-head");
  document.body.append(dialog);
  offer(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
  head.focus();
}

// The switch for single keys, on the page and in the dialog.
function offer(root) {
  const box = root.querySelector("[data-single-keys]");
  if (!box) return;
  box.closest("p").hidden = false;
  box.checked = !off();
  box.addEventListener("change", () => {
    try {
      if (box.checked) localStorage.removeItem(OFF);
      else localStorage.setItem(OFF, "yes");
    } catch { /* Storage may be forbidden; the switch then holds for nothing. */ }
  });
}

offer(document);

let chord = null;
let timer = 0;
document.addEventListener("keydown", (event) => {
  const busy = event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented;
  if (busy || event.target.closest("input, textarea, select, [contenteditable], dialog, [role=toolbar], [role=listbox]")) return;
  if (off()) return;
  const found = (chord ?? KEYS)[event.key];
  chord = null;
  clearTimeout(timer);
  if (!found) return;
  event.preventDefault();
  if (typeof found === "function") found();
  else {
    chord = found;
    timer = setTimeout(() => { chord = null; }, CHORD);
  }
});
