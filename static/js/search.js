// Tells which result of a search was opened, the first one, so that the site can see where searching fails, and leaves
// the words found for the thread to mark. The links themselves stay clean, and nothing waits for this.

export function watch(list) {
  let told = !list.dataset.search;
  const opened = (event) => {
    const link = event.target.closest("a[href]");
    const item = link?.closest("li");
    if (event.button > 1 || item?.parentElement !== list) return;
    const words = [...new Set([...item.querySelectorAll("mark")].map((mark) => mark.textContent))];
    try { sessionStorage.setItem("hearth:found", JSON.stringify({ path: link.pathname, words, at: Date.now() })); } catch { /* Full or forbidden: nothing is marked. */ }
    if (told) return;
    told = true;
    const position = [...list.children].indexOf(item) + Number(list.dataset.first || 1);
    navigator.sendBeacon("/search/click", new URLSearchParams({ search: list.dataset.search, position }));
  };
  list.addEventListener("click", opened);
  list.addEventListener("auxclick", opened);
}

// Marks the words of the search that led to this page, where they stand in posts. The marks are no part of the page:
// they do not copy, and nothing moves.
export function markFound(root) {
  const kept = sessionStorage.getItem("hearth:found");
  if (!kept) return;
  const { path, words, at } = JSON.parse(kept);
  if (path !== location.pathname || !globalThis.Highlight || !CSS.highlights) return;
  sessionStorage.removeItem("hearth:found");
  if (Date.now() - at > 60_000) return;
  const found = new Highlight();
  const sought = words.map((word) => word.toLowerCase()).filter(Boolean);
  const nodes = document.createTreeWalker(root, NodeFilter.SHOW_TEXT, (node) => node.parentElement.closest(".prose, h1") ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_REJECT);
  for (let node = nodes.nextNode(); node && found.size < 500; node = nodes.nextNode()) {
    const text = node.data.toLowerCase();
    // Lower case may be longer than the text itself in a few scripts; those are not marked.
    if (text.length !== node.data.length) continue;
    for (const word of sought) {
      for (let from = text.indexOf(word); from >= 0 && found.size < 500; from = text.indexOf(word, from + word.length)) {
        const range = new Range();
        range.setStart(node, from);
        range.setEnd(node, from + word.length);
        found.add(range);
      }
    }
  }
  CSS.highlights.set("found", found);
}
