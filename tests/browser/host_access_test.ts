/** Host access requests in a real browser: cards that come and go with tabs, and the four answers to one. @module */
import assert from "node:assert/strict";
import type { Browser, Locator, Page } from "playwright-core";
import type { Caller } from "../../broker/actions/authenticate_app.ts";
import { reportTab } from "../../broker/actions/report_tab.ts";
import { requestHostAccess } from "../../broker/actions/request_host_access.ts";
import { launchBrowser } from "../browser.ts";
import { DashboardServer } from "../fakes/dashboard_server.ts";
import { pressGuarded } from "../guarded_press.ts";

const page = "https://www.example.com/cart";

const axeSource = await Deno.readTextFile(
  new URL("axe.min.js", import.meta.resolve("axe-core")),
);

let launched: Promise<Browser> | undefined;
const browser = () => launched ??= launchBrowser();
Deno.test.afterAll(async () => await (await launched)?.close());

/** An extension with tabs. */
interface Extension {
  readonly caller: Caller;
  tab(url: string, more?: { tabId?: number; active?: boolean }): Promise<void>;
  ask(tabId?: number): void;
}

async function addExtension(
  dashboard: DashboardServer,
  name = "Shopping",
  patterns = ["https://*.example.com/*", "http://127.0.0.1/*"],
): Promise<Extension> {
  const { broker } = dashboard;
  const credential = {
    id: broker.secrets.newId("cred"),
    tokenHash: "0".repeat(64),
    state: "active",
    createdAtMs: 0,
  } as const;
  const app = await dashboard.addApp(name, {
    kind: "extension",
    origin: `chrome-extension://${name.toLowerCase()}`,
    manifestId: null,
    credentials: [credential],
    claims: {
      name,
      manifestUrl: null,
      reason: null,
      hosts: {
        host_permissions: patterns,
        optional_host_permissions: [],
        content_script_matches: [],
      },
    },
  });
  const caller = { app, credential };
  return {
    caller,
    async tab(url, { tabId = 7, active = true } = {}) {
      await reportTab(broker, caller, tabId, { url, active, documentId: null });
    },
    ask(tabId = 7) {
      const current = broker.store.get("app", app.id)?.record ?? app;
      assert.deepEqual(requestHostAccess(broker, { app: current, credential }, { tabId }), {
        valid: true,
        error: null,
      });
    },
  };
}

type Parts = { dashboard: DashboardServer; open: (path: string) => Promise<Page> };

function browserTest(
  name: string,
  body: (parts: Parts) => Promise<void>,
  options: Parameters<Browser["newContext"]>[0] = {},
): void {
  Deno.test(name, async () => {
    const dashboard = await DashboardServer.start();
    const context = await dashboard.signedIn(await browser(), options);
    try {
      await body({ dashboard, open: (path) => dashboard.open(context, path) });
    } finally {
      await context.close();
      await dashboard.stop();
    }
  });
}

const card = (page: Page) => page.getByRole("article");

/** Presses a guarded button, and waits for what that brings. */
function pressNamed(page: Page, name: string, taken: Locator | "gone"): Promise<void> {
  return pressGuarded(page.getByRole("button", { name, exact: true }), { taken });
}

browserTest(
  "a card comes with its tab, and goes with it, without a reload",
  async ({ dashboard, open }) => {
    const shop = await addExtension(dashboard);
    const view = await open("/");
    await view.getByText("Nothing is waiting.").waitFor();
    await shop.tab(page, { active: false });
    shop.ask();
    await shop.tab(page);
    await card(view).getByText("Shopping wants to read www.example.com and send data to it")
      .waitFor();
    assert.equal(await view.getByText("Nothing is waiting.").count(), 0);
    await shop.tab(page, { active: false });
    await card(view).waitFor({ state: "detached" });
    await shop.tab(page);
    await card(view).waitFor();
    await shop.tab("https://elsewhere.example/");
    await card(view).waitFor({ state: "detached" });
    await view.getByText("Nothing is waiting.").waitFor();
  },
);

browserTest(
  "Allow by keyboard alone grants the site; Undo takes it back",
  async ({ dashboard, open }) => {
    const shop = await addExtension(dashboard);
    await shop.tab(page);
    shop.ask();
    const view = await open("/");
    const allow = view.getByRole("button", { name: "Allow", exact: true });
    await allow.focus();
    await pressGuarded(allow, {
      key: "Enter",
      taken: view.locator(".last-place").getByText("Allowed https://www.example.com/*"),
    });
    await card(view).waitFor({ state: "detached" });
    const [grant] = dashboard.broker.store.grantsOf(shop.caller.app.id).all;
    assert.equal(grant?.target, "https://www.example.com/*");
    assert.deepEqual(grant?.duration, { kind: "always" });
    const focused = await view.evaluate(() => document.activeElement?.tagName);
    assert.notEqual(focused, "BODY", "the keyboard stays where something is");
    await pressNamed(view, "Undo", view.locator(".last-place").getByText("Undone"));
    assert.equal(dashboard.broker.store.grantsOf(shop.caller.app.id).all.length, 0);
  },
);

browserTest("a site on this computer asks for a second step", async ({ dashboard, open }) => {
  const shop = await addExtension(dashboard);
  await shop.tab("http://127.0.0.1:8080/admin");
  shop.ask();
  const view = await open("/");
  const dialog = view.getByRole("dialog");
  await pressNamed(view, "Allow…", dialog);
  await dialog.getByText("These are programs on your own computer").waitFor();
  await view.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.equal(dashboard.broker.store.grantsOf(shop.caller.app.id).all.length, 0);
});

browserTest("Dismiss, Silence and Block are three answers", async ({ dashboard, open }) => {
  const shop = await addExtension(dashboard);
  const other = await addExtension(dashboard, "Reader");
  const view = await open("/");
  const press = (name: string) => view.getByRole("button", { name, exact: true }).click();
  const said = (words: string) => view.locator(".last-place").getByText(words).waitFor();

  await shop.tab(page);
  shop.ask();
  await press("Dismiss");
  await said("Dismissed what Shopping asks on");
  await card(view).waitFor({ state: "detached" });

  await shop.tab("https://elsewhere.example/");
  await shop.tab(page);
  shop.ask();
  await card(view).waitFor();
  await press("Silence…");
  await press("Until I turn it back on");
  await said("Silenced Shopping");
  await card(view).waitFor({ state: "detached" });

  await other.tab(page);
  other.ask();
  await card(view).getByText("Reader wants to read www.example.com").waitFor();
  await press("Block this host");
  await said("Blocked www.example.com for all apps");
  await card(view).waitFor({ state: "detached" });

  const permissions = await open("/permissions");
  const blocked = permissions.locator("[data-blocked]");
  assert.equal(await blocked.count(), 1);
  await pressNamed(permissions, "Unblock www.example.com", "gone");
  await blocked.waitFor({ state: "detached" });
  await card(view).getByText("Reader wants to read www.example.com").waitFor();
  await permissions.getByLabel("Host", { exact: true }).fill("not a host");
  await permissions.keyboard.press("Enter");
  await permissions.locator(".last-place").getByText("A host holds no spaces").waitFor();
});

browserTest("the app's page shows its site access, and sets it", async ({ dashboard, open }) => {
  const shop = await addExtension(dashboard);
  const { id } = shop.caller.app;
  const view = await open(`/apps/${id}`);
  const form = view.locator("[data-site-access]");
  assert.equal(await form.getAttribute("data-site-access"), "on-click");
  const targets = () => dashboard.broker.store.grantsOf(id).all.map(({ target }) => target).sort();

  await view.getByLabel("On these sites").check();
  await view.getByLabel("Match patterns of sites").fill(
    "https://a.example.com/*\nhttps://b.example.com/*",
  );
  await pressNamed(view, "Save", view.locator('[data-site-access="on-sites"]'));
  assert.deepEqual(targets(), ["https://a.example.com/*", "https://b.example.com/*"]);

  await view.getByLabel("Match patterns of sites").fill("https://elsewhere.example/*");
  await pressNamed(view, "Save", view.getByText("The app does not declare this site").first());

  await view.getByLabel("On all sites").check();
  await pressNamed(view, "Save…", view.getByRole("dialog"));
  await pressNamed(
    view,
    "Let Shopping act on all sites that it declares",
    view.locator('[data-site-access="on-all-sites"]'),
  );

  await view.getByLabel("On click").check();
  await pressNamed(view, "Save", view.locator('[data-site-access="on-click"]'));
  assert.deepEqual(targets(), []);
});

for (const colorScheme of ["light", "dark"] as const) {
  browserTest(
    `axe finds nothing, and nothing is cut off at 320 pixels (${colorScheme})`,
    async ({ dashboard, open }) => {
      const shop = await addExtension(dashboard);
      await shop.tab("http://127.0.0.1:8080/");
      shop.ask();
      await shop.tab(page, { tabId: 8 });
      shop.ask(8);
      await dashboard.broker.store.commit({
        puts: [{
          noun: "blockedHost",
          id: "tracker.example.com",
          record: { v: 1, id: "tracker.example.com", createdAtMs: 0 },
        }],
      });
      for (const path of ["/", `/apps/${shop.caller.app.id}`, "/permissions"]) {
        const view = await open(path);
        if (path === "/") await card(view).nth(1).waitFor();
        for (const width of [1280, 320]) {
          await view.setViewportSize({ width, height: 900 });
          const wider = await view.evaluate(() =>
            document.documentElement.scrollWidth - document.documentElement.clientWidth
          );
          assert.equal(wider, 0, `${path} at ${width}`);
        }
        await view.waitForFunction(() =>
          document.querySelector("button.allow[aria-disabled]") === null &&
          document.getAnimations().length === 0
        );
        await view.addScriptTag({ content: axeSource });
        const found = await view.evaluate(async () => {
          const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
          const { violations } = await axe.run(document, {
            runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
          });
          return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
        });
        assert.deepEqual(found, [], path);
        await view.close();
      }
    },
    // Nothing may run in the page but its own scripts; axe is this test's.
    { colorScheme, bypassCSP: true },
  );
}
