/** An app of two origins, in a real browser: validated, shown, cut off when the second origin withdraws, exported, gone. @module */
import assert from "node:assert/strict";
import { encode } from "fast-png";
import type { Page } from "playwright-core";
import { associationPath } from "../../broker/core/origin_association.ts";
import { AppExport } from "../../broker/schema/app_export.ts";
import type { OwnScope } from "../../broker/schema/own_scope.ts";
import { launchBrowser } from "../browser.ts";
import { freePort, startBrokerProcess } from "../fakes/broker_process.ts";
import { type ChangingSite, startChangingSite } from "../fakes/changing_site.ts";
import { pressGuarded } from "../guarded_press.ts";

const patienceMs = 15_000;
const appFiles = new URL("./scope_app/", import.meta.url);

/** Puts the app on its own origin, naming the other one, and has the other one agree. */
async function build(shop: ChangingSite, help: ChangingSite): Promise<void> {
  const text = (name: string) => Deno.readTextFile(new URL(name, appFiles));
  shop.files.set("/", { type: "text/html", body: await text("index.html") });
  shop.files.set("/app.js", { type: "text/javascript", body: await text("app.js") });
  const pixels = new Uint8Array(128 * 128 * 3).fill(120);
  shop.files.set("/icon.png", {
    type: "image/png",
    body: encode({ width: 128, height: 128, channels: 3, data: pixels }),
  });
  shop.files.set("/manifest.json", {
    type: "application/manifest+json",
    body: JSON.stringify({
      id: "/shop",
      name: "The Shop",
      start_url: "/shop/",
      scope: "/shop/",
      icons: [{ src: "/icon.png", sizes: "128x128", type: "image/png" }],
      // The proposal's own spelling.
      scope_extensions: [{ type: "origin", value: help.origin }],
      permission_requests: [{
        capability: "tcp-connect",
        targets: ["pos.example.com:9100"],
        reason: "Prints your receipts",
      }],
    }),
  });
  help.files.set(associationPath, {
    type: "application/json",
    body: `{ "${shop.origin}/shop": { "scope": "/help/" } } // the shop is ours too`,
  });
}

async function state(page: Page, wanted: string): Promise<void> {
  await page.waitForFunction(
    (text) => (document.getElementById("state") as HTMLOutputElement).value === text,
    wanted,
    { timeout: patienceMs },
  );
}

function scopeOf(page: Page, url: string): Promise<OwnScope> {
  return page.evaluate(
    (url) => (globalThis as unknown as { scopeOf(url: string): Promise<OwnScope> }).scopeOf(url),
    url,
  );
}

Deno.test("an app of two origins is validated, loses its association, and is shown as such", async () => {
  const data = await Deno.makeTempDir({ prefix: "gatehouse-scope-" });
  await using shop = await startChangingSite();
  await using help = await startChangingSite();
  await build(shop, help);
  const [browser, broker] = await Promise.all([
    launchBrowser(),
    startBrokerProcess({ port: freePort(), data }),
  ]);
  try {
    const context = await browser.newContext({ acceptDownloads: true });
    const dashboard = await context.newPage();
    await dashboard.goto(broker.link);
    await dashboard.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
    const page = await context.newPage();
    await page.goto(`${shop.origin}/?${new URLSearchParams({ broker: broker.origin })}`);
    await state(page, "registered");

    // The card tells what the origin serves apart from what the page says.
    await dashboard.goto(`${broker.origin}/`);
    const card = dashboard.getByRole("article", { name: /^Shop wants to ask you/ });
    await card.locator("[data-manifest=verified]").waitFor({ timeout: patienceMs });
    const facts = await card.innerText();
    for (const fact of ["The Shop", `${shop.origin}/shop/`, `${help.origin} (Agrees)`]) {
      assert.ok(facts.includes(fact), `${fact} in:\n${facts}`);
    }
    assert.match(facts, /pos\.example\.com:9100 “Prints your receipts”/);
    await pressGuarded(dashboard.getByRole("button", { name: "Install", exact: true }), {
      taken: "gone",
    });
    await state(page, "installed");
    // The broker asks as nobody: no cookies, no referrer, no origin.
    const { headers } = help.asked.find(({ path }) => path === associationPath) ?? {};
    assert.ok(headers);
    for (const name of ["cookie", "referer", "origin"]) assert.equal(headers[name], undefined);

    const inHelp = `${help.origin}/help/returns`;
    const extended = await scopeOf(page, inHelp);
    assert.equal(extended.within, "extended-scope");
    assert.equal(extended.vouchedBy, help.origin);
    assert.equal((await scopeOf(page, "/shop/cart")).within, "scope");
    assert.equal((await scopeOf(page, `${help.origin}/blog`)).reason, "outside-extension");

    await dashboard.goto(`${broker.origin}/apps`);
    const links = dashboard.getByRole("region", { name: "Who may take which links" });
    assert.match(await links.innerText(), /could show you a false one/);
    assert.ok((await links.innerText()).includes(`${help.origin}/help/`));

    await dashboard.getByRole("link", { name: /Shop/ }).first().click();
    const row = dashboard.getByRole("row").filter({ hasText: help.origin });
    await row.getByText("Agrees").waitFor({ timeout: patienceMs });
    const icon = dashboard.locator("img.tile").first();
    assert.equal(await icon.evaluate((image: HTMLImageElement) => image.naturalWidth), 64);

    // The other origin withdraws.
    help.files.set(associationPath, { type: "application/json", body: "{}" });
    await dashboard.bringToFront();
    await dashboard.getByRole("button", { name: "Look again" }).click({ timeout: patienceMs });
    await row.getByText("Withdrawn").waitFor({ timeout: patienceMs });
    const withdrawn = await scopeOf(page, inHelp);
    assert.equal(withdrawn.within, "out-of-scope");
    assert.equal(withdrawn.reason, "extension-withdrawn");
    await dashboard.getByText("is no longer part of Shop.").first().waitFor();

    const downloading = dashboard.waitForEvent("download");
    await dashboard.getByRole("link", { name: "Export" }).click();
    const path = await (await downloading).path();
    const held = AppExport.parse(JSON.parse(await Deno.readTextFile(path)));
    assert.equal(held.manifest?.extensions[0]?.state, "not-named");

    await dashboard.getByRole("button", { name: "Uninstall" }).click({ timeout: patienceMs });
    const dialog = dashboard.getByRole("dialog");
    await pressGuarded(dialog.getByRole("button", { name: "Uninstall" }), {
      taken: dashboard.getByText("Uninstalled Shop.").first(),
    });
    await dashboard.goto(`${broker.origin}/apps`);
    assert.equal(await links.count(), 0);
  } finally {
    await browser.close();
    await broker.stop();
    await Deno.remove(data, { recursive: true });
  }
});
