// Kept text: what is typed into a form with an editor stays in this browser until the server has taken it. A record
// belongs to one account and one tab; it remembers what the form held at first, so that an old text never covers a
// newer one. A tab that opens the same form adopts the text of a tab that is no more. A form goes out with a number of
// its own, and the server says in a cookie which numbers it has taken: that, the writer and time alone end a record.
// What somebody began to type before this script was there is never replaced: the older text is offered instead.

const KEPT = "hearth:text:";
// When somebody last logged out here. It outlives the logout and says nothing of anybody.
const LEFT = "hearth-left";
const LEAVING = "hearth-leaving";
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
// A page that was open when its reader logged out, in whatever tab, writes nothing any more.
const over = () => lasting.read(LEFT) > performance.timeOrigin;
const taken = () => new Set((document.cookie.match(/(?:^|; )taken=([^;]*)/)?.[1] ?? "").split(".").filter(Boolean));

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

// Writes `fields` into the form where it still holds what `base` says; true when something changed.
function fill(form, fields, note, base) {
  let changed = false;
  for (const field of form.querySelectorAll(kinds)) {
    const value = fields[at(field)];
    if (value === undefined || value === now(field) || !base(at(field))) continue;
    changed = true;
    if (/checkbox|radio/.test(field.type)) field.checked = value === "true";
    else field.value = value;
    if (field.name === "reply_to") {
      const link = noteOf(form);
      [link.textContent, link.href] = note ?? ["", ""];
      link.parentElement.hidden = !value;
    }
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  return changed;
}

const told = (at) => {
  const { lang } = document.documentElement;
  return new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { dateStyle: "medium", timeStyle: "short" }).format(at);
};

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

async function adopt(form, base) {
  const path = `${KEPT}${pathOf(form)}:`;
  const found = lasting.keys(path).map((key) => [key, lasting.read(key)]).filter(([, kept]) => kept?.reader === reader);
  if (!found.length) return null;
  const alive = await answers();
  // A tab made by duplicating another carries its name; the copy gets one of its own.
  if (alive.has(tab)) tab = fresh();
  const mine = found.find(([key]) => key === path + tab);
  const fitting = ([key, { base: was }]) => !alive.has(key.slice(path.length)) && was.body === base.body;
  const left = found.filter(fitting).sort(([, a], [, b]) => b.at - a.at);
  const [key, kept] = mine ?? left[0] ?? [];
  return kept && { key, kept };
}

async function keep(form) {
  const arrived = all(form, first);
  const noted = noteOf(form) && [noteOf(form).textContent, noteOf(form).href];
  const state = form.querySelector("[data-keeping]");
  const [said, button] = [state?.querySelector("span"), state?.querySelector("button")];
  let base = arrived;
  // Of a form that comes back after signing in some fields are not shown.
  let unseen = {};
  let timer = 0;
  // An older text that stands in the way of nothing: offered, and kept under a name of its own.
  let older = null;
  const say = (words, back, act) => {
    if (!state || (older && !act)) return;
    if (said.textContent !== words) said.textContent = words;
    button.hidden = !back;
    button.textContent = act ?? state.dataset.drop;
  };
  const save = (sent) => {
    clearTimeout(timer);
    timer = 0;
    if (over()) return;
    const fields = { ...unseen, ...all(form, now) };
    const note = fields.reply_to && noteOf(form);
    if (same(fields, base)) {
      lasting.remove(keyOf(form));
      say("", false);
      return;
    }
    lasting.write(keyOf(form), { reader, fields, base, note: note && [note.textContent, note.href], at: Date.now(), sent });
    if (!lasting.read(keyOf(form))) return;
    // The browser's own memory of the form would bring back, by its Back button, what was posted.
    form.autocomplete = "off";
    if (button?.hidden ?? true) say(state?.dataset.now, false);
  };
  const letGo = () => {
    clearTimeout(timer);
    timer = 0;
    lasting.remove(keyOf(form));
  };
  const soon = () => { timer ||= setTimeout(save, PAUSE); };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("submit", () => save(form.elements.nonce?.value));
  addEventListener("pagehide", () => { if (timer) save(); });
  const offer = () => say(state?.dataset.older.replace("{time}", told(older.at)), true, state?.dataset.swap);
  // The two change places, as often as one likes.
  const swap = () => {
    const { fields, note } = older;
    const typed = all(form, now);
    if (same(typed, arrived)) {
      lasting.remove(older.key);
      older = null;
    } else older = { ...older, fields: typed, note: typed.reply_to ? [noteOf(form).textContent, noteOf(form).href] : null, at: Date.now() };
    if (older) lasting.write(older.key, older);
    fill(form, fields, note, () => true);
    save();
    if (older) offer();
    else say(state.dataset.now, true);
    form.querySelector("textarea").focus();
  };
  button?.addEventListener("click", () => {
    if (older) return swap();
    fill(form, base, base.reply_to === arrived.reply_to ? noted : null, () => true);
    letGo();
    say("", false);
    form.querySelector("textarea").focus();
  });
  form.querySelector("[data-cancel]")?.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || !(timer || lasting.read(keyOf(form)))) return;
    if (confirm(event.target.dataset.cancel)) letGo();
    else event.preventDefault();
  });
  const { key, kept } = await adopt(form, arrived) ?? {};
  if (!kept) return;
  const fits = (name) => kept.base[name] === arrived[name];
  const begun = all(form, now);
  const ours = ([name, value]) => begun[name] !== arrived[name] && begun[name] !== value && value !== kept.base[name] && fits(name);
  if (Object.entries(kept.fields).some(ours)) {
    older = { ...kept, key: key === keyOf(form) ? `${key}-${Date.now().toString(36)}` : key };
    if (older.key !== key) lasting.write(older.key, kept);
    save();
    offer();
    return;
  }
  lasting.remove(key);
  lasting.write(keyOf(form), kept);
  const back = fill(form, kept.fields, kept.note, (name) => fits(name) && begun[name] === arrived[name]);
  base = kept.base;
  unseen = kept.fields;
  if (!back) return;
  say(state?.dataset.back.replace("{time}", told(kept.at)), true);
  // Sending it failed for want of a network.
  if (location.hash === "#unsent") form.querySelector("textarea").scrollIntoView({ block: "center" });
}

function settle() {
  const numbers = taken();
  for (const key of lasting.keys(KEPT)) {
    const kept = lasting.read(key);
    if (numbers.has(kept?.sent) || !(Date.now() - kept?.at < DAYS)) lasting.remove(key);
  }
}

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post" || pathOf(event.target) !== "/logout") return;
  lasting.write(LEFT, Date.now());
  // The page that follows says it once more, for those that were on their way meanwhile.
  passing.write(LEAVING, true);
  lasting.keys("hearth:").forEach((key) => lasting.remove(key));
});

// A page that the browser kept whole and shows again still holds the form as it was sent.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  settle();
  const numbers = taken();
  if ([...document.forms].some((form) => numbers.has(form.elements.nonce?.value))) location.reload();
});

settle();
for (const area of document.querySelectorAll("textarea[data-composer]")) keep(area.form);
