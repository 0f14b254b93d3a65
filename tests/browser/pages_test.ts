/** Every page in a real browser: no barrier that axe finds, no sideways scrolling, useful without script, and live. @module */
import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { answerRequest } from "../../broker/actions/answer_request.ts";
import { postponeRequest } from "../../broker/actions/postpone_request.ts";
import { requestView } from "../../broker/actions/request_view.ts";
import { maxDismissals } from "../../broker/core/quieting.ts";
import { unusedAfterMs } from "../../broker/core/unused_grants.ts";
import type { App } from "../../broker/schema/app.ts";
import type { Duration } from "../../broker/schema/duration.ts";
import type { Grant } from "../../broker/schema/grant.ts";
import { launchBrowser } from "../browser.ts";
import { DashboardServer } from "../fakes/dashboard_server.ts";
import { allGuardsReady, pressGuarded } from "../guarded_press.ts";

const axeSource = await Deno.readTextFile(
  new URL("axe.min.js", import.meta.resolve("axe-core")),
);

let launched: Promise<Browser> | undefined;
const browser = () => launched ??= launchBrowser();
Deno.test.afterAll(async () => await (await launched)?.close());

/** Gives an app a permission, as a person's answer would. */
async function give(
  dashboard: DashboardServer,
  app: App,
  target: string,
  duration: Duration = { kind: "always" },
): Promise<Grant> {
  const request = await dashboard.ask(app, target);
  const { reviewToken } = requestView(dashboard.broker, request);
  const { grant } = await answerRequest(dashboard.broker, request.id, {
    effect: "allow",
    duration,
    reviewToken,
  });
  assert.ok(grant);
  return grant;
}

/** Enough requests for a summary. */
async function flood(dashboard: DashboardServer, app: App): Promise<void> {
  for (let n = 1; n <= 5; n++) await dashboard.ask(app, `peer${n}.example.com:6881`);
}

/** A question under embargo. */
async function putOff(dashboard: DashboardServer, app: App, target: string): Promise<void> {
  const { id } = await dashboard.ask(app, target);
  for (let n = 0; n < maxDismissals; n++) await postponeRequest(dashboard.broker, id);
}

/** A permission that was not used for so long that it is listed. */
async function leaveUnused(dashboard: DashboardServer, app: App): Promise<void> {
  const { broker } = dashboard;
  const grant = await give(dashboard, app, "nntp.example.com:119");
  const record = { ...grant, createdAtMs: broker.clock.nowMs() - unusedAfterMs };
  await broker.store.commit({ puts: [{ noun: "grant", id: grant.id, record }] });
}

/** A dashboard with something on every page. */
async function full(): Promise<{ dashboard: DashboardServer; paths: string[] }> {
  const dashboard = await DashboardServer.start();
  const mail = await dashboard.addApp("Mail");
  const sync = await dashboard.addApp("sync-tool", { kind: "program", origin: null });
  await dashboard.addApp("New", { state: "pending-installation", installedAtMs: null });
  await give(dashboard, mail, "imap.example.com:993");
  await give(dashboard, sync, "10.0.0.0/24:445", { kind: "for", ms: 3_600_000 });
  await dashboard.connect(mail, "imap.example.com", 993);
  const request = await dashboard.ask(mail, "xn--bcher-kva.example:993", {
    reason: "Check your inbox",
    secureTransport: true,
  });
  await dashboard.ask(mail, "smtp.example.com:465");
  await dashboard.ask(sync, "*.a-rather-long-name-of-a-host.example.net:8000-8080");
  await flood(dashboard, await dashboard.addApp("Torrent"));
  await putOff(dashboard, mail, "news.example.com:563");
  await leaveUnused(dashboard, mail);
  const paths = [
    "/",
    `/requests/${request.id}`,
    "/apps",
    `/apps/${mail.id}`,
    "/connections",
    "/permissions",
    "/history",
    "/explain",
    `/explain?app=${mail.id}&capability=tcp-connect&target=imap.example.com:993`,
    "/policy",
    "/nothing-here",
  ];
  return { dashboard, paths };
}

/** What axe finds wrong with a page, as lines. */
async function violations(page: Page): Promise<string[]> {
  await allGuardsReady(page);
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

for (const colorScheme of ["light", "dark"] as const) {
  Deno.test(`axe finds no barrier on any page, ${colorScheme}, full and empty`, async () => {
    const { dashboard, paths } = await full();
    const bare = await DashboardServer.start();
    for (const server of [dashboard, bare]) {
      // Nothing may run in the page but its own scripts; axe is this test's.
      const context = await server.signedIn(await browser(), { colorScheme, bypassCSP: true });
      const page = await context.newPage();
      for (const path of server === bare ? ["/", "/apps", "/connections", "/permissions"] : paths) {
        await page.goto(server.origin + path);
        if (path === "/" && server === dashboard) {
          await allGuardsReady(page);
          await page.getByText("Details").first().click();
        }
        await page.addScriptTag({ content: axeSource });
        assert.deepEqual(await violations(page), [], path);
      }
      await context.close();
      await server.stop();
    }
  });
}

Deno.test("the second step and the menus have no barrier either", async () => {
  const dashboard = await DashboardServer.start();
  await dashboard.ask(await dashboard.addApp("sync-tool"), "*:22");
  for (const colorScheme of ["light", "dark"] as const) {
    const context = await dashboard.signedIn(await browser(), { colorScheme, bypassCSP: true });
    const page = await dashboard.open(context, "/");
    await page.addScriptTag({ content: axeSource });
    await page.getByRole("button", { name: "Silence…" }).click();
    assert.deepEqual(await violations(page), []);
    await page.keyboard.press("Escape");
    const radio = page.locator(".card input[type=radio]").nth(-2);
    await radio.check();
    const allow = page.getByRole("button", { name: "Allow…" });
    await pressGuarded(allow, { taken: page.getByRole("dialog") });
    assert.deepEqual(await violations(page), []);
    await context.close();
  }
  await dashboard.stop();
});

Deno.test("at 320 pixels nothing scrolls sideways, and every target is large enough", async () => {
  const { dashboard, paths } = await full();
  const context = await dashboard.signedIn(await browser(), {
    viewport: { width: 320, height: 640 },
  });
  const page = await context.newPage();
  for (const path of paths) {
    await page.goto(dashboard.origin + path);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.equal(wide, 320, path);
    const small = await page.evaluate(() =>
      [...document.querySelectorAll("button, select, input, summary, nav a")].filter((element) => {
        const { width, height } = element.getBoundingClientRect();
        const target = element.closest("label")?.getBoundingClientRect().height ?? height;
        const answer = element.matches(".large");
        return width > 0 && Math.min(target, 99) < (answer ? 40 : 24);
      }).map((element) => element.outerHTML.slice(0, 100))
    );
    assert.deepEqual(small, [], path);
  }
  await context.close();
  await dashboard.stop();
});

Deno.test("pages load no more than 60 kB of script, compressed", async () => {
  const { dashboard, paths } = await full();
  const context = await dashboard.signedIn(await browser());
  for (const path of paths) {
    const page = await context.newPage();
    const scripts: Promise<number>[] = [];
    page.on("response", (response) => {
      if (response.request().resourceType() !== "script") return;
      scripts.push(
        response.body().then(async (body) => {
          const packed = new Blob([Uint8Array.from(body)]).stream()
            .pipeThrough(new CompressionStream("gzip"));
          return (await new Response(packed).bytes()).length;
        }),
      );
    });
    await page.goto(dashboard.origin + path, { waitUntil: "load" });
    await page.locator("h1").first().waitFor();
    const bytes = (await Promise.all(scripts)).reduce((sum, size) => sum + size, 0);
    assert.ok(bytes < 60_000, `${path}: ${bytes}`);
    if (path !== "/nothing-here") assert.ok(bytes > 5_000, `${path}: ${bytes}`);
    await page.close();
  }
  await context.close();
  await dashboard.stop();
});

Deno.test("a request is answered without script; a broad one takes its second step", async () => {
  const dashboard = await DashboardServer.start();
  const { store } = dashboard.broker;
  const mail = await dashboard.addApp("Mail");
  const context = await dashboard.signedIn(await browser(), { javaScriptEnabled: false });
  const page = await context.newPage();
  const form = page.locator("form.plain");
  await dashboard.ask(mail, "imap.example.com:993");
  await page.goto(dashboard.origin);
  await page.getByRole("link", { name: "Mail: imap.example.com:993" }).click();
  await page.getByRole("heading", { name: /Mail wants to open a connection/ }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Allow" }).count(), 1);
  await form.getByLabel("How long").selectOption("once");
  await page.getByRole("button", { name: "Allow" }).click();
  await page.getByText("Allowed.", { exact: true }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/");
  assert.equal([...store.list("grant")][0]?.duration.kind, "once");

  const broad = await dashboard.ask(mail, "*:22");
  await page.goto(`${dashboard.origin}/requests/${broad.id}`);
  await form.getByRole("radio").nth(-2).check();
  await page.getByRole("button", { name: "Allow" }).click();
  await form.getByText("this port is for remote login").first().waitFor();
  assert.equal([...store.list("grant")].length, 1);
  await page.getByRole("button", { name: /^Allow .* for Mail/ }).click();
  await page.getByText("Allowed.", { exact: true }).waitFor();
  assert.equal([...store.list("grant")].length, 2);

  const wide = await dashboard.ask(mail, "*.example.com:80");
  await page.goto(`${dashboard.origin}/requests/${wide.id}`);
  await form.getByLabel("Narrower target").fill("www.example.org:80");
  await form.getByLabel("other…").check();
  await page.getByRole("button", { name: "Allow" }).click();
  await page.getByRole("button", { name: /^Allow .* for Mail/ }).click();
  await page.getByText(/never widen/).waitFor();
  await page.getByRole("button", { name: "Until I turn it back on" }).click();
  await page.getByText("Silenced.", { exact: true }).waitFor();
  assert.deepEqual(store.get("app", mail.id)?.record.silence?.untilMs, null);
  await context.close();
  await dashboard.stop();
});

Deno.test("Revoke closes the connection, says why in its row, and is undone by Undo", async () => {
  const dashboard = await DashboardServer.start();
  const mail = await dashboard.addApp("Mail");
  const grant = await give(dashboard, mail, "imap.example.com:993");
  const { session } = await dashboard.connect(mail, "imap.example.com", 993);
  const context = await dashboard.signedIn(await browser());
  const page = await dashboard.open(context, "/connections");
  const row = page.locator(`[data-session=${session.id}]`);
  session.bytesReceived = 1_234_567;
  await row.getByText("1.2 MB", { exact: true }).waitFor();
  await row.getByText(/MB\/s|kB\/s/).waitFor();
  await row.getByRole("button", { name: /^Revoke/ }).click();
  await row.getByText(/^Closed \d\d:\d\d: .*permission ended/i).waitFor();
  await page.getByText("Revoked imap.example.com:993 for Mail. 1 connection closed.").waitFor();
  assert.equal(dashboard.broker.sessions.size, 0);
  const undo = page.getByRole("button", { name: "Undo" });
  assert.equal(await undo.getAttribute("aria-disabled"), "true");
  await pressGuarded(undo, { taken: page.getByText("Undone.") });
  assert.equal(dashboard.broker.store.get("grant", grant.id)?.record.target, grant.target);
  await context.close();
  await dashboard.stop();
});

Deno.test("closing a connection leaves its permission", async () => {
  const dashboard = await DashboardServer.start();
  const mail = await dashboard.addApp("Mail");
  await give(dashboard, mail, "imap.example.com:993");
  const { session } = await dashboard.connect(mail, "imap.example.com", 993);
  const context = await dashboard.signedIn(await browser());
  const page = await dashboard.open(context, "/connections");
  const row = page.locator(`[data-session=${session.id}]`);
  await row.getByRole("button", { name: /^Close/ }).click();
  await row.getByText(/^Closed \d\d:\d\d/).waitFor();
  assert.equal([...dashboard.broker.store.list("grant")].length, 1);
  await context.close();
  await dashboard.stop();
});

Deno.test("an app is paused, resumed, silenced, stripped and uninstalled on its page", async () => {
  const dashboard = await DashboardServer.start();
  const { store } = dashboard.broker;
  const mail = await dashboard.addApp("Mail");
  await give(dashboard, mail, "imap.example.com:993");
  await give(dashboard, mail, "smtp.example.com:465");
  await dashboard.connect(mail, "imap.example.com", 993);
  const context = await dashboard.signedIn(await browser());
  const page = await dashboard.open(context, `/apps/${mail.id}`);
  const press = (name: string | RegExp) => page.getByRole("button", { name }).click();
  const lastAct = (words: string) => page.locator(".last-place").getByText(words);
  const said = (words: string) => lastAct(words).waitFor();
  await press("Pause");
  await said("Paused Mail. 1 connection closed.");
  await press("Resume");
  await said("Mail may connect again.");
  await press("Silence…");
  await press("Until I turn it back on");
  await said("Silenced Mail.");
  await press("End silence");
  await said("Mail may ask again.");
  await press("Revoke everything");
  const dialog = page.getByRole("dialog");
  await dialog.getByText("This takes back 2 permissions and closes 0 connections.").waitFor();
  await pressGuarded(dialog.getByRole("button", { name: "Revoke everything" }), {
    taken: lastAct("Revoked everything for Mail."),
  });
  assert.equal([...store.list("grant")].length, 0);
  await pressGuarded(page.getByRole("button", { name: "Undo" }), { taken: lastAct("Undone.") });
  assert.equal([...store.list("grant")].length, 2);
  await press("Uninstall");
  await pressGuarded(dialog.getByRole("button", { name: "Uninstall" }), {
    taken: page.getByText("This app is not here."),
  });
  assert.equal(store.get("app", mail.id), undefined);
  await context.close();
  await dashboard.stop();
});

Deno.test("history: filtered by app, page by page, and a revocation restored from it", async () => {
  const dashboard = await DashboardServer.start();
  const mail = await dashboard.addApp("Mail");
  const chat = await dashboard.addApp("Chat");
  await give(dashboard, mail, "imap.example.com:993");
  await give(dashboard, chat, "irc.example.com:6697");
  const context = await dashboard.signedIn(await browser());
  const page = await dashboard.open(context, "/permissions");
  await page.getByRole("button", { name: "Revoke: irc.example.com:6697 for Chat" }).click();
  await page.getByText("Revoked irc.example.com:6697 for Chat.").waitFor();
  await page.goto(`${dashboard.origin}/history?limit=2`);
  assert.equal(await page.locator("tr[data-seq]").count(), 2);
  await page.getByRole("link", { name: "Next page" }).click();
  await page.getByRole("link", { name: "First page" }).waitFor();
  const filtered = page.waitForResponse(/\/events\?view=.*appId/);
  await page.getByRole("combobox", { name: "App", exact: true }).selectOption({ label: "Chat" });
  await filtered;
  await page.waitForURL(/appId=app_/);
  const seqs = page.locator("tr[data-seq]");
  await page.getByText("irc.example.com").first().waitFor();
  await seqs.filter({ hasText: "imap" }).first().waitFor({ state: "detached" });
  assert.equal(await seqs.filter({ hasText: "imap" }).count(), 0);
  assert.ok(await seqs.count() >= 3);
  await pressGuarded(page.getByRole("button", { name: /^Restore/ }), {
    taken: page.getByText("Restored irc.example.com:6697 for Chat."),
  });
  await page.getByRole("button", { name: /^Restore/ }).waitFor({ state: "detached" });
  assert.equal([...dashboard.broker.store.list("grant")].length, 2);
  await context.close();
  await dashboard.stop();
});

Deno.test("what is not there is answered with 404, and a bad query with 400", async () => {
  const dashboard = await DashboardServer.start();
  const context = await dashboard.signedIn(await browser());
  const page = await context.newPage();
  const nobody = "0".repeat(32);
  for (
    const [path, status] of [
      ["/", 200],
      ["/nothing-here", 404],
      ["/requests/nonsense", 404],
      [`/requests/req_${nobody}`, 404],
      ["/apps/nonsense", 404],
      [`/apps/app_${nobody}`, 404],
      ["/history?appId=", 200],
      ["/history?limit=all", 400],
    ] as const
  ) {
    const response = await page.goto(dashboard.origin + path);
    assert.equal(response?.status(), status, path);
    await page.getByRole("heading").first().waitFor();
  }
  await context.close();
  await dashboard.stop();
});

Deno.test("a browser that is no longer signed in says so", async () => {
  const dashboard = await DashboardServer.start();
  const context = await dashboard.signedIn(await browser());
  const page = await dashboard.open(context, "/");
  await page.evaluate(() => localStorage.clear());
  await page.getByRole("button", { name: "Quiet" }).click();
  await page.getByText("This browser is no longer signed in.").waitFor();
  await context.close();
  await dashboard.stop();
});
