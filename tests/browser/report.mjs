// Opens reports in Chromium as a reader does. Arguments: a folder with plain.html (the sample corpus) and hostile.html, where
// screenshots and a PDF are put too, and Chromium. Prints a line for each check, and ends with 1 if one fails.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [folder, chrome] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const address = (name) => pathToFileURL(join(folder, name)).href;
const browser = await chromium.launch({
  executablePath: chrome,
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
let failed = 0;

// A page of its own for each check, in which nothing may be complained of, asked for or said but the file itself.
const check = async (what, name, options, run) => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  // A busy machine is slow, not wrong.
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error}`));
  page.on("dialog", (dialog) => { complaints.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => request.url().startsWith(address(name)) || request.url() === "data:," || complaints.push(`request: ${request.url()}`));
  try {
    await page.goto(address(name) + (options.hash ?? ""));
    await run(page, complaints);
    assert.deepEqual(complaints, []);
    console.log(`ok    ${what}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILS ${what}: ${error.stack}`);
  }
  await context.close();
};
// A link inside the page is followed some time after the click or the key: waits until what is read is as it should be.
const becomes = async (read, wanted) => {
  for (const start = Date.now(); ;) {
    try { return assert.deepEqual(await read(), wanted); } catch (error) { if (Date.now() - start > 60_000) throw error; }
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
};
const visible = (page, selector) => page.locator(selector).filter({ visible: true }).count();
const shot = (page, name, fullPage = true) => page.screenshot({ path: join(folder, name), fullPage });
const fitsInWidth = (page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
const inView = (page, selector) => page.locator(selector).evaluate((element) => {
  const box = element.getBoundingClientRect();
  return box.top >= -1 && box.top < innerHeight;
});
const unfold = (page) => page.evaluate(() => document.querySelectorAll("details").forEach((fold) => { fold.open = true; }));
// Smooth scrolling takes its time.
const still = { reducedMotion: "reduce" };

const plain = "plain.html";
await check("all content is there without a script", plain, { javaScriptEnabled: false }, async (page) => {
  assert.equal(await page.locator("#filters").isVisible(), false);
  assert.ok(await visible(page, ".claim") > 5);
  assert.match(await page.locator("h1").innerText(), /16 sources, 150 passages/);
  for (const section of ["claims", "sources", "map", "alone", "dropped", "method"]) assert.ok(await page.locator(`#${section}`).isVisible(), section);
  await page.locator("#alone summary").first().click();
  assert.ok(await visible(page, "#alone li") > 0);
  await page.locator("#heat a.cell").first().click();
  await page.waitForURL(/#pair-\d+-\d+$/);
  assert.ok(await fitsInWidth(page));
});

await check("search", plain, still, async (page) => {
  const all = await visible(page, ".claim");
  await page.fill("#find", "oysters");
  const found = await visible(page, ".claim");
  assert.ok(found > 0 && found < all, `${found} of ${all}`);
  for (const text of await page.locator(".claim").filter({ visible: true }).allInnerTexts()) assert.match(text, /oysters/i);
  // Claims, themes and themes within one source, each by itself, as everywhere else.
  const counts = [];
  for (const [kind, name] of [["claim", "claims"], ["theme", "themes"], ["own", "themes within one source"]]) {
    const those = await page.locator(`.claim[data-kind=${kind}]`).count();
    if (those || kind === "claim") counts.push(`${await visible(page, `.claim[data-kind=${kind}]`)} of ${those} ${name}`);
  }
  assert.ok((await page.locator("#found").innerText()).startsWith(`${counts.join(", ")},`), counts.join(", "));
  assert.ok((await page.locator("h1").innerText()).includes(`${await page.locator(".claim[data-kind=claim]").count()} shared claims`));
  assert.ok(await page.locator("#plot a.faded").count() > 0);
  await page.fill("#find", "zzzz");
  assert.equal(await visible(page, ".claim"), 0);
  assert.ok(await page.locator("#no-claims").isVisible());
  await page.click("#clear");
  await page.waitForFunction((all) => document.querySelectorAll(".claim:not([hidden])").length === all, all);
});

await check("filters by source, claim, relation and date", plain, still, async (page) => {
  const all = await visible(page, ".claim");
  const gazette = await page.locator("#by-source option", { hasText: "Island ferry slams into harbor wall" }).getAttribute("value");
  await page.selectOption("#by-source", gazette);
  const of = await page.locator(".claim").filter({ visible: true }).evaluateAll((cards) => cards.map((card) => card.dataset.s.split(" ")));
  assert.ok(of.length > 0 && of.length < all && of.every((sources) => sources.includes(gazette)));
  await page.selectOption("#by-source", "");
  await page.selectOption("#by-claim", "2");
  assert.equal(await visible(page, ".claim"), 1);
  await page.selectOption("#by-claim", "");
  await page.selectOption("#by-relation", "verbatim");
  const relations = await page.locator(".claim").filter({ visible: true }).evaluateAll((cards) => cards.map((card) => card.dataset.r));
  assert.ok(relations.length > 0 && relations.length < all && relations.every((list) => list.includes("verbatim")));
  await page.selectOption("#by-relation", "disagree");
  assert.ok(await visible(page, ".claim .disagreements") >= await visible(page, ".claim"));
  await page.selectOption("#by-relation", "");
  await page.fill("#since", "2031-01-01");
  assert.equal(await visible(page, ".claim"), 0);
  await page.fill("#since", "2000-01-01");
  assert.ok(await visible(page, ".claim") > 0);
});

await check("sorting", plain, still, async (page) => {
  const labels = () => page.locator(".claim h3 bdi").allInnerTexts();
  const before = await labels();
  await page.selectOption("#sort", "label");
  const after = await labels();
  assert.notDeepEqual(after, before);
  assert.deepEqual(after, [...after].sort((a, b) => a.localeCompare(b)));
  await page.selectOption("#sort", "order");
  assert.deepEqual(await labels(), before);
});

await check("a cell shows the matched passages", plain, still, async (page) => {
  const cell = page.locator("#heat a.cell.h5").first();
  const said = await cell.getAttribute("aria-label");
  await cell.click();
  const pair = page.locator("details.pair[open]");
  await becomes(() => pair.count(), 1);
  assert.ok(await pair.locator(".both p").count() >= 2);
  const [a, b] = await pair.locator(".both").first().locator("p").allInnerTexts();
  assert.ok(a.length > 40 && b.length > 40);
  assert.match(said, /100% of .* is said in .*, 10 matching pairs of passages/);
  assert.equal(await pair.locator(".matches > li").count(), 10);
  await becomes(() => inView(page, "details.pair[open]"), true);
});

await check("a deep link leads to its claim", plain, { ...still, hash: "#claim-5" }, async (page) => {
  await becomes(() => inView(page, "#claim-5"), true);
  await becomes(() => page.evaluate(() => document.activeElement.id), "claim-5");
  await page.fill("#find", "zzzz");
  await page.evaluate(() => { location.hash = "#claim-7"; });
  await page.waitForFunction(() => document.activeElement.id === "claim-7");
  assert.ok(await page.locator("#claim-7").isVisible());
});
// Where the window was the browser knows itself, and perhaps what was chosen.
await check("a reload applies what is chosen before it follows the link", plain, { ...still, hash: "#claim-5" }, async (page) => {
  await page.selectOption("#sort", "label");
  await page.reload();
  await becomes(() => page.evaluate(() => document.activeElement.id), "claim-5");
  const labels = await page.locator(".claim h3 bdi").allInnerTexts();
  const sorted = await page.locator("#sort").inputValue() === "label" ? [...labels].sort((a, b) => a.localeCompare(b)) : labels;
  assert.deepEqual(labels, sorted);
});
await check("a deep link unfolds what it leads to", plain, still, async (page) => {
  const name = await page.locator("#alone details:not([open]) li[id]").last().getAttribute("id");
  await page.evaluate((name) => { location.hash = name; }, name);
  await page.waitForFunction((name) => document.activeElement.id === name, name);
  assert.ok(await page.locator(`#${name}`).isVisible());
  await becomes(() => inView(page, `#${name}`), true);
});

await check("everything by keyboard", plain, still, async (page) => {
  const active = () => page.evaluate(() => document.activeElement.id || document.activeElement.className.baseVal || document.activeElement.className || document.activeElement.tagName);
  await page.keyboard.press("Tab");
  assert.match(await active(), /skip/);
  const seen = new Set();
  for (let presses = 0; presses < 400; presses += 1) {
    await page.keyboard.press("Tab");
    seen.add(await page.evaluate(() => {
      const element = document.activeElement;
      return element.closest("#heat") ? "heat" : element.closest("#plot") ? "plot" : element.tagName === "SUMMARY" ? "summary" : element.id || element.tagName;
    }));
    if (seen.has("BODY")) break;
  }
  for (const stop of ["find", "by-source", "by-claim", "by-relation", "sort", "clear", "heat", "plot", "summary"]) assert.ok(seen.has(stop), `no ${stop}`);
  await page.locator("#heat a.cell").first().focus();
  const label = () => page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  const first = await label();
  await page.keyboard.press("ArrowDown");
  assert.notEqual(await label(), first);
  await page.keyboard.press("Enter");
  await becomes(() => page.locator("details.pair[open]").count(), 1);
  await becomes(() => page.evaluate(() => document.activeElement.tagName), "SUMMARY");
  await page.locator("#plot a").first().focus();
  assert.ok(await page.locator("#tip").isVisible());
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.evaluate(() => [...document.querySelectorAll("#plot a")].indexOf(document.activeElement)), 1);
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("#tip").isVisible(), false);
  const [one, two] = await page.locator(".claim").evaluateAll((cards) => cards.map((card) => card.id));
  await page.locator(`#${one} .anchor`).focus();
  await page.keyboard.press("j");
  assert.equal(await active(), two);
  await page.keyboard.press("k");
  assert.equal(await active(), one);
});

await check("the map tells a passage's words", plain, still, async (page) => {
  const point = page.locator("#plot a").last();
  await point.scrollIntoViewIfNeeded();
  await point.hover();
  await becomes(async () => (await page.locator("#tip-text").innerText()).length > 20, true);
  assert.equal(await page.locator("#plot a").count(), 150);
});

await check("printed", plain, still, async (page) => {
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator("#filters").isVisible(), false);
  assert.equal(await page.locator("nav").isVisible(), false);
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assert.equal(await page.locator("#alone details:not([open]), #pairs details:not([open])").count(), 0);
  assert.ok(await visible(page, "#pairs .both p") > 0);
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  assert.equal(await page.locator("#pairs details[open]").count(), 0);
  writeFileSync(join(folder, "plain.pdf"), await page.pdf({ format: "A4" }));
});

for (const width of [375, 1440]) {
  for (const colorScheme of ["light", "dark"]) {
    for (const name of [plain, "hostile.html"]) {
      await check(`${name} at ${width} pixels, ${colorScheme}: fits, and axe finds nothing`, name, { ...still, colorScheme, viewport: { width, height: 900 } }, async (page) => {
        await shot(page, `${name.slice(0, -5)}-${width}-${colorScheme}.png`);
        await shot(page, `${name.slice(0, -5)}-${width}-${colorScheme}-top.png`, false);
        assert.ok(await fitsInWidth(page), "wider than the window");
        for (const state of ["folded", "unfolded"]) {
          if (state === "unfolded") await unfold(page);
          assert.ok(await fitsInWidth(page), `${state}: wider than the window`);
          // By way of the debugger, to which the page's policy does not apply.
          const session = await page.context().newCDPSession(page);
          const options = '{ resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }';
          const { result, exceptionDetails } = await session.send("Runtime.evaluate", {
            expression: `${axe}; axe.run(document, ${options}).then(({ violations, passes, incomplete }) => JSON.stringify({ violations }))`, awaitPromise: true, returnByValue: true,
          });
          assert.equal(exceptionDetails, undefined, JSON.stringify(exceptionDetails));
          const found = JSON.parse(result.value).violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 200) + " " + node.failureSummary).join(" | ")} (${nodes.length})`);
          assert.deepEqual(found, []);
        }
      });
    }
  }
}

await check("hostile documents are shown as text", "hostile.html", still, async (page) => {
  await unfold(page);
  const text = await page.evaluate(() => document.body.textContent);
  for (const words of ["<script>window.pwned = 1</script>", "<img src=x onerror=window.pwned=2>", "</script><script>window.pwned = 3</script>"]) assert.ok(text.includes(words), words);
  assert.equal(await page.evaluate(() => window.pwned), undefined);
  assert.equal(await page.locator("img, iframe, object, embed, base").count(), 0);
  assert.equal(await page.locator("script").count(), 2);
  assert.ok(!/[\u202a-\u202e\u2066-\u2069]/.test(text), "a character that changes direction");
  // Nothing in the page takes a click or a key by an attribute.
  assert.deepEqual(await page.evaluate(() => [...document.querySelectorAll("*")].flatMap((element) => element.getAttributeNames().filter((name) => name.startsWith("on")))), []);
  assert.deepEqual(await page.evaluate(() => [...document.querySelectorAll("a")].map((link) => link.getAttribute("href")).filter((href) => !href.startsWith("#"))), []);
});
await check("what is not of the page may do nothing", "hostile.html", still, async (page, complaints) => {
  const ran = await page.evaluate(() => new Promise((resolve) => {
    const script = document.createElement("script");
    script.textContent = "window.pwned = 4";
    document.body.append(script);
    const image = document.createElement("img");
    image.src = "http://127.0.0.1:9/x.png";
    document.body.append(image);
    setTimeout(() => resolve(window.pwned), 300);
  }));
  assert.equal(ran, undefined);
  // The browser tells of a request before the policy stops it.
  const stopped = complaints.splice(0).filter((complaint) => complaint !== "request: http://127.0.0.1:9/x.png");
  assert.equal(stopped.length, 2);
  for (const complaint of stopped) assert.match(complaint, /Content Security Policy/);
});

// What the README shows.
await check("pictures for the README", plain, { ...still, viewport: { width: 1240, height: 1400 } }, async (page) => {
  await shot(page, "claims.png", false);
  await page.locator("#heat a.cell.h3").first().click();
  await becomes(() => page.locator("details.pair[open]").count(), 1);
  await page.locator("#heat").evaluate((heat) => heat.scrollIntoView());
  await page.setViewportSize({ width: 1240, height: 1240 });
  await shot(page, "sources.png", false);
});

await browser.close();
process.exit(failed ? 1 : 0);
