// Searching: suggestions by keyboard, queries that stay in the browser, what opening a result tells, similar threads.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertQuiet, eventually, logIn, press, withForum } from "./support.mjs";

describe("search", { concurrency: false }, () => {
  const forum = withForum();

  test("suggestions are a combobox that the keyboard alone can use, and wait for a composition to end", async () => {
    const page = await forum.visitor();
    await page.goto("/search");
    const asked = [];
    page.on("request", (request) => {
      if (request.url().includes("/search/suggest")) asked.push(request.url());
    });
    await page.focus("#q");
    const input = page.locator("#q");
    await eventually(() => input.getAttribute("role"), "the box becomes a combobox");
    // What an input method does: nothing is asked before the word stands.
    await input.evaluate((box) => {
      box.dispatchEvent(new CompositionEvent("compositionstart"));
      box.value = "ch";
      box.dispatchEvent(new InputEvent("input", { isComposing: true }));
    });
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
    assert.deepEqual(asked, []);
    await input.evaluate((box) => {
      box.value = "传感器";
      box.dispatchEvent(new CompositionEvent("compositionend"));
    });
    await page.waitForSelector("#q-suggest [role=option]");
    assert.equal(asked.length, 1);
    assert.equal(await input.getAttribute("aria-expanded"), "true");
    await page.keyboard.press("ArrowDown");
    const chosen = page.locator("#q-suggest [role=option][aria-selected=true]");
    assert.equal(await input.getAttribute("aria-activedescendant"), await chosen.getAttribute("id"));
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("#q-suggest").isHidden(), true);
    await page.fill("#q", "");
    await page.keyboard.type("sensor");
    await page.waitForSelector("#q-suggest [role=option]");
    await page.keyboard.press("ArrowDown");
    const title = await chosen.textContent();
    await Promise.all([page.waitForEvent("domcontentloaded"), page.keyboard.press("Enter")]);
    assert.equal(await page.locator("h1").textContent(), title);
    assertQuiet(page);
    await page.context().close();
  });

  test("queries are remembered in this browser alone, and forgotten at logout", async () => {
    const page = await forum.visitor();
    await logIn(page, forum.logins.member);
    await page.goto("/search");
    await page.fill("#q", "proximity switch");
    await press(page, ".search-line button");
    const kept = () => page.evaluate(() => Object.entries(localStorage).filter(([key]) => key.startsWith("hearth:recent:")));
    const [[key, value]] = await eventually(async () => ((await kept()).length ? kept() : null), "the query is kept");
    assert.equal(key, `hearth:recent:${forum.logins.member.handle}`);
    assert.deepEqual(JSON.parse(value), ["proximity switch"]);
    await page.goto("/search");
    await page.focus("#q");
    await page.waitForSelector("#q-suggest [role=option]");
    assert.equal(await page.locator("#q-suggest [role=option]").first().textContent(), "proximity switch");
    await page.context().clearCookies();
    await page.goto("/search");
    await eventually(async () => (await kept()).length === 0, "nothing is left of the account");
    assertQuiet(page);
    await page.context().close();
  });

  test("filters are chips, results open at the post, and which was opened is told on the side", async () => {
    const page = await forum.visitor();
    // A browser without a window calls itself one that robots use, and searches of robots are not noted.
    await page.setExtraHTTPHeaders({ "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0" });
    await page.goto("/search?q=sensor");
    await page.click(".search-more summary");
    await page.selectOption("#is", "solved");
    await press(page, ".search-line button");
    assert.match(page.url(), /q=sensor%20is%3Asolved/);
    assert.equal(await page.locator("a.chip").count(), 1);
    await press(page, "a.chip");
    assert.equal(await page.inputValue("#q"), "sensor");
    assert.ok((await page.locator("li.hit mark").count()) > 0);
    const told = page.waitForRequest((request) => request.url().endsWith("/search/click"));
    const link = page.locator("li.hit h2 a").nth(1);
    const href = await link.getAttribute("href");
    assert.doesNotMatch(href, /[?]/, "links stay clean");
    await Promise.all([page.waitForEvent("domcontentloaded"), link.click()]);
    assert.match((await told).postData() ?? "", /position=2/);
    const { hash, pathname } = new URL(page.url());
    assert.equal(pathname + hash, href);
    const marked = () => page.evaluate(() => [...(CSS.highlights.get("found") ?? [])].map(String));
    const words = await eventually(async () => ((await marked()).length ? marked() : null), "the words are marked where they stand");
    assert.ok(words.every((word) => /sensor/i.test(word)), words.join());
    await page.reload();
    assert.deepEqual(await marked(), [], "once");
    assertQuiet(page);
    await page.context().close();
  });

  test("whoever writes a title is shown threads like it, also without scripts", async () => {
    const page = await forum.visitor();
    await logIn(page, forum.logins.member);
    await page.goto("/compose");
    await page.fill("#title", "Inductive sensor triggers on chips");
    await page.waitForSelector("#similar li a");
    assert.equal(await page.locator("#similar").isVisible(), true);
    assertQuiet(page);
    await page.context().close();
    const plain = await forum.visitor({ javaScript: false });
    await logIn(plain, forum.logins.member);
    await plain.goto("/compose");
    await plain.fill("#title", "Inductive sensor triggers on chips");
    await plain.fill("#body", "What helps?");
    await press(plain, "button[value=preview]");
    assert.ok((await plain.locator("#similar li a").count()) > 0);
    assertQuiet(plain);
    await plain.context().close();
  });
});
