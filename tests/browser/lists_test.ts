/** The lists in a real browser: by mouse, by keyboard alone, without script, and while things change under the hand. @module */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Browser, Page } from "playwright-core";
import { revokeGrants } from "../../broker/actions/revoke_grants.ts";
import { launchBrowser } from "../browser.ts";
import { type CrowdedData, fillBroker } from "../fakes/crowded_data.ts";
import { DashboardServer } from "../fakes/dashboard_server.ts";
import { pressGuarded } from "../guarded_press.ts";

const axeSource = await Deno.readTextFile(
  new URL("axe.min.js", import.meta.resolve("axe-core")),
);

let launched: Promise<Browser> | undefined;
const browser = () => launched ??= launchBrowser();
Deno.test.afterAll(async () => await (await launched)?.close());

const crowd = { apps: 5, grants: 130, sessions: 120, history: 260 };

/** A dashboard with more than one page of everything. */
async function crowded(): Promise<{ dashboard: DashboardServer; data: CrowdedData }> {
  const dashboard = await DashboardServer.start();
  const data = await fillBroker(dashboard.broker, crowd);
  return { dashboard, data };
}

function rows(page: Page) {
  return page.locator("tr[data-grant]");
}

/** Undoes the last act. */
async function undo(page: Page): Promise<void> {
  const button = page.getByRole("button", { name: "Undo" });
  await pressGuarded(button, { taken: page.getByText("Undone.") });
}

/** What axe finds wrong with a page, as lines. */
async function violations(page: Page): Promise<string[]> {
  await page.addScriptTag({ content: axeSource });
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    const { violations } = await axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`)
    );
  });
}

Deno.test("permissions: searched as one types, the state in the URL, page after page", async () => {
  const { dashboard } = await crowded();
  const context = await dashboard.signedIn(await browser());
  const page = await dashboard.open(context, "/permissions");
  assert.equal(await rows(page).count(), 100);
  await page.getByRole("link", { name: "Next page" }).click();
  await page.getByRole("link", { name: "First page" }).waitFor();
  assert.equal(await rows(page).count(), 30);
  await page.getByRole("searchbox").fill("host11");
  await page.getByText("9 of 9 permissions shown. 130 in all.").waitFor();
  assert.equal(new URL(page.url()).search, "?q=host11");
  await page.getByRole("combobox", { name: "Order" }).selectOption("By target");
  await page.waitForURL(/sort=target/);
  await page.reload();
  assert.equal(await page.getByRole("searchbox").inputValue(), "host11");
  const shown = await rows(page).locator(".mono").allTextContents();
  assert.deepEqual(shown, shown.toSorted());
  await page.getByRole("searchbox").fill("nothing like it");
  await page.getByText("Nothing matches.").waitFor();
  await page.getByRole("link", { name: "Clear the filters" }).click();
  await page.getByText("100 of 130 permissions shown.").waitFor();
  await context.close();
  await dashboard.stop();
});

Deno.test("permissions: a range picked with Shift outlives live changes, is revoked and undone", async () => {
  const { dashboard } = await crowded();
  const { store } = dashboard.broker;
  const context = await dashboard.signedIn(await browser());
  const page = await dashboard.open(context, "/permissions?sort=oldest");
  const box = (n: number) => rows(page).nth(n).getByRole("checkbox");
  const revoke = page.getByRole("button", { name: /^Revoke selected/ });
  assert.equal(await revoke.getAttribute("aria-disabled"), "true");
  await box(1).click();
  await box(5).click({ modifiers: ["Shift"] });
  await page.getByText("5 selected").waitFor();
  await box(3).click();
  await page.getByText("4 selected").waitFor();
  const ids = await page.locator("tr.picked").evaluateAll((picked) =>
    picked.map((row) => row.getAttribute("data-grant"))
  );
  // Another dashboard revokes one of them, and one beside it.
  const other = await rows(page).nth(0).getAttribute("data-grant");
  const gone = [ids[0], other].map((id) => store.get("grant", id ?? "")?.record.id);
  await revokeGrants(dashboard.broker, gone.filter((id) => id !== undefined));
  await page.getByText("3 selected").waitFor();
  await revoke.click();
  await page.getByText(/^Revoked 3 permissions\./).waitFor();
  assert.equal([...store.list("grant")].length, crowd.grants - 5);
  await undo(page);
  assert.equal([...store.list("grant")].length, crowd.grants - 2);
  for (const id of ids.slice(1)) await page.locator(`tr[data-grant=${id}]`).waitFor();
  await context.close();
  await dashboard.stop();
});

Deno.test("permissions: found, picked and revoked by keyboard alone", async () => {
  const { dashboard } = await crowded();
  const context = await dashboard.signedIn(await browser());
  const page = await dashboard.open(context, "/permissions");
  const tabTo = async (target: string) => {
    for (let presses = 0; presses < 60; presses++) {
      if (await page.evaluate((target) => document.activeElement?.matches(target), target)) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`${target} is not reached`);
  };
  await tabTo("input[type=search]");
  await page.keyboard.type("host12");
  await page.getByText(/^10 of 10 permissions shown/).waitFor();
  await tabTo("tbody input[type=checkbox]");
  await page.keyboard.press("Space");
  await page.getByText("1 selected").waitFor();
  for (let n = 0; n < 3; n++) {
    await page.keyboard.press("Tab");
    await tabTo("tbody input[type=checkbox]");
  }
  await page.keyboard.press("Shift+Space");
  await page.getByText("4 selected").waitFor();
  await page.keyboard.press("Enter");
  await page.getByText(/^Revoked 4 permissions\./).waitFor();
  await context.close();
  await dashboard.stop();
});

Deno.test("permissions: without script they are searched, turned and revoked by forms", async () => {
  const { dashboard } = await crowded();
  const context = await dashboard.signedIn(await browser(), { javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${dashboard.origin}/permissions`);
  await page.getByRole("searchbox").fill("host1");
  await page.getByRole("combobox", { name: "Answer" }).selectOption("Deny");
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await page.getByText("130 in all.").waitFor();
  const before = await rows(page).count();
  await rows(page).first().getByRole("checkbox").check();
  await page.getByRole("button", { name: "Revoke selected" }).click();
  await page.waitForURL(/q=host1&/);
  assert.equal(await rows(page).count(), before - 1);
  assert.equal([...dashboard.broker.store.list("grant")].length, crowd.grants - 1);
  await context.close();
  await dashboard.stop();
});

Deno.test("permissions: what is new waits, paused or not, and is let in when asked for", async () => {
  const { dashboard, data } = await crowded();
  const { store, clock, secrets } = dashboard.broker;
  const context = await dashboard.signedIn(await browser());
  const page = await dashboard.open(context, "/permissions");
  const give = async () => {
    const [like] = data.grants;
    assert.ok(like);
    const record = { ...like, id: secrets.newId("grant"), createdAtMs: clock.nowMs() };
    await store.commit({ puts: [{ noun: "grant", id: record.id, record }] });
    return record.id;
  };
  const first = await rows(page).first().getAttribute("data-grant");
  const arrived = await give();
  const letIn = page.getByRole("link", { name: "1 new permission" });
  await letIn.waitFor();
  assert.equal(await rows(page).first().getAttribute("data-grant"), first, "nothing moved");
  await letIn.click();
  await page.locator(`tr[data-grant=${arrived}]`).waitFor();
  await page.getByRole("button", { name: "Pause updates" }).click();
  await revokeGrants(dashboard.broker, [arrived]);
  await page.locator(".pages").getByText("130", { exact: true }).waitFor();
  assert.equal(await page.locator(`tr[data-grant=${arrived}]`).count(), 1, "paused");
  await page.getByRole("button", { name: "Pause updates" }).click();
  await page.locator(`tr[data-grant=${arrived}]`).waitFor({ state: "detached" });
  await context.close();
  await dashboard.stop();
});

Deno.test("permissions: narrowed to what it was used for, and undone", async () => {
  const { dashboard, data } = await crowded();
  const { store, clock } = dashboard.broker;
  const wide = data.grants.find(({ target, effect }) =>
    target.startsWith("*.") && effect === "allow"
  );
  assert.ok(wide);
  const target = wide.target.replace("*", "api");
  const record = { ...wide, createdAtMs: clock.nowMs() - 172_800_000 };
  await store.commit({
    puts: [
      { noun: "grant", id: wide.id, record: { ...record, duration: { kind: "always" } } },
      {
        noun: "grantUse",
        id: wide.id,
        record: {
          v: 1,
          id: wide.id,
          useCount: 7,
          lastUsedAtMs: clock.nowMs(),
          bytes: 0,
          targets: [{ target, count: 7 }],
        },
      },
    ],
  });
  const context = await dashboard.signedIn(await browser());
  const page = await dashboard.open(context, "/permissions?narrower=yes");
  await page.getByText(`Used only for ${target}.`).waitFor();
  await page.getByRole("button", { name: /^Narrow it/ }).click();
  await page.getByText(`Narrowed ${wide.target} to ${target}`).waitFor();
  assert.equal(store.get("grant", wide.id), undefined);
  await undo(page);
  assert.ok(store.get("grant", wide.id));
  assert.equal([...store.list("grant")].length, crowd.grants);
  await context.close();
  await dashboard.stop();
});

Deno.test("permissions: exported, and imported after a dry run that shows duplicates", async () => {
  const { dashboard, data } = await crowded();
  const { store } = dashboard.broker;
  const context = await dashboard.signedIn(await browser(), { acceptDownloads: true });
  const page = await dashboard.open(context, "/permissions?q=host11");
  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export as JSON" }).click();
  const download = await downloading;
  assert.match(download.suggestedFilename(), /^gatehouse-permissions-test-machine-.*\.json$/);
  const path = await download.path();
  const file = JSON.parse(await Deno.readTextFile(path));
  assert.equal(file.permissions.length, 9);
  const ids = data.grants.filter(({ target }) => target.includes("host11")).map(({ id }) => id);
  assert.equal(ids.length, 9);
  await revokeGrants(dashboard.broker, ids.slice(1));
  const left = [...store.list("grant")].length;

  const choose = page.getByLabel("Import a file…");
  await choose.setInputFiles({
    name: "a.json",
    mimeType: "application/json",
    buffer: Buffer.from(JSON.stringify({ ...file, v: 2 })),
  });
  await page.getByRole("alert").filter({ hasText: "/v:" }).waitFor();
  await choose.setInputFiles(path);
  await page.getByText(`${ids.length - 1} permission`).first().waitFor();
  assert.equal(await page.locator("tr[data-outcome=duplicate]").count(), 1);
  assert.equal([...store.list("grant")].length, left, "a dry run writes nothing");
  await pressGuarded(page.locator("button.allow", { hasText: "Import" }), {
    taken: page.getByText(/^Imported \d permission/),
  });
  assert.equal([...store.list("grant")].length, left + ids.length - 1);
  await undo(page);
  assert.equal([...store.list("grant")].length, left);
  await context.close();
  await dashboard.stop();
});

Deno.test("connections: traffic by app in table and chart, one closed, all of an app closed", async () => {
  const { dashboard, data } = await crowded();
  const context = await dashboard.signedIn(await browser());
  const page = await dashboard.open(context, "/connections");
  const [session] = data.sessions;
  assert.ok(session);
  session.bytesReceived += 4_000_000;
  const traffic = page.locator(".traffic tbody tr").first();
  await traffic.getByText(/MB/).first().waitFor();
  assert.equal(await page.locator(".chart canvas").count(), 0, "the chart is loaded on demand");
  await page.getByText("Draw a chart of all").click();
  await page.locator(".chart canvas").waitFor();
  const row = page.locator("tr[data-session]").first();
  await row.getByRole("button", { name: /^Close/ }).click();
  await page.getByText(/^Closed App \d+'s connection/).waitFor();
  const app = data.apps.find(({ id }) => id === session.appId);
  assert.ok(app);
  const open = () =>
    [...dashboard.broker.sessions.list()].filter(({ session }) => session.appId === app.id).length;
  const before = open();
  assert.ok(before > 1);
  await page.getByRole("button", { name: `Close all connections of ${app.claims.name}` }).click();
  await page.getByText(`Closed ${before} connections of ${app.claims.name}.`).waitFor();
  assert.equal(open(), 0);
  assert.equal([...dashboard.broker.store.list("grant")].length, crowd.grants);
  await context.close();
  await dashboard.stop();
});

Deno.test("two dashboards agree, each on its own page of the list", async () => {
  const { dashboard } = await crowded();
  const contexts = [
    await dashboard.signedIn(await browser()),
    await dashboard.signedIn(await browser()),
  ] as const;
  const two = await dashboard.open(contexts[1], "/permissions?q=host&sort=target");
  const one = await dashboard.open(contexts[0], "/permissions?sort=target");
  const id = await rows(two).first().getAttribute("data-grant");
  assert.ok(id);
  await one.locator(`tr[data-grant=${id}]`).getByRole("button", { name: /^Revoke/ }).click();
  await two.locator(`tr[data-grant=${id}]`).waitFor({ state: "detached" });
  await undo(one);
  await two.locator(`tr[data-grant=${id}]`).waitFor();
  await one.locator(`tr[data-grant=${id}]`).waitFor();
  for (const context of contexts) await context.close();
  await dashboard.stop();
});

Deno.test("history: found by kind, time and word; new entries wait; exported as CSV", async () => {
  const { dashboard, data } = await crowded();
  const context = await dashboard.signedIn(await browser(), { acceptDownloads: true });
  const page = await dashboard.open(context, "/history");
  const entries = page.locator("tr[data-seq]");
  assert.equal(await entries.count(), 100);
  await page.getByRole("combobox", { name: "What happened" }).selectOption("Permission set");
  await page.getByText("52 entries shown.").waitFor();
  await page.getByRole("searchbox").fill("host11");
  await page.waitForURL(/q=host11.*kind=grant-created/);
  const [grant] = data.grants.filter(({ target }) => target.includes("host11"));
  assert.ok(grant);
  await page.goto(`${dashboard.origin}/history?kind=grant-revoked`);
  await page.getByText("52 entries shown.").waitFor();
  await revokeGrants(dashboard.broker, [grant.id]);
  await page.getByRole("link", { name: "1 new entry" }).click();
  await page.getByRole("button", { name: /^Restore/ }).first().waitFor();
  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export as CSV" }).click();
  const text = await Deno.readTextFile(await (await downloading).path());
  assert.equal(text.trimEnd().split("\r\n").length, 54);
  await context.close();
  await dashboard.stop();
});

for (const colorScheme of ["light", "dark"] as const) {
  Deno.test(`axe finds no barrier in full lists, ${colorScheme}, wide and narrow`, async () => {
    const { dashboard, data } = await crowded();
    for (const session of data.sessions) session.bytesReceived += 9000;
    for (const width of [1280, 320]) {
      const context = await dashboard.signedIn(await browser(), {
        colorScheme,
        bypassCSP: true,
        viewport: { width, height: 800 },
      });
      for (const path of ["/permissions?q=host", "/connections", "/history"]) {
        const page = await dashboard.open(context, path);
        if (path.startsWith("/permissions")) await rows(page).nth(1).getByRole("checkbox").check();
        if (path === "/connections") {
          await page.getByText("Draw a chart of all").click();
          await page.locator(".chart canvas").waitFor();
        }
        assert.deepEqual(await violations(page), [], `${path} ${width}`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.equal(wide, width, path);
        await page.close();
      }
      await context.close();
    }
    await dashboard.stop();
  });
}

Deno.test("what a page of a full list ships is bounded, whatever there is in all", async () => {
  const dashboard = await DashboardServer.start();
  const counts = { apps: 20, grants: 1500, sessions: 1000, history: 3000 };
  await fillBroker(dashboard.broker, counts);
  const context = await dashboard.signedIn(await browser());
  const page = await context.newPage();
  for (
    const [path, mostBytes] of [
      ["/", 30_000],
      ["/permissions", 420_000],
      ["/connections", 420_000],
      ["/history", 220_000],
    ] as const
  ) {
    const response = await page.goto(dashboard.origin + path);
    const bytes = (await response?.body())?.length ?? NaN;
    assert.ok(bytes < mostBytes, `${path}: ${bytes}`);
    assert.ok(path === "/" || bytes > 50_000, `${path}: ${bytes}`);
  }
  await context.close();
  await dashboard.stop();
});
