// Posting and moderating by keyboard alone: nothing here clicks, and wherever the focus goes it can be seen.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertQuiet, eventually, withForum } from "./support.mjs";

/// Tabs at the most between two things on a page.
const FAR = 150;

describe("by keyboard alone", { concurrency: false }, () => {
  const forum = withForum();

  /// What has the focus, and whether that can be seen: an outline, by itself or around the row it stands for, inside
  /// the window and not under the bar that stays on top.
  const focus = (page) => page.evaluate(() => {
    const element = document.activeElement;
    const drawn = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    const ring = drawn(getComputedStyle(element)) || drawn(getComputedStyle(element, "::after"));
    const box = element.getBoundingClientRect();
    const bar = element.closest(".top, .skip") ? 0 : document.querySelector(".top").getBoundingClientRect().bottom;
    const inside = box.bottom > bar && box.top < innerHeight;
    return { name: element.outerHTML.slice(0, 120), seen: element === document.body || (ring && inside) };
  });

  /// Presses Tab until what `selector` names has the focus.
  const reach = async (page, selector, key = "Tab") => {
    for (let n = 0; n < FAR; n += 1) {
      await page.keyboard.press(key);
      const { name, seen } = await focus(page);
      assert.ok(seen, `the focus cannot be seen on ${name} of ${page.url()}`);
      if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
    }
    assert.fail(`${selector} was not reached on ${page.url()}`);
  };
  const enter = (page) => Promise.all([page.waitForEvent("domcontentloaded"), page.keyboard.press("Enter")]);
  const follow = async (page, selector, key) => {
    await reach(page, selector, key);
    await enter(page);
  };
  const fill = async (page, selector, text) => {
    await reach(page, selector);
    await page.keyboard.insertText(text);
  };
  const signIn = async (page, { handle, password }) => {
    await page.goto("/");
    await follow(page, "nav.me a[href='/login'], nav.dock a[href='/login']");
    await fill(page, "#login", handle);
    await fill(page, "#password", password);
    await enter(page);
    await page.waitForSelector("nav.me details.menu");
  };
  /// Chooses an option by typing the beginning of its name.
  const choose = async (page, selector, name, value) => {
    await reach(page, selector);
    await page.keyboard.type(name);
    assert.equal(await page.evaluate(() => document.activeElement.value), value);
  };

  for (const width of [1280, 390]) {
    test(`a thread is written, pinned, featured, closed, removed and brought back, ${width} px`, async () => {
      const title = `Torque wrench ${width}`;
      const writer = await forum.visitor({ width });
      await writer.goto("/");
      await reach(writer, "a.skip");
      await writer.keyboard.press("Enter");
      assert.equal(new URL(writer.url()).hash, "#main", "past the menus");
      await signIn(writer, forum.logins.member);
      await follow(writer, width > 1000 ? "nav.me a[href='/compose']" : "nav.dock a[href='/compose']");
      await fill(writer, "#title", title);
      await choose(writer, "#category", "Work", "lounge");
      await fill(writer, "#body", "Which one do you use?");
      await follow(writer, "main button[value=post]");
      assert.equal(await writer.locator("h1").textContent(), title);
      await fill(writer, "#reply textarea", "I borrow one.");
      await writer.keyboard.press("Control+Enter");
      await writer.waitForFunction(() => document.querySelectorAll("article.post").length === 2);

      const staff = await forum.visitor({ width });
      staff.on("dialog", (dialog) => dialog.accept());
      await signIn(staff, forum.logins.moderator);
      await follow(staff, ".tabs a[href='/new']");
      await staff.keyboard.press("j");
      assert.equal(await staff.evaluate(() => document.activeElement.textContent), title, "the newest comes first");
      assert.ok((await focus(staff)).seen);
      await Promise.all([staff.waitForEvent("domcontentloaded"), staff.keyboard.press("o")]);
      const thread = new URL(staff.url()).pathname;
      const meta = () => staff.locator(".thread-head .flag").allTextContents();

      // What staff do with a thread is behind a menu in its head.
      const tools = ".thread-menu > summary";
      const unfold = async (selector) => {
        await reach(staff, selector);
        await staff.keyboard.press("Enter");
      };
      await unfold(tools);
      await unfold("details.fold > summary");
      await choose(staff, "details.fold select", "This", "category");
      await follow(staff, "details.fold button[type=submit]");
      await staff.goto(thread);
      assert.ok((await meta()).includes("Pinned"));
      await unfold(tools);
      await follow(staff, "form[action$='/feature'] button");
      await staff.goto(thread);
      await unfold(tools);
      await follow(staff, "form[action$='/close'] button");
      await staff.goto(thread);
      const marks = await meta();
      assert.ok(["Pinned", "Featured", "Closed"].every((mark) => marks.includes(mark)), marks.join());
      await writer.goto(thread);
      assert.equal(await writer.locator("#reply").count(), 0, "closed for members");

      // A reply, behind the menu of its post; Escape closes the menu and leaves the focus on it.
      const posts = staff.locator("article.post");
      const menu = `#${await posts.nth(1).getAttribute("id")} details.menu`;
      await reach(staff, `${menu} > summary`);
      await staff.keyboard.press("Enter");
      await staff.keyboard.press("Escape");
      assert.equal(await staff.locator(menu).getAttribute("open"), null);
      assert.ok(await staff.evaluate((wanted) => document.activeElement.matches(wanted), `${menu} > summary`));
      await staff.keyboard.press("Enter");
      await follow(staff, `${menu} form[action$='/delete'] button`);
      await eventually(async () => (await writer.goto(thread)) && (await writer.locator("article.post").count()) === 1, "the reply is gone");

      await staff.goto(thread);
      await unfold(tools);
      await follow(staff, ".thread-menu form[action$='/delete'] button");
      await eventually(async () => (await writer.goto(thread)).status() === 410, "the thread is gone for others");
      await staff.goto(thread);
      await unfold(tools);
      await follow(staff, ".thread-menu form[action$='/restore'] button");
      await eventually(async () => (await writer.goto(thread)).status() === 200, "the thread is back");

      for (const page of [writer, staff]) {
        page.complaints = page.complaints.filter((line) => !/status of 410/.test(line));
        assertQuiet(page);
        await page.context().close();
      }
    });
  }
});
