// Readers who stay: bars that offer what came, and quoting what is selected.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertQuiet, eventually, logIn, press, withForum } from "./support.mjs";

describe("staying", { concurrency: false }, () => {
  const forum = withForum();

  const answer = async (thread, words) => {
    const page = await forum.visitor();
    await logIn(page, forum.logins.expert);
    await page.goto(thread);
    await page.fill("#body", words);
    await press(page, "#reply button[value=post]");
    await page.context().close();
  };

  for (const role of ["visitor", "member"]) {
    test(`a bar tells a ${role} what came, and nothing moves before it is pressed`, async () => {
      const pages = [];
      for (const address of ["/t/3", "/latest"]) {
        const page = await forum.visitor();
        if (role === "member") await logIn(page, forum.logins.member);
        await page.clock.install();
        await page.goto(address);
        pages.push(page);
      }
      const [thread, list] = pages;
      const titles = await list.locator(".row h2 a").allTextContents();
      const top = (await list.locator(".row").first().boundingBox()).y;
      for (const page of pages) {
        await page.clock.runFor(25_000);
        assert.equal(await page.locator(".fresh").textContent(), "");
      }
      await answer("/t/3", `News for a ${role}.`);
      for (const [page, words] of [[thread, "1 new reply. Show it"], [list, "1 thread with new activity. Show it"]]) {
        await eventually(async () => {
          await page.clock.runFor(60_000);
          return page.locator(".fresh a").count();
        }, "the bar");
        assert.equal(await page.locator(".fresh[role=status]").textContent(), words);
      }
      assert.deepEqual(await list.locator(".row h2 a").allTextContents(), titles);
      assert.equal((await list.locator(".row").first().boundingBox()).y, top, "no row moves");
      await press(list, ".fresh a");
      assert.equal(await list.locator(".fresh").textContent(), "");
      await press(thread, ".fresh a");
      const news = thread.locator("article.post .prose").last();
      assert.match(await news.textContent(), new RegExp(`News for a ${role}`));
      await eventually(() => news.evaluate((post) => post.getBoundingClientRect().top < innerHeight), "the new post is in sight");
      for (const page of pages) {
        assertQuiet(page);
        await page.context().close();
      }
    });
  }

  test("a page that nobody looks at does not ask", async () => {
    const page = await forum.visitor();
    await page.clock.install();
    await page.goto("/latest");
    await page.evaluate(() => Object.defineProperty(document, "hidden", { value: true }));
    let asked = 0;
    page.on("request", (request) => { asked += request.url().includes("/fresh/"); });
    await page.clock.runFor(600_000);
    assert.equal(asked, 0);
    await page.context().close();
  });

  for (const way of ["pointer", "Tab", "q"]) {
    test(`what is selected is quoted with its source, by ${way}`, async () => {
      const page = await forum.visitor();
      await logIn(page, forum.logins.member);
      await page.goto("/t/3");
      await page.waitForSelector("[role=toolbar]:not([hidden])");
      // Where somebody last pressed, the Tab key goes on from.
      await page.locator("article.post > .prose").nth(1).locator("p").first().click({ position: { x: 4, y: 8 } });
      const words = await page.evaluate(() => {
        const prose = document.querySelectorAll("article.post > .prose")[1];
        const walker = document.createTreeWalker(prose, NodeFilter.SHOW_TEXT);
        const text = walker.nextNode();
        const range = document.createRange();
        range.setStart(text, 0);
        range.setEnd(text, text.data.lastIndexOf(" "));
        getSelection().removeAllRanges();
        getSelection().addRange(range);
        return range.toString().trim();
      });
      const button = page.locator(".quoting:not([hidden])");
      await button.waitFor();
      if (way === "q") await page.keyboard.press("q");
      else if (way === "Tab") {
        // The next stop behind the words, after the links among them.
        const links = await page.locator("article.post > .prose").nth(1).locator("a[href]").count();
        for (let n = 0; n <= links && !(await button.evaluate((each) => each === document.activeElement)); n += 1) await page.keyboard.press("Tab");
        assert.ok(await button.evaluate((each) => each === document.activeElement));
        await page.keyboard.press("Enter");
      } else await button.click();
      const quoted = await page.inputValue("#body");
      assert.match(quoted, /^> \[@\S+\]\(\/p\/\d+\):\n> /);
      assert.ok(quoted.replaceAll("\\", "").includes(words.split("\n")[0].slice(0, 40)), quoted);
      const whole = await page.locator("button[data-quote]").nth(1).getAttribute("data-quote");
      assert.ok(quoted.length < whole.length + 5);
      assert.equal(await page.inputValue("#reply input[name=reply_to]"), "2");
      assert.equal(await page.locator(".quoting:not([hidden])").count(), 0);
      // Words of two posts belong to nobody.
      await page.evaluate(() => {
        const [one, two] = document.querySelectorAll("article.post > .prose");
        getSelection().setBaseAndExtent(one, 0, two, 1);
      });
      await page.waitForFunction(() => getSelection().toString().length > 10);
      assert.equal(await page.locator(".quoting:not([hidden])").count(), 0);
      assertQuiet(page);
      await page.context().close();
    });
  }
});
