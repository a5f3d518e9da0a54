// Comfort for readers: keys, the theme at once, the next page below this one.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertQuiet, eventually, logIn, press, withForum } from "./support.mjs";

describe("comfort", { concurrency: false }, () => {
  const forum = withForum();

  test("a thread can be found, read, liked and answered with the keyboard alone", async () => {
    const page = await forum.visitor();
    await logIn(page, forum.logins.member);
    await page.goto("/");
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("k");
    const title = await page.evaluate(() => document.activeElement.textContent);
    assert.equal(title, await page.locator(".row h2 a").first().textContent());
    await Promise.all([page.waitForEvent("domcontentloaded"), page.keyboard.press("o")]);
    assert.equal(await page.locator("h1").textContent(), title);
    await page.goto("/t/3");
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    const second = page.locator("article.post").nth(1);
    assert.ok(await second.evaluate((post) => post === document.activeElement));
    const liked = () => second.locator("[aria-pressed=true]").count();
    const before = await liked();
    // In place: the focus stays, and a screen reader hears of it.
    await page.keyboard.press("l");
    await eventually(async () => (await liked()) === 1 - before, "the like");
    assert.ok(await second.evaluate((post) => post.contains(document.activeElement)));
    assert.equal(await page.locator("p.hidden[role=status]").textContent(), before ? "You unliked this post." : "You liked this post.");
    await page.reload();
    assert.equal(await liked(), 1 - before);
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("r");
    await page.keyboard.type("With keys j, k and ? only.");
    assert.match(await page.inputValue("#body"), /With keys j, k and \? only\.$/);
    assert.equal(await page.locator("dialog").count(), 0, "keys rest while somebody types");
    await Promise.all([page.waitForEvent("domcontentloaded"), page.keyboard.press("Control+Enter")]);
    assert.match(await page.locator("article.post").last().locator(".prose").textContent(), /With keys/);
    assertQuiet(page);
    await page.context().close();
  });

  test("Chinese times set numbers apart from words", async () => {
    for (const [locale, units] of [["zh-CN", "分钟前|小时前|天前"], ["zh-TW", "分鐘前|小時前|天前"]]) {
      const page = await forum.visitor({ locale });
      await page.goto("/latest");
      const times = await page.locator("main time").allTextContents();
      assert.ok(times.some((time) => new RegExp(`^\\d+ (${units})$`).test(time)), times.join());
      assert.ok(!times.some((time) => new RegExp(`\\d(${units})`).test(time)), times.join());
      assertQuiet(page);
      await page.context().close();
    }
  });

  test("the list of keys opens, closes, and switches single keys off", async () => {
    const page = await forum.visitor();
    await page.goto("/");
    await page.keyboard.press("?");
    await page.waitForSelector("dialog[open] kbd");
    assert.equal(await page.evaluate(() => document.activeElement.id), "keys-head", "one begins at its start");
    await page.click("dialog [data-close]");
    await page.waitForSelector("dialog", { state: "detached" });
    await page.keyboard.press("?");
    await page.waitForSelector("dialog[open] kbd");
    await page.mouse.click(5, 5);
    await page.waitForSelector("dialog", { state: "detached" });
    await page.keyboard.press("?");
    await page.waitForSelector("dialog[open] kbd");
    await page.uncheck("dialog [data-single-keys]");
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog", { state: "detached" });
    await page.keyboard.press("j");
    assert.equal(await page.evaluate(() => document.activeElement.localName), "body");
    await page.goto("/keyboard");
    assert.equal(await page.isChecked("[data-single-keys]"), false);
    await page.check("[data-single-keys]");
    await page.keyboard.press("g");
    assertQuiet(page);
    await page.context().close();
  });

  test("the theme changes at once and stays", async () => {
    const page = await forum.visitor();
    await page.goto("/");
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await Promise.all([page.waitForResponse((answer) => answer.url().endsWith("/theme")), page.click("[name=theme][value=dark]")]);
    const dark = await ground();
    assert.notEqual(light, dark);
    await page.reload();
    assert.equal(await ground(), dark, "without a flash of the other");
    assert.equal(await page.getAttribute("html", "data-theme"), "dark");
    assertQuiet(page);
    await page.context().close();
  });

  test("the site's notice is put away, with and without JavaScript, until it says something else", async () => {
    const say = async (words) => {
      const admin = await forum.visitor();
      await logIn(admin, forum.logins.administrator);
      await admin.goto("/admin/settings");
      await admin.fill("#notice", words);
      await press(admin, "main form .btn.primary");
      await admin.context().close();
    };
    await say("We move on Friday: https://status.example/");
    for (const javaScript of [true, false]) {
      const page = await forum.visitor({ javaScript, width: javaScript ? 1280 : 390 });
      await page.goto("/latest");
      assert.equal(await page.getAttribute(".site-notice a", "href"), "https://status.example/");
      const away = page.locator(".site-notice button");
      if (javaScript) {
        await Promise.all([page.waitForResponse((answer) => answer.url().endsWith("/notice")), away.click()]);
        assert.equal(await page.evaluate(() => document.activeElement.id), "main", "the focus goes on to the page");
      } else {
        await press(page, ".site-notice button");
        assert.equal(new URL(page.url()).pathname, "/latest");
      }
      assert.equal(await page.locator(".site-notice").count(), 0);
      await page.goto("/");
      assert.equal(await page.locator(".site-notice").count(), 0, "it stays away");
      await say(`We move on ${javaScript ? "Saturday" : "Sunday"}.`);
      await page.goto("/new");
      assert.match(await page.locator(".site-notice p").textContent(), /We move on S/);
      if (javaScript) await say("We move on Friday: https://status.example/");
      assertQuiet(page);
      await page.context().close();
    }
  });

  test("the theme changes in other tabs too", async () => {
    const page = await forum.visitor();
    const other = await page.context().newPage();
    await other.goto("/");
    await page.goto("/latest");
    await page.click("[name=theme][value=dark]");
    await other.locator("html[data-theme=dark]").waitFor();
    assert.equal(await other.getAttribute("[name=theme][value=dark]", "aria-current"), "true");
    await other.click("[name=theme][value=system]");
    await page.locator("html:not([data-theme])").waitFor();
    assertQuiet(page);
    await page.context().close();
  });

  test("the next page comes below this one and the address follows", async () => {
    const page = await forum.visitor();
    await page.goto("/latest");
    const before = await page.locator("ol.list > li").count();
    await page.click("button.more");
    await page.waitForFunction((n) => document.querySelectorAll("ol.list > li").length > n, before);
    assert.equal(new URL(page.url()).search, "?page=2");
    const titles = await page.locator("ol.list h2 a").evaluateAll((links) => links.map((link) => link.href));
    assert.equal(new Set(titles).size, titles.length);
    assert.equal(await page.locator("nav.pager [aria-current=page]").textContent(), "2");
    assertQuiet(page);
    await page.context().close();
  });
});
