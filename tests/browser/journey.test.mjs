// The way of a member from the first visit to a moderator's hand, with and without JavaScript, in each language.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertQuiet, eventually, LOCALES, logIn, press, withForum } from "./support.mjs";

const WORDS = { en: "Sourdough starter", "zh-CN": "老面发酵经验", "zh-TW": "麵團發酵經驗" };

describe("a member's way", { concurrency: false }, () => {
  const forum = withForum();

  for (const locale of LOCALES) {
    for (const javaScript of [true, false]) {
      test(`${locale}, ${javaScript ? "with" : "without"} JavaScript`, async () => {
        const mark = `${locale.toLowerCase().replace("-", "")}${javaScript ? "js" : "plain"}`;
        const page = await forum.visitor({ locale, javaScript });
        await page.goto("/");
        assert.equal(await page.getAttribute("html", "lang"), { en: "en", "zh-CN": "zh-Hans", "zh-TW": "zh-Hant" }[locale]);

        await press(page, "nav.me a[href='/signup']");
        await page.fill("#username", `baker-${mark}`);
        await page.fill("#email", `baker-${mark}@example.com`);
        await page.fill("#password", `rise and shine ${mark} 7`);
        await press(page, "main button[type=submit]");
        await page.waitForSelector("nav.me details.menu");

        const title = `${WORDS[locale]} ${mark}`;
        await press(page, "nav.me a[href='/compose']");
        await page.fill("#title", title);
        await page.selectOption("#category", "lounge");
        await page.fill("#body", `**${WORDS[locale]}**\n\n- [x] 100 g\n\n> ${mark}`);
        // Side by side while writing; without JavaScript the server draws the form again.
        if (!javaScript) await press(page, "button[value=preview]");
        assert.equal(await page.locator(".preview strong").first().textContent(), WORDS[locale]);
        await press(page, "button[value=post]");
        assert.equal(await page.locator("h1").textContent(), title);
        const thread = new URL(page.url()).pathname;

        await page.fill("#body", `Second post ${mark}`);
        await press(page, "#reply button[value=post]");
        assert.equal(await page.locator("article.post").count(), 2);

        await press(page, "a.brand");
        const found = await eventually(async () => {
          await page.goto(`/search?q=${encodeURIComponent(title)}`);
          const first = page.locator(".hit h2 a").first();
          return (await first.count()) && (await first.textContent()) === title && first;
        }, "the new thread is found by search");
        assert.ok(await page.locator(".hit mark").count());
        await Promise.all([page.waitForEvent("domcontentloaded"), found.click()]);
        assert.equal(new URL(page.url()).pathname, thread);

        const reader = await forum.visitor({ locale, javaScript });
        await logIn(reader, forum.logins.member);
        await reader.goto(thread);
        await reader.locator("article.post form[action$='/like'] button").first().click();
        const liked = reader.locator("article.post form[action$='/unlike'] button").first();
        assert.match(await liked.textContent(), /1/);

        const moderator = await forum.visitor({ locale, javaScript });
        moderator.on("dialog", (dialog) => dialog.accept());
        await logIn(moderator, forum.logins.moderator);
        await moderator.goto(thread);
        await moderator.locator(".thread-menu > summary").click();
        await press(moderator, `form[action$='/close'] button`);
        await moderator.goto(thread);
        await moderator.locator("article.post").nth(1).locator("summary").click();
        await press(moderator, "article.post details[open] form[action$='/delete'] button");
        // Scripts have asked; without them a page does.
        assert.equal(await moderator.locator("main form [name=sure]").count(), javaScript ? 0 : 1);
        if (!javaScript) await press(moderator, "main form .btn.danger");
        const answer = await reader.goto(thread);
        assert.equal(answer.status(), 200);
        assert.equal(await reader.locator("article.post").count(), 1);
        assert.equal(await reader.locator("#reply").count(), 0);

        for (const each of [page, reader, moderator]) {
          assertQuiet(each);
          await each.context().close();
        }
      });
    }
  }
});
