// Where things stand on the page: what is written from right to left, and narrow lists.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertQuiet, logIn, press, withForum } from "./support.mjs";

const ARABIC = "كيف أختار مستشعر القرب المناسب؟";

describe("layout", { concurrency: false }, () => {
  const forum = withForum();

  const openThread = async (page, title) => {
    await page.goto("/compose");
    await page.fill("#title", title);
    await page.selectOption("#category", "lounge");
    await page.fill("#body", `${title}\n\nعندي آلة قديمة.`);
    await press(page, "button[value=post]");
    return new URL(page.url()).pathname;
  };
  const start = (locator) => locator.evaluate((element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return Math.round(range.getBoundingClientRect().left);
  });

  for (const width of [1280, 390]) {
    test(`a title from right to left begins where its neighbours do, ${width} px`, async () => {
      const page = await forum.visitor({ width });
      await logIn(page, forum.logins.member);
      const thread = await openThread(page, ARABIC);
      const heading = page.locator("h1 bdi");
      assert.equal(await heading.evaluate((element) => getComputedStyle(element).direction), "rtl", "it reads from the right");
      assert.equal(await start(heading), await start(page.locator(".thread-head .meta")));
      await page.goto("/new");
      const link = page.locator(".row h2 a", { hasText: ARABIC }).first();
      assert.equal(await link.evaluate((element) => getComputedStyle(element).direction), "rtl");
      assert.equal(await start(link), await start(page.locator(".row h2 a").nth(2)));
      await page.goto(`/u/${forum.logins.member.handle}`);
      assert.equal(await start(page.locator(".row h2 a", { hasText: ARABIC }).first()), await start(page.locator(".row .meta").first()));
      // An excerpt, which is a block of its own.
      await page.goto(`${thread}`);
      await page.fill("#body", ARABIC);
      await press(page, "#reply button[value=post]");
      await page.goto(`/u/${forum.logins.member.handle}`);
      const said = page.locator(".said li", { hasText: ARABIC }).first();
      assert.equal(await start(said.locator("p[dir=auto]")), await start(said.locator(".meta")));
      assertQuiet(page);
      await page.context().close();
    });
  }

  test("lists, code and tables of a post that begins from right to left", async () => {
    const page = await forum.visitor();
    await logIn(page, forum.logins.expert);
    await page.goto(await openThread(page, "بداية من اليمين"));
    const wide = "| a long heading | another long heading | a third one | a fourth one | a fifth one | a sixth one |";
    await page.fill("#body", `مرحبا\n\n- in English\n\n1. عربي\n\n\`\`\`\n${"code ".repeat(60)}\n\`\`\`\n\n${wide}\n${"|---".repeat(6)}|\n`);
    await press(page, "#reply button[value=post]");
    const prose = page.locator("article.post .prose").last();
    const direction = (selector) => prose.locator(selector).evaluate((element) => getComputedStyle(element).direction);
    assert.deepEqual(await Promise.all(["ul", "ol", "pre", "table"].map(direction)), ["ltr", "rtl", "ltr", "ltr"]);
    assert.equal(await prose.locator("pre").evaluate((element) => element.scrollLeft), 0, "code begins at its beginning");
    assertQuiet(page);
    await page.context().close();
  });

  test("a long thread tells how far one is and leads to its ends, with and without scripts", async () => {
    const page = await forum.visitor({ width: 390 });
    await logIn(page, forum.logins.expert);
    const thread = await openThread(page, "A long thread");
    for (let n = 2; n <= 23; n += 1) {
      await page.goto(thread);
      await page.fill("#body", `Reply ${n}\n\nwith\n\nsome\n\nlines`);
      await press(page, "#reply button[value=post]");
    }
    await page.goto(thread);
    const sign = page.locator(".place > summary");
    assert.match(await sign.textContent(), /1–20 \/ 23/);
    await page.locator("article.post").nth(9).scrollIntoViewIfNeeded();
    await page.mouse.wheel(0, 300);
    await page.waitForFunction(() => /^\d+$/.test(document.querySelector(".place [data-at]").textContent));
    await page.context().close();
    const plain = await forum.visitor({ width: 390, javaScript: false });
    await plain.goto(thread);
    await plain.locator(".place > summary").click();
    await press(plain, ".place a[href$='#last']");
    assert.match(plain.url(), /page=2#last$/);
    await plain.locator(".place > summary").click();
    await plain.fill(".place input[name=page]", "1");
    await press(plain, ".place form button");
    assert.equal(new URL(plain.url()).pathname + new URL(plain.url()).search, thread);
    assertQuiet(plain);
    await plain.context().close();
  });

  test("another language is offered once, in its own words, to who asks for it", async () => {
    const context = await forum.browser.newContext({ baseURL: forum.base, locale: "zh-HK" });
    const page = await context.newPage();
    await page.goto("/");
    const offer = page.locator(".offer");
    assert.equal(await offer.getAttribute("lang"), "zh-Hant");
    await offer.locator("[type=button]").click();
    assert.equal(await offer.count(), 0);
    await page.reload();
    assert.equal(await offer.count(), 0, "not again");
    await page.evaluate(() => localStorage.clear());
    await page.reload();
    await press(page, ".offer [value='zh-TW']");
    assert.equal(await page.locator("html").getAttribute("lang"), "zh-Hant");
    assert.equal(await offer.count(), 0);
    await context.close();
  });

  // Older web views (WeChat, Android before Chromium 105) drop every rule with :has().
  test("the frame and the editor stand without :has()", async () => {
    const page = await forum.visitor();
    await logIn(page, forum.logins.moderator);
    const withoutHas = () => page.evaluate(() => {
      const drop = (list) => {
        for (let n = list.cssRules.length - 1; n >= 0; n -= 1) {
          const rule = list.cssRules[n];
          if (rule.selectorText?.includes(":has(")) list.deleteRule(n);
          else if (rule.cssRules?.length) drop(rule);
        }
      };
      [...document.styleSheets].forEach(drop);
    });
    const [first] = await page.locator(".row h2 a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
    for (const path of ["/", first, "/points", `/u/${forum.logins.member.handle}`]) {
      await page.goto(path);
      await withoutHas();
      const [main, side] = [await page.locator("main").boundingBox(), await page.locator(".side").boundingBox()];
      assert.ok(side.x >= main.x + main.width && side.y < 200, `${path}: the right column stands beside the page`);
    }
    await page.goto("/compose");
    await page.locator(".toolbar").waitFor();
    await withoutHas();
    assert.equal(await page.locator("button:visible", { hasText: "Preview" }).count(), 1);
    const [main, form] = [await page.locator("main").boundingBox(), await page.locator("main form").boundingBox()];
    assert.equal(form.width, main.width, "text and preview take the whole page");
    assertQuiet(page);
    await page.context().close();
  });

  test("the place where one is stands in view in lines wider than a phone", async () => {
    const page = await forum.visitor({ width: 390 });
    await logIn(page, forum.logins.member);
    await page.goto("/following");
    const box = await page.locator(".tabs [aria-current]").boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 390, JSON.stringify(box));
    await page.goto("/");
    assert.equal(await page.locator(".tabs").evaluate((line) => line.scrollLeft), 0, "the first stays where it is");
    assertQuiet(page);
    await page.context().close();
  });

  test("one column stands in the middle", async () => {
    const page = await forum.visitor({ width: 1023 });
    await page.goto("/");
    await page.goto(await page.locator(".row h2 a").first().getAttribute("href"));
    const box = await page.locator("article.post").first().boundingBox();
    assert.ok(Math.abs(box.x - (1023 - box.x - box.width)) <= 2, JSON.stringify(box));
    assertQuiet(page);
    await page.context().close();
  });

  test("points stand at the end of their line, also beside a title of two lines on a phone", async () => {
    const page = await forum.visitor({ width: 390 });
    await logIn(page, forum.logins.member);
    await openThread(page, "A title that is much too long for one line of a phone and goes on below it");
    for (let tries = 0; ; tries += 1) {
      await page.goto("/points");
      if (await page.locator(".entries .about", { hasText: "much too long" }).count()) break;
      assert.ok(tries < 50, "the points are booked");
    }
    for (const entry of await page.locator(".entries li").all()) {
      const [text, delta] = [await entry.locator("div").boundingBox(), await entry.locator(".delta").boundingBox()];
      assert.ok(delta.x >= text.x + text.width, "beside the text");
      assert.ok(delta.y >= text.y - 1 && delta.y + delta.height <= text.y + text.height + 1, "on its line");
    }
    assertQuiet(page);
    await page.context().close();
  });
});
