// Every page, as the people who may see it: nothing for axe to find at both widths in both colour schemes, no
// sideways scrolling down to 320 px or with text at twice its size, nothing in the console, and valid HTML.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { assertQuiet, LOCALES, logIn, press, withForum } from "./support.mjs";

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const AXE = await readFile(require.resolve("axe-core/axe.min.js"), "utf8");
const NU = join(dirname(require.resolve("vnu-jar/package.json")), "build/dist/vnu.jar");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const SHOTS = process.env.SHOTS;

const RULES_OF_THE_HOUSE = `Read this once, then write.

# Before you ask

Look whether it was asked: [search](/search) finds part numbers too.

## What belongs in a question

1. The model and its firmware
2. What you did, and what happened

| where | what for |
|---|---|
| Sensors | readings that look wrong |
| Lounge | everything else |

> Be kind. Everybody was new once.`;

const OPEN = [
  "/", "/latest", "/new", "/top", "/top?period=all", "/unanswered", "/featured", "/categories", "/tags", "/archive",
  "/c/sensors", "/c/sensors/archive", "/t/1", "/t/2", "/t/3", "/t/40", "/search", "/search?q=sensor", "/search?q=传感器",
  "/search?q=qqqzzz", "/login", "/signup", "/signup?token=none", "/pages/house-rules", "/pages/never-was", "/api/docs", "/keyboard", "/offline", "/no-such-page", "/t/999999", "/password",
];
const PAGES = {
  visitor: OPEN,
  member: ["/", "/t/1", "/t/3", "/c/sensors", "/compose", "/following", "/points", "/settings", "/u/{self}", "/u/helena"],
  moderator: ["/t/1", "/t/2/heat", "/t/2", "/u/marta"],
  administrator: [
    "/t/1", "/admin", "/admin/start", "/admin/start/language", "/admin/start/name", "/admin/start/look", "/admin/start/categories",
    "/admin/start/categories?set=vendor", "/admin/start/invitation", "/admin/invitations", "/signup?token=none", "/admin/members", "/admin/members/marta", "/admin/members/marta/points", "/admin/categories", "/admin/categories/new",
    "/admin/categories/1", "/admin/pages", "/admin/pages/new", "/admin/pages/1", "/pages/house-rules", "/admin/settings", "/admin/branding", "/admin/style", "/admin/search", "/admin/search/words", "/admin/search/try?q=sensor", "/admin/duplicates", "/admin/points", "/admin/jobs", "/admin/audit", "/thread/1/edit", "/thread/1/move",
    "/post/1/edit", "/post/1/history", "/thread/1/heat",
  ],
};

// What addresses that stand for nothing and spent links answer.
const REFUSED = /(no-such-page|999999|never-was|password|token=none): .*status of 4(04|10|22)/;

describe("every page", { concurrency: false }, () => {
  const forum = withForum();
  let folder;
  const files = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "hearth-pages-"));
    if (SHOTS) await mkdir(SHOTS, { recursive: true });
    const page = await forum.visitor();
    await logIn(page, forum.logins.administrator);
    await page.goto("/admin/pages/new");
    await page.fill("#title", "House rules");
    await page.fill("#body", RULES_OF_THE_HOUSE);
    await page.selectOption("#state", "published");
    await press(page, "button[value=save]");
    await page.context().close();
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  for (const [role, addresses] of Object.entries(PAGES)) {
    for (const [width, scheme, locale] of [[1280, "light", "en"], [1280, "dark", "zh-CN"], [390, "light", "zh-TW"], [390, "dark", "en"]]) {
      test(`${role}, ${width} px, ${scheme}, ${locale}`, async () => {
        const page = await forum.visitor({ locale, scheme, width });
        if (role !== "visitor") await logIn(page, forum.logins[role]);
        const found = [];
        for (const address of addresses) {
          const path = address.replace("{self}", forum.logins[role]?.handle);
          await page.goto(path);
          await page.evaluate(AXE);
          const { violations } = await page.evaluate((rules) => window.axe.run(document, { runOnly: rules, resultTypes: ["violations"] }), RULES);
          for (const { id, nodes } of violations) found.push(`${path}: ${id}: ${nodes.map((node) => node.target.join(" ")).slice(0, 3).join(" | ")}`);
          if (await sideways(page)) found.push(`${path}: scrolls sideways at ${width} px`);
          const name = `${role}-${path.replaceAll(/[^\p{L}\d]+/gu, "-")}-${width}-${scheme}-${locale}`;
          if (SHOTS) await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
          const file = join(folder, `${name}.html`);
          await writeFile(file, await (await page.request.get(path)).text());
          files.push(file);
        }
        page.complaints = page.complaints.filter((line) => !REFUSED.test(line));
        assert.deepEqual(found, []);
        assertQuiet(page);
        await page.context().close();
      });
    }
  }

  test("320 px and text of twice the size", async () => {
    const found = [];
    for (const role of Object.keys(PAGES)) {
      const page = await forum.visitor({ width: 320, locale: LOCALES[0] });
      if (role !== "visitor") await logIn(page, forum.logins[role]);
      for (const address of PAGES[role]) {
        const path = address.replace("{self}", forum.logins[role]?.handle);
        await page.setViewportSize({ width: 320, height: 640 });
        await page.goto(path);
        if (await sideways(page)) found.push(`${path}: scrolls sideways at 320 px`);
        await page.setViewportSize({ width: 1280, height: 900 });
        await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
        if (await sideways(page)) found.push(`${path}: scrolls sideways with text of 200 %`);
      }
      await page.context().close();
    }
    assert.deepEqual(found, []);
  });

  test("the Nu checker finds no error", async () => {
    const { stderr } = await run("java", ["-Xss4m", "-jar", NU, "--no-langdetect", "--errors-only", "--format", "gnu", ...files], { maxBuffer: 1 << 26 }).catch((error) => error);
    const lines = stderr.split("\n").filter(Boolean).map((line) => line.replaceAll(folder, ""));
    assert.deepEqual(lines.slice(0, 20), []);
  });
});

function sideways(page) {
  return page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
}
