/** The limit of a permission in a real browser: set in its row, told live, and what ends when it is reached. @module */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { narrowGrant } from "../../broker/actions/narrow_grant.ts";
import type { Grant } from "../../broker/schema/grant.ts";
import { launchBrowser } from "../browser.ts";
import { DashboardServer } from "../fakes/dashboard_server.ts";
import { pressGuarded } from "../guarded_press.ts";

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
    await pressGuarded(card.locator("button.allow"), {
      read: card.getByText("Limit: 2.5 MB in all, closed after 5 minutes without traffic."),
      taken: page.locator(".last-place").getByText(/^Allowed imap\.example\.com/),
    });
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

/** Undoes the last act. */
async function undo(page: Page): Promise<void> {
  const button = page.getByRole("button", { name: "Undo" });
  await pressGuarded(button, { taken: page.getByText("Undone.") });
}

Deno.test("a permission whose limit is set, or that is narrowed, keeps its place in the list, and Undo too", async () => {
  const dashboard = await DashboardServer.start();
  const browser = await launchBrowser();
  try {
    const { broker } = dashboard;
    const mail = await dashboard.addApp("Mail");
    const hosts = ["a.example.com", "*.example.net", "c.example.com"];
    await broker.store.commit({
      puts: hosts.map((host, at) => {
        const id = broker.secrets.newId("grant");
        const record: Grant = {
          ...{ v: 1, id, effect: "allow", appId: mail.id, capability: "tcp-connect" },
          ...{ target: `${host}:443`, spaces: ["public"], duration: { kind: "always" } },
          ...{ createdAtMs: broker.clock.nowMs() - 1000 * at, expiresAtMs: null },
          ...{ requestId: null, spentBy: null },
        };
        return { noun: "grant", id, record };
      }),
    });
    const page = await dashboard.open(await dashboard.signedIn(browser), "/permissions");
    const rows = async () => {
      const texts = await page.getByRole("row").allInnerTexts();
      return texts.flatMap((text) => /\S+\.example\.(?:com|net):443/.exec(text) ?? []);
    };
    const before = await rows();
    assert.equal(before.length, 3);
    const row = page.getByRole("row").filter({ hasText: before[1] ?? "" });
    await row.getByText("Set a limit").click();
    await row.getByLabel("Connections in all").fill("3");
    await row.getByRole("button", { name: /^Save the limit/ }).click();
    await row.getByText("0 of 3 connections used").waitFor();
    assert.deepEqual(await rows(), before);
    await undo(page);
    await row.getByText("Set a limit").waitFor();
    assert.deepEqual(await rows(), before);

    const wide = [...broker.store.list("grant")].find(({ target }) => target.startsWith("*"));
    assert.ok(wide);
    await narrowGrant(broker, wide.id, "b.example.net:443");
    await page.getByRole("cell", { name: "b.example.net:443" }).first().waitFor();
    assert.deepEqual(
      await rows(),
      before.map((target) => target.includes("example.net") ? "b.example.net:443" : target),
    );
  } finally {
    await browser.close();
    await dashboard.stop();
  }
});
