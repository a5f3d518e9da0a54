// "n new": asks now and then whether something came since the page was drawn, while somebody looks at it, and offers
// it in a bar that a screen reader hears of. Nothing moves by itself.

const EVERY = 30_000;
const SELDOM = 300_000;

export function watch(box) {
  const { fresh, since, one, many, most } = box.dataset;
  let pause = EVERY;
  let told = 0;
  let timer = 0;

  const offer = (n, more) => {
    told = n;
    const link = document.createElement("a");
    link.className = "btn primary";
    link.href = box.dataset.to;
    link.textContent = n === 1 ? one : (more ? most : many).replace("{n}", n);
    link.addEventListener("click", (event) => {
      // An address that differs by its end alone would not load anew.
      if (event.ctrlKey || event.metaKey || link.pathname + link.search !== location.pathname + location.search) return;
      event.preventDefault();
      history.replaceState(null, "", link.href);
      // To the new post, not to where the page was left.
      if (link.hash) history.scrollRestoration = "manual";
      location.reload();
    });
    box.replaceChildren(link);
  };

  const ask = async () => {
    clearTimeout(timer);
    if (document.hidden) return;
    try {
      const answer = await fetch(fresh, { cache: "no-cache" });
      if (answer.ok) {
        const { last, at } = await answer.json();
        const n = at ? at.filter((each) => each > Number(since)).length : last - Number(since);
        pause = n > told ? EVERY : Math.min(pause * 1.5, SELDOM);
        if (n > told) offer(n, at && n === at.length && n > 1);
      } else {
        // Gone, or not for this reader any more.
        if (answer.status === 404 || answer.status === 410) return;
        pause = SELDOM;
      }
    } catch {
      pause = Math.min(pause * 2, SELDOM);
    }
    timer = setTimeout(ask, pause);
  };

  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(ask, 1_000);
  });
  timer = setTimeout(ask, 1_000);
}
