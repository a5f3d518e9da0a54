// A forum and a browser for a test: the real binary on a database of its own, Debian's Chromium, and a page that
// remembers everything it complained about.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BINARY = process.env.HEARTH_BINARY ?? join(ROOT, "target/debug/hearth");
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const START_MS = 120_000;
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

export const LOCALES = ["en", "zh-CN", "zh-TW"];

/// A port that nobody held a moment ago. The forum needs it beforehand: its own address stands in its pages.
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject).listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/// Starts `hearth serve` on a free port. `options`: `demo` fills the database. Answers the base address, the demo's
/// passwords by role, everything printed so far, and `stop()`.
export async function startForum({ demo = true } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "hearth-browser-"));
  const args = ["serve", "--bind", `127.0.0.1:${await freePort()}`, "--data-dir", folder, "--rate-limits", "off", "--log", "warn"];
  const child = spawn(BINARY, demo ? [...args, "--demo"] : args, { stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  const base = await new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`the forum did not start:\n${printed}`)), START_MS);
    child.once("exit", (code) => reject(new Error(`hearth ended with ${code}:\n${printed}`)));
    child.stdout.on("data", (bytes) => {
      printed += bytes;
      const found = printed.match(/running at (http:\S+)/);
      if (found) {
        clearTimeout(late);
        resolve(found[1]);
      }
    });
  });
  const logins = {};
  for (const [, role, handle, password] of printed.matchAll(/^ {2}(\w+) +(\w+) +(\w{12,})$/gm)) {
    logins[role] ??= { handle, password };
  }
  const stop = async () => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  return { base, logins, printed: () => printed, stop };
}

export function startBrowser() {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/// A forum and a browser for the tests of one `describe`, started before the first and stopped after the last.
/// `visitor(options)` opens a page there; the rest is as `startForum` answers it.
export function withForum(options) {
  const here = {};
  before(async () => {
    const [forum, browser] = await Promise.all([startForum(options), startBrowser()]);
    Object.assign(here, forum, { browser, visitor: (wishes) => visitor(browser, forum.base, wishes) });
  });
  after(async () => {
    await here.browser?.close();
    await here.stop?.();
  });
  return here;
}

/// A visitor with cookies of their own. `page.complaints` gathers console errors, script errors, requests that left
/// the site and answers of 500 and above; `assertQuiet` reads it.
export async function visitor(browser, base, { locale = "en", javaScript = true, width = 1280, scheme = "light" } = {}) {
  const context = await browser.newContext({
    baseURL: base,
    colorScheme: scheme,
    hasTouch: width < 600,
    isMobile: width < 600,
    javaScriptEnabled: javaScript,
    locale,
    reducedMotion: "reduce",
    viewport: { width, height: width < 600 ? 844 : 900 },
  });
  await context.addCookies([{ name: "locale", value: locale, url: base }]);
  const page = await context.newPage();
  page.complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error") page.complaints.push(`${page.url()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => page.complaints.push(`${page.url()}: ${error.message}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(base) && !url.startsWith("data:")) page.complaints.push(`a request left the site: ${url}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 500) page.complaints.push(`${response.status()} ${response.url()}`);
  });
  page.forum = base;
  return page;
}

export function assertQuiet(page) {
  assert.deepEqual(page.complaints, []);
}

export async function logIn(page, { handle, password }) {
  await page.goto("/login");
  await page.fill("#login", handle);
  await page.fill("#password", password);
  await press(page, "main button[type=submit]");
  await page.waitForURL((url) => url.pathname !== "/login");
}

/// Clicks something that loads another page and waits for that page.
export async function press(page, selector) {
  await Promise.all([page.waitForEvent("domcontentloaded"), page.locator(selector).first().click()]);
}

/// Asks again until `probe` answers something truthy; for what follows from a write shortly after it.
export async function eventually(probe, what, seconds = 20) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await probe();
    if (found) return found;
    assert.ok(Date.now() < end, `not within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
