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

Deno.test("a limit is set on the card: the preview says it, the answer carries it", async () => {
  const dashboard = await DashboardServer.start();
  const browser = await launchBrowser();
  try {
    const mail = await dashboard.addApp("Mail");
    await dashboard.ask(mail, "imap.example.com:993");
    const viewport = { width: 1280, height: 1000 };
    const page = await dashboard.open(await dashboard.signedIn(browser, { viewport }), "/");
    const card = page.getByRole("article");
    await card.getByText("Set a limit").click();
    await card.getByLabel("Megabytes in all").fill("-1");
    await card.getByText("Write each limit as a number above 0").waitFor();
    await card.locator("button.allow[aria-disabled=true]").waitFor();
    await card.getByLabel("Megabytes in all").fill("2.5");
    await card.getByLabel("Minutes without traffic").fill("5");
    await card.getByText("Limit: 2.5 MB in all, closed after 5 minutes without traffic.").waitFor();
    await page.waitForFunction(() =>
      document.querySelector(".card button.allow:not([aria-disabled])")
    );
    await card.locator("button.allow").click();
    await page.locator(".last-place").getByText(/^Allowed imap\.example\.com/).waitFor();
    const [grant] = [...dashboard.broker.store.list("grant")];
    assert.deepEqual(grant?.budget, { bytes: 2_500_000, idleTimeoutMs: 300_000 });
  } finally {
    await browser.close();
    await dashboard.stop();
  }
});

Deno.test("a limit is set without script as well, and outlasts the second step of a broad answer", async () => {
  const dashboard = await DashboardServer.start();
  const browser = await launchBrowser();
  try {
    const mail = await dashboard.addApp("Mail");
    const request = await dashboard.ask(mail, "*.example.com:22");
    const context = await dashboard.signedIn(browser, { javaScriptEnabled: false });
    const page = await context.newPage();
    const path = `${dashboard.origin}/requests/${request.id}`;
    const form = page.locator("form.plain");
    const fill = async (connections: string) => {
      await page.goto(path);
      await form.getByText("Set a limit").click();
      await form.getByLabel("Connections in all").fill(connections);
      await form.getByRole("button", { name: "Allow", exact: true }).click();
    };
    await fill("2000000000");
    // Said before the second step, which would ask about what can't be.
    await page.waitForURL(/problem=/);
    const problem = await form.getByRole("alert").innerText();
    assert.equal(problem, "Write each limit as a number above 0, or leave it empty.");
    assert.deepEqual([...dashboard.broker.store.list("grant")], []);
    await fill("3");
    await page.waitForURL(/confirm=/);
    assert.match(await form.innerText(), /Limit: 3 connections in all\./);
    await page.getByRole("button", { name: /^Allow .* for Mail/ }).click();
    await page.waitForURL(/done=allowed/);
    const [grant] = [...dashboard.broker.store.list("grant")];
    assert.deepEqual(grant?.budget, { connections: 3 });
  } finally {
    await browser.close();
    await dashboard.stop();
  }
});
