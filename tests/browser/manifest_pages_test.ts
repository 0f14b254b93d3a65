/** Manifests in the dashboard, in a real browser: no barrier that axe finds, live, and seen when the person says so. @module */
import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { checkManifest } from "../../broker/actions/check_manifest.ts";
import { installApp } from "../../broker/actions/install_app.ts";
import type { App } from "../../broker/schema/app.ts";
import { launchBrowser } from "../browser.ts";
import { DashboardServer } from "../fakes/dashboard_server.ts";
import {
  appOrigin,
  associate,
  associationText,
  associationUrl,
  manifestId,
  manifestText,
  manifestUrl,
} from "../fakes/manifest_app.ts";

const axeSource = await Deno.readTextFile(
  new URL("axe.min.js", import.meta.resolve("axe-core")),
);
const { signal } = new AbortController();

let launched: Promise<Browser> | undefined;
const browser = () => launched ??= launchBrowser();
Deno.test.afterAll(async () => await (await launched)?.close());

/** A dashboard with an installed app that has a manifest and an associate, and one that waits with a strange name. */
async function stage(): Promise<{ dashboard: DashboardServer; app: App }> {
  const dashboard = await DashboardServer.start();
  const { broker } = dashboard;
  broker.resolver.addresses.set("mail.example.com", ["93.184.215.14"]);
  broker.resolver.addresses.set("mail.example.co.uk", ["93.184.215.15"]);
  broker.sites.files.set(manifestUrl, manifestText());
  broker.sites.files.set(associationUrl, associationText());
  const app = await dashboard.addApp("Mail", {
    origin: appOrigin,
    manifestId,
    state: "pending-installation",
    installedAtMs: null,
    claims: { name: "Mail", manifestUrl, reason: null },
  });
  await checkManifest(broker, app.id, signal);
  await installApp(broker, app.id);
  await dashboard.addApp("Mail by google.com", {
    origin: appOrigin,
    manifestId: `${appOrigin}/other`,
    state: "pending-installation",
    installedAtMs: null,
    claims: { name: "Mail by google.com", manifestUrl, reason: null },
  });
  return { dashboard, app };
}

async function go(page: Page, origin: string, path: string): Promise<void> {
  await page.goto(origin + path);
  await page.locator("main").waitFor();
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  });
}

Deno.test("axe finds nothing, and nothing scrolls sideways, light and dark, wide and narrow", async () => {
  const { dashboard, app } = await stage();
  const { broker, origin } = dashboard;
  broker.sites.files.set(associationUrl, "{}");
  const wishes = [{ capability: "tcp-connect", targets: ["pop.example.com:995"], reason: "Mail" }];
  broker.sites.files.set(manifestUrl, manifestText({ permission_requests: wishes, short_name: 7 }));
  await checkManifest(broker, app.id, signal);
  try {
    for (const colorScheme of ["light", "dark"] as const) {
      for (const width of [1280, 320]) {
        const context = await dashboard.signedIn(await browser(), {
          colorScheme,
          viewport: { width, height: 800 },
          bypassCSP: true,
          // A button that is fading in has the contrast of neither state.
          reducedMotion: "reduce",
        });
        const page = await context.newPage();
        for (const path of ["/", "/apps", `/apps/${app.id}`]) {
          await go(page, origin, path);
          const ready = page.locator("button.allow:not([aria-disabled=true])");
          if (path === "/") await ready.first().waitFor();
          assert.deepEqual(await violations(page), [], `${path} ${colorScheme} ${width}`);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth);
          assert.equal(wide, width, path);
        }
        await context.close();
      }
    }
  } finally {
    await dashboard.stop();
  }
});

Deno.test("a card shows what is odd about a name, and a manifest that is another app's", async () => {
  const { dashboard } = await stage();
  try {
    const page = await (await dashboard.signedIn(await browser())).newPage();
    await go(page, dashboard.origin, "/");
    const card = page.getByRole("article", { name: /^Mail by google\.com wants to ask/ });
    await card.getByText("The name holds an address that is not this app's own.").waitFor();
    await card.getByText("Manifest not verified: that of another app.").waitFor();
    await page.context().close();
  } finally {
    await dashboard.stop();
  }
});

Deno.test("a page that is open follows: consent withdrawn, a new wish, and seen", async () => {
  const { dashboard, app } = await stage();
  const { broker, origin } = dashboard;
  try {
    const page = await (await dashboard.signedIn(await browser())).newPage();
    await go(page, origin, `/apps/${app.id}`);
    const row = page.getByRole("row").filter({ hasText: associate });
    await row.getByText("Agrees").waitFor();

    broker.sites.files.delete(associationUrl);
    const wishes = [{ capability: "tcp-connect", targets: ["pop.example.com:995"] }];
    broker.sites.files.set(manifestUrl, manifestText({ permission_requests: wishes }));
    await checkManifest(broker, app.id, signal);
    await row.getByText("Withdrawn").waitFor();
    await row.getByText("Its association file could not be read. The server answered 404.", {
      exact: true,
    }).waitFor();

    await go(page, origin, "/");
    const card = page.getByRole("article", { name: "Mail now says that it will ask for more." });
    await card.getByText("pop.example.com:995").waitFor();
    await card.getByRole("button", { name: "Seen" }).click();
    await card.waitFor({ state: "detached" });
    const seen = broker.store.get("manifest", app.id)?.record.seenWishes;
    assert.deepEqual(seen, ["tcp-connect pop.example.com:995"]);
    assert.equal(broker.store.grantsOf(app.id).all.length, 0);
    await page.context().close();
  } finally {
    await dashboard.stop();
  }
});
