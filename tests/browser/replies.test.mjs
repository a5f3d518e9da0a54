// Replying to one post and quoting it: by script on the page, by the server without.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertQuiet, logIn, press, withForum } from "./support.mjs";

describe("replying", { concurrency: false }, () => {
  const forum = withForum();

  for (const javaScript of [true, false]) {
    test(`${javaScript ? "with" : "without"} JavaScript`, async () => {
      const page = await forum.visitor({ javaScript, width: javaScript ? 1280 : 390 });
      await logIn(page, forum.logins.member);
      await page.goto("/new");
      await press(page, ".row h3 a, .row h2 a, .row a");
      const click = (selector) => (javaScript ? page.locator(selector).first().click() : press(page, selector));
      const note = page.locator("[data-replying]");
      const answers = () => page.inputValue("#reply input[name=reply_to]");
      assert.equal(await note.isVisible(), false);

      // The first post, without its words; then the thread after all, with what was typed still there.
      await click("article.post button[data-reply='1']:not([data-quote])");
      assert.equal(await note.isVisible(), true);
      assert.match(await note.locator("a").textContent(), /^Replying to @\S+ #1$/);
      assert.equal(await page.inputValue("#body"), "");
      assert.equal(await answers(), "1");
      await page.fill("#body", "Typed before.");
      await click("[data-drop]");
      assert.equal(await note.isVisible(), false);
      assert.equal(await answers(), "");
      assert.equal(await page.inputValue("#body"), "Typed before.");

      // With its words, behind what was typed.
      await click("article.post button[data-quote][data-reply='1']");
      const text = await page.inputValue("#body");
      assert.match(text, /^Typed before\.\n\n> \[@\S+\]\(\/p\/\d+\):\n> /);
      await page.fill("#body", `${text}\nMy own words.`);
      await press(page, "#reply button[value=post]");
      const post = page.locator("article.post").last();
      assert.match(await post.locator("a.answers").textContent(), /^In reply to #1 by @\S+$/);
      assert.match(await post.locator("blockquote .quote-by").textContent(), /^@\S+$/);
      assertQuiet(page);
    });
  }

  test("a refused reply leads to its field and the words that say why", async () => {
    const page = await forum.visitor();
    await logIn(page, forum.logins.member);
    await page.goto("/t/3");
    await page.evaluate(() => { document.querySelector("#body").required = false; });
    await page.fill("#body", " ");
    await press(page, "#reply button[value=post]");
    await page.waitForLoadState("load");
    await page.waitForTimeout(300);
    assert.match(page.url(), /#reply$/);
    assert.equal(await page.evaluate(() => document.activeElement.id), "body");
    assert.equal(await page.locator("#body").getAttribute("aria-invalid"), "true");
    assert.equal(await page.locator("#body-error").evaluate((box) => {
      const { top, bottom } = box.getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight;
    }), true);
    // Where the text has nowhere to go any more, to the one reason.
    const moderator = await forum.visitor();
    await logIn(moderator, forum.logins.moderator);
    await moderator.goto("/t/3");
    await moderator.locator(".thread-menu > summary").click();
    await press(moderator, "form[action$='/close'] button");
    await page.fill("#body", "Too late.");
    await press(page, "#reply button[value=post]");
    await page.waitForLoadState("load");
    await page.waitForTimeout(300);
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute("role")), "alert");
    assert.deepEqual([await page.inputValue("#body"), await page.locator("#reply button").count(), await page.locator("#reply .notice").count()], ["Too late.", 0, 1]);
    await moderator.context().close();
    await page.context().close();
  });
});
