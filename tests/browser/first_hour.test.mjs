// The first hour: from the link that an empty forum prints to the first member who came by an invitation, and all of
// it undone; with and without JavaScript, in two languages.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { assertQuiet, press, startBrowser, startForum, visitor } from "./support.mjs";

const WAYS = [
  { locale: "en", javaScript: true, width: 1280, offered: "Announcements", lounge: "Lounge" },
  { locale: "zh-CN", javaScript: false, width: 390, offered: "公告", lounge: "闲聊" },
];

describe("the first hour", { concurrency: false }, () => {
  let browser;
  before(async () => { browser = await startBrowser(); });
  after(async () => { await browser?.close(); });

  for (const { locale, javaScript, width, offered, lounge } of WAYS) {
    test(`${locale}, ${width} px, ${javaScript ? "with" : "without"} JavaScript`, async () => {
      const forum = await startForum({ demo: false });
      try {
        const link = forum.printed().match(/http:\S+\/first-administrator\?token=\S+/)[0];
        const page = await visitor(browser, forum.base, { locale, javaScript, width });
        page.on("dialog", (dialog) => dialog.accept());
        const next = () => press(page, "main form:not(.undo) .btn.primary");
        const at = () => new URL(page.url()).pathname;

        await page.goto(link);
        await page.fill("#username", "founder");
        await page.fill("#email", "founder@example.com");
        await page.fill("#password", "lanterns over the harbour 9");
        await press(page, "main button[type=submit]");
        assert.equal(at(), "/admin/start");
        await press(page, "main .btn.primary");
        assert.equal(at(), "/admin/start/language");
        assert.ok(await page.isChecked(`[name=locale][value="${locale}"]`), "the language one reads in is meant");
        await next();
        await page.fill("#name", "Harbour Works");
        await page.fill("#tagline", "Pumps, seals, answers");
        await next();
        await page.fill("#colour", "#7c3aed");
        await next();
        assert.equal(at(), "/admin/start/categories");
        assert.equal(await page.locator(".steps [aria-current=step]").count(), 1);
        const named = await page.locator(".steps .step-name").evaluateAll((names) => names.map((name) => name.offsetWidth > 1));
        assert.deepEqual(named, width < 600 ? [false, false, false, true, false] : [true, true, true, true, true], "the step one is at is named");
        await press(page, "a.choice");
        assert.equal(await page.inputValue("#name0"), offered);
        await page.fill("#name1", "Seals & valves");
        await page.uncheck("[name=make3]");
        await next();
        assert.equal(at(), "/admin/start/invitation");
        await next();
        const invitation = await page.inputValue("#link");
        assert.ok(invitation.startsWith(`${forum.base}/signup?token=`));
        assert.equal(await page.locator("[data-copy]").isVisible(), javaScript);
        if (javaScript) {
          await page.click("[data-copy]");
          await page.locator("[data-copy]", { hasText: "Copied" }).waitFor();
        }
        await press(page, "main .btn.primary");
        assert.match(await page.locator("h1").textContent(), /Harbour Works/);

        const guest = await visitor(browser, forum.base, { locale, javaScript, width });
        await guest.goto(invitation);
        assert.match(await guest.locator(".notice.ok").textContent(), /founder.*Harbour Works/);
        await guest.fill("#username", "first-member");
        await guest.fill("#email", "first@example.com");
        await guest.fill("#password", "short");
        await press(guest, "main button[type=submit]");
        assert.equal(await guest.inputValue("#username"), "first-member");
        await guest.fill("#password", "a quay with seven bollards");
        await press(guest, "main button[type=submit]");
        await guest.goto("/categories");
        const names = await guest.locator(".directory h2").allTextContents();
        assert.equal(names.length, 4);
        assert.ok(names.some((name) => name.includes("Seals & valves")) && names.some((name) => name.includes(lounge)));

        // All of it back, from the last step to the first.
        for (const step of ["invitation", "categories", "look", "name", "language"]) {
          await page.goto(`/admin/start/${step}`);
          await press(page, "form.undo button");
          assert.equal(await page.locator(".notice.ok[role=status]").count(), 1, step);
        }
        await guest.goto("/categories");
        assert.equal(await guest.locator(".directory li").count(), 0);
        assert.equal(await guest.locator("a.brand").textContent(), "Hearth");
        const late = await guest.context().newPage();
        const answer = await late.goto(invitation);
        assert.equal(answer.status(), 410);
        for (const each of [page, guest]) {
          assertQuiet({ complaints: each.complaints.filter((line) => !/signup: .*422/.test(line)) });
          await each.context().close();
        }
      } finally {
        await forum.stop();
      }
    });
  }
});
