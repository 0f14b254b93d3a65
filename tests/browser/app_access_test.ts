/** What each app could do now, on the page of permissions in a real browser: a sentence an app, as of this moment. @module */
import assert from "node:assert/strict";
import { revokeGrants } from "../../broker/actions/revoke_grants.ts";
import type { AppId, GrantId } from "../../broker/schema/ids.ts";
import { launchBrowser } from "../browser.ts";
import { DashboardServer } from "../fakes/dashboard_server.ts";

const axeSource = await Deno.readTextFile(
  new URL("axe.min.js", import.meta.resolve("axe-core")),
);

async function allow(
  { broker }: DashboardServer,
  appId: AppId,
  capability: "host-access" | "tcp-connect" | "network-info",
  target: string,
): Promise<GrantId> {
  const id = broker.secrets.newId("grant");
  await broker.store.commit({
    puts: [{
      noun: "grant",
      id,
      record: {
        ...{ v: 1, id, effect: "allow", appId, capability, target, spaces: ["public"] },
        ...{ duration: { kind: "always" }, createdAtMs: broker.clock.nowMs(), expiresAtMs: null },
        ...{ requestId: null, spentBy: null },
      },
    }],
  });
  return id;
}

Deno.test("each app's sentence follows what is granted and revoked, without barriers", async () => {
  const [dashboard, browser] = await Promise.all([DashboardServer.start(), launchBrowser()]);
  try {
    const mail = await dashboard.addApp("Mail");
    const reader = await dashboard.addApp("Reader");
    await allow(dashboard, reader.id, "host-access", "https://feeds.example.com/*");
    await allow(dashboard, reader.id, "network-info", "*");
    for (const colorScheme of ["light", "dark"] as const) {
      for (const width of [1280, 320]) {
        const context = await dashboard.signedIn(browser, {
          colorScheme,
          viewport: { width, height: 800 },
          bypassCSP: true,
          reducedMotion: "reduce",
        });
        const page = await dashboard.open(context, "/permissions");
        await page.evaluate(axeSource);
        const found = await page.evaluate(async () => {
          // deno-lint-ignore no-explicit-any
          const { violations } = await (globalThis as any).axe.run();
          return violations.map(({ id }: { id: string }) => id);
        });
        assert.deepEqual(found, [], `${colorScheme} ${width}`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.equal(wide, width);
        await context.close();
      }
    }
    const page = await dashboard.open(await dashboard.signedIn(browser), "/permissions");
    const sentences = page.getByRole("region", { name: "What each app could do now" })
      .getByRole("listitem");
    await sentences.getByText(
      "Reader could read and send data to https://feeds.example.com/* and know the addresses of this computer and how it is connected.",
    ).waitFor();
    assert.equal(await sentences.count(), 1);
    const id = await allow(dashboard, mail.id, "tcp-connect", "imap.example.com:993");
    await sentences.getByText("Mail could connect to imap.example.com:993.").waitFor();
    await revokeGrants(dashboard.broker, [id]);
    await sentences.filter({ hasText: "Mail" }).waitFor({ state: "detached" });
    assert.equal(await sentences.count(), 1);
    await page.context().close();
  } finally {
    await browser.close();
    await dashboard.stop();
  }
});
