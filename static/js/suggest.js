// Suggestions under a search box: an accessible combobox (ARIA 1.2). The queries of this browser come from its own
// memory, which the server never sees; they belong to one account and go when it logs out.

const RECENT = "hearth:recent:";
const KEPT = 8;
const PAUSE = 120;
const KINDS = ["recent", "threads", "categories", "tags", "members"];

const reader = document.documentElement.dataset.reader ?? "";
const memory = {
  read() {
    try { return JSON.parse(localStorage.getItem(RECENT + reader)) ?? []; } catch { return []; }
  },
  add(query) {
    const all = [query, ...memory.read().filter((known) => known !== query)].slice(0, KEPT);
    try { localStorage.setItem(RECENT + reader, JSON.stringify(all)); } catch { /* Full or forbidden: nothing is remembered. */ }
  },
};

// Queries of accounts that are not signed in here any more.
for (const key of Object.keys(localStorage)) {
  if (key.startsWith(RECENT) && key !== RECENT + reader) localStorage.removeItem(key);
}

const make = (name, props = {}, ...inside) => {
  const element = Object.assign(document.createElement(name), props);
  element.append(...inside);
  return element;
};

export function equip(input) {
  const names = input.dataset.kinds.split("|");
  const list = make("div", { className: "suggest", id: `${input.id}-suggest`, hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.label);
  input.parentNode.classList.add("suggesting");
  input.after(list);
  for (const [name, value] of [["role", "combobox"], ["autocomplete", "off"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]]) {
    input.setAttribute(name, value);
  }
  let at = -1;
  let asked = 0;
  let timer;
  let composing = false;

  const options = () => [...list.querySelectorAll("[role=option]")];
  const close = () => {
    at = -1;
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const point = (to) => {
    const all = options();
    at = all.length ? (to + all.length) % all.length : -1;
    all.forEach((option, nth) => option.setAttribute("aria-selected", String(nth === at)));
    if (at < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", all[at].id);
    all[at].scrollIntoView({ block: "nearest" });
  };
  const go = (option) => {
    close();
    location.assign(option.dataset.url);
  };
  const show = (groups) => {
    list.replaceChildren();
    let count = 0;
    groups.forEach((items, kind) => {
      if (!items.length) return;
      const head = make("p", { className: "suggest-head", textContent: names[kind] ?? "", id: `${list.id}-${KINDS[kind]}` });
      const group = make("div", {}, head);
      group.setAttribute("role", "group");
      group.setAttribute("aria-labelledby", head.id);
      for (const { name, url } of items) {
        const option = make("div", { className: "suggest-item", id: `${list.id}-${count++}`, textContent: name, dir: "auto" });
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.url = url;
        group.append(option);
      }
      list.append(group);
    });
    at = -1;
    list.hidden = count === 0;
    input.setAttribute("aria-expanded", String(count > 0));
  };
  const recent = (typed) => memory.read().filter((query) => query !== typed && query.toLowerCase().includes(typed.toLowerCase()))
    .slice(0, typed ? 3 : KEPT).map((query) => ({ name: query, url: `/search?q=${encodeURIComponent(query)}` }));

  async function ask() {
    const typed = input.value.trim();
    const turn = ++asked;
    if (!typed) return show([recent("")]);
    try {
      const answer = await fetch(`/search/suggest?q=${encodeURIComponent(typed)}`, { headers: { accept: "application/json" } });
      if (turn !== asked || !answer.ok || document.activeElement !== input) return;
      const { threads, categories, tags, members } = await answer.json();
      show([recent(typed), threads.map(({ title, url }) => ({ name: title, url })), categories, tags, members]);
    } catch {
      close();
    }
  }

  const soon = () => {
    clearTimeout(timer);
    if (!composing) timer = setTimeout(ask, PAUSE);
  };
  // Half a syllable of an input method is no query: it is asked for when the composition has ended.
  input.addEventListener("compositionstart", () => {
    composing = true;
    clearTimeout(timer);
  });
  input.addEventListener("compositionend", () => {
    composing = false;
    soon();
  });
  input.addEventListener("input", soon);
  input.addEventListener("focus", soon);
  input.addEventListener("blur", () => setTimeout(close, 150));
  input.addEventListener("keydown", (event) => {
    // 229: the key that ended a composition, where a browser tells of it only afterwards.
    if (event.isComposing || event.keyCode === 229 || list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      point(at < 0 && step < 0 ? options().length - 1 : at + step);
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      go(options()[at]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) go(option);
  });
  input.form.addEventListener("submit", () => {
    const typed = input.value.trim();
    if (typed) memory.add(typed);
  });
  if (document.activeElement === input) soon();
}

// Threads like the one whose title is being written.
export function watchTitle(input) {
  const box = document.getElementById(input.dataset.similarTo);
  let asked = 0;
  let timer;
  const ask = async () => {
    const turn = ++asked;
    const typed = input.value.trim();
    const clear = () => {
      box.hidden = true;
      box.querySelector("ul").replaceChildren();
    };
    if ([...typed].length < 4) return clear();
    try {
      const answer = await fetch(`/search/similar?q=${encodeURIComponent(typed)}`, { headers: { accept: "application/json" } });
      if (turn !== asked || !answer.ok) return;
      const { items } = await answer.json();
      if (!items.length) return clear();
      box.querySelector("ul").replaceChildren(...items.map(({ title, url }) => make("li", {}, make("a", { href: url, textContent: title, dir: "auto", target: "_blank", rel: "noopener" }))));
      box.hidden = false;
    } catch { /* Without a network there is nothing to compare with. */ }
  };
  const soon = (event) => {
    if (event.isComposing) return;
    clearTimeout(timer);
    timer = setTimeout(ask, 400);
  };
  input.addEventListener("input", soon);
  input.addEventListener("compositionend", soon);
}
