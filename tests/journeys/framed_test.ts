/** Third-party frames in a real browser: an embedded app is refused until the app around it lets it. @module */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { launchBrowser } from "../browser.ts";
import { freePort, startBrokerProcess } from "../fakes/broker_process.ts";
import { startStaticSite } from "../fakes/static_site.ts";

const patienceMs = 15_000;

/** What the app says, in the page itself or in the frame inside it. */
async function said(page: Page, inside: "page" | "frame"): Promise<string> {
  const root = inside === "page" ? page.mainFrame() : page.frameLocator("iframe");
  const output = root.locator("#state:not(:empty)");
  await output.waitFor({ timeout: patienceMs });
  return await output.innerText();
}

Deno.test("an app inside another site's page is refused until that site lets it", async () => {
  const data = await Deno.makeTempDir({ prefix: "gatehouse-framed-" });
  const port = freePort();
  const files = new URL("./framed_app/", import.meta.url);
  const [browser, broker, portal, mail] = await Promise.all([
    launchBrowser(),
    startBrokerProcess({ port, data }),
    startStaticSite(files),
    startStaticSite(files),
  ]);
  const query = (parameters: Record<string, string>) =>
    new URLSearchParams({ broker: broker.origin, ...parameters });
  const mailUrl = `${mail.origin}/?${query({ name: "Mail" })}`;
  try {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${portal.origin}/?${query({ name: "Portal", embed: mailUrl })}`);
    assert.equal(await said(page, "page"), "pending-installation");
    assert.equal(
      await said(page, "frame"),
      "NotAllowedError urn:gatehouse:problem:third-party-frame",
    );

    const token = (await Deno.readTextFile(`${data}/admin.token`)).trim();
    const headers = { authorization: `Bearer ${token}` };
    const admin = async (method: string, path: string) => {
      const answer = await fetch(`http://localhost:${port}/admin/v1${path}`, { method, headers });
      assert.equal(answer.status, 200, path);
      return await answer.json();
    };
    const { apps } = await admin("GET", "/apps");
    assert.equal(apps.length, 1, "the framed app left no trace");
    await admin("POST", `/apps/${apps[0].id}/install`);

    const lets = query({ name: "Portal", embed: mailUrl, frames: mail.origin });
    await page.goto(`${portal.origin}/?${lets}`);
    assert.equal(await said(page, "page"), "installed");
    assert.equal(await said(page, "frame"), "pending-installation");

    const own = `${mail.origin}/?${query({ name: "Mail", embed: mailUrl })}`;
    await page.goto(own);
    assert.equal(await said(page, "frame"), "pending-installation", "its own page may embed it");
  } finally {
    await browser.close();
    await Promise.all([broker.stop(), portal.stop(), mail.stop()]);
    await Deno.remove(data, { recursive: true });
  }
});
