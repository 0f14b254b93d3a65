/** The limit of a permission in a real browser: set in its row, told live, and what ends when it is reached. @module */
import assert from "node:assert/strict";
import type { Grant } from "../../broker/schema/grant.ts";
import { launchBrowser } from "../browser.ts";
import { DashboardServer } from "../fakes/dashboard_server.ts";

Deno.test("a limit is set in the row, what is used is told live, and the connection is cut when it is reached", async () => {
  const dashboard = await DashboardServer.start();
  const browser = await launchBrowser();
  try {
    const { broker } = dashboard;
    const mail = await dashboard.addApp("Mail");
    const grant: Grant = {
      v: 1,
      id: broker.secrets.newId("grant"),
      effect: "allow",
      appId: mail.id,
      capability: "tcp-connect",
      target: "imap.example.com:993",
      spaces: ["public"],
      duration: { kind: "always" },
      createdAtMs: broker.clock.nowMs(),
      expiresAtMs: null,
      requestId: null,
      spentBy: null,
    };
    await broker.store.commit({ puts: [{ noun: "grant", id: grant.id, record: grant }] });
    const { session } = await dashboard.connect(mail, "imap.example.com", 993);
    const page = await dashboard.open(await dashboard.signedIn(browser), "/permissions");
    const row = page.getByRole("row").filter({ hasText: "imap.example.com" });
    await row.getByText("Set a limit").click();
    await row.getByLabel("Megabytes in all").fill("5");
    await row.getByLabel("Connections in all").fill("3");
    await row.getByRole("button", { name: /^Save the limit/ }).click();
    await page.locator(".last-place").getByText("Limited imap.example.com").first().waitFor();
    // A permission that has come since stands on the page once it is read anew.
    await page.reload();
    await row.getByText("0 B of 5.0 MB used; 1 of 3 connections used").waitFor();
    const [stored] = [...broker.store.list("grant")];
    assert.deepEqual(stored?.budget, { bytes: 5_000_000, connections: 3 });
    assert.deepEqual(session.ruleIds, [stored?.id]);

    session.bytesReceived = 1_200_000;
    await row.getByText("1.2 MB of 5.0 MB used").waitFor();
    session.bytesReceived = 5_000_000;
    await row.getByText("5.0 MB of 5.0 MB used").waitFor();
    assert.equal(session.error?.code, "permission-ended");
    assert.match(session.error?.message ?? "", /used up/);
  } finally {
    await browser.close();
    await dashboard.stop();
  }
});
