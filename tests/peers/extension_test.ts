/** A real Manifest V3 extension in a real Chromium: from the tab in front, over the dashboard, to the page's bytes. @module */
import assert from "node:assert/strict";
import {
  type BrowserContext,
  chromium,
  type Locator,
  type Page,
  type Worker,
} from "playwright-core";
import { installedChromium, launchBrowser, QUIET_ARGS } from "../browser.ts";
import { startStaticSite } from "../fakes/static_site.ts";
import { startTestBroker, type TestBroker } from "../fakes/test_broker.ts";
import { pressGuarded } from "../guarded_press.ts";

const patienceMs = 20_000;

/** The sample extension as the library's user has it: with the file that the broker serves, in a folder of its own. */
async function packExtension(broker: TestBroker): Promise<string> {
  const directory = await Deno.makeTempDir({ prefix: "gatehouse-extension-" });
  const sample = new URL("./extension/", import.meta.url);
  for await (const { name } of Deno.readDir(sample)) {
    await Deno.copyFile(new URL(name, sample), `${directory}/${name}`);
  }
  const library = await (await fetch(`${broker.url}/sdk/extension.js`)).text();
  await Deno.writeTextFile(`${directory}/gatehouse.js`, library);
  const origin = JSON.stringify(`http://gatehouse.localhost:${broker.port}`);
  await Deno.writeTextFile(`${directory}/broker.js`, `export const broker = ${origin};\n`);
  return directory;
}

/** A browser with the extension, and its worker. */
async function launchWith(directory: string, profile: string): Promise<[BrowserContext, Worker]> {
  const executablePath = await installedChromium();
  assert.ok(executablePath, "Chromium is installed: `apt-get install chromium`");
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: false,
    args: [
      ...QUIET_ARGS,
      "--headless=new",
      `--load-extension=${directory}`,
      `--disable-extensions-except=${directory}`,
    ],
  });
  const worker = context.serviceWorkers()[0] ??
    await context.waitForEvent("serviceworker", { timeout: patienceMs });
  return [context, worker];
}

type Sample = {
  // deno-lint-ignore no-explicit-any
  sample: any;
  // deno-lint-ignore no-explicit-any
  chrome: any;
};

/** The id of the tab that shows a URL. */
function tabOf(worker: Worker, url: string): Promise<number> {
  return worker.evaluate(async (url) => {
    const { chrome } = globalThis as unknown as Sample;
    const tabs = await chrome.tabs.query({});
    return tabs.find((tab: { url: string }) => tab.url === url).id;
  }, url);
}

/** Asks, and answers whether the call was valid, and its error. */
function ask(worker: Worker, details: Record<string, unknown>): Promise<[boolean, string | null]> {
  return worker.evaluate(async (details) => {
    const { sample } = globalThis as unknown as Sample;
    let error = null;
    const valid = await sample.permissions.addHostAccessRequest(
      details,
      (_valid: boolean, why: string | null) => error = why,
    );
    return [valid, error] as [boolean, string | null];
  }, details);
}

function badge(worker: Worker, tabId: number): Promise<string> {
  return worker.evaluate(
    (tabId) => (globalThis as unknown as Sample).chrome.action.getBadgeText({ tabId }),
    tabId,
  );
}

/** Resolves once the badge of a tab is this. */
async function badgeIs(worker: Worker, tabId: number, text: string): Promise<void> {
  await worker.evaluate(async ({ tabId, text }) => {
    const { chrome } = globalThis as unknown as Sample;
    while (await chrome.action.getBadgeText({ tabId }) !== text) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }, { tabId, text });
}

/** Resolves once the worker was told that access to a site is gone. */
async function removedIs(worker: Worker, origin: string): Promise<void> {
  await worker.evaluate(async (origin) => {
    const { sample } = globalThis as unknown as Sample;
    if (sample.told.removed.includes(origin)) return;
    await new Promise<void>((resolve) => sample.permissions.onRemoved.addListener(() => resolve()));
  }, origin);
}

function evaluate<Answer>(worker: Worker, origin: string, what: string): Promise<Answer> {
  return worker.evaluate(([origin, what]) => {
    const { sample } = globalThis as unknown as Sample;
    const origins = [`${origin}/*`];
    switch (what) {
      case "contains":
        return sample.permissions.contains({ origins });
      case "added":
        return sample.told.added;
      case "fetch":
        return sample.prices(`${origin}/prices.txt`);
    }
  }, [origin, what]) as Promise<Answer>;
}

function pressNamed(page: Page, name: string, taken: Locator | "gone"): Promise<void> {
  return pressGuarded(page.getByRole("button", { name, exact: true }), { taken });
}

Deno.test("an extension asks about the tab in front, is allowed in the dashboard, and reads the page", async () => {
  const broker = await startTestBroker();
  const files = { "index.html": "<h1>Shop</h1>", "prices.txt": "42", "cart.html": "<h1>Cart</h1>" };
  const none = new URL("./extension/none/", import.meta.url);
  const [shop, elsewhere] = await Promise.all([
    startStaticSite(none, files),
    startStaticSite(none, files),
  ]);
  const directory = await packExtension(broker);
  const profile = await Deno.makeTempDir({ prefix: "gatehouse-profile-" });
  const [[context, worker], dashboardBrowser] = await Promise.all([
    launchWith(directory, profile),
    launchBrowser(),
  ]);
  try {
    const dashboard = await (await dashboardBrowser.newContext()).newPage();
    await dashboard.goto(broker.launchLink().url);
    const card = dashboard.getByRole("article").filter({ hasText: "wants to read " });
    const gone = () => card.waitFor({ state: "detached", timeout: patienceMs });
    const shown = () => card.waitFor({ timeout: patienceMs });

    await pressNamed(dashboard, "Install", "gone");
    await worker.evaluate(async () => {
      await (globalThis as unknown as Sample).sample.gatehouse.connected();
    });
    const [app] = [...broker.broker.store.list("app")];
    assert.deepEqual(app?.claims.hosts, {
      host_permissions: [],
      optional_host_permissions: ["http://127.0.0.1/*"],
      content_script_matches: ["https://shop.example/*"],
    });

    const page = await context.newPage();
    await page.goto(`${shop.origin}/`);
    const front = await context.newPage();
    await front.goto("about:blank");
    const tabId = await tabOf(worker, `${shop.origin}/`);

    // Behind another tab: valid, on the badge, and not in the dashboard.
    assert.deepEqual(await ask(worker, { tabId }), [true, null]);
    assert.equal(await badge(worker, tabId), "?");
    assert.equal(await card.count(), 0);

    await page.bringToFront();
    await shown();
    await card.getByText(shop.origin).waitFor();
    await front.bringToFront();
    await gone();
    await page.bringToFront();
    await shown();

    // Within the site it stays; with another one it is gone, from the button too.
    await page.goto(`${shop.origin}/cart.html`);
    await shown();
    await page.goto(`${elsewhere.origin}/`);
    await gone();
    await badgeIs(worker, tabId, "");
    await page.goto(`${shop.origin}/`);
    assert.equal(await card.count(), 0, "it does not come back by itself");

    // By the id of its document, as Chrome gives it.
    const documentId = await worker.evaluate(
      async (tabId) => {
        const { chrome } = globalThis as unknown as Sample;
        return (await chrome.webNavigation.getFrame({ tabId, frameId: 0 })).documentId;
      },
      tabId,
    );
    assert.deepEqual(await ask(worker, { documentId }), [true, null]);
    await shown();

    assert.equal(await evaluate(worker, shop.origin, "contains"), false);
    // A site on this computer asks for a second step.
    await pressNamed(dashboard, "Allow…", dashboard.getByRole("dialog"));
    const confirm = `Allow ${shop.origin}/* for Shopping, until you revoke it`;
    await pressNamed(dashboard, confirm, "gone");
    await gone();
    await badgeIs(worker, tabId, "");
    assert.deepEqual(await evaluate(worker, shop.origin, "added"), [`${shop.origin}/*`]);
    assert.equal(await evaluate(worker, shop.origin, "contains"), true);
    assert.equal(await evaluate(worker, elsewhere.origin, "contains"), false);
    assert.equal(await evaluate(worker, shop.origin, "fetch"), "42", "without CORS");
    assert.deepEqual(await ask(worker, { tabId }), [
      false,
      "Extension cannot add a host access request for a host it already has access to.",
    ]);
    assert.deepEqual(await ask(worker, { tabId: 999_999 }), [false, "No tab with ID '999999'."]);

    await dashboard.goto(`http://gatehouse.localhost:${broker.port}/permissions`);
    await dashboard.getByRole("button", { name: /^Revoke: / }).click();
    await removedIs(worker, `${shop.origin}/*`);
    assert.equal(await evaluate(worker, shop.origin, "contains"), false);
    assert.deepEqual(broker.log.errors, []);
  } finally {
    await context.close();
    await dashboardBrowser.close();
    await Promise.all([shop.stop(), elsewhere.stop(), broker.stop()]);
    await Deno.remove(directory, { recursive: true });
    await Deno.remove(profile, { recursive: true });
  }
});
