// Text that is being written: nothing lets go of it but the server's word that it was taken, its writer, or logging out.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { eventually, logIn, press, withForum } from "./support.mjs";

const records = (page) => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("hearth:text:")));
const holds = (page, text) => eventually(async () => (await page.inputValue("#body")) === text, `the box holds ${text}`);
const logOut = async (page) => {
  await page.click("details.menu summary");
  await press(page, "form[action='/logout'] button");
};

describe("kept text", { concurrency: false }, () => {
  const forum = withForum();

  const open = async (path) => {
    const page = await forum.visitor();
    await logIn(page, forum.logins.member);
    await page.goto(path);
    return page;
  };
  const write = async (page, text) => {
    await page.fill("#body", text);
    await eventually(async () => (await records(page)).length, "a record");
  };

  test("a redirect that has nothing to do with the form clears nothing", async () => {
    const page = await open("/compose");
    await page.fill("#title", "A title");
    await page.selectOption("#category", "lounge");
    await write(page, "Before the session ended");
    await page.context().clearCookies({ name: "sid" });
    await press(page, "button[value=post]");
    await page.waitForSelector("#password");
    await page.goto("/");
    await logIn(page, forum.logins.member);
    await page.goto("/compose");
    await holds(page, "Before the session ended");
    assert.match(await page.locator("[data-keeping]").textContent(), /Restored what you wrote on .+\./);
    await page.goto("/t/1");
    await page.goto("/compose");
    await holds(page, "Before the session ended");
    await press(page, "button[value=post]");
    await page.waitForSelector("article.post");
    assert.deepEqual(await records(page), [], "what was posted is kept no longer");
    await page.context().close();
  });

  test("what could not be sent is found again by a short address, and trying again leads to a page", async () => {
    const page = await open("/t/3");
    const path = new URL(page.url()).pathname;
    await page.evaluate(async () => { await navigator.serviceWorker.ready; });
    await page.reload();
    await page.waitForFunction(() => navigator.serviceWorker.controller);
    await write(page, "Written on a train");
    await page.context().setOffline(true);
    await press(page, "#reply button[value=post]");
    await page.waitForSelector("[data-again]");
    assert.equal(new URL(page.url()).pathname, path);
    await page.context().setOffline(false);
    await press(page, "[data-again]");
    await holds(page, "Written on a train");
    await page.goto("/");
    await page.goto("/t/3");
    await holds(page, "Written on a train");
    await press(page, "#reply button[value=post]");
    await page.waitForSelector("article.post");
    assert.deepEqual(await records(page), []);
    await page.goBack();
    await page.waitForSelector("#body");
    await page.waitForTimeout(300);
    assert.equal(await page.inputValue("#body"), "", "Back does not bring it again");
    await page.context().close();
  });

  test("a page that the browser kept whole does not offer again what was sent from it", async () => {
    const page = await open("/t/3");
    await write(page, "Said once");
    // What the browser does at Back: the page as it was left, form and all, after the server took what it held. The
    // browser under test keeps no page that must not be stored, so the way there is walked by hand.
    await page.evaluate(async () => {
      const form = document.querySelector("#reply form");
      const body = new URLSearchParams([...new FormData(form), ["action", "post"]]);
      form.dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true }));
      await fetch(form.getAttribute("action"), { method: "POST", body });
    });
    assert.equal(await page.inputValue("#body"), "Said once", "the page stands as it was left");
    await Promise.all([
      page.waitForEvent("domcontentloaded"),
      page.evaluate(() => { dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })); }),
    ]);
    await page.locator("article.post", { hasText: "Said once" }).waitFor();
    await page.waitForTimeout(300);
    assert.equal(await page.inputValue("#body"), "");
    assert.deepEqual(await records(page), []);
    await page.context().close();
  });

  test("its writer discards it, or cancels", async () => {
    const page = await open("/compose");
    assert.equal(await page.locator("[data-keeping] button").isVisible(), false, "there is nothing to discard yet");
    await write(page, "Not worth keeping");
    await page.waitForFunction(() => document.querySelector("[data-keeping] [role=status]").textContent.startsWith("Saved in this browser"));
    await page.reload();
    await holds(page, "Not worth keeping");
    await page.click("[data-keeping] button");
    assert.equal(await page.inputValue("#body"), "");
    assert.deepEqual(await records(page), []);
    await write(page, "To be cancelled");
    page.once("dialog", (dialog) => dialog.dismiss());
    await page.click("[data-cancel]");
    assert.equal(await page.inputValue("#body"), "To be cancelled");
    page.once("dialog", (dialog) => dialog.accept());
    await press(page, "[data-cancel]");
    await page.goto("/compose");
    await page.waitForTimeout(400);
    assert.equal(await page.inputValue("#body"), "");
    await page.context().close();
  });

  test("what is typed before the script arrives is not replaced; the older text is offered", async () => {
    const first = await open("/t/3");
    await write(first, "An old draft");
    await first.close();
    const page = await first.context().newPage();
    let arrive;
    const slow = new Promise((resolve) => { arrive = resolve; });
    await page.route("**/kept*.js", async (route) => { await slow; await route.continue(); });
    await page.goto("/t/3", { waitUntil: "commit" });
    await page.waitForSelector("#body");
    await page.fill("#body", "Something new");
    arrive();
    const keeping = page.locator("[data-keeping]");
    await eventually(async () => /started something else/.test(await keeping.textContent()), "the offer");
    assert.equal(await page.inputValue("#body"), "Something new");
    await keeping.locator("button").click();
    assert.equal(await page.inputValue("#body"), "An old draft");
    await keeping.locator("button").click();
    assert.equal(await page.inputValue("#body"), "Something new", "neither is lost");
    assert.equal((await records(page)).length, 2);
    await press(page, "#reply button[value=post]");
    await page.locator("article.post", { hasText: "Something new" }).waitFor();
    await holds(page, "An old draft");
    await page.context().close();
  });

  test("after logging out no other tab writes anything", async () => {
    const page = await open("/t/3");
    const other = await page.context().newPage();
    await other.goto("/compose");
    await logOut(page);
    await other.fill("#body", "Typed too late");
    await other.waitForTimeout(700);
    await other.close();
    const left = await page.evaluate(async () => [...Object.keys(localStorage).filter((key) => key.startsWith("hearth:")), ...await caches.keys()]);
    assert.deepEqual(left, []);
    // A tab that was on its way while another logged out.
    await logIn(page, forum.logins.member);
    await page.goto("/t/3");
    const late = await page.context().newPage();
    await late.goto("/t/2", { waitUntil: "commit" });
    await logOut(page);
    await late.waitForTimeout(1_500);
    assert.deepEqual(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("hearth:"))), []);
    await eventually(() => page.evaluate(async () => !(await caches.keys()).length), "no copy is left");
    await page.context().close();
  });
});
