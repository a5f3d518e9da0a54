// The editor: what is typed survives, an input method is left alone, names complete, pasted pages become Markdown.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertQuiet, eventually, logIn, press, withForum } from "./support.mjs";

describe("the editor", { concurrency: false }, () => {
  const forum = withForum();

  const open = async (path = "/compose", options = {}) => {
    const page = await forum.visitor(options);
    await logIn(page, forum.logins.member);
    await page.goto(path);
    await page.waitForSelector("[role=toolbar]:not([hidden])");
    return page;
  };
  const close = async (page) => {
    assertQuiet(page);
    await page.context().close();
  };
  // Until the browser holds `text` in a record.
  const kept = (page, text) => page.waitForFunction(
    (text) => Object.entries(localStorage).some(([key, record]) => key.startsWith("hearth:text:") && record.includes(text)), text,
  );
  const paste = (page, types) => page.evaluate((types) => {
    const clipboardData = new DataTransfer();
    for (const [type, text] of Object.entries(types)) clipboardData.setData(type, text);
    document.querySelector("#body").dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, types);

  test("the toolbar and its keys mark what is selected, and undo takes it back", async () => {
    const page = await open();
    await page.fill("#body", "warm");
    await page.locator("#body").selectText();
    await page.keyboard.press("Control+b");
    assert.equal(await page.inputValue("#body"), "**warm**");
    await page.keyboard.press("Control+b");
    assert.equal(await page.inputValue("#body"), "warm");
    await page.keyboard.press("Control+z");
    assert.equal(await page.inputValue("#body"), "**warm**");
    await page.fill("#body", "one\ntwo");
    await page.locator("#body").selectText();
    await page.click("[data-do=numbers]");
    assert.equal(await page.inputValue("#body"), "1. one\n2. two");
    await page.focus("[data-do=bold]");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    assert.equal(await page.evaluate(() => document.activeElement.dataset.do), "preview");
    await close(page);
  });

  test("the preview is the server's, beside the text on a wide screen and below it on a phone", async () => {
    for (const width of [1280, 390]) {
      const page = await open("/compose", { width });
      if (width < 1024) await page.click("[data-do=preview]");
      await page.fill("#body", "a ~~b~~ ||c||\n\n<script>alert(1)</script>");
      await page.waitForSelector("[data-live] del");
      assert.ok(await page.locator("[data-live] .spoiler").count());
      const text = await page.locator("#body").boundingBox();
      const shown = await page.locator("[data-live]").boundingBox();
      assert.equal(shown.x > text.x, width >= 1024);
      await close(page);
    }
  });

  test("an input method is never interrupted", async () => {
    const page = await open("/t/3");
    await page.focus("#body");
    const client = await page.context().newCDPSession(page);
    await client.send("Input.imeSetComposition", { text: "chuangan", selectionStart: 8, selectionEnd: 8 });
    const before = page.url();
    await page.evaluate(() => {
      const area = document.querySelector("#body");
      area.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, isComposing: true, bubbles: true, cancelable: true }));
      area.dispatchEvent(new KeyboardEvent("keydown", { key: "b", ctrlKey: true, isComposing: true, bubbles: true, cancelable: true }));
      // The key that ends a composition in Safari.
      area.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", keyCode: 229, ctrlKey: true, bubbles: true, cancelable: true }));
    });
    await page.waitForTimeout(300);
    assert.equal(page.url(), before);
    assert.equal(await page.locator(".offers:not([hidden])").count(), 0);
    await client.send("Input.insertText", { text: "传感器" });
    assert.equal(await page.inputValue("#body"), "传感器");
    await page.fill("#body", "");
    await close(page);
  });

  test("Enter goes on with a list, ends it in an empty item, and leaves an input method alone", async () => {
    const page = await open("/t/3");
    const text = () => page.inputValue("#body");
    await page.locator("#body").pressSequentially("- one\ntwo");
    assert.equal(await text(), "- one\n- two");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    assert.equal(await text(), "- one\n- two\n");
    await page.fill("#body", "9. nine");
    await page.keyboard.press("Enter");
    await page.keyboard.type("x");
    assert.equal(await text(), "9. nine\n10. x");
    await page.fill("#body", "- [x] done");
    await page.keyboard.press("Enter");
    assert.equal(await text(), "- [x] done\n- [ ] ");
    await page.fill("#body", "```\n- code");
    await page.keyboard.press("Enter");
    assert.equal(await text(), "```\n- code\n");
    await page.fill("#body", "- 传");
    const taken = await page.evaluate(() => [{ isComposing: true }, { keyCode: 229 }].map((how) => !document.querySelector("#body")
      .dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...how }))));
    assert.deepEqual(taken, [false, false]);
    assert.equal(await text(), "- 传");
    await page.fill("#body", "");
    await close(page);
  });

  test("Enter in the title goes on to the text and publishes nothing", async () => {
    const page = await open("/compose");
    assert.equal(await page.evaluate(() => document.activeElement.id), "title", "one begins with the title");
    await page.selectOption("#category", "lounge");
    await page.fill("#body", "half-finished");
    for (const field of ["#title", "#tags"]) {
      await page.fill(field, field === "#title" ? "Not yet" : "");
      await page.press(field, "Enter");
      await page.waitForTimeout(200);
      assert.equal(new URL(page.url()).pathname, "/compose");
      assert.equal(await page.evaluate(() => document.activeElement.id), "body");
    }
    await page.fill("#body", "");
    await page.fill("#title", "");
    await close(page);
  });

  test("members, tags and emoji complete, by keyboard alone", async () => {
    const page = await open();
    await page.focus("#body");
    await page.keyboard.type("Ask @hel");
    await page.waitForSelector(".offers:not([hidden]) [role=option]");
    assert.ok(await page.getAttribute("#body", "aria-activedescendant"));
    await page.keyboard.press("Enter");
    assert.equal(await page.inputValue("#body"), "Ask @helena ");
    await page.keyboard.type("about :rocke");
    await page.waitForSelector(".offers:not([hidden]) [role=option]");
    await page.keyboard.press("Tab");
    assert.equal(await page.inputValue("#body"), "Ask @helena about 🚀");
    await page.focus("#tags");
    await page.keyboard.type("io-l");
    await page.waitForSelector("#offers-tags:not([hidden]) [role=option]");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    assert.equal(await page.inputValue("#tags"), "io-link, ");
    await page.keyboard.type("pro");
    await page.waitForSelector("#offers-tags:not([hidden]) [role=option]");
    assert.equal(await page.getAttribute("#tags", "role"), "combobox");
    assert.equal(await page.getAttribute("#tags", "aria-expanded"), "true");
    await page.keyboard.press("Escape");
    assert.equal(await page.getAttribute("#tags", "aria-expanded"), "false");
    assert.equal(await page.locator(".offers:not([hidden])").count(), 0);
    // Chinese writes no space before a name; an address is no name.
    for (const [text, count] of [["谢谢@hel", 1], ["谢谢！@hel", 1], ["mail ada@hel", 0]]) {
      await page.fill("#body", "");
      await page.focus("#body");
      await page.keyboard.insertText(text.slice(0, -1));
      await page.keyboard.type(text.slice(-1));
      await page.waitForTimeout(500);
      assert.equal(await page.locator("#offers-body:not([hidden])").count(), count, text);
    }
    await page.fill("#body", "");
    await close(page);
  });

  test("a pasted page and pasted cells become Markdown", async () => {
    const page = await open();
    const cases = [
      [{ "text/html": "<p>See <a href='https://example.com/a'>the <b>sheet</b></a></p><ul><li>one<ul><li>below</li></ul></li><li>two</li></ul>", "text/plain": "x" }, "See [the **sheet**](https://example.com/a)\n\n- one\n   - below\n- two"],
      [{ "text/html": "<table><tr><th>Type</th><th>Range</th></tr><tr><td>BF|1</td><td>3 m</td></tr></table>", "text/plain": "x" }, "| Type | Range |\n| --- | --- |\n| BF\\|1 | 3 m |"],
      [{ "text/plain": "型号\t距离\nBF-1\t3 m\n" }, "| 型号 | 距离 |\n| --- | --- |\n| BF-1 | 3 m |"],
      [{ "text/html": "<pre><code>if a &lt; b:\n    *go*</code></pre><blockquote><p>said</p></blockquote><script>alert(1)</script><a href='javascript:alert(1)'>no</a>", "text/plain": "x" }, "```\nif a < b:\n    *go*\n```\n\n> said\n\nno"],
      [{ "text/html": "<b style='font-weight:normal' id='docs'><p style='margin:0'>One <b>two</b></p><p>three</p></b>", "text/plain": "x" }, "One **two**\n\nthree"],
      [{ "text/html": "<style>p { color: red }</style><p>1. no <i>list</i></p><p># no head</p><p>- no item</p>", "text/plain": "x" }, "1\\. no *list*\n\n\\# no head\n\n\\- no item"],
      [{ "text/html": "<table><tr><td style='color:red'>l1<br>l2</td><td><p>a</p><p>b</p></td></tr></table>", "text/plain": "x" }, "| l1 l2 | a b |\n| --- | --- |"],
    ];
    for (const [types, wanted] of cases) {
      await page.fill("#body", "");
      await page.focus("#body");
      await paste(page, types);
      assert.equal((await page.inputValue("#body")).trim(), wanted);
    }
    await close(page);
  });

  test("a killed tab and an expired login lose nothing", async () => {
    const page = await open();
    const context = page.context();
    await page.fill("#title", "Half a title");
    await page.selectOption("#category", "lounge");
    await page.fill("#tags", "flour");
    await page.fill("#body", "Half a thought");
    await kept(page, "Half a thought");
    const client = await context.newCDPSession(page);
    const crashed = page.waitForEvent("crash");
    client.send("Page.crash").catch(() => {});
    await crashed;
    const again = await context.newPage();
    await again.goto("/compose");
    await eventually(async () => (await again.inputValue("#body")) === "Half a thought", "the text is back");
    assert.equal(await again.inputValue("#title"), "Half a title");
    assert.equal(await again.inputValue("#category"), "lounge");
    assert.equal(await again.inputValue("#tags"), "flour");

    await again.fill("#body", "A whole thought");
    await context.clearCookies({ name: "sid" });
    await press(again, "button[value=post]");
    await again.fill("#login", forum.logins.member.handle);
    await again.fill("#password", forum.logins.member.password);
    await press(again, "main button[type=submit]");
    await again.waitForSelector("#body");
    assert.equal(await again.inputValue("#body"), "A whole thought");
    assert.equal(await again.inputValue("#title"), "Half a title");
    await press(again, "button[value=post]");
    assert.equal(await again.locator("h1").textContent(), "Half a title");
    await again.goto("/compose");
    assert.equal(await again.inputValue("#body"), "", "what was posted is kept no longer");
    await context.close();
  });

  test("a reply remembers whom it answers", async () => {
    const page = await open("/t/3");
    const answered = page.locator("#reply [data-replying]");
    await page.fill("#body", "Half an answer");
    await page.locator("button[data-reply='2']:not([data-quote])").click();
    await page.waitForFunction(() => Object.values(localStorage).some((record) => record.includes('"reply_to":"2"')));
    const said = await answered.locator("a").textContent();
    await page.reload();
    await eventually(async () => (await page.inputValue("#body")) === "Half an answer", "the text is back");
    assert.equal(await page.inputValue("#reply input[name=reply_to]"), "2");
    assert.ok(await answered.isVisible());
    assert.equal(await answered.locator("a").textContent(), said);
    await page.click("[data-drop]");
    await page.waitForFunction(() => !Object.values(localStorage).some((record) => record.includes('"reply_to":"2"')));
    await page.reload();
    await eventually(async () => (await page.inputValue("#body")) === "Half an answer", "the text is back");
    assert.equal(await answered.isVisible(), false);
    await page.fill("#body", "");
    await close(page);
  });

  test("two tabs keep two texts", async () => {
    const one = await open();
    const two = await one.context().newPage();
    await two.goto("/compose");
    await one.fill("#body", "in the first tab");
    await two.fill("#body", "in the second tab");
    await kept(one, "in the first tab");
    await kept(two, "in the second tab");
    await one.reload();
    await two.reload();
    await eventually(async () => (await one.inputValue("#body")) === "in the first tab", "the first tab's text");
    await eventually(async () => (await two.inputValue("#body")) === "in the second tab", "the second tab's text");
    await close(one);
  });

  test("logging out takes what was kept along, and another member never sees it", async () => {
    const page = await open();
    await page.fill("#body", "for my eyes");
    await kept(page, "for my eyes");
    await page.click("details.menu summary");
    await press(page, "form[action='/logout'] button");
    assert.deepEqual(await page.evaluate(() => Object.keys(localStorage).filter((key) => key !== "hearth-left")), []);
    await logIn(page, forum.logins.expert);
    await page.goto("/compose");
    await page.waitForTimeout(500);
    assert.equal(await page.inputValue("#body"), "");
    await close(page);
  });
});
