// Kept text: what is typed into a form with an editor stays in this browser until the server has taken it. A record
// belongs to one account and one tab; it remembers what the form held at first, so that an old text never covers a
// newer one. A tab that opens the same form adopts the text of a tab that is no more.

const KEPT = "hearth:text:";
const SENT = "hearth:sent";
const TAB = "hearth:tab";
const PING = "hearth:ping";
const PONG = "hearth:pong";
const DAYS = 30 * 86_400_000;
const PAUSE = 500;
const ANSWER = 150;

const reader = document.documentElement.dataset.reader;

// Storage may be full or forbidden; typing goes on without it.
const guarded = (name) => ({
  read(key) {
    try { return JSON.parse(window[name].getItem(key)); } catch { return null; }
  },
  write(key, value) {
    try { window[name].setItem(key, JSON.stringify(value)); } catch { /* See above. */ }
  },
  remove(key) {
    try { window[name].removeItem(key); } catch { /* See above. */ }
  },
  keys(start) {
    try { return Object.keys(window[name]).filter((key) => key.startsWith(start)); } catch { return []; }
  },
});
const lasting = guarded("localStorage");
const passing = guarded("sessionStorage");

const fresh = () => {
  const name = Math.random().toString(36).slice(2);
  passing.write(TAB, name);
  return name;
};
let tab = passing.read(TAB) ?? fresh();
// Set when the reader leaves for good: nothing is written any more.
let over = false;

// Not `form.action`: buttons of that name hide it.
const pathOf = (form) => new URL(form.getAttribute("action"), location).pathname;
const keyOf = (form) => `${KEPT}${pathOf(form)}:${tab}`;

// What the form holds, and what it held when it arrived.
const kinds = "textarea[name], select[name], input[name]:not([type=hidden]:not([data-kept]), [type=password], [type=file])";
// Whom a reply is to stands beside the box in words.
const noteOf = (form) => form.querySelector("[data-replying] a");
const at = (field) => (/checkbox|radio/.test(field.type) ? `${field.name}=${field.value}` : field.name);
const now = (field) => (/checkbox|radio/.test(field.type) ? String(field.checked) : field.value);
const first = (field) => {
  if (/checkbox|radio/.test(field.type)) return String(field.defaultChecked);
  if (field.localName !== "select") return field.defaultValue;
  return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value ?? "";
};
const all = (form, of) => Object.fromEntries([...form.querySelectorAll(kinds)].map((field) => [at(field), of(field)]));
const same = (a, b) => Object.keys({ ...a, ...b }).every((name) => a[name] === b[name]);

function restore(form, kept, base) {
  for (const field of form.querySelectorAll(kinds)) {
    const value = kept.fields[at(field)];
    if (value === undefined || value === now(field) || kept.base[at(field)] !== base[at(field)]) continue;
    if (/checkbox|radio/.test(field.type)) field.checked = value === "true";
    else field.value = value;
    if (field.name === "reply_to") {
      const note = noteOf(form);
      [note.textContent, note.href] = kept.note ?? ["", ""];
      note.parentElement.hidden = !value;
    }
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

// Another tab that lives answers through the storage; one that does not has left its text behind.
function answers() {
  return new Promise((resolve) => {
    const alive = new Set();
    const hear = (event) => { if (event.key === PONG && event.newValue) alive.add(JSON.parse(event.newValue).tab); };
    addEventListener("storage", hear);
    lasting.write(PING, { tab, at: Date.now() });
    setTimeout(() => {
      removeEventListener("storage", hear);
      lasting.remove(PING);
      lasting.remove(PONG);
      resolve(alive);
    }, ANSWER);
  });
}

addEventListener("storage", (event) => {
  if (event.key === PING && event.newValue) lasting.write(PONG, { tab, at: Date.now(), to: JSON.parse(event.newValue).tab });
});

async function adopt(form) {
  const path = `${KEPT}${pathOf(form)}:`;
  const found = lasting.keys(path).map((key) => [key, lasting.read(key)]).filter(([, kept]) => kept?.reader === reader);
  if (!found.length) return null;
  const alive = await answers();
  // A tab made by duplicating another carries its name; the copy gets one of its own.
  if (alive.has(tab)) tab = fresh();
  const mine = found.find(([key]) => key === path + tab);
  const left = found.filter(([key]) => !alive.has(key.slice(path.length))).sort(([, a], [, b]) => b.at - a.at);
  const [key, kept] = mine ?? left[0] ?? [];
  if (!kept) return null;
  lasting.remove(key);
  lasting.write(path + tab, kept);
  return kept;
}

async function keep(form) {
  let base = all(form, first);
  let timer = 0;
  const save = () => {
    clearTimeout(timer);
    timer = 0;
    if (over) return;
    const fields = all(form, now);
    const note = fields.reply_to && noteOf(form);
    if (same(fields, base)) lasting.remove(keyOf(form));
    else lasting.write(keyOf(form), { reader, fields, base, note: note && [note.textContent, note.href], at: Date.now() });
  };
  const soon = () => { timer ||= setTimeout(save, PAUSE); };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("submit", save);
  addEventListener("pagehide", () => { if (timer) save(); });
  const kept = await adopt(form);
  if (!kept) return;
  restore(form, kept, base);
  base = kept.base;
}

function settle() {
  const sent = passing.read(SENT);
  passing.remove(SENT);
  const [arrival] = performance.getEntriesByType("navigation");
  // The server answers a form that it took with a redirect. One that it gave back, after signing in again, is full.
  if (sent && arrival?.type === "navigate" && arrival.redirectCount > 0) {
    const form = [...document.forms].find((each) => each.method === "post" && keyOf(each) === sent.key);
    if (!form || [...form.querySelectorAll("textarea")].every((area) => !area.defaultValue)) lasting.remove(sent.key);
  }
  for (const key of lasting.keys(KEPT)) {
    if (!(Date.now() - lasting.read(key)?.at < DAYS)) lasting.remove(key);
  }
}

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (pathOf(event.target) === "/logout") {
    over = true;
    lasting.keys("hearth:").forEach((key) => lasting.remove(key));
  } else if (lasting.read(keyOf(event.target))) passing.write(SENT, { key: keyOf(event.target) });
});

settle();
for (const area of document.querySelectorAll("textarea[data-composer]")) keep(area.form);
