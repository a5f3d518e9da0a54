// The editor on top of a plain textarea: toolbar and shortcuts, a preview by the server's own renderer, names that
// complete themselves, and pasted pages and cells as Markdown. Loaded where somebody may write.

const PAUSE = 350;
const NAMES = 150;

const words = (area) => area.closest("[data-editor]").dataset;
// Safari ends a composition before the key that ended it, and tells so by this code alone.
const composes = (event) => event.isComposing || event.keyCode === 229;
const changed = (area) => area.dispatchEvent(new Event("input", { bubbles: true }));

// Puts `text` in place of a range, as if typed, so that the browser's own undo takes it back.
function put(area, from, to, text) {
  area.focus();
  area.setSelectionRange(from, to);
  if (!document.execCommand("insertText", false, text)) {
    area.setRangeText(text, from, to, "end");
    changed(area);
  }
}

// --- Marks around words and before lines ---

const AROUND = { bold: ["**", "**"], italic: ["*", "*"], code: ["`", "`"], spoiler: ["||", "||"] };
const BEFORE = { quote: () => "> ", list: () => "- ", numbers: (n) => `${n + 1}. ` };
const KEYS = { b: "bold", i: "italic", k: "link", e: "code" };

function wrap(area, [left, right], hint) {
  const { selectionStart: from, selectionEnd: to, value } = area;
  const inside = value.slice(from, to);
  if (value.slice(from - left.length, from) === left && value.slice(to, to + right.length) === right) {
    put(area, from - left.length, to + right.length, inside);
    area.setSelectionRange(from - left.length, to - left.length);
    return;
  }
  const text = inside || hint;
  put(area, from, to, left + text + right);
  area.setSelectionRange(from + left.length, from + left.length + text.length);
}

function lines(area, mark) {
  const { value } = area;
  const from = value.lastIndexOf("\n", area.selectionStart - 1) + 1;
  const next = value.indexOf("\n", area.selectionEnd);
  const to = next < 0 ? value.length : next;
  const old = value.slice(from, to).split("\n");
  const bare = /^(> |- |\d+\. )/;
  const same = old.every((line, n) => line.startsWith(mark(n)));
  const text = old.map((line, n) => (same ? line.replace(bare, "") : mark(n) + line.replace(bare, ""))).join("\n");
  put(area, from, to, text);
  area.setSelectionRange(same ? from : from + text.length, from + text.length);
}

// Enter in an item begins the next one; in an empty item it ends the list.
function goOn(area) {
  const { value, selectionStart: at } = area;
  if (at !== area.selectionEnd) return false;
  const from = value.lastIndexOf("\n", at - 1) + 1;
  const [mark, indent, sign, number, end, box] = value.slice(from, at).match(/^([ \t]*)(?:([-*+])|(\d{1,9})([.)]))[ \t]+(\[[ xX]\][ \t]+)?/) ?? [];
  // Inside code nothing is a list.
  if (!mark || (value.slice(0, from).match(/^ {0,3}(```|~~~)/gm)?.length ?? 0) % 2) return false;
  const rest = value.slice(from + mark.length).split("\n", 1)[0];
  if (!rest.trim()) put(area, from, at, "");
  else put(area, at, at, `\n${indent}${sign ?? Number(number) + 1 + end} ${box ? "[ ] " : ""}`);
  return true;
}

function block(area, text, select) {
  const { selectionStart: at, value } = area;
  const before = at === 0 || value.slice(0, at).endsWith("\n\n") ? "" : value.slice(0, at).endsWith("\n") ? "\n" : "\n\n";
  put(area, at, area.selectionEnd, `${before}${text}\n`);
  const start = at + before.length + text.indexOf(select);
  area.setSelectionRange(start, start + select.length);
}

function act(area, name) {
  const hint = words(area).hint;
  const chosen = area.value.slice(area.selectionStart, area.selectionEnd);
  if (name === "code" && chosen.includes("\n")) block(area, `\`\`\`\n${chosen}\n\`\`\``, chosen);
  else if (AROUND[name]) wrap(area, AROUND[name], hint);
  else if (BEFORE[name]) lines(area, BEFORE[name]);
  else if (name === "link") wrap(area, /^https?:\/\/\S+$/.test(chosen) ? ["[" + hint + "](", ")"] : ["[", "](https://)"], hint);
  else if (name === "table") block(area, `| ${hint} | ${hint} |\n| --- | --- |\n|  |  |`, hint);
}

// --- Preview ---

function preview(area, editor) {
  const pane = editor.querySelector("[data-live]");
  let asked = null;
  let shown = null;
  const show = async () => {
    if (pane.hidden || shown === area.value) return;
    shown = area.value;
    asked?.abort();
    if (!shown.trim()) {
      pane.replaceChildren();
      return;
    }
    asked = new AbortController();
    try {
      const body = new URLSearchParams({ csrf: area.form.elements.csrf.value, body: area.value, as: editor.dataset.as ?? "" });
      const answer = await fetch("/preview", { method: "POST", body, signal: asked.signal });
      const text = await answer.text();
      if (answer.ok) pane.innerHTML = text;
      else if (answer.status === 422) pane.textContent = text;
    } catch { /* Offline or overtaken: the last preview stays. */ }
  };
  let timer = 0;
  area.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(show, PAUSE);
  });
  return (wanted) => {
    pane.hidden = !wanted;
    editor.classList.toggle("split", wanted);
    area.form.classList.toggle("split", wanted && "wide" in editor.dataset);
    show();
  };
}

// --- Names that complete themselves ---

const STARTS = { "@": "member", "#": "tag", ":": "emoji" };
const known = new Map();

async function names(kind, q) {
  const key = kind + q.toLowerCase();
  if (!known.has(key)) {
    // A shorter question that found fewer than ten has found all.
    for (let n = q.length - 1; n > 0; n -= 1) {
      const wider = await known.get(kind + q.slice(0, n).toLowerCase());
      if (wider && wider.length < 10 && kind !== "emoji") {
        return wider.filter(({ value }) => value.toLowerCase().startsWith(q.toLowerCase()));
      }
    }
    const asked = fetch(`/complete?${new URLSearchParams({ kind, q })}`)
      .then((answer) => (answer.ok ? answer.json() : { items: [] }))
      .then(({ items }) => items, () => []);
    known.set(key, asked);
  }
  return known.get(key);
}

// The word before the caret, when it begins like a name: at the beginning of a word, and in scripts that write none,
// anywhere. A colon between such words is more often a colon.
const NAMED = /(^|[^\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}_@#:/.&=?%+-])([@#])([\p{L}\p{N}_+-]{1,30})$/u;
const PICTURED = /(^|[\s(（，。、：！？；])(:)([\p{L}\p{N}_+-]{1,30})$/u;
function typed(area) {
  const before = area.value.slice(0, area.selectionStart);
  const found = before.match(NAMED) ?? before.match(PICTURED);
  if (!found || area.selectionStart !== area.selectionEnd) return null;
  const [, , start, q] = found;
  if (start !== "#" && q.length < 2) return null;
  return { kind: STARTS[start], start, q, from: area.selectionStart - q.length - 1 };
}

// Tags have a field of their own, with commas between.
function typedTag(input) {
  const before = input.value.slice(0, input.selectionStart);
  const q = before.split(/[,，、]/).pop().trimStart();
  return q ? { kind: "tag", start: "", q, from: input.selectionStart - q.length } : null;
}

// Where the caret stands inside the field's box: a copy of the field's text up to it is measured.
function caret(field, at) {
  const style = getComputedStyle(field);
  const copy = document.createElement("div");
  for (const name of ["font", "padding", "border", "boxSizing", "lineHeight", "letterSpacing", "tabSize"]) copy.style[name] = style[name];
  Object.assign(copy.style, { position: "absolute", visibility: "hidden", whiteSpace: "pre-wrap", overflowWrap: "anywhere", inlineSize: `${field.offsetWidth}px` });
  const mark = document.createElement("span");
  mark.textContent = "​";
  copy.append(field.value.slice(0, at), mark);
  field.parentElement.append(copy);
  const place = { left: mark.offsetLeft, top: mark.offsetTop + mark.offsetHeight - field.scrollTop };
  copy.remove();
  return place;
}

function completes(field, read) {
  const box = document.createElement("ul");
  box.className = "offers";
  box.id = `offers-${field.id}`;
  box.setAttribute("role", "listbox");
  box.setAttribute("aria-label", words(document.querySelector("[data-editor] textarea")).names);
  field.parentElement.classList.add("has-offers");
  field.after(box);
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", box.id);
  field.setAttribute("aria-haspopup", "listbox");
  // A field of several lines may not be called a combobox; that it has offers is told in words.
  const single = field.localName === "input";
  if (single) field.setAttribute("role", "combobox");
  const status = Object.assign(document.createElement("span"), { className: "hidden" });
  status.setAttribute("role", "status");
  box.after(status);
  const open = (count) => {
    box.hidden = !count;
    if (single) field.setAttribute("aria-expanded", String(count > 0));
    const { one, many } = words(document.querySelector("[data-editor] textarea"));
    const told = count === 1 ? one : count ? many.replace("{n}", count) : "";
    if (status.textContent !== told) status.textContent = told;
  };
  open(0);
  let now = null;
  let at = 0;
  let turn = 0;
  const close = () => {
    open(0);
    now = null;
    field.removeAttribute("aria-activedescendant");
  };
  const mark = (n) => {
    at = (n + box.children.length) % box.children.length;
    [...box.children].forEach((item, i) => item.setAttribute("aria-selected", i === at));
    field.setAttribute("aria-activedescendant", box.children[at].id);
    box.children[at].scrollIntoView({ block: "nearest" });
  };
  const take = () => {
    const { value, link } = now.items[at];
    const text = now.kind === "emoji" ? value : now.start ? `${link ?? now.start + value} ` : `${value}, `;
    const { from } = now;
    close();
    put(field, from, field.selectionStart, text);
  };
  const offer = async () => {
    const asked = read(field);
    turn += 1;
    const mine = turn;
    if (!asked) return close();
    const items = await names(asked.kind, asked.q);
    if (mine !== turn || document.activeElement !== field) return undefined;
    if (!items.length || (items.length === 1 && items[0].value === asked.q)) return close();
    now = { ...asked, items };
    box.replaceChildren(...items.map(({ value, label }, n) => {
      const item = document.createElement("li");
      item.id = `${box.id}-${n}`;
      item.setAttribute("role", "option");
      item.append(asked.start === "@" ? `@${value}` : value);
      if (label) item.append(Object.assign(document.createElement("small"), { textContent: label }));
      return item;
    }));
    const place = caret(field, asked.from);
    open(items.length);
    box.style.insetBlockStart = `${field.offsetTop + place.top + 4}px`;
    box.style.insetInlineStart = `${Math.max(0, Math.min(place.left, field.offsetWidth - box.offsetWidth))}px`;
    return mark(0);
  };
  let timer = 0;
  field.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(offer, NAMES);
  });
  field.addEventListener("compositionend", () => { timer = setTimeout(offer, NAMES); });
  field.addEventListener("blur", () => { turn += 1; close(); });
  field.addEventListener("keydown", (event) => {
    if (!now || composes(event)) return;
    if (event.key === "ArrowDown") mark(at + 1);
    else if (event.key === "ArrowUp") mark(at - 1);
    else if (event.key === "Enter" || event.key === "Tab") take();
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  // Before the field loses the focus.
  box.addEventListener("pointerdown", (event) => {
    const item = event.target.closest("li");
    event.preventDefault();
    if (item) {
      mark([...box.children].indexOf(item));
      take();
    }
  });
}

// --- Pasting ---

const escape = (text) => text.replace(/([\\`*_[\]<>|])/g, "\\$1");
// What begins a line as a heading or an item does, without being one.
const plainly = (text) => text.replace(/^(\s*)(#{1,6}(?=\s|$)|[-+](?=\s|$)|={3,}|-{3,}|~{3,})/gm, "$1\\$2").replace(/^(\s*\d{1,9})([.)])(?=\s|$)/gm, "$1\\$2");
const cell = (text) => text.replace(/\s+/g, " ").trim().replaceAll("|", "\\|");

function grid(rows) {
  const width = Math.max(...rows.map((row) => row.length));
  const line = (row) => `| ${Array.from({ length: width }, (_, n) => row[n] ?? "").join(" | ")} |`;
  return [line(rows[0]), line(Array(width).fill("---")), ...rows.slice(1).map(line)].join("\n");
}

function inline(node) {
  return [...node.childNodes].map(markdown).join("");
}

function listed(node, depth = 0) {
  let n = Number(node.getAttribute("start")) || 1;
  return [...node.children].filter((item) => item.localName === "li").map((item) => {
    const inner = [...item.childNodes].filter((child) => !/^[ou]l$/.test(child.localName)).map(markdown).join("").trim().replace(/\s*\n\s*/g, " ");
    const below = [...item.children].filter((child) => /^[ou]l$/.test(child.localName)).map((child) => `\n${listed(child, depth + 1)}`).join("");
    const mark = node.localName === "ol" ? `${n}. ` : "- ";
    n += 1;
    return "   ".repeat(depth) + mark + plainly(inner) + below;
  }).join("\n");
}

// A cell is one line, whatever lines or paragraphs it is made of.
const within = (node) => {
  const copy = node.cloneNode(true);
  for (const end of copy.querySelectorAll("br, p, div, li")) end.after(" ");
  return cell(copy.textContent);
};

// A paragraph's own lines, where no list, heading or code among them has marks of its own.
const marked = "ul,ol,h1,h2,h3,h4,h5,h6,blockquote,pre,table,hr,p,div";
const paragraph = (node) => (node.querySelector(marked) ? inline(node) : plainly(inline(node)));

// One node of a pasted page as Markdown.
function markdown(node) {
  if (node.nodeType === Node.TEXT_NODE) return escape(node.data.replace(/\s+/g, " "));
  if (node.nodeType !== Node.ELEMENT_NODE) return "";
  const around = (mark) => {
    const text = inline(node);
    return text.trim() && !node.querySelector(marked) ? text.replace(/^(\s*)([\s\S]*?)(\s*)$/, `$1${mark}$2${mark}$3`) : text;
  };
  switch (node.localName) {
    case "script": case "style": case "head": case "title": case "template": return "";
    case "br": return "\n";
    case "hr": return "\n\n---\n\n";
    case "strong": case "b": return /font-weight:\s*(normal|[1-4]00)/.test(node.dataset.worn ?? "") ? inline(node) : around("**");
    case "em": case "i": return around("*");
    case "del": case "s": return around("~~");
    case "code": return node.closest("pre") ? node.textContent : `\`${node.textContent}\``;
    case "pre": return `\n\n\`\`\`\n${node.textContent.replace(/\n$/, "")}\n\`\`\`\n\n`;
    case "a": return /^(https?|mailto):/.test(node.getAttribute("href") ?? "") && node.textContent.trim() ? `[${inline(node).trim()}](${node.getAttribute("href")})` : inline(node);
    case "img": return /^https?:/.test(node.getAttribute("src") ?? "") ? `![${node.alt}](${node.getAttribute("src")})` : "";
    case "h1": case "h2": case "h3": case "h4": case "h5": case "h6": return `\n\n${"#".repeat(Number(node.localName[1]))} ${inline(node).trim()}\n\n`;
    case "ul": case "ol": return `\n\n${listed(node)}\n\n`;
    case "blockquote": return `\n\n${tidy(inline(node)).replace(/^/gm, "> ")}\n\n`;
    case "table": return `\n\n${grid([...node.rows].map((row) => [...row.cells].map(within)))}\n\n`;
    case "p": case "div": case "section": case "article": case "header": case "footer": case "figure": case "tr": return `\n\n${paragraph(node)}\n\n`;
    default: return inline(node);
  }
}

// Spaces at the ends of lines and empty lines without number, except in code.
const neat = (text) => text.replace(/[ \t]+\n/g, "\n").replace(/\n[ \t]+(?=\S)(?![-\d])/g, "\n").replace(/\n{3,}/g, "\n\n");
const tidy = (text) => text.split(/(```[\s\S]*?```)/).map((part, n) => (n % 2 ? part : neat(part))).join("").trim();

// The page that was pasted, without its styles: the site's policy forbids them, and one only is asked for.
function bare(html) {
  const tags = html.replace(/<style[\s\S]*?<\/style>/gi, "").replace(/<[a-z](?:"[^"]*"|'[^']*'|[^>"'])*>/gi, (tag) => tag.replace(/([\s"'])style\s*=/gi, "$1data-worn="));
  return new DOMParser().parseFromString(tags, "text/html");
}

// What was pasted as Markdown; nothing when plain text says it all.
function pasted(data) {
  const plain = data.getData("text/plain");
  const html = data.getData("text/html");
  if (html) {
    const page = bare(html);
    if (!page.querySelector("a[href],b,strong,em,i,del,s,code,pre,ul,ol,table,h1,h2,h3,h4,h5,h6,blockquote")) return null;
    const text = tidy(paragraph(page.body));
    return text && text !== plain.trim() ? text : null;
  }
  const rows = plain.replace(/\r/g, "").replace(/\n$/, "").split("\n").map((row) => row.split("\t").map(cell));
  return rows.length > 1 && rows.every((row) => row.length > 1 && row.length === rows[0].length) ? grid(rows) : null;
}

// --- Quoting what is selected ---

// A button beside words selected inside one post; it does what the post's own "Quote" does, with those words only.
function quotes() {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn small primary quoting", hidden: true });
  const chosen = () => {
    const selection = getSelection();
    const range = selection.rangeCount && !selection.isCollapsed && selection.toString().trim() ? selection.getRangeAt(0) : null;
    const inside = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest("article.post > .prose");
    const prose = range && inside(range.startContainer);
    // A selection that takes in a whole last paragraph ends at the beginning of what follows.
    const ends = range && (inside(range.endContainer) === prose || range.endOffset === 0);
    const original = prose?.parentElement.querySelector("button[data-quote]");
    return original && ends && { range, prose, original };
  };
  const show = () => {
    const found = chosen();
    // Pressing the button takes the focus, and in some browsers the selection.
    if (!found) {
      if (document.activeElement !== button) button.hidden = true;
      return;
    }
    const { range, prose, original } = found;
    const within = range.cloneRange();
    if (!prose.contains(range.endContainer)) within.setEndAfter(prose.lastChild);
    const copy = document.createElement("div");
    copy.append(within.cloneContents());
    const [source] = original.dataset.quote.split("\n");
    button.textContent = original.textContent;
    button.dataset.reply = original.dataset.reply;
    button.dataset.said = original.dataset.said;
    button.dataset.quote = `${source}\n${tidy(markdown(copy)).replace(/^/gm, "> ").replace(/^> $/gm, ">")}`;
    // Right behind the text, so that it is the next stop of the Tab key after the links in it.
    prose.after(button);
    button.hidden = false;
    const [words, post] = [within.getBoundingClientRect(), prose.parentElement.getBoundingClientRect()];
    button.style.insetBlockStart = `${words.bottom - post.top + 8}px`;
    button.style.insetInlineStart = `${Math.max(0, Math.min(words.left - post.left, post.width - button.offsetWidth))}px`;
  };
  let timer = 0;
  document.addEventListener("selectionchange", () => {
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE / 2);
  });
  button.addEventListener("pointerdown", (event) => event.preventDefault());
  button.addEventListener("click", () => {
    button.hidden = true;
    getSelection().removeAllRanges();
  });
}

// --- The editor ---

export function equip(area) {
  const editor = area.closest("[data-editor]");
  const toolbar = editor.querySelector("[role=toolbar]");
  const buttons = [...toolbar.querySelectorAll("button")];
  const show = preview(area, editor);
  const toggle = toolbar.querySelector("[data-do=preview]");
  const turn = (wanted) => {
    toggle.setAttribute("aria-pressed", wanted);
    show(wanted);
  };
  toolbar.hidden = false;
  area.form.classList.add("equipped");
  buttons.forEach((button, n) => { button.tabIndex = n ? -1 : 0; });
  toolbar.addEventListener("click", (event) => {
    const name = event.target.closest("button")?.dataset.do;
    if (name === "preview") turn(toggle.getAttribute("aria-pressed") !== "true");
    else if (name) act(area, name);
  });
  // One stop for the Tab key, arrows within.
  toolbar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const n = (buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length;
    buttons.forEach((button) => { button.tabIndex = -1; });
    buttons[n].tabIndex = 0;
    buttons[n].focus();
    event.preventDefault();
  });
  area.addEventListener("keydown", (event) => {
    const name = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && KEYS[event.key.toLowerCase()];
    if (name && !composes(event)) {
      act(area, name);
      event.preventDefault();
    }
  });
  area.addEventListener("paste", (event) => {
    const text = pasted(event.clipboardData);
    if (!text) return;
    event.preventDefault();
    put(area, area.selectionStart, area.selectionEnd, text);
  });
  if (area.form.id === "reply-form") quotes();
  completes(area, typed);
  // After the names, which take the key first.
  area.addEventListener("keydown", (event) => {
    const plain = event.key === "Enter" && !(event.ctrlKey || event.metaKey || event.altKey || event.shiftKey);
    if (plain && !event.defaultPrevented && !composes(event) && goOn(area)) event.preventDefault();
  });
  const tags = area.form.querySelector("#tags");
  if (tags) completes(tags, typedTag);
  if ("wide" in editor.dataset && matchMedia("(min-width: 64em)").matches) turn(true);
}
