/** Limits and quieting in a real browser: what is shown of each, and the press that takes it back. @module */
import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { postponeRequest } from "../../broker/actions/postpone_request.ts";
import type { Grant } from "../../broker/schema/grant.ts";
import { launchBrowser } from "../browser.ts";
import { DashboardServer } from "../fakes/dashboard_server.ts";
import { pressGuarded } from "../guarded_press.ts";

const dayMs = 24 * 60 * 60 * 1000;

let launched: Promise<Browser> | undefined;
const browser = () => launched ??= launchBrowser();
Deno.test.afterAll(async () => await (await launched)?.close());

function browserTest(
  name: string,
  body: (dashboard: DashboardServer, open: (path: string) => Promise<Page>) => Promise<void>,
): void {
  Deno.test(name, async () => {
    const dashboard = await DashboardServer.start();
    const context = await dashboard.signedIn(await browser());
    try {
      await body(dashboard, (path) => dashboard.open(context, path));
    } finally {
      await context.close();
      await dashboard.stop();
    }
  });
}

const said = (page: Page, words: string) =>
  page.locator(".last-place").getByText(words).first().waitFor();
const press = (page: Page, name: string | RegExp) => page.getByRole("button", { name }).click();
const pending = ({ broker }: DashboardServer) =>
  [...broker.store.list("request")].filter(({ outcome }) => outcome === null);

/** Resolves when a change of the store has made `holds` true. */
function until({ broker }: DashboardServer, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (!holds()) return;
      stop();
      resolve();
    };
    const stop = broker.store.subscribe(check);
    check();
  });
}

browserTest("a card that is looked at has been seen", async (dashboard, open) => {
  const mail = await dashboard.addApp("Mail");
  const request = await dashboard.ask(mail, "imap.example.com:993");
  assert.equal(request.seenAtMs, null);
  await open("/");
  await until(dashboard, () => pending(dashboard)[0]?.seenAtMs != null);
});

browserTest(
  "an embargo stands on the app's page, and Ask again ends it",
  async (dashboard, open) => {
    const mail = await dashboard.addApp("Mail");
    const { id } = await dashboard.ask(mail, "imap.example.com:993");
    for (let n = 0; n < 3; n++) await postponeRequest(dashboard.broker, id);
    const page = await open(`/apps/${mail.id}`);
    await page.getByText("Asked again in 7 days.").waitFor();
    await press(page, "Ask again for imap.example.com:993");
    await said(page, "imap.example.com:993 may be asked for again.");
    assert.deepEqual([...dashboard.broker.store.list("embargo")], []);
    await page.locator("[data-embargo]").waitFor({ state: "detached" });
  },
);

browserTest(
  "many targets are one card: allowed as listed, in two steps",
  async (dashboard, open) => {
    const mail = await dashboard.addApp("Mail");
    for (let n = 1; n <= 6; n++) await dashboard.ask(mail, `host${n}.example.com:993`);
    const page = await open("/");
    await page.getByRole("heading", { name: "Mail wants 6 targets." }).waitFor();
    const dialog = page.getByRole("dialog");
    await pressGuarded(page.getByRole("button", { name: "Allow these 6 targets…" }), {
      taken: dialog,
    });
    assert.deepEqual(
      [...dashboard.broker.store.list("grant")],
      [],
      "nothing before the second step",
    );
    const confirm = "Allow Mail these 6 targets, until Mail closes";
    await pressGuarded(dialog.getByRole("button", { name: confirm }), {
      taken: page.locator(".last-place").getByText("Allowed Mail 6 targets."),
    });
    const targets = [...dashboard.broker.store.list("grant")].map(({ target }) => target).sort();
    assert.deepEqual(targets, [1, 2, 3, 4, 5, 6].map((n) => `host${n}.example.com:993`));
    await pressGuarded(page.getByRole("button", { name: "Undo" }), {
      taken: page.locator(".last-place").getByText("Undone."),
    });
    assert.deepEqual([...dashboard.broker.store.list("grant")], []);
  },
);

browserTest("many targets are denied with one press", async (dashboard, open) => {
  const mail = await dashboard.addApp("Mail");
  for (let n = 1; n <= 5; n++) await dashboard.ask(mail, `host${n}.example.com:993`);
  const page = await open("/");
  await press(page, "Deny all once");
  await said(page, "Denied Mail 5 targets, this once.");
  assert.deepEqual(pending(dashboard), []);
});

browserTest("permissions that are not used are listed apart", async (dashboard, open) => {
  const mail = await dashboard.addApp("Mail");
  const { broker } = dashboard;
  const add = async (target: string, ageMs: number) => {
    const record: Grant = {
      v: 1,
      id: broker.secrets.newId("grant"),
      effect: "allow",
      appId: mail.id,
      capability: "tcp-connect",
      target,
      spaces: ["public"],
      duration: { kind: "always" },
      createdAtMs: broker.clock.nowMs() - ageMs,
      expiresAtMs: null,
      requestId: null,
      spentBy: null,
    };
    await broker.store.commit({ puts: [{ noun: "grant", id: record.id, record }] });
  };
  await add("old.example.com:993", 61 * dayMs);
  await add("new.example.com:993", dayMs);
  const page = await open("/permissions");
  await page.getByLabel("Only the 1 not used for 60 days").check();
  const row = (target: string) => page.locator("tbody tr", { hasText: target });
  await row("new.example.com:993").waitFor({ state: "detached" });
  await row("old.example.com:993").waitFor();
});

browserTest("each mode is a press away, and so is the way back", async (dashboard, open) => {
  const { broker } = dashboard;
  const page = await open("/");
  const modes = page.getByRole("group", { name: "Mode" });
  for (
    const [name, mode] of [["Quiet", "quiet"], ["Lockdown", "lockdown"], ["Ask", "ask"]] as const
  ) {
    await modes.getByRole("button", { name }).click();
    await until(dashboard, () => broker.store.get("settings", "settings")?.record.mode === mode);
    await modes.locator(`[aria-pressed="true"]`, { hasText: name }).waitFor();
  }
});
