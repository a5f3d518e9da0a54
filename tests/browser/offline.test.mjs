// The installed site: what can be read without a network, to whom it belongs, and when it is gone.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { eventually, logIn, press, withForum } from "./support.mjs";

const ours = (page) => page.evaluate(async () => {
  const found = [];
  for (const name of await caches.keys()) {
    for (const { url } of await (await caches.open(name)).keys()) found.push(`${name} ${new URL(url).pathname}`);
  }
  return found;
});

describe("offline", { concurrency: false }, () => {
  const forum = withForum();

  const read = async (page, address) => {
    await page.goto(address);
    const path = new URL(page.url()).pathname;
    await eventually(async () => (await ours(page)).some((copy) => copy.endsWith(` ${path}`)), `${path} is kept`);
    return path;
  };
  // A page that was on its way while the worker came to life is its only from the next time on.
  const controlled = async (page) => {
    await page.evaluate(async () => { await navigator.serviceWorker.ready; });
    if (!(await page.evaluate(() => Boolean(navigator.serviceWorker.controller)))) await page.reload();
    await page.waitForFunction(() => navigator.serviceWorker.controller);
  };

  test("the manifest names icons that load, and the worker is at home in the site", async () => {
    const page = await forum.visitor();
    await page.goto("/");
    const href = await page.getAttribute("link[rel=manifest]", "href");
    const manifest = await (await page.request.get(href)).json();
    for (const { src, sizes } of manifest.icons) {
      const [width] = await page.evaluate(async (src) => {
        const image = new Image();
        image.src = src;
        await image.decode();
        return [image.naturalWidth];
      }, src);
      assert.equal(`${width}x${width}`, sizes);
    }
    const client = await page.context().newCDPSession(page);
    const { errors } = await client.send("Page.getAppManifest");
    assert.deepEqual(errors, []);
    assert.equal(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length), 0, "not for visitors");
    await page.context().close();
  });

  test("threads read last can be read without a network; a restricted one is never kept", async () => {
    const page = await forum.visitor({ locale: "zh-TW" });
    await logIn(page, forum.logins.administrator);
    // A category of its own that only the named may read.
    await page.goto("/admin/categories/new");
    await page.fill("#name", "Vault");
    await page.fill("#slug", "vault");
    await page.check("input[name=private]");
    await press(page, "main form button[type=submit]");
    await page.goto("/compose?category=vault");
    await page.fill("#title", "Secret plans");
    await page.selectOption("#category", "vault");
    await page.fill("#body", "Nobody else reads this.");
    await press(page, "button[value=post]");
    const secret = new URL(page.url()).pathname;
    await page.goto(secret);

    const first = await read(page, "/t/3");
    const title = await page.locator("h1").textContent();
    await read(page, "/t/2");
    await controlled(page);
    const kept = await ours(page);
    assert.ok(!kept.some((copy) => copy.endsWith(secret)), "the secret is not kept");
    assert.ok(kept.every((copy) => copy.startsWith(`hearth:offline:${forum.logins.administrator.handle} `)));
    assert.ok(!kept.some((copy) => /admin|settings|compose|\/u\//.test(copy)), kept.join("\n"));
    const held = await page.evaluate(async () => {
      const texts = [];
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) texts.push(await (await cache.match(request, { ignoreVary: true })).text());
      }
      return texts.join("\n");
    });
    assert.ok(!/Secret plans|data-reader|name="csrf"/.test(held), "nothing of the reader is kept");

    await page.context().setOffline(true);
    await page.goto(first);
    await page.waitForSelector("article.thread");
    assert.equal((await page.locator("h1").textContent()).trim(), title.trim());
    assert.match(await page.locator(".notice").textContent(), /^目前沒有網路。/);
    assert.equal(await page.locator("article.thread form").count(), 0);
    await page.goto("/latest");
    await page.waitForSelector(".said h2 a");
    assert.deepEqual(await page.locator(".said h2 a").count(), 2);
    assert.equal(await page.locator("h1").textContent(), "目前沒有網路");
    assert.notEqual(await page.evaluate(() => getComputedStyle(document.querySelector(".notice")).paddingTop), "0px", "with its style");
    await page.goto(secret);
    await page.waitForSelector(".said h2 a");
    assert.ok(!(await page.content()).includes("Secret plans"));
    await page.context().setOffline(false);
    await press(page, "[data-again]");
    assert.equal((await page.locator("h1").textContent()).trim(), "Secret plans");
    await page.context().close();
  });

  test("after logout nothing is left, and another account finds nothing", async () => {
    const page = await forum.visitor();
    await logIn(page, forum.logins.member);
    await read(page, "/t/3");
    await controlled(page);
    await page.click("details.menu summary");
    await press(page, "form[action='/logout'] button");
    assert.deepEqual(await ours(page), []);
    assert.deepEqual(await page.evaluate(() => Object.keys(localStorage).filter((key) => key !== "hearth-left")), []);
    await eventually(() => page.evaluate(async () => !(await navigator.serviceWorker.getRegistrations()).length), "the worker is gone");

    // A session that ends elsewhere, and another account without a logout between.
    await logIn(page, forum.logins.member);
    await read(page, "/t/3");
    await page.context().clearCookies({ name: "sid" });
    await page.goto("/");
    await eventually(async () => !(await ours(page)).length, "a visitor finds nothing");
    await logIn(page, forum.logins.member);
    await read(page, "/t/3");
    await page.context().clearCookies({ name: "sid" });
    await page.goto("about:blank");
    const other = await page.context().newPage();
    await other.route("**/js/hearth.*", (route) => route.abort());
    await logIn(other, forum.logins.expert);
    await read(other, "/t/2");
    const kept = await ours(other);
    assert.ok(kept.every((copy) => copy.startsWith(`hearth:offline:${forum.logins.expert.handle} `)), kept.join("\n"));
    assert.ok(!kept.some((copy) => copy.includes(" /t/3/")));
    await page.context().close();
  });
});
