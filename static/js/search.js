// Tells which result of a search was opened, the first one, so that the site can see where searching fails. The links
// themselves stay clean, and nothing waits for this.

export function watch(list) {
  const opened = (event) => {
    const item = event.target.closest("a[href]")?.closest("li");
    if (event.button > 1 || item?.parentElement !== list) return;
    const position = [...list.children].indexOf(item) + Number(list.dataset.first || 1);
    navigator.sendBeacon("/search/click", new URLSearchParams({ search: list.dataset.search, position }));
    list.removeEventListener("click", opened);
    list.removeEventListener("auxclick", opened);
  };
  list.addEventListener("click", opened);
  list.addEventListener("auxclick", opened);
}
